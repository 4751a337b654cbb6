package verifycmd

import (
	"errors"

	"kula/cmd/kula/say"
	"kula/money"
	"kula/protocol"
)

// payment is what a payment says, and what became of it as far as the file tells.
type payment struct {
	Entry       protocol.Hash      `json:"entry"`
	Bill        protocol.Hash      `json:"bill"`
	Payer       protocol.AccountID `json:"payer,omitzero"`
	Purse       protocol.PurseID   `json:"purse,omitzero"`
	Payee       protocol.AccountID `json:"payee,omitzero"`
	PayeeName   string             `json:"payee_name,omitempty"`
	Amount      money.Amount       `json:"amount"`
	Asset       string             `json:"asset,omitempty"`
	Memo        string             `json:"memo,omitempty"`
	IssuedAt    uint64             `json:"bill_issued_at,omitempty"`
	Deadline    uint64             `json:"deadline"` // bring it to the bank before
	Hops        int                `json:"payments_since_the_bank"`
	Guaranteed  money.Amount       `json:"guaranteed"`
	State       string             `json:"state"`
	Covered     money.Amount       `json:"covered"` // of a dishonoured one: what the bank paid all the same
	Reason      string             `json:"dishonoured_because,omitempty"`
	Acked       bool               `json:"acknowledged"` // the payee signed that it has it
	PresentedAt uint64             `json:"presented_at,omitempty"`
	Transaction protocol.Hash      `json:"transaction,omitzero"`

	code string // of the asset
}

// States of a payment.
const (
	unpresented = "not_presented" // nothing here says that the bank has it
	presented   = "presented"
	honoured    = "honoured"
	dishonoured = "dishonoured"
)

// payment judges a payment: by the bank's final word when it is here, else as a payee would, at the last
// moment at which it could have been accepted. Whether the payee knew better is not in any file.
func (j *court) payment(h protocol.Hash, e *protocol.Entry) *subject {
	out := &payment{Entry: h, Bill: e.Spend.Bill, Amount: e.Spend.Amount, Deadline: e.Spend.Deadline, State: unpresented}
	s := &subject{Payment: out}
	p, err := j.all.PaymentOf(h, protocol.NoContext)
	if err != nil {
		s.finding = j.finding(h, e, lacks("the bill or the balance sheet of this payment is not here"))
		return s
	}
	out.describe(j, p)
	final := j.answers(out)
	err = j.holds(p, out, final)
	if err == nil {
		err = firstFault(j.find(p.BillHash, p.Bill), j.find(p.EntryHash, p.Entry))
	}
	s.finding = j.finding(h, e, err)
	return s
}

func (p *payment) describe(j *court, from *protocol.Payment) {
	p.Payer, p.Purse, p.Payee = from.Sheet.Account, from.Sheet.Purse, from.Bill.Payee
	p.PayeeName, p.Asset, p.code, p.IssuedAt = j.nameOf(from.Bill), say.Asset(from.Bill.Asset), from.Bill.Asset.CodeString(), from.Bill.IssuedAt
	for _, m := range protocol.All[*protocol.Memo](j.all) {
		if m.Commitment() == from.Bill.Memo {
			p.Memo = m.Text
		}
	}
}

// answers reads what payee and bank have signed about a payment, and reports whether the bank's word is final.
func (j *court) answers(p *payment) (final bool) {
	for _, a := range protocol.All[*protocol.Ack](j.all) {
		p.Acked = p.Acked || a.Entry == p.Entry && j.ack(j.network.Hash(a), a) == nil
	}
	for _, d := range protocol.All[*protocol.Delivery](j.all) {
		for _, h := range d.Documents {
			if h == p.Entry && j.issued(d) == nil && (p.PresentedAt == 0 || d.At < p.PresentedAt) {
				p.PresentedAt, p.State = d.At, presented
			}
		}
	}
	for _, r := range protocol.All[*protocol.Receipt](j.all) {
		if r.Entry != p.Entry || r.Bill != p.Bill || j.issued(r) != nil {
			continue
		}
		final, p.State = true, honoured
		if r.Outcome == protocol.Dishonoured {
			p.State, p.Covered, p.Reason = dishonoured, r.Covered, say.Reason(r.Reason)
		}
		j.paidOut(p, j.network.Hash(r))
	}
	return final
}

func (j *court) paidOut(p *payment, receipt protocol.Hash) {
	for _, out := range protocol.All[*protocol.Payout](j.all) {
		for _, h := range out.Receipts {
			if h == receipt && j.issued(out) == nil {
				p.Transaction = out.Transaction
			}
		}
	}
}

// holds is the verdict. A receipt needs no backing beside it: the bank has looked.
func (j *court) holds(p *protocol.Payment, out *payment, final bool) error {
	notice := j.notices[p.Sheet.Anchor]
	out.Deadline = notice.Moment(p.Entry.Spend.Deadline)
	if final {
		return p.CheckRules()
	}
	v := &protocol.Verifier{
		Network: j.network, Now: min(j.now, out.Deadline, notice.Moment(p.Sheet.ExpiresAt)),
		Charter: func(id protocol.AccountID) (*protocol.Charter, bool) {
			c, ok := j.charters[id]
			return c.Charter, ok
		},
		Notice:    func(id protocol.AccountID) *protocol.Notice { return j.notices[id] },
		Entries:   func(*protocol.Sheet) []*protocol.Entry { return nil },
		Condemned: j.condemned,
	}
	verdict, err := v.Verify(j.all, p)
	switch {
	case errors.Is(err, protocol.CodeUnknownAnchor):
		return lacksCharter(p.Sheet.Anchor)
	case err != nil:
		return err
	}
	out.Hops, out.Guaranteed = verdict.Depth, verdict.Guaranteed
	if out.Deadline < j.now && (out.PresentedAt == 0 || out.PresentedAt > out.Deadline) {
		return errLate
	}
	return nil
}

// convict is a purse at its bank: what another bank writes of it says nothing.
type convict struct {
	anchor protocol.AccountID
	purse  protocol.PurseID
}

// condemned reports whether a proof against a sheet's purse is at hand, in a file or in the wallet.
func (j *court) condemned(s *protocol.Sheet) bool {
	if j.convicts[convict{s.Anchor, s.Purse}] {
		return true
	}
	for _, f := range protocol.All[*protocol.FraudProof](j.all) {
		if anchor, _ := j.accountOf(f); anchor == s.Anchor && f.Purse == s.Purse && j.find(j.network.Hash(f), f).Verdict == good {
			return true
		}
	}
	return false
}

// errLate is of a genuine payment that nobody can turn into money any more.
var errLate = &protocol.Error{Code: protocol.CodeExpired, Where: "payment"}

func firstFault(all ...*finding) error {
	for _, f := range all {
		if f.Verdict == notGood {
			return f.Code
		}
	}
	return nil
}
