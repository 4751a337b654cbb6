package sqlite

import (
	"database/sql"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestWhatOfficersAskRunsOnIndexes asks SQLite how it would answer each of their questions: none reads a whole
// table, and none sorts more than one page's worth.
func TestWhatOfficersAskRunsOnIndexes(t *testing.T) {
	asked := map[string]string{ // the question, and the index it must run on
		"PursesNamed": "purse_word USING PRIMARY KEY", "PursesFrom": "sqlite_autoindex_purse_1", "PursesSilent": "purse_heard",
		"SheetsOf": "sheet_purse", "EntriesBy": "entry_chain", "IncomeOf": "event USING PRIMARY KEY", "OpenTo": "entry_unpaid",
		"EntriesFrom": "entry_hash", "EntriesOnBill": "entry_bill", "EntriesWithMemo": "entry_memo", "OpenAfter": "entry_open ", "OpenSums": "entry_open",
		"Presentments": "USING COVERING INDEX entry_at", "LargeEntries": "entry_at", "LargeSlips": "teller_at", "LargeIncoming": "incoming_at",
		"LargePayouts": "payout_at", "LoadsOf": "incoming_purse", "IncomingPage": "incoming_state", "PayoutsPage": "payout_state",
		"PayoutsOfPurse": "payout_purse", "PayoutQueue": "payout_state", "SlipsBetween": "teller_",
	}
	sorted := map[string]bool{ // some hundred groups, one day's slips, one second's entries
		"Presentments": true, "PayoutQueue": true, "SlipsBetween": true, "LargeEntries": true,
	}
	path := filepath.Join(t.TempDir(), "plans")
	store, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for name, question := range questions(t) {
		index, ours := asked[name]
		if !ours {
			continue
		}
		delete(asked, name)
		plan := planOf(t, db, question)
		if !strings.Contains(plan, index) || strings.Contains(plan, "SCAN ") && name != "OpenSums" {
			t.Errorf("%s: %s", name, plan)
		}
		if strings.Contains(plan, "TEMP B-TREE") && !sorted[name] {
			t.Errorf("%s sorts: %s", name, plan)
		}
	}
	if len(asked) > 0 {
		t.Errorf("nobody asks %v", asked)
	}
}

// questions are the statements of queries.sql, as sqlc has them.
func questions(t *testing.T) map[string]string {
	raw, err := os.ReadFile("internal/queries/queries.sql.go")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, m := range regexp.MustCompile("(?s)-- name: (\\w+) :\\w+\n(.*?)`").FindAllStringSubmatch(string(raw), -1) {
		all[m[1]] = m[2]
	}
	return all
}

func planOf(t *testing.T, db *sql.DB, question string) string {
	holes := map[string]bool{}
	for _, h := range regexp.MustCompile(`\?\d*`).FindAllString(question, -1) {
		holes[h] = true
	}
	args := make([]any, len(holes))
	for i := range args {
		args[i] = 1
	}
	rows, err := db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+question, args...)
	if err != nil {
		t.Fatal(question, err)
	}
	defer func() { _ = rows.Close() }()
	var plan []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		plan = append(plan, detail)
	}
	return strings.Join(plan, "; ")
}
