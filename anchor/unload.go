package anchor

import (
	"context"
	"strconv"

	"kula/ledger"
	"kula/money"
	"kula/protocol"
)

// ToTeller is the destination of an unload that is taken as cash at the counter.
const ToTeller = "teller"

// UnloadRequest asks for money of a purse on Stellar.
type UnloadRequest struct {
	Purse       protocol.PurseID
	Amount      money.Amount
	Destination string // G…, M…, or ToTeller
	Memo        string // text memo of the Stellar payment, for destinations that demand one
}

// UnloadOffer is a bill that the anchor made out to itself: once the purse has paid it, what the fee
// leaves goes to the destination, which is the bill's memo.
type UnloadOffer struct {
	Bill *protocol.Bill
	Memo *protocol.Memo
	Fee  money.Amount
}

// maxStellarText is the longest text memo that Stellar takes.
const maxStellarText = 28

// Unload makes such a bill.
func (b *Bank) Unload(ctx context.Context, req UnloadRequest) (*UnloadOffer, error) {
	destination := req.Destination
	if destination == ToTeller {
		destination = b.cfg.Treasury.String()
	}
	if _, err := protocol.ParseAddress(destination); err != nil || len(req.Memo) > maxStellarText {
		return nil, refuse(CodeBadDestination, "unload.destination")
	}
	var nonce, salt [16]byte
	if err := b.random(nonce[:]); err != nil {
		return nil, err
	}
	if err := b.random(salt[:]); err != nil {
		return nil, err
	}
	var offer *UnloadOffer
	err := b.update(ctx, "unload", 1, func(s *session) error {
		p, err := s.purseByID(req.Purse)
		if err != nil {
			return err
		}
		if err := p.standing(); err != nil {
			return err
		}
		memo := &protocol.Memo{Salt: salt, Text: abbreviate(req.Destination)}
		if offer, err = s.offer(p, req.Amount, memo, nonce); err != nil {
			return err
		}
		return s.tx.InsertUnload(&UnloadRecord{
			Hash: b.net.Hash(offer.Bill), Purse: p.Number, Bill: offer.Bill, Memo: memo, Destination: destination, Text: req.Memo,
		})
	})
	return offer, err
}

// abbreviate fits a long address (M… has 69 letters) into a memo.
func abbreviate(address string) string {
	if len(address) <= protocol.MaxMemo {
		return address
	}
	return address[:30] + "…" + address[len(address)-30:]
}

func (s *session) offer(p *Purse, amount money.Amount, memo *protocol.Memo, nonce [16]byte) (*UnloadOffer, error) {
	terms, ok := s.b.charter.Terms(p.Enrolment.Asset)
	if !ok {
		return nil, &protocol.Error{Code: protocol.CodeWrongAsset, Where: "purse.asset"}
	}
	limits, _ := terms.Tier(p.Tier)
	fee := terms.Unload.Of(max(0, amount), terms.Step)
	switch {
	case amount <= 0:
		return nil, &protocol.Error{Code: protocol.CodeBadAmount, Where: "unload.amount"}
	case !amount.MultipleOf(terms.Step):
		return nil, &protocol.Error{Code: protocol.CodeBelowStep, Where: "unload.amount"}
	case amount > limits.PerBill:
		return nil, &protocol.Error{Code: protocol.CodeOverBillLimit, Where: "unload.amount"}
	case fee >= amount:
		return nil, refuse(CodeTooLittle, "unload.amount")
	}
	bill := &protocol.Bill{
		Anchor: s.b.charter.Anchor, Payee: s.b.charter.Anchor, PayeeKey: s.b.cfg.Signer.Public(), Payer: p.Enrolment.Account,
		Asset: p.Enrolment.Asset, Amount: amount, IssuedAt: s.now, ExpiresAt: s.now + s.b.charter.Lifetimes.Bill,
		Nonce: nonce, Memo: memo.Commitment(),
	}
	bill.Signature = s.b.cfg.Signer.Sign(s.b.net.Hash(bill))
	return &UnloadOffer{Bill: bill, Memo: memo, Fee: fee}, nil
}

// honourUnload queues the payment that an unload bill is for.
func (s *session) honourUnload(payer *Purse, r *EntryRecord, receipt *protocol.Receipt) error {
	unload, err := s.tx.Unload(r.Entry.Spend.Bill)
	if err != nil {
		return err
	}
	to, err := protocol.ParseAddress(unload.Destination)
	if err != nil {
		return err
	}
	receipt.Credited = protocol.Credit{Kind: protocol.CreditPayout, To: protocol.Hash(to.Account)}
	if err := s.receipt(payer, r, receipt); err != nil {
		return err
	}
	fee := s.fee(payer, r.Entry.Spend.Amount, func(t *protocol.AssetTerms) protocol.Fee { return t.Unload })
	payout := &PayoutRecord{
		Purse: payer.Number, Entry: r.Number, Destination: unload.Destination, Memo: unload.Text,
		Alone: unload.Text != "", Amount: r.Entry.Spend.Amount - fee, Fee: fee,
	}
	if err := s.queue(payer, r, payout); err != nil {
		return err
	}
	return s.post(ledger.Unload(s.header(payer, r.Hash.String()), payer.ID, payout.reference(), r.Entry.Spend.Amount, fee))
}

// payIncomeOut queues the income of a payout purse for its account on Stellar, with what was set aside for it
// before.
func (s *session) payIncomeOut(payer, payee *Purse, r *EntryRecord, whole, held money.Amount) error {
	fee := s.fee(payee, whole, func(t *protocol.AssetTerms) protocol.Fee { return t.Payout })
	payout := &PayoutRecord{
		Purse: payee.Number, Entry: r.Number, Destination: payee.Enrolment.Account.String(), Amount: whole - fee, Fee: fee,
	}
	if err := s.queue(payee, r, payout); err != nil {
		return err
	}
	h := s.header(payer, r.Hash.String())
	if held > 0 {
		return s.post(ledger.PayoutOfHeld(h, payer.ID, payout.reference(), held, whole-held, fee))
	}
	return s.post(ledger.PayoutQueued(h, payer.ID, payout.reference(), whole, fee))
}

func (s *session) queue(p *Purse, r *EntryRecord, payout *PayoutRecord) error {
	payout.Receipt = s.b.net.Hash(r.Receipt)
	payout.From, payout.Asset, payout.State, payout.QueuedAt = FromReserve, p.Enrolment.Asset, PayoutQueued, s.now
	return s.tx.InsertPayout(payout)
}

func (p *PayoutRecord) reference() string { return strconv.FormatInt(p.ID, 10) }

// fee is what the charter takes; something always remains.
func (s *session) fee(p *Purse, amount money.Amount, which func(*protocol.AssetTerms) protocol.Fee) money.Amount {
	terms, ok := s.b.charter.Terms(p.Enrolment.Asset)
	if !ok {
		return 0
	}
	return min(which(terms).Of(amount, terms.Step), amount-1)
}
