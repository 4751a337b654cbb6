// Package atbank is the order in which a wallet and its bank speak when there is a connection. The CLI and the phone
// both follow it; each brings its own way to the bank.
//
//	exchange:   outbox ──▶ bank ──▶ absorb      until the bank has no more to say, and nothing is left to bring
//	statement:  challenge ──▶ sign ──▶ exchange  when a new sheet is needed: after what was redeemed just now
//	complain:   what the person says is wrong, with what proves it
//	balance:    what the bank says it holds, and while cash is on its way from the counter: wait, exchange
//
// It may break off anywhere. Whatever was taken in is in the journal; what was brought is known to the bank by its
// hash; so the next sync goes on where this one ended, and nothing is asked for twice that costs anything.
package atbank

import (
	"errors"

	"kula/money"
	"kula/protocol"
	"kula/wallet"
)

// Bank is a way to the anchor of one purse, which it speaks for.
type Bank interface {
	// Sync presents an encoded bundle, and gets what was issued for the purse after the cursor.
	Sync(outbox []byte, after int64) (*Reply, error)
	// Challenge is a nonce for a Statement.
	Challenge() (protocol.Hash, error)
	// AtBank is what the bank holds for the purse, and what was paid in at its counter and is not there yet.
	AtBank() (held, coming money.Amount, err error)
	// Complain brings a complaint with what proves it, and gets its number: the same one when it is brought again.
	Complain(about string, file *protocol.Bundle) (int64, error)
}

// Reply is the bank's answer to what was presented.
type Reply struct {
	Bundle   *protocol.Bundle
	Cursor   int64
	More     bool // there is more after the cursor
	Problems []Problem
}

// Problem is a document that was refused, or that waits: by the bank when Err is nil, else by this wallet.
type Problem struct {
	Document protocol.Hash
	Code     string
	Detail   string
	Err      error
}

// Progress is how far a sync has come.
type Progress struct {
	Answered int // payments that the bank has given its final word on
	Left     int // what is still to be brought, or answered
}

// Visit is one purse's visit to its bank.
type Visit struct {
	Wallet  *wallet.Wallet
	Purse   protocol.PurseID
	Bank    Bank
	Now     func() uint64
	Wait    func() bool    // lets two seconds pass while cash is on its way; false, or nil: it is for the next visit
	Refresh bool           // a new sheet is wanted even though the wallet sees no need
	Tell    func(Progress) // may be nil
}

// Synced is what a visit did.
type Synced struct {
	Presented int            // payments brought: no Statement, no proof of fraud
	News      []*wallet.News // one for each exchange
	Problems  []Problem      // as the last exchange left them
	AtBank    money.Amount
	Cases     []int64      // numbers that the bank gave to complaints
	Coming    money.Amount // of cash paid in at the counter, what still was not there
	Unstated  *Problem     // why a Statement that was asked for got no sheet; nil: it got one
}

// Errors of a visit.
var (
	ErrNeedsCosigner = errors.New("this purse needs another device's signature for a new sheet")
	ErrEndless       = errors.New("the bank always has more to say: try again later")
)

// CodeNeedsCosigner is how ErrNeedsCosigner is told.
const CodeNeedsCosigner = "needs_cosigner"

// Sync brings the bank what the purse has to present and takes in what it answers. With Refresh it also states the
// position, for a new sheet; it does so by itself when the wallet finds that it needs one.
func (v *Visit) Sync() (*Synced, error) {
	done := &Synced{}
	if err := v.exchange(done); err != nil {
		return nil, err
	}
	// What was redeemed just now counts in the sheet, so the position is stated after it.
	if v.Refresh || v.Wallet.NeedsSheet(v.Now(), v.Purse) {
		statement, err := v.state(done)
		if err != nil {
			return nil, err
		}
		if v.Refresh {
			done.Unstated = done.answerTo(statement)
		}
	}
	if err := v.await(done); err != nil {
		return nil, err
	}
	if err := v.Wallet.BankSaid(v.Now(), v.Purse, int64(done.AtBank)); err != nil {
		return nil, err
	}
	return done, v.complain(done)
}

// complain brings what the person says is wrong. What the bank does not take is a problem of this visit, and is brought
// again at the next.
func (v *Visit) complain(done *Synced) error {
	for _, c := range v.Wallet.Complaints() {
		if c.Number != 0 || c.Purse != v.Purse {
			continue
		}
		file, err := v.Wallet.Proof(c.Subject)
		if err != nil {
			return err
		}
		number, err := v.Bank.Complain(c.About.String(), file)
		if err != nil {
			done.Problems = append(done.Problems, Problem{c.Subject, string(protocol.CodeOf(err)), err.Error(), err})
			return nil
		}
		if err := v.Wallet.Numbered(v.Now(), c.Subject, number); err != nil {
			return err
		}
		done.Cases = append(done.Cases, number)
	}
	return nil
}

// maxWaits is how often a visit waits for cash that is on its way. The ledger takes some seconds, and whoever has
// just paid in stands at the counter.
const maxWaits = 8

// await asks what the bank holds. Cash goes from the counter into the purse through the ledger, and what comes of it, a
// sheet, is fetched in this very visit.
func (v *Visit) await(done *Synced) error {
	for waits := 0; ; waits++ {
		held, coming, err := v.Bank.AtBank()
		if err != nil && waits == 0 {
			return err
		}
		if err != nil {
			return nil // the visit was over but for this
		}
		came := coming < done.Coming
		done.AtBank, done.Coming = held, coming
		if came {
			if err := v.exchange(done); err != nil {
				return err
			}
		}
		if coming == 0 || v.Wait == nil || waits == maxWaits || !v.Wait() {
			return nil
		}
	}
}

// Present brings the bank what a purse of a phone that is gone has to claim. This device has not its key, so the Bank
// speaks for nobody, and answers with the receipts of what is presented.
func (v *Visit) Present() (*Synced, error) {
	done := &Synced{}
	outbox, err := v.Wallet.Outbox(v.Purse)
	if err != nil || outbox.Len() == 0 {
		return done, err
	}
	reply, err := v.Bank.Sync(outbox.Encode(), 0)
	if err != nil {
		return nil, err
	}
	news, err := v.Wallet.Absorb(v.Now(), v.Purse, reply.Bundle, 0)
	if err != nil {
		return nil, err
	}
	done.add(paymentsIn(outbox), news, reply)
	return done, nil
}

// state signs a Statement on the bank's challenge and brings it in.
func (v *Visit) state(done *Synced) (statement protocol.Hash, err error) {
	nonce, err := v.Bank.Challenge()
	if err != nil {
		return statement, err
	}
	signed, err := v.Wallet.Statement(v.Now(), v.Purse, nonce)
	if err != nil {
		return statement, err
	}
	if !signed.Complete {
		return signed.Entry, ErrNeedsCosigner
	}
	return signed.Entry, v.exchange(done)
}

// answerTo is what the bank said of a Statement that got no sheet.
func (d *Synced) answerTo(statement protocol.Hash) *Problem {
	for i := range d.Problems {
		if d.Problems[i].Document == statement {
			return &d.Problems[i]
		}
	}
	return nil
}

// maxRounds ends an exchange with a bank that always has more.
const maxRounds = 1000

func (v *Visit) exchange(done *Synced) error {
	for range maxRounds {
		outbox, err := v.Wallet.Outbox(v.Purse)
		if err != nil {
			return err
		}
		before, err := v.Wallet.Purse(v.Purse)
		if err != nil {
			return err
		}
		reply, err := v.Bank.Sync(outbox.Encode(), before.Cursor)
		if err != nil {
			return err
		}
		news, err := v.Wallet.Absorb(v.Now(), v.Purse, reply.Bundle, reply.Cursor)
		if err != nil {
			return err
		}
		done.add(paymentsIn(outbox), news, reply)
		after, err := v.Wallet.Outbox(v.Purse)
		if err != nil {
			return err
		}
		v.tell(done, len(after.Roots))
		if !reply.More && (len(news.Receipts) == 0 || after.Len() == 0) {
			return nil
		}
	}
	return ErrEndless
}

// paymentsIn counts what a person would: of an outbox's roots some say where the purse stands, or who cheats.
func paymentsIn(outbox *protocol.Bundle) (n int) {
	for _, h := range outbox.Roots {
		if e, ok := protocol.Find[*protocol.Entry](outbox, h); ok && e.Kind == protocol.SpendKind {
			n++
		}
	}
	return n
}

func (v *Visit) tell(done *Synced, left int) {
	if v.Tell == nil {
		return
	}
	p := Progress{Left: left}
	for _, n := range done.News {
		p.Answered += len(n.Receipts)
	}
	v.Tell(p)
}

func (d *Synced) add(presented int, news *wallet.News, reply *Reply) {
	d.Presented = max(d.Presented, presented)
	d.News = append(d.News, news)
	d.Problems = append(d.Problems[:0], reply.Problems...)
	for _, p := range news.Problems {
		d.Problems = append(d.Problems, Problem{p.Document, string(protocol.CodeOf(p.Err)), p.Err.Error(), p.Err})
	}
}
