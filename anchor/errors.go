package anchor

import (
	"errors"

	"kula/protocol"
)

// Code is one reason of the anchor's to refuse something, beside the protocol's. It is an error
// itself, so callers branch with errors.Is(err, anchor.CodeFrozen).
type Code string

// The anchor's codes. The first four are no refusals: they say that a document is kept and why there
// is no receipt or sheet yet.
const (
	CodeParked         Code = "parked"
	CodePayeeUnknown   Code = "payee_unknown"
	CodeLate           Code = "late"
	CodeStatementWaits Code = "statement_waits"

	CodeParkedFull     Code = "parked_full"
	CodeClockAhead     Code = "clock_ahead"
	CodeNotFound       Code = "not_found"
	CodeUnknownPurse   Code = "unknown_purse"
	CodeUnknownSheet   Code = "unknown_sheet"
	CodeKeyTaken       Code = "device_key_taken"
	CodeBadAccount     Code = "bad_account"
	CodeBadChallenge   Code = "bad_challenge"
	CodeFrozen         Code = "frozen"
	CodeRevoked        Code = "purse_revoked"
	CodeContradicted   Code = "contradicted"
	CodeStale          Code = "stale_statement"
	CodeTooLittle      Code = "too_little"
	CodeBadDestination Code = "bad_destination"
	CodeKeyReused      Code = "idempotency_key_reused"
	CodeNoCash         Code = "no_cash"
	CodeBadRequest     Code = "bad_request"
	CodeTooMany        Code = "too_many"
	CodeNotItsEnd      Code = "purse_not_ended"
	CodeNotCovered     Code = "loss_not_covered"
)

var sentences = map[Code]string{
	CodeParked:         "the bank keeps this payment until the payer's money has come in: it need not be brought again",
	CodePayeeUnknown:   "the bank keeps this payment until the payee's phone is enrolled",
	CodeLate:           "this was brought to the bank after its last day",
	CodeStatementWaits: "more was spent than has come in yet: bring the payments you received, or ask those who paid you to",
	CodeClockAhead:     "this machine's clock is more than a day ahead of the ledger's: set it right; until then nothing lapses",
	CodeParkedFull:     "too many payments of this payer wait for its money already: bring this one again later",
	CodeNotFound:       "there is nothing by that name",
	CodeUnknownPurse:   "this phone is not enrolled here",
	CodeUnknownSheet:   "the bank did not issue this balance sheet",
	CodeKeyTaken:       "this device key belongs to another purse: make a new one",
	CodeBadAccount:     "the account's own signers have not agreed to this",
	CodeBadChallenge:   "the bank's challenge is unknown, used or too old: ask for a new one",
	CodeFrozen:         "the bank has frozen this purse: go and see them",
	CodeRevoked:        "this phone was replaced by another",
	CodeContradicted:   "this phone has signed payments that contradict each other: go and see the bank",
	CodeStale:          "the bank knows a newer statement of this purse",
	CodeTooLittle:      "the fee would leave nothing of this amount",
	CodeBadDestination: "the destination is not a Stellar address that can be paid",
	CodeKeyReused:      "this idempotency key was used for something else",
	CodeNoCash:         "no payment for this account has reached the counter yet",
	CodeBadRequest:     "the request does not make sense",
	CodeNotItsEnd:      "this purse may still pay or be paid: end it, and wait until its last sheet can no longer be redeemed",
	CodeNotCovered:     "the fees that were earned and the guarantee do not make good what was lent: fill the guarantee first",
	CodeTooMany:        "this is too much at once: bring it in parts",
}

// Error is the sentence for a person.
func (c Code) Error() string {
	if s, ok := sentences[c]; ok {
		return s
	}
	return string(c)
}

// Codes lists every code and its sentence.
func Codes() map[Code]string {
	all := make(map[Code]string, len(sentences))
	for c, s := range sentences {
		all[c] = s
	}
	return all
}

// Error is a refusal with what it is about.
type Error struct {
	Code   Code
	Detail string
}

func (e *Error) Error() string { return e.Detail + ": " + e.Code.Error() }

// Unwrap lets errors.Is find the code.
func (e *Error) Unwrap() error { return e.Code }

func refuse(code Code, detail string) error { return &Error{code, detail} }

// CodeOf finds the anchor's or the protocol's code in an error's chain; empty when there is none, as
// when the store or the network failed.
func CodeOf(err error) string {
	var c Code
	if errors.As(err, &c) {
		return string(c)
	}
	return string(protocol.CodeOf(err))
}

// unknown replaces ErrNoRecord by a refusal.
func unknown(err error, code Code, detail string) error {
	if errors.Is(err, ErrNoRecord) {
		return refuse(code, detail)
	}
	return err
}
