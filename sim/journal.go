package sim

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"

	"kula/wallet"
)

// archive is one scratch file with the journals of all phones: records of thousands of phones for years
// would fill the memory, and are read again only to show that every wallet replays.
type archive struct {
	mu     sync.Mutex
	file   *os.File
	buffer *bufio.Writer
	size   int64

	flushed int64 // of that, what a reader finds in the file
}

func newArchive(path string) (*archive, error) {
	f, err := os.Create(path) //nolint:gosec // a scratch file of ours
	if err != nil {
		return nil, err
	}
	return &archive{file: f, buffer: bufio.NewWriterSize(f, 1<<20)}, nil
}

// flush has the file hold all that was written; what was flushed may be read by several goroutines.
func (a *archive) flush() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.buffer.Flush(); err != nil {
		return fmt.Errorf("sim: journal: %w", err)
	}
	a.flushed = a.size
	return nil
}

func (a *archive) close() error { return a.file.Close() }

// tape is one phone's journal: the places of its records in the archive.
type tape struct {
	archive *archive
	places  []int64
}

const lengthSize = 4

// Append is wallet.Journal's.
func (t *tape) Append(record []byte) error {
	t.archive.mu.Lock()
	defer t.archive.mu.Unlock()
	place, err := t.archive.append(record)
	if err == nil {
		t.places = append(t.places, place)
	}
	return err
}

func (a *archive) append(record []byte) (place int64, err error) {
	var length [lengthSize]byte
	binary.BigEndian.PutUint32(length[:], uint32(len(record))) //nolint:gosec // records are bounded
	if _, err := a.buffer.Write(length[:]); err != nil {
		return 0, fmt.Errorf("sim: journal: %w", err)
	}
	if _, err := a.buffer.Write(record); err != nil {
		return 0, fmt.Errorf("sim: journal: %w", err)
	}
	place = a.size
	a.size += lengthSize + int64(len(record))
	return place, nil
}

// read gives a record that was flushed.
func (a *archive) read(place int64) ([]byte, error) {
	var length [lengthSize]byte
	if _, err := a.file.ReadAt(length[:], place); err != nil {
		return nil, fmt.Errorf("sim: journal: %w", err)
	}
	record := make([]byte, binary.BigEndian.Uint32(length[:]))
	if _, err := a.file.ReadAt(record, place+lengthSize); err != nil {
		return nil, fmt.Errorf("sim: journal: %w", err)
	}
	return record, nil
}

// records reads the first n, which must have been flushed.
func (t *tape) records(n int) ([][]byte, error) {
	all := make([][]byte, 0, n)
	for _, place := range t.places[:n] {
		record, err := t.archive.read(place)
		if err != nil {
			return nil, err
		}
		all = append(all, record)
	}
	return all, nil
}

// backup is a copy of the first n records that leaves out the news: a new phone hears it anew.
func (t *tape) backup(n int) (*tape, error) {
	if err := t.archive.flush(); err != nil {
		return nil, err
	}
	records, err := t.records(n)
	kept := &tape{archive: t.archive}
	for i, r := range records {
		if wallet.EventKind(r[eventKind]) != wallet.NewsHeard {
			kept.places = append(kept.places, t.places[i])
		}
	}
	return kept, err
}

// eventKind is where a record names its kind.
const eventKind = 3

// Put is wallet.Shelf's. A write that fails makes the next Append fail, too.
func (a *archive) Put(record []byte) (place int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	place, _ = a.append(record)
	return place
}

// Get is wallet.Shelf's.
func (a *archive) Get(place int64) []byte {
	a.mu.Lock()
	there := place < a.flushed
	a.mu.Unlock()
	var err error
	if !there {
		err = a.flush()
	}
	record, fault := a.read(place)
	if err := errors.Join(err, fault); err != nil {
		panic(err) // this run has lost its scratch file
	}
	return record
}

// upTo is a copy of the tape's first n records, which goes on by itself: a backup, or a clone.
func (t *tape) upTo(n int) *tape { return &tape{t.archive, slices.Clone(t.places[:n])} }
