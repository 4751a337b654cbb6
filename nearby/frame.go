package nearby

import (
	"context"
	"io"

	"kula/protocol"
)

// Kind says what a frame is.
type Kind byte

// The kinds of frame. Zero is none.
const (
	KindHello Kind = iota + 1
	KindHeld
	KindSheets
	KindBill
	KindPayment
	KindAck
	KindProblem
	KindBye
	KindNews
	lastKind = KindNews
)

// MaxBody bounds the body of a frame: a payment's bundle, and before it the proofs and what is accepted.
const MaxBody = 64<<10 + 4<<10

// MaxNews bounds the body of a News frame.
const MaxNews = 16 << 10

// Frame is one message of the session.
type Frame struct {
	Kind Kind
	Body []byte
}

// Framed is a connection that carries frames, one at a time, in order. When it fails it stays failed.
// Both methods return when the context is done.
type Framed interface {
	Send(ctx context.Context, f Frame) error
	Receive(ctx context.Context) (Frame, error)
	// Binding is shared by the two ends of this connection and by no other; zero when the transport
	// cannot promise that.
	Binding() protocol.Hash
}

// headerSize is the kind and the length of the body, in three bytes, high byte first.
const headerSize = 4

// AppendFrame writes a frame: kind ‖ length ‖ body.
func AppendFrame(b []byte, f Frame) ([]byte, error) {
	if err := checkHeader(f.Kind, len(f.Body)); err != nil {
		return b, err
	}
	n := len(f.Body)
	b = append(b, byte(f.Kind), byte(n>>16), byte(n>>8), byte(n))
	return append(b, f.Body...), nil
}

// ReadFrame reads one frame, and nothing after it. The bounds are checked before anything is allocated.
// At the end of the stream, between frames, the error is io.EOF.
func ReadFrame(r io.Reader) (Frame, error) {
	var h [headerSize]byte
	if _, err := io.ReadFull(r, h[:]); err != nil {
		return Frame{}, err
	}
	f := Frame{Kind: Kind(h[0])}
	n := int(h[1])<<16 | int(h[2])<<8 | int(h[3])
	if err := checkHeader(f.Kind, n); err != nil {
		return Frame{}, err
	}
	f.Body = make([]byte, n)
	if _, err := io.ReadFull(r, f.Body); err != nil {
		return Frame{}, unexpected(err)
	}
	return f, nil
}

func checkHeader(k Kind, n int) error {
	if k == 0 || k > lastKind {
		return fault(protocol.CodeUnknownType, "frame", nil)
	}
	if n > MaxBody || k == KindNews && n > MaxNews {
		return fault(protocol.CodeTooLarge, "frame", nil)
	}
	return nil
}

func unexpected(err error) error {
	if err == io.EOF { //nolint:errorlint // io.ReadFull returns the bare value
		return io.ErrUnexpectedEOF
	}
	return err
}
