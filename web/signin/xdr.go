package signin

import "encoding/binary"

// reader reads XDR (RFC 4506) strictly. After the first fault everything it returns is zero, and bad stays set.
type reader struct {
	left []byte
	bad  bool
}

// raw takes n bytes as they are.
func (r *reader) raw(n int) []byte {
	if r.bad || n > len(r.left) {
		r.bad, r.left = true, nil
		return nil
	}
	b := r.left[:n:n]
	r.left = r.left[n:]
	return b
}

func (r *reader) u32() uint32 {
	if b := r.raw(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

func (r *reader) u64() uint64 {
	if b := r.raw(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

// count takes the length of an array or of a string.
func (r *reader) count(most int) int {
	n := r.u32()
	if n > uint32(most) {
		r.bad = true
		return 0
	}
	return int(n)
}

// flag takes a boolean.
func (r *reader) flag() bool { return r.count(1) == 1 }

// opaque takes bytes of varying length; the filling after them must be zero.
func (r *reader) opaque(most int) []byte {
	n := r.count(most)
	b := r.raw(n)
	for _, c := range r.raw(-n & 3) {
		if c != 0 {
			r.bad = true
		}
	}
	return b
}
