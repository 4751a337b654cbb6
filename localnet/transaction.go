package localnet

import (
	"encoding/base64"
	"fmt"

	"github.com/stellar/go-stellar-sdk/network"
	"github.com/stellar/go-stellar-sdk/xdr"
)

// transaction is a decoded envelope with what is asked of it most. For a fee bump, inner is the
// transaction that it pays for; otherwise inner is the transaction itself.
type transaction struct {
	envelope  xdr.TransactionEnvelope
	raw       []byte // canonical XDR of the envelope, as it goes to the log
	hash      xdr.Hash
	inner     xdr.TransactionV1Envelope
	innerHash xdr.Hash
}

// maxDecoded bounds the memory that one envelope from outside may take: a few bytes of XDR can
// announce a very long list.
const maxDecoded = 16 << 20

// decodeTransaction reads an envelope from outside, strictly: trailing bytes and more than 100
// operations are refused.
func decodeTransaction(base64XDR, passphrase string) (*transaction, error) {
	var t transaction
	err := xdr.SafeUnmarshalBase64WithOptions(base64XDR, &t.envelope, xdr.DecodeOptions{MaxMemoryBytes: maxDecoded})
	if err != nil {
		return nil, fmt.Errorf("envelope is not a TransactionEnvelope: %w", err)
	}
	if t.raw, err = base64.StdEncoding.DecodeString(base64XDR); err != nil {
		return nil, fmt.Errorf("envelope is not base64: %w", err)
	}
	return t.complete(passphrase)
}

// parseTransaction reads an envelope that was accepted before.
func parseTransaction(raw []byte, passphrase string) (*transaction, error) {
	t := transaction{raw: raw}
	if err := xdr.SafeUnmarshal(raw, &t.envelope); err != nil {
		return nil, fmt.Errorf("envelope is not a TransactionEnvelope: %w", err)
	}
	return t.complete(passphrase)
}

// complete fills in what follows from the envelope.
func (t *transaction) complete(passphrase string) (*transaction, error) {
	hash, err := network.HashTransactionInEnvelope(t.envelope, passphrase)
	if err != nil {
		return nil, fmt.Errorf("hash envelope: %w", err)
	}
	t.hash, t.innerHash = hash, hash
	switch t.envelope.Type {
	case xdr.EnvelopeTypeEnvelopeTypeTxV0:
		t.inner = fromV0(*t.envelope.V0)
	case xdr.EnvelopeTypeEnvelopeTypeTx:
		t.inner = *t.envelope.V1
	case xdr.EnvelopeTypeEnvelopeTypeTxFeeBump:
		t.inner = *t.envelope.FeeBump.Tx.InnerTx.V1
		t.innerHash, err = network.HashTransaction(t.inner.Tx, passphrase)
	}
	return t, err
}

// fromV0 reads the first form of an envelope as the present one; both have the same hash.
func fromV0(v0 xdr.TransactionV0Envelope) xdr.TransactionV1Envelope {
	tx := xdr.Transaction{
		SourceAccount: xdr.MuxedAccount{Type: xdr.CryptoKeyTypeKeyTypeEd25519, Ed25519: &v0.Tx.SourceAccountEd25519},
		Fee:           v0.Tx.Fee, SeqNum: v0.Tx.SeqNum, Memo: v0.Tx.Memo, Operations: v0.Tx.Operations,
	}
	if v0.Tx.TimeBounds != nil {
		tx.Cond = xdr.Preconditions{Type: xdr.PreconditionTypePrecondTime, TimeBounds: v0.Tx.TimeBounds}
	}
	return xdr.TransactionV1Envelope{Tx: tx, Signatures: v0.Signatures}
}

func (t *transaction) feeBump() bool         { return t.envelope.IsFeeBump() }
func (t *transaction) source() xdr.AccountId { return t.inner.Tx.SourceAccount.ToAccountId() }
func (t *transaction) seq() xdr.SequenceNumber {
	return t.inner.Tx.SeqNum
}

func (t *transaction) feeSource() xdr.AccountId {
	if t.feeBump() {
		fees := t.envelope.FeeBumpAccount()
		return fees.ToAccountId()
	}
	return t.source()
}

// fee is the most that the envelope offers to pay.
func (t *transaction) fee() xdr.Int64 {
	if t.feeBump() {
		return xdr.Int64(t.envelope.FeeBumpFee())
	}
	return xdr.Int64(t.inner.Tx.Fee)
}

// weight is the number of operations that the fee is counted for: a fee bump is one more.
func (t *transaction) weight() xdr.Int64 {
	n := innerWeight(t)
	if t.feeBump() {
		n++
	}
	return n
}

func innerWeight(t *transaction) xdr.Int64 { return xdr.Int64(max(1, len(t.inner.Tx.Operations))) }

// operationSource is the account that an operation acts for.
func (t *transaction) operationSource(op xdr.Operation) xdr.MuxedAccount {
	if op.SourceAccount != nil {
		return *op.SourceAccount
	}
	return t.inner.Tx.SourceAccount
}

// preconditions in one form, whichever the envelope uses.
func (t *transaction) preconditions() xdr.PreconditionsV2 {
	switch cond := t.inner.Tx.Cond; cond.Type {
	case xdr.PreconditionTypePrecondTime:
		return xdr.PreconditionsV2{TimeBounds: cond.TimeBounds}
	case xdr.PreconditionTypePrecondV2:
		return *cond.V2
	default:
		return xdr.PreconditionsV2{}
	}
}
