package anchorcmd

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"

	"kula/cmd/kula/say"
	"kula/protocol"

	"filippo.io/age"
)

// Vault is the keys that the running anchor needs, as Stellar seeds ("S…").
type Vault struct {
	Issuing  map[uint32]string `json:"issuing"` // by the key's ID in the charter
	Deposit  string            `json:"deposit"`
	Treasury string            `json:"treasury"`
	SignIn   string            `json:"sign_in"` // SEP-10 server key
	Channels []string          `json:"channels"`
	Token    []byte            `json:"token"` // signs sign-in tokens
}

// maxVault bounds what is unsealed.
const maxVault = 1 << 20

// defaultWork is how hard a passphrase is to guess by machine, as a power of two: age's own default.
const defaultWork = 18

// seal writes data to a file, readable only with the passphrase.
func seal(path, passphrase string, work int, data []byte) error {
	recipient, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return fmt.Errorf("seal: %w", err)
	}
	recipient.SetWorkFactor(work)
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, recipient)
	if err != nil {
		return fmt.Errorf("seal: %w", err)
	}
	if _, err = w.Write(data); err != nil {
		return fmt.Errorf("seal: %w", err)
	}
	if err = w.Close(); err != nil {
		return fmt.Errorf("seal: %w", err)
	}
	return writeSecret(path, sealed.Bytes())
}

func unseal(path, passphrase string) ([]byte, error) {
	sealed, err := readOwn(path)
	if err != nil {
		return nil, err
	}
	identity, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, fmt.Errorf("unseal: %w", err)
	}
	r, err := age.Decrypt(bytes.NewReader(sealed), identity)
	if err != nil {
		return nil, &say.Problem{Exit: say.Failed, Code: "wrong_passphrase", What: "the passphrase does not open " + path,
			Next: "look at the file given with --passphrase-file", Err: err}
	}
	return io.ReadAll(io.LimitReader(r, maxVault))
}

func (v *Vault) save(h Home, passphrase string, work int) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return seal(h.Vault(), passphrase, work, data)
}

func openVault(h Home, passphrase string) (*Vault, error) {
	data, err := unseal(h.Vault(), passphrase)
	if err != nil {
		return nil, err
	}
	v := new(Vault)
	if err := json.Unmarshal(data, v); err != nil {
		return nil, fmt.Errorf("the vault is damaged: %w", err)
	}
	return v, nil
}

// privateKey is the Ed25519 key of a Stellar seed.
func privateKey(seed string) (ed25519.PrivateKey, error) {
	raw, err := protocol.ParseSeed(seed)
	if err != nil {
		return nil, fmt.Errorf("not a Stellar seed: %w", err)
	}
	return ed25519.NewKeyFromSeed(raw[:]), nil
}

// newSeed makes a fresh key from the given source of randomness.
func newSeed(random io.Reader) (string, error) {
	var raw [32]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return "", err
	}
	return protocol.FormatSeed(raw), nil
}
