package stellar_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stellar/go-stellar-sdk/clients/horizonclient"
	"github.com/stellar/go-stellar-sdk/keypair"
	"github.com/stellar/go-stellar-sdk/txnbuild"

	"kula/anchor"
	"kula/money"
	"kula/protocol"
	"kula/stellar"
)

func (b *bank) deliverable(to string, asset money.Asset, want anchor.Deliverability) {
	b.Helper()
	if got, err := b.rail.CanDeliver(b.Context(), to, asset); err != nil || got != want {
		b.Errorf("CanDeliver says %d, %v, want %d", got, err, want)
	}
}

func TestCanDeliver(t *testing.T) {
	b := open(t)
	ana, missing := b.person(0), keypair.MustRandom()
	b.deliverable(ana.Address(), b.vuv, anchor.Deliverable)
	b.deliverable(ana.Address(), money.Asset{}, anchor.Deliverable)
	b.deliverable(ana.Address(), b.asset("OTHER"), anchor.NeedsClaim)
	b.deliverable(b.issuer.Address(), b.vuv, anchor.Deliverable)
	b.deliverable(missing.Address(), b.vuv, anchor.NeedsClaim)
	b.deliverable(protocol.AccountID{}.String(), b.vuv, anchor.NeedsClaim) // nobody's key holds nobody up
	b.deliverable(missing.Address(), money.Asset{}, anchor.NeedsAccount)
	for _, bad := range []string{"", "G", b.issuer.Seed(), "CA3D5KRYM6CB7OWQ6TWYRR3Z4T7GNZLKERYNZGGA5SOAOPIFY6YQGAXE"} {
		if _, err := b.rail.CanDeliver(t.Context(), bad, b.vuv); !errors.Is(err, stellar.ErrAddress) {
			t.Errorf("CanDeliver(%q): %v", bad, err)
		}
	}
}

func TestCanDeliverToAFullOrUnauthorizedTrustline(t *testing.T) {
	b := open(t)
	full := b.person(5 * money.Unit)
	b.must(full, nil, &txnbuild.ChangeTrust{Line: txnbuild.ChangeTrustAssetWrapper{Asset: b.credit()}, Limit: "5"})
	b.deliverable(full.Address(), b.vuv, anchor.NeedsClaim)

	b.must(b.issuer, nil, &txnbuild.SetOptions{SetFlags: []txnbuild.AccountFlag{txnbuild.AuthRequired}})
	waiting := b.person(0)
	b.deliverable(waiting.Address(), b.vuv, anchor.NeedsClaim)
	b.must(b.issuer, nil, &txnbuild.SetTrustLineFlags{Trustor: waiting.Address(), Asset: b.credit(), SetFlags: []txnbuild.TrustLineFlag{txnbuild.TrustLineAuthorized}})
	b.deliverable(waiting.Address(), b.vuv, anchor.Deliverable)
}

func TestDestinationThatDemandsAMemo(t *testing.T) {
	b := open(t)
	exchange := b.person(0)
	b.must(exchange, nil, &txnbuild.ManageData{Name: "config.memo_required", Value: []byte("1")})
	b.deliverable(exchange.Address(), b.vuv, anchor.NeedsMemo)
	muxed := b.muxed(exchange, 99)
	b.deliverable(muxed, b.vuv, anchor.Deliverable)
	b.submit(b.prepare(b.transfer(muxed, 3)), anchor.Applied)
	if held := b.holds(exchange.Address()); held != 3 {
		t.Errorf("the exchange holds %s", held)
	}
	ops, err := b.client.Payments(horizonclient.OperationRequest{ForAccount: exchange.Address(), Order: horizonclient.OrderDesc, Limit: 1})
	b.check(err)
	if in := ops.Embedded.Records[0]; !strings.Contains(in.GetBase().SourceAccount, b.cfg.Reserve.Address()) {
		t.Errorf("paid by %+v", in)
	}
}

func (b *bank) muxed(key *keypair.Full, id uint64) string {
	b.Helper()
	account, err := protocol.ParseAccount(key.Address())
	b.check(err)
	return protocol.Address{Account: account, Muxed: true, ID: id}.String()
}

func TestClaimableWithoutTrustline(t *testing.T) {
	b := open(t)
	ana := keypair.MustRandom()
	b.check(b.cfg.Horizon.Fund(t.Context(), ana.Address(), nil, 0))
	transfer := b.transfer(b.muxed(ana, 7), 5*money.Unit)
	transfer.Claimable = true
	e := b.prepare(transfer)
	b.submit(e, anchor.Applied)
	b.check(b.cfg.Horizon.Trust(t.Context(), ana, b.vuv))
	b.must(ana, nil, &txnbuild.ClaimClaimableBalance{BalanceID: b.balanceID(e.Hash.String())})
	if held := b.holds(ana.Address()); held != 5*money.Unit {
		t.Errorf("the payee holds %s", held)
	}
}

func TestCreateAccount(t *testing.T) {
	b := open(t)
	ana := keypair.MustRandom()
	b.submit(b.prepare(anchor.Transfer{From: anchor.FromTreasury, Destination: ana.Address(), Amount: 20 * money.Unit, Create: true}), anchor.Applied)
	held, err := b.cfg.Horizon.Balance(t.Context(), ana.Address(), money.Asset{})
	if err != nil || held != 20*money.Unit {
		t.Errorf("the new account holds %s, %v", held, err)
	}
}

func TestPrepareRefuses(t *testing.T) {
	b := open(t)
	ana := b.person(0)
	good := b.transfer(ana.Address(), 1)
	for name, change := range map[string]func(*anchor.Transfer){
		"no source":            func(t *anchor.Transfer) { t.From = 0 },
		"no destination":       func(t *anchor.Transfer) { t.Destination = "" },
		"a seed":               func(t *anchor.Transfer) { t.Destination = ana.Seed() },
		"nothing":              func(t *anchor.Transfer) { t.Amount = 0 },
		"less than nothing":    func(t *anchor.Transfer) { t.Amount = -1 },
		"creating with credit": func(t *anchor.Transfer) { t.Create = true },
		"a broken asset":       func(t *anchor.Transfer) { t.Asset.Code[0] = '$' },
	} {
		transfer := good
		change(&transfer)
		_, err := b.rail.Prepare(t.Context(), []anchor.Transfer{good, transfer}, "")
		if err == nil {
			t.Errorf("%s: prepared", name)
		} else if strings.Contains(err.Error(), ana.Seed()) && name != "a seed" {
			t.Errorf("%s: the error tells a secret", name)
		}
	}
	if _, err := b.rail.Prepare(t.Context(), []anchor.Transfer{good}, strings.Repeat("x", 29)); !errors.Is(err, stellar.ErrMemo) {
		t.Errorf("a long memo: %v", err)
	}
	b.prepare(good) // no refusal has kept a channel
	b.prepare(good)
}

func TestPrepareGivesItsChannelBack(t *testing.T) {
	b := open(t)
	unfit := b.cfg
	unfit.Channels = []*keypair.Full{keypair.MustRandom()}
	rail, err := stellar.New(unfit)
	b.check(err)
	for range 2 {
		if _, err := rail.Prepare(t.Context(), []anchor.Transfer{b.transfer(b.person(0).Address(), 1)}, ""); !errors.Is(err, stellar.ErrConfig) {
			t.Errorf("a channel that does not exist: %v", err)
		}
	}
}

func TestMemosOfTransfers(t *testing.T) {
	b := open(t)
	cursor := b.settled()
	for _, c := range []struct{ memo, kind, want string }{
		{"18446744073709551615", "id", "18446744073709551615"}, {"0", "id", "0"}, {"007", "text", "007"},
		{"18446744073709551616", "text", "18446744073709551616"}, {"batch 9", "text", "batch 9"}, {"", "none", ""},
	} {
		e, err := b.rail.Prepare(t.Context(), []anchor.Transfer{{From: anchor.FromTreasury, Destination: b.cfg.Reserve.Address(), Asset: b.vuv, Amount: 9}}, c.memo)
		b.check(err)
		b.submit(e, anchor.Applied)
		tx, err := b.client.TransactionDetail(e.Hash.String())
		b.check(err)
		if tx.MemoType != c.kind || tx.Memo != c.want {
			t.Errorf("memo %q became %s %q", c.memo, tx.MemoType, tx.Memo)
		}
	}
	in, _ := b.seen(cursor, 10) // the teller's way in is the same as everybody's
	if len(in) != 6 || *in[0].MemoID != 18446744073709551615 || in[0].From != b.cfg.Treasury.Address() || !in[4].OtherMemo {
		t.Errorf("income: %+v", in)
	}
}

func TestBothSourcesInOneTransaction(t *testing.T) {
	b := open(t)
	ana := b.person(0)
	second := b.transfer(ana.Address(), 2)
	second.From = anchor.FromTreasury
	e := b.prepare(b.transfer(ana.Address(), 1), second, b.transfer(ana.Address(), 4))
	b.submit(e, anchor.Applied)
	if held := b.holds(ana.Address()); held != 7 {
		t.Errorf("the payee holds %s", held)
	}
	page, err := b.client.Operations(horizonclient.OperationRequest{ForTransaction: e.Hash.String()})
	b.check(err)
	if got := page.Embedded.Records[1].GetBase().SourceAccount; got != b.cfg.Treasury.Address() {
		t.Errorf("the second was paid by %s", got)
	}
}

func TestBalances(t *testing.T) {
	b := open(t)
	for from, want := range map[anchor.Source]money.Amount{anchor.FromReserve: 10_000 * money.Unit, anchor.FromTreasury: 990_000 * money.Unit} {
		if got, err := b.rail.Balance(t.Context(), from, b.vuv); err != nil || got != want {
			t.Errorf("source %d holds %s, %v, want %s", from, got, err, want)
		}
	}
	if got, err := b.rail.Balance(t.Context(), anchor.FromReserve, b.asset("OTHER")); err != nil || got != 0 {
		t.Errorf("of what it does not trust it holds %s, %v", got, err)
	}
}

func TestConfigurationThatCannotWork(t *testing.T) {
	b := open(t)
	for name, change := range map[string]func(*stellar.Config){
		"no channel":               func(c *stellar.Config) { c.Channels = nil },
		"a channel twice":          func(c *stellar.Config) { c.Channels = append(c.Channels, c.Channels[0]) },
		"the treasury as channel":  func(c *stellar.Config) { c.Channels = []*keypair.Full{c.Treasury} },
		"fees from the reserve":    func(c *stellar.Config) { c.Fee = c.Reserve },
		"no reserve":               func(c *stellar.Config) { c.Reserve = nil },
		"less than the lowest fee": func(c *stellar.Config) { c.MaxBaseFee = 99 },
	} {
		cfg := b.cfg
		cfg.Channels = append([]*keypair.Full(nil), b.cfg.Channels...)
		change(&cfg)
		if _, err := stellar.New(cfg); !errors.Is(err, stellar.ErrConfig) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSetupCanBeRepeatedAndFunded(t *testing.T) {
	b := open(t)
	b.check(stellar.Setup(t.Context(), b.cfg, []money.Asset{b.vuv}, nil, 0))
	fresh := stellar.Config{
		Horizon: b.cfg.Horizon, Reserve: keypair.MustRandom(), Treasury: keypair.MustRandom(), Fee: keypair.MustRandom(),
		Channels: []*keypair.Full{keypair.MustRandom()},
	}
	b.check(stellar.Setup(t.Context(), fresh, []money.Asset{b.vuv, {}}, b.cfg.Treasury, 50*money.Unit))
	if got, err := b.cfg.Horizon.Balance(t.Context(), fresh.Channels[0].Address(), money.Asset{}); err != nil || got != 50*money.Unit {
		t.Errorf("the channel holds %s, %v", got, err)
	}
	b.check(b.cfg.Horizon.Pay(t.Context(), b.cfg.Treasury, fresh.Reserve.Address(), b.vuv, 1))
}
