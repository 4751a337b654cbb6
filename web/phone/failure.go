package phone

import (
	"errors"

	"kula/protocol"
	"kula/wallet"
	"kula/web/signin"
)

// Codes of the device itself, beside the wallet's, the protocol's and the bank's.
const (
	CodeJournal     = "journal_failed"
	CodeBehind      = "journal_behind" // the journal is older than it was: it can be read, and its purses retired
	CodeNoAnswer    = "no_answer"
	CodeNotTheBank  = "not_the_bank"
	CodeNoKey       = "no_key"
	CodeNotOpen     = "not_open"
	CodeNotEmpty    = "not_empty"
	CodeHasPurse    = "has_purse"
	CodeBadArgument = "bad_argument"
	CodeUnexpected  = "unexpected" // an error without a code of its own
	CodeInternal    = "internal"   // the program is broken: start it anew
)

// Failure is why a command failed.
type Failure struct {
	Code   string // stable
	Where  string // what it is about
	Detail string // for a person, in English
}

func (f *Failure) Error() string { return f.Detail }

func fail(code, where, detail string) error { return &Failure{code, where, detail} }

// crashed is the failure of a program that must be started anew. Nothing is lost by it: what was answered is in the
// journal.
func crashed(panicked any) error {
	detail := "the wallet stopped"
	switch v := panicked.(type) {
	case error:
		detail += ": " + v.Error()
	case string:
		detail += ": " + v
	}
	return fail(CodeInternal, "wallet", detail)
}

func badArgument(name string) error {
	return fail(CodeBadArgument, name, "the argument "+name+" is missing or of another form")
}

// FailureOf is the failure that an error stands for.
func FailureOf(err error) *Failure {
	var f *Failure
	if errors.As(err, &f) {
		return f
	}
	code := string(protocol.CodeOf(err))
	if code == "" {
		code = CodeUnexpected
	}
	return &Failure{code, whereOf(err), err.Error()}
}

func whereOf(err error) string {
	var own *wallet.Error
	if errors.As(err, &own) {
		return own.Where
	}
	var asked *signin.Error
	if errors.As(err, &asked) {
		return asked.Where
	}
	var rule *protocol.Error
	if errors.As(err, &rule) {
		return rule.Where
	}
	return ""
}
