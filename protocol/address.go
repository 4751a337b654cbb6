package protocol

const strkeyMuxed = 12 << 3 // M…

// Address is where money is sent on Stellar: an account, and for a muxed address (SEP-23, "M…") the
// number that tells apart those who share it.
type Address struct {
	Account AccountID
	Muxed   bool
	ID      uint64
}

func (a Address) String() string {
	if !a.Muxed {
		return a.Account.String()
	}
	payload := append(make([]byte, 0, 40), a.Account[:]...)
	for shift := 56; shift >= 0; shift -= 8 {
		payload = append(payload, byte(a.ID>>shift))
	}
	return encodeStrkey(strkeyMuxed, payload)
}

// ParseAddress reads a "G…" or an "M…" address.
func ParseAddress(s string) (Address, error) {
	if len(s) != muxedLength {
		account, err := ParseAccount(s)
		return Address{Account: account}, err
	}
	a := Address{Muxed: true}
	raw := make([]byte, 0, 43)
	bits, have := uint32(0), uint(0)
	for i := range len(s) {
		v := base32Value(s[i])
		if v < 0 {
			return Address{}, CodeBadText
		}
		bits, have = bits<<5|uint32(v), have+5
		if have >= 8 {
			have -= 8
			raw = append(raw, byte(bits>>have))
		}
	}
	copy(a.Account[:], raw[1:33])
	for _, c := range raw[33:41] {
		a.ID = a.ID<<8 | uint64(c)
	}
	if a.String() != s { // version, checksum and spare bits
		return Address{}, CodeBadText
	}
	return a, nil
}

// muxedLength is that of an "M…" address.
const muxedLength = 69
