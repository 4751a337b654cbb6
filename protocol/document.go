package protocol

import (
	"bytes"
	"slices"
	"unicode/utf8"
)

// DocumentType numbers the documents. A document only refers to documents of lower types, so a
// bundle sorted by type can be read in one pass.
type DocumentType uint32

// The documents of kula.x.
const (
	TypeCharter DocumentType = iota + 1
	TypeEnrolment
	TypeMemo
	TypeCard
	TypeSheet
	TypeBill
	TypeEntry
	TypeAck
	TypeDelivery
	TypeReceipt
	TypePayout
	TypeNotice
	TypeFraudProof
)

var blanks = map[DocumentType]func() Document{
	TypeCharter:    func() Document { return new(Charter) },
	TypeEnrolment:  func() Document { return new(Enrolment) },
	TypeMemo:       func() Document { return new(Memo) },
	TypeCard:       func() Document { return new(Card) },
	TypeSheet:      func() Document { return new(Sheet) },
	TypeBill:       func() Document { return new(Bill) },
	TypeEntry:      func() Document { return new(Entry) },
	TypeAck:        func() Document { return new(Ack) },
	TypeDelivery:   func() Document { return new(Delivery) },
	TypeReceipt:    func() Document { return new(Receipt) },
	TypePayout:     func() Document { return new(Payout) },
	TypeNotice:     func() Document { return new(Notice) },
	TypeFraudProof: func() Document { return new(FraudProof) },
}

var typeNames = [...]string{"", "charter", "enrolment", "memo", "card", "sheet", "bill", "entry",
	"ack", "delivery", "receipt", "payout", "notice", "fraudproof"}

func (t DocumentType) String() string {
	if int(t) < len(typeNames) && t > 0 {
		return typeNames[t]
	}
	return "unknown"
}

// Document is one signed statement. Check looks at its own fields only: ranges, order, text.
type Document interface {
	Type() DocumentType
	Check() error
	body(coder)  // what is hashed and signed
	seals(coder) // the signatures
}

// MaxDocument bounds the encoding of one document, in bytes.
const MaxDocument = 32 << 10

// version is the protocol's, and stands in every tag and bundle header.
const version = 1

const tagMagic = 'K'

// Check looks whether a document made here is one that may be signed and sent: everything Decode
// would refuse in it, bounds and ranges of single fields included.
func Check(d Document) error {
	w := newXDR()
	defer w.done()
	d.body(w)
	d.seals(w)
	if w.err != "" {
		return refuse(w.err, d.Type().String())
	}
	return d.Check()
}

// Encode writes one document with its signatures: tag ‖ XDR(body) ‖ XDR(signatures). The tag is four
// bytes: 'K', the version, and the type as uint16.
func Encode(d Document) []byte {
	w := newXDR()
	defer w.done()
	w.document(d)
	return slices.Clone(w.buf)
}

// Size is the length of a document's encoding.
func Size(d Document) int {
	w := newXDR()
	defer w.done()
	w.document(d)
	return len(w.buf)
}

func (w *xdrWriter) document(d Document) {
	tag := uint32(tagMagic)<<24 | version<<16 | uint32(d.Type())
	w.u32(&tag)
	d.body(w)
	d.seals(w)
}

// Decode reads what Encode writes, and nothing else: Encode(Decode(b)) is b. The document is checked.
func Decode(b []byte) (Document, error) {
	if len(b) > MaxDocument {
		return nil, refuse(CodeTooLarge, "document")
	}
	r := xdrReader{input{buf: b}}
	var tag uint32
	r.u32(&tag)
	switch {
	case r.err != "":
		return nil, refuse(r.err, "document")
	case tag>>24 != tagMagic:
		return nil, refuse(CodeUnknownType, "document")
	case tag>>16&0xff != version:
		return nil, refuse(CodeWrongVersion, "document")
	}
	d, err := readDocument(&r, DocumentType(tag&0xffff))
	if err != nil {
		return nil, err
	}
	if len(r.buf) > 0 {
		return nil, refuse(CodeTrailing, d.Type().String())
	}
	return d, nil
}

// DecodeAs is Decode for a document that must be of one type.
func DecodeAs[D Document](b []byte) (D, error) {
	var none D
	d, err := Decode(b)
	if err != nil {
		return none, err
	}
	typed, ok := d.(D)
	if !ok {
		return none, refuse(CodeUnknownType, d.Type().String())
	}
	return typed, nil
}

type faultCoder interface {
	coder
	fault() Code
}

func readDocument(r faultCoder, t DocumentType) (Document, error) {
	blank, ok := blanks[t]
	if !ok {
		return nil, refuse(CodeUnknownType, "document")
	}
	d := blank()
	d.body(r)
	d.seals(r)
	if r.failed() {
		return nil, refuse(r.fault(), t.String())
	}
	if err := d.Check(); err != nil {
		return nil, err
	}
	return d, nil
}

// Limits of texts, in bytes.
const (
	MaxName = 48
	MaxMemo = 64
	MaxURL  = 256
)

// checkText refuses what could make a text look like another: control characters, direction
// overrides, invisible and unassignable code points, and space at either end.
func checkText(s string, max int) error {
	if len(s) > max {
		return CodeTooLarge
	}
	if !utf8.ValidString(s) || s != "" && (s[0] == ' ' || s[len(s)-1] == ' ') {
		return CodeBadText
	}
	for _, r := range s {
		if hidden(r) {
			return CodeBadText
		}
	}
	return nil
}

// hiddenRanges are the code points that no text may hold, as pairs of first and last, ascending. The
// list is the rule, not any edition of Unicode: two implementations must agree for ever.
var hiddenRanges = [...][2]rune{
	{0, 0x1f}, {0x7f, 0xa0}, {0xad, 0xad}, // controls, no-break space, soft hyphen
	{0x34f, 0x34f}, {0x61c, 0x61c}, // grapheme joiner, Arabic letter mark
	{0x115f, 0x1160}, {0x1680, 0x1680}, {0x17b4, 0x17b5}, // fillers, Ogham space, inherent vowels
	{0x180b, 0x180f},                   // Mongolian selectors and separator
	{0x2000, 0x200f}, {0x2028, 0x202f}, // odd spaces, zero widths, direction marks and overrides
	{0x205f, 0x206f}, {0x2800, 0x2800}, // invisible operators, isolates, blank Braille
	{0x3000, 0x3000}, {0x3164, 0x3164}, // wide space, filler
	{0xe000, 0xf8ff},                   // private use
	{0xfdd0, 0xfdef}, {0xfe00, 0xfe0f}, // no characters, variation selectors
	{0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff0, 0xffff}, // byte order mark, filler, specials
	{0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, // shorthand and musical controls
	{0xe0000, 0x10ffff}, // tags, selectors, private use
}

func hidden(r rune) bool {
	for _, x := range hiddenRanges {
		if r <= x[1] {
			return r >= x[0]
		}
	}
	return false
}

// inOrder looks whether each member is greater than the one before it: CodeUnsorted or CodeDuplicate
// when one is not, empty when all are.
func inOrder[T any](s []T, compare func(a, b T) int) Code {
	for i := 1; i < len(s); i++ {
		switch c := compare(s[i-1], s[i]); {
		case c == 0:
			return CodeDuplicate
		case c > 0:
			return CodeUnsorted
		}
	}
	return ""
}

func compare32[T ~[32]byte](a, b T) int {
	x, y := [32]byte(a), [32]byte(b)
	return bytes.Compare(x[:], y[:])
}

// ordered is inOrder as a condition.
func ordered[T any](s []T, compare func(a, b T) int, where string) condition {
	code := inOrder(s, compare)
	return condition{code != "", code, where}
}

// A condition is one way to break a rule.
type condition struct {
	broken bool
	code   Code
	where  string
}

// firstBroken returns a refusal for the first condition that is broken.
func firstBroken(all ...condition) error {
	for _, c := range all {
		if c.broken {
			return refuse(c.code, c.where)
		}
	}
	return nil
}
