package kit

import (
	"strconv"

	"kula/money"
	"kula/protocol"
)

// Coin is the step of the world's currency: the smallest amount that may change hands.
const Coin = 10_000_000

// Person is somebody with one device and one circulating purse at the world's bank.
type Person struct {
	Name      string
	Enrolment *protocol.Enrolment
	Sheet     *protocol.Sheet // what the next payment is written on
	Seq       uint64          // of the last entry
	Spent     money.Amount    // up to it
}

// Hop is one payment.
type Hop struct {
	Payer, Payee *Person
	Sheet        *protocol.Sheet
	Bill         *protocol.Bill
	Entry        *protocol.Entry
}

// Person enrols somebody, with a sheet on which so many coins are available.
func (s *Scene) Person(name string, available int64) *Person {
	p := &Person{Name: name, Seq: 3}
	p.Enrolment = &protocol.Enrolment{Anchor: s.Charter.Anchor, Account: Account(name), Asset: s.Asset, Kind: protocol.Circulating,
		Quorum: protocol.Quorum{Signers: []protocol.Signer{{Key: Public(name + "'s phone"), Weight: 1}}, Threshold: 1},
		Start:  123_456_789_012_345}
	s.SignEnrolment(p.Enrolment, name, name+"'s phone")
	p.Spent = p.Enrolment.Start + 700*Coin
	s.GiveSheet(p, available, func(*protocol.Sheet) {})
	return p
}

// GiveSheet gives somebody a sheet on the base where the chain stands; change makes it unusual.
func (s *Scene) GiveSheet(p *Person, available int64, change func(*protocol.Sheet)) {
	limits := s.Charter.Assets[0].Tiers[0].Limits
	limits.MaxDepth = protocol.MaxDepth
	p.Sheet = &protocol.Sheet{
		Anchor: s.Charter.Anchor, Purse: protocol.PurseID(s.Net.Hash(p.Enrolment)), Account: p.Enrolment.Account,
		Quorum: p.Enrolment.Quorum, Asset: s.Asset, Available: money.Amount(available) * Coin,
		Base: protocol.Base{Seq: p.Seq, Spent: p.Spent}, AsOf: Epoch - 5*Day, Limits: limits, Kind: p.Enrolment.Kind,
		IssuedAt: Epoch - 5*Day, ExpiresAt: Epoch + 55*Day, RedeemBy: Epoch + 115*Day,
	}
	change(p.Sheet)
	s.Issue(p.Sheet)
}

// Pay makes a payment of so many coins, puts its documents into the scene and makes it the one to be
// judged: the last payment of a scene is its root, those before travel with it. A change is made before
// anything is signed. Bills follow each other by ten minutes.
func (s *Scene) Pay(from, to *Person, coins int64, changes ...func(*Hop)) *Hop {
	s.bills++
	at := uint64(Epoch - 4*Day + 600*s.bills) //nolint:gosec // after 1970
	name := "bill " + strconv.Itoa(s.bills)
	amount := money.Amount(coins) * Coin
	h := &Hop{Payer: from, Payee: to, Sheet: from.Sheet,
		Bill: &protocol.Bill{Anchor: s.Charter.Anchor, Payee: to.Enrolment.Account, PayeeKey: to.Enrolment.Quorum.Signers[0].Key,
			Payer: from.Enrolment.Account, Asset: s.Asset, Amount: amount, IssuedAt: at, ExpiresAt: at + 60*Day,
			Nonce: [16]byte(first16(name)), Memo: Bytes(name)},
		Entry: &protocol.Entry{Seq: from.Seq + 1, Spent: from.Spent + amount, Kind: protocol.SpendKind,
			Spend: protocol.Spend{Amount: amount, Deadline: Epoch + 50*Day}}}
	for _, change := range changes {
		change(h)
	}
	from.Seq, from.Spent = h.Entry.Seq, h.Entry.Spent
	s.SignHop(h)
	s.Extra = append(s.Extra, h.Sheet, h.Bill, h.Entry)
	s.Sheet, s.Bill, s.Entry = h.Sheet, h.Bill, h.Entry
	return h
}

// SignHop makes bill and entry genuine.
func (s *Scene) SignHop(h *Hop) {
	h.Bill.Signature = protocol.Sign(Key(h.Payee.Name+"'s phone"), s.Net.Hash(h.Bill))
	h.Entry.Sheet, h.Entry.Spend.Bill = s.Net.Hash(h.Sheet), s.Net.Hash(h.Bill)
	h.Entry.Signatures = []protocol.DeviceSignature{{Index: 0, Signature: protocol.Sign(Key(h.Payer.Name+"'s phone"), s.Net.Hash(h.Entry))}}
}

// Honour puts the anchor's Receipt for a payment into the scene, and takes out the payer's sheet, which
// is no longer needed.
func (s *Scene) Honour(h *Hop, change func(*protocol.Receipt)) *protocol.Receipt {
	r := &protocol.Receipt{Anchor: s.Charter.Anchor, Entry: s.Net.Hash(h.Entry), Bill: s.Net.Hash(h.Bill), Outcome: protocol.Honoured,
		Reason: protocol.ReasonNone, Amount: h.Entry.Spend.Amount,
		Credited: protocol.Credit{Kind: protocol.CreditPurse, To: s.Net.Hash(h.Payee.Enrolment)}, At: Epoch - Day, LogIndex: 7}
	change(r)
	s.Issue(r)
	s.Leave(h.Sheet)
	s.Extra = append(s.Extra, r)
	return r
}

// Leave takes documents out of what travels.
func (s *Scene) Leave(docs ...protocol.Document) {
	out := protocol.NewBundle(s.Net, docs...)
	var left []protocol.Document
	for _, d := range s.Extra {
		if _, gone := out.Get(s.Net.Hash(d)); !gone {
			left = append(left, d)
		}
	}
	s.Extra = left
}

// Chain is a sum that goes from hand to hand, in one income a hop: so many payments behind the last.
// Only the first of its people has a sheet with money on it.
func (s *Scene) Chain(behind int, coins int64, changes ...func(*Hop)) []*Hop {
	payer := s.Person("person 0", coins)
	hops := make([]*Hop, behind+1)
	for i := range hops {
		payee := s.Person("person "+strconv.Itoa(i+1), 0)
		hops[i] = s.Pay(payer, payee, coins, changes...)
		payer = payee
	}
	return hops
}

// FanIn is many small incomes of one person, each from somebody else's sheet, and one payment of them all.
func (s *Scene) FanIn(incomes int, coins int64) *Hop {
	payee, last := s.Person("collector", 0), s.Person("last", 0)
	for i := range incomes {
		s.Pay(s.Person("giver "+strconv.Itoa(i), coins), payee, coins)
	}
	return s.Pay(payee, last, coins*int64(incomes))
}
