package anchor_test

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"kula/anchor"
	"kula/money"
	"kula/protocol"
)

// quickSigner signs for nothing when it is told to, so that storing can be measured without signing.
type quickSigner struct {
	anchor.Signer
	idle atomic.Bool
}

func (s *quickSigner) Sign(h protocol.Hash) protocol.Signature {
	if s.idle.Load() {
		return protocol.Signature{}
	}
	return s.Signer.Sign(h)
}

// village is a world with payers who have money and payees to pay.
type village struct {
	*world
	signer *quickSigner
	payers []*person
	payees []*person
}

const villagers = 32

func newVillage(t testing.TB) *village {
	v := &village{signer: &quickSigner{Signer: anchor.NewSigner(1, key("issuing"))}}
	v.world = newWorld(t)
	v.cfg.Signer = v.signer
	v.reopen()
	for i := range villagers {
		v.payers = append(v.payers, v.loaded(fmt.Sprint("payer ", i), 1e12))
		v.payees = append(v.payees, v.person(fmt.Sprint("payee ", i)))
	}
	return v
}

// batches makes so many payments, in batches, each of one payer to many payees.
func (v *village) batches(n, size int) [][]*protocol.Payment {
	all := make([][]*protocol.Payment, n)
	var work sync.WaitGroup
	var nonces atomic.Uint64
	for p, payer := range v.payers {
		work.Go(func() {
			for i := p; i < n; i += villagers {
				for j := range size {
					payee := *v.payees[(i+j)%villagers]
					payee.nonce = nonces.Add(1) << 20
					all[i] = append(all[i], payer.pay(payee.bill(money.Amount(100))))
				}
			}
		})
	}
	work.Wait()
	return all
}

// cpu is what this process has used of the processors.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	ok(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// cpuPerBill measures f alone.
func cpuPerBill(b *testing.B, batches [][]*protocol.Payment, f func([]*protocol.Payment) error) float64 {
	runtime.GC()
	before := cpu(b)
	for _, batch := range batches {
		ok(b, f(batch))
	}
	return (cpu(b) - before).Seconds() / float64(len(batches)*len(batches[0]))
}

// BenchmarkRedeem redeems bills as a bank does: signatures checked, durable, receipts returned.
// bills/s stands beside what this machine could do at most if nothing but verifying and storing took
// time: cores ÷ (CPU seconds of batch verification + of storing, per bill, each measured alone).
func BenchmarkRedeem(b *testing.B) {
	for _, c := range []struct{ size, clients int }{{1, 32}, {100, 4}} {
		b.Run(fmt.Sprintf("batch=%d", c.size), func(b *testing.B) { benchmarkRedeem(b, c.size, c.clients) })
	}
}

func benchmarkRedeem(b *testing.B, size, clients int) {
	b.StopTimer()
	v := newVillage(b)
	batches := v.batches(b.N, size)
	var next atomic.Int64
	runtime.GC()
	b.StartTimer()
	var work sync.WaitGroup
	for range clients {
		work.Go(func() {
			for i := next.Add(1) - 1; i < int64(b.N); i = next.Add(1) - 1 {
				out, err := v.bank.Redeem(v.ctx, batches[i])
				if err != nil || out[0].Receipt == nil {
					b.Error(err, out)
					return
				}
			}
		})
	}
	work.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N*size)/b.Elapsed().Seconds(), "bills/s")
	sample := v.batches(2000/size, size)
	verify := cpuPerBill(b, sample, func(p []*protocol.Payment) error { return v.bank.VerifyOnly(v.ctx, p) })
	v.signer.idle.Store(true)
	store := cpuPerBill(b, sample, func(p []*protocol.Payment) error { return v.bank.StoreOnly(v.ctx, p) })
	b.ReportMetric(float64(runtime.GOMAXPROCS(0))/(verify+store), "ceiling-bills/s")
	b.ReportMetric(verify*1e6, "verify-µs/bill")
	b.ReportMetric(store*1e6, "store-µs/bill")
}
