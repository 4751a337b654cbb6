package sqlite

import (
	"fmt"
	"strconv"
	"strings"

	"kula/anchor"
	"kula/ledger"
	"kula/money"
	"kula/protocol"
	"kula/store/sqlite/internal/queries"
)

// Times and numbers of entries are unsigned in documents and signed in SQLite. The anchor refuses
// numbers of entries that do not fit; other values keep their bits.

func signed(u uint64) int64   { return int64(u) }  //nolint:gosec // keeps its bits
func unsigned(i int64) uint64 { return uint64(i) } //nolint:gosec // keeps its bits

// decode reads a stored document; null is none.
func decode[D protocol.Document](raw []byte, none D) (D, error) {
	if len(raw) == 0 {
		return none, nil
	}
	d, err := protocol.DecodeAs[D](raw)
	if err != nil {
		return none, fmt.Errorf("sqlite: a stored document cannot be read: %w", err)
	}
	return d, nil
}

// encode is null for a document that is not there.
func encode[D interface {
	comparable
	protocol.Document
}](d D) []byte {
	var none D
	if d == none {
		return nil
	}
	return protocol.Encode(d)
}

func hash(raw []byte) (h protocol.Hash) {
	copy(h[:], raw)
	return h
}

// assetText is "VUV:G…", or "native".
func assetText(a money.Asset) string {
	if a.Native() {
		return "native"
	}
	return a.CodeString() + ":" + protocol.AccountID(a.Issuer).String()
}

func parseAsset(text string) (money.Asset, error) {
	if text == "native" {
		return money.Asset{}, nil
	}
	code, issuer, _ := strings.Cut(text, ":")
	account, err := protocol.ParseAccount(issuer)
	if err != nil {
		return money.Asset{}, fmt.Errorf("sqlite: asset %q: %w", text, err)
	}
	return money.NewAsset(code, account)
}

func postingsText(postings []ledger.Posting) string {
	var b strings.Builder
	for i, p := range postings {
		if i > 0 {
			b.WriteByte(';')
		}
		b.WriteString(p.Account.String())
		b.WriteByte(' ')
		b.WriteString(strconv.FormatInt(int64(p.Amount), 10))
	}
	return b.String()
}

func parsePostings(text string) (postings []ledger.Posting, err error) {
	for part := range strings.SplitSeq(text, ";") {
		name, amount, _ := strings.Cut(part, " ")
		var p ledger.Posting
		if p.Account, err = ledger.ParseAccount(name); err != nil {
			return nil, err
		}
		n, err := strconv.ParseInt(amount, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("sqlite: posting %q: %w", part, err)
		}
		p.Amount = money.Amount(n)
		postings = append(postings, p)
	}
	return postings, nil
}

func purseOf(row *queries.Purse, err error) (*anchor.Purse, error) {
	if err != nil {
		return nil, wrap(err)
	}
	enrolment, err := decode[*protocol.Enrolment](row.Enrolment, nil)
	if err != nil {
		return nil, err
	}
	return &anchor.Purse{
		Number: row.Number, ID: protocol.PurseID(row.ID), Enrolment: enrolment, Name: row.Name, Tier: row.Tier,
		Reference: unsigned(row.Reference), EnrolledAt: unsigned(row.EnrolledAt),
		Frozen: row.Frozen, Contradicted: row.Contradicted, Revoked: row.Revoked, Successor: row.Successor,
		Loaded: money.Amount(row.Loaded), Income: money.Amount(row.Income), LateIncome: money.Amount(row.LateIncome),
		NewestIncome: unsigned(row.NewestIncome), Honoured: money.Amount(row.Honoured), Inherited: money.Amount(row.Inherited),
		Lapsed: money.Amount(row.Lapsed), Open: row.Open, CreditUsed: money.Amount(row.CreditUsed), GuaranteePaid: money.Amount(row.GuaranteePaid),
		CreditLost: money.Amount(row.CreditLost), GuaranteeLost: money.Amount(row.GuaranteeLost),
		Statement: hash(row.Statement), StatementTime: unsigned(row.StatementTime),
		Base: protocol.Base{Seq: unsigned(row.BaseSeq), Spent: money.Amount(row.BaseSpent)},
		AsOf: unsigned(row.AsOf), Waiting: row.Waiting, LapsedThrough: unsigned(row.LapsedThrough), RedeemBy: unsigned(row.RedeemBy),
	}, nil
}

func sheetOf(row *queries.Sheet, err error) (*anchor.SheetRecord, error) {
	if err != nil {
		return nil, wrap(err)
	}
	sheet, err := decode[*protocol.Sheet](row.Raw, nil)
	if err != nil {
		return nil, err
	}
	return &anchor.SheetRecord{Number: row.Number, Hash: hash(row.Hash), Purse: row.Purse, Statement: hash(row.Statement), Sheet: sheet}, nil
}

func entryOf(row *queries.Entry, err error) (*anchor.EntryRecord, error) {
	if err != nil {
		return nil, wrap(err)
	}
	r := &anchor.EntryRecord{
		Number: row.Number, Hash: hash(row.Hash), Purse: row.Purse, At: unsigned(row.At), Payee: row.Payee,
		Covered: row.Covered, Open: row.Open, Advanced: money.Amount(row.Advanced), Paid: money.Amount(row.Paid),
	}
	if r.Entry, err = decode[*protocol.Entry](row.Raw, nil); err != nil {
		return nil, err
	}
	if r.Bill, err = decode[*protocol.Bill](row.Bill, nil); err != nil {
		return nil, err
	}
	if r.Memo, err = decode[*protocol.Memo](row.Memo, nil); err != nil {
		return nil, err
	}
	r.Receipt, err = decode[*protocol.Receipt](row.Receipt, nil)
	return r, err
}

func payoutOf(row *queries.Payout, err error) (*anchor.PayoutRecord, error) {
	if err != nil {
		return nil, wrap(err)
	}
	p := &anchor.PayoutRecord{
		ID: row.ID, Purse: row.Purse, Entry: row.Entry, Receipt: hash(row.Receipt), From: anchor.Source(row.Source), //nolint:gosec // small
		Destination: row.Destination, Amount: money.Amount(row.Amount), Fee: money.Amount(row.Fee), Memo: row.Memo, Claimable: row.Claimable,
		State: anchor.PayoutState(row.State), Alone: row.Alone, Code: row.Code, Attempts: row.Attempts,
		Envelope: row.Envelope, Operation: row.Operation, Transaction: hash(row.Tx), QueuedAt: unsigned(row.QueuedAt),
	}
	if p.Asset, err = parseAsset(row.Asset); err != nil {
		return nil, err
	}
	p.Payout, err = decode[*protocol.Payout](row.Raw, nil)
	return p, err
}

// all converts rows one by one.
func all[R, T any](rows []*R, err error, one func(*R, error) (*T, error)) ([]*T, error) {
	if err != nil {
		return nil, wrap(err)
	}
	list := make([]*T, len(rows))
	for i, row := range rows {
		if list[i], err = one(row, nil); err != nil {
			return nil, err
		}
	}
	return list, nil
}
