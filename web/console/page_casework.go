package console

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"kula/anchor"
	"kula/protocol"
	"kula/web/console/office"
)

// enrolment lists purses by when their phone was enrolled, and who they are known to be. A phone enrols by itself, into
// the smallest tier: what waits here is a person's papers.
func (s *Server) enrolment(w http.ResponseWriter, a *Ask) error {
	waiting := a.FormValue("show") != "all"
	v := view{Title: "Enrolment", Lead: "A phone enrols by itself, into the smallest tier. See the person's papers, look at the lists, write down where the papers are; then ask for the tier.",
		Tabs: []link{{Text: "Waiting for papers", To: "/enrolment", Here: waiting}, {Text: "All", To: "/enrolment?show=all", Here: !waiting}}}
	if s.cfg.Screener == nil {
		v.Alerts = []string{"No screening list is set up. Start the bank with --screening-list, or look at the lists by hand and write down which."}
	}
	l := list{ID: "people", Columns: []string{"Enrolled", "Name", "Tier", "#At the bank", "Identified", "Papers", "By", "Account"}, Empty: "Nobody here waits."}
	l.Read = func(ctx context.Context, after string, limit int) (rows [][]cell, next string, err error) {
		page, last, err := s.bank.NewestPurses(ctx, placed(after), anchor.MaxPage)
		if err != nil {
			return nil, "", err
		}
		for i := range page {
			p := &page[i]
			known, err := s.office.IdentityOf(ctx, p.Account)
			if err != nil {
				return nil, "", err
			}
			if known != nil && waiting {
				continue
			}
			row := []cell{stamp(p.EnrolledAt), to(p.Name, pursePage(p.Purse)), words(p.Tier), s.amount(p.Asset, p.AtBank), words("not yet"), {}, {}, {Text: short(p.Account), Whole: p.Account.String()}}
			if known != nil {
				row[4], row[5], row[6] = stamp(known.At), words(known.Evidence), words(known.Officer)
			}
			if a.Officer.Roles.Any(office.Operate) {
				row[1].Link = "/enrolment/" + p.Purse.String()
			}
			rows = append(rows, row)
		}
		return rows, place(last), nil
	}
	return s.show(w, a, v, l)
}

// identify is the form by which an officer writes down who somebody is.
func (s *Server) identify(w http.ResponseWriter, a *Ask) error {
	id, p, err := s.purseAsked(a)
	if err != nil {
		return err
	}
	known, err := s.office.IdentityOf(a.Context(), p.Account)
	if err != nil {
		return err
	}
	found, err := s.screen(a.Context(), p.Name)
	if err != nil {
		return err
	}
	tiers, err := tierNames(a.Context(), s.bank)
	if err != nil {
		return err
	}
	v := view{Title: "Identify " + p.Name, Facts: []fact{{"Name it enrolled with", words(p.Name)}, {"Tier", words(p.Tier)}, {"Account", words(p.Account.String())},
		{"Identified", identityCell(known)}, {"Lists", words(found.Said())}}, Actions: []link{{Text: "The purse", To: pursePage(id), Quiet: true}}}
	for _, hit := range found.Hits {
		v.Alerts = append(v.Alerts, "On a list: "+hit+". Find out whether it is the same person before you go on.")
	}
	fields := []shownField{
		{Field: Field{Name: "name", Label: "Name on the papers", Hint: "all of it, as it stands there: a phone calls itself what it likes, so this one is looked up too"}},
		{Field: Field{Name: "evidence", Label: "Papers", Hint: "which, and where they are kept: passport, folder 12"}},
		{Field: Field{Name: "tier", Label: "Good for the tier"}, Value: p.Tier, Options: tiers},
		{Field: Field{Name: "answer", Label: "Why it is somebody else", Hint: "if the name is on a list: born elsewhere, another age, what you saw", Type: "textarea", Optional: len(found.Hits) == 0}},
	}
	v.Forms = []form{{To: "/enrolment/" + id.String(), Button: "Write it down", Note: "The tier changes only when it is asked for and somebody else approves it: that comes next.",
		Hidden: map[string]string{"key": rand.Text()}, Fields: fields}}
	return s.show(w, a, v)
}

func (s *Server) identified(w http.ResponseWriter, a *Ask) error {
	id, p, err := s.purseAsked(a)
	if err != nil {
		return err
	}
	name, tier, answer := strings.TrimSpace(a.PostFormValue("name")), a.PostFormValue("tier"), strings.TrimSpace(a.PostFormValue("answer"))
	tiers, err := tierNames(a.Context(), s.bank)
	if err != nil {
		return err
	}
	if !slices.Contains(tiers, tier) {
		return office.Refuse("“Good for the tier” is one of %s", strings.Join(tiers, ", "))
	}
	found, err := s.screen(a.Context(), p.Name, name)
	if err != nil {
		return err
	}
	if len(found.Hits) > 0 && answer == "" {
		return office.Refuse("the name is on a list (%s): write down why it is somebody else, or do not go on", strings.Join(found.Hits, "; "))
	}
	err = s.office.Identify(a.Context(), a.actor(), office.Identity{Key: a.PostFormValue("key"), Account: p.Account, Name: name, Evidence: a.PostFormValue("evidence"), Tier: tier,
		Screening: found.Said(), Answer: answer})
	if err != nil {
		return err
	}
	if tier != p.Tier {
		return s.goOn(w, a, act("tier", pursePage(id), "purse", id.String(), "tier", tier), "Written down. Now ask for the tier; another officer approves it.")
	}
	return s.goOn(w, a, "/enrolment", "Written down.")
}

// dormant lists money whose owners have said nothing for long.
func (s *Server) dormant(w http.ResponseWriter, a *Ask) error {
	days, err := strconv.Atoi(a.FormValue("days"))
	if err != nil || days < 1 || days > 36500 {
		days = 180
	}
	v := view{Title: "Dormant purses", Lead: "Purses with money whose phones have not spoken to the bank for " + count(int64(days), "day", "days") + ", longest silent first.",
		Forms: []form{{Get: true, Button: "Show", Quiet: true, Fields: []shownField{{Field: Field{Name: "days", Label: "Silent for, in days", Type: "number"}, Value: strconv.Itoa(days)}}}}}
	since := s.office.Now() - min(s.office.Now(), uint64(days)*24*3600) //nolint:gosec // bounded above
	l := list{ID: "purses", Empty: "No purse with money has been silent for so long.", Columns: []string{"Last heard", "Name", "#At the bank", "State", "Enrolled", "Account", "Purse"}}
	l.Read = func(ctx context.Context, after string, limit int) (rows [][]cell, next string, err error) {
		page, next, err := s.bank.Dormant(ctx, since, after, limit)
		for i := range page {
			p := &page[i]
			rows = append(rows, []cell{stamp(p.Heard), to(p.Name, pursePage(p.Purse)), s.amount(p.Asset, p.AtBank), states(p.State), stamp(p.EnrolledAt),
				{Text: short(p.Account), Whole: p.Account.String()}, {Text: short(p.Purse), Whole: p.Purse.String()}})
		}
		return rows, next, err
	}
	return s.show(w, a, v, l)
}

var complaintColumns = []string{"#No.", "Opened", "Who", "About", "By", "State", "Outcome"}

func complaintRow(c *office.Complaint) []cell {
	state := words("open")
	if c.ClosedAt != 0 {
		state = words("closed " + when(c.ClosedAt) + " by " + c.ClosedBy)
	}
	where := "/complaints/" + strconv.FormatInt(c.Number, 10)
	return []cell{{Text: strconv.FormatInt(c.Number, 10), Link: where, Number: true}, stamp(c.OpenedAt), words(c.Who), to(c.About, where), words(c.OpenedBy), state, words(c.Outcome)}
}

func (s *Server) complaints(w http.ResponseWriter, a *Ask) error {
	everything := a.FormValue("show") == "all"
	v := view{Title: "Complaints", Tabs: []link{{Text: "Open", To: "/complaints", Here: !everything}, {Text: "All", To: "/complaints?show=all", Here: everything}}}
	if a.Officer.Roles.Any(writes) {
		f := form{Title: "Write one down", To: "/complaints", Button: "Open the complaint", Hidden: map[string]string{"key": rand.Text()}, Fields: []shownField{
			{Field: Field{Name: "who", Label: "Who complains", Hint: "name, and how to reach them"}},
			{Field: Field{Name: "about", Label: "What about", Type: "textarea"}},
			{Field: Field{Name: "purse", Label: "Purse", Hint: "if it is about one: a name, a reference, an account or the purse", Optional: true}, Value: a.FormValue("purse")}}}
		var id protocol.PurseID
		if id.UnmarshalText([]byte(a.FormValue("purse"))) == nil {
			p, err := s.bank.Purse(a.Context(), id)
			if err != nil {
				return err
			}
			f.Fields[0].Value = p.Name
		}
		v.Forms = []form{f}
	}
	l := list{ID: "complaints", Columns: complaintColumns, Empty: "No complaint is open."}
	l.Read = func(ctx context.Context, after string, limit int) (rows [][]cell, next string, err error) {
		page, err := s.office.Complaints(ctx, everything, placed(after), limit)
		for _, c := range page {
			rows = append(rows, complaintRow(c))
		}
		if len(page) == limit {
			next = place(page[limit-1].Number)
		}
		return rows, next, err
	}
	return s.show(w, a, v, l)
}

// shownComplaints is how many of one purse are shown.
const shownComplaints = 50

func (s *Server) complaintsOf(id protocol.PurseID) list {
	return list{ID: "complaints", Title: "Complaints", Columns: complaintColumns, Empty: "Nobody complained.",
		Read: func(ctx context.Context, _ string, _ int) (rows [][]cell, next string, err error) {
			all, err := s.office.ComplaintsOf(ctx, id.String(), shownComplaints)
			for _, c := range all {
				rows = append(rows, complaintRow(c))
			}
			return rows, "", err
		}}
}

func (s *Server) complain(w http.ResponseWriter, a *Ask) error {
	c := office.Complaint{Key: a.PostFormValue("key"), Who: a.PostFormValue("who"), About: a.PostFormValue("about")}
	if text := a.PostFormValue("purse"); text != "" {
		people, _, err := s.find(a.Context(), text, "", 2)
		if err != nil {
			return err
		}
		if len(people) != 1 {
			return office.Refuse("“%s” names %s: open the right one under People, and begin there", text, count(int64(len(people)), "purse", "purses"))
		}
		c.Purse = people[0].Purse.String()
	}
	opened, err := s.office.Complain(a.Context(), a.actor(), c)
	if err != nil {
		return err
	}
	return s.goOn(w, a, fmt.Sprintf("/complaints/%d", opened.Number), "Opened. Its number is "+strconv.FormatInt(opened.Number, 10)+": give it to the person.")
}

func (s *Server) complaint(w http.ResponseWriter, a *Ask) error {
	c, notes, err := s.office.ComplaintStory(a.Context(), placed(a.PathValue("number")))
	if err != nil {
		return err
	}
	here := fmt.Sprintf("/complaints/%d", c.Number)
	row := complaintRow(c)
	v := view{Title: fmt.Sprintf("Complaint %d", c.Number), Lead: c.About, Facts: []fact{{"Who", words(c.Who)}, {"Opened", stamp(c.OpenedAt)}, {"By", words(c.OpenedBy)}, {"State", row[5]}}}
	if c.Purse != "" {
		v.Facts = append(v.Facts, fact{"Purse", cell{Text: short(c.Purse), Link: "/purses/" + c.Purse, Whole: c.Purse}})
	}
	if c.Outcome != "" {
		v.Facts = append(v.Facts, fact{"Outcome", words(c.Outcome)})
	}
	if c.OpenedBy == office.ThePhone {
		v.Facts = append(v.Facts, fact{"Proof", to("for kula verify, not looked at yet", here+"/file")})
	}
	if c.ClosedAt == 0 && a.Officer.Roles.Any(writes) {
		v.Forms = append(v.Forms, form{To: here + "/note", Button: "Add a note", Quiet: true, Hidden: map[string]string{"key": rand.Text()},
			Fields: []shownField{{Field: Field{Name: "text", Label: "Note", Type: "textarea"}}}})
	}
	if c.ClosedAt == 0 && a.Officer.Roles.Any(office.Operate) {
		v.Forms = append(v.Forms, form{To: here + "/close", Button: "Close it", Fields: []shownField{{Field: Field{Name: "outcome", Label: "What came of it", Type: "textarea"}}}})
	}
	l := list{ID: "notes", Title: "Its story", Empty: "Nothing was noted yet.", Columns: []string{"When", "Who", "Note"},
		Read: func(context.Context, string, int) (rows [][]cell, next string, err error) {
			for _, n := range notes {
				rows = append(rows, []cell{stamp(n.At), words(n.Officer), words(n.Text)})
			}
			return rows, "", nil
		}}
	return s.show(w, a, v, l)
}

// complaintFile sends what the holder's phone brought.
func (s *Server) complaintFile(w http.ResponseWriter, a *Ask) error {
	n := placed(a.PathValue("number"))
	file, err := s.office.ComplaintFile(a.Context(), n)
	if err != nil {
		return err
	}
	return s.evidence(w, a, fmt.Sprintf("complaint-%d", n), fmt.Sprintf("complaint %d", n), file)
}

func (s *Server) noteComplaint(w http.ResponseWriter, a *Ask) error {
	n := placed(a.PathValue("number"))
	if err := s.office.NoteComplaint(a.Context(), a.actor(), office.ComplaintNote{Key: a.PostFormValue("key"), Complaint: n, Text: a.PostFormValue("text")}); err != nil {
		return err
	}
	return s.goOn(w, a, fmt.Sprintf("/complaints/%d", n), "Noted.")
}

func (s *Server) closeComplaint(w http.ResponseWriter, a *Ask) error {
	n := placed(a.PathValue("number"))
	if err := s.office.CloseComplaint(a.Context(), a.actor(), n, a.PostFormValue("outcome")); err != nil {
		return err
	}
	return s.goOn(w, a, "/complaints", fmt.Sprintf("Complaint %d is closed.", n))
}
