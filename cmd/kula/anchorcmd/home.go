// Package anchorcmd is `kula anchor …`: what the bank's operator types. It wires the rooms of the anchor
// together and holds no rules of its own.
package anchorcmd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"kula/cmd/kula/say"
)

// Home is the directory of one anchor:
//
//	charter.toml   the terms, as the bank writes them
//	charter.kula   the same, signed by the root key
//	keys.age       issuing, deposit, treasury and channel keys, sealed by the passphrase
//	root.age       the root key, sealed: move it off this machine, it is needed for new charters only
//	operator.token what the operator's API asks for
//	anchor.db      the books
type Home string

func (h Home) file(name string) string { return filepath.Join(string(h), name) }

// CharterFile is the terms as the bank writes them.
func (h Home) CharterFile() string { return h.file("charter.toml") }

// SignedCharter is the charter document.
func (h Home) SignedCharter() string { return h.file("charter.kula") }

// Vault holds the keys that the running anchor needs.
func (h Home) Vault() string { return h.file("keys.age") }

// Root holds the root key.
func (h Home) Root() string { return h.file("root.age") }

// Token opens the operator's API.
func (h Home) Token() string { return h.file("operator.token") }

// Database is the books.
func (h Home) Database() string { return h.file("anchor.db") }

// writeSecret writes a file that only its owner may read, whole or not at all.
func writeSecret(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".new-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) //nolint:errcheck // gone after the rename
	_, err = tmp.Write(data)
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

// readOwn reads a file of the anchor's home and says what to do when it is not there.
func readOwn(path string) ([]byte, error) {
	data, err := os.ReadFile(path) //nolint:gosec // below the operator's own --home
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &say.Problem{Exit: say.Failed, Code: "not_an_anchor", What: fmt.Sprintf("there is no %s in %s", filepath.Base(path), filepath.Dir(path)),
			Next: "make an anchor first: kula anchor init --help", Err: err}
	}
	return data, err
}
