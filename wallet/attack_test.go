package wallet

import (
	"testing"

	"kula/internal/tinybank"
	"kula/money"
	"kula/protocol"
)

// forge changes a payment's entry and signs it anew with the payer's own key, as a modified phone would.
func (p *person) forge(t fataler, paid *Signed, change func(*protocol.Entry)) *protocol.Bundle {
	t.Helper()
	e, _ := protocol.Find[*protocol.Entry](paid.Bundle, paid.Entry)
	forged := *e
	change(&forged)
	signature := must(p.ring.Sign(p.state.purses[p.purse].Key(), testNetwork.Hash(&forged)))(t)
	forged.Signatures = []protocol.DeviceSignature{{Signature: signature}}
	b := protocol.NewBundle(testNetwork, protocol.All[*protocol.Sheet](paid.Bundle)[0], protocol.All[*protocol.Bill](paid.Bundle)[0])
	b.AddRoot(&forged)
	return b
}

// TestAttackAlteredBill: whoever alters a bill on its way makes another bill, which nobody signed.
func TestAttackAlteredBill(t *testing.T) {
	for name, alter := range map[string]func(*protocol.Bill){
		"amount": func(b *protocol.Bill) { b.Amount += money.Unit },
		"payee":  func(b *protocol.Bill) { b.Payee[5] ^= 1 },
		"memo":   func(b *protocol.Bill) { b.Memo[5] ^= 1 },
		"nonce":  func(b *protocol.Bill) { b.Nonce[5] ^= 1 },
		"expiry": func(b *protocol.Bill) { b.ExpiresAt-- },
	} {
		t.Run(name, func(t *testing.T) {
			_, mary, tom := village(t)
			request := must(tom.Request(now, RequestParams{Amount: money.Unit}))(t)
			bill, _ := billOf(request)
			altered := *bill
			alter(&altered)
			b := protocol.NewBundle(testNetwork, protocol.All[*protocol.Card](request)[0])
			b.AddRoot(&altered)
			_, err := mary.Pay(now, b, PayParams{})
			if code := protocol.CodeOf(err); code != protocol.CodeBadSignature && code != protocol.CodeWrongPayee {
				t.Fatalf("the payer signed it: %v", err)
			}
			if p, _ := mary.Purse(mary.purse); p.Seq != 1 {
				t.Fatal("a number was used up")
			}
		})
	}
}

// TestAttackAlteredEntry: a payer's modified phone changes what it signs.
func TestAttackAlteredEntry(t *testing.T) {
	for name, c := range map[string]struct {
		alter func(*protocol.Entry)
		code  protocol.Code
	}{
		"amount":   {func(e *protocol.Entry) { e.Spend.Amount -= 100_000; e.Spent -= 100_000 }, protocol.CodeWrongAmount},
		"bill":     {func(e *protocol.Entry) { e.Spend.Bill[3] ^= 1 }, protocol.CodeMissingDocument},
		"deadline": {func(e *protocol.Entry) { e.Spend.Deadline += 365 * tinybank.Day }, protocol.CodeDeadlineTooLate},
		"late":     {func(e *protocol.Entry) { e.Spend.Deadline = now + tinybank.Day }, protocol.CodeDeadlineTooNear},
		"behind":   {func(e *protocol.Entry) { e.Spent -= money.Unit }, protocol.CodeBehindBase},
		"too much": {func(e *protocol.Entry) { e.Spent += 1000 * money.Unit }, protocol.CodeNotEnough},
		"old seq":  {func(e *protocol.Entry) { e.Seq = 1 }, protocol.CodeBehindBase},
	} {
		t.Run(name, func(t *testing.T) {
			_, mary, tom := village(t)
			paid := must(mary.Pay(now, must(tom.Request(now, RequestParams{Amount: money.Unit}))(t), PayParams{}))(t)
			_, err := tom.Accept(now, mary.forge(t, paid, c.alter))
			wantCode(t, err, c.code)
			must(tom.Accept(now, paid.Bundle))(t) // and the honest one is good after all that
		})
	}
}

func TestAttackForgedSignature(t *testing.T) {
	_, mary, tom := village(t)
	paid := must(mary.Pay(now, must(tom.Request(now, RequestParams{Amount: money.Unit}))(t), PayParams{}))(t)
	e, _ := protocol.Find[*protocol.Entry](paid.Bundle, paid.Entry)
	e.Signatures[0].Signature[40] ^= 1
	_, err := tom.Accept(now, paid.Bundle)
	wantCode(t, err, protocol.CodeBadSignature)
}

// TestAttackSameNumberTwice: two bodies with one number, to one payee.
func TestAttackSameNumberTwice(t *testing.T) {
	_, mary, tom := village(t)
	first := must(mary.Pay(now, must(tom.Request(now, RequestParams{Amount: money.Unit}))(t), PayParams{}))(t)
	other := must(tom.Request(now, RequestParams{Amount: money.Unit, Memo: "other"}))(t)
	bill, h := billOf(other)
	must(tom.Accept(now, first.Bundle))(t)
	second := mary.forge(t, first, func(e *protocol.Entry) { e.Spend.Bill = h })
	second.Add(bill)
	_, err := tom.Accept(now, second)
	wantCode(t, err, protocol.CodeIncompatible)
}

// TestAttackOtherPayee: a payment for one is no payment for another, and a bill that names its payer is
// only that payer's to pay.
func TestAttackOtherPayee(t *testing.T) {
	b, mary, tom := village(t)
	eve := newPerson(t, "Eve", 3)
	eve.join(t, b, 10*money.Unit, protocol.Circulating)
	paid := must(mary.Pay(now, must(tom.Request(now, RequestParams{Amount: money.Unit}))(t), PayParams{}))(t)
	_, err := eve.Accept(now, paid.Bundle)
	wantCode(t, err, protocol.CodeWrongPayee)

	named := must(tom.Request(now, RequestParams{Amount: money.Unit, Payer: mary.id()}))(t)
	_, err = eve.Pay(now, named, PayParams{})
	wantCode(t, err, CodeNoPurse)
	eves := must(eve.Pay(now, must(tom.Request(now, RequestParams{Amount: money.Unit}))(t), PayParams{}))(t)
	bill, h := billOf(named)
	forged := eve.forge(t, eves, func(e *protocol.Entry) { e.Spend.Bill = h })
	forged.Add(bill)
	_, err = tom.Accept(now, forged)
	wantCode(t, err, protocol.CodeWrongPayer)

	_, err = tom.Pay(now, named, PayParams{})
	wantCode(t, err, CodeOwnBill)
}

// TestAttackOtherBank: a sheet of a bank that the payee does not trust, and a bill of a bank that the
// payer does not.
func TestAttackOtherBank(t *testing.T) {
	_, mary, tom := village(t)
	other := tinybank.New(testNetwork, 2, start)
	eve := newPerson(t, "Eve", 3)
	eve.join(t, other, 10*money.Unit, protocol.Circulating)
	_, err := mary.Pay(now, must(eve.Request(now, RequestParams{Amount: money.Unit}))(t), PayParams{})
	wantCode(t, err, CodeNotTrusted)

	check(t, eve.Trust(now, mary.Anchors()[0].Charter, nil))
	request := must(tom.Request(now, RequestParams{Amount: money.Unit}))(t)
	_, err = eve.Pay(now, request, PayParams{})
	wantCode(t, err, CodeNoPurse)
	bill, h := billOf(request)
	held := eve.state.purses[eve.purse].Sheets[0]
	e := &protocol.Entry{Sheet: held.Hash, Seq: 2, Spent: held.Sheet.Base.Spent + money.Unit, Kind: protocol.SpendKind,
		Spend: protocol.Spend{Bill: h, Amount: money.Unit, Deadline: bill.ExpiresAt}}
	b := protocol.NewBundle(testNetwork, held.Sheet)
	b.AddRoot(e)
	_, err = tom.Accept(now, b)
	wantCode(t, err, protocol.CodeUnknownAnchor)
	check(t, tom.Trust(now, other.Charter, nil))
	_, err = tom.Accept(now, b)
	wantCode(t, err, protocol.CodeWrongAnchor)
}

func TestAttackOtherNetwork(t *testing.T) {
	_, mary, tom := village(t)
	paid := must(mary.Pay(now, must(tom.Request(now, RequestParams{Amount: money.Unit}))(t), PayParams{}))(t)
	elsewhere := protocol.NewNetwork("elsewhere")
	if elsewhere.Hash(protocol.All[*protocol.Entry](paid.Bundle)[0]) == paid.Entry {
		t.Fatal("one id on two networks")
	}
	b := protocol.NewBundle(elsewhere)
	paid.Bundle.Each(func(_ protocol.Hash, d protocol.Document) { b.Add(d) })
	_, err := tom.Decode(b.Encode(), protocol.PaymentBounds)
	wantCode(t, err, protocol.CodeWrongNetwork)
	_, err = tom.Accept(now, b)
	wantCode(t, err, protocol.CodeWrongNetwork)
	_, err = mary.VerifyRequest(now, b)
	wantCode(t, err, protocol.CodeWrongNetwork)

	bank := tinybank.New(elsewhere, 9, start)
	wantCode(t, mary.Trust(now, bank.Charter, nil), protocol.CodeWrongNetwork)
}

// TestAttackClockTurnedBack: an expired sheet does not come back to life on a phone whose clock is set back.
func TestAttackClockTurnedBack(t *testing.T) {
	b, mary, tom := village(t)
	request := must(tom.Request(now, RequestParams{Amount: money.Unit, Standing: true}))(t)
	paid := must(mary.Pay(now, request, PayParams{}))(t)
	late := mary.state.purses[mary.purse].Sheets[0].Sheet.ExpiresAt + tinybank.Day

	_, err := mary.Pay(late, request, PayParams{})
	wantCode(t, err, protocol.CodeExpired)
	_, err = tom.Accept(late, paid.Bundle)
	wantCode(t, err, protocol.CodeExpired)

	// Tom hears from the bank, and then his clock goes back to when the sheet was good.
	must(tom.Absorb(late, tom.purse, protocol.NewBundle(testNetwork, b.Notice(late)), 0))(t)
	_, err = tom.Accept(now, paid.Bundle)
	wantCode(t, err, CodeClock)
	wantCode(t, tom.SetClock(now, now), CodeClock) // nor may the person insist
	soon := late - tinybank.Day - 3600             // within 48 hours nobody is asked …
	_, err = tom.Accept(soon, paid.Bundle)
	wantCode(t, err, protocol.CodeExpired) // … and the notice's time counts

	check(t, tom.SetClock(now, late+5)) // the person says the true date
	if got := must(tom.Time(now))(t); got != late+5 {
		t.Fatalf("the clock says %d, want %d", got, late+5)
	}
	tom.open(t)
	_, err = tom.Accept(now, paid.Bundle)
	wantCode(t, err, protocol.CodeExpired)
}

// TestAttackForeignSheet: a sheet on a position that this wallet never stated would make it contradict itself.
func TestAttackForeignSheet(t *testing.T) {
	b, mary, _ := village(t)
	good := b.Sheet(mary.purse, now)
	for name, alter := range map[string]func(*protocol.Sheet){
		"base":  func(s *protocol.Sheet) { s.Base.Seq += 7; s.Base.Spent += money.Unit },
		"spent": func(s *protocol.Sheet) { s.Base.Spent -= money.Unit },
		"signers": func(s *protocol.Sheet) {
			s.Quorum = protocol.Quorum{Signers: []protocol.Signer{{Key: protocol.Key(b.Charter.Anchor), Weight: 1}}, Threshold: 1}
		},
		"kind": func(s *protocol.Sheet) { s.Kind = protocol.PayoutKind },
	} {
		forged := *good
		alter(&forged)
		b.Seal(&forged)
		news := must(mary.Absorb(now, mary.purse, protocol.NewBundle(testNetwork, &forged), 0))(t)
		if len(news.Sheets) != 0 || len(news.Problems) != 1 || protocol.CodeOf(news.Problems[0].Err) != protocol.CodeWrongReference {
			t.Errorf("%s: %+v", name, news)
		}
	}
	unsigned := *good
	unsigned.Available *= 2
	if news := must(mary.Absorb(now, mary.purse, protocol.NewBundle(testNetwork, &unsigned), 0))(t); len(news.Problems) != 1 {
		t.Errorf("unsigned: %+v", news)
	}
}

// TestAttackOlderWord: an older charter or notice never replaces a newer one.
func TestAttackOlderWord(t *testing.T) {
	b, mary, _ := village(t)
	old := b.Notice(now)
	fresh := b.Notice(now + 10)
	must(mary.Absorb(now, mary.purse, protocol.NewBundle(testNetwork, fresh), 0))(t)
	must(mary.Absorb(now, mary.purse, protocol.NewBundle(testNetwork, old), 0))(t)
	if got := mary.Anchors()[0].Notice; testNetwork.Hash(got) != testNetwork.Hash(fresh) {
		t.Fatalf("went back to epoch %d", got.Epoch)
	}
	first := *b.Charter
	held0 := *b.Charter // a newer charter that comes with the older notice
	held0.Serial = 3
	b.Charter = &held0
	b.SignCharter()
	check(t, mary.Trust(now, b.Charter, old))
	if got := mary.Anchors()[0].Notice; testNetwork.Hash(got) != testNetwork.Hash(fresh) {
		t.Fatalf("a charter brought back epoch %d", got.Epoch)
	}
	next := *b.Charter
	b.Charter = &next
	b.Charter.Serial = 5
	b.SignCharter()
	must(mary.Absorb(now, mary.purse, protocol.NewBundle(testNetwork, b.Charter), 0))(t)
	first.Serial = 4
	wantCode(t, mary.Trust(now, &first, nil), protocol.CodeBadSignature)
	older := *b.Charter
	older.Serial = 4
	held := b.Charter
	b.Charter = &older
	b.SignCharter()
	wantCode(t, mary.Trust(now, &older, nil), CodeOlder)
	if news := must(mary.Absorb(now, mary.purse, protocol.NewBundle(testNetwork, &older), 0))(t); protocol.CodeOf(news.Problems[0].Err) != CodeOlder {
		t.Fatalf("%+v", news)
	}
	if got := mary.Anchors()[0].Charter.Serial; got != held.Serial {
		t.Fatalf("went back to serial %d", got)
	}
}

// TestAttackForgedAnswers: an Ack by somebody else, a receipt for another amount.
func TestAttackForgedAnswers(t *testing.T) {
	b, mary, tom := village(t)
	paid := must(mary.Pay(now, must(tom.Request(now, RequestParams{Amount: money.Unit}))(t), PayParams{}))(t)
	ack := &protocol.Ack{Entry: paid.Entry}
	ack.Signature = must(mary.ring.Sign(mary.state.purses[mary.purse].Key(), testNetwork.Hash(ack)))(t)
	wantCode(t, mary.Acknowledged(now, mary.bundle(ack)), protocol.CodeBadSignature)
	bill := protocol.All[*protocol.Bill](paid.Bundle)[0]
	r := &protocol.Receipt{Anchor: b.Charter.Anchor, Entry: paid.Entry, Bill: testNetwork.Hash(bill), Outcome: protocol.Honoured, Reason: protocol.ReasonNone,
		Amount: 2 * money.Unit, Credited: protocol.Credit{Kind: protocol.CreditPurse, To: protocol.Hash(tom.purse)}, At: now}
	r.Signature.Key = 1
	if news := must(mary.Absorb(now, mary.purse, protocol.NewBundle(testNetwork, r), 0))(t); protocol.CodeOf(news.Problems[0].Err) != protocol.CodeBadSignature {
		t.Fatalf("unsigned: %+v", news)
	}
	honest := *r
	honest.Amount = money.Unit
	if news := must(mary.Absorb(now, mary.purse, protocol.NewBundle(testNetwork, &honest), 0))(t); protocol.CodeOf(news.Problems[0].Err) != protocol.CodeBadSignature {
		t.Fatalf("unsigned: %+v", news)
	}
	b.Seal(r)
	if news := must(mary.Absorb(now, mary.purse, protocol.NewBundle(testNetwork, r), 0))(t); protocol.CodeOf(news.Problems[0].Err) != protocol.CodeWrongAmount {
		t.Fatalf("%+v", news)
	}
	if row := mary.History(now)[0]; row.State != "written" {
		t.Fatalf("%+v", row)
	}
}
