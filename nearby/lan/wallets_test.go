package lan

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"io"
	"net"
	"sync"
	"testing"

	"kula/internal/tinybank"
	"kula/money"
	"kula/nearby"
	"kula/nearby/internal/phones"
	"kula/protocol"
	"kula/wallet"
	"kula/walletfile"
)

// onDisk is a wallet in a directory, opened anew.
func onDisk(t *testing.T, dir string) *walletfile.Wallet {
	t.Helper()
	o := walletfile.Options{Network: phones.Network, WorkFactor: 10, Passphrase: func() (string, error) { return "three words here", nil }}
	open := walletfile.Open
	if !walletfile.Exists(dir) {
		open = walletfile.Create
	}
	w, err := open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func shut(t *testing.T, w *walletfile.Wallet) {
	t.Helper()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

var yes = func(context.Context, nearby.Question) (money.Amount, error) { return 0, nil }

// TestWalletsOnDisk: two wallets on disks meet over TCP. The first meeting is torn after the payment was
// written; both are closed; opened again, they find each other owing, and settle it without a second payment.
func TestWalletsOnDisk(t *testing.T) {
	dirs := [2]string{t.TempDir(), t.TempDir()}
	bank := tinybank.New(phones.Network, 1, phones.Start)
	for i, name := range []string{"Mary Kalo", "Ari"} {
		w := onDisk(t, dirs[i])
		account := ed25519.NewKeyFromSeed(append(make([]byte, 31), byte(i)))
		phones.Join(t, w.Wallet, bank, name, account, 100*money.Unit)
		shut(t, w)
	}
	for _, torn := range []bool{true, false} {
		mary, ari := onDisk(t, dirs[0]), onDisk(t, dirs[1])
		out, err := overTCP(t, mary.Wallet, ari.Wallet, torn)
		received := mary.Balances(phones.Now)[0].Received
		switch {
		case torn && (out.Phase != nearby.Written || err == nil || received != 0 || len(ari.Undelivered()) != 1):
			t.Fatalf("torn: %v, %v, %v received", out.Phase, err, received)
		case !torn && (err != nil || len(out.Earlier) != 1 || received != price || len(ari.Undelivered()) != 0):
			t.Fatalf("again: %v, %v, %v received", out, err, received)
		}
		shut(t, mary)
		shut(t, ari)
	}
}

// overTCP is one meeting. When torn, the payee's phone dies as the payer's person says yes; otherwise
// the payer only hands over what it owes.
func overTCP(t *testing.T, mary, ari *wallet.Wallet, torn bool) (nearby.Outcome, error) {
	t.Helper()
	session := nearby.Session{Network: phones.Network}
	shop := &nearby.WalletPayee{Wallet: mary, Now: phones.Clock, Terms: wallet.RequestParams{Amount: price}}
	dies, die := context.WithCancel(ctx)
	defer die()
	var gone sync.WaitGroup
	gone.Add(1)
	l := serve(t, Limits{}, func(ctx context.Context, c *Conn) {
		defer gone.Done()
		// What this side makes of it shows in its wallet.
		_, _ = session.RunPayee(dies, c, shop)
		c.Close()
	})
	payer := &nearby.WalletPayer{Wallet: ari, Now: phones.Clock}
	if torn {
		payer.Confirm = func(context.Context, nearby.Question) (money.Amount, error) { die(); gone.Wait(); return 0, nil }
	}
	c := dial(t, l)
	out, err := session.RunPayer(ctx, c, payer)
	c.Close()
	gone.Wait()
	return out, err
}

// TestAttackInTheMiddle: somebody who sits between two wallets, with a good handshake to each, and passes
// on every frame, is found out before anything is asked.
func TestAttackInTheMiddle(t *testing.T) {
	mary, ari := phones.Village(t)
	session := nearby.Session{Network: phones.Network}
	a, b := net.Pipe()
	c, d := net.Pipe()
	toMary, maryEnd := pair(t, a, b)
	ariEnd, toAri := pair(t, c, d)
	var all sync.WaitGroup
	pass := func(from, to *Conn) {
		for {
			f, err := from.Receive(ctx)
			if err != nil || to.Send(ctx, f) != nil {
				to.Close()
				return
			}
		}
	}
	all.Go(func() { pass(toMary, toAri) })
	all.Go(func() { pass(toAri, toMary) })
	all.Go(func() {
		defer maryEnd.Close()
		_, err := session.RunPayee(ctx, maryEnd, &nearby.WalletPayee{Wallet: mary.Wallet, Now: phones.Clock, Terms: wallet.RequestParams{Amount: price}})
		if err == nil {
			t.Error("Mary noticed nothing")
		}
	})
	out, err := session.RunPayer(ctx, ariEnd, &nearby.WalletPayer{Wallet: ari.Wallet, Now: phones.Clock, Confirm: yes})
	ariEnd.Close()
	all.Wait()
	if !errors.Is(err, protocol.CodeUnproven) || out.Phase != nearby.Met || len(ari.Undelivered()) != 0 {
		t.Fatal(out, err)
	}
}

// TestNothingReadable: whoever listens on the network learns neither names nor documents.
func TestNothingReadable(t *testing.T) {
	mary, ari := phones.Village(t)
	s := &scene{mary: mary, ari: ari, want: price}
	s.open()
	heard := s.overheard()
	if len(heard) < 1000 || s.received() != price {
		t.Fatal(len(heard), s.received())
	}
	key, account := mary.Purses()[0].Key(), ari.Purses()[0].Enrolment.Account
	for name, secret := range map[string][]byte{"name": []byte("Mary"), "memo": []byte("two fish"), "key": key[:], "account": account[:]} {
		if bytes.Contains(heard, secret) {
			t.Errorf("the %s can be read on the network", name)
		}
	}
}

// overheard is everything that two wallets write at a meeting.
func (s *scene) overheard() []byte {
	a, b := net.Pipe()
	one, other := &tapped{Conn: a}, &tapped{Conn: b}
	session := nearby.Session{Network: phones.Network}
	var wg sync.WaitGroup
	wg.Go(func() {
		defer a.Close()
		if c, err := secure(ctx, one, false); err == nil {
			_, _ = session.RunPayee(ctx, c, s.shop)
		}
	})
	wg.Go(func() {
		defer b.Close()
		if c, err := secure(ctx, other, true); err == nil {
			_, _ = session.RunPayer(ctx, c, &nearby.WalletPayer{Wallet: s.ari.Wallet, Now: phones.Clock, Confirm: s.confirm})
		}
	})
	wg.Wait()
	all, _ := io.ReadAll(io.MultiReader(&one.written, &other.written))
	return all
}
