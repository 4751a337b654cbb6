package protocol

import (
	"sync"

	"kula/money"
)

// Inside a bundle documents are packed: numbers are varints (LEB128, shortest form only) and every
// 32-byte value that was seen before travels as a number into a table of values:
//
//	0            the value follows, and joins the table
//	k ≥ 1        the k-th value of the table
//
// The table opens with the all-zero value. Then come, in order, every new value met in the documents
// the receiver is known to hold, and in the bundle's own; after each document, its hash. So a hash
// of a document at hand, an account or a key met before, an asset's issuer never travel twice.

type table struct {
	values [][32]byte
	index  map[[32]byte]uint64
}

// Tables are used again, but for large ones: to clear a map takes as long as its largest filling.
const (
	usualValues = 20 // how many a bundle of one payment has
	largeTable  = 512
)

var packWriters = sync.Pool{New: func() any {
	return &packWriter{buf: make([]byte, 0, 4096), table: &table{
		values: make([][32]byte, 0, usualValues), index: make(map[[32]byte]uint64, usualValues),
	}}
}}

// newPack is an empty writer, with a table that is a reader's too; done gives it back, and with it what
// it has written.
func newPack() *packWriter {
	w := packWriters.Get().(*packWriter) //nolint:forcetypeassert,errcheck // the pool holds nothing else
	w.buf, w.table.values = w.buf[:0], w.table.values[:0]
	clear(w.table.index)
	w.table.join([32]byte{})
	return w
}

func (w *packWriter) done() {
	if len(w.table.values) <= largeTable && cap(w.buf) <= PaymentBounds.Bytes {
		packWriters.Put(w)
	}
}

func (t *table) add(v [32]byte) {
	if _, ok := t.index[v]; !ok {
		t.join(v)
	}
}

// join adds a value that is not there.
func (t *table) join(v [32]byte) {
	t.values = append(t.values, v)
	t.index[v] = uint64(len(t.values))
}

type packWriter struct {
	table *table
	buf   []byte
}

func (w *packWriter) varint(u uint64) {
	for ; u >= 0x80; u >>= 7 {
		w.buf = append(w.buf, byte(u)|0x80)
	}
	w.buf = append(w.buf, byte(u))
}

func (w *packWriter) u32(v *uint32) { w.varint(uint64(*v)) }
func (w *packWriter) u64(v *uint64) { w.varint(*v) }

func (w *packWriter) amount(a *money.Amount) { w.varint(uint64(*a)) } //nolint:gosec // checked documents have none below zero

func (w *packWriter) flag(v *bool) {
	var u uint64
	if *v {
		u = 1
	}
	w.varint(u)
}

func (w *packWriter) id(v *[32]byte) {
	k := w.table.index[*v]
	w.varint(k)
	if k == 0 {
		w.buf = append(w.buf, v[:]...)
		w.table.join(*v)
	}
}

func (w *packWriter) raw(b []byte)          { w.buf = append(w.buf, b...) }
func (w *packWriter) text(s *string, _ int) { w.varint(uint64(len(*s))); w.buf = append(w.buf, *s...) }
func (w *packWriter) count(n, _ int) int    { w.varint(uint64(n)); return n }
func (w *packWriter) fail(Code)             {}
func (w *packWriter) failed() bool          { return false }
func (w *packWriter) reading() bool         { return false }

type packReader struct {
	input
	table *table
}

func (r *packReader) varint() (u uint64) {
	for shift := 0; ; shift += 7 {
		b := r.take(1)
		if b == nil {
			return 0
		}
		c := b[0]
		if shift == 63 && c > 1 || shift > 0 && c == 0 {
			r.fail(CodeNotCanonical)
			return 0
		}
		u |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return u
		}
	}
}

func (r *packReader) u32(v *uint32) {
	u := r.varint()
	if u>>32 != 0 {
		r.fail(CodeTooLarge)
	}
	*v = uint32(u) //nolint:gosec // refused above when it does not fit
}

func (r *packReader) u64(v *uint64) { *v = r.varint() }

func (r *packReader) amount(a *money.Amount) {
	v := r.varint()
	if v>>63 != 0 {
		r.fail(CodeBadAmount)
		return
	}
	*a = money.Amount(v) //nolint:gosec // refused above when it does not fit
}

func (r *packReader) flag(v *bool) {
	u := r.varint()
	if u > 1 {
		r.fail(CodeUnknownValue)
	}
	*v = u == 1
}

func (r *packReader) id(v *[32]byte) {
	k := r.varint()
	switch {
	case r.err != "":
	case k > uint64(len(r.table.values)):
		r.fail(CodeWrongReference)
	case k > 0:
		*v = r.table.values[k-1]
	default:
		copy(v[:], r.take(32))
		if _, known := r.table.index[*v]; known {
			r.fail(CodeNotCanonical)
		}
		r.table.add(*v)
	}
}

func (r *packReader) raw(into []byte) { copy(into, r.take(len(into))) }

func (r *packReader) text(s *string, limit int) {
	b := r.take(r.length(limit, CodeTooLarge))
	*s = string(b)
}

func (r *packReader) count(_, limit int) int { return r.length(limit, CodeTooMany) }

func (r *packReader) length(limit int, over Code) int {
	u := r.varint()
	if u > uint64(limit) { //nolint:gosec // limits are small constants
		r.fail(over)
	}
	if r.err != "" {
		return 0
	}
	return int(u) //nolint:gosec // at most limit
}
