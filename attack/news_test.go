package attack

import (
	"context"
	"slices"
	"testing"

	"kula/money"
	"kula/protocol"
)

// TestAttackStaleNotice: a stolen phone is revoked. Its holder shows payees an older notice, so that they forget.
func TestAttackStaleNotice(t *testing.T) {
	i, b := village(t)
	mallory, ben, carol := b.person("Mallory", 1000).cheat(), b.person("Ben", 0), b.person("Carol", 0)
	_, old, err := b.Charter(context.Background())
	ok(t, err)
	i.pass(day)
	ok(t, b.Revoke(context.Background(), mallory.purse, protocol.PurseID{}))
	ben.visit()
	_, err = ben.Absorb(i.now, protocol.PurseID{}, protocol.NewBundle(i.net, old, b.charter), 0)
	ok(t, err)
	ok(t, ben.Trust(i.now, b.charter, old))
	ben.hears(protocol.NewBundle(i.net, old))
	if held := ben.Anchors()[0].Notice; held.Epoch <= old.Epoch {
		t.Fatalf("went back to epoch %d", held.Epoch)
	}
	paid := mallory.forge(ben.request(300), position{seq: 1})
	ben.refuses(paid, protocol.CodeRevoked)
	ben.refuses(backed(paid, protocol.NewBundle(i.net, old)), protocol.CodeRevoked)

	forged := *old // and one of the thief's own making
	forged.Epoch += 100
	news, err := ben.Absorb(i.now, protocol.PurseID{}, protocol.NewBundle(i.net, &forged), 0)
	ok(t, err)
	if len(news.Problems) != 1 {
		t.Fatal(news)
	}
	wantCode(t, news.Problems[0].Err, protocol.CodeBadSignature)
	ben.refuses(paid, protocol.CodeRevoked)

	// Who has not heard is paid by the bank all the same, while the purse's money lasts.
	taken := mallory.forge(carol.request(300), position{seq: 1})
	carol.accepts(taken)
	carol.visit()
	carol.holds(300)
	ben.holds(0)
	mallory.holds(700)
	carol.refuses(mallory.forge(carol.request(300), position{seq: 2, before: 300}), protocol.CodeRevoked) // she has heard now
	if state := mallory.atBank().State; state != "revoked" {
		t.Fatal(state)
	}
	i.after()
}

// TestAttackForgedAccusation: somebody accuses an honest person: with entries that she did not sign, that do not
// contradict each other, that are one entry twice, or that another purse signed. Nobody believes it.
func TestAttackForgedAccusation(t *testing.T) {
	i, b := village(t)
	ana, ben, carol := b.person("Ana", 1000), b.person("Ben", 0), b.person("Carol", 0)
	mallory := b.person("Mallory", 1000).cheat()
	paid := ana.pay(ben.request(100))
	purse, err := ana.Purse(ana.purse)
	ok(t, err)
	sheet, genuine := ana.newest(), entryOf(paid)

	rival := *genuine
	rival.Spend.Bill = protocol.Hash{9}
	unsigned, mine, stolen := rival, rival, rival
	unsigned.Signatures = nil
	mallory.sign(&mine)
	stolen.Signatures = genuine.Signatures
	later := ana.pay(ben.request(50))
	hers := entryOf(mallory.forge(ben.request(100), position{seq: 1}))
	hers2 := entryOf(mallory.forge(ben.request(200), position{seq: 1}))
	own := *sheet // a sheet for Ana's purse with Mallory's key on it, which the bank never issued
	own.Quorum = protocol.Quorum{Signers: []protocol.Signer{{Key: mallory.device(), Weight: 1}}, Threshold: 1}
	onOwn := func(spent int64) *protocol.Entry {
		e := rival
		e.Sheet, e.Spent = i.net.Hash(&own), e.Spent+money.Amount(spent)
		return mallory.sign(&e)
	}
	mallorys, err := mallory.Purse(mallory.purse)
	ok(t, err)

	for name, c := range map[string]struct {
		a, b   *protocol.Entry
		beside []protocol.Document
	}{
		"not signed":                   {genuine, &unsigned, nil},
		"signed by the accuser":        {genuine, &mine, nil},
		"her signature of another":     {genuine, &stolen, nil},
		"two that go together":         {genuine, entryOf(later), nil},
		"one entry twice":              {genuine, genuine, nil},
		"entries of the accuser's own": {hers, hers2, []protocol.Document{mallory.newest(), mallorys.Enrolment}},
		"on a sheet of his own making": {onOwn(0), onOwn(1), []protocol.Document{&own}},
	} {
		t.Run(name, func(t *testing.T) {
			proof := protocol.NewFraudProof(i.net, ana.purse, c.a, c.b)
			accusation := protocol.NewBundle(i.net, append(c.beside, sheet, c.a)...)
			if i.net.Hash(c.a) != i.net.Hash(c.b) {
				accusation.Add(c.b)
			}
			accusation.AddRoot(proof)
			if heard, err := carol.Hear(i.now, accusation); err != nil || slices.Contains(heard.Condemned, ana.purse) {
				t.Errorf("without her Enrolment a wallet believes it: %+v, %v", heard, err)
			}
			if _, err := protocol.VerifyFraud(accusation, b.charter, proof); err == nil {
				t.Error("without her Enrolment it passes for a proof")
			}
			accusation.Add(purse.Enrolment)
			if _, err := protocol.VerifyFraud(accusation, b.charter, proof); err == nil {
				t.Error("it passes for a proof")
			}
			if wire, err := protocol.DecodeBundle(i.net, accusation.Encode(), protocol.NoContext, protocol.MailBounds); err == nil {
				b.present(wire)
			}
			if heard, err := carol.Hear(i.now, accusation); err != nil || slices.Contains(heard.Condemned, ana.purse) {
				t.Errorf("a wallet believes it: %+v, %v", heard, err)
			}
			if state := ana.atBank().State; state != "open" {
				t.Errorf("she is %s at the bank", state)
			}
		})
	}
	ben.accepts(backed(later, protocol.NewBundle(i.net, &unsigned, &mine, &own, onOwn(0))))
	ben.accepts(paid)
	carol.accepts(ana.pay(carol.request(50)))
	ben.visit()
	carol.visit()
	ben.holds(150)
	carol.holds(50)
	ana.holds(800)
	i.after()
}
