package console

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"kula/anchor"
	"kula/money"
	"kula/protocol"
)

// units writes an amount as people do: its thousands apart, with the decimals that its currency has.
func (s *Server) units(asset string, a money.Amount) string {
	return grouped(a.Format(int(s.decimals(asset)))) + "\u00a0" + currency(asset)
}

// amount is a cell with it; the CSV has the bare number.
func (s *Server) amount(asset string, a money.Amount) cell {
	return cell{Text: s.units(asset, a), Whole: a.String(), Number: true}
}

// coins are the decimals of the bank's currencies. They stand in its charter, which is one for as long as it runs.
type coins struct {
	mu       sync.Mutex
	decimals map[string]uint32
}

func (s *Server) decimals(asset string) uint32 {
	s.coins.mu.Lock()
	defer s.coins.mu.Unlock()
	if s.coins.decimals == nil {
		charter, _, err := s.bank.Charter(context.Background())
		if err != nil {
			return money.Decimals // all of them: nothing is hidden
		}
		s.coins.decimals = map[string]uint32{}
		for _, terms := range charter.Assets {
			s.coins.decimals[assetName(terms.Asset)] = terms.Decimals
		}
	}
	return s.coins.decimals[asset]
}

func assetName(a money.Asset) string {
	if a.Native() {
		return "native"
	}
	return a.CodeString() + ":" + protocol.AccountID(a.Issuer).String()
}

// currency is its code's, without its issuer.
func currency(asset string) string {
	c, _, _ := strings.Cut(asset, ":")
	if c == "native" {
		return "XLM"
	}
	return c
}

// grouped sets the thousands of a decimal number apart.
func grouped(n string) string {
	whole, frac, point := strings.Cut(n, ".")
	for i := len(whole) - 3; i > 0 && whole[i-1] != '-'; i -= 3 {
		whole = whole[:i] + "\u202f" + whole[i:]
	}
	if point {
		return whole + "." + frac
	}
	return whole
}

// ago says how long something is past, or still to come, in the largest unit that says enough.
func ago(now, t uint64) string {
	if t == 0 {
		return "never"
	}
	if t > now {
		return "in " + span(t-now)
	}
	return span(now-t) + " ago"
}

func span(seconds uint64) string {
	for _, u := range []struct {
		size uint64
		name string
	}{{24 * 3600, "day"}, {3600, "hour"}, {60, "minute"}} {
		if n := seconds / u.size; n >= 1 {
			if n == 1 {
				return "1 " + u.name
			}
			return strconv.FormatUint(n, 10) + " " + u.name + "s"
		}
	}
	return "less than a minute"
}

// stamp is a moment: the minute on the screen, the second in the CSV.
func stamp(t uint64) cell {
	if t == 0 {
		return cell{Text: "never", Whole: "never"}
	}
	return cell{Text: when(t), Fixed: true, Whole: time.Unix(int64(t), 0).UTC().Format(time.RFC3339)} //nolint:gosec // keeps its bits
}

func pursePage(id protocol.PurseID) string { return "/purses/" + id.String() }
func billPage(entry protocol.Hash) string  { return "/bills/" + entry.String() }

// party is one side of a bill, with a link to its purse.
func party(p anchor.Party) cell {
	switch {
	case p.Purse != (protocol.PurseID{}):
		return cell{Text: p.Name, Link: pursePage(p.Purse)}
	case p.Account == (protocol.AccountID{}):
		return cell{}
	case p.Name != "":
		return words(p.Name)
	}
	return cell{Text: short(p.Account), Whole: p.Account.String()}
}

// stateWords are the states of bills and purses for people.
var stateWords = map[string]string{
	anchor.BillHonoured: "paid", anchor.BillDishonoured: "not paid", anchor.BillStatement: "statement",
	"parked": "waits for the payer's money", "payee_unknown": "waits until the payee's phone is enrolled", "late": "brought too late",
	"frozen": "the purse is frozen", "purse_revoked": "the phone was replaced", "contradicted": "contradicts itself",
	"uncovered": "the money did not come in time", "open": "open", "revoked": "ended",
	"queued": "waits for its turn", "sent": "under way", "settled": "on the ledger", "returned": "given back",
	"credited": "credited", "suspended": "in suspense", "ignored": "the bank's own", "guarantee": "for the guarantee", "in": "in", "out": "out",
}

func inWords(state string) string {
	if w, ok := stateWords[state]; ok {
		return w
	}
	return state
}

// payoutWords are for payouts, of which a parked one needs a person.
func payoutWords(state string) string {
	if state == "parked" {
		return "needs a person"
	}
	return inWords(state)
}

// states is a cell of one.
func states(state string) cell { return cell{Text: inWords(state), Whole: state} }

// act is the address of an act's form, with its fields filled in.
func act(kind, back string, pairs ...string) string {
	q := url.Values{"back": {back}}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return "/acts/" + kind + "?" + q.Encode()
}

// ledgerLink is where a transaction can be looked at; empty when nobody said.
func (s *Server) ledgerLink(transaction protocol.Hash) string {
	if s.cfg.Horizon == "" || transaction.IsZero() {
		return ""
	}
	return strings.TrimSuffix(s.cfg.Horizon, "/") + "/transactions/" + transaction.String()
}

func place(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func placed(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// count says how many, in words that fit one.
func count(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// purseOf reads the purse that an address names.
func purseOf(a *Ask) (id protocol.PurseID, err error) {
	if id.UnmarshalText([]byte(a.PathValue("purse"))) != nil {
		return id, &anchor.Error{Code: anchor.CodeUnknownPurse, Detail: "the address"}
	}
	return id, nil
}

// purseAsked is the purse that a page is about.
func (s *Server) purseAsked(a *Ask) (id protocol.PurseID, p *anchor.PurseView, err error) {
	if id, err = purseOf(a); err == nil {
		p, err = s.bank.Purse(a.Context(), id)
	}
	return id, p, err
}

func hashOf(a *Ask, name string) (h protocol.Hash, err error) {
	if h.UnmarshalText([]byte(a.PathValue(name))) != nil {
		return h, &anchor.Error{Code: anchor.CodeNotFound, Detail: "the address"}
	}
	return h, nil
}
