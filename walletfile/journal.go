package walletfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"

	"kula/protocol"
	"kula/wallet"
)

var (
	// ErrCorrupt says that the journal is damaged in a way no crash explains. Nothing was changed.
	ErrCorrupt = errors.New("the wallet's journal is damaged: keep the directory as it is and restore from a backup")
	// ErrBroken says that an earlier write failed and it is not known how much of it is on the disk.
	ErrBroken = errors.New("writing to the wallet failed: close it and open it again")
	// ErrNetwork says that the wallet is for another Stellar network.
	ErrNetwork = errors.New("this wallet belongs to another network")
)

// The header of a journal: its format, then the network's id.
const (
	journalMagic  = "KULAWLT1"
	journalHeader = len(journalMagic) + 32
	frameHeader   = 8
	maxRecord     = 8 << 20
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(length, payload []byte) uint32 {
	return crc32.Update(crc32.Checksum(length, castagnoli), castagnoli, payload)
}

// frame wraps a record: length ‖ CRC-32C over length and payload ‖ payload.
func frame(payload []byte) []byte {
	b := binary.BigEndian.AppendUint32(make([]byte, 0, frameHeader+len(payload)), uint32(len(payload))) //nolint:gosec // at most maxRecord
	b = binary.BigEndian.AppendUint32(b, checksum(b, payload))
	return append(b, payload...)
}

// unframe reads the record at the start of b; ok is false when there is no whole, undamaged one.
func unframe(b []byte) (payload []byte, ok bool) {
	if len(b) < frameHeader {
		return nil, false
	}
	n := binary.BigEndian.Uint32(b)
	if n > maxRecord || int(n) > len(b)-frameHeader {
		return nil, false
	}
	payload = b[frameHeader : frameHeader+int(n)]
	return payload, checksum(b[:4], payload) == binary.BigEndian.Uint32(b[4:])
}

// Torn says that the journal's end was cut off because a crash had left it half written.
type Torn struct {
	Bytes int    // how many
	Saved string // the file that keeps them
}

func (t *Torn) String() string {
	return fmt.Sprintf("the last %d bytes of the journal were half written by a crash and never acted upon; they are kept in %s", t.Bytes, t.Saved)
}

// journal is the open file. It is a wallet.Journal.
type journal struct {
	file   *os.File
	size   int64 // everything before is durable
	broken bool
	hit    func(string) error
}

func header(n protocol.Network) []byte { return append([]byte(journalMagic), n.ID[:]...) }

// Failpoints, in order: of making a wallet, and of Append. What is "written" has left the process but is
// not yet durable.
const (
	FailKeys    = "create.keys"
	FailJournal = "create.journal"
	FailCreated = "create.done"

	FailBefore  = "journal.before"
	FailHalf    = "journal.half"
	FailWritten = "journal.written"
	FailSynced  = "journal.synced"
)

// Append writes a record and waits until the disk has it. When writing fails, what was written is taken
// back; when that, or the waiting, fails, nobody knows what the disk holds, and the journal takes nothing
// more until it is opened anew. Either way the event has not happened for the caller.
func (j *journal) Append(payload []byte) error {
	if j.broken {
		return ErrBroken
	}
	if len(payload) > maxRecord {
		return fmt.Errorf("an event of %d bytes is too large for the journal", len(payload))
	}
	b := frame(payload)
	if err := j.write(b); err != nil {
		return fmt.Errorf("write to the wallet: %w", errors.Join(err, j.undo()))
	}
	if err := errors.Join(j.file.Sync(), j.hit(FailSynced)); err != nil {
		j.broken = true
		return fmt.Errorf("%w: %w", ErrBroken, err)
	}
	j.size += int64(len(b))
	return nil
}

func (j *journal) write(b []byte) error {
	if err := j.hit(FailBefore); err != nil {
		return err
	}
	half := len(b) / 2
	if _, err := j.file.WriteAt(b[:half], j.size); err != nil {
		return err
	}
	if err := j.hit(FailHalf); err != nil {
		return err
	}
	if _, err := j.file.WriteAt(b[half:], j.size+int64(half)); err != nil {
		return err
	}
	return j.hit(FailWritten)
}

// undo takes back what was not yet durable.
func (j *journal) undo() error {
	err := j.file.Truncate(j.size)
	if err == nil {
		err = j.file.Sync()
	}
	j.broken = err != nil
	return err
}

// openJournal reads all records and cuts off a torn end.
func openJournal(dir string, n protocol.Network, hit func(string) error) (*journal, [][]byte, *Torn, error) {
	path := filepath.Join(dir, journalName)
	data, err := os.ReadFile(path) //nolint:gosec // the wallet's own file
	if err != nil {
		return nil, nil, nil, err
	}
	records, good, err := readRecords(n, data)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	file, err := os.OpenFile(path, os.O_RDWR, fileMode) //nolint:gosec // the wallet's own file
	if err != nil {
		return nil, nil, nil, err
	}
	j := &journal{file: file, size: int64(good), hit: hit}
	if good == len(data) {
		return j, records, nil, nil
	}
	torn, err := j.cut(dir, data[good:])
	if err != nil {
		return nil, nil, nil, errors.Join(err, file.Close())
	}
	return j, records, torn, nil
}

// cut keeps a torn end beside the journal and takes it off.
func (j *journal) cut(dir string, tail []byte) (*Torn, error) {
	name := fmt.Sprintf("%s.torn-%d", journalName, j.size)
	if err := writeFile(dir, name, tail); err != nil {
		return nil, err
	}
	return &Torn{Bytes: len(tail), Saved: filepath.Join(dir, name)}, j.undo()
}

// readRecords splits a journal into its records and says how many bytes of it are good.
func readRecords(n protocol.Network, data []byte) (records [][]byte, good int, err error) {
	if len(data) < journalHeader || string(data[:len(journalMagic)]) != journalMagic {
		return nil, 0, fmt.Errorf("%w (header)", ErrCorrupt)
	}
	if string(data[:journalHeader]) != string(header(n)) {
		return nil, 0, ErrNetwork
	}
	for good = journalHeader; good < len(data); {
		payload, ok := unframe(data[good:])
		if !ok {
			break
		}
		records = append(records, payload)
		good += frameHeader + len(payload)
	}
	if at := nextRecord(n, data[good:]); at >= 0 {
		return nil, 0, fmt.Errorf("%w (byte %d, while byte %d begins a good record)", ErrCorrupt, good, good+at)
	}
	return records, good, nil
}

// nextRecord looks for a whole record after a damaged one: a crash damages only the last. It must hold an
// event, so that nobody can make a document whose bytes, cut in the wrong place, look like a record.
func nextRecord(n protocol.Network, tail []byte) int {
	for at := 1; at+frameHeader < len(tail); at++ {
		payload, ok := unframe(tail[at:])
		if !ok {
			continue
		}
		if _, err := wallet.DecodeEvent(n, payload); err == nil {
			return at
		}
	}
	return -1
}
