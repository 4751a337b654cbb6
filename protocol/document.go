package protocol

import "unicode/utf8"

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

// Encode writes one document with its signatures: tag ‖ XDR(body) ‖ XDR(signatures). The tag is four
// bytes: 'K', the version, and the type as uint16.
func Encode(d Document) []byte {
	w := xdrWriter{buf: make([]byte, 0, 512)}
	tag := uint32(tagMagic)<<24 | version<<16 | uint32(d.Type())
	w.u32(&tag)
	d.body(&w)
	d.seals(&w)
	return w.buf
}

// Decode reads what Encode writes, and nothing else: Encode(Decode(b)) is b. The document is checked.
func Decode(b []byte) (Document, error) {
	if len(b) > MaxDocument {
		return nil, refuse(CodeTooLarge, "document")
	}
	r := xdrReader{buf: b}
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

func (r *xdrReader) fault() Code  { return r.err }
func (r *packReader) fault() Code { return r.err }

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

func hidden(r rune) bool {
	switch {
	case r < 0x20, r >= 0x7f && r < 0xa0, r == 0xad: // controls, soft hyphen
	case r == 0x61c, r == 0x180e, r >= 0x200b && r <= 0x200f, r >= 0x2028 && r <= 0x202e: // marks, separators, overrides
	case r >= 0x2060 && r <= 0x206f, r == 0xfeff, r >= 0xfff0 && r <= 0xfffb: // invisible operators, isolates, specials
	case r >= 0xe000 && r <= 0xf8ff, r >= 0xe0000: // private use, tags and beyond
	case r == 0x115f, r == 0x1160, r == 0x3164, r == 0xffa0: // fillers
	default:
		return false
	}
	return true
}

// ascending reports whether each member is greater than the one before it.
func ascending[T any](s []T, less func(a, b T) bool) bool {
	for i := 1; i < len(s); i++ {
		if !less(s[i-1], s[i]) {
			return false
		}
	}
	return true
}

func less32(a, b [32]byte) bool {
	for i := range a {
		if a[i] != b[i] {
			return a[i] < b[i]
		}
	}
	return false
}

func lessHash(a, b Hash) bool  { return less32(a, b) }
func lessKey(a, b Key) bool    { return less32(a, b) }
func lessU32(a, b uint32) bool { return a < b }

// firstError returns a refusal for the first condition that holds.
type condition struct {
	broken bool
	code   Code
	where  string
}

func firstBroken(all ...condition) error {
	for _, c := range all {
		if c.broken {
			return refuse(c.code, c.where)
		}
	}
	return nil
}
