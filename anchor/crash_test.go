package anchor_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/rpc"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"kula/anchor"
	"kula/anchor/anchortest"
	"kula/money"
	"kula/protocol"
	"kula/store/sqlite"
)

// The crash test kills the bank, with SIGKILL, at each place where it commits or calls the ledger,
// while many clients speak to it; starts it again; and compares what the clients were told, before and
// after, with the books and with the ledger. The ledger lives in the parent and outlives the bank.

const (
	crashEnv   = "KULA_CRASH" // the directory in which the child finds what it needs
	crashPoint = "KULA_CRASH_POINT"
)

// remoteRail is the parent's ledger as the child calls it.
type remoteRail struct{ *rpc.Client }

// Railway serves a ledger to the child.
type Railway struct{ ledger *anchortest.Ledger }

// Requests and answers that need more than one value.
type (
	PrepareArgs struct {
		Transfers []anchor.Transfer
		Memo      string
	}
	DeliverArgs struct {
		Destination string
		Asset       money.Asset
	}
	BalanceArgs struct {
		From  anchor.Source
		Asset money.Asset
	}
	IncomingArgs struct {
		Cursor string
		Limit  int
	}
	IncomingReply struct {
		In   []anchor.Incoming
		Next string
	}
)

func (r *Railway) Prepare(a PrepareArgs, out *anchor.Envelope) (err error) {
	*out, err = r.ledger.Prepare(context.Background(), a.Transfers, a.Memo)
	return err
}

func (r *Railway) Submit(e anchor.Envelope, out *anchor.Result) (err error) {
	*out, err = r.ledger.Submit(context.Background(), e)
	return err
}

func (r *Railway) Lookup(h protocol.Hash, out *anchor.Result) (err error) {
	*out, err = r.ledger.Lookup(context.Background(), h)
	return err
}

func (r *Railway) LedgerTime(_ int, out *uint64) (err error) {
	*out, err = r.ledger.LedgerTime(context.Background())
	return err
}

func (r *Railway) CanDeliver(a DeliverArgs, out *anchor.Deliverability) (err error) {
	*out, err = r.ledger.CanDeliver(context.Background(), a.Destination, a.Asset)
	return err
}

func (r *Railway) Balance(a BalanceArgs, out *money.Amount) (err error) {
	*out, err = r.ledger.Balance(context.Background(), a.From, a.Asset)
	return err
}

func (r *Railway) Incoming(a IncomingArgs, out *IncomingReply) (err error) {
	out.In, out.Next, err = r.ledger.Incoming(context.Background(), a.Cursor, a.Limit)
	return err
}

func (r remoteRail) Prepare(_ context.Context, transfers []anchor.Transfer, memo string) (out anchor.Envelope, err error) {
	return out, r.Call("Railway.Prepare", PrepareArgs{transfers, memo}, &out)
}

func (r remoteRail) Submit(_ context.Context, e anchor.Envelope) (out anchor.Result, err error) {
	return out, r.Call("Railway.Submit", e, &out)
}

func (r remoteRail) Lookup(_ context.Context, h protocol.Hash) (out anchor.Result, err error) {
	return out, r.Call("Railway.Lookup", h, &out)
}

func (r remoteRail) LedgerTime(context.Context) (out uint64, err error) {
	return out, r.Call("Railway.LedgerTime", 0, &out)
}

func (r remoteRail) CanDeliver(_ context.Context, to string, a money.Asset) (out anchor.Deliverability, err error) {
	return out, r.Call("Railway.CanDeliver", DeliverArgs{to, a}, &out)
}

func (r remoteRail) Balance(_ context.Context, from anchor.Source, a money.Asset) (out money.Amount, err error) {
	return out, r.Call("Railway.Balance", BalanceArgs{from, a}, &out)
}

func (r remoteRail) Incoming(_ context.Context, cursor string, limit int) ([]anchor.Incoming, string, error) {
	var out IncomingReply
	err := r.Call("Railway.Incoming", IncomingArgs{cursor, limit}, &out)
	return out.In, out.Next, err
}

// crash is one run of the story: a world whose bank works in another process.
type crash struct {
	*world
	dir      string
	listener net.Listener
	payments []*protocol.Payment
	ana, ben *person
	told     map[string]string // what clients were told: each thing once and for all
}

// newCrash sets the world up: people, loads that were not read yet, payments that were not brought yet.
func newCrash(t *testing.T) *crash {
	c := &crash{world: newWorld(t), dir: t.TempDir(), told: map[string]string{}}
	c.rail.Fund(c.asset, 1000)
	c.ana, c.ben = c.loaded("ana", 10_000), c.person("ben")
	shop, picky := c.personOf("shop", protocol.PayoutKind), c.personOf("picky", protocol.PayoutKind)
	c.rail.DemandMemo(account("picky").String())
	c.rail.Fail(anchortest.LostAnswer)
	for range 12 {
		c.payments = append(c.payments, c.ana.pay(c.ben.bill(100)), c.ana.pay(shop.bill(10)))
	}
	offer, err := c.bank.Unload(c.ctx, anchor.UnloadRequest{Purse: c.ana.id, Amount: 500, Destination: account("ana").String()})
	ok(t, err)
	cash, err := c.bank.Unload(c.ctx, anchor.UnloadRequest{Purse: c.ana.id, Amount: 50, Destination: anchor.ToTeller})
	ok(t, err)
	c.payments = append(c.payments, c.ana.pay(offer.Bill), c.ana.pay(cash.Bill), c.ana.pay(picky.bill(20)), c.ana.pay(c.ben.bill(9000))) // the last waits for the load
	c.rail.Pay(anchor.Incoming{From: account("sender").String(), Asset: c.asset, Amount: 1000, MemoID: c.ana.reference()})
	c.rail.Pay(anchor.Incoming{From: account("sender").String(), Asset: c.asset, Amount: 77})
	bundle := protocol.NewBundle(network)
	for _, p := range c.payments {
		bundle.Add(p.Bill)
		bundle.Add(p.Entry)
	}
	ok(t, os.WriteFile(filepath.Join(c.dir, "payments"), bundle.Encode(), 0o600))
	ok(t, c.store.Close())
	c.listen()
	return c
}

func (c *crash) listen() {
	server := rpc.NewServer()
	ok(c.t, server.Register(&Railway{c.rail}))
	var err error
	c.listener, err = new(net.ListenConfig).Listen(c.ctx, "unix", filepath.Join(c.dir, "rail"))
	ok(c.t, err)
	c.t.Cleanup(func() { _ = c.listener.Close() })
	go func() {
		for conn, err := c.listener.Accept(); err == nil; conn, err = c.listener.Accept() {
			go server.ServeConn(conn)
		}
	}()
	ok(c.t, os.Symlink(c.path, filepath.Join(c.dir, "store")))
}

// run lets the child work, until it is done or dead, and notes what it told its clients.
func (c *crash) run(point string) (killed bool) {
	c.t.Helper()
	cmd := exec.CommandContext(c.ctx, os.Args[0], "-test.run=^TestCrashChild$")
	cmd.Env = append(os.Environ(), crashEnv+"="+c.dir, crashPoint+"="+point)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL {
		killed = true
	} else if err != nil {
		c.t.Fatalf("%v\n%s", err, out.String())
	}
	for lines := bufio.NewScanner(&out); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) != 3 || fields[0] != "told" {
			continue
		}
		if before, known := c.told[fields[1]]; known && before != fields[2] {
			c.t.Fatalf("a client was told %s, and then %s, of %s", before, fields[2], fields[1])
		}
		c.told[fields[1]] = fields[2]
	}
	return killed
}

// check compares what clients were told with the books, and the books with the ledger.
func (c *crash) check() {
	c.t.Helper()
	store, err := sqlite.Open(c.ctx, c.path)
	ok(c.t, err)
	defer func() { ok(c.t, store.Close()) }()
	c.cfg.Store = store
	c.reopen()
	for _, p := range c.payments {
		receipt, _, err := c.bank.Receipt(c.ctx, p.EntryHash)
		ok(c.t, err)
		if receipt.Outcome != protocol.Honoured || c.told["receipt:"+p.EntryHash.String()] != network.Hash(receipt).String() {
			c.t.Fatalf("%+v: the client was told %q", receipt, c.told["receipt:"+p.EntryHash.String()])
		}
	}
	c.ana.holds(10_000 + 1000 + 300 - 12*110 - 500 - 50 - 20 - 9000)
	c.newPerson("picky", protocol.PayoutKind).holds(20) // could not be delivered, and was returned
	c.newPerson("dora", protocol.Circulating).holds(77) // was in suspense
	c.ben.holds(12*100 + 9000)
	for name, want := range map[string]money.Amount{"shop": 120, "ana": 500} {
		if got := c.rail.Paid(account(name).String(), c.asset); got != want {
			c.t.Fatalf("%s was paid %d on the ledger, not %d", name, got, want)
		}
	}
	c.audit()
}

// TestCrashChild is the bank at work in a process of its own; by itself it does nothing.
func TestCrashChild(t *testing.T) {
	dir := os.Getenv(crashEnv)
	if dir == "" {
		return
	}
	client, err := rpc.Dial("unix", filepath.Join(dir, "rail"))
	ok(t, err)
	path, err := os.Readlink(filepath.Join(dir, "store"))
	ok(t, err)
	w := &world{t: t, ctx: context.Background(), asset: vatu(t)}
	w.clock.Store(start)
	w.store, err = sqlite.Open(w.ctx, path)
	ok(t, err)
	w.cfg = anchor.Config{
		Network: network, Charter: w.charter(1), Signer: anchor.NewSigner(1, key("issuing")), Store: w.store, Rail: remoteRail{client},
		Treasury: account("treasury"), Rand: rand.Reader,
		Now:       func() time.Time { return time.Unix(int64(w.clock.Load()), 0) },
		Failpoint: killAt(os.Getenv(crashPoint)),
	}
	w.reopen()
	data, err := os.ReadFile(filepath.Join(dir, "payments"))
	ok(t, err)
	bundle, err := protocol.DecodeBundle(network, data, protocol.NoContext, protocol.MailBounds)
	ok(t, err)
	w.work(bundle)
	ok(t, w.store.Close())
}

// killAt kills the process when it comes to a place; "list" names the places instead.
func killAt(point string) func(string) {
	var mu sync.Mutex
	seen := map[string]bool{}
	return func(name string) {
		mu.Lock()
		defer mu.Unlock()
		if name == point {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {} // until it arrives
		}
		if point == "list" && !seen[name] {
			seen[name] = true
			tell("point:"+name, "-")
		}
	}
}

func tell(what, word string) { fmt.Println("told", what, word) }

// work has many clients bring every payment, each twice and out of order, while money comes and goes.
func (w *world) work(bundle *protocol.Bundle) {
	var all sync.WaitGroup
	for _, e := range protocol.All[*protocol.Entry](bundle) {
		bill, _ := protocol.Find[*protocol.Bill](bundle, e.Spend.Bill)
		for range 2 {
			all.Go(func() {
				w.answer(w.bring(e, bill))
			})
		}
	}
	all.Go(func() {
		ana := w.newPerson("ana", protocol.Circulating)
		slip, err := w.bank.TellerIn(w.ctx, anchor.TellerRequest{Purse: ana.id, Amount: 300, Officer: "anna", Key: "cash"})
		ok(w.t, err)
		tell("slip:cash", fmt.Sprint(slip.Number))
		_, err = w.bank.Challenge(w.ctx, ana.id)
		ok(w.t, err)
	})
	for range 4 {
		all.Go(func() {
			_, err := w.bank.Ingest(w.ctx)
			ok(w.t, err)
		})
	}
	all.Wait()
	for range 3 { // what was settled may come in again: the teller's transfer does
		w.settle()
		_, err := w.bank.Ingest(w.ctx)
		ok(w.t, err)
	}
	w.tend()
	_, err := w.bank.Books(w.ctx)
	ok(w.t, err)
	for _, e := range protocol.All[*protocol.Entry](bundle) {
		bill, _ := protocol.Find[*protocol.Bill](bundle, e.Spend.Bill)
		w.answer(w.bring(e, bill))
	}
	w.officers(bundle)
}

func (w *world) answer(reply *anchor.SyncReply) {
	for _, r := range protocol.All[*protocol.Receipt](reply.Bundle) {
		tell("receipt:"+r.Entry.String(), network.Hash(r).String())
	}
	for _, p := range protocol.All[*protocol.Payout](reply.Bundle) {
		tell("payout:"+p.Receipts[0].String(), network.Hash(p).String())
	}
}
