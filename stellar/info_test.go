package stellar_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/stellar/go-stellar-sdk/keypair"
	"github.com/stellar/go-stellar-sdk/network"

	"kula/money"
	"kula/protocol"
	"kula/stellar"
)

func info() *stellar.Info {
	key := keypair.MustRandom().Address()
	return &stellar.Info{
		NetworkPassphrase: network.TestNetworkPassphrase, Accounts: []string{key}, SigningKey: key,
		WebAuthEndpoint: "https://bank.example/auth", OfflinePaymentServer: "https://bank.example",
		Documentation: stellar.OrgInfo{Name: `Bank of "Ambae" \ Co`, URL: "https://bank.example"},
		Currencies:    []stellar.Currency{{Code: "VUV", Issuer: key, DisplayDecimals: 2}},
	}
}

func TestInfoIsServedAndRead(t *testing.T) {
	want := info()
	file, err := want.Encode()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var err error
		switch r.URL.Path {
		case "/.well-known/stellar.toml":
			_, err = w.Write(append(file, "\nTRANSFER_SERVER = \"https://bank.example/sep6\"\n[[VALIDATORS]]\nALIAS = \"x\"\n"...))
		case "/long/.well-known/stellar.toml":
			_, err = w.Write([]byte(strings.Repeat("# a comment\n", 10_000)))
		default:
			http.NotFound(w, r)
		}
		if err != nil {
			t.Error(err)
		}
	}))
	defer server.Close()
	got, err := stellar.FetchInfo(t.Context(), nil, server.URL)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v: read\n%+v, written\n%+v", err, got, want)
	}
	for _, bad := range []string{"/long", "/missing"} {
		if _, err := stellar.FetchInfo(t.Context(), nil, server.URL+bad); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
	service, err := got.Service("bank.example", network.TestNetworkPassphrase, nil)
	if err != nil || service.SigningKey != want.SigningKey || service.Endpoint != want.WebAuthEndpoint {
		t.Errorf("service %+v, %v", service, err)
	}
	if _, err := got.Service("bank.example", network.PublicNetworkPassphrase, nil); !errors.Is(err, stellar.ErrInfo) {
		t.Errorf("the wrong network: %v", err)
	}
}

func TestInfoThatIsNone(t *testing.T) {
	for name, change := range map[string]func(*stellar.Info){
		"no server":     func(i *stellar.Info) { i.OfflinePaymentServer = "" },
		"no network":    func(i *stellar.Info) { i.NetworkPassphrase = "" },
		"no signing in": func(i *stellar.Info) { i.WebAuthEndpoint = "" },
		"no key":        func(i *stellar.Info) { i.SigningKey = "" },
		"anybody's key": func(i *stellar.Info) { i.SigningKey = protocol.AccountID{1}.String() },
	} {
		i := info()
		change(i)
		file, err := i.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := stellar.ParseInfo(file); !errors.Is(err, stellar.ErrInfo) {
			t.Errorf("%s: %v", name, err)
		}
	}
	good, err := info().Encode()
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "not = [toml", "<html></html>", "ACCOUNTS = 5", strings.Repeat("# a comment\n", 10_000) + string(good)} {
		if _, err := stellar.ParseInfo([]byte(text)); !errors.Is(err, stellar.ErrInfo) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestPayLink(t *testing.T) {
	issuer := keypair.MustRandom()
	key, err := protocol.ParseAccount(issuer.Address())
	if err != nil {
		t.Fatal(err)
	}
	vuv, err := money.NewAsset("VUV", key)
	if err != nil {
		t.Fatal(err)
	}
	memo := uint64(42)
	link := stellar.PayLink{
		Destination: issuer.Address(), Asset: vuv, Amount: 125_000_000, MemoID: &memo,
		Message: "Load Ana's purse & go", Passphrase: network.TestNetworkPassphrase,
	}.String()
	query, found := strings.CutPrefix(link, "web+stellar:pay?")
	if !found || strings.ContainsAny(link, "+ ") && strings.Contains(query, "+") {
		t.Fatalf("link %s", link)
	}
	got, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	want := url.Values{
		"destination": {issuer.Address()}, "asset_code": {"VUV"}, "asset_issuer": {issuer.Address()}, "amount": {"12.5"},
		"memo": {"42"}, "memo_type": {"MEMO_ID"}, "msg": {"Load Ana's purse & go"}, "network_passphrase": {network.TestNetworkPassphrase},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("link says\n%v, want\n%v", got, want)
	}
	plain := stellar.PayLink{Destination: issuer.Address(), Passphrase: network.PublicNetworkPassphrase}.String()
	if plain != "web+stellar:pay?destination="+issuer.Address() {
		t.Errorf("link %s", plain)
	}
}
