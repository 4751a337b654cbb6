package localnet

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/stellar/go-stellar-sdk/amount"
	"github.com/stellar/go-stellar-sdk/protocols/horizon"
	"github.com/stellar/go-stellar-sdk/support/render/hal"
	"github.com/stellar/go-stellar-sdk/xdr"
)

func getTransaction(r *request) (any, error) {
	r.n.mu.RLock()
	defer r.n.mu.RUnlock()
	rec, err := r.transaction()
	if err != nil {
		return nil, err
	}
	return rec.named(r, r.PathValue("tx")), nil
}

func (r *txRecord) render(req *request, _ page) hal.Pageable { return r.resource(req) }

func (r *txRecord) resource(req *request) horizon.Transaction {
	return r.named(req, hex.EncodeToString(r.tx.hash[:]))
}

// named is the record under one of its hashes: a fee bump is found under the inner one too, and then
// shows the inner signatures.
func (r *txRecord) named(req *request, hash string) horizon.Transaction {
	t := r.tx.inner.Tx
	res := horizon.Transaction{
		ID: hash, Hash: hash, PT: strconv.FormatInt(r.pagingID(), 10), Successful: r.successful(),
		Ledger: int32(r.ledger.seq()), LedgerCloseTime: r.ledger.closedAt(),
		AccountSequence: int64(t.SeqNum), FeeCharged: int64(r.fee), MaxFee: int64(r.tx.fee()),
		OperationCount: int32(len(t.Operations)),
		EnvelopeXdr:    base64.StdEncoding.EncodeToString(r.tx.raw),
		ResultXdr:      r.resultXDR, ResultMetaXdr: r.meta, FeeMetaXdr: r.feeMeta,
		Signatures:    signatureStrings(r.tx.inner.Signatures),
		Preconditions: preconditions(r.tx),
	}
	res.Account, res.AccountMuxed, res.AccountMuxedID = addresses(t.SourceAccount)
	res.FeeAccount, res.FeeAccountMuxed, res.FeeAccountMuxedID = addresses(t.SourceAccount)
	res.MemoType, res.Memo, res.MemoBytes = memo(t.Memo)
	if r.tx.feeBump() {
		r.feeBump(&res)
	}
	r.links(req, &res)
	return res
}

func (r *txRecord) feeBump(res *horizon.Transaction) {
	res.FeeAccount, res.FeeAccountMuxed, res.FeeAccountMuxedID = addresses(r.tx.envelope.FeeBumpAccount())
	outer, inner := hex.EncodeToString(r.tx.hash[:]), hex.EncodeToString(r.tx.innerHash[:])
	signatures := signatureStrings(r.tx.envelope.FeeBumpSignatures())
	res.FeeBumpTransaction = &horizon.FeeBumpTransaction{Hash: outer, Signatures: signatures}
	res.InnerTransaction = &horizon.InnerTransaction{Hash: inner, Signatures: res.Signatures, MaxFee: int64(r.tx.inner.Tx.Fee)}
	if res.Hash == outer {
		res.Signatures = signatures
	}
}

func (r *txRecord) links(req *request, res *horizon.Transaction) {
	lb := req.link
	res.Links.Self = lb.Link("/transactions", res.ID)
	res.Links.Transaction = res.Links.Self
	res.Links.Account = lb.Link("/accounts", res.Account)
	res.Links.Ledger = lb.Link("/ledgers", fmt.Sprint(res.Ledger))
	res.Links.Operations = lb.PagedLink("/transactions", res.ID, "operations")
	res.Links.Effects = lb.PagedLink("/transactions", res.ID, "effects")
	res.Links.Precedes = lb.Linkf("/transactions?order=asc&cursor=%s", res.PT)
	res.Links.Succeeds = lb.Linkf("/transactions?order=desc&cursor=%s", res.PT)
}

// addresses are an account's G address, and its M address and id where it has them.
func addresses(m xdr.MuxedAccount) (account, muxed string, id uint64) {
	plain := m.ToAccountId()
	account = plain.Address()
	if m.Type == xdr.CryptoKeyTypeKeyTypeMuxedEd25519 {
		muxed, id = m.Address(), uint64(m.Med25519.Id)
	}
	return account, muxed, id
}

func memo(m xdr.Memo) (kind, text, bytes string) {
	switch m.Type {
	case xdr.MemoTypeMemoText:
		return "text", scrub(*m.Text), base64.StdEncoding.EncodeToString([]byte(*m.Text))
	case xdr.MemoTypeMemoId:
		return "id", strconv.FormatUint(uint64(*m.Id), 10), ""
	case xdr.MemoTypeMemoHash:
		return "hash", base64.StdEncoding.EncodeToString(m.Hash[:]), ""
	case xdr.MemoTypeMemoReturn:
		return "return", base64.StdEncoding.EncodeToString(m.RetHash[:]), ""
	}
	return "none", "", ""
}

// scrub makes a memo's bytes presentable, as Horizon does; the bytes themselves are in memo_bytes.
func scrub(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

func signatureStrings(list []xdr.DecoratedSignature) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = base64.StdEncoding.EncodeToString(s.Signature)
	}
	return out
}

func preconditions(t *transaction) *horizon.TransactionPreconditions {
	if t.inner.Tx.Cond.Type == xdr.PreconditionTypePrecondNone {
		return nil
	}
	cond := t.preconditions()
	p := &horizon.TransactionPreconditions{MinAccountSequenceLedgerGap: uint32(cond.MinSeqLedgerGap)}
	if tb := cond.TimeBounds; tb != nil {
		p.TimeBounds = &horizon.TransactionPreconditionsTimebounds{MinTime: fmt.Sprint(tb.MinTime)}
		if tb.MaxTime != 0 {
			p.TimeBounds.MaxTime = fmt.Sprint(tb.MaxTime)
		}
	}
	if lb := cond.LedgerBounds; lb != nil {
		p.LedgerBounds = &horizon.TransactionPreconditionsLedgerbounds{MinLedger: uint32(lb.MinLedger), MaxLedger: uint32(lb.MaxLedger)}
	}
	if cond.MinSeqNum != nil {
		p.MinAccountSequence = fmt.Sprint(*cond.MinSeqNum)
	}
	if cond.MinSeqAge != 0 {
		p.MinAccountSequenceAge = fmt.Sprint(cond.MinSeqAge)
	}
	for _, k := range cond.ExtraSigners {
		p.ExtraSigners = append(p.ExtraSigners, k.Address())
	}
	return p
}

func getLedger(r *request) (any, error) {
	r.n.mu.RLock()
	defer r.n.mu.RUnlock()
	l, err := r.ledger(r.n.state.history)
	if err != nil {
		return nil, err
	}
	return l.render(r, page{}), nil
}

func (l *ledgerRecord) render(r *request, _ page) hal.Pageable {
	failed, operations := l.failed(), int32(0)
	for _, tx := range l.txs {
		if tx.successful() {
			operations += int32(len(tx.tx.inner.Tx.Operations))
		}
	}
	all := l.operationCount()
	res := horizon.Ledger{
		ID: hex.EncodeToString(l.hash[:]), Hash: hex.EncodeToString(l.hash[:]),
		PT: strconv.FormatInt(l.pagingID(), 10), PrevHash: hex.EncodeToString(l.header.PreviousLedgerHash[:]),
		Sequence: int32(l.seq()), ClosedAt: l.closedAt(), ProtocolVersion: int32(l.header.LedgerVersion),
		SuccessfulTransactionCount: int32(len(l.txs)) - failed, FailedTransactionCount: &failed,
		OperationCount: operations, TxSetOperationCount: &all,
		TotalCoins: amount.String(l.header.TotalCoins), FeePool: amount.String(l.header.FeePool),
		BaseFee: int32(l.header.BaseFee), BaseReserve: int32(l.header.BaseReserve),
		MaxTxSetSize: int32(l.header.MaxTxSetSize), HeaderXDR: encode(l.header),
	}
	self := fmt.Sprintf("/ledgers/%d", l.seq())
	res.Links.Self = r.link.Link(self)
	res.Links.Transactions = r.link.PagedLink(self, "transactions")
	res.Links.Operations = r.link.PagedLink(self, "operations")
	res.Links.Payments = r.link.PagedLink(self, "payments")
	res.Links.Effects = r.link.PagedLink(self, "effects")
	return res
}

func (l *ledgerRecord) failed() (n int32) {
	for _, tx := range l.txs {
		if !tx.successful() {
			n++
		}
	}
	return n
}

func (l *ledgerRecord) operationCount() (n int32) {
	for _, tx := range l.txs {
		n += int32(len(tx.tx.inner.Tx.Operations))
	}
	return n
}
