package wallet

import "kula/protocol"

// Codes of a wallet's own refusals; those of package protocol come as they are. protocol.CodeOf finds
// either in an error.
const (
	CodeClock        protocol.Code = "clock_contradicted"
	CodeNoPurse      protocol.Code = "no_purse"
	CodeNoSheet      protocol.Code = "no_sheet"
	CodeNotKnown     protocol.Code = "not_known"
	CodeNotTrusted   protocol.Code = "anchor_not_trusted"
	CodeOlder        protocol.Code = "older_than_held"
	CodeKeyUsed      protocol.Code = "key_used"
	CodeNoAmount     protocol.Code = "no_amount"
	CodeOwnBill      protocol.Code = "own_bill"
	CodeOverHolding  protocol.Code = "over_holding"
	CodeNotFirst     protocol.Code = "not_first_signer"
	CodeNotSigner    protocol.Code = "not_a_signer"
	CodeBadEvent     protocol.Code = "bad_event"
	CodeOutOfOrder   protocol.Code = "journal_contradiction"
	CodeRetired      protocol.Code = "purse_retired"
	CodeNotEnrolled  protocol.Code = "not_enrolled"
	CodeNewerVersion protocol.Code = "newer_version"
	CodeAlreadyGiven protocol.Code = "already_given_back"
	CodeNotRefund    protocol.Code = "not_a_refund"
	CodeNotHonoured  protocol.Code = "not_honoured"
	CodeNeedsBank    protocol.Code = "needs_bank"
	CodeToGiveBack   protocol.Code = "to_give_back"
	CodeWrongPicture protocol.Code = "wrong_picture"
)

var sentences = map[protocol.Code]string{
	CodeClock:        "this phone's date contradicts what the bank has signed: set today's date and try again",
	CodeNoPurse:      "you have no purse for this bank and currency",
	CodeNoSheet:      "nothing is loaded that is still valid: connect to the bank and refresh",
	CodeNotKnown:     "this wallet does not know that document",
	CodeNotTrusted:   "you have not chosen to trust this bank",
	CodeOlder:        "this is older than what you hold already",
	CodeKeyUsed:      "this key belongs to another purse: a key signs for one purse only",
	CodeNoAmount:     "the bill leaves the amount open: say how much to pay",
	CodeOwnBill:      "this is your own bill",
	CodeOverHolding:  "with this you would hold more than your bank advises: confirm to go on",
	CodeNotFirst:     "only the purse's first device can begin a payment; this one co-signs",
	CodeNotSigner:    "this device is not one of the purse's",
	CodeBadEvent:     "the wallet's journal holds something that it cannot have written",
	CodeOutOfOrder:   "the wallet's journal contradicts itself",
	CodeRetired:      "this purse belonged to a phone that is gone: enrol a new one",
	CodeNotEnrolled:  "the bank has not confirmed this purse yet: sync first",
	CodeNewerVersion: "this wallet was written by a newer Kula: update it",
	CodeAlreadyGiven: "this payment was given back already",
	CodeNotRefund:    "this does not give that payment back: it must go to who paid it, and be no more than was paid",
	CodeNotHonoured:  "the bank has refused this payment already: it is no money",
	CodeNeedsBank:    "what you have received can be spent after the bank has seen it: bring it there first",
	CodeToGiveBack:   "this was paid to you twice: it is to be given back",
	CodeWrongPicture: "that is not this payment's picture: look at the other phone again; if it shows another one, it has another payment",
}

// onBacking says what a refusal means to the payer itself when it is about what it has received.
var onBacking = map[protocol.Code]string{
	protocol.CodeNotEnough:       "you do not have enough",
	protocol.CodeTooDeep:         "the money you received has gone through too many hands: bring it to the bank first, or pay less",
	protocol.CodeTooManyIncomes:  "this would stand on too many small payments that you received: bring them to the bank first, or pay less",
	protocol.CodeDeadlineTooNear: "what you received must reach the bank soon: bring it there yourself, or pay less",
	protocol.CodeTooLarge:        "what you received has too long a history to be handed on: bring it to the bank first, or pay less",
	protocol.CodeIncompatible:    "somebody behind what you received has spent money twice: bring it to the bank",
	CodeNotHonoured:              "the bank has refused a payment behind what you received: bring it to the bank and ask",
}

// Codes lists the wallet's own codes with their sentences.
func Codes() map[protocol.Code]string {
	all := make(map[protocol.Code]string, len(sentences))
	for c, s := range sentences {
		all[c] = s
	}
	return all
}

// Error is a refusal by the wallet itself.
type Error struct {
	Code  protocol.Code
	Where string // what it is about, e.g. "bill.amount"
}

func (e *Error) Error() string {
	if s, ok := onBacking[e.Code]; ok && e.Where == "backing" {
		return e.Where + ": " + s
	}
	if s, ok := sentences[e.Code]; ok {
		return e.Where + ": " + s
	}
	return e.Where + ": " + e.Code.Error()
}

// Unwrap lets errors.Is and protocol.CodeOf find the code.
func (e *Error) Unwrap() error { return e.Code }

func refuse(code protocol.Code, where string) error { return &Error{Code: code, Where: where} }

// rule is a condition that must not hold.
type rule struct {
	broken bool
	code   protocol.Code
	where  string
}

func firstBroken(all ...rule) error {
	for _, r := range all {
		if r.broken {
			return refuse(r.code, r.where)
		}
	}
	return nil
}
