package walletcmd

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"kula/cmd/kula/say"
	"kula/httpapi/client"
	"kula/money"
	"kula/protocol"
	"kula/stellar"
	"kula/wallet"

	"github.com/stellar/go-stellar-sdk/keypair"
)

// Enrol is `kula wallet enrol`.
type Enrol struct {
	Bank      string             `arg:"" help:"The bank's address, e.g. https://bank.example"`
	Name      string             `help:"The name by which payers will know you." required:""`
	BankID    protocol.AccountID `help:"The bank's anchor id (G…), if you know it: nothing else is then trusted."`
	Asset     string             `help:"The currency, e.g. VUV. Needed when the bank has several."`
	Kind      string             `help:"circulating: what you receive can be spent again. payout: it goes to your account on Stellar." enum:"circulating,payout" default:"circulating"`
	WordsFile []string           `help:"File with the 24 words. Repeat it for an account that needs several signers." type:"existingfile"`
	Another   bool               `help:"Open it even though this wallet has a purse of the same kind there."`
	Account   protocol.AccountID `help:"The account (G…), if it is not that of the first words."`
	Yes       bool               `help:"Trust the bank without being asked." short:"y"`
}

// Help shows examples.
func (Enrol) Help() string {
	return `Shows who the bank is, proves to it that the account is yours, and opens a purse. Needs the words once.

Examples:
  kula wallet enrol https://bank.example --name "Mary Kalo"
  kula wallet --home ./shop enrol http://127.0.0.1:8420 --name "Ben's shop" --kind payout --words-file ben.words --yes`
}

// Enrolled is what enrol says in JSON.
type Enrolled struct {
	Purse   protocol.PurseID   `json:"purse"`
	Account protocol.AccountID `json:"account"`
	Anchor  protocol.AccountID `json:"anchor"`
	Bank    string             `json:"bank"`
	Asset   string             `json:"asset"`
	Kind    string             `json:"kind"`
}

// Run enrols.
func (c *Enrol) Run(ctx context.Context, parent *Command, voice *say.Voice) error {
	if strings.TrimSpace(c.Name) == "" {
		return say.Misuse("say by which name payers will know you: --name \"Mary Kalo\"")
	}
	passphrase, err := parent.networkPassphrase()
	if err != nil {
		return explain(fmt.Errorf("read the wallet's network: %w", err))
	}
	return parent.with(voice, func(s *session) error {
		charter, notice, err := c.meet(ctx, s)
		if err != nil {
			return err
		}
		if err := s.Trust(now(), charter, notice); err != nil {
			return err
		}
		keys, err := c.keys(voice)
		if err != nil {
			return err
		}
		enrolled, err := c.enrol(ctx, s, charter, keys, passphrase)
		if err != nil {
			return err
		}
		return voice.Result(enrolled, func() {
			voice.Line("%s has opened a %s purse for you in %s.", enrolled.Bank, enrolled.Kind, enrolled.Asset)
			voice.Line("Next: put money in it with  kula wallet load")
		})
	})
}

// meet gets the bank's charter and asks the person whether this is the bank they mean.
func (c *Enrol) meet(ctx context.Context, s *session) (*protocol.Charter, *protocol.Notice, error) {
	b, err := client.New(c.Bank, s.Network(), client.Options{Patience: patience})
	if err != nil {
		return nil, nil, err
	}
	defer b.Close()
	charter, notice, err := b.Charter(ctx)
	if errors.Is(err, client.ErrUnknown) {
		return nil, nil, &say.Problem{Exit: say.Failed, Code: "not_a_bank", What: "what answers at " + c.Bank + " is not a Kula bank, or is not well just now",
			Next: "nothing was done: look at the address, and try again", Err: err}
	}
	if err != nil {
		return nil, nil, err
	}
	if err := protocol.VerifyCharter(s.Network(), charter); err != nil {
		return nil, nil, err
	}
	if c.BankID != (protocol.AccountID{}) && charter.Anchor != c.BankID {
		return nil, nil, &say.Problem{Exit: say.Failed, Code: "other_bank", What: fmt.Sprintf("at %s answers %s (%s), not the bank you named", c.Bank, charter.Name, charter.Anchor)}
	}
	if c.Yes || c.BankID == charter.Anchor || s.anchor(charter.Anchor) != nil {
		return charter, notice, nil
	}
	s.voice.Note("At %s answers \"%s\".\nIts id is %s: compare it with what the bank has printed.", c.Bank, charter.Name, charter.Anchor)
	if yes, err := s.voice.Yes("Is this your bank?"); err != nil || !yes {
		return nil, nil, &say.Problem{Exit: say.Failed, Code: "not_trusted", What: "you did not choose to trust this bank: nothing was done", Err: err}
	}
	return charter, notice, nil
}

func (c *Enrol) keys(voice *say.Voice) (keys []ed25519.PrivateKey, err error) {
	files := c.WordsFile
	if len(files) == 0 {
		files = []string{""}
	}
	for _, f := range files {
		key, err := askWords(voice, f)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}

func (c *Enrol) enrol(ctx context.Context, s *session, charter *protocol.Charter, keys []ed25519.PrivateKey, passphrase string) (*Enrolled, error) {
	account := c.Account
	if account == (protocol.AccountID{}) {
		account = protocol.AccountID(protocol.PublicKey(keys[0]))
	}
	asset, err := chooseAsset(charter, c.Asset)
	if err != nil {
		return nil, err
	}
	kind := protocol.Circulating
	if c.Kind == "payout" {
		kind = protocol.PayoutKind
	}
	if err := c.second(s, charter, account, asset, kind); err != nil {
		return nil, err
	}
	token, err := signIn(ctx, c.Bank, account, passphrase, keys)
	if err != nil {
		return nil, err
	}
	enrolment, err := s.Enrol(now(), wallet.EnrolParams{Anchor: charter.Anchor, Account: account, Asset: asset, Kind: kind, Signers: accountSigners(keys)})
	if err != nil {
		return nil, err
	}
	b, err := client.New(charter.Endpoint, s.Network(), client.Options{Patience: patience})
	if err != nil {
		return nil, err
	}
	defer b.Close()
	reply, err := b.Enrol(ctx, token, enrolment, c.Name)
	if err != nil {
		return nil, err
	}
	id := protocol.PurseID(s.Network().Hash(enrolment))
	if _, err := s.Absorb(now(), id, reply, 0); err != nil {
		return nil, err
	}
	return &Enrolled{id, account, charter.Anchor, charter.Name, say.Asset(asset), kind.String()}, nil
}

// second keeps a command that is typed twice from opening two purses: money in them does not add up in one
// payment, and every command would have to be told which.
func (c *Enrol) second(s *session, charter *protocol.Charter, account protocol.AccountID, asset money.Asset, kind protocol.Kind) error {
	for _, b := range s.Balances(now()) {
		if !c.Another && b.Phase == wallet.PurseOpen && !b.Revoked && b.Anchor == charter.Anchor && b.Account == account && b.Asset == asset && b.Kind == kind {
			return &say.Problem{Exit: say.Failed, Code: "has_purse", What: fmt.Sprintf("this wallet has a %s purse at %s already: %s", kind, charter.Name, b.Purse.String()[:8]),
				Next: "use that one; or add --another to open a second"}
		}
	}
	return nil
}

func accountSigners(keys []ed25519.PrivateKey) (signers []wallet.AccountSigner) {
	for _, k := range keys {
		signers = append(signers, wallet.AccountSigner{Key: protocol.PublicKey(k), Sign: func(h protocol.Hash) protocol.Signature { return protocol.Sign(k, h) }})
	}
	return signers
}

func chooseAsset(charter *protocol.Charter, code string) (money.Asset, error) {
	var codes []string
	for _, a := range charter.Assets {
		if a.Asset.CodeString() == code || code == "" && len(charter.Assets) == 1 {
			return a.Asset, nil
		}
		codes = append(codes, a.Asset.CodeString())
	}
	return money.Asset{}, say.Misuse("say which currency with --asset; this bank has %s", strings.Join(codes, ", "))
}

// signIn proves to the bank, by SEP-10, that whoever has these keys may act for the account.
func signIn(ctx context.Context, site string, account protocol.AccountID, passphrase string, keys []ed25519.PrivateKey) (string, error) {
	info, err := stellar.FetchInfo(ctx, nil, site)
	if err != nil {
		return "", err
	}
	u, err := url.Parse(site)
	if err != nil {
		return "", err
	}
	service, err := info.Service(u.Host, passphrase, nil)
	if err != nil {
		return "", err
	}
	signers, err := keypairs(keys)
	if err != nil {
		return "", err
	}
	return service.SignIn(ctx, account.String(), signers...)
}

func keypairs(keys []ed25519.PrivateKey) (pairs []*keypair.Full, err error) {
	for _, k := range keys {
		pair, err := keypair.FromRawSeed([32]byte(k.Seed()))
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, pair)
	}
	return pairs, nil
}
