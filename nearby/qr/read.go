package qr

import (
	"bytes"
	"image"
	_ "image/jpeg" // what phones' cameras write
	_ "image/png"  // what Code.PNG writes
	"io"
	"os"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"kula/nearby/text"
	"kula/protocol"
)

// Bounds of what is read, checked before it is unpacked.
const (
	maxFile   = 16 << 20 // a photograph
	maxPixels = 25 << 20
)

// Open reads a bundle from a file in any form that Read knows; "-" means stdin.
func Open(name string, stdin io.Reader) ([]byte, error) {
	if name == "-" {
		return Read(stdin)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return Read(f)
}

// Read reads an encoded bundle in whichever form it comes: as it is, as text (package text's, or
// base64), or as a PNG or JPEG picture of a QR code. Nothing is verified: that begins with
// protocol.DecodeBundle.
func Read(r io.Reader) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	switch {
	case err != nil:
		return nil, err
	case len(b) == 0:
		return nil, refuse(protocol.CodeTruncated, "file")
	case isPicture(b) && len(b) <= maxFile:
		return readPicture(b)
	case len(b) > 2*protocol.MailBounds.Bytes:
		return nil, refuse(protocol.CodeTooLarge, "file")
	case bytes.HasPrefix(b, []byte("KB")):
		return b, nil
	}
	return text.Decode(string(b))
}

func isPicture(b []byte) bool {
	return bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")) || bytes.HasPrefix(b, []byte("\xff\xd8\xff"))
}

func readPicture(b []byte) ([]byte, error) {
	size, _, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return nil, refuse(protocol.CodeNoQR, "picture")
	}
	if size.Width < 1 || size.Height < 1 || size.Width > maxPixels/size.Height {
		return nil, refuse(protocol.CodeTooLarge, "picture")
	}
	img, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, refuse(protocol.CodeNoQR, "picture")
	}
	found, ok := scan(img)
	if !ok {
		return nil, refuse(protocol.CodeNoQR, "picture")
	}
	return text.Decode(found)
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
