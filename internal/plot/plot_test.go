package plot

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

// parses reads a drawing as XML.
func parses(t *testing.T, drawing string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(drawing))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err, drawing)
		}
	}
}

func TestEveryPlotIsWellFormedWhateverItIsGiven(t *testing.T) {
	nasty := `<script>"&`
	for _, drawing := range []string{
		string(Curves(nasty, nasty, nil)),
		string(Curves(nasty, "", []float64{0, 1}, Curve{nasty, "a", []float64{0, 0}}, Curve{"b", "b", []float64{1e12, 3}})),
		string(Pillars(nasty, nasty, nil)),
		string(Pillars("", "", []Pillar{{nasty, 0}, {"", 7}})),
		string(Rows(nasty, nasty, nasty, true, nil)),
		string(Rows("", "", "", true, []Row{{Name: nasty, Note: nasty, Limit: -1, Marks: []Mark{{"a", 3}, {"b", 4}}}})),
		string(Rows("", "", "", false, []Row{{Name: "x", Limit: 5, Marks: []Mark{{"b", 3}, {"a", -1}}}})),
	} {
		parses(t, drawing)
		if strings.Contains(drawing, "<script") || strings.Contains(drawing, "NaN") || strings.Contains(drawing, "style=") {
			t.Error(drawing)
		}
	}
}

func TestNumbersInFewLetters(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 12.34: "12.3", 999: "999", 1500: "1.5 k", 2e6: "2 m", 3.25e9: "3.3 bn"} {
		if have := Short(v); have != want {
			t.Errorf("%g: %q", v, have)
		}
	}
	if have := Whole(-1234567); have != "-1\u202f234\u202f567" {
		t.Error(have)
	}
}
