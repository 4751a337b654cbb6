package httpapi_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"kula/httpapi"
	"kula/httpapi/api"
	"kula/protocol"
)

// book is where a bank writes complaints down.
type book struct {
	all  []httpapi.Complaint
	full bool
}

func (b *book) Complain(_ context.Context, c httpapi.Complaint) (int64, error) {
	if b.full {
		return 0, fmt.Errorf("%w: so many", httpapi.ErrTooManyComplaints)
	}
	b.all = append(b.all, c)
	return 7, nil
}

// TestComplaint: a holder's phone brings what proves its complaint and gets a number. What is not about such a
// document, is too large, or comes from nobody, opens none.
func TestComplaint(t *testing.T) {
	held := &book{}
	f := start(t, func(c *httpapi.Config) { c.Complaints = held })
	entry := &protocol.Entry{Sheet: protocol.Hash{1}, Seq: 1, Spent: 5, Kind: protocol.SpendKind, Spend: protocol.Spend{Bill: protocol.Hash{2}, Amount: 5, Deadline: 9}}
	b := protocol.NewBundle(testNetwork)
	subject := b.AddRoot(entry)
	number, err := f.client.Complain(t.Context(), *f.mary.device(), "refused", b)
	ok(t, err)
	if c := held.all[0]; number != 7 || c.Purse != f.mary.purse || c.Name != "Mary" || c.About != "refused" || c.Subject != subject || !bytes.Equal(c.File, b.Encode()) {
		t.Fatalf("%d %+v", number, c)
	}
	two := protocol.NewBundle(testNetwork)
	two.AddAll(b)
	two.Roots = append(two.Roots, subject, two.AddRoot(&protocol.Ack{Entry: subject}))
	memo := protocol.NewBundle(testNetwork)
	memo.AddRoot(&protocol.Memo{Text: "fish"})
	many := protocol.NewBundle(testNetwork)
	many.AddRoot(entry)
	for i := range protocol.PaymentBounds.Documents {
		many.Add(&protocol.Ack{Entry: protocol.Hash{byte(i), byte(i >> 8), 1}})
	}
	for name, c := range map[string]struct {
		about  string
		body   []byte
		status int
		code   string
	}{
		"about the weather":      {"weather", b.Encode(), 400, "bad_request"},
		"about nothing":          {"", b.Encode(), 400, "bad_request"},
		"a cheat without proof":  {"cheated", b.Encode(), 400, "bad_request"},
		"two things at once":     {"refused", two.Encode(), 400, "bad_request"},
		"a memo":                 {"refused", memo.Encode(), 400, "bad_request"},
		"no bundle":              {"refused", []byte("KB"), 400, "truncated"},
		"too many documents":     {"refused", many.Encode(), 400, "too_many"},
		"larger than a payment":  {"refused", make([]byte, protocol.PaymentBounds.Bytes+1), 413, "body_too_large"},
		"nobody who complains":   {"refused", b.Encode(), 401, "unauthenticated"},
		"nobody, and no subject": {"mistake", emptyBundle(), 400, "bad_request"},
	} {
		t.Run(name, func(t *testing.T) {
			r, body := ask(t, http.MethodPost, f.url+"/v1/complaints?about="+c.about, api.BundleType, bytes.NewReader(c.body))
			wantProblem(t, r, body, c.status, c.code)
		})
	}
	held.full = true
	if _, err := f.client.Complain(t.Context(), *f.mary.device(), "refused", b); err == nil || !strings.Contains(err.Error(), "too many complaints") {
		t.Fatal(err)
	}
	if len(held.all) != 1 {
		t.Fatalf("%+v", held.all)
	}
}

// TestABankWithoutABook: says that it is not there.
func TestABankWithoutABook(t *testing.T) {
	f := start(t, nil)
	r, body := ask(t, http.MethodPost, f.url+"/v1/complaints?about=refused", api.BundleType, bytes.NewReader(emptyBundle()))
	wantProblem(t, r, body, 404, "not_found")
	if !strings.Contains(body, "officers") {
		t.Fatal(body)
	}
}
