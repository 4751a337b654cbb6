package verifycmd

import (
	"errors"

	"kula/money"
	"kula/protocol"
)

// fraud is what a proof of fraud says: who, and which two entries contradict each other, and how.
type fraud struct {
	Purse    protocol.PurseID     `json:"purse"`
	Account  protocol.AccountID   `json:"account,omitzero"`
	Anchor   protocol.AccountID   `json:"anchor,omitzero"`
	Bank     string               `json:"bank,omitempty"`
	Complete bool                 `json:"complete"` // the enrolment is here: it holds against the bank, too
	How      string               `json:"how,omitempty"`
	Missing  money.Amount         `json:"left_out,omitempty"` // of what the earlier one had spent, the later one leaves out so much
	Entries  []*accused           `json:"entries"`
	Signers  []protocol.AccountID `json:"account_signers,omitempty"` // who signed the enrolment for the account
}

// How two entries contradict each other.
const (
	sameNumber = "same_number" // two entries carry one number
	totals     = "totals"      // the later one does not count all that the earlier one had spent
)

// accused is one of the two entries, in the order of their numbers.
type accused struct {
	Entry     protocol.Hash      `json:"entry"`
	Number    uint64             `json:"number"`
	Kind      string             `json:"kind"`
	Amount    money.Amount       `json:"amount"`
	Before    money.Amount       `json:"total_before"`
	After     money.Amount       `json:"total_after"`
	Bill      protocol.Hash      `json:"bill,omitzero"`
	Payee     protocol.AccountID `json:"payee,omitzero"`
	PayeeName string             `json:"payee_name,omitempty"`
	At        uint64             `json:"bill_issued_at,omitempty"`
}

// proof judges a proof of fraud under the charter of the bank whose purse it is.
func (j *court) proof(f *protocol.FraudProof) (complete bool, err error) {
	anchor, _ := j.accountOf(f)
	if anchor == (protocol.AccountID{}) {
		return false, lacks("neither the balance sheets of the purse nor its enrolment are here")
	}
	charter, ok := j.charters[anchor]
	if !ok {
		return false, lacksCharter(anchor)
	}
	complete, err = protocol.VerifyFraud(j.all, charter.Charter, f)
	if errors.Is(err, protocol.CodeMissingDocument) {
		err = lacks("one of the two entries, or what they are written on, is not here")
	}
	return complete, err
}

// accountOf finds whose purse it is: by its enrolment, else by its sheets.
func (j *court) accountOf(f *protocol.FraudProof) (anchor, account protocol.AccountID) {
	if e, ok := protocol.Find[*protocol.Enrolment](j.all, protocol.Hash(f.Purse)); ok {
		return e.Anchor, e.Account
	}
	for _, h := range []protocol.Hash{f.First, f.Second} {
		e, ok := protocol.Find[*protocol.Entry](j.all, h)
		if !ok {
			continue
		}
		if s, ok := protocol.Find[*protocol.Sheet](j.all, e.Sheet); ok && s.Purse == f.Purse {
			return s.Anchor, s.Account
		}
	}
	return anchor, account
}

// fraud puts a proof into what a person wants to know of it.
func (j *court) fraud(f *protocol.FraudProof) *fraud {
	out := &fraud{Purse: f.Purse, Entries: []*accused{}}
	out.Anchor, out.Account = j.accountOf(f)
	if c, ok := j.charters[out.Anchor]; ok {
		out.Bank = c.Name
	}
	if e, ok := protocol.Find[*protocol.Enrolment](j.all, protocol.Hash(f.Purse)); ok {
		for _, s := range e.AccountSignatures {
			out.Signers = append(out.Signers, protocol.AccountID(s.Key))
		}
	}
	complete, err := j.proof(f)
	out.Complete = complete && err == nil
	for _, h := range []protocol.Hash{f.First, f.Second} {
		if e, ok := protocol.Find[*protocol.Entry](j.all, h); ok {
			out.Entries = append(out.Entries, j.accused(h, e))
		}
	}
	if len(out.Entries) == 2 && err == nil {
		out.contradict()
	}
	return out
}

func (j *court) accused(h protocol.Hash, e *protocol.Entry) *accused {
	a := &accused{Entry: h, Number: e.Seq, Kind: "statement", Amount: e.Amount(), After: e.Spent, Before: e.Spent - e.Amount()}
	if e.Kind != protocol.SpendKind {
		return a
	}
	a.Kind, a.Bill = "payment", e.Spend.Bill
	if b, ok := protocol.Find[*protocol.Bill](j.all, a.Bill); ok {
		a.Payee, a.PayeeName, a.At = b.Payee, j.nameOf(b), b.IssuedAt
	}
	return a
}

// contradict puts the two in the order of their numbers and says how they contradict each other.
func (f *fraud) contradict() {
	a, b := f.Entries[0], f.Entries[1]
	switch {
	case a.Number == b.Number:
		f.How = sameNumber
		return
	case a.Number > b.Number:
		f.Entries[0], f.Entries[1] = b, a
		a, b = b, a
	}
	f.How, f.Missing = totals, a.After-b.Before
}

// nameOf is the name under which a bank knows the payee of a bill; empty when no genuine card is here.
func (j *court) nameOf(b *protocol.Bill) string {
	if c, ok := j.charters[b.Anchor]; ok && b.Payee == b.Anchor {
		return c.Name
	}
	for _, card := range protocol.All[*protocol.Card](j.all) {
		if card.Anchor == b.Anchor && card.Account == b.Payee && hasKey(card.Keys, b.PayeeKey) && j.issued(card) == nil {
			return card.Name
		}
	}
	return ""
}

func hasKey(keys []protocol.Key, k protocol.Key) bool {
	for _, x := range keys {
		if x == k {
			return true
		}
	}
	return false
}
