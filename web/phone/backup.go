package phone

import (
	"bytes"
	"encoding/binary"

	"kula/protocol"
	"kula/wallet"
)

// backupMagic opens a backup: the journal's records, each after its length (four bytes, big-endian). It holds no key,
// and is sealed by whoever keeps it.
const backupMagic = "KULA-RECORDS-1\n"

func (p *Phone) exportBackup(*args) (any, error) {
	if _, err := p.use(); err != nil {
		return nil, err
	}
	records, err := p.host.Records()
	if err != nil {
		return nil, hostFailed(err, CodeJournal, "journal", "the journal could not be read")
	}
	out := []byte(backupMagic)
	for _, r := range records {
		out = binary.BigEndian.AppendUint32(out, uint32(len(r))) //nolint:gosec // an event is bounded
		out = append(out, r...)
	}
	return Object{"bytes": out}, nil
}

// importBackup makes a backup's history this wallet's. The chains in it may have gone on after the backup was made,
// so every purse is retired in the same write: it can claim, and never pay.
func (p *Phone) importBackup(a *args) (any, error) {
	records, err := readBackup(a.bytes())
	if err == nil {
		err = a.err
	}
	if err != nil {
		return nil, err
	}
	if err := p.replace(records); err != nil {
		return nil, err
	}
	return p.home()
}

// replace puts records into an empty journal, all or none, and opens it.
func (p *Phone) replace(records [][]byte) error {
	if _, err := p.use(); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	defer p.journal.close()()
	held, err := p.host.Records()
	if err != nil {
		return hostFailed(err, CodeJournal, "journal", "the journal could not be read")
	}
	if len(held) > 0 {
		return fail(CodeNotEmpty, "journal", "this wallet has a history of its own: restore into a new one")
	}
	records = append(records, p.restored())
	if _, err := wallet.Open(wallet.Config{Network: p.network}, records); err != nil {
		return err
	}
	if err := p.host.Append(records...); err != nil {
		return hostFailed(err, CodeJournal, "journal", "the backup could not be written down")
	}
	p.behind = false
	return nil
}

// restored is the record that retires every purse of which the journal knows.
func (p *Phone) restored() []byte {
	return (&wallet.Event{Kind: wallet.Restored, At: p.now(), Docs: protocol.NewBundle(p.network)}).Encode()
}

// retire ends the purses of a journal that is older than it was, as importBackup does: they can claim, and never pay.
// After that the journal is written again.
func (p *Phone) retire(*args) (any, error) {
	if _, err := p.use(); err != nil {
		return nil, err
	}
	if err := p.retireAll(); err != nil {
		return nil, err
	}
	return p.home()
}

func (p *Phone) retireAll() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer p.journal.close()()
	if !p.behind {
		return nil // done already, or never needed: nobody's purse ends by a stray tap
	}
	if err := p.host.Append(p.restored()); err != nil {
		return hostFailed(err, CodeJournal, "journal", "it could not be written down, so it has not happened")
	}
	p.behind = false
	return nil
}

func readBackup(b []byte) (records [][]byte, err error) {
	rest, ok := bytes.CutPrefix(b, []byte(backupMagic))
	if !ok {
		return nil, fail(CodeBadArgument, "backup", "this is not a backup of a wallet")
	}
	for len(rest) > 0 {
		if len(rest) < 4 || uint64(len(rest)-4) < uint64(binary.BigEndian.Uint32(rest)) {
			return nil, fail(CodeBadArgument, "backup", "this backup is cut off")
		}
		end := 4 + int(binary.BigEndian.Uint32(rest))
		records, rest = append(records, rest[4:end]), rest[end:]
	}
	return records, nil
}
