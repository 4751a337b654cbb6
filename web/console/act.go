package console

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode"

	"kula/anchor"
	"kula/protocol"
	"kula/web/console/office"
)

// Act is one thing that an officer does to the bank. From its declaration (acts.go) come its form, who may use it,
// whether a second person has to approve it, and its line in the audit trail.
type Act struct {
	Kind     string // its name in addresses and in the trail
	Title    string
	Tells    string       // what it does, for the person at the form
	Roles    office.Roles // who may do it, or ask for it
	Second   bool         // somebody else has to approve it
	Apart    bool         // changes nothing that others ask for: cash at the counter, a line of the next charter
	Slip     bool         // it makes a cash slip under the form's key, by which the trail finds it
	Document bool         // there must be a paper that it stands on
	Fields   []Field
	Object   string // the field that says what it is done to
	// Check looks at a form before it is done or asked for; optional.
	Check func(ctx context.Context, bank Bank, in *Values) error
	// Told says in words what the form asks for.
	Told func(ctx context.Context, bank Bank, in *Values) (string, error)
	// Do does it; nil for what only has to be approved, and is found there. It must be one update of the bank's, and done twice with the same key it must happen once.
	Do func(ctx context.Context, bank Bank, in *Values) (said string, err error)
}

func (act *Act) routes() []Route {
	show := func(s *Server, w http.ResponseWriter, a *Ask) error { return s.actForm(w, a, act) }
	send := func(s *Server, w http.ResponseWriter, a *Ask) error { return s.actSent(w, a, act) }
	return []Route{get("/acts/"+act.Kind, "", act.Roles, show), post("/acts/"+act.Kind, act.Roles, send)}
}

// act finds one by its kind.
func (s *Server) act(kind string) (*Act, error) {
	for _, act := range s.acts() {
		if act.Kind == kind {
			return act, nil
		}
	}
	return nil, office.ErrNoRecord
}

// actPage is what act.html draws.
type actPage struct {
	Act      *Act
	Fields   []shownField
	Reason   string
	Document string
	Key      string // the form's own number: sent twice, it is done once
	Back     string // where to go afterwards
	Alert    string
}

type shownField struct {
	Field
	Value   string
	Options []string
	Whose   string // the purse that the value names, in words
}

// actForm shows the form; the address may fill fields in.
func (s *Server) actForm(w http.ResponseWriter, a *Ask, act *Act) error {
	return s.drawAct(w, a, actPage{Act: act, Key: rand.Text(), Back: localPath(a.FormValue("back"))}, a.FormValue)
}

func (s *Server) drawAct(w http.ResponseWriter, a *Ask, p actPage, value func(name string) string) error {
	for _, f := range p.Act.Fields {
		shown := shownField{Field: f, Value: value(f.Name)}
		if f.Options != nil {
			var err error
			if shown.Options, err = f.Options(a.Context(), s.bank); err != nil {
				return err
			}
		}
		var id protocol.PurseID
		if f.Purse && id.UnmarshalText([]byte(shown.Value)) == nil {
			if of, err := s.bank.Purse(a.Context(), id); err == nil {
				shown.Whose = fmt.Sprintf("%s, %s, account %s", of.Name, inWords(of.State), of.Account)
			}
		}
		p.Fields = append(p.Fields, shown)
	}
	return s.draw(w, a, "act.html", p)
}

// named finds the purses that a form names in words. When it has some, the form comes back with what was found, to be
// looked at and sent again: nothing is done to somebody of whom only the name was typed.
func (s *Server) named(w http.ResponseWriter, a *Ask, act *Act) (asked bool, err error) {
	p := actPage{Act: act, Key: a.PostFormValue("key"), Back: localPath(a.PostFormValue("back")), Reason: a.PostFormValue("reason"), Document: a.PostFormValue("document")}
	found := map[string]string{}
	for _, f := range act.Fields {
		typed := strings.TrimSpace(a.PostFormValue(f.Name))
		if !f.Purse || typed == "" || new(protocol.PurseID).UnmarshalText([]byte(typed)) == nil {
			continue
		}
		people, _, err := s.find(a.Context(), typed, "", 2)
		if err != nil {
			return true, err
		}
		switch len(people) {
		case 0:
			found[f.Name], p.Alert = typed, "Nobody is found by “"+typed+"”. Nothing was done."
		case 1:
			found[f.Name] = people[0].Purse.String()
		default:
			found[f.Name], p.Alert = typed, "Several purses are found by “"+typed+"”. Open the right one under People, and copy its purse. Nothing was done."
		}
	}
	if len(found) == 0 {
		return false, nil
	}
	p.Alert = cmp.Or(p.Alert, "Is this who you mean? Nothing was done yet: look, and send it again.")
	return true, s.drawAct(w, a, p, func(name string) string { return cmp.Or(found[name], a.PostFormValue(name)) })
}

// localPath lets a form name a page of the console, and nothing else, to go on to. Browsers leave tabs out of addresses.
func localPath(to string) string {
	if strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "//") && !strings.Contains(to, "\\") && !strings.ContainsFunc(to, unicode.IsControl) {
		return to
	}
	return "/"
}

// actSent does what a form says, or asks for it.
func (s *Server) actSent(w http.ResponseWriter, a *Ask, act *Act) error {
	if asked, err := s.named(w, a, act); asked || err != nil {
		return err
	}
	in, err := s.read(a, act)
	if err != nil {
		return s.refused(a, act, in, err)
	}
	told, err := s.told(a, act, in)
	if err != nil {
		return s.refused(a, act, in, err)
	}
	back := localPath(a.PostFormValue("back"))
	if !act.Second {
		said, err := s.doAtOnce(a, act, in, told)
		if err != nil {
			return s.refused(a, act, in, err)
		}
		return s.goOn(w, a, back, said)
	}
	args, err := json.Marshal(in.Fields)
	if err != nil {
		return err
	}
	r, err := s.office.Ask(a.Context(), a.actor(), office.Request{
		Key: in.Key, Kind: act.Kind, Object: act.object(in), Args: args, Told: told, Reason: in.Reason, Document: in.Document,
	})
	if err != nil {
		return s.refused(a, act, in, err)
	}
	return s.goOn(w, a, fmt.Sprintf("/requests/%d", r.ID), "Asked for. Another officer has to approve it.")
}

// told checks a form against how things stand, and says in words what it asks for.
func (s *Server) told(a *Ask, act *Act, in *Values) (string, error) {
	told, err := act.Told(a.Context(), s.bank, in)
	if err == nil && act.Check != nil {
		err = act.Check(a.Context(), s.bank, in)
	}
	return told, errors.Join(err, in.err)
}

// object is what an act is done to; what touches everybody is known by its own name.
func (act *Act) object(in *Values) string { return cmp.Or(in.Fields[act.Object], act.Kind) }

// read takes an act's fields out of a form.
func (s *Server) read(a *Ask, act *Act) (*Values, error) {
	in := &Values{Fields: map[string]string{}, Officer: a.Officer.Name, Key: a.PostFormValue("key")}
	for _, f := range act.Fields {
		value := strings.TrimSpace(a.PostFormValue(f.Name))
		if value == "" && !f.Optional {
			return in, office.Refuse("“%s” is empty", f.Label)
		}
		if len(value) > maxValue {
			return in, office.Refuse("“%s” is too long", f.Label)
		}
		if value != "" {
			in.Fields[f.Name] = value
		}
		if f.Options != nil && value != "" {
			in.oneOf(a.Context(), s.bank, f, value)
		}
	}
	in.Reason, in.Document = strings.TrimSpace(a.PostFormValue("reason")), strings.TrimSpace(a.PostFormValue("document"))
	switch {
	case len(in.Key) < 16 || len(in.Key) > 64:
		return in, office.Refuse("load the page again, and send its form")
	case in.Reason == "" || len(in.Reason) > maxValue:
		return in, office.Refuse("say why, in a few words")
	case len(in.Document) > maxValue || in.Document == "" && act.Document:
		return in, office.Refuse("name the paper that this stands on")
	}
	return in, nil
}

// maxValue is how long a field may be.
const maxValue = 500

// refused writes into the trail that an act was not done, and why; and hands the error on.
func (s *Server) refused(a *Ask, act *Act, in *Values, err error) error {
	_, told := s.explain(a, err)
	return errors.Join(err, s.office.Note(a.Context(), a.actor(), act.Kind, act.object(in), in.words(act), in.Document, "refused: "+told.Text))
}

// doAtOnce does an act of one officer, and writes its line, in one transaction.
func (s *Server) doAtOnce(a *Ask, act *Act, in *Values, told string) (string, error) {
	if act.Slip {
		told += ", slip " + in.Key
	}
	return s.together(a.Context(), act, in, func(tx office.Tx, again bool) error {
		outcome := office.Done
		if again { // one slip, one line that says done
			outcome = "the form was sent before: nothing was done"
		}
		return s.office.NoteIn(tx, a.actor(), act.Kind, act.object(in), told+": "+in.Reason, in.Document, outcome)
	})
}

var errNotTogether = errors.New("console: the act and its line in the audit trail were not one transaction")

// together does an act, with something of the office's in the bank's own transaction.
func (s *Server) together(ctx context.Context, act *Act, in *Values, beside func(tx office.Tx, again bool) error) (said string, err error) {
	if act.Do == nil {
		return "Approved.", s.cfg.Store.UpdateOffice(ctx, func(tx office.Tx) error { return beside(tx, false) })
	}
	ran := false
	ctx = anchor.Together(ctx, func(tx anchor.Tx, again bool) error {
		of, ok := tx.(office.Tx)
		if !ok {
			return errNotTogether
		}
		ran = true
		return beside(of, again)
	})
	said, err = act.Do(ctx, s.bank, in)
	if err = errors.Join(err, in.err); err == nil && !ran {
		err = errNotTogether
	}
	return said, err
}
