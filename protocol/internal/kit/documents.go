package kit

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"math"
	"slices"
	"strings"

	"kula/protocol"
)

// OtherPassphrase names a network that is not the kit's.
const OtherPassphrase = "Some other network ; November 2026"

// hostile is an encoding that must be refused, and why.
type hostile struct {
	name  string
	code  protocol.Code
	bytes []byte
}

// documentFile makes the file of one kind of document: valid ones, what is wrong with any kind of
// document, and what is wrong with this kind only.
func documentFile(valid []protocol.Document, special ...[]hostile) DocumentFile {
	d := valid[0]
	f := DocumentFile{Document: d.Type().String(), Type: uint32(d.Type())}
	for i, v := range valid {
		f.Cases = append(f.Cases, good([]string{"as usual", "another form", "a third form", "a fourth form"}[i], v))
	}
	f.Cases = append(f.Cases, malformed(d)...)
	f.Cases = append(f.Cases, forged(d)...)
	for _, h := range slices.Concat(special...) {
		f.Cases = append(f.Cases, DocumentCase{Name: h.name, Expect: string(h.code), Network: Passphrase, Bytes: h.bytes})
	}
	return f
}

// wrong is a hostile document made by changing a copy of a good one. Its signature need not be good:
// whether it may be decoded comes first.
func wrong[D any, P interface {
	*D
	protocol.Document
}](d P, name string, code protocol.Code, change func(P)) hostile {
	c := *d
	change(&c)
	return hostile{name, code, protocol.Encode(P(&c))}
}

func good(name string, d protocol.Document) DocumentCase {
	n := protocol.NewNetwork(Passphrase)
	c := DocumentCase{Name: name, Expect: "ok", Network: Passphrase, Bytes: protocol.Encode(d), Hash: n.Hash(d).String(), Fields: fields(d)}
	for _, k := range keysOf(d) {
		c.Keys = append(c.Keys, slices.Clone(k[:]))
	}
	return c
}

// keysOf are the keys behind a document's signatures, in the order of its encoding.
func keysOf(d protocol.Document) (keys []protocol.Key) {
	switch x := d.(type) {
	case *protocol.Memo, *protocol.FraudProof:
		return nil
	case *protocol.Charter:
		return []protocol.Key{Public("root")}
	case *protocol.Bill, *protocol.Ack:
		return []protocol.Key{Public("stall")}
	case *protocol.Entry:
		for _, s := range x.Signatures {
			keys = append(keys, Public([]string{"till", "till 2"}[s.Index]))
		}
		return keys
	case *protocol.Enrolment:
		for _, s := range x.AccountSignatures {
			keys = append(keys, s.Key)
		}
		for _, s := range x.DeviceSignatures {
			keys = append(keys, x.Quorum.Signers[s.Index].Key)
		}
		return keys
	}
	return []protocol.Key{Public("issuing")}
}

// malformed are the ways in which any document's encoding can be wrong.
func malformed(d protocol.Document) []DocumentCase {
	b := protocol.Encode(d)
	own := uint32(d.Type())
	tag := func(name string, code protocol.Code, x uint32) DocumentCase {
		return DocumentCase{Name: name, Expect: string(code), Bytes: put(b, 0, x)}
	}
	other := protocol.Document(&protocol.Ack{})
	if d.Type() == protocol.TypeAck {
		other = &protocol.FraudProof{Second: protocol.Hash{1}}
	}
	cases := []DocumentCase{
		{Name: "nothing at all", Expect: string(protocol.CodeTruncated)},
		{Name: "cut at every byte", Expect: string(protocol.CodeTruncated), Bytes: b, Cut: true},
		{Name: "one byte after the end", Expect: string(protocol.CodeTrailing), Bytes: b, Zeros: 1},
		{Name: "four bytes after the end", Expect: string(protocol.CodeTrailing), Bytes: b, Zeros: 4},
		{Name: "the document twice", Expect: string(protocol.CodeTrailing), Bytes: slices.Concat(b, b)},
		{Name: "larger than any document", Expect: string(protocol.CodeTooLarge), Bytes: b, Zeros: protocol.MaxDocument},
		{Name: "another document in its place", Expect: string(protocol.CodeUnknownType), Bytes: protocol.Encode(other)},
		tag("not Kula's", protocol.CodeUnknownType, 'L'<<24|1<<16|own),
		tag("version 0", protocol.CodeWrongVersion, 'K'<<24|own),
		tag("version 2", protocol.CodeWrongVersion, 'K'<<24|2<<16|own),
		tag("type 0", protocol.CodeUnknownType, 'K'<<24|1<<16),
		tag("type 14", protocol.CodeUnknownType, 'K'<<24|1<<16|14),
		tag("type over 255", protocol.CodeUnknownType, 'K'<<24|1<<16|1<<8|own),
	}
	for i := range cases {
		cases[i].Network = Passphrase
	}
	return cases
}

// forged are the ways in which a document's signature can be wrong, where it has one. In each the first
// signature is the bad one.
func forged(d protocol.Document) []DocumentCase {
	keys := keysOf(d)
	if len(keys) == 0 {
		return nil
	}
	n := protocol.NewNetwork(Passphrase)
	private := Key(nameOf(keys[0]))
	sign := func(h protocol.Hash) []byte { s := protocol.Sign(private, h); return s[:] }
	old := sign(n.Hash(d))
	b := protocol.Encode(d)
	at := before(b, old, 0)
	with := func(name string, code protocol.Code, signature []byte) DocumentCase {
		c := good(name, d)
		c.Expect, c.Fields = string(code), nil
		c.Bytes = slices.Concat(b[:at], signature, b[at+64:])
		return c
	}
	elsewhere := with("signed for another network", protocol.CodeBadSignature, old)
	elsewhere.Network, elsewhere.Hash = OtherPassphrase, protocol.NewNetwork(OtherPassphrase).Hash(d).String()
	small := with("a key of small order, which anybody can sign for", protocol.CodeBadKey, anybodys())
	small.Keys[0] = identity()
	flipped := slices.Clone(old)
	flipped[33] ^= 1
	return []DocumentCase{
		elsewhere, small,
		with("signed as another type", protocol.CodeBadSignature, sign(rehash(n, "kula/1", uint32(d.Type())%13+1, d))),
		with("signed for another version", protocol.CodeBadSignature, sign(rehash(n, "kula/2", uint32(d.Type()), d))),
		with("signed without a domain", protocol.CodeBadSignature, sign(sha256.Sum256(bodyOf(d)))),
		with("one bit of the signature changed", protocol.CodeBadSignature, flipped),
		with("signature with s + L", protocol.CodeBadSignature, addOrder(old)),
		with("zeros for a signature", protocol.CodeBadSignature, make([]byte, 64)),
	}
}

func nameOf(k protocol.Key) string {
	for _, name := range []string{"root", "stall", "till", "till 2", "payer", "payer 2", "issuing"} {
		if Public(name) == k {
			return name
		}
	}
	panic("no key of the kit's")
}

// bodyOf is the XDR of a document without tag and signatures.
func bodyOf(d protocol.Document) []byte {
	b := protocol.Encode(d)[4:]
	switch x := d.(type) {
	case *protocol.Memo, *protocol.FraudProof:
		return b
	case *protocol.Charter, *protocol.Bill, *protocol.Ack:
		return b[:len(b)-64]
	case *protocol.Entry:
		return b[:len(b)-4-68*len(x.Signatures)]
	case *protocol.Enrolment:
		return b[:len(b)-8-96*len(x.AccountSignatures)-68*len(x.DeviceSignatures)]
	}
	return b[:len(b)-68]
}

// rehash is a document's hash made by hand, so that each part of it can be another.
func rehash(n protocol.Network, domain string, kind uint32, d protocol.Document) protocol.Hash {
	return sha256.Sum256(slices.Concat(n.ID[:], []byte(domain), binary.BigEndian.AppendUint32(nil, kind), bodyOf(d)))
}

// put writes a uint32 over what stands at a place.
func put(b []byte, at int, x uint32) []byte {
	c := slices.Clone(b)
	binary.BigEndian.PutUint32(c[at:], x)
	return c
}

// before is the place so many bytes before the first occurrence of a value.
func before(b, value []byte, distance int) int {
	i := bytes.Index(b, value)
	if i < distance {
		panic("the value is not there")
	}
	return i - distance
}

// lengths are the ways in which a length, standing before a value, can lie.
func lengths(d protocol.Document, field string, value []byte, code protocol.Code) []hostile {
	b := protocol.Encode(d)
	at := before(b, value, 4)
	return []hostile{
		{field + ": a length of 2^32-1", code, put(b, at, math.MaxUint32)},
		{field + ": a length of 2^31", code, put(b, at, 1<<31)},
	}
}

// texts are the ways in which a text can be wrong; set puts one into a copy of a document. The text put
// in first leaves room for padding.
func texts(field string, limit int, set func(string) protocol.Document) []hostile {
	at := func(name string, code protocol.Code, s string) hostile {
		return hostile{field + ": " + name, code, protocol.Encode(set(s))}
	}
	const usual = "Mary Kalo"
	padded := protocol.Encode(set(usual))
	padded[before(padded, []byte(usual), 0)+len(usual)] = 1
	return append([]hostile{
		{field + ": padding that is not zero", protocol.CodePadding, padded},
		at("longer than allowed", protocol.CodeTooLarge, strings.Repeat("x", limit+1)),
		at("not UTF-8", protocol.CodeBadText, "Kal\xff"),
		at("overlong UTF-8", protocol.CodeBadText, "Kal\xc0\xaf"),
		at("half of a surrogate pair", protocol.CodeBadText, "Kal\xed\xa0\x80"),
		at("a new line", protocol.CodeBadText, "Kalo\nLenakel"),
		at("a zero byte", protocol.CodeBadText, "Kalo\x00"),
		at("a delete character", protocol.CodeBadText, "Kalo\x7f"),
		at("right-to-left override", protocol.CodeBadText, "Kalo\u202e001"),
		at("right-to-left isolate", protocol.CodeBadText, "Kalo\u2067001"),
		at("a zero-width space", protocol.CodeBadText, "Ka\u200blo"),
		at("a no-break space", protocol.CodeBadText, "Mary\u00a0Kalo"),
		at("a tag character", protocol.CodeBadText, "Kalo\U000e0041"),
		at("a space before", protocol.CodeBadText, " Kalo"),
		at("a space after", protocol.CodeBadText, "Kalo "),
	}, lengths(set(usual), field, []byte(usual), protocol.CodeTooLarge)...)
}
