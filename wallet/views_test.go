package wallet

import (
	"slices"
	"testing"

	"kula/internal/tinybank"
	"kula/money"
	"kula/protocol"
)

// TestTwoBanks: one wallet with purses at two banks; the payee's list decides which pays.
func TestTwoBanks(t *testing.T) {
	_, mary, tom := village(t)
	other := tinybank.New(testNetwork, 2, start)
	here := mary.purse
	mary.join(t, other, 70*money.Unit, protocol.Circulating)
	if accepted, cards := mary.Hello(); len(accepted) != 2 || cards.Len() != 2 {
		t.Fatalf("%v", accepted)
	}
	accepted, _ := tom.Hello()
	sheets := mary.Sheets(now, accepted)
	if sheets.Len() != 1 || protocol.All[*protocol.Sheet](sheets)[0].Purse != here {
		t.Fatal("shows sheets that the payee does not take")
	}
	if good := must(tom.CheckSheets(now, sheets))(t); len(good) != 1 {
		t.Fatal("a good sheet was refused")
	}
	_, err := tom.CheckSheets(now, mary.Sheets(now, []protocol.AccountID{other.Charter.Anchor}))
	wantCode(t, err, protocol.CodeUnknownAnchor)
	_, err = tom.CheckSheets(now, protocol.NewBundle(testNetwork))
	wantCode(t, err, CodeNoSheet)
	if mary.Sheets(now+61*tinybank.Day, accepted).Len() != 0 {
		t.Fatal("shows an expired sheet")
	}
	must(mary.Pay(now, must(tom.Request(now, RequestParams{Amount: 10 * money.Unit}))(t), PayParams{}))(t)
	if bal := mary.Balances(now); bal[0].Loaded != 90*money.Unit || bal[1].Loaded != 70*money.Unit {
		t.Fatalf("%+v", bal)
	}
	if _, err := mary.Request(now, RequestParams{}); protocol.CodeOf(err) != CodeNoPurse {
		t.Fatalf("a bill on a purse that nobody named: %v", err)
	}
}

// TestStaleStatement: a Statement whose challenge is over is not presented for ever.
func TestStaleStatement(t *testing.T) {
	b, mary, _ := village(t)
	must(mary.Statement(now, mary.purse, protocol.Hash{9}))(t)
	if up := must(mary.Outbox(mary.purse))(t); len(up.Roots) != 1 || up.Len() != 2 {
		t.Fatalf("%d documents", up.Len())
	}
	must(mary.Absorb(now+tinybank.Day, mary.purse, b.Sync(mary.purse, protocol.NewBundle(testNetwork), now+tinybank.Day), 0))(t)
	if up := must(mary.Outbox(mary.purse))(t); up.Len() != 0 {
		t.Fatalf("%d documents", up.Len())
	}
	must(mary.Statement(now+tinybank.Day, mary.purse, protocol.Hash{}))(t) // by courier: no hurry
	must(mary.Absorb(now+9*tinybank.Day, mary.purse, protocol.NewBundle(testNetwork, b.Notice(now+9*tinybank.Day)), 0))(t)
	if up := must(mary.Outbox(mary.purse))(t); up.Len() != 2 {
		t.Fatalf("%d documents", up.Len())
	}
}

// TestReason: when no sheet will do, the person hears why the newest one will not.
func TestReason(t *testing.T) {
	b, mary, tom := village(t)
	request := must(tom.Request(now, RequestParams{Amount: 200 * money.Unit}))(t)
	late := uint64(now + 40*tinybank.Day)
	mary.refresh(t, b, late)
	after := mary.state.purses[mary.purse].Sheets[1].Sheet.ExpiresAt + 1 // the older has expired
	open := must(tom.Request(after, RequestParams{Amount: 200 * money.Unit}))(t)
	_, err := mary.Pay(after, open, PayParams{})
	wantCode(t, err, protocol.CodeNotEnough)
	_, err = mary.Pay(after, request, PayParams{Purse: protocol.PurseID{1}})
	wantCode(t, err, CodeNoPurse)
	ann := newPerson(t, "Ann", 4)
	check(t, ann.Trust(start, b.Charter, nil))
	e := must(ann.Enrol(start, EnrolParams{Anchor: b.Charter.Anchor, Account: ann.id(), Asset: b.Asset, Kind: protocol.Circulating, Signers: []AccountSigner{ann.signer()}}))(t)
	must(ann.Absorb(start, protocol.PurseID(testNetwork.Hash(e)), b.Enrol(e, "Ann", start), 0))(t)
	_, err = ann.Pay(now, request, PayParams{})
	wantCode(t, err, CodeNoSheet)
}

// TestLongOutbox: more than one sync can carry. What was never presented goes first, so that nothing waits
// for ever behind what the bank cannot answer yet.
func TestLongOutbox(t *testing.T) {
	b, mary, tom := village(t)
	price := must(tom.Request(now, RequestParams{Standing: true}))(t)
	for range maxOutbox + 5 {
		must(mary.Pay(now, price, PayParams{Amount: 100_000}))(t)
	}
	first := must(mary.Outbox(mary.purse))(t)
	if len(first.Roots) != maxOutbox {
		t.Fatalf("%d at once", len(first.Roots))
	}
	delivery := &protocol.Delivery{Anchor: b.Charter.Anchor, At: now + 9}
	first.Each(func(h protocol.Hash, d protocol.Document) {
		if d.Type() == protocol.TypeEntry {
			delivery.Documents = append(delivery.Documents, h)
		}
	})
	b.Seal(delivery)
	must(mary.Absorb(now+9, mary.purse, protocol.NewBundle(testNetwork, delivery), 0))(t)
	second := must(mary.Outbox(mary.purse))(t)
	fresh := 0
	for _, h := range second.Roots {
		if !slices.Contains(first.Roots, h) {
			fresh++
		}
	}
	if fresh != 5 || len(second.Roots) != maxOutbox {
		t.Fatalf("%d of 5 that were never presented, among %d", fresh, len(second.Roots))
	}
}

// TestOwed: who is met again gets what was not yet received.
func TestOwed(t *testing.T) {
	_, mary, tom := village(t)
	paid := must(mary.Pay(now, must(tom.Request(now, RequestParams{Amount: money.Unit, Memo: "nets"}))(t), PayParams{}))(t)
	check(t, mary.HandedOver(now, paid.Entry))
	check(t, mary.HandedOver(now, paid.Entry))
	wantCode(t, mary.HandedOver(now, protocol.Hash{1}), CodeNotKnown)
	key := tom.state.purses[tom.purse].Key()
	owed := mary.Owed([]protocol.Key{key})
	if len(owed) != 1 || owed[0].Entry != paid.Entry || len(mary.Owed([]protocol.Key{{1}})) != 0 {
		t.Fatalf("%v", owed)
	}
	if again := must(mary.Redeliver(paid.Entry))(t); string(again.Encode()) != string(paid.Encode()) {
		t.Fatal("another payment")
	}
	_, err := mary.Redeliver(protocol.Hash{1})
	wantCode(t, err, CodeNotKnown)
	check(t, mary.Acknowledged(now, must(tom.Accept(now, owed[0].Bundle))(t).Ack))
	if len(mary.Owed([]protocol.Key{key})) != 0 || len(mary.Undelivered()) != 0 {
		t.Fatal("received, and still owed")
	}
	if d := Digits(paid.Entry); len(d) != 4 || d != Digits(paid.Entry) {
		t.Fatal(d)
	}
	shown := must(mary.Show(paid.Entry))(t)
	if shown.Len() != 6 || len(protocol.All[*protocol.Memo](shown)) != 1 { // entry, sheet, bill, memo, card, ack
		t.Fatalf("shows %d documents", shown.Len())
	}
	if shown := must(tom.Show(paid.Entry))(t); shown.Len() != 5 {
		t.Fatalf("the payee shows %d documents", shown.Len())
	}
	if shown := must(tom.Show(testNetwork.Hash(protocol.All[*protocol.Bill](paid.Bundle)[0])))(t); shown.Len() != 3 {
		t.Fatalf("a bill with %d documents", shown.Len())
	}
	_, err = tom.Show(protocol.Hash{1})
	wantCode(t, err, CodeNotKnown)
}

// TestAckByTheBank: an Ack may travel with the bank's answer too.
func TestAckByTheBank(t *testing.T) {
	b, mary, tom := village(t)
	paid := must(mary.Pay(now, must(tom.Request(now, RequestParams{Amount: money.Unit}))(t), PayParams{}))(t)
	ack := must(tom.Accept(now, paid.Bundle))(t).Ack
	must(mary.Absorb(now, mary.purse, ack, 0))(t)
	if row := mary.History(now)[0]; row.State != "acknowledged" || !row.Acked {
		t.Fatalf("%+v", row)
	}
	up := must(mary.Outbox(mary.purse))(t)
	if len(protocol.All[*protocol.Ack](up)) != 1 {
		t.Fatal("the bank is not shown the Ack")
	}
	reply := b.Sync(mary.purse, up, now+9)
	must(mary.Absorb(now+9, mary.purse, reply, 0))(t)
	if n := len(mary.journal.records); must(mary.Absorb(now+9, mary.purse, reply, 0))(t) == nil || len(mary.journal.records) != n {
		t.Fatal("an answer that brings nothing new was written down")
	}
}

func TestProofs(t *testing.T) {
	_, mary, _ := village(t)
	key := mary.state.purses[mary.purse].Key()
	auth := protocol.Claim{Key: key, Hash: testNetwork.DeviceAuthHash(protocol.Hash{3}, mary.purse), Signature: must(mary.DeviceAuth(mary.purse, protocol.Hash{3}))(t)}
	signature, ok := mary.Prove(key, protocol.RolePayer, protocol.Hash{4})
	meeting := protocol.Claim{Key: key, Hash: testNetwork.MeetingHash(protocol.RolePayer, protocol.Hash{4}), Signature: signature}
	if !auth.Verify() || !ok || !meeting.Verify() {
		t.Fatal("not proved")
	}
	if _, ok := mary.Prove(protocol.Key{1}, protocol.RolePayer, protocol.Hash{4}); ok {
		t.Fatal("proved a key of somebody else")
	}
}

func TestNeedsSheet(t *testing.T) {
	b, mary, tom := village(t)
	if mary.NeedsSheet(now, mary.purse) || !mary.NeedsSheet(now+31*tinybank.Day, mary.purse) || mary.NeedsSheet(now, protocol.PurseID{1}) {
		t.Fatal("half of a sheet's life")
	}
	paid := must(mary.Pay(now, must(tom.Request(now, RequestParams{Amount: 8 * money.Unit}))(t), PayParams{}))(t)
	must(tom.Accept(now, paid.Bundle))(t)
	must(tom.Absorb(now+9, tom.purse, b.Sync(tom.purse, must(tom.Outbox(tom.purse))(t), now+9), 0))(t)
	if bal := tom.balance(now + 9); bal.Credited != 8*money.Unit || !tom.NeedsSheet(now+9, tom.purse) {
		t.Fatalf("credited and on no sheet: %+v", bal)
	}
	tom.refresh(t, b, now+10)
	if tom.NeedsSheet(now+10, tom.purse) {
		t.Fatal("needs a sheet again")
	}
}

// TestExpiring: dates move with the anchor's extensions, for money on sheets and for money received.
func TestExpiring(t *testing.T) {
	b, mary, tom := village(t)
	paid := must(mary.Pay(now, must(tom.Request(now, RequestParams{Amount: 8 * money.Unit}))(t), PayParams{}))(t)
	must(tom.Accept(now, paid.Bundle))(t)
	deadline := protocol.All[*protocol.Entry](paid.Bundle)[0].Spend.Deadline
	if x := tom.balance(now).Expiring; len(x) != 1 || x[0].At != deadline || x[0].Amount != 8*money.Unit || x[0].Entry != paid.Entry {
		t.Fatalf("%+v", x)
	}
	sheet := mary.state.purses[mary.purse].Sheets[0].Sheet
	notice := b.Notice(now)
	notice.Epoch++
	notice.Extensions = []protocol.Extension{{From: deadline - 9*tinybank.Day, To: deadline + 30*tinybank.Day}}
	b.Seal(notice)
	for _, p := range []*person{mary, tom} {
		must(p.Absorb(now, p.purse, protocol.NewBundle(testNetwork, notice), 0))(t)
		if x := p.balance(now).Expiring[0]; x.At != deadline+30*tinybank.Day {
			t.Fatalf("%s: %+v", p.name, x)
		}
	}
	late := sheet.ExpiresAt + tinybank.Day // by the cyclone's leave the sheet is still good
	must(mary.Pay(late, must(tom.Request(late, RequestParams{Amount: money.Unit}))(t), PayParams{}))(t)
	if bal := mary.balance(deadline + 31*tinybank.Day); bal.Loaded != 0 || bal.Spendable != 0 || len(bal.Expiring) != 0 {
		t.Fatalf("%+v", bal)
	}
}

// TestLapsed: a payment that nobody ever redeemed comes back when the bank, asked after all deadlines, does
// not know it.
func TestLapsed(t *testing.T) {
	b, mary, tom := village(t)
	must(mary.Pay(now, must(tom.Request(now, RequestParams{Amount: 8 * money.Unit}))(t), PayParams{}))(t)
	late := uint64(now + 80*tinybank.Day)
	if row := mary.History(late)[0]; row.State != "written" || mary.balance(late).UnderWay == 0 {
		t.Fatalf("lapsed without asking: %+v", row)
	}
	must(mary.Absorb(late, mary.purse, b.Sync(mary.purse, protocol.NewBundle(testNetwork), late), 0))(t)
	if row := mary.History(late)[0]; row.State != "lapsed" || mary.balance(late).UnderWay != 0 || len(mary.Undelivered()) != 0 {
		t.Fatalf("%+v", row)
	}
}

// TestStolenKey: a key that said the date was far ahead is revoked by the root, and the clock is right again.
func TestStolenKey(t *testing.T) {
	b, mary, _ := village(t)
	must(mary.Absorb(now, mary.purse, protocol.NewBundle(testNetwork, b.Notice(now+900*tinybank.Day)), 0))(t)
	_, err := mary.Time(now)
	wantCode(t, err, CodeClock)
	wantCode(t, mary.SetClock(now, 1<<62), CodeClock)
	right := *b.Charter
	b.Charter = &right
	b.Charter.Serial++
	b.Charter.Keys = append([]protocol.IssuingKey(nil), b.Charter.Keys...)
	b.Charter.Keys[0].RevokedAt = now + tinybank.Day
	b.SignCharter()
	must(mary.Absorb(now, mary.purse, protocol.NewBundle(testNetwork, b.Charter), 0))(t)
	if got := must(mary.Time(now))(t); got != now {
		t.Fatalf("%d", got)
	}
}

// TestMaxSpend: what a sheet's limit holds back is loaded and not spendable.
func TestMaxSpend(t *testing.T) {
	b := tinybank.New(testNetwork, 1, start)
	b.Limits.MaxSpend = 30 * money.Unit
	mary, tom := newPerson(t, "Mary", 1), newPerson(t, "Tom", 2)
	mary.join(t, b, 100*money.Unit, protocol.Circulating)
	tom.join(t, b, 0, protocol.Circulating)
	if bal := mary.balance(now); bal.Loaded != 100*money.Unit || bal.Spendable != 30*money.Unit || bal.PerBill != b.Limits.PerBill {
		t.Fatalf("%+v", bal)
	}
	_, err := mary.Pay(now, must(tom.Request(now, RequestParams{Amount: 31 * money.Unit}))(t), PayParams{})
	wantCode(t, err, protocol.CodeOverSpendLimit)
	must(mary.Pay(now, must(tom.Request(now, RequestParams{Amount: 30 * money.Unit}))(t), PayParams{}))(t)
	if bal := mary.balance(now); bal.Loaded != 70*money.Unit || bal.Spendable != 0 {
		t.Fatalf("%+v", bal)
	}
}
