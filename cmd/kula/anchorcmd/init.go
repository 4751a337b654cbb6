package anchorcmd

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"text/template"
	"time"

	"kula/cmd/kula/say"
	"kula/money"
	"kula/protocol"
	"kula/stellar"

	"github.com/stellar/go-stellar-sdk/keypair"
)

// Init is `kula anchor init`.
type Init struct {
	Place
	Terms      string `help:"The charter's terms (charter.toml). 'kula anchor example' prints one to start from." type:"existingfile" xor:"terms"`
	Dev        bool   `help:"Make a bank to play with: example terms, a currency of its own, money from friendbot." xor:"terms"`
	Horizon    string `help:"With --dev: the ledger." default:"http://127.0.0.1:8421"`
	Endpoint   string `help:"With --dev: where wallets will reach this bank." default:"http://127.0.0.1:8420"`
	FunderFile string `help:"Secret key (S…) of the account that creates the bank's accounts on the ledger. Without it: friendbot." type:"existingfile"`
	SealWork   int    `help:"How hard the passphrase is to guess by machine, as a power of two." default:"18" hidden:""`
	Channels   int    `help:"How many payout transactions can be under way at once." default:"4"`
}

// Help shows examples.
func (Init) Help() string {
	return `Makes the keys, signs the charter, and opens the bank's accounts on the ledger. It can be repeated after a failure.

Examples:
  kula anchor init --home ./bank --terms charter.toml --passphrase-file secret --funder-file funder
  kula anchor init --home ./var/anchor --dev --passphrase-file ./var/passphrase`
}

// Made is what init says in JSON.
type Made struct {
	Anchor   protocol.AccountID `json:"anchor"`
	Name     string             `json:"name"`
	Deposit  string             `json:"deposit"`
	Treasury string             `json:"treasury"`
	Assets   []string           `json:"assets"`
}

// Run makes the anchor.
func (c *Init) Run(ctx context.Context, voice *say.Voice) error {
	passphrase, err := c.passphrase(voice)
	if err != nil {
		return err
	}
	made, err := c.make(ctx, voice, passphrase)
	if err != nil {
		return err
	}
	return voice.Result(made, func() {
		voice.Line("%s is ready: its anchor id is %s", made.Name, made.Anchor)
		voice.Line("The root key is in %s. Move that file to a safe place that is not this machine:", c.Home.Root())
		voice.Line("it is needed only to sign a new charter.")
		voice.Line("Start the bank: kula anchor serve --home %s", c.Home)
	})
}

func (c *Init) make(ctx context.Context, voice *say.Voice, passphrase string) (*Made, error) {
	if c.Terms == "" && !c.Dev {
		return nil, say.Misuse("say which terms the bank has (--terms), or that it is one to play with (--dev)")
	}
	rootSeed, err := rootKey(c.Home, passphrase, c.SealWork)
	if err != nil {
		return nil, err
	}
	vault, err := c.vault(passphrase)
	if err != nil {
		return nil, err
	}
	issuer, err := c.writeTerms(passphrase)
	if err != nil {
		return nil, err
	}
	charter, terms, err := signCharter(c.Home, rootSeed, vault, nil, time.Now())
	if err != nil {
		return nil, err
	}
	voice.Note("Opening the bank's accounts on the ledger …")
	if err := c.openAccounts(ctx, charter, terms, vault, issuer); err != nil {
		return nil, &say.Problem{Exit: say.NoRoute, Code: "ledger", What: "the bank's accounts are not all open on the ledger: " + err.Error(),
			Next: "see that " + terms.Horizon + " can be reached and the funder has money, then run the same command again", Err: err}
	}
	return describe(charter, vault)
}

func describe(charter *protocol.Charter, vault *Vault) (*Made, error) {
	made := &Made{Anchor: charter.Anchor, Name: charter.Name, Deposit: charter.Deposit.String()}
	treasury, err := keypair.ParseFull(vault.Treasury)
	if err != nil {
		return nil, err
	}
	made.Treasury = treasury.Address()
	for _, a := range charter.Assets {
		made.Assets = append(made.Assets, say.Asset(a.Asset))
	}
	return made, nil
}

// rootKey opens the root key, or makes it.
func rootKey(h Home, passphrase string, work int) (string, error) {
	sealed, err := unseal(h.Root(), passphrase)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return string(sealed), err
	}
	seed, err := newSeed(rand.Reader)
	if err != nil {
		return "", err
	}
	return seed, seal(h.Root(), passphrase, work, []byte(seed))
}

// vault opens the anchor's keys, or makes them.
func (c *Init) vault(passphrase string) (*Vault, error) {
	v, err := openVault(c.Home, passphrase)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return v, err
	}
	v = &Vault{Issuing: map[uint32]string{}, Channels: make([]string, c.Channels), Token: make([]byte, 32)}
	_, _ = rand.Read(v.Token) // never fails
	issuing := ""
	seeds := []*string{&issuing, &v.Deposit, &v.Treasury, &v.SignIn}
	for i := range v.Channels {
		seeds = append(seeds, &v.Channels[i])
	}
	for _, s := range seeds {
		if *s, err = newSeed(rand.Reader); err != nil {
			return nil, err
		}
	}
	v.Issuing[1] = issuing
	token := make([]byte, 32)
	_, _ = rand.Read(token) // never fails
	if err := writeSecret(c.Home.Token(), []byte(hex.EncodeToString(token)+"\n")); err != nil {
		return nil, err
	}
	return v, v.save(c.Home, passphrase, c.SealWork)
}

// writeTerms puts charter.toml in the home; for a bank to play with it returns the issuer of its currency.
func (c *Init) writeTerms(passphrase string) (issuer *keypair.Full, err error) {
	if !c.Dev {
		data, err := os.ReadFile(c.Terms)
		if err != nil {
			return nil, err
		}
		return nil, writeSecret(c.Home.CharterFile(), data)
	}
	seed, err := unseal(c.Home.file(issuerFile), passphrase)
	if errors.Is(err, fs.ErrNotExist) {
		var fresh string
		if fresh, err = newSeed(rand.Reader); err == nil {
			seed, err = []byte(fresh), seal(c.Home.file(issuerFile), passphrase, c.SealWork, []byte(fresh))
		}
	}
	if err != nil {
		return nil, err
	}
	if issuer, err = keypair.ParseFull(string(seed)); err != nil {
		return nil, err
	}
	text, err := exampleTerms(example{Issuer: issuer.Address(), Horizon: c.Horizon, Endpoint: c.Endpoint, Network: devPassphrase})
	if err != nil {
		return nil, err
	}
	return issuer, writeSecret(c.Home.CharterFile(), text)
}

// issuerFile holds the issuer of the currency of a bank to play with.
const issuerFile = "issuer.age"

// devPassphrase is localnet's.
const devPassphrase = "Kula Localnet ; 2026"

type example struct{ Issuer, Horizon, Endpoint, Network string }

func exampleTerms(e example) ([]byte, error) {
	var out bytes.Buffer
	err := template.Must(template.New("charter").Parse(exampleCharter)).Execute(&out, e)
	return out.Bytes(), err
}

// signCharter makes the charter from charter.toml and the public halves of the keys, and signs it. Keys
// that stand in the held charter keep their dates: what they signed stays genuine.
func signCharter(h Home, rootSeed string, vault *Vault, held []protocol.IssuingKey, now time.Time) (*protocol.Charter, *Terms, error) {
	terms, err := h.terms()
	if err != nil {
		return nil, nil, err
	}
	charter, err := terms.Charter(now)
	if err != nil {
		return nil, nil, err
	}
	root, err := privateKey(rootSeed)
	if err != nil {
		return nil, nil, err
	}
	if err := addKeys(charter, root, vault, held, now); err != nil {
		return nil, nil, err
	}
	if err := charter.Check(); err != nil {
		return nil, nil, badTerms(err.Error())
	}
	charter.Signature = protocol.Sign(root, protocol.NewNetwork(terms.Network).Hash(charter))
	return charter, terms, writeSecret(h.SignedCharter(), protocol.Encode(charter))
}

// keyLife is how long an issuing key may sign: ten years; a new charter ends it sooner.
const keyLife = 10 * 365 * 24 * time.Hour

func addKeys(charter *protocol.Charter, root ed25519.PrivateKey, vault *Vault, held []protocol.IssuingKey, now time.Time) error {
	charter.Anchor = protocol.AccountID(protocol.PublicKey(root))
	deposit, err := privateKey(vault.Deposit)
	if err != nil {
		return err
	}
	charter.Deposit = protocol.AccountID(protocol.PublicKey(deposit))
	charter.Keys = slices.Clone(held)
	for _, id := range vault.keyIDs() {
		if slices.ContainsFunc(held, func(k protocol.IssuingKey) bool { return k.ID == id }) {
			continue
		}
		key, err := privateKey(vault.Issuing[id])
		if err != nil {
			return err
		}
		from := now.Add(-time.Hour) // a signer whose clock is a little behind is still within
		charter.Keys = append(charter.Keys, protocol.IssuingKey{ID: id, Key: protocol.PublicKey(key),
			NotBefore: uint64(from.Unix()), NotAfter: uint64(now.Add(keyLife).Unix())}) //nolint:gosec // after 1970
	}
	return nil
}

// openAccounts makes what the bank needs on the ledger and is not there yet.
func (c *Init) openAccounts(ctx context.Context, charter *protocol.Charter, terms *Terms, vault *Vault, issuer *keypair.Full) error {
	rail, err := railConfig(terms, vault)
	if err != nil {
		return err
	}
	var funder *keypair.Full
	if c.FunderFile != "" {
		seed, err := say.SecretFile(c.FunderFile)
		if err != nil {
			return err
		}
		if funder, err = keypair.ParseFull(seed); err != nil {
			return fmt.Errorf("%s: %w", c.FunderFile, err)
		}
	}
	if issuer != nil {
		if err := rail.Horizon.Fund(ctx, issuer.Address(), nil, 0); err != nil {
			return err
		}
	}
	var assets []money.Asset
	for _, a := range charter.Assets {
		assets = append(assets, a.Asset)
	}
	if err := stellar.Setup(ctx, rail, assets, funder, 20*money.Unit); err != nil || issuer == nil {
		return err
	}
	return fillTreasury(ctx, rail, assets[0], issuer)
}

// devTreasury is what the treasury of a bank to play with holds: the counter's cash comes from it.
const devTreasury = 1_000_000 * money.Unit

func fillTreasury(ctx context.Context, rail stellar.Config, asset money.Asset, issuer *keypair.Full) error {
	held, err := rail.Horizon.Balance(ctx, rail.Treasury.Address(), asset)
	if err != nil || held > 0 {
		return err
	}
	return rail.Horizon.Pay(ctx, issuer, rail.Treasury.Address(), asset, devTreasury)
}
