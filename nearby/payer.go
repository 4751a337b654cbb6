package nearby

import (
	"context"
	"errors"

	"kula/protocol"
)

// RunPayer is the payer's side of one meeting. Its outcome is Received when it holds the payee's Ack.
// When the outcome is Written the entry stands, whatever the error: it is handed over at the next meeting.
func (s Session) RunPayer(ctx context.Context, conn Framed, payer Payer) (Outcome, error) {
	m := s.meet(conn)
	return m.finish(ctx, m.pay(ctx, payer))
}

func (m *meeting) pay(ctx context.Context, payer Payer) error {
	greeting, proofs, err := m.beGreeted(ctx)
	if err != nil {
		return err
	}
	if err := m.tell(ctx, payer); err != nil {
		return err
	}
	if err := m.handOver(ctx, payer, greeting.Keys()); err != nil {
		return err
	}
	sheets, err := payer.Sheets(ctx, greeting)
	if err != nil {
		return err
	}
	if sheets == nil {
		return m.send(ctx, Frame{Kind: KindBye})
	}
	if err := m.show(ctx, payer, sheets); err != nil {
		return err
	}
	if err := m.hear(ctx, payer); err != nil {
		return err
	}
	request, err := m.beAsked(ctx, proofs)
	if err != nil || request == nil {
		return err
	}
	return m.payBill(ctx, payer, request)
}

func (m *meeting) beGreeted(ctx context.Context) (Greeting, []proof, error) {
	f, err := m.receive(ctx, m.Step, "hello")
	if err != nil {
		return Greeting{}, nil, err
	}
	if f.Kind != KindHello {
		return Greeting{}, nil, fault(protocol.CodeOutOfTurn, "hello", nil)
	}
	g, proofs, body, err := readHello(f.Body)
	if err != nil {
		return g, nil, err
	}
	cards, err := m.open(body)
	if err != nil {
		return g, nil, err
	}
	g.Cards = protocol.All[*protocol.Card](cards)
	if len(g.Cards) == 0 || len(g.Cards) > maxProofs {
		return g, nil, fault(protocol.CodeMissingDocument, "hello", nil)
	}
	for _, c := range g.Cards {
		if err := m.proven(proofs, protocol.RolePayee, c.Keys); err != nil {
			return g, nil, err
		}
	}
	m.reached(Greeted)
	return g, proofs, nil
}

// handOver offers what was written at earlier meetings and never acknowledged, before anything new.
func (m *meeting) handOver(ctx context.Context, payer Payer, payee []protocol.Key) error {
	held, err := payer.Undelivered(ctx, payee)
	if err != nil {
		return err
	}
	for _, payment := range held[:min(len(held), maxHeld)] {
		if err := m.handOverOne(ctx, payer, payment); err != nil {
			return err
		}
	}
	return nil
}

func (m *meeting) handOverOne(ctx context.Context, payer Payer, payment *protocol.Bundle) error {
	entry, _, err := root[*protocol.Entry](payment, "held")
	if err != nil {
		return err
	}
	if err := m.sendBundle(ctx, KindHeld, payment); err != nil {
		return err
	}
	err = m.beAcknowledged(ctx, payer, entry)
	if refused(err) {
		return nil // this one stays undelivered, as it was; the bank can still be shown it
	}
	if err == nil {
		m.out.Earlier = append(m.out.Earlier, entry)
	}
	return err
}

// refused reports whether the other side said no, as opposed to having gone.
func refused(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Remote
}

func (m *meeting) show(ctx context.Context, payer Payer, sheets *protocol.Bundle) error {
	var keys []protocol.Key
	for _, s := range protocol.All[*protocol.Sheet](sheets) {
		keys = append(keys, signers(s)...)
	}
	body := appendProofs(nil, m.prove(payer, protocol.RolePayer, keys))
	if err := m.send(ctx, Frame{KindSheets, append(body, sheets.Encode()...)}); err != nil {
		return err
	}
	m.reached(Shown)
	return nil
}

// beAsked returns the payee's request; nil when it asks for nothing.
func (m *meeting) beAsked(ctx context.Context, proofs []proof) (*protocol.Bundle, error) {
	f, err := m.receive(ctx, m.Step, "bill")
	if err != nil {
		return nil, err
	}
	switch f.Kind {
	case KindBill:
	case KindBye:
		return nil, nil
	default:
		return nil, fault(protocol.CodeOutOfTurn, "bill", nil)
	}
	request, err := m.open(f.Body)
	if err != nil {
		return nil, err
	}
	h, bill, err := root[*protocol.Bill](request, "bill")
	if err != nil {
		return nil, err
	}
	if err := m.proven(proofs, protocol.RolePayee, []protocol.Key{bill.PayeeKey}); err != nil {
		return nil, err
	}
	m.out.Bill = h
	m.reached(Asked)
	return request, nil
}

func (m *meeting) payBill(ctx context.Context, payer Payer, request *protocol.Bundle) error {
	thinking, cancel := context.WithTimeout(ctx, m.Person)
	defer cancel()
	payment, err := payer.Pay(thinking, request)
	if errors.Is(err, context.DeadlineExceeded) {
		return fault(protocol.CodeDeclined, "payment", err) // silence is no consent
	}
	if err != nil {
		return err
	}
	m.reached(Written)
	if m.out.Entry, _, err = root[*protocol.Entry](payment, "payment"); err != nil {
		return err
	}
	if err := m.sendBundle(ctx, KindPayment, payment); err != nil {
		return err
	}
	if err := m.beAcknowledged(ctx, payer, m.out.Entry); err != nil {
		return err
	}
	m.reached(Received)
	return nil
}

func (m *meeting) beAcknowledged(ctx context.Context, payer Payer, entry protocol.Hash) error {
	f, err := m.receive(ctx, m.Step, "ack")
	if err != nil {
		return err
	}
	if f.Kind != KindAck {
		return fault(protocol.CodeOutOfTurn, "ack", nil)
	}
	b, err := m.open(f.Body)
	if err != nil {
		return err
	}
	_, ack, err := root[*protocol.Ack](b, "ack")
	if err != nil {
		return err
	}
	if ack.Entry != entry {
		return fault(protocol.CodeWrongReference, "ack", nil)
	}
	return payer.Acknowledged(ctx, b)
}
