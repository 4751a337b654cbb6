package httpapi_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"kula/anchor"
	"kula/httpapi/api"
	"kula/httpapi/operatorapi"
	"kula/money"
	"kula/protocol"
)

// operate asks as the operator; a body is posted as JSON.
func (f *fixture) operate(t *testing.T, method, path string, body any) (*http.Response, string) {
	t.Helper()
	var reader io.Reader
	mediaType := ""
	if body != nil {
		text, err := json.Marshal(body)
		ok(t, err)
		reader, mediaType = bytes.NewReader(text), api.JSONType
	}
	return ask(t, method, f.ops+"/operator/"+path, mediaType, reader, "Authorization", "Bearer "+operatorToken)
}

// answer reads an operator's answer as exactly the type that the specification gives it: nothing in it
// is unknown, and nothing that must be there is missing.
func answer[V any](t *testing.T, f *fixture, method, path string, body any) (v V) {
	t.Helper()
	r, text := f.operate(t, method, path, body)
	if r.StatusCode != 200 {
		t.Fatalf("%s: %d %s", path, r.StatusCode, text)
	}
	sameAsSpecified(t, text, &v)
	return v
}

func sameAsSpecified(t *testing.T, text string, into any) {
	t.Helper()
	reader := json.NewDecoder(strings.NewReader(text))
	reader.DisallowUnknownFields()
	if err := reader.Decode(into); err != nil {
		t.Fatalf("not as specified: %v in %s", err, text)
	}
	again, err := json.Marshal(into)
	ok(t, err)
	var sent, specified any
	ok(t, json.Unmarshal([]byte(text), &sent))
	ok(t, json.Unmarshal(again, &specified))
	if !reflect.DeepEqual(sent, specified) {
		t.Fatalf("sent      %s\nspecified %s", text, again)
	}
}

func (f *fixture) done(t *testing.T, path string, body any) {
	t.Helper()
	if r, text := f.operate(t, "POST", path, body); r.StatusCode != http.StatusNoContent {
		t.Fatalf("%s: %d %s", path, r.StatusCode, text)
	}
}

func (f *fixture) refused(t *testing.T, method, path string, body any, status int, code string) {
	t.Helper()
	r, text := f.operate(t, method, path, body)
	wantProblem(t, r, text, status, code)
}

func TestConformancePurseIsAsSpecified(t *testing.T) {
	f := start(t, nil)
	r, text := ask(t, "GET", f.url+"/v1/purses/"+f.mary.purse.String(), "", nil, "Authorization", f.proof(t, f.mary).Header())
	if r.StatusCode != 200 {
		t.Fatal(text)
	}
	sameAsSpecified(t, text, new(api.Purse))
}

func TestConformanceOperatorsDay(t *testing.T) {
	f := start(t, nil)
	path := "purses/" + f.mary.purse.String()
	cash := operatorapi.TellerRequest{Purse: f.mary.purse, Amount: 50 * money.Unit, Officer: "Rose", IdempotencyKey: "slip-0001"}
	first := answer[operatorapi.TellerSlip](t, f, "POST", "teller/in", cash)
	if again := answer[operatorapi.TellerSlip](t, f, "POST", "teller/in", cash); again != first {
		t.Errorf("the same slip came back as %v, then as %v", first, again)
	}
	cash.Amount++
	f.refused(t, "POST", "teller/in", cash, 409, "idempotency_key_reused")
	cash.IdempotencyKey = "slip-0002"
	f.refused(t, "POST", "teller/out", cash, 409, "no_cash")
	cash.IdempotencyKey = "x"
	f.refused(t, "POST", "teller/in", cash, 400, "bad_request")
	drawer := answer[operatorapi.Drawer](t, f, "GET", "teller/drawer?officer=Rose", nil)
	if len(drawer.Slips) != 1 || len(drawer.Cash) != 1 {
		t.Errorf("drawer: %+v", drawer)
	}
	if empty := answer[operatorapi.Drawer](t, f, "GET", "teller/drawer?officer=Nobody", nil); len(empty.Slips) != 0 {
		t.Errorf("Nobody's drawer: %+v", empty)
	}
	if queued := answer[operatorapi.Payouts](t, f, "GET", "payouts?state=queued", nil); len(queued.Payouts) != 1 {
		t.Errorf("queued: %+v", queued)
	}
	f.refused(t, "GET", "payouts?state=lost", nil, 400, "bad_request")
	answer[operatorapi.Payouts](t, f, "GET", "payouts", nil)
	f.refused(t, "POST", "payouts/999/retry", nil, 404, "not_found")

	books := answer[operatorapi.Books](t, f, "GET", "books", nil)
	if books.Problem != nil || len(books.Lines) == 0 || len(books.Reserve) != 1 || !books.Reserve[0].Agrees {
		t.Errorf("books: %+v", books)
	}
	f.bank.ledger.SetDown(true)
	f.refused(t, "GET", "books", nil, 503, "unavailable")
	f.bank.ledger.SetDown(false)
	accounts := answer[operatorapi.Accounts](t, f, "GET", "accounts", nil)
	if len(accounts.Accounts) != 1 || accounts.Accounts[0].Name != "Mary" {
		t.Errorf("accounts: %+v", accounts)
	}
	newPerson("John").enrol(t, f.bank)
	page := answer[operatorapi.Purses](t, f, "GET", "purses?limit=1", nil)
	rest := answer[operatorapi.Purses](t, f, "GET", "purses?limit=1&after="+strconv.FormatInt(page.Next, 10), nil)
	if len(page.Purses) != 1 || len(rest.Purses) != 1 || page.Purses[0].Purse == rest.Purses[0].Purse {
		t.Errorf("pages %+v and %+v", page, rest)
	}
	f.refused(t, "GET", "purses?limit=0", nil, 400, "bad_request")
	f.refused(t, "GET", "purses/xyz", nil, 400, "bad_request")

	f.done(t, path+"/freeze", nil)
	if view := answer[operatorapi.Purse](t, f, "GET", path, nil); view.State != "frozen" {
		t.Errorf("state %s after a freeze", view.State)
	}
	f.done(t, path+"/unfreeze", nil)
	f.refused(t, "POST", path+"/tier", operatorapi.TierRequest{Tier: "gold"}, 400, "bad_request")
	f.done(t, path+"/tier", operatorapi.TierRequest{Tier: "basic"})
	john := newPerson("John").purse
	f.done(t, path+"/revoke", operatorapi.RevokeRequest{Successor: &john})
	if view := answer[operatorapi.Purse](t, f, "GET", path, nil); view.State != "revoked" || view.Successor == nil || *view.Successor != john {
		t.Errorf("after a revocation: %+v", view)
	}
	f.done(t, "extensions", operatorapi.Extension{From: begin + 1, To: begin + 86400})
	f.refused(t, "POST", "extensions", operatorapi.Extension{From: begin + 2, To: begin + 1}, 400, "bad_request")
	if _, notice, err := f.client.Charter(t.Context()); err != nil || len(notice.Extensions) != 1 || len(notice.RevokedPurses) != 1 {
		t.Error(notice, err)
	}
}

func TestConformanceSuspense(t *testing.T) {
	f := start(t, nil)
	if none := answer[operatorapi.SuspenseList](t, f, "GET", "suspense", nil); none.Suspense == nil || len(none.Suspense) != 0 {
		t.Errorf("suspense: %+v", none)
	}
	for range 2 { // money without a reference
		f.bank.ledger.Pay(anchor.Incoming{Kind: anchor.IncomingPayment, From: account("sender").String(), Asset: vatu(), Amount: 10 * money.Unit, At: begin})
	}
	_, err := f.bank.Ingest(t.Context())
	ok(t, err)
	open := answer[operatorapi.SuspenseList](t, f, "GET", "suspense", nil).Suspense
	if len(open) != 2 || open[0].Amount != 10*money.Unit || open[0].Reason == "" {
		t.Fatalf("suspense: %+v", open)
	}
	f.refused(t, "POST", "suspense/"+open[0].Operation+"/place", operatorapi.PlaceRequest{Purse: protocol.PurseID{1}}, 404, "unknown_purse")
	f.done(t, "suspense/"+open[0].Operation+"/place", operatorapi.PlaceRequest{Purse: f.mary.purse})
	f.done(t, "suspense/"+open[1].Operation+"/return", nil)
	if left := answer[operatorapi.SuspenseList](t, f, "GET", "suspense", nil); len(left.Suspense) != 0 {
		t.Errorf("still there: %+v", left)
	}
	if view, err := f.bank.Purse(t.Context(), f.mary.purse); err != nil || view.AtBank != 10*money.Unit-money.Unit/100 {
		t.Error(view, err)
	}
	f.refused(t, "POST", "suspense/12345/return", nil, 404, "not_found")
}

func TestConformanceGuarantee(t *testing.T) {
	f := start(t, nil)
	f.bank.ledger.Fund(vatu(), 100*money.Unit)
	fund := operatorapi.FundingRequest{Amount: 60 * money.Unit, Officer: "mere", IdempotencyKey: "guarantee-1"}
	first := answer[operatorapi.Funding](t, f, "POST", "guarantee/fund", fund)
	if again := answer[operatorapi.Funding](t, f, "POST", "guarantee/fund", fund); again != first {
		t.Errorf("%+v, then %+v", first, again)
	}
	fund.Amount++
	f.refused(t, "POST", "guarantee/fund", fund, 409, "idempotency_key_reused")
	fund.IdempotencyKey = "short"
	f.refused(t, "POST", "guarantee/fund", fund, 400, "bad_request")
	f.done(t, "guarantee/lower", operatorapi.LowerRequest{Guaranteed: 3})
	f.done(t, "guarantee/lower", operatorapi.LowerRequest{Guaranteed: 2, Purse: &f.mary.purse})
	f.refused(t, "POST", "guarantee/lower", operatorapi.LowerRequest{Guaranteed: 2, Purse: &protocol.PurseID{1}}, 404, "unknown_purse")
	g := answer[operatorapi.GuaranteeList](t, f, "GET", "guarantee", nil).Guarantee
	if len(g) != 1 || g[0].UnderWay != 60*money.Unit || g[0].Fund != 0 || g[0].Owing == nil {
		t.Errorf("%+v", g)
	}
}
