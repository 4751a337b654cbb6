package kit

import (
	"encoding/binary"
	"math"
	"slices"

	"kula/protocol"
)

// Bundles is the file bundle.json.
func Bundles() Cases[BundleCase] {
	w := New()
	var c bundleCases
	c.goodOnes(w)
	c.badHeaders(w)
	c.badNumbers(w)
	c.badOrder(w)
	c.badContext(w)
	return Cases[BundleCase]{c.all}
}

type bundleCases struct{ all []BundleCase }

// base is the smallest case: no documents held, the bounds of a payment.
func base(name string, c code, b []byte) BundleCase {
	return BundleCase{Name: name, Expect: string(c), Network: Passphrase, Bytes: b,
		MaxBytes: protocol.PaymentBounds.Bytes, MaxDocs: protocol.PaymentBounds.Documents}
}

func (c *bundleCases) bad(name string, code code, b []byte) {
	c.all = append(c.all, base(name, code, b))
}

func (c *bundleCases) good(name string, b *protocol.Bundle, held ...protocol.Document) {
	x := base(name, "ok", b.Encode(held...))
	travelled := protocol.NewBundle(b.Network, held...)
	for _, d := range held {
		x.Held = append(x.Held, protocol.Encode(d))
	}
	b.Each(func(h protocol.Hash, _ protocol.Document) {
		if _, ok := travelled.Get(h); ok {
			return
		}
		x.Documents = append(x.Documents, h.String())
		if slices.Contains(b.Roots, h) {
			x.Roots = append(x.Roots, h.String())
		}
	})
	c.all = append(c.all, x)
}

func (c *bundleCases) goodOnes(w *World) {
	everything := protocol.NewBundle(w.Net, w.Documents()...)
	everything.AddRoot(w.Notice)
	everything.AddRoot(w.Charter)
	c.good("nothing", protocol.NewBundle(w.Net))
	c.good("a payment", w.Payment())
	c.good("a payment, for a payee that has the bill", w.Payment(), w.Bill)
	c.good("a payment, for an anchor that has everything but the entry", w.Payment(), w.Bill, w.Sheet, w.Enrolment, w.Charter)
	c.good("a request", protocol.NewBundle(w.Net, w.Bill, w.Card, w.Memo))
	c.good("one of every document", everything)
	fraud := protocol.NewBundle(w.Net, w.Entry, w.Rival, w.Sheet, w.Enrolment)
	fraud.AddRoot(w.Fraud)
	c.good("a proof of fraud", fraud)
	full := c.all[1]
	full.Name, full.MaxBytes, full.MaxDocs = "exactly as large as allowed", len(full.Bytes), 3
	c.all = append(c.all, full)
}

// header is the seven bytes every bundle of the kit begins with.
func header(w *World) []byte {
	return append([]byte{'K', 'B', 1}, w.Net.ID[:4]...)
}

func (c *bundleCases) badHeaders(w *World) {
	b := w.Payment().Encode()
	with := func(at int, x byte) []byte { y := slices.Clone(b); y[at] = x; return y }
	cut := base("cut at every byte", protocol.CodeTruncated, b)
	cut.Cut = true
	one := base("one byte after the end", protocol.CodeTrailing, b)
	one.Zeros = 1
	large := base("one byte over the bound", protocol.CodeTooLarge, b)
	large.MaxBytes = len(b) - 1
	many := base("one document over the bound", protocol.CodeTooMany, b)
	many.MaxDocs = 2
	huge := base("larger than any payment", protocol.CodeTooLarge, b)
	huge.Zeros = protocol.PaymentBounds.Bytes
	elsewhere := base("of another network", protocol.CodeWrongNetwork, b)
	elsewhere.Network = OtherPassphrase
	c.all = append(c.all, cut, one, large, many, huge, elsewhere)
	c.bad("nothing at all", protocol.CodeTruncated, nil)
	c.bad("not Kula's", protocol.CodeUnknownType, with(0, 'L'))
	c.bad("a document, not a bundle", protocol.CodeUnknownType, protocol.Encode(w.Bill))
	c.bad("version 0", protocol.CodeWrongVersion, with(2, 0))
	c.bad("version 2", protocol.CodeWrongVersion, with(2, 2))
	c.bad("one bit of the network changed", protocol.CodeWrongNetwork, with(6, b[6]^1))
}

// packed writes bundles by hand: what follows the header.
type packed []byte

func (p packed) number(u uint64) packed { return binary.AppendUvarint(p, u) }
func (p packed) raw(b []byte) packed    { return append(p, b...) }
func (p packed) literal(b []byte) packed {
	return p.number(0).raw(b)
}

func (c *bundleCases) badNumbers(w *World) {
	h := packed(header(w))
	begin := func() packed { return slices.Clone(h).number(0) }
	ack := func(entry packed) packed {
		return begin().number(1).number(8).raw(entry).raw(make([]byte, 64)).number(0)
	}
	zero := make([]byte, 32)
	c.bad("a number in more bytes than it needs", protocol.CodeNotCanonical, slices.Clone(h).raw([]byte{0x80, 0x00}))
	c.bad("a number over 64 bits", protocol.CodeNotCanonical, slices.Clone(h).raw([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02}))
	c.bad("a number that does not end", protocol.CodeNotCanonical, slices.Clone(h).raw(slices.Repeat([]byte{0xff}, 20)))
	c.bad("2^64-1 documents", protocol.CodeTooMany, begin().number(math.MaxUint64))
	c.bad("257 documents", protocol.CodeTooMany, begin().number(257))
	c.bad("2^64-1 documents held", protocol.CodeTooMany, slices.Clone(h).number(math.MaxUint64))
	c.bad("nine documents held", protocol.CodeTooMany, slices.Clone(h).number(9).raw(make([]byte, 9*32)))
	c.bad("type 0", protocol.CodeUnknownType, begin().number(1).number(0))
	c.bad("type 14", protocol.CodeUnknownType, begin().number(1).number(14))
	c.bad("a type over 32 bits", protocol.CodeTooLarge, begin().number(1).number(1<<32+8))
	c.bad("a value written out that the table has", protocol.CodeNotCanonical, ack(packed(nil).literal(zero)))
	c.bad("a place beyond the table", protocol.CodeWrongReference, ack(packed(nil).number(2)))
	c.bad("a place of 2^64-1", protocol.CodeWrongReference, ack(packed(nil).number(math.MaxUint64)))
	c.bad("a flag of 2", protocol.CodeUnknownValue, begin().number(1).number(6).
		literal(rawBytes("anchor")).literal(rawBytes("payee")).literal(rawBytes("key")).number(2))
	c.bad("an amount over 63 bits", protocol.CodeBadAmount, begin().number(1).number(7).literal(rawBytes("sheet")).number(1).number(1<<63))
	c.bad("a text of 2^64-1", protocol.CodeTooLarge, begin().number(1).number(3).raw(make([]byte, 16)).number(math.MaxUint64))
	c.bad("a text over its bound", protocol.CodeTooLarge, begin().number(1).number(3).raw(make([]byte, 16)).number(65).raw(make([]byte, 65)))
	c.bad("a text that is not UTF-8", protocol.CodeBadText, begin().number(1).number(3).raw(make([]byte, 16)).number(1).raw([]byte{0xff}).number(0))
	c.bad("a text with an override", protocol.CodeBadText, begin().number(1).number(3).raw(make([]byte, 16)).number(3).raw([]byte("\u202e")).number(0))
	c.bad("a list of 2^64-1", protocol.CodeTooMany, begin().number(1).number(9).literal(rawBytes("anchor")).number(0).literal(rawBytes("bundle")).number(math.MaxUint64))
}

func (c *bundleCases) badOrder(w *World) {
	h := packed(header(w))
	memo := func(p packed, salt byte) packed {
		return p.number(3).raw(slices.Repeat([]byte{salt}, 16)).number(0)
	}
	first, second := byte(1), byte(2)
	hash := func(salt byte) protocol.Hash {
		return w.Net.Hash(&protocol.Memo{Salt: [16]byte(slices.Repeat([]byte{salt}, 16))})
	}
	if x, y := hash(first), hash(second); slices.Compare(x[:], y[:]) > 0 {
		first, second = second, first
	}
	two := func(a, b byte) packed { return memo(memo(slices.Clone(h).number(0).number(2), a), b) }
	c.bad("documents unsorted by hash", protocol.CodeUnsorted, two(second, first).number(0))
	c.bad("one document twice", protocol.CodeDuplicate, two(first, first).number(0))
	proof := slices.Clone(h).number(0).number(2).number(13).literal(rawBytes("purse")).number(1).literal(rawBytes("entry"))
	c.bad("documents unsorted by type", protocol.CodeUnsorted, memo(proof, first).number(0))
	c.bad("roots unsorted", protocol.CodeUnsorted, two(first, second).number(2).number(1).number(0))
	c.bad("a root twice", protocol.CodeDuplicate, two(first, second).number(2).number(1).number(1))
	c.bad("a root that is not there", protocol.CodeWrongReference, two(first, second).number(1).number(2))
	c.bad("a root of 2^64-1", protocol.CodeWrongReference, two(first, second).number(1).number(math.MaxUint64))
	c.bad("more roots than documents", protocol.CodeTooMany, two(first, second).number(3).number(0).number(1).number(2))
}

func (c *bundleCases) badContext(w *World) {
	b := w.Payment().Encode(w.Bill)
	unknown := base("a document the receiver does not hold", protocol.CodeUnknownContext, b)
	other := base("another document than the receiver holds", protocol.CodeUnknownContext, b)
	other.Held = []Data{protocol.Encode(w.Sheet)}
	c.all = append(c.all, unknown, other)

	bill, sheet := w.Net.Hash(w.Bill), w.Net.Hash(w.Sheet)
	pair := sorted(bill, sheet)
	list := func(name string, code code, rest func(packed) packed, hashes ...protocol.Hash) {
		p := packed(header(w)).number(uint64(len(hashes)))
		for _, h := range hashes {
			p = p.raw(h[:])
		}
		x := base(name, code, rest(p))
		x.Held = []Data{protocol.Encode(w.Bill), protocol.Encode(w.Sheet)}
		c.all = append(c.all, x)
	}
	nothing := func(p packed) packed { return p.number(0).number(0) }
	list("held documents unsorted", protocol.CodeUnsorted, nothing, pair[1], pair[0])
	list("a held document twice", protocol.CodeDuplicate, nothing, bill, bill)
	memo := base("a held document that travels all the same", protocol.CodeDuplicate, nil)
	h := w.Net.Hash(w.Memo)
	memo.Bytes = Data(packed(header(w)).number(1).raw(h[:]).number(1).number(3).raw(w.Memo.Salt[:]).
		number(uint64(len(w.Memo.Text))).raw([]byte(w.Memo.Text)).number(0))
	memo.Held = []Data{protocol.Encode(w.Memo)}
	c.all = append(c.all, memo)
}

func rawBytes(name string) []byte { h := Bytes(name); return h[:] }
