package attack

import (
	"context"
	"testing"

	"kula/protocol"
	"kula/wallet"
)

// TestAttackLookAlikeNames: a cheat wants to be taken for Ana. Invisible letters and marks that turn the writing
// are refused by the bank and by every wallet; letters that look alike are not, but the name is the bank's to
// give, the card is signed, and the money goes to the account on it and no other.
func TestAttackLookAlikeNames(t *testing.T) {
	i, b := village(t)
	payer, ana := b.person("Payer", 1000), b.person("Ana", 0)
	for _, name := range []string{
		"Ana\u200b", "A\u00adna", "\u202eanA", "Ana\u2066", "Ana\ufe0f", "Ana ", " Ana", "\u00a0Ana", "A\u034fna", "Ana\u115f", "Ana\n", "Ana\u3000", "An\xe1",
	} {
		mallory := i.phone("Mallory " + name)
		ok(t, mallory.Trust(i.now, b.charter, nil))
		mallory.bank = nil
		e, err := mallory.Enrol(i.now, mallory.terms(b, protocol.Circulating))
		ok(t, err)
		_, err = b.Enrol(context.Background(), mallory.auth(), e, name)
		wantCode(t, err, protocol.CodeBadText)
	}
	_, err := payer.Request(i.now, wallet.RequestParams{Purse: payer.purse, Amount: 1, Memo: "rent\u202e001"})
	wantCode(t, err, protocol.CodeBadText)

	const cyrillic = "\u0410na" // the first letter is not ours
	mallory := b.person(cyrillic, 0).cheat()
	hers, his := ana.request(100), mallory.request(100)
	real, err := payer.VerifyRequest(i.now, hers)
	ok(t, err)
	fake, err := payer.VerifyRequest(i.now, his)
	ok(t, err)
	if real.Name == fake.Name || real.Card.Account == fake.Card.Account {
		t.Fatal("the two cannot be told apart by anything")
	}
	anas, mallorys := protocol.All[*protocol.Card](hers)[0], protocol.All[*protocol.Card](his)[0]
	bill := protocol.All[*protocol.Bill](his)[0]
	renamed := *mallorys
	renamed.Name = "Ana"
	for _, c := range []struct {
		card *protocol.Card
		code protocol.Code
	}{
		{anas, protocol.CodeWrongPayee},       // Ana's card with Mallory's bill
		{&renamed, protocol.CodeBadSignature}, // his own, rewritten
		{nil, protocol.CodeMissingDocument},   // none at all
	} {
		shown := protocol.NewBundle(i.net)
		if c.card != nil {
			shown.Add(c.card)
		}
		shown.AddRoot(bill)
		_, err := payer.Pay(i.now, shown, wallet.PayParams{})
		wantCode(t, err, c.code)
	}
	borrowed := mallory.bill(100, func(x *protocol.Bill) { x.Payee = ana.account() }) // her account and card, his phone
	_, err = payer.Pay(i.now, protocol.NewBundle(i.net, protocol.All[*protocol.Bill](borrowed)[0], anas), wallet.PayParams{})
	wantCode(t, err, protocol.CodeWrongPayee)
	ana.accepts(payer.pay(hers))
	ana.visit()
	ana.holds(100)
	mallory.holds(0)
	payer.holds(900)
	i.after()
}
