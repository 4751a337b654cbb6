package attack

import (
	"context"
	"slices"
	"testing"

	"kula/anchor"
	"kula/protocol"
	"kula/wallet"
)

// TestAttackReplayAtAnotherAnchor: what one bank has paid is shown to another, on the same network and in the
// same currency, where payer and payee are customers too.
func TestAttackReplayAtAnotherAnchor(t *testing.T) {
	i, b := village(t)
	other := i.bank("Bank of Santo")
	ana, ben := b.person("Ana", 1000), b.person("Ben", 0)
	eve := other.person("Eve", 1000)
	paid := paidTo(ana, ben, 300)
	b.present(paid)
	reply := i.read(other.present(paid))
	reply.problem("unknown_sheet")
	if len(protocol.All[*protocol.Receipt](reply.Bundle)) != 0 {
		t.Fatal("paid twice")
	}
	// Not even with a bill that names the other bank, nor does a payee take a bank's sheet for another's.
	bill := *protocol.All[*protocol.Bill](eve.request(300))[0]
	crossed := ana.cheat().forge(protocol.NewBundle(i.net, &bill), position{seq: 2, before: 300})
	i.read(b.present(crossed)).problem("wrong_anchor")
	i.read(other.present(crossed)).problem("unknown_sheet")
	eve.refuses(crossed, protocol.CodeUnknownAnchor)
	ok(t, eve.Trust(i.now, b.charter, nil))
	eve.refuses(crossed, protocol.CodeWrongAnchor)

	ana.holds(700)
	ben.holds(300)
	eve.holds(1000)
	i.after()
}

// TestAttackReplayAtAnotherNetwork: what is signed on one network means nothing on another, though bank, keys
// and accounts are the same there.
func TestAttackReplayAtAnotherNetwork(t *testing.T) {
	i, b := village(t)
	ana, ben := b.person("Ana", 1000), b.person("Ben", 0)
	real := paidTo(ana, ben, 300)

	test := newIsland(t)
	test.net = protocol.NewNetwork("a test network")
	testBank := test.bank("Bank of Tanna")
	testAna, testBen := testBank.person("Ana", 1000), testBank.person("Ben", 0)
	if testAna.device() != ana.device() || testBank.charter.Anchor != b.charter.Anchor {
		t.Fatal("these are not the same people")
	}
	play := paidTo(testAna, testBen, 900)

	ben.refuses(play, protocol.CodeWrongNetwork)
	wire := play.Encode()
	_, err := protocol.DecodeBundle(i.net, wire, protocol.NoContext, protocol.MailBounds)
	wantCode(t, err, protocol.CodeWrongNetwork)
	_, err = b.Sync(context.Background(), anchor.SyncRequest{Bundle: play})
	wantCode(t, err, protocol.CodeWrongNetwork)
	copy(wire[3:7], real.Encode()[3:7]) // the header says the other network: then everything has another id
	smuggled, err := protocol.DecodeBundle(i.net, wire, protocol.NoContext, protocol.MailBounds)
	ok(t, err)
	if len(b.present(smuggled).Problems) == 0 {
		t.Fatal("the bank took it in")
	}
	if _, err := ben.Accept(i.now, smuggled); err == nil {
		t.Fatal("the payee took it")
	}
	wantCode(t, ben.Trust(i.now, testBank.charter, nil), protocol.CodeWrongNetwork)

	b.present(real)
	ana.holds(700)
	ben.holds(300)
	i.after()
	test.after()
}

// TestAttackReplayAtAnotherPayee: somebody picks up a payment on its way, and shows it as its own.
func TestAttackReplayAtAnotherPayee(t *testing.T) {
	i, b := village(t)
	ana, ben, eve := b.person("Ana", 1000), b.person("Ben", 0), b.person("Eve", 0)
	paid := paidTo(ana, ben, 300)
	eve.refuses(paid, protocol.CodeWrongPayee)
	up := protocol.NewBundle(i.net)
	up.AddAll(paid)
	for range 3 {
		b.sync(&eve.purse, 0, up) // Eve redeems it, for Ben
	}
	ben.accepts(paid) // and Ben, who has it already
	ana.holds(700)
	ben.holds(300)
	eve.holds(0)
	ben.visit()
	ben.holds(300)
	i.after()
}

// TestAttackRelabelledDocumentType: a signature, or a whole document, is passed off as one of another kind.
func TestAttackRelabelledDocumentType(t *testing.T) {
	i, b := village(t)
	ana, mallory := b.person("Ana", 1000), b.person("Mallory", 0).cheat()

	// Whatever Ana has signed by now, Mallory has: an Enrolment, Statements, a bill, a payment, an Ack.
	small := paidTo(ana, mallory, 1)
	request := mallory.request(999)
	income := mallory
	income.load(10)
	income.visit()
	ack := ana.accepts(income.pay(ana.request(5))).Ack
	signed := []protocol.Signature{entryOf(small).Signatures[0].Signature, protocol.All[*protocol.Ack](ack)[0].Signature}
	purse, err := ana.Purse(ana.purse)
	ok(t, err)
	signed = append(signed, purse.Enrolment.DeviceSignatures[0].Signature, purse.Statements[0].Entry.Signatures[0].Signature)
	nonce := protocol.Hash{1}
	auth, err := ana.DeviceAuth(ana.purse, nonce)
	ok(t, err)
	met, _ := ana.Prove(ana.device(), protocol.RolePayer, nonce)
	for _, s := range append(signed, auth, met) {
		forged := mallory.forge(request, position{sheet: ana.newest(), seq: 2, before: 1}, func(*protocol.Entry) {})
		entryOf(forged).Signatures[0].Signature = s
		i.read(b.present(forged)).problem("bad_signature")
	}

	// Every document under every other label, as a file and in a bundle: refused, or another document
	// that nobody has signed.
	documents := []protocol.Document{b.charter, purse.Enrolment, purse.Card, ana.newest()}
	small.Each(func(_ protocol.Hash, d protocol.Document) { documents = append(documents, d) })
	documents = append(documents, protocol.All[*protocol.Ack](ack)[0], protocol.All[*protocol.Receipt](b.present(small).Bundle)[0])
	for _, d := range documents {
		i.relabel(b, d)
	}
	ana.holds(1000 - 1)
	mallory.holds(10 + 1)
	i.after()
}

func (i *island) relabel(b *bank, d protocol.Document) {
	i.Helper()
	file := protocol.Encode(d)
	for kind := range 20 {
		if protocol.DocumentType(kind) == d.Type() { //nolint:gosec // small
			continue
		}
		other := slices.Clone(file)
		other[2], other[3] = 0, byte(kind)
		passed, err := protocol.Decode(other)
		if err != nil {
			continue
		}
		if i.net.Hash(passed) == i.net.Hash(d) {
			i.Fatalf("a %s and a %s have one id", passed.Type(), d.Type())
		}
		if issued, ok := passed.(protocol.Issued); ok && b.charter.VerifyIssued(i.net, issued) == nil {
			i.Fatalf("a %s passes for a %s of the bank's", d.Type(), passed.Type())
		}
	}
}

// TestAttackMerchantAltersCost: between what the payer saw and what the merchant claims, the price goes up:
// in the bill that is handed over, behind the payer's back, after the payment, and on an open bill.
func TestAttackMerchantAltersCost(t *testing.T) {
	i, b := village(t)
	ana, shop := b.person("Ana", 1000), b.person("Shop", 0).cheat()
	request := shop.request(100)
	offer, err := ana.VerifyRequest(i.now, request)
	ok(t, err)
	if offer.Bill.Amount != 100 {
		t.Fatal(offer)
	}
	dearer := *offer.Bill
	dearer.Amount = 900 // the bill as shown, with another figure in it
	_, err = ana.Pay(i.now, protocol.NewBundle(i.net, &dearer, offer.Card), wallet.PayParams{})
	wantCode(t, err, protocol.CodeBadSignature)
	_, err = ana.Pay(i.now, request, wallet.PayParams{Amount: 90}) // nor does a slip of the payer's screen pass
	wantCode(t, err, protocol.CodeWrongAmount)

	paid := ana.pay(request)
	second := protocol.All[*protocol.Bill](shop.bill(900, func(bill *protocol.Bill) { bill.Nonce = offer.Bill.Nonce }))[0]
	for name, alter := range map[string]func(e *protocol.Entry) *protocol.Bill{
		"another bill for the entry": func(*protocol.Entry) *protocol.Bill { return second },
		"the entry for another bill": func(e *protocol.Entry) *protocol.Bill { e.Spend.Bill = i.net.Hash(second); return second },
		"another amount":             func(e *protocol.Entry) *protocol.Bill { e.Spend.Amount = 900; e.Spent += 800; return offer.Bill },
		"all of it": func(e *protocol.Entry) *protocol.Bill {
			e.Spend.Bill, e.Spend.Amount = i.net.Hash(second), 900
			e.Spent += 800
			return second
		},
	} {
		e := *entryOf(paid)
		bill := alter(&e)
		reply := b.take(&e, bill, ana.newest())
		if len(reply.Problems) == 0 || len(protocol.All[*protocol.Receipt](reply.Bundle)) != 0 {
			t.Fatalf("%s: %+v", name, reply.Problems)
		}
	}

	open, err := shop.Request(i.now, wallet.RequestParams{Purse: shop.purse})
	ok(t, err)
	named, err := ana.Pay(i.now, open, wallet.PayParams{Amount: 50})
	ok(t, err)
	raised := *entryOf(named.Bundle)
	raised.Spend.Amount, raised.Spent = 500, raised.Spent+450
	i.read(b.take(&raised, protocol.All[*protocol.Bill](named.Bundle)[0])).problem("bad_signature")

	b.present(paid)
	b.present(named.Bundle)
	shop.holds(150)
	ana.holds(850)
	ana.visit()
	ana.sees(paid, "honoured")
	i.after()
}

// TestAttackPayeeRefusesToConfirm: a payee has the payment and says that nothing came, to be paid again. It gets
// the same payment again, and the bank's word is the payer's proof.
func TestAttackPayeeRefusesToConfirm(t *testing.T) {
	i, b := village(t)
	ana, ben := b.person("Ana", 1000), b.person("Ben", 0).cheat()
	request := ben.request(300)
	paid := ana.pay(request)
	ben.accepts(paid) // the Ack is kept back
	ana.sees(paid, "written")
	if ana.balance().UnderWay != 300 {
		t.Fatalf("%+v", ana.balance())
	}
	for range 3 {
		again, err := ana.Pay(i.now, request, wallet.PayParams{})
		ok(t, err)
		if !again.Again || again.Entry != paid.Roots[0] {
			t.Fatal("a second payment was signed")
		}
		ben.accepts(again.Bundle)
	}
	if owed := ana.Owed([]protocol.Key{ben.device()}); len(owed) != 1 || owed[0].Entry != paid.Roots[0] {
		t.Fatal(owed)
	}
	ana.visit() // who can tell the bank is not only the payee
	ana.sees(paid, "honoured")
	ben.visit()
	ben.visit()
	ana.holds(700)
	ben.holds(300)
	evidence, err := ana.Show(paid.Roots[0])
	ok(t, err)
	receipts := protocol.All[*protocol.Receipt](evidence)
	if len(receipts) != 1 || receipts[0].Outcome != protocol.Honoured || b.charter.VerifyIssued(i.net, receipts[0]) != nil {
		t.Fatal(receipts)
	}
	i.after()
}
