// Package localnetcmd is `kula localnet …`: a development ledger as a process.
package localnetcmd

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"kula/cmd/kula/daemon"
	"kula/cmd/kula/say"
	"kula/localnet"
)

// Command is `kula localnet`.
type Command struct {
	Serve Serve `cmd:"" help:"Run the ledger until Ctrl-C."`
	Fault Fault `cmd:"" help:"Make the ledger misbehave, to see that nothing is lost."`
}

// Serve is `kula localnet serve`.
type Serve struct {
	Home       string        `help:"Where the ledger is kept." default:"./var/localnet" type:"path"`
	Listen     string        `help:"Address to listen on." default:"127.0.0.1:8421"`
	Passphrase string        `help:"Network passphrase." default:"Kula Localnet ; 2026"`
	CloseEvery time.Duration `help:"Time between ledgers." default:"1s"`
}

// Help shows examples.
func (Serve) Help() string {
	return `Examples:
  kula localnet serve
  kula localnet serve --home /tmp/ledger --listen 127.0.0.1:0 --json`
}

// Ready is what a server says, in JSON, once it accepts connections.
type Ready struct {
	Ready bool   `json:"ready"`
	URL   string `json:"url"`
}

// Run serves until the context ends.
func (c *Serve) Run(ctx context.Context, voice *say.Voice) error {
	group, ctx := daemon.NewGroup(ctx)
	url, err := Start(ctx, group, c)
	if err != nil {
		return err
	}
	err = voice.Result(Ready{true, url}, func() {
		voice.Line("A ledger for trying things out is running at %s", url)
		voice.Line("It behaves like the Stellar network, and its money is worth nothing. Stop it with Ctrl-C.")
	})
	if err != nil {
		return err
	}
	return group.Wait()
}

// Start opens the ledger and serves it in the group.
func Start(ctx context.Context, group *daemon.Group, c *Serve) (string, error) {
	if err := os.MkdirAll(c.Home, 0o700); err != nil {
		return "", fmt.Errorf("make %s: %w", c.Home, err)
	}
	network, err := localnet.New(localnet.Config{
		Passphrase: c.Passphrase,
		Path:       filepath.Join(c.Home, "ledger.log"),
		CloseEvery: c.CloseEvery,
		Logger:     slog.Default(),
	})
	if err != nil {
		return "", err
	}
	group.Loop("localnet", network.Run)
	group.Go(func() error {
		<-ctx.Done()
		return network.Close() // ends the streams, so that the server can stop
	})
	return group.Serve(c.Listen, network.Handler())
}

// Fault is `kula localnet fault`.
type Fault struct {
	Kind        string `arg:"" help:"What goes wrong: timeout, dropped, lost_answer, tx_bad_seq, fee_surge, reject_operation, late_ingestion, stream_cut, down; or 'none' to end all."`
	URL         string `help:"The ledger." default:"http://127.0.0.1:8421"`
	Count       int    `help:"How many times; -1 until ended."`
	Fee         int64  `help:"fee_surge: the lowest fee accepted, in stroops."`
	Destination string `help:"reject_operation: whose payments fail."`
	Code        string `help:"reject_operation: with which code." default:"op_no_trust"`
	Ledgers     uint32 `help:"late_ingestion: how many ledgers queries are behind."`
	Status      int    `help:"down: the HTTP status to answer."`
}

// Help shows examples.
func (Fault) Help() string {
	return `Examples:
  kula localnet fault timeout --count 3     answer three submissions with 504 although they are applied
  kula localnet fault down --count=-1       be unreachable until
  kula localnet fault none                   all is well again`
}

// Run tells the ledger.
func (c *Fault) Run(ctx context.Context, voice *say.Voice) error {
	method, body := http.MethodDelete, io.Reader(http.NoBody)
	if c.Kind != "none" {
		data, err := json.Marshal(localnet.Fault{Kind: localnet.FaultKind(c.Kind), Count: c.Count, Fee: c.Fee,
			Destination: c.Destination, Code: c.Code, Ledgers: c.Ledgers, Status: c.Status})
		if err != nil {
			return err
		}
		method, body = http.MethodPost, bytes.NewReader(data)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.URL+"/_faults", body)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return &say.Problem{Exit: say.NoRoute, Code: "no_route", What: "there is no ledger at " + c.URL, Next: "start one: kula localnet serve", Err: err}
	}
	defer answer.Body.Close() //nolint:errcheck // only read
	if answer.StatusCode >= http.StatusMultipleChoices {
		text, _ := io.ReadAll(io.LimitReader(answer.Body, 1024))
		return fmt.Errorf("the ledger refused: %s", text)
	}
	return voice.Result(map[string]string{"fault": c.Kind}, func() { voice.Line("Done: %s.", c.Kind) })
}

// NewServe is Serve with its defaults, for a program that runs the ledger beside something else.
func NewServe(home, listen string) *Serve {
	return &Serve{Home: home, Listen: listen, Passphrase: localnet.Passphrase, CloseEvery: time.Second}
}
