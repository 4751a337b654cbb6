package walletfile

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"filippo.io/age"

	"kula/protocol"
)

var (
	// ErrPassphrase says that the passphrase does not open the sealed file.
	ErrPassphrase = errors.New("the passphrase is wrong, or the file is damaged")
	// ErrNotOurs says that a key belongs to another device, as after a restore.
	ErrNotOurs = errors.New("this key belongs to a device that is gone")
)

const seedSize = 32

// keys is a wallet.Keys: every key of the device is derived from one sealed seed, which is opened when the
// first signature is wanted.
type keys struct {
	mu     sync.Mutex
	sealed []byte
	opts   *Options
	seed   []byte
	known  map[protocol.Key]ed25519.PrivateKey
	next   uint32
}

// newKeys makes a device's secret and writes it, sealed.
func newKeys(dir string, o *Options) error {
	seed := make([]byte, seedSize)
	if _, err := rand.Read(seed); err != nil {
		return err
	}
	passphrase, err := o.Passphrase()
	if err != nil {
		return err
	}
	var sealed bytes.Buffer
	if err := seal(&sealed, passphrase, o.WorkFactor, seed); err != nil {
		return err
	}
	return writeFile(dir, keysName, sealed.Bytes())
}

func openKeys(dir string, o *Options) (*keys, error) {
	sealed, err := os.ReadFile(filepath.Join(dir, keysName)) //nolint:gosec // the wallet's own file
	return &keys{sealed: sealed, opts: o, known: map[protocol.Key]ed25519.PrivateKey{}}, err
}

func (k *keys) unlock() error {
	if k.seed != nil {
		return nil
	}
	passphrase, err := k.opts.Passphrase()
	if err != nil {
		return err
	}
	seed, err := unseal(bytes.NewReader(k.sealed), passphrase)
	if err != nil {
		return err
	}
	if len(seed) != seedSize {
		return fmt.Errorf("%s: %w", keysName, ErrPassphrase)
	}
	k.seed = seed
	return nil
}

// derive makes the n-th key: HKDF-SHA256 over the seed.
func (k *keys) derive(n uint32) (ed25519.PrivateKey, error) {
	info := string(binary.BigEndian.AppendUint32([]byte("kula/1 device key "), n))
	secret, err := hkdf.Key(sha256.New, k.seed, nil, info, ed25519.SeedSize)
	if err != nil {
		return nil, err
	}
	return ed25519.NewKeyFromSeed(secret), nil
}

// Public is the n-th key of this device.
func (k *keys) Public(n uint32) (protocol.Key, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.unlock(); err != nil {
		return protocol.Key{}, err
	}
	private, err := k.derive(n)
	if err != nil {
		return protocol.Key{}, err
	}
	public := protocol.PublicKey(private)
	k.known[public] = private
	return public, nil
}

// searched is how many keys a device is looked through for; a wallet has one for each purse.
const searched = 1024

// Sign signs with the key whose public part is given.
func (k *keys) Sign(public protocol.Key, h protocol.Hash) (protocol.Signature, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.unlock(); err != nil {
		return protocol.Signature{}, err
	}
	for k.known[public] == nil && k.next < searched {
		private, err := k.derive(k.next)
		if err != nil {
			return protocol.Signature{}, err
		}
		k.known[protocol.PublicKey(private)] = private
		k.next++
	}
	private, ok := k.known[public]
	if !ok {
		return protocol.Signature{}, ErrNotOurs
	}
	return protocol.Sign(private, h), nil
}

// seal encrypts to a passphrase. A work factor of 0 is age's own (2¹⁸: about a second).
func seal(w io.Writer, passphrase string, workFactor int, plain []byte) error {
	r, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return err
	}
	if workFactor != 0 {
		r.SetWorkFactor(workFactor)
	}
	enc, err := age.Encrypt(w, r)
	if err != nil {
		return err
	}
	if _, err := enc.Write(plain); err != nil {
		return err
	}
	return enc.Close()
}

func unseal(r io.Reader, passphrase string) ([]byte, error) {
	id, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, err
	}
	dec, err := age.Decrypt(r, id)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPassphrase, err)
	}
	plain, err := io.ReadAll(dec)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPassphrase, err)
	}
	return plain, nil
}
