package localnet

import (
	"bytes"
	"crypto/sha256"
	"fmt"

	"github.com/stellar/go-stellar-sdk/xdr"
)

const (
	protocolVersion = 23
	genesisLedger   = 1
	minBaseFee      = 100 // stroops for each operation
	maxTxSetSize    = 1000
	totalCoins      = xdr.Int64(1_000_000_000_000_000_000) // 100 billion lumens, all in the root account at first
)

// ledgerClose is everything that a ledger is made from. Applying the same closes in the same order
// gives the same ledger, byte for byte: they are what the log keeps.
type ledgerClose struct {
	Seq     uint32     `json:"seq"`
	Time    int64      `json:"time"`
	BaseFee int64      `json:"base_fee"`
	Txs     []closedTx `json:"txs,omitempty"`
}

// closedTx is an envelope with the operations that an injected fault rejects: index to Horizon's code.
type closedTx struct {
	Envelope []byte         `json:"envelope"`
	Reject   map[int]string `json:"reject,omitempty"`
}

// chain is the ledger: the last header, the state it left and the history that led there.
type chain struct {
	passphrase string
	world      *world
	header     xdr.LedgerHeader
	hash       xdr.Hash
	history    *history
}

// newChain starts at the genesis ledger, in which the root account owns everything.
func newChain(passphrase string, root xdr.AccountId) *chain {
	c := &chain{passphrase: passphrase, world: newWorld(), history: newHistory()}
	c.header = xdr.LedgerHeader{
		LedgerSeq: genesisLedger, TotalCoins: totalCoins,
		BaseFee: minBaseFee, BaseReserve: baseReserve, MaxTxSetSize: maxTxSetSize, LedgerVersion: protocolVersion,
	}
	first := newLayer(c.world, genesisLedger, 0)
	first.putAccount(newAccount(root, totalCoins, 0))
	first.commit()
	c.hash = hashOf(c.header)
	c.history.addLedger(newLedgerRecord(c.header, c.hash, nil))
	return c
}

func (c *chain) sequence() uint32 { return uint32(c.header.LedgerSeq) }
func (c *chain) closeTime() int64 { return int64(c.header.ScpValue.CloseTime) }

// apply closes a ledger. It changes nothing when it returns an error.
func (c *chain) apply(next ledgerClose) error {
	if next.Seq != c.sequence()+1 {
		return fmt.Errorf("ledger %d cannot follow ledger %d", next.Seq, c.sequence())
	}
	txs, err := c.parse(next.Txs)
	if err != nil {
		return err
	}
	l := newLayer(c.world, xdr.Uint32(next.Seq), xdr.TimePoint(next.Time))
	records := takeFees(l, txs, xdr.Int64(next.BaseFee))
	for i, r := range records {
		r.apply(l, next.Txs[i].Reject)
	}
	l.commit()
	c.advance(next, records)
	return nil
}

func (c *chain) parse(list []closedTx) ([]*transaction, error) {
	txs := make([]*transaction, len(list))
	for i, tx := range list {
		t, err := parseTransaction(tx.Envelope, c.passphrase)
		if err != nil {
			return nil, fmt.Errorf("transaction %d: %w", i, err)
		}
		txs[i] = t
	}
	return txs, nil
}

// takeFees charges all transactions before any is applied, as the network does: what one does can
// not make the next unable to pay.
func takeFees(l *layer, txs []*transaction, baseFee xdr.Int64) []*txRecord {
	records := make([]*txRecord, len(txs))
	for i, t := range txs {
		one := l.nested()
		payer := one.account(t.feeSource())
		fee := min(t.fee(), baseFee*t.weight(), payer.Balance)
		payer.Balance -= fee
		one.putAccount(payer)
		records[i] = &txRecord{tx: t, index: int32(i + 1), fee: fee, feeMeta: encode(one.changes())}
		one.commit()
	}
	return records
}

// advance makes the header of the ledger that was applied, and adds it to the history.
func (c *chain) advance(next ledgerClose, records []*txRecord) {
	var envelopes, results bytes.Buffer
	for _, r := range records {
		envelopes.Write(r.tx.raw)
		results.WriteString(r.resultXDR)
		c.header.FeePool += r.fee
	}
	c.header.LedgerSeq = xdr.Uint32(next.Seq)
	c.header.PreviousLedgerHash = c.hash
	c.header.ScpValue.CloseTime = xdr.TimePoint(next.Time)
	c.header.ScpValue.TxSetHash = sha256.Sum256(envelopes.Bytes())
	c.header.TxSetResultHash = sha256.Sum256(results.Bytes())
	c.hash = hashOf(c.header)
	c.history.addLedger(newLedgerRecord(c.header, c.hash, records))
}

func hashOf(h xdr.LedgerHeader) xdr.Hash {
	b, err := h.MarshalBinary()
	if err != nil {
		panic(err) // a header of our own making encodes
	}
	return sha256.Sum256(b)
}

// encode is base64 XDR of something of our own making, which always encodes.
func encode(v any) string {
	s, err := xdr.MarshalBase64(v)
	if err != nil {
		panic(err)
	}
	return s
}
