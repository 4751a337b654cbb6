package wallet

import (
	"testing"

	"kula/internal/tinybank"
	"kula/money"
	"kula/protocol"
)

// otherBank is a second bank that these people trust too.
func otherBank(t fataler, people ...*person) *tinybank.Bank {
	t.Helper()
	b := tinybank.New(testNetwork, 2, start)
	for _, p := range people {
		check(t, p.Trust(start, b.Charter, nil))
	}
	return b
}

// TestAttackOtherBanksWord: a bank has nothing to say of bills that are redeemed at another, though the
// wallet trusts both. Else its word "refused" would keep good money from ever being brought in.
func TestAttackOtherBanksWord(t *testing.T) {
	b, p := island(t, 3)
	ann, ben, cal := p[0], p[1], p[2]
	hand(t, now, ann, ben, 30*money.Unit)
	got := hand(t, now+1, ben, cal, 20*money.Unit)
	other := otherBank(t, ann, ben, cal)
	var lies []protocol.Document
	for _, e := range protocol.All[*protocol.Entry](must(cal.Show(got.Entry))(t)) {
		r := &protocol.Receipt{Anchor: other.Charter.Anchor, Entry: testNetwork.Hash(e), Bill: e.Spend.Bill, Outcome: protocol.Dishonoured,
			Reason: protocol.ReasonUncovered, Amount: e.Spend.Amount, At: now + 5, LogIndex: 1}
		other.Seal(r)
		lies = append(lies, r)
	}
	if len(lies) != 2 {
		t.Fatalf("%d entries", len(lies))
	}
	for _, who := range p {
		news := must(who.Absorb(now+5, who.purse, protocol.NewBundle(testNetwork, lies...), 0))(t)
		if len(news.Receipts) != 0 || len(news.Problems) == 0 || protocol.CodeOf(news.Problems[0].Err) != protocol.CodeWrongAnchor {
			t.Fatalf("%s: %+v", who.name, news)
		}
	}
	cal.refresh(t, b, now+10)
	if bal := cal.balance(now + 10); bal.Loaded != 20*money.Unit {
		t.Fatalf("%+v", bal)
	}
	replays(t, p)
}

// TestAttackOtherBanksPayout: nor can it say that money it never had was paid out, or that it has what was
// not brought to it, or that nobody brought a payment in before its last day.
func TestAttackOtherBanksPayout(t *testing.T) {
	b, mary, tom := village(t)
	other := otherBank(t, mary, tom)
	paid := pays(t, mary, tom, 10*money.Unit, now)
	delivery := &protocol.Delivery{Anchor: other.Charter.Anchor, At: now + 400*tinybank.Day, Documents: []protocol.Hash{paid.Entry}}
	other.Seal(delivery)
	for _, p := range []*person{mary, tom} {
		must(p.Absorb(now+5, p.purse, protocol.NewBundle(testNetwork, delivery), 0))(t)
	}
	if in, pay := tom.state.incomes[paid.Entry], mary.state.payments[paid.Entry]; in.Phase != Received || pay.Presented != 0 {
		t.Fatalf("%v %d", in.Phase, pay.Presented)
	}
	if mary.state.purses[mary.purse].SyncedAt > now+5 {
		t.Fatal("its clock is not that of her bank")
	}
	tom.refresh(t, b, now+10)
	payout := &protocol.Payout{Anchor: other.Charter.Anchor, Receipts: []protocol.Hash{testNetwork.Hash(b.Receipt(paid.Entry))}, Transaction: protocol.Hash{1}, Operations: []uint32{0}, At: now + 11}
	other.Seal(payout)
	if news := must(tom.Absorb(now+12, tom.purse, protocol.NewBundle(testNetwork, payout), 0))(t); len(news.Payouts) != 0 || tom.state.incomes[paid.Entry].Phase != Credited {
		t.Fatalf("%+v", news)
	}
	replays(t, []*person{mary, tom})
}

// TestAttackOtherBankAccuses: a purse is known by its id and its anchor. A bank that writes sheets for a
// purse of another, with signers of its own, condemns nobody there, and alarms nobody.
func TestAttackOtherBankAccuses(t *testing.T) {
	_, mary, tom := village(t)
	other := otherBank(t, mary, tom)
	mallory := ring{99}
	sheet := *mary.state.purses[mary.purse].Sheets[0].Sheet
	sheet.Anchor = other.Charter.Anchor
	sheet.Quorum = protocol.Quorum{Signers: []protocol.Signer{{Key: must(mallory.Public(0))(t), Weight: 1}}, Threshold: 1}
	other.Seal(&sheet)
	entry := func(seq uint64, spent money.Amount) *protocol.Entry {
		e := &protocol.Entry{Sheet: testNetwork.Hash(&sheet), Seq: seq, Spent: spent, Kind: protocol.SpendKind,
			Spend: protocol.Spend{Bill: protocol.Hash{1}, Amount: money.Unit, Deadline: sheet.RedeemBy}}
		e.Signatures = []protocol.DeviceSignature{{Signature: must(mallory.Sign(must(mallory.Public(0))(t), testNetwork.Hash(e)))(t)}}
		return e
	}
	spent := sheet.Base.Spent + money.Unit
	one, two, three := entry(900, spent), entry(900, spent+1), entry(901, spent)
	proof := protocol.NewFraudProof(testNetwork, mary.purse, one, two)
	pays(t, mary, tom, money.Unit, now)
	for i, lie := range []*protocol.Bundle{
		protocol.NewBundle(testNetwork, &sheet, one),             // agrees with nothing that Mary signed
		protocol.NewBundle(testNetwork, &sheet, one, two, proof), // a proof of fraud: of whoever holds that key
		protocol.NewBundle(testNetwork, &sheet, three),
	} {
		for _, p := range []*person{mary, tom} {
			if heard := must(p.Hear(now+uint64(i), lie))(t); len(heard.OwnPurse) != 0 { //nolint:gosec // small
				t.Fatalf("%d: %s: %+v", i, p.name, heard)
			}
		}
		pays(t, mary, tom, money.Unit, now+uint64(i)) //nolint:gosec // small
	}
	for _, c := range tom.Cases() {
		if c.Anchor != other.Charter.Anchor || len(c.Received) != 0 {
			t.Fatalf("%+v", c)
		}
	}
	replays(t, []*person{mary, tom})
}
