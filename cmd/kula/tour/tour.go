// Package tour is `kula tour`: the whole story, told by real processes that it starts itself. Every line
// is checked: the tour succeeds only if everything it says was so.
package tour

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"kula/cmd/kula/say"
)

// Command is `kula tour`.
type Command struct {
	Keep bool `help:"Keep the directory with everything the tour made."`
}

// Help shows examples.
func (Command) Help() string {
	return `Needs nothing to be running, and leaves nothing behind. It listens on loopback only, on free ports.

Examples:
  kula tour
  kula tour --keep      to look at the wallets and the bank afterwards`
}

// stage is where the tour plays.
type stage struct {
	voice   *say.Voice
	self    string // this program
	dir     string
	log     io.Writer // what the processes say on standard error
	running []*server

	ledger *server
	bank   *server
	urls   struct{ ledger, bank, operator string }
	spent  struct{ receipts []json.RawMessage }
	people map[string]string // their accounts
}

// scene is one step of the story.
type scene struct {
	says string
	play func(*stage, context.Context) error
}

var story = slices.Concat(first, hands, last)

var first = []scene{
	{"A ledger like Stellar's, and a bank on it, are started on this machine.", (*stage).open},
	{"Ana makes a wallet and opens a purse at the bank. Her key never leaves her phone.", func(s *stage, ctx context.Context) error { return s.enrol(ctx, "ana", "Ana", "circulating") }},
	{"Ben, who has a shop, opens one too. What he receives shall go to his account on Stellar.", func(s *stage, ctx context.Context) error { return s.enrol(ctx, "ben", "Ben's shop", "payout") }},
	{"Ana's son sends money from abroad, and she loads 3000 of it into her purse.", (*stage).load},
	{"Her phone gets a balance sheet that the bank has signed: now she can pay with no network.", (*stage).refresh},
	{"The bank is switched off. From here on there is no network.", (*stage).stopBank},
	{"Ana buys two fish at Ben's shop, phone to phone: 500.", func(s *stage, ctx context.Context) error { return s.buy(ctx, "500", "two fish") }},
	{"And a coconut: 300. Still nobody has asked the bank.", func(s *stage, ctx context.Context) error { return s.buy(ctx, "300", "a coconut") }},
	{"The bank is back.", (*stage).startBank},
	{"Ben brings it what he received, and gets two receipts.", (*stage).redeem},
	{"Ana brings the same payments. The bank pays nothing twice: she gets the very same receipts.", (*stage).redeemAgain},
}

var last = []scene{
	{"The bank settles with Ben on Stellar.", (*stage).settle},
	{"Ana takes 1000 back out of her purse, to her account on Stellar.", (*stage).unload},
	{"The bank's books balance, and agree with what the ledger holds.", (*stage).books},
}

// Run tells the story.
func (c *Command) Run(ctx context.Context, voice *say.Voice) (err error) {
	s := &stage{voice: voice, people: map[string]string{}}
	if s.self, err = os.Executable(); err != nil {
		return err
	}
	if s.dir, err = os.MkdirTemp("", "kula-tour-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.leave(c.Keep)) }()
	log, err := os.Create(s.file("commands.log"))
	if err != nil {
		return err
	}
	defer log.Close() //nolint:errcheck // nothing reads it after a crash
	s.log = log
	begun := time.Now()
	for i, scene := range story {
		voice.Line("%2d. %s", i+1, scene.says)
		if err := scene.play(s, ctx); err != nil {
			return &say.Problem{Exit: say.Failed, Code: "tour", What: fmt.Sprintf("this did not hold: %s\n      %v", scene.says, err),
				Next: "look at what happened with: kula tour --keep", Err: err}
		}
	}
	return voice.Result(map[string]any{"scenes": len(story), "held": true}, func() {
		voice.Line("\nEvery step held. It took %d seconds.", int(time.Since(begun).Seconds()))
	})
}

// leave stops what runs and tidies up.
func (s *stage) leave(keep bool) (err error) {
	for i := len(s.running) - 1; i >= 0; i-- {
		err = errors.Join(err, s.running[i].stop())
	}
	if keep {
		s.voice.Line("Everything the tour made is in %s", s.dir)
		return err
	}
	return errors.Join(err, os.RemoveAll(s.dir))
}

func (s *stage) file(name ...string) string {
	return filepath.Join(append([]string{s.dir}, name...)...)
}

// detail is a line under the scene that is playing.
func (s *stage) detail(format string, args ...any) { s.voice.Line("      "+format, args...) }

type ready struct {
	Ready    bool   `json:"ready"`
	URL      string `json:"url"`
	Operator string `json:"operator"`
	Listen   string `json:"listen"`
}

func (s *stage) open(ctx context.Context) (err error) {
	if err := os.WriteFile(s.file("passphrase"), []byte("a tour is no secret\n"), 0o600); err != nil {
		return err
	}
	var r ready
	if s.ledger, err = s.serve(ctx, &r, "localnet", "serve", "--home", s.file("ledger"), "--listen", "127.0.0.1:0", "--close-every", "500ms"); err != nil {
		return err
	}
	s.urls.ledger = r.URL
	addr, err := freeAddress(ctx)
	if err != nil {
		return err
	}
	s.urls.bank = "http://" + addr
	var made struct{ Anchor string }
	if err := s.kula(ctx, &made, "anchor", "init", "--dev", "--home", s.file("bank"), "--passphrase-file", s.file("passphrase"),
		"--horizon", s.urls.ledger, "--endpoint", s.urls.bank, "--seal-work", "10"); err != nil {
		return err
	}
	s.detail("bank %s", made.Anchor)
	return s.startBank(ctx)
}

// freeAddress finds a port that nobody uses. The charter names it, so it must be known before.
func freeAddress(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func (s *stage) startBank(ctx context.Context) (err error) {
	var r ready
	s.bank, err = s.serve(ctx, &r, "anchor", "serve", "--home", s.file("bank"), "--passphrase-file", s.file("passphrase"),
		"--listen", strings.TrimPrefix(s.urls.bank, "http://"), "--operator-listen", "127.0.0.1:0", "--console-listen", "127.0.0.1:0")
	s.urls.operator = r.Operator
	return err
}

func (s *stage) stopBank(ctx context.Context) error {
	if err := s.bank.stop(); err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.urls.bank+"/healthz", http.NoBody)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err == nil {
		return errors.Join(errors.New("the bank still answers"), answer.Body.Close())
	}
	return nil
}

// wallet runs a command of somebody's wallet.
func (s *stage) wallet(ctx context.Context, who string, into any, args ...string) error {
	return s.kula(ctx, into, append([]string{"wallet", "--home", s.file(who), "--passphrase-file", s.file("passphrase")}, args...)...)
}

// enrol opens a purse for somebody who has money on Stellar.
func (s *stage) enrol(ctx context.Context, who, name, kind string) error {
	if err := s.openPurse(ctx, who, name, kind); err != nil {
		return err
	}
	return s.kula(ctx, nil, "anchor", "give", "5000", "--home", s.file("bank"), "--passphrase-file", s.file("passphrase"), "--words-file", s.file(who+".words"))
}

func (s *stage) openPurse(ctx context.Context, who, name, kind string) error {
	words := s.file(who + ".words")
	if err := s.wallet(ctx, who, nil, "new", "--words-out", words, "--seal-work", "10"); err != nil {
		return err
	}
	var enrolled struct{ Purse, Account, Kind string }
	if err := s.wallet(ctx, who, &enrolled, "enrol", s.urls.bank, "--name", name, "--kind", kind, "--words-file", words, "--yes"); err != nil {
		return err
	}
	s.detail("%s has account %s", name, enrolled.Account)
	if enrolled.Kind != kind {
		return fmt.Errorf("the purse is %s, not %s", enrolled.Kind, kind)
	}
	s.people[who] = enrolled.Account
	return nil
}

type balance struct {
	Spendable string `json:"spendable_now"`
	AtBank    string `json:"at_bank"`
	Received  string `json:"received_not_redeemed"`
	UnderWay  string `json:"under_way"`
}

func (s *stage) balance(ctx context.Context, who string) (balance, error) {
	var all []balance
	if err := s.wallet(ctx, who, &all, "balance"); err != nil {
		return balance{}, err
	}
	if len(all) != 1 {
		return balance{}, fmt.Errorf("%s has %d purses", who, len(all))
	}
	return all[0], nil
}

func (s *stage) load(ctx context.Context) error {
	var sent struct{ Transaction string }
	if err := s.wallet(ctx, "ana", &sent, "load", "--amount", "3000", "--words-file", s.file("ana.words"), "--horizon", s.urls.ledger, "--wait"); err != nil {
		return err
	}
	s.detail("Stellar transaction %s", sent.Transaction)
	return s.onLedger(ctx, sent.Transaction)
}

// onLedger asks the ledger itself for a transaction.
func (s *stage) onLedger(ctx context.Context, hash string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.urls.ledger+"/transactions/"+hash, http.NoBody)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close() //nolint:errcheck // only read
	var tx struct{ Successful bool }
	if err := json.NewDecoder(io.LimitReader(answer.Body, 1<<20)).Decode(&tx); err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK || !tx.Successful {
		return fmt.Errorf("the ledger does not have transaction %s", hash)
	}
	return nil
}

func (s *stage) refresh(ctx context.Context) error {
	if err := s.wallet(ctx, "ana", nil, "refresh"); err != nil {
		return err
	}
	b, err := s.balance(ctx, "ana")
	if err != nil {
		return err
	}
	if b.Spendable != "3000" {
		return fmt.Errorf("she can spend %s, not 3000", b.Spendable)
	}
	s.detail("spendable with no network: %s", b.Spendable)
	return nil
}

func (s *stage) buy(ctx context.Context, amount, memo string) error {
	_, err := s.pay(ctx, "ana", "ben", amount, memo)
	return err
}

// taken is what the payee's phone says of a payment.
type taken struct {
	Amount, Digits string
	Hops           int `json:"payments_since_the_bank"`
}

// pay lets two phones meet on the local network, and one pay the other.
func (s *stage) pay(ctx context.Context, payer, payee, amount, memo string) (*taken, error) {
	var r ready
	waiting, err := s.serve(ctx, &r, "wallet", "--home", s.file(payee), "--passphrase-file", s.file("passphrase"),
		"serve", "--listen", "127.0.0.1:0", "--amount", amount, "--memo", memo, "--once", "--sync-every", "0")
	if err != nil {
		return nil, err
	}
	var paid struct {
		Received bool
		Digits   string
	}
	if err := s.wallet(ctx, payer, &paid, "pay", r.Listen, "--yes"); err != nil {
		return nil, err
	}
	got := new(taken)
	if err := waiting.next(got); err != nil {
		return nil, err
	}
	if !paid.Received || got.Amount != amount || got.Digits != paid.Digits {
		return nil, fmt.Errorf("the payer's phone says %+v, the payee's %+v", paid, got)
	}
	s.detail("both screens show %s", got.Digits)
	return got, waiting.wait()
}

type synced struct {
	Receipts  []json.RawMessage
	Presented int
}

func (s *stage) redeem(ctx context.Context) error {
	var all []synced
	if err := s.wallet(ctx, "ben", &all, "sync"); err != nil {
		return err
	}
	if len(all) != 1 || len(all[0].Receipts) != 2 {
		return fmt.Errorf("Ben got %+v", all)
	}
	s.spent.receipts = all[0].Receipts
	return nil
}

func (s *stage) redeemAgain(ctx context.Context) error {
	var all []synced
	if err := s.wallet(ctx, "ana", &all, "sync"); err != nil {
		return err
	}
	if len(all) != 1 || all[0].Presented != 2 || !sameSet(all[0].Receipts, s.spent.receipts) {
		return fmt.Errorf("Ana brought %d and got %d receipts, not Ben's", all[0].Presented, len(all[0].Receipts))
	}
	b, err := s.balance(ctx, "ana")
	if err == nil && b.AtBank != "2200" {
		err = fmt.Errorf("Ana has %s at the bank, not 2200", b.AtBank)
	}
	return err
}

// sameSet compares documents to the last byte.
func sameSet(a, b []json.RawMessage) bool {
	count := map[string]int{}
	for _, m := range a {
		count[string(m)]++
	}
	for _, m := range b {
		count[string(m)]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}

// settle waits for the payouts. Some of them may have been made while the others were still on their way.
func (s *stage) settle(ctx context.Context) error {
	if err := s.wallet(ctx, "ben", nil, "settle", "--wait"); err != nil {
		return err
	}
	got, err := s.received(ctx, "ben")
	if err != nil {
		return err
	}
	if len(got) != 3 {
		return fmt.Errorf("Ben has %d payments, not 3", len(got))
	}
	for _, r := range got {
		if err := s.onLedger(ctx, r.Transaction); err != nil {
			return err
		}
		s.detail("%s in Stellar transaction %s", r.Amount, r.Transaction)
	}
	return nil
}

// income is what somebody's wallet says of a payment received.
type income struct{ Act, State, Amount, Transaction string }

func (s *stage) received(ctx context.Context, who string) ([]income, error) {
	var rows []income
	err := s.wallet(ctx, who, &rows, "history")
	return slices.DeleteFunc(rows, func(r income) bool { return r.Act != "received" }), err
}

func (s *stage) unload(ctx context.Context) error {
	var done struct{ Transaction, Fee string }
	if err := s.wallet(ctx, "ana", &done, "unload", "1000", "--yes", "--wait"); err != nil {
		return err
	}
	s.detail("Stellar transaction %s; the bank keeps a fee of %s, as its charter says", done.Transaction, done.Fee)
	return s.onLedger(ctx, done.Transaction)
}

func (s *stage) books(ctx context.Context) error {
	var books struct {
		Reserve []struct {
			Books, Ledger string
			Agrees        bool
		}
	}
	if err := s.kula(ctx, &books, "anchor", "books", "--home", s.file("bank"), "--url", s.urls.operator); err != nil {
		return err
	}
	if len(books.Reserve) == 0 {
		return errors.New("the books have no reserve")
	}
	for _, r := range books.Reserve {
		if !r.Agrees {
			return fmt.Errorf("the books say %+v", r)
		}
		s.detail("reserve in the books %s, on the ledger %s", r.Books, r.Ledger)
	}
	return nil
}
