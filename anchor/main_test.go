package anchor_test

import (
	"flag"
	"os"
	"testing"
)

// TestMain makes random tests try 30 times each: a bank takes its time. For a night, say -rapid.checks=1000.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "30"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
