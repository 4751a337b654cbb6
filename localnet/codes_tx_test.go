package localnet_test

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"testing"
	"time"

	"github.com/stellar/go-stellar-sdk/keypair"
	"github.com/stellar/go-stellar-sdk/network"
	"github.com/stellar/go-stellar-sdk/strkey"
	"github.com/stellar/go-stellar-sdk/txnbuild"
	"github.com/stellar/go-stellar-sdk/xdr"

	"kula/localnet"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func atNoon() time.Time { return noon }

// refusal is a transaction that the network refuses, and how.
type refusal struct {
	name string
	make func(b *bench) *txnbuild.Transaction
	want []string
}

func ops(list ...txnbuild.Operation) []txnbuild.Operation { return list }

func checkRefusals(t *testing.T, cases []refusal) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := startWith(t, localnet.Config{Now: atNoon})
			tx := c.make(b)
			_, err := b.submit(tx)
			if err == nil {
				t.Fatal("it was accepted")
			}
			if got := codesOf(t, err); !slices.Equal(got, c.want) {
				t.Errorf("codes %v, want %v", got, c.want)
			}
		})
	}
}

func TestConformanceTransactionCodes(t *testing.T) {
	simple := func(change func(b *bench, key *keypair.Full, s *spec)) func(b *bench) *txnbuild.Transaction {
		return func(b *bench) *txnbuild.Transaction {
			key := b.funded()
			s := spec{source: key, ops: ops(pay(b.net.Root(), "1"))}
			change(b, key, &s)
			return b.build(s)
		}
	}
	checkRefusals(t, []refusal{
		{"sequence used", simple(func(b *bench, key *keypair.Full, s *spec) { s.seq = b.account(key).Sequence }), []string{"tx_bad_seq"}},
		{"sequence ahead", simple(func(b *bench, key *keypair.Full, s *spec) { s.seq = b.account(key).Sequence + 2 }), []string{"tx_bad_seq"}},
		{"too early", simple(func(_ *bench, _ *keypair.Full, s *spec) {
			s.cond.TimeBounds = txnbuild.NewTimebounds(noon.Unix()+1, 0)
		}), []string{"tx_too_early"}},
		{"too late", simple(func(_ *bench, _ *keypair.Full, s *spec) {
			s.cond.TimeBounds = txnbuild.NewTimebounds(0, noon.Unix()-1)
		}), []string{"tx_too_late"}},
		{"ledger too early", simple(func(_ *bench, _ *keypair.Full, s *spec) {
			s.cond.LedgerBounds = &txnbuild.LedgerBounds{MinLedger: 5}
		}), []string{"tx_too_early"}},
		{"ledger too late", simple(func(_ *bench, _ *keypair.Full, s *spec) {
			s.cond.LedgerBounds = &txnbuild.LedgerBounds{MaxLedger: 4}
		}), []string{"tx_too_late"}},
		{"sequence too young", simple(func(b *bench, key *keypair.Full, s *spec) {
			b.must(key, pay(b.net.Root(), "1"))
			s.cond.MinSequenceNumberAge = 10
		}), []string{"tx_bad_minseq_age_or_gap"}},
		{"sequence too near", simple(func(b *bench, key *keypair.Full, s *spec) {
			b.must(key, pay(b.net.Root(), "1"))
			s.cond.MinSequenceNumberLedgerGap = 5
		}), []string{"tx_bad_minseq_age_or_gap"}},
		{"sequence below minimum", simple(func(b *bench, key *keypair.Full, s *spec) {
			least := b.account(key).Sequence + 1
			s.cond.MinSequenceNumber, s.seq = &least, least+5
		}), []string{"tx_bad_seq"}},
		{"no account", func(b *bench) *txnbuild.Transaction {
			return b.build(spec{source: keypair.MustRandom(), seq: 1, ops: ops(pay(b.net.Root(), "1"))})
		}, []string{"tx_no_source_account"}},
		{"unsigned by its source", simple(func(_ *bench, _ *keypair.Full, s *spec) {
			s.signers = []*keypair.Full{keypair.MustRandom()}
		}), []string{"tx_bad_auth"}},
		{"unsigned by an extra signer", simple(func(_ *bench, _ *keypair.Full, s *spec) {
			s.cond.ExtraSigners = []string{keypair.MustRandom().Address()}
		}), []string{"tx_bad_auth"}},
		{"extra signer named twice", simple(func(_ *bench, _ *keypair.Full, s *spec) {
			who := keypair.MustRandom().Address()
			s.cond.ExtraSigners = []string{who, who}
		}), []string{"tx_malformed"}},
		{"a signature too many", simple(func(_ *bench, key *keypair.Full, s *spec) {
			s.signers = []*keypair.Full{key, keypair.MustRandom()}
		}), []string{"tx_bad_auth_extra"}},
		{"fee beyond what is free", func(b *bench) *txnbuild.Transaction {
			poor := keypair.MustRandom()
			b.must(b.funded(), &txnbuild.CreateAccount{Destination: poor.Address(), Amount: "1.0000099"})
			return b.build(spec{source: poor, ops: ops(pay(b.net.Root(), "1"))})
		}, []string{"tx_insufficient_balance"}},
		{"unsigned by an operation's source", func(b *bench) *txnbuild.Transaction {
			other := b.funded()
			p := pay(b.net.Root(), "1")
			p.SourceAccount = other.Address()
			return b.build(spec{source: b.funded(), ops: ops(p)})
		}, []string{"tx_failed", "op_bad_auth"}},
		{"an operation for nobody", func(b *bench) *txnbuild.Transaction {
			nobody := keypair.MustRandom()
			p := pay(b.net.Root(), "1")
			p.SourceAccount = nobody.Address()
			key := b.funded()
			return b.build(spec{source: key, ops: ops(p), signers: []*keypair.Full{key, nobody}})
		}, []string{"tx_failed", "op_no_source_account"}},
		{"an operation that is not supported", func(b *bench) *txnbuild.Transaction {
			offer := &txnbuild.ManageSellOffer{
				Selling: txnbuild.NativeAsset{}, Buying: txnbuild.CreditAsset{Code: "VUV", Issuer: b.net.Root().Address()},
				Amount: "1", Price: xdr.Price{N: 1, D: 1},
			}
			return b.build(spec{source: b.funded(), ops: ops(offer, pay(b.net.Root(), "1"))})
		}, []string{"tx_failed", "op_not_supported", "op_success"}},
	})
}

// TestConformanceRawTransactionCodes has the transactions that txnbuild would not make.
func TestConformanceRawTransactionCodes(t *testing.T) {
	b := startWith(t, localnet.Config{Now: atNoon})
	key := b.funded()
	edit := func(change func(*xdr.Transaction)) string {
		tx := b.build(spec{source: key, ops: ops(pay(b.net.Root(), "1"))})
		envelope := tx.ToXDR()
		change(&envelope.V1.Tx)
		return signed(t, b, envelope, key)
	}
	for _, c := range []struct{ name, envelope, want string }{
		{"no operation", edit(func(tx *xdr.Transaction) { tx.Operations = nil }), "tx_missing_operation"},
		{"fee too small", edit(func(tx *xdr.Transaction) { tx.Fee = 99 }), "tx_insufficient_fee"},
		{"contract data on a classic transaction", edit(func(tx *xdr.Transaction) {
			tx.Ext = xdr.TransactionExt{V: 1, SorobanData: &xdr.SorobanTransactionData{}}
		}), "tx_malformed"},
		{"not an envelope", "AAAA", "https://stellar.org/horizon-errors/transaction_malformed"},
	} {
		_, err := b.client.SubmitTransactionXDR(c.envelope)
		if err == nil {
			t.Fatalf("%s: accepted", c.name)
		}
		if got := codesOf(t, err); got[0] != c.want {
			t.Errorf("%s: %v, want %s", c.name, got, c.want)
		}
	}
	envelope := b.build(spec{source: key, ops: ops(pay(b.net.Root(), "1"))}).ToXDR()
	raw, _ := envelope.MarshalBinary()
	if _, err := b.client.SubmitTransactionXDR(base64.StdEncoding.EncodeToString(append(raw, 0, 0, 0, 0))); err == nil {
		t.Error("an envelope with trailing bytes was accepted")
	}
}

// signed signs an envelope anew and writes it out.
func signed(t testing.TB, b *bench, envelope xdr.TransactionEnvelope, key *keypair.Full) string {
	t.Helper()
	hash, err := network.HashTransactionInEnvelope(envelope, b.net.Passphrase())
	if err != nil {
		t.Fatal(err)
	}
	sig, err := key.SignDecorated(hash[:])
	if err != nil {
		t.Fatal(err)
	}
	envelope.V1.Signatures = []xdr.DecoratedSignature{sig}
	text, err := xdr.MarshalBase64(envelope)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestConformanceResultXDR: the bytes of common answers, as Stellar's documentation and public test suites show them.
func TestConformanceResultXDR(t *testing.T) {
	b := start(t)
	key := b.funded()
	if got := b.must(key, pay(b.net.Root(), "1")).ResultXdr; got != "AAAAAAAAAGQAAAAAAAAAAQAAAAAAAAABAAAAAAAAAAA=" {
		t.Errorf("a payment's result is %s", got)
	}
	create := &txnbuild.CreateAccount{Destination: keypair.MustRandom().Address(), Amount: "5"}
	if got := b.must(key, create).ResultXdr; got != "AAAAAAAAAGQAAAAAAAAAAQAAAAAAAAAAAAAAAAAAAAA=" {
		t.Errorf("a creation's result is %s", got)
	}
	for want, tx := range map[string]*txnbuild.Transaction{
		"AAAAAAAAAGT/////AAAAAQAAAAAAAAAB/////gAAAAA=": b.build(spec{source: key, ops: ops(pay(b.net.Root(), "99999"))}),
		"AAAAAAAAAGT////7AAAAAA==":                     b.build(spec{source: key, seq: 7, ops: ops(pay(b.net.Root(), "1"))}),
	} {
		_, err := b.submit(tx)
		if got := resultXDR(t, err); got != want {
			t.Errorf("the result is %s, want %s", got, want)
		}
	}
}

// TestFailedTransactionCosts: a transaction that fails in a ledger pays its fee and uses its number;
// one that is refused before does neither.
func TestFailedTransactionCosts(t *testing.T) {
	b := start(t)
	key := b.funded()
	before := b.account(key)
	if _, err := b.submit(b.build(spec{source: key, seq: 1, ops: ops(pay(b.net.Root(), "1"))})); err == nil {
		t.Fatal("a wrong sequence was accepted")
	}
	if after := b.account(key); after.Sequence != before.Sequence || after.Balances[0].Balance != "10000.0000000" {
		t.Errorf("a refused transaction cost something: %+v", after.Balances)
	}
	tx := b.build(spec{source: key, ops: ops(pay(b.net.Root(), "1"), pay(b.net.Root(), "99999"))})
	_, err := b.submit(tx)
	if got := codesOf(t, err); !slices.Equal(got, []string{"tx_failed", "op_success", "op_underfunded"}) {
		t.Errorf("codes %v", got)
	}
	if after := b.account(key); after.Sequence != before.Sequence+1 || after.Balances[0].Balance != "9999.9999800" {
		t.Errorf("a failed transaction left number %d and %s", after.Sequence-before.Sequence, after.Balances[0].Balance)
	}
	hash, _ := tx.HashHex(b.net.Passphrase())
	got, err := b.client.TransactionDetail(hash)
	if err != nil || got.Successful || got.FeeCharged != 200 {
		t.Errorf("the record is successful=%v fee=%d (%v)", got.Successful, got.FeeCharged, err)
	}
	_, again := b.submit(tx)
	if codes := codesOf(t, again); codes[0] != "tx_failed" {
		t.Errorf("asked again, the answer is %v", codes)
	}
}

// TestConformanceSigners: all kinds of signer, weights and thresholds.
func TestConformanceSigners(t *testing.T) {
	b := start(t)
	key, friend := b.funded(), keypair.MustRandom()
	preimage := []byte("kava")
	hash := sha256.Sum256(preimage)
	weight := func(n int) *txnbuild.Threshold { w := txnbuild.Threshold(n); return &w }
	add := func(address string, w int) *txnbuild.SetOptions {
		return &txnbuild.SetOptions{Signer: &txnbuild.Signer{Address: address, Weight: txnbuild.Threshold(w)}}
	}
	b.must(key,
		add(friend.Address(), 1), add(strkey.MustEncode(strkey.VersionByteHashX, hash[:]), 1),
		&txnbuild.SetOptions{MasterWeight: weight(1), LowThreshold: weight(1), MediumThreshold: weight(2), HighThreshold: weight(3)})

	alone := b.build(spec{source: key, ops: ops(pay(b.net.Root(), "1"))})
	if _, err := b.submit(alone); !slices.Equal(codesOf(t, err), []string{"tx_failed", "op_bad_auth"}) {
		t.Errorf("one of two signatures: %v", codesOf(t, err))
	}
	b.mustSpec(spec{source: key, ops: ops(pay(b.net.Root(), "1")), signers: []*keypair.Full{key, friend}})
	b.mustSpec(spec{source: key, ops: ops(&txnbuild.BumpSequence{BumpTo: 0})}) // low threshold: one is enough

	high := b.build(spec{source: key, ops: ops(&txnbuild.SetOptions{MasterWeight: weight(2)}), signers: []*keypair.Full{key, friend}})
	if _, err := b.submit(high); !slices.Equal(codesOf(t, err), []string{"tx_failed", "op_bad_auth"}) {
		t.Errorf("two of three signatures: %v", codesOf(t, err))
	}
	high, err := high.SignHashX(preimage)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.submit(high); err != nil {
		t.Errorf("with the preimage: %v", codesOf(t, err))
	}
}

// TestConformanceOneTimeSigner: a transaction authorized in advance needs no signature, once.
func TestConformanceOneTimeSigner(t *testing.T) {
	b := start(t)
	key := b.funded()
	seq := b.account(key).Sequence
	later := b.build(spec{source: key, seq: seq + 2, ops: ops(pay(b.net.Root(), "3"))})
	hash, err := later.Hash(b.net.Passphrase())
	if err != nil {
		t.Fatal(err)
	}
	signer := &txnbuild.Signer{Address: strkey.MustEncode(strkey.VersionByteHashTx, hash[:]), Weight: 1}
	b.must(key, &txnbuild.SetOptions{Signer: signer})
	if got := b.account(key); got.SubentryCount != 1 || len(got.Signers) != 2 {
		t.Errorf("%d subentries, signers %v", got.SubentryCount, got.Signers)
	}
	bare, err := later.ClearSignatures()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.submit(bare); err != nil {
		t.Fatal(codesOf(t, err))
	}
	if got := b.account(key); got.SubentryCount != 0 || len(got.Signers) != 1 {
		t.Errorf("afterwards %d subentries, signers %v", got.SubentryCount, got.Signers)
	}
}

// TestConformanceSignedPayload: an extra signer that signs something else than the transaction (CAP-40).
func TestConformanceSignedPayload(t *testing.T) {
	b := start(t)
	key, witness := b.funded(), keypair.MustRandom()
	payload := []byte("a word")
	signer, err := strkey.NewSignedPayload(witness.Address(), payload)
	if err != nil {
		t.Fatal(err)
	}
	address, err := signer.Encode()
	if err != nil {
		t.Fatal(err)
	}
	tx := b.build(spec{source: key, cond: txnbuild.Preconditions{ExtraSigners: []string{address}}, ops: ops(pay(b.net.Root(), "1"))})
	if _, err := b.submit(tx); codesOf(t, err)[0] != "tx_bad_auth" {
		t.Errorf("without the witness: %v", codesOf(t, err))
	}
	sig, err := witness.SignPayloadDecorated(payload)
	if err != nil {
		t.Fatal(err)
	}
	if tx, err = tx.AddSignatureDecorated(sig); err != nil {
		t.Fatal(err)
	}
	if _, err := b.submit(tx); err != nil {
		t.Errorf("with the witness: %v", codesOf(t, err))
	}
}
