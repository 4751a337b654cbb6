package console

import (
	"bytes"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"kula/anchor"
	"kula/protocol"
	"kula/web/console/office"
)

//go:embed templates static
var files embed.FS

// pages are the templates, each with the layout around it.
type pages map[string]*template.Template

const layoutFile = "templates/layout.html"

func parsePages() (pages, error) {
	all := pages{}
	list, err := fs.Glob(files, "templates/*.html")
	if err != nil {
		return nil, err
	}
	for _, file := range list {
		if file == layoutFile {
			continue
		}
		t, err := template.New("layout.html").Funcs(functions()).ParseFS(files, layoutFile, file)
		if err != nil {
			return nil, fmt.Errorf("console: %w", err)
		}
		all[path.Base(file)] = t
	}
	return all, nil
}

// functions that templates may use.
func functions() template.FuncMap {
	return template.FuncMap{
		"when":     when,
		"day":      func(t uint64) string { return moment(t, time.DateOnly) },
		"short":    short,
		"hex":      hexOf,
		"join":     strings.Join,
		"currency": currency,
	}
}

func when(t uint64) string { return moment(t, "2006-01-02 15:04 UTC") }

func moment(t uint64, layout string) string {
	if t == 0 {
		return "never"
	}
	return time.Unix(int64(t), 0).UTC().Format(layout) //nolint:gosec // keeps its bits
}

// short is the beginning of a hash or an account, enough for a person to know it by.
func short(v any) string {
	text := fmt.Sprint(v)
	if len(text) <= 12 {
		return text
	}
	return text[:8] + "…"
}

func hexOf(d office.Digest) string { return hex.EncodeToString(d[:]) }

// page is what every template finds.
type page struct {
	Bank    string
	Officer *office.Officer
	CSRF    string
	Said    string // what was just done
	Nav     []navItem
	Data    any
}

type navItem struct {
	Path, Name string
	Here       bool
}

func (s *Server) nav(a *Ask) (list []navItem) {
	if a.Officer == nil {
		return nil
	}
	for _, route := range s.routes {
		if route.Nav == "" || !a.Officer.Roles.Any(route.Roles) {
			continue
		}
		to := strings.TrimSuffix(route.Path, "{$}")
		list = append(list, navItem{to, route.Nav, a.URL.Path == to || to != "/" && strings.HasPrefix(a.URL.Path, to+"/")})
	}
	return list
}

// draw answers with a page.
func (s *Server) draw(w http.ResponseWriter, a *Ask, name string, data any) error {
	return s.drawAs(w, a, http.StatusOK, name, data)
}

func (s *Server) drawAs(w http.ResponseWriter, a *Ask, status int, name string, data any) error {
	t, ok := s.pages[name]
	if !ok {
		return fmt.Errorf("console: there is no template %s", name)
	}
	var out bytes.Buffer // a page that fails half way is not sent at all
	if err := t.Execute(&out, page{s.cfg.Name, a.Officer, a.CSRF, s.said(w, a), s.nav(a), data}); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, err := w.Write(out.Bytes())
	if err != nil {
		s.log.Debug("an officer went away", "error", err)
	}
	return nil
}

// trouble is what the page of an error says.
type trouble struct {
	Title, Text string
	SignIn      bool
}

// fail answers an error as a page; nothing for nil.
func (s *Server) fail(w http.ResponseWriter, a *Ask, err error) {
	if err == nil {
		return
	}
	status, told := s.explain(a, err)
	if errors.Is(err, office.ErrNoSession) && a.Method == http.MethodGet {
		http.Redirect(w, a.Request, "/enter", http.StatusSeeOther)
		return
	}
	if strings.HasPrefix(a.Header.Get("Accept"), "application/json") {
		writeJSON(w, status, map[string]string{"error": told.Text})
		return
	}
	if drawn := s.drawAs(w, a, status, "trouble.html", told); drawn != nil {
		s.log.Error("no page for an error", "error", drawn)
		http.Error(w, told.Text, status)
	}
}

func (s *Server) explain(a *Ask, err error) (int, trouble) {
	var many *http.MaxBytesError
	switch {
	case errors.Is(err, office.ErrNoSession):
		return http.StatusUnauthorized, trouble{"Sign in first", "You are not signed in, or not any more. Nothing was done.", true}
	case errors.Is(err, office.ErrForbidden), errors.Is(err, office.ErrOwnRequest):
		return http.StatusForbidden, trouble{"Not allowed", sentence(first(err, office.ErrForbidden, office.ErrOwnRequest)), false}
	case errors.Is(err, errForeignForm):
		return http.StatusForbidden, trouble{"Not accepted", sentence(errForeignForm), false}
	case errors.Is(err, office.ErrNoRecord), anchor.CodeOf(err) == string(anchor.CodeNotFound), anchor.CodeOf(err) == string(anchor.CodeUnknownPurse):
		return http.StatusNotFound, trouble{"Not found", "There is nothing by that name. Look at what you typed, or search again.", false}
	case errors.Is(err, office.ErrDecided), errors.Is(err, office.ErrTaken), errors.Is(err, office.ErrOvertaken):
		return http.StatusConflict, trouble{"Too late", sentence(first(err, office.ErrDecided, office.ErrTaken, office.ErrOvertaken)), false}
	case errors.Is(err, errMoved):
		return http.StatusConflict, trouble{"Look again", sentence(errMoved), false}
	case errors.Is(err, office.ErrBadLink):
		return http.StatusGone, trouble{"This link is used up", sentence(office.ErrBadLink), true}
	case errors.As(err, &many):
		return http.StatusRequestEntityTooLarge, trouble{"Too much", "That is more than a form of the console holds.", false}
	case errors.Is(err, office.ErrBadRequest), anchor.CodeOf(err) != "":
		return http.StatusUnprocessableEntity, trouble{"The bank said no", sentence(plain(err)), false}
	}
	s.log.Error("failed", "face", "console", "route", a.Pattern, "error", err)
	return http.StatusInternalServerError, trouble{"Something went wrong",
		"It went wrong at the bank, and it is not known how far it got. Look before you do it again. The server's log says more.", false}
}

// plain finds, in all that is known of a refusal, the words for a person.
func plain(err error) error {
	var own *office.Refusal
	var code anchor.Code
	var document protocol.Code
	switch {
	case errors.As(err, &own):
		return own
	case errors.As(err, &code):
		return code
	case errors.As(err, &document):
		return document
	}
	return err
}

func first(err error, among ...error) error {
	for _, e := range among {
		if errors.Is(err, e) {
			return e
		}
	}
	return err
}

// sentence begins with a capital letter and ends with a point.
func sentence(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + strings.TrimSuffix(text[1:], ".") + "."
}
