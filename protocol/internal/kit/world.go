// Package kit writes the conformance kit (protocol/testdata/vectors) from fixed seeds, and holds the
// small world of keys and documents that the kit and the tests of protocol are made of: one anchor, a
// payer with a sheet, a payee with a bill, and all that passes between them.
package kit

import (
	"crypto/ed25519"
	"crypto/sha256"

	"kula/money"
	"kula/protocol"
)

// Passphrase names the network of the kit.
const Passphrase = "Kula conformance network ; November 2026"

// Epoch is the moment the world's documents are made, in Unix seconds.
const Epoch = 1_790_000_000

// Day in seconds.
const Day = 24 * 3600

// Key derives a device or issuing key from a name: its seed is SHA-256("kula kit " ‖ name).
func Key(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte("kula kit " + name))
	return ed25519.NewKeyFromSeed(seed[:])
}

// Public is the public part of Key.
func Public(name string) protocol.Key { return protocol.PublicKey(Key(name)) }

// Account is the account whose master key is Key.
func Account(name string) protocol.AccountID { return protocol.AccountID(Public(name)) }

// Bytes derives any other value from a name.
func Bytes(name string) protocol.Hash { return sha256.Sum256([]byte("kula kit bytes " + name)) }

// World is one of every document, each signed by whom it should be.
type World struct {
	Net       protocol.Network
	Asset     money.Asset
	Charter   *protocol.Charter
	Enrolment *protocol.Enrolment
	Memo      *protocol.Memo
	Card      *protocol.Card
	Sheet     *protocol.Sheet
	Bill      *protocol.Bill
	Entry     *protocol.Entry
	Statement *protocol.Entry
	Ack       *protocol.Ack
	Delivery  *protocol.Delivery
	Receipt   *protocol.Receipt
	Payout    *protocol.Payout
	Notice    *protocol.Notice
	Rival     *protocol.Entry // contradicts Entry
	Fraud     *protocol.FraudProof
}

// IssuingKey is the ID of the anchor's issuing key in the world's charter.
const IssuingKey = 1

// New makes the world. Every call makes the same one.
func New() *World {
	w := &World{Net: protocol.NewNetwork(Passphrase)}
	var err error
	if w.Asset, err = money.NewAsset("VUV", Public("issuer")); err != nil {
		panic(err) // a fixed and well-formed code
	}
	w.Charter = w.charter()
	w.Enrolment = w.enrolment()
	w.Sheet = w.sheet()
	w.Memo = &protocol.Memo{Salt: [16]byte(first16("salt")), Text: "two fish and a coconut"}
	w.Bill = w.bill()
	w.Card = &protocol.Card{Anchor: w.Charter.Anchor, Account: w.Bill.Payee, Name: "Mary Kalo, Lenakel",
		Keys: []protocol.Key{w.Bill.PayeeKey}, NotBefore: Epoch - 30*Day, NotAfter: Epoch + 335*Day}
	w.Issue(w.Card)
	w.Entry = w.Spend(4, 1_000_000_000)
	w.Rival = w.Spend(4, 1_000_000_000)
	w.Rival.Spend.Deadline--
	w.SignEntry(w.Rival)
	w.Statement = &protocol.Entry{Sheet: w.Net.Hash(w.Sheet), Seq: 5, Spent: w.Entry.Spent, Kind: protocol.StatementKind,
		Statement: protocol.Statement{Time: Epoch + Day, Challenge: Bytes("challenge")}}
	w.SignEntry(w.Statement)
	w.answers()
	return w
}

func first16(name string) []byte { h := Bytes(name); return h[:16] }

func (w *World) charter() *protocol.Charter {
	limits := protocol.Limits{PerBill: 50_000_000_000, MaxSpend: 500_000_000_000, MaxHolding: 1_000_000_000_000,
		MaxDepth: 8, Guaranteed: 20_000_000_000}
	c := &protocol.Charter{
		Anchor: Account("root"), Serial: 7, Name: "Bank of Tanna", Network: w.Net.ID, IssuedAt: Epoch - 100*Day,
		Keys: []protocol.IssuingKey{
			{ID: IssuingKey, Key: Public("issuing"), NotBefore: Epoch - 100*Day, NotAfter: Epoch + 265*Day},
			{ID: 2, Key: Public("stolen"), NotBefore: Epoch - 100*Day, NotAfter: Epoch + 265*Day, RevokedAt: Epoch - 10*Day},
		},
		Assets: []protocol.AssetTerms{{
			Asset: w.Asset, Decimals: 0, Step: 10_000_000,
			Load: protocol.Fee{}, Unload: protocol.Fee{Flat: 50_000_000, BasisPoints: 25}, Payout: protocol.Fee{BasisPoints: 10},
			CapPerPurse: 100_000_000_000, CreditLine: 10_000_000_000,
			Tiers: []protocol.Tier{{Name: "known", Limits: limits}, {Name: "new", Limits: protocol.Limits{PerBill: 5_000_000_000,
				MaxSpend: 20_000_000_000, MaxHolding: 50_000_000_000, MaxDepth: 3, Guaranteed: 2_000_000_000}}},
		}},
		Deposit:        Account("deposit"),
		Correspondents: []protocol.Correspondent{{Anchor: Account("other root"), PerBill: 10_000_000_000, Total: 1_000_000_000_000}},
		Lifetimes:      protocol.DefaultLifetimes(),
		LogKey:         Public("log"), Witnesses: []protocol.Key{Public("witness")}, SealingKey: Bytes("sealing"),
		Endpoint: "https://bank.example/kula",
	}
	c.Signature = protocol.Sign(Key("root"), w.Net.Hash(c))
	return c
}

func (w *World) enrolment() *protocol.Enrolment {
	e := &protocol.Enrolment{Anchor: w.Charter.Anchor, Account: Account("payer"), Asset: w.Asset, Kind: protocol.Circulating,
		Quorum: protocol.Quorum{Signers: []protocol.Signer{{Key: Public("till"), Weight: 1}}, Threshold: 1},
		Start:  123_456_789_012_345}
	w.SignEnrolment(e, "payer", "till")
	return e
}

// SignEnrolment signs for an account and its devices, the latter in the order of the signers.
func (w *World) SignEnrolment(e *protocol.Enrolment, account string, devices ...string) {
	h := w.Net.Hash(e)
	e.AccountSignatures = []protocol.AccountSignature{{Key: Public(account), Signature: protocol.Sign(Key(account), h)}}
	e.DeviceSignatures = nil
	for i, name := range devices {
		e.DeviceSignatures = append(e.DeviceSignatures, protocol.DeviceSignature{Index: uint32(i), Signature: protocol.Sign(Key(name), h)}) //nolint:gosec // an index
	}
}

func (w *World) sheet() *protocol.Sheet {
	s := &protocol.Sheet{
		Anchor: w.Charter.Anchor, Purse: protocol.PurseID(w.Net.Hash(w.Enrolment)), Account: w.Enrolment.Account,
		Quorum: w.Enrolment.Quorum, Asset: w.Asset, Available: 50_000_000_000,
		Base: protocol.Base{Seq: 3, Spent: w.Enrolment.Start + 7_000_000_000}, AsOf: Epoch - 5*Day,
		Limits: w.Charter.Assets[0].Tiers[0].Limits, Kind: protocol.Circulating,
		IssuedAt: Epoch - 5*Day, ExpiresAt: Epoch + 55*Day, RedeemBy: Epoch + 115*Day,
	}
	w.Issue(s)
	return s
}

// Issue signs a document with the anchor's issuing key.
func (w *World) Issue(d protocol.Issued) {
	protocol.Seal(w.Net, d, IssuingKey, func(h protocol.Hash) protocol.Signature { return protocol.Sign(Key("issuing"), h) })
}

func (w *World) bill() *protocol.Bill {
	b := &protocol.Bill{Anchor: w.Charter.Anchor, Payee: Account("payee"), PayeeKey: Public("stall"), Payer: w.Sheet.Account,
		Asset: w.Asset, Amount: 1_000_000_000, IssuedAt: Epoch, ExpiresAt: Epoch + 60*Day,
		Nonce: [16]byte(first16("nonce")), Memo: w.Memo.Commitment()}
	w.SignBill(b)
	return b
}

// SignBill signs with the world's payee key.
func (w *World) SignBill(b *protocol.Bill) { b.Signature = protocol.Sign(Key("stall"), w.Net.Hash(b)) }

// Spend is a signed entry that pays the world's bill on its sheet: the first after the base.
func (w *World) Spend(seq uint64, amount money.Amount) *protocol.Entry {
	e := &protocol.Entry{Sheet: w.Net.Hash(w.Sheet), Seq: seq, Spent: w.Sheet.Base.Spent + amount, Kind: protocol.SpendKind,
		Spend: protocol.Spend{Bill: w.Net.Hash(w.Bill), Amount: amount, Deadline: w.Bill.ExpiresAt}}
	w.SignEntry(e)
	return e
}

// SignEntry signs with the world's payer device.
func (w *World) SignEntry(e *protocol.Entry) {
	e.Signatures = []protocol.DeviceSignature{{Index: 0, Signature: protocol.Sign(Key("till"), w.Net.Hash(e))}}
}

// answers are what anchor and payee say afterwards.
func (w *World) answers() {
	entry := w.Net.Hash(w.Entry)
	w.Ack = &protocol.Ack{Entry: entry}
	w.Ack.Signature = protocol.Sign(Key("stall"), w.Net.Hash(w.Ack))
	w.Delivery = &protocol.Delivery{Anchor: w.Charter.Anchor, At: Epoch + 2*Day, Bundle: Bytes("bundle"),
		Documents: sorted(entry, w.Net.Hash(w.Bill))}
	w.Receipt = &protocol.Receipt{Anchor: w.Charter.Anchor, Entry: entry, Bill: w.Net.Hash(w.Bill), Outcome: protocol.Honoured,
		Reason: protocol.ReasonNone, Amount: w.Entry.Spend.Amount,
		Credited: protocol.Credit{Kind: protocol.CreditPurse, To: Bytes("payee purse")}, At: Epoch + 2*Day, LogIndex: 41}
	w.Payout = &protocol.Payout{Anchor: w.Charter.Anchor, Receipts: sorted(Bytes("receipt 1"), Bytes("receipt 2")),
		Transaction: Bytes("transaction"), Operations: []uint32{0, 2}, At: Epoch + 3*Day}
	w.Notice = &protocol.Notice{Anchor: w.Charter.Anchor, Epoch: 12, Time: Epoch - Day,
		RevokedPurses: sorted(Bytes("purse 1"), Bytes("purse 2")), RevokedKeys: sorted(Bytes("key")), RevokedCards: sorted(Bytes("card")),
		CharterSerial: w.Charter.Serial, Lowered: []protocol.Lowered{{Purse: protocol.PurseID(Bytes("purse 3")), Guaranteed: 5_000_000}},
		Extensions: []protocol.Extension{{From: Epoch - 60*Day, To: Epoch - 50*Day}},
		Log:        protocol.Checkpoint{Size: 40, Root: Bytes("log root")}}
	for _, d := range []protocol.Issued{w.Delivery, w.Receipt, w.Payout, w.Notice} {
		w.Issue(d)
	}
	w.Fraud = protocol.NewFraudProof(w.Net, w.Sheet.Purse, w.Entry, w.Rival)
}

func sorted(all ...protocol.Hash) []protocol.Hash {
	for i := range all {
		for j := i; j > 0 && string(all[j][:]) < string(all[j-1][:]); j-- {
			all[j], all[j-1] = all[j-1], all[j]
		}
	}
	return all
}

// Documents lists one of every kind, in order of type.
func (w *World) Documents() []protocol.Document {
	return []protocol.Document{w.Charter, w.Enrolment, w.Memo, w.Card, w.Sheet, w.Bill, w.Entry, w.Ack,
		w.Delivery, w.Receipt, w.Payout, w.Notice, w.Fraud}
}

// Verifier is a payee's: it trusts the world's anchor, holds its notice, and knows no entry.
func (w *World) Verifier() *protocol.Verifier {
	return &protocol.Verifier{Network: w.Net, Now: Epoch, Margin: protocol.DefaultMargin,
		Charter: func(a protocol.AccountID) (*protocol.Charter, bool) { return w.Charter, a == w.Charter.Anchor },
		Notice:  func(protocol.AccountID) *protocol.Notice { return w.Notice },
		Entries: func(*protocol.Sheet) []*protocol.Entry { return nil },
	}
}

// Payment is the bundle a payee gets: sheet, bill and entry, the entry its root.
func (w *World) Payment() *protocol.Bundle {
	b := protocol.NewBundle(w.Net, w.Sheet, w.Bill)
	b.AddRoot(w.Entry)
	return b
}
