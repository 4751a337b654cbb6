package fountain

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"kula/nearby/text"
	"kula/protocol"
)

func random(seed uint64, n int) []byte {
	r := rand.New(rand.NewPCG(seed, uint64(n)))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func encoder(t testing.TB, bundle []byte, symbol int) *Encoder {
	t.Helper()
	e, err := NewEncoder(bundle, symbol)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestConformanceField: the tables against multiplication done by hand.
func TestConformanceField(t *testing.T) {
	slow := func(a, b int) (p int) {
		for ; b > 0; b >>= 1 {
			if b&1 == 1 {
				p ^= a
			}
			if a <<= 1; a > 255 {
				a ^= polynomial
			}
		}
		return p
	}
	for a := range 256 {
		for b := range 256 {
			into := []byte{0x5a}
			addTimes(into, []byte{byte(a)}, byte(b))
			if want := byte(slow(a, b)); product(byte(a), byte(b)) != want || into[0] != want^0x5a {
				t.Fatalf("%d × %d", a, b)
			}
		}
		if a > 0 && product(byte(a), inverse(byte(a))) != 1 {
			t.Fatalf("1 ÷ %d", a)
		}
	}
	if MaxSize != protocol.PaymentBounds.Bytes {
		t.Error("the largest bundle is a payment")
	}
}

// TestConformanceFrames: what other implementations must make of "a", "b", "c" … 260 times.
func TestConformanceFrames(t *testing.T) {
	bundle := bytes.Repeat([]byte("abcdefghijklmnopqrstuvwxyz"), 10)
	e := encoder(t, bundle, 100)
	raw := func(n int) []byte {
		b, err := text.ParseBase45(strings.TrimPrefix(e.Frame(n), Prefix))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	digest := idOf(bundle)
	head := append(digest[:], 0, 0, 1, 4, 0)
	for n, want := range map[int][]byte{
		0:           append(append(bytes.Clone(head), 0), bundle[:100]...),
		2:           append(append(append(bytes.Clone(head), 2), bundle[200:]...), make([]byte, 40)...),
		3 + 1<<16:   raw(3),
		65536*2 + 1: append(append(bytes.Clone(head), 1), bundle[100:200]...),
	} {
		if got := raw(n); !bytes.Equal(got, want) {
			t.Errorf("frame %d is\n%x, not\n%x", n, got, want)
		}
	}
	if got := fmt.Sprintf("%x", raw(3)[:20]); got != "6f6a4460000001040003df605d4550033e3f2c6b" {
		t.Errorf("frame 3 begins %s", got)
	}
	if e.Needed() != 3 || e.Count() != 14 {
		t.Error(e.Needed(), e.Count())
	}
}

// TestAnySubset: whatever half of a film is lost, in whatever order the rest comes, and however often.
func TestAnySubset(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bundle := random(rapid.Uint64().Draw(t, "seed"), rapid.IntRange(1, 9000).Draw(t, "size"))
		e, err := NewEncoder(bundle, rapid.SampledFrom([]int{0, MinSymbol, 150, 299, 300, MaxSymbol}).Draw(t, "symbol"))
		if err != nil {
			t.Fatal(err)
		}
		order := rapid.Permutation(film(e)).Draw(t, "order")
		kept := order[:len(order)-rapid.IntRange(0, len(order)/2).Draw(t, "lost")]
		var d Decoder
		var got []byte
		last := 0.0
		for i, s := range kept {
			if i > 0 {
				if _, done, err := d.Catch(kept[i/2]); err != nil || (done != nil) != (got != nil) { // again
					t.Fatal(done != nil, err)
				}
			}
			progress, done, err := d.Catch(s)
			if err != nil || progress < last || (progress == 1) != (done != nil || got != nil) {
				t.Fatal(progress, last, err)
			}
			last = progress
			if done != nil {
				if got == nil && i+1 > e.Needed()+2 {
					t.Fatalf("%d frames for %d symbols", i+1, e.Needed())
				}
				got = done
			}
		}
		if !bytes.Equal(got, bundle) {
			t.Fatalf("%d of %d frames did not do", len(kept), len(order))
		}
	})
}

func film(e *Encoder) (texts []string) {
	for n := range e.Count() {
		texts = append(texts, e.Frame(n))
	}
	return texts
}

// TestOverhead: how many frames more than symbols it takes when only late symbols come.
func TestOverhead(t *testing.T) {
	more := 0
	for i := range 100 {
		e := encoder(t, random(uint64(i), 6800), 0)
		var d Decoder
		for n := 0; ; n++ {
			_, done, err := d.Catch(e.Frame(1000*i%60000 + e.Needed() + n))
			if err != nil {
				t.Fatal(err)
			}
			if done != nil {
				more += n + 1 - e.Needed()
				break
			}
		}
	}
	if more > 3 { // one in 256 is to be expected
		t.Errorf("%d frames too many in 100 bundles", more)
	}
}

// TestSeveralBundles: the frames of some bundles mixed, and one bundle in two sizes of symbols.
func TestSeveralBundles(t *testing.T) {
	a, b := random(1, 3000), random(2, 4000)
	films := []*Encoder{encoder(t, a, 300), encoder(t, b, 300), encoder(t, a, 200), encoder(t, b, 150)}
	var d Decoder
	got := make([][]byte, len(films))
	for n := range 60 {
		for i, e := range films {
			_, done, err := d.Catch(e.Frame(n))
			if err != nil {
				t.Fatal(err)
			}
			if done != nil {
				got[i] = done
			}
		}
	}
	for i, want := range [][]byte{a, b, a, b} {
		if !bytes.Equal(got[i], want) {
			t.Errorf("film %d was not put together", i)
		}
	}
	if len(d.open) != maxApart {
		t.Errorf("%d are kept", len(d.open))
	}
}

// forge makes a frame with a header of one's own choice.
func forge(key id, size uint32, number uint16, data []byte) string {
	b := binary.BigEndian.AppendUint32(key[:], size)
	return Prefix + text.Base45(append(binary.BigEndian.AppendUint16(b, number), data...))
}

// TestAttackMemory: whoever shows ever new bundles, or the largest, is given no more than its share.
func TestAttackMemory(t *testing.T) {
	var d Decoder
	for i := range 3000 {
		s := forge(id{byte(i), byte(i >> 8)}, MaxSize, uint16(i), random(uint64(i), MinSymbol))
		if _, _, err := d.Catch(s); err != nil {
			t.Fatal(err)
		}
	}
	if len(d.open) > maxApart {
		t.Fatalf("%d bundles are kept apart", len(d.open))
	}
	e := encoder(t, random(1, MaxSize), DefaultSymbol)
	var one Decoder
	for n := 0; one.open == nil || one.open[0].whole == nil; n++ {
		if _, _, err := one.Catch(e.Frame(n*7 + 1)); err != nil {
			t.Fatal(err)
		}
		held := 0
		for _, row := range one.open[0].rows {
			held += len(row)
		}
		if held > 219*(219+DefaultSymbol) {
			t.Fatalf("%d bytes are held", held)
		}
	}
	if one.open[0].rows != nil {
		t.Error("the rows of a whole bundle are kept")
	}
}

// TestAttackContradiction: one false frame spoils its bundle, which is said, and nothing else; shown again
// without it the bundle comes through.
func TestAttackContradiction(t *testing.T) {
	good, other := encoder(t, random(1, 3000), 0), encoder(t, random(2, 3000), 0)
	for name, c := range map[string]struct {
		number uint16
		at     int // before which frame it comes
	}{"a false symbol, first": {3, 0}, "a false symbol, in the middle": {3, 7}, "a false sum, first": {5000, 0}, "a false sum, last": {5000, 9}} {
		var d Decoder
		film := []string{}
		for n := range 10 {
			film = append(film, good.Frame(n+5))
		}
		film = append(film[:c.at], append([]string{forge(good.id, 3000, c.number, random(9, 300))}, film[c.at:]...)...)
		refused := 0
		for n, s := range film {
			if _, _, err := d.Catch(other.Frame(n)); err != nil {
				t.Fatal(name, err)
			}
			_, done, err := d.Catch(s)
			if done != nil {
				t.Fatalf("%s: a false bundle", name)
			}
			if err != nil {
				if !errors.Is(err, protocol.CodeFramesContradict) {
					t.Fatal(name, err)
				}
				refused++
			}
		}
		if refused != 1 {
			t.Errorf("%s: %d times refused", name, refused)
		}
		var got []byte
		for n := range 20 {
			if _, done, err := d.Catch(good.Frame(n)); err != nil {
				t.Fatal(name, err)
			} else if done != nil {
				got = done
			}
		}
		if !bytes.Equal(got, random(1, 3000)) {
			t.Errorf("%s: it did not come through afterwards", name)
		}
	}
	// The same number twice, with two contents, is seen at once.
	var d Decoder
	if _, _, err := d.Catch(good.Frame(4000)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.Catch(forge(good.id, 3000, 4000, random(9, 300))); !errors.Is(err, protocol.CodeFramesContradict) {
		t.Error(err)
	}
	// Filling that is not zero, or another bundle under this name.
	single := append(random(1, 200), 1)
	for _, f := range []string{forge(idOf(single[:200]), 200, 0, append(single, make([]byte, 99)...)), forge(id{1}, 300, 0, random(1, 300))} {
		if _, done, err := d.Catch(f); done != nil || !errors.Is(err, protocol.CodeFramesContradict) {
			t.Error(done, err)
		}
	}
}

func TestAttackFrame(t *testing.T) {
	data := random(1, DefaultSymbol)
	for name, c := range map[string]struct {
		text string
		want protocol.Code
	}{
		"nothing":           {"", protocol.CodeUnknownType},
		"a static code":     {text.Encode(data), protocol.CodeUnknownType},
		"small letters":     {strings.ToLower(forge(id{}, 3000, 0, data)), protocol.CodeUnknownType},
		"the prefix alone":  {Prefix, protocol.CodeTruncated},
		"half a header":     {Prefix + text.Base45(data[:7]), protocol.CodeTruncated},
		"a digit off":       {forge(id{}, 3000, 0, data) + "0", protocol.CodeBadText},
		"not base45":        {Prefix + "abc", protocol.CodeBadText},
		"a small symbol":    {forge(id{}, 3000, 0, data[:MinSymbol-1]), protocol.CodeTruncated},
		"a large symbol":    {forge(id{}, 3000, 0, random(1, MaxSymbol+1)), protocol.CodeTooLarge},
		"a very large code": {Prefix + strings.Repeat("0", 1<<20), protocol.CodeTooLarge},
		"an empty bundle":   {forge(id{}, 0, 0, data), protocol.CodeTruncated},
		"a large bundle":    {forge(id{}, MaxSize+1, 0, data), protocol.CodeTooLarge},
		"a huge bundle":     {forge(id{}, 1<<32-1, 0, data), protocol.CodeTooLarge},
	} {
		var d Decoder
		if _, done, err := d.Catch(c.text); done != nil || !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
		if len(d.open) > 0 {
			t.Errorf("%s: something is remembered for it", name)
		}
	}
	for _, size := range []int{0, MaxSize + 1} {
		if _, err := NewEncoder(make([]byte, size), 0); !errors.Is(err, protocol.CodeTooLargeQR) {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}

// FuzzCatch: no text breaks a reader, and what is taken is written in the one way.
func FuzzCatch(f *testing.F) {
	e := encoder(f, random(1, 700), MinSymbol)
	for n := range 9 {
		f.Add(e.Frame(n), e.Frame(2*n))
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		var d Decoder
		for _, s := range []string{a, b, e.Frame(1), a} {
			progress, done, err := d.Catch(s)
			if err == nil && (progress <= 0 || progress > 1 || done != nil && progress != 1) || err != nil && protocol.CodeOf(err) == "" {
				t.Fatal(progress, err)
			}
		}
		if p, err := parse(a); err == nil && p.text() != strings.TrimRight(a, "\r\n") {
			t.Fatalf("%q is written %q", a, p.text())
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	for _, size := range []int{6800, MaxSize} {
		e := encoder(b, random(1, size), 0)
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			for i := range b.N {
				e.Frame(e.Needed() + i%1000)
			}
		})
	}
}

// BenchmarkDecode: a whole bundle from sums alone, which is the most work.
func BenchmarkDecode(b *testing.B) {
	for _, c := range [][2]int{{6800, 300}, {MaxSize, 300}, {MaxSize, MinSymbol}} {
		e := encoder(b, random(1, c[0]), c[1])
		var texts []string
		for n := range e.Needed() + 10 {
			texts = append(texts, e.Frame(e.Needed()+n))
		}
		b.Run(fmt.Sprintf("%d by %d", c[0], c[1]), func(b *testing.B) {
			for range b.N {
				var d Decoder
				for n := 0; ; n++ {
					if _, done, err := d.Catch(texts[n]); err != nil || done != nil {
						break
					}
				}
			}
		})
	}
}
