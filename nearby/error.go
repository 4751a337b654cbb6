package nearby

import (
	"errors"

	"kula/protocol"
)

// Error is why a session ended early. errors.Is finds its code and its cause.
type Error struct {
	Code   protocol.Code
	Where  string // the step
	Remote bool   // the other side said so
	Cause  error  // nil when the code says it all
}

func (e *Error) Error() string {
	text := e.Where + ": "
	if e.Remote {
		text += "the other phone says: "
	}
	text += e.Code.Error()
	if e.Cause != nil {
		text += " (" + e.Cause.Error() + ")"
	}
	return text
}

// Unwrap gives the code and the cause.
func (e *Error) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Code}
	}
	return []error{e.Code, e.Cause}
}

func fault(code protocol.Code, where string, cause error) error {
	return &Error{Code: code, Where: where, Cause: cause}
}

// maxCode bounds the code in a Problem frame.
const maxCode = 40

// problem is the frame that tells the other side why. What is wrong inside this wallet is not its
// business: an error without a code of the protocol's becomes CodeUnavailable.
func problem(err error) Frame {
	code := protocol.CodeOf(err)
	if !code.Known() {
		code = protocol.CodeUnavailable
	}
	return Frame{Kind: KindProblem, Body: []byte(code)}
}

// readProblem is what the other side says. A code that is not known here is not shown: it is a
// stranger's text.
func readProblem(f Frame, where string) error {
	code := protocol.Code(f.Body)
	if len(f.Body) > maxCode || !code.Known() {
		code = protocol.CodeUnavailable
	}
	return &Error{Code: code, Where: where, Remote: true}
}

// mute reports whether there is no point in telling the other side: it said so itself, or cannot hear.
func mute(err error) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	return e.Remote || e.Code == protocol.CodeInterrupted || e.Code == protocol.CodeTimeout
}
