package stellar

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/stellar/go-stellar-sdk/clients/horizonclient"
	"github.com/stellar/go-stellar-sdk/protocols/horizon"

	"kula/money"
)

// maxAnswer bounds what is read of one answer: a page of operations repeats each one's transaction.
const maxAnswer = 64 << 20

// Horizon is one Horizon server and the network behind it. It is safe for concurrent use.
type Horizon struct {
	URL        string
	Passphrase string
	HTTP       *http.Client // default: http.DefaultClient
	Async      bool         // submit without waiting for the ledger; the outcome is then looked up
}

// client is the SDK's client for one call: it does not know contexts, so each call has its own.
func (h *Horizon) client(ctx context.Context) *horizonclient.Client {
	hc := h.HTTP
	if hc == nil {
		hc = http.DefaultClient
	}
	return &horizonclient.Client{HorizonURL: h.URL, HTTP: boundHTTP{ctx, hc}, AppName: "kula"}
}

// boundHTTP ties the SDK's requests to a context and bounds their answers.
type boundHTTP struct {
	ctx  context.Context // the SDK's interface has no other place for it
	http *http.Client
}

// Do sends a request that ends with either context.
func (b boundHTTP) Do(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(req.Context())
	stop := context.AfterFunc(b.ctx, cancel)
	end := func() { stop(); cancel() }
	resp, err := b.http.Do(req.WithContext(ctx))
	if err != nil {
		end()
		return nil, err
	}
	resp.Body = &boundBody{io.LimitReader(resp.Body, maxAnswer), resp.Body, end}
	return resp, nil
}

// Get fetches a URL.
func (b boundHTTP) Get(address string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(b.ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, err
	}
	return b.Do(req)
}

// PostForm posts a form.
func (b boundHTTP) PostForm(address string, data url.Values) (*http.Response, error) {
	req, err := http.NewRequestWithContext(b.ctx, http.MethodPost, address, strings.NewReader(data.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.Do(req)
}

type boundBody struct {
	io.Reader
	body io.Closer
	end  func()
}

// Close closes the answer and lets its contexts go.
func (b *boundBody) Close() error {
	defer b.end()
	return b.body.Close()
}

// LedgerTime is the close time of the newest ledger in Horizon's history. It is taken from there and
// not from the newest ledger that exists, so that "time is past the bounds, and the hash is not in
// history" is said of one and the same history.
func (h *Horizon) LedgerTime(ctx context.Context) (uint64, error) {
	page, err := h.client(ctx).Ledgers(horizonclient.LedgerRequest{Order: horizonclient.OrderDesc, Limit: 1})
	if err != nil {
		return 0, fmt.Errorf("stellar: newest ledger: %w", err)
	}
	if len(page.Embedded.Records) == 0 {
		return 0, errors.New("stellar: newest ledger: the history is empty")
	}
	return uint64(page.Embedded.Records[0].ClosedAt.Unix()), nil
}

// account is an account on the ledger; nil when it does not exist.
func (h *Horizon) account(ctx context.Context, address string) (*horizon.Account, error) {
	acc, err := h.client(ctx).AccountDetail(horizonclient.AccountRequest{AccountID: address})
	switch {
	case horizonclient.IsNotFoundError(err):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("stellar: account %s: %w", address, err)
	}
	return &acc, nil
}

// Balance is what an account holds of an asset: nothing when it, or its trustline, does not exist.
func (h *Horizon) Balance(ctx context.Context, address string, asset money.Asset) (money.Amount, error) {
	acc, err := h.account(ctx, address)
	if err != nil || acc == nil {
		return 0, err
	}
	line := trustline(acc, asset)
	if line == nil {
		return 0, nil
	}
	return parseAmount(line.Balance)
}

// trustline is an account's balance line of an asset; nil when it has none.
func trustline(acc *horizon.Account, asset money.Asset) *horizon.Balance {
	for i := range acc.Balances {
		if held, err := parseAsset(acc.Balances[i].Asset); err == nil && held == asset {
			return &acc.Balances[i]
		}
	}
	return nil
}

// baseFee is what to offer for each operation, from what was charged lately, at most limit.
func (h *Horizon) baseFee(ctx context.Context, limit money.Amount) (int64, error) {
	stats, err := h.client(ctx).FeeStats()
	if err != nil {
		return 0, fmt.Errorf("stellar: fee stats: %w", err)
	}
	return min(int64(limit), max(minBaseFee, stats.LastLedgerBaseFee, stats.FeeCharged.P95)), nil
}
