package anchor

import (
	"context"
	"encoding/hex"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"

	"kula/money"
	"kula/protocol"
)

// What officers look up. Every list is a page: it has a bound, and a place to go on from that is empty or zero at the end.

// MaxPage is the most rows that a page may have.
const MaxPage = 200

func bounded(limit int) int { return min(max(limit, 1), MaxPage) }

// A question by words is asked again while too few names have all of them, up to this often.
const nameRounds = 10

// FindPurses finds purses by what somebody at the counter says or shows: a name or the beginnings of its words, an
// account, a purse's id or how it begins, or the reference by which it is loaded.
func (b *Bank) FindPurses(ctx context.Context, text, after string, limit int) (list []PurseView, next string, err error) {
	text, limit = strings.TrimSpace(text), bounded(limit)
	err = b.view(ctx, func(r Reader) error {
		found, err := b.exactly(r, text, limit)
		if err == nil && len(found) == 0 {
			found, next, err = byName(r, text, after, limit)
		}
		if err != nil {
			return err
		}
		list, err = b.showAll(r, found)
		return err
	})
	return list, next, err
}

func (b *Bank) showAll(r Reader, purses []*Purse) (list []PurseView, err error) {
	for _, p := range purses {
		v, err := b.show(r, p)
		if err != nil {
			return nil, err
		}
		list = append(list, *v)
	}
	return list, nil
}

// exactly finds purses by what names no other.
func (b *Bank) exactly(r Reader, text string, limit int) ([]*Purse, error) {
	if a, err := protocol.ParseAddress(text); err == nil {
		if a.Muxed && a.Account == b.charter.Deposit {
			return one(r.PurseByReference(a.ID))
		}
		return r.PursesOf(a.Account)
	}
	if n, err := strconv.ParseUint(text, 10, 63); err == nil {
		found, err := one(r.PurseByReference(n))
		if err != nil || len(found) > 0 {
			return found, err
		}
	}
	const shortest = 3 // bytes of an id: fewer say too little
	if begins, err := hex.DecodeString(text); err == nil && len(begins) >= shortest && len(begins) <= len(protocol.Hash{}) {
		return r.PursesFrom(begins, limit)
	}
	return nil, nil
}

func one(p *Purse, err error) ([]*Purse, error) {
	if errors.Is(err, ErrNoRecord) {
		return nil, nil
	}
	return []*Purse{p}, err
}

// byName finds purses with a word for each of these in their name, beginning so.
func byName(r Reader, text, after string, limit int) (list []*Purse, next string, err error) {
	words := strings.Fields(strings.ToLower(text))
	if len(words) == 0 {
		return nil, "", nil
	}
	rarest, err := rarestOf(r, words, limit)
	if err != nil {
		return nil, "", err
	}
	place := readPlace(after)
	for range nameRounds {
		page, last, err := r.PursesNamed(rarest, place, limit)
		if err != nil {
			return nil, "", err
		}
		for _, p := range page {
			twice := slices.ContainsFunc(list, func(x *Purse) bool { return x.Number == p.Number })
			if !twice && named(p, words) {
				list = append(list, p)
			}
		}
		if place = last; len(page) < limit {
			return list, "", nil
		}
		if len(list) >= limit {
			break
		}
	}
	return list, place.String(), nil
}

// rarestOf is a word that few names have, so that those with all the words are found among them: the first that does not
// fill a page, else the longest.
func rarestOf(r Reader, words []string, limit int) (string, error) {
	const most = 8
	for _, w := range words[:min(len(words), most)] {
		page, _, err := r.PursesNamed(w, NamePlace{}, limit)
		if err != nil || len(page) < limit {
			return w, err
		}
	}
	return slices.MaxFunc(words, func(a, b string) int { return len(a) - len(b) }), nil
}

func named(p *Purse, words []string) bool {
	name := strings.Fields(strings.ToLower(p.Name))
	for _, w := range words {
		if !slices.ContainsFunc(name, func(n string) bool { return strings.HasPrefix(n, w) }) {
			return false
		}
	}
	return true
}

// String writes a place for an address.
func (p NamePlace) String() string { return strconv.FormatInt(p.Purse, 10) + " " + p.Word }

func readPlace(text string) NamePlace {
	number, word, _ := strings.Cut(text, " ")
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return NamePlace{}
	}
	return NamePlace{Word: word, Purse: n}
}

// PurseOfKey finds the purse of a device: what a bill on a phone's screen names.
func (b *Bank) PurseOfKey(ctx context.Context, key protocol.Key) (v *PurseView, err error) {
	err = b.view(ctx, func(r Reader) error {
		p, err := r.PurseByKey(key)
		if err != nil {
			return unknown(err, CodeUnknownPurse, "purse")
		}
		v, err = b.show(r, p)
		return err
	})
	return v, err
}

// NewestPurses lists purses from the newest down.
func (b *Bank) NewestPurses(ctx context.Context, before int64, limit int) (list []PurseView, next int64, err error) {
	limit = bounded(limit)
	err = b.view(ctx, func(r Reader) error {
		page, err := r.PursesBefore(before, limit)
		if err != nil {
			return err
		}
		if len(page) == limit {
			next = page[limit-1].Number
		}
		list, err = b.showAll(r, page)
		return err
	})
	return list, next, err
}

// DormantView is a purse with money that has said nothing for long.
type DormantView struct {
	PurseView
	Heard uint64 `json:"heard"` // its newest Statement; zero: none ever
}

// Dormant lists purses with money that have said nothing since a time, longest silent first.
func (b *Bank) Dormant(ctx context.Context, since uint64, after string, limit int) (list []DormantView, next string, err error) {
	limit = bounded(limit)
	place := readPlace(after) // the word is a time
	heard, _ := strconv.ParseUint(place.Word, 10, 63)
	err = b.view(ctx, func(r Reader) error {
		page, err := r.PursesSilent(since, heard, place.Purse, limit)
		if err != nil {
			return err
		}
		for _, p := range page {
			v, err := b.show(r, p)
			if err != nil {
				return err
			}
			list = append(list, DormantView{*v, p.StatementTime})
		}
		if len(page) == limit {
			last := page[limit-1]
			next = NamePlace{Word: strconv.FormatUint(last.StatementTime, 10), Purse: last.Number}.String()
		}
		return nil
	})
	return list, next, err
}

// SheetView is a balance sheet that was issued.
type SheetView struct {
	Hash      protocol.Hash `json:"hash"`
	Available money.Amount  `json:"available"`
	Seq       uint64        `json:"seq"` // of the Statement that it stands on
	AsOf      uint64        `json:"as_of"`
	IssuedAt  uint64        `json:"issued_at"`
	ExpiresAt uint64        `json:"expires_at"`
	RedeemBy  uint64        `json:"redeem_by"`
	Over      bool          `json:"over"` // nothing on it can be redeemed any more
}

// onPurse runs f on a purse, in one view.
func (b *Bank) onPurse(ctx context.Context, id protocol.PurseID, f func(Reader, *Purse) error) error {
	return b.view(ctx, func(r Reader) error {
		p, err := r.Purse(id)
		if err != nil {
			return unknown(err, CodeUnknownPurse, "purse")
		}
		return f(r, p)
	})
}

// fromNewest reads a place in a list that goes from the newest down: zero is its beginning.
func fromNewest(before int64) int64 {
	if before <= 0 {
		return math.MaxInt64
	}
	return before
}

// SheetsOf lists a purse's sheets, newest first.
func (b *Bank) SheetsOf(ctx context.Context, id protocol.PurseID, before int64, limit int) (list []SheetView, next int64, err error) {
	limit = bounded(limit)
	err = b.onPurse(ctx, id, func(r Reader, p *Purse) error {
		notice, err := r.Notice()
		if err != nil {
			return err
		}
		page, err := r.SheetsOf(p.Number, fromNewest(before), limit)
		for _, s := range page {
			list = append(list, SheetView{
				Hash: s.Hash, Available: s.Sheet.Available, Seq: s.Sheet.Base.Seq, AsOf: s.Sheet.AsOf, IssuedAt: s.Sheet.IssuedAt,
				ExpiresAt: s.Sheet.ExpiresAt, RedeemBy: s.Sheet.RedeemBy, Over: notice.Moment(s.Sheet.RedeemBy) < b.now(),
			})
		}
		if len(page) == limit {
			next = page[limit-1].Number
		}
		return err
	})
	return list, next, err
}
