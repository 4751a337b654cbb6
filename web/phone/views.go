package phone

import (
	"kula/money"
	"kula/protocol"
	"kula/wallet"
)

// home is what the first screen shows.
func (p *Phone) home() (Object, error) {
	w, err := p.use()
	if err != nil {
		return nil, err
	}
	now := p.now()
	v := viewOf(w, now)
	ahead := w.Ahead(now)
	home := Object{"network": p.network.ID.String(), "time": unix(v.time), "clock": unix(ahead), "undelivered": v.undelivered()}
	var banks []Object
	for _, a := range v.anchors {
		banks = append(banks, bankView(w.Network(), a.Charter, a.Notice, true))
	}
	home["banks"] = some(banks)
	var purses []Object
	balances := w.Balances(now)
	for _, b := range balances {
		purses = append(purses, v.purse(b))
	}
	home["purses"] = some(purses)
	home["warnings"] = warnings(v, balances, ahead)
	return home, nil
}

// some is never absent.
func some(list []Object) []Object {
	if list == nil {
		return []Object{}
	}
	return list
}

// view is a moment of a wallet, to show things of.
type view struct {
	w       *wallet.Wallet
	now     uint64 // the device's clock
	time    uint64 // as the wallet takes it to be
	anchors []wallet.Anchor
}

func viewOf(w *wallet.Wallet, now uint64) *view {
	v := &view{w: w, now: now, time: now, anchors: w.Anchors()}
	if t, err := w.Time(now); err == nil {
		v.time = t
	}
	return v
}

func (v *view) charter(id protocol.AccountID) *protocol.Charter {
	for _, a := range v.anchors {
		if a.Charter.Anchor == id {
			return a.Charter
		}
	}
	return nil
}

func (v *view) bankName(id protocol.AccountID) string {
	if c := v.charter(id); c != nil {
		return c.Name
	}
	return ""
}

// decimals is how many of an asset are shown.
func (v *view) decimals(anchor protocol.AccountID, asset money.Asset) float64 {
	if c := v.charter(anchor); c != nil {
		if terms, ok := c.Terms(asset); ok {
			return float64(terms.Decimals)
		}
	}
	return 0
}

func bankView(n protocol.Network, c *protocol.Charter, notice *protocol.Notice, trusted bool) Object {
	b := protocol.NewBundle(n)
	b.AddRoot(c)
	newsAt := uint64(0)
	if notice != nil {
		b.Add(notice)
		newsAt = notice.Time
	}
	var assets []Object
	for _, a := range c.Assets {
		assets = append(assets, Object{"code": a.Asset.CodeString(), "issuer": protocol.AccountID(a.Asset.Issuer).String(), "decimals": float64(a.Decimals), "step": a.Step.String()})
	}
	return Object{"anchor": c.Anchor.String(), "name": c.Name, "network": c.Network.String(), "serial": float64(c.Serial), "endpoint": c.Endpoint,
		"assets": some(assets), "trusted": trusted, "newsAt": unix(newsAt), "bytes": b.Encode()}
}

var phases = map[wallet.PursePhase]string{wallet.PurseEnrolling: "enrolling", wallet.PurseOpen: "open", wallet.PurseRetired: "retired"}

func (v *view) purse(b wallet.Balance) Object {
	out := Object{"id": b.Purse.String(), "phase": phases[b.Phase], "revoked": b.Revoked, "anchor": b.Anchor.String(), "bankName": b.AnchorName,
		"account": b.Account.String(), "name": "", "asset": b.Asset.CodeString(), "decimals": float64(b.Decimals), "kind": b.Kind.String(),
		"spendable": b.Spendable.String(), "perBill": b.PerBill.String(), "loaded": b.Loaded.String(), "received": b.Received.String(),
		"passedOn": b.PassedOn.String(), "toBank": b.ToBank.String(), "credited": b.Credited.String(), "atBank": b.AtBank.String(),
		"atBankTime": unix(b.AtBankTime), "underWay": b.UnderWay.String(), "giveBack": b.GiveBack.String(), "syncedAt": 0.0,
		"needsSheet": v.w.NeedsSheet(v.now, b.Purse)}
	if p, err := v.w.Purse(b.Purse); err == nil {
		out["syncedAt"] = unix(p.SyncedAt)
		if p.Card != nil {
			out["name"] = p.Card.Name
		}
	}
	var expiring []Object
	for _, e := range b.Expiring {
		expiring = append(expiring, Object{"at": unix(e.At), "amount": e.Amount.String(), "what": e.What, "entry": hashText(e.Entry), "why": string(e.Why)})
	}
	out["expiring"] = some(expiring)
	return out
}

func (v *view) row(r wallet.Row) Object {
	return Object{"hash": r.Hash.String(), "bill": r.Bill.String(), "act": string(r.Act), "at": unix(r.At), "purse": r.Purse.String(),
		"amount": r.Amount.String(), "covered": r.Covered.String(), "asset": r.Asset.CodeString(), "decimals": v.decimals(r.Anchor, r.Asset),
		"other": accountText(r.Other), "otherName": r.OtherName, "memo": r.Memo, "state": r.State, "seen": r.Seen, "deadline": unix(r.Deadline),
		"depth": float64(r.Depth), "giveBack": r.GiveBack, "refund": hashText(r.Refund), "acked": r.Acked, "transaction": hashText(r.Transaction)}
}

// undelivered are the payments made that nothing says were received. Those whose picture the person saw on the other
// phone are not asked about any more: they stand in the history.
func (v *view) undelivered() []Object {
	rows := []Object{}
	for _, r := range v.w.Undelivered() {
		if !r.Seen {
			rows = append(rows, v.row(r))
		}
	}
	return rows
}

// soon is how long before its last day received money is warned of: while the payees of it would still take it, the
// wallet's own margin, and as much again.
const soon = protocol.DefaultMargin

// warnings are what the home screen should say.
func warnings(v *view, balances []wallet.Balance, ahead uint64) []Object {
	list := []Object{}
	add := func(code string, purse protocol.PurseID, at uint64) {
		list = append(list, Object{"code": code, "purse": purseText(purse), "at": unix(at)})
	}
	if ahead > 0 {
		add("clock_contradicted", protocol.PurseID{}, 0)
	}
	for _, id := range v.w.Alarms() {
		add("own_purse", id, 0)
	}
	for _, b := range balances {
		if b.Revoked {
			add("revoked", b.Purse, 0)
		}
		if b.GiveBack > 0 {
			add("give_back", b.Purse, 0)
		}
		if b.Phase == wallet.PurseOpen && v.w.NeedsSheet(v.now, b.Purse) {
			add("needs_sheet", b.Purse, 0)
		}
		for _, e := range b.Expiring {
			if e.What == "received" && e.At < v.time+soon {
				add("bring_soon", b.Purse, e.At)
				break // the soonest comes first
			}
		}
	}
	return list
}
