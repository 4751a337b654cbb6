package qr

import (
	"bytes"
	"errors"
	"image"
	_ "image/jpeg" // what phones' cameras write
	_ "image/png"  // what Code.PNG writes
	"io"
	"os"
	"strings"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"kula/nearby/qr/fountain"
	"kula/nearby/text"
	"kula/protocol"
)

// Bounds of what is read, checked before it is unpacked.
const (
	maxFile   = 16 << 20 // a photograph
	maxPixels = 25 << 20
	maxFilm   = 128 << 20 // pixels of all pictures of a moving one
)

// ErrOneAtATime says that several files hold more than one bundle.
var ErrOneAtATime = errors.New("several files are taken only when they are pictures of one moving code: give one at a time")

// Open reads a bundle from a file in any form that Read knows; "-" means stdin.
func Open(name string, stdin io.Reader) ([]byte, error) {
	var s sight
	bundle, err := s.open(name, stdin)
	return s.found(bundle, err)
}

// OpenAll reads a bundle from a file, or from several pictures of a moving code. A picture in which nothing
// can be read does no harm as long as the others do.
func OpenAll(names []string, stdin io.Reader) ([]byte, error) {
	if len(names) == 1 {
		return Open(names[0], stdin)
	}
	var s sight
	var found []byte
	var failed error
	for _, name := range names {
		bundle, err := s.open(name, stdin)
		switch {
		case err != nil && protocol.CodeOf(err) == "":
			return nil, err
		case bundle != nil && (found != nil || !s.moving):
			return nil, ErrOneAtATime
		case bundle != nil:
			found = bundle
		case failed == nil:
			failed = err
		}
	}
	if found != nil {
		return found, nil
	}
	return s.found(nil, failed)
}

// Read reads an encoded bundle in whichever form it comes: as it is, as text (package text's, or base64, or
// the frames of a moving code, one on each line), or as a picture (PNG, JPEG, GIF) of a QR code. Nothing is
// verified: that begins with protocol.DecodeBundle.
func Read(r io.Reader) ([]byte, error) {
	var s sight
	bundle, err := s.read(r)
	return s.found(bundle, err)
}

// sight is what was seen so far of moving codes.
type sight struct {
	frames fountain.Decoder
	moving bool   // the last text was of a moving code
	given  []byte // what came whole from one
}

// found is what there is to say in the end.
func (s *sight) found(bundle []byte, err error) ([]byte, error) {
	if bundle == nil && err == nil {
		err = refuse(protocol.CodeFramesMissing, "moving code")
	}
	return bundle, err
}

func (s *sight) open(name string, stdin io.Reader) ([]byte, error) {
	if name == "-" {
		return s.read(stdin)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return s.read(f)
}

// read gives the bundle once it is whole; nothing, and no error, while more frames are needed.
func (s *sight) read(r io.Reader) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	switch {
	case err != nil:
		return nil, err
	case len(b) == 0:
		return nil, refuse(protocol.CodeTruncated, "file")
	case isGIF(b) && len(b) <= maxFile:
		return s.film(b)
	case isPicture(b) && len(b) <= maxFile:
		return s.picture(b)
	case len(b) > 2*protocol.MailBounds.Bytes:
		return nil, refuse(protocol.CodeTooLarge, "file")
	case bytes.HasPrefix(b, []byte("KB")):
		s.moving = false
		return b, nil
	case fountain.Is(string(b)):
		return s.lines(string(b))
	}
	return s.text(string(b))
}

// text takes what one code says.
func (s *sight) text(t string) ([]byte, error) {
	if s.moving = fountain.Is(t); !s.moving {
		return text.Decode(t)
	}
	_, done, err := s.frames.Catch(t)
	if done == nil || bytes.Equal(done, s.given) {
		return nil, err // one more picture of what is there already
	}
	s.given = done
	return done, nil
}

// lines takes the texts of many codes. A false one is reported only when the rest does not make a bundle.
func (s *sight) lines(all string) (bundle []byte, err error) {
	for line := range strings.Lines(all) {
		done, failed := s.text(line)
		if done != nil {
			return done, nil
		}
		if err == nil {
			err = failed
		}
	}
	return nil, err
}

func isPicture(b []byte) bool {
	return bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")) || bytes.HasPrefix(b, []byte("\xff\xd8\xff"))
}

func (s *sight) picture(b []byte) ([]byte, error) {
	if err := checkSize(b); err != nil {
		return nil, err
	}
	img, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, refuse(protocol.CodeNoQR, "picture")
	}
	t, ok := scan(img)
	if !ok {
		return nil, refuse(protocol.CodeNoQR, "picture")
	}
	return s.text(t)
}

func checkSize(b []byte) error {
	size, _, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return refuse(protocol.CodeNoQR, "picture")
	}
	if size.Width < 1 || size.Height < 1 || size.Width > maxPixels/size.Height {
		return refuse(protocol.CodeTooLarge, "picture")
	}
	return nil
}

// scan finds a code's text. A drawing, straight and clean, is read where its modules are: the search for a
// code's corners, which a photograph needs, now and then takes something else in a drawing for one. One way
// of telling dark from light suits clean pictures, the other those with shadows.
func scan(img image.Image) (string, bool) {
	source := gozxing.NewLuminanceSourceFromImage(img)
	for _, how := range []gozxing.DecodeHintType{gozxing.DecodeHintType_PURE_BARCODE, gozxing.DecodeHintType_TRY_HARDER} {
		for _, binarizer := range []gozxing.Binarizer{gozxing.NewHybridBinarizer(source), gozxing.NewGlobalHistgramBinarizer(source)} {
			if found, ok := scanWith(binarizer, how); ok {
				return found, true
			}
		}
	}
	return "", false
}

func scanWith(b gozxing.Binarizer, how gozxing.DecodeHintType) (found string, ok bool) {
	// The library reads strangers' pictures; should one make it panic, there is no code in it.
	defer func() {
		if recover() != nil {
			found, ok = "", false
		}
	}()
	bitmap, err := gozxing.NewBinaryBitmap(b)
	if err != nil {
		return "", false
	}
	hints := map[gozxing.DecodeHintType]any{how: true}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, hints)
	if err != nil {
		return "", false
	}
	return result.GetText(), true
}
