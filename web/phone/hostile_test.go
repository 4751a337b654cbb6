package phone

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const hostile = "../../nearby/qr/testdata/hostile"

// TestConformanceMoving shows the kit's moving codes to a phone, one frame after the other as a camera would: a frame
// that is refused is followed by the next.
func TestConformanceMoving(t *testing.T) {
	var kit struct {
		Network string
		Cases   []struct{ File, Expect string }
	}
	index, err := os.ReadFile(filepath.Join(hostile, "index.json"))
	if err != nil || json.Unmarshal(index, &kit) != nil {
		t.Fatal(err)
	}
	for _, c := range kit.Cases {
		if !strings.HasPrefix(c.File, "moving") {
			continue
		}
		p := newPerson(t, 1)
		p.do("open", Object{"network": kit.Network})
		if got := p.film(c.File); got != c.Expect {
			t.Errorf("%s: %s, want %s", c.File, got, c.Expect)
		}
	}
}

// film shows a file's frames, and gives the last code.
func (p *person) film(file string) (code string) {
	p.Helper()
	frames, err := os.ReadFile(filepath.Join(hostile, file)) //nolint:gosec // of the kit
	if err != nil {
		p.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(frames)), "\n") {
		got, failed := p.try("catchFrame", Object{"text": line})
		if failed != nil {
			code = failed.Code
			continue
		}
		code = "frames_missing"
		if whole, ok := got.(Object)["bytes"]; ok {
			if _, failed := p.try("read", Object{"bytes": whole}); failed != nil {
				return failed.Code
			}
			return "ok"
		}
	}
	return code
}
