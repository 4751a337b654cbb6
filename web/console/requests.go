package console

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"kula/web/console/office"
)

// shownRequest is a request as a person reads it.
type shownRequest struct {
	*office.Request
	Title   string
	Asker   string
	Decider string
	Now     office.RequestState
	Fields  []shownField
	Mine    bool
	May     bool   // this officer may decide on it
	Stands  string // what it asks for, as things stand now; empty: it cannot be done any more
	Wrong   string // why not
	Link    string // the page of what it is about
}

func (s *Server) queue(w http.ResponseWriter, a *Ask) error {
	names, err := s.names(a)
	if err != nil {
		return err
	}
	v := view{Title: "Approvals", Lead: "What one officer asked for, and another approves or refuses."}
	open := list{ID: "open", Title: "Waiting", Empty: "Nothing waits.", Columns: []string{"What", "For", "Why", "Asked by", "Waits until", "Document"}}
	open.Read = func(ctx context.Context, _ string, _ int) (rows [][]cell, next string, err error) {
		all, err := s.office.Queue(ctx)
		for _, r := range all {
			rows = append(rows, []cell{s.requestLink(r), words(r.Told), words(r.Reason), words(names[r.AskedBy]), stamp(r.Expires), words(r.Document)})
		}
		return rows, "", err
	}
	before := list{ID: "before", Title: "Before", Empty: "Nothing yet.", Columns: []string{"Asked", "What", "For", "Asked by", "Became", "By", "Decided"}}
	before.Read = func(ctx context.Context, after string, limit int) (rows [][]cell, next string, err error) {
		page, err := s.office.Requests(ctx, placed(after), limit)
		for _, r := range page {
			state := r.StateAt(s.office.Now())
			if state == office.RequestOpen {
				continue
			}
			row := []cell{stamp(r.AskedAt), s.requestLink(r), words(r.Told), words(names[r.AskedBy]), words(string(state)), words(names[r.Decided]), {}}
			if r.Why != "" {
				row[4].Text += ": " + r.Why
			}
			if r.At != 0 {
				row[6] = stamp(r.At)
			}
			rows = append(rows, row)
		}
		if len(page) == limit {
			next = place(page[limit-1].ID)
		}
		return rows, next, err
	}
	return s.show(w, a, v, open, before)
}

// requestLink is what an officer calls it, and leads to its page.
func (s *Server) requestLink(r *office.Request) cell {
	title := r.Kind
	if act, err := s.act(r.Kind); err == nil {
		title = act.Title
	}
	return cell{Text: title, Link: "/requests/" + strconv.FormatInt(r.ID, 10), Whole: fmt.Sprintf("%d %s", r.ID, r.Kind)}
}

func (s *Server) names(a *Ask) (map[int64]string, error) {
	staff, err := s.office.Staff(a.Context())
	names := map[int64]string{}
	for _, m := range staff {
		names[m.ID] = m.Name
	}
	return names, err
}

func (s *Server) shown(a *Ask, r *office.Request, names map[int64]string) shownRequest {
	shown := shownRequest{
		Request: r, Title: r.Kind, Asker: names[r.AskedBy], Decider: names[r.Decided], Now: r.StateAt(s.office.Now()), Mine: r.AskedBy == a.Officer.ID,
	}
	shown.May = shown.Now == office.RequestOpen && !shown.Mine && a.Officer.Roles.Any(office.Approve)
	act, err := s.act(r.Kind)
	in, bad := valuesOf(r)
	if err != nil || bad != nil {
		return shown
	}
	shown.Title = act.Title
	for _, f := range act.Fields {
		if f.Type == "hidden" {
			continue
		}
		shown.Fields = append(shown.Fields, shownField{Field: f, Value: in.Fields[f.Name]})
	}
	if act.Object == "purse" && r.Object != act.Kind {
		shown.Link = "/purses/" + r.Object
	}
	return shown
}

// valuesOf reads a stored request's form. It is carried out in the name of who asked: the key is the form's.
func valuesOf(r *office.Request) (*Values, error) {
	in := &Values{Reason: r.Reason, Document: r.Document, Key: r.Key}
	return in, json.Unmarshal(r.Args, &in.Fields)
}

// asked finds the request that an address names.
func (s *Server) asked(a *Ask) (*office.Request, error) {
	id, err := strconv.ParseInt(a.PathValue("id"), 10, 64)
	if err != nil {
		return nil, office.ErrNoRecord
	}
	return s.office.Request(a.Context(), id)
}

func (s *Server) request(w http.ResponseWriter, a *Ask) error {
	r, err := s.asked(a)
	if err != nil {
		return err
	}
	names, err := s.names(a)
	if err != nil {
		return err
	}
	p := s.shown(a, r, names)
	if p.Now == office.RequestOpen {
		var bad error
		if p.Stands, bad = s.stands(a, r); bad != nil {
			_, told := s.explain(a, bad)
			p.Stands, p.Wrong, p.May = "", told.Text, false
		}
	}
	return s.draw(w, a, "request.html", p)
}

// stands says what a request asks for as things are now: amounts may have moved since it was asked for.
func (s *Server) stands(a *Ask, r *office.Request) (string, error) {
	act, err := s.act(r.Kind)
	if err != nil {
		return "", err
	}
	in, err := valuesOf(r)
	if err != nil {
		return "", err
	}
	return s.told(a, act, in)
}

// approve carries a request out: the bank's act, the decision and the line in the trail are one transaction. Of two
// officers who approve at the same moment, the second finds it decided, and nothing is done twice.
func (s *Server) approve(w http.ResponseWriter, a *Ask) error {
	r, err := s.asked(a)
	if err != nil {
		return err
	}
	act, err := s.act(r.Kind)
	if err != nil {
		return err
	}
	in, err := valuesOf(r)
	if err != nil {
		return err
	}
	if in.Officer, err = s.nameOf(a, r.AskedBy); err != nil {
		return err
	}
	told, err := s.told(a, act, in)
	if err != nil {
		return s.undecided(a, r, "approve", err)
	}
	now := office.Standing{May: act.Roles, Over: s.overtaking(), Told: told}
	said, err := s.together(a.Context(), act, in, func(tx office.Tx, _ bool) error {
		if err := s.office.Approve(tx, a.actor(), r.ID, now); err != nil || told == a.PostFormValue("seen") {
			return err
		}
		return errMoved
	})
	if err != nil {
		return s.undecided(a, r, "approve", err)
	}
	return s.goOn(w, a, fmt.Sprintf("/requests/%d", r.ID), said)
}

var errMoved = office.Refuse("it is not any more as you saw it: go back, look at the page again, and decide then")

// overtaking are the acts after which whatever was asked for before, about the same purse or thing, is void.
func (s *Server) overtaking() []string {
	kinds := []string{InstallCharter}
	for _, act := range s.acts() {
		if !act.Apart {
			kinds = append(kinds, act.Kind)
		}
	}
	return kinds
}

func (s *Server) nameOf(a *Ask, id int64) (string, error) {
	names, err := s.names(a)
	return names[id], err
}

// undecided writes into the trail that a decision was not taken.
func (s *Server) undecided(a *Ask, r *office.Request, what string, err error) error {
	_, told := s.explain(a, err)
	return errors.Join(err, s.office.Note(a.Context(), a.actor(), r.Kind, r.Object, fmt.Sprintf("request %d: %s", r.ID, what), r.Document, "refused: "+told.Text))
}

func (s *Server) refuse(w http.ResponseWriter, a *Ask) error {
	r, err := s.asked(a)
	if err != nil {
		return err
	}
	if err := s.office.Refuse(a.Context(), a.actor(), r.ID, a.PostFormValue("why")); err != nil {
		return s.undecided(a, r, "refuse", err)
	}
	return s.goOn(w, a, "/requests", "Refused.")
}

func (s *Server) withdraw(w http.ResponseWriter, a *Ask) error {
	r, err := s.asked(a)
	if err != nil {
		return err
	}
	if err := s.office.Withdraw(a.Context(), a.actor(), r.ID); err != nil {
		return s.undecided(a, r, "withdraw", err)
	}
	return s.goOn(w, a, "/requests", "Withdrawn.")
}
