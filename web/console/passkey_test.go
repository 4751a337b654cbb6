package console_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"kula/web/console/office"
)

// device is a small authenticator: one P-256 key, made and used as WebAuthn level 2 says (6.1 authenticator data,
// 6.5.2 attestation object with the statement format "none").
type device struct {
	key    *ecdsa.PrivateKey
	id     []byte
	handle []byte
	count  uint32
	rpID   string
	origin string
	flags  byte
}

const (
	userPresent  = 0x01
	userVerified = 0x04
	hasKey       = 0x40
)

func (w *world) device() *device {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ok(w.t, err)
	id := make([]byte, 16)
	_, _ = rand.Read(id)
	return &device{key: key, id: id, rpID: "localhost", origin: w.url, flags: userPresent | userVerified}
}

// CBOR of what an authenticator sends: heads of small numbers, strings, maps.
func cborHead(major byte, n int) []byte {
	switch {
	case n < 24:
		return []byte{major<<5 | byte(n)}
	case n < 256:
		return []byte{major<<5 | 24, byte(n)}
	}
	return []byte{major<<5 | 25, byte(n >> 8), byte(n)}
}

func cborBytes(b []byte) []byte { return append(cborHead(2, len(b)), b...) }
func cborText(s string) []byte  { return append(cborHead(3, len(s)), s...) }
func cborInt(n int) []byte {
	if n < 0 {
		return cborHead(1, -1-n)
	}
	return cborHead(0, n)
}

func (d *device) coseKey() []byte {
	point, err := d.key.PublicKey.Bytes() // 0x04, x, y
	if err != nil {
		panic(err)
	}
	return bytes.Join([][]byte{cborHead(5, 5), cborInt(1), cborInt(2), cborInt(3), cborInt(-7), cborInt(-1), cborInt(1),
		cborInt(-2), cborBytes(point[1:33]), cborInt(-3), cborBytes(point[33:])}, nil)
}

func (d *device) data(flags byte, attested []byte) []byte {
	rp := sha256.Sum256([]byte(d.rpID))
	return bytes.Join([][]byte{rp[:], {flags}, binary.BigEndian.AppendUint32(nil, d.count), attested}, nil)
}

func (d *device) client(what, challenge string) []byte {
	out, err := json.Marshal(map[string]any{"type": what, "challenge": challenge, "origin": d.origin, "crossOrigin": false})
	if err != nil {
		panic(err)
	}
	return out
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// options is what both ceremonies begin with.
type options struct {
	PublicKey struct {
		Challenge        string `json:"challenge"`
		RPID             string `json:"rpId"`
		UserVerification string `json:"userVerification"`
		User             struct {
			ID string `json:"id"`
		} `json:"user"`
		AuthenticatorSelection struct {
			UserVerification string `json:"userVerification"`
			ResidentKey      string `json:"residentKey"`
		} `json:"authenticatorSelection"`
	} `json:"publicKey"`
}

func (d *device) made(o *options) any {
	handle, err := base64.RawURLEncoding.DecodeString(o.PublicKey.User.ID)
	if err != nil {
		panic(err)
	}
	d.handle = handle
	attested := bytes.Join([][]byte{make([]byte, 16), binary.BigEndian.AppendUint16(nil, uint16(len(d.id))), d.id, d.coseKey()}, nil)
	object := bytes.Join([][]byte{cborHead(5, 3), cborText("fmt"), cborText("none"), cborText("attStmt"), cborHead(5, 0),
		cborText("authData"), cborBytes(d.data(d.flags|hasKey, attested))}, nil)
	return map[string]any{
		"id": b64(d.id), "rawId": b64(d.id), "type": "public-key", "clientExtensionResults": map[string]any{},
		"response": map[string]any{"attestationObject": b64(object), "clientDataJSON": b64(d.client("webauthn.create", o.PublicKey.Challenge)), "transports": []string{"internal"}},
	}
}

func (d *device) signed(o *options) any {
	d.count++
	data, client := d.data(d.flags, nil), d.client("webauthn.get", o.PublicKey.Challenge)
	clientHash := sha256.Sum256(client)
	digest := sha256.Sum256(append(bytes.Clone(data), clientHash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, d.key, digest[:])
	if err != nil {
		panic(err)
	}
	return map[string]any{
		"id": b64(d.id), "rawId": b64(d.id), "type": "public-key", "clientExtensionResults": map[string]any{},
		"response": map[string]any{"authenticatorData": b64(data), "clientDataJSON": b64(client), "signature": b64(signature), "userHandle": b64(d.handle)},
	}
}

// enrol makes a passkey on a device.
func (b *browser) enrol(d *device) answer {
	b.w.t.Helper()
	var o options
	b.postJSON("/me/passkeys/begin", nil, &o)
	return b.postJSON("/me/passkeys/finish", d.made(&o), nil)
}

// use signs in with it.
func (b *browser) use(d *device) answer {
	b.w.t.Helper()
	b.w.pass(time.Minute)
	var o options
	b.postJSON("/passkey/begin", nil, &o)
	return b.postJSON("/passkey/finish", d.signed(&o), nil)
}

func TestPasskey(t *testing.T) {
	w := newWorld(t)
	b := w.hire("mere", office.Teller)
	var o options
	b.postJSON("/me/passkeys/begin", nil, &o)
	if s := o.PublicKey.AuthenticatorSelection; s.UserVerification != "required" || s.ResidentKey != "required" {
		t.Errorf("%+v", s)
	}
	phone, stick := w.device(), w.device()
	for _, d := range []*device{phone, stick} {
		if a := b.enrol(d); a.status != http.StatusOK {
			t.Fatal(a)
		}
		fresh := w.browser()
		if a := fresh.use(d); a.status != http.StatusOK || !fresh.signedIn() {
			t.Fatal(a)
		}
		if line := w.lastLine(); line != "mere sign-in.passkey mere done" {
			t.Error(line)
		}
	}
	keys, err := w.office.Keys(t.Context(), 1)
	ok(t, err)
	thief := w.browser()
	thief.use(phone)
	if a := b.post("/me/passkeys/remove", "id", strconv.FormatInt(keys[0].ID, 10)); a.status != http.StatusSeeOther {
		t.Fatal(a)
	}
	if thief.signedIn() || !b.signedIn() {
		t.Error("whoever signed in with the passkey that was removed works on, or who removed it does not")
	}
	gone, left := w.browser(), w.browser()
	if a := gone.use(phone); a.status == http.StatusOK || gone.signedIn() {
		t.Error("a passkey that was removed opened the console")
	}
	if a := left.use(stick); a.status != http.StatusOK {
		t.Error("the other one does not:", a)
	}
	other := w.hire("sione", office.Teller)
	if a := other.post("/me/passkeys/remove", "id", strconv.FormatInt(keys[1].ID, 10)); a.status != http.StatusNotFound {
		t.Error("an officer removed another's passkey:", a.status)
	}
	if _, err := w.office.NewLink(t.Context(), office.Console(), "mere", true); err != nil || left.signedIn() {
		t.Error("a reset left a session open", err)
	}
	if a := w.browser().use(stick); a.status == http.StatusOK {
		t.Error("a reset left a passkey")
	}
}

// TestPasskeyRefused: each thing that makes a passkey worth nothing.
func TestPasskeyRefused(t *testing.T) {
	w := newWorld(t)
	mere, sione := w.hire("mere", office.Teller), w.hire("sione", office.Operate)
	d, other := w.device(), w.device()
	if a := mere.enrol(d); a.status != http.StatusOK {
		t.Fatal(a)
	}
	if a := sione.enrol(other); a.status != http.StatusOK {
		t.Fatal(a)
	}
	for name, change := range map[string]func(*device){
		"another site":            func(d *device) { d.origin = "http://localhost:8420" },
		"another name":            func(d *device) { d.rpID = "evil.example" },
		"nobody was checked":      func(d *device) { d.flags = userPresent },
		"nobody was there":        func(d *device) { d.flags = userVerified },
		"another key":             func(d *device) { d.key = other.key },
		"another officer's name":  func(d *device) { d.handle = other.handle },
		"an unknown passkey":      func(d *device) { d.id = []byte("sixteen bytes!!!") },
		"no officer of that name": func(d *device) { d.handle = []byte("nobody") },
	} {
		bad, b := *d, w.browser()
		change(&bad)
		if a := b.use(&bad); a.status == http.StatusOK || b.signedIn() {
			t.Errorf("%s: it opened the console", name)
		}
		if line := w.lastLine(); !strings.Contains(line, "sign-in.passkey  refused") {
			t.Errorf("%s: the trail does not say so: %q", name, line)
		}
		enrolled := w.device()
		if change(enrolled); name != "another key" && !strings.Contains(name, "officer") && !strings.Contains(name, "unknown") {
			if a := sione.enrol(enrolled); a.status == http.StatusOK {
				t.Errorf("%s: a passkey was made", name)
			}
		}
	}
	b := w.browser()
	var o options
	w.pass(time.Minute)
	b.postJSON("/passkey/begin", nil, &o)
	said := d.signed(&o)
	if a := b.postJSON("/passkey/finish", said, nil); a.status != http.StatusOK {
		t.Fatal(a)
	}
	again := w.browser()
	again.postJSON("/passkey/begin", nil, &o)
	if a := again.postJSON("/passkey/finish", said, nil); a.status == http.StatusOK {
		t.Error("an answer was used twice")
	}
	if a := w.browser().postJSON("/passkey/finish", d.signed(&o), nil); a.status == http.StatusOK {
		t.Error("an answer to another browser's question opened the console")
	}
	d.count = 0
	if a := w.browser().use(d); a.status == http.StatusOK {
		t.Error("a copy of a passkey opened the console")
	}
}
