package qr

import (
	"bytes"
	"encoding/binary"
	"image"
	stddraw "image/draw"
	"image/gif"
	"io"

	"kula/nearby/qr/fountain"
	"kula/nearby/text"
	"kula/protocol"
)

// FramesPerSecond is how fast a moving code moves: what a cheap phone's camera and processor keep up with.
const FramesPerSecond = 7

// Film is a bundle as a moving code: as many QR codes as one cares to show, of one size. A bundle that fits
// in one code is a film that stands still.
type Film struct {
	still  []byte // or
	frames *fountain.Encoder
}

// NewFilm makes the film of an encoded bundle. The parts have that many bytes, fewer for sparser codes; 0
// leaves it to the package.
func NewFilm(bundle []byte, part int) (*Film, error) {
	if len(bundle) <= MaxBytes {
		return &Film{still: bundle}, nil
	}
	frames, err := fountain.NewEncoder(bundle, part)
	return &Film{frames: frames}, err
}

// Still reports whether all codes of the film are the same one.
func (f *Film) Still() bool { return f.frames == nil }

// Needed is about how many codes the other side must see.
func (f *Film) Needed() int {
	if f.Still() {
		return 1
	}
	return f.frames.Needed()
}

// Code is the n-th code.
func (f *Film) Code(n int) (*Code, error) {
	if f.Still() {
		return draw(text.Encode(f.still))
	}
	return draw(f.frames.Frame(n))
}

// filmScale is how many pixels a module's side has in a moving picture, which is for screens.
const filmScale = 4

// GIF writes a moving picture that begins again at its end. Any half of its codes will do.
func (f *Film) GIF(w io.Writer) error {
	count := 1
	if !f.Still() {
		count = f.frames.Count()
	}
	all := &gif.GIF{}
	for n := range count {
		code, err := f.Code(n)
		if err != nil {
			return err
		}
		all.Image = append(all.Image, code.picture(filmScale))
		all.Delay = append(all.Delay, 100/FramesPerSecond)
	}
	return gif.EncodeAll(w, all)
}

func isGIF(b []byte) bool {
	return bytes.HasPrefix(b, []byte("GIF87a")) || bytes.HasPrefix(b, []byte("GIF89a"))
}

// film reads the codes of a moving picture, until they are enough.
func (s *sight) film(b []byte) ([]byte, error) {
	if err := checkSize(b); err != nil {
		return nil, err
	}
	if !gifWithin(b) {
		return nil, refuse(protocol.CodeTooLarge, "picture")
	}
	all, err := gif.DecodeAll(bytes.NewReader(b))
	if err != nil {
		return nil, refuse(protocol.CodeNoQR, "picture")
	}
	screen := image.NewRGBA(image.Rect(0, 0, all.Config.Width, all.Config.Height))
	seen := false
	var first error
	for i, part := range all.Image {
		stddraw.Draw(screen, part.Bounds(), part, part.Bounds().Min, stddraw.Over)
		if t, ok := scan(screen); ok {
			seen = true
			done, err := s.text(t)
			if done != nil {
				return done, nil
			}
			if first == nil {
				first = err
			}
		}
		if all.Disposal[i] == gif.DisposalBackground {
			stddraw.Draw(screen, part.Bounds(), image.Transparent, image.Point{}, stddraw.Src)
		}
	}
	if !seen {
		return nil, refuse(protocol.CodeNoQR, "picture")
	}
	return nil, first
}

// maxPictures is how many a moving picture has at most.
const maxPictures = 4096

// gifWithin reports whether a GIF's pictures together are within bounds, without unpacking it: the library
// unpacks all of them at once, and a small file may hold very many. What is not as it should be is for the
// library to say.
func gifWithin(b []byte) bool {
	const screenEnd, picture, extension = 13, 0x2c, 0x21
	if len(b) < screenEnd {
		return true
	}
	area := int(binary.LittleEndian.Uint16(b[6:])) * int(binary.LittleEndian.Uint16(b[8:]))
	b = after(b, screenEnd+colours(b[10]))
	for count := 0; len(b) > 10; {
		switch b[0] {
		case picture:
			if count++; count > maxPictures || count*area > maxFilm {
				return false
			}
			b = blocks(after(b, 11+colours(b[9])))
		case extension:
			b = blocks(after(b, 2))
		default:
			return true
		}
	}
	return true
}

// colours is the size of the table of colours that flags announce.
func colours(flags byte) int {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (1 + flags&7)
}

// blocks steps over a row of blocks with their sizes, up to the empty one.
func blocks(b []byte) []byte {
	for len(b) > 0 && b[0] > 0 {
		b = after(b, 1+int(b[0]))
	}
	return after(b, 1)
}

func after(b []byte, n int) []byte { return b[min(n, len(b)):] }
