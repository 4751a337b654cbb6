package say

import (
	"fmt"

	"kula/protocol"
)

// Hops says how far money is from the bank: how many times it changed hands since.
func Hops(depth int) string {
	switch depth {
	case 0:
		return "straight from the bank"
	case 1:
		return "1 payment since the bank"
	}
	return fmt.Sprintf("%d payments since the bank", depth)
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
