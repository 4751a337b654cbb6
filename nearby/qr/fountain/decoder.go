package fountain

import (
	"bytes"
	"slices"

	"kula/protocol"
)

// maxApart is how many bundles' frames are kept apart: what was looked at before, and a neighbour's screen.
const maxApart = 4

// Decoder puts bundles together from frames. Its memory is bounded: at most maxApart bundles, each with no
// more rows than it has symbols.
type Decoder struct {
	open []*catch // the one seen last comes last
}

// Catch takes the text of one code. It says how much of that code's bundle is there, from 0 to 1, and gives
// the bundle when it is whole; and again with each frame of it, for whoever could not use it the first time. An error
// is about this frame or its bundle; others are not affected.
func (d *Decoder) Catch(s string) (progress float64, done []byte, err error) {
	f, err := parse(s)
	if err != nil {
		return 0, nil, err
	}
	c := d.of(&f.kind)
	if c.whole != nil {
		return 1, bytes.Clone(c.whole), nil
	}
	if !c.add(f) {
		return 0, nil, d.forget(c)
	}
	if c.have < len(c.rows) {
		return float64(c.have) / float64(len(c.rows)), nil, nil
	}
	if done = c.solve(); done == nil {
		return 0, nil, d.forget(c)
	}
	c.rows, c.whole = nil, done
	return 1, bytes.Clone(done), nil
}

// forget drops a bundle whose frames contradict each other: which of them is false cannot be told, so it
// begins anew.
func (d *Decoder) forget(c *catch) error {
	d.open = slices.DeleteFunc(d.open, func(o *catch) bool { return o == c })
	return refuse(protocol.CodeFramesContradict)
}

// of finds what was caught of a bundle, and makes room for it if there is nothing.
func (d *Decoder) of(k *kind) *catch {
	c := &catch{kind: *k, rows: make([][]byte, k.symbols())}
	if i := slices.IndexFunc(d.open, func(o *catch) bool { return o.kind == *k }); i >= 0 {
		c = d.open[i]
		d.open = slices.Delete(d.open, i, i+1)
	}
	if len(d.open) == maxApart {
		d.open = slices.Delete(d.open, 0, 1)
	}
	d.open = append(d.open, c)
	return c
}

// catch is a system of equations: a row is the factors of a sum of the bundle's symbols, and then the sum.
type catch struct {
	kind
	rows  [][]byte // rows[j], if there is one, has zeros before place j and a one there
	have  int
	whole []byte // the bundle, when nothing of it is missing any more
}

// add takes one more equation. It is false when it contradicts the others.
func (c *catch) add(f *frame) bool {
	count := len(c.rows)
	row := slices.Concat(factors(f.number, count), f.data)
	for j := range count {
		if row[j] == 0 {
			continue
		}
		if c.rows[j] == nil {
			scale(row[j:], inverse(row[j]))
			c.rows[j] = row
			c.have++
			return true
		}
		addTimes(row[j:], c.rows[j][j:], row[j])
	}
	return zeros(row[count:]) // it says nothing new: then it must say nothing else
}

// solve finds the symbols, the last first, and the bundle; nil when it is not the one that the id names.
func (c *catch) solve() []byte {
	count := len(c.rows)
	for j := count - 1; j >= 0; j-- {
		for i := range j {
			if factor := c.rows[i][j]; factor != 0 {
				addTimes(c.rows[i][count:], c.rows[j][count:], factor)
			}
		}
	}
	bundle := make([]byte, 0, count*c.symbol)
	for _, row := range c.rows {
		bundle = append(bundle, row[count:]...)
	}
	if !zeros(bundle[c.size:]) || idOf(bundle[:c.size]) != c.id {
		return nil
	}
	return bundle[:c.size:c.size]
}

func zeros(b []byte) bool { return len(bytes.Trim(b, "\x00")) == 0 }
