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

// TestBundlePut: who knows the hashes makes the same bundle, whether it is small or large.
func TestBundlePut(t *testing.T) {
	w := kit.New()
	for _, all := range [][]protocol.Document{w.Documents(), crowdOf(w, 700)} {
		added, put := protocol.NewBundle(w.Net), protocol.NewBundle(w.Net)
		for _, d := range all {
			added.AddRoot(d)
			put.PutRoot(w.Net.Hash(d), d)
			put.PutRoot(w.Net.Hash(d), d)
		}
		joined := protocol.NewBundle(w.Net, all[0])
		joined.AddAll(put)
		joined.Roots = added.Roots
		for _, b := range []*protocol.Bundle{put, joined} {
			if b.Len() != len(all) || !bytes.Equal(b.Encode(all[0]), added.Encode(all[0])) {
				t.Error("another bundle came of it")
			}
			for _, d := range all {
				if got, ok := b.Get(w.Net.Hash(d)); !ok || got != d {
					t.Fatalf("%s is not found", d.Type())
				}
			}
		}
	}
}

// crowdOf are many small documents, more than are searched one by one.
func crowdOf(w *kit.World, n int) (docs []protocol.Document) {
	for i := range n {
		docs = append(docs, &protocol.Ack{Entry: protocol.Hash{byte(i), byte(i >> 8), 7}})
	}
	return append(docs, w.Sheet)
}

// TestBuffersAreClean: a large bundle or document before leaves no trace in a small one after it, and what
// was returned stays as it is. Sizes are those of the encodings.
func TestBuffersAreClean(t *testing.T) {
	w := kit.New()
	large := protocol.NewBundle(w.Net, crowdOf(w, 3000)...)
	small := protocol.NewBundle(w.Net, w.Documents()...)
	first, document := small.Encode(w.Bill), protocol.Encode(w.Sheet)
	kept, keptDocument := bytes.Clone(first), bytes.Clone(document)
	for range 3 {
		data := large.Encode()
		if _, err := protocol.DecodeBundle(w.Net, data, protocol.NoContext, protocol.MailBounds); err != nil {
			t.Fatal(err)
		}
		if n := large.Size(); n != len(data) {
			t.Errorf("a bundle of %d bytes is said to have %d", len(data), n)
		}
		if n := small.Size(w.Bill); n != len(first) {
			t.Errorf("a bundle of %d bytes is said to have %d", len(first), n)
		}
		if n := protocol.Size(w.Sheet); n != len(document) {
			t.Errorf("a sheet of %d bytes is said to have %d", len(document), n)
		}
		if !bytes.Equal(small.AppendEncode([]byte("before"), w.Bill), append([]byte("before"), kept...)) {
			t.Error("a bundle is written in two ways")
		}
		if !bytes.Equal(first, kept) || !bytes.Equal(document, keptDocument) {
			t.Fatal("what was returned has changed")
		}
	}
}
