package qr

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kula/localnet"
	"kula/money"
	"kula/nearby/qr/fountain"
	"kula/nearby/text"
	"kula/protocol"
	"kula/wallet"
)

//go:generate go test . -run TestConformanceHostile -write

var writeKit = flag.Bool("write", false, "write testdata/hostile anew")

const (
	hostileDir = "testdata/hostile"
	hostileAt  = 1_790_000_000
	day        = 24 * 3600
)

// hostileKit is index.json.
type hostileKit struct {
	Network string        `json:"network"` // its passphrase
	At      uint64        `json:"at"`      // the wallet's clock
	Charter string        `json:"charter"` // the file with the bank that the wallet trusts
	Cases   []hostileCase `json:"cases"`
}

type hostileCase struct {
	File   string        `json:"file"`
	What   string        `json:"what"`
	Step   string        `json:"step"` // "read", or "pay": it reads, and paying is what is refused
	Expect protocol.Code `json:"expect"`

	lines []string
}

func kitKey(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte("kula hostile kit " + name))
	return ed25519.NewKeyFromSeed(seed[:])
}

func kitAccount(name string) protocol.AccountID {
	return protocol.AccountID(protocol.PublicKey(kitKey(name)))
}

// kitBank is a bank whose only issuing key is good for very long, so that the files serve on any day.
func kitBank(t *testing.T, n protocol.Network, name string) *protocol.Charter {
	t.Helper()
	vuv, err := money.NewAsset("VUV", kitAccount("issuer"))
	if err != nil {
		t.Fatal(err)
	}
	limits := protocol.Limits{PerBill: 5000 * money.Unit, MaxSpend: 50_000 * money.Unit, MaxHolding: 100_000 * money.Unit, MaxDepth: 8, Guaranteed: 2000 * money.Unit}
	c := &protocol.Charter{
		Anchor: kitAccount(name), Serial: 1, Name: "Bank of Tanna", Network: n.ID, IssuedAt: hostileAt - 2000*day,
		Keys: []protocol.IssuingKey{{ID: 1, Key: protocol.PublicKey(kitKey(name + " issuing")), NotBefore: hostileAt - 2000*day, NotAfter: hostileAt + 20000*day}},
		Assets: []protocol.AssetTerms{{Asset: vuv, Step: money.Unit, CapPerPurse: 10_000 * money.Unit, CreditLine: 1000 * money.Unit,
			Tiers: []protocol.Tier{{Name: "known", Limits: limits}}}},
		Deposit: kitAccount("deposit"), Lifetimes: protocol.DefaultLifetimes(), LogKey: protocol.PublicKey(kitKey("log")),
		SealingKey: sha256.Sum256([]byte("sealing")), Endpoint: "https://bank.example/kula",
	}
	c.Signature = protocol.Sign(kitKey(name), n.Hash(c))
	return c
}

// kitBill is a bill that anybody can pay, and the payee's card.
func kitBill(n protocol.Network, c *protocol.Charter, bank string, issued uint64, change func(*protocol.Bill)) *protocol.Bundle {
	b := &protocol.Bill{Anchor: c.Anchor, Payee: kitAccount("mary"), PayeeKey: protocol.PublicKey(kitKey("stall")), Asset: c.Assets[0].Asset,
		Amount: 500 * money.Unit, IssuedAt: issued, ExpiresAt: issued + 60*day, Nonce: [16]byte{1}}
	b.Signature = protocol.Sign(kitKey("stall"), n.Hash(b))
	if change != nil {
		change(b)
	}
	card := &protocol.Card{Anchor: c.Anchor, Account: b.Payee, Name: "Mary Kalo, Lenakel", Keys: []protocol.Key{b.PayeeKey},
		NotBefore: hostileAt - 2000*day, NotAfter: hostileAt + 20000*day}
	protocol.Seal(n, card, 1, func(h protocol.Hash) protocol.Signature { return protocol.Sign(kitKey(bank+" issuing"), h) })
	bundle := protocol.NewBundle(n)
	bundle.AddRoot(b)
	bundle.Add(card)
	return bundle
}

// spoilt is a copy with a byte changed.
func spoilt(b []byte, at int, to byte) []byte {
	b = bytes.Clone(b)
	b[at] = to
	return b
}

func frames(t *testing.T, bundle []byte, numbers ...int) (lines []string) {
	t.Helper()
	e, err := fountain.NewEncoder(bundle, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range numbers {
		lines = append(lines, e.Frame(n))
	}
	return lines
}

func forged(bundle []byte, size uint32, number uint16, symbol int) string {
	digest := sha256.Sum256(bundle)
	b := binary.BigEndian.AppendUint32(digest[:4:4], size)
	b = binary.BigEndian.AppendUint16(b, number)
	return fountain.Prefix + text.Base45(append(b, bytes.Repeat([]byte("false"), symbol/5)...))
}

// newHostileKit makes all cases; every call makes the same ones.
func newHostileKit(t *testing.T) *hostileKit {
	n, other := protocol.NewNetwork(localnet.Passphrase), protocol.NewNetwork("Public Global Stellar Network ; September 2015")
	bank := kitBank(t, n, "bank")
	trusted := protocol.NewBundle(n)
	trusted.AddRoot(bank)
	fresh := kitBill(n, bank, "bank", hostileAt, nil)
	stranger := kitBank(t, n, "stranger")
	bill, charter := fresh.Encode(), trusted.Encode()
	alone := protocol.NewBundle(n)
	alone.AddRoot(protocol.All[*protocol.Bill](fresh)[0])
	large := protocol.NewBundle(n)
	large.AddRoot(bank)
	large.AddAll(fresh)
	foreign := protocol.NewBundle(other)
	foreign.AddRoot(kitBank(t, other, "bank"))
	foreign.AddAll(kitBill(other, kitBank(t, other, "bank"), "bank", hostileAt, nil))
	whole := large.Encode()
	one := func(b []byte) []string { return []string{text.Encode(b)} }
	k := &hostileKit{Network: localnet.Passphrase, At: hostileAt, Charter: "bank.txt"}
	add := func(file, what, step string, expect protocol.Code, lines ...string) {
		k.Cases = append(k.Cases, hostileCase{File: file + ".txt", What: what, Step: step, Expect: expect, lines: lines})
	}
	const good = "ok"
	add("bank", "the bank that the wallet trusts", "read", good, one(charter)...)
	add("bill", "a good bill", "pay", good, one(bill)...)
	add("moving", "a moving code, from its beginning", "read", good, frames(t, whole, 0, 1, 2, 3, 4)...)
	add("moving-late", "a moving code, seen late, with codes seen twice", "read", good, frames(t, whole, 21, 20, 21, 24, 23, 20, 22, 25, 26)...)
	add("moving-mixed", "a moving code, and parts of another one between its codes", "read", good,
		append(frames(t, foreign.Encode(), 0), append(frames(t, whole, 7, 8), append(frames(t, foreign.Encode(), 9), frames(t, whole, 9, 10, 11, 12)...)...)...)...)
	add("moving-false-start", "a moving code whose first showing had a false code in it", "read", good,
		append([]string{forged(whole, uint32(len(whole)), 2, 300)}, frames(t, whole, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9)...)...)

	for file, foreignText := range map[string]string{
		"url": "https://example.org/pay?to=mary", "script": "javascript:alert(1)", "markup": `<img src="x" onerror="alert(1)">`,
		"other-wallet": "web+stellar:pay?destination=" + kitAccount("mary").String() + "&amount=500", "other-bank": "upi://pay?pa=mary@bank&am=500",
		"wireless": "WIFI:T:WPA;S:shop;P:secret;;", "small-letters": strings.ToLower(text.Encode(bill)), "later-form": "KULA3:" + text.Base45(bill),
		"words": "abandon ability able about above absent absorb abstract absurd abuse access accident",
	} {
		add(file, "not a code of Kula's", "read", protocol.CodeUnknownType, foreignText)
	}
	add("damaged", "a character that base45 does not have", "read", protocol.CodeBadText, text.Encode(bill)[:100]+"_"+text.Encode(bill)[101:])
	add("digit-lost", "the last character is missing", "read", protocol.CodeBadText, text.Encode(bill)[:len(text.Encode(bill))-len(bill)%2-1])
	add("three-too-large", "three characters that write more than two bytes hold", "read", protocol.CodeBadText, text.Prefix+":::")
	add("half", "half a bill", "read", protocol.CodeTruncated, one(bill[:len(bill)/2])...)
	add("more", "something after the end", "read", protocol.CodeTrailing, one(append(bytes.Clone(bill), 0))...)
	add("noise", "bytes that are no bundle", "read", protocol.CodeUnknownType, one([]byte("hello, this is not a bundle of Kula's"))...)
	add("nothing", "an empty bundle", "read", protocol.CodeTruncated, text.Prefix)
	add("wrong-version", "a later version of Kula", "read", protocol.CodeWrongVersion, one(spoilt(bill, 2, 2))...)
	add("wrong-network", "real money's network", "read", protocol.CodeWrongNetwork, one(kitBill(other, bank, "bank", hostileAt, nil).Encode())...)

	add("stale", "a bill of five years ago", "pay", protocol.CodeExpired, one(kitBill(n, bank, "bank", hostileAt-1800*day, nil).Encode())...)
	add("stranger", "a bill of a bank that the wallet does not know", "pay", wallet.CodeNotTrusted, one(kitBill(n, stranger, "stranger", hostileAt, nil).Encode())...)
	add("changed-amount", "a bill whose amount was changed after it was signed", "pay", protocol.CodeBadSignature,
		one(kitBill(n, bank, "bank", hostileAt, func(b *protocol.Bill) { b.Amount *= 10 }).Encode())...)
	add("false-name", "a card that the bank did not sign", "pay", protocol.CodeBadSignature, one(kitBill(n, bank, "stranger", hostileAt, nil).Encode())...)
	add("no-card", "a bill without the payee's card", "pay", protocol.CodeMissingDocument, one(alone.Encode())...)

	add("moving-cut", "not enough of a moving code", "read", protocol.CodeFramesMissing, frames(t, whole, 0, 1)...)
	add("moving-false", "a moving code with a false code in it", "read", protocol.CodeFramesContradict,
		append(frames(t, whole, 0, 1), forged(whole, uint32(len(whole)), 1, 300))...)
	add("moving-other-digest", "a moving code that makes something else than it says", "read", protocol.CodeFramesContradict, forged([]byte("x"), 300, 0, 300))
	add("moving-huge", "a moving code of four gigabytes", "read", protocol.CodeTooLarge, forged(whole, 1<<32-1, 0, 300))
	add("moving-large", "a moving code one byte larger than the largest", "read", protocol.CodeTooLarge, forged(whole, fountain.MaxSize+1, 0, 300))
	add("moving-empty", "a moving code of nothing", "read", protocol.CodeTruncated, forged(whole, 0, 0, 300))
	add("moving-dense", "a symbol above the largest", "read", protocol.CodeTooLarge, forged(whole, 3000, 0, fountain.MaxSymbol+5))
	add("moving-sparse", "a symbol below the smallest", "read", protocol.CodeTruncated, forged(whole, 3000, 0, fountain.MinSymbol-5))
	add("moving-header", "a frame without a symbol", "read", protocol.CodeTruncated, forged(whole, 3000, 0, 0))
	add("moving-damaged", "a character that base45 does not have, in a frame", "read", protocol.CodeBadText, frames(t, whole, 0)[0][:99]+"é"+frames(t, whole, 0)[0][100:])
	add("moving-wrong-network", "a moving code of real money's network", "read", protocol.CodeWrongNetwork, frames(t, foreign.Encode(), 0, 1, 2, 3, 4, 5)...)
	slices.SortFunc(k.Cases, func(a, b hostileCase) int { return strings.Compare(a.File, b.File) })
	return k
}

// TestConformanceHostile goes through the kit as a wallet does, and holds its files to what makes them.
func TestConformanceHostile(t *testing.T) {
	k := newHostileKit(t)
	index, err := json.MarshalIndent(k, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"index.json": append(index, '\n')}
	for _, c := range k.Cases {
		files[c.File] = []byte(strings.Join(c.lines, "\n") + "\n")
	}
	if *writeKit {
		rewrite(t, files)
	}
	on, err := filepath.Glob(hostileDir + "/*")
	if err != nil || len(on) != len(files) {
		t.Errorf("%d files, want %d (%v): go generate ./nearby/qr", len(on), len(files), err)
	}
	for name, want := range files {
		if got, err := os.ReadFile(filepath.Join(hostileDir, name)); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%s is not what the kit makes (%v): go generate ./nearby/qr", name, err)
		}
	}
	for _, c := range k.Cases {
		code := protocol.Code("ok")
		if err := goThrough(t, k, &c); err != nil {
			if code = protocol.CodeOf(err); strings.Contains(err.Error(), string(code)) && strings.Contains(string(code), "_") {
				t.Errorf("%s: %q is not a sentence", c.File, err)
			}
		}
		if code != c.Expect {
			t.Errorf("%s: %s, want %s", c.File, code, c.Expect)
		}
	}
}

func rewrite(t *testing.T, files map[string][]byte) {
	t.Helper()
	err := errors.Join(os.RemoveAll(hostileDir), os.MkdirAll(hostileDir, 0o750))
	for name, content := range files {
		err = errors.Join(err, os.WriteFile(filepath.Join(hostileDir, name), content, 0o600))
	}
	if err != nil {
		t.Fatal(err)
	}
}

type forgetful struct{}

func (forgetful) Append([]byte) error { return nil }

// goThrough is what a wallet that trusts the kit's bank says of a file.
func goThrough(t *testing.T, k *hostileKit, c *hostileCase) error {
	t.Helper()
	w, err := wallet.Open(wallet.Config{Network: protocol.NewNetwork(k.Network), Journal: forgetful{}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	read := func(file string) (*protocol.Bundle, error) {
		encoded, err := Open(filepath.Join(hostileDir, file), nil)
		if err != nil {
			return nil, err
		}
		return w.Decode(encoded, protocol.PaymentBounds)
	}
	bank, err := read(k.Charter)
	if err == nil {
		err = w.Trust(k.At, protocol.All[*protocol.Charter](bank)[0], nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	b, err := read(c.File)
	if c.Step == "read" {
		return err
	}
	if err != nil {
		t.Errorf("%s does not read: %v", c.File, err)
		return nil
	}
	_, err = w.VerifyRequest(k.At, b)
	return err
}
