package protocol_test

import (
	"bytes"
	"encoding/binary"
	"runtime"
	"testing"

	"kula/protocol"
	"kula/protocol/internal/kit"
)

// What Decode takes, Encode writes again, and Check finds nothing wrong with.
func FuzzDecode(f *testing.F) {
	w := kit.New()
	for _, d := range append(w.Documents(), w.Statement) {
		f.Add(protocol.Encode(d))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := protocol.Decode(data)
		if err != nil {
			if protocol.CodeOf(err) == "" {
				t.Fatalf("a refusal without a code: %v", err)
			}
			return
		}
		if !bytes.Equal(protocol.Encode(d), data) {
			t.Fatal("encoded again it is another")
		}
		if err := protocol.Check(d); err != nil {
			t.Fatalf("decoded, and yet %v", err)
		}
	})
}

// The same for bundles, with and without documents that the receiver holds.
func FuzzDecodeBundle(f *testing.F) {
	w := kit.New()
	held := protocol.NewBundle(w.Net, w.Bill, w.Sheet, w.Charter, w.Enrolment)
	var known []protocol.Document
	held.Each(func(_ protocol.Hash, d protocol.Document) { known = append(known, d) })
	everything := protocol.NewBundle(w.Net, w.Documents()...)
	everything.AddRoot(w.Entry)
	f.Add(everything.Encode())
	f.Add(everything.Encode(known...))
	f.Add(w.Payment().Encode(w.Bill))
	for _, c := range kit.Bundles().Cases {
		f.Add([]byte(c.Bytes))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := protocol.DecodeBundle(w.Net, data, held.Get, protocol.PaymentBounds)
		if err != nil {
			if protocol.CodeOf(err) == "" {
				t.Fatalf("a refusal without a code: %v", err)
			}
			return
		}
		if !bytes.Equal(b.Encode(contextOf(data, held)...), data) {
			t.Fatal("encoded again it is another")
		}
		b.Each(func(h protocol.Hash, d protocol.Document) {
			if back, err := protocol.Decode(protocol.Encode(d)); err != nil || w.Net.Hash(back) != h {
				t.Fatalf("a %s from a bundle is none by itself: %v", d.Type(), err)
			}
		})
	})
}

// contextOf reads which documents an accepted bundle takes for held: a small number and their hashes.
func contextOf(data []byte, held *protocol.Bundle) (known []protocol.Document) {
	count, size := binary.Uvarint(data[7:])
	for i := range int(count) {
		d, _ := held.Get(protocol.Hash(data[7+size+32*i:]))
		known = append(known, d)
	}
	return known
}

// Whatever a bundle holds, judging it ends in a verdict or a refusal with a code.
func FuzzVerify(f *testing.F) {
	for _, story := range kit.PaymentStories() {
		s := kit.NewScene()
		story.Set(s)
		f.Add(s.Bundle().Encode(), s.Now, s.Margin)
	}
	w := kit.New()
	f.Add(protocol.NewBundle(w.Net, append(w.Documents(), w.Rival)...).Encode(), uint64(kit.Epoch), uint64(0))
	f.Fuzz(func(t *testing.T, data []byte, now, margin uint64) {
		b, err := protocol.DecodeBundle(w.Net, data, protocol.NoContext, protocol.PaymentBounds)
		if err != nil {
			return
		}
		v := w.Verifier()
		v.Now, v.Margin = now, margin
		coded := func(err error) {
			if err != nil && protocol.CodeOf(err) == "" {
				t.Fatalf("a refusal without a code: %v", err)
			}
		}
		b.Each(func(h protocol.Hash, d protocol.Document) {
			p, err := b.PaymentOf(h, protocol.NoContext)
			coded(err)
			if err == nil {
				_, err = v.Verify(b, p)
				coded(err)
			}
			switch x := d.(type) {
			case *protocol.FraudProof:
				_, err := protocol.VerifyFraud(b, w.Charter, x)
				coded(err)
			case *protocol.Charter:
				coded(protocol.VerifyCharter(w.Net, x))
			case *protocol.Card:
				for _, bill := range protocol.All[*protocol.Bill](b) {
					coded(v.VerifyRequest(bill, x))
				}
			case protocol.Issued:
				coded(w.Charter.VerifyIssued(w.Net, x))
			}
			if merged, err := protocol.Merge(w.Net, d, d, protocol.Signatories{Charter: w.Charter, Quorum: &w.Sheet.Quorum}); err == nil {
				if w.Net.Hash(merged) != h {
					t.Fatal("merged with itself it is another")
				}
			}
		})
	})
}

// allocated is how many bytes f takes from the heap.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// A length that promises much makes nothing be put aside for it.
func TestAttackHugeLengthsAllocateLittle(t *testing.T) {
	const little = 16 << 10
	w := kit.New()
	for _, name := range documentFiles {
		for _, c := range load[kit.DocumentFile](t, name).Cases {
			if c.Expect != string(protocol.CodeTooMany) && c.Expect != string(protocol.CodeTooLarge) || len(c.Bytes) > 2048 || c.Zeros > 0 {
				continue
			}
			got := allocated(func() {
				if _, err := protocol.Decode(c.Bytes); err == nil {
					t.Fatal("it was taken")
				}
			})
			if got > little {
				t.Errorf("%s, %s: %d bytes of input took %d bytes", name, c.Name, len(c.Bytes), got)
			}
		}
	}
	for _, c := range kit.Bundles().Cases {
		got := allocated(func() {
			_, _ = protocol.DecodeBundle(w.Net, c.Bytes, protocol.NoContext, protocol.PaymentBounds)
		})
		if got > little+64*uint64(len(c.Bytes)) {
			t.Errorf("bundle, %s: %d bytes of input took %d bytes", c.Name, len(c.Bytes), got)
		}
	}
}

// The largest bundle that table references can blow up into: deliveries that each list a thousand hashes
// out of the table, in one byte or two each. What comes of it stays within a fixed multiple of its size.
func TestAttackTableCannotBlowUp(t *testing.T) {
	w := kit.New()
	b := protocol.NewBundle(w.Net)
	hashes := make([]protocol.Hash, protocol.MaxDelivered)
	for i := range hashes {
		hashes[i] = protocol.Hash{byte(i >> 8), byte(i), 7}
	}
	for at := range uint64(400) {
		b.Add(&protocol.Delivery{At: at, Documents: hashes})
	}
	data := b.Encode()
	if len(data) > protocol.MailBounds.Bytes {
		t.Fatalf("%d bytes do not fit the bounds", len(data))
	}
	var back *protocol.Bundle
	got := allocated(func() {
		var err error
		if back, err = protocol.DecodeBundle(w.Net, data, protocol.NoContext, protocol.MailBounds); err != nil {
			t.Fatal(err)
		}
	})
	if limit := uint64(128 * len(data)); got > limit {
		t.Errorf("%d bytes of input took %d bytes, more than %d", len(data), got, limit)
	}
	if back.Len() != b.Len() {
		t.Error("documents were lost")
	}
}
