package httpapi_test

import (
	"bytes"
	"net/http"
	"slices"
	"testing"
	"time"

	"kula/httpapi"
	"kula/httpapi/api"
	"kula/httpapi/client"
	"kula/httpapi/operatorapi"
	"kula/money"
	"kula/protocol"

	"golang.org/x/time/rate"
)

// caught has John contradict himself, and somebody else bring the proof.
func (f *fixture) caught(t *testing.T) (john *person, proof *protocol.FraudProof) {
	t.Helper()
	john = newPerson("John").enrol(t, f.bank)
	f.loaded(t, john, 100*money.Unit)
	sheet := protocol.All[*protocol.Sheet](f.refreshed(t, john).Bundle)[0]
	one, two := john.pay(sheet, f.mary.bill(60*money.Unit)), john.pay(sheet, f.mary.bill(70*money.Unit))
	proof = protocol.NewFraudProof(testNetwork, john.purse, one, two)
	reply, err := f.client.Sync(t.Context(), protocol.NewBundle(testNetwork, proof, one, two).Encode(), 0, nil)
	if err != nil || len(reply.Problems) != 0 {
		t.Fatal(reply, err)
	}
	return john, proof
}

// convinces checks that a bundle proves the fraud to somebody who trusts the bank's root key and no more.
func convinces(t *testing.T, b *protocol.Bundle, want protocol.Hash) {
	t.Helper()
	f, found := protocol.Find[*protocol.FraudProof](b, want)
	charters := protocol.All[*protocol.Charter](b)
	if !found || !slices.Contains(b.Roots, want) || len(charters) != 1 {
		t.Fatal("the proof is not in it", b.Roots)
	}
	ok(t, protocol.VerifyCharter(testNetwork, charters[0]))
	if complete, err := protocol.VerifyFraud(b, charters[0], f); err != nil || !complete {
		t.Fatal(complete, err)
	}
}

func TestNewsIsForEverybody(t *testing.T) {
	f := start(t, nil)
	john, proof := f.caught(t)
	news, err := f.client.News(t.Context())
	ok(t, err)
	convinces(t, news, testNetwork.Hash(proof))
	if notices := protocol.All[*protocol.Notice](news); len(notices) != 1 || !slices.Contains(notices[0].RevokedPurses, protocol.Hash(john.purse)) {
		t.Fatal("the notice does not name the purse")
	}
	reply, err := f.client.Sync(t.Context(), emptyBundle(), 0, f.mary.device())
	ok(t, err)
	if len(protocol.All[*protocol.FraudProof](reply.Bundle)) != 1 {
		t.Fatal("no news at the sync")
	}
	all := answer[operatorapi.Cases](t, f, "GET", "cases", nil)
	if len(all.Cases) != 1 || all.Cases[0].Purse != john.purse || all.Cases[0].Proof != testNetwork.Hash(proof) || all.Cases[0].AtBank != 99_9000000 {
		t.Fatalf("%+v", all)
	}
	evidence, err := protocol.DecodeBundle(testNetwork, all.Cases[0].Evidence, protocol.NoContext, protocol.MailBounds)
	ok(t, err)
	convinces(t, evidence, testNetwork.Hash(proof))
}

func TestNewsIsRateLimited(t *testing.T) {
	f := start(t, func(c *httpapi.Config) {
		c.Limits.PerAddress, c.Limits.AddressBurst = rate.Every(time.Hour), 2
	})
	for range 2 {
		if r, _ := ask(t, "GET", f.url+"/v1/news", "", nil); r.StatusCode != http.StatusOK {
			t.Fatal(r.StatusCode)
		}
	}
	r, body := ask(t, "GET", f.url+"/v1/news", "", nil)
	wantProblem(t, r, body, http.StatusTooManyRequests, "rate_limited")
}

// secondPhone is another device of somebody's account.
func (f *fixture) secondPhone(t *testing.T, of *person) *person {
	t.Helper()
	p := newPerson(of.name)
	device := key(of.name + "'s second phone")
	p.enrolment.Quorum.Signers[0].Key = protocol.PublicKey(device)
	h := testNetwork.Hash(p.enrolment)
	p.enrolment.AccountSignatures[0].Signature = protocol.Sign(key(of.name), h)
	p.enrolment.DeviceSignatures[0].Signature = protocol.Sign(device, h)
	p.purse = protocol.PurseID(h)
	return p.enrol(t, f.bank)
}

func TestAnOwnerRevokesAStolenPhone(t *testing.T) {
	f := start(t, nil)
	ctx := t.Context()
	john := newPerson("John").enrol(t, f.bank)
	next := f.secondPhone(t, f.mary)
	token := func(p *person) string { return "token-" + p.enrolment.Account.String() }
	list, err := f.client.AccountPurses(ctx, token(f.mary))
	if err != nil || len(list) != 2 || list[0].Purse != f.mary.purse || list[1].Purse != next.purse {
		t.Fatal(list, err)
	}
	for _, stranger := range []string{token(john), "", "what"} {
		if _, err := f.client.Revoke(ctx, stranger, f.mary.purse, nil); err == nil {
			t.Fatal("a stranger revoked it")
		}
	}
	_, err = f.client.Revoke(ctx, token(john), f.mary.purse, nil)
	if client.CodeOf(err) != "bad_account" {
		t.Fatal(err)
	}
	for range 2 {
		notice, err := f.client.Revoke(ctx, token(f.mary), f.mary.purse, &next.purse)
		if err != nil || notice.Epoch != 2 || !slices.Contains(notice.RevokedPurses, protocol.Hash(f.mary.purse)) {
			t.Fatal(notice, err)
		}
	}
	view, err := f.client.Purse(ctx, *f.mary.device())
	if err != nil || view.State != "revoked" || *view.Successor != next.purse {
		t.Fatal(view, err)
	}
	r, body := ask(t, "POST", f.url+"/v1/revoke", api.JSONType, bytes.NewReader([]byte(`{"purse":"00"}`)), "Authorization", "Bearer "+token(f.mary))
	wantProblem(t, r, body, http.StatusBadRequest, "bad_request")
}
