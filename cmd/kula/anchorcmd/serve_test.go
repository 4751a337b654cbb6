package anchorcmd

import (
	"net"
	"testing"
)

// TestConsoleIsNotInTheOpen: sessions and one-time links do not go over a network that others share, without TLS.
func TestConsoleIsNotInTheOpen(t *testing.T) {
	for _, c := range []struct {
		listen, url string
		good        bool
	}{
		{"127.0.0.1:0", "", true},
		{"127.0.0.1:0", "https://console.bank.example", true},
		{"0.0.0.0:0", "https://console.bank.example", true},
		{"0.0.0.0:0", "", false},
		{"0.0.0.0:0", "http://console.bank.example", false},
		{"[::]:0", "", false},
	} {
		l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", c.listen)
		ok(t, err)
		err = (&Serve{ConsoleURL: c.url}).guarded(l)
		_ = l.Close()
		if (err == nil) != c.good || err != nil && code(err) != "console_in_the_open" {
			t.Errorf("%s at %q: %v", c.listen, c.url, err)
		}
	}
}
