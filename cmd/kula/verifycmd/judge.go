package verifycmd

import (
	"errors"

	"kula/cmd/kula/say"
	"kula/protocol"
)

// lacking says what it takes to judge a document and is not here.
type lacking struct {
	code protocol.Code
	what string
	next string
}

func (l *lacking) Error() string { return l.what }

func lacksCharter(anchor protocol.AccountID) error {
	return &lacking{protocol.CodeUnknownAnchor, "the charter of its bank " + anchor.String() + " is not here, or not one that you trust",
		"get it from the bank (its address followed by /v1/charter), then add --charter FILE"}
}

func lacks(what string) error {
	return &lacking{protocol.CodeMissingDocument, what, "ask for the whole of it, or add what is missing: --with FILE"}
}

// find judges one document, once.
func (j *court) find(h protocol.Hash, d protocol.Document) *finding {
	if f, ok := j.found[h]; ok {
		return f
	}
	f := j.finding(h, d, j.judge(h, d))
	j.found[h] = f
	return f
}

func (j *court) finding(h protocol.Hash, d protocol.Document, err error) *finding {
	f := &finding{Type: d.Type().String(), Hash: h, Verdict: good}
	var l *lacking
	switch {
	case err == nil:
	case errors.As(err, &l):
		f.Verdict, f.Code, f.Reason, f.next = cannotTell, l.code, l.what, l.next
	default:
		f.Verdict, f.Code, f.Reason = notGood, protocol.CodeOf(err), plain(err)
	}
	return f
}

// judge looks whether a document is the word of whoever it says.
func (j *court) judge(h protocol.Hash, d protocol.Document) error {
	switch d := d.(type) {
	case *protocol.Charter:
		return protocol.VerifyCharter(j.network, d)
	case *protocol.Enrolment:
		claims, err := d.DeviceClaims(h)
		for _, s := range d.AccountSignatures {
			claims = append(claims, protocol.Claim{Key: s.Key, Hash: h, Signature: s.Signature})
		}
		return genuine(claims, err)
	case *protocol.Memo:
		return j.memo(d)
	case *protocol.Bill:
		return genuine([]protocol.Claim{{Key: d.PayeeKey, Hash: h, Signature: d.Signature}}, nil)
	case *protocol.Entry:
		return j.entry(h, d)
	case *protocol.Ack:
		return j.ack(h, d)
	case *protocol.FraudProof:
		_, err := j.proof(d)
		return err
	case protocol.Issued:
		return j.issued(d)
	}
	return lacks("this kind of document is not known here")
}

func genuine(claims []protocol.Claim, err error) error {
	if err == nil && len(protocol.VerifyAll(claims)) > 0 {
		err = protocol.CodeBadSignature
	}
	return err
}

// issued holds what a bank signed against its charter.
func (j *court) issued(d protocol.Issued) error {
	anchor := anchorOf(d)
	charter, ok := j.charters[anchor]
	if !ok {
		return lacksCharter(anchor)
	}
	return charter.VerifyIssued(j.network, d)
}

func anchorOf(d protocol.Document) protocol.AccountID {
	switch d := d.(type) {
	case *protocol.Card:
		return d.Anchor
	case *protocol.Sheet:
		return d.Anchor
	case *protocol.Delivery:
		return d.Anchor
	case *protocol.Receipt:
		return d.Anchor
	case *protocol.Payout:
		return d.Anchor
	case *protocol.Notice:
		return d.Anchor
	}
	return protocol.AccountID{}
}

// memo belongs to a bill that commits to it; nobody signs it.
func (j *court) memo(m *protocol.Memo) error {
	for _, b := range protocol.All[*protocol.Bill](j.all) {
		if b.Memo == m.Commitment() {
			return nil
		}
	}
	return lacks("the bill that this memo belongs to is not here")
}

// entry holds a spend or a statement against the signers that its sheet names, or, before the first sheet,
// the purse's enrolment.
func (j *court) entry(h protocol.Hash, e *protocol.Entry) error {
	if enrolment, ok := protocol.Find[*protocol.Enrolment](j.all, e.Sheet); ok {
		return genuine(e.Claims(h, &enrolment.Quorum))
	}
	sheet, ok := protocol.Find[*protocol.Sheet](j.all, e.Sheet)
	if !ok {
		return lacks("the balance sheet that it is written on is not here")
	}
	if err := j.issued(sheet); err != nil {
		return err
	}
	return genuine(e.Claims(h, &sheet.Quorum))
}

// ack holds an acknowledgement against the key that the bill of its entry was to be paid to.
func (j *court) ack(h protocol.Hash, a *protocol.Ack) error {
	e, ok := protocol.Find[*protocol.Entry](j.all, a.Entry)
	if !ok {
		return lacks("the payment that it acknowledges is not here")
	}
	bill, ok := protocol.Find[*protocol.Bill](j.all, e.Spend.Bill)
	if !ok {
		return lacks("the bill of the payment that it acknowledges is not here")
	}
	return genuine([]protocol.Claim{{Key: bill.PayeeKey, Hash: h, Signature: a.Signature}}, nil)
}

// subject is what is found of a document that the file is about, with what it says.
func (j *court) subject(h protocol.Hash, d protocol.Document) *subject {
	switch d := d.(type) {
	case *protocol.FraudProof:
		return &subject{finding: j.find(h, d), Fraud: j.fraud(d)}
	case *protocol.Entry:
		_, whole := protocol.Find[*protocol.Bill](j.all, d.Spend.Bill)
		if d.Kind == protocol.SpendKind && (whole || len(j.file.Roots) > 0) { // news tells of entries without their bills
			return j.payment(h, d)
		}
	}
	return &subject{finding: j.find(h, d), Body: say.Document(d)}
}
