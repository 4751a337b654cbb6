package verifycmd

import (
	"time"

	"kula/cmd/kula/say"
	"kula/money"
	"kula/protocol"
)

func day(unix uint64) string { return time.Unix(int64(unix), 0).UTC().Format("2 January 2006") } //nolint:gosec // a date

// tell says in plain words what was found: the verdict of each subject first, then under whose charter.
func (r *report) tell(v *say.Voice) {
	for _, s := range r.Subjects {
		switch {
		case s.Fraud != nil:
			s.tellFraud(v)
		case s.Payment != nil:
			s.tellPayment(v)
		default:
			s.tellOther(v)
		}
	}
	for _, f := range r.Documents {
		if f.Verdict == notGood && !r.isSubject(f) {
			v.Line("NOT GENUINE: the %s %s in it: %s.", f.Type, short(f.Hash), f.Reason)
		}
	}
	v.Line("")
	v.Line("Looked at %s. Signatures are judged by the rule %q.", say.Count(len(r.Documents), "document", "documents"), r.Rule)
	for _, c := range r.Charters {
		switch c.Trust {
		case given:
			v.Line("Judged under the charter of %s that you gave (root key %s).", c.Name, c.Anchor)
		case held:
			v.Line("Judged under the charter of %s that the wallet trusts (root key %s).", c.Name, c.Anchor)
		default:
			v.Line("The charter of %q came inside the file: you must decide whether to trust it.\n  Its root key is %s: compare it with what the bank has printed.", c.Name, c.Anchor)
		}
	}
}

func (r *report) isSubject(f *finding) bool {
	for _, s := range r.Subjects {
		if s.Hash == f.Hash {
			return true
		}
	}
	return false
}

func (s *subject) tellOther(v *say.Voice) {
	switch s.Verdict {
	case good:
		v.Line("GENUINE: the %s %s.", s.Type, short(s.Hash))
		s.tellReceipt(v)
	case notGood:
		v.Line("NOT GENUINE: the %s %s: %s.", s.Type, short(s.Hash), s.Reason)
	default:
		v.Line("CANNOT BE JUDGED: the %s %s: %s.", s.Type, short(s.Hash), s.Reason)
	}
}

// tellReceipt says what a bank's final word is, when that is what the file is about.
func (s *subject) tellReceipt(v *say.Voice) {
	body, _ := s.Body.(map[string]any)
	if s.Type != protocol.TypeReceipt.String() || body == nil {
		return
	}
	v.Line("  the bank says of the payment %v of %v: %v", body["entry"], body["amount"], body["outcome"])
	if body["outcome"] == dishonoured {
		v.Line("  because %v; the bank covered %v of it all the same", body["reason"], body["covered"])
	}
}

func (s *subject) tellFraud(v *say.Voice) {
	f := s.Fraud
	switch s.Verdict {
	case good:
		v.Line("PROVEN: this purse has signed two payments that contradict each other. An honest phone never does.")
	case notGood:
		v.Line("NOT PROVEN: %s.\n  Do not hold this against anybody.", s.Reason)
	default:
		v.Line("CANNOT BE JUDGED: %s.", s.Reason)
	}
	v.Line("  account  %s", orUnknown(f.Account))
	v.Line("  purse    %s", f.Purse)
	if f.Bank != "" {
		v.Line("  at       %s", f.Bank)
	}
	for _, a := range f.Entries {
		a.tell(v)
	}
	if s.Verdict != good {
		return
	}
	f.tellHow(v)
	f.tellComplete(v)
	v.Line("  Take no money from this purse, and show this file to the bank: it needs nothing else.")
}

func (a *accused) tell(v *say.Voice) {
	if a.Kind != "payment" {
		v.Line("  number %d: a statement to the bank that %s was spent in all", a.Number, a.After)
		return
	}
	to := "the bill " + short(a.Bill)
	if a.Payee != (protocol.AccountID{}) {
		to = named(a.PayeeName, a.Payee)
	}
	v.Line("  number %d: %s to %s, which takes its running total from %s to %s (payment %s)", a.Number, a.Amount, to, a.Before, a.After, short(a.Entry))
}

func (f *fraud) tellHow(v *say.Voice) {
	a, b := f.Entries[0], f.Entries[1]
	if f.How == sameNumber {
		v.Line("  Both carry the number %d of the purse's chain, and a number is signed only once.", a.Number)
		return
	}
	v.Line("  Number %d comes after number %d and leaves out %s of what had been spent by then.", b.Number, a.Number, f.Missing)
}

func (f *fraud) tellComplete(v *say.Voice) {
	if !f.Complete {
		v.Line("  On the bank's word: its balance sheets say whose the keys are. That is enough to refuse this purse's money;\n" +
			"  for somebody who doubts the bank, ask the bank for the purse's enrolment.")
		return
	}
	v.Line("  The proof is complete: the purse's enrolment is here, so its keys are the purse's own, whatever the bank says.")
	for _, k := range f.Signers {
		if k == f.Account {
			v.Line("  The account's own key signed the enrolment.")
			return
		}
	}
	for _, k := range f.Signers {
		v.Line("  %s signed the enrolment: whether it may sign for the account, Stellar's ledger says.", k)
	}
}

func orUnknown(a protocol.AccountID) string {
	if a == (protocol.AccountID{}) {
		return "not said"
	}
	return a.String()
}

// named is how a payee is spoken of: a name only when the bank vouches for it.
func named(name string, account protocol.AccountID) string {
	if name == "" {
		return account.String()
	}
	return name + " (" + account.String() + ")"
}

func (s *subject) tellPayment(v *say.Voice) {
	p := s.Payment
	switch {
	case s.Verdict == cannotTell:
		v.Line("CANNOT BE JUDGED: %s.", s.Reason)
	case s.Verdict == notGood && s.Code == protocol.CodeExpired && p.State == unpresented:
		v.Line("TOO LATE: nobody can turn this payment into money any more.")
	case s.Verdict == notGood:
		v.Line("NOT GOOD: %s.", s.Reason)
	case p.State == honoured:
		v.Line("GOOD: the bank has honoured this payment.")
	case p.State == dishonoured:
		v.Line("The bank has REFUSED this payment for good: %s. This file proves it.", p.Reason)
	default:
		v.Line("GOOD: this payment is genuine, and covered.")
	}
	p.tell(v, s.Verdict == good)
}

func (p *payment) tell(v *say.Voice, holds bool) {
	if p.code == "" { // its bill or sheet is not here
		v.Line("  %s, payment %s", p.Amount, p.Entry)
		return
	}
	v.Line("  %s %s to %s", p.Amount, p.code, named(p.PayeeName, p.Payee))
	if p.Memo != "" {
		v.Line("  for      %q", p.Memo)
	}
	v.Line("  from     %s, purse %s", orUnknown(p.Payer), p.Purse)
	v.Line("  payment  %s", p.Entry)
	if p.Acked {
		v.Line("  The payee has signed that it has it.")
	}
	if !holds {
		return
	}
	switch p.State {
	case honoured:
		if !p.Transaction.IsZero() {
			v.Line("  Paid out on Stellar by transaction %s.", p.Transaction)
		}
	case dishonoured:
		v.Line("  Of %s the bank covered %s all the same; %s is lost.", p.Amount, p.Covered, lost(p.Amount, p.Covered))
	default:
		p.tellOpen(v)
	}
}

func (p *payment) tellOpen(v *say.Voice) {
	v.Line("  Distance from the bank: %s.", say.Hops(p.Hops))
	if p.State == presented {
		v.Line("  The bank has had it since %s, and has not answered yet.", day(p.PresentedAt))
	} else {
		v.Line("  Bring it to the bank before %s.", day(p.Deadline))
	}
	v.Line("  If something is wrong, the bank covers %s of it while its cover for this payer lasts.", p.Guaranteed)
	v.Line("  Only the payee's own wallet and the bank know whether it was paid before.")
}

func lost(a, covered money.Amount) money.Amount { return a - covered }
