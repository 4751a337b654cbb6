package walletfile

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"kula/internal/tinybank"
	"kula/money"
	"kula/protocol"
	"kula/wallet"
)

// A child process is this test binary again, told what to do by its environment.
const (
	childAct  = "KULA_TEST_ACT"  // what to do, in the current directory
	childFail = "KULA_TEST_FAIL" // where to be killed
)

func TestMain(m *testing.M) {
	if act := os.Getenv(childAct); act != "" {
		os.Exit(child(act))
	}
	os.Exit(m.Run())
}

// child does one act on the wallet in ./w with what lies beside it, and shows what came of it by writing
// ./out: that is what the world outside would have seen.
func child(act string) int {
	o := options()
	o.Failpoint = func(name string) error {
		if name == os.Getenv(childFail) {
			return syscall.Kill(os.Getpid(), syscall.SIGKILL)
		}
		return nil
	}
	out, err := perform(act, o)
	if err == nil {
		err = os.WriteFile("out", out, fileMode)
	}
	if err != nil {
		os.Stderr.WriteString(err.Error()) //nolint:errcheck // the parent shows it
		return 1
	}
	return 0
}

func perform(act string, o Options) ([]byte, error) {
	if act == "create" {
		_, err := Create("w", o)
		return nil, err
	}
	w, err := Open("w", o)
	if err != nil {
		return nil, err
	}
	in, err := os.ReadFile("in")
	if err != nil {
		return nil, err
	}
	b, err := w.Decode(in, protocol.MailBounds)
	if err != nil {
		return nil, err
	}
	switch act {
	case "pay":
		s, err := w.Pay(now, b, wallet.PayParams{})
		if err != nil {
			return nil, err
		}
		return s.Bundle.Encode(), nil
	case "pay on a full disk":
		return payOnFullDisk(w, b)
	case "accept":
		a, err := w.Accept(now, b)
		if err != nil {
			return nil, err
		}
		return a.Ack.Encode(), nil
	case "state":
		s, err := w.Statement(now, w.Purses()[0].ID, protocol.Hash{5})
		if err != nil {
			return nil, err
		}
		return s.Bundle.Encode(), nil
	case "absorb":
		_, err := w.Absorb(now, w.Purses()[0].ID, b, 7)
		return nil, err
	}
	return nil, errors.New("unknown act")
}

// run has a child do an act in a directory, and reports whether it was killed.
func run(t *testing.T, dir, act, failpoint string) (killed bool, said string) {
	t.Helper()
	cmd := exec.Command(must(os.Executable())(t)) //nolint:gosec // this very binary
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), childAct+"="+act, childFail+"="+failpoint)
	output, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err == nil {
		return false, ""
	}
	if !errors.As(err, &exit) {
		t.Fatal(err)
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && status.Signal() == syscall.SIGKILL, string(output)
}

var appendPoints = []string{FailBefore, FailHalf, FailWritten, FailSynced}

// scene is a bank and two wallets, closed, from which every case starts.
type scene struct {
	bank      *tinybank.Bank
	mary, tom string
	requests  [2]*protocol.Bundle // by Tom
}

func newScene(t *testing.T) *scene {
	t.Helper()
	s := &scene{bank: tinybank.New(testNetwork, 1, start), mary: filepath.Join(t.TempDir(), "mary"), tom: filepath.Join(t.TempDir(), "tom")}
	mary, tom := enrolled(t, s.bank, s.mary, "Mary", 100*money.Unit), enrolled(t, s.bank, s.tom, "Tom.", 0)
	for i := range s.requests {
		s.requests[i] = must(tom.Request(now, wallet.RequestParams{Amount: 10 * money.Unit}))(t)
	}
	check(t, errors.Join(mary.Close(), tom.Close()))
	return s
}

// stage copies a wallet to a fresh directory, beside what the child is to be shown.
func stage(t *testing.T, from string, in *protocol.Bundle) (dir, w string) {
	t.Helper()
	dir = t.TempDir()
	w = filepath.Join(dir, "w")
	copyDir(t, from, w)
	check(t, os.WriteFile(filepath.Join(dir, "in"), in.Encode(), fileMode))
	return dir, w
}

func shown(t *testing.T, dir string) bool {
	t.Helper()
	_, err := os.Stat(filepath.Join(dir, "out"))
	return err == nil
}

// TestCrashPay kills the payer at every write. Afterwards there is either nothing, or one payment that is
// honestly not yet received; paying the bill gives one payment, and the next bill the next number.
func TestCrashPay(t *testing.T) {
	s := newScene(t)
	for _, point := range appendPoints {
		t.Run(point, func(t *testing.T) {
			dir, home := stage(t, s.mary, s.requests[0])
			if killed, said := run(t, dir, "pay", point); !killed || shown(t, dir) {
				t.Fatalf("not killed before anything was shown: %s", said)
			}
			mary := reopen(t, home)
			waiting := mary.Undelivered()
			if point == FailSynced && len(waiting) != 1 || point == FailBefore && len(waiting) != 0 {
				t.Fatalf("%d payments are not yet received", len(waiting))
			}
			if (mary.Torn != nil) != (point == FailHalf) {
				t.Fatalf("torn: %v", mary.Torn)
			}
			paid := must(mary.Pay(now, s.requests[0], wallet.PayParams{}))(t)
			if paid.Again != (len(waiting) == 1) {
				t.Fatal("a payment that was written was made again")
			}
			next := must(mary.Pay(now, s.requests[1], wallet.PayParams{}))(t)
			first, second := entryOf(t, paid), entryOf(t, next)
			if !protocol.Compatible(first, second, paid.Entry, next.Entry) || second.Seq != first.Seq+1 {
				t.Fatalf("numbers %d and %d contradict each other", first.Seq, second.Seq)
			}
			_, tomHome := stage(t, s.tom, s.requests[0])
			tom := reopen(t, tomHome)
			must(tom.Accept(now, paid.Bundle))(t)
			must(tom.Accept(now, next.Bundle))(t)
		})
	}
}

func entryOf(t *testing.T, s *wallet.Signed) *protocol.Entry {
	t.Helper()
	e, ok := protocol.Find[*protocol.Entry](s.Bundle, s.Entry)
	if !ok {
		t.Fatal("no entry")
	}
	return e
}

// TestCrashAccept kills the payee at every write. The payer sends again, and there is one payment.
func TestCrashAccept(t *testing.T) {
	s := newScene(t)
	_, home := stage(t, s.mary, s.requests[0])
	paid := must(reopen(t, home).Pay(now, s.requests[0], wallet.PayParams{}))(t)
	for _, point := range appendPoints {
		t.Run(point, func(t *testing.T) {
			dir, home := stage(t, s.tom, paid.Bundle)
			if killed, said := run(t, dir, "accept", point); !killed || shown(t, dir) {
				t.Fatalf("not killed before it was acknowledged: %s", said)
			}
			tom := reopen(t, home)
			got := must(tom.Accept(now, paid.Bundle))(t)
			if point == FailSynced && !got.Again || got.GiveBack {
				t.Fatalf("%+v", got)
			}
			if b := newest(tom, now); b.Received != 10*money.Unit {
				t.Fatalf("received %v", b.Received)
			}
		})
	}
}

// TestCrashRefresh kills the wallet at every write of a refresh: of its Statement, and of the answer.
func TestCrashRefresh(t *testing.T) {
	s := newScene(t)
	for _, point := range appendPoints {
		for _, act := range []string{"state", "absorb"} {
			t.Run(act+" "+point, func(t *testing.T) {
				_, home := stage(t, s.mary, s.requests[0])
				mary := must(Open(home, options()))(t)
				purse := mary.Purses()[0].ID
				reply := protocol.NewBundle(testNetwork)
				if act == "absorb" {
					must(mary.Statement(now, purse, protocol.Hash{5}))(t)
					reply = s.bank.Sync(purse, must(mary.Outbox(purse))(t), now)
				}
				check(t, mary.Close())
				dir, home := stage(t, home, reply)
				if killed, said := run(t, dir, act, point); !killed {
					t.Fatalf("not killed: %s", said)
				}
				after := reopen(t, home)
				state := must(after.Statement(now, purse, protocol.Hash{5}))(t)
				if again := act == "absorb" || point == FailSynced; again && !state.Again {
					t.Fatal("one challenge, two Statements")
				}
				news := must(after.Absorb(now, purse, s.bank.Sync(purse, must(after.Outbox(purse))(t), now), 7))(t)
				if len(news.Problems) != 0 || newest(after, now).Spendable != 100*money.Unit {
					t.Fatalf("%+v %+v", news, newest(after, now))
				}
			})
		}
	}
}

// TestCrashCreate kills the making of a wallet. Trying again makes it, or finds it made.
func TestCrashCreate(t *testing.T) {
	for _, point := range []string{FailKeys, FailJournal, FailCreated} {
		dir := t.TempDir()
		if killed, said := run(t, dir, "create", point); !killed {
			t.Fatalf("not killed: %s", said)
		}
		home := filepath.Join(dir, "w")
		if Exists(home) != (point == FailCreated) {
			t.Fatalf("%s: exists: %v", point, Exists(home))
		}
		made := Create
		if Exists(home) {
			made = Open
		}
		w := must(made(home, options()))(t)
		must(w.NewKey(now))(t)
		check(t, w.Close())
	}
}

// payOnFullDisk lets the journal grow by no more than a few bytes: the write fails half-way, in earnest.
func payOnFullDisk(w *Wallet, request *protocol.Bundle) ([]byte, error) {
	signal.Ignore(syscall.SIGXFSZ)
	full := uint64(w.journal.size) + 40 //nolint:gosec // a file's size
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: full, Max: full + 1<<20}); err != nil {
		return nil, err
	}
	if _, err := w.Pay(now, request, wallet.PayParams{}); !errors.Is(err, syscall.EFBIG) {
		return nil, errors.Join(errors.New("paid on a full disk"), err)
	}
	if len(w.Undelivered()) != 0 || newest(w, now).Spendable != 100*money.Unit {
		return nil, errors.New("a payment that failed has changed the balance")
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: full + 1<<20, Max: full + 1<<20}); err != nil {
		return nil, err
	}
	s, err := w.Pay(now, request, wallet.PayParams{}) // there is room again
	if err != nil {
		return nil, err
	}
	return s.Bundle.Encode(), nil
}

func TestCrashFullDisk(t *testing.T) {
	s := newScene(t)
	dir, home := stage(t, s.mary, s.requests[0])
	if _, said := run(t, dir, "pay on a full disk", ""); said != "" || !shown(t, dir) {
		t.Fatal(said)
	}
	mary := reopen(t, home)
	if mary.Torn != nil || len(mary.Undelivered()) != 1 || mary.Undelivered()[0].Amount != 10*money.Unit {
		t.Fatalf("%+v %v", mary.Undelivered(), mary.Torn)
	}
}

// TestCrashFailedSync: when the disk does not confirm, nobody knows what it holds. The payment is refused, and so
// is everything until the wallet is opened again and sees.
func TestCrashFailedSync(t *testing.T) {
	s := newScene(t)
	for _, point := range appendPoints {
		_, home := stage(t, s.mary, s.requests[0])
		o := options()
		failing := true
		o.Failpoint = func(name string) error {
			if failing && name == point {
				return syscall.EIO
			}
			return nil
		}
		mary := must(Open(home, o))(t)
		if _, err := mary.Pay(now, s.requests[0], wallet.PayParams{}); !errors.Is(err, syscall.EIO) {
			t.Fatalf("%s: %v", point, err)
		}
		if len(mary.Undelivered()) != 0 {
			t.Fatalf("%s: a refused payment is listed", point)
		}
		failing = false
		_, err := mary.Pay(now, s.requests[1], wallet.PayParams{})
		if broken := point == FailSynced; broken != errors.Is(err, ErrBroken) || !broken && err != nil {
			t.Fatalf("%s: then %v", point, err)
		}
		check(t, mary.Close())
		again := must(Open(home, options()))(t)
		if n := len(again.Undelivered()); n != 1 {
			t.Fatalf("%s: %d payments", point, n)
		}
		check(t, again.Close())
	}
}

// TestSecondProcess: two processes on one wallet would use one number twice.
func TestSecondProcess(t *testing.T) {
	s := newScene(t)
	dir, home := stage(t, s.mary, s.requests[0])
	mary := reopen(t, home)
	if _, said := run(t, dir, "pay", ""); !strings.Contains(said, ErrInUse.Error()) {
		t.Fatalf("a second process: %q", said)
	}
	if _, err := Open(home, options()); !errors.Is(err, ErrInUse) {
		t.Fatalf("opened twice: %v", err)
	}
	must(mary.Pay(now, s.requests[0], wallet.PayParams{}))(t)
	check(t, mary.Close())
	if _, said := run(t, dir, "pay", ""); said != "" {
		t.Fatalf("after it was closed: %q", said)
	}
}
