package say

import (
	"encoding/json"
	"testing"

	"kula/money"
	"kula/protocol"
)

// TestDocument: documents in JSON have the names and forms of everything else that kula says in JSON.
func TestDocument(t *testing.T) {
	bill := &protocol.Bill{Payee: protocol.AccountID{1}, Amount: 5 * money.Unit, Nonce: [16]byte{0xab}, IssuedAt: 7}
	got, err := json.Marshal(Document(bill))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"amount":"5","asset":"native","expires_at":0,"issued_at":7,"nonce":"ab000000000000000000000000000000",` +
		`"payee":"` + bill.Payee.String() + `","standing":false}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	receipt, err := json.Marshal(Documents([]*protocol.Receipt{{Outcome: protocol.Honoured, Reason: protocol.ReasonNone, LogIndex: 3}}))
	if err != nil {
		t.Fatal(err)
	}
	if want := `[{"amount":"0","at":0,"covered":"0","log_index":3,"outcome":"honoured","reason":"none"}]`; string(receipt) != want {
		t.Errorf("got  %s\nwant %s", receipt, want)
	}
	if none, _ := json.Marshal(Documents[*protocol.Payout](nil)); string(none) != "[]" {
		t.Errorf("nothing is %s", none)
	}
}
