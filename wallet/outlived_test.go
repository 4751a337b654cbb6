package wallet

import (
	"reflect"
	"testing"

	"kula/internal/tinybank"
	"kula/money"
	"kula/protocol"
)

const period = sweepEvery + tinybank.Day // sweeping is looked at again after it

// over is when a sighting on a sheet has outlived its use, when the bank has learned of it by then.
func over(s *protocol.Sheet, known uint64) uint64 {
	return known + s.RedeemBy - s.IssuedAt + lateNews
}

// later lets a wallet hear the bank's notice of one date when its own clock shows another.
func (p *person) later(t fataler, b *tinybank.Bank, clock, signed uint64) {
	t.Helper()
	if heard := must(p.Hear(clock, protocol.NewBundle(testNetwork, b.Notice(signed))))(t); len(heard.Notices) != 1 {
		t.Fatalf("the notice was not taken: %+v", heard)
	}
}

// TestSightingsOutlived: what was paid to us is watched until no sheet can be alive that was got by hiding
// it, by the phone's clock and by the bank's word; then it is forgotten, and the journal replays to the same.
func TestSightingsOutlived(t *testing.T) {
	b, mary, tom := village(t)
	paid := pays(t, mary, tom, money.Unit, now)
	must(tom.Hear(now, rumour(b, 0, 3)))(t)
	sheet, _ := protocol.Find[*protocol.Sheet](paid.Bundle, only[*protocol.Entry](paid.Bundle).Sheet)
	last := over(sheet, sheet.RedeemBy)
	for _, x := range []struct {
		why           string
		clock, signed uint64
	}{
		{"its sheet can no longer be redeemed", sheet.RedeemBy + lateNews + period, sheet.RedeemBy + lateNews + period},
		{"a sheet that hides it may be alive", last, last},
		{"only the phone says that it is over", last + 2*period, last},
		{"only the bank says that it is over", last - 1, last + 2*period},
	} {
		tom.later(t, b, x.clock, x.signed)
		if !tom.state.watch.holds(paid.Entry) {
			t.Fatalf("%s: forgotten too early", x.why)
		}
	}
	tom.later(t, b, last+4*period, last+4*period)
	if k := &tom.state.watch; len(k.all) != 0 || len(k.seen) != 0 || k.heard != 0 || k.bytes != 0 {
		t.Fatalf("%d are left, %d purses, %d bytes", len(k.all), k.heard, k.bytes)
	}
	before := tom.state
	tom.open(t)
	if !reflect.DeepEqual(before, tom.state) {
		t.Fatal("the journal does not replay to the same state")
	}
	// The payment itself is not forgotten, and counts once; nothing new comes on that sheet.
	if again := must(tom.Accept(last+4*period, paid.Bundle))(t); !again.Again || len(tom.state.incomes) != 1 {
		t.Fatalf("%+v", again)
	}
	_, err := mary.Pay(last+4*period, must(tom.Request(last+4*period, RequestParams{Amount: money.Unit}))(t), PayParams{})
	wantCode(t, err, protocol.CodeExpired)
	next := mary.forge(t, paid, func(e *protocol.Entry) { e.Seq, e.Spent = e.Seq+1, e.Spent+money.Unit })
	if _, err := tom.Accept(last+4*period, next); err == nil {
		t.Fatal("money on a dead sheet is taken")
	}
}

// TestSightingsOfLongerSheets: a charter that shortens lifetimes does not shorten the lives of sheets issued before it.
func TestSightingsOfLongerSheets(t *testing.T) {
	b, mary, tom := village(t)
	paid := pays(t, mary, tom, money.Unit, now)
	sheet := tom.state.incomes[paid.Entry].Sheet
	last := over(sheet, sheet.RedeemBy)
	shorter := *b.Charter
	shorter.Serial++
	shorter.Lifetimes.Sheet = 10 * tinybank.Day
	b.Charter = &shorter
	b.SignCharter()
	check(t, tom.Trust(now, b.Charter, nil))
	short := *sheet
	short.RedeemBy = sheet.IssuedAt + 70*tinybank.Day
	tom.state.anchors[sheet.Anchor].Newest = latestDate
	g := &sighting{hash: paid.Entry, entry: only[*protocol.Entry](paid.Bundle), sheet: &short}
	if tom.state.outlived(g, last-(sheet.RedeemBy-short.RedeemBy)) {
		t.Fatal("a long sheet that hides it may be alive, and it is forgotten")
	}
	if !tom.state.outlived(g, last+period) {
		t.Fatal("it is kept for ever")
	}
}

// TestSightingsKnownToTheBank: what the bank has answered is forgotten with the last sheet that it can have
// given without knowing of it.
func TestSightingsKnownToTheBank(t *testing.T) {
	b, mary, tom := village(t)
	paid := pays(t, mary, tom, money.Unit, now)
	sheet := tom.state.incomes[paid.Entry].Sheet
	answered := uint64(now + 20*tinybank.Day)
	tom.refresh(t, b, answered)
	if tom.state.receiptOf(paid.Entry) == nil {
		t.Fatal("the bank has not answered")
	}
	last := over(sheet, answered)
	if last >= over(sheet, sheet.RedeemBy)-4*period {
		t.Fatal("this tests nothing")
	}
	tom.later(t, b, last, last)
	if !tom.state.watch.holds(paid.Entry) {
		t.Fatal("forgotten too early")
	}
	tom.later(t, b, last+period, last+period)
	if len(tom.state.watch.all) != 0 {
		t.Fatal("it is still here")
	}
	// A longer life, because the bank moved the dates, is a longer watch; and a receipt of another bank says
	// nothing of what the sheet's own knows.
	_, mary, ann := village(t)
	paid = pays(t, mary, ann, money.Unit, now)
	g := ann.state.watch.find(sheet.Purse, paid.Entry)
	ann.state.hops[g.hash] = &protocol.Receipt{Anchor: protocol.AccountID{1}, Entry: g.hash, At: answered}
	ann.state.anchors[sheet.Anchor].Newest = latestDate
	if delete(ann.state.incomes, g.hash); ann.state.outlived(g, last+period) {
		t.Fatal("another bank's word is taken for its own's")
	}
	ann.state.hops[g.hash].Anchor = sheet.Anchor
	if !ann.state.outlived(g, last+period) {
		t.Fatal("the bank's own word is not taken")
	}
	ann.state.anchors[sheet.Anchor].Notice = &protocol.Notice{Extensions: []protocol.Extension{{From: last - lateNews, To: last + 3*period}}}
	if ann.state.outlived(g, last+period) {
		t.Fatal("dates were moved, and it is forgotten as if they were not")
	}
}

// TestAttackHiddenSpend: who leaves a payment out of its Statement gets a sheet that has the money twice. The
// phone that was paid refuses money on that sheet as long as it may live, long after the first sheet's end.
func TestAttackHiddenSpend(t *testing.T) {
	b, mary, _ := village(t)
	s := newStranger(b, 1)
	honest := s.spends(2, 50*money.Unit, 50*money.Unit)
	must(mary.Hear(now, protocol.NewBundle(testNetwork, s.sheet, honest)))(t)
	first := *s.sheet
	late := over(&first, first.RedeemBy) - lateNews - tinybank.Day
	mary.later(t, b, late, late)
	s.sheet.Base, s.sheet.IssuedAt, s.sheet.AsOf = protocol.Base{Seq: 9}, first.RedeemBy-tinybank.Day, first.RedeemBy-tinybank.Day
	s.sheet.ExpiresAt, s.sheet.RedeemBy = s.sheet.IssuedAt+60*tinybank.Day, s.sheet.IssuedAt+120*tinybank.Day
	b.Seal(s.sheet)
	heard := must(mary.Hear(late, protocol.NewBundle(testNetwork, s.sheet, s.spends(10, 50*money.Unit, 50*money.Unit))))(t)
	if len(heard.Condemned) != 1 {
		t.Fatalf("what the first sheet's payment proves was forgotten: %+v", heard)
	}
}
