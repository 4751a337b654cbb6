package localnet

import (
	"time"

	"github.com/stellar/go-stellar-sdk/toid"
	"github.com/stellar/go-stellar-sdk/xdr"
)

// ledgerRecord is a closed ledger.
type ledgerRecord struct {
	header xdr.LedgerHeader
	hash   xdr.Hash
	txs    []*txRecord
}

func newLedgerRecord(header xdr.LedgerHeader, hash xdr.Hash, txs []*txRecord) *ledgerRecord {
	return &ledgerRecord{header: header, hash: hash, txs: txs}
}

func (l *ledgerRecord) seq() uint32 { return uint32(l.header.LedgerSeq) }

func (l *ledgerRecord) closedAt() time.Time {
	return time.Unix(int64(l.header.ScpValue.CloseTime), 0).UTC()
}

// opRecord is one operation of a recorded transaction.
type opRecord struct {
	tx    *txRecord
	index int // from 0
}

func (o *opRecord) op() xdr.Operation { return o.tx.tx.inner.Tx.Operations[o.index] }

// source is the muxed account that the operation acted for.
func (o *opRecord) source() xdr.MuxedAccount { return o.tx.tx.operationSource(o.op()) }

// A pagingID is a record's place in all of history: ledger, transaction and operation in one
// number, as Horizon makes them. Cursors are these numbers.
func (l *ledgerRecord) pagingID() int64 { return toid.New(int32(l.seq()), 0, 0).ToInt64() }
func (r *txRecord) pagingID() int64     { return toid.New(int32(r.ledger.seq()), r.index, 0).ToInt64() }
func (o *opRecord) pagingID() int64 {
	return toid.New(int32(o.tx.ledger.seq()), o.tx.index, int32(o.index+1)).ToInt64()
}

// history is all that was closed, with the lists that queries page through.
type history struct {
	ledgers []*ledgerRecord
	txs     []*txRecord
	ops     []*opRecord
	byHash  map[xdr.Hash]*txRecord // by the envelope's hash, and by the inner one of a fee bump

	accountTxs   map[string][]*txRecord
	accountOps   map[string][]*opRecord
	claimableTxs map[string][]*txRecord
	claimableOps map[string][]*opRecord
}

func newHistory() *history {
	return &history{
		byHash:       map[xdr.Hash]*txRecord{},
		accountTxs:   map[string][]*txRecord{},
		accountOps:   map[string][]*opRecord{},
		claimableTxs: map[string][]*txRecord{},
		claimableOps: map[string][]*opRecord{},
	}
}

func (h *history) addLedger(l *ledgerRecord) {
	h.ledgers = append(h.ledgers, l)
	for _, r := range l.txs {
		r.ledger = l
		h.addTransaction(r)
	}
}

func (h *history) addTransaction(r *txRecord) {
	h.txs = append(h.txs, r)
	h.byHash[r.tx.hash] = r
	h.byHash[r.tx.innerHash] = r
	accounts := map[string]bool{raw(r.tx.source()): true, raw(r.tx.feeSource()): true}
	balances := map[string]bool{}
	for i := range r.tx.inner.Tx.Operations {
		o := &opRecord{tx: r, index: i}
		h.ops = append(h.ops, o)
		for _, id := range o.participants() {
			accounts[raw(id)] = true
		}
		for id := range participantSet(o) {
			h.accountOps[id] = append(h.accountOps[id], o)
		}
		if id, ok := o.claimable(); ok {
			balances[id] = true
			h.claimableOps[id] = append(h.claimableOps[id], o)
		}
	}
	for id := range accounts {
		h.accountTxs[id] = append(h.accountTxs[id], r)
	}
	for id := range balances {
		h.claimableTxs[id] = append(h.claimableTxs[id], r)
	}
}

func participantSet(o *opRecord) map[string]bool {
	set := map[string]bool{}
	for _, id := range o.participants() {
		set[raw(id)] = true
	}
	return set
}

// participants are the accounts under whose address an operation is listed.
func (o *opRecord) participants() []xdr.AccountId {
	source := o.source()
	list := []xdr.AccountId{source.ToAccountId()}
	muxed := func(m xdr.MuxedAccount) { list = append(list, m.ToAccountId()) }
	switch body := o.op().Body; body.Type {
	case xdr.OperationTypeCreateAccount:
		list = append(list, body.CreateAccountOp.Destination)
	case xdr.OperationTypePayment:
		muxed(body.PaymentOp.Destination)
	case xdr.OperationTypePathPaymentStrictReceive:
		muxed(body.PathPaymentStrictReceiveOp.Destination)
	case xdr.OperationTypePathPaymentStrictSend:
		muxed(body.PathPaymentStrictSendOp.Destination)
	case xdr.OperationTypeAccountMerge:
		muxed(*body.Destination)
	case xdr.OperationTypeAllowTrust:
		list = append(list, body.AllowTrustOp.Trustor)
	case xdr.OperationTypeSetTrustLineFlags:
		list = append(list, body.SetTrustLineFlagsOp.Trustor)
	case xdr.OperationTypeClawback:
		muxed(body.ClawbackOp.From)
	case xdr.OperationTypeCreateClaimableBalance:
		for _, c := range body.CreateClaimableBalanceOp.Claimants {
			list = append(list, c.V0.Destination)
		}
	}
	return list
}

// claimable is the hash of the claimable balance that an operation made or claimed.
func (o *opRecord) claimable() (string, bool) {
	body := o.op().Body
	switch body.Type {
	case xdr.OperationTypeClaimClaimableBalance:
		return string(body.ClaimClaimableBalanceOp.BalanceId.V0[:]), true
	case xdr.OperationTypeCreateClaimableBalance:
		if results, ok := o.tx.result.OperationResults(); ok && o.tx.successful() {
			return string(results[o.index].Tr.CreateClaimableBalanceResult.BalanceId.V0[:]), true
		}
	}
	return "", false
}

// payment says whether an operation is one that Horizon lists under payments.
func (o *opRecord) payment() bool {
	switch o.op().Body.Type {
	case xdr.OperationTypeCreateAccount, xdr.OperationTypePayment, xdr.OperationTypeAccountMerge,
		xdr.OperationTypePathPaymentStrictReceive, xdr.OperationTypePathPaymentStrictSend:
		return true
	}
	return false
}

// ledger is the ledger with a number, or nil.
func (h *history) ledger(seq uint32) *ledgerRecord {
	if seq < genesisLedger || int(seq) > len(h.ledgers) {
		return nil
	}
	return h.ledgers[seq-genesisLedger]
}

func (h *history) latest() *ledgerRecord { return h.ledgers[len(h.ledgers)-1] }
