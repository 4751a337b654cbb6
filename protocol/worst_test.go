package protocol_test

import (
	"testing"

	"kula/money"
	"kula/protocol"
	"kula/protocol/internal/kit"
)

// Bundles made to cost their reader as much as they can, within the bounds of a payment.

// ladder is two purses that pay each other over and over: every payment may stand on any of the other
// side's, each needs one more of them than the one before, and the last needs more than it may stand on.
// Not one of their signatures is genuine.
func ladder(documents int) (*kit.Scene, *protocol.Bundle, *protocol.Payment) {
	s := kit.NewScene()
	sides := []*kit.Person{s.Person("Ana", 1), s.Person("Ben", 0)}
	b := protocol.NewBundle(s.Net)
	var bills [2]*protocol.Bill
	for i, from := range sides {
		to := sides[1-i]
		bills[i] = &protocol.Bill{Anchor: s.Charter.Anchor, Payee: to.Enrolment.Account, PayeeKey: to.Enrolment.Quorum.Signers[0].Key,
			Asset: s.Asset, IssuedAt: kit.Epoch, ExpiresAt: kit.Epoch + 60*kit.Day}
		b.Add(bills[i])
		b.Add(from.Sheet)
	}
	pay := func(step int, coins money.Amount) *protocol.Entry {
		from := sides[step%2]
		e := &protocol.Entry{Sheet: s.Net.Hash(from.Sheet), Seq: uint64(10 + step), Kind: protocol.SpendKind, //nolint:gosec // small
			Spent: from.Sheet.Base.Spent + coins*kit.Coin, Signatures: []protocol.DeviceSignature{{}},
			Spend: protocol.Spend{Bill: s.Net.Hash(bills[step%2]), Amount: kit.Coin, Deadline: kit.Epoch + 50*kit.Day}}
		b.Add(e)
		return e
	}
	for step := 0; b.Len() < documents-1; step++ {
		pay(step, money.Amount(1+step/2))
	}
	p, err := b.PaymentOf(s.Net.Hash(pay(1000, 100)), protocol.NoContext)
	if err != nil {
		panic(err)
	}
	return s, b, p
}

// It is refused by the rules of backing, before anything is multiplied: no signature is ever reached.
func TestAttackLadderIsRefusedBeforeCryptography(t *testing.T) {
	s, b, p := ladder(protocol.PaymentBounds.Documents)
	if size := len(b.Encode()); size > protocol.PaymentBounds.Bytes {
		t.Fatal(size, "bytes would not be looked at")
	}
	_, err := s.Verifier().Verify(b, p)
	wantCode(t, err, protocol.CodeNotEnough)
}

func BenchmarkWorstBundle(b *testing.B) {
	s, bundle, p := ladder(protocol.PaymentBounds.Documents)
	v := s.Verifier()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := v.Verify(bundle, p); err == nil {
			b.Fatal("accepted")
		}
	}
}

// Entries beside a payment that contradict it, and are not genuine, are judged once each, not once for
// every payment behind it that they contradict.
func TestAttackForgedAccusationsAreJudgedOnce(t *testing.T) {
	cost := func(incomes, accusations int) float64 {
		s := kit.NewScene()
		giver, collector := s.Person("giver", 1000), s.Person("collector", 0)
		for range incomes {
			s.Pay(giver, collector, 1)
		}
		for i := range accusations {
			s.Extra = append(s.Extra, &protocol.Entry{Sheet: s.Net.Hash(giver.Sheet), Seq: giver.Sheet.Base.Seq + 1, Kind: protocol.SpendKind,
				Spent: giver.Sheet.Base.Spent + 500*kit.Coin, Spend: protocol.Spend{Bill: protocol.Hash{byte(i)}, Amount: kit.Coin},
				Signatures: []protocol.DeviceSignature{{}}})
		}
		s.Pay(collector, s.Person("last", 0), int64(incomes))
		b, v := s.Bundle(), s.Verifier()
		p, err := b.PaymentOf(s.Net.Hash(s.Entry), protocol.NoContext)
		if err != nil {
			t.Fatal(err)
		}
		return testing.AllocsPerRun(2, func() {
			if _, err := v.Verify(b, p); err != nil {
				t.Fatal(err)
			}
		})
	}
	one := (cost(1, 100) - cost(1, 0)) / 100
	if many := (cost(30, 100) - cost(30, 0)) / 100; many > 2*one {
		t.Errorf("an accusation costs %.1f allocations against one income, %.1f against thirty", one, many)
	}
}
