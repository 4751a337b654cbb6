package console

import (
	"context"
	"net/http"
	"strconv"

	"kula/anchor"
	"kula/protocol"
	"kula/web/console/office"
)

// suspense is money whose owner is not known. Officers place it or send it back; nothing is guessed.
func (s *Server) suspense(w http.ResponseWriter, a *Ask) error {
	may := a.Officer.Roles.Any(office.Operate)
	v := view{Title: "Suspense", Lead: "Money that reached the deposit account and names no purse. Find out from the sender whose it is; then ask to place it, which another officer approves, or send it back. " +
		"Do not send money back to an exchange's collecting account without asking: it may not find its owner there."}
	l := list{ID: "items", Empty: "Nothing is in suspense. All money that came has its owner.",
		Columns: []string{"Came", "#Amount", "From", "Why it is here", "Memo", "Transaction", "Item", "Or"}}
	l.Read = func(ctx context.Context, after string, limit int) (rows [][]cell, next string, err error) {
		page, last, err := s.bank.SuspensePage(ctx, placed(after), limit)
		for _, x := range page {
			memo := x.MemoID
			if x.MuxedID != "" {
				memo += " muxed " + x.MuxedID
			}
			item := strconv.FormatInt(x.Operation, 10)
			row := []cell{stamp(x.At), s.amount(x.Asset, x.Amount), {Text: short(x.From), Whole: x.From}, words(x.Reason), words(memo),
				brief(x.Transaction, s.ledgerLink(x.Transaction)), words(item), {}}
			if may {
				row[6] = cell{Text: "Ask to place", Link: act("suspense-place", "/suspense", "operation", item), Whole: item}
				row[7] = cell{Text: "Send back", Link: act("suspense-return", "/suspense", "operation", item)}
			}
			rows = append(rows, row)
		}
		return rows, place(last), err
	}
	return s.show(w, a, v, l)
}

var payoutColumns = []string{"Queued", "Whose", "#Amount", "#Fee", "To", "State", "The network's word", "#Tries", "Transaction", "Bill", "Payout"}

func (s *Server) payoutRow(p *anchor.PayoutLine) []cell {
	whose := words("the bank")
	if p.Owner != nil {
		whose = party(*p.Owner)
	}
	bill := cell{}
	if !p.Entry.IsZero() {
		bill = brief(p.Entry, billPage(p.Entry))
	}
	transaction := cell{}
	if !p.Transaction.IsZero() {
		transaction = brief(p.Transaction, s.ledgerLink(p.Transaction))
	}
	return []cell{stamp(p.QueuedAt), whose, s.amount(p.Asset, p.Amount), s.amount(p.Asset, p.Fee), {Text: short(p.Destination), Whole: p.Destination},
		{Text: payoutWords(p.State), Whole: p.State}, words(p.Code), number(p.Attempts), transaction, bill, number(p.ID)}
}

var payoutTabs = []struct {
	name  string
	state anchor.PayoutState
	words string
	empty string
}{
	{"parked", anchor.PayoutParked, "Need a person", "No payout needs a person."},
	{"queued", anchor.PayoutQueued, "Wait", "No payout waits for its turn."},
	{"sent", anchor.PayoutSent, "Under way", "No payout is under way."},
	{"settled", anchor.PayoutSettled, "On the ledger", "Nothing was paid out yet."},
	{"returned", anchor.PayoutReturned, "Given back", "No payout was given back."},
}

func (s *Server) payouts(w http.ResponseWriter, a *Ask) error {
	which := payoutTabs[0]
	v := view{Title: "Payouts", Lead: "What goes from the bank to accounts on Stellar."}
	for _, t := range payoutTabs {
		if t.name == a.FormValue("state") {
			which = t
		}
	}
	for _, t := range payoutTabs {
		v.Tabs = append(v.Tabs, link{Text: t.words, To: "/payouts?state=" + t.name, Here: t.name == which.name})
	}
	parked := which.state == anchor.PayoutParked && a.Officer.Roles.Any(office.Operate)
	l := list{ID: "payouts", Columns: payoutColumns, Empty: which.empty}
	if parked {
		l.Columns = append(append([]string{}, payoutColumns...), "Again", "Or back")
		v.Lead += " Needs a memo: give it back, and let the customer unload to an address that needs none. Underfunded: fill the treasury, then try again. " +
			"Others: try once more, then give it back."
	}
	l.Read = func(ctx context.Context, after string, limit int) (rows [][]cell, next string, err error) {
		page, last, err := s.bank.PayoutPage(ctx, which.state, placed(after), limit)
		for i := range page {
			row := s.payoutRow(&page[i])
			if id := strconv.FormatInt(page[i].ID, 10); parked {
				row = append(row, to("Try again", act("payout-retry", "/payouts", "payout", id)), to("Give back", act("payout-return", "/payouts", "payout", id)))
			}
			rows = append(rows, row)
		}
		return rows, place(last), err
	}
	return s.show(w, a, v, l)
}

// cases are purses that contradicted themselves.
func (s *Server) cases(w http.ResponseWriter, a *Ask) error {
	v := view{Title: "Fraud cases", Lead: "Purses that signed two payments which exclude each other. Each stands on a proof that anybody can check; nobody is accused without one. " +
		"Usually that is a cheat; sometimes a copied phone. See the person."}
	l := list{ID: "cases", Empty: "No purse contradicts itself.", Columns: []string{"Found", "Name", "#At the bank", "#Its bills wait for", "#The bank paid for it", "Proof"}}
	l.Read = func(ctx context.Context, after string, limit int) (rows [][]cell, next string, err error) {
		page, last, err := s.bank.CasePage(ctx, placed(after), limit)
		for _, c := range page {
			rows = append(rows, []cell{stamp(c.FoundAt), to(c.Name, "/cases/"+c.Purse.String()), s.amount(c.Asset, c.AtBank), s.amount(c.Asset, c.Waiting),
				s.amount(c.Asset, c.Advanced), brief(c.Proof, "")})
		}
		return rows, place(last), err
	}
	return s.show(w, a, v, l)
}

func (s *Server) caseOf(w http.ResponseWriter, a *Ask) error {
	id, err := purseOf(a)
	if err != nil {
		return err
	}
	c, err := s.bank.Case(a.Context(), id)
	if err != nil {
		return err
	}
	charter, _, err := s.bank.Charter(a.Context())
	if err != nil {
		return err
	}
	told, entries, err := s.tellCase(a.Context(), protocol.Network{ID: charter.Network}, c)
	if err != nil {
		return err
	}
	v := view{Title: "The case of " + c.Name, Lead: told, Facts: []fact{
		{"Found", stamp(c.FoundAt)}, {"Purse", cell{Text: c.Purse.String(), Link: pursePage(c.Purse)}}, {"Account", words(c.Account.String())},
		{"At the bank", s.amount(c.Asset, c.AtBank)}, {"Its bills wait for", s.amount(c.Asset, c.Waiting)}, {"The bank paid for it", s.amount(c.Asset, c.Advanced)},
		{"Proof", words(c.Proof.String())},
	}, Actions: []link{{Text: "Download the proof", To: "/cases/" + c.Purse.String() + "/evidence"}, {Text: "The purse", To: pursePage(c.Purse), Quiet: true}}}
	l := list{ID: "entries", Title: "What it signed", Lead: "The file holds both with the sheets they stand on, the enrolment and the charter: kula verify explains it to anybody who has nothing else.",
		Columns: []string{"#Number", "What", "#Amount", "#Spent before", "#Spent after", "To", "Bill issued", "Entry"},
		Read:    func(context.Context, string, int) ([][]cell, string, error) { return entries, "", nil }}
	return s.show(w, a, v, l)
}

// tellCase says in words what a proof shows, and lists its two entries.
func (s *Server) tellCase(ctx context.Context, net protocol.Network, c *anchor.CaseView) (told string, rows [][]cell, err error) {
	bundle, err := protocol.DecodeBundle(net, c.Evidence, protocol.NoContext, protocol.MailBounds)
	if err != nil {
		return "", nil, err
	}
	var two []*protocol.Entry
	for _, f := range protocol.All[*protocol.FraudProof](bundle) {
		for _, h := range []protocol.Hash{f.First, f.Second} {
			if e, ok := protocol.Find[*protocol.Entry](bundle, h); ok {
				two = append(two, e)
				rows = append(rows, s.entryRow(ctx, h, e, c.Asset))
			}
		}
	}
	if len(two) != 2 {
		return "The proof is kept in the file below.", rows, nil
	}
	if two[0].Seq > two[1].Seq {
		two[0], two[1] = two[1], two[0]
		rows[0], rows[1] = rows[1], rows[0]
	}
	if two[0].Seq == two[1].Seq {
		return "This purse signed two different payments under one number, " + strconv.FormatUint(two[0].Seq, 10) +
			". A phone that keeps its own rules numbers each payment once, so the same money was paid twice.", rows, nil
	}
	left := two[0].Spent - (two[1].Spent - two[1].Amount())
	return "The later payment does not count what the earlier one had spent: it leaves out " + s.units(c.Asset, left) +
		". A phone that keeps its own rules carries its total on, so money that was spent was spent again.", rows, nil
}

// entryRow is one of the two. Who was to be paid is known when the bill was brought, and not from the proof alone.
func (s *Server) entryRow(ctx context.Context, h protocol.Hash, e *protocol.Entry, asset string) []cell {
	row := []cell{number(int64(e.Seq)), words("a statement"), s.amount(asset, e.Amount()), s.amount(asset, e.Spent-e.Amount()), s.amount(asset, e.Spent), {}, {}, brief(h, "")} //nolint:gosec // a place in a chain
	if e.Kind == protocol.SpendKind {
		row[1] = words("a payment")
	}
	if b, err := s.bank.Bill(ctx, h); err == nil {
		row[5], row[6], row[7].Link = party(b.Payee), stamp(b.IssuedAt), billPage(h)
	}
	return row
}

func (s *Server) caseEvidence(w http.ResponseWriter, a *Ask) error {
	id, err := purseOf(a)
	if err != nil {
		return err
	}
	c, err := s.bank.Case(a.Context(), id)
	if err != nil {
		return err
	}
	return s.evidence(w, a, "fraud-"+id.String()[:16], id.String(), c.Evidence)
}
