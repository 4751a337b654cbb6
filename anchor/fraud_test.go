package anchor_test

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"kula/anchor"
	"kula/money"
	"kula/protocol"
)

// caught makes a cheat: two payments that say of themselves that they were next.
func (w *world) caught(name string, to *person) (cheat *person, first, second *protocol.Payment) {
	cheat = w.newPerson(name, protocol.Circulating)
	if w.terms != nil {
		cheat.family()
	}
	cheat.enrol()
	cheat.load(999)
	cheat.refresh()
	first = cheat.pay(to.bill(700))
	cheat.load(1)
	cheat.sync() // two live sheets, and an entry on each
	second = cheat.entry(to.bill(600), cheat.seq, cheat.spent-100, 600)
	return cheat, first, second
}

// family gives a purse as many devices as it may have, of which the first signs alone: proofs are as large as
// they get.
func (p *person) family() {
	q := protocol.Quorum{Signers: []protocol.Signer{{Key: protocol.PublicKey(p.device), Weight: 8}}, Threshold: 8}
	devices := map[protocol.Key]ed25519.PrivateKey{}
	for i := range 7 {
		d := key(fmt.Sprint(p.name, "'s phone ", i))
		devices[protocol.PublicKey(d)] = d
		q.Signers = append(q.Signers, protocol.Signer{Key: protocol.PublicKey(d), Weight: 1})
	}
	slices.SortFunc(q.Signers[1:], func(a, b protocol.Signer) int { return bytes.Compare(a.Key[:], b.Key[:]) })
	p.enrolment.Quorum = q
	p.resign()
	h := network.Hash(p.enrolment)
	for i, s := range q.Signers[1:] {
		p.enrolment.DeviceSignatures = append(p.enrolment.DeviceSignatures, protocol.DeviceSignature{
			Index: uint32(i + 1), Signature: protocol.Sign(devices[s.Key], h),
		})
	}
}

// accusation is a proof as a phone brings it: the two entries, nothing that the bank has itself.
func accusation(p *person, a, b *protocol.Entry) []protocol.Document {
	return []protocol.Document{protocol.NewFraudProof(network, p.id, a, b), a, b}
}

func (w *world) news() *protocol.Bundle {
	w.t.Helper()
	b, err := w.bank.News(w.ctx)
	ok(w.t, err)
	return b
}

func (w *world) notice() *protocol.Notice {
	w.t.Helper()
	_, notice, err := w.bank.Charter(w.ctx)
	ok(w.t, err)
	return notice
}

// proofs are those of a bundle, of which each must convince a stranger who has the charter only.
func (w *world) proofs(b *protocol.Bundle) (purses []protocol.PurseID) {
	w.t.Helper()
	for _, f := range protocol.All[*protocol.FraudProof](b) {
		complete, err := protocol.VerifyFraud(b, w.cfg.Charter, f)
		ok(w.t, err)
		if !complete {
			w.t.Fatal("without its Enrolment")
		}
		purses = append(purses, f.Purse)
	}
	return purses
}

func (w *world) condemned(p *person) {
	w.t.Helper()
	if s := p.view().State; s != "contradicted" {
		w.t.Fatal(p.name, s)
	}
	if !slices.Contains(w.notice().RevokedPurses, protocol.Hash(p.id)) {
		w.t.Fatal("the notice does not name", p.name)
	}
	if !slices.Contains(w.proofs(w.news()), p.id) {
		w.t.Fatal("no proof in the news")
	}
}

func TestFraudIsProvedFrozenAndNamedAtOnce(t *testing.T) {
	w := newWorld(t)
	ben := w.person("ben")
	ana, first, second := w.caught("ana", ben)
	w.honoured(first)
	reply := w.bring(second.Entry, second.Bill)
	w.condemned(ana)
	// The reply to the very sync that brought it to light says so.
	if notices := protocol.All[*protocol.Notice](reply.Bundle); len(notices) != 1 || len(notices[0].RevokedPurses) != 1 {
		t.Fatal(notices)
	}
	ana.load(50) // no fresh sheet
	ana.sync()
	ana.available(1000)
	if reply := ana.refresh(); reply.Problems[0].Code != "contradicted" {
		t.Fatal(reply.Problems)
	}
	_, err := w.bank.Unload(w.ctx, anchor.UnloadRequest{Purse: ana.id, Amount: 10, Destination: account("out").String()})
	refused(t, err, "contradicted")
	ok(t, w.bank.Unfreeze(w.ctx, ana.id)) // an officer's freeze is another thing
	w.condemned(ana)
	// What she signed is redeemed while her funds last.
	w.honoured(ana.entry(ben.bill(100), 60, ana.spent+100, 100))
	ben.holds(800)
	w.audit()
	w.reopen()
	w.condemned(ana)
}

func TestFraudStatementsProveItToo(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.loaded("ana", 1000), w.person("ben")
	w.honoured(ana.pay(ben.bill(700)))
	ana.spent -= 700
	ana.sync(ana.statement())
	w.condemned(ana)
}

// TestFraudBeforeTheFirstSheet: two Statements on the Enrolment itself.
func TestFraudBeforeTheFirstSheet(t *testing.T) {
	w := newWorld(t)
	ana := w.person("ana")
	one := ana.statement()
	ana.seq--
	ana.spent += 5
	two := ana.statement()
	w.bring(one)
	if reply := w.bring(accusation(ana, one, two)...); len(reply.Problems) > 1 {
		t.Fatal(reply.Problems)
	}
	w.condemned(ana)
}

func TestFraudProofsAreTakenFromAnybody(t *testing.T) {
	w := newWorld(t)
	ben, cem := w.person("ben"), w.person("cem")
	cem.sync()
	ana, first, second := w.caught("ana", ben)
	for range 3 {
		reply := w.bring(accusation(ana, first.Entry, second.Entry)...)
		if len(reply.Problems) != 0 {
			t.Fatal(reply.Problems)
		}
		proof := network.Hash(protocol.NewFraudProof(network, ana.id, first.Entry, second.Entry))
		if d := protocol.All[*protocol.Delivery](reply.Bundle); len(d) != 1 || !slices.Contains(d[0].Documents, proof) {
			t.Fatal("no proof of presentment", d)
		}
		w.condemned(ana)
	}
	if n := w.notice(); n.Epoch != 2 || len(n.RevokedPurses) != 1 {
		t.Fatal(n)
	}
	// Everybody hears of it, once.
	if told := w.proofs(cem.sync().Bundle); len(told) != 1 || told[0] != ana.id {
		t.Fatal(told)
	}
	if told := w.proofs(cem.sync().Bundle); len(told) != 0 {
		t.Fatal(told)
	}
	// What she had is still there for those whom she paid.
	w.honoured(first)
	w.problem(second, "parked")
	w.audit()
}

// TestFraudForgedAccusations: what is no proof is refused by name, and changes nothing.
func TestFraudForgedAccusations(t *testing.T) {
	w := newWorld(t)
	ana, ben, eve := w.loaded("ana", 1000), w.person("ben"), w.loaded("eve", 1000)
	one, two := ana.pay(ben.bill(100)).Entry, ana.pay(ben.bill(100)).Entry
	hers := eve.pay(ben.bill(100)).Entry
	forged := *one
	forged.Spent--
	eve.sign(&forged)
	unsigned := *one
	unsigned.Spent--
	unsigned.Signatures = nil
	invented := *one
	invented.Sheet = protocol.Hash{9}
	ana.sign(&invented)
	stranger := w.newPerson("nobody", protocol.Circulating)
	epoch := w.notice().Epoch
	for name, c := range map[string]struct {
		code string
		docs []protocol.Document
	}{
		"two that agree":        {"wrong_reference", accusation(ana, one, two)},
		"signed by the accuser": {"bad_signature", accusation(ana, one, &forged)},
		"not signed":            {"below_threshold", accusation(ana, one, &unsigned)},
		"of two purses":         {"wrong_reference", accusation(ana, one, hers)},
		"of another purse":      {"wrong_reference", accusation(ben, one, two)},
		"on an invented sheet":  {"unknown_sheet", accusation(ana, one, &invented)},
		"of an unknown purse":   {"unknown_purse", accusation(stranger, one, two)},
		"without its entries":   {"missing_document", accusation(ana, one, two)[:1]},
	} {
		t.Run(name, func(t *testing.T) {
			reply := w.bring(c.docs...)
			proof := network.Hash(c.docs[0])
			if len(reply.Problems) != 1 || reply.Problems[0].Code != c.code || reply.Problems[0].Document != proof {
				t.Fatal(reply.Problems)
			}
			if len(protocol.All[*protocol.Delivery](reply.Bundle)) != 0 {
				t.Fatal("it was taken in")
			}
		})
	}
	for _, p := range []*person{ana, ben, eve} {
		if s := p.view().State; s != "open" {
			t.Fatal(p.name, s)
		}
	}
	if w.notice().Epoch != epoch || len(w.proofs(w.news())) != 0 {
		t.Fatal("something was published")
	}
}

func TestFraudAccusationsInOneBundleAreBounded(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.loaded("ana", 1000), w.person("ben")
	one := ana.pay(ben.bill(1)).Entry
	var docs []protocol.Document
	for range 40 {
		docs = append(docs, accusation(ana, one, ana.pay(ben.bill(1)).Entry)...)
	}
	codes := map[string]int{}
	for _, p := range w.bring(docs...).Problems {
		codes[p.Code]++
	}
	if codes["wrong_reference"] != 16 || codes["too_many"] != 24 {
		t.Fatal(codes)
	}
}

// TestFraudAnHonestPurseIsNeverAccused: of everything that honest people sign in a random history no two
// entries are a proof, whoever brings them together.
func TestFraudAnHonestPurseIsNeverAccused(t *testing.T) {
	for seed := range uint64(6) {
		w := newWorld(t, scratch)
		v := w.hamlet("hamlet")
		v.wander(rand.New(rand.NewPCG(seed, 9)), 30)
		signed := map[protocol.PurseID][]*protocol.Entry{}
		bySheet := map[protocol.Hash]*person{}
		for _, p := range v.people {
			bySheet[protocol.Hash(p.id)] = p
			for _, s := range p.sheets {
				bySheet[network.Hash(s)] = p
			}
		}
		for _, a := range v.events {
			for _, d := range a.docs {
				if e, isEntry := d.(*protocol.Entry); isEntry {
					p := bySheet[e.Sheet]
					signed[p.id] = append(signed[p.id], e)
				}
			}
		}
		tried := 0
		for _, p := range v.people {
			for i, a := range signed[p.id] {
				for _, b := range signed[p.id][i+1:] {
					proof := protocol.NewFraudProof(network, p.id, a, b)
					for _, problem := range w.bring(proof, a, b).Problems {
						if problem.Document == network.Hash(proof) {
							tried++
						}
					}
				}
			}
		}
		if tried == 0 {
			t.Fatal("nothing was tried")
		}
		for _, p := range v.people {
			if view, err := w.bank.Purse(w.ctx, p.id); err == nil && view.State != "open" {
				t.Fatalf("seed %d: %s is %s", seed, p.name, view.State)
			}
		}
		if len(w.proofs(w.news())) != 0 {
			t.Fatal("a proof against the honest")
		}
	}
}

// TestFraudVictimsGetTheEvidence: with the receipt of a bill that was not honoured comes the proof against its
// payer, to the payee and to whoever brings it.
func TestFraudVictimsGetTheEvidence(t *testing.T) {
	w := newWorld(t)
	ben, eve := w.person("ben"), w.person("eve")
	ana := w.loaded("ana", 1000)
	first := ana.pay(eve.bill(700))
	second := ana.entry(ben.billFrom(shortBill(10), 600), ana.seq, ana.spent-100, 600)
	w.honoured(first)
	w.problem(second, "parked")
	ben.sync() // and has heard of it by now
	for i := range 9 {
		w.bring(accusationOf(w, fmt.Sprint("cheat ", i), eve)...) // so many that the news alone would not tell
	}
	ben.sync()
	w.pass(20 * day)
	w.tend()
	for _, reply := range []*anchor.SyncReply{ben.sync(), w.bring(second.Entry, second.Bill)} {
		if len(protocol.All[*protocol.Receipt](reply.Bundle)) == 0 {
			t.Fatal("no receipt")
		}
		if told := w.proofs(reply.Bundle); len(told) != 1 || told[0] != ana.id {
			t.Fatal("no evidence", told)
		}
	}
	// A bill that was honoured needs none.
	if told := w.proofs(w.bring(first.Entry, first.Bill).Bundle); len(told) != 0 {
		t.Fatal(told)
	}
}

func accusationOf(w *world, name string, to *person) []protocol.Document {
	p, first, second := w.caught(name, to)
	return accusation(p, first.Entry, second.Entry)
}

func TestFraudNewsIsBounded(t *testing.T) {
	for name, options := range map[string][]option{"by documents": nil, "by bytes": {wordy}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, options...)
			ben, cem := w.person("ben"), w.person("cem")
			var cheats []protocol.PurseID
			for i := range 60 {
				p, first, second := w.caught(fmt.Sprint("cheat ", i), ben)
				w.bring(accusation(p, first.Entry, second.Entry)...)
				cheats = append(cheats, p.id)
			}
			news := w.news()
			told := w.proofs(news)
			if size := len(news.Encode()); size > 64<<10 || news.Len() > protocol.PaymentBounds.Documents || len(told) < 20 {
				t.Fatal(size, news.Len(), len(told))
			}
			for _, id := range cheats[len(cheats)-len(told):] {
				if !slices.Contains(told, id) {
					t.Fatal("an older proof stands in the place of a newer one")
				}
			}
			if told := w.proofs(cem.sync().Bundle); len(told) != 8 || !slices.Contains(told, cheats[59]) {
				t.Fatal(len(told))
			}
			if told := w.proofs(cem.sync().Bundle); len(told) != 0 {
				t.Fatal("told twice")
			}
		})
	}
}

// wordy gives the bank a long charter.
func wordy(w *world) {
	w.terms = func(c *protocol.Charter) {
		limits := c.Assets[0].Tiers[0].Limits
		for a := range 14 {
			var tiers []protocol.Tier
			for i := range 8 {
				tiers = append(tiers, protocol.Tier{Name: fmt.Sprint(strings.Repeat("tier ", 8), i), Limits: limits})
			}
			asset, err := money.NewAsset(fmt.Sprintf("WWW%c", rune('A'+a)), protocol.PublicKey(key("issuer")))
			ok(w.t, err)
			c.Assets = append(c.Assets, protocol.AssetTerms{Asset: asset, Step: 1, Tiers: tiers})
		}
	}
}

// TestFeedCharterOnAPageThatIsCut: what stands in everybody's feed is not lost between two pages of one's own.
func TestFeedCharterOnAPageThatIsCut(t *testing.T) {
	w := newWorld(t)
	ana := w.loaded("ana", 10)
	ben := w.person("ben")
	w.cfg.Charter = w.charter(2)
	w.reopen()
	cheat, first, second := w.caught("cheat", ben)
	w.bring(accusation(cheat, first.Entry, second.Entry)...)
	for range 310 {
		ana.load(1)
	}
	charters, proofs := 0, 0
	for range 3 {
		reply := ana.sync()
		charters += len(protocol.All[*protocol.Charter](reply.Bundle))
		proofs += len(w.proofs(reply.Bundle))
	}
	if charters != 1 || proofs != 1 {
		t.Fatal(charters, proofs)
	}
}
