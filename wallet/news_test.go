package wallet

import (
	"bytes"
	"reflect"
	"slices"
	"testing"

	"kula/internal/tinybank"
	"kula/money"
	"kula/protocol"
)

// twin is a copy of somebody's phone, as a thief or a cheat makes it.
func (p *person) twin(t fataler) *person {
	t.Helper()
	c := *p
	c.journal = &memory{records: slices.Clone(p.journal.records)}
	c.open(t)
	return &c
}

// pays lets one person pay another, all the way to the Ack.
func pays(t fataler, from, to *person, amount money.Amount, at uint64) *Signed {
	t.Helper()
	paid := must(from.Pay(at, must(to.Request(at, RequestParams{Amount: amount}))(t), PayParams{Purse: from.purse}))(t)
	must(to.Accept(at, paid.Bundle))(t)
	return paid
}

// tells is one person's news, heard by another: as encoded between phones.
func tells(t fataler, from, to *person, at uint64) *Heard {
	t.Helper()
	news := must(from.News(at, DefaultNews))(t)
	encoded := news.Encode()
	if len(encoded) > DefaultNews {
		t.Fatalf("%d bytes of news", len(encoded))
	}
	return must(to.Hear(at, must(protocol.DecodeBundle(testNetwork, encoded, protocol.NoContext, NewsBounds))(t)))(t)
}

// crowd is a village with more people: everybody has money.
func crowd(t fataler, n int) (b *tinybank.Bank, people []*person) {
	t.Helper()
	b = tinybank.New(testNetwork, 1, start)
	for i := range n {
		p := newPerson(t, "Person "+string(rune('A'+i)), byte(i+1))
		p.join(t, b, 100*money.Unit, protocol.Circulating)
		people = append(people, p)
	}
	return b, people
}

// fork is a cheat who has paid tom from a copy, and what the same phone would pay ann with.
func fork(t fataler, mallory, tom, ann *person) (toAnn *Signed) {
	t.Helper()
	copied := mallory.twin(t)
	pays(t, mallory, tom, 60*money.Unit, now)
	return must(copied.Pay(now, must(ann.Request(now, RequestParams{Amount: 70 * money.Unit}))(t), PayParams{}))(t)
}

// TestAttackForkHeardOf: a payee refuses a purse that it has never met, on the word of somebody else's
// wallet, and has the proof.
func TestAttackForkHeardOf(t *testing.T) {
	b, p := crowd(t, 4)
	mallory, tom, ann, joe := p[0], p[1], p[2], p[3]
	toAnn := fork(t, mallory, tom, ann)
	if heard := tells(t, tom, joe, now+1); heard.Sightings != 1 || heard.Condemned != nil {
		t.Fatalf("%+v", heard)
	}
	tells(t, joe, ann, now+2) // a third wallet: ann and tom never meet
	_, err := ann.Accept(now+3, toAnn.Bundle)
	wantCode(t, err, protocol.CodeIncompatible)
	caught(t, ann, mallory)
	// The proof is on the journal, and goes to the bank with the next sync.
	ann.open(t)
	caught(t, ann, mallory)
	up := must(ann.Outbox(ann.purse))(t)
	proofs := protocol.All[*protocol.FraudProof](up)
	if len(proofs) != 1 {
		t.Fatal("the bank is not told")
	}
	if _, err := protocol.VerifyFraud(up, b.Charter, proofs[0]); err != nil {
		t.Fatal(err)
	}
	// From now on the purse is refused before it can pay, and everybody hears why.
	_, err = ann.CheckSheets(now+4, mallory.Sheets(now+4, []protocol.AccountID{b.Charter.Anchor}))
	wantCode(t, err, protocol.CodeCondemned)
	if heard := tells(t, ann, tom, now+5); !slices.Equal(heard.Condemned, []protocol.PurseID{mallory.purse}) {
		t.Fatalf("%+v", heard)
	}
	caught(t, tom, mallory)
	again := *tells(t, ann, tom, now+6)
	if !nothing(&again) {
		t.Fatalf("the same news is news twice: %+v", again)
	}
}

// caught reports whether somebody holds a proof, that anybody can verify, against another and nobody else.
func caught(t fataler, by, cheat *person) {
	t.Helper()
	cases, evidence := by.Cases(), by.Evidence()
	if len(cases) != 1 || cases[0].Purse != cheat.purse || len(evidence) != 1 {
		t.Fatalf("%s knows of %v", by.name, cases)
	}
	f, ok := protocol.Find[*protocol.FraudProof](evidence[0], evidence[0].Roots[0])
	if !ok || f.Purse != cheat.purse {
		t.Fatal("the evidence is about something else")
	}
	if _, err := protocol.VerifyFraud(evidence[0], by.Anchors()[0].Charter, f); err != nil {
		t.Fatal(err)
	}
}

// TestAttackForkMeets: two victims meet; each had taken an entry in good faith, and neither knew of a third.
func TestAttackForkMeets(t *testing.T) {
	b, p := crowd(t, 4)
	mallory, tom, ann, joe := p[0], p[1], p[2], p[3]
	toAnn := fork(t, mallory, tom, ann)
	must(ann.Accept(now, toAnn.Bundle))(t)
	heard := tells(t, tom, ann, now+1)
	if !slices.Equal(heard.Condemned, []protocol.PurseID{mallory.purse}) {
		t.Fatalf("%+v", heard)
	}
	caught(t, ann, mallory)
	file := must(ann.Case(ann.Cases()[0].Proof))(t)
	if len(protocol.All[*protocol.Charter](file)) != 1 || len(protocol.All[*protocol.Bill](file)) != 1 || !ann.Cases()[0].Own {
		t.Fatal("the file for the court is not whole")
	}
	// Somebody who heard of both, and was paid by neither, has the proof too.
	tells(t, tom, joe, now+2)
	news := protocol.NewBundle(testNetwork, protocol.All[*protocol.Sheet](toAnn.Bundle)[0])
	e, _ := protocol.Find[*protocol.Entry](toAnn.Bundle, toAnn.Entry)
	news.Add(e)
	if heard := must(joe.Hear(now+3, news))(t); len(heard.Condemned) != 1 {
		t.Fatalf("%+v", heard)
	}
	caught(t, joe, mallory)
	if joe.Cases()[0].Own || !ann.Cases()[0].Own {
		t.Fatal("whose case it is")
	}
	_ = b
}

// TestAttackForgedAccusation: nothing that does not prove itself condemns anybody, and whoever brings it is
// not listened to.
func TestAttackForgedAccusation(t *testing.T) {
	b, p := crowd(t, 3)
	mary, tom, eve := p[0], p[1], p[2]
	first := pays(t, mary, tom, 10*money.Unit, now)
	sheet := protocol.All[*protocol.Sheet](first.Bundle)[0]
	honest, _ := protocol.Find[*protocol.Entry](first.Bundle, first.Entry)
	second := pays(t, mary, tom, 5*money.Unit, now)
	next, _ := protocol.Find[*protocol.Entry](second.Bundle, second.Entry)
	forgedEntry := *honest
	forgedEntry.Spend.Amount += money.Unit
	forgedSheet := *sheet
	forgedSheet.Quorum.Signers = []protocol.Signer{{Key: eve.state.purses[eve.purse].Key(), Weight: 1}}
	ofEve := func(e protocol.Entry) *protocol.Entry { // signed by eve in mary's name
		e.Sheet = testNetwork.Hash(&forgedSheet)
		signature := must(eve.ring.Sign(eve.state.purses[eve.purse].Key(), testNetwork.Hash(&e)))(t)
		e.Signatures = []protocol.DeviceSignature{{Signature: signature}}
		return &e
	}
	x, y := ofEve(*honest), ofEve(forgedEntry)
	for name, news := range map[string]*protocol.Bundle{
		"an altered entry":         protocol.NewBundle(testNetwork, sheet, honest, &forgedEntry, protocol.NewFraudProof(testNetwork, mary.purse, honest, &forgedEntry)),
		"only the altered entry":   protocol.NewBundle(testNetwork, sheet, &forgedEntry),
		"a sheet of one's own":     protocol.NewBundle(testNetwork, &forgedSheet, x, y, protocol.NewFraudProof(testNetwork, mary.purse, x, y)),
		"entries on such a sheet":  protocol.NewBundle(testNetwork, &forgedSheet, x, y),
		"no contradiction":         protocol.NewBundle(testNetwork, sheet, honest, next, protocol.NewFraudProof(testNetwork, mary.purse, honest, next)),
		"nothing beside":           protocol.NewBundle(testNetwork, protocol.NewFraudProof(testNetwork, mary.purse, x, y)),
		"another purse than meant": protocol.NewBundle(testNetwork, sheet, honest, next, protocol.NewFraudProof(testNetwork, tom.purse, honest, next)),
	} {
		t.Run(name, func(t *testing.T) {
			joe := newPerson(t, "Joe", 9)
			joe.join(t, b, 0, protocol.Circulating)
			heard := must(joe.Hear(now, news))(t)
			if heard.Condemned != nil || len(joe.Cases()) != 0 {
				t.Fatalf("an honest purse is condemned: %+v", heard)
			}
			if joe.state.watch.holds(testNetwork.Hash(&forgedEntry)) || joe.state.watch.holds(testNetwork.Hash(x)) {
				t.Fatal("a forged entry is remembered")
			}
			pays(t, mary, joe, money.Unit, now)
		})
	}
}

// TestAttackStaleNotice: an older notice, or charter, changes nothing, whoever tells it and however often.
func TestAttackStaleNotice(t *testing.T) {
	b, mary, tom := village(t)
	old := b.Notice(start + 10)
	newer := b.Notice(start + 20)
	oldCharter := *b.Charter
	changed := *b.Charter
	b.Charter = &changed
	b.Charter.Serial, b.Charter.Name = 2, "Tiny Bank, renewed"
	b.SignCharter()
	heard := must(mary.Hear(now, protocol.NewBundle(testNetwork, newer, b.Charter)))(t)
	if len(heard.Notices) != 1 || len(heard.Charters) != 1 {
		t.Fatalf("%+v", heard)
	}
	written := len(mary.journal.records)
	for _, stale := range []protocol.Document{old, newer, &oldCharter, b.Charter} {
		heard := must(mary.Hear(now, protocol.NewBundle(testNetwork, stale)))(t)
		if !nothing(heard) || len(mary.journal.records) != written {
			t.Fatalf("%T: %+v", stale, heard)
		}
	}
	forgedNotice := *newer
	forgedNotice.Epoch, forgedNotice.RevokedPurses = 99, []protocol.Hash{protocol.Hash(tom.purse)}
	forgedCharter := *b.Charter
	forgedCharter.Serial = 99
	for _, lie := range []protocol.Document{&forgedNotice, &forgedCharter} {
		if heard := must(mary.Hear(now, protocol.NewBundle(testNetwork, lie)))(t); heard.Forged == nil || len(mary.journal.records) != written {
			t.Fatalf("%T: %+v", lie, heard)
		}
	}
	held := mary.Anchors()[0]
	if held.Notice.Epoch != newer.Epoch || held.Charter.Serial != 2 {
		t.Fatal("went back", held)
	}
	// She hands both on.
	if heard := tells(t, mary, tom, now); len(heard.Notices) != 1 || len(heard.Charters) != 1 {
		t.Fatalf("%+v", heard)
	}
	// A bank that is not trusted here is nobody.
	other := tinybank.New(testNetwork, 7, start)
	if heard := must(mary.Hear(now, protocol.NewBundle(testNetwork, other.Charter, other.Notice(now))))(t); !nothing(heard) {
		t.Fatalf("%+v", heard)
	}
	before := mary.state
	mary.open(t)
	if !reflect.DeepEqual(before, mary.state) {
		t.Fatal("the journal does not replay to the same state")
	}
}

// TestAttackForkBehind: the next wallet finds the fork among the payments behind the one it is offered.
func TestAttackForkBehind(t *testing.T) {
	_, p := crowd(t, 4)
	mallory, tom, ann := p[0], p[1], p[2]
	toAnn := fork(t, mallory, tom, ann)
	must(ann.Accept(now, toAnn.Bundle))(t)
	// Ann, in good faith, pays Tom with Mallory's money. The bundle is made by hand: what counts here is
	// what Tom makes of it.
	request := must(tom.Request(now+1, RequestParams{Amount: 120 * money.Unit}))(t)
	bill, billHash := billOf(request)
	purse := ann.state.purses[ann.purse]
	held := purse.Sheets[0]
	entry := &protocol.Entry{
		Sheet: held.Hash, Seq: purse.Seq + 1, Spent: purse.Spent + bill.Amount, Kind: protocol.SpendKind,
		Spend: protocol.Spend{Bill: billHash, Amount: bill.Amount, Deadline: bill.ExpiresAt},
	}
	for _, e := range protocol.All[*protocol.Entry](toAnn.Bundle) {
		entry.Spend.Deadline = min(entry.Spend.Deadline, e.Spend.Deadline)
	}
	entry.Signatures = []protocol.DeviceSignature{{Signature: must(ann.ring.Sign(purse.Key(), testNetwork.Hash(entry)))(t)}}
	payment := protocol.NewBundle(testNetwork, held.Sheet, bill)
	payment.AddAll(toAnn.Bundle)
	payment.AddRoot(entry)
	_, err := tom.Accept(now+2, payment)
	wantCode(t, err, protocol.CodeIncompatible)
	caught(t, tom, mallory)
	if tom.balance(now).Received != 60*money.Unit {
		t.Fatal("the payment was taken")
	}
}

// TestOwnPurse: what people say of one's own chain is no news, but that somebody else signs it is.
func TestOwnPurse(t *testing.T) {
	_, p := crowd(t, 3)
	mary, tom, ann := p[0], p[1], p[2]
	thief := mary.twin(t)
	pays(t, mary, tom, money.Unit, now)
	if heard := tells(t, tom, mary, now); heard.Sightings != 0 || heard.OwnPurse != nil {
		t.Fatalf("her own payment is news: %+v", heard)
	}
	pays(t, thief, ann, money.Unit, now+10)
	heard := tells(t, ann, mary, now+20)
	if !slices.Equal(heard.OwnPurse, []protocol.PurseID{mary.purse}) || len(mary.Cases()) != 0 {
		t.Fatalf("%+v", heard)
	}
	mary.open(t) // who opens the wallet again is told again
	if !slices.Equal(mary.Alarms(), []protocol.PurseID{mary.purse}) || tom.Alarms() != nil {
		t.Fatalf("%v %v", mary.Alarms(), tom.Alarms())
	}
	tells(t, ann, tom, now+21)
	caught(t, tom, mary)
	written := len(mary.journal.records)
	heard = tells(t, tom, mary, now+22) // the proof itself
	if len(mary.journal.records) != written {
		t.Fatal("the same alarm is written twice")
	}
	if !slices.Equal(heard.OwnPurse, []protocol.PurseID{mary.purse}) || len(mary.Cases()) != 0 {
		t.Fatalf("%+v", heard)
	}
	if news := must(mary.News(now+23, DefaultNews))(t); len(protocol.All[*protocol.Entry](news)) != 0 {
		t.Fatal("she tells of herself")
	}
}

// TestNewsIsWrittenFirst: a proof that cannot be written condemns nobody, and says so.
func TestNewsIsWrittenFirst(t *testing.T) {
	_, p := crowd(t, 3)
	toAnn := fork(t, p[0], p[1], p[2])
	tells(t, p[1], p[2], now)
	p[2].journal.fail = bytes.ErrTooLarge
	if _, err := p[2].Accept(now, toAnn.Bundle); err != bytes.ErrTooLarge { //nolint:errorlint // the very value
		t.Fatal(err)
	}
	if len(p[2].Cases()) != 0 {
		t.Fatal("condemned by what is not on disk")
	}
	p[2].journal.fail = nil
	_, err := p[2].Accept(now, toAnn.Bundle)
	wantCode(t, err, protocol.CodeIncompatible)
	caught(t, p[2], p[0])
}

// nothing reports whether nothing was new.
func nothing(h *Heard) bool {
	return len(h.Charters)+len(h.Notices)+len(h.Condemned)+len(h.OwnPurse)+h.Sightings+h.Dropped == 0 && h.Forged == nil
}

// TestProofAtBank: a proof goes up until the anchor has it, comes down to others, and is believed from
// nobody in particular just as well: it proves itself.
func TestProofAtBank(t *testing.T) {
	b, p := crowd(t, 4)
	mallory, tom, ann, joe := p[0], p[1], p[2], p[3]
	toAnn := fork(t, mallory, tom, ann)
	must(ann.Accept(now, toAnn.Bundle))(t)
	tells(t, tom, ann, now)
	ann.refresh(t, b, now+100) // its payments are honoured; the tiny bank knows nothing of proofs
	up := must(ann.Outbox(ann.purse))(t)
	proofs := protocol.All[*protocol.FraudProof](up)
	if len(proofs) != 1 || ann.Cases()[0].AtBank {
		t.Fatal("not told to the bank")
	}
	delivery := &protocol.Delivery{Anchor: b.Charter.Anchor, At: now + 101, Documents: []protocol.Hash{testNetwork.Hash(proofs[0])}}
	b.Seal(delivery)
	must(ann.Absorb(now+101, ann.purse, protocol.NewBundle(testNetwork, delivery), 0))(t)
	if up := must(ann.Outbox(ann.purse))(t); up.Len() != 0 || !ann.Cases()[0].AtBank {
		t.Fatal("told again")
	}
	// The anchor's news, as everybody finds them.
	evidence := ann.Evidence()[0]
	down := protocol.NewBundle(testNetwork, mallory.state.purses[mallory.purse].Enrolment, b.Charter, b.Notice(now+102))
	down.AddAll(evidence)
	news := must(joe.Absorb(now+102, protocol.PurseID{}, down, 0))(t)
	if news.Heard == nil || !slices.Equal(news.Heard.Condemned, []protocol.PurseID{mallory.purse}) || len(news.Problems) != 0 {
		t.Fatalf("%+v", news)
	}
	caught(t, joe, mallory)
	if !joe.Cases()[0].Complete || ann.Cases()[0].Complete {
		t.Fatal("with the Enrolment it is whole, and without it is not")
	}
	// Who held it without the Enrolment takes that in.
	if heard := tells(t, joe, ann, now+103); len(heard.Condemned) != 1 {
		t.Fatalf("%+v", heard)
	}
	if c := ann.Cases(); len(c) != 1 || !c[0].Complete || !c[0].Own || !c[0].AtBank {
		t.Fatalf("%+v", c)
	}
	if heard := tells(t, joe, ann, now+104); !nothing(heard) {
		t.Fatalf("%+v", heard)
	}
	// Once a notice names the purse nobody need be told why, and the bank knows.
	notice := b.Notice(now + 105)
	notice.RevokedPurses = []protocol.Hash{protocol.Hash(mallory.purse)}
	b.Seal(notice)
	must(joe.Hear(now+105, protocol.NewBundle(testNetwork, notice)))(t)
	told := must(joe.News(now+106, DefaultNews))(t)
	if len(protocol.All[*protocol.FraudProof](told)) != 0 || !joe.Cases()[0].AtBank || must(joe.Outbox(joe.purse))(t).Len() != 0 {
		t.Fatal("told once more than needed")
	}
	for _, who := range p[1:] {
		before := who.state
		who.open(t)
		if !reflect.DeepEqual(before, who.state) {
			t.Fatalf("%s: the journal does not replay to the same state", who.name)
		}
	}
}

// TestWitness: what a receipt vouches for is no sighting, since nobody looked at its signatures, and no more
// are entries of our own chain that come back behind a payment.
func TestWitness(t *testing.T) {
	b, mary, tom := village(t)
	paid := pays(t, mary, tom, money.Unit, now)
	sheet := protocol.All[*protocol.Sheet](paid.Bundle)[0]
	entry, _ := protocol.Find[*protocol.Entry](paid.Bundle, paid.Entry)
	vouched := *entry
	vouched.Seq, vouched.Signatures = 50, []protocol.DeviceSignature{{}}
	receipt := &protocol.Receipt{Anchor: b.Charter.Anchor, Entry: testNetwork.Hash(&vouched), Bill: entry.Spend.Bill, Outcome: protocol.Honoured,
		Reason: protocol.ReasonNone, Amount: entry.Spend.Amount, Credited: protocol.Credit{Kind: protocol.CreditPurse}, At: now}
	joe := newPerson(t, "Joe", 9)
	joe.join(t, b, 0, protocol.Circulating)
	joe.state.witness(protocol.NewBundle(testNetwork, sheet, entry, &vouched, receipt), true)
	if k := joe.state.watch; len(k.all) != 1 || !k.holds(paid.Entry) {
		t.Fatal("an entry is told of that nobody has judged")
	}
	mary.state.witness(protocol.NewBundle(testNetwork, sheet, entry), true)
	if len(mary.state.watch.all) != 0 {
		t.Fatal("she watches herself")
	}
}

// TestAttackSheetResigned: a cheat tells of an entry of its own, with a sheet that is known here and a signature
// under it that the bank never made. What is told on, and brought to the bank, is the sheet that was judged:
// else an honest phone would be taken for a liar, and its proof for none.
func TestAttackSheetResigned(t *testing.T) {
	_, p := crowd(t, 4)
	mallory, tom, ann, joe := p[0], p[1], p[2], p[3]
	copied := mallory.twin(t)
	pays(t, mallory, tom, 10*money.Unit, now)
	pay := func(amount money.Amount) *protocol.Bundle {
		paid := must(mallory.Pay(now, must(ann.Request(now, RequestParams{Amount: amount}))(t), PayParams{}))(t)
		entry, _ := protocol.Find[*protocol.Entry](paid.Bundle, paid.Entry)
		sheet, _ := protocol.Find[*protocol.Sheet](paid.Bundle, entry.Sheet)
		resigned := *sheet
		resigned.Signature.Signature[0] ^= 1
		return protocol.NewBundle(testNetwork, entry, &resigned)
	}
	for _, from := range []*person{mallory, copied} { // the second contradicts the first
		mallory = from
		must(tom.Hear(now+1, pay(20*money.Unit)))(t)
		heard := tells(t, tom, joe, now+2)
		if heard.Forged != nil || heard.Sightings+len(heard.Condemned) == 0 {
			t.Fatalf("%+v", heard)
		}
		replays(t, []*person{tom, joe})
	}
	if len(joe.Cases()) != 1 {
		t.Fatal("the proof convinces nobody")
	}
}
