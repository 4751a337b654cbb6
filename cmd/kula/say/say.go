// Package say is how kula talks to people, and to machines.
//
//   - To a person: whole sentences in plain words on standard output, one thought a line.
//   - To a machine (--json): one JSON value on standard output, nothing else.
//   - Questions, progress and errors go to standard error. An error says what happened and what to do next.
//   - Exit codes: 0 done, 1 refused or failed, 2 used wrongly, 3 no connection (try again later, nothing
//     is lost), 4 not settled yet (waiting ran out, nothing is lost).
package say

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"kula/money"
	"kula/protocol"
)

// Exit codes.
const (
	OK      = 0
	Failed  = 1
	Misused = 2
	NoRoute = 3
	NotYet  = 4
)

// Voice writes for a person or for a machine.
type Voice struct {
	Out  io.Writer
	Err  io.Writer
	JSON bool
	// Stop is closed by Ctrl-C. A question then ends without an answer.
	Stop <-chan struct{}
}

// Line writes a sentence for a person; nothing when a machine listens.
func (v *Voice) Line(format string, args ...any) {
	if !v.JSON {
		_, _ = fmt.Fprintf(v.Out, format+"\n", args...)
	}
}

// Note writes a sentence to standard error: progress, hints, warnings.
func (v *Voice) Note(format string, args ...any) { _, _ = fmt.Fprintf(v.Err, format+"\n", args...) }

// Result gives a machine the value, and a person the lines that tell writes.
func (v *Voice) Result(value any, tell func()) error {
	if !v.JSON {
		tell()
		return nil
	}
	enc := json.NewEncoder(v.Out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(value)
}

// Problem is an error with its exit code, a stable code for machines, and what to do next.
type Problem struct {
	Exit int
	Code string
	What string
	Next string
	Err  error
}

func (p *Problem) Error() string {
	if p.What == "" && p.Err != nil {
		return p.Err.Error()
	}
	return p.What
}

func (p *Problem) Unwrap() error { return p.Err }

// Misuse is a Problem for arguments that do not make sense.
func Misuse(format string, args ...any) error {
	return &Problem{Exit: Misused, Code: "usage", What: fmt.Sprintf(format, args...)}
}

// Fail reports an error and returns the exit code that goes with it.
func (v *Voice) Fail(err error) int {
	p := problemOf(err)
	if v.JSON {
		_ = json.NewEncoder(v.Err).Encode(map[string]string{"error": p.Error(), "code": p.Code, "next": p.Next})
		return p.Exit
	}
	v.Note("kula: %s", p.Error())
	if p.Next != "" {
		v.Note("      %s", p.Next)
	}
	return p.Exit
}

func problemOf(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	var coded interface{ ErrorCode() string }
	code := "failed"
	if errors.As(err, &coded) {
		code = coded.ErrorCode()
	}
	return &Problem{Exit: Failed, Code: code, What: err.Error(), Err: err}
}

// Asset writes an asset as machines do: CODE:ISSUER, or "native".
func Asset(a money.Asset) string {
	if a.Native() {
		return "native"
	}
	return a.CodeString() + ":" + protocol.AccountID(a.Issuer).String()
}
