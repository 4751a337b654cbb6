package localnet

import (
	"bytes"
	"testing"
	"time"

	"github.com/stellar/go-stellar-sdk/keypair"
	"github.com/stellar/go-stellar-sdk/txnbuild"
	"github.com/stellar/go-stellar-sdk/xdr"
	"pgregory.net/rapid"
)

// island is a few accounts that do random things to each other.
type island struct {
	*rapid.T
	n     *Network
	keys  []*keypair.Full // the first issues the asset
	asset txnbuild.CreditAsset
	ids   []string // claimable balances that were made
}

func newIsland(t *rapid.T) *island {
	clock := time.Unix(1_800_000_000, 0)
	n, err := New(Config{Now: func() time.Time { return clock }})
	if err != nil {
		t.Fatal(err)
	}
	s := &island{T: t, n: n}
	for i := range 4 {
		key, err := keypair.FromRawSeed([32]byte(bytes.Repeat([]byte{byte(i + 1)}, 32)))
		if err != nil {
			t.Fatal(err)
		}
		s.keys = append(s.keys, key)
		if _, err := n.gift(xdr.MustAddress(key.Address())); err != nil {
			t.Fatal(err)
		}
	}
	s.asset = txnbuild.CreditAsset{Code: "VUV", Issuer: s.keys[0].Address()}
	return s
}

func (s *island) who(label string) *keypair.Full { return rapid.SampledFrom(s.keys).Draw(s.T, label) }

func (s *island) amount() string {
	return rapid.SampledFrom([]string{"0.0000001", "1", "7.5", "100", "4999", "20000"}).Draw(s.T, "amount")
}

func (s *island) money() txnbuild.Asset {
	if rapid.Bool().Draw(s.T, "native") {
		return txnbuild.NativeAsset{}
	}
	return s.asset
}

// operation draws anything that the ledger supports, sensible or not.
func (s *island) operation() txnbuild.Operation {
	to := s.who("to").Address()
	switch rapid.IntRange(0, 9).Draw(s.T, "kind") {
	case 0:
		return &txnbuild.ChangeTrust{Line: s.asset.MustToChangeTrustAsset(), Limit: rapid.SampledFrom([]string{"0", "50", "10000"}).Draw(s.T, "limit")}
	case 1:
		return &txnbuild.PathPaymentStrictSend{SendAsset: s.money(), SendAmount: s.amount(), DestAsset: s.money(), DestMin: "0.0000001", Destination: to}
	case 2:
		return &txnbuild.CreateClaimableBalance{
			Amount: s.amount(), Asset: s.money(),
			Destinations: []txnbuild.Claimant{txnbuild.NewClaimant(to, nil)},
		}
	case 3:
		if len(s.ids) > 0 {
			return &txnbuild.ClaimClaimableBalance{BalanceID: rapid.SampledFrom(s.ids).Draw(s.T, "balance")}
		}
		return &txnbuild.BumpSequence{BumpTo: 1}
	case 4:
		value := []byte("x")
		if rapid.Bool().Draw(s.T, "delete") {
			value = nil
		}
		return &txnbuild.ManageData{Name: rapid.SampledFrom([]string{"a", "b"}).Draw(s.T, "name"), Value: value}
	case 5:
		weight := txnbuild.Threshold(rapid.IntRange(0, 1).Draw(s.T, "weight"))
		return &txnbuild.SetOptions{Signer: &txnbuild.Signer{Address: to, Weight: weight}}
	case 6:
		return &txnbuild.AccountMerge{Destination: to}
	case 7:
		return &txnbuild.CreateAccount{Destination: to, Amount: s.amount()}
	default:
		return &txnbuild.Payment{Destination: to, Amount: s.amount(), Asset: s.money()}
	}
}

// transaction draws a transaction of an account that is there, or none.
func (s *island) transaction() *transaction {
	source := s.who("source")
	account := accountIn(s.n.state.world, xdr.MustAddress(source.Address()))
	if account == nil {
		return nil
	}
	var ops []txnbuild.Operation
	for range rapid.IntRange(1, 3).Draw(s.T, "operations") {
		ops = append(ops, s.operation())
	}
	tx, err := txnbuild.NewTransaction(txnbuild.TransactionParams{
		SourceAccount: &txnbuild.SimpleAccount{AccountID: source.Address(), Sequence: int64(account.SeqNum)}, IncrementSequenceNum: true,
		BaseFee: 100, Operations: ops, Preconditions: txnbuild.Preconditions{TimeBounds: txnbuild.NewInfiniteTimeout()},
	})
	if err != nil {
		s.Fatal(err)
	}
	if tx, err = tx.Sign(s.n.cfg.Passphrase, source); err != nil {
		s.Fatal(err)
	}
	for i, op := range ops {
		if _, ok := op.(*txnbuild.CreateClaimableBalance); ok {
			id, err := tx.ClaimableBalanceID(i)
			if err != nil {
				s.Fatal(err)
			}
			s.ids = append(s.ids, id)
		}
	}
	text, err := tx.Base64()
	if err != nil {
		s.Fatal(err)
	}
	t, err := decodeTransaction(text, s.n.cfg.Passphrase)
	if err != nil {
		s.Fatal(err)
	}
	return t
}

// TestPropertyLedger: whatever is submitted, no money is made or lost, counts agree, no balance is
// below zero or beyond its limit, what the queue lets in is applied or fails by an operation, and
// the same closes give the same ledger again.
func TestPropertyLedger(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newIsland(t)
		for range rapid.IntRange(1, 25).Draw(t, "transactions") {
			tx := s.transaction()
			if tx == nil {
				continue
			}
			_, p, refusal := s.n.enqueue(tx)
			if p == nil {
				if refusal.Successful() {
					t.Fatal("a refusal says success")
				}
				continue
			}
			if code := p.record.result.Result.Code; code != xdr.TransactionResultCodeTxSuccess && code != xdr.TransactionResultCodeTxFailed {
				t.Fatalf("alone in its ledger, an accepted transaction ended with %s", code)
			}
			s.check()
		}
		s.replay()
	})
}

func (s *island) check() {
	if err := s.n.Audit(); err != nil {
		s.Fatal(err)
	}
	for _, e := range s.n.state.world.all {
		if l, ok := e.Data.GetTrustLine(); ok && (l.Balance < 0 || l.Balance > l.Limit) {
			s.Fatalf("a trustline holds %d of %d", l.Balance, l.Limit)
		}
		if a, ok := e.Data.GetAccount(); ok && a.Balance < 0 {
			s.Fatalf("an account holds %d", a.Balance)
		}
	}
}

// replay closes the same ledgers from genesis.
func (s *island) replay() {
	again := newChain(s.n.cfg.Passphrase, xdr.MustAddress(s.n.root.Address()))
	for _, l := range s.n.state.history.ledgers[1:] {
		next := ledgerClose{Seq: l.seq(), Time: l.closedAt().Unix(), BaseFee: minBaseFee}
		for _, r := range l.txs {
			next.Txs = append(next.Txs, closedTx{Envelope: r.tx.raw})
		}
		if err := again.apply(next); err != nil {
			s.Fatal(err)
		}
		for i, r := range again.history.latest().txs {
			if was := l.txs[i]; r.meta != was.meta || r.feeMeta != was.feeMeta {
				s.Fatalf("ledger %d transaction %d changed other entries", l.seq(), i)
			}
		}
	}
	if again.hash != s.n.state.hash {
		s.Fatal("the same closes gave another ledger")
	}
}
