package localnet

import (
	"encoding/hex"
	"net/http"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/stellar/go-stellar-sdk/support/render/hal"
	"github.com/stellar/go-stellar-sdk/toid"
	"github.com/stellar/go-stellar-sdk/xdr"
)

// item is a record of history that has a place in it.
type item interface {
	pagingID() int64
	render(*request, page) hal.Pageable
}

// list selects a collection for a request. It is called with the network's lock held.
type list func(*request, *history) (collection, error)

// collection is the whole list that a page is cut from, oldest first, and which of it to show.
type collection struct {
	rows rows
	keep func(item, page) bool
}

// rows are a list's records, without a copy of it.
type rows struct {
	n  int
	at func(int) item
}

func rowsOf[T item](list []T) rows {
	return rows{n: len(list), at: func(i int) item { return list[i] }}
}

// before counts the rows whose id is below a number.
func (r rows) before(id int64) int {
	return sort.Search(r.n, func(i int) bool { return r.at(i).pagingID() >= id })
}

// cut is the page: what is visible, beyond the cursor, and kept; at most limit of it.
func (c collection) cut(p page, horizon int64) []item {
	var found []item
	from, to := 0, c.rows.before(horizon+1)
	if p.desc {
		if p.given {
			to = min(to, c.rows.before(p.cursor))
		}
		for i := to - 1; i >= 0 && len(found) < p.limit; i-- {
			found = c.take(found, c.rows.at(i), p)
		}
		return found
	}
	if p.given {
		from = c.rows.before(p.cursor + 1)
	}
	for i := from; i < to && len(found) < p.limit; i++ {
		found = c.take(found, c.rows.at(i), p)
	}
	return found
}

func (c collection) take(found []item, i item, p page) []item {
	if c.keep == nil || c.keep(i, p) {
		return append(found, i)
	}
	return found
}

// horizon is the paging id behind the last ledger that queries may tell of.
func (n *Network) horizon() int64 {
	return toid.AfterLedger(int32(n.visible())).ToInt64()
}

func (n *Network) visible() uint32 { return n.faults.visible(n.state.sequence()) }

func (n *Network) serveList(l list) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		if strings.HasPrefix(hr.Header.Get("Accept"), "text/event-stream") {
			n.stream(w, n.request(hr), l)
			return
		}
		n.serve(func(r *request) (any, error) { return n.page(r, l) }).ServeHTTP(w, hr)
	})
}

// page answers with one page and the links to the next and the one before.
func (n *Network) page(r *request, l list) (any, error) {
	n.mu.RLock()
	p, err := r.page(n.horizon())
	n.mu.RUnlock()
	if err != nil {
		return nil, err
	}
	records, _, err := n.batch(r, l, p)
	if err != nil {
		return nil, err
	}
	return r.halPage(records, p), nil
}

func (r *request) halPage(records []hal.Pageable, p page) hal.Page {
	full := *r.link.Base
	full.Path, full.RawQuery = r.URL.Path, r.URL.RawQuery
	page := hal.Page{Order: "asc", Limit: uint64(p.limit), Cursor: r.URL.Query().Get("cursor")}
	if p.desc {
		page.Order = "desc"
	}
	page.FullURL = &full
	for _, rec := range records {
		page.Add(rec)
	}
	page.PopulateLinks()
	return page
}

func ledgerList(_ *request, h *history) (collection, error) {
	return collection{rows: rowsOf(h.ledgers)}, nil
}

func transactionList(r *request, h *history) (collection, error) {
	c := collection{keep: func(i item, p page) bool { return p.includeFailed || i.(*txRecord).successful() }}
	switch {
	case r.PathValue("account") != "":
		id, err := r.accountID()
		if err == nil {
			c.rows, err = known(r, h.accountTxs[raw(id)])
		}
		return c, err
	case r.PathValue("ledger") != "":
		l, err := r.ledger(h)
		if err == nil {
			c.rows = rowsOf(l.txs)
		}
		return c, err
	case r.PathValue("claimable") != "":
		id, err := r.balanceID()
		if err == nil {
			c.rows, err = known(r, h.claimableTxs[id])
		}
		return c, err
	}
	c.rows = rowsOf(h.txs)
	return c, nil
}

func operationList(r *request, h *history) (collection, error) {
	c := collection{keep: func(i item, p page) bool { return p.includeFailed || i.(*opRecord).tx.successful() }}
	switch {
	case r.PathValue("account") != "":
		id, err := r.accountID()
		if err == nil {
			c.rows, err = known(r, h.accountOps[raw(id)])
		}
		return c, err
	case r.PathValue("ledger") != "":
		l, err := r.ledger(h)
		if err == nil {
			c.rows = rowsOf(h.between(l.pagingID(), toid.AfterLedger(int32(l.seq())).ToInt64()))
		}
		return c, err
	case r.PathValue("claimable") != "":
		id, err := r.balanceID()
		if err == nil {
			c.rows, err = known(r, h.claimableOps[id])
		}
		return c, err
	case r.PathValue("tx") != "":
		rec, err := r.transaction()
		if err == nil {
			c.rows = rowsOf(h.between(rec.pagingID(), rec.pagingID()+toid.OperationMask))
		}
		c.keep = nil // asked for by name, it is shown also when it failed
		return c, err
	}
	c.rows = rowsOf(h.ops)
	return c, nil
}

func paymentList(r *request, h *history) (collection, error) {
	c, err := operationList(r, h)
	shown := c.keep
	c.keep = func(i item, p page) bool { return i.(*opRecord).payment() && (shown == nil || shown(i, p)) }
	return c, err
}

// known are the rows of an account or a balance; one that history has not met yet is not found.
func known[T item](r *request, list []T) (rows, error) {
	if len(list) == 0 || list[0].pagingID() > r.n.horizon() {
		return rows{}, notFound()
	}
	return rowsOf(list), nil
}

// between lists the operations with ids from one to another, both included.
func (h *history) between(from, to int64) []*opRecord {
	start := sort.Search(len(h.ops), func(i int) bool { return h.ops[i].pagingID() >= from })
	end := sort.Search(len(h.ops), func(i int) bool { return h.ops[i].pagingID() > to })
	return slices.Clip(h.ops[start:end])
}

func (r *request) accountID() (xdr.AccountId, error) {
	id, err := xdr.AddressToAccountId(r.PathValue("account"))
	if err != nil {
		return id, badRequest("account_id", "Account ID must start with `G` and contain 56 alphanum characters")
	}
	return id, nil
}

func (r *request) ledger(h *history) (*ledgerRecord, error) {
	seq, err := strconv.ParseUint(r.PathValue("ledger"), 10, 32)
	if err != nil {
		return nil, badRequest("ledger_id", "ledger_id must be a number")
	}
	l := h.ledger(uint32(seq))
	if l == nil || l.seq() > r.n.visible() {
		return nil, notFound()
	}
	return l, nil
}

// transaction finds a visible transaction by its hash, or by the hash of what a fee bump paid for.
func (r *request) transaction() (*txRecord, error) {
	text := r.PathValue("tx")
	hash, err := hex.DecodeString(text)
	if err != nil || len(hash) != 32 || strings.ToLower(text) != text {
		return nil, badRequest("tx_id", "Transaction hash must be a hex-encoded, lowercase SHA-256 hash")
	}
	rec := r.n.lookup(xdr.Hash(hash))
	if rec == nil {
		return nil, notFound()
	}
	return rec, nil
}

// lookup finds a transaction that queries may tell of.
func (n *Network) lookup(hash xdr.Hash) *txRecord {
	rec := n.state.history.byHash[hash]
	if rec == nil || rec.ledger.seq() > n.visible() {
		return nil
	}
	return rec
}

// balanceID reads a claimable balance's id in either form: hex of its XDR, or strkey.
func (r *request) balanceID() (string, error) {
	text := r.PathValue("claimable")
	var id xdr.ClaimableBalanceId
	if err := xdr.SafeUnmarshalHex(text, &id); err != nil && id.DecodeFromStrkey(text) != nil {
		return "", badRequest("id", "invalid claimable balance id")
	}
	return string(id.V0[:]), nil
}
