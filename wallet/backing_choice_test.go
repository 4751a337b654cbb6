package wallet

import (
	"slices"
	"testing"

	"kula/internal/tinybank"
	"kula/money"
	"kula/protocol"
)

// why finds the reason for which an income must reach the bank first.
func (p *person) why(t fataler, at uint64, entry protocol.Hash) protocol.Code {
	t.Helper()
	for _, e := range p.balance(at).Expiring {
		if e.Entry == entry {
			return e.Why
		}
	}
	t.Fatal("not among what was received")
	return ""
}

// backing is what a payment made stands on.
func (p *person) backing(entry protocol.Hash) []protocol.Hash {
	return p.state.payments[entry].Backing
}

// TestManySmallIncomes: of forty, a payment may stand on thirty-two.
func TestManySmallIncomes(t *testing.T) {
	b, p := island(t, 3)
	for i := range 40 {
		hand(t, now+uint64(i), p[0], p[1], money.Unit)
	}
	bal := p[1].balance(now + 50)
	if bal.Spendable != 32*money.Unit || bal.ToBank != 8*money.Unit || bal.Received != 40*money.Unit {
		t.Fatalf("%+v", bal)
	}
	left := 0
	for _, e := range bal.Expiring {
		if e.Why == protocol.CodeTooManyIncomes {
			left++
		}
	}
	if left != 8 {
		t.Fatalf("%d are said to be too many", left)
	}
	wantCode(t, p[1].refusal(t, now+50, p[2], 33*money.Unit), protocol.CodeTooManyIncomes)
	wantCode(t, p[1].refusal(t, now+50, p[2], 41*money.Unit), protocol.CodeNotEnough)
	if got := hand(t, now+50, p[1], p[2], 32*money.Unit); got.Verdict.Depth != 1 || len(got.Verdict.Behind) != 65 {
		t.Fatalf("%+v", got.Verdict)
	}
	wantCode(t, p[1].refusal(t, now+51, p[2], money.Unit), protocol.CodeTooManyIncomes)
	replays(t, p)
	p[1].refresh(t, b, now+60)
	if got := hand(t, now+61, p[1], p[2], 8*money.Unit); got.Verdict.Depth != 0 {
		t.Fatalf("%+v", got.Verdict)
	}
}

// TestSmallestBacking: no more is shown than is needed, and of what would do the smallest.
func TestSmallestBacking(t *testing.T) {
	_, p := island(t, 5)
	hand(t, now, p[0], p[3], 20*money.Unit)
	far := hand(t, now+1, p[3], p[1], 20*money.Unit).Entry // six documents; the others are three, of which they share the sheet
	five := hand(t, now+2, p[0], p[1], 5*money.Unit).Entry
	seven := hand(t, now+3, p[0], p[1], 7*money.Unit).Entry
	for _, c := range []struct {
		amount, all money.Amount // with those before
		behind      int
		on          []protocol.Hash
	}{
		{4, 4, 3, []protocol.Hash{seven}}, // the five are as small; this one lasts longer
		{2, 6, 3, []protocol.Hash{seven}},
		{6, 12, 5, []protocol.Hash{five, seven}},
		{1, 13, 6, []protocol.Hash{far}},
		{15, 28, 10, []protocol.Hash{far, five, seven}},
	} {
		paid := must(p[1].Pay(now+9, p[2].ask(t, now+9, c.amount*money.Unit), PayParams{}))(t)
		got := must(p[2].Accept(now+9, paid.Bundle))(t)
		on := p[1].backing(paid.Entry)
		for _, h := range c.on {
			if !slices.Contains(on, h) {
				t.Errorf("%v in all: does not stand on %s", c.all, h)
			}
		}
		if len(on) != len(c.on) || len(got.Verdict.Behind) != c.behind {
			t.Errorf("%v in all: stands on %d incomes, %d documents", c.all, len(on), len(got.Verdict.Behind))
		}
	}
}

// TestSheetChangesInMidChain: what the bank has seen is on the new sheet and is not counted twice; what
// comes after stands behind the next payments.
func TestSheetChangesInMidChain(t *testing.T) {
	b, p := island(t, 3)
	hand(t, now, p[0], p[1], 30*money.Unit)
	hand(t, now+1, p[1], p[2], 10*money.Unit)
	early := p[1].ask(t, now+2, 5*money.Unit) // asked before the sync, paid after it
	p[1].refresh(t, b, now+10)
	if got := hand(t, now+11, p[1], p[2], 15*money.Unit); got.Verdict.Depth != 0 {
		t.Fatalf("%+v", got.Verdict)
	}
	hand(t, now+12, p[0], p[1], 10*money.Unit)
	if got := hand(t, now+13, p[1], p[2], 12*money.Unit); got.Verdict.Depth != 1 {
		t.Fatalf("%+v", got.Verdict)
	}
	late := must(p[1].Accept(now+14, must(p[0].Pay(now+14, early, PayParams{}))(t).Bundle))(t)
	// On the new sheet what is left is 3 of the ten. The old sheet still lives: there the early bill counts, with all the rest.
	if bal := p[1].balance(now + 15); bal.Spendable != 8*money.Unit || bal.ToBank != 0 {
		t.Fatalf("%+v", bal)
	}
	if got := hand(t, now+15, p[1], p[2], 8*money.Unit); got.Verdict.Depth != 1 || got.Verdict.Behind == nil {
		t.Fatalf("%+v", got.Verdict)
	}
	if why := p[1].why(t, now+15, late.Entry); why != "" {
		t.Fatal(why)
	}
	replays(t, p)
}

// TestNeedsTheBank: a bill dated before all that its purse's sheets count, and a printed one, are paid with
// money that only the bank can count.
func TestNeedsTheBank(t *testing.T) {
	b, p := island(t, 3)
	early := p[1].ask(t, now+50*tinybank.Day, 5*money.Unit)
	at := uint64(now + 61*tinybank.Day) // the first sheets have expired
	p[0].refresh(t, b, at)
	p[1].refresh(t, b, at)
	was := must(p[1].Accept(at+1, must(p[0].Pay(at+1, early, PayParams{}))(t).Bundle))(t)
	if why := p[1].why(t, at+1, was.Entry); why != CodeNeedsBank {
		t.Fatal(why)
	}
	price := must(p[1].Request(at+1, RequestParams{Standing: true, Amount: 5 * money.Unit}))(t)
	got := must(p[1].Accept(at+2, must(p[0].Pay(at+2, price, PayParams{}))(t).Bundle))(t)
	if why := p[1].why(t, at+3, got.Entry); why != CodeNeedsBank {
		t.Fatal(why)
	}
	if bal := p[1].balance(at + 3); bal.Spendable != 0 || bal.ToBank != 10*money.Unit {
		t.Fatalf("%+v", bal)
	}
	wantCode(t, p[1].refusal(t, at+3, p[2], money.Unit), CodeNeedsBank)
	wantCode(t, p[1].refusal(t, at+3, p[2], 11*money.Unit), protocol.CodeNotEnough)
}

// TestTwoLiveSheets: a payment that one of them covers stands on nothing.
func TestTwoLiveSheets(t *testing.T) {
	b, p := island(t, 3)
	hand(t, now, p[0], p[1], 30*money.Unit)
	b.Load(p[1].purse, 20*money.Unit)
	p[1].refresh(t, b, now+10)
	hand(t, now+11, p[0], p[1], 5*money.Unit)
	if n := len(p[1].state.purses[p[1].purse].Sheets); n != 2 {
		t.Fatalf("%d sheets", n)
	}
	if bal := p[1].balance(now + 12); bal.Loaded != 50*money.Unit || bal.Spendable != 55*money.Unit {
		t.Fatalf("%+v", bal)
	}
	if got := hand(t, now+12, p[1], p[2], 50*money.Unit); got.Verdict.Depth != 0 {
		t.Fatalf("%+v", got.Verdict)
	}
	if got := hand(t, now+13, p[1], p[2], 5*money.Unit); got.Verdict.Depth != 1 || len(got.Verdict.Behind) != 3 {
		t.Fatalf("the newest needs only the last income: %+v", got.Verdict)
	}
	replays(t, p)
}

// TestPayoutPurseDoesNotRespend: what it receives goes to Stellar.
func TestPayoutPurseDoesNotRespend(t *testing.T) {
	b, p := island(t, 2)
	shop := newPerson(t, "Shop", 77)
	shop.join(t, b, 0, protocol.PayoutKind)
	got := hand(t, now, p[0], shop, 30*money.Unit)
	if bal := shop.balance(now); bal.Spendable != 0 || bal.ToBank != 30*money.Unit {
		t.Fatalf("%+v", bal)
	}
	if why := shop.why(t, now, got.Entry); why != CodeNeedsBank {
		t.Fatal(why)
	}
	wantCode(t, shop.refusal(t, now+1, p[1], money.Unit), protocol.CodeNotEnough)
}

// TestDeadlineOfBacking: a payment must reach the bank while what it stands on can; what must be there
// soon is not spent, and shows.
func TestDeadlineOfBacking(t *testing.T) {
	_, p := island(t, 3)
	short := must(p[1].Request(now, RequestParams{Amount: 10 * money.Unit, Life: 20 * tinybank.Day}))(t)
	soon := must(p[1].Accept(now, must(p[0].Pay(now, short, PayParams{}))(t).Bundle))(t)
	if got := hand(t, now+1, p[1], p[2], 4*money.Unit); got.Verdict.Deadline != soon.Verdict.Deadline || soon.Verdict.Deadline != now+20*tinybank.Day {
		t.Fatalf("%+v after %+v", got.Verdict, soon.Verdict)
	}
	hand(t, now+2, p[0], p[1], 10*money.Unit) // this one lasts; it covers all that is spent
	if got := hand(t, now+3, p[1], p[2], 4*money.Unit); got.Verdict.Deadline <= soon.Verdict.Deadline {
		t.Fatalf("stands on the one that ends sooner: %+v", got.Verdict)
	}
	at := uint64(now + 5*tinybank.Day + 1)
	wantCode(t, p[1].refusal(t, at, p[2], 4*money.Unit), protocol.CodeDeadlineTooNear)
	if why := p[1].why(t, at, soon.Entry); why != protocol.CodeDeadlineTooNear {
		t.Fatal(why)
	}
	if bal := p[1].balance(at); bal.Spendable != 2*money.Unit || bal.ToBank != 10*money.Unit {
		t.Fatalf("%+v", bal)
	}
	hand(t, at, p[1], p[2], 2*money.Unit)
	replays(t, p)
}

// receiptsOnly is what a bank says of payments, without a sheet.
func receiptsOnly(t fataler, p *person, b *tinybank.Bank, at uint64) *News {
	t.Helper()
	reply := b.Sync(p.purse, must(p.Outbox(p.purse))(t), at)
	only := protocol.NewBundle(testNetwork)
	for _, r := range protocol.All[*protocol.Receipt](reply) {
		only.Add(r)
	}
	return must(p.Absorb(at, p.purse, only, 0))(t)
}

// TestReceiptedIncome: what the bank has honoured is one payment from it, has no deadline, and needs no history.
func TestReceiptedIncome(t *testing.T) {
	b, p := island(t, 5)
	for i := range 3 {
		hand(t, now+uint64(i), p[i], p[i+1], 30*money.Unit)
	}
	before := must(p[3].Quote(now+5, p[4].ask(t, now+5, 20*money.Unit), PayParams{}))(t)
	if news := receiptsOnly(t, p[3], b, now+10); len(news.Problems) != 0 || len(news.Receipts) != 1 {
		t.Fatalf("%+v", news)
	}
	if bal := p[3].balance(now + 11); bal.Credited != 30*money.Unit || bal.Spendable != 30*money.Unit || bal.ToBank != 0 {
		t.Fatalf("%+v", bal)
	}
	late := uint64(now + 50*tinybank.Day) // the income's deadline is no matter any more
	request := p[4].ask(t, late, 20*money.Unit)
	after := must(p[3].Quote(late, request, PayParams{}))(t)
	if before.Depth != 3 || after.Depth != 1 || after.Bytes >= before.Bytes || after.Deadline <= before.Deadline {
		t.Fatalf("before %+v, after %+v", before, after)
	}
	if got := hand(t, late, p[3], p[4], 20*money.Unit); len(got.Verdict.Behind) != 3 {
		t.Fatalf("%+v", got.Verdict)
	}
	replays(t, p)
}

// TestReceiptedHop: the bank's word on a payment behind an income makes its history shorter.
func TestReceiptedHop(t *testing.T) {
	b, p := island(t, 5)
	var entries []protocol.Hash
	for i := range 3 {
		entries = append(entries, hand(t, now+uint64(i), p[i], p[i+1], 30*money.Unit).Entry)
	}
	p[2].refresh(t, b, now+10) // brings A→B and B→C; the bank does not know of C→D
	before := must(p[3].Quote(now+20, p[4].ask(t, now+20, 20*money.Unit), PayParams{}))(t)
	word := protocol.NewBundle(testNetwork, b.Receipt(entries[1]))
	if news := must(p[3].Absorb(now+21, protocol.PurseID{}, word, 0))(t); len(news.Problems) != 0 || len(news.Receipts) != 0 {
		t.Fatalf("%+v", news)
	}
	if got := hand(t, now+22, p[3], p[4], 20*money.Unit); before.Depth != 3 || got.Verdict.Depth != 2 || len(got.Verdict.Behind) != 6 {
		t.Fatalf("%+v after %+v", got.Verdict, before)
	}
	other := *b.Receipt(entries[0])
	other.LogIndex++
	b.Seal(&other)
	must(p[3].Absorb(now+23, protocol.PurseID{}, protocol.NewBundle(testNetwork, b.Receipt(entries[0])), 0))(t)
	if news := must(p[3].Absorb(now+23, protocol.PurseID{}, protocol.NewBundle(testNetwork, &other), 0))(t); len(news.Problems) != 1 {
		t.Fatal("two receipts for one entry")
	}
	replays(t, p)
}

// TestDishonouredHop: behind money that the bank has refused nothing more is paid.
func TestDishonouredHop(t *testing.T) {
	b, p := island(t, 4)
	first := hand(t, now, p[0], p[1], 30*money.Unit)
	second := hand(t, now+1, p[1], p[2], 30*money.Unit)
	r := &protocol.Receipt{
		Anchor: b.Charter.Anchor, Entry: first.Entry, Bill: first.Bill, Outcome: protocol.Dishonoured, Reason: protocol.ReasonUncovered,
		Amount: 30 * money.Unit, At: now + 2, LogIndex: 9,
	}
	r.Credited.Kind = protocol.CreditNone
	b.Seal(r)
	if news := must(p[2].Absorb(now+2, protocol.PurseID{}, protocol.NewBundle(testNetwork, r), 0))(t); len(news.Problems) != 0 {
		t.Fatalf("%v", news.Problems[0].Err)
	}
	wantCode(t, p[2].refusal(t, now+3, p[3], money.Unit), CodeNotHonoured)
	if why := p[2].why(t, now+3, second.Entry); why != CodeNotHonoured {
		t.Fatal(why)
	}
}

// TestTooDeep: money that has gone through as many hands as the bank allows goes to the bank next.
func TestTooDeep(t *testing.T) {
	b, p := islandOf(t, 5, 2)
	for i := range 3 {
		hand(t, now+100+uint64(i), p[i], p[i+1], 30*money.Unit)
	}
	if bal := p[3].balance(now + 200); bal.Spendable != 0 || bal.ToBank != 30*money.Unit || bal.Expiring[0].Why != protocol.CodeTooDeep {
		t.Fatalf("%+v", bal)
	}
	wantCode(t, p[3].refusal(t, now+200, p[4], money.Unit), protocol.CodeTooDeep)
	p[3].refresh(t, b, now+300)
	if bal := p[3].balance(now + 300); bal.Spendable != 30*money.Unit || bal.ToBank != 0 {
		t.Fatalf("%+v", bal)
	}
	hand(t, now+301, p[3], p[4], 30*money.Unit)
	replays(t, p)
}

// TestGiveBackIsNotSpent: what was paid twice goes back, offline if need be, and nowhere else.
func TestGiveBackIsNotSpent(t *testing.T) {
	_, p := island(t, 4)
	hand(t, now, p[0], p[3], 20*money.Unit)
	request := p[1].ask(t, now+1, 20*money.Unit)
	must(p[1].Accept(now+2, must(p[0].Pay(now+2, request, PayParams{}))(t).Bundle))(t)
	second := must(p[1].Accept(now+3, must(p[3].Pay(now+3, request, PayParams{}))(t).Bundle))(t)
	if bal := p[1].balance(now + 4); bal.Spendable != 20*money.Unit || p[1].why(t, now+4, second.Entry) != CodeToGiveBack {
		t.Fatalf("%+v", bal)
	}
	wantCode(t, p[1].refusal(t, now+4, p[2], 21*money.Unit), CodeToGiveBack)
	hand(t, now+5, p[1], p[2], 20*money.Unit)
	back := must(p[1].Pay(now+6, p[3].ask(t, now+6, 20*money.Unit), PayParams{GivesBack: second.Entry}))(t)
	must(p[3].Accept(now+6, back.Bundle))(t)
	wantCode(t, p[1].refusal(t, now+7, p[2], money.Unit), protocol.CodeNotEnough)
	replays(t, p)
}
