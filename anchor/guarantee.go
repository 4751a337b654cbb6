package anchor

import (
	"context"
	"errors"
	"slices"

	"kula/ledger"
	"kula/money"
	"kula/protocol"
)

// The guarantee is money like any other: it is in the reserve because somebody paid it there. The bank moves
// its own from the treasury; a donor can pay to the same reference from outside.

// GuaranteeReference is the memo id or muxed id by which a payment to the deposit account is for the guarantee.
// No purse has it: theirs are 2⁴⁰ and above.
const GuaranteeReference = 1196769618

// forGuarantee reports whether incoming money is meant for the guarantee, beyond doubt.
func (s *session) forGuarantee(in Incoming) bool {
	_, served := s.b.charter.Terms(in.Asset)
	meant := func(reference *uint64) bool { return reference == nil || *reference == GuaranteeReference }
	named := in.MemoID != nil || in.MuxedID != nil
	carries := in.Kind != IncomingMerge && in.Kind != IncomingCreate
	return served && carries && named && meant(in.MemoID) && meant(in.MuxedID)
}

func (s *session) fundGuarantee(record *IncomingRecord) error {
	record.State = IncomingGuarantee
	h := ledger.Header{Asset: record.Asset, Time: s.now, Reference: operation(record.Operation)}
	if err := s.post(ledger.GuaranteeFunded(h, record.Amount)); err != nil {
		return err
	}
	return s.tx.InsertIncoming(record)
}

// FundingRequest orders that the bank's own money be moved into the guarantee.
type FundingRequest struct {
	Asset   string // "VUV:G…", its code alone, or nothing where the bank has one asset only
	Amount  money.Amount
	Officer string
	Key     string // idempotency key: the same request with the same key happens once
}

// Funding is such an order, and the transfer from the treasury that carries it out.
type Funding struct {
	Officer string       `json:"officer"`
	Key     string       `json:"idempotency_key"`
	Asset   string       `json:"asset"`
	Amount  money.Amount `json:"amount"`
	Payout  int64        `json:"payout"`
	At      uint64       `json:"at"`

	Currency money.Asset `json:"-"`
}

// FundGuarantee queues the transfer. The guarantee grows when the ledger has it.
func (b *Bank) FundGuarantee(ctx context.Context, req FundingRequest) (*Funding, error) {
	if req.Amount <= 0 || req.Key == "" || ledger.Drawer(req.Officer).Check() != nil {
		return nil, refuse(CodeBadRequest, "guarantee")
	}
	asset, served := b.assetNamed(req.Asset)
	if !served {
		return nil, &protocol.Error{Code: protocol.CodeWrongAsset, Where: "guarantee.asset"}
	}
	order := &Funding{Officer: req.Officer, Key: req.Key, Asset: assetText(asset), Amount: req.Amount, Currency: asset}
	err := b.update(ctx, "guarantee", 1, func(s *session) (err error) {
		order, err = s.orderFunding(order)
		return err
	})
	if err != nil {
		return nil, err
	}
	return order, nil
}

func (s *session) orderFunding(order *Funding) (*Funding, error) {
	held, err := s.tx.Funding(order.Key)
	if err == nil {
		if held.Officer != order.Officer || held.Currency != order.Currency || held.Amount != order.Amount {
			return nil, refuse(CodeKeyReused, "guarantee.idempotency_key")
		}
		s.again = true
		return held, nil
	}
	if !errors.Is(err, ErrNoRecord) {
		return nil, err
	}
	transfer := &PayoutRecord{
		From: FromTreasury, Asset: order.Currency, Amount: order.Amount, State: PayoutQueued, QueuedAt: s.now, Destination: s.b.guaranteeAddress(),
	}
	if err := s.tx.InsertPayout(transfer); err != nil {
		return nil, err
	}
	order.Payout, order.At = transfer.ID, s.now
	return order, s.tx.InsertFunding(order)
}

// assetNamed finds the asset that an officer means.
func (b *Bank) assetNamed(text string) (money.Asset, bool) {
	var found []money.Asset
	for _, terms := range b.charter.Assets {
		if text == "" || text == assetText(terms.Asset) || text == terms.Asset.CodeString() {
			found = append(found, terms.Asset)
		}
	}
	if len(found) != 1 {
		return money.Asset{}, false
	}
	return found[0], true
}

func (b *Bank) guaranteeAddress() string {
	return protocol.Address{Account: b.charter.Deposit, Muxed: true, ID: GuaranteeReference}.String()
}

// GuaranteeView is the guarantee of one asset.
type GuaranteeView struct {
	Asset       string       `json:"asset"`
	Fund        money.Amount `json:"fund"`      // what it holds
	Claims      money.Amount `json:"claims"`    // what it paid for overdrawn purses and did not get back
	Lent        money.Amount `json:"lent"`      // open on credit lines
	UnderWay    money.Amount `json:"under_way"` // on its way from the treasury
	CapPerPurse money.Amount `json:"cap_per_purse"`
	CreditLine  money.Amount `json:"credit_line"`
	Address     string       `json:"address"` // where it is paid in
	Owing       []OwingView  `json:"owing"`
}

// OwingView is a purse for which the anchor paid.
type OwingView struct {
	Purse     protocol.PurseID `json:"purse"`
	Name      string           `json:"name"`
	State     string           `json:"state"`
	Credit    money.Amount     `json:"credit"`
	Guarantee money.Amount     `json:"guarantee"`
}

// Guarantee shows the guarantee of every asset, and who owes it.
func (b *Bank) Guarantee(ctx context.Context) ([]GuaranteeView, error) {
	var list []GuaranteeView
	err := b.view(ctx, func(r Reader) error {
		failing, err := r.Failing()
		if err != nil {
			return err
		}
		for _, terms := range b.charter.Assets {
			v, err := b.showGuarantee(r, terms, failing)
			if err != nil {
				return err
			}
			list = append(list, *v)
		}
		return nil
	})
	return list, err
}

func (b *Bank) showGuarantee(r Reader, terms protocol.AssetTerms, failing []*Purse) (*GuaranteeView, error) {
	v := &GuaranteeView{
		Asset: assetText(terms.Asset), CapPerPurse: terms.CapPerPurse, CreditLine: terms.CreditLine, Address: b.guaranteeAddress(), Owing: []OwingView{},
	}
	fund, err := r.Balance(ledger.Guarantee, terms.Asset)
	if err != nil {
		return nil, err
	}
	v.Fund = -fund
	for _, p := range failing {
		if p.Enrolment.Asset != terms.Asset || p.Owing() == 0 {
			continue
		}
		v.Claims += p.GuaranteePaid - p.GuaranteeLost
		v.Lent += p.CreditUsed - p.CreditLost
		v.Owing = append(v.Owing, OwingView{p.ID, p.Name, p.state(), p.CreditUsed - p.CreditLost, p.GuaranteePaid - p.GuaranteeLost})
	}
	for _, state := range []PayoutState{PayoutQueued, PayoutSent} {
		on, err := r.PayoutsIn(state, maxListed)
		if err != nil {
			return nil, err
		}
		for _, p := range on {
			if p.Destination == v.Address && p.From == FromTreasury && p.Asset == terms.Asset {
				v.UnderWay += p.Amount
			}
		}
	}
	return v, nil
}

// LowerGuarantee makes the guarantee per bill smaller than sheets say, from the next notice on: for one purse, or
// for all when purse is zero. Set to what the charter says, or more, it lowers nothing any more.
func (b *Bank) LowerGuarantee(ctx context.Context, purse protocol.PurseID, guaranteed money.Amount) error {
	return b.update(ctx, "lower", 1, func(s *session) error {
		if guaranteed < 0 {
			return refuse(CodeBadRequest, "guarantee")
		}
		if purse != (protocol.PurseID{}) {
			if _, err := s.purseByID(purse); err != nil {
				return err
			}
		}
		return s.renotice(func(n *protocol.Notice) error {
			n.Lowered = slices.DeleteFunc(slices.Clone(n.Lowered), func(l protocol.Lowered) bool { return l.Purse == purse })
			n.Lowered = append(n.Lowered, protocol.Lowered{Purse: purse, Guaranteed: guaranteed})
			slices.SortFunc(n.Lowered, func(a, b protocol.Lowered) int { return slices.Compare(a.Purse[:], b.Purse[:]) })
			if len(n.Lowered) > maxLowered {
				return refuse(CodeTooMany, "guarantee")
			}
			return nil
		})
	})
}

// maxLowered leaves a notice room for the purses that it has to name.
const maxLowered = protocol.MaxRevoked / 2
