package anchorcmd

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kula/cmd/kula/say"
	"kula/protocol"
	"kula/store/sqlite"
	"kula/web/console"
	"kula/web/console/office"

	"github.com/stellar/go-stellar-sdk/keypair"
)

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func code(err error) string {
	var p *say.Problem
	if errors.As(err, &p) {
		return p.Code
	}
	return ""
}

func second[T any](_ T, err error) error { return err }

// bankOnPaper is the home of a bank that was never opened.
func bankOnPaper(t *testing.T) (Place, *protocol.Charter) {
	t.Helper()
	const passphrase = "correct horse"
	dir := t.TempDir()
	file := filepath.Join(dir, "passphrase")
	ok(t, os.WriteFile(file, []byte(passphrase+"\n"), 0o600))
	place := Place{Home: Home(filepath.Join(dir, "bank")), PassphraseFile: file}
	root, err := rootKey(place.Home, passphrase, 10)
	ok(t, err)
	made := Init{Place: place, Channels: 1, SealWork: 10}
	vault, err := made.vault(passphrase)
	ok(t, err)
	terms, err := exampleTerms(example{Issuer: keypair.MustRandom().Address(), Horizon: "http://127.0.0.1:1", Endpoint: "https://bank.example", Network: devPassphrase})
	ok(t, err)
	ok(t, writeSecret(place.Home.CharterFile(), terms))
	charter, _, err := signCharter(place.Home, root, vault, nil, time.Now().Add(-time.Hour))
	ok(t, err)
	return place, charter
}

// decided has one officer ask for a change and another approve it, as the console does.
func decided(t *testing.T, o *office.Office, store office.Store, key string, fields map[string]string) {
	t.Helper()
	args, err := json.Marshal(fields)
	ok(t, err)
	staff, err := o.Staff(t.Context())
	ok(t, err)
	r, err := o.Ask(t.Context(), office.Actor{Officer: staff[0].Officer}, office.Request{Key: key, Kind: "fee", Object: fields["charter"], Args: args, Reason: "board", Told: "a fee"})
	ok(t, err)
	ok(t, store.UpdateOffice(t.Context(), func(tx office.Tx) error {
		return o.Approve(tx, office.Actor{Officer: staff[1].Officer}, r.ID, office.Standing{May: office.Operate, Told: "a fee"})
	}))
}

// TestCharterMadeAtTheConsole goes the whole way: approved, signed elsewhere, installed; and nothing else is.
func TestCharterMadeAtTheConsole(t *testing.T) {
	place, held := bankOnPaper(t)
	network := protocol.NewNetwork(devPassphrase)
	store, err := sqlite.Open(t.Context(), place.Home.Database())
	ok(t, err)
	defer store.Close()
	o := office.New(store, time.Now)
	_, err = o.Add(t.Context(), office.Console(), "mere", office.Operate)
	ok(t, err)
	_, err = o.Add(t.Context(), office.Console(), "tomasi", office.Approve)
	ok(t, err)
	asset := held.Assets[0].Asset.CodeString() + ":" + protocol.AccountID(held.Assets[0].Asset.Issuer).String()
	fee := map[string]string{"charter": "charter 2", "asset": asset, "what": "paying in", "flat": "5", "percent": "1.25"}
	decided(t, o, store, "first", fee)
	next, err := console.NextCharter(t.Context(), o, held)
	ok(t, err)
	unsigned := filepath.Join(t.TempDir(), "charter-2.unsigned")
	ok(t, os.WriteFile(unsigned, protocol.Encode(next.Charter), 0o600))

	voice := &say.Voice{Out: io.Discard, Err: io.Discard}
	sign := func(digest string) error {
		return (&Charter{Place: place, Sign: unsigned, After: place.Home.SignedCharter(), Digest: digest}).Run(t.Context(), voice)
	}
	install := func(file string) error { return (&Charter{Place: place, Install: file}).Run(t.Context(), voice) }
	if got := code(install(unsigned)); got != "not_signed" {
		t.Error("a charter without a signature:", got)
	}
	digest := next.Digest().String()
	for _, wrong := range []string{"", digest[:31], "0000" + digest[4:]} {
		if got := code(sign(wrong)); got != "wrong_digest" {
			t.Errorf("signed with the digest %q: %s", wrong, got)
		}
	}
	ok(t, sign(digest[:4]+" "+digest[4:36]))
	told := &Charter{After: place.Home.SignedCharter()}
	if news, err := told.changed(next.Charter); err != nil || len(news) != 4 || !strings.Contains(strings.Join(news, "\n"), "1.25") {
		t.Errorf("what is new is told as %q, %v", news, err)
	}
	for what, alter := range map[string]func(*protocol.Charter){
		"a key":       func(c *protocol.Charter) { c.Keys = append(c.Keys, c.Keys[0]) },
		"the reserve": func(c *protocol.Charter) { c.Deposit[0]++ },
		"the address": func(c *protocol.Charter) { c.Endpoint = "https://elsewhere.example" },
		"lifetimes":   func(c *protocol.Charter) { c.Lifetimes.Redeem++ },
		"the serial":  func(c *protocol.Charter) { c.Serial++ },
	} {
		other := *next.Charter
		if alter(&other); code(second(told.changed(&other))) != "more_is_new" {
			t.Errorf("%s is new, and it is signed", what)
		}
	}
	later := map[string]string{"charter": "charter 2", "asset": asset, "what": "paying in", "flat": "6", "percent": "1.25"}
	decided(t, o, store, "second", later)
	if got := code(install(unsigned + ".signed")); got != "not_approved" {
		t.Error("a charter that is not the approved one:", got)
	}
	next, err = console.NextCharter(t.Context(), o, held)
	ok(t, err)
	ok(t, os.WriteFile(unsigned, protocol.Encode(next.Charter), 0o600))
	ok(t, sign(next.Digest().String()))
	ok(t, install(unsigned+".signed"))

	inForce, err := place.Home.charter()
	ok(t, err)
	ok(t, protocol.VerifyCharter(network, inForce))
	if network.Hash(inForce) != next.Digest() || inForce.Assets[0].Load.BasisPoints != 125 {
		t.Errorf("%+v", inForce)
	}
	terms, err := place.Home.terms()
	ok(t, err)
	written, err := terms.Charter(time.Unix(int64(inForce.IssuedAt), 0))
	ok(t, err)
	written.Anchor, written.Deposit, written.Keys, written.Signature = inForce.Anchor, inForce.Deposit, inForce.Keys, inForce.Signature
	if network.Hash(written) != network.Hash(inForce) {
		t.Errorf("charter.toml says something else than the charter: %+v", terms)
	}
	if got := code(install(unsigned + ".signed")); got != "not_approved" {
		t.Error("installed twice:", got)
	}
}
