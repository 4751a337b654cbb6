package protocol

import "errors"

// Code is one reason to refuse something. It is an error itself, so callers branch with
// errors.Is(err, protocol.CodeExpired); its text is stable, its sentence tells a person what to do.
type Code string

// Codes of the encoding: what arrived is not a document or a bundle.
const (
	CodeTruncated       Code = "truncated"
	CodeTrailing        Code = "trailing_bytes"
	CodePadding         Code = "nonzero_padding"
	CodeTooLarge        Code = "too_large"
	CodeTooMany         Code = "too_many"
	CodeUnknownType     Code = "unknown_type"
	CodeUnknownValue    Code = "unknown_value"
	CodeWrongVersion    Code = "wrong_version"
	CodeWrongNetwork    Code = "wrong_network"
	CodeNotCanonical    Code = "not_canonical"
	CodeUnsorted        Code = "unsorted"
	CodeDuplicate       Code = "duplicate"
	CodeBadText         Code = "bad_text"
	CodeBadAmount       Code = "bad_amount"
	CodeBadTime         Code = "bad_time"
	CodeBadAsset        Code = "bad_asset"
	CodeBadQuorum       Code = "bad_quorum"
	CodeBadTerms        Code = "bad_terms"
	CodeMissingDocument Code = "missing_document"
	CodeUnknownContext  Code = "unknown_context"
	CodeOverflow        Code = "overflow"
)

// Codes of signatures and of the rules a payment must keep.
const (
	CodeBadKey          Code = "bad_key"
	CodeBadSignature    Code = "bad_signature"
	CodeBelowThreshold  Code = "below_threshold"
	CodeUnknownAnchor   Code = "unknown_anchor"
	CodeUnknownKey      Code = "unknown_issuing_key"
	CodeNotYetValid     Code = "not_yet_valid"
	CodeExpired         Code = "expired"
	CodeRevoked         Code = "revoked"
	CodeWrongAnchor     Code = "wrong_anchor"
	CodeWrongPayer      Code = "wrong_payer"
	CodeWrongPayee      Code = "wrong_payee"
	CodeWrongAsset      Code = "wrong_asset"
	CodeWrongAmount     Code = "wrong_amount"
	CodeWrongReference  Code = "wrong_reference"
	CodeBelowStep       Code = "below_step"
	CodeOverBillLimit   Code = "over_bill_limit"
	CodeOverSpendLimit  Code = "over_spend_limit"
	CodeBehindBase      Code = "behind_base"
	CodeIncompatible    Code = "incompatible_entries"
	CodeNotEnough       Code = "not_enough"
	CodeDeadlineTooLate Code = "deadline_too_late"
	CodeDeadlineTooNear Code = "deadline_too_near"
	CodeAlreadyPaid     Code = "already_paid"
	CodeTooDeep         Code = "too_deep"
	CodeTooManyIncomes  Code = "too_many_incomes"
	CodeCondemned       Code = "condemned"
)

// Codes of two wallets meeting: what they can tell each other when it does not end in a payment.
const (
	CodeDeclined         Code = "declined"
	CodeNoCommonBank     Code = "no_common_bank"
	CodeOutOfTurn        Code = "out_of_turn"
	CodeUnproven         Code = "unproven_key"
	CodeInterrupted      Code = "interrupted"
	CodeTimeout          Code = "timeout"
	CodeUnavailable      Code = "unavailable"
	CodeUnreachable      Code = "unreachable"
	CodeNotAWallet       Code = "not_a_wallet"
	CodeTooLargeQR       Code = "too_large_for_qr"
	CodeNoQR             Code = "no_qr_code"
	CodeFramesMissing    Code = "frames_missing"
	CodeFramesContradict Code = "frames_contradict"
)

var sentences = map[Code]string{
	CodeTruncated:        "the data ends too early: ask for it to be sent again",
	CodeTrailing:         "there is something after the end of the data: ask for it to be sent again",
	CodePadding:          "the filling bytes are not zero, so this was not made by a correct wallet",
	CodeTooLarge:         "this is larger than the rules allow",
	CodeTooMany:          "this holds more parts than the rules allow",
	CodeUnknownType:      "this kind of document is not known here: update Kula",
	CodeUnknownValue:     "this holds a value that is not known here: update Kula",
	CodeWrongVersion:     "this was made for another version of Kula: update Kula on both sides",
	CodeWrongNetwork:     "this belongs to another network",
	CodeNotCanonical:     "this is not written in the one permitted way",
	CodeUnsorted:         "parts of this are out of order",
	CodeDuplicate:        "a part of this stands twice",
	CodeBadText:          "the text holds characters that are not allowed",
	CodeBadAmount:        "the amount is not a positive number within the limits",
	CodeBadTime:          "the dates do not fit each other",
	CodeBadAsset:         "the currency is not well-formed",
	CodeBadQuorum:        "the signers' weights and threshold would let two groups sign without each other",
	CodeBadTerms:         "the bank's terms contradict each other",
	CodeMissingDocument:  "a document that this needs did not come with it: ask for it to be sent again",
	CodeUnknownContext:   "this was shortened for somebody else: ask for the whole of it",
	CodeOverflow:         "a sum is too large to count",
	CodeBadKey:           "a key is not one that may sign",
	CodeBadSignature:     "a signature is not genuine",
	CodeBelowThreshold:   "not enough of the payer's devices have signed",
	CodeUnknownAnchor:    "this money is from a bank that you do not know",
	CodeUnknownKey:       "the bank's signing key is not in its charter: get the newest charter",
	CodeNotYetValid:      "this is not valid yet: look at the date on both phones",
	CodeExpired:          "this has expired: the payer must connect to the bank first",
	CodeRevoked:          "the bank has withdrawn this phone's permission to pay",
	CodeWrongAnchor:      "this is for another bank",
	CodeWrongPayer:       "this bill is for somebody else to pay",
	CodeWrongPayee:       "this payment is for somebody else",
	CodeWrongAsset:       "this is in another currency",
	CodeWrongAmount:      "the amount is not the one on the bill",
	CodeWrongReference:   "the parts of this do not belong together",
	CodeBelowStep:        "the amount is not a multiple of the smallest coin of this currency",
	CodeOverBillLimit:    "the amount is over the limit for one payment: pay in parts",
	CodeOverSpendLimit:   "the payer has reached its offline limit and must connect to the bank first",
	CodeBehindBase:       "this was written before the payer's last visit to the bank",
	CodeIncompatible:     "this phone has signed two payments that contradict each other: do not accept, and keep the evidence",
	CodeNotEnough:        "the payer does not have enough",
	CodeDeadlineTooLate:  "the payment claims to last longer than the money behind it",
	CodeDeadlineTooNear:  "there is too little time left to bring this to the bank",
	CodeAlreadyPaid:      "this bill is paid already",
	CodeTooDeep:          "this money has gone through too many hands since it was at the bank: it must be brought there first",
	CodeTooManyIncomes:   "this payment stands on too many small ones: they must be brought to the bank first",
	CodeCondemned:        "it is proven that this purse has spent money twice: do not accept",
	CodeDeclined:         "the payer said no",
	CodeNoCommonBank:     "these two wallets have no bank and currency in common",
	CodeOutOfTurn:        "the other phone did not keep to the steps of a payment: start again",
	CodeUnproven:         "the phone at the other end does not hold the key that it names: do not pay",
	CodeInterrupted:      "the connection was lost: meet again, nothing is paid twice",
	CodeTimeout:          "the other phone did not answer in time: meet again, nothing is paid twice",
	CodeUnavailable:      "the other phone could not do its part: try again",
	CodeUnreachable:      "nobody answers there: are both phones on the same network, and is the payee waiting?",
	CodeNotAWallet:       "what answered is not a Kula wallet, or is busy: try again",
	CodeTooLargeQR:       "this does not fit in one QR code: show it as a moving one, or send it as a file",
	CodeNoQR:             "no QR code can be read in this picture: take it again, straight and in good light",
	CodeFramesMissing:    "not all of the moving code was seen: look at it for longer",
	CodeFramesContradict: "the pictures of this moving code do not belong together: look at it again from the beginning",
}

// Error is the sentence for a person. Use CodeOf for the machine's word.
func (c Code) Error() string {
	if s, ok := sentences[c]; ok {
		return s
	}
	return string(c)
}

// Codes lists every code and its sentence; docs and conformance kits are made from it.
func Codes() map[Code]string {
	all := make(map[Code]string, len(sentences))
	for c, s := range sentences {
		all[c] = s
	}
	return all
}

// Known reports whether the code is one of those listed here; a code from elsewhere may be any text.
func (c Code) Known() bool {
	_, ok := sentences[c]
	return ok
}

// Error is a refusal with the place it happened.
type Error struct {
	Code  Code
	Where string // the document or field, e.g. "sheet.signers"
}

func (e *Error) Error() string { return e.Where + ": " + e.Code.Error() }

// Unwrap lets errors.Is find the code.
func (e *Error) Unwrap() error { return e.Code }

func refuse(code Code, where string) error { return &Error{Code: code, Where: where} }

// CodeOf finds the code in an error's chain; empty when there is none.
func CodeOf(err error) Code {
	var c Code
	if errors.As(err, &c) {
		return c
	}
	return ""
}
