package wallet

import (
	"kula/money"
	"kula/protocol"
)

// Acceptance is what a payee shows when a payment was accepted.
type Acceptance struct {
	Entry    protocol.Hash
	Bill     protocol.Hash
	Amount   money.Amount
	Payer    protocol.AccountID // zero: not known
	Name     string             // the payer's, as known to the bank; empty: not known
	Ack      *protocol.Bundle   // the Ack (its root), for the payer
	Verdict  protocol.Verdict
	Again    bool // this very payment was accepted before: the Ack is the same
	GiveBack bool // the bill was paid already: this is money, and is to be refunded
	Refused  bool // it was accepted before, and the bank has refused it since
}

// Accept judges a payment by the rules of docs/protocol.md, "What a payee checks", writes it durably, and
// acknowledges it. The same payment again gets the same Ack.
func (w *Wallet) Accept(now uint64, payment *protocol.Bundle) (*Acceptance, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.here(payment); err != nil {
		return nil, err
	}
	entry := w.entryOf(payment)
	if held, ok := w.state.income(entry); ok {
		return w.acceptAgain(now, held)
	}
	t, err := w.state.Time(now)
	if err != nil {
		return nil, err
	}
	p, err := payment.PaymentOf(entry, w.state.lookup)
	if err != nil {
		return nil, err
	}
	issued, err := w.mine(p)
	if err != nil {
		return nil, err
	}
	v := w.state.verifier(t, w.cfg.Margin)
	verdict, err := v.Verify(payment, p)
	if err != nil {
		return nil, w.refused(now, payment, err)
	}
	beside := w.behind(payment, verdict, p)
	addCard(beside, v.PayerCard(payment, p.Sheet))
	if err := w.keepAccepted(now, beside, verdict.Depth, p.Entry, issued); err != nil {
		return nil, err
	}
	return w.acceptance(w.state.incomes[entry], *verdict, false), nil
}

// acceptAgain answers for a payment that is here already. One that somebody else redeemed, and the bank has
// told us of, was never acknowledged: the bank's word stands for all the checks, and the payer gets its Ack.
func (w *Wallet) acceptAgain(now uint64, held *Income) (*Acceptance, error) {
	again := held.Ack != nil
	if !again {
		if held.Phase == NotHonoured {
			return nil, refuse(CodeNotHonoured, "payment")
		}
		issued, _ := w.state.bill(held.Entry.Spend.Bill)
		if err := w.keepAccepted(now, nil, 0, held.Entry, issued); err != nil {
			return nil, err
		}
	}
	return w.acceptance(held, protocol.Verdict{Deadline: held.Entry.Spend.Deadline, Depth: held.Depth}, again), nil
}

// entryOf is the entry that a payment's bundle is about.
func (w *Wallet) entryOf(b *protocol.Bundle) protocol.Hash {
	for _, h := range b.Roots {
		if _, ok := protocol.Find[*protocol.Entry](b, h); ok {
			return h
		}
	}
	if all := protocol.All[*protocol.Entry](b); len(all) == 1 {
		return w.cfg.Network.Hash(all[0])
	}
	return protocol.Hash{}
}

// mine finds the bill among those that this wallet issued.
func (w *Wallet) mine(p *protocol.Payment) (*Issued, error) {
	issued, ok := w.state.bill(p.BillHash)
	if !ok {
		return nil, refuse(protocol.CodeWrongPayee, "bill")
	}
	if _, err := w.state.usable(issued.Purse); err != nil {
		return nil, err
	}
	p.Bill = issued.Bill // what arrived may carry other signatures; ours is the one that was signed here
	return issued, nil
}

// behind lists what is to be kept of a payment beside its entry: its sheet and what it stands on. Of a
// payment that a receipt vouches for nobody has looked at the signatures: what is held of it stays.
func (w *Wallet) behind(payment *protocol.Bundle, verdict *protocol.Verdict, p *protocol.Payment) *protocol.Bundle {
	list := protocol.NewBundle(w.cfg.Network)
	list.Put(p.SheetHash, p.Sheet)
	judged := map[protocol.Hash]bool{}
	answered := map[protocol.Hash]bool{}
	for _, h := range verdict.Behind {
		if r, ok := protocol.Find[*protocol.Receipt](payment, h); ok {
			answered[r.Entry] = true
		}
	}
	for _, h := range verdict.Behind {
		if e, ok := protocol.Find[*protocol.Entry](payment, h); ok && !answered[h] {
			judged[h], judged[e.Spend.Bill] = true, true
		}
	}
	for _, h := range verdict.Behind {
		d, _ := payment.Get(h)
		if held, ok := w.state.lookup(h); ok && !judged[h] {
			d = held
		}
		list.Put(h, d)
	}
	return list
}

// keepAccepted signs the Ack and writes all down; beside is nil for a payment that others redeemed.
func (w *Wallet) keepAccepted(now uint64, beside *protocol.Bundle, depth int, e *protocol.Entry, issued *Issued) error {
	ack := &protocol.Ack{Entry: w.cfg.Network.Hash(e)}
	var err error
	if ack.Signature, err = w.cfg.Keys.Sign(issued.Bill.PayeeKey, w.cfg.Network.Hash(ack)); err != nil {
		return err
	}
	docs := w.bundle(e, issued.Bill, ack)
	if beside != nil {
		docs.AddAll(beside)
	}
	return w.record(&Event{Kind: Accepted, At: now, Purse: issued.Purse, Number: int64(depth), Docs: docs})
}

func (w *Wallet) acceptance(in *Income, verdict protocol.Verdict, again bool) *Acceptance {
	payer, name := w.state.payer(in)
	return &Acceptance{
		Payer: payer, Name: name, Entry: in.Hash, Bill: in.Entry.Spend.Bill, Amount: in.Entry.Spend.Amount,
		Ack: w.bundle(in.Ack), Verdict: verdict, Again: again, GiveBack: in.GiveBack, Refused: in.Phase == NotHonoured,
	}
}

// CheckSheets judges the sheets that a payer shows before a bill is made, and returns those that this
// wallet would take money under. It fails with the last one's reason when there are none.
func (w *Wallet) CheckSheets(now uint64, shown *protocol.Bundle) (good []*protocol.Sheet, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t, err := w.state.Time(now)
	if err != nil {
		return nil, err
	}
	reason := refuse(CodeNoSheet, "payer")
	for _, s := range protocol.All[*protocol.Sheet](shown) {
		if err := w.state.verifier(t, 0).VerifySheet(s); err != nil {
			reason = err
			continue
		}
		good = append(good, s)
	}
	if len(good) == 0 {
		return nil, reason
	}
	return good, nil
}

// Digits are the four digits that payee and payer compare: "they have it".
func Digits(entry protocol.Hash) string {
	n := (uint32(entry[0])<<16 | uint32(entry[1])<<8 | uint32(entry[2])) % 10_000
	return string([]byte{'0' + byte(n/1000), '0' + byte(n/100%10), '0' + byte(n/10%10), '0' + byte(n%10)})
}

// Pictures is how many pictures there are.
const Pictures = 64

// Picture is the picture of a payment, from 0 to Pictures-1: beside the digits, for those who compare pictures more
// easily. The digits do not follow from it, nor it from them.
func Picture(entry protocol.Hash) int { return int(entry[3] % Pictures) }
