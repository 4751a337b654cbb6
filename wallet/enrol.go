package wallet

import (
	"cmp"
	"encoding/binary"
	"slices"

	"kula/money"
	"kula/protocol"
)

// AccountSigner is one of the Stellar account's own signers. It signs an enrolment and is forgotten.
type AccountSigner struct {
	Key  protocol.Key
	Sign func(protocol.Hash) protocol.Signature
}

// EnrolParams say what purse to open.
type EnrolParams struct {
	Anchor  protocol.AccountID
	Account protocol.AccountID
	Asset   money.Asset
	Kind    protocol.Kind
	Signers []AccountSigner // as many as the account's medium threshold needs; more may sign later

	// For a purse of several devices: this one is the first signer and numbers the chain.
	Weight    uint32            // this device's; 0 means 1
	Others    []protocol.Signer // the other devices: keys from their NewKey
	Threshold uint32            // 0 means this device's weight
}

// NewKey makes a device key that no purse has used, for an enrolment that another device begins.
func (w *Wallet) NewKey(now uint64) (protocol.Key, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.newKey(now)
}

func (w *Wallet) newKey(now uint64) (protocol.Key, error) {
	n := len(w.state.keys)
	key, err := w.cfg.Keys.Public(uint32(n)) //nolint:gosec // a count of keys
	if err != nil {
		return protocol.Key{}, err
	}
	return key, w.record(&Event{Kind: KeyMade, At: now, Subject: protocol.Hash(key), Number: int64(n)})
}

// Enrol signs the Enrolment of a new purse. One that was begun with the same terms and has not been
// confirmed yet is continued: trying again opens no second purse.
func (w *Wallet) Enrol(now uint64, p EnrolParams) (*protocol.Enrolment, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	a, err := w.state.anchor(p.Anchor)
	if err != nil {
		return nil, err
	}
	if _, ok := a.Charter.Terms(p.Asset); !ok {
		return nil, refuse(protocol.CodeWrongAsset, "enrolment.asset")
	}
	enrolment := w.state.begun(p)
	if enrolment == nil {
		if enrolment, err = w.newEnrolment(now, p); err != nil {
			return nil, err
		}
	}
	return w.signEnrolment(now, enrolment, p.Signers)
}

// begun finds an enrolment by this device with these terms that waits for its anchor.
func (s *State) begun(p EnrolParams) *protocol.Enrolment {
	for _, held := range s.all() {
		e := held.Enrolment
		if held.Phase == PurseEnrolling && held.Index == 0 && len(e.Quorum.Signers) == 1+len(p.Others) &&
			e.Anchor == p.Anchor && e.Account == p.Account && e.Asset == p.Asset && e.Kind == p.Kind {
			return e
		}
	}
	return nil
}

func (w *Wallet) newEnrolment(now uint64, p EnrolParams) (*protocol.Enrolment, error) {
	key, err := w.freeKey(now)
	if err != nil {
		return nil, err
	}
	random, err := w.random()
	if err != nil {
		return nil, err
	}
	weight := max(p.Weight, 1)
	others := slices.Clone(p.Others)
	slices.SortFunc(others, func(a, b protocol.Signer) int { return slices.Compare(a.Key[:], b.Key[:]) })
	e := &protocol.Enrolment{
		Anchor: p.Anchor, Account: p.Account, Asset: p.Asset, Kind: p.Kind,
		Quorum: protocol.Quorum{
			Signers:   append([]protocol.Signer{{Key: key, Weight: weight}}, others...),
			Threshold: cmp.Or(p.Threshold, weight),
		},
		Start: money.Amount(binary.BigEndian.Uint64(random[:8]) % uint64(protocol.MaxStart)),
	}
	return e, e.Check()
}

// freeKey is the newest key if no purse uses it, so that a failed enrolment wastes none.
func (w *Wallet) freeKey(now uint64) (protocol.Key, error) {
	if n := len(w.state.keys); n > 0 {
		key := w.state.keys[n-1]
		public, err := w.cfg.Keys.Public(uint32(n - 1)) //nolint:gosec // a count of keys
		if err == nil && public == key && w.state.purseOf(key) == nil {
			return key, nil
		}
	}
	return w.newKey(now)
}

// SignEnrolment adds this device's signature, and those of account signers, to an Enrolment that another
// device or this one began. Of the signatures it brings, the genuine ones are kept.
func (w *Wallet) SignEnrolment(now uint64, e *protocol.Enrolment, signers []AccountSigner) (*protocol.Enrolment, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, err := w.state.anchor(e.Anchor); err != nil {
		return nil, err
	}
	return w.signEnrolment(now, e, signers)
}

func (w *Wallet) signEnrolment(now uint64, e *protocol.Enrolment, signers []AccountSigner) (*protocol.Enrolment, error) {
	if err := e.Check(); err != nil {
		return nil, err
	}
	h := w.cfg.Network.Hash(e)
	index := w.state.signerIndex(e)
	if index < 0 {
		return nil, refuse(CodeNotSigner, "enrolment.signers")
	}
	mine, err := w.mySignatures(e, h, uint32(index), signers) //nolint:gosec // an index
	if err != nil {
		return nil, err
	}
	signed, err := protocol.Merge(w.cfg.Network, mine, e, protocol.Signatories{})
	if held, ok := w.state.purses[protocol.PurseID(h)]; ok && err == nil {
		signed, err = protocol.Merge(w.cfg.Network, signed, held.Enrolment, protocol.Signatories{})
	}
	if err != nil {
		return nil, err
	}
	return signed, w.record(&Event{Kind: Enrolling, At: now, Purse: protocol.PurseID(h), Number: int64(index), Docs: w.bundle(signed)})
}

// mySignatures is the Enrolment with this device's signature and those of the account's signers at hand.
func (w *Wallet) mySignatures(e *protocol.Enrolment, h protocol.Hash, index uint32, signers []AccountSigner) (*protocol.Enrolment, error) {
	signature, err := w.cfg.Keys.Sign(e.Quorum.Signers[index].Key, h)
	if err != nil {
		return nil, err
	}
	mine := *e
	mine.DeviceSignatures = []protocol.DeviceSignature{{Index: index, Signature: signature}}
	mine.AccountSignatures = nil
	for _, s := range signers {
		mine.AccountSignatures = append(mine.AccountSignatures, protocol.AccountSignature{Key: s.Key, Signature: s.Sign(h)})
	}
	return &mine, nil
}

// signerIndex is the place of a key of ours among an enrolment's signers; −1 when there is none.
func (s *State) signerIndex(e *protocol.Enrolment) int {
	return slices.IndexFunc(e.Quorum.Signers, func(x protocol.Signer) bool { return slices.Contains(s.keys, x.Key) })
}
