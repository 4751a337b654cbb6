package anchorcmd

import (
	"bytes"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"

	"kula/cmd/kula/say"
	"kula/money"
	"kula/protocol"

	"github.com/BurntSushi/toml"
)

// Terms is charter.toml: everything in the charter that the bank decides. Keys are added when it is signed.
type Terms struct {
	Name      string        `toml:"name"`
	Serial    uint32        `toml:"serial"`
	Network   string        `toml:"network_passphrase"`
	Horizon   string        `toml:"horizon"`
	Endpoint  string        `toml:"endpoint"`
	Lifetimes LifetimeTerms `toml:"lifetimes"`
	Assets    []AssetTerms  `toml:"asset"`
}

// LifetimeTerms are numbers of days, but for the challenge.
type LifetimeTerms struct {
	SheetDays        uint64 `toml:"sheet_days"`
	RedeemDays       uint64 `toml:"redeem_days"`
	BillDays         uint64 `toml:"bill_days"`
	CardDays         uint64 `toml:"card_days"`
	GraceDays        uint64 `toml:"grace_days"`
	ChallengeSeconds uint64 `toml:"challenge_seconds"`
}

// AssetTerms are amounts in units of the asset, as people write them: "10000" or "12.50".
type AssetTerms struct {
	Code        string       `toml:"code"`
	Issuer      string       `toml:"issuer"`
	Decimals    uint32       `toml:"decimals"`
	Step        money.Amount `toml:"step"`
	LoadFee     FeeTerms     `toml:"load_fee"`
	UnloadFee   FeeTerms     `toml:"unload_fee"`
	PayoutFee   FeeTerms     `toml:"payout_fee"`
	CapPerPurse money.Amount `toml:"guarantee_cap_per_purse"`
	CreditLine  money.Amount `toml:"credit_line"`
	Tiers       []TierTerms  `toml:"tier"`
}

// FeeTerms are a flat amount and a percentage ("0.5").
type FeeTerms struct {
	Flat    money.Amount `toml:"flat"`
	Percent string       `toml:"percent"`
}

// TierTerms are the limits of one level of identification.
type TierTerms struct {
	Name       string       `toml:"name"`
	PerBill    money.Amount `toml:"per_bill"`
	MaxSpend   money.Amount `toml:"max_spend"`
	MaxHolding money.Amount `toml:"max_holding"`
	MaxDepth   uint32       `toml:"max_depth"`
	Guaranteed money.Amount `toml:"guaranteed_per_bill"`
}

// ReadTerms reads charter.toml. An unknown word in it is refused: a misspelt limit must not pass for none.
func ReadTerms(data []byte) (*Terms, error) {
	t := new(Terms)
	meta, err := toml.NewDecoder(bytes.NewReader(data)).Decode(t)
	if err != nil {
		return nil, badTerms(err.Error())
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, badTerms(fmt.Sprintf("%q is not a term that a charter knows", unknown[0]))
	}
	return t, nil
}

func badTerms(what string) error {
	return &say.Problem{Exit: say.Failed, Code: "bad_charter_file", What: "charter.toml: " + what,
		Next: "correct the file, then sign it again: kula anchor charter"}
}

// Charter makes the document, still without keys and signature.
func (t *Terms) Charter(now time.Time) (*protocol.Charter, error) {
	c := &protocol.Charter{
		Serial: t.Serial, Name: t.Name, Endpoint: t.Endpoint,
		Network:   protocol.NewNetwork(t.Network).ID,
		IssuedAt:  uint64(now.Unix()), //nolint:gosec // after 1970
		Lifetimes: t.Lifetimes.lifetimes(),
	}
	for i := range t.Assets {
		a, err := t.Assets[i].terms()
		if err != nil {
			return nil, err
		}
		c.Assets = append(c.Assets, a)
	}
	sort.Slice(c.Assets, func(i, j int) bool { return c.Assets[i].Asset.CodeString() < c.Assets[j].Asset.CodeString() })
	return c, nil
}

func (l LifetimeTerms) lifetimes() protocol.Lifetimes {
	out := protocol.DefaultLifetimes()
	const day = 24 * 3600
	for _, set := range []struct {
		to   *uint64
		days uint64
	}{{&out.Sheet, l.SheetDays}, {&out.Redeem, l.RedeemDays}, {&out.Bill, l.BillDays}, {&out.Card, l.CardDays}, {&out.Grace, l.GraceDays}} {
		if set.days > 0 {
			*set.to = set.days * day
		}
	}
	if l.ChallengeSeconds > 0 {
		out.Challenge = l.ChallengeSeconds
	}
	return out
}

func (a *AssetTerms) terms() (protocol.AssetTerms, error) {
	asset, err := parseAsset(a.Code, a.Issuer)
	if err != nil {
		return protocol.AssetTerms{}, err
	}
	out := protocol.AssetTerms{Asset: asset, Decimals: a.Decimals, Step: a.Step, CapPerPurse: a.CapPerPurse, CreditLine: a.CreditLine}
	for _, f := range []struct {
		from FeeTerms
		to   *protocol.Fee
	}{{a.LoadFee, &out.Load}, {a.UnloadFee, &out.Unload}, {a.PayoutFee, &out.Payout}} {
		if *f.to, err = f.from.fee(); err != nil {
			return protocol.AssetTerms{}, err
		}
	}
	for _, t := range a.Tiers {
		out.Tiers = append(out.Tiers, protocol.Tier{Name: t.Name, Limits: protocol.Limits{
			PerBill: t.PerBill, MaxSpend: t.MaxSpend, MaxHolding: t.MaxHolding, MaxDepth: t.MaxDepth, Guaranteed: t.Guaranteed}})
	}
	sort.Slice(out.Tiers, func(i, j int) bool { return out.Tiers[i].Name < out.Tiers[j].Name })
	return out, nil
}

func parseAsset(code, issuer string) (money.Asset, error) {
	if code == "XLM" && issuer == "" {
		return money.Asset{}, nil
	}
	id, err := protocol.ParseAccount(issuer)
	if err != nil {
		return money.Asset{}, badTerms(fmt.Sprintf("the issuer of %s is not an account id (G…)", code))
	}
	asset, err := money.NewAsset(code, id)
	if err != nil {
		return money.Asset{}, badTerms(err.Error())
	}
	return asset, nil
}

// fee reads a percentage with at most two decimals into basis points.
func (f FeeTerms) fee() (protocol.Fee, error) {
	if f.Percent == "" {
		return protocol.Fee{Flat: f.Flat}, nil
	}
	whole, frac, _ := strings.Cut(f.Percent, ".")
	if len(frac) > 2 {
		return protocol.Fee{}, badTerms("a percentage has at most two decimals, not " + f.Percent)
	}
	points, err := strconv.ParseUint(whole+frac+strings.Repeat("0", 2-len(frac)), 10, 32)
	if err != nil {
		return protocol.Fee{}, badTerms(f.Percent + " is not a percentage")
	}
	return protocol.Fee{Flat: f.Flat, BasisPoints: uint32(points)}, nil
}
