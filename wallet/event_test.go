package wallet

import (
	"bytes"
	"testing"

	"kula/money"
	"kula/protocol"
)

// journals are those of a village where something of everything has happened: all, and Tom's.
func journals(t fataler) (all, one [][]byte) {
	b, mary, tom := village(t)
	request := must(tom.Request(now, RequestParams{Amount: money.Unit, Memo: "fish"}))(t)
	paid := must(mary.Pay(now, request, PayParams{}))(t)
	check(t, mary.HandedOver(now, paid.Entry))
	check(t, mary.SawPicture(now, paid.Entry, Picture(paid.Entry)))
	check(t, mary.Acknowledged(now, must(tom.Accept(now, paid.Bundle))(t).Ack))
	tom.refresh(t, b, now+5)
	check(t, tom.BankSaid(now+5, tom.purse, int64(money.Unit)))
	check(t, tom.SetClock(now+5, now+6))
	return append(append(all, mary.journal.records...), tom.journal.records...), tom.journal.records
}

func FuzzDecodeEvent(f *testing.F) {
	all, lived := journals(f)
	for _, r := range all {
		f.Add(r)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := DecodeEvent(testNetwork, data)
		if err != nil {
			return
		}
		if !bytes.Equal(e.Encode(), data) {
			t.Fatal("an event has two encodings")
		}
		w := must(Open(Config{Network: testNetwork, Journal: &memory{}, Keys: ring{2}}, lived))(t)
		if w.state.Apply(e) == nil { // whatever it says, nothing panics
			w.Balances(now)
			w.History(now)
		}
	})
}

// TestReplayRefuses: a journal with a record missing, repeated or out of place contradicts itself, and no
// wallet opens on it.
func TestReplayRefuses(t *testing.T) {
	_, mary, tom := village(t)
	for range 2 {
		must(mary.Pay(now, must(tom.Request(now, RequestParams{Amount: money.Unit}))(t), PayParams{}))(t)
	}
	good := mary.journal.records
	n := len(good)
	for name, records := range map[string][][]byte{
		"missing":  append(append([][]byte{}, good[:n-2]...), good[n-1]),
		"repeated": append(append([][]byte{}, good...), good[n-1]),
		"swapped":  append(append([][]byte{}, good[:n-2]...), good[n-1], good[n-2]),
		"cut":      append(append([][]byte{}, good[:n-1]...), good[n-1][:90]),
		"newer":    append(append([][]byte{}, good...), append([]byte{'K', 'W', 2}, good[n-1][3:]...)),
	} {
		_, err := Open(Config{Network: testNetwork, Journal: &memory{}, Keys: mary.ring}, records)
		if protocol.CodeOf(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCodes(t *testing.T) {
	for code, sentence := range Codes() {
		if sentence == "" || code.Error() != string(code) {
			t.Errorf("%s: has no sentence, or package protocol has another", string(code))
		}
	}
}

// TestNothingUnreadableIsWritten: an event that could not be read back would take the whole journal with it.
func TestNothingUnreadableIsWritten(t *testing.T) {
	_, mary, _ := village(t)
	docs := protocol.NewBundle(testNetwork)
	for i := range eventBounds.Documents + 1 {
		docs.Add(&protocol.Memo{Salt: [16]byte{byte(i), byte(i >> 8)}})
	}
	wantCode(t, mary.record(&Event{Kind: BankBalance, Purse: mary.purse, Docs: docs}), protocol.CodeTooLarge)
	mary.open(t)
}
