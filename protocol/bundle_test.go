package protocol_test

import (
	"bytes"
	"testing"

	"kula/protocol"
	"kula/protocol/internal/kit"
)

func holding(n protocol.Network, docs ...protocol.Document) protocol.Lookup {
	held := protocol.NewBundle(n, docs...)
	return held.Get
}

func TestBundleComesBack(t *testing.T) {
	w := kit.New()
	b := protocol.NewBundle(w.Net, w.Documents()...)
	b.AddRoot(w.Rival)
	b.AddRoot(w.Charter)
	for _, known := range [][]protocol.Document{nil, {w.Bill}, {w.Sheet, w.Bill, w.Charter, w.Enrolment}} {
		data := b.Encode(known...)
		back, err := protocol.DecodeBundle(w.Net, data, holding(w.Net, known...), protocol.PaymentBounds)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(back.Encode(known...), data) {
			t.Error("encoded again it is another")
		}
		b.Each(func(h protocol.Hash, d protocol.Document) {
			got, ok := back.Get(h)
			isKnown := protocol.NewBundle(w.Net, known...)
			if _, held := isKnown.Get(h); held {
				if ok {
					t.Errorf("%s travelled though the receiver has it", d.Type())
				}
				return
			}
			if !ok || !bytes.Equal(protocol.Encode(got), protocol.Encode(d)) {
				t.Errorf("%s was lost or changed", d.Type())
			}
		})
	}
}

func TestBundleOrderOfMakingIsForgotten(t *testing.T) {
	w := kit.New()
	docs := w.Documents()
	forward, backward := protocol.NewBundle(w.Net), protocol.NewBundle(w.Net)
	for i := range docs {
		forward.AddRoot(docs[i])
		backward.AddRoot(docs[len(docs)-1-i])
	}
	if !bytes.Equal(forward.Encode(), backward.Encode()) {
		t.Error("one set of documents has two encodings")
	}
}

// The envelope the receiver holds may carry other signatures than the sender's.
func TestBundleContextIgnoresSignatures(t *testing.T) {
	w := kit.New()
	mine := edit(w.Enrolment, func(e *protocol.Enrolment) { e.AccountSignatures = nil })
	data := protocol.NewBundle(w.Net, w.Sheet, w.Bill).Encode(w.Enrolment)
	back, err := protocol.DecodeBundle(w.Net, data, holding(w.Net, mine), protocol.PaymentBounds)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := back.Get(w.Net.Hash(w.Bill)); !ok || back.Len() != 2 {
		t.Error("the bill was read as another")
	}
}

func TestBundleContext(t *testing.T) {
	w := kit.New()
	data := w.Payment().Encode(w.Bill)
	_, err := protocol.DecodeBundle(w.Net, data, protocol.NoContext, protocol.PaymentBounds)
	wantCode(t, err, protocol.CodeUnknownContext)
	liar := func(protocol.Hash) (protocol.Document, bool) { return w.Card, true }
	_, err = protocol.DecodeBundle(w.Net, data, liar, protocol.PaymentBounds)
	wantCode(t, err, protocol.CodeUnknownContext)

	var many []protocol.Document
	for i := range 20 {
		many = append(many, &protocol.Ack{Entry: protocol.Hash{byte(i)}})
	}
	data = w.Payment().Encode(many...)
	if _, err := protocol.DecodeBundle(w.Net, data, holding(w.Net, many...), protocol.PaymentBounds); err != nil {
		t.Errorf("a bundle with much context: %v", err)
	}
}

func TestBundleBounds(t *testing.T) {
	w := kit.New()
	data := w.Payment().Encode()
	_, err := protocol.DecodeBundle(w.Net, data, protocol.NoContext, protocol.Bounds{Bytes: len(data) - 1, Documents: 3})
	wantCode(t, err, protocol.CodeTooLarge)
	_, err = protocol.DecodeBundle(w.Net, data, protocol.NoContext, protocol.Bounds{Bytes: len(data), Documents: 2})
	wantCode(t, err, protocol.CodeTooMany)
	_, err = protocol.DecodeBundle(protocol.NewNetwork("other"), data, protocol.NoContext, protocol.PaymentBounds)
	wantCode(t, err, protocol.CodeWrongNetwork)
	if _, err := protocol.DecodeBundle(w.Net, data, protocol.NoContext, protocol.Bounds{Bytes: len(data), Documents: 3}); err != nil {
		t.Error(err)
	}
	for cut := range data {
		if _, err := protocol.DecodeBundle(w.Net, data[:cut], protocol.NoContext, protocol.PaymentBounds); protocol.CodeOf(err) != protocol.CodeTruncated {
			t.Errorf("cut at %d: %v", cut, err)
		}
	}
}
