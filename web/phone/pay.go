package phone

import (
	"kula/money"
	"kula/nearby/text"
	"kula/protocol"
	"kula/wallet"
)

// request issues a bill.
func request(a *ask) (any, error) {
	params := wallet.RequestParams{Purse: a.purse("purse"), Amount: a.amount("amount"), Memo: a.text("memo"),
		Standing: a.yes("standing"), OverHolding: a.yes("overHolding")}
	if a.err != nil {
		return nil, a.err
	}
	b, err := a.w.Request(a.now, params)
	if err != nil {
		return nil, err
	}
	bill, _ := protocol.Find[*protocol.Bill](b, b.Roots[0])
	encoded := b.Encode()
	purse := protocol.PurseID{}
	for _, p := range a.w.Purses() {
		if p.Key() == bill.PayeeKey {
			purse = p.ID
		}
	}
	return Object{"bill": b.Roots[0].String(), "purse": purseText(purse), "amount": bill.Amount.String(), "memo": params.Memo,
		"expires": unix(bill.ExpiresAt), "bytes": encoded, "text": text.Encode(encoded)}, nil
}

// toPay reads the arguments of quote and pay.
func (a *ask) toPay() (*protocol.Bundle, wallet.PayParams, error) {
	params := wallet.PayParams{Purse: a.purse("purse"), Amount: a.amount("amount"), GivesBack: a.hash("givesBack")}
	encoded := a.bytes()
	if a.err != nil {
		return nil, params, a.err
	}
	b, err := a.w.Decode(encoded, protocol.PaymentBounds)
	return b, params, err
}

// quote says what paying would be. A bill that leaves the amount open is quoted without one, too: to ask for it.
func quote(a *ask) (any, error) {
	b, params, err := a.toPay()
	if err != nil {
		return nil, err
	}
	o, err := a.w.VerifyRequest(a.now, b)
	if err != nil {
		return nil, err
	}
	v := viewOf(a.w, a.now)
	out := Object{"payee": o.Name, "payeeAccount": o.Bill.Payee.String(), "anchor": o.Bill.Anchor.String(), "bankName": v.bankName(o.Bill.Anchor),
		"purse": purseText(params.Purse), "amount": "0", "open": o.Bill.Amount == 0, "standing": o.Bill.Standing, "asset": o.Bill.Asset.CodeString(),
		"decimals": float64(o.Decimals), "memo": "", "unload": o.Unload, "most": a.most(o.Bill, params.Purse).String(), "depth": 0.0, "deadline": 0.0,
		"guaranteed": "0", "bytes": 0.0, "paidBy": hashText(o.PaidBy), "oddDate": o.OddDate}
	if o.Memo != nil {
		out["memo"] = o.Memo.Text
	}
	if o.Bill.Amount == 0 && params.Amount == 0 && o.PaidBy.IsZero() {
		return out, nil
	}
	q, err := a.w.Quote(a.now, b, params)
	if err != nil {
		return nil, err
	}
	out["purse"], out["amount"], out["depth"], out["deadline"] = q.Purse.String(), q.Amount.String(), float64(q.Depth), unix(q.Deadline)
	out["guaranteed"], out["bytes"] = q.Guaranteed.String(), float64(q.Bytes)
	return out, nil
}

// most is no less than what can be paid on a bill now; a Quote says whether an amount can.
func (a *ask) most(bill *protocol.Bill, purse protocol.PurseID) (most money.Amount) {
	for _, b := range a.w.Balances(a.now) {
		if b.Anchor == bill.Anchor && b.Asset == bill.Asset && (purse == protocol.PurseID{} || purse == b.Purse) {
			most = max(most, min(b.Spendable, b.PerBill))
		}
	}
	return most
}

// pay countersigns a bill. What it answers is in the journal.
func pay(a *ask) (any, error) {
	b, params, err := a.toPay()
	if err != nil {
		return nil, err
	}
	signed, err := a.w.Pay(a.now, b, params)
	if err != nil {
		return nil, err
	}
	return a.paid(signed)
}

func again(a *ask) (any, error) {
	entry := a.entry("entry")
	if a.err != nil {
		return nil, a.err
	}
	signed, err := a.w.Redeliver(entry)
	if err != nil {
		return nil, err
	}
	return a.paid(signed)
}

func (a *ask) paid(s *wallet.Signed) (any, error) {
	entry, ok1 := protocol.Find[*protocol.Entry](s.Bundle, s.Entry)
	if !ok1 {
		return nil, fail(CodeUnexpected, "payment", "a payment without its entry")
	}
	bill, ok2 := protocol.Find[*protocol.Bill](s.Bundle, entry.Spend.Bill)
	if !ok2 {
		return nil, fail(CodeUnexpected, "payment", "a payment without its bill")
	}
	encoded := s.Encode()
	out := Object{"entry": s.Entry.String(), "amount": entry.Spend.Amount.String(), "asset": bill.Asset.CodeString(),
		"decimals": viewOf(a.w, a.now).decimals(bill.Anchor, bill.Asset), "bytes": encoded, "text": "",
		"digits": wallet.Digits(s.Entry), "picture": float64(wallet.Picture(s.Entry)), "again": s.Again, "complete": s.Complete}
	if len(encoded) <= text.MaxQR {
		out["text"] = text.Encode(encoded)
	}
	return out, nil
}

func handed(a *ask) (any, error) {
	entry := a.entry("entry")
	if a.err != nil {
		return nil, a.err
	}
	return a.home(a.w.HandedOver(a.now, entry))
}

func theyHaveIt(a *ask) (any, error) {
	entry, picture := a.entry("entry"), a.number("picture")
	if a.err != nil {
		return nil, a.err
	}
	return a.home(a.w.SawPicture(a.now, entry, int(picture)))
}

// acknowledged takes in a payee's Ack.
func acknowledged(a *ask) (any, error) {
	encoded := a.bytes()
	if a.err != nil {
		return nil, a.err
	}
	b, err := a.w.Decode(encoded, protocol.PaymentBounds)
	if err != nil {
		return nil, err
	}
	return a.home(a.w.Acknowledged(a.now, b))
}

// setClock keeps what the person says the date is.
func setClock(a *ask) (any, error) {
	today := a.number("today")
	if a.err != nil {
		return nil, a.err
	}
	return a.home(a.w.SetClock(a.now, uint64(today))) //nolint:gosec // not negative
}
