package console

import (
	"context"
	"encoding/csv"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"

	"kula/anchor"
)

// view is a page as data: what most pages of the console are made of. view.html draws it; every list in it has its
// pages, its sentence for when it is empty, and its CSV.
type view struct {
	Title    string
	Lead     string
	Alerts   []string // what somebody has to see
	Good     string   // a sentence that all is well
	Search   *search
	Tabs     []link
	Tiles    []tile
	Plots    []picture
	Facts    []fact
	Actions  []link
	Forms    []form
	Sections []section
}

type link struct {
	Text, To string
	Here     bool
	Quiet    bool
}

type search struct {
	Label, Hint, Value string
	Hidden             map[string]string
}

// tile is one figure, large.
type tile struct {
	Name, Value, Note string
	Link              string
	Bad               bool // the figure needs somebody; the note says so in words
}

type picture struct {
	Title, Says string
	Keys        []key
	Drawing     template.HTML
}

// key names a colour, by its pattern too.
type key struct{ Class, Name string }

type fact struct {
	Name string
	cell
}

// cell is one value: short on the screen, whole in its title and in the CSV.
type cell struct {
	Text, Link, Whole string
	Number            bool
	Fixed             bool // on one line
}

func words(s string) cell     { return cell{Text: s} }
func to(s, where string) cell { return cell{Text: s, Link: where} }
func number(n int64) cell     { return cell{Text: fmt.Sprint(n), Number: true} }
func brief(v fmt.Stringer, where string) cell {
	return cell{Text: short(v), Link: where, Whole: v.String()}
}

// whole is what the CSV has.
func (c cell) whole() string {
	if c.Whole != "" {
		return c.Whole
	}
	return c.Text
}

// form is a form that a page shows.
type form struct {
	Title, To, Button, Note string
	Get                     bool
	Quiet                   bool
	Hidden                  map[string]string
	Fields                  []shownField
}

// section is a list on a page.
type section struct {
	ID, Title, Lead, Empty string
	Columns                []string // a # before a name: numbers
	Rows                   [][]cell
	Older, First, CSV      string // addresses; empty: none
}

// Number reports whether a column holds numbers.
func (s section) Number(i int) bool { return strings.HasPrefix(s.Columns[i], "#") }

// Heads are the columns' names.
func (s section) Heads() (names []string) {
	for _, c := range s.Columns {
		names = append(names, strings.TrimPrefix(c, "#"))
	}
	return names
}

// list makes a section: it knows how to read a page of rows after a place, and where to go on.
type list struct {
	ID, Title, Lead, Empty string
	Columns                []string
	Read                   func(ctx context.Context, after string, limit int) (rows [][]cell, next string, err error)
}

// How much of a list is shown at once, and how much a CSV has at most.
const (
	shownRows = 50
	csvRows   = 20_000
)

// show answers with a page and its lists; with ?csv=ID, with that list as CSV.
func (s *Server) show(w http.ResponseWriter, a *Ask, v view, lists ...list) error {
	if id := a.FormValue("csv"); id != "" {
		for _, l := range lists {
			if l.ID == id {
				return s.csv(w, a, v.Title, l)
			}
		}
	}
	for _, l := range lists {
		part, err := l.section(a)
		if err != nil {
			return err
		}
		v.Sections = append(v.Sections, part)
	}
	return s.draw(w, a, "view.html", v)
}

// section reads the page of a list that the address asks for.
func (l list) section(a *Ask) (section, error) {
	after := a.FormValue(l.ID)
	rows, next, err := l.Read(a.Context(), after, shownRows)
	if err != nil {
		return section{}, err
	}
	part := section{ID: l.ID, Title: l.Title, Lead: l.Lead, Empty: l.Empty, Columns: l.Columns, Rows: rows, CSV: with(a.URL, "csv", l.ID, l.ID)}
	if next != "" {
		part.Older = with(a.URL, l.ID, next, "csv")
	}
	if after != "" {
		part.First = with(a.URL, "", "", l.ID)
	}
	return part, nil
}

// with is this page's address with one value set and one taken out.
func with(at *url.URL, set, value, without string) string {
	q := at.Query()
	q.Del(without)
	if set != "" {
		q.Set(set, value)
	}
	if len(q) == 0 {
		return at.Path
	}
	return at.Path + "?" + q.Encode()
}

// csv answers with all of a list, as far as it goes: a last line says when it was cut off.
func (s *Server) csv(w http.ResponseWriter, a *Ask, title string, l list) error {
	part := section{Columns: l.Columns}
	var rows [][]string
	for after := ""; ; {
		page, next, err := l.Read(a.Context(), after, anchor.MaxPage)
		if err != nil {
			return err
		}
		for _, row := range page {
			rows = append(rows, wholeRow(row))
		}
		if after = next; after == "" || len(rows) >= csvRows {
			break
		}
	}
	attach(w, "text/csv; charset=utf-8", fileName(title, l.ID, s.cfg.Now())+".csv")
	out := csv.NewWriter(w)
	if err := out.Write(part.Heads()); err != nil {
		return err
	}
	if err := out.WriteAll(rows); err != nil {
		return err
	}
	if len(rows) >= csvRows {
		_ = out.Write([]string{fmt.Sprintf("cut off after %d rows", len(rows))})
	}
	out.Flush()
	return out.Error()
}

func wholeRow(row []cell) (line []string) {
	for _, c := range row {
		line = append(line, harmless(c.whole()))
	}
	return line
}

// harmless keeps a spreadsheet from taking what a person wrote, such as the name of a phone, for a formula: at its
// beginning, and after whatever another country's spreadsheet cuts cells at.
func harmless(text string) string {
	if strings.Trim(text, "+-.0123456789") == "" {
		return text // a number
	}
	var out strings.Builder
	begins := true
	for _, r := range text {
		switch {
		case strings.ContainsRune(cuts, r):
			begins = true
		case begins && strings.ContainsRune(formulas, r):
			out.WriteByte('\'')
			begins = false
		case begins: // spaces, quotes and what nobody sees may stand before
			begins = r == '"' || unicode.IsSpace(r) || !unicode.IsGraphic(r)
		}
		out.WriteRune(r)
	}
	return out.String()
}

// A cell ends at one of cuts somewhere in the world, and is a formula when it begins with one of formulas, wide ones too.
const (
	cuts     = ";,|\t\r\n"
	formulas = "=+-@＝＋－＠"
)

func attach(w http.ResponseWriter, kind, name string) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
}

// fileName is made of letters, digits and dashes.
func fileName(title, id string, now time.Time) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return '-'
	}, strings.ToLower(title+"-"+id))
	for strings.Contains(clean, "--") {
		clean = strings.ReplaceAll(clean, "--", "-")
	}
	return "kula-" + strings.Trim(clean, "-") + "-" + now.UTC().Format(time.DateOnly)
}
