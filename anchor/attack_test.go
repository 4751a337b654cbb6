package anchor_test

import (
	"context"
	"sync"
	"testing"

	"kula/anchor"
	"kula/money"
	"kula/protocol"
)

// What a dishonest or broken client may send, and what comes of it: nothing.

func TestAttackOneBillRedeemedAThousandTimesByBothParties(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.loaded("ana", 1000), w.person("ben")
	p := ana.pay(ben.bill(300))
	receipts := make([]protocol.Hash, 1000)
	var all sync.WaitGroup
	for i := range receipts {
		all.Go(func() {
			var purse *protocol.PurseID
			if i%2 == 0 {
				purse = &ben.id
			}
			mine := *p
			if i%3 == 0 {
				out, err := w.bank.Redeem(context.Background(), []*protocol.Payment{&mine, &mine})
				if err == nil && out[0].Receipt != nil && out[1].Receipt == out[0].Receipt || err == nil {
					receipts[i] = network.Hash(out[0].Receipt)
				}
				return
			}
			bundle := protocol.NewBundle(network, p.Entry, p.Bill, p.Sheet)
			reply, err := w.bank.Sync(context.Background(), anchor.SyncRequest{Bundle: bundle, Purse: purse})
			if err != nil {
				t.Error(err)
				return
			}
			for _, r := range protocol.All[*protocol.Receipt](reply.Bundle) {
				receipts[i] = network.Hash(r)
			}
		})
	}
	all.Wait()
	for i, r := range receipts {
		if r.IsZero() || r != receipts[0] {
			t.Fatalf("answer %d is receipt %s, the first %s", i, r, receipts[0])
		}
	}
	ana.holds(700)
	ben.holds(300)
	w.audit()
}

func TestAttackAlteredPayments(t *testing.T) {
	w := newWorld(t)
	ana, ben, eve := w.loaded("ana", 1000), w.person("ben"), w.loaded("eve", 10)
	good := ana.pay(ben.bill(100))
	cases := map[string]struct {
		code  string
		alter func(e *protocol.Entry, b *protocol.Bill) (*protocol.Entry, *protocol.Bill)
	}{
		"amount of the entry": {"wrong_amount", func(e *protocol.Entry, b *protocol.Bill) (*protocol.Entry, *protocol.Bill) {
			e.Spend.Amount--
			return e, b
		}},
		"amount of the bill": {"wrong_reference", func(e *protocol.Entry, b *protocol.Bill) (*protocol.Entry, *protocol.Bill) {
			b.Amount++
			return e, b
		}},
		"amount of both": {"bad_signature", func(e *protocol.Entry, b *protocol.Bill) (*protocol.Entry, *protocol.Bill) {
			b.Amount++
			e.Spend.Amount++
			e.Spent++
			e.Spend.Bill = network.Hash(b)
			return e, b
		}},
		"payee": {"bad_signature", func(e *protocol.Entry, b *protocol.Bill) (*protocol.Entry, *protocol.Bill) {
			b.Payee, b.PayeeKey = eve.enrolment.Account, protocol.PublicKey(eve.device)
			e.Spend.Bill = network.Hash(b)
			return e, b
		}},
		"memo": {"bad_signature", func(e *protocol.Entry, b *protocol.Bill) (*protocol.Entry, *protocol.Bill) {
			b.Memo[0] ^= 1
			e.Spend.Bill = network.Hash(b)
			ana.sign(e)
			return e, b
		}},
		"nonce": {"bad_signature", func(e *protocol.Entry, b *protocol.Bill) (*protocol.Entry, *protocol.Bill) {
			b.Nonce[0] ^= 1
			e.Spend.Bill = network.Hash(b)
			ana.sign(e)
			return e, b
		}},
		"somebody else's signature": {"bad_signature", func(e *protocol.Entry, b *protocol.Bill) (*protocol.Entry, *protocol.Bill) {
			eve.sign(e)
			return e, b
		}},
		"no signature": {"below_threshold", func(e *protocol.Entry, b *protocol.Bill) (*protocol.Entry, *protocol.Bill) {
			e.Signatures = nil
			return e, b
		}},
		"another bank's bill": {"wrong_anchor", func(e *protocol.Entry, _ *protocol.Bill) (*protocol.Entry, *protocol.Bill) {
			other := ben.billFrom(func(b *protocol.Bill) { b.Anchor = account("other bank") }, 100)
			e.Spend.Bill = network.Hash(other)
			ana.sign(e)
			return e, other
		}},
		"a named payer": {"wrong_payer", func(e *protocol.Entry, _ *protocol.Bill) (*protocol.Entry, *protocol.Bill) {
			other := ben.billFrom(func(b *protocol.Bill) { b.Payer = eve.enrolment.Account }, 100)
			e.Spend.Bill = network.Hash(other)
			ana.sign(e)
			return e, other
		}},
		"another currency": {"wrong_asset", func(e *protocol.Entry, _ *protocol.Bill) (*protocol.Entry, *protocol.Bill) {
			other := ben.billFrom(func(b *protocol.Bill) { b.Asset = money.Asset{} }, 100)
			e.Spend.Bill = network.Hash(other)
			ana.sign(e)
			return e, other
		}},
		"over the limit": {"over_bill_limit", func(e *protocol.Entry, _ *protocol.Bill) (*protocol.Entry, *protocol.Bill) {
			other := ben.bill(2e12)
			e.Spend.Bill, e.Spend.Amount, e.Spent = network.Hash(other), 2e12, e.Spent+2e12
			ana.sign(e)
			return e, other
		}},
		"a number that does not fit": {"too_large", func(e *protocol.Entry, b *protocol.Bill) (*protocol.Entry, *protocol.Bill) {
			e.Seq = 1 << 63
			ana.sign(e)
			return e, b
		}},
		"before its base": {"behind_base", func(e *protocol.Entry, b *protocol.Bill) (*protocol.Entry, *protocol.Bill) {
			e.Seq = 1
			ana.sign(e)
			return e, b
		}},
		"a made-up sheet": {"unknown_sheet", func(e *protocol.Entry, b *protocol.Bill) (*protocol.Entry, *protocol.Bill) {
			e.Sheet = protocol.Hash{1}
			ana.sign(e)
			return e, b
		}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			e, b := *good.Entry, *good.Bill
			ep, bp := c.alter(&e, &b)
			reply := w.bring(ep, bp)
			if len(protocol.All[*protocol.Receipt](reply.Bundle)) != 0 {
				t.Fatal("honoured")
			}
			want := c.code
			if c.code == "wrong_reference" {
				want = "missing_document" // its hash is another, so the bundle does not hold it
			}
			if len(reply.Problems) != 1 || reply.Problems[0].Code != want {
				t.Fatal(reply.Problems)
			}
			out, err := w.bank.Redeem(w.ctx, []*protocol.Payment{{
				Entry: ep, EntryHash: network.Hash(ep), Sheet: good.Sheet, SheetHash: good.SheetHash, Bill: bp, BillHash: ep.Spend.Bill,
			}})
			ok(t, err)
			if out[0].Receipt != nil || out[0].Problem == nil || out[0].Problem.Code != c.code {
				t.Fatalf("%+v", out[0].Problem)
			}
		})
	}
	ana.holds(1000)
	w.honoured(good)
	w.audit()
}

func TestAttackABadOneInABatchHarmsNoOther(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.loaded("ana", 1000), w.person("ben")
	var batch []*protocol.Payment
	for range 20 {
		batch = append(batch, ana.pay(ben.bill(10)))
	}
	batch[7].Entry.Signatures[0].Signature[3] ^= 1
	batch[13].Bill.Signature[5] ^= 1
	for i, out := range w.redeem(batch...) {
		if bad := i == 7 || i == 13; bad != (out.Receipt == nil) {
			t.Fatal(i, out.Problem)
		}
	}
	ben.holds(180)
}

func TestAttackTwoEntriesWithOneNumber(t *testing.T) {
	w := newWorld(t)
	ana, ben, eve := w.loaded("ana", 1000), w.person("ben"), w.person("eve")
	first := ana.pay(ben.bill(700))
	second := ana.entry(eve.bill(600), ana.seq, ana.spent-100, 600)
	third := ana.entry(eve.bill(200), ana.seq, ana.spent-500, 200)
	w.honoured(first)
	w.problem(second, "parked") // within its funds by its own account, but nothing is left
	if s := ana.view().State; s != "contradicted" {
		t.Fatal(s)
	}
	w.honoured(third) // what is left is paid, first come first served
	ana.load(400)     // her victims come before her
	w.problem(second, "parked")
	ana.load(100)
	w.honoured(second)
	ana.holds(0)
	reply := ana.refresh()
	if reply.Problems[0].Code != "contradicted" {
		t.Fatal(reply.Problems)
	}
	w.audit()
}

func TestAttackTotalsThatGoBack(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.loaded("ana", 1000), w.person("ben")
	w.honoured(ana.pay(ben.bill(700)))
	back := ana.entry(ben.billFrom(shortBill(10), 600), ana.seq+1, ana.enrolment.Start+600, 600)
	w.problem(back, "parked")
	if s := ana.view().State; s != "contradicted" {
		t.Fatal(s)
	}
	w.pass(20 * day)
	w.tend()
	if r := w.redeem(back)[0].Receipt; r.Reason != protocol.ReasonIncompatible {
		t.Fatal(r)
	}
	// Nothing of hers lapses: that would raise her funds to 1600.
	w.problem(ana.entry(ben.bill(300), 90, ana.enrolment.Start+1600, 300), "parked")
}

func TestAttackAStatementThatForgets(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.loaded("ana", 1000), w.person("ben")
	p := ana.pay(ben.bill(700))
	w.honoured(p)
	ana.spent -= 700
	reply := ana.sync(ana.statement())
	if reply.Problems[0].Code != "contradicted" {
		t.Fatal(reply.Problems)
	}
	ana.available(1000) // the old sheet; no new one
}

func TestAttackReplayedChallenge(t *testing.T) {
	w := newWorld(t)
	ana, eve := w.loaded("ana", 1000), w.person("eve")
	c, err := w.bank.Challenge(w.ctx, ana.id)
	ok(t, err)
	asked := func(nonce protocol.Hash) *anchor.SyncReply {
		st := ana.statement()
		st.Statement.Challenge = nonce
		ana.sign(st)
		return w.bring(st)
	}
	if reply := asked(c.Nonce); len(reply.Problems) != 0 {
		t.Fatal(reply.Problems)
	}
	foreign, err := w.bank.Challenge(w.ctx, eve.id)
	ok(t, err)
	old, err := w.bank.Challenge(w.ctx, ana.id)
	ok(t, err)
	w.pass(old.Expires - w.now() + 1)
	for _, nonce := range []protocol.Hash{c.Nonce, foreign.Nonce, old.Nonce, {7}} {
		if reply := asked(nonce); len(reply.Problems) != 1 || reply.Problems[0].Code != "bad_challenge" {
			t.Fatal(reply.Problems)
		}
	}
	fresh, err := w.bank.Challenge(w.ctx, ana.id)
	ok(t, err)
	_, err = w.bank.UseChallenge(w.ctx, ana.id, fresh.Nonce)
	ok(t, err)
	_, err = w.bank.UseChallenge(w.ctx, ana.id, fresh.Nonce)
	refused(t, err, "bad_challenge")
}

func TestAttackEnrolments(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		code  string
		alter func(p *person, auth *anchor.AccountAuth)
	}{
		"below the account's threshold": {"bad_account", func(_ *person, a *anchor.AccountAuth) { a.MediumThreshold = 2 }},
		"an account that did not sign":  {"bad_account", func(_ *person, a *anchor.AccountAuth) { a.Account = account("eve") }},
		"a signer that is none":         {"bad_account", func(_ *person, a *anchor.AccountAuth) { a.Signers[0].Key = protocol.PublicKey(key("eve")) }},
		"a master key without weight":   {"bad_account", func(_ *person, a *anchor.AccountAuth) { a.Signers[0].Weight = 0; a.MediumThreshold = 0 }},
		"one signature twice": {"bad_account", func(p *person, a *anchor.AccountAuth) {
			a.MediumThreshold = 2
			p.enrolment.AccountSignatures = append(p.enrolment.AccountSignatures, p.enrolment.AccountSignatures[0])
		}},
		"a device that did not sign": {"bad_signature", func(p *person, _ *anchor.AccountAuth) { p.enrolment.DeviceSignatures[0].Signature[0] ^= 1 }},
		"a forged account signature": {"bad_signature", func(p *person, _ *anchor.AccountAuth) { p.enrolment.AccountSignatures[0].Signature[0] ^= 1 }},
		"another bank's":             {"wrong_anchor", func(p *person, _ *anchor.AccountAuth) { p.enrolment.Anchor = account("other bank"); p.resign() }},
		"a currency not served":      {"wrong_asset", func(p *person, _ *anchor.AccountAuth) { p.enrolment.Asset = money.Asset{}; p.resign() }},
	} {
		t.Run(name, func(t *testing.T) {
			p := w.newPerson("ana", protocol.Circulating)
			auth := p.auth()
			c.alter(p, &auth)
			if name == "one signature twice" { // the document itself forbids it
				_, err := w.bank.Enrol(w.ctx, auth, p.enrolment, "")
				refused(t, err, "duplicate")
				return
			}
			_, err := w.bank.Enrol(w.ctx, auth, p.enrolment, "")
			refused(t, err, c.code)
		})
	}
}

func TestAttackTooMuchAtOnce(t *testing.T) {
	w := newWorld(t)
	bundle := protocol.NewBundle(network)
	for i := range 1001 {
		bundle.Add(&protocol.Ack{Entry: protocol.Hash{byte(i), byte(i >> 8)}})
	}
	_, err := w.bank.Sync(w.ctx, anchor.SyncRequest{Bundle: bundle})
	refused(t, err, "too_many")
	_, err = w.bank.Sync(w.ctx, anchor.SyncRequest{Bundle: protocol.NewBundle(protocol.NewNetwork("another"))})
	refused(t, err, "wrong_network")
}

func TestAttackAnExpiredSheetWithTheClockTurnedBack(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.loaded("ana", 1000), w.person("ben")
	w.pass(121 * day) // both phones believe it is still day 1
	p := ana.pay(ben.billFrom(func(b *protocol.Bill) { b.IssuedAt = start; b.ExpiresAt = start + 60*day }, 100))
	w.problem(p, "late")
	w.pass(7*day + 1)
	w.tend()
	if r := w.redeem(p)[0].Receipt; r.Outcome != protocol.Dishonoured {
		t.Fatal(r)
	}
	ben.holds(0)
}
