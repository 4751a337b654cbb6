package attack

import (
	"context"
	"slices"

	"kula/money"
	"kula/protocol"
)

// A cheat has its phone's keys, and signs with them past its wallet.

// cheat is somebody honest tests need not look after.
func (p *person) cheat() *person {
	p.cheats = true
	return p
}

// clone is a second phone with the same keys and journal.
func (p *person) clone() *person { return p.rolledBack(len(p.journal.records)) }

// rolledBack is a second phone with the same keys, that remembers the first so many records only.
func (p *person) rolledBack(records int) *person {
	twin := *p.cheat()
	twin.journal = &memory{slices.Clone(p.journal.records[:records])}
	twin.reopen()
	return &twin
}

// newest is the newest sheet that the phone holds.
func (p *person) newest() *protocol.Sheet {
	p.i.Helper()
	return p.sheet(0)
}

// sheet is the n-th newest.
func (p *person) sheet(n int) *protocol.Sheet {
	p.i.Helper()
	purse, err := p.Purse(p.purse)
	ok(p.i, err)
	if n >= len(purse.Sheets) {
		p.i.Fatalf("%s has %d sheets", p.name, len(purse.Sheets))
	}
	return purse.Sheets[n].Sheet
}

// device is the key that signs for the purse.
func (p *person) device() protocol.Key {
	purse, err := p.Purse(p.purse)
	ok(p.i, err)
	return purse.Key()
}

// sign puts the device's signature on any entry.
func (p *person) sign(e *protocol.Entry) *protocol.Entry {
	s, err := p.keys.Sign(p.device(), p.i.net.Hash(e))
	ok(p.i, err)
	e.Signatures = []protocol.DeviceSignature{{Signature: s}}
	return e
}

// signEnrolment puts this phone's signature and an account's on any Enrolment, and returns its hash.
func (p *person) signEnrolment(e *protocol.Enrolment, owner *person) protocol.Hash {
	h := p.i.net.Hash(e)
	s, err := p.keys.Sign(p.device(), h)
	ok(p.i, err)
	e.DeviceSignatures = []protocol.DeviceSignature{{Signature: s}}
	e.AccountSignatures = []protocol.AccountSignature{{Key: protocol.Key(owner.account()), Signature: protocol.Sign(key(owner.name), h)}}
	return h
}

// position is where a forged entry stands: its number, and what was spent before it on the sheet.
type position struct {
	sheet  *protocol.Sheet
	seq    uint64       // after the sheet's base
	before money.Amount // since the sheet's base
}

// forge signs a spend of a bill at any position, whatever was signed before.
func (p *person) forge(request *protocol.Bundle, at position, change ...func(*protocol.Entry)) *protocol.Bundle {
	p.i.Helper()
	if at.sheet == nil {
		at.sheet = p.newest()
	}
	bill := protocol.All[*protocol.Bill](request)[0]
	e := &protocol.Entry{
		Sheet: p.i.net.Hash(at.sheet), Seq: at.sheet.Base.Seq + at.seq, Spent: at.sheet.Base.Spent + at.before + bill.Amount, Kind: protocol.SpendKind,
		Spend: protocol.Spend{Bill: p.i.net.Hash(bill), Amount: bill.Amount, Deadline: min(at.sheet.RedeemBy, bill.ExpiresAt)},
	}
	for _, c := range change {
		c(e)
	}
	b := protocol.NewBundle(p.i.net, at.sheet, bill)
	b.AddRoot(p.sign(e))
	return b
}

// outliving makes a payment end when the one behind it does.
func outliving(behind *protocol.Bundle) func(*protocol.Entry) {
	return func(e *protocol.Entry) { e.Spend.Deadline = entryOf(behind).Spend.Deadline }
}

// backed adds to a payment what stands behind it.
func backed(payment *protocol.Bundle, behind ...*protocol.Bundle) *protocol.Bundle {
	b := protocol.NewBundle(payment.Network)
	b.AddAll(payment)
	for _, other := range behind {
		b.AddAll(other)
	}
	b.Roots = slices.Clone(payment.Roots)
	return b
}

// bill signs any bill.
func (p *person) bill(amount money.Amount, change func(*protocol.Bill)) *protocol.Bundle {
	p.i.Helper()
	request := p.request(amount)
	bill := *protocol.All[*protocol.Bill](request)[0]
	change(&bill)
	var err error
	bill.Signature, err = p.keys.Sign(bill.PayeeKey, p.i.net.Hash(&bill))
	ok(p.i, err)
	b := protocol.NewBundle(p.i.net, protocol.All[*protocol.Card](request)[0])
	b.AddRoot(&bill)
	return b
}

// entryOf is the entry that a payment is about.
func entryOf(b *protocol.Bundle) *protocol.Entry {
	e, _ := protocol.Find[*protocol.Entry](b, b.Roots[0])
	return e
}

// accused: two genuine entries of the purse contradict each other. Whoever holds the payments they stand in can
// prove it to anybody; the bank has a proof of its own, publishes it, and names the purse in its notice.
func (p *person) accused(payments ...*protocol.Bundle) {
	p.i.Helper()
	if state := p.atBank().State; state != "contradicted" {
		p.i.Fatalf("%s cheated, and is %s at the bank", p.name, state)
	}
	held, err := p.Purse(p.purse)
	ok(p.i, err)
	evidence := protocol.NewBundle(p.i.net, held.Enrolment)
	for _, b := range payments {
		evidence.AddAll(b)
	}
	proof := protocol.NewFraudProof(p.i.net, p.purse, entryOf(payments[0]), entryOf(payments[1]))
	evidence.AddRoot(proof)
	p.i.proves(evidence, p.bank.charter, proof)

	news, condemned := p.bank.news()
	if condemned[p.purse] == nil {
		p.i.Fatalf("the bank publishes no proof against %s", p.name)
	}
	p.i.proves(news, p.bank.charter, condemned[p.purse])
	if _, notice, err := p.bank.Charter(context.Background()); err != nil || !slices.Contains(notice.RevokedPurses, protocol.Hash(p.purse)) {
		p.i.Fatalf("the notice does not name %s: %v", p.name, err)
	}
}

// news is what the bank publishes, and the purses that it says have cheated.
func (b *bank) news() (*protocol.Bundle, map[protocol.PurseID]*protocol.FraudProof) {
	b.i.Helper()
	news, err := b.News(context.Background())
	ok(b.i, err)
	condemned := map[protocol.PurseID]*protocol.FraudProof{}
	for _, f := range protocol.All[*protocol.FraudProof](news) {
		condemned[f.Purse] = f
	}
	return news, condemned
}

// proves: the evidence, as bytes, convinces somebody who knows nothing but the bank's charter.
func (i *island) proves(evidence *protocol.Bundle, charter *protocol.Charter, proof *protocol.FraudProof) {
	i.Helper()
	b, err := protocol.DecodeBundle(i.net, evidence.Encode(), protocol.NoContext, protocol.PaymentBounds)
	ok(i, err)
	ok(i, protocol.VerifyCharter(i.net, charter))
	if complete, err := protocol.VerifyFraud(b, charter, proof); err != nil || !complete {
		i.Fatalf("complete: %t, %v", complete, err)
	}
}
