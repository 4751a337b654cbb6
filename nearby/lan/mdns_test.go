package lan

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/mdns"

	"kula/nearby"
	"kula/protocol"
)

// onNetwork reports whether this machine is on any network that carries multicast.
func onNetwork(t *testing.T) bool {
	all, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range all {
		addresses, err := i.Addrs()
		if err == nil && len(addresses) > 0 && i.Flags&net.FlagUp != 0 && i.Flags&net.FlagMulticast != 0 {
			return true
		}
	}
	return false
}

// TestDiscover: a payee that announces itself is found under its name, cleaned; on a machine without
// a network both sides are told so.
func TestDiscover(t *testing.T) {
	stop, err := Announce(Announcement{Name: "Mary\x1b[2J\u202e Kalo", Port: 4711, Addresses: []net.IP{net.IPv4(127, 0, 0, 1)}})
	if !onNetwork(t) {
		peers, wrong := Discover(context.Background(), 100*time.Millisecond, nil)
		if len(peers) > 0 || err == nil && wrong == nil {
			t.Fatal("no network, and nobody was told", peers)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	}()
	want := Peer{Name: "Mary[2J Kalo", Address: "127.0.0.1:4711", Version: nearby.Version}
	for range 5 { // answers are datagrams
		peers, err := Discover(context.Background(), time.Second, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range peers {
			if p == want {
				return
			}
		}
	}
	t.Fatal("not found")
}

func TestDiscoverCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Discover(ctx, 10*time.Millisecond, nil); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

// TestAttackAnnouncement: what strangers announce is cleaned or ignored.
func TestAttackAnnouncement(t *testing.T) {
	good := mdns.ServiceEntry{Name: "kula-1._kula._tcp.local.", AddrV4: net.IPv4(192, 168, 1, 7), Port: 7777, InfoFields: []string{"v=1", "name=Ari"}}
	if p, ok := peerOf(&good); !ok || p != (Peer{"Ari", "192.168.1.7:7777", 1}) {
		t.Fatal(p, ok)
	}
	for name, spoil := range map[string]func(*mdns.ServiceEntry){
		"another service": func(e *mdns.ServiceEntry) { e.Name = "printer._ipp._tcp.local." },
		"no address":      func(e *mdns.ServiceEntry) { e.AddrV4 = nil },
		"port zero":       func(e *mdns.ServiceEntry) { e.Port = 0 },
		"port too large":  func(e *mdns.ServiceEntry) { e.Port = 70000 },
		"no version":      func(e *mdns.ServiceEntry) { e.InfoFields = []string{"name=Ari"} },
		"no number":       func(e *mdns.ServiceEntry) { e.InfoFields = []string{"v=one"} },
	} {
		e := good
		if spoil(&e); true {
			if p, ok := peerOf(&e); ok {
				t.Errorf("%s: %v", name, p)
			}
		}
	}
	for _, c := range []struct{ said, shown string }{
		{strings.Repeat("é", 1000), strings.Repeat("é", protocol.MaxName/2)},
		{"a\r\n\tb\x00", "ab"},
		{"\u202eylla\u2066", "ylla"},
		{" \xff\xfe x ", "x"},
	} {
		if got := clean(c.said); got != c.shown {
			t.Errorf("%q is shown as %q", c.said, got)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("Mary\x1b[2J\u202e")
	f.Fuzz(func(t *testing.T, s string) {
		if c := clean(s); len(c) > protocol.MaxName || clean(c) != c {
			t.Fatalf("%q is shown as %q", s, c)
		}
	})
}
