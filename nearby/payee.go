package nearby

import (
	"context"

	"kula/protocol"
)

// RunPayee is the payee's side of one meeting. It returns when the payment is received and
// acknowledged, when there is nothing (more) to pay, or with the reason why not.
func (s Session) RunPayee(ctx context.Context, conn Framed, payee Payee) (Outcome, error) {
	m := s.meet(conn)
	return m.finish(ctx, m.bePaid(ctx, payee))
}

func (m *meeting) bePaid(ctx context.Context, payee Payee) error {
	if err := m.greet(ctx, payee); err != nil {
		return err
	}
	if err := m.hear(ctx, payee); err != nil {
		return err
	}
	sheets, err := m.takeSheets(ctx, payee)
	if err != nil || sheets == nil {
		return err
	}
	request, err := payee.Request(ctx, sheets)
	if err != nil {
		return err
	}
	m.reached(Shown)
	if err := m.tell(ctx, payee); err != nil {
		return err
	}
	if request == nil {
		return m.send(ctx, Frame{Kind: KindBye})
	}
	if m.out.Bill, _, err = root[*protocol.Bill](request, "bill"); err != nil {
		return err
	}
	if err := m.sendBundle(ctx, KindBill, request); err != nil {
		return err
	}
	m.reached(Asked)
	return m.takePayment(ctx, payee)
}

func (m *meeting) greet(ctx context.Context, payee Payee) error {
	g, err := payee.Greeting(ctx)
	if err != nil {
		return err
	}
	cards := protocol.NewBundle(m.Network)
	for _, c := range g.Cards {
		cards.AddRoot(c)
	}
	body, err := appendHello(&g, m.prove(payee, protocol.RolePayee, g.Keys()), cards.Encode())
	if err != nil {
		return err
	}
	if err := m.send(ctx, Frame{KindHello, body}); err != nil {
		return err
	}
	m.reached(Greeted)
	return nil
}

// takeSheets takes in what the payer still owes from earlier meetings, until it shows its sheets.
// Nil means that it has nothing more to pay.
func (m *meeting) takeSheets(ctx context.Context, payee Payee) (*protocol.Bundle, error) {
	for held := 0; ; held++ {
		f, err := m.receive(ctx, m.Step, "sheets")
		if err != nil {
			return nil, err
		}
		switch f.Kind {
		case KindHeld:
			if held == maxHeld {
				return nil, fault(protocol.CodeTooMany, "held", nil)
			}
			if err := m.takeHeld(ctx, payee, f); err != nil {
				return nil, err
			}
		case KindSheets:
			return m.openSheets(f)
		case KindBye:
			return nil, nil
		default:
			return nil, fault(protocol.CodeOutOfTurn, "sheets", nil)
		}
	}
}

// takeHeld answers one earlier payment with its Ack, or with why it is refused: that concerns this
// payment alone. Only a connection that failed ends the session.
func (m *meeting) takeHeld(ctx context.Context, payee Payee, f Frame) error {
	entry, ack, err := m.accept(ctx, payee, f)
	if err != nil {
		return m.send(ctx, problem(err))
	}
	m.out.Earlier = append(m.out.Earlier, entry)
	return m.sendBundle(ctx, KindAck, ack)
}

func (m *meeting) openSheets(f Frame) (*protocol.Bundle, error) {
	proofs, body, err := readProofs(f.Body)
	if err != nil {
		return nil, err
	}
	sheets, err := m.open(body)
	if err != nil {
		return nil, err
	}
	all := protocol.All[*protocol.Sheet](sheets)
	if len(all) == 0 {
		return nil, fault(protocol.CodeMissingDocument, "sheets", nil)
	}
	for _, s := range all {
		if err := m.proven(proofs, protocol.RolePayer, signers(s)); err != nil {
			return nil, err
		}
	}
	return sheets, nil
}

func signers(s *protocol.Sheet) (keys []protocol.Key) {
	for _, x := range s.Quorum.Signers {
		keys = append(keys, x.Key)
	}
	return keys
}

// takePayment waits as long as a person may think, but only for a payer that has shown a genuine sheet.
func (m *meeting) takePayment(ctx context.Context, payee Payee) error {
	f, err := m.receive(ctx, m.Person+m.Step, "payment")
	if err != nil {
		return err
	}
	if f.Kind != KindPayment {
		return fault(protocol.CodeOutOfTurn, "payment", nil)
	}
	entry, ack, err := m.accept(ctx, payee, f)
	if err != nil {
		return err
	}
	m.out.Entry = entry
	m.reached(Received)
	return m.sendBundle(ctx, KindAck, ack)
}

func (m *meeting) accept(ctx context.Context, payee Payee, f Frame) (entry protocol.Hash, ack *protocol.Bundle, err error) {
	payment, err := m.open(f.Body)
	if err != nil {
		return entry, nil, err
	}
	entry, _, err = root[*protocol.Entry](payment, "payment")
	if err != nil {
		return entry, nil, err
	}
	ack, err = payee.Accept(ctx, payment)
	return entry, ack, err
}
