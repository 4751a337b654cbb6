package protocol

import (
	"sync"

	"kula/money"
)

// A coder walks over a document's fields in the order of kula.x. Each document names its fields
// once (its body and seals methods); four coders make of that the strict XDR of RFC 4506
// (xdrWriter, xdrReader) and the shorter form inside bundles (packWriter, packReader).
//
// Errors stick: after the first one every further call does nothing, and err reports it.
type coder interface {
	u32(*uint32)
	u64(*uint64)
	amount(*money.Amount) // never negative
	flag(*bool)
	id(*[32]byte)       // a hash, key or account: what bundles elide
	raw([]byte)         // opaque of fixed length
	text(*string, int)  // string, at most so many bytes; a document's Check judges them
	count(int, int) int // length of a list: the one present (written), at most max (read)
	fail(Code)
	failed() bool
	reading() bool
}

// list walks over a list of at most max members, growing it member by member while reading,
// so that a huge length allocates nothing.
func list[T any](c coder, s *[]T, max int, each func(coder, *T)) {
	n := c.count(len(*s), max)
	for i := 0; i < n && !c.failed(); i++ {
		if c.reading() {
			var zero T
			*s = append(*s, zero)
		}
		each(c, &(*s)[i])
	}
}

func enum[T ~uint32](c coder, v *T, last T) {
	u := uint32(*v)
	c.u32(&u)
	if u == 0 || u > uint32(last) {
		c.fail(CodeUnknownValue)
		return
	}
	if c.reading() { // documents are shared: writing them out must not write to them
		*v = T(u)
	}
}

func hashes(c coder, s *[]Hash, max int) {
	list(c, s, max, func(c coder, h *Hash) { c.id((*[32]byte)(h)) })
}

func asset(c coder, a *money.Asset) {
	code := ""
	if !a.Native() {
		code = a.CodeString()
	}
	c.text(&code, money.MaxCode)
	c.id(&a.Issuer)
	if c.reading() {
		a.Code = [money.MaxCode]byte{}
		copy(a.Code[:], code)
		if a.Check() != nil || (!a.Native() && a.CodeString() != code) {
			c.fail(CodeBadAsset)
		}
	}
}

// ---- XDR

// xdrWriter writes whatever it is given; what it should not have been given it remembers as err.
type xdrWriter struct {
	buf []byte
	err Code
}

// Writers are used again: what a wallet and a bank do most is to hash documents.
var xdrWriters = sync.Pool{New: func() any { return &xdrWriter{buf: make([]byte, 0, 1024)} }}

// newXDR is an empty writer; done gives it back, and with it what it has written.
func newXDR() *xdrWriter {
	w := xdrWriters.Get().(*xdrWriter) //nolint:forcetypeassert,errcheck // the pool holds nothing else
	w.buf, w.err = w.buf[:0], ""
	return w
}

func (w *xdrWriter) done() {
	if cap(w.buf) <= MaxDocument {
		xdrWriters.Put(w)
	}
}

func (w *xdrWriter) u32(v *uint32) {
	w.buf = append(w.buf, byte(*v>>24), byte(*v>>16), byte(*v>>8), byte(*v))
}

func (w *xdrWriter) u64(v *uint64) {
	high, low := uint32(*v>>32), uint32(*v)
	w.u32(&high)
	w.u32(&low)
}

func (w *xdrWriter) amount(a *money.Amount) {
	v := uint64(*a) //nolint:gosec // a negative one is written as it is, and remembered
	w.u64(&v)
	if *a < 0 {
		w.fail(CodeBadAmount)
	}
}

func (w *xdrWriter) flag(v *bool) {
	var u uint32
	if *v {
		u = 1
	}
	w.u32(&u)
}

func (w *xdrWriter) id(v *[32]byte) { w.buf = append(w.buf, v[:]...) }

func (w *xdrWriter) raw(b []byte) {
	w.buf = append(w.buf, b...)
	w.buf = append(w.buf, make([]byte, -len(b)&3)...)
}

func (w *xdrWriter) text(s *string, _ int) {
	w.length(len(*s))
	w.raw([]byte(*s))
}

func (w *xdrWriter) count(n, limit int) int {
	if n > limit {
		w.fail(CodeTooMany)
	}
	w.length(n)
	return n
}

func (w *xdrWriter) length(n int) {
	u := uint32(n) //nolint:gosec // lengths of things in memory here are far below 2^32
	w.u32(&u)
}

func (w *xdrWriter) fail(c Code) {
	if w.err == "" {
		w.err = c
	}
}
func (w *xdrWriter) failed() bool  { return false }
func (w *xdrWriter) reading() bool { return false }

// input is what a reader has still before it, and the first thing that was wrong with it.
type input struct {
	buf []byte
	err Code
}

func (r *input) take(n int) []byte {
	if r.err != "" {
		return nil
	}
	if n > len(r.buf) {
		r.fail(CodeTruncated)
		return nil
	}
	b := r.buf[:n]
	r.buf = r.buf[n:]
	return b
}

func (r *input) fail(c Code) {
	if r.err == "" {
		r.err = c
	}
}
func (r *input) failed() bool  { return r.err != "" }
func (r *input) reading() bool { return true }
func (r *input) fault() Code   { return r.err }

type xdrReader struct{ input }

func (r *xdrReader) u32(v *uint32) {
	if b := r.take(4); b != nil {
		*v = uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	}
}

func (r *xdrReader) u64(v *uint64) {
	var high, low uint32
	r.u32(&high)
	r.u32(&low)
	*v = uint64(high)<<32 | uint64(low)
}

func (r *xdrReader) amount(a *money.Amount) {
	var v uint64
	r.u64(&v)
	if v>>63 != 0 {
		r.fail(CodeBadAmount)
		return
	}
	*a = money.Amount(v) //nolint:gosec // refused above when it does not fit
}

func (r *xdrReader) flag(v *bool) {
	var u uint32
	r.u32(&u)
	if u > 1 {
		r.fail(CodeUnknownValue)
	}
	*v = u == 1
}

func (r *xdrReader) id(v *[32]byte) { copy(v[:], r.take(32)) }

func (r *xdrReader) raw(into []byte) {
	copy(into, r.take(len(into)))
	for _, c := range r.take(-len(into) & 3) {
		if c != 0 {
			r.fail(CodePadding)
		}
	}
}

func (r *xdrReader) text(s *string, limit int) {
	b := make([]byte, r.length(limit, CodeTooLarge))
	r.raw(b)
	*s = string(b)
}

func (r *xdrReader) count(_, limit int) int { return r.length(limit, CodeTooMany) }

func (r *xdrReader) length(limit int, over Code) int {
	var u uint32
	r.u32(&u)
	if uint64(u) > uint64(limit) { //nolint:gosec // limits are small constants
		r.fail(over)
	}
	if r.err != "" {
		return 0
	}
	return int(u)
}
