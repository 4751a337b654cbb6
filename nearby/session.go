package nearby

import (
	"context"
	"time"

	"kula/protocol"
)

// Prover signs for the device keys of one wallet that they are at this end of a channel. It reports
// false for a key that is not the wallet's own. The signature is over Network.MeetingHash(role, binding).
type Prover interface {
	Prove(key protocol.Key, role protocol.Role, binding protocol.Hash) (protocol.Signature, bool)
}

// Gossip is what a wallet tells other wallets of third ones, and hears: see package wallet, News and Hear.
// It is a courtesy: no news, and none that is false, ever keeps a payment from being made.
type Gossip interface {
	// News is at most MaxNews bytes, encoded as a bundle.
	News(ctx context.Context) []byte
	// Hear takes what the other side tells. It believes nothing that does not prove itself.
	Hear(ctx context.Context, news []byte)
}

// Payee is the wallet that is paid, as the session needs it. What its methods refuse with a
// protocol.Code is told to the other side; other errors are not.
type Payee interface {
	Prover
	Gossip
	// Greeting opens the session.
	Greeting(ctx context.Context) (Greeting, error)
	// Request verifies the payer's sheets and answers with what the payer shall sign: the Bill as
	// the root, its Memo and Card. Nil when nothing is asked for (any more).
	Request(ctx context.Context, sheets *protocol.Bundle) (*protocol.Bundle, error)
	// Accept verifies a payment, writes it durably, and then answers with the Ack as the root. It is
	// idempotent by entry: the same payment shown again gets the same Ack.
	Accept(ctx context.Context, payment *protocol.Bundle) (*protocol.Bundle, error)
}

// Payer is the wallet that pays.
type Payer interface {
	Prover
	Gossip
	// Undelivered lists payments written before and not yet acknowledged whose bill names one of
	// these payee's keys. Each stands by itself: entry as the root, sheet, bill, memo.
	Undelivered(ctx context.Context, payee []protocol.Key) ([]*protocol.Bundle, error)
	// Sheets are those that fit what the payee takes. Nil ends the session: nothing more to pay.
	Sheets(ctx context.Context, greeting Greeting) (*protocol.Bundle, error)
	// Pay verifies the request, shows it to its person, who may refuse with protocol.CodeDeclined,
	// writes the entry durably, and only then returns the payment with the Entry as the root. It is
	// idempotent by bill: for one that is paid already it returns the same payment and asks nobody.
	Pay(ctx context.Context, request *protocol.Bundle) (*protocol.Bundle, error)
	// Acknowledged verifies the payee's Ack and writes it down.
	Acknowledged(ctx context.Context, ack *protocol.Bundle) error
}

// Phase is how far a session came. It only ever goes up.
type Phase uint8

// Phases. What they mean to a person is Written and Received; the others all mean "nothing was paid".
const (
	Met      Phase = iota // connected
	Greeted               // the payer knows what the payee takes
	Shown                 // the payer has shown its sheets; for the payee: they are good
	Asked                 // the payer holds the bill
	Written               // the payer's entry is durable: paid, and not yet received
	Received              // the payee's copy is durable, and for the payer: acknowledged
)

var phases = [...]string{"met", "greeted", "shown", "asked", "written", "received"}

func (p Phase) String() string {
	if int(p) < len(phases) {
		return phases[p]
	}
	return "unknown"
}

// Outcome is what became of a session; it is valid beside an error too.
type Outcome struct {
	Phase Phase
	Bill  protocol.Hash // from Asked on
	Entry protocol.Hash // from Written on
	// Earlier are the entries of earlier meetings that were received in this one.
	Earlier []protocol.Hash
}

// Session holds what both roles need. The zero durations mean the defaults.
type Session struct {
	Network protocol.Network
	Step    time.Duration // how long the other phone may take for one frame
	Person  time.Duration // how long the payer's person may think
}

// Defaults of Session.
const (
	DefaultStep   = 20 * time.Second
	DefaultPerson = 5 * time.Minute
)

// maxHeld bounds the earlier payments handed over at one meeting; the rest follow at the next.
const maxHeld = 64

// meeting is one running session.
type meeting struct {
	Session
	conn Framed
	out  Outcome
}

func (s Session) meet(conn Framed) *meeting {
	if s.Step == 0 {
		s.Step = DefaultStep
	}
	if s.Person == 0 {
		s.Person = DefaultPerson
	}
	return &meeting{Session: s, conn: conn}
}

func (m *meeting) reached(p Phase) { m.out.Phase = max(m.out.Phase, p) }

// finish tells the other side why, when that is of use, and hands out the outcome.
func (m *meeting) finish(ctx context.Context, err error) (Outcome, error) {
	if err != nil && !mute(err) {
		_ = m.send(ctx, problem(err)) // a courtesy: the error at hand is the one that counts
	}
	return m.out, err
}

func (m *meeting) send(ctx context.Context, f Frame) error {
	ctx, cancel := context.WithTimeout(ctx, m.Step)
	defer cancel()
	return m.conn.Send(ctx, f)
}

func (m *meeting) sendBundle(ctx context.Context, k Kind, b *protocol.Bundle) error {
	return m.send(ctx, Frame{Kind: k, Body: b.Encode()})
}

// receive waits for a frame. A Problem is an error like any other.
func (m *meeting) receive(ctx context.Context, patience time.Duration, where string) (Frame, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	f, err := m.conn.Receive(ctx)
	if err != nil {
		return Frame{}, err
	}
	if f.Kind == KindProblem {
		return Frame{}, readProblem(f, where)
	}
	return f, nil
}

func (m *meeting) open(body []byte) (*protocol.Bundle, error) {
	return protocol.DecodeBundle(m.Network, body, protocol.NoContext, protocol.PaymentBounds)
}

// tell sends this side's news, or an empty frame when there is too much of it.
func (m *meeting) tell(ctx context.Context, by Gossip) error {
	news := by.News(ctx)
	if len(news) > MaxNews {
		news = nil
	}
	return m.send(ctx, Frame{KindNews, news})
}

// hear takes the other side's: one frame, of a bounded size, at its place in the session.
func (m *meeting) hear(ctx context.Context, by Gossip) error {
	f, err := m.receive(ctx, m.Step, "news")
	if err != nil {
		return err
	}
	if f.Kind != KindNews {
		return fault(protocol.CodeOutOfTurn, "news", nil)
	}
	if len(f.Body) > 0 {
		by.Hear(ctx, f.Body)
	}
	return nil
}

// root is the one document that a bundle is about.
func root[D protocol.Document](b *protocol.Bundle, where string) (protocol.Hash, D, error) {
	var none D
	if b == nil || len(b.Roots) != 1 {
		return protocol.Hash{}, none, fault(protocol.CodeWrongReference, where, nil)
	}
	d, ok := protocol.Find[D](b, b.Roots[0])
	if !ok {
		return protocol.Hash{}, none, fault(protocol.CodeMissingDocument, where, nil)
	}
	return b.Roots[0], d, nil
}

// prove signs the channel's binding with each of these keys that is this wallet's own.
func (m *meeting) prove(by Prover, role protocol.Role, keys []protocol.Key) (proofs []proof) {
	binding := m.conn.Binding()
	if binding.IsZero() {
		return nil
	}
	for _, k := range keys {
		if len(proofs) == maxProofs || proved(proofs, k) {
			continue
		}
		if s, ok := by.Prove(k, role, binding); ok {
			proofs = append(proofs, proof{k, s})
		}
	}
	return proofs
}

// proven checks the other side's proofs and that each group of keys has one among them.
func (m *meeting) proven(proofs []proof, role protocol.Role, groups ...[]protocol.Key) error {
	binding := m.conn.Binding()
	if binding.IsZero() {
		return nil
	}
	h := m.Network.MeetingHash(role, binding)
	for _, p := range proofs {
		claim := protocol.Claim{Key: p.key, Hash: h, Signature: p.signature}
		if !claim.Verify() {
			return fault(protocol.CodeUnproven, string(role), nil)
		}
	}
	for _, keys := range groups {
		if !anyProved(proofs, keys) {
			return fault(protocol.CodeUnproven, string(role), nil)
		}
	}
	return nil
}

func anyProved(proofs []proof, keys []protocol.Key) bool {
	for _, k := range keys {
		if proved(proofs, k) {
			return true
		}
	}
	return false
}

func proved(proofs []proof, k protocol.Key) bool {
	for _, p := range proofs {
		if p.key == k {
			return true
		}
	}
	return false
}
