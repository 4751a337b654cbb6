// Package verifycmd is `kula verify FILE`: anybody (a payee, a lawyer, another bank) finds out, with no
// network and no wallet, what a file proves. It wires the protocol's own judges to files and words and holds
// no rules of its own.
package verifycmd

import (
	"time"

	"kula/cmd/kula/say"
	"kula/protocol"
)

// Command is `kula verify`.
type Command struct {
	File    string               `arg:"" help:"What was handed to you: a file, a QR picture, or - for standard input."`
	With    []string             `help:"A file with documents that this one leaves out, such as the bill that a payment pays. Repeat it for more."`
	Charter []string             `help:"The charter of a bank that you trust, from a file. Repeat it for more."`
	BankID  []protocol.AccountID `help:"Trust the charter inside the file if it is this bank's (G…, as the bank has printed it)."`
	Wallet  string               `help:"Trust the banks that the wallet in this directory trusts, and fill in what it holds." type:"path"`
	Network string               `help:"localnet, testnet, public, or a network passphrase; found out without it."`
	At      time.Time            `format:"2006-01-02" help:"Judge as of this date instead of today's."`
}

// Help shows examples.
func (Command) Help() string {
	return `Says what a payment, a proof of fraud, a receipt or any other document of Kula proves. Needs no network and no wallet.
A file is judged under its bank's charter: yours (--charter, --wallet), or the one inside the file, which you must decide to trust.
A bank hands out its charter at its address followed by /v1/charter.

Exit codes: 0 it holds, 1 it does not hold, 2 it cannot be read or judged (then it says what is missing).

Examples:
  kula verify evidence.kula                                what does this prove?
  kula verify proof.kula --charter bank.kula               under a charter that I have from the bank itself
  kula verify proof.kula --bank-id GBNK…                   the bank's id is printed on its door
  kula verify payment.png --with bill.kula --wallet ./ben  a payment leaves out the bill that its payee has
  kula verify payment.kula --at 2026-12-31 --json`
}

// Run judges, and tells.
func (c *Command) Run(voice *say.Voice) error {
	court, about, err := c.open(voice)
	if err != nil {
		return err
	}
	r := court.report(about)
	if err := voice.Result(r, func() { r.tell(voice) }); err != nil {
		return err
	}
	return r.problem()
}

// at is the moment as of which is judged: the end of the day that was named, or now.
func (c *Command) at() uint64 {
	t := time.Now()
	if !c.At.IsZero() {
		t = c.At.Add(24*time.Hour - time.Second)
	}
	return uint64(t.Unix()) //nolint:gosec // after 1970
}

// verdict is what is found of a document, or of the whole file.
type verdict string

const (
	good       verdict = "good"        // it proves what it says
	notGood    verdict = "not_good"    // it does not
	cannotTell verdict = "cannot_tell" // something that it takes to judge is not here
)

// report is what verify says in JSON. What is about fraud or a payment stands with its subject.
type report struct {
	Verdict   verdict       `json:"verdict"`
	Code      protocol.Code `json:"code,omitempty"`
	Reason    string        `json:"reason,omitempty"`
	Next      string        `json:"next,omitempty"`
	Rule      string        `json:"signature_rule"`
	AsOf      uint64        `json:"as_of"`
	Charters  []charter     `json:"charters"`
	Subjects  []*subject    `json:"subjects"`  // what the file is about
	Documents []*finding    `json:"documents"` // everything in it
}

// charter is a bank's constitution, and why it is believed.
type charter struct {
	Anchor protocol.AccountID `json:"anchor"`
	Name   string             `json:"name"`
	Serial uint32             `json:"serial"`
	Trust  trust              `json:"trust"`
}

// finding is what is found of one document.
type finding struct {
	Type    string        `json:"type"`
	Hash    protocol.Hash `json:"hash"`
	Verdict verdict       `json:"verdict"`
	Code    protocol.Code `json:"code,omitempty"`
	Reason  string        `json:"reason,omitempty"`
	next    string
}

// subject is what the file is about, with what it says.
type subject struct {
	*finding
	Fraud   *fraud   `json:"fraud,omitempty"`
	Payment *payment `json:"payment,omitempty"`
	Body    any      `json:"body,omitempty"`
}

func (j *court) report(about []protocol.Hash) *report {
	r := &report{Verdict: good, Rule: protocol.RuleName, AsOf: j.now, Charters: j.trustedCharters(), Subjects: []*subject{}, Documents: []*finding{}}
	for _, h := range about {
		d, _ := j.file.Get(h)
		s := j.subject(h, d)
		r.Subjects = append(r.Subjects, s)
		r.count(s.finding, true)
	}
	j.file.Each(func(h protocol.Hash, d protocol.Document) {
		f := j.find(h, d)
		r.Documents = append(r.Documents, f)
		r.count(f, false)
	})
	return r
}

// count lets a finding weigh in the verdict. One false document makes the whole file not good, wherever it
// stands: somebody put it there. What cannot be judged counts only if the file is about it.
func (r *report) count(f *finding, subject bool) {
	worse := f.Verdict == notGood && r.Verdict != notGood || f.Verdict == cannotTell && subject && r.Verdict == good
	if worse {
		r.Verdict, r.Code, r.Reason, r.Next = f.Verdict, f.Code, f.Reason, f.next
		if !subject {
			r.Reason = "the " + f.Type + " " + short(f.Hash) + " in it: " + f.Reason
		}
	}
}

// problem is the exit code that goes with the verdict.
func (r *report) problem() error {
	switch r.Verdict {
	case good:
		return nil
	case notGood:
		return &say.Problem{Exit: say.Failed, Code: string(r.Code), What: "this does not hold: " + r.Reason, Next: r.Next}
	default:
		return &say.Problem{Exit: say.Misused, Code: string(r.Code), What: "this cannot be judged: " + r.Reason, Next: r.Next}
	}
}

func short(h protocol.Hash) string { return h.String()[:12] + "…" }
