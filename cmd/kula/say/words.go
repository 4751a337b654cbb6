package say

import (
	"fmt"

	"kula/protocol"
)

// Hops says how far money is from the bank: how many times it changed hands since.
func Hops(depth int) string {
	if depth == 0 {
		return "straight from the bank"
	}
	return Count(depth, "payment", "payments") + " since the bank"
}

// Count writes a number with what is counted.
func Count(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

// Reason says why a bank refused a payment.
func Reason(r protocol.Reason) string {
	switch r {
	case protocol.ReasonLate:
		return "it came after its last day"
	case protocol.ReasonUncovered:
		return "the payer's money did not reach that far by the last day"
	case protocol.ReasonIncompatible:
		return "the payer had spent the same money twice, and nothing was left"
	}
	return "no reason given"
}
