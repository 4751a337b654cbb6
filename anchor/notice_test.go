package anchor_test

import (
	"testing"
)

// TestMoreCyclonesThanANoticeCanName: one a week for half a year.
func TestMoreCyclonesThanANoticeCanName(t *testing.T) {
	w := newWorld(t)
	refusals := 0
	for range 26 {
		if err := w.bank.Extend(w.ctx, w.now(), w.now()+day); err != nil {
			refused(t, err, "bad_request")
			refusals++
		}
		w.pass(7 * day)
		w.tend()
	}
	if refusals != 3 { // those of the last half year have to be remembered
		t.Fatal(refusals)
	}
	w.pass(200 * day)
	ok(t, w.bank.Extend(w.ctx, w.now(), w.now()+day))
}
