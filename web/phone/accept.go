package phone

import (
	"bytes"

	"kula/nearby/text"
	"kula/protocol"
	"kula/wallet"
)

// accept takes a payment. What it answers is in the journal.
func accept(a *ask) (any, error) {
	encoded := a.bytes()
	if a.err != nil {
		return nil, a.err
	}
	b, err := a.w.Decode(encoded, protocol.PaymentBounds)
	if err != nil {
		return nil, err
	}
	got, err := a.w.Accept(a.now, b)
	if err != nil {
		return nil, err
	}
	ack := got.Ack.Encode()
	out := Object{"entry": got.Entry.String(), "bill": got.Bill.String(), "amount": got.Amount.String(), "asset": "", "decimals": 0.0, "memo": "",
		"payer": accountText(got.Payer), "payerName": got.Name, "ack": ack, "ackText": text.Encode(ack), "digits": wallet.Digits(got.Entry),
		"picture": float64(wallet.Picture(got.Entry)), "depth": float64(got.Verdict.Depth), "deadline": unix(got.Verdict.Deadline),
		"guaranteed": got.Verdict.Guaranteed.String(), "again": got.Again, "giveBack": got.GiveBack, "refused": got.Refused}
	v := viewOf(a.w, a.now)
	for _, r := range a.w.History(a.now) {
		if r.Hash == got.Entry {
			out["asset"], out["decimals"], out["memo"] = r.Asset.CodeString(), v.decimals(r.Anchor, r.Asset), r.Memo
		}
	}
	return out, nil
}

// read tells what was scanned, opened or shared: text or a file's bytes, which may be text. Nothing is verified
// beyond its form: whoever takes it in does that.
func read(a *ask) (any, error) {
	encoded, err := unwrap(optional[[]byte](a.args, "bytes"), a.text("text"))
	if err == nil {
		err = a.err
	}
	if err != nil {
		return nil, err
	}
	b, err := a.w.Decode(encoded, protocol.MailBounds)
	if err != nil {
		return nil, err
	}
	kind, of := kindOf(b)
	mine := false
	if !of.IsZero() {
		_, mine = a.w.Lookup(of)
	}
	return Object{"kind": kind, "bytes": encoded, "of": hashText(of), "mine": mine}, nil
}

// unwrap finds the bundle in whichever form it comes.
func unwrap(file []byte, scanned string) ([]byte, error) {
	switch {
	case bytes.HasPrefix(file, []byte("KB")):
		return file, nil
	case len(file) > 2*protocol.MailBounds.Bytes || len(scanned) > 2*protocol.MailBounds.Bytes:
		return nil, protocol.CodeTooLarge
	case len(file) > 0:
		return text.Decode(string(file))
	}
	return text.Decode(scanned)
}

// kindOf tells what a bundle is by what it is about, and when it says nothing of that by what is in it.
func kindOf(b *protocol.Bundle) (kind string, of protocol.Hash) {
	for _, h := range b.Roots {
		d, _ := b.Get(h)
		switch d := d.(type) {
		case *protocol.Charter:
			return "charter", of
		case *protocol.Bill:
			return "bill", h
		case *protocol.Ack:
			return "ack", d.Entry
		case *protocol.FraudProof:
			return "evidence", of
		case *protocol.Entry:
			if d.Kind == protocol.SpendKind {
				return "payment", d.Spend.Bill
			}
		}
	}
	switch {
	case has[*protocol.Delivery](b) || has[*protocol.Receipt](b) || has[*protocol.Payout](b) || has[*protocol.Card](b):
		return "reply", of
	case has[*protocol.Notice](b) || has[*protocol.FraudProof](b) || has[*protocol.Entry](b) || has[*protocol.Charter](b):
		return "news", of
	case has[*protocol.Sheet](b):
		return "reply", of
	}
	return "unknown", of
}

func has[D protocol.Document](b *protocol.Bundle) bool { return len(protocol.All[D](b)) > 0 }
