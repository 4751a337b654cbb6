package console

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kula/money"
	"kula/protocol"
	"kula/web/console/office"
)

// Fees and limits stand in the charter, which only the root key signs, and that key is not at the bank. So a change of
// theirs is asked for and approved like any other act, and what it does is to stand in the next charter: a document
// that the console hands out without a signature, to be signed where the root key is.

// Next is the next charter as two officers made it, without a signature.
type Next struct {
	Charter *protocol.Charter // nil: nothing was approved
	Changes []*office.Request // what was approved, in order
}

// Digest is what people compare before it is signed.
func (n *Next) Digest() protocol.Hash {
	return protocol.Network{ID: n.Charter.Network}.Hash(n.Charter)
}

// nextName is what the trail calls the charter after this one.
func nextName(held *protocol.Charter) string { return fmt.Sprint("charter ", held.Serial+1) }

// InstallCharter is the act of putting a signed charter in its place, which is done on the bank's machine.
const InstallCharter = "charter.install"

// nextAfter is the charter in force, and the next.
func (s *Server) nextAfter(ctx context.Context) (held *protocol.Charter, next *Next, err error) {
	if held, _, err = s.bank.Charter(ctx); err == nil {
		next, err = NextCharter(ctx, s.office, held)
	}
	return held, next, err
}

// requestsPage is how many requests are read at a time.
const requestsPage = 200

// NextCharter is the charter in force with all changes that were approved since it was signed.
func NextCharter(ctx context.Context, o *office.Office, held *protocol.Charter) (*Next, error) {
	n := new(Next)
	for before, more := int64(0), true; more; {
		page, err := o.Requests(ctx, before, requestsPage)
		if err != nil {
			return nil, err
		}
		for _, r := range page {
			if r.State == office.RequestDone && r.Object == nextName(held) {
				n.Changes = append(n.Changes, r)
			}
			before = r.ID
		}
		more = len(page) == requestsPage && page[requestsPage-1].AskedAt >= held.IssuedAt
	}
	if len(n.Changes) == 0 {
		return n, nil
	}
	slices.SortFunc(n.Changes, func(a, b *office.Request) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID)) })
	var err error
	if n.Charter, err = copyOf(held); err != nil {
		return nil, err
	}
	n.Charter.Serial++
	n.Charter.Signature = protocol.Signature{}
	for _, r := range n.Changes {
		in, err := valuesOf(r)
		if err == nil {
			_, _, err = change(n.Charter, r.Kind, in)
		}
		if err != nil {
			return nil, fmt.Errorf("request %d: %w", r.ID, err)
		}
		n.Charter.IssuedAt = r.At
	}
	return n, n.Charter.Check()
}

// copyOf shares nothing with the charter that the bank works by.
func copyOf(c *protocol.Charter) (*protocol.Charter, error) {
	return protocol.DecodeAs[*protocol.Charter](protocol.Encode(c))
}

// change writes one change into a charter, and says in words what it was and becomes.
func change(c *protocol.Charter, kind string, in *Values) (was, becomes string, err error) {
	for i := range c.Assets {
		if assetName(c.Assets[i].Asset) != in.text("asset") {
			continue
		}
		if kind == "fee" {
			return changeFee(&c.Assets[i], in)
		}
		return changeLimit(&c.Assets[i], in)
	}
	return "", "", office.Refuse("the charter has no such currency")
}

func feesOf(t *protocol.AssetTerms) map[string]*protocol.Fee {
	return map[string]*protocol.Fee{"paying in": &t.Load, "taking out": &t.Unload, "income to an account": &t.Payout}
}

var feeNames = []string{"paying in", "taking out", "income to an account"}

func feeWords(f protocol.Fee) string {
	return fmt.Sprintf("%s and %s %%", f.Flat, strconv.FormatFloat(float64(f.BasisPoints)/100, 'f', 2, 64))
}

func changeFee(t *protocol.AssetTerms, in *Values) (was, becomes string, err error) {
	fee, ok := feesOf(t)[in.text("what")]
	points, bad := money.ParseAmount(in.text("percent")) // seven decimals, of which a fee has two
	const point = money.Unit / 100
	if !ok || bad != nil || points < 0 || points%point != 0 || points > 100*money.Unit {
		return "", "", office.Refuse("a fee is an amount, and a percentage with at most two decimals, such as 0.75")
	}
	was = feeWords(*fee)
	*fee = protocol.Fee{Flat: in.amount("flat"), BasisPoints: uint32(points / point)} //nolint:gosec // bounded above
	return was, feeWords(*fee), in.err
}

// limitNames are what a tier limits, and what the bank promises for a purse of a currency whatever its tier.
var limitNames = []string{"a bill", "a sheet", "on the phone", "guaranteed a bill", "hops", "the guarantee pays for a purse", "credit line of a purse"}

func changeLimit(t *protocol.AssetTerms, in *Values) (was, becomes string, err error) {
	what, amount := in.text("what"), in.amount("amount")
	limits := new(protocol.Limits)
	found := false
	for i := range t.Tiers {
		if t.Tiers[i].Name == in.text("tier") {
			limits, found = &t.Tiers[i].Limits, true
		}
	}
	ofPurse := map[string]*money.Amount{"the guarantee pays for a purse": &t.CapPerPurse, "credit line of a purse": &t.CreditLine}
	ofTier := map[string]*money.Amount{"a bill": &limits.PerBill, "a sheet": &limits.MaxSpend, "on the phone": &limits.MaxHolding, "guaranteed a bill": &limits.Guaranteed}
	to, ok := ofPurse[what]
	switch {
	case ok && found:
		return "", "", office.Refuse("“%s” is the same in every tier: leave the tier empty", what)
	case !ok && !found:
		return "", "", office.Refuse("“%s” is a limit of a tier: say of which", what)
	case what == "hops":
		const most = 1 << 16
		if amount%money.Unit != 0 || amount > most*money.Unit {
			return "", "", office.Refuse("hops are a whole number")
		}
		was = fmt.Sprint(limits.MaxDepth)
		limits.MaxDepth = uint32(amount / money.Unit) //nolint:gosec // bounded above
		return was, fmt.Sprint(limits.MaxDepth), in.err
	case !ok:
		to = ofTier[what]
	}
	if to == nil {
		return "", "", office.Refuse("the charter has no such limit")
	}
	was, *to = to.String(), amount
	return was, to.String(), in.err
}

// termActs change fees and limits in the next charter.
func (s *Server) termActs() []*Act {
	next := Field{Name: "charter", Label: "Charter", Type: "hidden"}
	asset := Field{Name: "asset", Label: "Currency", Options: assetNames}
	return []*Act{
		{
			Kind: "fee", Title: "Change a fee", Roles: office.Operate, Second: true, Apart: true, Document: true, Object: next.Name, Check: s.nextIs,
			Fields: []Field{next, asset, {Name: "what", Label: "For", Options: these(feeNames)}, {Name: "flat", Label: "Flat", Hint: "in units of the currency"},
				{Name: "percent", Label: "And of the amount, in %", Hint: "such as 0.75"}},
			Tells: "Writes it into the next charter. It counts when the root key has signed that, and the bank was started with it.", Told: s.changeTold("fee"),
		},
		{
			Kind: "limit", Title: "Change a limit", Roles: office.Operate, Second: true, Apart: true, Document: true, Object: next.Name, Check: s.nextIs,
			Fields: []Field{next, asset, {Name: "tier", Label: "Tier", Hint: "empty for what is the same in every tier", Optional: true, Options: tiersOrNone},
				{Name: "what", Label: "Limit", Options: these(limitNames)}, {Name: "amount", Label: "From then on", Hint: "in units of the currency; hops are a number"}},
			Tells: "Writes it into the next charter. It counts when the root key has signed that, and the bank was started with it; sheets that are out keep the limits " +
				"they were issued with.", Told: s.changeTold("limit"),
		},
	}
}

func these(names []string) func(context.Context, Bank) ([]string, error) {
	return func(context.Context, Bank) ([]string, error) { return names, nil }
}

func tiersOrNone(ctx context.Context, bank Bank) ([]string, error) {
	names, err := tierNames(ctx, bank)
	return append([]string{""}, names...), err
}

func assetNames(ctx context.Context, bank Bank) (names []string, err error) {
	c, _, err := bank.Charter(ctx)
	if err == nil {
		for _, t := range c.Assets {
			names = append(names, assetName(t.Asset))
		}
	}
	return names, err
}

// nextIs keeps a change that was meant for one charter out of another.
func (s *Server) nextIs(ctx context.Context, bank Bank, in *Values) error {
	c, _, err := bank.Charter(ctx)
	if err != nil {
		return err
	}
	if in.text("charter") != nextName(c) {
		return office.Refuse("the next charter is another: go to the charter's page and begin there")
	}
	lines, err := s.office.TrailOf(ctx, nextName(c), maxTerms)
	for _, line := range lines {
		if line.Act == InstallCharter && line.Outcome == office.Done {
			err = office.Refuse("the next charter is signed and in its place: start the bank with it, and begin on the charter's page then")
		}
	}
	return err
}

// maxTerms is how far back the trail of one charter is read: it is installed after all that was asked for.
const maxTerms = 200

// changeTold says what a change does to what was approved so far, which must still be a charter afterwards.
func (s *Server) changeTold(kind string) func(context.Context, Bank, *Values) (string, error) {
	return func(ctx context.Context, bank Bank, in *Values) (string, error) {
		held, _, err := bank.Charter(ctx)
		if err != nil {
			return "", err
		}
		next, err := NextCharter(ctx, s.office, held)
		if err != nil {
			return "", err
		}
		if next.Charter == nil {
			if next.Charter, err = copyOf(held); err != nil {
				return "", err
			}
		}
		was, becomes, err := change(next.Charter, kind, in)
		if err == nil {
			err = next.Charter.Check()
		}
		what := []string{currency(in.text("asset"))}
		if tier := in.text("tier"); tier != "" {
			what = append(what, "tier "+tier)
		}
		return fmt.Sprintf("in %s, %s, %s, %s: from %s to %s", in.text("charter"), kind, strings.Join(what, ", "), in.text("what"), was, becomes), err
	}
}
