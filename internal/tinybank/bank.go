// Package tinybank is the smallest honest anchor: enough of one, in memory, to show a wallet what a bank
// answers. Tests of the rooms that cannot use the real one use it. It keeps no books beyond sums, queues
// nothing, settles nothing, and trusts that what is presented was signed.
package tinybank

import (
	"crypto/ed25519"
	"slices"

	"kula/money"
	"kula/protocol"
)

// Bank is an anchor with one asset.
type Bank struct {
	Network protocol.Network
	Asset   money.Asset
	Charter *protocol.Charter
	Limits  protocol.Limits

	root, issuing ed25519.PrivateKey
	epoch         uint32
	purses        map[protocol.PurseID]*account
	receipts      map[protocol.Hash]*protocol.Receipt // by entry
	log           uint64
}

type account struct {
	enrolment *protocol.Enrolment
	loaded    money.Amount
	credits   []credit
	stated    *protocol.Entry
	asOf      uint64
	issued    []protocol.Document // what the purse has not seen: a cursor's worth each
}

type credit struct {
	at     uint64 // the bill's date
	amount money.Amount
}

// Day is in seconds.
const Day = 24 * 3600

// New makes a bank whose keys follow from a seed and whose charter is dated now.
func New(n protocol.Network, seed byte, now uint64) *Bank {
	key := func(b byte) ed25519.PrivateKey {
		return ed25519.NewKeyFromSeed(append(make([]byte, 30), seed, b))
	}
	b := &Bank{
		Network: n, root: key(1), issuing: key(2),
		Limits:   protocol.Limits{PerBill: 1000 * money.Unit, MaxSpend: 5000 * money.Unit, MaxDepth: 8, Guaranteed: 10 * money.Unit},
		purses:   map[protocol.PurseID]*account{},
		receipts: map[protocol.Hash]*protocol.Receipt{},
	}
	b.Asset, _ = money.NewAsset("VUV", protocol.PublicKey(key(3)))
	b.Charter = &protocol.Charter{
		Anchor: protocol.AccountID(protocol.PublicKey(b.root)), Serial: 1, Name: "Tiny Bank " + string('A'+rune(seed%26)), Network: n.ID, IssuedAt: now,
		Keys: []protocol.IssuingKey{{ID: 1, Key: protocol.PublicKey(b.issuing), NotBefore: now, NotAfter: now + 3650*Day}},
		Assets: []protocol.AssetTerms{{Asset: b.Asset, Decimals: 2, Step: 100_000, CapPerPurse: money.Unit,
			Tiers: []protocol.Tier{{Name: "basic", Limits: b.Limits}}}},
		Deposit: protocol.AccountID(protocol.PublicKey(key(4))), Lifetimes: protocol.DefaultLifetimes(), Endpoint: "http://127.0.0.1",
	}
	b.SignCharter()
	return b
}

// SignCharter signs the charter anew after a change.
func (b *Bank) SignCharter() { b.Charter.Signature = protocol.Sign(b.root, b.Network.Hash(b.Charter)) }

// Seal signs a document that the bank issues.
func (b *Bank) Seal(d protocol.Issued) {
	protocol.Seal(b.Network, d, 1, func(h protocol.Hash) protocol.Signature { return protocol.Sign(b.issuing, h) })
}

// Notice is a new one.
func (b *Bank) Notice(now uint64) *protocol.Notice {
	b.epoch++
	n := &protocol.Notice{Anchor: b.Charter.Anchor, Epoch: b.epoch, Time: now, CharterSerial: b.Charter.Serial}
	b.Seal(n)
	return n
}

// Enrol opens a purse and answers with what a wallet is told.
func (b *Bank) Enrol(e *protocol.Enrolment, name string, now uint64) *protocol.Bundle {
	id := protocol.PurseID(b.Network.Hash(e))
	if _, ok := b.purses[id]; !ok {
		b.purses[id] = &account{enrolment: e}
	}
	card := &protocol.Card{Anchor: e.Anchor, Account: e.Account, Name: name, NotBefore: now, NotAfter: now + 365*Day}
	for _, s := range e.Quorum.Signers {
		card.Keys = append(card.Keys, s.Key)
	}
	slices.SortFunc(card.Keys, func(x, y protocol.Key) int { return slices.Compare(x[:], y[:]) })
	b.Seal(card)
	return protocol.NewBundle(b.Network, e, card, b.Charter, b.Notice(now))
}

// Load credits a purse.
func (b *Bank) Load(id protocol.PurseID, amount money.Amount) { b.purses[id].loaded += amount }

// Owed is what the bank owes all purses together, were every entry presented.
func (b *Bank) Owed() (total money.Amount) {
	for _, a := range b.purses {
		total += a.loaded
		for _, c := range a.credits {
			total += c.amount
		}
	}
	for _, r := range b.receipts {
		total -= r.Amount
	}
	return total
}

// Receipt finds the one receipt of an entry.
func (b *Bank) Receipt(entry protocol.Hash) *protocol.Receipt { return b.receipts[entry] }

// UnloadBill is the bank's bill to itself.
func (b *Bank) UnloadBill(amount money.Amount, destination string, now uint64) *protocol.Bundle {
	memo := &protocol.Memo{Text: destination}
	bill := &protocol.Bill{
		Anchor: b.Charter.Anchor, Payee: b.Charter.Anchor, PayeeKey: protocol.PublicKey(b.issuing), Asset: b.Asset,
		Amount: amount, IssuedAt: now, ExpiresAt: now + Day, Memo: memo.Commitment(),
	}
	bill.Signature = protocol.Sign(b.issuing, b.Network.Hash(bill))
	bundle := protocol.NewBundle(b.Network, memo)
	bundle.AddRoot(bill)
	return bundle
}

// Sync answers what a purse presents: receipts, what others presented for it, a sheet for a Statement.
func (b *Bank) Sync(id protocol.PurseID, up *protocol.Bundle, now uint64) *protocol.Bundle {
	down := protocol.NewBundle(b.Network, b.Charter)
	delivery := &protocol.Delivery{Anchor: b.Charter.Anchor, At: now, Bundle: protocol.Digest(up.Encode())}
	up.Each(func(h protocol.Hash, d protocol.Document) {
		if e, ok := d.(*protocol.Entry); ok {
			delivery.Documents = append(delivery.Documents, h)
			b.present(up, h, e, now)
			if r := b.receipts[h]; r != nil {
				down.Add(r)
			}
		}
	})
	slices.SortFunc(delivery.Documents, func(x, y protocol.Hash) int { return slices.Compare(x[:], y[:]) })
	b.Seal(delivery)
	down.Add(delivery)
	for _, d := range b.purses[id].issued {
		down.Add(d)
	}
	if s := b.Sheet(id, now); s != nil {
		down.Add(s)
	}
	return down
}

func (b *Bank) present(up *protocol.Bundle, h protocol.Hash, e *protocol.Entry, now uint64) {
	if e.Kind == protocol.StatementKind {
		b.state(up, e, now)
		return
	}
	bill, ok := protocol.Find[*protocol.Bill](up, e.Spend.Bill)
	sheet, found := protocol.Find[*protocol.Sheet](up, e.Sheet)
	if b.receipts[h] != nil || !ok || !found {
		return
	}
	b.log++
	r := &protocol.Receipt{
		Anchor: b.Charter.Anchor, Entry: h, Bill: e.Spend.Bill, Outcome: protocol.Honoured, Reason: protocol.ReasonNone,
		Amount: e.Spend.Amount, Credited: protocol.Credit{Kind: protocol.CreditPayout, To: protocol.Hash(bill.Payee)}, At: now, LogIndex: b.log,
	}
	to, payee := b.payee(bill)
	if payee != nil && payee.enrolment.Kind == protocol.Circulating {
		r.Credited = protocol.Credit{Kind: protocol.CreditPurse, To: protocol.Hash(to)}
		payee.credits = append(payee.credits, credit{bill.IssuedAt, e.Spend.Amount})
	}
	b.Seal(r)
	b.receipts[h] = r
	if payee != nil {
		payee.issued = append(payee.issued, bill, e, sheet, r)
	}
	if payer := b.purses[sheet.Purse]; payer != nil {
		payer.issued = append(payer.issued, r)
	}
}

func (b *Bank) payee(bill *protocol.Bill) (protocol.PurseID, *account) {
	for id, a := range b.purses {
		if a.enrolment.Account == bill.Payee && a.enrolment.Quorum.Has(bill.PayeeKey) {
			return id, a
		}
	}
	return protocol.PurseID{}, nil
}

func (b *Bank) state(up *protocol.Bundle, e *protocol.Entry, now uint64) {
	id := protocol.PurseID(e.Sheet)
	if sheet, ok := protocol.Find[*protocol.Sheet](up, e.Sheet); ok {
		id = sheet.Purse
	}
	a := b.purses[id]
	if a == nil || a.stated != nil && a.stated.Seq >= e.Seq {
		return
	}
	a.stated, a.asOf = e, max(a.asOf, min(e.Statement.Time, now))
	for _, c := range a.credits {
		a.asOf = max(a.asOf, c.at)
	}
}

// Sheet is a sheet on the newest Statement; nil before the first, and while income is awaited.
func (b *Bank) Sheet(id protocol.PurseID, now uint64) *protocol.Sheet {
	a := b.purses[id]
	if a.stated == nil {
		return nil
	}
	e := a.enrolment
	available := a.loaded - (a.stated.Spent - e.Start)
	for _, c := range a.credits {
		if c.at <= a.asOf {
			available += c.amount
		}
	}
	if available < 0 {
		return nil
	}
	s := &protocol.Sheet{
		Anchor: e.Anchor, Purse: id, Account: e.Account, Quorum: e.Quorum, Asset: e.Asset, Available: available,
		Base: protocol.Base{Seq: a.stated.Seq, Spent: a.stated.Spent}, AsOf: a.asOf, Limits: b.Limits, Kind: e.Kind,
		IssuedAt: now, ExpiresAt: now + 60*Day, RedeemBy: now + 120*Day,
	}
	b.Seal(s)
	return s
}
