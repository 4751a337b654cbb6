package verifycmd

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kula/cmd/kula/say"
	"kula/internal/tinybank"
	"kula/localnet"
	"kula/money"
	"kula/protocol"
)

const start = 1_800_000_000

// play is a bank, a payer with 100 there, and a payee.
type play struct {
	t     testing.TB
	n     protocol.Network
	bank  *tinybank.Bank
	payer ed25519.PrivateKey
	payee ed25519.PrivateKey
	open  *protocol.Enrolment
	sheet *protocol.Sheet
	bills byte
}

func key(b byte) ed25519.PrivateKey { return ed25519.NewKeyFromSeed(append(make([]byte, 31), b)) }

func newPlay(t testing.TB) *play {
	t.Helper()
	p := &play{t: t, n: protocol.NewNetwork(localnet.Passphrase), payer: key(1), payee: key(2)}
	p.bank = tinybank.New(p.n, 1, start)
	account := key(3)
	p.open = &protocol.Enrolment{Anchor: p.bank.Charter.Anchor, Account: protocol.AccountID(protocol.PublicKey(account)), Asset: p.bank.Asset,
		Kind: protocol.Circulating, Quorum: protocol.Quorum{Signers: []protocol.Signer{{Key: protocol.PublicKey(p.payer), Weight: 1}}, Threshold: 1}}
	h := p.n.Hash(p.open)
	p.open.DeviceSignatures = []protocol.DeviceSignature{{Signature: protocol.Sign(p.payer, h)}}
	p.open.AccountSignatures = []protocol.AccountSignature{{Key: protocol.PublicKey(account), Signature: protocol.Sign(account, h)}}
	p.sheet = &protocol.Sheet{Anchor: p.bank.Charter.Anchor, Purse: protocol.PurseID(h), Account: p.open.Account, Quorum: p.open.Quorum, Asset: p.bank.Asset,
		Available: 100 * money.Unit, AsOf: start, Limits: p.bank.Limits, Kind: protocol.Circulating, IssuedAt: start, ExpiresAt: start + 60*tinybank.Day, RedeemBy: start + 120*tinybank.Day}
	p.bank.Seal(p.sheet)
	return p
}

func (p *play) bill(amount money.Amount) *protocol.Bill {
	p.bills++
	b := &protocol.Bill{Anchor: p.bank.Charter.Anchor, Payee: protocol.AccountID(protocol.PublicKey(key(4))), PayeeKey: protocol.PublicKey(p.payee),
		Asset: p.bank.Asset, Amount: amount, IssuedAt: start + 100, ExpiresAt: start + 60*tinybank.Day, Nonce: [16]byte{p.bills}}
	b.Signature = protocol.Sign(p.payee, p.n.Hash(b))
	return b
}

// spend is an entry that pays a bill, and counts so much as spent before it.
func (p *play) spend(b *protocol.Bill, seq uint64, before money.Amount) *protocol.Entry {
	e := &protocol.Entry{Sheet: p.n.Hash(p.sheet), Seq: seq, Spent: before + b.Amount, Kind: protocol.SpendKind,
		Spend: protocol.Spend{Bill: p.n.Hash(b), Amount: b.Amount, Deadline: b.ExpiresAt}}
	return p.sign(e)
}

func (p *play) sign(e *protocol.Entry) *protocol.Entry {
	e.Signatures = []protocol.DeviceSignature{{Signature: protocol.Sign(p.payer, p.n.Hash(e))}}
	return e
}

func (p *play) bundle(root protocol.Document, docs ...protocol.Document) *protocol.Bundle {
	b := protocol.NewBundle(p.n, docs...)
	b.AddRoot(root)
	return b
}

// verify runs the command over what is in a file, for a machine and for a person, who must be told the same.
func (p *play) verify(data []byte, more Command) (words string, err error) {
	p.t.Helper()
	more.File = p.write("file", data)
	if more.At.IsZero() {
		more.At = time.Unix(start, 0).UTC()
	}
	var out, told bytes.Buffer
	err = more.Run(&say.Voice{Out: &out, Err: &out, JSON: true})
	var r struct{ Verdict verdict }
	if out.Len() > 0 {
		if err := json.Unmarshal(out.Bytes(), &r); err != nil {
			p.t.Fatalf("%v: %s", err, out.String())
		}
		if (r.Verdict == good) != (err == nil) {
			p.t.Fatalf("%s, and %v", r.Verdict, err)
		}
	}
	if again := more.Run(&say.Voice{Out: &told, Err: &told}); (again == nil) != (err == nil) {
		p.t.Fatalf("%v in JSON, %v in words", err, again)
	}
	return told.String(), err
}

func (p *play) write(name string, data []byte) string {
	p.t.Helper()
	file := filepath.Join(p.t.TempDir(), name)
	if err := os.WriteFile(file, data, 0o600); err != nil {
		p.t.Fatal(err)
	}
	return file
}

func (p *play) says(b *protocol.Bundle, exit int, lines ...string) string {
	p.t.Helper()
	words, err := p.verify(b.Encode(), Command{})
	p.wantExit(err, exit, words)
	for _, l := range lines {
		if !strings.Contains(words, l) {
			p.t.Errorf("not said: %q in:\n%s", l, words)
		}
	}
	return words
}

func (p *play) wantExit(err error, exit int, words string) {
	p.t.Helper()
	var problem *say.Problem
	got := say.OK
	if err != nil {
		got = say.Failed
		if errors.As(err, &problem) {
			got = problem.Exit
		}
	}
	if got != exit {
		p.t.Errorf("exit %d (%v), want %d:\n%s", got, err, exit, words)
	}
}

// TestFraudByNumber: with the enrolment the proof is complete, and says whose key signed for the account.
func TestFraudByNumber(t *testing.T) {
	p := newPlay(t)
	one, two := p.bill(30*money.Unit), p.bill(20*money.Unit)
	a, b := p.spend(one, 1, 0), p.spend(two, 1, 0)
	proof := protocol.NewFraudProof(p.n, p.sheet.Purse, a, b)
	whole := p.bundle(proof, a, b, one, two, p.sheet, p.open, p.bank.Charter)
	p.says(whole, say.OK, "PROVEN", p.open.Account.String(), p.sheet.Purse.String(), "number 1: 30 to", "number 1: 20 to",
		"Both carry the number 1", "The proof is complete", "The account's own key signed the enrolment", "you must decide whether to trust it",
		p.bank.Charter.Anchor.String(), protocol.RuleName)
	p.says(p.bundle(proof, a, b, p.sheet, p.bank.Charter), say.OK, "PROVEN", "On the bank's word", "to the bill "+short(p.n.Hash(one)))
	p.says(p.bundle(proof, a, b, one, two, p.sheet), say.Misused, "CANNOT BE JUDGED", p.bank.Charter.Anchor.String())
	p.says(p.bundle(proof, a, p.sheet, p.bank.Charter), say.Misused, "CANNOT BE JUDGED: one of the two entries")
	p.says(p.bundle(proof, p.bank.Charter), say.Misused, "CANNOT BE JUDGED: neither the balance sheets")
}

// TestFraudByTotals: the later one leaves out a part of what the earlier one had spent, and a statement to the
// bank contradicts a payment as well as another payment does.
func TestFraudByTotals(t *testing.T) {
	p := newPlay(t)
	one, two := p.bill(30*money.Unit), p.bill(20*money.Unit)
	a, b := p.spend(one, 3, 0), p.spend(two, 5, 25*money.Unit)
	proof := protocol.NewFraudProof(p.n, p.sheet.Purse, a, b)
	p.says(p.bundle(proof, a, b, one, two, p.sheet, p.bank.Charter), say.OK, "PROVEN", "Number 5 comes after number 3 and leaves out 5 of what had been spent")
	stated := p.sign(&protocol.Entry{Sheet: p.n.Hash(p.sheet), Seq: 4, Spent: 10 * money.Unit, Kind: protocol.StatementKind, Statement: protocol.Statement{Time: start + 200}})
	proof = protocol.NewFraudProof(p.n, p.sheet.Purse, a, stated)
	p.says(p.bundle(proof, a, stated, p.sheet, p.bank.Charter), say.OK, "PROVEN", "number 4: a statement to the bank that 10 was spent in all", "leaves out 20")
}

// TestNoFraud: whoever is accused falsely is said not to be.
func TestNoFraud(t *testing.T) {
	p := newPlay(t)
	one, two := p.bill(30*money.Unit), p.bill(20*money.Unit)
	a, b := p.spend(one, 1, 0), p.spend(two, 2, 30*money.Unit)
	proof := protocol.NewFraudProof(p.n, p.sheet.Purse, a, b)
	p.says(p.bundle(proof, a, b, one, two, p.sheet, p.open, p.bank.Charter), say.Failed, "NOT PROVEN", "Do not hold this against anybody")
	forged := p.spend(two, 1, 0)
	forged.Signatures[0].Signature = protocol.Sign(key(9), p.n.Hash(forged))
	proof = protocol.NewFraudProof(p.n, p.sheet.Purse, a, forged)
	p.says(p.bundle(proof, a, forged, one, two, p.sheet, p.open, p.bank.Charter), say.Failed, "NOT PROVEN: a signature is not genuine")
}

// TestPayments: what the bank has said decides; else it is judged as a payee would.
func TestPayments(t *testing.T) {
	p := newPlay(t)
	bill := p.bill(30 * money.Unit)
	e := p.spend(bill, 1, 0)
	pay := p.bundle(e, bill, p.sheet, p.bank.Charter)
	p.says(pay, say.OK, "GOOD: this payment is genuine, and covered", "30 VUV", "straight from the bank", "the bank covers 10 of it")

	receipt := &protocol.Receipt{Anchor: p.bank.Charter.Anchor, Entry: p.n.Hash(e), Bill: p.n.Hash(bill), Outcome: protocol.Dishonoured, Reason: protocol.ReasonUncovered,
		Amount: e.Spend.Amount, Covered: 10 * money.Unit, Credited: protocol.Credit{Kind: protocol.CreditPurse, To: protocol.Hash{1}}, At: start + 300}
	p.bank.Seal(receipt)
	p.says(p.bundle(e, bill, p.sheet, p.bank.Charter, receipt), say.OK, "REFUSED this payment for good", "covered 10 all the same; 20 is lost")
	p.says(p.bundle(receipt, p.bank.Charter), say.OK, "GENUINE: the receipt", "dishonoured", "covered 10")
	forged := *receipt
	forged.Covered = 20 * money.Unit
	p.says(p.bundle(e, bill, p.sheet, p.bank.Charter, &forged), say.Failed, "NOT GENUINE: the receipt")

	over := p.bill(101 * money.Unit)
	p.says(p.bundle(p.spend(over, 1, 0), over, p.sheet, p.bank.Charter), say.Failed, "NOT GOOD: the payer does not have enough")
	notice := p.bank.Notice(start + 50)
	notice.RevokedPurses = []protocol.Hash{protocol.Hash(p.sheet.Purse)}
	p.bank.Seal(notice)
	p.says(p.bundle(e, bill, p.sheet, p.bank.Charter, notice), say.Failed, "NOT GOOD: the bank has withdrawn")
	p.says(p.bundle(e, p.sheet, p.bank.Charter), say.Misused, "CANNOT BE JUDGED: the bill or the balance sheet")
}

// TestProvenPayer: a payment from a purse against which the proof is at hand is not good.
func TestProvenPayer(t *testing.T) {
	p := newPlay(t)
	one, two, three := p.bill(30*money.Unit), p.bill(20*money.Unit), p.bill(10*money.Unit)
	a, b := p.spend(one, 1, 0), p.spend(two, 1, 0)
	proof := p.bundle(protocol.NewFraudProof(p.n, p.sheet.Purse, a, b), a, b, p.sheet)
	paid := p.bundle(p.spend(three, 2, 30*money.Unit), three, p.sheet, p.bank.Charter)
	words, err := p.verify(paid.Encode(), Command{})
	p.wantExit(err, say.OK, words)
	words, err = p.verify(paid.Encode(), Command{With: []string{p.write("proof", proof.Encode())}})
	p.wantExit(err, say.Failed, words)
}

// TestTrust: who says whom they trust is not told that a file holds under somebody else's charter.
func TestTrust(t *testing.T) {
	p := newPlay(t)
	bill := p.bill(30 * money.Unit)
	e := p.spend(bill, 1, 0)
	pay := p.bundle(e, bill, p.sheet, p.bank.Charter).Encode()
	other := tinybank.New(p.n, 2, start).Charter
	for _, c := range []struct {
		more Command
		exit int
		says string
	}{
		{Command{}, say.OK, "you must decide"},
		{Command{BankID: []protocol.AccountID{p.bank.Charter.Anchor}}, say.OK, "that you gave"},
		{Command{BankID: []protocol.AccountID{other.Anchor}}, say.Misused, "not one that you trust"},
		{Command{Charter: []string{p.write("own", protocol.Encode(p.bank.Charter))}}, say.OK, "that you gave"},
		{Command{Charter: []string{p.write("other", protocol.Encode(other))}}, say.Misused, "not one that you trust"},
		{Command{At: time.Unix(start+200*tinybank.Day, 0)}, say.Failed, "TOO LATE"},
	} {
		words, err := p.verify(pay, c.more)
		p.wantExit(err, c.exit, words)
		if !strings.Contains(words, c.says) {
			t.Errorf("not said: %q in:\n%s", c.says, words)
		}
	}
	forged := *p.bank.Charter
	forged.Name = "Other Bank"
	p.says(p.bundle(e, bill, p.sheet, &forged), say.Failed, "CANNOT BE JUDGED", "NOT GENUINE: the charter")
}

// TestForms: single documents and bundles, in binary and in text; what is none of them is unreadable.
func TestForms(t *testing.T) {
	p := newPlay(t)
	alone := protocol.Encode(p.bank.Charter)
	whole := p.bundle(p.bank.Charter).Encode()
	for name, data := range map[string][]byte{
		"document": alone, "document in base64": []byte(base64.StdEncoding.EncodeToString(alone) + "\n"),
		"bundle": whole, "bundle in base64": []byte(base64.StdEncoding.EncodeToString(whole)),
	} {
		if words, err := p.verify(data, Command{}); err != nil || !strings.Contains(words, "GENUINE: the charter") {
			t.Errorf("%s: %v: %s", name, err, words)
		}
	}
	for name, data := range map[string][]byte{
		"nothing": nil, "text": []byte("hello"), "half a document": alone[:50], "half a bundle": whole[:50],
		"another network": protocol.NewBundle(protocol.NewNetwork("an other one")).Encode(),
	} {
		words, err := p.verify(data, Command{})
		p.wantExit(err, say.Misused, name+": "+words)
	}
	elsewhere := protocol.NewBundle(protocol.NewNetwork("an other one"), &protocol.Memo{Text: "hello"})
	words, err := p.verify(elsewhere.Encode(), Command{Network: "an other one"})
	p.wantExit(err, say.Misused, words)
	if !strings.Contains(words, "the bill that this memo belongs to") {
		t.Error(words)
	}
}

// FuzzVerify: whatever is in a file, there is a verdict and words for it, and one false document is never good.
func FuzzVerify(f *testing.F) {
	p := newPlay(f)
	one, two := p.bill(30*money.Unit), p.bill(20*money.Unit)
	a, b := p.spend(one, 1, 0), p.spend(two, 1, 0)
	ack := &protocol.Ack{Entry: p.n.Hash(a)}
	proof := protocol.NewFraudProof(p.n, p.sheet.Purse, a, b)
	f.Add(p.bundle(proof, a, b, one, two, p.sheet, p.open, p.bank.Charter).Encode())
	f.Add(p.bundle(a, one, p.sheet, p.bank.Charter, ack, p.bank.Notice(start+1)).Encode())
	f.Add(protocol.NewBundle(p.n, a, p.sheet, &protocol.Memo{Text: "fish"}).Encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := protocol.DecodeBundle(p.n, data, protocol.NoContext, protocol.MailBounds)
		if err != nil {
			return
		}
		j := newCourt(start + 200)
		j.network, j.file, j.all = p.n, file, file
		if err := j.believe(nil, nil, nil); err != nil {
			t.Fatal(err)
		}
		r := j.report(j.about())
		var words bytes.Buffer
		r.tell(&say.Voice{Out: &words, Err: &words})
		for _, d := range r.Documents {
			if d.Verdict == notGood && r.problem() == nil {
				t.Fatalf("%s is not good, and the whole is:\n%s", d.Type, words.String())
			}
		}
		if words.Len() == 0 {
			t.Fatal("nothing is said")
		}
	})
}
