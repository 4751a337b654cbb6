package stellar_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stellar/go-stellar-sdk/keypair"

	"kula/anchor"
	"kula/localnet"
	"kula/money"
	"kula/protocol"
	"kula/stellar"
	"kula/store/sqlite"
)

// The anchor's own use-cases over the real rail: a person signs in and enrols, loads from a wallet, and
// has cash taken at the counter, while the network misbehaves. In the end books and ledger agree.
func TestAnchorOverTheRail(t *testing.T) {
	for name, fault := range map[string]localnet.Fault{
		"no fault":             {Kind: localnet.FaultTimeout, Count: 0},
		"timeout, but applied": {Kind: localnet.FaultTimeout},
		"dropped":              {Kind: localnet.FaultDropped},
		"answer lost":          {Kind: localnet.FaultLostAnswer},
		"sequence called bad":  {Kind: localnet.FaultBadSequence, Count: 2},
		"Horizon unavailable":  {Kind: localnet.FaultDown, Status: 503, Count: 3},
		"operation rejected":   {Kind: localnet.FaultReject, Code: "op_not_authorized"},
	} {
		t.Run(name, func(t *testing.T) {
			d := openDoor(t)
			a := d.openAnchor()
			purse, token := d.enrol(a)
			if _, err := d.web.Account(t.Context(), token); err != nil {
				t.Fatal(err)
			}
			view, err := a.Purse(t.Context(), purse)
			d.check(err)
			memo, err := strconv.ParseUint(view.Deposit.MemoID, 10, 64)
			d.check(err)

			ana := d.person(100 * money.Unit)
			e, err := d.bank.cfg.Horizon.SignLoad(t.Context(), d.load(ana, memo, 30*money.Unit))
			d.check(err)
			_, err = a.TellerIn(t.Context(), anchor.TellerRequest{Purse: purse, Amount: 12 * money.Unit, Officer: "mary", Key: "slip 1"})
			d.check(err)
			if name != "no fault" {
				fault.Destination = d.bank.cfg.Reserve.Address()
				d.fault(fault)
			}
			d.turn(a, func() bool {
				view, err := a.Purse(t.Context(), purse)
				return err == nil && view.AtBank == 12*money.Unit
			})
			_, err = d.bank.cfg.Horizon.Finish(t.Context(), e)
			d.check(err)
			d.turn(a, func() bool {
				view, err := a.Purse(t.Context(), purse)
				return err == nil && view.AtBank == 42*money.Unit
			})
			if held := d.holds(d.bank.cfg.Reserve.Address()); held != 42*money.Unit {
				t.Errorf("the reserve holds %s", held)
			}
			books, err := a.Books(t.Context())
			d.check(err)
			if books.Problem != "" {
				t.Errorf("books: %s", books.Problem)
			}
			for _, line := range books.Reserve {
				if !line.Agrees || line.Books == 0 {
					t.Errorf("books and ledger differ: %+v", line)
				}
			}
		})
	}
}

// Fees above what the bank would offer, for longer than many envelopes live, are nobody's fault.
func TestAnchorWaitsOutALongFeeSurge(t *testing.T) {
	b, clock := openWithClock(t)
	d := openDoorOf(b)
	a := d.openAnchor()
	purse, _ := d.enrol(a)
	_, err := a.TellerIn(t.Context(), anchor.TellerRequest{Purse: purse, Amount: money.Unit, Officer: "mary", Key: "slip 1"})
	d.check(err)
	d.fault(localnet.Fault{Kind: localnet.FaultFeeSurge, Fee: 10 * int64(stellar.DefaultMaxBaseFee)})
	for range 5 {
		_, err := a.Settle(t.Context()) // prepares
		d.check(err)
		_, err = a.Settle(t.Context()) // is refused
		d.check(err)
		clock.pass(stellar.DefaultLifetime*time.Second + time.Second)
		d.check(d.net.CloseLedger())
		_, err = a.Settle(t.Context()) // is over
		d.check(err)
	}
	d.net.Faults().Clear()
	d.turn(a, func() bool {
		view, err := a.Purse(t.Context(), purse)
		return err == nil && view.AtBank == money.Unit
	})
}

// turn works the anchor as its loops do until something holds.
func (d *door) turn(a *anchor.Bank, holds func() bool) {
	d.Helper()
	for range 50 {
		// Errors are what the loops wait after: Horizon is down now and then.
		_, _ = a.Settle(d.Context())
		_, _ = a.Ingest(d.Context())
		if holds() {
			return
		}
	}
	d.Fatal("it never came about")
}

func (d *door) openAnchor() *anchor.Bank {
	d.Helper()
	// The reserve of a bank that just opened is empty.
	d.bank.cfg.Reserve = keypair.MustRandom()
	d.check(stellar.Setup(d.Context(), d.bank.cfg, []money.Asset{d.vuv}, nil, 0))
	d.restart()
	store, err := sqlite.Open(d.Context(), filepath.Join(d.TempDir(), "anchor.db"))
	d.check(err)
	d.Cleanup(func() { d.check(store.Close()) })
	root, issuing := d.secret(), d.secret()
	network := protocol.NewNetwork(d.net.Passphrase())
	now := uint64(time.Now().Unix())
	charter := &protocol.Charter{
		Anchor: protocol.AccountID(protocol.PublicKey(root)), Serial: 1, Name: "Bank of Tanna", Network: network.ID, IssuedAt: now,
		Keys:    []protocol.IssuingKey{{ID: 1, Key: protocol.PublicKey(issuing), NotAfter: 2 * now}},
		Deposit: d.id(d.bank.cfg.Reserve), Lifetimes: protocol.DefaultLifetimes(),
		Assets: []protocol.AssetTerms{{Asset: d.vuv, Decimals: 2, Step: 1, Tiers: []protocol.Tier{
			{Name: "basic", Limits: protocol.Limits{PerBill: 1e12, MaxSpend: 1e13, MaxHolding: 1e13, MaxDepth: 8}},
		}}},
	}
	charter.Signature = protocol.Sign(root, network.Hash(charter))
	a, err := anchor.New(d.Context(), anchor.Config{
		Network: network, Charter: charter, Signer: anchor.NewSigner(1, issuing), Store: store, Rail: d.rail,
		Treasury: d.id(d.bank.cfg.Treasury), Rand: rand.Reader, Now: time.Now,
	})
	d.check(err)
	return a
}

func (d *door) secret() ed25519.PrivateKey {
	d.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	d.check(err)
	return key
}

func (d *door) id(key *keypair.Full) protocol.AccountID {
	d.Helper()
	id, err := protocol.ParseAccount(key.Address())
	d.check(err)
	return id
}

// enrol signs a person in, whose account is not on the ledger, and opens a purse.
func (d *door) enrol(a *anchor.Bank) (protocol.PurseID, string) {
	d.Helper()
	person, device := keypair.MustRandom(), d.secret()
	token, err := d.web.Token(d.Context(), d.signed(person.Address(), person))
	d.check(err)
	auth, err := d.web.Account(d.Context(), token)
	d.check(err)
	charter, _, err := a.Charter(d.Context())
	d.check(err)
	network := protocol.NewNetwork(d.net.Passphrase())
	e := &protocol.Enrolment{
		Anchor: charter.Anchor, Account: auth.Account, Asset: d.vuv, Kind: protocol.Circulating, Start: 1000,
		Quorum: protocol.Quorum{Signers: []protocol.Signer{{Key: protocol.PublicKey(device), Weight: 1}}, Threshold: 1},
	}
	h := network.Hash(e)
	e.DeviceSignatures = []protocol.DeviceSignature{{Index: 0, Signature: protocol.Sign(device, h)}}
	signature, err := person.Sign(h[:])
	d.check(err)
	e.AccountSignatures = []protocol.AccountSignature{{Key: protocol.Key(auth.Account), Signature: protocol.Signature(signature)}}
	_, err = a.Enrol(d.Context(), auth, e, "Ana")
	d.check(err)
	return protocol.PurseID(h), token
}
