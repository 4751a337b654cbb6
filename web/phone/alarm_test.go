package phone

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestAlarmStays: that somebody else signs in this person's name is said until they have been to the bank, also by a
// phone that was switched off in between.
func TestAlarmStays(t *testing.T) {
	b, mary, tom := village(t)
	ann := newPerson(t, 3)
	ann.join(b, "Ann", 0)
	thief := newPerson(t, 1)
	thief.journal, thief.clock, thief.random = slices.Clone(mary.journal), mary.clock, rand.NewChaCha8([32]byte{9})
	thief.do("open", Object{"network": "phone test"})
	for payer, payee := range map[*person]*person{mary: tom, thief: ann} {
		bill := payee.do("request", Object{"amount": "1"})
		payee.do("accept", Object{"bytes": payer.do("pay", Object{"bytes": bill["bytes"]})["bytes"]})
	}
	if warned(mary, "own_purse") {
		t.Fatal("she is warned of herself")
	}
	mary.do("takeReply", Object{"bytes": ann.do("news", nil)["bytes"]})
	mary.phone = New(mary.device)
	mary.do("open", Object{"network": "phone test"})
	if !warned(mary, "own_purse") {
		t.Fatal("the warning is forgotten")
	}
}

func warned(p *person, code string) bool {
	p.Helper()
	return slices.ContainsFunc(p.do("home", nil)["warnings"].([]Object), func(w Object) bool { return w["code"] == code })
}
