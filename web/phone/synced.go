package phone

import (
	"slices"

	"kula/money"
	"kula/protocol"
	"kula/wallet"
	"kula/wallet/atbank"
)

// synced adds up what was new in a bank's answers.
type synced struct {
	presented, receipts, payouts, sheets int
	problems                             []Object
	atBank, coming                       money.Amount
	cases                                []int64 // numbers that complaints got
	clock                                uint64

	charters, notices, sightings int
	condemned, own               []protocol.PurseID
	forged                       bool
}

func newSynced() *synced { return &synced{problems: []Object{}} }

func (s *synced) problem(document protocol.Hash, code, detail string) {
	s.problems = append(s.problems, Object{"document": hashText(document), "code": code, "detail": detail})
}

func (s *synced) news(n *wallet.News) {
	s.receipts += len(n.Receipts)
	s.payouts += len(n.Payouts)
	s.sheets += len(n.Sheets)
	s.clock = max(s.clock, n.ClockAhead)
	for _, p := range n.Problems {
		f := FailureOf(p.Err)
		s.problem(p.Document, f.Code, f.Detail)
	}
	if n.Heard != nil {
		s.heard(n.Heard)
	}
}

// visited adds what a visit to the bank brought.
func (s *synced) visited(done *atbank.Synced) {
	s.presented += done.Presented
	s.atBank, s.coming = done.AtBank, done.Coming
	s.cases = append(s.cases, done.Cases...)
	problems := s.problems
	for _, n := range done.News {
		s.news(n)
	}
	s.problems = problems // the visit's own are those of its last exchange
	for _, p := range done.Problems {
		if p.Err != nil {
			f := FailureOf(p.Err)
			p.Code, p.Detail = f.Code, f.Detail
		}
		s.problem(p.Document, p.Code, p.Detail)
	}
}

func (s *synced) heard(h *wallet.Heard) {
	s.charters += len(h.Charters)
	s.notices += len(h.Notices)
	s.sightings += h.Sightings
	s.condemned = append(s.condemned, h.Condemned...)
	s.own = append(s.own, h.OwnPurse...)
	s.forged = s.forged || h.Forged != nil
}

// view is the answer, with the home screen as it is now.
func (s *synced) view(p *Phone) (any, error) {
	w, err := p.use()
	if err != nil {
		return nil, err
	}
	home, err := p.home()
	numbered := complaintViews(w.Complaints(), func(c *wallet.Complaint) bool { return slices.Contains(s.cases, c.Number) })
	return Object{"presented": float64(s.presented), "receipts": float64(s.receipts), "payouts": float64(s.payouts), "sheets": float64(s.sheets),
		"problems": s.problems, "atBank": s.atBank.String(), "coming": s.coming.String(), "cases": numbered, "clockAhead": unix(s.clock), "home": home,
		"heard": Object{"charters": float64(s.charters), "notices": float64(s.notices), "condemned": hashTexts(s.condemned),
			"sightings": float64(s.sightings), "ownPurse": hashTexts(s.own), "forged": s.forged}}, err
}
