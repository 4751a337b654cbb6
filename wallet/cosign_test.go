package wallet

import (
	"testing"

	"kula/internal/tinybank"
	"kula/money"
	"kula/protocol"
)

// family is a purse of two phones that must both sign, opened by the first.
func family(t *testing.T) (b *tinybank.Bank, first, second, tom *person) {
	t.Helper()
	b = tinybank.New(testNetwork, 1, start)
	first, second, tom = newPerson(t, "Till one", 1), newPerson(t, "Till two", 2), newPerson(t, "Tom", 3)
	for _, p := range []*person{first, second} {
		check(t, p.Trust(start, b.Charter, nil))
	}
	key := must(second.NewKey(start))(t)
	e := must(first.Enrol(start, EnrolParams{
		Anchor: b.Charter.Anchor, Account: first.id(), Asset: b.Asset, Kind: protocol.Circulating,
		Signers: []AccountSigner{first.signer()}, Others: []protocol.Signer{{Key: key, Weight: 1}}, Threshold: 2,
	}))(t)
	both := must(second.SignEnrolment(start, e, nil))(t)
	both = must(first.SignEnrolment(start, both, nil))(t)
	if claims := must(both.DeviceClaims(testNetwork.Hash(both)))(t); len(protocol.VerifyAll(claims)) != 0 {
		t.Fatal("a device has not signed the enrolment")
	}
	first.purse = protocol.PurseID(testNetwork.Hash(both))
	second.purse = first.purse
	reply := b.Enrol(both, "The Tills", start)
	b.Load(first.purse, 50*money.Unit)
	must(first.Absorb(start, first.purse, reply, 0))(t)
	must(second.Absorb(start, first.purse, reply, 0))(t)
	tom.join(t, b, 0, protocol.Circulating)
	return b, first, second, tom
}

// together has the second phone co-sign what the first proposes.
func together(t *testing.T, first, second *person, s *Signed) *Signed {
	t.Helper()
	if s.Complete {
		t.Fatal("one of two signatures sufficed")
	}
	sent := must(second.Decode(s.Encode(), protocol.PaymentBounds))(t) // it has neither bill nor card of its own
	cosigned := must(second.Cosign(now, sent))(t)
	second.open(t)
	must(second.Cosign(now, s.Bundle))(t) // as often as asked
	first.open(t)
	done := must(first.Assemble(now, must(first.Decode(cosigned.Encode(), protocol.PaymentBounds))(t)))(t)
	if !done.Complete {
		t.Fatal("two of two signatures did not suffice")
	}
	return done
}

func TestTwoDevices(t *testing.T) {
	b, first, second, tom := family(t)
	together(t, first, second, must(first.Statement(now, first.purse, protocol.Hash{1}))(t))
	reply := b.Sync(first.purse, must(first.Outbox(first.purse))(t), now)
	must(first.Absorb(now, first.purse, reply, 0))(t)
	must(second.Absorb(now, first.purse, reply, 0))(t)

	request := must(tom.Request(now, RequestParams{Amount: 20 * money.Unit, Memo: "rope"}))(t)
	_, err := second.Pay(now, request, PayParams{})
	wantCode(t, err, CodeNoPurse)
	proposal := must(first.Pay(now, request, PayParams{}))(t)
	_, err = tom.Accept(now, proposal.Bundle)
	wantCode(t, err, protocol.CodeBelowThreshold)
	if first.balance(now).UnderWay != 0 || len(first.Undelivered()) != 1 {
		t.Fatal("a proposal is not a payment yet, and is not forgotten")
	}
	paid := together(t, first, second, proposal)
	must(tom.Accept(now, paid.Bundle))(t)

	_, err = first.Cosign(now, paid.Bundle)
	wantCode(t, err, CodeNotSigner)
	_, err = tom.Cosign(now, paid.Bundle)
	wantCode(t, err, CodeNoPurse)
}

// TestAttackCosignTwice: a first signer that numbers two bodies alike gets one co-signature.
func TestAttackCosignTwice(t *testing.T) {
	b, first, second, tom := family(t)
	together(t, first, second, must(first.Statement(now, first.purse, protocol.Hash{1}))(t))
	must(first.Absorb(now, first.purse, b.Sync(first.purse, must(first.Outbox(first.purse))(t), now), 0))(t)
	proposal := must(first.Pay(now, must(tom.Request(now, RequestParams{Amount: money.Unit}))(t), PayParams{}))(t)
	together(t, first, second, proposal)

	bill, h := billOf(must(tom.Request(now, RequestParams{Amount: money.Unit}))(t))
	other := first.forge(t, proposal, func(e *protocol.Entry) { e.Spend.Bill = h })
	other.AddRoot(bill)
	other.Add(tom.state.purses[tom.purse].Card)
	_, err := second.Cosign(now, other)
	wantCode(t, err, protocol.CodeIncompatible)

	altered := first.forge(t, proposal, func(e *protocol.Entry) { e.Seq++ })
	e := protocol.All[*protocol.Entry](altered)[0]
	e.Signatures[0].Signature[9] ^= 1
	altered.Add(tom.state.purses[tom.purse].Card)
	_, err = second.Cosign(now, altered)
	wantCode(t, err, protocol.CodeBadSignature)
}
