package wallet

import (
	"slices"

	"kula/money"
	"kula/protocol"
)

// Balance tells apart where a purse's money is.
type Balance struct {
	Purse      protocol.PurseID
	Phase      PursePhase
	Revoked    bool // the bank's newest notice names the purse or this phone's key: nothing can be spent from it
	Anchor     protocol.AccountID
	AnchorName string
	Account    protocol.AccountID
	Asset      money.Asset
	Decimals   uint32
	Kind       protocol.Kind

	AtBank     money.Amount // what the bank last said it holds for the purse, loaded or not
	AtBankTime uint64       // when it said so; 0: never
	Loaded     money.Amount // left on the best sheet that is still valid
	Spendable  money.Amount // of that, what the sheet's limit lets go off-line now
	PerBill    money.Amount // at most so much in one payment; 0 without a sheet
	Received   money.Amount // received and not redeemed
	Credited   money.Amount // redeemed: at the bank and on no sheet yet (circulating), or queued for payout
	UnderWay   money.Amount // paid and not yet received, as far as we know
	GiveBack   money.Amount // paid to us twice, and not given back yet
	Expiring   []Expiring   // soonest first
}

// Expiring is money that needs the bank before a date.
type Expiring struct {
	At     uint64
	Amount money.Amount
	What   string        // "loaded" or "received"
	Entry  protocol.Hash // of what was received
}

// Balances tells how much each purse has, in order of enrolment.
func (w *Wallet) Balances(now uint64) []Balance {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.state.viewTime(now)
	list := make([]Balance, 0, len(w.state.purses))
	for _, p := range w.state.all() {
		list = append(list, w.state.balance(t, p))
	}
	return list
}

// viewTime is the time for showing things, which nothing refuses.
func (s *State) viewTime(now uint64) uint64 {
	if t, err := s.Time(now); err == nil {
		return t
	}
	return s.corrected(now)
}

func (s *State) balance(t uint64, p *Purse) Balance {
	e := p.Enrolment
	b := Balance{
		Purse: p.ID, Phase: p.Phase, Anchor: e.Anchor, Account: e.Account, Asset: e.Asset, Kind: e.Kind,
		AtBank: p.AtBank, AtBankTime: p.AtBankTime,
	}
	if a, ok := s.anchors[e.Anchor]; ok {
		b.AnchorName = a.Charter.Name
		if terms, ok := a.Charter.Terms(e.Asset); ok {
			b.Decimals = terms.Decimals
		}
	}
	if b.Revoked = s.revoked(p); !b.Revoked {
		s.addLoaded(&b, t, p)
	}
	s.addIncomes(&b, p)
	for _, pay := range s.payments {
		if pay.Purse == p.ID && pay.NotYetReceived() && !s.lapsed(pay) {
			b.UnderWay = sum(b.UnderWay, pay.Entry.Spend.Amount)
		}
	}
	slices.SortFunc(b.Expiring, func(x, y Expiring) int {
		if x.At != y.At {
			return -descending(x.At, y.At)
		}
		return slices.Compare(x.Entry[:], y.Entry[:])
	})
	return b
}

// revoked reports whether the newest notice names a purse of ours, or the key of this phone.
func (s *State) revoked(p *Purse) bool {
	n := s.notice(p.Enrolment.Anchor)
	return n != nil && (slices.Contains(n.RevokedPurses, protocol.Hash(p.ID)) || slices.Contains(n.RevokedKeys, protocol.Hash(p.Key())))
}

// addLoaded counts what the best live sheet still bears. Sheets are bounds on one chain, not sums of money.
func (s *State) addLoaded(b *Balance, t uint64, p *Purse) {
	if p.Phase != PurseOpen {
		return
	}
	notice := s.notice(p.Enrolment.Anchor)
	expires := uint64(0)
	for _, held := range p.Sheets {
		sheet := held.Sheet
		if expired(notice, sheet.ExpiresAt, t) {
			continue
		}
		used := max(p.Spent-sheet.Base.Spent, 0) // a co-signer may not have seen all that the base counts
		if left := sheet.Available - used; left > b.Loaded {
			b.Loaded = left
			expires = notice.Moment(sheet.ExpiresAt)
		}
		if can := min(sheet.Available, sheet.Limits.MaxSpend) - used; can > b.Spendable {
			b.Spendable = can
		}
		b.PerBill = max(b.PerBill, sheet.Limits.PerBill)
	}
	if b.Loaded > 0 {
		b.Expiring = append(b.Expiring, Expiring{At: expires, Amount: b.Loaded, What: "loaded"})
	}
}

func (s *State) addIncomes(b *Balance, p *Purse) {
	notice := s.notice(p.Enrolment.Anchor)
	for _, in := range s.incomes {
		if in.Purse != p.ID {
			continue
		}
		amount := in.Entry.Spend.Amount
		switch in.Phase {
		case Received, Presented:
			b.Received = sum(b.Received, amount)
			b.Expiring = append(b.Expiring, Expiring{At: notice.Moment(in.Entry.Spend.Deadline), Amount: amount, What: "received", Entry: in.Hash})
		case Credited:
			if in.Receipt.Credited.Kind == protocol.CreditPayout || !p.onSheet(in) {
				b.Credited = sum(b.Credited, amount)
			}
		}
		if in.GiveBack && in.GivenBack.IsZero() && in.Phase != NotHonoured {
			b.GiveBack = sum(b.GiveBack, amount)
		}
	}
}

// onSheet reports whether a sheet counts an income that was honoured.
func (p *Purse) onSheet(in *Income) bool {
	return slices.ContainsFunc(p.Sheets, func(h *HeldSheet) bool {
		return h.Sheet.IssuedAt >= in.Receipt.At && h.Sheet.AsOf >= in.Bill.IssuedAt
	})
}

// lapsed reports whether the anchor, asked after the deadline and its grace, knew nothing of a payment:
// nobody can redeem it any more.
func (s *State) lapsed(p *Payment) bool {
	a, ok := s.anchors[p.Bill.Anchor]
	if !ok || p.Receipt != nil || p.Presented != 0 {
		return false
	}
	return s.purses[p.Purse].SyncedAt > a.Notice.Moment(p.Entry.Spend.Deadline)+a.Charter.Lifetimes.Grace
}
