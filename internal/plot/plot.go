// Package plot draws plots as SVG, for pages that must open without a network and without scripts.
//
// Colours are classes of the page (a, b, c), chosen for people who see colours differently, and for light and dark;
// every line is also named at its end and has its own dashes, so that no colour is needed to read it.
package plot

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"strconv"
	"strings"
)

const (
	plotWidth  = 560.0
	plotHeight = 250.0
	marginLeft = 62.0
	marginEnd  = 116.0 // names of lines
	marginTop  = 14.0
	marginFoot = 40.0
)

// drawing is an SVG under way.
type drawing struct {
	strings.Builder
	height float64
}

func newDrawing(height float64, says string) *drawing {
	d := &drawing{height: height}
	fmt.Fprintf(d, `<svg viewBox="0 0 %.0f %.0f" role="img" aria-label="%s">`, plotWidth, height, html.EscapeString(says))
	return d
}

func (d *drawing) done() template.HTML {
	d.WriteString("</svg>")
	return template.HTML(d.String()) //nolint:gosec // all text in it was escaped
}

func (d *drawing) text(x, y float64, class, anchor, s string) {
	fmt.Fprintf(d, `<text x="%.1f" y="%.1f" class="%s" text-anchor="%s">%s</text>`, x, y, class, anchor, html.EscapeString(s))
}

func (d *drawing) line(x1, y1, x2, y2 float64, class string) {
	fmt.Fprintf(d, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" class="%s"/>`, x1, y1, x2, y2, class)
}

func (d *drawing) bar(x, y, w, h float64, class string) {
	fmt.Fprintf(d, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" class="%s"/>`, x, y, max(w, 0), max(h, 0), class)
}

// ticks are about four round numbers from 0 to at least most.
func ticks(most float64) []float64 {
	if most <= 0 {
		most = 1
	}
	step := math.Pow(10, math.Floor(math.Log10(most/4)))
	for _, k := range []float64{1, 2, 2.5, 5, 10} {
		if most/(step*k) <= 4.5 {
			step *= k
			break
		}
	}
	all := []float64{0}
	for all[len(all)-1] < most {
		all = append(all, float64(len(all))*step)
	}
	return all
}

// Short writes a number in few letters.
func Short(v float64) string {
	for _, u := range []struct {
		size float64
		name string
	}{{1e9, " bn"}, {1e6, " m"}, {1e3, " k"}} {
		if math.Abs(v) >= u.size {
			return strconv.FormatFloat(math.Round(v/u.size*10)/10, 'f', -1, 64) + u.name
		}
	}
	return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64)
}

// Whole writes a whole number with its thousands apart.
func Whole(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return s
}

// axes draws the frame for values up to most. It returns where a value stands.
func (d *drawing) axes(most, end float64, unit, foot string) func(v float64) float64 {
	all := ticks(most)
	top := all[len(all)-1]
	bottom := d.height - marginFoot
	y := func(v float64) float64 { return bottom - v/top*(bottom-marginTop) }
	for _, t := range all {
		d.line(marginLeft, y(t), end, y(t), "grid")
		d.text(marginLeft-6, y(t)+4, "tick", "end", Short(t)+unit)
	}
	d.text((marginLeft+end)/2, d.height-4, "axis", "middle", foot)
	return y
}

// Curve is one line of a plot.
type Curve struct {
	Name, Class string
	Ys          []float64
}

// Curves draws lines over days, named at their ends.
func Curves(says, unit string, days []float64, all ...Curve) template.HTML {
	d := newDrawing(plotHeight, says)
	most := 0.0
	for _, c := range all {
		for _, v := range c.Ys {
			most = max(most, v)
		}
	}
	y := d.axes(most, plotWidth-marginEnd, unit, "day")
	last := 1.0
	if len(days) > 0 {
		last = max(days[len(days)-1], 1)
	}
	x := func(day float64) float64 { return marginLeft + day/last*(plotWidth-marginEnd-marginLeft) }
	for _, t := range ticks(last) {
		if t <= last {
			d.text(x(t), d.height-marginFoot+16, "tick", "middle", Short(t))
		}
	}
	ends := spread(all, y)
	for i, c := range all {
		var points strings.Builder
		for j, v := range c.Ys {
			fmt.Fprintf(&points, "%.1f,%.1f ", x(days[j]), y(v))
		}
		fmt.Fprintf(d, `<polyline points="%s" class="line %s"/>`, points.String(), c.Class)
		d.text(plotWidth-marginEnd+6, ends[i]+4, "name "+c.Class, "start", c.Name)
	}
	return d.done()
}

// spread keeps the names at the ends of lines apart, in the order in which the lines end.
func spread(all []Curve, y func(float64) float64) []float64 {
	const apart = 15.0
	ends := make([]float64, len(all))
	order := make([]int, 0, len(all))
	for i, c := range all {
		if len(c.Ys) > 0 {
			ends[i] = y(c.Ys[len(c.Ys)-1])
		}
		at := 0
		for at < len(order) && ends[order[at]] >= ends[i] {
			at++
		}
		order = append(order[:at], append([]int{i}, order[at:]...)...)
	}
	for k := 1; k < len(order); k++ { // from the lowest line up
		ends[order[k]] = min(ends[order[k]], ends[order[k-1]]-apart)
	}
	return ends
}

// Pillar is one bar of a plot.
type Pillar struct {
	Name  string // empty: not written
	Value float64
}

// Pillars draws upright bars, each with its value.
func Pillars(says, foot string, all []Pillar) template.HTML {
	d := newDrawing(plotHeight, says)
	most := 0.0
	for _, p := range all {
		most = max(most, p.Value)
	}
	const end = plotWidth - 10
	y := d.axes(max(most*1.05, 4), end, "", foot)
	room := (end - marginLeft) / float64(max(len(all), 1))
	width := min(room*0.7, 60)
	for i, p := range all {
		middle := marginLeft + (float64(i)+0.5)*room
		d.bar(middle-width/2, y(p.Value), width, y(0)-y(p.Value), "fill a")
		d.text(middle, d.height-marginFoot+16, "tick", "middle", p.Name)
		if len(all) <= 12 {
			d.text(middle, y(p.Value)-4, "value", "middle", Short(p.Value))
		}
	}
	return d.done()
}

// Mark is a point, or a piece of a row.
type Mark struct {
	Class string
	Value float64
}

// Row is one line of a plot of rows.
type Row struct {
	Name  string
	Marks []Mark
	Limit float64 // a stroke across; negative: none
	Note  string
}

const rowHeight = 26.0

// reach is the largest number that a row needs room for.
func (r *Row) reach(stacked bool) float64 {
	sum := r.Limit
	at := 0.0
	for _, m := range r.Marks {
		at += m.Value
		if !stacked {
			at = m.Value
		}
		sum = max(sum, at)
	}
	return sum
}

// Rows draws one row for each: points beside each other, or pieces one after another.
func Rows(says, unit, foot string, stacked bool, all []Row) template.HTML {
	const left, end = 150.0, plotWidth - 34
	d := newDrawing(marginTop+rowHeight*float64(len(all))+marginFoot, says)
	most := 0.0
	for i := range all {
		most = max(most, all[i].reach(stacked))
	}
	scale := ticks(max(most, 4))
	x := func(v float64) float64 { return left + v/scale[len(scale)-1]*(end-left) }
	for _, t := range scale {
		d.line(x(t), marginTop, x(t), d.height-marginFoot, "grid")
		d.text(x(t), d.height-marginFoot+16, "tick", "middle", Short(t)+unit)
	}
	for i := range all {
		y := marginTop + rowHeight*(float64(i)+0.5)
		d.text(left-8, y+4, "tick", "end", all[i].Name)
		d.row(&all[i], stacked, y, x)
	}
	d.text((left+end)/2, d.height-4, "axis", "middle", foot)
	return d.done()
}

func (d *drawing) row(r *Row, stacked bool, y float64, x func(float64) float64) {
	at := 0.0
	for _, m := range r.Marks {
		switch {
		case stacked:
			d.bar(x(at), y-7, x(at+m.Value)-x(at), 14, "fill "+m.Class)
			at += m.Value
		case m.Value >= 0:
			d.mark(x(m.Value), y, m.Class)
		}
	}
	if r.Limit >= 0 {
		d.line(x(r.Limit), y-10, x(r.Limit), y+10, "limit")
	}
	if r.Note != "" {
		d.text(x(at)+6, y+4, "value", "start", r.Note)
	}
}

// mark draws a point: round for the phone's, square for the bank's, so that no colour is needed.
func (d *drawing) mark(x, y float64, class string) {
	if class == "b" {
		d.bar(x-5, y-5, 10, 10, "fill b")
		return
	}
	fmt.Fprintf(d, `<circle cx="%.1f" cy="%.1f" r="5.5" class="fill %s"/>`, x, y, class)
}
