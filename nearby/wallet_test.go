package nearby

import (
	"context"
	"errors"
	"testing"

	"kula/internal/tinybank"
	"kula/money"
	"kula/nearby/internal/phones"
	"kula/protocol"
	"kula/wallet"
)

func TestWalletsMeet(t *testing.T) {
	mary, ari := phones.Village(t)
	var heard []*wallet.Acceptance
	shop := seller(mary)
	shop.Accepted = func(a *wallet.Acceptance) { heard = append(heard, a) }
	payer := buyer(ari)
	payer.Confirm = func(_ context.Context, q Question) (money.Amount, error) {
		if q.Offer.Name != "Mary Kalo" || q.Offer.Memo.Text != "two fish" || q.Offer.Bill.Amount != price || len(q.Earlier) != 0 {
			t.Errorf("asked %+v", q)
		}
		return 0, nil
	}
	x, y := meet(shop, payer)
	good(t, x, y, Received)
	if x.Entry != y.Entry || len(heard) != 1 || heard[0].Entry != y.Entry || received(mary) != price || len(ari.Undelivered()) != 0 {
		t.Fatal(x, y, heard, received(mary))
	}
	if heard[0].Name != "Ari" {
		t.Fatalf("the payee does not know who paid: %+v", heard[0])
	}
	// The next customer is the same person, and buys again.
	x, y = meet(shop, buyer(ari))
	good(t, x, y, Received)
	if received(mary) != 6*money.Unit {
		t.Fatal(received(mary))
	}
}

// TestWalletPassesOn: what somebody was given at one meeting is paid at the next, and brings along what it
// stands on; also when it gets there only at a third.
func TestWalletPassesOn(t *testing.T) {
	ann, tom, joe, _ := market(t)
	all := tom.Balances(phones.Now)[0].Loaded + price
	x, y := meet(seller(tom), buyer(ann))
	good(t, x, y, Received)
	shop := seller(joe)
	shop.Terms.Amount = all
	var got *wallet.Acceptance
	shop.Accepted = func(a *wallet.Acceptance) { got = a }
	x, y = meet(shop, buyer(tom))
	good(t, x, y, Received)
	if got == nil || got.Amount != all || got.Verdict.Depth != 1 {
		t.Fatalf("%+v", got)
	}

	// Joe pays Ann with it, and the payment is lost on the way: it is handed over when they meet.
	all += joe.Balances(phones.Now)[0].Loaded
	request, err := ann.Request(phones.Now, wallet.RequestParams{Amount: all})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := joe.Pay(phones.Now, request, wallet.PayParams{}); err != nil {
		t.Fatal(err)
	}
	x, y = meet(seller(ann), &WalletPayer{Wallet: joe.Wallet, Now: phones.Clock})
	if x.err != nil || y.err != nil || len(y.Earlier) != 1 || received(ann) != all {
		t.Fatal(x, y, received(ann))
	}
}

// TestWalletOwes: a payment that never arrived is handed over first, and the person is told before
// being asked for another.
func TestWalletOwes(t *testing.T) {
	mary, ari := phones.Village(t)
	request, err := mary.Request(phones.Now, wallet.RequestParams{Amount: 5 * money.Unit})
	if err != nil {
		t.Fatal(err)
	}
	lost, err := ari.Pay(phones.Now, request, wallet.PayParams{})
	if err != nil {
		t.Fatal(err)
	}
	payer := buyer(ari)
	payer.Confirm = func(_ context.Context, q Question) (money.Amount, error) {
		if len(q.Earlier) != 1 || q.Earlier[0] != lost.Entry {
			t.Errorf("the person is not told of the earlier payment: %v", q.Earlier)
		}
		return 0, protocol.CodeDeclined
	}
	x, y := meet(seller(mary), payer)
	if !errors.Is(x.err, protocol.CodeDeclined) || !errors.Is(y.err, protocol.CodeDeclined) || len(y.Earlier) != 1 || len(x.Earlier) != 1 {
		t.Fatal(x, y)
	}
	if received(mary) != 5*money.Unit || len(ari.Undelivered()) != 0 {
		t.Fatal(received(mary))
	}
}

// TestWalletHandsOverOnly: without anybody to ask, only what is owed is handed over.
func TestWalletHandsOverOnly(t *testing.T) {
	mary, ari := phones.Village(t)
	shop := seller(mary)
	mary.Full = errors.New("disk full")
	x, y := meet(shop, buyer(ari))
	if x.err == nil || !errors.Is(y.err, protocol.CodeUnavailable) || y.Phase != Shown {
		t.Fatal(x, y)
	}
	mary.Full = nil
	filling := buyer(ari)
	filling.Confirm = func(context.Context, Question) (money.Amount, error) {
		mary.Full = errors.New("disk full")
		return 0, nil
	}
	x, y = meet(shop, filling)
	if !errors.Is(x.err, mary.Full) || !errors.Is(y.err, protocol.CodeUnavailable) || y.Phase != Written || received(mary) != 0 {
		t.Fatal(x, y)
	}
	mary.Full = nil
	x, y = meet(shop, &WalletPayer{Wallet: ari.Wallet, Now: phones.Clock})
	good(t, x, y, Greeted)
	if len(x.Earlier) != 1 || received(mary) != price || len(ari.Undelivered()) != 0 {
		t.Fatal(x, y, received(mary))
	}
}

// TestWalletOnce: one sale is one bill; once it is paid nothing more is asked, of anybody.
func TestWalletOnce(t *testing.T) {
	mary, ari := phones.Village(t)
	shop := seller(mary)
	shop.Once = true
	no := buyer(ari)
	no.Confirm = func(context.Context, Question) (money.Amount, error) { return 0, protocol.CodeDeclined }
	x, _ := meet(shop, no)
	first := x.Bill
	x, y := meet(shop, buyer(ari))
	good(t, x, y, Received)
	if x.Bill != first {
		t.Fatal("the second meeting had another bill")
	}
	x, y = meet(shop, buyer(ari))
	good(t, x, y, Shown)
	if received(mary) != price {
		t.Fatal(received(mary))
	}
}

// TestWalletKeepsBill: somebody who comes back gets the bill it had, and the time of day changes it.
func TestWalletKeepsBill(t *testing.T) {
	mary, ari := phones.Village(t)
	now := uint64(phones.Now)
	shop := seller(mary)
	shop.Now = func() uint64 { return now }
	no := buyer(ari)
	no.Confirm = func(context.Context, Question) (money.Amount, error) { return 0, protocol.CodeDeclined }
	var bills []protocol.Hash
	for _, later := range []uint64{0, 3600, 12 * 3600} {
		now = phones.Now + later
		x, _ := meet(shop, no)
		bills = append(bills, x.Bill)
	}
	if bills[0] != bills[1] || bills[1] == bills[2] {
		t.Fatal(bills)
	}
	bill, _ := mary.Lookup(bills[0])
	if bill.(*protocol.Bill).Payer != ari.Purses()[0].Enrolment.Account {
		t.Fatal("somebody else could pay this bill")
	}
}

// TestWalletOpenAmount: the payer names the amount where the bill does not.
func TestWalletOpenAmount(t *testing.T) {
	mary, ari := phones.Village(t)
	shop := seller(mary)
	shop.Terms.Amount = 0
	generous := buyer(ari)
	generous.Confirm = func(context.Context, Question) (money.Amount, error) { return 7 * money.Unit, nil }
	x, y := meet(shop, generous)
	good(t, x, y, Received)
	if received(mary) != 7*money.Unit {
		t.Fatal(received(mary))
	}
}

// TestWalletLateYes: a yes after the time is up pays nothing.
func TestWalletLateYes(t *testing.T) {
	mary, ari := phones.Village(t)
	request, err := mary.Request(phones.Now, wallet.RequestParams{Amount: money.Unit})
	if err != nil {
		t.Fatal(err)
	}
	late, cancel := context.WithCancel(ctx)
	payer := buyer(ari)
	payer.Confirm = func(context.Context, Question) (money.Amount, error) { cancel(); return 0, nil }
	if _, err := payer.Pay(late, request); !errors.Is(err, context.Canceled) || len(ari.Undelivered()) != 0 {
		t.Fatal(err)
	}
}

// TestWalletsWithoutCommonBank: both sides are told.
func TestWalletsWithoutCommonBank(t *testing.T) {
	mary, _ := phones.Village(t)
	stranger := phones.At(t, tinybank.New(phones.Network, 2, phones.Start), "Eve", 3)
	x, y := meet(seller(mary), buyer(stranger))
	if !errors.Is(x.err, protocol.CodeNoCommonBank) || !errors.Is(y.err, protocol.CodeNoCommonBank) {
		t.Fatal(x, y)
	}
}
