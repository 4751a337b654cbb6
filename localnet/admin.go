package localnet

import (
	"encoding/json"
	"net/http"
)

const maxBody = 1 << 20 // bytes of a request

// withFaults fails requests while the network is to be down, and bounds what it reads.
func (n *Network) withFaults(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		fault, down := n.faults.use(FaultDown)
		switch {
		case down && fault.Status == 0:
			panic(http.ErrAbortHandler)
		case down && fault.Status == http.StatusServiceUnavailable:
			writeProblem(w, unavailable())
		case down:
			http.Error(w, http.StatusText(fault.Status), fault.Status) // a gateway's page, not Horizon's
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// routeAdmin serves what no real network has: its faults, and closing a ledger by hand.
func (n *Network) routeAdmin(mux *http.ServeMux) {
	mux.Handle("GET /_faults", n.serve(func(*request) (any, error) { return n.faults.List(), nil }))
	mux.Handle("POST /_faults", n.serve(func(r *request) (any, error) {
		var fault Fault
		if err := json.NewDecoder(r.Body).Decode(&fault); err != nil {
			return nil, badRequest("body", err.Error())
		}
		if err := n.faults.Set(fault); err != nil {
			return nil, badRequest("kind", err.Error())
		}
		return n.faults.List(), nil
	}))
	mux.Handle("DELETE /_faults", n.serve(func(r *request) (any, error) {
		n.faults.Clear(kindsOf(r.URL.Query()["kind"])...)
		return n.faults.List(), nil
	}))
	mux.Handle("POST /_close", n.serve(func(*request) (any, error) {
		if err := n.CloseLedger(); err != nil {
			return nil, err
		}
		n.mu.RLock()
		defer n.mu.RUnlock()
		return map[string]uint32{"ledger": n.state.sequence()}, nil
	}))
}

func kindsOf(names []string) []FaultKind {
	kinds := make([]FaultKind, len(names))
	for i, name := range names {
		kinds[i] = FaultKind(name)
	}
	return kinds
}
