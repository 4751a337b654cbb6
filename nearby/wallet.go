package nearby

import (
	"context"
	"slices"
	"sync"

	"kula/money"
	"kula/protocol"
	"kula/wallet"
)

// WalletPayee is a wallet waiting to be paid. One serves all meetings of a sale, or of a day at the
// market, at the same time.
//
// Every payer gets a bill of its own, and the same one again when it comes back before having paid.
// With Once there is one bill, for whoever pays it first, and then nothing more is asked.
type WalletPayee struct {
	Wallet *wallet.Wallet
	Now    func() uint64        // the device's clock, in Unix seconds
	Terms  wallet.RequestParams // what is asked for; without a Purse, each payer pays into one that fits its sheet
	Once   bool
	// Accepted hears of every payment that is durably here, from several meetings at a time, and of
	// those shown again too. It may be nil.
	Accepted func(*wallet.Acceptance)
	// Heard hears what was new in each payer's news, from several meetings at a time. It may be nil.
	Heard func(*wallet.Heard)

	mu   sync.Mutex
	open map[customer]*protocol.Bundle // bills not paid yet
	paid bool
}

// customer is whom a bill is kept for.
type customer struct {
	payer protocol.AccountID // zero: anybody
	purse protocol.PurseID   // ours
}

// fresh is how long a bill is shown again. Payers are warned of bills more than a day old.
const fresh = 12 * 3600

// Prove signs for the wallet's device keys.
func (p *WalletPayee) Prove(key protocol.Key, role protocol.Role, binding protocol.Hash) (protocol.Signature, bool) {
	return p.Wallet.Prove(key, role, binding)
}

// News is what the wallet tells.
func (p *WalletPayee) News(context.Context) []byte { return newsOf(p.Wallet, p.Now()) }

// Hear lets the wallet listen.
func (p *WalletPayee) Hear(_ context.Context, news []byte) { hears(p.Wallet, p.Now(), news, p.Heard) }

// newsOf is a wallet's news as it travels; nothing when there is none to be had.
func newsOf(w *wallet.Wallet, now uint64) []byte {
	news, err := w.News(now, wallet.DefaultNews)
	if err != nil || news.Len() == 0 {
		return nil
	}
	return news.Encode()
}

// hears lets a wallet listen, and tells the person's program what was new. What cannot be read or kept is as
// if it had not been said: a wallet whose disk is full will say so when it is paid.
func hears(w *wallet.Wallet, now uint64, news []byte, tell func(*wallet.Heard)) {
	b, err := protocol.DecodeBundle(w.Network(), news, protocol.NoContext, wallet.NewsBounds)
	if err != nil {
		return
	}
	heard, err := w.Hear(now, b)
	if err == nil && tell != nil {
		tell(heard)
	}
}

// Greeting names every open purse that Terms allow.
func (p *WalletPayee) Greeting(context.Context) (g Greeting, err error) {
	for _, purse := range p.purses() {
		g.Accepts = append(g.Accepts, Accept{purse.Enrolment.Anchor, purse.Enrolment.Asset})
		g.Cards = append(g.Cards, purse.Card)
	}
	if len(g.Cards) == 0 {
		return g, &wallet.Error{Code: wallet.CodeNotEnrolled, Where: "purse"}
	}
	return g, nil
}

func (p *WalletPayee) purses() []wallet.Purse {
	return slices.DeleteFunc(p.Wallet.Purses(), func(x wallet.Purse) bool {
		return x.Phase != wallet.PurseOpen || p.Terms.Purse != protocol.PurseID{} && x.ID != p.Terms.Purse
	})
}

// Request gives the payer its bill.
func (p *WalletPayee) Request(_ context.Context, sheets *protocol.Bundle) (*protocol.Bundle, error) {
	good, err := p.Wallet.CheckSheets(p.Now(), sheets)
	if err != nil {
		return nil, err
	}
	terms, err := p.termsFor(good)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.Once && p.paid {
		return nil, nil
	}
	who := customer{terms.Payer, terms.Purse}
	if held := p.open[who]; held != nil && p.isFresh(held) {
		return held, nil
	}
	request, err := p.Wallet.Request(p.Now(), terms)
	if err != nil {
		return nil, err
	}
	if p.open == nil {
		p.open = map[customer]*protocol.Bundle{}
	}
	p.open[who] = request
	return request, nil
}

// termsFor fits Terms to a payer: the purse that its sheet can pay into, and its name on the bill.
func (p *WalletPayee) termsFor(good []*protocol.Sheet) (wallet.RequestParams, error) {
	terms := p.Terms
	for _, s := range good {
		if terms.Payer != (protocol.AccountID{}) && terms.Payer != s.Account {
			return terms, &protocol.Error{Code: protocol.CodeWrongPayer, Where: "sheet"}
		}
		for _, purse := range p.purses() {
			if purse.Enrolment.Anchor != s.Anchor || purse.Enrolment.Asset != s.Asset {
				continue
			}
			terms.Purse = purse.ID
			if !p.Once && !terms.Standing {
				terms.Payer = s.Account
			}
			return terms, nil
		}
	}
	return terms, &protocol.Error{Code: protocol.CodeNoCommonBank, Where: "sheet"}
}

func (p *WalletPayee) isFresh(request *protocol.Bundle) bool {
	bill, ok := protocol.Find[*protocol.Bill](request, request.Roots[0])
	return ok && p.Now() < bill.IssuedAt+fresh
}

// Accept hands the payment to the wallet, which judges it and writes it durably.
func (p *WalletPayee) Accept(_ context.Context, payment *protocol.Bundle) (*protocol.Bundle, error) {
	got, err := p.Wallet.Accept(p.Now(), payment)
	if err != nil {
		return nil, err
	}
	p.settle(got.Bill)
	if p.Accepted != nil {
		p.Accepted(got)
	}
	return got.Ack, nil
}

// settle forgets a bill that is paid. A standing one is paid again and again.
func (p *WalletPayee) settle(bill protocol.Hash) {
	if p.Terms.Standing && !p.Once {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for who, request := range p.open {
		if request.Roots[0] == bill {
			delete(p.open, who)
			p.paid = true
		}
	}
}

// Question is what the payer's person is asked.
type Question struct {
	Offer *wallet.Offer
	// Earlier are payments to this payee, written before, that arrived only now. Somebody who tries
	// again because the connection broke sees here that this was the payment, and says no to another.
	// So must a program that answers by itself.
	Earlier []protocol.Hash
}

// WalletPayer is a wallet that pays at one meeting.
type WalletPayer struct {
	Wallet *wallet.Wallet
	Now    func() uint64
	Purse  protocol.PurseID // zero: any that fits
	// GivesBack is the payment received (its entry) that the new payment refunds; zero for none.
	GivesBack protocol.Hash
	// Confirm asks the person, who answers with the amount where the bill leaves it open (otherwise
	// zero) or refuses with protocol.CodeDeclined. It must return when the context is done. When it
	// is nil nothing new is paid: only what is owed from earlier meetings is handed over.
	Confirm func(ctx context.Context, q Question) (money.Amount, error)
	// Heard hears what was new in the payee's news. It may be nil.
	Heard func(*wallet.Heard)

	earlier []protocol.Hash
}

// Prove signs for the wallet's device keys.
func (p *WalletPayer) Prove(key protocol.Key, role protocol.Role, binding protocol.Hash) (protocol.Signature, bool) {
	return p.Wallet.Prove(key, role, binding)
}

// News is what the wallet tells.
func (p *WalletPayer) News(context.Context) []byte { return newsOf(p.Wallet, p.Now()) }

// Hear lets the wallet listen.
func (p *WalletPayer) Hear(_ context.Context, news []byte) { hears(p.Wallet, p.Now(), news, p.Heard) }

// Undelivered lists what this payee is owed from earlier meetings.
func (p *WalletPayer) Undelivered(_ context.Context, payee []protocol.Key) (owed []*protocol.Bundle, _ error) {
	for _, s := range p.Wallet.Owed(payee) {
		owed = append(owed, s.Handed())
	}
	return owed, nil
}

// Sheets are those that fit what the payee takes and with which this device can pay alone.
func (p *WalletPayer) Sheets(_ context.Context, g Greeting) (*protocol.Bundle, error) {
	if p.Confirm == nil {
		return nil, nil
	}
	var anchors []protocol.AccountID
	for _, a := range g.Accepts {
		anchors = append(anchors, a.Anchor)
	}
	fitting := protocol.NewBundle(p.Wallet.Network())
	for _, s := range protocol.All[*protocol.Sheet](p.Wallet.Sheets(p.Now(), anchors)) {
		alone := s.Quorum.Signers[0].Weight >= s.Quorum.Threshold
		wanted := p.Purse == protocol.PurseID{} || p.Purse == s.Purse
		if alone && wanted && slices.Contains(g.Accepts, Accept{s.Anchor, s.Asset}) {
			fitting.Add(s)
		}
	}
	if fitting.Len() == 0 {
		return nil, &protocol.Error{Code: protocol.CodeNoCommonBank, Where: "sheets"}
	}
	return fitting, nil
}

// Pay asks the person, unless the bill is paid already, and writes the entry.
func (p *WalletPayer) Pay(ctx context.Context, request *protocol.Bundle) (*protocol.Bundle, error) {
	offer, err := p.Wallet.VerifyRequest(p.Now(), request)
	if err != nil {
		return nil, err
	}
	params := wallet.PayParams{Purse: p.Purse, GivesBack: p.GivesBack}
	if offer.PaidBy.IsZero() {
		if params.Amount, err = p.Confirm(ctx, Question{offer, p.earlier}); err != nil {
			return nil, err
		}
		if err := ctx.Err(); err != nil {
			return nil, err // a yes that came too late: the payee has stopped waiting
		}
	}
	signed, err := p.Wallet.Pay(p.Now(), request, params)
	if err != nil {
		return nil, err
	}
	if !signed.Complete {
		return nil, &protocol.Error{Code: protocol.CodeBelowThreshold, Where: "entry"}
	}
	return signed.Handed(), nil
}

// Acknowledged keeps the payee's Ack.
func (p *WalletPayer) Acknowledged(_ context.Context, ack *protocol.Bundle) error {
	if err := p.Wallet.Acknowledged(p.Now(), ack); err != nil {
		return err
	}
	for _, a := range protocol.All[*protocol.Ack](ack) {
		p.earlier = append(p.earlier, a.Entry)
	}
	return nil
}
