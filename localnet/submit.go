package localnet

import (
	"context"
	"encoding/hex"
	"mime"
	"net/http"
	"time"

	"github.com/stellar/go-stellar-sdk/protocols/horizon"
	"github.com/stellar/go-stellar-sdk/protocols/stellarcore"
	"github.com/stellar/go-stellar-sdk/support/render/problem"
	"github.com/stellar/go-stellar-sdk/xdr"
)

const maxQueueBytes = maxRecord / 4 // base64 in JSON is longer than what it says

// postTransaction submits and waits for the ledger that the transaction is in.
func postTransaction(r *request) (any, error) {
	raw, t, err := r.envelope()
	if err != nil {
		return nil, err
	}
	if rec := r.n.known(t); rec != nil {
		return r.answer(raw, rec) // it is in a ledger already: the same answer again
	}
	if _, ok := r.n.faults.use(FaultDropped); ok {
		return nil, submissionTimeout(raw, t)
	}
	status, p, refusal := r.n.enqueue(t)
	switch status {
	case stellarcore.TXStatusError:
		if rec := r.n.known(t); rec != nil {
			return r.answer(raw, rec) // somebody else submitted it just now
		}
		return nil, transactionFailed(raw, refusal)
	case stellarcore.TXStatusTryAgainLater:
		return nil, submissionTimeout(raw, t) // Horizon waits for it in vain
	}
	rec := r.n.await(r.Context(), p)
	if _, ok := r.n.faults.use(FaultTimeout); ok || rec == nil {
		return nil, submissionTimeout(raw, t)
	}
	if _, ok := r.n.faults.use(FaultLostAnswer); ok {
		panic(http.ErrAbortHandler)
	}
	return r.answer(raw, rec)
}

// postTransactionAsync submits and answers what became of the submission, not of the transaction.
func postTransactionAsync(r *request) (any, error) {
	raw, t, err := r.envelope()
	if err != nil {
		return nil, err
	}
	if _, ok := r.n.faults.use(FaultDropped); ok {
		return nil, submissionTimeout(raw, t)
	}
	answer := horizon.AsyncTransactionSubmissionResponse{Hash: hex.EncodeToString(t.hash[:])}
	var refusal xdr.TransactionResult
	answer.TxStatus, _, refusal = r.n.enqueue(t)
	if answer.TxStatus == stellarcore.TXStatusError {
		answer.ErrorResultXDR = encode(refusal)
		return answer, nil
	}
	if _, ok := r.n.faults.use(FaultTimeout); ok {
		return nil, submissionTimeout(raw, t)
	}
	if _, ok := r.n.faults.use(FaultLostAnswer); ok {
		panic(http.ErrAbortHandler)
	}
	return answer, nil
}

// envelope reads the form's field tx.
func (r *request) envelope() (string, *transaction, error) {
	if c := r.Header.Get("Content-Type"); c != "" {
		kind, _, err := mime.ParseMediaType(c)
		if err != nil || (kind != "application/x-www-form-urlencoded" && kind != "multipart/form-data") {
			return "", nil, &problem.P{
				Type: "unsupported_media_type", Title: "Unsupported Media Type", Status: http.StatusUnsupportedMediaType,
				Detail: "The request has an unsupported content type. Presently, the only supported content type is application/x-www-form-urlencoded.",
			}
		}
	}
	raw := r.FormValue("tx")
	t, err := decodeTransaction(raw, r.n.cfg.Passphrase)
	if err != nil {
		return raw, nil, transactionMalformed(raw)
	}
	return raw, t, nil
}

// known is the record of a transaction that is in a ledger and may be told of.
func (n *Network) known(t *transaction) *txRecord {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.lookup(t.hash)
}

// enqueue checks a transaction and puts it into the queue for the next ledger, which closes at once
// where the network has no interval. The status is what stellar-core answers.
func (n *Network) enqueue(t *transaction) (status string, p *pending, refusal xdr.TransactionResult) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, p := range n.queue {
		if p.tx.hash == t.hash {
			return stellarcore.TXStatusDuplicate, p, refusal
		}
		if raw(p.tx.source()) == raw(t.source()) {
			return stellarcore.TXStatusTryAgainLater, nil, refusal // one for each account in a ledger
		}
	}
	if n.full(t) {
		return stellarcore.TXStatusTryAgainLater, nil, refusal
	}
	if o := n.check(t); !o.ok() {
		return stellarcore.TXStatusError, nil, t.result(o, reportedFee(o, t))
	}
	p = n.push(t)
	if n.cfg.CloseEvery > 0 {
		return stellarcore.TXStatusPending, p, refusal
	}
	if err := n.closeLedger(); err != nil {
		n.cfg.Logger.Error("the ledger could not be closed", "error", err)
	}
	return stellarcore.TXStatusPending, p, refusal
}

// full says whether the next ledger has no room for a transaction: in number, or in what its record
// in the log may take.
func (n *Network) full(t *transaction) bool {
	size := len(t.raw)
	for _, p := range n.queue {
		size += len(p.tx.raw)
	}
	return len(n.queue) >= maxTxSetSize || size > maxQueueBytes
}

func (n *Network) push(t *transaction) *pending {
	p := &pending{tx: t, landed: make(chan struct{})}
	n.queue = append(n.queue, p)
	return p
}

// check is the network's check at submission, and before it the faults that refuse.
func (n *Network) check(t *transaction) outcome {
	if _, ok := n.faults.use(FaultBadSequence); ok {
		return refused(xdr.TransactionResultCodeTxBadSeq)
	}
	next := newLayer(n.state.world, xdr.Uint32(n.state.sequence()+1), xdr.TimePoint(max(n.cfg.Now().Unix(), n.state.closeTime())))
	if o := checkSubmission(situation{l: next, baseFee: minBaseFee}, t); !o.ok() {
		return o
	}
	if least := xdr.Int64(n.faults.baseFee()) * t.weight(); t.fee() < least {
		return outcome{code: xdr.TransactionResultCodeTxInsufficientFee, outer: true, fee: least}
	}
	return accepted
}

// reportedFee is the fee in a refusal's result: what would do, or else the smallest there is.
func reportedFee(o outcome, t *transaction) xdr.Int64 {
	switch {
	case o.fee > 0:
		return o.fee
	case o.code == xdr.TransactionResultCodeTxMalformed && !t.feeBump():
		return 0
	}
	return minBaseFee * t.weight()
}

// await waits until the transaction is in a ledger; nil says that it is not known whether it will be.
func (n *Network) await(ctx context.Context, p *pending) *txRecord {
	timeout := time.NewTimer(n.cfg.SubmitTimeout)
	defer timeout.Stop()
	select {
	case <-p.landed:
		return p.record
	case <-timeout.C:
	case <-ctx.Done():
	case <-n.ended:
	}
	return nil
}

// answer tells of a transaction that is in a ledger: its record, or the problem that it failed.
func (r *request) answer(raw string, rec *txRecord) (any, error) {
	if !rec.successful() {
		return nil, transactionFailed(raw, rec.result)
	}
	return rec.resource(r), nil
}

func transactionFailed(raw string, result xdr.TransactionResult) error {
	return &problem.P{
		Type: "transaction_failed", Title: "Transaction Failed", Status: http.StatusBadRequest,
		Detail: "The transaction failed when submitted to the stellar network. The `extras.result_codes` field on this " +
			"response contains further details.  Descriptions of each code can be found at: " +
			"https://developers.stellar.org/api/errors/http-status-codes/horizon-specific/transaction-failed/",
		Extras: map[string]any{"envelope_xdr": raw, "result_xdr": encode(result), "result_codes": resultCodes(result)},
	}
}

func transactionMalformed(raw string) error {
	return &problem.P{
		Type: "transaction_malformed", Title: "Transaction Malformed", Status: http.StatusBadRequest,
		Detail: "Horizon could not decode the transaction envelope in this request. A transaction should be an XDR " +
			"TransactionEnvelope struct encoded using base64.  The envelope read from this request is echoed in the " +
			"`extras.envelope_xdr` field of this response for your convenience.",
		Extras: map[string]any{"envelope_xdr": raw},
	}
}

func submissionTimeout(raw string, t *transaction) error {
	return &problem.P{
		Type: "transaction_submission_timeout", Title: "Transaction Submission Timeout", Status: http.StatusGatewayTimeout,
		Detail: "Your transaction submission request has timed out. This does not necessarily mean the submission has failed. " +
			"Before resubmitting, please use the transaction hash provided in `extras.hash` to poll the GET /transactions " +
			"endpoint for sometime and check if it was included in a ledger.",
		Extras: map[string]any{"hash": hex.EncodeToString(t.hash[:]), "envelope_xdr": raw},
	}
}
