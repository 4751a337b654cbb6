package wallet

import (
	"testing"

	"kula/money"
	"kula/protocol"
)

// TestComplain: each kind of complaint names a document that it fits, of which there is one; it survives a restart,
// as does the bank's number; and what goes along proves it, in no more than a payment may take.
func TestComplain(t *testing.T) {
	b, mary, tom := village(t)
	paid := pays(t, mary, tom, 20*money.Unit, now)
	for _, wrong := range []struct {
		who     *person
		subject protocol.Hash
		about   About
	}{{mary, paid.Entry, AboutRefused}, {tom, paid.Entry, AboutRefused}, {tom, paid.Entry, AboutMistake}, {mary, paid.Entry, AboutCheated}, {mary, protocol.Hash{1}, AboutUndelivered}, {mary, paid.Entry, 0}} {
		_, err := wrong.who.Complain(now, wrong.subject, wrong.about)
		wantCode(t, err, CodeNotKnown)
	}
	must(tom.Absorb(now+1, tom.purse, refuses(b, paid, now+1), 0))(t)
	c := must(tom.Complain(now+2, paid.Entry, AboutRefused))(t)
	again := must(tom.Complain(now+3, paid.Entry, AboutRefused))(t)
	if c.Purse != tom.purse || c.Number != 0 || *again != *c || len(tom.Complaints()) != 1 {
		t.Fatalf("%+v %+v", c, again)
	}
	file := must(tom.Proof(paid.Entry))(t)
	if file.Roots[0] != paid.Entry || len(file.Roots) != 1 || len(protocol.All[*protocol.Receipt](file)) != 1 || len(protocol.All[*protocol.Bill](file)) != 1 {
		t.Fatalf("%+v", file)
	}
	records := len(tom.journal.records)
	for range 2 {
		check(t, tom.Numbered(now+4, paid.Entry, 12))
	}
	wantCode(t, tom.Numbered(now, protocol.Hash{1}, 12), CodeNotKnown)
	wantCode(t, tom.Numbered(now, paid.Entry, 0), CodeBadEvent)
	if len(tom.journal.records) != records+1 {
		t.Fatal("one number is written down twice")
	}
	tom.open(t)
	if all := tom.Complaints(); len(all) != 1 || all[0].Number != 12 || all[0].About != AboutRefused {
		t.Fatalf("%+v", all)
	}
	wantCode(t, tom.state.Apply(&Event{Kind: Complained, Subject: paid.Entry, Number: int64(AboutRefused)}), CodeOutOfOrder)
	wantCode(t, tom.state.Apply(&Event{Kind: Complained, Subject: protocol.Hash{1}, Number: int64(lastAbout) + 1}), CodeBadEvent)
	for about := AboutRefused; about <= lastAbout; about++ {
		if read, ok := ParseAbout(about.String()); !ok || read != about {
			t.Fatal(about)
		}
	}
	if _, ok := ParseAbout(""); ok {
		t.Fatal("nothing is complained of")
	}
}

// TestComplainOfACheat: the proof that this phone holds is the file; it goes to the bank of that purse.
func TestComplainOfACheat(t *testing.T) {
	_, p := crowd(t, 3)
	mallory, ann, tom := p[0], p[1], p[2]
	toTom := fork(t, mallory, ann, tom)
	must(tom.Accept(now, toTom.Bundle))(t)
	tells(t, ann, tom, now+1)
	proof := tom.Cases()[0].Proof
	c := must(tom.Complain(now, proof, AboutCheated))(t)
	file := must(tom.Proof(proof))(t)
	if c.Purse != tom.purse || len(file.Roots) != 1 || file.Roots[0] != proof || len(protocol.All[*protocol.Entry](file)) < 2 {
		t.Fatalf("%+v %+v", c, file)
	}
}

// TestProofIsBounded: what stands behind a payment stays here when all of it is too much.
func TestProofIsBounded(t *testing.T) {
	_, mary, tom := village(t)
	paid := pays(t, mary, tom, money.Unit, now)
	in := tom.state.incomes[paid.Entry]
	for i := range protocol.PaymentBounds.Documents {
		ack := &protocol.Ack{Entry: protocol.Hash{byte(i), byte(i >> 8), 1}}
		h := testNetwork.Hash(ack)
		tom.state.docs[h] = ack
		in.Behind = append(in.Behind, h)
	}
	file := must(tom.Proof(paid.Entry))(t)
	if file.Len() != 3 || file.Roots[0] != paid.Entry {
		t.Fatalf("%d documents", file.Len())
	}
}

// TestComplaintOutlivesThePhone: what was complained of on a phone that is gone is brought by the new one.
func TestComplaintOutlivesThePhone(t *testing.T) {
	b, mary, tom := village(t)
	paid := pays(t, mary, tom, money.Unit, now)
	must(mary.Complain(now, paid.Entry, AboutMistake))(t)
	restored := Event{Kind: Restored, At: now, Docs: protocol.NewBundle(testNetwork)}
	check(t, mary.journal.Append(restored.Encode()))
	mary.ring.seed = 77
	mary.open(t)
	old := mary.purse
	if all := mary.Complaints(); all[0].Purse != old {
		t.Fatalf("%+v", all)
	}
	mary.join(t, b, 0, protocol.Circulating)
	if all := mary.Complaints(); len(all) != 1 || all[0].Purse != mary.purse || mary.purse == old {
		t.Fatalf("%+v", all)
	}
}
