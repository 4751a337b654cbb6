// Package storetest is what an anchor.Store must do, whatever it is made of. Each backend's tests call
// Run; what the anchor relies on and no case here shows is not to be relied on.
package storetest

import (
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"path/filepath"
	"reflect"
	"sync"
	"testing"

	"kula/anchor"
	"kula/ledger"
	"kula/money"
	"kula/protocol"
)

// Open opens the store at a path: a new one where there is none.
type Open func(t *testing.T, path string) anchor.Store

// Run runs the suite.
func Run(t *testing.T, open Open) {
	run(t, open, []testCase{
		{"NothingIsFound", nothingIsFound},
		{"AllIsKeptAcrossARestart", allIsKept},
		{"AFailedUpdateLeavesNothing", failedUpdate},
		{"AFailedSavepointLeavesNothing", failedSavepoint},
		{"WritersTakeTurns", writersTakeTurns},
		{"AViewSeesOneState", oneState},
		{"ADeviceKeyHasOnePurse", oneKey},
		{"AnEntryHasOneReceipt", oneReceipt},
		{"OneEnvelopeAtATime", oneEnvelope},
		{"Chains", chains},
		{"Challenges", challenges},
		{"Sheets", sheets},
		{"Feed", feed},
		{"Frauds", frauds},
		{"Books", books},
		{"Payouts", payouts},
		{"Advances", advances},
		{"Heirs", heirs},
		{"Desk", desk},
		{"Closings", closings},
		{"WhatFailedIsForgotten", whatFailedIsForgotten},
		{"UnpaidIsKnownRightly", unpaid},
	})
}

// Remembered runs the part of the suite that holds for a store that need not survive its process, too.
func Remembered(t *testing.T, open Open) {
	run(t, open, []testCase{{"WhatFailedIsForgotten", whatFailedIsForgotten}, {"UnpaidIsKnownRightly", unpaid}})
}

type testCase struct {
	name string
	run  func(*fixture)
}

func run(t *testing.T, open Open, cases []testCase) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := &fixture{T: t, open: open, path: filepath.Join(t.TempDir(), "store")}
			f.store = open(t, f.path)
			defer func() { f.ok(f.store.Close()) }()
			c.run(f)
		})
	}
}

type fixture struct {
	*testing.T
	open  Open
	path  string
	store anchor.Store
}

func (f *fixture) ok(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

func (f *fixture) same(have, want any) {
	f.Helper()
	if !reflect.DeepEqual(have, want) {
		f.Fatalf("have %+v\nwant %+v", have, want)
	}
}

func (f *fixture) update(run func(anchor.Tx)) {
	f.Helper()
	f.ok(f.store.Update(f.Context(), func(tx anchor.Tx) error {
		run(tx)
		return nil
	}))
}

func (f *fixture) view(run func(anchor.Reader)) {
	f.Helper()
	f.ok(f.store.View(f.Context(), func(r anchor.Reader) error {
		run(r)
		return nil
	}))
}

func (f *fixture) restart() {
	f.ok(f.store.Close())
	f.store = f.open(f.T, f.path)
}

var network = protocol.NewNetwork("storetest")

func secret(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte(name))
	return ed25519.NewKeyFromSeed(seed[:])
}

func public(name string) protocol.Key { return protocol.PublicKey(secret(name)) }

func asset() money.Asset {
	a, _ := money.NewAsset("VUV", public("issuer"))
	return a
}

func seal(d protocol.Issued) {
	protocol.Seal(network, d, 1, func(h protocol.Hash) protocol.Signature { return protocol.Sign(secret("issuing"), h) })
}

func enrolment(name string) *protocol.Enrolment {
	e := &protocol.Enrolment{
		Anchor: protocol.AccountID(public("anchor")), Account: protocol.AccountID(public(name)), Asset: asset(), Kind: protocol.Circulating,
		Quorum: protocol.Quorum{Signers: []protocol.Signer{{Key: public(name + "'s phone"), Weight: 1}}, Threshold: 1}, Start: 77,
	}
	e.DeviceSignatures = []protocol.DeviceSignature{{Signature: protocol.Sign(secret(name+"'s phone"), network.Hash(e))}}
	return e
}

var references uint64 = 1 << 40

// Purse is a new purse of somebody's, to be inserted.
func Purse(name string) *anchor.Purse {
	e := enrolment(name)
	references++
	return &anchor.Purse{
		ID: protocol.PurseID(network.Hash(e)), Enrolment: e, Name: name, Tier: "basic", Reference: references, EnrolledAt: 5,
		Base: protocol.Base{Spent: 77},
	}
}

func (f *fixture) purse(name string) *anchor.Purse {
	p := Purse(name)
	f.update(func(tx anchor.Tx) { f.ok(tx.InsertPurse(p)) })
	return p
}

// spend is an entry of a purse, of 10, to be presented.
func spend(p *anchor.Purse, seq uint64) *anchor.EntryRecord {
	const amount = money.Amount(10)
	memo := &protocol.Memo{Text: "taro"}
	bill := &protocol.Bill{
		Anchor: p.Enrolment.Anchor, Payee: protocol.AccountID(public("payee")), PayeeKey: public("payee's phone"), Asset: asset(),
		Amount: amount, IssuedAt: 10, ExpiresAt: 1000, Memo: memo.Commitment(), Nonce: [16]byte{byte(seq)},
	}
	e := &protocol.Entry{
		Sheet: protocol.Hash(p.ID), Seq: seq, Spent: 77 + amount*money.Amount(seq), Kind: protocol.SpendKind,
		Spend: protocol.Spend{Bill: network.Hash(bill), Amount: amount, Deadline: 500 + seq},
	}
	return &anchor.EntryRecord{Hash: network.Hash(e), Purse: p.Number, Entry: e, Bill: bill, Memo: memo, At: 20, Open: true}
}

func receipt(r *anchor.EntryRecord) *protocol.Receipt {
	d := &protocol.Receipt{
		Entry: r.Hash, Bill: r.Entry.Spend.Bill, Outcome: protocol.Honoured, Reason: protocol.ReasonNone, Amount: r.Entry.Spend.Amount,
		Credited: protocol.Credit{Kind: protocol.CreditPurse, To: protocol.Hash{1}}, At: 30,
	}
	seal(d)
	return d
}

var errOnPurpose = errors.New("on purpose")

func nothingIsFound(f *fixture) {
	f.view(func(r anchor.Reader) {
		for name, find := range map[string]func() error{
			"charter":     func() error { _, err := r.Charter(); return err },
			"notice":      func() error { _, err := r.Notice(); return err },
			"document":    func() error { _, err := r.Document(protocol.Hash{1}); return err },
			"purse":       func() error { _, err := r.Purse(protocol.PurseID{1}); return err },
			"by number":   func() error { _, err := r.PurseByNumber(1); return err },
			"by key":      func() error { _, err := r.PurseByKey(public("x")); return err },
			"by ref":      func() error { _, err := r.PurseByReference(1); return err },
			"card":        func() error { _, err := r.Card(1); return err },
			"sheet":       func() error { _, err := r.Sheet(protocol.Hash{1}); return err },
			"sheet no.":   func() error { _, err := r.SheetByNumber(1); return err },
			"sheet of":    func() error { _, err := r.SheetOf(protocol.Hash{1}); return err },
			"newest":      func() error { _, err := r.NewestSheet(1); return err },
			"lowest base": func() error { _, err := r.LowestBase(1); return err },
			"entry":       func() error { _, err := r.Entry(protocol.Hash{1}); return err },
			"entry no.":   func() error { _, err := r.EntryByNumber(1); return err },
			"unload":      func() error { _, err := r.Unload(protocol.Hash{1}); return err },
			"booked":      func() error { _, err := r.Booked("load:1"); return err },
			"advance":     func() error { _, err := r.Advance(protocol.Hash{1}); return err },
			"funding":     func() error { _, err := r.Funding("key"); return err },
			"slip":        func() error { _, err := r.Slip("key"); return err },
			"incoming":    func() error { _, err := r.Incoming(1); return err },
			"payout":      func() error { _, err := r.Payout(1); return err },
			"payout of":   func() error { _, err := r.PayoutOf(0); return err },
			"envelope":    func() error { _, err := r.OpenEnvelope(); return err },
		} {
			if err := find(); !errors.Is(err, anchor.ErrNoRecord) {
				f.Fatalf("%s: %v", name, err)
			}
		}
		cursor, err := r.Cursor()
		f.ok(err)
		f.same(cursor, "")
	})
}

// written is one of each kind.
type written struct {
	purse            *anchor.Purse
	charter          *protocol.Charter
	notice           *protocol.Notice
	card             *protocol.Card
	sheet            *anchor.SheetRecord
	entry, statement *anchor.EntryRecord
	unload           *anchor.UnloadRecord
	incoming         *anchor.IncomingRecord
	envelope         *anchor.EnvelopeRecord
	payout           *anchor.PayoutRecord
	slip             *anchor.TellerSlip
}

func oneOfEach() *written {
	p := Purse("ana")
	number := uint64(1<<63 + 5)
	w := &written{
		purse: p,
		charter: &protocol.Charter{
			Anchor: protocol.AccountID(public("anchor")), Serial: 3, Name: "Bank", Network: network.ID, Lifetimes: protocol.DefaultLifetimes(),
			Keys:   []protocol.IssuingKey{{ID: 1, Key: public("issuing"), NotAfter: 9}},
			Assets: []protocol.AssetTerms{{Asset: asset(), Step: 1, Tiers: []protocol.Tier{{Name: "basic"}}}},
		},
		notice: &protocol.Notice{Epoch: 2, Time: 9, Extensions: []protocol.Extension{{From: 1, To: 2}}},
		card:   &protocol.Card{Account: p.Enrolment.Account, Name: "Ana", Keys: []protocol.Key{public("ana's phone")}, NotAfter: 9},
		sheet: &anchor.SheetRecord{Statement: protocol.Hash{4}, Sheet: &protocol.Sheet{
			Purse: p.ID, Account: p.Enrolment.Account, Quorum: p.Enrolment.Quorum, Asset: asset(), Available: 5,
			Base: protocol.Base{Seq: 3, Spent: 80}, AsOf: 7, Kind: protocol.Circulating, IssuedAt: 8, ExpiresAt: 9, RedeemBy: 10,
		}},
		unload: &anchor.UnloadRecord{Destination: "G", Text: "42", Memo: &protocol.Memo{Text: "G"}},
		incoming: &anchor.IncomingRecord{
			Incoming: anchor.Incoming{
				Operation: 1 << 50, Cursor: "c", Transaction: protocol.Hash{5}, At: 4, Kind: anchor.IncomingPayment, From: "G", Asset: asset(),
				Amount: 9, MemoID: &number, OtherMemo: true,
			},
			State: anchor.IncomingSuspended, Reason: "why",
		},
		envelope: &anchor.EnvelopeRecord{StoredAt: 3, Envelope: anchor.Envelope{Hash: protocol.Hash{6}, XDR: "AAAA", Channel: "G", MaxTime: 99}},
		slip: &anchor.TellerSlip{
			Direction: anchor.CashOut, Officer: "anna", Key: "k", Purse: p.ID, Account: p.Enrolment.Account, Amount: 4, At: 6,
			Asset: "VUV:" + protocol.AccountID(public("issuer")).String(), Currency: asset(),
		},
	}
	for _, d := range []protocol.Issued{w.notice, w.card, w.sheet.Sheet} {
		seal(d)
	}
	w.sheet.Hash = network.Hash(w.sheet.Sheet)
	return w
}

func (w *written) write(f *fixture, tx anchor.Tx) {
	p := w.purse
	f.ok(tx.InstallCharter(network.Hash(w.charter), w.charter))
	f.ok(tx.InsertNotice(network.Hash(w.notice), w.notice))
	f.ok(tx.InsertPurse(p))
	p.Tier, p.Frozen, p.Contradicted, p.Revoked, p.Successor = "gold", true, true, true, p.Number
	p.Loaded, p.Income, p.LateIncome, p.NewestIncome, p.Honoured, p.Inherited, p.Lapsed, p.Open = 1, 2, 3, 4, 5, 6, 7, 8
	p.Statement, p.StatementTime, p.Base, p.AsOf, p.Waiting = protocol.Hash{3}, 9, protocol.Base{Seq: 10, Spent: 11}, 12, true
	p.LapsedThrough, p.RedeemBy, p.CreditUsed, p.GuaranteePaid = 13, 1<<63+14, 15, 16
	p.CreditLost, p.GuaranteeLost = 17, 18
	f.ok(tx.SavePurse(p))
	f.ok(tx.InsertCard(p.Number, network.Hash(w.card), w.card))
	w.sheet.Purse = p.Number
	f.ok(tx.InsertSheet(w.sheet))
	w.entry = spend(p, 4)
	w.entry.Receipt, w.entry.Open, w.entry.Advanced, w.entry.Paid = receipt(w.entry), false, 6, 5
	f.ok(tx.InsertEntry(w.entry))
	e := &protocol.Entry{Sheet: protocol.Hash(p.ID), Seq: 5, Spent: 117, Kind: protocol.StatementKind}
	w.statement = &anchor.EntryRecord{Hash: network.Hash(e), Purse: p.Number, Entry: e, At: 21}
	f.ok(tx.InsertEntry(w.statement))
	w.unload.Purse, w.unload.Bill, w.unload.Hash = p.Number, w.entry.Bill, network.Hash(w.entry.Bill)
	f.ok(tx.InsertUnload(w.unload))
	f.ok(tx.InsertLapse(anchor.Lapse{Purse: p.Number, Number: 4, Amount: 3, Entry: protocol.Hash{1}}))
	f.ok(tx.InsertLapse(anchor.Lapse{Purse: p.Number, Number: 5, Amount: 4}))
	f.ok(tx.InsertDelivery(protocol.Hash{8}, &protocol.Delivery{At: 3}))
	f.ok(tx.InsertSlip(w.slip))
	w.writeRail(f, tx)
}

func (w *written) writeRail(f *fixture, tx anchor.Tx) {
	f.ok(tx.InsertIncoming(w.incoming))
	f.ok(tx.SetCursor("c"))
	f.ok(tx.InsertEnvelope(w.envelope))
	w.payout = &anchor.PayoutRecord{
		Purse: w.purse.Number, Entry: w.entry.Number, Receipt: protocol.Hash{7}, From: anchor.FromReserve, Destination: "G", Asset: asset(),
		Amount: 9, Fee: 1, Memo: "m", State: anchor.PayoutQueued, QueuedAt: 4,
	}
	f.ok(tx.InsertPayout(w.payout))
	p := w.payout
	p.Claimable, p.State, p.Alone, p.Code, p.Attempts = true, anchor.PayoutSent, true, "op", 2
	p.Envelope, p.Operation, p.Transaction = w.envelope.ID, 1, protocol.Hash{6}
	p.Payout = &protocol.Payout{Receipts: []protocol.Hash{{7}}, Operations: []uint32{1}, Transaction: protocol.Hash{6}}
	f.ok(tx.SavePayout(p))
}

func (w *written) read(f *fixture, r anchor.Reader) {
	p := w.purse
	get(f, r.Charter)(&anchor.CharterRecord{Charter: w.charter, Event: 1})
	get(f, r.Notice)(w.notice)
	for _, d := range []protocol.Document{w.charter, w.notice, w.sheet.Sheet, w.entry.Bill} {
		get(f, func() (protocol.Document, error) { return r.Document(network.Hash(d)) })(d)
	}
	get(f, func() (*anchor.Purse, error) { return r.Purse(p.ID) })(p)
	get(f, func() (*anchor.Purse, error) { return r.PurseByNumber(p.Number) })(p)
	get(f, func() (*anchor.Purse, error) { return r.PurseByKey(public("ana's phone")) })(p)
	get(f, func() (*anchor.Purse, error) { return r.PurseByReference(p.Reference) })(p)
	get(f, r.Failing)([]*anchor.Purse{p})
	get(f, func() ([]*anchor.Purse, error) { return r.Purses(0, 9) })([]*anchor.Purse{p})
	get(f, func() (*protocol.Card, error) { return r.Card(p.Number) })(w.card)
	get(f, func() (*anchor.SheetRecord, error) { return r.Sheet(w.sheet.Hash) })(w.sheet)
	get(f, func() (*anchor.SheetRecord, error) { return r.SheetByNumber(w.sheet.Number) })(w.sheet)
	get(f, func() (*anchor.EntryRecord, error) { return r.Entry(w.entry.Hash) })(w.entry)
	get(f, func() (*anchor.EntryRecord, error) { return r.EntryByNumber(w.statement.Number) })(w.statement)
	get(f, func() (*anchor.UnloadRecord, error) { return r.Unload(w.unload.Hash) })(w.unload)
	get(f, func() (money.Amount, error) { return r.LapsedThrough(p.Number, 4) })(3)
	get(f, func() (money.Amount, error) { return r.LapsedThrough(p.Number, 5) })(7)
	get(f, func() (money.Amount, error) { return r.UnseenLapsed(p.Number) })(4)
	get(f, func() (money.Amount, error) { return r.EntriesLapsed(p.Number, 3) })(0)
	get(f, func() (money.Amount, error) { return r.EntriesLapsed(p.Number, 5) })(3)
	get(f, func() (*anchor.IncomingRecord, error) { return r.Incoming(w.incoming.Operation) })(w.incoming)
	get(f, func() ([]*anchor.IncomingRecord, error) { return r.IncomingIn(anchor.IncomingSuspended) })([]*anchor.IncomingRecord{w.incoming})
	get(f, r.Cursor)("c")
	get(f, r.OpenEnvelope)(w.envelope)
	get(f, func() (*anchor.PayoutRecord, error) { return r.Payout(w.payout.ID) })(w.payout)
	get(f, func() (*anchor.PayoutRecord, error) { return r.PayoutOf(w.entry.Number) })(w.payout)
	get(f, func() ([]*anchor.PayoutRecord, error) { return r.PayoutsOf(w.envelope.ID) })([]*anchor.PayoutRecord{w.payout})
	get(f, func() (*anchor.TellerSlip, error) { return r.Slip("k") })(w.slip)
	get(f, func() ([]*anchor.TellerSlip, error) { return r.Slips("anna", 0, 9) })([]*anchor.TellerSlip{w.slip})
}

func get[T any](f *fixture, find func() (T, error)) func(want T) {
	f.Helper()
	have, err := find()
	f.ok(err)
	return func(want T) { f.Helper(); f.same(have, want) }
}

func allIsKept(f *fixture) {
	w := oneOfEach()
	f.update(func(tx anchor.Tx) { w.write(f, tx) })
	f.view(func(r anchor.Reader) { w.read(f, r) })
	f.restart()
	f.view(func(r anchor.Reader) { w.read(f, r) })
}

func failedUpdate(f *fixture) {
	err := f.store.Update(f.Context(), func(tx anchor.Tx) error {
		f.ok(tx.InsertPurse(Purse("ana")))
		f.ok(tx.SetCursor("x"))
		f.ok(tx.Tell(1, anchor.EventCard, 1))
		f.ok(tx.Post(load("1", 5)))
		return errOnPurpose
	})
	if !errors.Is(err, errOnPurpose) {
		f.Fatal(err)
	}
	nothingIsFound(f)
	f.restart()
	nothingIsFound(f)
	f.view(func(r anchor.Reader) { get(f, r.Trial)(ledger.Trial{}) })
}

func failedSavepoint(f *fixture) {
	f.update(func(tx anchor.Tx) {
		f.ok(tx.Savepoint(func() error { return tx.Tell(1, anchor.EventCard, 1) }))
		err := tx.Savepoint(func() error {
			f.ok(tx.InsertPurse(Purse("ana")))
			f.ok(tx.Tell(1, anchor.EventCard, 2))
			return errOnPurpose
		})
		if !errors.Is(err, errOnPurpose) {
			f.Fatal(err)
		}
		f.ok(tx.Savepoint(func() error {
			f.ok(tx.InsertPurse(Purse("ben")))
			return tx.Tell(1, anchor.EventCard, 3)
		}))
	})
	f.view(func(r anchor.Reader) {
		all, err := r.Purses(0, 9)
		f.ok(err)
		if len(all) != 1 || all[0].Name != "ben" {
			f.Fatal(all)
		}
		get(f, func() ([]anchor.Event, error) { return r.Events(1, 0, 9) })([]anchor.Event{
			{Cursor: 1, Kind: anchor.EventCard, Document: 1}, {Cursor: 2, Kind: anchor.EventCard, Document: 3},
		})
	})
}

func writersTakeTurns(f *fixture) {
	p := f.purse("ana")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 25 {
				err := f.store.Update(f.Context(), func(tx anchor.Tx) error {
					mine, err := tx.Purse(p.ID)
					if err != nil {
						return err
					}
					mine.Loaded++
					return tx.SavePurse(mine)
				})
				if err != nil {
					f.Error(err)
				}
			}
		})
	}
	all.Wait()
	f.view(func(r anchor.Reader) {
		after, err := r.Purse(p.ID)
		f.ok(err)
		f.same(after.Loaded, money.Amount(200))
	})
}

func oneState(f *fixture) {
	p := f.purse("ana")
	f.view(func(r anchor.Reader) {
		before := get(f, func() (*anchor.Purse, error) { return r.Purse(p.ID) })
		changed := *p
		changed.Loaded = 5
		f.update(func(tx anchor.Tx) { f.ok(tx.SavePurse(&changed)) })
		before(p)
		get(f, func() (*anchor.Purse, error) { return r.Purse(p.ID) })(p)
	})
}

func oneKey(f *fixture) {
	f.purse("ana")
	other := Purse("ana")
	other.Enrolment.Start++
	other.ID = protocol.PurseID(network.Hash(other.Enrolment))
	if f.store.Update(f.Context(), func(tx anchor.Tx) error { return tx.InsertPurse(other) }) == nil {
		f.Fatal("two purses have one device key")
	}
}

func oneReceipt(f *fixture) {
	p := f.purse("ana")
	r := spend(p, 2)
	f.update(func(tx anchor.Tx) {
		f.ok(tx.InsertEntry(r))
		r.Receipt = receipt(r)
		f.ok(tx.SettleEntry(r))
	})
	if f.store.Update(f.Context(), func(tx anchor.Tx) error { return tx.SettleEntry(r) }) == nil {
		f.Fatal("two receipts for one entry")
	}
	if f.store.Update(f.Context(), func(tx anchor.Tx) error { return tx.InsertEntry(spend(p, 2)) }) == nil {
		f.Fatal("one entry twice")
	}
}

func oneEnvelope(f *fixture) {
	store := func(n byte) error {
		return f.store.Update(f.Context(), func(tx anchor.Tx) error {
			return tx.InsertEnvelope(&anchor.EnvelopeRecord{Envelope: anchor.Envelope{Hash: protocol.Hash{n}}})
		})
	}
	f.ok(store(1))
	if store(2) == nil {
		f.Fatal("two envelopes under way")
	}
	f.update(func(tx anchor.Tx) { f.ok(tx.CloseEnvelope(1, anchor.Applied, "", 0)) })
	f.ok(store(2))
}
