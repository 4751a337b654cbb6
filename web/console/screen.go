package console

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"kula/web/console/office"
)

// Screener looks whether a name is on a list of people that the bank must not serve, or has to look at twice.
// FileList is one; a bank with a screening service puts a client of that in its place.
type Screener interface {
	Screen(ctx context.Context, name string) (Screening, error)
}

// Screening is what a Screener found.
type Screening struct {
	List string   // which list, and which edition of it
	Hits []string // its lines that may mean this person; none: it is not there
}

// Said says it for the record.
func (s Screening) Said() string {
	switch {
	case s.List == "":
		return "no list was looked at"
	case len(s.Hits) == 0:
		return "not on " + s.List
	}
	return fmt.Sprintf("on %s: %s", s.List, strings.Join(s.Hits, "; "))
}

// screen looks all names of one person up: what their phone calls itself, and what their papers say.
func (s *Server) screen(ctx context.Context, names ...string) (found Screening, err error) {
	for _, name := range names {
		if s.cfg.Screener == nil || name == "" {
			continue
		}
		one, err := s.cfg.Screener.Screen(ctx, name)
		if err != nil {
			return found, err
		}
		found.List = one.List
		for _, hit := range one.Hits {
			if !slices.Contains(found.Hits, hit) {
				found.Hits = append(found.Hits, hit)
			}
		}
	}
	return found, nil
}

// listed warns of somebody whose name is on a list while nobody has written down why it is somebody else. People come to
// the counter before their papers are seen.
func (s *Server) listed(ctx context.Context, name string, known *office.Identity) (alerts []string) {
	if known != nil && known.Answer != "" {
		return nil
	}
	names := []string{name}
	if known != nil {
		names = append(names, known.Name)
	}
	found, err := s.screen(ctx, names...)
	if err != nil {
		s.log.Error("no screening", "error", err)
		return []string{"The screening list cannot be read: nobody knows whether this name is on it."}
	}
	for _, hit := range found.Hits {
		alerts = append(alerts, "The name is on a list: "+hit+". Nobody has written down that it is somebody else: see under Enrolment.")
	}
	return alerts
}

// FileList is a Screener that reads a text file, one name a line, each time that it is asked: a new edition counts as
// soon as it is there. After a tab or a semicolon, a line may say more. Lines that begin with # are left out.
//
// A line means a person when each of its words is among the words of the name, whatever their order, their accents left
// as they are: "Tavo, Mere" is found in "Mere Ann Tavo". A shorter name than the line's is not found: enrol people by
// all their names.
type FileList string

// maxHits is how many lines are told.
const maxHits = 20

// Screen looks a name up.
func (f FileList) Screen(_ context.Context, name string) (found Screening, err error) {
	file, err := os.Open(string(f)) //nolint:gosec // the operator's file
	if err != nil {
		return found, fmt.Errorf("the screening list cannot be read, and nobody is identified without it: %w", err)
	}
	defer func() { _ = file.Close() }()
	has := map[string]bool{}
	for _, word := range nameWords(name) {
		has[word] = true
	}
	edition := sha256.New()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		edition.Write(lines.Bytes())
		edition.Write([]byte{'\n'})
		line := strings.TrimSpace(lines.Text())
		listed, _, _ := strings.Cut(strings.ReplaceAll(line, "\t", ";"), ";")
		if !strings.HasPrefix(line, "#") && means(has, nameWords(listed)) && len(found.Hits) < maxHits {
			found.Hits = append(found.Hits, line)
		}
	}
	if err := lines.Err(); err != nil {
		return found, fmt.Errorf("the screening list cannot be read, and nobody is identified without it: %w", err)
	}
	found.List = filepath.Base(string(f)) + " (" + hex.EncodeToString(edition.Sum(nil))[:8] + ")"
	return found, nil
}

func nameWords(name string) []string {
	return strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) })
}

func means(has map[string]bool, listed []string) bool {
	for _, word := range listed {
		if !has[word] {
			return false
		}
	}
	return len(listed) > 0
}
