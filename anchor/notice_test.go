package anchor_test

import (
	"fmt"
	"testing"

	"kula/protocol"
)

// TestMoreReplacedPhonesThanANoticeCanName: phones are replaced for as long as the bank lives. A notice names
// those that could still pay.
func TestMoreReplacedPhonesThanANoticeCanName(t *testing.T) {
	w := newWorld(t, scratch)
	replace := func(from, to int) {
		for i := from; i < to; i++ {
			p := w.person(fmt.Sprint("phone ", i))
			p.refresh()
			ok(t, w.bank.Revoke(w.ctx, p.id, protocol.PurseID{}))
		}
	}
	named := func() int {
		_, notice, err := w.bank.Charter(w.ctx)
		ok(t, err)
		return len(notice.RevokedPurses)
	}
	replace(0, 510)
	if named() != protocol.MaxRevoked {
		t.Fatal(named())
	}
	w.pass(60*day + protocol.DefaultLifetimes().Grace + 1)
	w.tend()
	if named() != 0 {
		t.Fatal(named())
	}
	replace(510, 515)
	if named() != 5 {
		t.Fatal(named())
	}
	w.reopen()
	w.tend()
}

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
