package protocol

import "slices"

// Signatories are what it takes to judge the signatures on a document; each kind needs only its own.
type Signatories struct {
	Charter *Charter // for a Card, Sheet, Delivery, Receipt, Payout or Notice
	Quorum  *Quorum  // for an Entry: the purse's
	Payee   Key      // for an Ack: the bill's payee key
}

// Merge makes one envelope of two with the same body: it carries every signature of either that is
// genuine, and no other. Of two good signatures by one key it keeps the first envelope's. A document
// that needs a signature and has no genuine one is refused with CodeBadSignature.
func Merge[D Document](n Network, a, b D, who Signatories) (D, error) {
	var none D
	h := n.Hash(a)
	if n.Hash(b) != h {
		return none, refuse(CodeWrongReference, a.Type().String())
	}
	merged := Document(a)
	switch x := Document(a).(type) {
	case *Entry:
		merged = x.merge(Document(b).(*Entry), h, who.Quorum) //nolint:forcetypeassert,errcheck // equal hashes have equal types
	case *Enrolment:
		merged = x.merge(Document(b).(*Enrolment), h) //nolint:forcetypeassert,errcheck // equal hashes have equal types
	default:
		if !genuine(a, h, who) {
			merged = b
		}
	}
	if !genuine(merged, h, who) {
		return none, refuse(CodeBadSignature, a.Type().String())
	}
	return merged.(D), nil //nolint:forcetypeassert,errcheck // as above
}

// genuine reports whether a document has a signature, and no false one.
func genuine(d Document, h Hash, who Signatories) bool {
	switch x := d.(type) {
	case *Entry:
		return len(x.Signatures) > 0
	case *Enrolment:
		return len(x.AccountSignatures)+len(x.DeviceSignatures) > 0
	case *Memo, *FraudProof:
		return true
	case *Bill:
		return (&Claim{x.PayeeKey, h, x.Signature}).Verify()
	case *Ack:
		return (&Claim{who.Payee, h, x.Signature}).Verify()
	case *Charter:
		return (&Claim{Key(x.Anchor), h, x.Signature}).Verify()
	case Issued:
		if who.Charter == nil {
			return false
		}
		claim, err := who.Charter.Claim(h, x)
		return err == nil && claim.Verify()
	}
	return false
}

func (e *Entry) merge(other *Entry, h Hash, q *Quorum) *Entry {
	merged := *e
	merged.Signatures = mergeDevices(e.Signatures, other.Signatures, h, q)
	return &merged
}

func (e *Enrolment) merge(other *Enrolment, h Hash) *Enrolment {
	merged := *e
	merged.DeviceSignatures = mergeDevices(e.DeviceSignatures, other.DeviceSignatures, h, &e.Quorum)
	key := func(s AccountSignature) (Key, bool) { return s.Key, true }
	both := union(e.AccountSignatures, other.AccountSignatures, h, key, func(s AccountSignature) Signature { return s.Signature })
	slices.SortFunc(both, func(a, b AccountSignature) int { return compare32(a.Key, b.Key) })
	merged.AccountSignatures = both
	return &merged
}

func mergeDevices(a, b []DeviceSignature, h Hash, q *Quorum) []DeviceSignature {
	key := func(s DeviceSignature) (Key, bool) {
		if q == nil || int(s.Index) >= len(q.Signers) {
			return Key{}, false
		}
		return q.Signers[s.Index].Key, true
	}
	both := union(a, b, h, key, func(s DeviceSignature) Signature { return s.Signature })
	slices.SortFunc(both, func(a, b DeviceSignature) int { return int(a.Index) - int(b.Index) })
	return both
}

// union is every genuine signature of a and b, one for each key.
func union[S any](a, b []S, h Hash, key func(S) (Key, bool), signature func(S) Signature) (both []S) {
	seen := map[Key]bool{}
	for _, s := range slices.Concat(a, b) {
		k, ok := key(s)
		if ok && !seen[k] && len(both) < maxAccountSigners && (&Claim{k, h, signature(s)}).Verify() {
			seen[k] = true
			both = append(both, s)
		}
	}
	return both
}
