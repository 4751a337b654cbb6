package e2e

import (
	"path/filepath"
	"testing"

	"kula/money"
	"kula/protocol"
	"kula/wallet"
	"kula/walletfile"
)

// TestCrashDiskFullAtTheBank fills the bank's disk while it redeems. Whoever was given a receipt has it for
// good; whoever was not is told to try again, and gets one when there is room.
func TestCrashDiskFullAtTheBank(t *testing.T) {
	onSmallDisk(t, func(d *disk) {
		is := settleOn(d.t, d.dir, 0)
		mary, tom := is.loaded("Mary", 1000*money.Unit), is.person("Tom", protocol.Circulating)
		var payments []*wallet.Signed
		for range 40 {
			s := mary.pay(tom.request(wallet.RequestParams{Amount: money.Unit}))
			tom.accept(s)
			payments = append(payments, s)
		}
		d.fill(128 << 10)
		told := map[protocol.Hash]protocol.Hash{}
		var failed int
		for _, s := range payments {
			if !is.present(mary, s, told) {
				failed++
			}
		}
		d.t.Logf("with the disk filling up: %d receipts, %d told to try again", len(told), failed)
		if failed == 0 || len(told) == 0 {
			d.t.Fatal("the disk did not fill up while the bank worked")
		}
		for entry, receipt := range told { // what stands can be read
			r, _, err := is.bank.Receipt(is.Context(), entry)
			is.must(err)
			if is.network.Hash(r) != receipt {
				d.t.Fatal("another receipt than was told")
			}
		}
		d.free()
		for range 2 { // as it is, and after a restart
			for _, s := range payments {
				if !is.present(mary, s, told) {
					d.t.Fatal("there is room again, and the bank does not work")
				}
			}
			is.reopen()
		}
		mary.refresh()
		tom.refresh()
		mary.spendable(960 * money.Unit)
		tom.spendable(40 * money.Unit)
		is.audit()
	})
}

// present brings one payment in, and holds the answer against what was told before. It is false when the
// bank could not answer.
func (is *island) present(p *person, s *wallet.Signed, told map[protocol.Hash]protocol.Hash) bool {
	is.Helper()
	reply, err := p.bank.Sync(is.Context(), s.Bundle.Encode(), 0, nil)
	if err != nil {
		return false
	}
	for _, r := range protocol.All[*protocol.Receipt](reply.Bundle) {
		h := is.network.Hash(r)
		if before, known := told[r.Entry]; known && before != h || r.Outcome != protocol.Honoured {
			is.Fatalf("receipt %+v, but before it was %s", r, before)
		}
		told[r.Entry] = h
	}
	if told[s.Entry].IsZero() {
		is.Fatalf("an answer without a receipt: %+v", reply.Problems)
	}
	return true
}

// TestCrashDiskFullInTheWallet fills the disks of payer and payee while they pay. What could not be written was not
// paid, or not taken; with room again it is done once, on the next number.
func TestCrashDiskFullInTheWallet(t *testing.T) {
	onSmallDisk(t, func(d *disk) {
		is := settle(d.t, 0)
		mary := is.personAt(filepath.Join(d.dir, "mary"), "Mary", protocol.Circulating)
		tom := is.personAt(filepath.Join(d.dir, "tom"), "Tom", protocol.Circulating)
		mary.fund(100 * money.Unit)
		mary.load(100 * money.Unit)
		_, err := is.bank.Ingest(is.Context())
		is.must(err)
		mary.refresh()
		var bills []*protocol.Bundle
		for range 30 {
			bills = append(bills, tom.request(wallet.RequestParams{Amount: money.Unit}))
		}

		d.fill(12 << 10)
		var paid []*wallet.Signed
		failed := 0
		for _, bill := range bills {
			s, err := mary.Pay(now(), bill, wallet.PayParams{})
			if err != nil {
				failed++
				continue
			}
			paid = append(paid, s)
		}
		if failed == 0 || len(paid) == 0 || len(mary.Undelivered()) != len(paid) || mary.balance().Spendable != money.Amount(100-len(paid))*money.Unit {
			d.t.Fatalf("%d paid, %d not, and %d written: %+v", len(paid), failed, len(mary.Undelivered()), mary.balance())
		}
		if _, err := tom.Accept(now(), paid[0].Bundle); d.mounted && err == nil {
			d.t.Fatal("taken on a full disk")
		}
		d.free()

		mary.reopen()
		tom.reopen()
		for _, bill := range bills {
			tom.accept(mary.pay(bill))
		}
		if len(mary.Undelivered()) != len(bills) || tom.balance().Received != money.Amount(len(bills))*money.Unit {
			d.t.Fatalf("%d payments; %+v", len(mary.Undelivered()), tom.balance())
		}
		mary.refresh()
		tom.refresh()
		mary.spendable(70 * money.Unit)
		tom.spendable(30 * money.Unit)
		is.audit()
	})
}

// reopen ends the wallet's process, as it were, and starts it again.
func (p *person) reopen() {
	p.is.Helper()
	p.is.must(p.Close())
	var err error
	p.Wallet, err = walletfile.Open(p.dir, p.is.options())
	p.is.must(err)
	if p.Torn != nil {
		p.is.Fatalf("%s: %s", p.name, p.Torn)
	}
}
