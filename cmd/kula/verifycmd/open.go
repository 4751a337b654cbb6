package verifycmd

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"kula/cmd/kula/say"
	"kula/cmd/kula/walletcmd"
	"kula/nearby/qr"
	"kula/protocol"
)

// trust is why a charter is believed.
type trust string

const (
	given  trust = "given"  // by --charter or --bank-id
	held   trust = "wallet" // the wallet of --wallet trusts it
	inside trust = "inside" // it came with what it is to judge: the person must decide
)

type trusted struct {
	*protocol.Charter
	trust
}

// court is everything at hand to judge a file by.
type court struct {
	network  protocol.Network
	now      uint64
	file     *protocol.Bundle // what was handed in
	all      *protocol.Bundle // and everything beside it
	charters map[protocol.AccountID]trusted
	notices  map[protocol.AccountID]*protocol.Notice
	convicts map[convict]bool // of whom the wallet holds a proof
	found    map[protocol.Hash]*finding
}

func newCourt(now uint64) *court {
	return &court{now: now, charters: map[protocol.AccountID]trusted{}, notices: map[protocol.AccountID]*protocol.Notice{},
		convicts: map[convict]bool{}, found: map[protocol.Hash]*finding{}}
}

// open reads everything that the person named, and what the file is about.
func (c *Command) open(voice *say.Voice) (*court, []protocol.Hash, error) {
	j := newCourt(c.at())
	r := &reader{voice: voice}
	defer r.close()
	if err := r.networks(c.Network, c.Wallet); err != nil {
		return nil, nil, err
	}
	believed, err := r.all(c.Charter)
	if err != nil {
		return nil, nil, err
	}
	beside, err := r.all(c.With)
	if err != nil {
		return nil, nil, err
	}
	if j.file, err = r.read(c.File); err != nil {
		return nil, nil, err
	}
	j.network = j.file.Network
	j.all = protocol.NewBundle(j.network)
	for _, b := range append([]*protocol.Bundle{j.file, r.context(j.network)}, beside...) {
		if b.Network == j.network {
			j.all.AddAll(b)
		}
	}
	if err := j.believe(believed, c.BankID, r.wallet); err != nil {
		return nil, nil, err
	}
	return j, j.about(), nil
}

// believe gathers the charters, those that the person vouches for and those that came with the file, and the
// newest notice of each bank. Of one bank's charters, all signed by its root key, the newest counts. Who has
// said whom they trust is not to be told that a file holds under the charter of somebody else.
func (j *court) believe(files []*protocol.Bundle, ids []protocol.AccountID, w *walletcmd.Reader) error {
	for _, b := range files {
		for _, c := range protocol.All[*protocol.Charter](b) {
			if err := protocol.VerifyCharter(j.network, c); err != nil {
				return unreadable("the charter that you gave does not fit: "+protocol.CodeOf(err).Error(), protocol.CodeOf(err))
			}
			j.trust(c, given)
		}
		j.hear(b)
	}
	if w != nil && w.Network() == j.network {
		for _, a := range w.Anchors() {
			j.trust(a.Charter, held)
			j.newest(a.Notice)
		}
		for _, k := range w.Cases() {
			j.convicts[convict{k.Anchor, k.Purse}] = true
		}
	}
	for _, c := range protocol.All[*protocol.Charter](j.all) {
		if protocol.VerifyCharter(j.network, c) != nil {
			continue // said where it stands
		}
		_, known := j.charters[c.Anchor]
		switch {
		case slices.Contains(ids, c.Anchor):
			j.trust(c, given)
		case known || len(files)+len(ids) == 0 && w == nil:
			j.trust(c, inside)
		}
	}
	j.hear(j.all)
	return nil
}

// trust keeps the newest charter of a bank, and the best reason to believe its root key.
func (j *court) trust(c *protocol.Charter, why trust) {
	before, known := j.charters[c.Anchor]
	switch {
	case !known:
		j.charters[c.Anchor] = trusted{c, why}
	case c.Serial > before.Serial:
		j.charters[c.Anchor] = trusted{c, before.trust}
	}
}

// hear takes in the notices of banks whose charters are here.
func (j *court) hear(b *protocol.Bundle) {
	for _, n := range protocol.All[*protocol.Notice](b) {
		if c, ok := j.charters[n.Anchor]; ok && c.VerifyIssued(j.network, n) == nil {
			j.newest(n)
		}
	}
}

func (j *court) newest(n *protocol.Notice) {
	if n != nil && (j.notices[n.Anchor] == nil || n.Epoch > j.notices[n.Anchor].Epoch) {
		j.notices[n.Anchor] = n
	}
}

func (j *court) trustedCharters() []charter {
	list := []charter{}
	for _, id := range slices.SortedFunc(maps.Keys(j.charters), func(a, b protocol.AccountID) int { return bytes.Compare(a[:], b[:]) }) {
		c := j.charters[id]
		list = append(list, charter{id, c.Name, c.Serial, c.trust})
	}
	return list
}

// about is what the file is about: its roots, or everything when it names none.
func (j *court) about() []protocol.Hash {
	if len(j.file.Roots) > 0 {
		return j.file.Roots
	}
	var all []protocol.Hash
	j.file.Each(func(h protocol.Hash, _ protocol.Document) { all = append(all, h) })
	return all
}

// reader reads bundles and single documents of the networks it knows.
type reader struct {
	voice  *say.Voice
	known  []protocol.Network
	wallet *walletcmd.Reader
	used   []protocol.Document // what a bundle left out and was found elsewhere
	beside []*protocol.Bundle
}

// networks finds out of which networks a file may be.
func (r *reader) networks(name, home string) error {
	if home != "" {
		w, err := walletcmd.OpenReader(home, r.voice)
		if err != nil {
			return err
		}
		r.wallet, r.known = w, append(r.known, w.Network())
	}
	if name != "" {
		network, err := walletcmd.NetworkOf(name)
		if err == nil {
			r.known = append(r.known, network)
		}
		return err
	}
	for _, public := range []string{"localnet", "testnet", "public"} {
		network, err := walletcmd.NetworkOf(public)
		if err != nil {
			return err
		}
		r.known = append(r.known, network)
	}
	return nil
}

func (r *reader) close() {
	if r.wallet != nil {
		_ = r.wallet.Close() // nothing was written
	}
}

func (r *reader) all(files []string) (list []*protocol.Bundle, err error) {
	for _, f := range files {
		b, err := r.read(f)
		if err != nil {
			return nil, err
		}
		list = append(list, b)
		r.beside = append(r.beside, b)
	}
	return list, nil
}

// read reads a file in any form in which Kula hands things over.
func (r *reader) read(name string) (*protocol.Bundle, error) {
	data, err := r.bytes(name)
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(data, []byte("KB")) {
		return r.bundle(name, data)
	}
	d, err := protocol.Decode(data)
	if err != nil {
		return nil, refused(name, err)
	}
	network := r.known[0]
	if c, ok := d.(*protocol.Charter); ok {
		network = protocol.Network{ID: c.Network}
		r.known = append(r.known, network)
	}
	b := protocol.NewBundle(network)
	b.AddRoot(d)
	return b, nil
}

// bytes are those of a bundle, or of a single document, which stands alone in binary or in base64.
func (r *reader) bytes(name string) ([]byte, error) {
	in := io.Reader(os.Stdin)
	if name != "-" {
		f, err := os.Open(name) //nolint:gosec // the person's own argument
		if err != nil {
			return nil, unreadable(err.Error(), "no_file")
		}
		defer f.Close() //nolint:errcheck // only read
		in = f
	}
	var copied bytes.Buffer
	data, err := qr.Read(io.TeeReader(in, &copied))
	if err == nil {
		return data, nil
	}
	if alone := copied.Bytes(); bytes.HasPrefix(alone, []byte{'K', 1}) {
		return alone, nil
	}
	if alone, decoded := base64.StdEncoding.Strict().DecodeString(strings.TrimRight(copied.String(), "\r\n")); decoded == nil {
		return alone, nil
	}
	return nil, refused(name, err)
}

func (r *reader) bundle(name string, data []byte) (*protocol.Bundle, error) {
	for _, n := range r.known {
		b, err := protocol.DecodeBundle(n, data, r.lookup, protocol.MailBounds)
		if protocol.CodeOf(err) == protocol.CodeWrongNetwork {
			continue
		}
		if err != nil {
			return nil, refused(name, err)
		}
		return b, nil
	}
	return nil, &say.Problem{Exit: say.Misused, Code: string(protocol.CodeWrongNetwork), What: name + " is of a network that is not known here",
		Next: "name it: --network \"the network's passphrase\""}
}

// lookup finds what a sender left out because the receiver was known to have it.
func (r *reader) lookup(h protocol.Hash) (protocol.Document, bool) {
	for _, b := range r.beside {
		if d, ok := b.Get(h); ok {
			r.used = append(r.used, d)
			return d, true
		}
	}
	if r.wallet == nil {
		return nil, false
	}
	d, ok := r.wallet.Lookup(h)
	if ok {
		r.used = append(r.used, d)
	}
	return d, ok
}

func (r *reader) context(n protocol.Network) *protocol.Bundle {
	return protocol.NewBundle(n, r.used...)
}

func unreadable(what string, code protocol.Code) error {
	return &say.Problem{Exit: say.Misused, Code: string(code), What: what}
}

// refused says why a file cannot be read, and what to do.
func refused(name string, err error) error {
	code := protocol.CodeOf(err)
	p := &say.Problem{Exit: say.Misused, Code: string(cmp.Or(code, "unreadable")), What: name + ": " + plain(err), Err: err}
	switch code {
	case protocol.CodeUnknownContext:
		p.Next = "a payment leaves out the bill that its payee has: add --with bill.kula, or --wallet DIR of the payee"
	case protocol.CodeUnknownType:
		p.What = name + " is not a document of Kula"
		p.Next = "verify takes bundles and documents: binary, base64, KULA1: text, or a picture of a QR code"
	}
	return p
}

func plain(err error) string {
	if code := protocol.CodeOf(err); code != "" {
		return code.Error()
	}
	return err.Error()
}
