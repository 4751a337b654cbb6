package console

import (
	"net/http"

	"kula/anchor"
	"kula/web/console/office"
)

// todayPage is what today.html draws.
type todayPage struct {
	Books    *anchor.BooksView
	Suspense int
	Parked   int
	Queued   int
	Cases    int
	Requests []*office.Request
}

// today shows at a glance whether all is well.
func (s *Server) today(w http.ResponseWriter, a *Ask) error {
	var p todayPage
	var err error
	if p.Books, err = s.bank.Books(a.Context()); err != nil {
		return err
	}
	suspense, err := s.bank.Suspense(a.Context())
	if err != nil {
		return err
	}
	parked, err := s.bank.Payouts(a.Context(), anchor.PayoutParked)
	if err != nil {
		return err
	}
	queued, err := s.bank.Payouts(a.Context(), anchor.PayoutQueued)
	if err != nil {
		return err
	}
	cases, err := s.bank.Cases(a.Context())
	if err != nil {
		return err
	}
	p.Suspense, p.Parked, p.Queued, p.Cases = len(suspense), len(parked), len(queued), len(cases)
	if p.Requests, err = s.office.Queue(a.Context()); err != nil {
		return err
	}
	return s.draw(w, a, "today.html", p)
}
