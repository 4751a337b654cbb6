package protocol

// Strkey is Stellar's text form of keys (SEP-23): base32 without padding over
// version byte ‖ payload ‖ CRC-16/XMODEM, low byte first.

const (
	strkeyAccount = 6 << 3  // G…
	strkeySeed    = 18 << 3 // S…
)

const base32Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

func encodeStrkey(version byte, payload []byte) string {
	raw := append(append(make([]byte, 0, len(payload)+3), version), payload...)
	crc := crc16(raw)
	raw = append(raw, byte(crc), byte(crc>>8))
	out := make([]byte, 0, (len(raw)*8+4)/5)
	bits, have := uint32(0), uint(0)
	for _, c := range raw {
		bits, have = bits<<8|uint32(c), have+8
		for ; have >= 5; have -= 5 {
			out = append(out, base32Digits[bits>>(have-5)&31])
		}
	}
	if have > 0 {
		out = append(out, base32Digits[bits<<(5-have)&31])
	}
	return string(out)
}

// decodeStrkey accepts exactly one text for each payload of 32 bytes.
func decodeStrkey(version byte, s string, into []byte) error {
	if len(s) != 56 {
		return CodeBadText
	}
	raw := make([]byte, 0, 35)
	bits, have := uint32(0), uint(0)
	for i := range len(s) {
		v := base32Value(s[i])
		if v < 0 {
			return CodeBadText
		}
		bits, have = bits<<5|uint32(v), have+5
		if have >= 8 {
			have -= 8
			raw = append(raw, byte(bits>>have))
		}
	}
	crc := crc16(raw[:33])
	if raw[0] != version || raw[33] != byte(crc) || raw[34] != byte(crc>>8) {
		return CodeBadText
	}
	copy(into, raw[1:33])
	return nil
}

func base32Value(c byte) int {
	switch {
	case c >= 'A' && c <= 'Z':
		return int(c - 'A')
	case c >= '2' && c <= '7':
		return int(c-'2') + 26
	}
	return -1
}

func crc16(b []byte) (crc uint16) {
	for _, c := range b {
		crc ^= uint16(c) << 8
		for range 8 {
			if crc&0x8000 != 0 {
				crc = crc<<1 ^ 0x1021
			} else {
				crc <<= 1
			}
		}
	}
	return crc
}

// FormatSeed writes an Ed25519 seed as a Stellar secret key ("S…"). Never log it.
func FormatSeed(seed [32]byte) string { return encodeStrkey(strkeySeed, seed[:]) }

// ParseSeed reads a Stellar secret key ("S…").
func ParseSeed(s string) (seed [32]byte, err error) {
	return seed, decodeStrkey(strkeySeed, s, seed[:])
}
