package attack

import (
	"testing"

	"kula/protocol"
)

// grace is when whatever could not be honoured is over.
const grace = 8 * day

// TestAttackClonedPhone: two phones with one key pay two people out of one balance. When those two meet, they have
// the proof, tell others, and one of these tells the bank. It pays no more than there is; who is paid second
// waits, and gets the bank's final no in time, with the evidence.
func TestAttackClonedPhone(t *testing.T) {
	i, b := village(t)
	mallory, ana, ben, carol := b.person("Mallory", 1000), b.person("Ana", 0), b.person("Ben", 0), b.person("Carol", 0)
	twin := mallory.clone()
	one, two := mallory.pay(ana.request(800)), twin.pay(ben.request(800))
	ana.accepts(one)
	ben.accepts(two) // neither has met the other yet

	meet(ana, ben)
	meet(ben, carol)
	carol.refuses(mallory.forge(carol.request(100), position{seq: 5, before: 800}), protocol.CodeCondemned)
	carol.refuses(twin.forge(carol.request(100), position{seq: 1}), protocol.CodeCondemned)
	carol.bring()
	for _, p := range []*person{ana, ben, carol} {
		evidence := p.Evidence()
		if len(evidence) != 1 || p.Cases()[0].Purse != mallory.purse {
			t.Fatalf("%s has %+v", p.name, p.Cases())
		}
		proof := protocol.All[*protocol.FraudProof](evidence[0])[0]
		if _, err := protocol.VerifyFraud(evidence[0], b.charter, proof); err != nil {
			t.Fatal(err)
		}
	}
	mallory.accused(one, two)

	ana.visit()
	i.read(ben.visit()).problem("parked")
	ana.holds(800)
	ben.holds(0)
	mallory.holds(200)
	i.read(mallory.visit()).problem("contradicted") // no sheet for her any more

	i.pass(60*day + grace)
	b.tend()
	ben.visit()
	ben.sees(two, "dishonoured")
	ana.sees(one, "honoured")
	ben.holds(200) // what was left
	mallory.holds(0)
	carol.holds(0)
	i.after()
}

// TestAttackRolledBackPhone: a phone is set back to before it paid, and pays again. The same payee sees it at
// once; another payee's payment is attributed at the bank.
func TestAttackRolledBackPhone(t *testing.T) {
	i, b := village(t)
	mallory, ana, ben := b.person("Mallory", 1000), b.person("Ana", 0), b.person("Ben", 0)
	before := len(mallory.journal.records)
	one := mallory.pay(ana.request(700))
	ana.accepts(one)
	earlier := mallory.rolledBack(before)
	two := earlier.pay(ana.request(600))
	ana.refuses(two, protocol.CodeIncompatible)
	other := mallory.rolledBack(before).pay(ben.request(600))
	ben.accepts(other)

	ben.visit()
	i.read(ana.visit()).problem("parked")
	ben.holds(600)
	ana.holds(0)
	mallory.accused(one, other)
	mallory.load(300) // who is paid back first are her victims
	ana.bring()
	ana.holds(700)
	mallory.holds(0)
	i.after()
}

// TestAttackEquivocationByNumber: two entries with one number. Both are paid while money lasts, for an honest
// payee can know nothing of the other; the purse is caught all the same.
func TestAttackEquivocationByNumber(t *testing.T) {
	i, b := village(t)
	mallory, ana, ben := b.person("Mallory", 1000).cheat(), b.person("Ana", 0), b.person("Ben", 0)
	one := mallory.forge(ana.request(300), position{seq: 1})
	two := mallory.forge(ben.request(400), position{seq: 1})
	ana.accepts(one)
	ben.accepts(two)
	ana.visit()
	ben.visit()
	ana.holds(300)
	ben.holds(400)
	mallory.holds(300)
	mallory.accused(one, two)
	i.after()
}

// TestAttackEquivocationByTotal: numbers go up, and the running total forgets what was spent before.
func TestAttackEquivocationByTotal(t *testing.T) {
	i, b := village(t)
	mallory, ana, ben := b.person("Mallory", 1000).cheat(), b.person("Ana", 0), b.person("Ben", 0)
	one := mallory.forge(ana.request(900), position{seq: 1})
	two := mallory.forge(ben.request(900), position{seq: 2}) // as if nothing had been spent before
	ana.accepts(one)
	ben.accepts(two)
	ana.refuses(mallory.forge(ana.request(100), position{seq: 3}), protocol.CodeIncompatible)
	ben.visit()
	i.read(ana.visit()).problem("parked")
	ben.holds(900)
	ana.holds(0)
	mallory.holds(100)
	mallory.accused(one, two)
	ana.refuses(mallory.forge(ana.request(100), position{seq: 9, before: 900}), protocol.CodeRevoked) // she has heard
	i.after()
}

// TestAttackEquivocationAcrossTwoSheets: two sheets of one purse are live at once; each is spent as if the
// other did not exist. They are bounds on one chain: the proof spans both.
func TestAttackEquivocationAcrossTwoSheets(t *testing.T) {
	i, b := village(t)
	mallory, ana, ben := b.person("Mallory", 1000).cheat(), b.person("Ana", 0), b.person("Ben", 0)
	i.pass(day)
	mallory.visit() // another sheet, on a later position with the same money
	older, newer := mallory.sheet(1), mallory.sheet(0)
	if older.Base == newer.Base || older.Available != 1000 || newer.Available != 1000 {
		t.Fatal(older, newer)
	}
	one := mallory.forge(ana.request(1000), position{sheet: older, seq: 2})
	two := mallory.forge(ben.request(1000), position{sheet: newer, seq: 2})
	ana.accepts(one)
	ben.accepts(two)
	ana.visit()
	i.read(ben.visit()).problem("parked")
	ana.holds(1000)
	ben.holds(0)
	mallory.holds(0)
	mallory.accused(one, two)
	i.after()
}

// TestAttackOmittedSpendAtRefresh: a Statement that forgets a spend buys a sheet with too much on it. When the
// spend comes to light the Statement itself is the proof, and what is on the sheet is only ever paid once.
func TestAttackOmittedSpendAtRefresh(t *testing.T) {
	i, b := village(t)
	mallory, ana, ben := b.person("Mallory", 1000).cheat(), b.person("Ana", 0), b.person("Ben", 0)
	hidden := mallory.forge(ana.request(700), position{seq: 1})
	ana.accepts(hidden)
	stated := mallory.sign(&protocol.Entry{
		Sheet: i.net.Hash(mallory.newest()), Seq: mallory.newest().Base.Seq + 2, Spent: mallory.newest().Base.Spent,
		Kind: protocol.StatementKind, Statement: protocol.Statement{Time: i.now},
	})
	sheets := protocol.All[*protocol.Sheet](b.take(stated).Bundle)
	if len(sheets) != 1 || sheets[0].Available != 1000 {
		t.Fatal(sheets)
	}
	again := mallory.forge(ben.request(900), position{sheet: sheets[0], seq: 1})
	ben.accepts(again)

	ana.visit()
	i.read(ben.visit()).problem("parked")
	ana.holds(700)
	ben.holds(0)
	mallory.holds(300)
	statement := protocol.NewBundle(i.net, mallory.newest())
	statement.AddRoot(stated)
	mallory.accused(hidden, statement)
	i.after()
}
