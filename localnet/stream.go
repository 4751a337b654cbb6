package localnet

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/stellar/go-stellar-sdk/support/render/hal"
)

// stream sends a collection's records as server-sent events, those beyond the cursor first and new
// ones as their ledgers close. As Horizon does, it ends after limit events: the client reconnects
// with the last id it saw, so what it sees has neither gaps nor repetitions.
func (n *Network) stream(w http.ResponseWriter, r *request, l list) {
	n.mu.RLock()
	p, err := r.page(n.horizon())
	n.mu.RUnlock()
	if err != nil {
		writeProblem(w, err)
		return
	}
	p.desc = false
	if _, _, err := n.batch(r, l, p); err != nil {
		writeProblem(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	if n.sendEvents(w, r, l, p) {
		panic(http.ErrAbortHandler) // breaks the connection off, as the fault asks for
	}
}

// batch is what a stream has to send now, and the channel that closes when there may be more.
func (n *Network) batch(r *request, l list, p page) ([]hal.Pageable, <-chan struct{}, error) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	c, err := l(r, n.state.history)
	if err != nil {
		return nil, nil, err
	}
	var records []hal.Pageable
	for _, i := range c.cut(p, n.horizon()) {
		records = append(records, i.render(r, p))
	}
	return records, n.news, nil
}

// sendEvents writes until the limit is reached or somebody leaves; true says that a fault cut it.
func (n *Network) sendEvents(w http.ResponseWriter, r *request, l list, p page) (cut bool) {
	out := &eventWriter{w: w, flush: http.NewResponseController(w).Flush}
	out.write("retry: 1000\nevent: open\ndata: \"hello\"\n\n")
	for p.limit > 0 && out.err == nil {
		records, news, err := n.batch(r, l, p)
		if err != nil {
			return false
		}
		for _, rec := range records {
			if n.faults.cutStream() {
				return true
			}
			out.record(rec)
			n.faults.sentEvent()
			p.after(rec)
		}
		if len(records) > 0 {
			continue
		}
		if n.faults.cutStream() {
			return true
		}
		select {
		case <-news:
		case <-r.Context().Done():
			return false
		case <-n.ended:
			return false
		}
	}
	out.write("retry: 10\nevent: close\ndata: \"byebye\"\n\n")
	return false
}

// after moves the page behind a record that was sent.
func (p *page) after(rec hal.Pageable) {
	_, _ = fmt.Sscan(rec.PagingToken(), &p.cursor) // paging tokens of history are numbers
	p.given = true
	p.limit--
}

// eventWriter keeps the first error, so that the caller asks once.
type eventWriter struct {
	w     http.ResponseWriter
	flush func() error
	err   error
}

func (e *eventWriter) write(event string) {
	if e.err != nil {
		return
	}
	if _, e.err = e.w.Write([]byte(event)); e.err == nil {
		e.err = e.flush()
	}
}

func (e *eventWriter) record(rec hal.Pageable) {
	data, err := json.Marshal(rec)
	if err != nil {
		panic(err) // records are plain structs
	}
	e.write(fmt.Sprintf("id: %s\ndata: %s\n\n", rec.PagingToken(), data))
}
