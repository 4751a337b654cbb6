package nearby

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"kula/nearby/internal/phones"
	"kula/protocol"
)

func TestFrameBounds(t *testing.T) {
	full := Frame{KindPayment, make([]byte, MaxBody)}
	b, err := AppendFrame(nil, full)
	if err != nil {
		t.Fatal(err)
	}
	back, err := ReadFrame(bytes.NewReader(b))
	if err != nil || back.Kind != full.Kind || !bytes.Equal(back.Body, full.Body) {
		t.Fatal("the largest frame does not come back", err)
	}
	for _, c := range []struct {
		name string
		raw  []byte
		want error
	}{
		{"kind zero", []byte{0, 0, 0, 0}, protocol.CodeUnknownType},
		{"unknown kind", []byte{byte(lastKind) + 1, 0, 0, 0}, protocol.CodeUnknownType},
		{"one byte too long", []byte{byte(KindAck), 1, 0x10, 1}, protocol.CodeTooLarge},
		{"huge", []byte{byte(KindAck), 0xff, 0xff, 0xff}, protocol.CodeTooLarge},
		{"nothing", nil, io.EOF},
		{"half a header", []byte{byte(KindAck), 0}, io.ErrUnexpectedEOF},
		{"no body", []byte{byte(KindAck), 0, 0, 1}, io.ErrUnexpectedEOF},
	} {
		if _, err := ReadFrame(bytes.NewReader(c.raw)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	for _, f := range []Frame{{Kind: 0}, {Kind: lastKind + 1}, {KindAck, make([]byte, MaxBody+1)}} {
		if _, err := AppendFrame(nil, f); err == nil {
			t.Errorf("kind %d with %d bytes was written", f.Kind, len(f.Body))
		}
	}
}

// FuzzFrame: what ReadFrame accepts is written back as it was, and what follows is left alone.
func FuzzFrame(f *testing.F) {
	f.Add([]byte{byte(KindBye), 0, 0, 0})
	f.Add([]byte{byte(KindProblem), 0, 0, 8, 'd', 'e', 'c', 'l', 'i', 'n', 'e', 'd', 'x'})
	f.Add([]byte{byte(KindHello), 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, raw []byte) {
		r := bytes.NewReader(raw)
		frame, err := ReadFrame(r)
		if err != nil {
			return
		}
		back, err := AppendFrame(nil, frame)
		if err != nil || !bytes.Equal(back, raw[:len(raw)-r.Len()]) {
			t.Fatalf("% x came back as % x, %v", raw, back, err)
		}
	})
}

// FuzzHello: the fixed fields of Hello and Sheets are read without panic, and written back as they were.
func FuzzHello(f *testing.F) {
	mary, _ := phones.Village(f)
	hello := helloOf(f, mary, proofBy(mary, protocol.RolePayee, binding))
	f.Add(hello)
	f.Add(hello[:len(hello)/2])
	f.Fuzz(func(t *testing.T, body []byte) {
		g, proofs, cards, err := readHello(body)
		if err != nil {
			return
		}
		if back, err := appendHello(&g, proofs, cards); err != nil || !bytes.Equal(back, body) {
			t.Fatalf("% x came back as % x, %v", body, back, err)
		}
	})
}
