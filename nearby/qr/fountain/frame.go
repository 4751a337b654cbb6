package fountain

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"

	"kula/nearby/text"
	"kula/protocol"
)

// Prefix opens the text of a frame.
const Prefix = "KULA2:"

// Sizes of a symbol, in bytes. With DefaultSymbol a code has 69 modules a side, which a hand-held camera reads
// at arm's length; smaller symbols make sparser codes, and more of them.
const (
	MinSymbol     = 100
	DefaultSymbol = 300
	MaxSymbol     = 600
)

// MaxSize is the largest bundle: one payment. What is larger goes as a file: at seven codes a second it
// would be minutes.
const MaxSize = 64 << 10 // protocol.PaymentBounds.Bytes

const (
	header  = 10
	maxText = len(Prefix) + (header+MaxSymbol+1)/2*3
)

// id is the beginning of a bundle's digest.
type id [4]byte

func idOf(bundle []byte) id {
	digest := sha256.Sum256(bundle)
	return id(digest[:4])
}

// kind is what the frames of one showing have in common.
type kind struct {
	id     id
	size   int // of the bundle
	symbol int // its size
}

// symbols is how many make the bundle.
func (k *kind) symbols() int { return (k.size + k.symbol - 1) / k.symbol }

type frame struct {
	kind
	number uint16
	data   []byte
}

// Is reports whether a text says that it is a frame.
func Is(s string) bool { return strings.HasPrefix(s, Prefix) }

func (f *frame) text() string {
	b := make([]byte, 0, header+len(f.data))
	b = append(b, f.id[:]...)
	b = binary.BigEndian.AppendUint32(b, uint32(f.size))
	b = binary.BigEndian.AppendUint16(b, f.number)
	return Prefix + text.Base45(append(b, f.data...))
}

// parse reads a frame, and holds it to the bounds.
func parse(s string) (*frame, error) {
	rest, ok := strings.CutPrefix(strings.TrimRight(s, "\r\n"), Prefix)
	if !ok {
		return nil, refuse(protocol.CodeUnknownType)
	}
	if len(Prefix)+len(rest) > maxText { // so the symbol is not above MaxSymbol
		return nil, refuse(protocol.CodeTooLarge)
	}
	b, err := text.ParseBase45(rest)
	if err != nil {
		return nil, refuse(protocol.CodeBadText)
	}
	if len(b) < header+MinSymbol {
		return nil, refuse(protocol.CodeTruncated)
	}
	size := binary.BigEndian.Uint32(b[4:])
	if size == 0 {
		return nil, refuse(protocol.CodeTruncated)
	}
	if size > MaxSize {
		return nil, refuse(protocol.CodeTooLarge)
	}
	f := &frame{number: binary.BigEndian.Uint16(b[8:]), data: b[header:]}
	f.kind = kind{id: id(b[:4]), size: int(size), symbol: len(f.data)}
	return f, nil
}

// factors are those of the bundle's symbols in symbol n.
func factors(n uint16, count int) []byte {
	out := make([]byte, 0, count+sha256.Size)
	if int(n) < count {
		out = out[:count]
		out[n] = 1
		return out
	}
	seed := append([]byte("kula fountain"), make([]byte, 8)...)
	binary.BigEndian.PutUint32(seed[len(seed)-8:], uint32(n))
	for block := uint32(0); len(out) < count; block++ {
		binary.BigEndian.PutUint32(seed[len(seed)-4:], block)
		sum := sha256.Sum256(seed)
		out = append(out, sum[:]...)
	}
	return out[:count]
}

func refuse(code protocol.Code) error { return &protocol.Error{Code: code, Where: "frame"} }
