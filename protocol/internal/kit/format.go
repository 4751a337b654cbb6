package kit

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"

	"kula/money"
	"kula/protocol"
)

// The shapes of the kit's files. testdata/vectors/README.md explains them to those who have no Go.

// DocumentFile holds the cases of one kind of document.
type DocumentFile struct {
	Document string         `json:"document"`
	Type     uint32         `json:"type"`
	Cases    []DocumentCase `json:"cases"`
}

// DocumentCase is one encoding and what must come of it.
type DocumentCase struct {
	Name    string         `json:"name"`
	Expect  string         `json:"expect"` // "ok" or a code
	Network string         `json:"network"`
	Bytes   Data           `json:"bytes"`
	Cut     bool           `json:"cut_everywhere,omitempty"`
	Zeros   int            `json:"zeros_appended,omitempty"`
	Hash    string         `json:"hash,omitempty"`
	Keys    []Data         `json:"keys,omitempty"`
	Fields  map[string]any `json:"fields,omitempty"`
}

// BundleCase is one bundle and what must come of it.
type BundleCase struct {
	Name      string   `json:"name"`
	Expect    string   `json:"expect"`
	Network   string   `json:"network"`
	Bytes     Data     `json:"bytes"`
	Cut       bool     `json:"cut_everywhere,omitempty"`
	Zeros     int      `json:"zeros_appended,omitempty"`
	MaxBytes  int      `json:"max_bytes"`
	MaxDocs   int      `json:"max_documents"`
	Held      []Data   `json:"held,omitempty"` // documents the receiver holds
	Documents []string `json:"documents,omitempty"`
	Roots     []string `json:"roots,omitempty"`
}

// SignatureCase is one key, message and signature.
type SignatureCase struct {
	Name      string `json:"name"`
	Expect    string `json:"expect"`
	Key       Data   `json:"key"`
	Message   Data   `json:"message"`
	Signature Data   `json:"signature"`
	Standard  bool   `json:"crypto_ed25519"` // what Go's standard library says of it, for comparison only
}

// PaymentCase is one payment in the eyes of one payee.
type PaymentCase struct {
	Name      string       `json:"name"`
	Expect    string       `json:"expect"`
	Network   string       `json:"network"`
	Now       uint64       `json:"now"`
	Margin    uint64       `json:"margin"`
	Charters  []Data       `json:"charters"` // trusted: their signatures are judged already
	Notices   []Data       `json:"notices"`  // likewise
	Known     []KnownEntry `json:"known_entries,omitempty"`
	Condemned []string     `json:"condemned_purses,omitempty"` // against these a proof of fraud is held
	Bundle    Data         `json:"bundle"`
	Entry     string       `json:"entry"`
	Verdict   *VerdictCase `json:"verdict,omitempty"`
}

// KnownEntry is an entry the payee has verified before.
type KnownEntry struct {
	Purse string `json:"purse"`
	Entry Data   `json:"entry"`
}

// VerdictCase is what a payee shows of a good payment.
type VerdictCase struct {
	Depth      int    `json:"depth"`
	Deadline   uint64 `json:"deadline"`
	Guaranteed int64  `json:"guaranteed"`
	Payer      string `json:"payer,omitempty"` // the name that a genuine card gives
}

// RequestCase is one bill and card in the eyes of one payer.
type RequestCase struct {
	Name     string `json:"name"`
	Expect   string `json:"expect"`
	Network  string `json:"network"`
	Now      uint64 `json:"now"`
	Charters []Data `json:"charters"`
	Notices  []Data `json:"notices"`
	Bill     Data   `json:"bill"`
	Card     Data   `json:"card"`
}

// Cases is any other file.
type Cases[C any] struct {
	Cases []C `json:"cases"`
}

// Data is bytes, in base64 in the files.
type Data []byte

// MarshalText writes base64.
func (d Data) MarshalText() ([]byte, error) {
	return base64.StdEncoding.AppendEncode(nil, d), nil
}

// UnmarshalText reads base64.
func (d *Data) UnmarshalText(text []byte) (err error) {
	*d, err = base64.StdEncoding.DecodeString(string(text))
	return err
}

func marshal(v any) []byte {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(v); err != nil {
		panic(err) // the shapes above always marshal
	}
	return out.Bytes()
}

// fields shows a document's body and signatures under the names of kula.x. Numbers of 64 bits are
// texts, since they do not fit every reader of JSON; bytes are hex.
func fields(d protocol.Document) map[string]any {
	m, _ := plain(reflect.ValueOf(d).Elem()).(map[string]any)
	if e, ok := d.(*protocol.Entry); ok {
		if e.Kind == protocol.SpendKind {
			delete(m, "statement")
		} else {
			delete(m, "spend")
		}
	}
	return m
}

func plain(v reflect.Value) any {
	if a, ok := v.Interface().(money.Asset); ok {
		m := map[string]any{"code": a.CodeString(), "issuer": hex.EncodeToString(a.Issuer[:])}
		if a.Native() {
			m["code"] = ""
		}
		return m
	}
	switch v.Kind() {
	case reflect.Struct:
		m := map[string]any{}
		for i := range v.NumField() {
			m[lowerFirst(v.Type().Field(i).Name)] = plain(v.Field(i))
		}
		return m
	case reflect.Array:
		b := make([]byte, v.Len())
		for i := range b {
			b[i] = byte(v.Index(i).Uint()) //nolint:gosec // arrays here are of bytes
		}
		return hex.EncodeToString(b)
	case reflect.Slice:
		s := make([]any, v.Len())
		for i := range s {
			s[i] = plain(v.Index(i))
		}
		return s
	case reflect.Int64:
		return strconv.FormatInt(v.Int(), 10)
	case reflect.Uint64:
		return strconv.FormatUint(v.Uint(), 10)
	case reflect.Uint32:
		return v.Uint()
	default: // text, bool
		return v.Interface()
	}
}

func lowerFirst(s string) string {
	if s == "ID" {
		return "id"
	}
	return strings.ToLower(s[:1]) + s[1:]
}
