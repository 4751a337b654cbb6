package localnet

import (
	"math/big"

	"github.com/stellar/go-stellar-sdk/xdr"
)

// outcome is what became of a transaction, before it is dressed as a result: a code, the operations'
// results where the code has them, and whether the code is about a fee bump itself (outer) or about
// the transaction that does the work.
type outcome struct {
	code  xdr.TransactionResultCode
	ops   []xdr.OperationResult
	outer bool
	fee   xdr.Int64 // the fee to report, where the refusal itself tells how much would do
}

func refused(code xdr.TransactionResultCode) outcome { return outcome{code: code} }

func (o outcome) ok() bool { return o.code == xdr.TransactionResultCodeTxSuccess }

var accepted = outcome{code: xdr.TransactionResultCodeTxSuccess}

// reached says how far the checks of a transaction got. At apply time a transaction whose sequence
// number was right uses it up, whatever is wrong with it otherwise.
type reached int

const (
	reachedNothing reached = iota
	reachedSequence
	reachedAll
)

// situation is where and when a transaction is checked: at submission against the last closed
// ledger, with the fee still to be paid, or while a ledger is applied, after all fees were taken.
type situation struct {
	l        *layer
	applying bool
	baseFee  xdr.Int64
}

// checkSubmission is everything that the network checks before it lets a transaction into its queue.
func checkSubmission(s situation, t *transaction) outcome {
	if t.inner.Tx.Ext.V != 0 || t.fee() < 0 {
		return refused(xdr.TransactionResultCodeTxMalformed)
	}
	chargeInner := true
	if t.feeBump() {
		if o := checkFeeBump(s, t, newChecker(t.hash, t.envelope.FeeBumpSignatures())); !o.ok() {
			return o
		}
		chargeInner = false
	}
	sigs := newChecker(t.innerHash, t.inner.Signatures)
	if o, _ := checkTransaction(s, t, sigs, chargeInner); !o.ok() {
		return o
	}
	results := freshResults(t)
	for i := range t.inner.Tx.Operations {
		c := operationContext(s.l, t, i)
		if res, ok := c.checkBeforeQueue(sigs); !ok {
			results[i] = res // the network looks no further than the first bad operation
			return outcome{code: xdr.TransactionResultCodeTxFailed, ops: results}
		}
	}
	if !sigs.allUsed() {
		return refused(xdr.TransactionResultCodeTxBadAuthExtra)
	}
	return accepted
}

// checkFeeBump checks the envelope around another transaction: that it really offers more for each
// operation, and that its payer signed and can pay.
func checkFeeBump(s situation, t *transaction, sigs *signatureChecker) outcome {
	if t.fee() < s.baseFee*t.weight() {
		return outcome{code: xdr.TransactionResultCodeTxInsufficientFee, outer: true}
	}
	if needed := feeBumpNeeds(t); t.fee() < needed {
		return outcome{code: xdr.TransactionResultCodeTxInsufficientFee, outer: true, fee: needed}
	}
	payer := s.l.account(t.feeSource())
	if payer == nil {
		return outcome{code: xdr.TransactionResultCodeTxNoAccount, outer: true}
	}
	if !sigs.reaches(signersOf(payer), int(payer.ThresholdLow())) {
		return outcome{code: xdr.TransactionResultCodeTxBadAuth, outer: true}
	}
	if available(payer) < dueFee(s, t) {
		return outcome{code: xdr.TransactionResultCodeTxInsufficientBalance, outer: true}
	}
	if !sigs.allUsed() {
		return outcome{code: xdr.TransactionResultCodeTxBadAuthExtra, outer: true}
	}
	return accepted
}

// feeBumpNeeds is the smallest fee whose rate for each operation is not below the inner one's.
func feeBumpNeeds(t *transaction) xdr.Int64 {
	product := new(big.Int).Mul(big.NewInt(int64(t.inner.Tx.Fee)), big.NewInt(int64(t.weight())))
	inner := big.NewInt(int64(innerWeight(t)))
	product.Add(product, inner).Sub(product, big.NewInt(1))
	return xdr.Int64(product.Div(product, inner).Int64()) // at most 2³² × 101: it fits
}

// dueFee is what an account must still be able to pay; while applying, the fee is already taken.
func dueFee(s situation, t *transaction) xdr.Int64 {
	if s.applying {
		return 0
	}
	return t.fee()
}

// checkTransaction checks what does not depend on single operations, in the network's order, which
// decides the code when several things are wrong.
func checkTransaction(s situation, t *transaction, sigs *signatureChecker, charge bool) (outcome, reached) {
	cond := t.preconditions()
	if o := checkForm(t, cond); !o.ok() {
		return o, reachedNothing
	}
	if o := checkBounds(cond, s.l); !o.ok() {
		return o, reachedNothing
	}
	if charge && t.fee() < s.baseFee*t.weight() {
		return refused(xdr.TransactionResultCodeTxInsufficientFee), reachedNothing
	}
	source := s.l.account(t.source())
	if source == nil {
		return refused(xdr.TransactionResultCodeTxNoAccount), reachedNothing
	}
	if badSequence(source.SeqNum, t, cond, s.l.seq) {
		return refused(xdr.TransactionResultCodeTxBadSeq), reachedNothing
	}
	return checkSource(s, t, cond, source, sigs, charge)
}

func checkForm(t *transaction, cond xdr.PreconditionsV2) outcome {
	if extra := cond.ExtraSigners; len(extra) == 2 && extra[0].Equals(extra[1]) {
		return refused(xdr.TransactionResultCodeTxMalformed)
	}
	for _, k := range cond.ExtraSigners {
		if k.Type == xdr.SignerKeyTypeSignerKeyTypeEd25519SignedPayload && len(k.Ed25519SignedPayload.Payload) == 0 {
			return refused(xdr.TransactionResultCodeTxMalformed)
		}
	}
	if len(t.inner.Tx.Operations) == 0 {
		return refused(xdr.TransactionResultCodeTxMissingOperation)
	}
	return accepted
}

// checkBounds compares time and ledger bounds with the ledger that the transaction would be in.
func checkBounds(cond xdr.PreconditionsV2, l *layer) outcome {
	if tb := cond.TimeBounds; tb != nil {
		if tb.MinTime > l.time {
			return refused(xdr.TransactionResultCodeTxTooEarly)
		}
		if tb.MaxTime != 0 && tb.MaxTime < l.time {
			return refused(xdr.TransactionResultCodeTxTooLate)
		}
	}
	if lb := cond.LedgerBounds; lb != nil {
		if lb.MinLedger > l.seq {
			return refused(xdr.TransactionResultCodeTxTooEarly)
		}
		if lb.MaxLedger != 0 && lb.MaxLedger <= l.seq {
			return refused(xdr.TransactionResultCodeTxTooLate)
		}
	}
	return accepted
}

func badSequence(current xdr.SequenceNumber, t *transaction, cond xdr.PreconditionsV2, ledger xdr.Uint32) bool {
	if t.seq() == startingSequence(ledger) {
		return true
	}
	if cond.MinSeqNum != nil {
		return current < *cond.MinSeqNum || current >= t.seq()
	}
	return t.seq() <= 0 || current != t.seq()-1
}

// checkSource checks what depends on the source account, once the sequence number is right.
func checkSource(s situation, t *transaction, cond xdr.PreconditionsV2, source *xdr.AccountEntry, sigs *signatureChecker, charge bool) (outcome, reached) {
	tooYoung := xdr.TimePoint(cond.MinSeqAge) > s.l.time || s.l.time-xdr.TimePoint(cond.MinSeqAge) < source.SeqTime()
	tooNear := cond.MinSeqLedgerGap > s.l.seq || s.l.seq-cond.MinSeqLedgerGap < source.SeqLedger()
	if tooYoung || tooNear {
		return refused(xdr.TransactionResultCodeTxBadMinSeqAgeOrGap), reachedSequence
	}
	if !sigs.reaches(signersOf(source), int(source.ThresholdLow())) || !sigs.extraSigned(cond.ExtraSigners) {
		return refused(xdr.TransactionResultCodeTxBadAuth), reachedSequence
	}
	if charge && available(source) < dueFee(s, t) {
		return refused(xdr.TransactionResultCodeTxInsufficientBalance), reachedSequence
	}
	return accepted, reachedAll
}
