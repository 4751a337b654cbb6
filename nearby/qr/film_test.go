package qr

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kula/nearby/qr/fountain"
	"kula/nearby/text"
	"kula/protocol"
)

func film(t testing.TB, size, part int) *Film {
	t.Helper()
	f, err := NewFilm(sample(size), part)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func moving(t testing.TB, f *Film) []byte {
	t.Helper()
	var w bytes.Buffer
	if err := f.GIF(&w); err != nil {
		t.Fatal(err)
	}
	return w.Bytes()
}

// TestFilm: what is drawn as a moving picture is read, whatever its size.
func TestFilm(t *testing.T) {
	for _, size := range []int{3, MaxBytes, MaxBytes + 1, 2500} {
		back, err := Read(bytes.NewReader(moving(t, film(t, size, 0))))
		if err != nil || !bytes.Equal(back, sample(size)) {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
	if !film(t, MaxBytes, 0).Still() || film(t, MaxBytes+1, 0).Still() {
		t.Error("what fits in one code stands still, the rest moves")
	}
	for part, sides := range map[int]int{100: 45, 200: 61, 300: 69} {
		code, err := film(t, 6800, part).Code(0)
		if err != nil || code.code.Size != sides {
			t.Errorf("parts of %d bytes: a code of %d modules, %v", part, code.code.Size, err)
		}
	}
	if _, err := NewFilm(make([]byte, fountain.MaxSize+1), 0); !errors.Is(err, protocol.CodeTooLargeQR) {
		t.Error(err)
	}
}

// TestLargestFilm: the largest bundle, in the smallest parts, is within the reader's own bounds.
func TestLargestFilm(t *testing.T) {
	f := film(t, fountain.MaxSize, fountain.MinSymbol)
	code, err := f.Code(2000)
	if err != nil {
		t.Fatal(err)
	}
	var one bytes.Buffer
	if err := gif.Encode(&one, code.picture(filmScale), nil); err != nil {
		t.Fatal(err)
	}
	count, side := f.frames.Count(), code.size()*filmScale
	if count > maxPictures || count*side*side > maxFilm || count*one.Len() > maxFile {
		t.Errorf("%d pictures with a side of %d, %d bytes each", count, side, one.Len())
	}
}

// TestFilmAsOthersWriteIt: programs that make GIFs smaller write only what has changed.
func TestFilmAsOthersWriteIt(t *testing.T) {
	all, err := gif.DecodeAll(bytes.NewReader(moving(t, film(t, 1500, 0))))
	if err != nil {
		t.Fatal(err)
	}
	palette := append(color.Palette{}, all.Image[0].Palette...)
	palette = append(palette, color.Transparent)
	for i := len(all.Image) - 1; i > 0; i-- {
		before, now := all.Image[i-1], all.Image[i]
		box := image.Rect(16, 16, now.Rect.Dx()-16, now.Rect.Dy()-16) // without the margin
		changed := image.NewPaletted(box, palette)
		for y := box.Min.Y; y < box.Max.Y; y++ {
			for x := box.Min.X; x < box.Max.X; x++ {
				if index := now.ColorIndexAt(x, y); index == before.ColorIndexAt(x, y) {
					changed.SetColorIndex(x, y, 2)
				} else {
					changed.SetColorIndex(x, y, index)
				}
			}
		}
		all.Image[i] = changed
	}
	var w bytes.Buffer
	if err := gif.EncodeAll(&w, all); err != nil {
		t.Fatal(err)
	}
	back, err := Read(&w)
	if err != nil || !bytes.Equal(back, sample(1500)) {
		t.Error(err)
	}
}

func write(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// stills are single pictures of a film, in any order.
func stills(t *testing.T, f *Film, numbers ...int) (names []string) {
	t.Helper()
	for _, n := range numbers {
		code, err := f.Code(n)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, write(t, "still.png", picture(t, code)))
	}
	return names
}

// TestPicturesOfAMovingCode: somebody sends photographs of the screen.
func TestPicturesOfAMovingCode(t *testing.T) {
	f := film(t, 1500, 0)
	order := rand.New(rand.NewPCG(1, 1)).Perm(20)
	names := stills(t, f, order[:7]...)
	var blank bytes.Buffer
	if err := gif.Encode(&blank, image.NewGray(image.Rect(0, 0, 200, 200)), nil); err != nil {
		t.Fatal(err)
	}
	names = append(names, write(t, "blurred.gif", blank.Bytes()))
	back, err := OpenAll(names, nil)
	if err != nil || !bytes.Equal(back, sample(1500)) {
		t.Fatal(err)
	}
	if _, err := OpenAll(names[:4], nil); !errors.Is(err, protocol.CodeFramesMissing) {
		t.Error(err)
	}
	if _, err := OpenAll(append(names[:3:3], write(t, "blurred.gif", blank.Bytes())), nil); !errors.Is(err, protocol.CodeNoQR) {
		t.Error(err)
	}
	if _, err := Open(names[0], nil); !errors.Is(err, protocol.CodeFramesMissing) {
		t.Error(err)
	}
	if _, err := OpenAll(append(names, "no such file"), nil); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}

	// Two bundles are never taken for one: nobody may believe that the second was taken too.
	whole := write(t, "whole.kula", sample(300))
	for _, several := range [][]string{
		{whole, whole}, append(names, whole), append(names[:2:2], whole), {whole, write(t, "blurred.gif", blank.Bytes())}, append([]string{whole}, names...),
		append(stills(t, film(t, 900, 0), 1, 2, 3, 4), names...),
	} {
		if _, err := OpenAll(several, nil); !errors.Is(err, ErrOneAtATime) {
			t.Errorf("%d files: %v", len(several), err)
		}
	}
}

// TestFramesAsText: the same in a text, one frame on a line, as from a log or another reader.
func TestFramesAsText(t *testing.T) {
	e, err := fountain.NewEncoder(sample(1500), 0)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for n := range 3 {
		all.WriteString(e.Frame(n+3) + "\r\n")
	}
	if _, err := Read(strings.NewReader(all.String())); !errors.Is(err, protocol.CodeFramesMissing) {
		t.Error(err)
	}
	spoilt := all.String() + "KULA2:what is this\n"
	if _, err := Read(strings.NewReader(spoilt)); !errors.Is(err, protocol.CodeBadText) {
		t.Error(err)
	}
	for n := range 4 {
		spoilt += e.Frame(n+10) + "\n"
	}
	if back, err := Read(strings.NewReader(spoilt)); err != nil || !bytes.Equal(back, sample(1500)) {
		t.Error(err)
	}
	if _, err := text.Decode(e.Frame(0)); !errors.Is(err, protocol.CodeUnknownType) {
		t.Error(err)
	}
}

// TestAttackFilm: a small file that unpacks into very many pictures is refused before it is unpacked.
func TestAttackFilm(t *testing.T) {
	var w bytes.Buffer
	one := image.NewPaletted(image.Rect(0, 0, 1, 1), color.Palette{color.White, color.Black})
	if err := gif.EncodeAll(&w, &gif.GIF{Image: []*image.Paletted{one}, Delay: []int{1}}); err != nil {
		t.Fatal(err)
	}
	small := w.Bytes()
	from := bytes.IndexByte(small[13+6:], 0x2c) + 13 + 6 // the picture, behind its two colours
	repeat := func(times, width, height int) []byte {
		b := bytes.Clone(small[:from])
		binary.LittleEndian.PutUint16(b[6:], uint16(width))
		binary.LittleEndian.PutUint16(b[8:], uint16(height))
		b = append(b, bytes.Repeat(small[from:len(small)-1], times)...)
		return append(b, 0x3b)
	}
	for name, c := range map[string]struct {
		file []byte
		want protocol.Code
	}{
		"a blank one":           {repeat(3, 100, 100), protocol.CodeNoQR},
		"too many pictures":     {repeat(maxPictures+1, 1, 1), protocol.CodeTooLarge},
		"too many pixels":       {repeat(200, 1000, 1000), protocol.CodeTooLarge},
		"a large screen":        {repeat(1, 60000, 60000), protocol.CodeTooLarge},
		"half of one":           {small[:from+4], protocol.CodeNoQR},
		"its first bytes":       {small[:8], protocol.CodeNoQR},
		"a picture, no end":     {small[:len(small)-1], protocol.CodeNoQR},
		"another code in a GIF": {foreign(t), protocol.CodeUnknownType},
	} {
		if _, err := Read(bytes.NewReader(c.file)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

func foreign(t *testing.T) []byte {
	t.Helper()
	code, err := DrawText("https://example.org")
	if err != nil {
		t.Fatal(err)
	}
	var w bytes.Buffer
	if err := gif.Encode(&w, code.picture(4), nil); err != nil {
		t.Fatal(err)
	}
	return w.Bytes()
}
