package tour

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
)

// hands is the second act: money that goes from hand to hand, and what becomes of somebody who pays twice with it.
var hands = []scene{
	{"Cleo opens a purse too. She has never loaded any money: her balance sheet says 0.", (*stage).enrolCleo},
	{"The bank is switched off again. Ana pays Cleo 400 for a mat.", (*stage).payCleo},
	{"Cleo buys rice at Ben's shop with that very money: 400. Nobody has asked the bank.", (*stage).passOn},
	{"The bank is back, and Ben alone reaches it. He brings Ana's payment along with Cleo's.", (*stage).bring},
	{"All three accounts are right at the bank, though neither Ana nor Cleo has been there.", (*stage).accounts},
	{"A thief had copied Cleo's phone, and pays Ana with the money that Cleo has spent. Ana has heard from Ben: her phone refuses it.", (*stage).cheat},
	{"The two payments are a proof that anybody can check, with no network: kula verify.", (*stage).prove},
	{"The bank gets the proof from Ana, and freezes the purse.", (*stage).freeze},
}

// as runs a wallet's commands as that person: most scenes here are a few of them in a row.
func (s *stage) as(ctx context.Context, who string, commands ...[]string) error {
	for _, c := range commands {
		if err := s.wallet(ctx, who, nil, c...); err != nil {
			return err
		}
	}
	return nil
}

func (s *stage) enrolCleo(ctx context.Context) error {
	if err := s.openPurse(ctx, "cleo", "Cleo", "circulating"); err != nil {
		return err
	}
	if err := s.as(ctx, "cleo", []string{"refresh"}); err != nil {
		return err
	}
	return s.canSpend(ctx, "cleo", "0")
}

func (s *stage) canSpend(ctx context.Context, who, want string) error {
	b, err := s.balance(ctx, who)
	if err == nil && b.Spendable != want {
		err = fmt.Errorf("%s can spend %s, not %s", who, b.Spendable, want)
	}
	return err
}

func (s *stage) payCleo(ctx context.Context) error {
	if err := s.stopBank(ctx); err != nil {
		return err
	}
	if _, err := s.pay(ctx, "ana", "cleo", "400", "a mat"); err != nil {
		return err
	}
	if err := s.canSpend(ctx, "cleo", "400"); err != nil {
		return err
	}
	s.detail("Cleo can spend 400 now")
	return os.CopyFS(s.file("thief"), os.DirFS(s.file("cleo")))
}

func (s *stage) passOn(ctx context.Context) error {
	got, err := s.pay(ctx, "cleo", "ben", "400", "rice")
	if err != nil {
		return err
	}
	if got.Hops != 1 {
		return fmt.Errorf("Ben's phone says that the money is %d payments from the bank, not 1", got.Hops)
	}
	s.detail("Ben's phone says: %d payment since the bank", got.Hops)
	return s.canSpend(ctx, "cleo", "0")
}

func (s *stage) bring(ctx context.Context) error {
	if err := s.startBank(ctx); err != nil {
		return err
	}
	var all []synced
	if err := s.wallet(ctx, "ben", &all, "sync"); err != nil {
		return err
	}
	if len(all) != 1 || len(all[0].Receipts) == 0 {
		return fmt.Errorf("Ben got %+v", all)
	}
	return nil
}

// purse is what the bank itself says of one.
type purse struct {
	Purse   string
	Account string
	State   string
	AtBank  string `json:"at_bank"`
}

func (s *stage) accounts(ctx context.Context) error {
	all, err := s.purses(ctx)
	if err != nil {
		return err
	}
	for _, want := range []struct{ who, name, amount string }{{"ana", "Ana", "1800"}, {"cleo", "Cleo", "0"}} {
		i := slices.IndexFunc(all, func(p purse) bool { return p.Account == s.people[want.who] })
		if i < 0 || all[i].AtBank != want.amount {
			return fmt.Errorf("the bank's purses are %+v: %s should have %s", all, want.name, want.amount)
		}
		s.detail("%s has %s", want.name, want.amount)
	}
	got, err := s.received(ctx, "ben")
	if err != nil {
		return err
	}
	for i, want := range []string{"500", "300", "400"} {
		if len(got) != 3 || got[i].Amount != want || got[i].State != "honoured" && got[i].State != "paid out" {
			return fmt.Errorf("Ben's payments are %+v", got)
		}
	}
	s.detail("Ben's three payments are honoured: 500, 300 and 400 go to his account on Stellar")
	return nil
}

func (s *stage) purses(ctx context.Context) ([]purse, error) {
	var all struct{ Purses []purse }
	err := s.kula(ctx, &all, "anchor", "purses", "--home", s.file("bank"), "--url", s.urls.operator)
	return all.Purses, err
}

func (s *stage) cheat(ctx context.Context) error {
	news, bill, payment := s.file("ben.news"), s.file("thief.bill"), s.file("thief.payment")
	err := errors.Join(
		s.as(ctx, "ben", []string{"news", "--out", news}),
		s.as(ctx, "ana", []string{"news", "--in", news}, []string{"request", "--amount", "300", "--out", bill}),
		s.as(ctx, "thief", []string{"pay", "--bill", bill, "--out", payment, "--yes"}),
	)
	if err != nil {
		return err
	}
	err = s.as(ctx, "ana", []string{"accept", payment})
	if !refusedWith(err, "incompatible_entries") {
		return fmt.Errorf("Ana's phone did not refuse the second payment: %w", err)
	}
	return nil
}

func (s *stage) prove(ctx context.Context) error {
	proof := s.file("proof.kula")
	if err := s.as(ctx, "ana", []string{"evidence", proof}); err != nil {
		return err
	}
	var judged struct {
		Verdict  string
		Subjects []struct {
			Fraud struct{ Purse, Account, How string }
		}
	}
	if err := s.kula(ctx, &judged, "verify", proof); err != nil {
		return err
	}
	if judged.Verdict != "good" || len(judged.Subjects) != 1 || judged.Subjects[0].Fraud.Account != s.people["cleo"] {
		return fmt.Errorf("verify says %+v", judged)
	}
	s.detail("purse %s… has signed two payments that contradict each other", judged.Subjects[0].Fraud.Purse[:12])
	return nil
}

func (s *stage) freeze(ctx context.Context) error {
	if err := s.as(ctx, "ana", []string{"sync"}); err != nil {
		return err
	}
	all, err := s.purses(ctx)
	if err != nil {
		return err
	}
	for _, p := range all {
		frozen := p.State != "open"
		if frozen != (p.Account == s.people["cleo"]) {
			return fmt.Errorf("the purse of %s is %s", p.Account, p.State)
		}
	}
	return nil
}
