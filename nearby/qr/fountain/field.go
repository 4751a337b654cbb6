package fountain

// The field of 256 elements: sums are xor, products are these tables'.
const polynomial = 0x11d

// logs[x] is the power of the generator 2 that x is; powers run twice around, so that two logs may be added.
var logs, powers = tables()

func tables() (l [256]byte, p [510]byte) {
	x := 1
	for i := range 255 {
		p[i], p[i+255], l[x] = byte(x), byte(x), byte(i)
		if x <<= 1; x > 255 {
			x ^= polynomial
		}
	}
	return l, p
}

func product(a, b byte) byte {
	if a == 0 || b == 0 {
		return 0
	}
	return powers[int(logs[a])+int(logs[b])]
}

// inverse of what is not zero.
func inverse(a byte) byte { return powers[255-int(logs[a])] }

// addTimes adds factor × from to into, which is as long.
func addTimes(into, from []byte, factor byte) {
	if factor == 0 {
		return
	}
	// A product with either half of a byte, 16 of each: the other half's is added.
	var low, high [16]byte
	for i := range 16 {
		low[i], high[i] = product(factor, byte(i)), product(factor, byte(i<<4))
	}
	into = into[:len(from)]
	for i, b := range from {
		into[i] ^= low[b&15] ^ high[b>>4]
	}
}

// scale multiplies in place.
func scale(row []byte, factor byte) {
	for i, b := range row {
		row[i] = product(b, factor)
	}
}
