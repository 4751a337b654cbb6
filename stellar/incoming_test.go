package stellar_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stellar/go-stellar-sdk/keypair"
	"github.com/stellar/go-stellar-sdk/txnbuild"

	"kula/anchor"
	"kula/localnet"
	"kula/money"
	"kula/stellar"
)

// seen reads all income after a cursor.
func (b *bank) seen(cursor string, limit int) (in []anchor.Incoming, next string) {
	b.Helper()
	for {
		page, next, err := b.rail.Incoming(context.Background(), cursor, limit)
		b.check(err)
		if in = append(in, page...); len(page) == 0 {
			return in, next
		}
		cursor = next
	}
}

// settled is the cursor after what setting up brought in.
func (b *bank) settled() string {
	b.Helper()
	_, next := b.seen("", 10)
	return next
}

func number(n *uint64) any {
	if n == nil {
		return nil
	}
	return *n
}

func TestIncomingOfEachKind(t *testing.T) {
	b := open(t)
	reserve := b.cfg.Reserve.Address()
	muxed := b.muxed(b.cfg.Reserve, 0)
	ana := b.person(100 * money.Unit)
	xlm := txnbuild.NativeAsset{}

	pay := func(to string) txnbuild.Operation {
		return &txnbuild.Payment{Destination: to, Amount: "1.5", Asset: b.credit()}
	}
	for _, c := range []struct {
		name  string
		memo  txnbuild.Memo
		op    txnbuild.Operation
		kind  anchor.IncomingKind
		asset money.Asset
		id    any
		muxed any
		other bool
		want  money.Amount
	}{
		{"payment with a memo id", txnbuild.MemoID(42), pay(reserve), anchor.IncomingPayment, b.vuv, uint64(42), nil, false, 15_000_000},
		{"payment to a muxed address", nil, pay(muxed), anchor.IncomingPayment, b.vuv, nil, uint64(0), false, 15_000_000},
		{"payment with both", txnbuild.MemoID(42), pay(muxed), anchor.IncomingPayment, b.vuv, uint64(42), uint64(0), false, 15_000_000},
		{"payment with a text of digits", txnbuild.MemoText("42"), pay(reserve), anchor.IncomingPayment, b.vuv, nil, nil, true, 15_000_000},
		{"payment without a memo", nil, pay(reserve), anchor.IncomingPayment, b.vuv, nil, nil, false, 15_000_000},
		{"path payment, strict send", txnbuild.MemoID(1), &txnbuild.PathPaymentStrictSend{
			SendAsset: b.credit(), SendAmount: "2", Destination: reserve, DestAsset: b.credit(), DestMin: "1",
		}, anchor.IncomingPayment, b.vuv, uint64(1), nil, false, 2 * money.Unit},
		{"path payment, strict receive", txnbuild.MemoID(1), &txnbuild.PathPaymentStrictReceive{
			SendAsset: xlm, SendMax: "9", Destination: muxed, DestAsset: xlm, DestAmount: "3",
		}, anchor.IncomingPayment, money.Asset{}, uint64(1), uint64(0), false, 3 * money.Unit},
	} {
		t.Run(c.name, func(t *testing.T) {
			cursor := b.settled()
			tx := b.must(ana, c.memo, c.op)
			in, next := b.seen(cursor, 10)
			if len(in) != 1 {
				t.Fatalf("income: %+v", in)
			}
			got := in[0]
			if got.Kind != c.kind || got.Asset != c.asset || got.Amount != c.want || got.OtherMemo != c.other ||
				number(got.MemoID) != c.id || number(got.MuxedID) != c.muxed {
				t.Errorf("income: %+v, memo id %v, muxed id %v", got, number(got.MemoID), number(got.MuxedID))
			}
			if got.Transaction.String() != tx.Hash || got.From != ana.Address() || got.At != uint64(tx.LedgerCloseTime.Unix()) || got.Operation == 0 || got.Cursor != next {
				t.Errorf("income: %+v of transaction %s", got, tx.Hash)
			}
		})
	}
}

func TestIncomingMerge(t *testing.T) {
	b := open(t)
	ana := b.person(0)
	b.must(ana, nil, &txnbuild.ChangeTrust{Line: txnbuild.ChangeTrustAssetWrapper{Asset: b.credit()}, Limit: "0"})
	cursor := b.settled()
	before, err := b.cfg.Horizon.Balance(t.Context(), ana.Address(), money.Asset{})
	b.check(err)
	other := b.person(0)
	// The merge is the second of three operations: its amount is found by its place.
	tx, err := txnbuild.NewTransaction(txnbuild.TransactionParams{
		SourceAccount: b.sequence(other), IncrementSequenceNum: true, BaseFee: 100, Preconditions: txnbuild.Preconditions{TimeBounds: txnbuild.NewInfiniteTimeout()},
		Operations: []txnbuild.Operation{
			&txnbuild.Payment{Destination: b.cfg.Treasury.Address(), Amount: "1", Asset: txnbuild.NativeAsset{}},
			&txnbuild.AccountMerge{Destination: b.cfg.Reserve.Address(), SourceAccount: ana.Address()},
			&txnbuild.BumpSequence{BumpTo: 1},
		},
	})
	b.check(err)
	tx, err = tx.Sign(b.net.Passphrase(), ana, other)
	b.check(err)
	if _, err := b.client.SubmitTransaction(tx); err != nil {
		t.Fatal(err)
	}
	in, _ := b.seen(cursor, 10)
	if len(in) != 1 || in[0].Kind != anchor.IncomingMerge || !in[0].Asset.Native() || in[0].Amount != before || in[0].From != ana.Address() {
		t.Errorf("income: %+v, want a merge of %s", in, before)
	}
}

func TestIncomingClaim(t *testing.T) {
	b := open(t)
	ana := b.person(10 * money.Unit)
	tx := b.must(ana, nil, &txnbuild.CreateClaimableBalance{
		Amount: "7", Asset: b.credit(), Destinations: []txnbuild.Claimant{txnbuild.NewClaimant(b.cfg.Reserve.Address(), nil)},
	})
	cursor := b.settled()
	b.must(b.cfg.Reserve, txnbuild.MemoID(42), &txnbuild.ClaimClaimableBalance{BalanceID: b.balanceID(tx.Hash)})
	in, _ := b.seen(cursor, 10)
	if len(in) != 1 || in[0].Kind != anchor.IncomingClaim || in[0].Amount != 7*money.Unit || in[0].Asset != b.vuv || in[0].From != ana.Address() || !in[0].OtherMemo || in[0].MemoID != nil {
		t.Errorf("income: %+v", in)
	}
}

func TestIncomingCreation(t *testing.T) {
	b := open(t)
	fresh := b.cfg
	fresh.Reserve = keypair.MustRandom()
	rail, err := stellar.New(fresh)
	b.check(err)
	if in, next, err := rail.Incoming(t.Context(), "", 10); err != nil || len(in) != 0 || next == "" {
		t.Errorf("before there is an account: %+v, %q, %v", in, next, err)
	}
	b.check(b.cfg.Horizon.Fund(t.Context(), fresh.Reserve.Address(), b.cfg.Treasury, 12*money.Unit))
	in, _, err := rail.Incoming(t.Context(), "", 10)
	b.check(err)
	if len(in) != 1 || in[0].Kind != anchor.IncomingCreate || in[0].Amount != 12*money.Unit || in[0].From != b.cfg.Treasury.Address() {
		t.Errorf("income: %+v", in)
	}
}

func TestIncomingIgnoresWhatIsNone(t *testing.T) {
	b := open(t)
	ana := b.person(10 * money.Unit)
	cursor := b.settled()
	b.submit(b.prepare(b.transfer(ana.Address(), money.Unit)), anchor.Applied)
	b.must(b.cfg.Reserve, nil, &txnbuild.Payment{Destination: b.cfg.Reserve.Address(), Amount: "1", Asset: b.credit()})
	if _, err := b.transact(ana, nil, &txnbuild.Payment{Destination: b.cfg.Reserve.Address(), Amount: "1", Asset: b.credit()},
		&txnbuild.Payment{Destination: b.cfg.Reserve.Address(), Amount: "1000", Asset: b.credit()}); err == nil {
		t.Fatal("the ledger took a payment of what is not there")
	}
	in, next := b.seen(cursor, 10)
	if len(in) != 0 {
		t.Errorf("income: %+v", in)
	}
	if next == cursor {
		t.Error("the cursor stands still over what is no income: it would be read for ever")
	}
}

func TestIncomingPagesAndResumes(t *testing.T) {
	b := open(t)
	ana := b.person(100 * money.Unit)
	cursor := b.settled()
	for i := range uint64(5) {
		b.must(ana, txnbuild.MemoID(i), &txnbuild.Payment{Destination: b.cfg.Reserve.Address(), Amount: "1", Asset: b.credit()})
		b.submit(b.prepare(b.transfer(ana.Address(), 1), b.transfer(ana.Address(), 1)), anchor.Applied)
	}
	for _, limit := range []int{1, 2, 3, 100, 1000, 0} {
		in, next := b.seen(cursor, limit)
		if len(in) != 5 {
			t.Fatalf("limit %d: %d of 5", limit, len(in))
		}
		for i, one := range in {
			if *one.MemoID != uint64(i) || i > 0 && one.Operation <= in[i-1].Operation {
				t.Errorf("limit %d: number %d is %+v", limit, i, one)
			}
		}
		if rest, _ := b.seen(in[2].Cursor, limit); len(rest) != 2 || *rest[0].MemoID != 3 {
			t.Errorf("limit %d: after the third come %+v", limit, rest)
		}
		if rest, again := b.seen(next, limit); len(rest) != 0 || again != next {
			t.Errorf("limit %d: at the end: %+v, cursor %s, then %s", limit, rest, next, again)
		}
	}
}

func TestIncomingThroughFaults(t *testing.T) {
	b := open(t)
	ana := b.person(100 * money.Unit)
	cursor := b.settled()
	b.fault(localnet.Fault{Kind: localnet.FaultLateIngestion})
	b.must(ana, txnbuild.MemoID(1), &txnbuild.Payment{Destination: b.cfg.Reserve.Address(), Amount: "1", Asset: b.credit()})
	if in, next := b.seen(cursor, 10); len(in) != 0 || next != cursor {
		t.Errorf("before history has it: %+v, %s", in, next)
	}
	b.fault(localnet.Fault{Kind: localnet.FaultDown, Status: 503, Count: -1})
	if in, next, err := b.rail.Incoming(t.Context(), cursor, 10); err == nil || len(in) != 0 || next != cursor {
		t.Errorf("while Horizon is down: %+v, %s, %v", in, next, err)
	}
	b.net.Faults().Clear()
	if in, _ := b.seen(cursor, 10); len(in) != 1 {
		t.Errorf("afterwards: %+v", in)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, _, err := b.rail.Incoming(ended, cursor, 10); err == nil {
		t.Error("an ended context was not noticed")
	}
}

// Horizon tells of failed transactions only when asked. Should it do so unasked, they are still no income.
func TestIncomingIgnoresFailedTransactionsThatAreShown(t *testing.T) {
	b := open(t)
	ana := b.person(10 * money.Unit)
	cursor := b.settled()
	if _, err := b.transact(ana, nil, &txnbuild.Payment{Destination: b.cfg.Reserve.Address(), Amount: "1000", Asset: b.credit()}); err == nil {
		t.Fatal("the ledger took a payment of what is not there")
	}
	shown := false
	b.through(func(_ http.ResponseWriter, r *http.Request) bool {
		query := r.URL.Query()
		query.Set("include_failed", "true")
		r.URL.RawQuery, shown = query.Encode(), true
		return false
	})
	if in, next := b.seen(cursor, 10); !shown || len(in) != 0 || next == cursor {
		t.Errorf("income: %+v, cursor %s", in, next)
	}
}

// The development ledger has no contracts; the record is as Horizon documents it.
func TestIncomingFromAContract(t *testing.T) {
	b := open(t)
	cursor := b.settled()
	const id, hash = "12884905985", "0000000000000000000000000000000000000000000000000000000000000abc"
	change := func(kind, from, to, amount, code string) string {
		return fmt.Sprintf(`{"asset_type":"credit_alphanum4","asset_code":%q,"asset_issuer":%q,"type":%q,"from":%q,"to":%q,"amount":%q}`,
			code, b.issuer.Address(), kind, from, to, amount)
	}
	ana, reserve := b.person(0).Address(), b.cfg.Reserve.Address()
	changes := strings.Join([]string{
		change("transfer", ana, reserve, "1.5", "VUV"), change("transfer", reserve, ana, "9", "VUV"), change("transfer", ana, reserve, "2", "OTHR"),
	}, ",")
	record := fmt.Sprintf(`{"id":%q,"paging_token":%q,"transaction_successful":true,"source_account":%q,"type":"invoke_host_function","type_i":24,
		"created_at":"2026-01-01T00:00:00Z","transaction_hash":%q,"asset_balance_changes":[%s],
		"transaction":{"memo_type":"id","memo":"42","successful":true,"hash":%q,"source_account_sequence":"1","fee_charged":"1","max_fee":"1"}}`, id, id, ana, hash, changes, hash)
	b.through(func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/operations") {
			return false
		}
		if r.FormValue("cursor") == id {
			record = ""
		}
		b.answer(w, http.StatusOK, `{"_embedded":{"records":[`+record+`]}}`)
		return true
	})
	in, _ := b.seen(cursor, 10)
	if len(in) != 2 || in[0].Amount != 15_000_000 || in[0].Asset != b.vuv || in[1].Asset != b.asset("OTHR") || in[1].Amount != 2*money.Unit {
		t.Fatalf("income: %+v", in)
	}
	if !in[0].OtherMemo || in[0].MemoID != nil || in[0].Operation == in[1].Operation || in[0].Cursor != id {
		t.Errorf("income: %+v", in)
	}
}

func TestIncomingWithoutItsTransactionIsNoAnswer(t *testing.T) {
	b := open(t)
	ana := b.person(10 * money.Unit)
	cursor := b.settled()
	b.must(ana, txnbuild.MemoID(1), &txnbuild.Payment{Destination: b.cfg.Reserve.Address(), Amount: "1", Asset: b.credit()})
	b.through(func(_ http.ResponseWriter, r *http.Request) bool {
		query := r.URL.Query()
		query.Del("join")
		r.URL.RawQuery = query.Encode()
		return false
	})
	if in, next, err := b.rail.Incoming(t.Context(), cursor, 10); err == nil || next != cursor {
		t.Errorf("a payment whose memo is not known: %+v, %s", in, next)
	}
}

// The books have a payout going out; when it goes to the deposit account itself, they need it coming in.
func TestIncomingPayoutToTheDepositAccount(t *testing.T) {
	b := open(t)
	cursor := b.settled()
	b.submit(b.prepare(b.transfer(b.muxed(b.cfg.Reserve, 7), money.Unit)), anchor.Applied)
	if in, _ := b.seen(cursor, 10); len(in) != 1 || *in[0].MuxedID != 7 || in[0].Amount != money.Unit || in[0].From != b.cfg.Reserve.Address() {
		t.Errorf("income: %+v", in)
	}
}
