package sim

import (
	"fmt"
	"strconv"

	"kula/money"
)

// Config says what island to simulate. The same Config gives the same Result, byte for byte, but for the
// fields marked so.
type Config struct {
	People  int     `json:"people"`
	Days    int     `json:"days"`
	Seed    uint64  `json:"seed"`
	Cheats  int     `json:"cheats"`
	News    bool    `json:"news"`
	Pattern Pattern `json:"pattern"`

	Dir      string              `json:"-"` // for scratch files, which are removed at the end; empty: the system's
	Progress func(done, all int) `json:"-"` // called once each virtual day; nil: not at all
	Stop     <-chan struct{}     `json:"-"` // ends the run when it is closed; nil: never
	Break    Break               `json:"-"` // for tests of the checker: what to break on purpose
}

// Pattern names who meets whom.
type Pattern string

// Patterns of contact.
const (
	Village   Pattern = "village"   // nearly everybody pays at home
	Market    Pattern = "market"    // half of all payments are made on the island's market day
	Scattered Pattern = "scattered" // people pay anywhere
)

// Patterns lists them.
var Patterns = []Pattern{Village, Market, Scattered}

// contacts are the shares of payments made at home and on the island's market day; the rest is anywhere.
type contacts struct{ home, market float64 }

var patterns = map[Pattern]contacts{
	Village:   {home: 0.90, market: 0.08},
	Market:    {home: 0.45, market: 0.50},
	Scattered: {home: 0.10, market: 0.05},
}

// Bounds of what can be simulated here.
const (
	minPeople = 10
	maxPeople = 50_000
	maxDays   = 3650
)

func (c *Config) check() error {
	_, known := patterns[c.Pattern]
	switch {
	case c.People < minPeople || c.People > maxPeople:
		return fmt.Errorf("sim: people must be %d to %d", minPeople, maxPeople)
	case c.Days < 1 || c.Days > maxDays:
		return fmt.Errorf("sim: days must be 1 to %d", maxDays)
	case c.Cheats < 0 || 2*c.Cheats > c.People/2:
		return fmt.Errorf("sim: at most every fourth person can be a cheat")
	case !known:
		return fmt.Errorf("sim: the pattern must be one of %v", Patterns)
	}
	return nil
}

// Command is the command that runs this Config again.
func (c *Config) Command() string {
	s := "kula sim --people " + strconv.Itoa(c.People) + " --days " + strconv.Itoa(c.Days) + " --seed " + strconv.FormatUint(c.Seed, 10)
	if c.Cheats > 0 {
		s += " --cheats " + strconv.Itoa(c.Cheats)
	}
	if !c.News {
		s += " --no-news"
	}
	if c.Pattern != Village {
		s += " --pattern " + string(c.Pattern)
	}
	return s
}

// Break names an invariant to be broken on purpose, so that a test sees the checker see it.
type Break string

// Ways to break the island.
const (
	BreakNothing Break = ""
	BreakReserve Break = "reserve" // money leaves the reserve past the books
	BreakJournal Break = "journal" // a phone's journal loses its last record
	BreakAccuse  Break = "accuse"  // an honest person's phone is made to sign one number twice
	BreakGift    Break = "gift"    // a purse is credited with what nobody loaded
)

const (
	second uint64 = 1
	hour          = 3600 * second
	day           = 24 * hour

	start = 1_800_000_000 / day * day // every island begins on this morning

	vatu = money.Unit // the island's money; nothing smaller changes hands
)

// Terms of the island's bank.
const (
	perBill    = 5_000 * vatu
	maxSpend   = 20_000 * vatu
	maxDepth   = 8
	guaranteed = 1_000 * vatu
	capPurse   = 5_000 * vatu

	fundPerHead = 200 * vatu // what the bank sets aside for the guarantee
)
