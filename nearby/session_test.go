package nearby

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"kula/internal/tinybank"
	"kula/money"
	"kula/nearby/internal/phones"
	"kula/protocol"
	"kula/wallet"
)

// against runs one honest role against a script that speaks frames.
func against(t *testing.T, role func(context.Context, Framed) (Outcome, error), script func(*Stream)) end {
	t.Helper()
	ours, theirs := net.Pipe()
	done := make(chan end, 1)
	go func() {
		defer ours.Close()
		done <- run(func() (Outcome, error) { return role(ctx, NewStream(ours, binding)) })
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
	if err := s.Send(ctx, Frame{k, body}); err != nil {
		t.Error(err)
	}
}

func hear(t *testing.T, s *Stream, want Kind) Frame {
	t.Helper()
	f, err := s.Receive(ctx)
	if err != nil || f.Kind != want {
		t.Errorf("heard kind %d %q, %v; want kind %d", f.Kind, f.Body, err, want)
	}
	return f
}

// eve is a stranger's phone, at the same bank.
func eve(t testing.TB) *phones.Phone {
	return phones.At(t, tinybank.New(phones.Network, 1, phones.Start), "Eve", 3)
}

func encoded(docs ...protocol.Document) []byte {
	return protocol.NewBundle(phones.Network, docs...).Encode()
}

// TestAttackOnPayee: a payer who does not keep to the session gets nothing, and is told why.
func TestAttackOnPayee(t *testing.T) {
	mary, ari := phones.Village(t)
	his, theirs := sheet(ari), eve(t)
	good := proofBy(ari, protocol.RolePayer, binding)
	proved := func(bundle []byte) []byte { return append(appendProofs(nil, []proof{good}), bundle...) }
	foreign := protocol.NewBundle(protocol.NewNetwork("another network"), his).Encode()
	forged := *his
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
		{"no sheet", KindSheets, append([]byte{0}, encoded()...), protocol.CodeMissingDocument},
		{"another network", KindSheets, proved(foreign), protocol.CodeWrongNetwork},
		{"no proof", KindSheets, sheetsOf(his), protocol.CodeUnproven},
		{"proof by another phone", KindSheets, sheetsOf(his, proofBy(theirs, protocol.RolePayer, binding)), protocol.CodeUnproven},
		{"proof of another channel", KindSheets, sheetsOf(his, proofBy(ari, protocol.RolePayer, protocol.Hash{9})), protocol.CodeUnproven},
		{"proof in the other role", KindSheets, sheetsOf(his, proofBy(ari, protocol.RolePayee, binding)), protocol.CodeUnproven},
		{"one proof false", KindSheets, sheetsOf(his, good, proof{key: mary.Purses()[0].Key()}), protocol.CodeUnproven},
		{"one sheet of two unproved", KindSheets, proved(encoded(his, sheet(theirs))), protocol.CodeUnproven},
		{"forged sheet", KindSheets, proved(encoded(&forged)), protocol.CodeBadSignature},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := against(t, payeeRole(seller(mary)), func(s *Stream) {
				hear(t, s, KindHello)
				say(t, s, KindNews, nil)
				say(t, s, c.kind, c.body)
				if f := hear(t, s, KindProblem); string(f.Body) != string(c.want) {
					t.Errorf("was told %q", f.Body)
				}
			})
			if !errors.Is(got.err, c.want) || got.Phase > Greeted || received(mary) != 0 {
				t.Fatalf("%v, %v", got.Phase, got.err)
			}
		})
	}
}

// TestAttackOnPayer: a payee who does not keep to the session is paid nothing, and nobody is asked.
func TestAttackOnPayer(t *testing.T) {
	mary, ari := phones.Village(t)
	good := proofBy(mary, protocol.RolePayee, binding)
	version := helloOf(t, mary, good)
	version[len(magic)]++
	noCards, _ := appendHello(&Greeting{}, nil, encoded())
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
		{"cut short", KindHello, helloOf(t, mary, good)[:40], protocol.CodeTruncated},
		{"no cards", KindHello, noCards, protocol.CodeMissingDocument},
		{"bad asset", KindHello, badAsset, protocol.CodeBadAsset},
		{"no proof", KindHello, helloOf(t, mary), protocol.CodeUnproven},
		{"proof by another phone", KindHello, helloOf(t, mary, proofBy(eve(t), protocol.RolePayee, binding)), protocol.CodeUnproven},
		{"proof of another channel", KindHello, helloOf(t, mary, proofBy(mary, protocol.RolePayee, protocol.Hash{9})), protocol.CodeUnproven},
		{"proof in the other role", KindHello, helloOf(t, mary, proofBy(mary, protocol.RolePayer, binding)), protocol.CodeUnproven},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := against(t, payerRole(unwilling(t, ari)), func(s *Stream) {
				say(t, s, c.kind, c.body)
				if f := hear(t, s, KindProblem); string(f.Body) != string(c.want) {
					t.Errorf("was told %q", f.Body)
				}
			})
			if !errors.Is(got.err, c.want) || got.Phase != Met {
				t.Fatalf("%v, %v", got.Phase, got.err)
			}
		})
	}
}

// unwilling is a payer who must not even be asked.
func unwilling(t *testing.T, p *phones.Phone) *WalletPayer {
	w := buyer(p)
	w.Confirm = func(context.Context, Question) (money.Amount, error) {
		t.Error("the person was asked")
		return 0, protocol.CodeDeclined
	}
	return w
}

// TestAttackBillOfAnotherPhone: a bill that names a key which is not at the other end is not paid, nor shown.
func TestAttackBillOfAnotherPhone(t *testing.T) {
	mary, ari := phones.Village(t)
	hers, err := eve(t).Request(phones.Now, wallet.RequestParams{Amount: price})
	if err != nil {
		t.Fatal(err)
	}
	got := against(t, payerRole(unwilling(t, ari)), func(s *Stream) {
		say(t, s, KindHello, helloOf(t, mary, proofBy(mary, protocol.RolePayee, binding)))
		hear(t, s, KindNews)
		hear(t, s, KindSheets)
		say(t, s, KindNews, nil)
		say(t, s, KindBill, hers.Encode())
		hear(t, s, KindProblem)
	})
	if !errors.Is(got.err, protocol.CodeUnproven) {
		t.Fatal(got.err)
	}
}

// TestAttackFalseAck: an Ack for something else, or by somebody else, leaves the payment "not yet received".
func TestAttackFalseAck(t *testing.T) {
	stranger := eve(t)
	for name, c := range map[string]struct {
		of   func(paid protocol.Hash) protocol.Hash
		by   func(mary *phones.Phone) *phones.Phone
		want protocol.Code
	}{
		"of another entry": {func(protocol.Hash) protocol.Hash { return protocol.Hash{1} }, func(m *phones.Phone) *phones.Phone { return m }, protocol.CodeWrongReference},
		"by another phone": {func(h protocol.Hash) protocol.Hash { return h }, func(*phones.Phone) *phones.Phone { return stranger }, protocol.CodeBadSignature},
	} {
		t.Run(name, func(t *testing.T) {
			mary, ari := phones.Village(t)
			request, err := mary.Request(phones.Now, wallet.RequestParams{Amount: price})
			if err != nil {
				t.Fatal(err)
			}
			got := against(t, payerRole(buyer(ari)), func(s *Stream) {
				say(t, s, KindHello, helloOf(t, mary, proofBy(mary, protocol.RolePayee, binding)))
				hear(t, s, KindNews)
				hear(t, s, KindSheets)
				say(t, s, KindNews, nil)
				say(t, s, KindBill, request.Encode())
				hear(t, s, KindPayment)
				say(t, s, KindAck, ackBy(t, c.by(mary), c.of(ari.Undelivered()[0].Hash)))
				hear(t, s, KindProblem)
			})
			if !errors.Is(got.err, c.want) || got.Phase != Written || len(ari.Undelivered()) != 1 {
				t.Fatalf("%v, %v", got.Phase, got.err)
			}
		})
	}
}

func ackBy(t *testing.T, p *phones.Phone, entry protocol.Hash) []byte {
	t.Helper()
	ack := &protocol.Ack{Entry: entry}
	var err error
	if ack.Signature, err = p.Sign(p.Purses()[0].Key(), phones.Network.Hash(ack)); err != nil {
		t.Fatal(err)
	}
	b := protocol.NewBundle(phones.Network)
	b.AddRoot(ack)
	return b.Encode()
}

// TestAttackEndlessHeld: a payer cannot keep a payee busy with earlier payments for ever, and one that
// is refused does not end the session.
func TestAttackEndlessHeld(t *testing.T) {
	mary, _ := phones.Village(t)
	got := against(t, payeeRole(seller(mary)), func(s *Stream) {
		hear(t, s, KindHello)
		say(t, s, KindNews, nil)
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
	_, ari := phones.Village(t)
	got := against(t, payerRole(buyer(ari)), func(s *Stream) {
		say(t, s, KindProblem, []byte("send your money to Eve"))
	})
	if !errors.Is(got.err, protocol.CodeUnavailable) || strings.Contains(got.err.Error(), "Eve") {
		t.Fatal(got.err)
	}
}

// TestBothSidesSayWhy: whoever refuses, both know the reason, and what is wrong inside one wallet stays there.
func TestBothSidesSayWhy(t *testing.T) {
	disk := errors.New("no space left on /dev/sda1")
	for _, c := range []struct {
		name         string
		spoil        func(mary *phones.Phone, payee *WalletPayee, payer *WalletPayer)
		payee, payer error
		phase        Phase
	}{
		{"declined", func(_ *phones.Phone, _ *WalletPayee, p *WalletPayer) {
			p.Confirm = func(context.Context, Question) (money.Amount, error) { return 0, protocol.CodeDeclined }
		}, protocol.CodeDeclined, protocol.CodeDeclined, Asked},
		{"more than there is", func(_ *phones.Phone, p *WalletPayee, _ *WalletPayer) { p.Terms.Amount = 101 * money.Unit },
			protocol.CodeNotEnough, protocol.CodeNotEnough, Asked},
		{"a wallet's own code", func(_ *phones.Phone, p *WalletPayee, _ *WalletPayer) { p.Terms.Amount = 0 },
			protocol.CodeUnavailable, wallet.CodeNoAmount, Asked},
		{"disk full", func(m *phones.Phone, _ *WalletPayee, _ *WalletPayer) { m.Full = disk },
			disk, protocol.CodeUnavailable, Shown},
		{"nothing to pay", func(_ *phones.Phone, _ *WalletPayee, p *WalletPayer) { p.Confirm = nil }, nil, nil, Greeted},
	} {
		t.Run(c.name, func(t *testing.T) {
			mary, ari := phones.Village(t)
			payee, payer := seller(mary), buyer(ari)
			c.spoil(mary, payee, payer)
			x, y := meet(payee, payer)
			if !errors.Is(x.err, c.payee) || !errors.Is(y.err, c.payer) || y.Phase != c.phase {
				t.Fatalf("payee %v %v, payer %v %v", x.Phase, x.err, y.Phase, y.err)
			}
			if y.err != nil && strings.Contains(y.err.Error(), "/dev") {
				t.Fatal("the payer learns of the payee's disk")
			}
		})
	}
}

// TestEarlierRefusedStaysOwed: what a payee does not take stays undelivered, and the new payment goes on.
func TestEarlierRefusedStaysOwed(t *testing.T) {
	mary, ari := phones.Village(t)
	twin := mary.Copy(t) // issues a bill that Mary's phone knows nothing of
	request, err := twin.Request(phones.Now, wallet.RequestParams{Amount: money.Unit})
	if err != nil {
		t.Fatal(err)
	}
	lost, err := ari.Pay(phones.Now, request, wallet.PayParams{})
	if err != nil {
		t.Fatal(err)
	}
	x, y := meet(seller(mary), buyer(ari))
	good(t, x, y, Received)
	if owed := ari.Undelivered(); len(y.Earlier) != 0 || len(owed) != 1 || owed[0].Hash != lost.Entry || received(mary) != price {
		t.Fatal(y.Earlier, owed, received(mary))
	}
}

// idle lets time pass, in the bubble of a test where it costs none.
func idle(d time.Duration) { <-time.After(d) }

// TestSilence: whoever falls silent, the other stops waiting; a person may think for longer than a machine.
func TestSilence(t *testing.T) {
	mary, ari := phones.Village(t)
	hello := helloOf(t, mary, proofBy(mary, protocol.RolePayee, binding))
	sheets := sheetsOf(sheet(ari), proofBy(ari, protocol.RolePayer, binding))
	for _, c := range []struct {
		name  string
		run   func() end
		want  protocol.Code
		after time.Duration
	}{
		{"silent payee", func() end {
			return against(t, payerRole(buyer(ari)), func(*Stream) { idle(time.Hour) })
		}, protocol.CodeTimeout, DefaultStep},
		{"payee that does not read", func() end {
			return against(t, payerRole(buyer(ari)), func(s *Stream) { say(t, s, KindHello, hello); idle(time.Hour) })
		}, protocol.CodeTimeout, DefaultStep},
		{"silent payer", func() end {
			return against(t, payeeRole(seller(mary)), func(s *Stream) { hear(t, s, KindHello); idle(time.Hour) })
		}, protocol.CodeTimeout, DefaultStep},
		{"a byte now and then", func() end {
			return against(t, payeeRole(seller(mary)), func(s *Stream) {
				hear(t, s, KindHello)
				for range 4 { // never a whole header
					idle(DefaultStep / 3)
					_, _ = s.conn.Write([]byte{byte(KindSheets)}) // fails once the payee has gone
				}
				idle(time.Hour)
			})
		}, protocol.CodeTimeout, DefaultStep},
		{"a person who does not answer", func() end {
			payer := buyer(ari)
			payer.Confirm = func(ctx context.Context, _ Question) (money.Amount, error) { <-ctx.Done(); return 0, ctx.Err() }
			_, y := meet(seller(mary), payer)
			return y
		}, protocol.CodeDeclined, DefaultPerson},
		{"a payer that never sends", func() end {
			return against(t, payeeRole(seller(mary)), func(s *Stream) {
				hear(t, s, KindHello)
				say(t, s, KindNews, nil)
				say(t, s, KindSheets, sheets)
				hear(t, s, KindNews)
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
	mary, _ := phones.Village(t)
	soon, cancel := context.WithCancel(ctx)
	got := against(t, func(_ context.Context, c Framed) (Outcome, error) {
		return session.RunPayee(soon, c, seller(mary))
	}, func(s *Stream) { hear(t, s, KindHello); cancel(); _, _ = s.Receive(ctx) })
	if !errors.Is(got.err, protocol.CodeInterrupted) || got.Phase != Greeted {
		t.Fatal(got)
	}
}
