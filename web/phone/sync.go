package phone

import (
	"errors"

	"kula/protocol"
	"kula/wallet"
	"kula/wallet/atbank"
)

// sync visits the bank for one purse, or for all: also for those of a phone that is gone, which can only claim. One
// bank that is away does not keep the others waiting; when none was reached, the command fails.
func (p *Phone) sync(a *args) (any, error) {
	purse, refresh := a.purse("purse"), a.yes("refresh")
	if a.err != nil {
		return nil, a.err
	}
	w, err := p.use()
	if err != nil {
		return nil, err
	}
	p.bank.Lock()
	defer p.bank.Unlock()
	defer p.tellHome() // also of what came before it failed
	s := newSynced()
	reached, failed := 0, error(nil)
	for _, held := range w.Purses() {
		if purse != (protocol.PurseID{}) && purse != held.ID || held.Phase == wallet.PurseEnrolling {
			continue
		}
		if err := p.visit(w, held, refresh, s); err != nil {
			f := FailureOf(err)
			s.problem(protocol.Hash{}, f.Code, f.Detail)
			failed = errors.Join(failed, err)
			continue
		}
		reached++
	}
	switch {
	case reached > 0:
		return s.view(p)
	case failed != nil:
		return nil, failed
	}
	return nil, &wallet.Error{Code: wallet.CodeNoPurse, Where: "purse"}
}

// visit is one purse's visit to its bank.
func (p *Phone) visit(w *wallet.Wallet, held wallet.Purse, refresh bool, s *synced) error {
	charter := viewOf(w, p.now()).charter(held.Enrolment.Anchor)
	if charter == nil {
		return &wallet.Error{Code: wallet.CodeNotTrusted, Where: "purse"}
	}
	d, err := p.deskOf(w, charter)
	if err != nil {
		return err
	}
	v := &atbank.Visit{Wallet: w, Purse: held.ID, Bank: d, Now: p.now, Refresh: refresh, Wait: d.wait, Tell: func(at atbank.Progress) {
		p.host.Emit(Object{"event": "progress", "done": float64(at.Answered), "all": float64(at.Answered + at.Left), "sent": float64(d.sent), "got": float64(d.got)})
	}}
	visit := v.Present
	if held.Phase == wallet.PurseOpen {
		d.purse = held.ID
		visit = v.Sync
	}
	done, err := visit()
	if done != nil {
		s.visited(done)
	}
	if errors.Is(err, atbank.ErrNeedsCosigner) {
		return fail(atbank.CodeNeedsCosigner, "purse", err.Error())
	}
	if errors.Is(err, atbank.ErrEndless) {
		return fail(CodeNoAnswer, "bank", err.Error())
	}
	return err
}

// deskFor is the bank of a purse of this wallet.
func (a *ask) deskFor(purse protocol.PurseID) (*desk, wallet.Purse, error) {
	held, err := a.w.Purse(purse)
	if err != nil {
		return nil, held, err
	}
	charter := viewOf(a.w, a.now).charter(held.Enrolment.Anchor)
	if charter == nil {
		return nil, held, &wallet.Error{Code: wallet.CodeNotTrusted, Where: "purse"}
	}
	d, err := a.p.deskOf(a.w, charter)
	if err == nil {
		d.purse = purse
	}
	return d, held, err
}

// deposit is where to send money on Stellar for it to come into a purse.
func deposit(a *ask) (any, error) {
	purse := a.purse("purse")
	if a.err != nil {
		return nil, a.err
	}
	d, _, err := a.deskFor(purse)
	if err != nil {
		return nil, err
	}
	view, err := d.view()
	if err != nil {
		return nil, err
	}
	to, ok := view["deposit"].(Object)
	if !ok {
		return nil, notTheBank("no deposit")
	}
	return Object{"address": to.text("address"), "memoId": to.text("memo_id"), "muxed": to.text("muxed")}, nil
}

// unload asks the bank for the bill by which money leaves a purse: to be quoted, agreed to and paid like any other.
func unload(a *ask) (any, error) {
	purse, amount, destination, memo := a.purse("purse"), a.amount("amount"), a.text("destination"), a.text("memo")
	if a.err == nil && (amount <= 0 || destination == "") {
		a.bad("amount")
	}
	if a.err != nil {
		return nil, a.err
	}
	d, held, err := a.deskFor(purse)
	if err != nil {
		return nil, err
	}
	b, fee, err := d.unload(amount, destination, memo)
	if err != nil {
		return nil, err
	}
	asset := held.Enrolment.Asset
	return Object{"bytes": b.Encode(), "amount": amount.String(), "fee": fee.String(), "asset": asset.CodeString(),
		"decimals": viewOf(a.w, a.now).decimals(held.Enrolment.Anchor, asset)}, nil
}
