// Package sqlitetest has new stores for tests that need many. To make a schema takes far longer than most tests of a
// bank, so it is made once in a process, by sqlite.Open, and its file is copied. That an empty file becomes a store, and
// an old one a newer one, is for the tests of store/sqlite and of the commands.
package sqlitetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"kula/store/sqlite"
)

// Path returns where a new store of this test is. It is open nowhere yet.
func Path(t testing.TB) string {
	t.Helper()
	made, err := empty()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "anchor.db")
	if err := os.WriteFile(path, made, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

var empty = sync.OnceValues(func() (made []byte, err error) {
	dir, err := os.MkdirTemp("", "sqlitetest")
	if err != nil {
		return nil, fmt.Errorf("sqlitetest: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "anchor.db")
	store, err := sqlite.Open(context.Background(), path)
	if err != nil {
		return nil, err
	}
	if err := store.Close(); err != nil {
		return nil, err
	}
	if left, err := filepath.Glob(path + "-*"); err != nil || len(left) > 0 {
		return nil, errors.Join(fmt.Errorf("sqlitetest: the store was closed, and %q are left", left), err)
	}
	return os.ReadFile(path) //nolint:gosec // we made it
})
