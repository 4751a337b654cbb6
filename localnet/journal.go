package localnet

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
)

// The log starts with a line that names its format and network. Then come records, each one ledger:
//
//	length │ CRC-32C of the payload │ CRC-32C of these 8 bytes │ payload: a ledgerClose as JSON
//
// each of the first three in 4 bytes, big endian.
//
// A record counts when it is whole. What a crash left behind the last whole record was never
// answered to anybody and is cut off. A damaged record with more behind it is not a crash, and
// opening fails.
const (
	journalFormat = "kula localnet log 1"
	maxRecord     = 64 << 20
	frameSize     = 12
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// ErrLog says that a log cannot be continued: it is another network's, or it is damaged.
var ErrLog = errors.New("localnet: this log cannot be used")

type journal struct {
	file   *os.File
	size   int64 // end of the last whole record
	broken error // set when the file's end is no longer known to be whole
}

// openJournal opens or starts a log and gives each ledger in it to apply. It returns how many bytes
// of a torn last record it cut off.
func openJournal(path, passphrase string, apply func(ledgerClose) error) (_ *journal, torn int64, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, 0, fmt.Errorf("make the directory: %w", err)
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, 0, err
	}
	j := &journal{file: file}
	defer func() {
		if err != nil {
			err = errors.Join(err, file.Close())
		}
	}()
	if err := j.begin(path, fmt.Sprintf("%s %q\n", journalFormat, passphrase)); err != nil {
		return nil, 0, err
	}
	torn, err = j.replay(apply)
	return j, torn, err
}

// begin checks the first line, or writes it where there is none or only a part of it.
func (j *journal) begin(path, first string) error {
	if err := lock(j.file); err != nil {
		return fmt.Errorf("%w: another process has it open: %w", ErrLog, err)
	}
	have := make([]byte, len(first))
	n, err := io.ReadFull(j.file, have)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	if string(have[:n]) != first[:n] {
		return fmt.Errorf("%w: its first line is not %q", ErrLog, first)
	}
	j.size = int64(len(first))
	if n == len(first) {
		return nil
	}
	if _, err := j.file.WriteAt([]byte(first), 0); err != nil {
		return err
	}
	return errors.Join(j.file.Sync(), syncDir(filepath.Dir(path)))
}

func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func (j *journal) replay(apply func(ledgerClose) error) (torn int64, err error) {
	info, err := j.file.Stat()
	if err != nil {
		return 0, err
	}
	in := bufio.NewReader(io.NewSectionReader(j.file, j.size, info.Size()-j.size))
	for {
		payload, err := readRecord(in)
		if errors.Is(err, errTorn) {
			break
		}
		if err != nil {
			return 0, err
		}
		var next ledgerClose
		if err := json.Unmarshal(payload, &next); err != nil {
			return 0, fmt.Errorf("%w: record at byte %d: %w", ErrLog, j.size, err)
		}
		if err := apply(next); err != nil {
			return 0, fmt.Errorf("%w: record at byte %d: %w", ErrLog, j.size, err)
		}
		j.size += frameSize + int64(len(payload))
	}
	if torn = info.Size() - j.size; torn > 0 {
		err = errors.Join(j.file.Truncate(j.size), j.file.Sync())
	}
	return torn, err
}

// errTorn is a record that is not whole, or the end of the log.
var errTorn = errors.New("torn record")

// readRecord reads one record. A bad checksum is a torn write only at the very end: a file system
// may extend a file before it has written what belongs there.
func readRecord(in *bufio.Reader) ([]byte, error) {
	var frame [frameSize]byte
	if _, err := io.ReadFull(in, frame[:]); err != nil {
		return nil, tornAtEnd(err)
	}
	size, sum, own := binary.BigEndian.Uint32(frame[:4]), binary.BigEndian.Uint32(frame[4:8]), binary.BigEndian.Uint32(frame[8:])
	if size == 0 || size > maxRecord || crc32.Checksum(frame[:8], castagnoli) != own {
		return nil, damaged(in, "a record's head is wrong")
	}
	payload := make([]byte, size)
	if _, err := io.ReadFull(in, payload); err != nil {
		return nil, tornAtEnd(err)
	}
	if crc32.Checksum(payload, castagnoli) != sum {
		return nil, damaged(in, "a record's checksum is wrong")
	}
	return payload, nil
}

func tornAtEnd(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errTorn
	}
	return err
}

// damaged tells a torn end from damage: behind a torn end there is nothing, or only zeros.
func damaged(in *bufio.Reader, what string) error {
	for {
		b, err := in.ReadByte()
		if err != nil {
			return tornAtEnd(err)
		}
		if b != 0 {
			return fmt.Errorf("%w: %s, and more follows", ErrLog, what)
		}
	}
}

// append writes one ledger; it is on disk when append returns.
func (j *journal) append(next ledgerClose) error {
	if j.broken != nil {
		return j.broken
	}
	payload, err := json.Marshal(next)
	if err != nil {
		return err
	}
	record := make([]byte, frameSize, frameSize+len(payload))
	binary.BigEndian.PutUint32(record[:4], uint32(len(payload)))
	binary.BigEndian.PutUint32(record[4:8], crc32.Checksum(payload, castagnoli))
	binary.BigEndian.PutUint32(record[8:], crc32.Checksum(record[:8], castagnoli))
	record = append(record, payload...)
	if err := j.write(record); err != nil {
		return err
	}
	j.size += int64(len(record))
	return nil
}

// write puts a record at the end. If that fails, it takes back what may be there of it; if even that
// fails, or if it is not known what reached the disk, the log takes no more.
func (j *journal) write(record []byte) error {
	if _, err := j.file.WriteAt(record, j.size); err != nil {
		if undo := j.file.Truncate(j.size); undo != nil {
			j.broken = fmt.Errorf("%w: a record could not be taken back: %w", ErrLog, undo)
		}
		return errors.Join(err, j.broken)
	}
	if err := j.file.Sync(); err != nil {
		j.broken = fmt.Errorf("%w: it could not be synced: %w", ErrLog, err)
		return j.broken
	}
	return nil
}

func (j *journal) close() error {
	return errors.Join(j.file.Sync(), j.file.Close())
}
