package walletcmd

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"

	"kula/cmd/kula/say"
	"kula/protocol"
	"kula/walletfile"
)

// New is `kula wallet new`.
type New struct {
	WordsFile string `help:"Use the account of these 24 words, instead of making a new one." type:"existingfile" xor:"words"`
	WordsOut  string `help:"Write the new words to this file (0600) instead of showing and asking them. Put them on paper, then delete it." type:"path" xor:"words"`
	Network   string `help:"localnet, testnet, public, or a network passphrase." default:"localnet"`
	SealWork  int    `help:"How hard the passphrase is to guess by machine, as a power of two." default:"18" hidden:""`
}

// Help shows examples.
func (New) Help() string {
	return `Makes a wallet: a key that never leaves this device, and an account of 24 words that belong on paper.
The words are needed to open a purse and to recover, and are never stored.

Examples:
  kula wallet new
  kula wallet --home ./ana --passphrase-file secret new --words-out ana.words
  kula wallet --home ./phone2 new --words-file ana.words      (a second device of the same person)`
}

// Account is what new says in JSON.
type Account struct {
	Account protocol.AccountID `json:"account"`
	Home    string             `json:"home"`
}

// Run makes the wallet.
func (c *New) Run(parent *Command, voice *say.Voice) error {
	if voice.JSON && c.WordsFile == "" && c.WordsOut == "" {
		return say.Misuse("with --json, say where the words come from (--words-file) or go to (--words-out)")
	}
	options, err := parent.prepare(voice, c.Network)
	if err != nil {
		return err
	}
	options.WorkFactor = c.SealWork
	key, err := c.account(voice)
	if err != nil {
		return explain(err)
	}
	w, err := walletfile.Create(parent.Home, options)
	if err != nil {
		return explain(err)
	}
	account := Account{protocol.AccountID(protocol.PublicKey(key)), parent.Home}
	err = voice.Result(account, func() {
		voice.Line("Your wallet is in %s, and your account is %s", account.Home, account.Account)
		voice.Line("Next: open a purse at a bank with  kula wallet enrol URL --name YOU")
	})
	return errors.Join(err, w.Close())
}

// account is the account's key: of words that are given, or of new ones, which are shown and asked back.
func (c *New) account(voice *say.Voice) (ed25519.PrivateKey, error) {
	if c.WordsFile != "" {
		return accountOf(c.WordsFile)
	}
	words, err := walletfile.NewWords()
	if err != nil {
		return nil, err
	}
	if c.WordsOut != "" {
		err = writeNew(c.WordsOut, []byte(words+"\n"))
	} else {
		err = teach(voice, strings.Fields(words))
	}
	if err != nil {
		return nil, err
	}
	return walletfile.AccountKey(words)
}

// writeNew writes a private file that must not exist yet.
func writeNew(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the person's own argument
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

func accountOf(wordsFile string) (ed25519.PrivateKey, error) {
	words, err := say.SecretFile(wordsFile)
	if err != nil {
		return nil, err
	}
	return walletfile.AccountKey(words)
}

// askedBack is how many of the words are asked for, to see that they were written down.
const askedBack = 3

// teach shows the words once and asks some of them back.
func teach(voice *say.Voice, words []string) error {
	voice.Note("Write these 24 words on paper, in this order. They are your account: whoever has them can")
	voice.Note("open purses in your name, and without them only the bank can help you. They are shown once.\n")
	for i := 0; i < len(words); i += 4 {
		voice.Note("  %2d %-12s %2d %-12s %2d %-12s %2d %-12s", i+1, words[i], i+2, words[i+1], i+3, words[i+2], i+4, words[i+3])
	}
	if _, err := voice.Ask("\nPress Enter when they are on paper.", false); err != nil {
		return err
	}
	voice.Note("\033[2J\033[3J\033[H")                    // the words leave the screen, and what can be scrolled back to
	for _, i := range rand.Perm(len(words))[:askedBack] { //nolint:gosec // which words are asked is no secret
		answer, err := voice.Ask(fmt.Sprintf("Word number %d?", i+1), false)
		if err != nil {
			return err
		}
		if !strings.EqualFold(strings.TrimSpace(answer), words[i]) {
			return &say.Problem{Exit: say.Failed, Code: "wrong_words", What: "that is not the word on that place", Next: "no wallet was made: start again with kula wallet new"}
		}
	}
	return nil
}

// askWords gets the account's key for one act: from a file, or typed in. It is not kept.
func askWords(voice *say.Voice, file string) (ed25519.PrivateKey, error) {
	if file != "" {
		return accountOf(file)
	}
	words, err := voice.Ask("The 24 words of your account:", true)
	if err != nil {
		return nil, err
	}
	return walletfile.AccountKey(words)
}
