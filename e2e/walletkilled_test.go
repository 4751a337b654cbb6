package e2e

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"kula/money"
	"kula/protocol"
	"kula/wallet"
	"kula/walletfile"

	"github.com/stellar/go-stellar-sdk/keypair"
)

// What the process with the wallets is told.
const (
	lifeDir  = "KULA_TEST_LIFE" // where the wallets are
	lifeURL  = "KULA_TEST_BANK" // the bank, and its SIGNING_KEY
	lifeKill = "KULA_TEST_KILL" // the how-manieth place at which to be killed; 0: none
	lifeKeys = "KULA_TEST_KEYS" // the two accounts' seeds
)

// TestCrashWalletAtEveryWrite kills a process with two wallets, with SIGKILL, at one place after another where
// either writes: while a wallet is made and enrolled, bills, pays, accepts, acknowledges, redeems and refreshes.
// Started again, the two people do what they had not done yet. In the end each payment was made once, and both wallets and
// the bank agree.
func TestCrashWalletAtEveryWrite(t *testing.T) {
	if os.Getenv(lifeDir) != "" {
		live(t)
		return
	}
	is := settle(t, 0)
	listener := httptest.NewServer(is.server.Wallets())
	defer listener.Close()
	total, killed := 1000, 0
	// Each write has four places; steps of three come to every write, and to every kind of place.
	for n := 0; n < total; n += 3 {
		mary := is.loaded("Mary", 100*money.Unit)
		is.must(mary.Close())
		ann := keypair.MustRandom()
		run := func(kill int) (bool, string) {
			cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v") //nolint:gosec // this very binary
			cmd.Env = append(os.Environ(), lifeDir+"="+filepath.Dir(mary.dir), lifeURL+"="+listener.URL+" "+is.signing.Address(),
				lifeKill+"="+strconv.Itoa(kill), lifeKeys+"="+mary.key.Seed()+" "+ann.Seed())
			output, err := cmd.CombinedOutput()
			var exit *exec.ExitError
			if errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL {
				return true, ""
			}
			if err != nil {
				t.Fatalf("killed at place %d: %v\n%s", n, err, output)
			}
			return false, string(output)
		}
		if dead, said := run(n); dead != (n > 0) {
			t.Fatalf("place %d: killed: %v", n, dead)
		} else if !dead {
			_, places, _ := strings.Cut(said, "places: ")
			if _, err := fmt.Sscan(places, &total); err != nil {
				t.Fatal(err)
			}
			continue
		}
		killed++
		run(0)
		is.check(mary, &person{is: is, name: "Ann", dir: filepath.Join(filepath.Dir(mary.dir), "Ann"), key: ann})
	}
	t.Logf("killed %d times, in %d places", killed, total)
	if killed < 30 {
		t.Fatal("that is not every write")
	}
	is.audit()
}

// check looks at both wallets and at the bank when all is over.
func (is *island) check(mary, ann *person) {
	is.Helper()
	for _, p := range []*person{mary, ann} {
		var err error
		p.Wallet, err = walletfile.Open(p.dir, is.options())
		is.must(err)
		defer p.Close()
		p.purse = p.Purses()[0].ID
		if len(p.Purses()) != 1 || len(p.Undelivered()) != 0 {
			is.Fatalf("%s: %d purses; not received: %+v", p.name, len(p.Purses()), p.Undelivered())
		}
		paid := map[string]int{}
		for _, row := range p.History(now()) {
			if row.Act == wallet.ActPaid {
				paid[row.Memo]++
			}
		}
		want := map[*person]map[string]int{mary: {"fish": 1, "rice": 1}, ann: {"change": 1}}[p]
		if fmt.Sprint(paid) != fmt.Sprint(want) {
			is.Fatalf("%s paid for %v, want %v", p.name, paid, want)
		}
	}
	mary.spendable(75 * money.Unit)
	ann.spendable(25 * money.Unit)
}

// live is what the two people do: it can be cut off anywhere and begun again.
func live(t *testing.T) {
	bank, signing, _ := strings.Cut(os.Getenv(lifeURL), " ")
	signKey, err := keypair.ParseAddress(signing)
	is := &island{T: t, signing: signKey}
	is.must(err)
	is.network = localNetwork()
	place, kill := 0, os.Getenv(lifeKill)
	options := is.options()
	options.Failpoint = func(string) error {
		if place++; strconv.Itoa(place) == kill {
			return syscall.Kill(os.Getpid(), syscall.SIGKILL)
		}
		return nil
	}
	seeds := strings.Fields(os.Getenv(lifeKeys))
	mary, ann := is.wakes("Mary", seeds[0], bank, options), is.wakes("Ann", seeds[1], bank, options)
	ann.sells(mary, "fish", 20)
	ann.sells(mary, "rice", 10)
	ann.refresh()
	mary.sells(ann, "change", 5)
	mary.refresh()
	ann.refresh()
	t.Logf("places: %d", place)
}

// wakes opens a wallet, or makes it, and sees to it that it is enrolled.
func (is *island) wakes(name, seed, bank string, o walletfile.Options) *person {
	is.Helper()
	p := &person{is: is, name: name, dir: filepath.Join(os.Getenv(lifeDir), name), key: keypair.MustParseFull(seed), kind: protocol.Circulating}
	begin := walletfile.Open
	if !walletfile.Exists(p.dir) {
		begin = walletfile.Create
	}
	var err error
	p.Wallet, err = begin(p.dir, o)
	is.must(err)
	is.Cleanup(func() { _ = p.Close() })
	p.reach(bank, http.DefaultTransport)
	if all := p.Purses(); len(all) == 1 && all[0].Phase == wallet.PurseOpen {
		p.purse = all[0].ID
		return p
	}
	p.enrol()
	return p
}

// sells has the seller be paid for something, unless it is paid, and both hear of it.
func (p *person) sells(payer *person, what string, amount money.Amount) {
	p.is.Helper()
	var signed *wallet.Signed
	for _, row := range payer.History(now()) {
		if row.Act == wallet.ActPaid && row.Memo == what {
			var err error
			signed, err = payer.Redeliver(row.Hash)
			p.is.must(err)
		}
	}
	if signed == nil {
		signed = payer.pay(p.request(wallet.RequestParams{Amount: amount * money.Unit, Memo: what}))
	}
	payer.is.must(payer.HandedOver(now(), signed.Entry))
	payer.is.must(payer.Acknowledged(now(), p.accept(signed).Ack))
}
