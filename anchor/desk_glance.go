package anchor

import (
	"context"

	"kula/ledger"
	"kula/money"
	"kula/protocol"
)

// Glance is how the bank stands at a moment: what somebody looks at first in the morning.
type Glance struct {
	At      uint64         `json:"at"`
	Assets  []AssetGlance  `json:"assets"`
	Problem string         `json:"problem,omitempty"` // an invariant of the books that does not hold
	Ledger  LedgerGlance   `json:"ledger"`
	Queue   []QueueLine    `json:"queue"` // payouts queued, sent and parked
	Waiting OpenSums       `json:"waiting"`
	Cases   int            `json:"cases"` // purses that contradict themselves, or owe the bank
	Hours   []Presentments `json:"hours"`
}

// AssetGlance is one currency of the bank's.
type AssetGlance struct {
	Asset    string       `json:"asset"`
	Decimals uint32       `json:"decimals"`
	Reserve  ReserveLine  `json:"reserve"`
	Owed     []OwedLine   `json:"owed"` // what the reserve stands against
	Lent     money.Amount `json:"lent"` // out of deposits, on credit lines: the reserve is less by as much
	Out      []AgeLine    `json:"out"`  // money that phones can spend with no network, by when the bank last heard of it
	Drawers  money.Amount `json:"drawers"`
	Suspense int          `json:"suspense"` // items
}

// OwedLine is one class of what the bank owes.
type OwedLine struct {
	Class  string       `json:"class"`
	Amount money.Amount `json:"amount"`
}

// AgeLine is the money of phones that the bank heard of at most so many days ago; the last line has no bound.
type AgeLine struct {
	Days   int          `json:"days"`
	Purses int          `json:"purses"`
	Amount money.Amount `json:"amount"`
}

// outAges are the bounds of AgeLines, in days.
var outAges = []int{1, 7, 30, 60, 0}

// LedgerGlance is how the network answers.
type LedgerGlance struct {
	Answers bool   `json:"answers"`
	Time    uint64 `json:"time"`
}

// TotalOwed is the sum of what the reserve stands against.
func (g *AssetGlance) TotalOwed() (sum money.Amount) {
	for _, l := range g.Owed {
		sum += l.Amount
	}
	return sum
}

// TotalOut is the sum of what is out on phones.
func (g *AssetGlance) TotalOut() (sum money.Amount, purses int) {
	for _, l := range g.Out {
		sum += l.Amount
		purses += l.Purses
	}
	return sum, purses
}

// glanceHours is how far back payments are counted, by the hour.
const glanceHours = 48

// Glance reads all of it. It goes through every purse and every balance: ask for it once a minute, not for each page.
func (b *Bank) Glance(ctx context.Context) (*Glance, error) {
	g := &Glance{At: b.now()}
	var trial ledger.Trial
	err := b.view(ctx, func(r Reader) (err error) {
		trial, err = r.Trial()
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := trial.Check(); err != nil {
		g.Problem = err.Error()
	}
	for _, terms := range b.charter.Assets {
		g.Assets = append(g.Assets, owedOf(trial, terms))
	}
	if err := b.lookOut(ctx, g); err != nil {
		return nil, err
	}
	if err := b.lookAtQueues(ctx, g); err != nil {
		return nil, err
	}
	g.Ledger.Time, err = b.cfg.Rail.LedgerTime(ctx)
	if g.Ledger.Answers = err == nil; !g.Ledger.Answers {
		return g, nil //nolint:nilerr // that it does not answer is what is reported
	}
	books, err := b.Books(ctx)
	if err != nil {
		g.Ledger.Answers = false
		return g, nil //nolint:nilerr // likewise
	}
	for i, line := range books.Reserve {
		g.Assets[i].Reserve = line
	}
	return g, nil
}

// owedOf sorts a trial balance by whom the money is owed to.
func owedOf(trial ledger.Trial, terms protocol.AssetTerms) AssetGlance {
	g := AssetGlance{Asset: assetText(terms.Asset), Decimals: terms.Decimals}
	g.Reserve = ReserveLine{Asset: g.Asset, Books: trial.Reserve(terms.Asset)}
	sums := map[ledger.Class]money.Amount{}
	for _, l := range trial {
		if l.Asset != terms.Asset {
			continue
		}
		sums[l.Account.Class()] += l.Balance
		if l.Account.Class() == ledger.ClassSuspense {
			g.Suspense++
		}
	}
	for _, class := range []ledger.Class{
		ledger.ClassPurse, ledger.ClassPayout, ledger.ClassSuspense, ledger.ClassGuarantee, ledger.ClassFees, ledger.ClassClearing,
	} {
		g.Owed = append(g.Owed, OwedLine{class.String(), -sums[class]})
	}
	g.Lent, g.Drawers = sums[ledger.ClassCredit], sums[ledger.ClassDrawer]
	for _, days := range outAges {
		g.Out = append(g.Out, AgeLine{Days: days})
	}
	return g
}

// lookOut adds up the money on phones: what is owed to circulating purses of which a sheet can still be redeemed.
func (b *Bank) lookOut(ctx context.Context, g *Glance) error {
	place := map[money.Asset]int{}
	for i, terms := range b.charter.Assets {
		place[terms.Asset] = i
	}
	for after, more := int64(0), true; more; {
		err := b.view(ctx, func(r Reader) error {
			page, err := r.Purses(after, pageOfPurses)
			for _, p := range page {
				after = p.Number
				i, served := place[p.Enrolment.Asset]
				if served && p.Enrolment.Kind == protocol.Circulating && p.RedeemBy >= g.At && p.Balance() > 0 {
					g.Assets[i].hear(g.At, p)
				}
			}
			more = len(page) == pageOfPurses
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (g *AssetGlance) hear(now uint64, p *Purse) {
	days := int((now - min(now, p.StatementTime)) / (24 * 3600)) //nolint:gosec // some thousands
	for i := range g.Out {
		if line := &g.Out[i]; line.Days == 0 || days < line.Days {
			line.Purses++
			line.Amount += p.Balance()
			return
		}
	}
}

func (b *Bank) lookAtQueues(ctx context.Context, g *Glance) error {
	return b.view(ctx, func(r Reader) (err error) {
		if g.Queue, err = r.PayoutQueue(); err != nil {
			return err
		}
		waiting, err := r.OpenSums()
		if err != nil {
			return err
		}
		g.Waiting = *waiting
		failing, err := r.Failing()
		if err != nil {
			return err
		}
		g.Cases = len(failing)
		const hour = 3600
		since := g.At/hour - min(g.At/hour, glanceHours-1)
		g.Hours, err = r.Presentments(since*hour, g.At+1, hour)
		return err
	})
}
