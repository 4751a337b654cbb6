package walletcmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"kula/cmd/kula/say"
	"kula/nearby/qr"
	"kula/nearby/qr/fountain"
	"kula/protocol"

	"golang.org/x/term"
)

// moves reports whether the options lead to a code that can move: a GIF, or a terminal.
func (o *Output) moves(voice *say.Voice) bool {
	if o.QR != "" {
		return strings.EqualFold(filepath.Ext(o.QR), ".gif")
	}
	return isTerminal(voice.Out)
}

// tooLarge is what to do about a bundle that needs a moving code and cannot have one here.
func tooLarge(what string) error {
	return &say.Problem{Exit: say.Failed, Code: string(protocol.CodeTooLargeQR), Err: protocol.CodeTooLargeQR, What: what,
		Next: "take a moving picture (--qr payment.gif), a file (--out payment.kula), or the local network"}
}

// film shows a bundle as a moving code. A small one stands still in it.
func (o *Output) film(ctx context.Context, voice *say.Voice, encoded []byte) error {
	if o.QR == "" {
		return play(ctx, voice, encoded)
	}
	film, err := qr.NewFilm(encoded, 0)
	if err != nil {
		return err
	}
	f, err := os.Create(o.QR)
	if err != nil {
		return err
	}
	return errors.Join(film.GIF(f), f.Close())
}

// play shows a moving code in the terminal, until a key is pressed.
func play(ctx context.Context, voice *say.Voice, encoded []byte) error {
	columns, lines := 80, 24
	if out, ok := voice.Out.(*os.File); ok {
		if w, h, err := term.GetSize(int(out.Fd())); err == nil { //nolint:gosec // a file descriptor
			columns, lines = w, h
		}
	}
	film, err := fitting(encoded, columns, lines)
	if err != nil {
		return err
	}
	keys, restore := pressed()
	defer restore()
	tick := time.NewTicker(time.Second / qr.FramesPerSecond)
	defer tick.Stop()
	return (&player{out: voice.Out, film: film, tick: tick.C, stop: keys}).run(ctx)
}

// fitting is the film with the densest codes that a terminal has room for; it keeps a line for words.
func fitting(encoded []byte, columns, lines int) (film *qr.Film, err error) {
	for _, part := range []int{fountain.DefaultSymbol, 200, fountain.MinSymbol} {
		if film, err = qr.NewFilm(encoded, part); err != nil {
			return nil, err
		}
		code, err := film.Code(0)
		if err != nil {
			return nil, err
		}
		if code.Columns() <= columns && code.Lines()+1 < lines {
			break
		}
	}
	return film, nil
}

// pressed tells of a key, and gives back the terminal as it was. Where nobody sits at a keyboard only
// Ctrl-C ends the film.
func pressed() (keys <-chan struct{}, restore func()) {
	stdin := int(os.Stdin.Fd()) //nolint:gosec // a file descriptor
	before, err := term.MakeRaw(stdin)
	if err != nil {
		return nil, func() {}
	}
	hit := make(chan struct{})
	go func() { // ends with the key, or with the program
		_, _ = os.Stdin.Read(make([]byte, 1)) //nolint:errcheck // an end is as good as a key
		close(hit)
	}()
	return hit, func() { _ = term.Restore(stdin, before) } //nolint:errcheck // nothing can be done
}

// player shows the codes of a film, one at each tick, each in the place of the one before.
type player struct {
	out  io.Writer
	film *qr.Film
	tick <-chan time.Time
	stop <-chan struct{}
}

const (
	clearScreen = "\x1b[2J"
	home        = "\x1b[H"
)

func (p *player) run(ctx context.Context) error {
	lead := clearScreen + home
	for n := 0; ; n++ {
		if err := p.show(n, lead); err != nil {
			return err
		}
		lead = home
		select {
		case <-p.tick:
		case <-p.stop:
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}

// show writes one code. A raw terminal does not go back to the left by itself.
func (p *player) show(n int, lead string) error {
	code, err := p.film.Code(n)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	b.WriteString(lead)
	if err := code.Terminal(&b, true); err != nil {
		return err
	}
	fmt.Fprintf(&b, "%d shown, about %d are needed; any key ends it\n", n+1, p.film.Needed())
	_, err = p.out.Write(bytes.ReplaceAll(b.Bytes(), []byte("\n"), []byte("\r\n")))
	return err
}
