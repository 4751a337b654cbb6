package stellar

import (
	"context"
	"fmt"
	"strconv"

	"github.com/stellar/go-stellar-sdk/keypair"
	"github.com/stellar/go-stellar-sdk/network"
	"github.com/stellar/go-stellar-sdk/txnbuild"

	"kula/anchor"
	"kula/money"
)

const (
	minBaseFee = txnbuild.MinBaseFee
	// maxOperations is the network's bound. The SDK does not hold it, so Prepare does.
	maxOperations = 100
	// DefaultLifetime is how many seconds of ledger time an envelope may be applied.
	DefaultLifetime = 300
	// DefaultMaxBaseFee bounds what is offered for each operation (0.1 XLM).
	DefaultMaxBaseFee = money.Unit / 10
)

// Config says which accounts the rail moves and what it may offer for that.
type Config struct {
	Horizon  *Horizon
	Reserve  *keypair.Full   // the deposit account
	Treasury *keypair.Full   // the bank's own money
	Fee      *keypair.Full   // pays the network's fees; default: Treasury, never the reserve, which is not ours
	Channels []*keypair.Full // lend their sequence numbers: as many envelopes can be under way at once

	Lifetime   uint64       // seconds an envelope is good for; default: DefaultLifetime
	MaxBaseFee money.Amount // at most this for each operation; default: DefaultMaxBaseFee
}

func (c *Config) defaults() {
	if c.Fee == nil {
		c.Fee = c.Treasury
	}
	if c.Lifetime == 0 {
		c.Lifetime = DefaultLifetime
	}
	if c.MaxBaseFee == 0 {
		c.MaxBaseFee = DefaultMaxBaseFee
	}
}

func (c *Config) validate() error {
	switch {
	case c.Horizon == nil || c.Reserve == nil || c.Treasury == nil:
		return fmt.Errorf("%w: a rail needs Horizon, a reserve and a treasury", ErrConfig)
	case len(c.Channels) == 0:
		return fmt.Errorf("%w: a rail needs at least one channel account", ErrConfig)
	case c.MaxBaseFee < minBaseFee:
		return fmt.Errorf("%w: the largest base fee is below the network's smallest, %d stroops", ErrConfig, minBaseFee)
	}
	seen := map[string]bool{c.Reserve.Address(): true, c.Treasury.Address(): true, c.Fee.Address(): true}
	if c.Fee.Address() == c.Reserve.Address() {
		return fmt.Errorf("%w: the reserve is the customers' money and pays no fees", ErrConfig)
	}
	for _, k := range c.Channels {
		if seen[k.Address()] {
			return fmt.Errorf("%w: %s is a channel twice, or has another duty", ErrConfig, k.Address())
		}
		seen[k.Address()] = true
	}
	return nil
}

// Rail is the Stellar network as the anchor uses it. It is safe for concurrent use.
type Rail struct {
	*Horizon
	reserve, treasury, fee *keypair.Full
	channels               *channels
	lifetime               uint64
	maxBaseFee             money.Amount
}

var _ anchor.Rail = (*Rail)(nil)

// New makes a rail. It asks nothing of the network: an anchor starts also while Horizon is down.
func New(c Config) (*Rail, error) {
	c.defaults()
	if err := c.validate(); err != nil {
		return nil, err
	}
	return &Rail{
		Horizon: c.Horizon, reserve: c.Reserve, treasury: c.Treasury, fee: c.Fee,
		channels: newChannels(c.Channels), lifetime: c.Lifetime, maxBaseFee: c.MaxBaseFee,
	}, nil
}

func (r *Rail) source(from anchor.Source) (*keypair.Full, error) {
	switch from {
	case anchor.FromReserve:
		return r.reserve, nil
	case anchor.FromTreasury:
		return r.treasury, nil
	}
	return nil, fmt.Errorf("%w: no source %d", ErrTransfer, from)
}

// Balance is what an account of the anchor's holds on the ledger.
func (r *Rail) Balance(ctx context.Context, from anchor.Source, asset money.Asset) (money.Amount, error) {
	key, err := r.source(from)
	if err != nil {
		return 0, err
	}
	return r.Horizon.Balance(ctx, key.Address(), asset)
}

// Prepare builds and signs one transaction for 1 to 100 transfers; it submits nothing. A memo of
// digits becomes a memo id, which is how deposits name purses; any other becomes a text.
//
// The envelope takes a channel account, which is busy until Submit or Lookup has the envelope's last
// word, or its time is over. A crash before the envelope is stored costs nothing: nobody has it.
func (r *Rail) Prepare(ctx context.Context, transfers []anchor.Transfer, memo string) (anchor.Envelope, error) {
	ops, signers, err := r.build(transfers)
	if err != nil {
		return anchor.Envelope{}, err
	}
	note, err := txMemo(memo)
	if err != nil {
		return anchor.Envelope{}, err
	}
	now, err := r.LedgerTime(ctx)
	if err != nil {
		return anchor.Envelope{}, err
	}
	fee, err := r.baseFee(ctx, r.maxBaseFee)
	if err != nil {
		return anchor.Envelope{}, err
	}
	ch, err := r.channels.take(now)
	if err != nil {
		return anchor.Envelope{}, err
	}
	e, sequence, err := r.seal(ctx, ch, txnbuild.TransactionParams{
		Operations:    ops,
		Memo:          note,
		BaseFee:       minBaseFee,
		Preconditions: txnbuild.Preconditions{TimeBounds: txnbuild.NewTimebounds(0, int64(now+r.lifetime))},
	}, fee, signers)
	if err != nil {
		r.channels.giveBack(ch)
		return anchor.Envelope{}, err
	}
	r.channels.lend(ch, e, sequence)
	return e, nil
}

// seal gives the transaction its channel's next number and all signatures.
func (r *Rail) seal(ctx context.Context, ch *channel, params txnbuild.TransactionParams, fee int64, signers []*keypair.Full) (anchor.Envelope, int64, error) {
	acc, err := r.account(ctx, ch.key.Address())
	if err != nil {
		return anchor.Envelope{}, 0, err
	}
	if acc == nil {
		return anchor.Envelope{}, 0, fmt.Errorf("%w: channel account %s does not exist: set the anchor's accounts up first", ErrConfig, ch.key.Address())
	}
	sequence := max(acc.Sequence, r.channels.lastUsed(ch)) + 1
	params.SourceAccount = &txnbuild.SimpleAccount{AccountID: ch.key.Address(), Sequence: sequence}
	e, err := signEnvelope(r.Passphrase, params, append(signers, ch.key), r.fee, fee)
	return e, sequence, err
}

// signEnvelope signs a transaction and wraps it so that another account pays the fee.
func signEnvelope(passphrase string, params txnbuild.TransactionParams, signers []*keypair.Full, payer *keypair.Full, fee int64) (anchor.Envelope, error) {
	inner, err := signTransaction(passphrase, params, signers)
	if err != nil {
		return anchor.Envelope{}, err
	}
	bump, err := txnbuild.NewFeeBumpTransaction(txnbuild.FeeBumpTransactionParams{Inner: inner, FeeAccount: payer.Address(), BaseFee: fee})
	if err == nil {
		bump, err = bump.Sign(passphrase, payer)
	}
	if err != nil {
		return anchor.Envelope{}, fmt.Errorf("stellar: fee bump: %w", err)
	}
	return envelopeOf(passphrase, bump, inner)
}

func signTransaction(passphrase string, params txnbuild.TransactionParams, signers []*keypair.Full) (*txnbuild.Transaction, error) {
	tx, err := txnbuild.NewTransaction(params)
	if err == nil {
		tx, err = tx.Sign(passphrase, signers...)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTransfer, err)
	}
	return tx, nil
}

// signed is a transaction of either kind.
type signed interface {
	Hash(passphrase string) ([32]byte, error)
	Base64() (string, error)
}

func envelopeOf(passphrase string, outer signed, inner *txnbuild.Transaction) (e anchor.Envelope, err error) {
	if e.Hash, err = outer.Hash(passphrase); err != nil {
		return e, fmt.Errorf("stellar: hash: %w", err)
	}
	if e.XDR, err = outer.Base64(); err != nil {
		return e, fmt.Errorf("stellar: encode: %w", err)
	}
	source := inner.SourceAccount()
	e.Channel, e.MaxTime = source.AccountID, uint64(inner.Timebounds().MaxTime)
	return e, nil
}

// build makes the operations and names the keys that must sign for them, each once: the network
// refuses a signature that nobody asked for.
func (r *Rail) build(transfers []anchor.Transfer) (ops []txnbuild.Operation, signers []*keypair.Full, err error) {
	if len(transfers) == 0 || len(transfers) > maxOperations {
		return nil, nil, fmt.Errorf("%w: there are %d", ErrTooMany, len(transfers))
	}
	used := map[anchor.Source]bool{}
	for _, t := range transfers {
		key, err := r.source(t.From)
		if err != nil {
			return nil, nil, err
		}
		op, err := operation(t, key.Address())
		if err != nil {
			return nil, nil, fmt.Errorf("%w: payout %d: %w", ErrTransfer, t.ID, err)
		}
		ops = append(ops, op)
		if !used[t.From] {
			used[t.From] = true
			signers = append(signers, key)
		}
	}
	return ops, signers, nil
}

func operation(t anchor.Transfer, source string) (txnbuild.Operation, error) {
	to, err := parseAddress(t.Destination)
	switch {
	case err != nil:
		return nil, err
	case t.Amount <= 0:
		return nil, fmt.Errorf("%w: amount %s", ErrTransfer, t.Amount)
	case t.Create && (t.Claimable || !t.Asset.Native()):
		return nil, fmt.Errorf("%w: only a payment of %s creates an account", ErrTransfer, money.Asset{}.CodeString())
	}
	if err := t.Asset.Check(); err != nil {
		return nil, err
	}
	amount := t.Amount.Format(money.Decimals)
	switch {
	case t.Create:
		return &txnbuild.CreateAccount{SourceAccount: source, Destination: to.Account.String(), Amount: amount}, nil
	case t.Claimable:
		return &txnbuild.CreateClaimableBalance{
			SourceAccount: source, Asset: txAsset(t.Asset), Amount: amount,
			Destinations: []txnbuild.Claimant{txnbuild.NewClaimant(to.Account.String(), nil)},
		}, nil
	}
	return &txnbuild.Payment{SourceAccount: source, Destination: t.Destination, Asset: txAsset(t.Asset), Amount: amount}, nil
}

// txMemo is the memo of a transaction: none, an id when it is a number, else a text.
func txMemo(memo string) (txnbuild.Memo, error) {
	if memo == "" {
		return nil, nil
	}
	if id, err := strconv.ParseUint(memo, 10, 64); err == nil && strconv.FormatUint(id, 10) == memo {
		return txnbuild.MemoID(id), nil
	}
	if len(memo) > txnbuild.MemoTextMaxLength {
		return nil, fmt.Errorf("%w: %q", ErrMemo, memo)
	}
	return txnbuild.MemoText(memo), nil
}

// NetworkPassphrases are the public networks' by their short names, for configuration.
func NetworkPassphrases() map[string]string {
	return map[string]string{"public": network.PublicNetworkPassphrase, "testnet": network.TestNetworkPassphrase}
}
