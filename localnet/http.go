package localnet

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/stellar/go-stellar-sdk/support/render/hal"
	"github.com/stellar/go-stellar-sdk/support/render/problem"
)

const problemType = "https://stellar.org/horizon-errors/"

// handler serves one resource: what it returns becomes JSON, and a *problem.P problem+json.
type handler func(*request) (any, error)

// request is an HTTP request with the network it is for.
type request struct {
	*http.Request
	n    *Network
	link hal.LinkBuilder
}

// Handler serves Horizon's API, friendbot, and the admin endpoints /_faults and /_close.
func (n *Network) Handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, h := range map[string]handler{
		"GET /{$}":                            getRoot,
		"GET /accounts":                       listAccounts,
		"GET /accounts/{account}":             getAccount,
		"GET /accounts/{account}/data/{key}":  getAccountData,
		"GET /ledgers/{ledger}":               getLedger,
		"GET /transactions/{tx}":              getTransaction,
		"GET /operations/{op}":                getOperation,
		"GET /claimable_balances":             listClaimableBalances,
		"GET /claimable_balances/{claimable}": getClaimableBalance,
		"GET /fee_stats":                      getFeeStats,
		"POST /transactions":                  postTransaction,
		"POST /transactions_async":            postTransactionAsync,
		"GET /friendbot":                      getFriendbot,
		"POST /friendbot":                     getFriendbot,
	} {
		mux.Handle(pattern, n.serve(h))
	}
	n.routeLists(mux)
	mux.Handle("/", n.serve(func(*request) (any, error) { return nil, notFound() }))
	outer := http.NewServeMux()
	n.routeAdmin(outer)
	outer.Handle("/", n.withFaults(openToBrowsers(mux)))
	return outer
}

// routeLists serves the collections, of everything and under each resource that has some.
func (n *Network) routeLists(mux *http.ServeMux) {
	mux.Handle("GET /ledgers", n.serveList(ledgerList))
	for _, under := range []string{"", "/accounts/{account}", "/ledgers/{ledger}", "/claimable_balances/{claimable}"} {
		mux.Handle("GET "+under+"/transactions", n.serveList(transactionList))
	}
	for _, under := range []string{"", "/accounts/{account}", "/ledgers/{ledger}", "/transactions/{tx}", "/claimable_balances/{claimable}"} {
		mux.Handle("GET "+under+"/operations", n.serveList(operationList))
		mux.Handle("GET "+under+"/payments", n.serveList(paymentList))
	}
}

func (n *Network) serve(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Latest-Ledger", strconv.FormatUint(uint64(n.latest()), 10))
		v, err := h(n.request(r))
		if err != nil {
			writeProblem(w, err)
			return
		}
		writeJSON(w, "application/hal+json; charset=utf-8", statusOf(v), v)
	})
}

// statusOf lets an answer choose its own status, as asynchronous submissions do.
func statusOf(v any) int {
	if s, ok := v.(interface{ GetStatus() int }); ok {
		return s.GetStatus()
	}
	return http.StatusOK
}

func (n *Network) request(r *http.Request) *request {
	base := &url.URL{Scheme: "http", Host: r.Host}
	if r.TLS != nil {
		base.Scheme = "https"
	}
	return &request{Request: r, n: n, link: hal.LinkBuilder{Base: base}}
}

func openToBrowsers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Allow-Headers", "*")
		if r.Method == http.MethodOptions {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func writeJSON(w http.ResponseWriter, contentType string, status int, v any) {
	body, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		panic(err) // answers are plain structs
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client may be gone; there is nobody to tell
}

func writeProblem(w http.ResponseWriter, err error) {
	var p *problem.P
	if !errors.As(err, &p) {
		p = &problem.P{Type: "server_error", Title: "Internal Server Error", Status: http.StatusInternalServerError, Detail: err.Error()}
	}
	named := *p
	named.Type = problemType + p.Type
	writeJSON(w, "application/problem+json; charset=utf-8", p.Status, named)
}

func notFound() error {
	return &problem.P{
		Type: "not_found", Title: "Resource Missing", Status: http.StatusNotFound,
		Detail: "The resource at the url requested was not found.  This usually occurs for one of two reasons:  " +
			"The url requested is not valid, or no data in our database could be found with the parameters provided.",
	}
}

func badRequest(field, reason string) error {
	return &problem.P{
		Type: "bad_request", Title: "Bad Request", Status: http.StatusBadRequest,
		Detail: "The request you sent was invalid in some way.",
		Extras: map[string]any{"invalid_field": field, "reason": reason},
	}
}

func unavailable() error {
	return &problem.P{
		Type: "service_unavailable", Title: "Service Unavailable", Status: http.StatusServiceUnavailable,
		Detail: "The request cannot be serviced at this time.",
	}
}

// page is which part of a collection is asked for.
type page struct {
	cursor        int64
	given         bool // a cursor was given
	desc          bool
	limit         int
	join          bool
	includeFailed bool
}

const (
	defaultLimit = 10
	maxLimit     = 200
)

// page reads the paging parameters. A browser that resumes a stream sends its cursor in a header.
func (r *request) page(now int64) (page, error) {
	q := r.URL.Query()
	p := page{limit: defaultLimit, desc: q.Get("order") == "desc", join: q.Get("join") == "transactions"}
	if order := q.Get("order"); order != "" && order != "asc" && order != "desc" {
		return p, badRequest("order", "order: must be asc or desc")
	}
	if join := q.Get("join"); join != "" && !p.join {
		return p, badRequest("join", "Accepted values: transactions")
	}
	if limit := q.Get("limit"); limit != "" {
		n, err := strconv.Atoi(limit)
		if err != nil || n < 1 || n > maxLimit {
			return p, badRequest("limit", "limit must be between 1 and 200")
		}
		p.limit = n
	}
	if failed := q.Get("include_failed"); failed != "" {
		b, err := strconv.ParseBool(failed)
		if err != nil {
			return p, badRequest("include_failed", "Filter should be true or false")
		}
		p.includeFailed = b
	}
	return p, r.cursor(&p, now)
}

func (r *request) cursor(p *page, now int64) error {
	cursor := r.URL.Query().Get("cursor")
	if last := r.Header.Get("Last-Event-ID"); last != "" {
		cursor = last
	}
	switch cursor {
	case "":
		return nil
	case "now":
		p.cursor = now
	default:
		n, err := strconv.ParseInt(cursor, 10, 64)
		if err != nil || n < 0 {
			return badRequest("cursor", "cursor must be a paging token")
		}
		p.cursor = n
	}
	p.given = true
	return nil
}
