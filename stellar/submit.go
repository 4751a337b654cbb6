package stellar

import (
	"context"
	"fmt"
	"net/http"
	"path"

	"github.com/stellar/go-stellar-sdk/clients/horizonclient"
	"github.com/stellar/go-stellar-sdk/protocols/horizon"
	"github.com/stellar/go-stellar-sdk/protocols/stellarcore"
	"github.com/stellar/go-stellar-sdk/txnbuild"
	"github.com/stellar/go-stellar-sdk/xdr"

	"kula/anchor"
	"kula/money"
	"kula/protocol"
)

// Codes of results that are not the network's own.
const (
	codeNoAnswer = "no_answer" // the connection broke, or Horizon itself is in trouble
	codeExpired  = "tx_too_late"
)

// Submit sends an envelope and says what is known of it then. Sending one twice is harmless. It fails
// only for an envelope that is damaged: no answer is the verdict Unknown.
func (r *Rail) Submit(ctx context.Context, e anchor.Envelope) (anchor.Result, error) {
	sequence, err := r.open(e)
	if err != nil {
		return anchor.Result{}, err
	}
	r.channels.adopt(e, sequence)
	answer := r.submit(ctx, e, sequence)
	if answer.Verdict == anchor.Rejected && answer.Ledger == 0 {
		answer.Failed = r.channels.refusal(e.Hash).Failed
	}
	r.note(e.Hash, answer)
	return answer, nil
}

// Lookup asks the ledger's history for a transaction, by the hash of its envelope or of what is inside
// a fee bump; Unknown when it has none with that hash. Of an envelope that it submitted it says so only
// when that cannot be because history is late or has forgotten: it fails with ErrHistory then.
func (r *Rail) Lookup(ctx context.Context, hash protocol.Hash) (anchor.Result, error) {
	answer, err := r.Horizon.Lookup(ctx, hash)
	if err != nil {
		return answer, err
	}
	if sent, ok := r.channels.underWay(hash); ok && answer.Verdict == anchor.Unknown {
		unused, err := r.neverApplied(ctx, sent.Envelope, sent.sequence)
		if err == nil && !unused {
			err = fmt.Errorf("%w: %s", ErrHistory, hash)
		}
		return answer, err
	}
	r.note(hash, answer)
	return answer, nil
}

func (r *Rail) note(hash protocol.Hash, answer anchor.Result) {
	switch answer.Verdict {
	case anchor.Applied, anchor.Rejected:
		r.channels.settled(hash, answer.Ledger != 0)
	default:
		r.channels.refused(hash, answer)
	}
}

// open reads an envelope again and sees that it is the one it says.
func (h *Horizon) open(e anchor.Envelope) (sequence int64, err error) {
	parsed, err := txnbuild.TransactionFromXDR(e.XDR)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrEnvelope, err)
	}
	hash, err := parsed.Hash(h.Passphrase)
	if err != nil || protocol.Hash(hash) != e.Hash {
		return 0, fmt.Errorf("%w: its hash is not %s on this network", ErrEnvelope, e.Hash)
	}
	inner, simple := parsed.Transaction()
	if bump, ok := parsed.FeeBump(); ok {
		inner, simple = bump.InnerTransaction(), true
	}
	if !simple || inner.SourceAccount().AccountID != e.Channel || uint64(inner.Timebounds().MaxTime) != e.MaxTime {
		return 0, fmt.Errorf("%w: its channel or time bound is not what is stored with it", ErrEnvelope)
	}
	return inner.SequenceNumber(), nil
}

// submit sends an envelope. Whatever the answer, unless it is success, history has the last word.
func (h *Horizon) submit(ctx context.Context, e anchor.Envelope, sequence int64) anchor.Result {
	answer := h.send(ctx, e)
	if answer.Verdict == anchor.Applied {
		return answer
	}
	found, err := h.lastWord(ctx, e, sequence)
	switch {
	case err != nil:
		answer.Verdict = anchor.Unknown
		return answer
	case found.Verdict == anchor.Unknown:
		return answer
	}
	return found
}

// lastWord is Applied or Rejected only when that can never change again.
func (h *Horizon) lastWord(ctx context.Context, e anchor.Envelope, sequence int64) (anchor.Result, error) {
	now, err := h.LedgerTime(ctx) // before the lookup: history up to this time is then searched
	if err != nil {
		return anchor.Result{}, err
	}
	found, err := h.Lookup(ctx, e.Hash)
	if err != nil || found.Verdict != anchor.Unknown || now <= e.MaxTime {
		return found, err
	}
	never, err := h.neverApplied(ctx, e, sequence)
	if err != nil || !never {
		return anchor.Result{Verdict: anchor.Unknown}, err
	}
	return anchor.Result{Verdict: anchor.Rejected, Code: codeExpired}, nil
}

// neverApplied proves of an envelope whose hash history does not know that this is not because history
// is incomplete: its number is unused, or another transaction used it.
func (h *Horizon) neverApplied(ctx context.Context, e anchor.Envelope, sequence int64) (bool, error) {
	acc, err := h.account(ctx, e.Channel)
	if err != nil || acc == nil {
		return false, err
	}
	if acc.Sequence < sequence {
		return true, nil
	}
	page, err := h.client(ctx).Transactions(horizonclient.TransactionRequest{
		ForAccount: e.Channel, Order: horizonclient.OrderDesc, Limit: 200, IncludeFailed: true,
	})
	if err != nil {
		return false, fmt.Errorf("stellar: transactions of channel %s: %w", e.Channel, err)
	}
	for _, tx := range page.Embedded.Records {
		if tx.Account == e.Channel && tx.AccountSequence == sequence {
			return tx.Hash != e.Hash.String(), nil
		}
	}
	return false, nil
}

// Lookup asks the ledger's history for a transaction.
func (h *Horizon) Lookup(ctx context.Context, hash protocol.Hash) (anchor.Result, error) {
	tx, err := h.client(ctx).TransactionDetail(hash.String())
	switch {
	case horizonclient.IsNotFoundError(err):
		return anchor.Result{Verdict: anchor.Unknown}, nil
	case err != nil:
		return anchor.Result{}, fmt.Errorf("stellar: transaction %s: %w", hash, err)
	}
	return ofLedger(tx), nil
}

// ofLedger is the result of a transaction that is in the ledger.
func ofLedger(tx horizon.Transaction) anchor.Result {
	res := anchor.Result{
		Verdict: anchor.Applied, Ledger: uint32(tx.Ledger), At: uint64(tx.LedgerCloseTime.Unix()),
		FeePaid: money.Amount(tx.FeeCharged),
	}
	if !tx.Successful {
		res.Verdict = anchor.Rejected
	}
	res.Code, res.Failed = resultCodes(tx.ResultXdr)
	return res
}

// send submits and reads the answer for what it says by itself.
func (h *Horizon) send(ctx context.Context, e anchor.Envelope) anchor.Result {
	if h.Async {
		return h.sendAsync(ctx, e)
	}
	tx, err := h.client(ctx).SubmitTransactionXDR(e.XDR)
	if err != nil {
		return refusal(err)
	}
	return ofLedger(tx)
}

func (h *Horizon) sendAsync(ctx context.Context, e anchor.Envelope) anchor.Result {
	answer, err := h.client(ctx).AsyncSubmitTransactionXDR(e.XDR)
	if err != nil {
		return refusal(err)
	}
	switch answer.TxStatus {
	case stellarcore.TXStatusTryAgainLater:
		return anchor.Result{Verdict: anchor.TryLater, Code: answer.TxStatus}
	case stellarcore.TXStatusError:
		code, failed := resultCodes(answer.ErrorResultXDR)
		return anchor.Result{Verdict: verdictOn(code), Code: code, Failed: failed}
	}
	return anchor.Result{Verdict: anchor.Unknown, Code: answer.TxStatus} // pending or duplicate: under way
}

// refusal reads an error. None is a last word: a refusal may be about a second submission of what the
// first one had applied.
func refusal(err error) anchor.Result {
	problem := horizonclient.GetError(err)
	switch {
	case problem == nil:
		return anchor.Result{Verdict: anchor.Unknown, Code: codeNoAnswer}
	case problem.Problem.Status >= http.StatusInternalServerError:
		return anchor.Result{Verdict: anchor.Unknown, Code: path.Base(problem.Problem.Type)}
	}
	codes, err := problem.ResultCodes()
	if err != nil {
		return anchor.Result{Verdict: anchor.TryLater, Code: path.Base(problem.Problem.Type)}
	}
	code := codes.TransactionCode
	if codes.InnerTransactionCode != "" {
		code = codes.InnerTransactionCode
	}
	return anchor.Result{Verdict: verdictOn(code), Code: code, Failed: failedOperations(codes.OperationCodes)}
}

// verdictOn reads the network's word on a transaction that history does not have yet.
func verdictOn(code string) anchor.Verdict {
	switch code {
	case "tx_success", "tx_failed", "tx_bad_seq", "tx_too_late", "tx_internal_error":
		return anchor.Unknown // it may be in a ledger that history does not show yet
	}
	return anchor.TryLater // refused at the door: for its fee, its signatures, too early
}

func failedOperations(codes []string) map[int]string {
	var failed map[int]string
	for i, code := range codes {
		if code != opSuccess {
			if failed == nil {
				failed = map[int]string{}
			}
			failed[i] = code
		}
	}
	return failed
}

// resultCodes reads a result as Horizon names it: the inner transaction's code, and its failed operations.
func resultCodes(text string) (string, map[int]string) {
	var result xdr.TransactionResult
	if err := xdr.SafeUnmarshalBase64(text, &result); err != nil {
		return "", nil
	}
	code := result.Result.Code
	if inner, ok := result.Result.GetInnerResultPair(); ok {
		code = inner.Result.Result.Code
	}
	var codes []string
	all, _ := result.OperationResults()
	for _, op := range all {
		codes = append(codes, operationCode(op))
	}
	return transactionCode(code), failedOperations(codes)
}
