package protocol

import (
	"cmp"
	"crypto/sha256"
	"slices"
)

// Bundle is a set of documents keyed by hash, with the hashes of those it is about (its roots).
// Payments, requests, proofs, sync and evidence are all bundles.
//
// Its encoding is canonical: "KB", version, the first four bytes of the network id, the hashes of
// the documents the receiver is known to hold, the documents in order of (type, hash), and the roots
// as ascending places in that order. See pack.go for what does not travel.
type Bundle struct {
	Network Network
	Roots   []Hash
	items   []item            // in order of (type, hash)
	byHash  map[Hash]Document // nil for a few: to compare them all is as fast
}

// few documents are found without a map.
const few = 32

type item struct {
	hash Hash
	doc  Document
}

// Bounds are checked before anything is allocated.
type Bounds struct {
	Bytes     int
	Documents int
}

var (
	// PaymentBounds are those of a payment between phones.
	PaymentBounds = Bounds{Bytes: 64 << 10, Documents: 256}
	// MailBounds are those of sync with an anchor.
	MailBounds = Bounds{Bytes: 1 << 20, Documents: 4096}
)

// OneCode is the largest bundle, in bytes, that one QR code which stands still is drawn for.
const OneCode = 660

// maxContext bounds the documents a bundle may take for known.
const maxContext = 8

// NewBundle makes a bundle of documents; roots are added with AddRoot.
func NewBundle(n Network, docs ...Document) *Bundle {
	b := &Bundle{Network: n}
	if len(docs) > 0 {
		b.items = make([]item, 0, len(docs)+2)
	}
	for _, d := range docs {
		b.Add(d)
	}
	return b
}

// Add puts a document in and returns its hash. One that is there already stays as it is, signatures
// included: of two envelopes make one first, with Merge.
func (b *Bundle) Add(d Document) Hash {
	h := b.Network.Hash(d)
	b.Put(h, d)
	return h
}

// Put is Add for a caller that knows the document's hash and vouches for it: it has hashed the document
// itself, or took it from a bundle or a record that has. To hash is most of what adding costs.
func (b *Bundle) Put(h Hash, d Document) {
	if _, held := b.Get(h); held {
		return
	}
	i, _ := slices.BinarySearchFunc(b.items, item{h, d}, compareItems)
	if b.items == nil {
		b.items = make([]item, 0, 8)
	}
	b.items = slices.Insert(b.items, i, item{h, d})
	b.index(h, d)
}

func (b *Bundle) index(h Hash, d Document) {
	switch {
	case b.byHash != nil:
		b.byHash[h] = d
	case len(b.items) > few:
		b.byHash = make(map[Hash]Document, 2*len(b.items))
		for _, it := range b.items {
			b.byHash[it.hash] = it.doc
		}
	}
}

// AddRoot puts a document in and makes it a root.
func (b *Bundle) AddRoot(d Document) Hash {
	h := b.Network.Hash(d)
	b.PutRoot(h, d)
	return h
}

// PutRoot is AddRoot for a caller that knows the document's hash: see Put.
func (b *Bundle) PutRoot(h Hash, d Document) {
	b.Put(h, d)
	if !slices.Contains(b.Roots, h) {
		b.Roots = append(b.Roots, h)
	}
}

// AddAll puts in everything another bundle holds, roots aside.
func (b *Bundle) AddAll(other *Bundle) {
	for _, it := range other.items {
		b.Put(it.hash, it.doc)
	}
}

func compareItems(a, b item) int {
	if a.doc.Type() != b.doc.Type() {
		return int(a.doc.Type()) - int(b.doc.Type()) //nolint:gosec // types are small
	}
	return compare32(a.hash, b.hash)
}

// Len is the number of documents.
func (b *Bundle) Len() int { return len(b.items) }

// Get finds a document by hash.
func (b *Bundle) Get(h Hash) (Document, bool) {
	if b.byHash != nil {
		d, ok := b.byHash[h]
		return d, ok
	}
	for i := range b.items {
		if b.items[i].hash == h {
			return b.items[i].doc, true
		}
	}
	return nil, false
}

// Each calls f for every document in canonical order.
func (b *Bundle) Each(f func(Hash, Document)) {
	for _, it := range b.items {
		f(it.hash, it.doc)
	}
}

// Find gets a document of one type by hash.
func Find[D Document](b *Bundle, h Hash) (D, bool) {
	d, _ := b.Get(h)
	typed, ok := d.(D)
	return typed, ok
}

// All lists the documents of one type in order of hash.
func All[D Document](b *Bundle) (all []D) {
	for _, it := range b.items {
		if typed, ok := it.doc.(D); ok {
			all = append(all, typed)
		}
	}
	return all
}

// Lookup finds a document that its holder already has.
type Lookup func(Hash) (Document, bool)

// NoContext is the Lookup of somebody who holds nothing yet.
func NoContext(Hash) (Document, bool) { return nil, false }

// Digest is SHA-256 over an encoded bundle: what a Delivery names.
func Digest(encoded []byte) Hash { return sha256.Sum256(encoded) }

// Encode writes the bundle for a receiver that holds the known documents (the first eight of them
// are used). Those do not travel, nor does what stands in them. Roots that do not travel are left out.
func (b *Bundle) Encode(known ...Document) []byte { return b.AppendEncode(nil, known...) }

// AppendEncode appends what Encode writes.
func (b *Bundle) AppendEncode(to []byte, known ...Document) []byte {
	w := newPack()
	defer w.done()
	b.encode(w, known)
	return append(slices.Grow(to, len(w.buf)), w.buf...)
}

// Size is the length of what Encode writes.
func (b *Bundle) Size(known ...Document) int {
	w := newPack()
	defer w.done()
	b.encode(w, known)
	return len(w.buf)
}

func (b *Bundle) encode(w *packWriter, known []Document) {
	head := header(b.Network)
	w.buf = append(w.buf, head[:]...)
	context := NewBundle(b.Network, known[:min(len(known), maxContext)]...)
	slices.SortFunc(context.items, func(x, y item) int { return compare32(x.hash, y.hash) })
	w.count(len(context.items), 0)
	for _, it := range context.items {
		w.buf = append(w.buf, it.hash[:]...)
		w.table.learn(it)
	}
	items := b.without(context)
	w.count(len(items), 0)
	for _, it := range items {
		kind := uint32(it.doc.Type())
		w.u32(&kind)
		it.doc.body(w)
		it.doc.seals(w)
		w.table.close(it)
	}
	places := b.rootPlaces(items)
	w.count(len(places), 0)
	for _, p := range places {
		w.varint(uint64(p)) //nolint:gosec // an index
	}
}

func (b *Bundle) without(context *Bundle) []item {
	if context.Len() == 0 {
		return b.items
	}
	return slices.DeleteFunc(slices.Clone(b.items), func(it item) bool {
		_, held := context.Get(it.hash)
		return held
	})
}

// learn adds what the body of a document at hand would have added to the table had it travelled. Its
// signatures add nothing: sender and receiver may hold different sets of them.
func (t *table) learn(it item) {
	w := packWriter{table: t}
	it.doc.body(&w)
	t.close(it)
}

// close adds what follows from a document that was read: its hash, and a memo's commitment.
func (t *table) close(it item) {
	t.add(it.hash)
	if m, ok := it.doc.(*Memo); ok {
		t.add(m.Commitment())
	}
}

func (b *Bundle) rootPlaces(items []item) (places []int) {
	for i, it := range items {
		if slices.Contains(b.Roots, it.hash) {
			places = append(places, i)
		}
	}
	return places
}

func header(n Network) [headerSize]byte {
	return [headerSize]byte{'K', 'B', version, n.ID[0], n.ID[1], n.ID[2], n.ID[3]}
}

const headerSize = 7

// DecodeBundle reads what Encode writes and nothing else. lookup finds the documents that the sender
// took for known. Every document in the result has passed its Check; no signature was looked at yet.
func DecodeBundle(n Network, data []byte, lookup Lookup, bounds Bounds) (*Bundle, error) {
	if len(data) > bounds.Bytes {
		return nil, refuse(CodeTooLarge, "bundle")
	}
	if err := checkHeader(n, data); err != nil {
		return nil, err
	}
	w := newPack() // only its table is used
	defer w.done()
	r := &packReader{input: input{buf: data[headerSize:]}, table: w.table}
	known, err := readContext(n, r, lookup)
	if err != nil {
		return nil, err
	}
	b := &Bundle{Network: n}
	if err := b.readItems(r, bounds.Documents); err != nil {
		return nil, err
	}
	for _, it := range known {
		if _, twice := b.Get(it.hash); twice {
			return nil, refuse(CodeDuplicate, "bundle.context")
		}
	}
	b.readRoots(r)
	if r.err != "" {
		return nil, refuse(r.err, "bundle")
	}
	if len(r.buf) > 0 {
		return nil, refuse(CodeTrailing, "bundle")
	}
	return b, nil
}

func checkHeader(n Network, data []byte) error {
	want := header(n)
	switch {
	case len(data) < headerSize:
		return refuse(CodeTruncated, "bundle")
	case data[0] != want[0] || data[1] != want[1]:
		return refuse(CodeUnknownType, "header")
	case data[2] != want[2]:
		return refuse(CodeWrongVersion, "bundle")
	case !slices.Equal(data[3:headerSize], want[3:]):
		return refuse(CodeWrongNetwork, "bundle")
	}
	return nil
}

func readContext(n Network, r *packReader, lookup Lookup) ([]item, error) {
	known := make([]item, r.count(0, maxContext))
	for i := range known {
		copy(known[i].hash[:], r.take(32))
	}
	r.fail(inOrder(known, func(a, b item) int { return compare32(a.hash, b.hash) }))
	if r.err != "" {
		return nil, refuse(r.err, "bundle.context")
	}
	for i := range known {
		d, ok := lookup(known[i].hash)
		if !ok || n.Hash(d) != known[i].hash {
			return nil, refuse(CodeUnknownContext, "bundle.context")
		}
		known[i].doc = d
		r.table.learn(known[i])
	}
	return known, nil
}

func (b *Bundle) readItems(r *packReader, limit int) error {
	n := r.count(0, limit)
	b.items = make([]item, 0, min(n, few))
	for ; n > 0; n-- {
		var kind uint32
		r.u32(&kind)
		if r.err != "" {
			return refuse(r.err, "bundle")
		}
		d, err := readDocument(r, DocumentType(kind))
		if err != nil {
			return err
		}
		next := item{b.Network.Hash(d), d}
		if code := b.follows(next); code != "" {
			return refuse(code, "bundle")
		}
		b.items = append(b.items, next)
		b.index(next.hash, d)
		r.table.close(next)
	}
	return nil
}

// follows looks whether an item may stand after those read so far.
func (b *Bundle) follows(next item) Code {
	if len(b.items) == 0 {
		return ""
	}
	return inOrder([]item{b.items[len(b.items)-1], next}, compareItems)
}

func (b *Bundle) readRoots(r *packReader) {
	last := -1
	for n := r.count(0, len(b.items)); n > 0; n-- {
		p := r.varint()
		if p >= uint64(len(b.items)) {
			r.fail(CodeWrongReference)
		}
		if r.err != "" {
			return
		}
		place := int(p) //nolint:gosec // below len(items)
		r.fail(inOrder([]int{last, place}, cmp.Compare[int]))
		last = place
		b.Roots = append(b.Roots, b.items[last].hash)
	}
}
