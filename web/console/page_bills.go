package console

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"kula/anchor"
	"kula/protocol"
	"kula/wallet"
)

// The number is the one that both phones show.
var billColumns = []string{"Brought", "Payer", "Payee", "#Amount", "For", "State", "Number", "Bill"}

func (s *Server) billRow(b *anchor.BillView) []cell {
	state := states(b.State)
	if b.Reason != "" {
		state.Text += ": " + inWords(b.Reason)
	}
	if b.State != anchor.BillHonoured && b.Paid > 0 {
		state.Text += ", " + s.units(b.Asset, b.Paid) + " of it paid"
	}
	amount := s.amount(b.Asset, b.Amount)
	if b.State == anchor.BillStatement {
		amount = cell{}
	}
	return []cell{stamp(b.PresentedAt), party(b.Payer), party(b.Payee), amount, words(b.Memo), state, words(wallet.Digits(b.Entry)), brief(b.Entry, billPage(b.Entry))}
}

func (s *Server) billRows(page []anchor.BillView) (rows [][]cell) {
	for i := range page {
		rows = append(rows, s.billRow(&page[i]))
	}
	return rows
}

func (s *Server) spendList(id protocol.PurseID) list {
	return list{ID: "spends", Title: "Bills paid, and statements", Columns: billColumns, Empty: "Nobody has brought a payment of this purse yet.",
		Read: func(ctx context.Context, after string, limit int) ([][]cell, string, error) {
			page, next, err := s.bank.SpendsOf(ctx, id, after, limit)
			return s.billRows(page), next, err
		}}
}

func (s *Server) incomeList(id protocol.PurseID) list {
	return list{ID: "income", Title: "Bills received", Columns: billColumns, Empty: "No payment to this purse has reached the bank yet.",
		Read: func(ctx context.Context, after string, limit int) ([][]cell, string, error) {
			page, next, err := s.bank.IncomeOf(ctx, id, placed(after), limit)
			return s.billRows(page), place(next), err
		}}
}

// bills is where bills are looked for, and where those that wait stand.
func (s *Server) bills(w http.ResponseWriter, a *Ask) error {
	q := a.FormValue("q")
	v := view{Title: "Bills", Search: &search{Label: "Which bill?", Hint: "who paid or was paid, what it was for, an account (G…), a purse, or how its hash begins", Value: q}}
	if q == "" {
		return s.show(w, a, v, s.waitingList())
	}
	l := list{ID: "bills", Title: "Bills", Columns: billColumns, Empty: "No bill is found by that. Bills come here when somebody brings them: a payment that is still on phones is not here yet."}
	l.Read = func(ctx context.Context, after string, limit int) ([][]cell, string, error) {
		page, next, err := s.bank.FindBills(ctx, q, int(placed(after)), limit)
		return s.billRows(page), place(int64(next)), err
	}
	lists, err := s.billsOf(a.Context(), q)
	if err != nil {
		return err
	}
	if lists == nil {
		lists = []list{l, s.peopleOf(q)}
	}
	return s.show(w, a, v, lists...)
}

// peopleOf are those whose name is asked for; each leads to their bills.
func (s *Server) peopleOf(q string) list {
	l := list{ID: "people", Title: "People of that name", Lead: "Open one to see what they paid and were paid.", Columns: purseColumns, Empty: "Nobody is found by that."}
	l.Read = func(ctx context.Context, after string, limit int) (rows [][]cell, next string, err error) {
		page, next, err := s.find(ctx, q, after, limit)
		for i := range page {
			rows = append(rows, s.purseRow(&page[i], "/bills?q="+page[i].Purse.String()))
		}
		return rows, next, err
	}
	return l
}

// billsOf are the lists of an account's purses, or of one purse, or of the only one of a name that is no memo; none when
// q names neither.
func (s *Server) billsOf(ctx context.Context, q string) (lists []list, err error) {
	var exact protocol.PurseID
	_, notAccount := protocol.ParseAccount(strings.TrimSpace(q))
	named := notAccount != nil && exact.UnmarshalText([]byte(strings.TrimSpace(q))) != nil
	if named {
		if bills, _, err := s.bank.FindBills(ctx, q, 0, 1); err != nil || len(bills) > 0 {
			return nil, err
		}
	}
	people, _, err := s.find(ctx, q, "", maxPeople)
	if named && len(people) != 1 {
		return nil, err
	}
	for i := range people {
		for _, of := range []list{s.spendList(people[i].Purse), s.incomeList(people[i].Purse)} {
			of.ID += strconv.Itoa(i)
			of.Title += ": " + people[i].Name
			lists = append(lists, of)
		}
	}
	return lists, err
}

// maxPeople is how many purses of one account have their bills shown.
const maxPeople = 10

func (s *Server) waitingList() list {
	return list{ID: "waiting", Title: "Waiting", Lead: "Bills that were brought and are not paid yet, those due first first.",
		Empty:   "No bill waits. Whatever was brought is settled.",
		Columns: append([]string{"Last day"}, billColumns...),
		Read: func(ctx context.Context, after string, limit int) (rows [][]cell, next string, err error) {
			page, next, err := s.bank.Waiting(ctx, after, limit)
			now := s.office.Now()
			for i := range page {
				due := stamp(page[i].Deadline)
				due.Text = ago(now, page[i].Deadline)
				rows = append(rows, append([]cell{due}, s.billRow(&page[i].BillView)...))
			}
			return rows, next, err
		}}
}

func (s *Server) bill(w http.ResponseWriter, a *Ask) error {
	entry, err := hashOf(a, "entry")
	if err != nil {
		return err
	}
	b, err := s.bank.Bill(a.Context(), entry)
	if err != nil {
		return err
	}
	if b.State == anchor.BillStatement {
		return s.show(w, a, view{Title: "A statement of " + b.Payer.Name, Facts: []fact{
			{"Who", party(b.Payer)}, {"Number", number(int64(b.Seq))}, {"Spent by then", s.amount(b.Asset, b.Spent)}, {"Brought", stamp(b.PresentedAt)}, //nolint:gosec // the anchor takes no number that does not fit
		}})
	}
	v := view{Title: "A bill of " + s.units(b.Asset, b.Amount), Facts: s.billFacts(b), Actions: []link{
		{Text: "Download the proof", To: billPage(entry) + "/evidence"}, {Text: "The way of the money: JSON", To: billPage(entry) + "/chain", Quiet: true},
		{Text: "CSV", To: billPage(entry) + "/chain?format=CSV", Quiet: true},
	}}
	if b.Proof {
		v.Alerts = append(v.Alerts, "The payer signed payments that contradict each other.")
		v.Actions = append(v.Actions, link{Text: "The proof against the payer", To: "/cases/" + b.Payer.Purse.String(), Quiet: true})
	}
	return s.show(w, a, v, s.chainList(entry), s.othersList(b))
}

func (s *Server) billFacts(b *anchor.BillStory) []fact {
	row := s.billRow(&b.BillView)
	facts := []fact{
		{"State", row[5]}, {"Payer", party(b.Payer)}, {"Payee", party(b.Payee)}, {"For", words(b.Memo)},
		{"Number on the phones", row[6]}, {"Asked for", stamp(b.IssuedAt)}, {"Brought", stamp(b.PresentedAt)}, {"To be brought until", stamp(b.Deadline)},
	}
	if b.SettledAt != 0 {
		facts = append(facts, fact{"Decided", stamp(b.SettledAt)})
	}
	if b.Advanced > 0 {
		facts = append(facts, fact{"The bank advanced", s.amount(b.Asset, b.Advanced)})
	}
	if b.Unload {
		facts = append(facts, fact{"Goes to", words(b.Destination)})
	}
	if p := b.Payout; p != nil {
		facts = append(facts, fact{"Payout", words(payoutWords(p.State))})
		if !p.Transaction.IsZero() {
			facts = append(facts, fact{"Stellar transaction", cell{Text: p.Transaction.String(), Link: s.ledgerLink(p.Transaction)}})
		}
	}
	if b.Sheet != nil {
		facts = append(facts, fact{"Written on the sheet of", stamp(b.Sheet.IssuedAt)})
	}
	return append(facts, fact{"Number in the payer's chain", number(int64(b.Seq))}, //nolint:gosec // the anchor takes no number that does not fit
		fact{"Entry", words(b.Entry.String())}, fact{"Bill", words(b.Bill.String())})
}

func (s *Server) othersList(b *anchor.BillStory) list {
	return list{ID: "others", Title: "Other payments of the same bill", Empty: "It was paid once.", Columns: billColumns,
		Read: func(context.Context, string, int) ([][]cell, string, error) { return s.billRows(b.Others), "", nil }}
}

func (s *Server) chainList(entry protocol.Hash) list {
	return list{ID: "chain", Title: "Where the money came from", Columns: []string{"#Steps back", "What", "From", "To", "#Amount", "#Counted", "When", "Reference"},
		Lead: "What each payer had received before, the newest first, until it makes up the amount. Money has no marks: this is a rule, the same for every bill.",
		Read: func(ctx context.Context, _ string, _ int) (rows [][]cell, next string, err error) {
			chain, err := s.bank.Behind(ctx, entry)
			if err != nil {
				return nil, "", err
			}
			for i := range chain.Rows {
				rows = append(rows, s.chainRow(&chain.Rows[i]))
			}
			for _, why := range chain.LeftOut {
				rows = append(rows, []cell{{}, words("left out: " + why), {}, {}, {}, {}, {}, {}})
			}
			return rows, "", nil
		}}
}

func (s *Server) chainRow(r *anchor.ChainRow) []cell {
	from, what, reference := party(r.From), "payment", brief(r.Entry, billPage(r.Entry))
	if r.Kind == "load" {
		from, what = cell{Text: short(r.Sender), Whole: r.Sender}, "paid in on Stellar"
		reference = words(strconv.FormatInt(r.Operation, 10))
	}
	return []cell{number(int64(r.Depth)), {Text: what, Whole: r.Kind}, from, party(r.To), s.amount(r.Asset, r.Amount), s.amount(r.Asset, r.Counted), stamp(r.At), reference}
}

func (s *Server) billEvidence(w http.ResponseWriter, a *Ask) error {
	entry, err := hashOf(a, "entry")
	if err != nil {
		return err
	}
	raw, err := s.bank.BillEvidence(a.Context(), entry)
	if err != nil {
		return err
	}
	return s.evidence(w, a, "bill-"+entry.String()[:16], entry.String(), raw)
}

// evidence sends a bundle for kula verify. Who took what the bank knows out of the house stands in the trail.
func (s *Server) evidence(w http.ResponseWriter, a *Ask, name, object string, raw []byte) error {
	if err := s.office.Note(a.Context(), a.actor(), "download", object, name+".kula", "", "done"); err != nil {
		return err
	}
	attach(w, "application/octet-stream", name+".kula")
	_, _ = w.Write(raw) // who went away is gone
	return nil
}
