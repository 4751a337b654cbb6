package console

import (
	"context"
	"net/http"
	"strings"

	"kula/anchor"
	"kula/nearby/text"
	"kula/protocol"
	"kula/web/console/office"
)

// find looks for people by what they say or show: FindPurses, and the text of a QR code.
func (s *Server) find(ctx context.Context, q, after string, limit int) ([]anchor.PurseView, string, error) {
	if !strings.HasPrefix(strings.ToUpper(strings.TrimSpace(q)), text.Prefix) {
		return s.bank.FindPurses(ctx, q, after, limit)
	}
	charter, _, err := s.bank.Charter(ctx)
	if err != nil {
		return nil, "", err
	}
	raw, err := text.Decode(strings.TrimSpace(q))
	if err != nil {
		return nil, "", nil //nolint:nilerr // a damaged text names nobody
	}
	shown, err := protocol.DecodeBundle(protocol.Network{ID: charter.Network}, raw, protocol.NoContext, protocol.MailBounds)
	if err != nil {
		return nil, "", nil //nolint:nilerr // likewise
	}
	bills := protocol.All[*protocol.Bill](shown)
	if len(bills) == 0 {
		return nil, "", nil
	}
	p, err := s.bank.PurseOfKey(ctx, bills[0].PayeeKey)
	switch {
	case anchor.CodeOf(err) == string(anchor.CodeUnknownPurse):
		return nil, "", nil
	case err != nil:
		return nil, "", err
	}
	return []anchor.PurseView{*p}, "", nil
}

const findHint = "a name, an account (G…), a purse, the reference for paying in, or the text of a QR code"

var purseColumns = []string{"Name", "State", "Tier", "#At the bank", "#Waits for money", "Last sheet until", "Account", "Purse"}

func (s *Server) purseRow(p *anchor.PurseView, where string) []cell {
	return []cell{
		to(p.Name, where), states(p.State), words(p.Tier), s.amount(p.Asset, p.AtBank), s.amount(p.Asset, p.FundsWaiting), stamp(p.SheetExpires),
		{Text: short(p.Account), Whole: p.Account.String()}, {Text: short(p.Purse), Whole: p.Purse.String()},
	}
}

func (s *Server) people(w http.ResponseWriter, a *Ask) error {
	q := a.FormValue("q")
	v := view{Title: "People and purses", Search: &search{Label: "Who?", Hint: findHint, Value: q}}
	l := list{ID: "people", Columns: purseColumns, Empty: "Nobody is found by that. Try another spelling, fewer letters, or the reference for paying in."}
	l.Read = func(ctx context.Context, after string, limit int) (rows [][]cell, next string, err error) {
		var page []anchor.PurseView
		if q != "" {
			page, next, err = s.find(ctx, q, after, limit)
		} else {
			var last int64
			page, last, err = s.bank.NewestPurses(ctx, placed(after), limit)
			next = place(last)
		}
		for i := range page {
			rows = append(rows, s.purseRow(&page[i], pursePage(page[i].Purse)))
		}
		return rows, next, err
	}
	if q == "" {
		l.Title, l.Empty = "Enrolled last", "Nobody has enrolled a phone yet."
	}
	return s.show(w, a, v, l)
}

// purse is the page of one purse.
func (s *Server) purse(w http.ResponseWriter, a *Ask) error {
	id, p, err := s.purseAsked(a)
	if err != nil {
		return err
	}
	v := view{Title: p.Name, Alerts: purseAlerts(p), Facts: s.purseFacts(p), Actions: s.purseActions(a, p)}
	known, err := s.office.IdentityOf(a.Context(), p.Account)
	if err != nil {
		return err
	}
	v.Facts = append(v.Facts, fact{"Identified", identityCell(known)})
	v.Alerts = append(v.Alerts, s.listed(a.Context(), p.Name, known)...)
	return s.show(w, a, v, s.spendList(id), s.incomeList(id), s.loadList(id), s.purseSheets(p), s.pursePayouts(id), s.complaintsOf(id), s.trailOf(id))
}

func identityCell(known *office.Identity) cell {
	if known == nil {
		return words("not yet")
	}
	return words("for tier " + known.Tier + ", " + known.Evidence + " (" + known.Officer + ", " + when(known.At) + "), in the name of " + known.Name)
}

func purseAlerts(p *anchor.PurseView) (all []string) {
	switch p.State {
	case "contradicted":
		all = append(all, "This purse signed payments that contradict each other. It gets no sheets and no payouts; the proof is under Fraud.")
	case "frozen":
		all = append(all, "This purse is frozen: no new sheets, unloads or payouts. What the phone paid already is redeemed while its money lasts.")
	case "revoked":
		all = append(all, "This phone was replaced or ended. Its money goes to its successor when its last sheet can no longer be redeemed.")
	}
	if p.CreditUsed+p.GuaranteePaid > 0 {
		all = append(all, "The bank paid for this purse and has not got it back.")
	}
	return all
}

func (s *Server) purseFacts(p *anchor.PurseView) []fact {
	facts := []fact{
		{"State", states(p.State)}, {"At the bank", s.amount(p.Asset, p.AtBank)}, {"Its bills wait for", s.amount(p.Asset, p.FundsWaiting)},
		{"Kind", words(map[string]string{"circulating": "spends what it receives", "payout": "what it receives goes to its account on Stellar"}[p.Kind])},
		{"Limits", words("tier " + p.Tier + ": " + s.units(p.Asset, p.Limits.PerBill) + " a bill, " + s.units(p.Asset, p.Limits.MaxSpend) + " a sheet, " +
			s.units(p.Asset, p.Limits.MaxHolding) + " on the phone, " + s.units(p.Asset, p.Limits.Guaranteed) + " guaranteed a bill")},
		{"Newest sheet until", stamp(p.SheetExpires)}, {"Enrolled", stamp(p.EnrolledAt)},
		{"Pay in", words("to " + p.Deposit.Address + " with memo id " + p.Deposit.MemoID)},
		{"Account", cell{Text: p.Account.String(), Link: "/purses?q=" + p.Account.String()}}, {"Purse", words(p.Purse.String())},
	}
	if p.CreditUsed+p.GuaranteePaid > 0 {
		facts = append(facts, fact{"The bank paid for it", s.amount(p.Asset, p.CreditUsed+p.GuaranteePaid)})
	}
	if p.Waiting {
		facts = append(facts, fact{"Its last statement", words("waits: it spent more than has come in so far")})
	}
	if p.Successor != nil {
		facts = append(facts, fact{"Successor", brief(*p.Successor, pursePage(*p.Successor))})
	}
	return facts
}

// purseActions are what this officer may do to a purse: at once, or by asking.
func (s *Server) purseActions(a *Ask, p *anchor.PurseView) (all []link) {
	id, back := p.Purse.String(), pursePage(p.Purse)
	add := func(roles office.Roles, words, where string, quiet bool) {
		if a.Officer.Roles.Any(roles) {
			all = append(all, link{Text: words, To: where, Quiet: quiet})
		}
	}
	add(office.Teller, "Cash in or out", "/counter/"+id, false)
	if p.State == "open" || p.State == "contradicted" {
		add(office.Teller|office.Operate, "Freeze at once", act("freeze", back, "purse", id), false)
	}
	if p.State == "frozen" {
		add(office.Operate, "Ask to unfreeze", act("unfreeze", back, "purse", id), true)
	}
	for _, one := range []struct{ kind, words string }{
		{"tier", "Ask for other limits"}, {"revoke", "Lost or stolen phone"}, {"recover", "Ask to recover into a new account"}, {"close", "Ask to close"}, {"guarantee-lower", "Ask to lower its guarantee"},
	} {
		add(office.Operate, one.words, act(one.kind, back, "purse", id), true)
	}
	if p.CreditUsed+p.GuaranteePaid > 0 {
		add(office.Operate, "Ask to write off", act("write-off", back, "purse", id), true)
	}
	add(office.Operate, "Identify", "/enrolment/"+id, true)
	add(writes, "Write a complaint down", "/complaints?purse="+id, true)
	if p.State == "contradicted" {
		add(office.Everyone, "The proof", "/cases/"+id, true)
	}
	return all
}

func (s *Server) purseSheets(p *anchor.PurseView) list {
	return list{ID: "sheets", Title: "Sheets", Empty: "It has had no balance sheet yet: the phone gets one when it first syncs with money in the purse.",
		Columns: []string{"Issued", "#To spend", "Income counted until", "Spend until", "Redeem until", "State", "Sheet"},
		Read: func(ctx context.Context, after string, limit int) (rows [][]cell, next string, err error) {
			page, last, err := s.bank.SheetsOf(ctx, p.Purse, placed(after), limit)
			for _, x := range page {
				state := "payments on it are good"
				if x.Over {
					state = "over"
				}
				rows = append(rows, []cell{stamp(x.IssuedAt), s.amount(p.Asset, x.Available), stamp(x.AsOf), stamp(x.ExpiresAt), stamp(x.RedeemBy), words(state), brief(x.Hash, "")})
			}
			return rows, place(last), err
		}}
}

func (s *Server) loadList(id protocol.PurseID) list {
	return list{ID: "loads", Title: "Money loaded", Empty: "Nothing was loaded yet.", Columns: []string{"When", "#Amount", "From", "Transaction"},
		Read: func(ctx context.Context, after string, limit int) (rows [][]cell, next string, err error) {
			page, last, err := s.bank.LoadsOf(ctx, id, placed(after), limit)
			for _, x := range page {
				rows = append(rows, []cell{stamp(x.At), s.amount(x.Asset, x.Amount), {Text: short(x.From), Whole: x.From}, brief(x.Transaction, s.ledgerLink(x.Transaction))})
			}
			return rows, place(last), err
		}}
}

func (s *Server) pursePayouts(id protocol.PurseID) list {
	return list{ID: "payouts", Title: "Paid out on Stellar", Empty: "Nothing was paid out.", Columns: payoutColumns,
		Read: func(ctx context.Context, after string, limit int) (rows [][]cell, next string, err error) {
			page, last, err := s.bank.PayoutsOfPurse(ctx, id, placed(after), limit)
			for i := range page {
				rows = append(rows, s.payoutRow(&page[i]))
			}
			return rows, place(last), err
		}}
}

// shownTrail is how much of the trail a purse's page shows.
const shownTrail = 100

func (s *Server) trailOf(id protocol.PurseID) list {
	return list{ID: "trail", Title: "What officers did", Empty: "No officer did anything to it.", Columns: []string{"When", "Who", "What", "Detail", "Document", "Outcome"},
		Read: func(ctx context.Context, _ string, _ int) (rows [][]cell, next string, err error) {
			lines, err := s.office.TrailOf(ctx, id.String(), shownTrail)
			for _, x := range lines {
				rows = append(rows, []cell{stamp(x.At), words(x.Officer), words(x.Act), words(x.Detail), words(x.Document), words(x.Outcome)})
			}
			return rows, "", err
		}}
}
