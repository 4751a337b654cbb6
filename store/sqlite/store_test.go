package sqlite_test

import (
	"os"
	"path/filepath"
	"testing"

	"kula/anchor"
	"kula/store/sqlite"
	"kula/store/storetest"
)

func open(t *testing.T, path string) anchor.Store {
	s, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestConformance(t *testing.T) { storetest.Run(t, open) }

func TestTheFileIsItsOwnersOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b?c", "store")
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = open(t, path).Close() }()
	s := open(t, path)
	defer func() { _ = s.Close() }()
	for _, name := range []string{path, path + "-wal"} {
		info, err := os.Stat(name)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Fatal(name, info, err)
		}
	}
}
