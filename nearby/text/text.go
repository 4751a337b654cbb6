// Package text is an encoded bundle as text: "KULA1:" and base45 (RFC 9285), which is what a QR code holds most
// tightly. It is all that a phone needs to know of it: package qr draws and reads the pictures.
package text

import (
	"encoding/base64"
	"strings"

	"kula/protocol"
)

// MaxQR is the largest bundle that one static QR code is drawn for.
const MaxQR = protocol.OneCode

// Prefix opens the text form.
const Prefix = "KULA1:"

// base64Prefix is how base64 of a bundle begins: "KB" and the version 1.
const base64Prefix = "S0IB"

// digits of base45, which are those of a QR code's alphanumeric mode.
const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

// Encode writes a bundle in the text form.
func Encode(bundle []byte) string {
	return Prefix + Base45(bundle)
}

// Base45 writes bytes with the characters of a QR code's alphanumeric mode (RFC 9285).
func Base45(bundle []byte) string {
	var s strings.Builder
	s.Grow((len(bundle) + 1) / 2 * 3)
	for ; len(bundle) > 1; bundle = bundle[2:] {
		v := int(bundle[0])<<8 | int(bundle[1])
		s.WriteByte(digits[v%45])
		s.WriteByte(digits[v/45%45])
		s.WriteByte(digits[v/45/45])
	}
	if len(bundle) == 1 {
		s.WriteByte(digits[bundle[0]%45])
		s.WriteByte(digits[bundle[0]/45])
	}
	return s.String()
}

// Decode reads the text form, or base64. A line end after it is ignored, nothing else is: there
// is one text for each bundle and form.
func Decode(text string) ([]byte, error) {
	text = strings.TrimRight(text, "\r\n")
	if rest, ok := strings.CutPrefix(text, Prefix); ok {
		return ParseBase45(rest)
	}
	if strings.HasPrefix(text, base64Prefix) {
		b, err := base64.StdEncoding.Strict().DecodeString(text)
		if err != nil {
			return nil, refuse(protocol.CodeBadText, "text")
		}
		return b, nil
	}
	return nil, refuse(protocol.CodeUnknownType, "text")
}

// ParseBase45 reads what Base45 writes, and nothing else.
func ParseBase45(s string) ([]byte, error) {
	out := make([]byte, 0, len(s)/3*2+1)
	for len(s) > 0 {
		group := s[:min(3, len(s))]
		s = s[len(group):]
		v, ok := value45(group)
		switch {
		case !ok, len(group) == 1, len(group) == 2 && v > 0xff, v > 0xffff:
			return nil, refuse(protocol.CodeBadText, "text")
		case len(group) == 3:
			out = append(out, byte(v>>8))
		}
		out = append(out, byte(v))
	}
	return out, nil
}

// value45 is the number that up to three digits write, the lowest first.
func value45(group string) (v int, ok bool) {
	for i := len(group) - 1; i >= 0; i-- {
		d := strings.IndexByte(digits, group[i])
		if d < 0 {
			return 0, false
		}
		v = v*45 + d
	}
	return v, true
}

func refuse(code protocol.Code, where string) error {
	return &protocol.Error{Code: code, Where: where}
}
