// Package oracle reads our documents with code that goxdr makes from kula.x. It shares nothing with the
// codec of package protocol, so the tests that compare the two show that codec and schema agree. Only
// tests import it: it is slow, and takes trailing bytes and unknown enum values for good.
package oracle

// (goxdr leaves the fields of one literal without names, which go vet dislikes.)

//go:generate go tool goxdr -fmt -p oracle -o kula.go ../../kula.x
//go:generate sed -i -E "s/XdrString\\{(.*), (0x[0-9a-f]+|[0-9]+)\\}/XdrString{Str: \\1, Bound: \\2}/" kula.go

import (
	"bytes"
	"fmt"

	"github.com/xdrpp/goxdr/xdr"
)

// Decode reads one document, which must take up all of the data.
func Decode(data []byte) (d *Document, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("oracle: %v", r)
		}
	}()
	in := bytes.NewReader(data)
	d = new(Document)
	XDR_Document(d).XdrMarshal(&xdr.XdrIn{In: in}, "")
	if in.Len() > 0 {
		return nil, fmt.Errorf("oracle: %d bytes are left", in.Len())
	}
	return d, nil
}

// Encode writes one document.
func Encode(d *Document) []byte {
	var out bytes.Buffer
	XDR_Document(d).XdrMarshal(&xdr.XdrOut{Out: &out}, "")
	return out.Bytes()
}

// Arm is the document itself: a pointer to one of the Signed structs, to a Memo or to a FraudProof.
func Arm(d *Document) any { return d.XdrUnionBody().XdrPointer() }
