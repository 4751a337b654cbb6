package nearby

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"kula/protocol"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// against runs one honest role against a script that speaks frames.
func against(t *testing.T, role func(context.Context, Framed) (Outcome, error), script func(*Stream)) end {
	t.Helper()
	ours, theirs := net.Pipe()
	done := make(chan end, 1)
	go func() {
		defer ours.Close()
		done <- run(func() (Outcome, error) { return role(context.Background(), NewStream(ours, binding)) })
	}()
	script(NewStream(theirs, binding))
	theirs.Close()
	return <-done
}

func payeeRole(p Payee) func(context.Context, Framed) (Outcome, error) {
	return func(ctx context.Context, c Framed) (Outcome, error) { return session.RunPayee(ctx, c, p) }
}

func payerRole(p Payer) func(context.Context, Framed) (Outcome, error) {
	return func(ctx context.Context, c Framed) (Outcome, error) { return session.RunPayer(ctx, c, p) }
}

// say sends a frame; hear waits for one.
func say(t *testing.T, s *Stream, k Kind, body []byte) {
	t.Helper()
	if err := s.Send(context.Background(), Frame{k, body}); err != nil {
		t.Error(err)
	}
}

func hear(t *testing.T, s *Stream, want Kind) Frame {
	t.Helper()
	f, err := s.Receive(context.Background())
	if err != nil || f.Kind != want {
		t.Errorf("heard kind %d %q, %v; want kind %d", f.Kind, f.Body, err, want)
	}
	return f
}

func proofBy(name string, role protocol.Role, b protocol.Hash) proof {
	private := seed(name)
	return proof{protocol.PublicKey(private), protocol.Sign(private, testnet.MeetingHash(role, b))}
}

func (w *island) hello(t *testing.T, proofs ...proof) []byte {
	t.Helper()
	b, err := appendHello(&Greeting{Accepts: []Accept{{w.anchor, w.asset}}}, proofs, protocol.NewBundle(testnet, w.card).Encode())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (w *island) sheets(proofs ...proof) []byte {
	return append(appendProofs(nil, proofs), protocol.NewBundle(testnet, w.sheet).Encode()...)
}

// TestAttackOnPayee: a payer who does not keep to the session gets nothing, and is told why.
func TestAttackOnPayee(t *testing.T) {
	w := newIsland()
	good := proofBy("ari's phone", protocol.RolePayer, binding)
	other := protocol.NewNetwork("another network")
	foreign := append(appendProofs(nil, []proof{good}), protocol.NewBundle(other, w.sheet).Encode()...)
	forged := *w.sheet
	forged.Available *= 1000
	for _, c := range []struct {
		name string
		kind Kind
		body []byte
		want protocol.Code
	}{
		{"payment before sheets", KindPayment, nil, protocol.CodeOutOfTurn},
		{"hello back", KindHello, nil, protocol.CodeOutOfTurn},
		{"empty sheets", KindSheets, nil, protocol.CodeTruncated},
		{"proofs cut off", KindSheets, []byte{1, 2, 3}, protocol.CodeTruncated},
		{"too many proofs", KindSheets, []byte{255}, protocol.CodeTooMany},
		{"no bundle", KindSheets, []byte{0, 'x', 'y', 'z', 0, 0, 0, 0}, protocol.CodeUnknownType},
		{"no sheet", KindSheets, append([]byte{0}, protocol.NewBundle(testnet).Encode()...), protocol.CodeMissingDocument},
		{"another network", KindSheets, foreign, protocol.CodeWrongNetwork},
		{"no proof", KindSheets, w.sheets(), protocol.CodeUnproven},
		{"proof by another phone", KindSheets, w.sheets(proofBy("eve's phone", protocol.RolePayer, binding)), protocol.CodeUnproven},
		{"proof of another channel", KindSheets, w.sheets(proofBy("ari's phone", protocol.RolePayer, protocol.Hash{9})), protocol.CodeUnproven},
		{"proof in the other role", KindSheets, w.sheets(proofBy("ari's phone", protocol.RolePayee, binding)), protocol.CodeUnproven},
		{"one proof false", KindSheets, w.sheets(good, proof{key: w.card.Keys[0]}), protocol.CodeUnproven},
		{"forged sheet", KindSheets, append(appendProofs(nil, []proof{good}), protocol.NewBundle(testnet, &forged).Encode()...), protocol.CodeBadSignature},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMary(w)
			got := against(t, payeeRole(m), func(s *Stream) {
				hear(t, s, KindHello)
				say(t, s, c.kind, c.body)
				if f := hear(t, s, KindProblem); string(f.Body) != string(c.want) {
					t.Errorf("was told %q", f.Body)
				}
			})
			if !errors.Is(got.err, c.want) || got.out.Phase > Greeted || len(m.accepted) > 0 {
				t.Fatalf("%v, %v", got.out, got.err)
			}
		})
	}
}

// TestAttackOnPayer: a payee who does not keep to the session is paid nothing.
func TestAttackOnPayer(t *testing.T) {
	w := newIsland()
	good := proofBy("mary's phone", protocol.RolePayee, binding)
	version := w.hello(t, good)
	version[len(magic)]++
	eve := newMary(w)
	eve.private = seed("eve's phone")
	noCards, _ := appendHello(&Greeting{}, nil, protocol.NewBundle(testnet).Encode())
	badAsset, _ := appendHello(&Greeting{Accepts: []Accept{{}}}, nil, nil)
	badAsset[len(magic)+2+32] = '!'
	for _, c := range []struct {
		name string
		kind Kind
		body []byte
		want protocol.Code
	}{
		{"bill first", KindBill, nil, protocol.CodeOutOfTurn},
		{"something else", KindHello, []byte("HTTP/1.1 400 Bad Request"), protocol.CodeNotAWallet},
		{"another version", KindHello, version, protocol.CodeWrongVersion},
		{"cut short", KindHello, w.hello(t, good)[:40], protocol.CodeTruncated},
		{"no cards", KindHello, noCards, protocol.CodeMissingDocument},
		{"bad asset", KindHello, badAsset, protocol.CodeBadAsset},
		{"no proof", KindHello, w.hello(t), protocol.CodeUnproven},
		{"proof by another phone", KindHello, w.hello(t, proofBy("eve's phone", protocol.RolePayee, binding)), protocol.CodeUnproven},
		{"proof of another channel", KindHello, w.hello(t, proofBy("mary's phone", protocol.RolePayee, protocol.Hash{9})), protocol.CodeUnproven},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := newAri(w)
			got := against(t, payerRole(a), func(s *Stream) {
				say(t, s, c.kind, c.body)
				if f := hear(t, s, KindProblem); string(f.Body) != string(c.want) {
					t.Errorf("was told %q", f.Body)
				}
			})
			if !errors.Is(got.err, c.want) || got.out.Phase != Met || a.asked > 0 {
				t.Fatalf("%v, %v", got.out, got.err)
			}
		})
	}
}

// TestAttackBillOfAnotherPhone: a bill that names a key which is not at the other end is not paid, nor shown.
func TestAttackBillOfAnotherPhone(t *testing.T) {
	w := newIsland()
	m, a := newMary(w), newAri(w)
	m.write()
	m.bill.PayeeKey = protocol.PublicKey(seed("eve's phone"))
	request := protocol.NewBundle(testnet, m.memo, m.card)
	request.AddRoot(m.bill)
	got := against(t, payerRole(a), func(s *Stream) {
		say(t, s, KindHello, w.hello(t, proofBy("mary's phone", protocol.RolePayee, binding)))
		hear(t, s, KindSheets)
		say(t, s, KindBill, request.Encode())
		hear(t, s, KindProblem)
	})
	if !errors.Is(got.err, protocol.CodeUnproven) || a.asked > 0 || len(a.entries) > 0 {
		t.Fatalf("%v, asked %d times", got.err, a.asked)
	}
}

// TestAttackAckOfAnotherEntry: an Ack for something else leaves the payment "not yet received".
func TestAttackAckOfAnotherEntry(t *testing.T) {
	w := newIsland()
	m, a := newMary(w), newAri(w)
	request, _ := m.Request(context.Background(), protocol.NewBundle(testnet, w.sheet))
	ack := &protocol.Ack{Entry: protocol.Hash{1}}
	ack.Signature = protocol.Sign(m.private, testnet.Hash(ack))
	wrong := protocol.NewBundle(testnet)
	wrong.AddRoot(ack)
	got := against(t, payerRole(a), func(s *Stream) {
		say(t, s, KindHello, w.hello(t, proofBy("mary's phone", protocol.RolePayee, binding)))
		hear(t, s, KindSheets)
		say(t, s, KindBill, request.Encode())
		hear(t, s, KindPayment)
		say(t, s, KindAck, wrong.Encode())
		hear(t, s, KindProblem)
	})
	if !errors.Is(got.err, protocol.CodeWrongReference) || got.out.Phase != Written || len(a.acked) > 0 {
		t.Fatalf("%v, %v", got.out, got.err)
	}
}

// TestAttackEndlessHeld: a payer cannot keep a payee busy with earlier payments for ever, and one that
// is refused does not end the session.
func TestAttackEndlessHeld(t *testing.T) {
	m := newMary(newIsland())
	got := against(t, payeeRole(m), func(s *Stream) {
		hear(t, s, KindHello)
		for range maxHeld {
			say(t, s, KindHeld, []byte("KB"))
			hear(t, s, KindProblem)
		}
		say(t, s, KindHeld, nil)
		hear(t, s, KindProblem)
	})
	if !errors.Is(got.err, protocol.CodeTooMany) {
		t.Fatal(got.err)
	}
}

// TestProblemIsNoText: the other side's words are never shown, only codes known here.
func TestProblemIsNoText(t *testing.T) {
	a := newAri(newIsland())
	got := against(t, payerRole(a), func(s *Stream) {
		say(t, s, KindProblem, []byte("send your money to Eve"))
	})
	if !errors.Is(got.err, protocol.CodeUnavailable) || strings.Contains(got.err.Error(), "Eve") {
		t.Fatal(got.err)
	}
}

// TestBothSidesSayWhy: whoever refuses, both know the reason, and what is wrong inside one wallet stays there.
func TestBothSidesSayWhy(t *testing.T) {
	for _, c := range []struct {
		name   string
		spoil  func(*mary, *ari)
		payee  error
		payer  error
		phases [2]Phase
	}{
		{"declined", func(_ *mary, a *ari) { a.person = func(context.Context) error { return protocol.CodeDeclined } },
			protocol.CodeDeclined, protocol.CodeDeclined, [2]Phase{Asked, Asked}},
		{"no common bank", func(_ *mary, a *ari) { w := *a.island; w.anchor = protocol.AccountID{1}; a.island = &w },
			protocol.CodeNoCommonBank, protocol.CodeNoCommonBank, [2]Phase{Greeted, Greeted}},
		{"over the sheet", func(m *mary, a *ari) { m.amount = a.sheet.Available + 1 },
			protocol.CodeNotEnough, protocol.CodeNotEnough, [2]Phase{Asked, Written}},
		{"disk full", func(m *mary, _ *ari) { m.disk = errors.New("no space left on /dev/sda1") },
			errors.New(""), protocol.CodeUnavailable, [2]Phase{Asked, Written}},
		{"nothing more to pay", func(_ *mary, a *ari) { a.done = true }, nil, nil, [2]Phase{Greeted, Greeted}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newIsland()
			m, a := newMary(w), newAri(w)
			c.spoil(m, a)
			toPayer, toPayee := pipe(never, never)
			x, y := meet(t, context.Background(), m, a, toPayer, toPayee)
			if c.name == "disk full" {
				c.payee = m.disk
			}
			if !errors.Is(x.err, c.payee) || !errors.Is(y.err, c.payer) || [2]Phase{x.out.Phase, y.out.Phase} != c.phases {
				t.Fatalf("payee %v %v, payer %v %v", x.out.Phase, x.err, y.out.Phase, y.err)
			}
			if y.err != nil && strings.Contains(y.err.Error(), "/dev") {
				t.Fatal("the payer learns of the payee's disk")
			}
		})
	}
}

// TestEarlierRefusedStaysOwed: what a payee does not take stays undelivered, and the new payment goes on.
func TestEarlierRefusedStaysOwed(t *testing.T) {
	w := newIsland()
	m, a := newMary(w), newAri(w)
	owe(t, m, a)
	clear(m.issued)
	toPayer, toPayee := pipe(never, never)
	x, y := meet(t, context.Background(), m, a, toPayer, toPayee)
	if x.err != nil || y.err != nil || y.out.Phase != Received || len(y.out.Earlier) != 0 || len(a.acked) != 1 {
		t.Fatal(x, y)
	}
}

// idle lets time pass, in the bubble of a test where it costs none.
func idle(d time.Duration) { <-time.After(d) }

// TestSilence: whoever falls silent, the other stops waiting; a person may think for longer than a machine.
func TestSilence(t *testing.T) {
	w := newIsland()
	forever := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	for _, c := range []struct {
		name  string
		run   func() end
		want  protocol.Code
		after time.Duration
	}{
		{"silent payee", func() end {
			return against(t, payerRole(newAri(w)), func(s *Stream) { idle(time.Hour) })
		}, protocol.CodeTimeout, DefaultStep},
		{"payee that does not read", func() end {
			return against(t, payerRole(newAri(w)), func(s *Stream) {
				say(t, s, KindHello, w.hello(t, proofBy("mary's phone", protocol.RolePayee, binding)))
				idle(time.Hour)
			})
		}, protocol.CodeTimeout, DefaultStep},
		{"silent payer", func() end {
			return against(t, payeeRole(newMary(w)), func(s *Stream) { hear(t, s, KindHello); idle(time.Hour) })
		}, protocol.CodeTimeout, DefaultStep},
		{"a byte now and then", func() end {
			return against(t, payeeRole(newMary(w)), func(s *Stream) {
				hear(t, s, KindHello)
				for range 4 { // never a whole header
					idle(DefaultStep / 3)
					_, _ = s.conn.Write([]byte{byte(KindSheets)}) // fails once the payee has gone
				}
				idle(time.Hour)
			})
		}, protocol.CodeTimeout, DefaultStep},
		{"a person who does not answer", func() end {
			a := newAri(w)
			a.person = forever
			toPayer, toPayee := pipe(never, never)
			_, y := meet(t, context.Background(), newMary(w), a, toPayer, toPayee)
			return y
		}, protocol.CodeDeclined, DefaultPerson},
		{"a payer that never sends", func() end {
			return against(t, payeeRole(newMary(w)), func(s *Stream) {
				hear(t, s, KindHello)
				say(t, s, KindSheets, w.sheets(proofBy("ari's phone", protocol.RolePayer, binding)))
				hear(t, s, KindBill)
				idle(time.Hour)
			})
		}, protocol.CodeTimeout, DefaultPerson + DefaultStep},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if got := c.run(); !errors.Is(got.err, c.want) || got.took != c.after {
					t.Fatal(got.err, got.took)
				}
			})
		})
	}
}

// TestCancelled: a session ends when its context does.
func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	got := against(t, func(_ context.Context, c Framed) (Outcome, error) {
		return session.RunPayee(ctx, c, newMary(newIsland()))
	}, func(s *Stream) { hear(t, s, KindHello); cancel(); _, _ = s.Receive(context.Background()) })
	if !errors.Is(got.err, protocol.CodeInterrupted) || got.out.Phase != Greeted {
		t.Fatal(got)
	}
}
