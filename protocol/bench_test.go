package protocol_test

import (
	"path"
	"strings"
	"testing"

	"kula/protocol"
	"kula/protocol/internal/kit"
)

// A size is what section "Numbers" of docs/protocol.md promises of the usual documents: one signer, a
// currency of three letters, a bill for one payer, a memo of some words.
type size struct {
	unit         string
	bytes, limit int
}

func sizes() []size {
	w := kit.New()
	twoScan := protocol.NewBundle(w.Net, w.Sheet)
	twoScan.AddRoot(w.Entry)
	named := protocol.NewBundle(w.Net, w.Sheet, payersCard(w, "Tom Iati, Whitesands"))
	named.AddRoot(w.Entry)
	longest := protocol.NewBundle(w.Net, w.Sheet, payersCard(w, strings.Repeat("n", protocol.MaxName)))
	longest.AddRoot(w.Entry)
	request := protocol.NewBundle(w.Net, w.Card, w.Memo)
	request.AddRoot(w.Bill)
	return []size{
		{"B/sheet", len(protocol.Encode(w.Sheet)), 360},
		{"B/bill", len(protocol.Encode(w.Bill)), 320},
		{"B/entry", len(protocol.Encode(w.Entry)), 190},
		{"B/twoscan", len(twoScan.Encode(w.Bill)), 480},
		{"B/named", len(named.Encode(w.Bill)), 480},
		{"B/longname", len(longest.Encode(w.Bill)), protocol.OneCode},
		{"B/request", len(request.Encode()), 520},
		{"B/hop", furtherHop(), 620},
		{"B/tenhops", chainBytes(10), 6800},
	}
}

// payersCard is a card like the one that travels with a payment.
func payersCard(w *kit.World, name string) *protocol.Card {
	c := &protocol.Card{Anchor: w.Sheet.Anchor, Account: w.Sheet.Account, Name: name, Keys: []protocol.Key{w.Sheet.Quorum.Signers[0].Key},
		NotBefore: w.Card.NotBefore, NotAfter: w.Card.NotAfter}
	w.Issue(c)
	return c
}

// chainBytes is the size of a payment with so many others behind it, one income each.
func chainBytes(behind int) int {
	s := kit.NewScene()
	s.Chain(behind, 100)
	return len(s.Bundle().Encode())
}

// furtherHop is the most that one more payment behind another adds.
func furtherHop() (most int) {
	for n := range protocol.MaxDepth {
		most = max(most, chainBytes(n+1)-chainBytes(n))
	}
	return most
}

func BenchmarkSizes(b *testing.B) {
	for b.Loop() {
		kit.New()
	}
	for _, s := range sizes() {
		b.ReportMetric(float64(s.bytes), s.unit)
	}
}

func TestSizesAreWithinBounds(t *testing.T) {
	for _, s := range sizes() {
		if s.bytes > s.limit {
			t.Errorf("%d %s, at most %d are promised", s.bytes, s.unit, s.limit)
		}
		t.Logf("%d %s (at most %d)", s.bytes, s.unit, s.limit)
	}
}

func BenchmarkSign(b *testing.B) {
	w := kit.New()
	key := kit.Key("stall")
	b.ReportAllocs()
	for b.Loop() {
		w.Bill.Signature = protocol.Sign(key, w.Net.Hash(w.Bill))
	}
}

func claims(count int) []protocol.Claim {
	w := kit.New()
	h := w.Net.Hash(w.Bill)
	names := []string{"till", "till 2", "stall", "issuing", "payer", "log", "witness", "root"}
	all := make([]protocol.Claim, count)
	for i := range all {
		name := names[i%len(names)]
		all[i] = protocol.Claim{Key: kit.Public(name), Hash: h, Signature: protocol.Sign(kit.Key(name), h)}
	}
	return all
}

func BenchmarkVerify(b *testing.B) {
	one, hundred := claims(1), claims(100)
	b.Run("single", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if !one[0].Verify() {
				b.Fatal("not genuine")
			}
		}
	})
	b.Run("key", func(b *testing.B) {
		for b.Loop() {
			if err := protocol.CheckKey(one[0].Key); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("batch100", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if len(protocol.VerifyAll(hundred)) > 0 {
				b.Fatal("not genuine")
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(100*b.N), "ns/signature")
	})
	b.Run("batch100-one-forged", func(b *testing.B) {
		forged := append([]protocol.Claim{}, hundred...)
		forged[37].Signature[3] ^= 1
		b.ReportAllocs()
		for b.Loop() {
			if len(protocol.VerifyAll(forged)) != 1 {
				b.Fatal("the forged one was not found")
			}
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	w := kit.New()
	for _, d := range []protocol.Document{w.Sheet, w.Bill, w.Entry} {
		b.Run(d.Type().String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				protocol.Encode(d)
			}
		})
	}
	payment := w.Payment()
	b.Run("bundle", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			payment.Encode(w.Bill)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	w := kit.New()
	for _, d := range []protocol.Document{w.Sheet, w.Bill, w.Entry} {
		data := protocol.Encode(d)
		b.Run(d.Type().String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := protocol.Decode(data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	data := w.Payment().Encode(w.Bill)
	held := protocol.NewBundle(w.Net, w.Bill)
	b.Run("bundle", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := protocol.DecodeBundle(w.Net, data, held.Get, protocol.PaymentBounds); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// A payment as a payee gets it, bytes to verdict: straight from a sheet, and through ten hands.
func BenchmarkPayment(b *testing.B) {
	b.Run("straight", func(b *testing.B) { benchmarkPayment(b, 0) })
	b.Run("tenhops", func(b *testing.B) { benchmarkPayment(b, 10) })
}

func benchmarkPayment(b *testing.B, behind int) {
	s := kit.NewScene()
	s.Chain(behind, 100)
	data, entry, v := s.Bundle().Encode(), s.Net.Hash(s.Entry), s.Verifier()
	b.ReportAllocs()
	for b.Loop() {
		bundle, err := protocol.DecodeBundle(s.Net, data, protocol.NoContext, protocol.PaymentBounds)
		if err != nil {
			b.Fatal(err)
		}
		p, err := bundle.PaymentOf(entry, protocol.NoContext)
		if err != nil {
			b.Fatal(err)
		}
		verdict, err := v.Verify(bundle, p)
		if err != nil || verdict.Depth != behind {
			b.Fatal(verdict, err)
		}
	}
	b.ReportMetric(float64(len(data)), "B/"+path.Base(b.Name()))
}
