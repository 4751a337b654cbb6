package phone

import (
	"slices"

	"kula/protocol"
	"kula/wallet"
)

// page is how many rows the history shows at once unless told.
const page = 50

// history lists rows, newest first, those before one that was shown.
func history(a *ask) (any, error) {
	limit, before := a.number("limit"), a.hash("before")
	if a.err != nil {
		return nil, a.err
	}
	if limit == 0 {
		limit = page
	}
	rows := a.w.History(a.now)
	if i := slices.IndexFunc(rows, func(r wallet.Row) bool { return r.Hash == before }); i >= 0 {
		rows = rows[:i]
	}
	first := max(0, int64(len(rows))-limit)
	v := viewOf(a.w, a.now)
	out := []Object{}
	for _, r := range slices.Backward(rows[first:]) {
		out = append(out, v.row(r))
	}
	return Object{"rows": out, "more": first > 0}, nil
}

// row is one of them with the documents that prove it.
func row(a *ask) (any, error) {
	h := a.entry("hash")
	if a.err != nil {
		return nil, a.err
	}
	rows := a.w.History(a.now)
	i := slices.IndexFunc(rows, func(r wallet.Row) bool { return r.Hash == h })
	if i < 0 {
		return nil, fail(string(wallet.CodeNotKnown), "hash", "this wallet does not know that payment")
	}
	b, err := a.w.Show(h)
	if err != nil {
		return nil, err
	}
	out := Object{"row": viewOf(a.w, a.now).row(rows[i]), "digits": "", "picture": 0.0, "reason": reason(b, h), "bytes": b.Encode(),
		"answer": a.answer(b, rows[i])}
	if rows[i].Act != wallet.ActRequested {
		out["digits"], out["picture"] = wallet.Digits(h), float64(wallet.Picture(h))
	}
	documents := []Object{}
	b.Each(func(h protocol.Hash, d protocol.Document) {
		documents = append(documents, Object{"type": d.Type().String(), "hash": h.String()})
	})
	out["documents"] = documents
	return out, nil
}

// answer is what we signed for who paid: "I have it". It is shown as often as somebody has not got it; empty: there is none.
func (a *ask) answer(b *protocol.Bundle, r wallet.Row) []byte {
	for _, ack := range protocol.All[*protocol.Ack](b) {
		if ack.Entry == r.Hash && r.Act == wallet.ActReceived {
			answer := protocol.NewBundle(a.w.Network())
			answer.AddRoot(ack)
			return answer.Encode()
		}
	}
	return []byte{}
}

var reasons = map[protocol.Reason]string{protocol.ReasonLate: "late", protocol.ReasonUncovered: "uncovered", protocol.ReasonIncompatible: "contradicted"}

// reason is why the bank refused an entry; empty: it did not, or has not spoken.
func reason(b *protocol.Bundle, entry protocol.Hash) string {
	for _, r := range protocol.All[*protocol.Receipt](b) {
		if r.Entry == entry {
			return reasons[r.Reason]
		}
	}
	return ""
}

// people are those whom this person paid or was paid by, the last first.
func people(a *ask) (any, error) {
	type person struct {
		account protocol.AccountID
		name    string
		last    uint64
		times   int
		paid    bool
	}
	var list []*person
	for _, r := range a.w.History(a.now) {
		if r.Act == wallet.ActRequested || r.Act == wallet.ActUnloaded || r.Other == (protocol.AccountID{}) {
			continue
		}
		i := slices.IndexFunc(list, func(p *person) bool { return p.account == r.Other })
		if i < 0 {
			i = len(list)
			list = append(list, &person{account: r.Other})
		}
		p := list[i]
		p.last, p.times, p.paid = r.At, p.times+1, p.paid || r.Act != wallet.ActReceived
		if r.OtherName != "" {
			p.name = r.OtherName
		}
	}
	slices.SortStableFunc(list, func(x, y *person) int { return int(int64(y.last) - int64(x.last)) }) //nolint:gosec // dates
	out := []Object{}
	for _, p := range list {
		out = append(out, Object{"account": p.account.String(), "name": p.name, "last": unix(p.last), "times": float64(p.times), "paid": p.paid})
	}
	return out, nil
}

// evidence is the file for a court: every proof held, with what it rests on.
func evidence(a *ask) (any, error) {
	all := protocol.NewBundle(a.w.Network())
	cases := []Object{}
	for _, k := range a.w.Cases() {
		b, err := a.w.Case(k.Proof)
		if err != nil {
			return nil, err
		}
		all.AddAll(b)
		all.Roots = append(all.Roots, b.Roots...)
		cases = append(cases, Object{"purse": k.Purse.String(), "account": accountText(k.Account), "anchor": k.Anchor.String(), "proof": k.Proof.String(),
			"at": unix(k.At), "own": k.Own, "atBank": k.AtBank, "received": hashTexts(k.Received)})
	}
	return Object{"bytes": all.Encode(), "cases": cases, "count": float64(len(cases))}, nil
}

// news is what this wallet tells another.
func news(a *ask) (any, error) {
	most := a.number("most")
	if a.err != nil {
		return nil, a.err
	}
	if most == 0 {
		most = wallet.DefaultNews
	}
	b, err := a.w.News(a.now, int(min(most, int64(wallet.NewsBounds.Bytes))))
	if err != nil {
		return nil, err
	}
	return Object{"bytes": b.Encode()}, nil
}
