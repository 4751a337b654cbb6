package console

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"kula/web/console/office"
)

// audit shows the trail; whoever supervises sees at once whether it holds together, and looks for what somebody did.
func (s *Server) audit(w http.ResponseWriter, a *Ask) error {
	q := a.FormValue("q")
	v := view{Title: "Audit trail", Search: &search{Label: "What was done?", Hint: "an officer, an act, a purse, a request, a word of its reason or document", Value: q},
		Forms: []form{{Get: true, Quiet: true, Title: "A mark that left the bank", Button: "Look for it", Fields: []shownField{{Field: Field{Name: "noted", Label: "The mark",
			Hint: "from a slip, a file for the regulator, a log, or a note of yours"}, Value: a.FormValue("noted")}}}}}
	if a.FormValue("csv") == "" {
		verdict, err := s.office.Verify(a.Context(), a.FormValue("noted"))
		switch {
		case errors.Is(err, office.ErrBroken):
			v.Alerts = append(v.Alerts, err.Error()+". Stop the bank, keep a copy of its directory, and call whoever supervises it.")
		case err != nil:
			return err
		default:
			v.Good = count(verdict.Records, "line", "lines") + ", each holding on to the one before. The newest hash is " + verdict.Head
		}
		if verdict.Noted != 0 {
			v.Good = "The mark is that of line " + strconv.FormatInt(verdict.Noted, 10) + "; nothing before it was changed. " + v.Good
		}
	}
	return s.show(w, a, v, s.trailList(q))
}

// trailLooks bounds how many lines are read for one page of what was looked for.
const trailLooks = 20_000

func (s *Server) trailList(q string) list {
	l := list{ID: "trail", Columns: []string{"#No.", "When", "Who", "What", "On", "Detail", "Document", "From", "Outcome"}, Empty: "No line is found by that."}
	l.Read = func(ctx context.Context, after string, limit int) (rows [][]cell, next string, err error) {
		before := placed(after)
		for looked := 0; looked < trailLooks; {
			page, err := s.office.Trail(ctx, before, limit)
			if err != nil {
				return nil, "", err
			}
			for _, x := range page {
				if before, looked = x.Number, looked+1; x.Has(q) {
					rows = append(rows, trailRow(x))
				}
				if len(rows) == limit {
					return rows, place(before), nil
				}
			}
			if len(page) < limit {
				return rows, "", nil
			}
		}
		return rows, place(before), nil
	}
	return l
}

func trailRow(x *office.Record) []cell {
	who := x.Officer
	if x.Roles != "" {
		who += " (" + strings.ReplaceAll(x.Roles, ",", ", ") + ")"
	}
	on := cell{Text: short(x.Object), Whole: x.Object}
	if len(x.Object) == 64 {
		on.Link = "/purses/" + x.Object
	}
	return []cell{number(x.Number), stamp(x.At), words(who), words(x.Act), on, words(x.Detail), words(x.Document), words(x.From), words(x.Outcome)}
}

// staff is who works at the console. It is changed on the bank's machine only.
func (s *Server) staff(w http.ResponseWriter, a *Ask) error {
	v := view{Title: "Officers", Lead: "Who may do what at the console. Whoever looks after the bank's machine takes people on and changes their roles there (kula anchor officer); each such line is in the audit trail."}
	l := list{ID: "officers", Columns: []string{"Name", "Roles", "#Passkeys", "Taken on", "Last signed in", "By", "Removed"}, Empty: "Nobody works here yet."}
	l.Read = func(ctx context.Context, _ string, _ int) (rows [][]cell, next string, err error) {
		members, err := s.office.Staff(ctx)
		if err != nil {
			return nil, "", err
		}
		for _, m := range members {
			row := []cell{words(m.Name), words(strings.ReplaceAll(m.Roles.String(), ",", ", ")), number(int64(m.Keys)), stamp(m.Added), words("never"), {}, {}}
			lines, err := s.office.TrailOf(ctx, m.Name, shownTrail)
			if err != nil {
				return nil, "", err
			}
			for _, x := range lines {
				if how, in := strings.CutPrefix(x.Act, "sign-in."); in && x.Outcome == office.Done {
					row[4], row[5] = stamp(x.At), words(how)
					break
				}
			}
			if m.Removed != 0 {
				row[6] = stamp(m.Removed)
			}
			rows = append(rows, row)
		}
		return rows, "", nil
	}
	return s.show(w, a, v, l)
}
