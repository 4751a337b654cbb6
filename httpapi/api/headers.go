package api

import (
	"encoding/base64"
	"encoding/json"

	"kula/httpapi/wire"
	"kula/protocol"
)

// What package wire has, for those who speak the rest of this face.
const (
	BundleType     = wire.BundleType
	ProblemType    = wire.ProblemType
	JSONType       = wire.JSONType
	CursorHeader   = wire.CursorHeader
	MoreHeader     = wire.MoreHeader
	ProblemsHeader = wire.ProblemsHeader
	FeeHeader      = wire.FeeHeader
	MaxBundle      = wire.MaxBundle
	MaxJSON        = wire.MaxJSON
)

// DeviceAuth is wire.DeviceAuth.
type DeviceAuth = wire.DeviceAuth

// ParseDeviceAuth is wire.ParseDeviceAuth.
func ParseDeviceAuth(header string) (DeviceAuth, error) { return wire.ParseDeviceAuth(header) }

// MaxProblems bounds the refusals that one answer lists.
const MaxProblems = 16

// DocumentProblem says why one presented document was refused; openapi.yaml describes it, but generates
// no type for what stands in a header.
type DocumentProblem struct {
	Document protocol.Hash `json:"document"`
	Code     string        `json:"code"`
	Detail   string        `json:"detail"`
}

// EncodeProblems writes the Kula-Problems header; "" when there are none. Problems over MaxProblems are left out.
func EncodeProblems(all []DocumentProblem) (string, error) {
	if len(all) == 0 {
		return "", nil
	}
	text, err := json.Marshal(all[:min(len(all), MaxProblems)])
	return base64.RawURLEncoding.EncodeToString(text), err
}

// DecodeProblems reads what EncodeProblems writes.
func DecodeProblems(header string) (all []DocumentProblem, err error) {
	if header == "" {
		return nil, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(header)
	if err != nil {
		return nil, err
	}
	return all, json.Unmarshal(text, &all)
}
