package console

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"kula/protocol"
	"kula/web/console/office"
)

// charter shows what the bank promised everybody.
func (s *Server) charter(w http.ResponseWriter, a *Ask) error {
	c, notice, err := s.bank.Charter(a.Context())
	if err != nil {
		return err
	}
	days := func(seconds uint64) cell { return words(strconv.FormatUint(seconds/(24*3600), 10) + " days") }
	v := view{Title: "Charter and limits", Lead: "What the bank has signed, and every wallet holds. It changes by a new charter only, which two officers make and the root key signs.",
		Facts: []fact{
			{"Bank", words(c.Name)}, {"Charter", number(int64(c.Serial))}, {"Signed", stamp(c.IssuedAt)}, {"Wallets reach it at", words(c.Endpoint)},
			{"Anchor", words(c.Anchor.String())}, {"Deposit account", words(c.Deposit.String())}, {"A sheet can be spent for", days(c.Lifetimes.Sheet)},
			{"and its bills brought for another", days(c.Lifetimes.Redeem)}, {"A bill is good for", days(c.Lifetimes.Bill)}, {"Every lapse waits another", days(c.Lifetimes.Grace)},
		}}
	if notice != nil {
		v.Facts = append(v.Facts, fact{"Newest notice", words(strconv.FormatUint(uint64(notice.Epoch), 10) + ", " + when(notice.Time))},
			fact{"It names", words(count(int64(len(notice.RevokedPurses)), "purse that is not good any more", "purses that are not good any more"))})
		for _, x := range notice.Extensions {
			v.Facts = append(v.Facts, fact{"Dates moved", words("from " + when(x.From) + " on are read as " + when(x.To))})
		}
	}
	v.Actions = []link{{Text: "The bank's paper", To: "/charter/paper"}, {Text: "The next charter", To: "/charter/next", Quiet: true}}
	if a.Officer.Roles.Any(office.Operate) {
		v.Actions = append(v.Actions, link{Text: "Ask to move dates", To: act("extend", "/charter"), Quiet: true}, link{Text: "Ask to lower the guarantee", To: act("guarantee-lower", "/charter"), Quiet: true},
			link{Text: "Ask to fill the guarantee", To: act("guarantee-fund", "/charter"), Quiet: true})
	}
	return s.show(w, a, v, s.tierList(a, c), s.feeList(a, c), s.guaranteeList(a, c))
}

// changed adds a column to a list of terms, by which whoever may ask for another term does.
func changed(a *Ask, c *protocol.Charter, l list, kind string, pairs func(row []cell) []string) list {
	if !a.Officer.Roles.Any(office.Operate) {
		return l
	}
	read := l.Read
	l.Columns = append(l.Columns, "Change")
	l.Read = func(ctx context.Context, after string, limit int) ([][]cell, string, error) {
		rows, next, err := read(ctx, after, limit)
		for i := range rows {
			rows[i] = append(rows[i], to("Ask", act(kind, "/charter/next", append(pairs(rows[i]), "charter", nextName(c))...)))
		}
		return rows, next, err
	}
	return l
}

func (s *Server) tierList(a *Ask, c *protocol.Charter) list {
	l := list{ID: "tiers", Title: "Limits", Columns: []string{"Currency", "Tier", "#A bill", "#A sheet", "#On the phone", "#Guaranteed a bill", "#Hops"},
		Read: func(context.Context, string, int) (rows [][]cell, next string, err error) {
			for _, t := range c.Assets {
				asset := assetName(t.Asset)
				for _, x := range t.Tiers {
					rows = append(rows, []cell{coin(asset), words(x.Name), s.amount(asset, x.Limits.PerBill), s.amount(asset, x.Limits.MaxSpend),
						s.amount(asset, x.Limits.MaxHolding), s.amount(asset, x.Limits.Guaranteed), number(int64(x.Limits.MaxDepth))})
				}
			}
			return rows, "", nil
		}}
	return changed(a, c, l, "limit", func(row []cell) []string { return []string{"asset", row[0].Whole, "tier", row[1].Text} })
}

func (s *Server) feeList(a *Ask, c *protocol.Charter) list {
	l := list{ID: "fees", Title: "Fees", Lead: "Payments between people are free, always.", Columns: []string{"Currency", "For", "#Flat", "#Of the amount"},
		Read: func(context.Context, string, int) (rows [][]cell, next string, err error) {
			for _, t := range c.Assets {
				asset := assetName(t.Asset)
				for _, name := range feeNames {
					fee := feesOf(&t)[name]
					rows = append(rows, []cell{coin(asset), words(name), s.amount(asset, fee.Flat),
						{Text: strconv.FormatFloat(float64(fee.BasisPoints)/100, 'f', 2, 64) + " %", Number: true}})
				}
			}
			return rows, "", nil
		}}
	return changed(a, c, l, "fee", func(row []cell) []string {
		return []string{"asset", row[0].Whole, "what", row[1].Text, "flat", row[2].Whole, "percent", strings.TrimSuffix(row[3].Text, " %")}
	})
}

func (s *Server) guaranteeList(a *Ask, c *protocol.Charter) list {
	l := list{ID: "guarantee", Title: "The guarantee", Columns: []string{"Currency", "#It holds", "#Paid and not got back", "#Lent", "#On its way", "#At most for a purse", "Paid in at"},
		Read: func(ctx context.Context, _ string, _ int) (rows [][]cell, next string, err error) {
			all, err := s.bank.Guarantee(ctx)
			for _, g := range all {
				rows = append(rows, []cell{coin(g.Asset), s.amount(g.Asset, g.Fund), s.amount(g.Asset, g.Claims), s.amount(g.Asset, g.Lent),
					s.amount(g.Asset, g.UnderWay), s.amount(g.Asset, g.CapPerPurse), {Text: short(g.Address), Whole: g.Address}})
			}
			return rows, "", err
		}}
	return changed(a, c, l, "limit", func(row []cell) []string {
		return []string{"asset", row[0].Whole, "what", limitNames[5], "amount", row[5].Whole}
	})
}

// coin is a currency: its code on the screen, its issuer too in the CSV.
func coin(asset string) cell { return cell{Text: currency(asset), Whole: asset} }

// inFours sets a long text apart in fours, as phones show it.
func inFours(text string) string {
	var all []string
	for len(text) > 4 {
		all, text = append(all, text[:4]), text[4:]
	}
	return strings.Join(append(all, text), " ")
}

// nextCharter shows what two officers want changed, and hands it out to be signed.
func (s *Server) nextCharter(w http.ResponseWriter, a *Ask) error {
	held, next, err := s.nextAfter(a.Context())
	if err != nil {
		return err
	}
	names, err := s.names(a)
	if err != nil {
		return err
	}
	v := view{Title: "The next charter", Lead: "Fees and limits that were approved, and are not in force yet. Ask for changes on the charter's page. When all are approved: download the charter, " +
		"take it to where the root key is, compare the digest, sign it there (kula anchor charter --sign), bring it back (kula anchor charter --install), and start the bank again.",
		Actions: []link{{Text: "The charter in force", To: "/charter", Quiet: true}}}
	if next.Charter != nil {
		v.Facts = []fact{{"Charter", number(int64(next.Charter.Serial))}, {"In force", number(int64(held.Serial))},
			{"Digest to compare", words(inFours(next.Digest().String()))}}
		if a.Officer.Roles.Any(office.Operate | office.Approve) {
			v.Actions = append(v.Actions, link{Text: "Download it for signing", To: "/charter/next/file"})
		}
	}
	l := list{ID: "changes", Title: "Approved", Empty: "Nothing was approved since the charter in force was signed.", Columns: []string{"When", "What", "Asked by", "Approved by", "Document", "Request"}}
	l.Read = func(context.Context, string, int) (rows [][]cell, more string, err error) {
		for _, r := range next.Changes {
			where := strconv.FormatInt(r.ID, 10)
			rows = append(rows, []cell{stamp(r.At), words(r.Told), words(names[r.AskedBy]), words(names[r.Decided]), words(r.Document), to(where, "/requests/"+where)})
		}
		return rows, "", nil
	}
	return s.show(w, a, v, l)
}

func (s *Server) nextCharterFile(w http.ResponseWriter, a *Ask) error {
	held, next, err := s.nextAfter(a.Context())
	if err != nil {
		return err
	}
	if next.Charter == nil {
		return office.ErrNoRecord
	}
	if err := s.office.Note(a.Context(), a.actor(), "download", nextName(held), "to be signed, digest "+next.Digest().String(), "", office.Done); err != nil {
		return err
	}
	attach(w, "application/octet-stream", fmt.Sprintf("charter-%d.unsigned", next.Charter.Serial))
	_, _ = w.Write(protocol.Encode(next.Charter)) // who went away is gone
	return nil
}

// paper is what people compare with their phone before they choose this bank: print it, and hang it up at the counter.
func (s *Server) paper(w http.ResponseWriter, a *Ask) error {
	c, _, err := s.bank.Charter(a.Context())
	if err != nil {
		return err
	}
	return s.draw(w, a, "paper.html", struct {
		Name, Endpoint string
		Letters        []string
	}{c.Name, c.Endpoint, strings.Fields(inFours(c.Anchor.String()))})
}
