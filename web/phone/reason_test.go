package phone

import (
	"testing"

	"kula/protocol"
)

// TestReason: why the bank refused a payment is what its Receipt about this one says, and nothing while it is silent.
func TestReason(t *testing.T) {
	entry, other := protocol.Hash{1}, protocol.Hash{2}
	for want, said := range map[string]protocol.Reason{"": protocol.ReasonNone, "late": protocol.ReasonLate,
		"uncovered": protocol.ReasonUncovered, "contradicted": protocol.ReasonIncompatible} {
		b := protocol.NewBundle(testNetwork)
		b.Add(&protocol.Receipt{Entry: other, Reason: protocol.ReasonLate})
		if got := reason(b, entry); got != "" {
			t.Errorf("the bank said nothing about it, and the phone %q", got)
		}
		b.Add(&protocol.Receipt{Entry: entry, Reason: said})
		if got := reason(b, entry); got != want {
			t.Errorf("%v is told as %q, not %q", said, got, want)
		}
	}
}
