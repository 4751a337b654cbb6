package wallet

import (
	"reflect"
	"testing"

	"kula/money"
	"kula/protocol"
)

// TestApplyRefuses: the state machine keeps its own rules, whoever decided on an event; and what it refuses
// changes nothing.
func TestApplyRefuses(t *testing.T) {
	b, mary, tom := village(t)
	ann := newPerson(t, "Ann", 4)
	ann.join(t, b, 50*money.Unit, protocol.Circulating)
	request := must(tom.Request(now, RequestParams{Amount: money.Unit}))(t)
	paid := must(mary.Pay(now, request, PayParams{}))(t)
	must(tom.Accept(now, paid.Bundle))(t)
	other := must(tom.Request(now, RequestParams{Amount: money.Unit}))(t)
	bill, billHash := billOf(other)
	open, openHash := billOf(must(tom.Request(now, RequestParams{}))(t))
	purse := mary.state.purses[mary.purse]
	held := purse.Sheets[0]

	entry := func(change func(*protocol.Entry)) *protocol.Entry {
		e := &protocol.Entry{Sheet: held.Hash, Seq: purse.Seq + 1, Spent: purse.Spent + money.Unit, Kind: protocol.SpendKind,
			Spend: protocol.Spend{Bill: billHash, Amount: money.Unit, Deadline: bill.ExpiresAt}}
		change(e)
		return e
	}
	written := func(e *protocol.Entry, docs ...protocol.Document) *Event {
		return &Event{Kind: Written, At: now, Purse: mary.purse, Docs: mary.bundle(e, append(docs, held.Sheet, bill)...)}
	}
	good := written(entry(func(*protocol.Entry) {}))
	first, firstHash := billOf(request)
	annSheet := ann.state.purses[ann.purse].Sheets[0]
	for name, c := range map[string]struct {
		event *Event
		code  protocol.Code
	}{
		"a number again":   {written(entry(func(e *protocol.Entry) { e.Seq-- })), CodeOutOfOrder},
		"a number skipped": {written(entry(func(e *protocol.Entry) { e.Seq++ })), CodeOutOfOrder},
		"another total":    {written(entry(func(e *protocol.Entry) { e.Spent += money.Unit })), CodeOutOfOrder},
		"over the sheet": {written(entry(func(e *protocol.Entry) {
			e.Spend = protocol.Spend{Bill: openHash, Amount: 201 * money.Unit, Deadline: e.Spend.Deadline}
			e.Spent += 200 * money.Unit
		}), open), protocol.CodeNotEnough},
		"a bill again":       {written(entry(func(e *protocol.Entry) { e.Spend.Bill = firstHash }), first), protocol.CodeAlreadyPaid},
		"another's sheet":    {written(entry(func(e *protocol.Entry) { e.Sheet = annSheet.Hash; e.Seq = 9 }), annSheet.Sheet), CodeOutOfOrder},
		"no such purse":      {&Event{Kind: Written, Purse: protocol.PurseID{1}, Docs: good.Docs}, CodeNoPurse},
		"no sheet":           {&Event{Kind: Written, Purse: mary.purse, Docs: mary.bundle(entry(func(*protocol.Entry) {}), bill)}, CodeBadEvent},
		"nothing":            {&Event{Kind: Written, Purse: mary.purse, Docs: protocol.NewBundle(testNetwork)}, CodeBadEvent},
		"handed over what?":  {&Event{Kind: Handed, Subject: protocol.Hash{1}, Docs: protocol.NewBundle(testNetwork)}, CodeNotKnown},
		"acknowledged what?": {&Event{Kind: Acknowledged, Docs: mary.bundle(&protocol.Ack{Entry: protocol.Hash{1}})}, CodeNotKnown},
		"a key again":        {&Event{Kind: KeyMade, Number: 1, Subject: protocol.Hash(purse.Key()), Docs: protocol.NewBundle(testNetwork)}, CodeKeyUsed},
		"another's bill":     {&Event{Kind: Requested, Purse: mary.purse, Docs: mary.bundle(bill)}, CodeBadEvent},
		"income of none":     {&Event{Kind: Accepted, Purse: mary.purse, Docs: mary.bundle(entry(func(*protocol.Entry) {}), held.Sheet, bill)}, CodeBadEvent},
		"an older charter":   {&Event{Kind: Trusted, Docs: mary.bundle(b.Charter)}, CodeOlder},
		"unknown":            {&Event{Kind: lastEventKind + 1, Docs: protocol.NewBundle(testNetwork)}, CodeBadEvent},
	} {
		before := must(Open(Config{Network: testNetwork, Journal: &memory{}, Keys: mary.ring}, mary.journal.records))(t).state
		wantCode(t, mary.state.Apply(c.event), c.code)
		if !reflect.DeepEqual(before, mary.state) {
			t.Errorf("%s: refused, and the state has changed", name)
		}
	}
	second := *purse.Enrolment // one key, two purses
	second.Kind = protocol.PayoutKind
	h := protocol.PurseID(testNetwork.Hash(&second))
	wantCode(t, mary.state.Apply(&Event{Kind: Enrolling, Purse: h, Docs: mary.bundle(&second)}), CodeKeyUsed)
	check(t, mary.state.Apply(good)) // and the good one is good
}
