package anchorcmd

import (
	"context"

	"kula/cmd/kula/say"
	"kula/money"
	"kula/stellar"
	"kula/walletfile"

	"github.com/stellar/go-stellar-sdk/keypair"
)

// Give is `kula anchor give`.
type Give struct {
	Place
	Amount    money.Amount `arg:"" help:"How much of the bank's first currency."`
	WordsFile string       `help:"The 24 words of the account that gets it; the account and its trustline are made if need be." required:"" type:"existingfile"`
}

// Help shows examples.
func (Give) Help() string {
	return `Only for a bank made with --dev, whose currency is its own. It plays the employer abroad, who pays on Stellar.

Examples:
  kula anchor give 5000 --words-file ana.words --passphrase-file ./var/passphrase`
}

// Run gives.
func (c *Give) Run(ctx context.Context, voice *say.Voice) error {
	passphrase, err := c.passphrase(voice)
	if err != nil {
		return err
	}
	seed, err := unseal(c.Home.file(issuerFile), passphrase)
	if err != nil {
		return err
	}
	issuer, err := keypair.ParseFull(string(seed))
	if err != nil {
		return err
	}
	words, err := say.SecretFile(c.WordsFile)
	if err != nil {
		return err
	}
	key, err := walletfile.AccountKey(words)
	if err != nil {
		return err
	}
	person, err := keypair.FromRawSeed([32]byte(key.Seed()))
	if err != nil {
		return err
	}
	if err := c.give(ctx, issuer, person); err != nil {
		return err
	}
	return voice.Result(map[string]any{"account": person.Address(), "amount": c.Amount}, func() {
		voice.Line("%s now has %s more on Stellar.", person.Address(), c.Amount)
	})
}

func (c *Give) give(ctx context.Context, issuer, person *keypair.Full) error {
	terms, err := c.Home.terms()
	if err != nil {
		return err
	}
	charter, err := c.Home.charter()
	if err != nil {
		return err
	}
	asset := charter.Assets[0].Asset
	horizon := &stellar.Horizon{URL: terms.Horizon, Passphrase: terms.Network}
	if err := horizon.Fund(ctx, person.Address(), nil, 0); err != nil {
		return err
	}
	if err := horizon.Trust(ctx, person, asset); err != nil {
		return err
	}
	return horizon.Pay(ctx, issuer, person.Address(), asset, c.Amount)
}
