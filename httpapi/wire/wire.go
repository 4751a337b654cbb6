// Package wire is what of the anchor's HTTP face both ends write by hand: media types, headers, bounds, and the proof
// that a device speaks. It weighs next to nothing: the phone's WebAssembly carries it, too.
package wire

import (
	"encoding/base64"
	"errors"
	"strings"

	"kula/protocol"
)

// Media types.
const (
	BundleType  = "application/vnd.kula.bundle"
	ProblemType = "application/problem+json"
	JSONType    = "application/json"
)

// Headers of answers.
const (
	CursorHeader   = "Kula-Cursor"
	MoreHeader     = "Kula-More"
	ProblemsHeader = "Kula-Problems"
	FeeHeader      = "Kula-Fee"
)

// Bounds of requests, in bytes.
const (
	MaxBundle = 1 << 20
	MaxJSON   = 16 << 10
)

// deviceScheme opens the Authorization header of a device.
const deviceScheme = "Kula "

// deviceAuthSize is the length of the one form that ParseDeviceAuth takes.
const deviceAuthSize = len(deviceScheme) + 64 + 1 + 64 + 1 + 86

// ErrDeviceAuth says that a header is not one that DeviceAuth.Header wrote.
var ErrDeviceAuth = errors.New("the Authorization header is not of the form “Kula purse.nonce.signature”")

// DeviceAuth is a purse's first signer speaking: Signature is by its key over
// protocol.Network.DeviceAuthHash(Nonce, Purse).
type DeviceAuth struct {
	Purse     protocol.PurseID
	Nonce     protocol.Hash
	Signature protocol.Signature
}

// Header is the value of the Authorization header.
func (a DeviceAuth) Header() string {
	return deviceScheme + a.Purse.String() + "." + a.Nonce.String() + "." + base64.RawURLEncoding.EncodeToString(a.Signature[:])
}

// ParseDeviceAuth reads what Header writes, and nothing else.
func ParseDeviceAuth(header string) (a DeviceAuth, err error) {
	if len(header) != deviceAuthSize || !strings.HasPrefix(header, deviceScheme) {
		return DeviceAuth{}, ErrDeviceAuth
	}
	parts := strings.Split(header[len(deviceScheme):], ".")
	if len(parts) != 3 || len(parts[2]) != base64.RawURLEncoding.EncodedLen(len(a.Signature)) {
		return DeviceAuth{}, ErrDeviceAuth
	}
	signature, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	if err != nil || len(signature) != len(a.Signature) {
		return DeviceAuth{}, ErrDeviceAuth
	}
	copy(a.Signature[:], signature)
	if a.Purse.UnmarshalText([]byte(parts[0])) != nil || a.Nonce.UnmarshalText([]byte(parts[1])) != nil {
		return DeviceAuth{}, ErrDeviceAuth
	}
	return a, nil
}
