package nearby

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"kula/internal/tinybank"
	"kula/money"
	"kula/nearby/internal/phones"
	"kula/protocol"
	"kula/wallet"
)

// market is a bank and four people who meet in pairs.
func market(t testing.TB) (mallory, tom, ann, joe *phones.Phone) {
	t.Helper()
	b := tinybank.New(phones.Network, 1, phones.Start)
	return phones.At(t, b, "Mallory", 1), phones.At(t, b, "Tom", 2), phones.At(t, b, "Ann", 3), phones.At(t, b, "Joe", 4)
}

// TestAttackForkHeardOf: Mallory pays Tom, and Ann from a copy of the same phone. Ann has never met Tom;
// she has only sold fish to Joe, who had been at Tom's. She refuses the money, and holds the proof.
func TestAttackForkHeardOf(t *testing.T) {
	mallory, tom, ann, joe := market(t)
	copied := mallory.Copy(t)
	x, y := meet(seller(tom), buyer(mallory))
	good(t, x, y, Received)
	x, y = meet(seller(tom), buyer(joe)) // Tom, who is paid, tells his payer
	good(t, x, y, Received)
	x, y = meet(seller(ann), buyer(joe)) // and Joe, who pays, tells his payee
	good(t, x, y, Received)
	if before := received(ann); before != price {
		t.Fatal(before)
	}
	x, y = meet(seller(ann), buyer(copied))
	if !errors.Is(x.err, protocol.CodeIncompatible) || !errors.Is(y.err, protocol.CodeIncompatible) || received(ann) != price {
		t.Fatal(x, y, received(ann))
	}
	cases := ann.Cases()
	if len(cases) != 1 || cases[0].Purse != mallory.Purse {
		t.Fatal(cases)
	}
	// The next time Mallory is not even given a bill, at Tom's neither: he hears it from Ann.
	x, y = meet(seller(ann), buyer(tom))
	good(t, x, y, Received)
	x, y = meet(seller(tom), buyer(mallory))
	if !errors.Is(x.err, protocol.CodeCondemned) || y.Phase != Shown {
		t.Fatal(x, y)
	}
	if len(joe.Cases()) != 0 || len(tom.Cases()) != 1 {
		t.Fatal("who knows what", joe.Cases(), tom.Cases())
	}
}

// TestNewsBeforeEarlierPayments: what a payer tells bites on the payments it brings from earlier meetings.
func TestNewsBeforeEarlierPayments(t *testing.T) {
	mallory, tom, ann, joe := market(t)
	copied := mallory.Copy(t)
	x, y := meet(seller(tom), buyer(mallory))
	good(t, x, y, Received)
	request, err := ann.Request(phones.Now, wallet.RequestParams{Amount: price})
	if err != nil {
		t.Fatal(err)
	}
	lost, err := copied.Pay(phones.Now, request, wallet.PayParams{})
	if err != nil {
		t.Fatal(err)
	}
	x, y = meet(seller(tom), buyer(joe))
	good(t, x, y, Received)
	news, err := joe.News(phones.Now, wallet.DefaultNews)
	if err != nil {
		t.Fatal(err)
	}
	owing := &gossiping{WalletPayer: buyer(copied), news: news.Encode()}
	owing.Confirm = nil
	x, y = meet(seller(ann), owing)
	good(t, x, y, Greeted)
	if received(ann) != 0 || len(ann.Cases()) != 1 || len(copied.Undelivered()) != 1 {
		t.Fatal("it was taken", lost.Entry, ann.Cases())
	}
}

// gossiping is a payer that tells what it likes.
type gossiping struct {
	*WalletPayer
	news []byte
}

func (g *gossiping) News(context.Context) []byte { return g.news }

// TestAttackNews: no news, however wrong, keeps an honest payment from being made, or changes what is held.
func TestAttackNews(t *testing.T) {
	forgedNews := func(mary, ari *phones.Phone) []byte {
		forged := *sheet(ari)
		forged.Available *= 2
		b := protocol.NewBundle(phones.Network, &forged)
		for i := range uint64(40) {
			b.Add(&protocol.Entry{Sheet: phones.Network.Hash(&forged), Seq: i + 1, Spent: money.Amount(i + 1), Kind: protocol.SpendKind,
				Spend: protocol.Spend{Amount: 1}, Signatures: []protocol.DeviceSignature{{}}})
		}
		return b.Encode()
	}
	for name, news := range map[string]func(mary, ari *phones.Phone) []byte{
		"nothing":        func(_, _ *phones.Phone) []byte { return nil },
		"no bundle":      func(_, _ *phones.Phone) []byte { return bytes.Repeat([]byte{0xff}, MaxNews) },
		"more than fits": func(_, _ *phones.Phone) []byte { return make([]byte, MaxNews+1) },
		"another network": func(m, _ *phones.Phone) []byte {
			return protocol.NewBundle(protocol.NewNetwork("x"), sheet(m)).Encode()
		},
		"forged entries": forgedNews,
	} {
		t.Run(name, func(t *testing.T) {
			mary, ari := phones.Village(t)
			var heard []*wallet.Heard
			shop := seller(mary)
			shop.Heard = func(h *wallet.Heard) { heard = append(heard, h) }
			x, y := meet(shop, &gossiping{buyer(ari), news(mary, ari)})
			good(t, x, y, Received)
			for _, h := range heard {
				if h.Sightings != 0 || h.Condemned != nil {
					t.Fatalf("%+v", h)
				}
			}
			if name == "forged entries" && (len(heard) != 1 || heard[0].Forged == nil) {
				t.Fatal("was not noticed")
			}
		})
	}
}

// TestAttackLongNews: a frame of news that is too long is refused before it is read, and one that does not
// come holds nobody up for longer than any other.
func TestAttackLongNews(t *testing.T) {
	mary, _ := phones.Village(t)
	for _, n := range []int{MaxNews + 1, MaxBody} {
		if _, err := AppendFrame(nil, Frame{KindNews, make([]byte, n)}); !errors.Is(err, protocol.CodeTooLarge) {
			t.Fatal(err)
		}
	}
	got := against(t, payeeRole(seller(mary)), func(s *Stream) {
		hear(t, s, KindHello)
		_, _ = s.conn.Write([]byte{byte(KindNews), 0, MaxNews >> 8, 1})
		_, _ = s.Receive(ctx)
	})
	if !errors.Is(got.err, protocol.CodeTooLarge) {
		t.Fatal(got.err)
	}
	got = against(t, payeeRole(seller(mary)), func(s *Stream) {
		hear(t, s, KindHello)
		say(t, s, KindNews, nil)
		say(t, s, KindNews, nil) // once a meeting
		hear(t, s, KindProblem)
	})
	if !errors.Is(got.err, protocol.CodeOutOfTurn) {
		t.Fatal(got.err)
	}
	synctest.Test(t, func(t *testing.T) {
		got := against(t, payeeRole(seller(mary)), func(s *Stream) {
			hear(t, s, KindHello)
			_, _ = s.conn.Write([]byte{byte(KindNews), 0, 0, 9})
			idle(time.Hour)
		})
		if !errors.Is(got.err, protocol.CodeTimeout) || got.took != DefaultStep {
			t.Fatal(got.err, got.took)
		}
	})
}

// TestNewsIsForMembers: who only knocks, and shows no genuine sheet, is told nothing of anybody.
func TestNewsIsForMembers(t *testing.T) {
	mary, ari := phones.Village(t)
	x, y := meet(seller(mary), buyer(ari))
	good(t, x, y, Received)
	forged := *sheet(ari)
	forged.Available *= 1000
	got := against(t, payeeRole(seller(mary)), func(s *Stream) {
		hear(t, s, KindHello)
		say(t, s, KindNews, nil)
		say(t, s, KindSheets, append(appendProofs(nil, []proof{proofBy(ari, protocol.RolePayer, binding)}), encoded(&forged)...))
		hear(t, s, KindProblem) // and no News before it
	})
	if !errors.Is(got.err, protocol.CodeBadSignature) {
		t.Fatal(got.err)
	}
}
