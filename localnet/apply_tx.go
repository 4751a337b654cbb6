package localnet

import (
	"slices"

	"github.com/stellar/go-stellar-sdk/xdr"
)

// txRecord is a transaction that is in a ledger, successful or not, with everything that is told of it.
type txRecord struct {
	tx     *transaction
	ledger *ledgerRecord
	index  int32 // its place in the ledger, from 1
	fee    xdr.Int64

	result    xdr.TransactionResult
	resultXDR string
	meta      string
	feeMeta   string
}

func (r *txRecord) successful() bool { return r.result.Successful() }

// metaBuilder collects what a transaction changed.
type metaBuilder struct {
	before xdr.LedgerEntryChanges
	ops    []xdr.OperationMetaV2
}

// apply carries out a transaction whose fee is paid, and keeps its result.
func (r *txRecord) apply(l *layer, reject map[int]string) {
	var meta metaBuilder
	o := r.carryOut(l, &meta, reject)
	r.result = r.tx.result(o, r.fee)
	r.resultXDR = encode(r.result)
	r.meta = encode(xdr.TransactionMeta{V: 4, V4: &xdr.TransactionMetaV4{TxChangesBefore: meta.before, Operations: meta.ops}})
}

func (r *txRecord) carryOut(l *layer, meta *metaBuilder, reject map[int]string) outcome {
	t := r.tx
	first := l.nested()
	o, ok := t.useUp(first)
	meta.before = first.changes()
	first.commit()
	if !ok {
		return o
	}
	return t.applyOperations(l, meta, reject)
}

// useUp checks the transaction once more, now that others were applied before it, and uses up what
// it costs even if it fails: its sequence number and its one-time signers.
func (t *transaction) useUp(l *layer) (outcome, bool) {
	s := situation{l: l, applying: true, baseFee: minBaseFee}
	if t.feeBump() {
		o := checkFeeBump(s, t, newChecker(t.hash, t.envelope.FeeBumpSignatures()))
		l.removeOneTimeSigners(t.hash, t.feeSource())
		if !o.ok() {
			return o, false
		}
	}
	sigs := newChecker(t.innerHash, t.inner.Signatures)
	o, got := checkTransaction(s, t, sigs, !t.feeBump())
	if got >= reachedSequence {
		a := l.account(t.source())
		l.setSequence(a, t.seq())
		l.putAccount(a)
	}
	if o.ok() {
		o = t.checkOperationSignatures(l, sigs)
	}
	l.removeOneTimeSigners(t.innerHash, t.sources()...)
	if o.ok() && !sigs.allUsed() {
		o = refused(xdr.TransactionResultCodeTxBadAuthExtra)
	}
	return o, o.ok()
}

// checkOperationSignatures looks at all operations before the first is applied: one that changes
// signers does not change who may sign for the next.
func (t *transaction) checkOperationSignatures(l *layer, sigs *signatureChecker) outcome {
	results, good := freshResults(t), true
	for i := range t.inner.Tx.Operations {
		c := operationContext(l, t, i)
		if code, ok := c.signed(sigs); !ok {
			results[i], good = c.result(code), false
		}
	}
	if !good {
		return outcome{code: xdr.TransactionResultCodeTxFailed, ops: results}
	}
	return accepted
}

// sources are the accounts that a transaction acts for.
func (t *transaction) sources() []xdr.AccountId {
	list := []xdr.AccountId{t.source()}
	for _, op := range t.inner.Tx.Operations {
		source := t.operationSource(op)
		id := source.ToAccountId()
		if !slices.ContainsFunc(list, func(a xdr.AccountId) bool { return a.Equals(id) }) {
			list = append(list, id)
		}
	}
	return list
}

// removeOneTimeSigners removes the signer that is this very transaction's hash.
func (l *layer) removeOneTimeSigners(hash xdr.Hash, accounts ...xdr.AccountId) {
	for _, id := range accounts {
		a := l.account(id)
		if a == nil {
			continue
		}
		kept := slices.DeleteFunc(slices.Clone(a.Signers), func(s xdr.Signer) bool {
			return s.Key.Type == xdr.SignerKeyTypeSignerKeyTypePreAuthTx && xdr.Hash(*s.Key.PreAuthTx) == hash
		})
		if len(kept) < len(a.Signers) {
			setSigners(a, kept)
			l.putAccount(a)
		}
	}
}

// applyOperations runs all operations, also after one failed, because each has a result; but it
// keeps their changes only if all succeeded.
func (t *transaction) applyOperations(l *layer, meta *metaBuilder, reject map[int]string) outcome {
	o := outcome{code: xdr.TransactionResultCodeTxSuccess}
	all := l.nested()
	for i := range t.inner.Tx.Operations {
		one := all.nested()
		c := operationContext(one, t, i)
		res, ok := c.run()
		if code, rejected := reject[i]; rejected {
			res, ok = c.rejected(code), false
		}
		o.ops = append(o.ops, res)
		if !ok {
			o.code = xdr.TransactionResultCodeTxFailed
			continue
		}
		meta.ops = append(meta.ops, xdr.OperationMetaV2{Changes: one.changes()})
		one.commit()
	}
	if o.ok() {
		all.commit()
	} else {
		meta.ops = nil
	}
	return o
}
