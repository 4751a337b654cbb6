package console_test

import (
	"encoding/binary"
	"testing"
	"time"

	"kula/anchor"
	"kula/money"
	"kula/protocol"
	"kula/web/console"
)

// phone is somebody's, and signs as wallets do.
type phone struct {
	w      *world
	name   string
	id     protocol.PurseID
	seq    uint64
	spent  money.Amount
	sheet  *protocol.Sheet
	cursor int64
	nonce  uint64
}

func (w *world) phone(name string, amount money.Amount) *phone {
	p := &phone{w: w, name: name, id: w.purse(name, name)}
	if amount > 0 {
		w.load(p.id, amount)
	}
	p.refresh()
	return p
}

func (p *phone) sign(e *protocol.Entry) {
	e.Signatures = []protocol.DeviceSignature{{Signature: protocol.Sign(key(p.name+"'s phone"), network.Hash(e))}}
}

func (w *world) now() uint64 { return uint64(w.clock.Load()) }

// refresh says where the purse stands, and takes the new sheet.
func (p *phone) refresh() {
	p.w.t.Helper()
	p.seq++
	e := &protocol.Entry{Sheet: protocol.Hash(p.id), Seq: p.seq, Spent: p.spent, Kind: protocol.StatementKind, Statement: protocol.Statement{Time: p.w.now()}}
	if p.sheet != nil {
		e.Sheet = network.Hash(p.sheet)
	}
	p.sign(e)
	bundle := protocol.NewBundle(network, e)
	reply, err := p.w.bank.Sync(p.w.t.Context(), anchor.SyncRequest{Bundle: bundle, Digest: protocol.Digest(bundle.Encode()), Purse: &p.id, After: p.cursor})
	ok(p.w.t, err)
	p.cursor = reply.Cursor
	for _, s := range protocol.All[*protocol.Sheet](reply.Bundle) {
		if s.Purse == p.id && (p.sheet == nil || s.IssuedAt >= p.sheet.IssuedAt) {
			p.sheet = s
		}
	}
}

func (p *phone) bill(amount money.Amount, memo *protocol.Memo) *protocol.Bill {
	p.nonce++
	b := &protocol.Bill{
		Anchor: account("anchor"), Payee: account(p.name), PayeeKey: protocol.PublicKey(key(p.name + "'s phone")), Asset: p.w.asset, Amount: amount,
		IssuedAt: p.w.now(), ExpiresAt: p.w.now() + 60*24*3600,
	}
	if memo != nil {
		b.Memo = memo.Commitment()
	}
	binary.BigEndian.PutUint64(b.Nonce[:], p.nonce)
	b.Signature = protocol.Sign(key(p.name+"'s phone"), network.Hash(b))
	return b
}

// entry signs any spend at all.
func (p *phone) entry(b *protocol.Bill, seq uint64, spent money.Amount) *protocol.Entry {
	e := &protocol.Entry{Sheet: network.Hash(p.sheet), Seq: seq, Spent: spent, Kind: protocol.SpendKind,
		Spend: protocol.Spend{Bill: network.Hash(b), Amount: b.Amount, Deadline: min(p.sheet.RedeemBy, b.ExpiresAt)}}
	p.sign(e)
	return e
}

func (p *phone) pay(b *protocol.Bill) *protocol.Entry {
	p.seq++
	p.spent += b.Amount
	return p.entry(b, p.seq, p.spent)
}

// bring presents documents as anybody.
func (w *world) bring(docs ...protocol.Document) {
	w.t.Helper()
	bundle := protocol.NewBundle(network, docs...)
	_, err := w.bank.Sync(w.t.Context(), anchor.SyncRequest{Bundle: bundle, Digest: protocol.Digest(bundle.Encode())})
	ok(w.t, err)
}

func (w *world) settle() {
	w.t.Helper()
	for range 100 {
		more, err := w.bank.Settle(w.t.Context())
		ok(w.t, err)
		if !more {
			break
		}
	}
	_, err := w.bank.Ingest(w.t.Context())
	ok(w.t, err)
}

// unload takes money out of a purse, to an account or to the counter.
func (p *phone) unload(amount money.Amount, destination string) protocol.Hash {
	p.w.t.Helper()
	offer, err := p.w.bank.Unload(p.w.t.Context(), anchor.UnloadRequest{Purse: p.id, Amount: amount, Destination: destination})
	ok(p.w.t, err)
	e := p.pay(offer.Bill)
	p.w.bring(e, offer.Bill)
	return network.Hash(e)
}

// story is a bank after some busy days: people who paid each other, one who overspent, one who cheated, a payout that
// the network refuses, and money of nobody's.
type story struct {
	*world
	mere, tom, lina, sam, joe *phone
	rent, over, parked        protocol.Hash // entries
	bill                      protocol.Hash
	operation                 int64
}

func newStory(t testing.TB) *story {
	w := newWorld(t)
	const unit = money.Unit
	s := &story{world: w, mere: w.phone("Mere Tavo", 50_000*unit), tom: w.phone("Tom Kalo", 20_000*unit), lina: w.phone("Lina Tavo", 0),
		sam: w.phone("Sam Naupa", 1_000*unit), joe: w.phone("Joe Bule", 3_000*unit)}
	w.pass(3 * time.Hour)
	memo := &protocol.Memo{Text: "Rent of the boat"}
	rent := s.lina.bill(12_000*unit, memo)
	e := s.mere.pay(rent)
	s.rent, s.bill = network.Hash(e), network.Hash(rent)
	w.bring(e, rent, memo)
	for i := range 6 {
		w.pass(time.Hour)
		b := s.lina.bill(money.Amount(100*(i+1))*unit, nil)
		w.bring(s.tom.pay(b), b)
	}
	s.lina.refresh()
	w.pass(time.Hour)
	copra := &protocol.Memo{Text: "Copra"}
	b := s.tom.bill(5_000*unit, copra)
	w.bring(s.lina.pay(b), b, copra)
	// Sam overspends: a payment that waits for money.
	b = s.tom.bill(1_500*unit, nil)
	over := s.sam.pay(b)
	s.over = network.Hash(over)
	w.bring(over, b)
	// Joe cheats: two payments under one number.
	first, second := s.tom.bill(2_000*unit, nil), s.lina.bill(2_500*unit, nil)
	s.joe.seq++
	w.bring(s.joe.entry(first, s.joe.seq, s.joe.spent+first.Amount), first)
	w.bring(s.joe.entry(second, s.joe.seq, s.joe.spent+second.Amount), second)
	// A payout that the network does not take.
	w.rail.Refuse(account("closed").String(), "op_no_issuer")
	s.parked = s.mere.unload(700*unit, account("closed").String())
	s.tom.unload(900*unit, anchor.ToTeller)
	w.settle()
	in := w.rail.Pay(anchor.Incoming{From: account("sender").String(), Asset: w.asset, Amount: 4_000 * unit})
	s.operation = in.Operation
	_, err := w.bank.Ingest(t.Context())
	ok(t, err)
	return s
}

// screen gives the console a list to look at.
func (w *world) screen(by console.Screener) {
	w.screener = by
	w.serve(func() time.Time { return time.Unix(w.clock.Load(), 0) })
}
