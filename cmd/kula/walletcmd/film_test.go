package walletcmd

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kula/nearby/qr"
)

// bundle is something like a bundle of that size.
func bundle(n int) []byte {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// screens records what a player draws: one text for each code.
type screens struct {
	texts  []string
	enough func(n int)
}

func (s *screens) Write(b []byte) (int, error) {
	s.texts = append(s.texts, string(b))
	s.enough(len(s.texts))
	return len(b), nil
}

// photograph makes a picture of what stands on a terminal.
func photograph(t *testing.T, screen string) string {
	t.Helper()
	plain := strings.NewReplacer(clearScreen, "", home, "", "\x1b[38;5;231;48;5;16m", "", "\x1b[0m", "").Replace(screen)
	lines := strings.Split(plain, "\r\n")
	lines = lines[:len(lines)-2] // the words below
	const pixels = 4
	img := image.NewGray(image.Rect(0, 0, len([]rune(lines[0]))*pixels, len(lines)*2*pixels))
	for row, line := range lines {
		for x, r := range []rune(line) {
			for i := range 2 * pixels * pixels {
				top := i < pixels*pixels
				if r == '█' || r == '▀' && top || r == '▄' && !top {
					img.SetGray(x*pixels+i%pixels, row*2*pixels+i/pixels, color.Gray{255})
				}
			}
		}
	}
	var w bytes.Buffer
	if err := png.Encode(&w, img); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "photo.png")
	if err := os.WriteFile(path, w.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestPlay: photographs of a terminal that plays a moving code bring the bundle across.
func TestPlay(t *testing.T) {
	for _, c := range []struct{ columns, lines int }{{80, 24}, {80, 33}, {200, 60}} {
		film, err := fitting(bundle(1500), c.columns, c.lines)
		if err != nil {
			t.Fatal(err)
		}
		stop, tick := make(chan struct{}), make(chan time.Time, 100)
		out := &screens{enough: func(n int) {
			if n == film.Needed()+5 {
				close(stop)
				return
			}
			tick <- time.Time{}
		}}
		if err := (&player{out: out, film: film, tick: tick, stop: stop}).run(t.Context()); err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, s := range out.texts[3:] {
			names = append(names, photograph(t, s))
		}
		back, err := qr.OpenAll(names, nil)
		if err != nil || !bytes.Equal(back, bundle(1500)) {
			t.Errorf("%d×%d: %v", c.columns, c.lines, err)
		}
		for i, s := range out.texts {
			if strings.HasPrefix(s, clearScreen) != (i == 0) || !strings.Contains(s, home) || strings.Count(s, "\n") != strings.Count(s, "\r\n") {
				t.Fatalf("screen %d: %.30q", i, s)
			}
		}
	}
}

// TestFitting: the code is as dense as the terminal has room for, and no denser when it has none.
func TestFitting(t *testing.T) {
	for _, c := range []struct{ columns, lines, needed int }{{80, 24, 15}, {80, 30, 15}, {80, 38, 8}, {80, 42, 5}, {60, 42, 15}} {
		film, err := fitting(bundle(1500), c.columns, c.lines)
		if err != nil || film.Needed() != c.needed {
			t.Errorf("%d×%d: %d codes, want %d (%v)", c.columns, c.lines, film.Needed(), c.needed, err)
		}
	}
}

// TestPlayEnds: with Ctrl-C where no keyboard is, and with an error when nobody can see it.
func TestPlayEnds(t *testing.T) {
	film, err := fitting(bundle(1500), 80, 24)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if err := (&player{out: &screens{enough: func(int) { cancel() }}, film: film}).run(ctx); err != nil {
		t.Error(err)
	}
	if err := (&player{out: gone{}, film: film}).run(ctx); !errors.Is(err, os.ErrClosed) {
		t.Error(err)
	}
}

type gone struct{}

func (gone) Write([]byte) (int, error) { return 0, os.ErrClosed }
