package anchorcmd

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"slices"
	"time"

	"kula/cmd/kula/say"
	"kula/protocol"
	"kula/stellar"

	"github.com/stellar/go-stellar-sdk/keypair"
)

// Place is where an anchor's files are and what opens them.
type Place struct {
	Home           Home   `help:"The anchor's directory." default:"./var/anchor" type:"path"`
	PassphraseFile string `help:"File with the passphrase that seals the keys; asked for without it." type:"existingfile"`
}

func (p *Place) passphrase(voice *say.Voice) (string, error) {
	if p.PassphraseFile != "" {
		return say.SecretFile(p.PassphraseFile)
	}
	return voice.Ask("Passphrase of the anchor's keys:", true)
}

func (h Home) terms() (*Terms, error) {
	data, err := readOwn(h.CharterFile())
	if err != nil {
		return nil, err
	}
	return ReadTerms(data)
}

func (h Home) charter() (*protocol.Charter, error) {
	data, err := readOwn(h.SignedCharter())
	if err != nil {
		return nil, err
	}
	c, err := protocol.DecodeAs[*protocol.Charter](data)
	if err != nil {
		return nil, fmt.Errorf("%s is damaged: %w", h.SignedCharter(), err)
	}
	return c, nil
}

func (v *Vault) keyIDs() []uint32 {
	ids := make([]uint32, 0, len(v.Issuing))
	for id := range v.Issuing {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// addIssuing makes the next issuing key. Its number is above every number ever used.
func (v *Vault) addIssuing(h Home, passphrase string) error {
	seed, err := newSeed(rand.Reader)
	if err != nil {
		return err
	}
	ids := v.keyIDs()
	v.Issuing[ids[len(ids)-1]+1] = seed
	return v.save(h, passphrase, defaultWork)
}

// railConfig is the rail of this anchor: its accounts on the ledger.
func railConfig(terms *Terms, vault *Vault) (stellar.Config, error) {
	cfg := stellar.Config{Horizon: &stellar.Horizon{URL: terms.Horizon, Passphrase: terms.Network}}
	var err error
	if cfg.Reserve, err = keypair.ParseFull(vault.Deposit); err != nil {
		return cfg, fmt.Errorf("the deposit key: %w", err)
	}
	if cfg.Treasury, err = keypair.ParseFull(vault.Treasury); err != nil {
		return cfg, fmt.Errorf("the treasury key: %w", err)
	}
	for _, seed := range vault.Channels {
		key, err := keypair.ParseFull(seed)
		if err != nil {
			return cfg, fmt.Errorf("a channel key: %w", err)
		}
		cfg.Channels = append(cfg.Channels, key)
	}
	return cfg, nil
}

// Charter is `kula anchor charter`.
type Charter struct {
	Place
	Show   bool   `help:"Print the signed charter instead of signing a new one." xor:"what"`
	Out    string `help:"Also write the signed charter to this file, for people to judge documents by." type:"path"`
	NewKey bool   `help:"Make a new issuing key; the anchor signs with it from its next start on." xor:"what"`

	Sign    string `help:"Sign a charter that two officers made at the console; where the root key is." type:"existingfile" xor:"what"`
	After   string `help:"With --sign: the signed charter in force, kept with the root key (charter.kula, or the last .signed). What is new is printed; signed are only fees and limits." type:"existingfile"`
	Digest  string `help:"With --sign: the digest that the console shows, or its first 32 letters, brought by another way than the file."`
	Install string `help:"Take a charter that was made at the console and has been signed; on the bank's machine." type:"existingfile" xor:"what"`

	news []string // what a charter that was signed has changed
}

// Help shows examples.
func (Charter) Help() string {
	return `Signs charter.toml with the root key, which must be in the home again for that. Raise the serial first.

Examples:
  kula anchor charter --home ./bank --passphrase-file secret
  kula anchor charter --home ./bank --passphrase-file secret --new-key
  kula anchor charter --home ./safe --sign charter-2.unsigned --after charter.kula --digest "5b1c 77e0 91aa 4f02 c3d8 11e9 0b6a 72f4"
  kula anchor charter --home ./bank --install charter-2.unsigned.signed
  kula anchor charter --home ./bank --show --out bank.kula      for: kula verify FILE --charter bank.kula`
}

// Run signs or shows.
func (c *Charter) Run(ctx context.Context, voice *say.Voice) error {
	held, err := c.charter(ctx, voice)
	if err != nil {
		return err
	}
	if c.Out != "" {
		b := protocol.NewBundle(protocol.Network{ID: held.Network})
		b.AddRoot(held)
		if err := os.WriteFile(c.Out, b.Encode(), 0o600); err != nil {
			return err
		}
	}
	return voice.Result(say.Document(held), func() {
		voice.Line("Charter %d of %s, signed %s by %s", held.Serial, held.Name, time.Unix(int64(held.IssuedAt), 0).UTC().Format(time.RFC3339), held.Anchor) //nolint:gosec // a date
		for _, a := range held.Assets {
			voice.Line("  %s, step %s, %d tiers", say.Asset(a.Asset), a.Step, len(a.Tiers))
		}
		switch {
		case c.Sign != "":
			for _, line := range c.news {
				voice.Line("  %s", line)
			}
			voice.Line("Signed: %s.signed. Bring it to the bank's machine: kula anchor charter --install FILE", c.Sign)
		case c.Install != "":
			voice.Line("Installed. Start the bank again: from then on it is in force.")
		}
	})
}

func (c *Charter) charter(ctx context.Context, voice *say.Voice) (*protocol.Charter, error) {
	if c.Sign != "" {
		return c.signMade(voice)
	}
	held, err := c.Home.charter()
	switch {
	case err != nil || c.Show:
		return held, err
	case c.Install != "":
		return c.install(ctx, held)
	}
	return c.sign(voice, held)
}

func (c *Charter) sign(voice *say.Voice, held *protocol.Charter) (*protocol.Charter, error) {
	terms, err := c.Home.terms()
	if err != nil {
		return nil, err
	}
	if terms.Serial <= held.Serial {
		return nil, badTerms(fmt.Sprintf("the serial must be above %d, the one that is signed", held.Serial))
	}
	passphrase, err := c.passphrase(voice)
	if err != nil {
		return nil, err
	}
	root, err := unseal(c.Home.Root(), passphrase)
	if err != nil {
		return nil, err
	}
	vault, err := openVault(c.Home, passphrase)
	if err != nil {
		return nil, err
	}
	if c.NewKey {
		if err := vault.addIssuing(c.Home, passphrase); err != nil {
			return nil, err
		}
	}
	charter, _, err := signCharter(c.Home, string(root), vault, held.Keys, time.Now())
	return charter, err
}
