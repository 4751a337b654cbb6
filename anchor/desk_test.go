package anchor_test

import (
	"strconv"
	"strings"
	"testing"

	"kula/anchor"
	"kula/money"
	"kula/protocol"
)

func names(t *testing.T, w *world, text string) (found []string) {
	t.Helper()
	for after, rounds := "", 0; ; rounds++ {
		page, next, err := w.bank.FindPurses(w.ctx, text, after, 2)
		ok(t, err)
		for _, p := range page {
			found = append(found, p.Name)
		}
		if after = next; after == "" || rounds > 20 {
			return found
		}
	}
}

func same[T comparable](t *testing.T, what string, have, want T) {
	t.Helper()
	if have != want {
		t.Errorf("%s: have %v, want %v", what, have, want)
	}
}

func TestPeopleAreFoundByWhatTheySayOrShow(t *testing.T) {
	w := newWorld(t)
	mere, ann := w.person("Mere Tavo"), w.person("Ann Mereia Kalo")
	for _, name := range []string{"Tom Tavo", "Tavo Tavoa Mere", "fabe1234 Bill"} {
		w.person(name)
	}
	for text, want := range map[string]string{
		"mere": "Mere Tavo, Tavo Tavoa Mere, Ann Mereia Kalo", "TAVO": "Mere Tavo, Tom Tavo, Tavo Tavoa Mere", "tav me": "Mere Tavo, Tavo Tavoa Mere",
		"tom": "Tom Tavo", "to mere": "", "": "", "fabe12": "fabe1234 Bill", "nobody": "", "%": "",
		mere.enrolment.Account.String(): "Mere Tavo", ann.view().Deposit.MemoID: "Ann Mereia Kalo", ann.view().Deposit.Muxed: "Ann Mereia Kalo",
		mere.id.String(): "Mere Tavo", mere.id.String()[:6]: "Mere Tavo", " " + mere.id.String()[:20] + " ": "Mere Tavo",
	} {
		same(t, text, strings.Join(names(t, w, text), ", "), want)
	}
	v, err := w.bank.PurseOfKey(w.ctx, ann.enrolment.Quorum.Signers[0].Key)
	ok(t, err)
	same(t, "by the phone's key", v.Name, "Ann Mereia Kalo")
	_, err = w.bank.PurseOfKey(w.ctx, protocol.Key{1})
	refused(t, err, "unknown_purse")
}

func TestARareWordIsEnough(t *testing.T) {
	w := newWorld(t, scratch)
	for i := range 30 {
		w.person("Personage " + strconv.Itoa(i))
	}
	w.person("Personage Ng")
	list, next, err := w.bank.FindPurses(w.ctx, "personage ng", "", 2)
	ok(t, err)
	if len(list) != 1 || list[0].Name != "Personage Ng" || next != "" {
		t.Errorf("%+v %q", list, next)
	}
}

// taken collects every page of a list.
func taken[T any, P comparable](t *testing.T, list func(P, int) ([]T, P, error)) (all []T) {
	t.Helper()
	var none, place P
	for {
		page, next, err := list(place, 2)
		ok(t, err)
		all = append(all, page...)
		if place = next; place == none {
			return all
		}
		if len(all) > 1000 {
			t.Fatal("the list does not end")
		}
	}
}

func TestABillIsFoundAndItsStoryTold(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.loaded("ana", 1000), w.person("ben")
	memo := &protocol.Memo{Text: "Rent of the boat"}
	bill := ben.billFrom(func(b *protocol.Bill) { b.Memo = memo.Commitment() }, 300)
	rent := ana.pay(bill)
	w.bring(rent.Entry, rent.Bill, memo)
	var paid []*protocol.Payment
	for range 5 {
		paid = append(paid, ana.pay(ben.bill(100)))
		w.honoured(paid[len(paid)-1])
	}
	over := ana.payAmount(ben.bill(900), 900)
	w.problem(over, "parked")

	spends := taken(t, func(p string, n int) ([]anchor.BillView, string, error) { return w.bank.SpendsOf(w.ctx, ana.id, p, n) })
	same(t, "spends and a statement", len(spends), 8)
	same(t, "the newest", spends[0].Entry, over.EntryHash)
	same(t, "its state", spends[0].State, "parked")
	same(t, "the statement", spends[7].State, anchor.BillStatement)
	income := taken(t, func(p int64, n int) ([]anchor.BillView, int64, error) { return w.bank.IncomeOf(w.ctx, ben.id, p, n) })
	same(t, "income", len(income), 7)
	same(t, "what waits comes first", income[0].Entry, over.EntryHash)
	same(t, "then the newest", income[1].Entry, paid[4].EntryHash)

	for _, text := range []string{rent.EntryHash.String(), rent.BillHash.String(), " " + rent.EntryHash.String() + " ", rent.EntryHash.String()[:8], "RENT"} {
		found, _, err := w.bank.FindBills(w.ctx, text, 0, 10)
		ok(t, err)
		if len(found) != 1 || found[0].Entry != rent.EntryHash || found[0].Payer.Name != "ana" || found[0].Payee.Name != "ben" || found[0].State != "honoured" {
			t.Errorf("%s: %+v", text, found)
		}
	}
	if found, _, err := w.bank.FindBills(w.ctx, "re", 0, 10); err != nil || len(found) != 0 {
		t.Error("two letters found", found, err)
	}
	story, err := w.bank.Bill(w.ctx, rent.EntryHash)
	ok(t, err)
	if story.Sheet == nil || story.Sheet.Hash != network.Hash(ana.sheet) || !story.Receipt || story.Proof || story.Payout != nil || len(story.Others) != 0 {
		t.Errorf("%+v", story)
	}
	_, err = w.bank.Bill(w.ctx, protocol.Hash{1})
	refused(t, err, "not_found")

	waiting := taken(t, func(p string, n int) ([]anchor.WaitingBill, string, error) { return w.bank.Waiting(w.ctx, p, n) })
	same(t, "waiting", len(waiting), 1)
	same(t, "due in", waiting[0].DueIn, 60*day)
	sheets := taken(t, func(p int64, n int) ([]anchor.SheetView, int64, error) { return w.bank.SheetsOf(w.ctx, ana.id, p, n) })
	same(t, "sheets", len(sheets), len(ana.sheets))
	same(t, "not over", sheets[0].Over, false)

	raw, err := w.bank.BillEvidence(w.ctx, rent.EntryHash)
	ok(t, err)
	evidence, err := protocol.DecodeBundle(network, raw, protocol.NoContext, protocol.MailBounds)
	ok(t, err)
	if len(evidence.Roots) != 2 || len(protocol.All[*protocol.Receipt](evidence)) != 1 || len(protocol.All[*protocol.Charter](evidence)) != 1 {
		t.Errorf("%+v", evidence)
	}
}

func TestBillsAreFoundByHowTheirMemoBegins(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.loaded("ana", 1000), w.person("ben")
	for _, text := range []string{"Copra, two bags", "copra", "School fees", "coprolite", "Копра"} {
		memo := &protocol.Memo{Text: text}
		p := ana.pay(ben.billFrom(func(b *protocol.Bill) { b.Memo = memo.Commitment() }, 10))
		w.bring(p.Entry, p.Bill, p.Sheet, memo)
	}
	for text, want := range map[string]int{"copra": 2, "COPRA,": 1, "cop": 3, "school": 1, "fees": 0, "%co": 0, "Коп": 1} {
		skip, found := 0, 0
		for more := true; more; more = skip != 0 {
			page, next, err := w.bank.FindBills(w.ctx, text, skip, 2)
			ok(t, err)
			found += len(page)
			skip = next
		}
		same(t, text, found, want)
	}
}

func TestTheMoneyBehindAPayment(t *testing.T) {
	w := newWorld(t)
	ana, ben, carol := w.loaded("ana", 1000), w.loaded("ben", 50), w.person("carol")
	w.pass(10)
	w.honoured(ana.pay(ben.bill(200)))
	w.pass(10)
	w.honoured(ana.pay(ben.bill(30)))
	w.pass(10)
	ben.refresh()
	last := ben.pay(carol.bill(240))
	w.honoured(last)
	w.pass(10)
	w.honoured(ana.pay(ben.bill(100))) // afterwards
	chain, err := w.bank.Behind(w.ctx, last.EntryHash)
	ok(t, err)
	if len(chain.LeftOut) != 0 {
		t.Error(chain.LeftOut)
	}
	var told []string
	for _, r := range chain.Rows {
		told = append(told, r.Kind+" "+r.From.Name+">"+r.To.Name+" "+r.Counted.Format(7))
	}
	want := "payment ben>carol 0.0000240 | payment ana>ben 0.0000030 | payment ana>ben 0.0000200 | load >ben 0.0000010 | load >ana 0.0000030 | load >ana 0.0000200"
	same(t, "chain", strings.Join(told, " | "), want)
}

func TestDormantPursesHaveMoneyAndAreSilent(t *testing.T) {
	w := newWorld(t)
	w.loaded("ana", 100)
	w.person("poor")
	never := w.person("never synced")
	never.load(5)
	w.pass(100 * day)
	w.loaded("ben", 100)
	since := w.now() - 50*day
	list := taken(t, func(p string, n int) ([]anchor.DormantView, string, error) { return w.bank.Dormant(w.ctx, since, p, 1) })
	if len(list) != 2 || list[0].Name != "never synced" || list[0].Heard != 0 || list[1].Name != "ana" || list[1].Heard != start {
		t.Errorf("%+v", list)
	}
}

func TestTheRegulatorsListHasEverythingLargeAndNothingTwice(t *testing.T) {
	w := newWorld(t)
	w.rail.NameTreasury(account("treasury").String())
	w.rail.Fund(w.asset, 1e9)
	ana, ben := w.loaded("ana", 10_000), w.person("ben")
	for _, amount := range []money.Amount{999, 1000, 5000, 1} {
		w.pass(60)
		w.honoured(ana.pay(ben.bill(amount)))
	}
	_, err := w.bank.TellerIn(w.ctx, anchor.TellerRequest{Purse: ana.id, Amount: 2000, Officer: "mere", Key: "slip 1"})
	ok(t, err)
	ben.refresh()
	offer, err := w.bank.Unload(w.ctx, anchor.UnloadRequest{Purse: ben.id, Amount: 3000, Destination: account("ben").String()})
	ok(t, err)
	w.honoured(ben.pay(offer.Bill))
	w.settle()
	_, err = w.bank.Ingest(w.ctx) // the cash reaches the deposit account as a load
	ok(t, err)
	rows := map[anchor.LargeKind][]anchor.LargeRow{}
	for _, kind := range anchor.LargeKinds {
		rows[kind] = taken(t, func(p string, n int) ([]anchor.LargeRow, string, error) {
			return w.bank.Large(w.ctx, anchor.LargePage{Kind: kind, Since: start, Until: w.now() + 1, Least: 1000, After: p, Limit: 1})
		})
	}
	same(t, "payments", len(rows[anchor.LargePayment]), 3)
	same(t, "cash", len(rows[anchor.LargeCash]), 1)
	same(t, "loads", len(rows[anchor.LargeLoad]), 1)
	same(t, "payouts", len(rows[anchor.LargePayout]), 1)
	payout := rows[anchor.LargePayout][0]
	if payout.From.Name != "ben" || payout.State != "settled" || payout.Stellar.IsZero() || payout.ToText != account("ben").String() {
		t.Errorf("%+v", payout)
	}
	none, _, err := w.bank.Large(w.ctx, anchor.LargePage{Kind: anchor.LargePayment, Since: w.now() + 1, Until: w.now() + 9, Least: 1, Limit: 9})
	ok(t, err)
	same(t, "later", len(none), 0)
}

func TestTheGlanceIsWhatTheBooksSay(t *testing.T) {
	w := newWorld(t, covering(100, 100, 0))
	w.guarantee(500)
	ana, ben := w.loaded("ana", 1000), w.loaded("ben", 70)
	w.honoured(ana.pay(ben.bill(300)))
	w.rail.Pay(anchor.Incoming{From: account("sender").String(), Asset: w.asset, Amount: 40})
	_, err := w.bank.Ingest(w.ctx)
	ok(t, err)
	w.pass(3 * day)
	ben.refresh()
	offer, err := w.bank.Unload(w.ctx, anchor.UnloadRequest{Purse: ben.id, Amount: 20, Destination: account("ben").String()})
	ok(t, err)
	w.honoured(ben.pay(offer.Bill))
	g, err := w.bank.Glance(w.ctx)
	ok(t, err)
	a := g.Assets[0]
	owed := map[string]money.Amount{}
	for _, l := range a.Owed {
		owed[l.Class] = l.Amount
	}
	same(t, "purses", owed["purse"], 1050)
	same(t, "suspense", owed["suspense"], 40)
	same(t, "guarantee", owed["guarantee"], 500)
	same(t, "payouts", owed["payout"]+owed["fees"], 20)
	same(t, "reserve is what is owed", a.Reserve.Books, a.TotalOwed()-a.Lent)
	same(t, "agrees", a.Reserve.Agrees, true)
	same(t, "items", a.Suspense, 1)
	out, purses := a.TotalOut()
	same(t, "out", out, 1050)
	same(t, "purses out", purses, 2)
	same(t, "ben today", a.Out[0], anchor.AgeLine{Days: 1, Purses: 1, Amount: 350})
	same(t, "ana within a week", a.Out[1], anchor.AgeLine{Days: 7, Purses: 1, Amount: 700})
	same(t, "queue", len(g.Queue), 1)
	same(t, "queue", g.Queue[0].State, anchor.PayoutQueued)
	same(t, "hours", len(g.Hours), 1)
	same(t, "one in this hour", g.Hours[0].Entries, 1)
	same(t, "ledger", g.Ledger.Answers, true)
	shop := w.personOf("shop", protocol.PayoutKind)
	shop.load(90)
	shop.refresh()
	g, err = w.bank.Glance(w.ctx)
	ok(t, err)
	out, _ = g.Assets[0].TotalOut()
	same(t, "what goes to an account is not out", out, 1050)
	w.pass(130 * day)
	g, err = w.bank.Glance(w.ctx)
	ok(t, err)
	out, _ = g.Assets[0].TotalOut()
	same(t, "nothing is out on sheets that are over", out, 0)
	w.rail.SetDown(true)
	g, err = w.bank.Glance(w.ctx)
	ok(t, err)
	same(t, "ledger", g.Ledger.Answers, false)
	same(t, "books", g.Assets[0].Reserve.Books, a.Reserve.Books+90)
}

func TestTheDrawerAndThePagesOfTheRail(t *testing.T) {
	w := newWorld(t)
	w.rail.Fund(w.asset, 1e9)
	ana := w.person("ana")
	for _, slip := range []string{"slip 1", "slip 2", "slip 3", "slip 4", "slip 5"} {
		_, err := w.bank.TellerIn(w.ctx, anchor.TellerRequest{Purse: ana.id, Amount: 10, Officer: "mere", Key: slip})
		ok(t, err)
		w.pass(3600)
	}
	slips := taken(t, func(p int64, n int) ([]*anchor.TellerSlip, int64, error) {
		report, next, err := w.bank.DrawerDay(w.ctx, "mere", start+3600, start+5*3600, p, n)
		if err == nil {
			same(t, "cash", report.Cash[0].Amount, 50)
			return report.Slips, next, nil
		}
		return nil, 0, err
	})
	same(t, "slips since then", len(slips), 4)
	queued := taken(t, func(p int64, n int) ([]anchor.PayoutLine, int64, error) {
		return w.bank.PayoutPage(w.ctx, anchor.PayoutQueued, p, n)
	})
	same(t, "transfers", len(queued), 5)
	same(t, "the bank's own", queued[0].Own, true)
	w.settle()
	_, err := w.bank.Ingest(w.ctx)
	ok(t, err)
	loads := taken(t, func(p int64, n int) ([]anchor.LoadView, int64, error) { return w.bank.LoadsOf(w.ctx, ana.id, p, n) })
	same(t, "loads", len(loads), 5)
	slip, err := w.bank.Slip(w.ctx, "slip 3")
	ok(t, err)
	same(t, "slip", slip.At, start+2*3600)
	w.rail.Pay(anchor.Incoming{From: account("sender").String(), Asset: w.asset, Amount: 40})
	_, err = w.bank.Ingest(w.ctx)
	ok(t, err)
	items := taken(t, func(p int64, n int) ([]anchor.SuspenseView, int64, error) { return w.bank.SuspensePage(w.ctx, p, n) })
	same(t, "suspense", len(items), 1)
	item, err := w.bank.SuspenseItem(w.ctx, items[0].Operation)
	ok(t, err)
	same(t, "state", item.State, "suspended")
}
