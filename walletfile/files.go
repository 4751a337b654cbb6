package walletfile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// Names and modes of a wallet's files.
const (
	journalName = "journal"
	keysName    = "keys.age"
	lockName    = "lock"

	dirMode  = 0o700
	fileMode = 0o600
)

// ErrInUse says that another process has the wallet open.
var ErrInUse = errors.New("another Kula is using this wallet: close it first")

// lock takes the wallet for this process until the file is closed.
func lock(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, fileMode) //nolint:gosec // the wallet's own file
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) //nolint:gosec // a file descriptor
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = ErrInUse
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", dir, err), f.Close())
	}
	return f, nil
}

// makeDir makes the wallet's directory, or takes an empty one for it alone. One with something in it keeps
// its mode: it may be shared on purpose, and the files in it are the wallet's own all the same.
func makeDir(dir string) error {
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return err
	}
	if there, err := os.ReadDir(dir); err != nil || len(there) > 0 {
		return err
	}
	if err := os.Chmod(dir, dirMode); err != nil { //nolint:gosec // a directory is entered, not only read
		return err
	}
	return syncDir(filepath.Dir(dir))
}

// writeFile writes a whole file so that after a crash there is either all of it or none.
func writeFile(dir, name string, data []byte) error {
	path := filepath.Join(dir, name)
	f, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fileMode) //nolint:gosec // the wallet's own file
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	return syncDir(dir)
}

// syncDir makes a renamed or new name durable.
func syncDir(dir string) error {
	d, err := os.Open(dir) //nolint:gosec // the wallet's own directory
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
