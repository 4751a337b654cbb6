package ledger_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"kula/ledger"
	"kula/money"
)

func TestConstructorsRefuse(t *testing.T) {
	a, b := [32]byte{1}, [32]byte{2}
	for name, c := range map[string]struct {
		want error
		make func() (ledger.Transaction, error)
	}{
		"nothing":        {ledger.ErrAmount, func() (ledger.Transaction, error) { return ledger.Load(head("x"), a, 0, 0) }},
		"less":           {ledger.ErrAmount, func() (ledger.Transaction, error) { return ledger.Honour(head("x"), a, b, -1) }},
		"fee below zero": {ledger.ErrAmount, func() (ledger.Transaction, error) { return ledger.Load(head("x"), a, 5, -1) }},
		"all fee":        {ledger.ErrAmount, func() (ledger.Transaction, error) { return ledger.Unload(head("x"), a, "p", 5, 5) }},
		"too much back":  {ledger.ErrAmount, func() (ledger.Transaction, error) { return ledger.PayoutFailed(head("x"), "p", a, math.MaxInt64, 1) }},
		"nothing back":   {ledger.ErrAmount, func() (ledger.Transaction, error) { return ledger.PayoutFailed(head("x"), "p", a, 0, 1) }},
		"oneself":        {ledger.ErrPostings, func() (ledger.Transaction, error) { return ledger.Honour(head("x"), a, a, 5) }},
		"no reference":   {ledger.ErrReference, func() (ledger.Transaction, error) { return ledger.Load(head(""), a, 5, 0) }},
		"a space":        {ledger.ErrReference, func() (ledger.Transaction, error) { return ledger.Load(head("a b"), a, 5, 0) }},
		"long":           {ledger.ErrReference, func() (ledger.Transaction, error) { return ledger.Load(head(strings.Repeat("x", 129)), a, 5, 0) }},
		"no payout":      {ledger.ErrAccount, func() (ledger.Transaction, error) { return ledger.Unload(head("x"), a, "", 5, 0) }},
		"two in one":     {ledger.ErrAccount, func() (ledger.Transaction, error) { return ledger.TellerIn(head("x"), "anna:ben", 5) }},
		"not an asset": {money.ErrAsset, func() (ledger.Transaction, error) {
			return ledger.Load(ledger.Header{Reference: "x", Asset: money.Asset{Issuer: [32]byte{1}}}, a, 5, 0)
		}},
	} {
		if tx, err := c.make(); !errors.Is(err, c.want) {
			t.Errorf("%s: got %+v, %v, want %v", name, tx, err, c.want)
		}
	}
}

func TestCheckRefuses(t *testing.T) {
	a, b := ledger.Purse([32]byte{1}), ledger.Purse([32]byte{2})
	for name, c := range map[string]struct {
		want     error
		postings []ledger.Posting
	}{
		"none":          {ledger.ErrPostings, nil},
		"one":           {ledger.ErrPostings, []ledger.Posting{{a, 0}}},
		"zero":          {ledger.ErrPostings, []ledger.Posting{{a, 0}, {b, 0}}},
		"unsorted":      {ledger.ErrPostings, []ledger.Posting{{b, 5}, {a, -5}}},
		"repeated":      {ledger.ErrPostings, []ledger.Posting{{a, 5}, {a, -5}}},
		"unbalanced":    {ledger.ErrUnbalanced, []ledger.Posting{{a, 5}, {b, -4}}},
		"across halves": {ledger.ErrUnbalanced, []ledger.Posting{{a, -5}, {ledger.Treasury, 5}}},
		"overflow":      {money.ErrOverflow, []ledger.Posting{{a, math.MaxInt64}, {b, 1}}},
		"no opposite":   {money.ErrOverflow, []ledger.Posting{{a, math.MinInt64}, {b, 1}}},
		"no account":    {ledger.ErrAccount, []ledger.Posting{{ledger.Account{}, 5}, {a, -5}}},
	} {
		tx := ledger.Transaction{Header: head("x"), Kind: ledger.KindHonour, Postings: c.postings}
		if err := tx.Check(); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if booked, err := ledger.NewBooks().Apply(tx); booked || err == nil {
			t.Errorf("%s was booked", name)
		}
	}
	unknown := ledger.Transaction{Header: head("x"), Kind: "gift", Postings: []ledger.Posting{{a, 5}, {b, -5}}}
	if err := unknown.Check(); !errors.Is(err, ledger.ErrReference) {
		t.Error("a kind that is none was taken:", err)
	}
}

func TestTrialCheckRefuses(t *testing.T) {
	p := ledger.Purse([32]byte{1})
	for name, c := range map[string]struct {
		want  error
		trial ledger.Trial
	}{
		"reserve short":   {ledger.ErrUnbalanced, ledger.Trial{{vuv, ledger.Reserve, 9}, {vuv, p, -10}}},
		"two currencies":  {ledger.ErrUnbalanced, ledger.Trial{{vuv, ledger.Reserve, 10}, {usd, p, -10}}},
		"own for trust":   {ledger.ErrUnbalanced, ledger.Trial{{vuv, p, -10}, {vuv, ledger.Drawer("anna"), 10}}},
		"purse overdrawn": {ledger.ErrOverdrawn, ledger.Trial{{vuv, p, 10}, {vuv, ledger.Payout("x"), -10}}},
		"reserve below 0": {ledger.ErrOverdrawn, ledger.Trial{{vuv, ledger.Reserve, -10}, {vuv, ledger.Clearing("x"), 10}}},
		"twice":           {ledger.ErrPostings, ledger.Trial{{vuv, ledger.Clearing("x"), 10}, {vuv, ledger.Clearing("x"), -10}}},
		"no account":      {ledger.ErrAccount, ledger.Trial{{vuv, ledger.Account{}, 10}}},
	} {
		if err := c.trial.Check(); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	lent := ledger.Trial{{vuv, ledger.Reserve, 10}, {vuv, p, -15}, {vuv, ledger.Credit([32]byte{1}), 5}}
	if err := lent.Check(); err != nil {
		t.Error("a loan has an account of its own:", err)
	}
}

func TestReconcileSeesBothSides(t *testing.T) {
	trial := ledger.Trial{{vuv, ledger.Reserve, 10}, {vuv, ledger.Fees, -10}}
	got := trial.Reconcile(map[money.Asset]money.Amount{usd: 3})
	if len(got) != 2 || got[0] != (ledger.Difference{Asset: usd, Books: 0, Observed: 3}) || got[1] != (ledger.Difference{Asset: vuv, Books: 10, Observed: 0}) {
		t.Error(got)
	}
}
