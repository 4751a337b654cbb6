package walletfile

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"kula/protocol"
	"kula/wallet"
)

// backupMagic opens a backup, inside its encryption; the journal follows.
const backupMagic = "KULABAK1"

// Export writes a backup sealed by a passphrase: everything that happened, and no key. A restored wallet
// can show what it holds and claim, and cannot continue the chains of this one.
func (w *Wallet) Export(to io.Writer, passphrase string, workFactor int) error {
	data, err := os.ReadFile(filepath.Join(w.Dir, journalName)) //nolint:gosec // the wallet's own file
	if err != nil {
		return err
	}
	return seal(to, passphrase, workFactor, append([]byte(backupMagic), data...))
}

// Restore makes a wallet from a backup. It gets a device secret of its own, and every purse it finds is
// retired: the chain may have gone on after the backup, so it must not be continued. The person enrols a
// new purse and asks the bank to revoke the old.
func Restore(dir string, from io.Reader, backupPassphrase string, now uint64, o Options) (*Wallet, error) {
	plain, err := unseal(from, backupPassphrase)
	if err != nil {
		return nil, err
	}
	if len(plain) < len(backupMagic) || string(plain[:len(backupMagic)]) != backupMagic {
		return nil, fmt.Errorf("this is not a backup of a wallet: %w", ErrCorrupt)
	}
	data := plain[len(backupMagic):]
	_, good, err := readRecords(o.Network, data)
	if err != nil {
		return nil, err
	}
	retire := wallet.Event{Kind: wallet.Restored, At: now, Docs: protocol.NewBundle(o.Network)}
	return create(dir, o, append(data[:good:good], frame(retire.Encode())...))
}
