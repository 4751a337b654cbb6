package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"

	"kula/cmd/kula/daemon"
	"kula/cmd/kula/say"
	"kula/cmd/kula/upcmd"

	"github.com/alecthomas/kong"
	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets eight scripts run side by side, however few processors there are: most of their time they wait for the
// ledger to close, and for the bank to look at it.
func TestMain(m *testing.M) {
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	testscript.Main(m, map[string]func(){"kula": main})
}

// island is a ledger and a bank that the scripts share, on loopback.
func island(t *testing.T) (*upcmd.Command, *upcmd.Running) {
	t.Helper()
	up := &upcmd.Command{Home: t.TempDir(), Listen: free(t), OperatorListen: free(t), ConsoleListen: free(t), LedgerListen: free(t), LogLevel: "error", SealWork: 10}
	ctx, cancel := context.WithCancel(context.Background())
	group, ctx := daemon.NewGroup(ctx)
	running, err := up.Start(ctx, &say.Voice{Out: io.Discard, Err: io.Discard}, group)
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		if err := group.Wait(); err != nil {
			t.Error(err)
		}
	})
	return up, running
}

func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// TestScripts plays testdata/script: what people type, and what they are told.
func TestScripts(t *testing.T) {
	up, running := island(t)
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("BANK", running.Bank.URL)
			env.Setenv("OPERATOR", running.Bank.Operator)
			env.Setenv("CONSOLE", running.Bank.Console)
			env.Setenv("LEDGER", running.Ledger)
			env.Setenv("VAR", up.Home)
			env.Setenv("SHOP", free(t))
			env.Setenv("HOME", env.WorkDir)
			return os.WriteFile(filepath.Join(env.WorkDir, "pass"), []byte("open sesame\n"), 0o600)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"person":   person,
			"give":     give,
			"onledger": onLedger,
			"field":    field,
			"examples": examples,
			"atbank":   atBank,
			"settled":  settled,
			"open":     open,
			"mute":     mute,
			"await":    await,
			"exits":    exits,
			"spoil":    spoil,
			"accuse":   accuse,
		},
	})
}

var issuing sync.Mutex

// person NAME KIND AMOUNT makes a wallet with a purse, and loads it.
func person(ts *testscript.TestScript, _ bool, args []string) {
	name, kind, amount := args[0], args[1], args[2]
	wallet := []string{"wallet", "--home", name, "--passphrase-file", "pass"}
	kula := func(args ...string) { ts.Check(ts.Exec("kula", args...)) }
	kula(append(wallet, "new", "--words-out", name+".words", "--seal-work", "10")...)
	kula(append(wallet, "enrol", ts.Getenv("BANK"), "--name", strings.ToUpper(name[:1])+name[1:], "--kind", kind, "--words-file", name+".words", "--yes")...)
	if amount == "0" {
		return
	}
	give(ts, false, []string{name, amount})
	kula(append(wallet, "load", "--amount", amount, "--words-file", name+".words", "--horizon", ts.Getenv("LEDGER"), "--wait")...)
	kula(append(wallet, "refresh")...)
}

// give NAME AMOUNT puts the bank's currency on somebody's Stellar account. It takes its turn: the issuer's
// account, as every account on the ledger, makes one payment at a time.
func give(ts *testscript.TestScript, _ bool, args []string) {
	issuing.Lock()
	defer issuing.Unlock()
	bank := ts.Getenv("VAR")
	ts.Check(ts.Exec("kula", "anchor", "give", args[1], "--home", filepath.Join(bank, "anchor"), "--passphrase-file", filepath.Join(bank, "passphrase"), "--words-file", args[0]+".words"))
}

// onledger HASH fetches a transaction from the ledger itself; the hash is read from a file.
func onLedger(ts *testscript.TestScript, neg bool, args []string) {
	answer, err := http.Get(ts.Getenv("LEDGER") + "/transactions/" + strings.TrimSpace(ts.ReadFile(args[0])))
	ts.Check(err)
	defer answer.Body.Close()
	if (answer.StatusCode == http.StatusOK) == neg {
		ts.Fatalf("the ledger answered %s", answer.Status)
	}
}

// field NAME FILE takes the first value of a JSON field from stdout and writes it to a file.
func field(ts *testscript.TestScript, _ bool, args []string) {
	_, rest, ok := strings.Cut(ts.ReadFile("stdout"), `"`+args[0]+`": "`)
	if !ok {
		ts.Fatalf("there is no %s in the last output", args[0])
	}
	value, _, _ := strings.Cut(rest, `"`)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(value), 0o600))
	ts.Setenv(strings.ToUpper(args[0]), value)
}

// examples looks at the help of every command that runs something.
func examples(ts *testscript.TestScript, _ bool, _ []string) {
	for _, leaf := range parser(&root{}).Model.Leaves(true) {
		path := strings.Fields(leaf.Path())
		if out := helpOf(ts, path); !strings.Contains(out, "Examples:") {
			ts.Fatalf("%s has no examples:\n%s", leaf.Path(), out)
		}
	}
}

// helpOf is what a command says of itself; here, for a process for each would say the same and take its time.
func helpOf(ts *testscript.TestScript, path []string) string {
	var out strings.Builder
	ended := -1
	help := parser(&root{}, kong.Writers(&out, &out), kong.Exit(func(code int) { ended = max(ended, code) }))
	_, err := help.Parse(append(path, "--help"))
	if ended != 0 {
		ts.Fatalf("%s --help ended with %d, %v:\n%s", strings.Join(path, " "), ended, err, out.String())
	}
	return out.String()
}

// atbank NAME AMOUNT waits until the bank holds that much for a wallet.
func atBank(ts *testscript.TestScript, _ bool, args []string) {
	wallet := []string{"wallet", "--home", args[0], "--passphrase-file", "pass"}
	for !strings.Contains(balanceOf(ts, wallet), `"at_bank": "`+args[1]+`"`) {
		ts.Check(ts.Exec("kula", append(wallet, "sync")...)) // waits a little when the bank says so
	}
}

// open ADDRESS waits until somebody listens there.
func open(ts *testscript.TestScript, _ bool, args []string) {
	for {
		conn, err := net.Dial("tcp", args[0])
		if err == nil {
			ts.Check(conn.Close())
			return
		}
		if !errors.Is(err, syscall.ECONNREFUSED) {
			ts.Check(err)
		}
		runtime.Gosched()
	}
}

// mute sets MUTE to a way to the ledger on which payments arrive and their answers never come back.
func mute(ts *testscript.TestScript, _ bool, _ []string) {
	ledger, err := url.Parse(ts.Getenv("LEDGER"))
	ts.Check(err)
	way := httputil.NewSingleHostReverseProxy(ledger)
	way.ModifyResponse = func(r *http.Response) error {
		if r.Request.Method == http.MethodPost {
			<-r.Request.Context().Done()
		}
		return r.Request.Context().Err()
	}
	way.ErrorLog = log.New(io.Discard, "", 0)
	server := httptest.NewServer(way)
	ts.Defer(server.Close)
	ts.Setenv("MUTE", server.URL)
}

// await FILE waits until it is there.
func await(ts *testscript.TestScript, _ bool, args []string) {
	for {
		if _, err := os.Stat(ts.MkAbs(args[0])); err == nil {
			return
		}
		runtime.Gosched()
	}
}

// settled NAME waits until everything of a wallet is settled.
func settled(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(ts.Exec("kula", "wallet", "--home", args[0], "--passphrase-file", "pass", "settle", "--wait"))
}

func balanceOf(ts *testscript.TestScript, wallet []string) string {
	ts.Check(ts.Exec("kula", append([]string{"--json"}, append(wallet, "balance")...)...))
	return ts.ReadFile("stdout")
}
