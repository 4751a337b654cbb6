// Package localnettest starts a development ledger for one test.
package localnettest

import (
	"net/http/httptest"
	"testing"

	"kula/localnet"
)

// Start serves a network in memory on a free loopback port. It closes a ledger at each submission,
// and it ends with the test.
func Start(t testing.TB) (url string, n *localnet.Network) {
	t.Helper()
	return StartWith(t, localnet.Config{})
}

// StartWith is Start with a configuration of one's own.
func StartWith(t testing.TB, cfg localnet.Config) (url string, n *localnet.Network) {
	t.Helper()
	n, err := localnet.New(cfg)
	if err != nil {
		t.Fatalf("start the network: %v", err)
	}
	server := httptest.NewServer(n.Handler())
	t.Cleanup(func() {
		if err := n.Close(); err != nil { // first: it ends the streams that the server waits for
			t.Errorf("close the network: %v", err)
		}
		server.Close()
	})
	return server.URL, n
}
