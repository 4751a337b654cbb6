package localnet_test

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/stellar/go-stellar-sdk/clients/horizonclient"
	"github.com/stellar/go-stellar-sdk/keypair"
	"github.com/stellar/go-stellar-sdk/protocols/horizon/operations"
	"github.com/stellar/go-stellar-sdk/txnbuild"
)

// get asks with plain HTTP, for what a client would hide.
func (b *bench) get(path string) (status int, body map[string]any) {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, b.url+path, nil)
	if err != nil {
		b.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.Fatal(err)
	}
	if err := json.Unmarshal(text, &body); err != nil {
		b.Fatalf("%s: %v in %s", path, err, text)
	}
	return res.StatusCode, body
}

// TestPaging walks a collection in both directions with every page size, by the links in the pages.
func TestPaging(t *testing.T) {
	b := start(t)
	from, to := b.funded(), b.funded()
	var want []string
	for range 7 {
		want = append(want, b.must(from, pay(to, "1"), pay(to, "2")).Hash)
	}
	for limit := uint(1); limit <= 16; limit++ {
		for _, order := range []horizonclient.Order{horizonclient.OrderAsc, horizonclient.OrderDesc} {
			seen := b.walk(horizonclient.OperationRequest{ForAccount: from.Address(), Limit: limit, Order: order})
			if order == horizonclient.OrderDesc {
				slices.Reverse(seen)
			}
			if len(seen) != 15 || !slices.IsSorted(seen) {
				t.Fatalf("limit %d %s: %d records", limit, order, len(seen))
			}
		}
	}
	txs, err := b.client.Transactions(horizonclient.TransactionRequest{ForAccount: from.Address(), Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, tx := range txs.Embedded.Records[1:] { // behind the gift
		got = append(got, tx.Hash)
	}
	if !slices.Equal(got, want) {
		t.Errorf("transactions %v, want %v", got, want)
	}
}

func (b *bench) walk(request horizonclient.OperationRequest) (seen []string) {
	b.Helper()
	page, err := b.client.Payments(request)
	for err == nil && len(page.Embedded.Records) > 0 {
		for _, op := range page.Embedded.Records {
			seen = append(seen, op.PagingToken())
		}
		page, err = b.client.NextPaymentsPage(page)
	}
	if err != nil {
		b.Fatal(err)
	}
	return seen
}

// TestIncludeFailed: what failed is shown to those who ask for it, and to those who ask by name.
func TestIncludeFailed(t *testing.T) {
	b := start(t)
	key := b.funded()
	tx := b.build(spec{source: key, ops: ops(pay(b.net.Root(), "99999"))})
	if _, err := b.submit(tx); err == nil {
		t.Fatal("it succeeded")
	}
	hash, _ := tx.HashHex(b.net.Passphrase())
	count := func(r horizonclient.OperationRequest) int {
		t.Helper()
		page, err := b.client.Payments(r)
		if err != nil {
			t.Fatal(err)
		}
		return len(page.Embedded.Records)
	}
	account := key.Address()
	if a, c := count(horizonclient.OperationRequest{ForAccount: account}), count(horizonclient.OperationRequest{ForAccount: account, IncludeFailed: true}); a != 1 || c != 2 {
		t.Errorf("%d without and %d with failed", a, c)
	}
	page, err := b.client.Operations(horizonclient.OperationRequest{ForTransaction: hash})
	if err != nil || len(page.Embedded.Records) != 1 || page.Embedded.Records[0].IsTransactionSuccessful() {
		t.Errorf("by name: %+v %v", page.Embedded.Records, err)
	}
}

// TestEveryResource visits everything that is served, once.
func TestEveryResource(t *testing.T) {
	b := start(t)
	issuer, key := b.funded(), b.funded()
	vatu := txnbuild.CreditAsset{Code: "KAVAKAVA", Issuer: issuer.Address()}
	signer := keypair.MustRandom()
	b.must(key,
		&txnbuild.ChangeTrust{Line: vatu.MustToChangeTrustAsset(), Limit: "10"},
		&txnbuild.ManageData{Name: "config.memo_required", Value: []byte("1")},
		&txnbuild.SetOptions{HomeDomain: txnbuild.NewHomeDomain("kula.example"), Signer: &txnbuild.Signer{Address: signer.Address(), Weight: 1}},
		&txnbuild.BumpSequence{BumpTo: 1})
	set := b.must(issuer, &txnbuild.SetTrustLineFlags{Trustor: key.Address(), Asset: vatu, ClearFlags: nil, SetFlags: []txnbuild.TrustLineFlag{txnbuild.TrustLineAuthorized}})

	data, err := b.client.AccountData(horizonclient.AccountRequest{AccountID: key.Address(), DataKey: "config.memo_required"})
	if err != nil || data.Value != "MQ==" {
		t.Errorf("data %q %v", data.Value, err)
	}
	if err := must1(b.client.SubmitTransaction(b.build(spec{source: issuer, ops: ops(pay(key, "1"))}))); err == nil || !strings.Contains(err.Error(), "memo") {
		t.Errorf("SEP-29 did not stop a payment without memo: %v", err)
	}
	for _, request := range []horizonclient.AccountsRequest{{Signer: signer.Address()}, {Asset: "KAVAKAVA:" + issuer.Address()}} {
		page, err := b.client.Accounts(request)
		if err != nil || len(page.Embedded.Records) != 1 || page.Embedded.Records[0].ID != key.Address() {
			t.Errorf("accounts by %+v: %d %v", request, len(page.Embedded.Records), err)
		}
	}
	a := b.account(key)
	if a.HomeDomain != "kula.example" || a.SubentryCount != 3 || a.SequenceLedger == 0 || len(a.Balances) != 2 || *a.Balances[0].IsAuthorized != true {
		t.Errorf("account %+v", a)
	}
	ledger, err := b.client.LedgerDetail(uint32(set.Ledger))
	if err != nil || ledger.SuccessfulTransactionCount != 1 || ledger.OperationCount != 1 || *ledger.FailedTransactionCount != 0 {
		t.Errorf("ledger %+v %v", ledger, err)
	}
	inLedger, err := b.client.Operations(horizonclient.OperationRequest{ForLedger: uint(set.Ledger)})
	if err != nil || len(inLedger.Embedded.Records) != 1 {
		t.Fatalf("operations of the ledger: %v", err)
	}
	one, err := b.client.OperationDetail(inLedger.Embedded.Records[0].GetID())
	if err != nil || one.GetTransactionHash() != set.Hash {
		t.Errorf("operation %v %v", one, err)
	}
	if flags, ok := one.(operations.SetTrustLineFlags); !ok || !slices.Equal(flags.SetFlagsS, []string{"authorized"}) {
		t.Errorf("operation %+v", one)
	}
	ledgers, err := b.client.Ledgers(horizonclient.LedgerRequest{Order: horizonclient.OrderDesc, Limit: 1})
	if err != nil || ledgers.Embedded.Records[0].PrevHash == "" || ledgers.Embedded.Records[0].Sequence != set.Ledger {
		t.Errorf("ledgers %+v %v", ledgers.Embedded.Records, err)
	}
	if health, err := b.client.Root(); err != nil || health.NetworkPassphrase != b.net.Passphrase() {
		t.Errorf("root %v", err)
	}
}

func must1[T any](_ T, err error) error { return err }

// TestRefusedQueries: what is asked wrongly gets Horizon's problems.
func TestRefusedQueries(t *testing.T) {
	b := start(t)
	nobody := keypair.MustRandom().Address()
	for path, want := range map[string]int{
		"/payments?limit=201":                       400,
		"/payments?limit=0":                         400,
		"/payments?order=up":                        400,
		"/payments?cursor=-1":                       400,
		"/payments?cursor=soon":                     400,
		"/payments?join=ledgers":                    400,
		"/payments?include_failed=perhaps":          400,
		"/accounts/nobody":                          400,
		"/accounts/" + nobody:                       404,
		"/accounts/" + nobody + "/payments":         404,
		"/accounts/" + nobody + "/data/x":           404,
		"/accounts":                                 400,
		"/transactions/12":                          400,
		"/transactions/" + zeros:                    404,
		"/transactions/" + zeros + "/payments":      404,
		"/operations/12":                            404,
		"/operations/x":                             400,
		"/ledgers/0":                                404,
		"/ledgers/99":                               404,
		"/ledgers/x":                                400,
		"/claimable_balances/x":                     400,
		"/claimable_balances/00000000" + zeros:      404,
		"/friendbot?addr=me":                        400,
		"/friendbot?addr=" + b.net.Root().Address(): 400,
		"/effects":                                  404,
	} {
		status, body := b.get(path)
		if status != want {
			t.Errorf("%s: %d, want %d", path, status, want)
		}
		if kind, _ := body["type"].(string); !strings.HasPrefix(kind, "https://stellar.org/horizon-errors/") || body["status"] != float64(want) {
			t.Errorf("%s: %v", path, body)
		}
	}
}

const zeros = "0000000000000000000000000000000000000000000000000000000000000000"

// TestConformanceShapes: the fields of each resource are those that Horizon's API reference shows.
func TestConformanceShapes(t *testing.T) {
	b := start(t)
	key := b.funded()
	b.must(key, pay(b.net.Root(), "1"))
	tx := b.must(key, &txnbuild.CreateClaimableBalance{
		Amount: "1", Asset: txnbuild.NativeAsset{}, Destinations: []txnbuild.Claimant{txnbuild.NewClaimant(key.Address(), nil)},
	})
	const operation = "_links created_at id paging_token source_account transaction_hash transaction_successful type type_i "
	for path, want := range map[string]string{
		"/accounts/" + key.Address(): "_links account_id balances data flags id last_modified_ledger last_modified_time num_sponsored " +
			"num_sponsoring paging_token sequence sequence_ledger sequence_time signers subentry_count thresholds",
		"/transactions/" + tx.Hash: "_links created_at envelope_xdr fee_account fee_charged fee_meta_xdr hash id ledger max_fee memo_type " +
			"operation_count paging_token preconditions result_meta_xdr result_xdr signatures source_account source_account_sequence successful",
		"/ledgers/2": "_links base_fee_in_stroops base_reserve_in_stroops closed_at failed_transaction_count fee_pool hash header_xdr id " +
			"max_tx_set_size operation_count paging_token prev_hash protocol_version sequence successful_transaction_count total_coins tx_set_operation_count",
		"/fee_stats": "fee_charged last_ledger last_ledger_base_fee ledger_capacity_usage max_fee",
		"/accounts/" + key.Address() + "/payments?order=asc":  operation + "account funder starting_balance",
		"/accounts/" + key.Address() + "/payments?order=desc": operation + "amount asset_type from to",
		"/operations?order=desc":                              operation + "amount asset claimants",
		"/claimable_balances":                                 "_links amount asset claimants flags id last_modified_ledger last_modified_time paging_token sponsor",
	} {
		status, body := b.get(path)
		if status != http.StatusOK {
			t.Fatalf("%s: %d", path, status)
		}
		if list, ok := body["_embedded"].(map[string]any); ok {
			body = list["records"].([]any)[0].(map[string]any)
		}
		if got := fields(body); !slices.Equal(got, sorted(want)) {
			t.Errorf("%s has\n%v, want\n%v", path, got, sorted(want))
		}
	}
}

func fields(m map[string]any) (names []string) {
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func sorted(names string) []string {
	list := strings.Fields(names)
	sort.Strings(list)
	return list
}
