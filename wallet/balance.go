package wallet

import (
	"math"
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
	Spendable  money.Amount // what can be paid off-line now: of that, and of what was received
	PerBill    money.Amount // at most so much in one payment; 0 without a sheet
	Received   money.Amount // received and not redeemed
	PassedOn   money.Amount // of what was received, what is spent already, beyond what was loaded
	ToBank     money.Amount // of what was received, what must reach the bank before it can be spent
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
	Why    protocol.Code // why it must reach the bank before it can be spent; empty: it need not
}

// Balances tells how much each purse has, in order of enrolment.
func (w *Wallet) Balances(now uint64) []Balance {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.state.viewTime(now)
	list := w.state.holdings(t)
	for i, p := range w.state.all() {
		w.state.addSpendable(&list[i], t, w.cfg.Margin, p)
	}
	return list
}

// Holdings is Balances without Spendable, ToBank and the reasons: these weigh all that was received.
func (w *Wallet) Holdings(now uint64) []Balance {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.state.holdings(w.state.viewTime(now))
}

func (s *State) holdings(t uint64) []Balance {
	list := make([]Balance, 0, len(s.purses))
	for _, p := range s.all() {
		list = append(list, s.balance(t, p))
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
	best, expires := money.Amount(math.MinInt64), uint64(0)
	for _, sheet := range s.liveSheets(t, p) {
		if left := sheet.Available - p.used(sheet); left > best {
			best = left
			b.Loaded, b.PassedOn = max(left, 0), max(-left, 0)
			expires = notice.Moment(sheet.ExpiresAt)
		}
		b.PerBill = max(b.PerBill, sheet.Limits.PerBill)
	}
	if b.Loaded > 0 {
		b.Expiring = append(b.Expiring, Expiring{At: expires, Amount: b.Loaded, What: "loaded"})
	}
}

// liveSheets are those of a purse that have not expired.
func (s *State) liveSheets(t uint64, p *Purse) (list []*protocol.Sheet) {
	for _, held := range p.Sheets {
		if !expired(s.notice(p.Enrolment.Anchor), held.Sheet.ExpiresAt, t) {
			list = append(list, held.Sheet)
		}
	}
	return list
}

// used is what was spent on a sheet; a co-signer may not have seen all that its base counts.
func (p *Purse) used(s *protocol.Sheet) money.Amount { return max(p.Spent-s.Base.Spent, 0) }

// addSpendable counts what one sheet and the incomes behind it let go off-line, on the sheet where that is
// most. What is not among these incomes must reach the bank first.
func (s *State) addSpendable(b *Balance, t, margin uint64, p *Purse) {
	var m *means
	var best *basket
	var on *protocol.Sheet
	if p.Phase == PurseOpen && !b.Revoked {
		m = s.means(t, margin, p, protocol.Hash{})
		most := money.Amount(-1)
		for _, sheet := range s.liveSheets(t, p) {
			reach := m.reach(m.on(sheet), sheet.Limits.MaxDepth)
			if can := max(min(sum(sheet.Available, reach.sum), sheet.Limits.MaxSpend)-p.used(sheet), 0); can > most || can == most && reach.sum > best.sum {
				most, best, on = can, reach, sheet
			}
		}
		b.Spendable = max(most, 0)
	}
	for i, e := range b.Expiring {
		if e.What != "received" {
			continue
		}
		why := CodeNoSheet
		if on != nil {
			why = m.whyNot(e.Entry, on, best)
		}
		if why != "" {
			b.Expiring[i].Why = why
			b.ToBank = sum(b.ToBank, e.Amount)
		}
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
		case NotHonoured: // what was covered of it is ours all the same
			if paidOut := in.Payout != nil; !paidOut && (in.Receipt.Credited.Kind == protocol.CreditPayout || !p.onSheet(in)) {
				b.Credited = sum(b.Credited, in.Receipt.Covered)
			}
		}
		if in.GiveBack && in.GivenBack.IsZero() && in.Phase != NotHonoured {
			b.GiveBack = sum(b.GiveBack, amount)
		}
	}
}

// onSheet reports whether a sheet counts an income that was honoured.
func (p *Purse) onSheet(in *Income) bool {
	return slices.ContainsFunc(p.Sheets, func(h *HeldSheet) bool { return counts(h.Sheet, in) })
}

func counts(s *protocol.Sheet, in *Income) bool {
	return s.IssuedAt >= in.Receipt.At && s.AsOf >= in.Bill.IssuedAt
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
