package nearby

import (
	"context"
	"errors"
	"io"
	"time"

	"kula/protocol"
)

// Duplex is the part of a connection that a Stream needs; every net.Conn has it.
type Duplex interface {
	io.ReadWriter
	SetDeadline(t time.Time) error
}

// Stream carries frames over a stream of bytes. It is used by one session at a time and starts no
// goroutine of its own but to heed a context that is cancelled. Closing the connection is its owner's.
type Stream struct {
	conn    Duplex
	binding protocol.Hash
	broken  error
}

// NewStream carries frames over conn. binding is what both ends, and only they, know; it may be zero.
func NewStream(conn Duplex, binding protocol.Hash) *Stream {
	return &Stream{conn: conn, binding: binding}
}

// Binding is what NewStream was given.
func (s *Stream) Binding() protocol.Hash { return s.binding }

// Send writes one frame.
func (s *Stream) Send(ctx context.Context, f Frame) error {
	b, err := AppendFrame(nil, f)
	if err != nil {
		return err // nothing was sent: the stream is whole
	}
	return s.guarded(ctx, "send", func() error {
		_, err := s.conn.Write(b)
		return err
	})
}

// Receive reads one frame.
func (s *Stream) Receive(ctx context.Context) (f Frame, err error) {
	err = s.guarded(ctx, "receive", func() error {
		f, err = ReadFrame(s.conn)
		return err
	})
	return f, err
}

// past is a deadline that makes a pending read or write return.
var past = time.Unix(1, 0)

// guarded runs one read or write that ends when the context does. After an error nobody knows where
// in a frame the stream stands, so it is not used again.
func (s *Stream) guarded(ctx context.Context, where string, step func() error) error {
	if s.broken != nil {
		return s.broken
	}
	err := UnderDeadline(ctx, s.conn, step)
	if err == nil {
		return nil
	}
	var known *Error
	if !errors.As(err, &known) {
		err = fault(codeOfLoss(ctx, err), where, err)
	}
	s.broken = err
	return err
}

// UnderDeadline runs reads and writes on a connection that end when the context does.
func UnderDeadline(ctx context.Context, conn Duplex, step func() error) error {
	deadline, _ := ctx.Deadline() // none is the zero time, which is no deadline
	if err := conn.SetDeadline(deadline); err != nil {
		return err
	}
	fired := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(fired)
		_ = conn.SetDeadline(past) // it fails only when the connection is closed, which ends the step too
	})
	err := step()
	if !stop() {
		<-fired // else it could fire into the next step's deadline
	}
	return err
}

func codeOfLoss(ctx context.Context, err error) protocol.Code {
	var t interface{ Timeout() bool }
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return protocol.CodeInterrupted
	case errors.As(err, &t) && t.Timeout():
		return protocol.CodeTimeout
	}
	return protocol.CodeInterrupted
}
