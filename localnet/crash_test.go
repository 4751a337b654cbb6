package localnet_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stellar/go-stellar-sdk/clients/horizonclient"
	"github.com/stellar/go-stellar-sdk/keypair"
	"github.com/stellar/go-stellar-sdk/protocols/horizon"

	"kula/localnet"
	"kula/localnet/localnettest"
)

const crashLog = "KULA_TEST_LOCALNET_LOG"

// TestMain turns the test binary into a network, when it is started as the process to be killed.
func TestMain(m *testing.M) {
	if path := os.Getenv(crashLog); path != "" {
		serveUntilKilled(path)
	}
	os.Exit(m.Run())
}

func serveUntilKilled(path string) {
	t := &fatal{}
	url, n := localnettest.StartWith(t, localnet.Config{Path: path, CloseEvery: 3 * time.Millisecond})
	fmt.Println(url)
	t.Fatalf("the network stopped: %v", n.Run(context.Background()))
}

// fatal is enough of a testing.TB for a process that is not a test.
type fatal struct{ testing.TB }

func (*fatal) Helper()        {}
func (*fatal) Cleanup(func()) {}
func (*fatal) Fatalf(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
	os.Exit(1)
}

// victim starts the process and returns a client of it.
func victim(t *testing.T, path string) (*exec.Cmd, *horizonclient.Client) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), crashLog+"="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the process did not start: %v", err)
	}
	client := (&horizonclient.Client{HorizonURL: strings.TrimSpace(url), HTTP: http.DefaultClient}).SetHorizonTimeout(time.Minute)
	return cmd, client
}

// TestCrashKill kills the process under load, again and again: what was answered is there
// afterwards, in the same ledger and with the same result, and it goes on.
func TestCrashKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.log")
	told := map[string]horizon.Transaction{}
	for round := range 5 {
		cmd, client := victim(t, path)
		for hash, want := range told {
			got, err := client.TransactionDetail(hash)
			if err != nil {
				t.Fatalf("round %d: a transaction that was answered is gone: %v", round, err)
			}
			if got.PT != want.PT || got.ResultXdr != want.ResultXdr || got.ResultMetaXdr != want.ResultMetaXdr {
				t.Errorf("round %d: %s was at %s and is at %s", round, hash, want.PT, got.PT)
			}
		}
		for tx := range underLoad(client, func() { _ = cmd.Process.Kill() }) {
			told[tx.Hash] = tx
		}
		_ = cmd.Wait() // it was killed: there is an error
	}
	if len(told) < 20 {
		t.Errorf("only %d transactions were answered", len(told))
	}
}

// underLoad funds accounts from several sides, kills the process in the middle, and returns what was answered.
func underLoad(client *horizonclient.Client, kill func()) <-chan horizon.Transaction {
	answered := make(chan horizon.Transaction, 1000)
	var once sync.Once
	each(4, func(int) {
		for {
			tx, err := client.Fund(keypair.MustRandom().Address())
			if err != nil {
				return
			}
			answered <- tx
			if len(answered) >= 20 {
				once.Do(kill)
			}
		}
	})
	close(answered)
	return answered
}
