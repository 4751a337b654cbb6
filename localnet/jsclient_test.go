package localnet_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"testing"

	"github.com/stellar/go-stellar-sdk/clients/horizonclient"
	"github.com/stellar/go-stellar-sdk/keypair"
)

const jsClient = "testdata/jsclient"

// TestJavaScriptClient runs the load-pay-query flow with the npm SDK as it comes from its registry.
func TestJavaScriptClient(t *testing.T) {
	installJavaScript(t)
	b := start(t)
	run := exec.CommandContext(t.Context(), "node", "main.mjs", b.url)
	run.Dir, run.Stderr = jsClient, os.Stderr
	out, err := run.Output()
	if err != nil {
		t.Fatalf("node: %v", err)
	}
	var seen struct {
		Load, Streamed, Muxed, Memo, Async, Claimable, Fee, Balance, Anchor, Issuer string

		Older   []string
		Bump    bool
		Meta    int
		Refused struct {
			Transaction string
			Operations  []string
		}
	}
	if err := json.Unmarshal(out, &seen); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	for _, c := range []struct{ what, got, want string }{
		{"the stream's transaction", seen.Streamed, seen.Load},
		{"the muxed id, beyond what a JavaScript number holds", seen.Muxed, "9007199254740993"},
		{"the memo", seen.Memo, "42"},
		{"the asynchronous answer", seen.Async, "PENDING"},
		{"the claimable amount", seen.Claimable, "10.0000000"},
		{"the fee", seen.Fee, "100"},
		{"the anchor's balance", seen.Balance, "96.0000000"},
		{"the refusal", seen.Refused.Transaction, "tx_failed"},
	} {
		if c.got != c.want {
			t.Errorf("%s is %q, want %q", c.what, c.got, c.want)
		}
	}
	if len(seen.Older) != 1 || seen.Older[0] != "create_account" || !seen.Bump || seen.Meta != 4 {
		t.Errorf("older %v, bump %v, meta version %d", seen.Older, seen.Bump, seen.Meta)
	}
	if ops := seen.Refused.Operations; len(ops) != 1 || ops[0] != "op_underfunded" {
		t.Errorf("the operations' codes are %v", ops)
	}
	anchor := b.account(keypair.MustParseAddress(seen.Anchor))
	if got := anchor.GetCreditBalance("VUV", seen.Issuer); got != seen.Balance {
		t.Errorf("the Go client sees %s, the JavaScript client %s", got, seen.Balance)
	}
	if _, err := b.client.TransactionDetail(seen.Load); err != nil {
		t.Errorf("the load: %v", horizonclient.GetError(err))
	}
}

// installJavaScript installs what the lock file names, unless `make deps` did.
func installJavaScript(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(jsClient + "/node_modules/@stellar/stellar-sdk/package.json"); !errors.Is(err, os.ErrNotExist) {
		return
	}
	install := exec.CommandContext(t.Context(), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
	install.Dir = jsClient
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
}
