package lan

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"

	"github.com/flynn/noise"

	"kula/nearby"
	"kula/protocol"
)

// Conn is a secure connection between two wallets; it is a nearby.Framed.
type Conn struct {
	*nearby.Stream
	raw net.Conn
}

// Close ends the connection.
func (c *Conn) Close() error { return c.raw.Close() }

// RemoteAddr is the other side's network address. It proves nothing.
func (c *Conn) RemoteAddr() net.Addr { return c.raw.RemoteAddr() }

var suite = noise.NewCipherSuite(noise.DH25519, noise.CipherChaChaPoly, noise.HashBLAKE2s)

const prologue = "kula/1 lan"

// The lengths of XX's messages: e · e, ee, s, es · s, se.
var messageSizes = [3]int{32, 32 + 48 + 16, 48 + 16}

// secure runs the handshake. Whoever dialled is the initiator.
func secure(ctx context.Context, raw net.Conn, initiator bool) (*Conn, error) {
	var c *Conn
	err := nearby.UnderDeadline(ctx, raw, func() (err error) {
		c, err = handshake(raw, initiator)
		return err
	})
	if err != nil {
		return nil, &nearby.Error{Code: codeOf(ctx, err), Where: "handshake", Cause: err}
	}
	return c, nil
}

func codeOf(ctx context.Context, err error) protocol.Code {
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return protocol.CodeInterrupted
	case errors.Is(err, os.ErrDeadlineExceeded):
		return protocol.CodeTimeout
	}
	return protocol.CodeNotAWallet
}

func handshake(raw net.Conn, initiator bool) (*Conn, error) {
	static, err := suite.GenerateKeypair(rand.Reader)
	if err != nil {
		return nil, err
	}
	state, err := noise.NewHandshakeState(noise.Config{CipherSuite: suite, Random: rand.Reader, Pattern: noise.HandshakeXX,
		Initiator: initiator, Prologue: []byte(prologue), StaticKeypair: static})
	if err != nil {
		return nil, err
	}
	var first, second *noise.CipherState
	for i, size := range messageSizes {
		if initiator == (i%2 == 0) {
			first, second, err = sendMessage(raw, state)
		} else {
			first, second, err = receiveMessage(raw, state, size)
		}
		if err != nil {
			return nil, err
		}
	}
	r := &records{Conn: raw, out: first, in: second}
	if !initiator {
		r.out, r.in = second, first
	}
	return &Conn{Stream: nearby.NewStream(r, protocol.Hash(state.ChannelBinding())), raw: raw}, nil
}

func sendMessage(w io.Writer, s *noise.HandshakeState) (first, second *noise.CipherState, err error) {
	message, first, second, err := s.WriteMessage(make([]byte, 2), nil)
	if err != nil {
		return nil, nil, err
	}
	binary.BigEndian.PutUint16(message, uint16(len(message)-2)) //nolint:gosec // one of messageSizes
	_, err = w.Write(message)
	return first, second, err
}

var errNotNoise = errors.New("not a handshake of Kula's")

func receiveMessage(r io.Reader, s *noise.HandshakeState, size int) (first, second *noise.CipherState, err error) {
	message, err := readSized(r, size, size)
	if err != nil {
		return nil, nil, err
	}
	_, first, second, err = s.ReadMessage(nil, message)
	return first, second, err
}

// readSized reads a length in two bytes and then as much, if it is within the bounds.
func readSized(r io.Reader, least, most int) ([]byte, error) {
	var length [2]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint16(length[:]))
	if n < least || n > most {
		return nil, errNotNoise
	}
	b := make([]byte, n)
	_, err := io.ReadFull(r, b)
	return b, err
}

// maxRecord bounds the plaintext of a record, tagSize is what encryption adds.
const (
	maxRecord = 16 << 10
	tagSize   = 16
)

// records is the stream inside the channel. A record that was altered, replayed or left out fails to
// open, as the counters of both sides no longer agree; after any error the stream is not used again.
type records struct {
	net.Conn
	in, out *noise.CipherState
	rest    []byte // of the last record, not yet read
}

func (r *records) Read(p []byte) (int, error) {
	for len(r.rest) == 0 {
		sealed, err := readSized(r.Conn, tagSize, maxRecord+tagSize)
		if err != nil {
			return 0, err
		}
		if r.rest, err = r.in.Decrypt(sealed[:0], nil, sealed); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

func (r *records) Write(p []byte) (int, error) {
	b := make([]byte, 0, len(p)+(len(p)/maxRecord+1)*(2+tagSize))
	for rest := p; len(rest) > 0; {
		n := min(len(rest), maxRecord)
		b = binary.BigEndian.AppendUint16(b, uint16(n+tagSize)) //nolint:gosec // at most maxRecord+tagSize
		var err error
		if b, err = r.out.Encrypt(b, nil, rest[:n]); err != nil {
			return 0, err
		}
		rest = rest[n:]
	}
	if _, err := r.Conn.Write(b); err != nil {
		return 0, err
	}
	return len(p), nil
}
