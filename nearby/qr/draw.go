package qr

import (
	"image"
	"image/color"
	"image/png"
	"io"
	"strings"

	rsc "rsc.io/qr"

	"kula/nearby/text"
	"kula/protocol"
)

// MaxBytes is the largest bundle that one static code is drawn for.
const MaxBytes = text.MaxQR

// Code is a QR code.
type Code struct{ code *rsc.Code }

// Draw makes the code of an encoded bundle. It fails with CodeTooLargeQR beyond MaxBytes.
func Draw(bundle []byte) (*Code, error) {
	if len(bundle) > MaxBytes {
		return nil, refuse(protocol.CodeTooLargeQR, "qr")
	}
	return draw(text.Encode(bundle))
}

// DrawText makes the code of any short text, for instance a payment link.
func DrawText(s string) (*Code, error) {
	if len(s) > MaxBytes {
		return nil, refuse(protocol.CodeTooLargeQR, "qr")
	}
	return draw(s)
}

func draw(s string) (*Code, error) {
	c, err := rsc.Encode(s, rsc.M)
	if err != nil {
		return nil, refuse(protocol.CodeTooLargeQR, "qr")
	}
	return &Code{c}, nil
}

// quiet is the margin that the standard asks for, in modules. Codes without it are not found.
const quiet = 4

// size is the side in modules, the margin included.
func (c *Code) size() int { return c.code.Size + 2*quiet }

// Columns is how many characters wide Terminal writes.
func (c *Code) Columns() int { return c.size() }

// Lines is how many Terminal writes.
func (c *Code) Lines() int { return (c.size() + 1) / 2 }

// dark reports on a module, counted from the margin's corner.
func (c *Code) dark(x, y int) bool { return c.code.Black(x-quiet, y-quiet) }

// scale is how many pixels of the picture a module's side has: it stays sharp on paper.
const scale = 8

// PNG writes the code as a black and white picture.
func (c *Code) PNG(w io.Writer) error { return png.Encode(w, c.picture(scale)) }

func (c *Code) picture(scale int) *image.Paletted {
	side := c.size() * scale
	img := image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{color.White, color.Black})
	for y := range side {
		for x := range side {
			if c.dark(x/scale, y/scale) {
				img.SetColorIndex(x, y, 1)
			}
		}
	}
	return img
}

// The colours of a terminal, said outright: white on black, whatever the person's own are.
const (
	paint   = "\x1b[38;5;231;48;5;16m"
	unpaint = "\x1b[0m"
)

// Terminal writes the code as text, two rows of modules in each line. With colours it looks the same
// on light and dark terminals; without, it counts on a dark one (or a pipe).
func (c *Code) Terminal(w io.Writer, colours bool) error {
	var s strings.Builder
	for y := 0; y < c.size(); y += 2 {
		if colours {
			s.WriteString(paint)
		}
		for x := range c.size() {
			s.WriteString(c.block(x, y))
		}
		if colours {
			s.WriteString(unpaint)
		}
		s.WriteByte('\n')
	}
	_, err := io.WriteString(w, s.String())
	return err
}

// block draws the light ones of two modules, one above the other.
func (c *Code) block(x, y int) string {
	switch top, bottom := !c.dark(x, y), !c.dark(x, y+1) && y+1 < c.size(); {
	case top && bottom:
		return "█"
	case top:
		return "▀"
	case bottom:
		return "▄"
	}
	return " "
}

func refuse(code protocol.Code, where string) error {
	return &protocol.Error{Code: code, Where: where}
}
