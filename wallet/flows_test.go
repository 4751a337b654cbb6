package wallet

import (
	"errors"
	"reflect"
	"testing"

	"kula/internal/tinybank"
	"kula/money"
	"kula/protocol"
)

func TestSameBillTwice(t *testing.T) {
	_, mary, tom := village(t)
	request := must(tom.Request(now, RequestParams{Amount: money.Unit}))(t)
	first := must(mary.Pay(now, request, PayParams{}))(t)
	mary.open(t) // even after a restart, even when the bill has expired
	again := must(mary.Pay(now+100*tinybank.Day, request, PayParams{}))(t)
	if !again.Again || again.Entry != first.Entry || string(again.Encode()) != string(first.Encode()) {
		t.Fatal("paying a bill again made another payment")
	}
	if offer := must(mary.VerifyRequest(now, request))(t); offer.PaidBy != first.Entry {
		t.Fatalf("the offer does not say that it is paid: %+v", offer)
	}
	one := must(tom.Accept(now, first.Bundle))(t)
	two := must(tom.Accept(now, again.Bundle))(t)
	if one.Again || !two.Again || string(one.Ack.Encode()) != string(two.Ack.Encode()) {
		t.Fatal("accepting again is not the same")
	}
	if b := tom.balance(now); b.Received != money.Unit || b.GiveBack != 0 {
		t.Fatalf("counted twice: %+v", b)
	}
}

func TestStandingBill(t *testing.T) {
	b, mary, tom := village(t)
	price := must(tom.Request(now, RequestParams{Standing: true, Memo: "the church"}))(t)
	_, err := mary.Pay(now, price, PayParams{})
	wantCode(t, err, CodeNoAmount)
	for range 2 {
		must(tom.Accept(now, must(mary.Pay(now, price, PayParams{Amount: 5 * money.Unit}))(t).Bundle))(t)
	}
	if bal := tom.balance(now); bal.Received != 10*money.Unit || bal.GiveBack != 0 {
		t.Fatalf("%+v", bal)
	}
	if row := tom.History(now)[0]; row.State != "standing" {
		t.Fatalf("%+v", row)
	}
	tom.refresh(t, b, now+1)
	if bal := tom.balance(now + 1); bal.Spendable != 10*money.Unit {
		t.Fatalf("%+v", bal)
	}
}

// TestSecondPaymentOfOneBill: two payers pay one bill. Both are money; the second is given back.
func TestSecondPaymentOfOneBill(t *testing.T) {
	b, mary, tom := village(t)
	ann := newPerson(t, "Ann", 4)
	ann.join(t, b, 50*money.Unit, protocol.Circulating)
	request := must(tom.Request(now, RequestParams{Amount: 20 * money.Unit}))(t)
	must(tom.Accept(now, must(mary.Pay(now, request, PayParams{}))(t).Bundle))(t)
	second := must(tom.Accept(now, must(ann.Pay(now, request, PayParams{}))(t).Bundle))(t)
	if !second.GiveBack || tom.balance(now).GiveBack != 20*money.Unit {
		t.Fatalf("not marked: %+v", second)
	}
	tom.refresh(t, b, now+10)
	refund := must(ann.Request(now+20, RequestParams{Amount: 20 * money.Unit, Payer: tom.id(), Memo: "refund"}))(t)
	_, err := tom.Pay(now+30, refund, PayParams{GivesBack: protocol.Hash{1}})
	wantCode(t, err, CodeNotKnown)
	back := must(tom.Pay(now+30, refund, PayParams{GivesBack: second.Entry}))(t)
	must(ann.Accept(now+40, back.Bundle))(t)
	if tom.balance(now).GiveBack != 0 {
		t.Fatal("still to be given back")
	}
	rows := tom.History(now)
	if last := rows[len(rows)-1]; last.Act != ActGaveBack || last.Refund != second.Entry {
		t.Fatalf("%+v", last)
	}
	_, err = tom.Pay(now+50, must(ann.Request(now+50, RequestParams{Amount: 20 * money.Unit}))(t), PayParams{GivesBack: second.Entry})
	wantCode(t, err, CodeAlreadyGiven)
}

// TestCrashFailedWrite: when the journal cannot be written, nothing has happened.
func TestCrashFailedWrite(t *testing.T) {
	_, mary, tom := village(t)
	full := errors.New("no space left on device")
	request := must(tom.Request(now, RequestParams{Amount: money.Unit}))(t)
	paid := must(mary.Pay(now, request, PayParams{}))(t)
	other := must(tom.Request(now, RequestParams{Amount: money.Unit}))(t)
	acts := map[string]func(p *person) error{
		"pay":       func(p *person) error { _, err := p.Pay(now, other, PayParams{}); return err },
		"accept":    func(p *person) error { _, err := p.Accept(now, paid.Bundle); return err },
		"statement": func(p *person) error { _, err := p.Statement(now, p.purse, protocol.Hash{9}); return err },
		"request":   func(p *person) error { _, err := p.Request(now, RequestParams{}); return err },
	}
	for name, p := range map[string]*person{"pay": mary, "accept": tom, "statement": mary, "request": tom} {
		before := p.state
		p.open(t)
		p.journal.fail = full
		if err := acts[name](p); !errors.Is(err, full) {
			t.Fatalf("%s: %v", name, err)
		}
		if !reflect.DeepEqual(before, p.state) {
			t.Fatalf("%s: the state has changed", name)
		}
		p.journal.fail = nil
		check(t, acts[name](p))
	}
}

func TestLimits(t *testing.T) {
	b, mary, tom := village(t)
	pay := func(a money.Amount) error {
		_, err := mary.Pay(now, must(tom.Request(now, RequestParams{Amount: a}))(t), PayParams{})
		return err
	}
	wantCode(t, pay(101*money.Unit), protocol.CodeNotEnough)
	wantCode(t, pay(1001*money.Unit), protocol.CodeOverBillLimit)
	_, err := tom.Request(now, RequestParams{Amount: 1})
	wantCode(t, err, protocol.CodeBelowStep)
	open := must(tom.Request(now, RequestParams{}))(t)
	for amount, code := range map[money.Amount]protocol.Code{0: CodeNoAmount, -5: protocol.CodeBadAmount, 1: protocol.CodeBelowStep} {
		_, err := mary.Pay(now, open, PayParams{Amount: amount})
		wantCode(t, err, code)
	}
	_, err = mary.Pay(now, must(tom.Request(now, RequestParams{Amount: money.Unit}))(t), PayParams{Amount: 2 * money.Unit})
	wantCode(t, err, protocol.CodeWrongAmount)
	b.Limits.MaxSpend, b.Limits.MaxHolding = 30*money.Unit, 90*money.Unit
	mary.refresh(t, b, now+1)
	if bal := mary.balance(now + 1); bal.Loaded != 100*money.Unit || bal.Spendable != 100*money.Unit {
		t.Fatalf("the older sheet is live and its limit is higher: %+v", bal)
	}
	_, err = mary.Request(now, RequestParams{Amount: money.Unit})
	wantCode(t, err, CodeOverHolding)
	must(mary.Request(now, RequestParams{Amount: money.Unit, OverHolding: true}))(t)
}

// TestOthersPresentIt: the payer brings the payment in; the payee, who never saw it, learns of it at sync.
func TestOthersPresentIt(t *testing.T) {
	b, mary, tom := village(t)
	must(mary.Pay(now, must(tom.Request(now, RequestParams{Amount: 30 * money.Unit}))(t), PayParams{}))(t)
	mary.refresh(t, b, now+10)
	news := tom.refresh(t, b, now+20)
	if len(news.Incomes) != 1 || len(news.Problems) != 0 {
		t.Fatalf("%+v", news)
	}
	if bal := tom.balance(now + 20); bal.Spendable != 30*money.Unit || bal.Received != 0 {
		t.Fatalf("%+v", bal)
	}
	if row := tom.History(now)[1]; row.Act != ActReceived || row.State != "honoured" || row.Acked {
		t.Fatalf("%+v", row)
	}
	tom.open(t)
	if bal := tom.balance(now + 20); bal.Spendable != 30*money.Unit {
		t.Fatalf("after a restart: %+v", bal)
	}
}

func TestPayoutPurse(t *testing.T) {
	b, mary, _ := village(t)
	shop := newPerson(t, "Shop", 5)
	shop.join(t, b, 0, protocol.PayoutKind)
	paid := must(mary.Pay(now, must(shop.Request(now, RequestParams{Amount: 30 * money.Unit}))(t), PayParams{}))(t)
	must(shop.Accept(now, paid.Bundle))(t)
	shop.refresh(t, b, now+10)
	if bal := shop.balance(now + 10); bal.Spendable != 0 || bal.Credited != 30*money.Unit {
		t.Fatalf("%+v", bal)
	}
	payout := &protocol.Payout{Anchor: b.Charter.Anchor, Receipts: []protocol.Hash{testNetwork.Hash(b.Receipt(paid.Entry))}, Transaction: protocol.Hash{7}, Operations: []uint32{0}, At: now + 20}
	b.Seal(payout)
	must(shop.Absorb(now+30, shop.purse, protocol.NewBundle(testNetwork, payout), 3))(t)
	if row := shop.History(now)[1]; row.State != "paid out" || row.Transaction != payout.Transaction {
		t.Fatalf("%+v", row)
	}
	if p := must(shop.Purse(shop.purse))(t); p.Cursor != 3 || shop.balance(now).Credited != 0 {
		t.Fatalf("%+v", p)
	}
}

func TestUnload(t *testing.T) {
	b, mary, _ := village(t)
	bill := b.UnloadBill(40*money.Unit, "GDEST", now)
	offer := must(mary.VerifyRequest(now, bill))(t)
	if !offer.Unload || offer.Name != b.Charter.Name || offer.Memo.Text != "GDEST" {
		t.Fatalf("%+v", offer)
	}
	must(mary.Pay(now, bill, PayParams{}))(t)
	mary.refresh(t, b, now+10)
	if row := mary.History(now)[0]; row.Act != ActUnloaded || row.State != "honoured" {
		t.Fatalf("%+v", row)
	}
	forged := b.UnloadBill(41*money.Unit, "GDEST", now)
	protocol.All[*protocol.Bill](forged)[0].Signature[3] ^= 1
	_, err := mary.Pay(now, forged, PayParams{})
	wantCode(t, err, protocol.CodeBadSignature)
	other := tinybank.New(testNetwork, 8, start) // another's key, in this bank's name
	alien := *protocol.All[*protocol.Bill](other.UnloadBill(41*money.Unit, "GEVIL", now))[0]
	alien.Anchor, alien.Payee, alien.Asset = b.Charter.Anchor, b.Charter.Anchor, b.Asset
	_, err = mary.Pay(now, mary.bundle(&alien), PayParams{})
	wantCode(t, err, protocol.CodeUnknownKey)
}

// TestClockOfBills: a bill is never dated before what the purse has stated, and a Statement never before
// a bill of the purse that was paid.
func TestClockOfBills(t *testing.T) {
	b, mary, tom := village(t)
	tom.refresh(t, b, now+1000)
	bill, _ := billOf(must(tom.Request(now, RequestParams{}))(t))
	if bill.IssuedAt != now+1001 {
		t.Fatalf("dated %d, want %d", bill.IssuedAt, now+1001)
	}
	paid := must(mary.Pay(now, must(tom.Request(now+5000, RequestParams{Amount: money.Unit}))(t), PayParams{}))(t)
	must(tom.Accept(now+5000, paid.Bundle))(t)
	st := must(tom.Statement(now, tom.purse, protocol.Hash{8}))(t)
	e, _ := protocol.Find[*protocol.Entry](st.Bundle, st.Entry)
	if e.Statement.Time < now+5000 {
		t.Fatalf("stated at %d, before a paid bill of %d", e.Statement.Time, now+5000)
	}
	again := must(tom.Statement(now, tom.purse, protocol.Hash{8}))(t)
	if !again.Again || again.Entry != st.Entry {
		t.Fatal("one challenge, two Statements")
	}
	must(tom.Absorb(now+10*tinybank.Day, tom.purse, b.Sync(tom.purse, protocol.NewBundle(testNetwork), now), 0))(t)
}

func TestClockAhead(t *testing.T) {
	b, mary, _ := village(t)
	reply := b.Sync(mary.purse, must(mary.Outbox(mary.purse))(t), now)
	if news := must(mary.Absorb(now+3*tinybank.Day, mary.purse, reply, 0))(t); news.ClockAhead != 3*tinybank.Day {
		t.Fatalf("%+v", news)
	}
}

// TestEnrolTwice: an enrolment that was cut off is continued, and the same key never enters two purses.
func TestEnrolTwice(t *testing.T) {
	b := tinybank.New(testNetwork, 1, start)
	p := newPerson(t, "Mary", 1)
	params := EnrolParams{Anchor: b.Charter.Anchor, Account: p.id(), Asset: b.Asset, Kind: protocol.Circulating, Signers: []AccountSigner{p.signer()}}
	_, err := p.Enrol(start, params)
	wantCode(t, err, CodeNotTrusted)
	check(t, p.Trust(start, b.Charter, b.Notice(start)))
	one := must(p.Enrol(start, params))(t)
	p.open(t)
	two := must(p.Enrol(start+1, params))(t)
	if testNetwork.Hash(one) != testNetwork.Hash(two) || len(p.Purses()) != 1 {
		t.Fatal("trying again opened a second purse")
	}
	params.Kind = protocol.PayoutKind
	other := must(p.Enrol(start+1, params))(t)
	if other.Quorum.Signers[0].Key == one.Quorum.Signers[0].Key {
		t.Fatal("one key in two purses")
	}
	_, err = p.Request(now, RequestParams{})
	wantCode(t, err, CodeNotEnrolled)
	claims := must(one.DeviceClaims(testNetwork.Hash(one)))(t)
	if len(protocol.VerifyAll(claims)) != 0 || len(one.AccountSignatures) != 1 {
		t.Fatal("not signed")
	}
}

func TestRestored(t *testing.T) {
	b, mary, tom := village(t)
	must(mary.Pay(now, must(tom.Request(now, RequestParams{Amount: money.Unit}))(t), PayParams{}))(t)
	phone := &person{name: "Mary", journal: &memory{records: mary.journal.records}, ring: ring{77}, account: mary.account, purse: mary.purse}
	restored := Event{Kind: Restored, At: now, Docs: protocol.NewBundle(testNetwork)}
	check(t, phone.journal.Append(restored.Encode()))
	phone.open(t)
	if p := phone.Purses()[0]; p.Phase != PurseRetired {
		t.Fatalf("%+v", p)
	}
	_, err := phone.Pay(now, must(tom.Request(now, RequestParams{Amount: money.Unit}))(t), PayParams{})
	wantCode(t, err, CodeNoPurse)
	_, err = phone.Statement(now, phone.purse, protocol.Hash{})
	wantCode(t, err, CodeRetired)
	if len(phone.Undelivered()) != 1 {
		t.Fatal("the payment under way was forgotten")
	}
	phone.join(t, b, 5*money.Unit, protocol.Circulating)
	if bal := phone.Balances(now)[1]; bal.Spendable != 5*money.Unit || phone.purse == mary.purse {
		t.Fatalf("%+v", bal)
	}
}
