package phone

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"kula/internal/tinybank"
	"kula/money"
	"kula/protocol"
	"kula/wallet"
)

const start = 1_800_000_000

var testNetwork = protocol.NewNetwork("phone test")

// device is a Host in memory. Its disk can be made to fail.
type device struct {
	seed    byte
	mu      sync.Mutex
	journal [][]byte
	full    bool // the next Append fails
	kept    bool // and has written all the same
	clock   uint64
	random  *rand.ChaCha8
	web     http.Handler // the world outside; nil: no route
	events  []Object
	waited  int
	passes  func() // what happens in the world while it waits
	forging bool   // signs with another key than it says
}

func (d *device) Records() ([][]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.journal), nil
}

func (d *device) Append(records ...[]byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.full || d.kept {
		d.journal = append(d.journal, records...)
	}
	if d.full {
		d.full = false
		return errors.New("the disk is full")
	}
	return nil
}

func (d *device) key(n uint32) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(binary.BigEndian.AppendUint32(append(make([]byte, 27), d.seed), n))
}

func (d *device) PublicKey(n uint32) ([]byte, error) {
	return d.key(n).Public().(ed25519.PublicKey), nil
}

func (d *device) Sign(public, hash []byte) ([]byte, error) {
	for n := range uint32(8) {
		if key := d.key(n); bytes.Equal(key.Public().(ed25519.PublicKey), public) {
			if d.forging {
				key = d.key(n + 1)
			}
			return ed25519.Sign(key, hash), nil
		}
	}
	return nil, errors.New("not a key of this device")
}

func (d *device) Fetch(r Request) (*Response, error) {
	if d.web == nil {
		return nil, errors.New("failed to fetch")
	}
	ask := httptest.NewRequest(r.Method, r.URL, bytes.NewReader(r.Body))
	ask.RemoteAddr = "127.0.0.1:1"
	for name, value := range r.Headers {
		ask.Header.Set(name, value)
	}
	got := httptest.NewRecorder()
	d.web.ServeHTTP(got, ask)
	out := &Response{Status: got.Code, Headers: map[string]string{}, Body: got.Body.Bytes()}
	for name := range got.Header() {
		out.Headers[strings.ToLower(name)] = got.Header().Get(name)
	}
	return out, nil
}

func (d *device) Wait(seconds int) {
	d.waited += seconds
	if d.passes != nil {
		d.passes()
	}
}

func (d *device) Random(b []byte) error {
	_, err := d.random.Read(b)
	return err
}

func (d *device) Now() uint64 { return d.clock }

func (d *device) Emit(event Object) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.events = append(d.events, event)
}

// person is a phone in somebody's hand. Whatever it answers is held against api.ts.
type person struct {
	*testing.T
	*device
	phone *Phone
	api   *api
	purse protocol.PurseID
}

func newPerson(t *testing.T, seed byte) *person {
	t.Helper()
	p := &person{T: t, api: readAPI(t), device: &device{seed: seed, clock: start, random: rand.NewChaCha8([32]byte{seed})}}
	p.phone = New(p.device)
	return p
}

// do is a command that must succeed.
func (p *person) do(name string, args Object) Object {
	p.Helper()
	got, err := p.try(name, args)
	if err != nil {
		p.Fatalf("%s: %+v", name, err)
	}
	object, _ := got.(Object)
	return object
}

func (p *person) try(name string, args Object) (any, *Failure) {
	p.Helper()
	shape, ok := p.api.commands[name]
	if !ok {
		p.Fatalf("%s is not in api.ts", name)
	}
	for arg, value := range args {
		if _, ok := shape.args[arg]; !ok {
			p.Errorf("%s takes no %s by api.ts", name, arg)
		} else {
			p.api.holds(p.T, name+" "+arg, shape.args[arg].of, value)
		}
	}
	got, err := p.phone.Call(name, args)
	if err != nil {
		var f *Failure
		if !errors.As(err, &f) || got != nil {
			p.Fatalf("%s failed with %v, %v", name, got, err)
		}
		return nil, f
	}
	p.api.holds(p.T, name, shape.ok, got)
	return got, nil
}

// refused is a command that must fail with a code.
func (p *person) refused(code, name string, args Object) {
	p.Helper()
	_, f := p.try(name, args)
	if f == nil || f.Code != code || f.Detail == "" {
		p.Fatalf("%s: %+v, want %s", name, f, code)
	}
}

// village is two people with open purses at a tiny bank; the first has money.
func village(t *testing.T) (b *tinybank.Bank, mary, tom *person) {
	t.Helper()
	b = tinybank.New(testNetwork, 1, start)
	mary, tom = newPerson(t, 1), newPerson(t, 2)
	mary.join(b, "Mary", 100*money.Unit)
	tom.join(b, "Tom", 0)
	return b, mary, tom
}

// join enrols without HTTP.
func (p *person) join(b *tinybank.Bank, name string, loaded money.Amount) {
	p.Helper()
	p.do("open", Object{"network": "phone test"})
	p.do("trust", Object{"bytes": protocol.NewBundle(testNetwork, b.Charter, b.Notice(p.clock)).Encode()})
	w := p.phone.wallet
	account := ed25519.NewKeyFromSeed(append(make([]byte, 31), p.seed+100))
	e, err := w.Enrol(p.clock, wallet.EnrolParams{Anchor: b.Charter.Anchor, Account: protocol.AccountID(protocol.PublicKey(account)), Asset: b.Asset,
		Kind: protocol.Circulating, Signers: []wallet.AccountSigner{{Key: protocol.PublicKey(account), Sign: func(h protocol.Hash) protocol.Signature { return protocol.Sign(account, h) }}}})
	if err != nil {
		p.Fatal(err)
	}
	p.purse = protocol.PurseID(testNetwork.Hash(e))
	p.do("takeReply", Object{"purse": p.purse.String(), "bytes": b.Enrol(e, name, p.clock).Encode()})
	if loaded > 0 {
		b.Load(p.purse, loaded)
	}
	p.clock++
	if _, err := w.Statement(p.clock, p.purse, protocol.Hash{}); err != nil {
		p.Fatal(err)
	}
	p.visit(b)
}

// visit carries the outbox to the bank and the answer back.
func (p *person) visit(b *tinybank.Bank) Object {
	p.Helper()
	up, err := protocol.DecodeBundle(testNetwork, p.do("outbox", Object{"purse": p.purse.String()})["bytes"].([]byte), protocol.NoContext, protocol.MailBounds)
	if err != nil {
		p.Fatal(err)
	}
	p.clock++
	return p.do("takeReply", Object{"purse": p.purse.String(), "bytes": b.Sync(p.purse, up, p.clock).Encode()})
}

// balance is the only purse as the home screen has it.
func (p *person) balance() Object {
	p.Helper()
	return p.do("home", nil)["purses"].([]Object)[0]
}
