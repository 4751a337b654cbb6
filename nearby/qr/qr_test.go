package qr

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kula/nearby/text"
	"kula/protocol"
)

// sample is something like a bundle of that size.
func sample(n int) []byte {
	r := rand.New(rand.NewPCG(7, uint64(n)))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	copy(b, "KB\x01")
	return b
}

func picture(t *testing.T, c *Code) []byte {
	t.Helper()
	var w bytes.Buffer
	if err := c.PNG(&w); err != nil {
		t.Fatal(err)
	}
	return w.Bytes()
}

func TestRoundTrip(t *testing.T) {
	for _, n := range []int{3, 4, 100, 255, 400, 520, 659, MaxBytes} {
		c, err := Draw(sample(n))
		if err != nil {
			t.Fatal(err)
		}
		back, err := Read(bytes.NewReader(picture(t, c)))
		if err != nil || !bytes.Equal(back, sample(n)) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	if _, err := Draw(sample(MaxBytes + 1)); !errors.Is(err, protocol.CodeTooLargeQR) {
		t.Fatal(err)
	}
	if _, err := DrawText(strings.Repeat("x", MaxBytes+1)); !errors.Is(err, protocol.CodeTooLargeQR) {
		t.Fatal(err)
	}
}

// TestEveryDrawingIsRead: one in some hundreds of clean drawings was not, for want of its corners.
func TestEveryDrawingIsRead(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 60 {
		bundle := append([]byte("KB"), make([]byte, 350+i%150)...)
		for j := range bundle[2:] {
			bundle[2+j] = byte(r.Uint32())
		}
		code, err := Draw(bundle)
		if err != nil {
			t.Fatal(err)
		}
		read, err := Read(bytes.NewReader(picture(t, code)))
		if err != nil || !bytes.Equal(read, bundle) {
			t.Fatalf("drawing %d of %d bytes: %v", i, len(bundle), err)
		}
	}
}

// photograph turns the picture by an angle, and adds what a phone's camera adds: shadow and noise.
func photograph(code image.Image, degrees, noise float64) image.Image {
	side := code.Bounds().Dx()
	big := side * 5 / 4
	out := image.NewGray(image.Rect(0, 0, big, big))
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	r := rand.New(rand.NewPCG(1, 2))
	for y := range big {
		for x := range big {
			dx, dy := float64(x-big/2), float64(y-big/2)
			p := image.Pt(int(dx*cos+dy*sin)+side/2, int(dy*cos-dx*sin)+side/2)
			light := 230.0
			if p.In(code.Bounds()) && color.GrayModel.Convert(code.At(p.X, p.Y)).(color.Gray).Y == 0 {
				light = 40
			}
			light *= 1 - 0.3*float64(x)/float64(big)
			light += (r.Float64() - 0.5) * noise
			out.SetGray(x, y, color.Gray{uint8(max(0, min(255, light)))})
		}
	}
	return out
}

// TestPhotograph: a picture that is taken askew, in bad light, with a noisy camera, still reads.
func TestPhotograph(t *testing.T) {
	c, err := Draw(sample(400))
	if err != nil {
		t.Fatal(err)
	}
	code, err := png.Decode(bytes.NewReader(picture(t, c)))
	if err != nil {
		t.Fatal(err)
	}
	for _, degrees := range []float64{2, -3, 7, 180} {
		var w bytes.Buffer
		if err := jpeg.Encode(&w, photograph(code, degrees, 60), &jpeg.Options{Quality: 70}); err != nil {
			t.Fatal(err)
		}
		back, err := Read(&w)
		if err != nil || !bytes.Equal(back, sample(400)) {
			t.Errorf("turned by %v°: %v", degrees, err)
		}
	}
}

// TestTerminal: what stands in the terminal is the code, margin and all.
func TestTerminal(t *testing.T) {
	c, err := Draw(sample(100))
	if err != nil {
		t.Fatal(err)
	}
	var plain, coloured strings.Builder
	if c.Terminal(&plain, false) != nil || c.Terminal(&coloured, true) != nil {
		t.Fatal("not written")
	}
	lines := strings.Split(strings.TrimSuffix(plain.String(), "\n"), "\n")
	img := image.NewGray(image.Rect(0, 0, c.size()*4, len(lines)*2*4))
	for row, line := range lines {
		for x, r := range []rune(line) {
			for i := range 32 {
				top := i < 16
				light := r == '█' || r == '▀' && top || r == '▄' && !top
				if light {
					img.SetGray(x*4+i%4, row*8+i/4, color.Gray{255})
				}
			}
		}
	}
	found, ok := scan(img)
	if back, err := text.Decode(found); !ok || err != nil || !bytes.Equal(back, sample(100)) {
		t.Fatal("the terminal's code does not read", err)
	}
	if got := strings.NewReplacer(paint, "", unpaint, "").Replace(coloured.String()); got != plain.String() {
		t.Fatal("colours change more than colours")
	}
}

// TestOpen: every form of one bundle is the same bundle.
func TestOpen(t *testing.T) {
	b := sample(300)
	c, err := Draw(b)
	if err != nil {
		t.Fatal(err)
	}
	for name, form := range map[string][]byte{
		"bundle":        b,
		"text":          []byte(text.Encode(b)),
		"text and line": []byte(text.Encode(b) + "\r\n"),
		"base64":        []byte(base64.StdEncoding.EncodeToString(b) + "\n"),
		"picture":       picture(t, c),
	} {
		file := filepath.Join(t.TempDir(), "form")
		if err := os.WriteFile(file, form, 0o600); err != nil {
			t.Fatal(err)
		}
		if back, err := Open(file, nil); err != nil || !bytes.Equal(back, b) {
			t.Errorf("%s from a file: %v", name, err)
		}
		if back, err := Open("-", bytes.NewReader(form)); err != nil || !bytes.Equal(back, b) {
			t.Errorf("%s from stdin: %v", name, err)
		}
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none"), nil); !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
}

// endless is a file without an end.
type endless struct{ next byte }

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = e.next
	}
	return len(p), nil
}

// TestAttackPicture: what is not a bundle is refused before it costs anything.
func TestAttackPicture(t *testing.T) {
	blank := image.NewGray(image.Rect(0, 0, 300, 300))
	var empty, bomb bytes.Buffer
	if err := png.Encode(&empty, blank); err != nil {
		t.Fatal(err)
	}
	header := bytes.Clone(empty.Bytes()[:33])
	copy(header[16:], []byte{0x0f, 0xff, 0xff, 0xff, 0x00, 0x00, 0xff, 0xff}) // width and height
	binary.BigEndian.PutUint32(header[29:], crc32.ChecksumIEEE(header[12:29]))
	bomb.Write(header)
	other, err := DrawText("https://example.org")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		file []byte
		want protocol.Code
	}{
		{"nothing", nil, protocol.CodeTruncated},
		{"another text", []byte("dear customer"), protocol.CodeUnknownType},
		{"an empty picture", empty.Bytes(), protocol.CodeNoQR},
		{"half a picture", empty.Bytes()[:40], protocol.CodeNoQR},
		{"a false JPEG", []byte("\xff\xd8\xff\xe0nothing"), protocol.CodeNoQR},
		{"somebody else's code", picture(t, other), protocol.CodeUnknownType},
		{"a bomb", bomb.Bytes(), protocol.CodeTooLarge},
		{"a large bundle", append([]byte("KB"), make([]byte, 3<<20)...), protocol.CodeTooLarge},
	} {
		if _, err := Read(bytes.NewReader(c.file)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	if _, err := Read(endless{'K'}); !errors.Is(err, protocol.CodeTooLarge) {
		t.Fatal(err)
	}
}
