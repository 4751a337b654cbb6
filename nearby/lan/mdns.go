package lan

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/mdns"

	"kula/nearby"
	"kula/protocol"
)

// Service is the name under which wallets find each other.
const Service = "_kula._tcp"

// Announcement is what a waiting payee lets everybody on the network know.
type Announcement struct {
	Name      string         // shown to payers who look around; proves nothing
	Port      int            // of the Listener
	Addresses []net.IP       // nil: those of this machine, loopback aside
	Interface *net.Interface // nil: the system's choice
}

// Peer is a payee found on the network.
type Peer struct {
	Name    string `json:"name"`    // a stranger's text, cleaned
	Address string `json:"address"` // host:port, for Dial
	Version int    `json:"version"` // of the session; only nearby.Version can be met
}

var silent = log.New(io.Discard, "", 0) // the library reports every stray packet of the network

// Announce answers those who look for payees until stop is called.
func Announce(a Announcement) (stop func() error, err error) {
	if len(a.Addresses) == 0 {
		if a.Addresses, err = addresses(); err != nil {
			return nil, err
		}
	}
	// The instance is a DNS label unlike others' on this network; people see the name in TXT.
	digest := sha256.Sum256([]byte(a.Addresses[0].String() + " " + strconv.Itoa(a.Port)))
	instance := fmt.Sprintf("kula-%x", digest[:8])
	txt := []string{"v=" + strconv.Itoa(nearby.Version), "name=" + clean(a.Name)}
	zone, err := mdns.NewMDNSService(instance, Service, "", instance+".local.", a.Port, a.Addresses, txt)
	if err != nil {
		return nil, fmt.Errorf("announce: %w", err)
	}
	server, err := mdns.NewServer(&mdns.Config{Zone: zone, Iface: a.Interface, Logger: silent})
	if err != nil {
		return nil, fmt.Errorf("announce: %w", err)
	}
	return server.Shutdown, nil
}

// addresses are where others can reach this machine.
func addresses() (ips []net.IP, err error) {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		n, ok := a.(*net.IPNet)
		if ok && !n.IP.IsLoopback() && !n.IP.IsLinkLocalUnicast() {
			ips = append(ips, n.IP)
		}
	}
	if len(ips) == 0 {
		return nil, errors.New("this machine is on no network")
	}
	return ips, nil
}

// DefaultWait is how long Discover listens for answers.
const DefaultWait = 2 * time.Second

// maxPeers bounds what Discover returns.
const maxPeers = 64

// Discover looks for payees on the network for so long (zero: DefaultWait), and returns them by name.
func Discover(ctx context.Context, wait time.Duration, through *net.Interface) ([]Peer, error) {
	found := make(chan *mdns.ServiceEntry, maxPeers) // the library drops what does not fit
	query := mdns.QueryParam{Service: Service, Domain: "local", Timeout: cmp.Or(wait, DefaultWait),
		Interface: through, Entries: found, Logger: silent}
	err := mdns.QueryContext(ctx, &query)
	if err != nil { // many a hotspot knows no IPv6, and the library then asks nobody
		query.DisableIPv6 = true
		err = mdns.QueryContext(ctx, &query)
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, &nearby.Error{Code: protocol.CodeUnreachable, Where: "discover", Cause: err}
	}
	close(found)
	var peers []Peer
	for e := range found {
		if p, ok := peerOf(e); ok {
			peers = append(peers, p)
		}
	}
	slices.SortFunc(peers, func(a, b Peer) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Address, b.Address)) })
	return slices.Compact(peers), nil
}

// peerOf reads one answer, which anybody may have sent.
func peerOf(e *mdns.ServiceEntry) (Peer, bool) {
	if !strings.HasSuffix(e.Name, "."+Service+".local.") || e.Port < 1 || e.Port > 65535 {
		return Peer{}, false
	}
	var host string
	switch {
	case e.AddrV4 != nil:
		host = e.AddrV4.String()
	case e.AddrV6IPAddr != nil:
		host = e.AddrV6IPAddr.String()
	default:
		return Peer{}, false
	}
	p := Peer{Address: net.JoinHostPort(host, strconv.Itoa(e.Port))}
	for _, field := range e.InfoFields {
		key, value, _ := strings.Cut(field, "=")
		switch key {
		case "v":
			p.Version, _ = strconv.Atoi(value) // not a number: version 0, which nobody speaks
		case "name":
			p.Name = clean(value)
		}
	}
	return p, p.Version > 0
}

// clean keeps of a name what can be printed, in bounds, so that it cannot move a cursor, turn a line
// around or fill a screen.
func clean(s string) string {
	kept := strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s[:min(len(s), 4*protocol.MaxName)])
	for len(kept) > protocol.MaxName {
		_, n := utf8.DecodeLastRuneInString(kept)
		kept = kept[:len(kept)-n]
	}
	return strings.TrimSpace(kept)
}
