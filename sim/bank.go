package sim

import (
	"fmt"
	"strconv"
	"time"

	"kula/anchor"
	"kula/anchor/anchortest"
	"kula/money"
	"kula/protocol"
	"kula/store/sqlite"
)

// bank is the anchor, its store and its ledger.
type bank struct {
	*anchor.Bank
	world   *world
	store   *sqlite.Store
	rail    *anchortest.Ledger
	charter *protocol.Charter
	asset   money.Asset
	shops   []string     // accounts to which money is paid out
	loaded  money.Amount // what people paid in on the ledger, in all
	office  *office
	at      uint64 // its clock: the moment of the task at hand
}

// signer is the issuing key; what it signs is remembered as good.
type signer struct {
	anchor.Signer
	memory *protocol.Memory
}

func (s signer) Sign(h protocol.Hash) protocol.Signature {
	signature := s.Signer.Sign(h)
	s.memory.Learn(protocol.Claim{Key: s.Public(), Hash: h, Signature: signature})
	return signature
}

func openBank(w *world, path string) (*bank, error) {
	b := &bank{world: w, office: newOffice(), at: w.now}
	var err error
	if b.asset, err = money.NewAsset("VUV", protocol.PublicKey(keyOf(w.cfg.Seed, "issuer", 0))); err != nil {
		return nil, err
	}
	b.charter = b.newCharter()
	b.rail = anchortest.New(b.charter.Deposit, 300, func() uint64 { return b.at })
	if b.store, err = sqlite.OpenScratch(w.ctx, path); err != nil {
		return nil, err
	}
	b.Bank, err = anchor.New(w.ctx, anchor.Config{
		Network: network, Charter: b.charter, Store: b.store, Rail: b.rail, Rand: stream(w.cfg.Seed, "bank"),
		Signer:   signer{anchor.NewSigner(1, keyOf(w.cfg.Seed, "issuing", 0)), w.memory},
		Treasury: w.account("treasury"),
		Now:      func() time.Time { return time.Unix(int64(b.at), 0) }, //nolint:gosec // far below 2⁶³
	})
	return b, err
}

func (b *bank) close() error {
	b.office.close()
	return b.store.Close()
}

func (w *world) account(name string) protocol.AccountID {
	return protocol.AccountID(protocol.PublicKey(keyOf(w.cfg.Seed, name, 0)))
}

func (b *bank) newCharter() *protocol.Charter {
	w := b.world
	c := &protocol.Charter{
		Anchor: w.account("anchor"), Serial: 1, Name: "Bank of the Island", Network: network.ID, IssuedAt: start - day,
		Keys: []protocol.IssuingKey{{
			ID: 1, Key: protocol.PublicKey(keyOf(w.cfg.Seed, "issuing", 0)), NotBefore: start - day, NotAfter: start + (maxDays+1000)*day,
		}},
		Deposit: w.account("deposit"), Lifetimes: protocol.DefaultLifetimes(), Endpoint: "http://127.0.0.1",
		Assets: []protocol.AssetTerms{{
			Asset: b.asset, Decimals: 0, Step: vatu, CapPerPurse: capPurse,
			Tiers: []protocol.Tier{{Name: "basic", Limits: protocol.Limits{
				PerBill: perBill, MaxSpend: maxSpend, MaxDepth: maxDepth, Guaranteed: guaranteed,
			}}},
		}},
	}
	c.Signature = sign(w.memory, keyOf(w.cfg.Seed, "anchor", 0), network.Hash(c))
	return c
}

// fund gives the guarantee what the bank set aside for it.
func (b *bank) fund() {
	b.remit(anchor.GuaranteeReference, money.Amount(b.world.cfg.People)*fundPerHead)
}

// guaranteed is what the guarantee has paid for each purse, and in all, and did not get back.
func (b *bank) guaranteed() (byPurse map[protocol.PurseID]money.Amount, all money.Amount, err error) {
	views, err := b.direct().Guarantee(b.world.ctx)
	byPurse = map[protocol.PurseID]money.Amount{}
	for _, v := range views {
		for _, o := range v.Owing {
			byPurse[o.Purse] = o.Guarantee
			all += o.Guarantee
		}
	}
	return byPurse, all, err
}

// remit is money from abroad, or cash at the counter: a payment on the ledger with the purse's reference.
func (b *bank) remit(reference uint64, amount money.Amount) {
	in := anchor.Incoming{From: b.world.account("abroad").String(), Asset: b.asset, Amount: amount, MemoID: &reference}
	b.loaded += amount
	b.office.give(func() { b.rail.Pay(in) })
}

func (b *bank) ingest() error {
	for {
		n, err := b.Ingest(b.world.ctx)
		if err != nil || n == 0 {
			return err
		}
	}
}

// work is the bank's day: loads, payouts, lapses.
func (b *bank) work() error {
	if err := b.ingest(); err != nil {
		return err
	}
	for more := true; more; {
		var err error
		if more, err = b.Settle(b.world.ctx); err != nil {
			return err
		}
	}
	return b.Tend(b.world.ctx)
}

// reference is the number by which a purse is loaded.
func (b *bank) reference(id protocol.PurseID) (uint64, error) {
	v, err := b.direct().Purse(b.world.ctx, id)
	if err != nil {
		return 0, err
	}
	return strconv.ParseUint(v.Deposit.MemoID, 10, 64)
}

// enrol opens a purse for a person's phone.
func (b *bank) enrol(p *person, f *phone) error {
	w := b.world
	if err := f.Trust(w.now, b.charter, nil); err != nil {
		return err
	}
	key := protocol.PublicKey(p.account)
	account := protocol.AccountID(key)
	enrolment, err := f.Enrol(w.now, enrolParams(b, p, account))
	if err != nil {
		return err
	}
	auth := anchor.AccountAuth{Account: account, Signers: []anchor.AccountSigner{{Key: key, Weight: 1}}, MediumThreshold: 1}
	welcome, err := b.direct().Enrol(w.ctx, auth, enrolment, p.name)
	if err != nil {
		return err
	}
	f.purse = protocol.PurseID(network.Hash(enrolment))
	w.byPurse[f.purse] = p
	if _, err := f.Absorb(w.now, f.purse, welcome, 0); err != nil {
		return err
	}
	if f.load, err = b.reference(f.purse); err != nil {
		return fmt.Errorf("reference: %w", err)
	}
	return nil
}

// unloadOffer is the bank's bill to itself, as a wallet is shown it.
func (b *bank) unloadOffer(purse protocol.PurseID, amount money.Amount, to protocol.AccountID) (*protocol.Bundle, error) {
	offer, err := b.Unload(b.world.ctx, anchor.UnloadRequest{Purse: purse, Amount: amount, Destination: to.String()})
	if err != nil {
		return nil, err
	}
	shown := protocol.NewBundle(network, offer.Memo)
	shown.AddRoot(offer.Bill)
	return shown, nil
}
