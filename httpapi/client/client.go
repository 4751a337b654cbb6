// Package client is the wallet's way to the anchor: one typed method for each route of openapi.yaml.
//
// Every method sends its request once (see Options.Patience) and says exactly what became of it (see ErrOffline, Refused and
// ErrUnknown). Everything the anchor does is idempotent, so the answer to ErrUnknown is to send the same
// bytes again. Answers are bounded and decoded strictly; their signatures are the wallet's to verify:
// nothing here is taken on trust because it came over TLS.
package client

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"kula/httpapi/api"
	"kula/money"
	"kula/protocol"
)

// Options of a Client; the zero value is what a wallet wants.
type Options struct {
	Timeout   time.Duration     // of one request, zero: 30 seconds
	Patience  time.Duration     // how long to wait, all in all, for an anchor that has too many requests; zero: not at all
	Insecure  bool              // allows http:// to other machines: for closed test networks only
	Transport http.RoundTripper // nil: one of its own
}

// defaultTimeout bears a bad connection and a body of a megabyte.
const defaultTimeout = 30 * time.Second

// Client speaks to one anchor. It may be used concurrently.
type Client struct {
	base     string
	network  protocol.Network
	timeout  time.Duration
	patience time.Duration
	http     *http.Client
}

// New makes a Client for the base URL that stands in the charter (Endpoint); it sends nothing yet.
func New(base string, network protocol.Network, o Options) (*Client, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("%q is not the address of a bank: it looks like https://bank.example", base)
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !o.Insecure && !loopback(u.Hostname())) {
		return nil, errInsecure
	}
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	if o.Transport == nil {
		o.Transport = ownTransport()
	}
	return &Client{base: strings.TrimRight(u.String(), "/"), network: network, timeout: o.Timeout, patience: o.Patience,
		http: &http.Client{Transport: o.Transport, CheckRedirect: stay}}, nil
}

func ownTransport() *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	return &http.Transport{Proxy: http.ProxyFromEnvironment, DialContext: dialer.DialContext, TLSHandshakeTimeout: 10 * time.Second,
		MaxResponseHeaderBytes: 64 << 10, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true, DisableCompression: true}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Close gives up idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Charter gets the charter and the newest notice (nil before the first).
func (c *Client) Charter(ctx context.Context) (*protocol.Charter, *protocol.Notice, error) {
	b, err := c.getBundle(ctx, "/v1/charter")
	if err != nil {
		return nil, nil, err
	}
	charters, notices := protocol.All[*protocol.Charter](b), protocol.All[*protocol.Notice](b)
	if len(charters) != 1 || len(notices) > 1 {
		return nil, nil, garbled("no charter in it")
	}
	if len(notices) == 0 {
		return charters[0], nil, nil
	}
	return charters[0], notices[0], nil
}

// News gets what everybody may know: charter, newest notice, newest proofs of fraud with what they need.
func (c *Client) News(ctx context.Context) (*protocol.Bundle, error) {
	return c.getBundle(ctx, "/v1/news")
}

// SignInChallenge gets a SEP-10 challenge transaction for an account, as base64 XDR. The wallet must
// check that it is one before it signs.
func (c *Client) SignInChallenge(ctx context.Context, account protocol.AccountID) (transaction, passphrase string, err error) {
	var got api.AuthChallenge
	err = c.getJSON(ctx, request{method: http.MethodGet, path: "/auth?account=" + account.String()}, &got)
	return got.Transaction, got.NetworkPassphrase, err
}

// SignIn hands in the signed challenge for a token.
func (c *Client) SignIn(ctx context.Context, transaction string) (token string, err error) {
	var got api.AuthToken
	err = c.postJSON(ctx, "/auth", "", api.AuthAnswer{Transaction: transaction}, &got)
	return got.Token, err
}

// Enrol opens a purse. The answer holds the Enrolment (root), its Card, the Charter and the Notice.
func (c *Client) Enrol(ctx context.Context, token string, e *protocol.Enrolment, name string) (*protocol.Bundle, error) {
	b := protocol.NewBundle(c.network)
	b.AddRoot(e)
	got, err := c.do(ctx, request{method: http.MethodPost, path: "/v1/enrol?" + url.Values{"name": {name}}.Encode(),
		mediaType: api.BundleType, body: b.Encode(), authority: "Bearer " + token, want: api.BundleType})
	if err != nil {
		return nil, err
	}
	return c.bundle(got)
}

// AccountPurses lists the purses of the account that signed in.
func (c *Client) AccountPurses(ctx context.Context, token string) ([]api.Purse, error) {
	var got api.OwnPurses
	err := c.getJSON(ctx, request{method: http.MethodGet, path: "/v1/account/purses", authority: "Bearer " + token}, &got)
	return got.Purses, err
}

// Revoke ends the purse of a phone that was lost, for the account that signed in. What is left of it goes to
// the successor, another purse of that account; nil: to be named later. The notice names the purse.
func (c *Client) Revoke(ctx context.Context, token string, purse protocol.PurseID, successor *protocol.PurseID) (*protocol.Notice, error) {
	body, err := json.Marshal(api.OwnRevokeRequest{Purse: purse, Successor: successor})
	if err != nil {
		return nil, fmt.Errorf("ask the bank: %w", err)
	}
	got, err := c.do(ctx, request{method: http.MethodPost, path: "/v1/revoke", mediaType: api.JSONType, body: body, authority: "Bearer " + token, want: api.BundleType})
	if err != nil {
		return nil, err
	}
	b, err := c.bundle(got)
	if err != nil {
		return nil, err
	}
	notices := protocol.All[*protocol.Notice](b)
	if len(notices) != 1 {
		return nil, garbled("no notice in it")
	}
	return notices[0], nil
}

// Challenge gets a nonce for a purse, and the anchor's clock.
func (c *Client) Challenge(ctx context.Context, purse protocol.PurseID) (api.Challenge, error) {
	var got api.Challenge
	err := c.postJSON(ctx, "/v1/challenge", "", api.ChallengeRequest{Purse: purse}, &got)
	return got, err
}

// Device is a purse's first signer. Sign answers the anchor's nonce: it signs Network.DeviceAuthHash of it,
// and nothing that somebody else chose.
type Device struct {
	Purse protocol.PurseID
	Sign  func(nonce protocol.Hash) (protocol.Signature, error)
}

// prove spends a fresh nonce on the header that shows who asks.
func (c *Client) prove(ctx context.Context, d Device) (header string, err error) {
	challenge, err := c.Challenge(ctx, d.Purse)
	if err != nil {
		return "", err
	}
	proof := api.DeviceAuth{Purse: d.Purse, Nonce: challenge.Nonce}
	if proof.Signature, err = d.Sign(challenge.Nonce); err != nil {
		return "", err
	}
	return proof.Header(), nil
}

// SyncReply is what the anchor answered to what was presented.
type SyncReply struct {
	Bundle   *protocol.Bundle
	Cursor   int64                 // for the next Sync, once the bundle is stored
	More     bool                  // there is more after the cursor
	Problems []api.DocumentProblem // refused documents, and those that wait
}

// Sync presents an encoded bundle. With a device the answer holds everything issued for its purse after
// the cursor as well; nil presents for somebody else.
func (c *Client) Sync(ctx context.Context, encoded []byte, after int64, device *Device) (*SyncReply, error) {
	ask := request{method: http.MethodPost, path: "/v1/sync?after=" + strconv.FormatInt(after, 10), mediaType: api.BundleType, body: encoded, want: api.BundleType}
	if device != nil {
		var err error
		if ask.authority, err = c.prove(ctx, *device); err != nil {
			return nil, err
		}
	}
	got, err := c.do(ctx, ask)
	if err != nil {
		return nil, err
	}
	return c.syncReply(got)
}

func (c *Client) syncReply(got *answer) (*SyncReply, error) {
	b, err := c.bundle(got)
	if err != nil {
		return nil, err
	}
	cursor, err := strconv.ParseInt(got.header.Get(api.CursorHeader), 10, 64)
	if err != nil || cursor < 0 {
		return nil, garbled("no cursor")
	}
	problems, err := api.DecodeProblems(got.header.Get(api.ProblemsHeader))
	if err != nil {
		return nil, garbled("problems that cannot be read")
	}
	for i := range problems {
		problems[i].Code, problems[i].Detail = printable(problems[i].Code), printable(problems[i].Detail)
	}
	return &SyncReply{Bundle: b, Cursor: cursor, More: got.header.Get(api.MoreHeader) != "", Problems: problems}, nil
}

// Purse gets the purse as the bank sees it.
func (c *Client) Purse(ctx context.Context, device Device) (*api.Purse, error) {
	authority, err := c.prove(ctx, device)
	if err != nil {
		return nil, err
	}
	var got api.Purse
	err = c.getJSON(ctx, request{method: http.MethodGet, path: "/v1/purses/" + device.Purse.String(), authority: authority}, &got)
	return &got, err
}

// Unload is the bank's bill for money that is to leave the purse.
type Unload struct {
	Request *protocol.Bundle // Bill (root), Memo: pay it like any other request
	Bill    *protocol.Bill
	Fee     money.Amount
}

// Unload asks for the bill by which money leaves the purse for a destination ("G…", "M…" or "teller").
func (c *Client) Unload(ctx context.Context, device Device, amount money.Amount, destination, memo string) (*Unload, error) {
	ask := api.UnloadRequest{Amount: amount, Destination: destination}
	if memo != "" {
		ask.Memo = &memo
	}
	body, err := json.Marshal(ask)
	if err != nil {
		return nil, fmt.Errorf("ask the bank: %w", err)
	}
	authority, err := c.prove(ctx, device)
	if err != nil {
		return nil, err
	}
	got, err := c.do(ctx, request{method: http.MethodPost, path: "/v1/unload", mediaType: api.JSONType, body: body, authority: authority, want: api.BundleType})
	if err != nil {
		return nil, err
	}
	return c.unload(got)
}

func (c *Client) unload(got *answer) (*Unload, error) {
	b, err := c.bundle(got)
	if err != nil {
		return nil, err
	}
	bills := protocol.All[*protocol.Bill](b)
	fee, err := money.ParseAmount(got.header.Get(api.FeeHeader))
	if len(bills) != 1 || err != nil {
		return nil, garbled("no bill, or no fee")
	}
	return &Unload{Request: b, Bill: bills[0], Fee: fee}, nil
}

// Complain tells the bank what is wrong, with what proves it (its root is what it is about), and gets the number that
// it has there. About the same document it is the same number again.
func (c *Client) Complain(ctx context.Context, device Device, about string, file *protocol.Bundle) (int64, error) {
	authority, err := c.prove(ctx, device)
	if err != nil {
		return 0, err
	}
	var got api.Complaint
	err = c.getJSON(ctx, request{method: http.MethodPost, path: "/v1/complaints?about=" + url.QueryEscape(about), mediaType: api.BundleType, body: file.Encode(), authority: authority}, &got)
	if err == nil && got.Number <= 0 {
		err = garbled("no number")
	}
	return got.Number, err
}

// Receipt gets an entry's receipt, and its Payout (nil when there is none yet). While there is no receipt
// it is Refused with the code "not_found".
func (c *Client) Receipt(ctx context.Context, entry protocol.Hash) (*protocol.Receipt, *protocol.Payout, error) {
	b, err := c.getBundle(ctx, "/v1/receipts/"+entry.String())
	if err != nil {
		return nil, nil, err
	}
	receipts, payouts := protocol.All[*protocol.Receipt](b), protocol.All[*protocol.Payout](b)
	if len(receipts) != 1 || receipts[0].Entry != entry || len(payouts) > 1 {
		return nil, nil, garbled("not the receipt that was asked for")
	}
	if len(payouts) == 0 {
		return receipts[0], nil, nil
	}
	return receipts[0], payouts[0], nil
}

func garbled(what string) error {
	return fmt.Errorf("%w (an answer that is not the bank's: %s)", ErrUnknown, what)
}

func (c *Client) bundle(got *answer) (*protocol.Bundle, error) {
	b, err := protocol.DecodeBundle(c.network, got.body, protocol.NoContext, protocol.MailBounds)
	if err != nil {
		return nil, garbled(err.Error())
	}
	return b, nil
}

func (c *Client) getBundle(ctx context.Context, path string) (*protocol.Bundle, error) {
	got, err := c.do(ctx, request{method: http.MethodGet, path: path, want: api.BundleType})
	if err != nil {
		return nil, err
	}
	return c.bundle(got)
}

func (c *Client) postJSON(ctx context.Context, path, authority string, body, into any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("ask the bank: %w", err)
	}
	return c.getJSON(ctx, request{method: http.MethodPost, path: path, mediaType: api.JSONType, body: text, authority: authority}, into)
}

func (c *Client) getJSON(ctx context.Context, ask request, into any) error {
	ask.want = api.JSONType
	got, err := c.do(ctx, ask)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(got.body, into); err != nil {
		return garbled("JSON of another form")
	}
	return nil
}
