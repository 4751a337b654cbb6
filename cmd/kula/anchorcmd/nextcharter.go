package anchorcmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"kula/cmd/kula/say"
	"kula/protocol"
	"kula/web/console"
	"kula/web/console/office"

	"github.com/BurntSushi/toml"
)

// A charter that two officers made at the console comes here twice: to the machine that has the root key, which signs
// it, and back to the bank's own, which takes it only as it was approved.

// leastDigest is how much of a digest has to be typed. Sixteen letters are too few: whoever asks for a change may try
// amounts until a charter of theirs and one that is approved begin with the same, which takes the root of all there are.
const leastDigest = 32

// signMade signs a charter that was made at the console. It needs the root key, and nothing else of the bank.
func (c *Charter) signMade(voice *say.Voice) (*protocol.Charter, error) {
	made, err := readCharter(c.Sign)
	if err != nil {
		return nil, err
	}
	network := protocol.Network{ID: made.Network}
	digest := network.Hash(made).String()
	typed := strings.ToLower(strings.Join(strings.Fields(c.Digest), ""))
	if len(typed) < leastDigest || !strings.HasPrefix(digest, typed) {
		return nil, &say.Problem{Exit: say.Failed, Code: "wrong_digest", What: "this file is not the charter that you have the digest of, or less than 32 letters of it were given",
			Next: "read the digest again on the console's page “The next charter”, from paper or by voice, and give it with --digest"}
	}
	passphrase, err := c.passphrase(voice)
	if err != nil {
		return nil, err
	}
	seed, err := unseal(c.Home.Root(), passphrase)
	if err != nil {
		return nil, err
	}
	root, err := privateKey(string(seed))
	if err != nil {
		return nil, err
	}
	if made.Anchor != protocol.AccountID(protocol.PublicKey(root)) {
		return nil, &say.Problem{Exit: say.Failed, Code: "another_bank", What: "this charter is of another bank than the root key's", Next: "look which file it is"}
	}
	if err := made.Check(); err != nil {
		return nil, badTerms(err.Error())
	}
	if c.news, err = c.changed(made); err != nil {
		return nil, err
	}
	made.Signature = protocol.Sign(root, network.Hash(made))
	return made, os.WriteFile(c.Sign+".signed", protocol.Encode(made), 0o600)
}

// changed holds a charter against the one in force, which is kept with the root key: the machine that made the file and
// the digest may lie about both. The console changes fees and limits; whoever wants anything else changes charter.toml.
func (c *Charter) changed(made *protocol.Charter) (news []string, err error) {
	if c.After == "" {
		return nil, &say.Problem{Exit: say.Failed, Code: "no_charter", What: "it is not known what is in force", Next: "give the last charter that the root key has signed, from where that is kept: --after FILE"}
	}
	held, err := readCharter(c.After)
	if err != nil {
		return nil, err
	}
	network := protocol.Network{ID: held.Network}
	if err := protocol.VerifyCharter(network, held); err != nil {
		return nil, &say.Problem{Exit: say.Failed, Code: "not_signed", What: c.After + " is not signed by the root key", Next: "look which file it is", Err: err}
	}
	same := *made
	same.Serial, same.IssuedAt, same.Assets, same.Signature = held.Serial, held.IssuedAt, held.Assets, held.Signature
	if made.Serial != held.Serial+1 || !bytes.Equal(protocol.Encode(&same), protocol.Encode(held)) {
		return nil, &say.Problem{Exit: say.Failed, Code: "more_is_new", What: "this is not the next charter, or more than fees and limits is new in it: nothing was signed",
			Next: "ask the bank what it wants; other terms, and keys, are changed by charter.toml"}
	}
	before, err := linesOf(held)
	if err != nil {
		return nil, err
	}
	after, err := linesOf(made)
	for _, line := range after {
		if i := slices.Index(before, line); i < 0 {
			news = append(news, "new:  "+line)
		} else {
			before = slices.Delete(before, i, i+1)
		}
	}
	for _, line := range before {
		news = append(news, "gone: "+line)
	}
	return news, err
}

// linesOf are a charter's fees and limits as charter.toml has them, each with its currency and tier.
func linesOf(c *protocol.Charter) (lines []string, err error) {
	for i := range c.Assets {
		a := assetTermsOf(&c.Assets[i])
		tiers := a.Tiers
		a.Tiers = nil
		parts := []any{a}
		names := []string{a.Code}
		for _, tier := range tiers {
			parts, names = append(parts, tier), append(names, a.Code+", tier "+tier.Name)
		}
		for n, part := range parts {
			var text bytes.Buffer
			if err := toml.NewEncoder(&text).Encode(part); err != nil {
				return nil, err
			}
			section := ""
			for line := range strings.Lines(text.String()) {
				line = strings.TrimSpace(line)
				if strings.HasPrefix(line, "[") {
					section = strings.Trim(line, "[]") + " "
				} else if line != "" {
					lines = append(lines, names[n]+": "+section+line)
				}
			}
		}
	}
	return lines, nil
}

func readCharter(path string) (*protocol.Charter, error) {
	data, err := os.ReadFile(path) //nolint:gosec // the operator's file
	if err != nil {
		return nil, err
	}
	made, err := protocol.DecodeAs[*protocol.Charter](data)
	if err != nil {
		return nil, &say.Problem{Exit: say.Failed, Code: "not_a_charter", What: path + " is not a charter: " + err.Error(), Next: "download it again from the console", Err: err}
	}
	return made, nil
}

// install puts a signed charter in its place. It must be what two officers approved, to the last byte.
func (c *Charter) install(ctx context.Context, held *protocol.Charter) (*protocol.Charter, error) {
	signed, err := readCharter(c.Install)
	if err != nil {
		return nil, err
	}
	terms, err := c.Home.terms()
	if err != nil {
		return nil, err
	}
	network := protocol.NewNetwork(terms.Network)
	if err := protocol.VerifyCharter(network, signed); err != nil || signed.Anchor != held.Anchor {
		return nil, &say.Problem{Exit: say.Failed, Code: "not_signed", What: "the bank's root key has not signed this charter", Next: "sign it first: kula anchor charter --sign FILE", Err: err}
	}
	staff := Staff{Home: c.Home}
	return signed, staff.with(ctx, func(o *office.Office) error {
		next, err := console.NextCharter(ctx, o, held)
		if err != nil {
			return err
		}
		if next.Charter == nil || network.Hash(next.Charter) != network.Hash(signed) {
			return &say.Problem{Exit: say.Failed, Code: "not_approved", What: "this is not the charter that two officers approved at the console",
				Next: "download the one that stands there now, and have that signed"}
		}
		text, err := termsOf(signed, terms)
		if err != nil {
			return err
		}
		if err := errors.Join(writeSecret(c.Home.CharterFile()+".before", c.Home.text()), writeSecret(c.Home.CharterFile(), text)); err != nil {
			return err
		}
		if err := writeSecret(c.Home.SignedCharter(), protocol.Encode(signed)); err != nil {
			return err
		}
		return o.Note(ctx, office.Console(), console.InstallCharter, fmt.Sprint("charter ", signed.Serial), "digest "+network.Hash(signed).String(), "", office.Done)
	})
}

func (h Home) text() []byte {
	data, _ := os.ReadFile(h.CharterFile()) // it was read a moment ago
	return data
}

// termsOf writes charter.toml for a charter that was made at the console, so that the next one begins there.
func termsOf(c *protocol.Charter, before *Terms) ([]byte, error) {
	const day = 24 * 3600
	l := c.Lifetimes
	t := Terms{Name: c.Name, Serial: c.Serial, Network: before.Network, Horizon: before.Horizon, Endpoint: c.Endpoint, Lifetimes: LifetimeTerms{
		SheetDays: l.Sheet / day, RedeemDays: l.Redeem / day, BillDays: l.Bill / day, CardDays: l.Card / day, GraceDays: l.Grace / day, ChallengeSeconds: l.Challenge}}
	for i := range c.Assets {
		t.Assets = append(t.Assets, assetTermsOf(&c.Assets[i]))
	}
	out := bytes.NewBufferString("# Written from the charter that two officers made at the console, " + time.Unix(int64(c.IssuedAt), 0).UTC().Format(time.RFC3339) + //nolint:gosec // a date
		".\n# What stood here before is in charter.toml.before. \"kula anchor example\" prints a file that explains each term.\n")
	err := toml.NewEncoder(out).Encode(t)
	return out.Bytes(), err
}

func assetTermsOf(a *protocol.AssetTerms) AssetTerms {
	fee := func(f protocol.Fee) FeeTerms {
		return FeeTerms{f.Flat, strconv.FormatFloat(float64(f.BasisPoints)/100, 'f', 2, 64)}
	}
	t := AssetTerms{Code: a.Asset.CodeString(), Decimals: a.Decimals, Step: a.Step, LoadFee: fee(a.Load), UnloadFee: fee(a.Unload), PayoutFee: fee(a.Payout),
		CapPerPurse: a.CapPerPurse, CreditLine: a.CreditLine}
	if !a.Asset.Native() {
		t.Issuer = protocol.AccountID(a.Asset.Issuer).String()
	}
	for _, x := range a.Tiers {
		t.Tiers = append(t.Tiers, TierTerms{x.Name, x.Limits.PerBill, x.Limits.MaxSpend, x.Limits.MaxHolding, x.Limits.MaxDepth, x.Limits.Guaranteed})
	}
	return t
}
