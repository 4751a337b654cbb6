package protocol

// Who signed what: from documents to claims that the rule for signatures can judge.

// Claims are the entry's signatures under a purse's quorum. It fails with CodeBelowThreshold unless
// their weights, each signer counted once, reach the threshold and the first signer is among them.
func (e *Entry) Claims(h Hash, q *Quorum) ([]Claim, error) {
	claims := make([]Claim, 0, len(e.Signatures)+1)
	weight := uint32(0)
	for i, s := range e.Signatures {
		if int(s.Index) >= len(q.Signers) || i > 0 && s.Index <= e.Signatures[i-1].Index {
			return nil, refuse(CodeWrongReference, "entry.signatures")
		}
		signer := q.Signers[s.Index]
		weight += signer.Weight
		claims = append(claims, Claim{signer.Key, h, s.Signature})
	}
	if weight < q.Threshold || len(claims) == 0 || e.Signatures[0].Index != 0 {
		return nil, refuse(CodeBelowThreshold, "entry.signatures")
	}
	return claims, nil
}

// DeviceClaims are the signatures of every device on an Enrolment: possession. All must be there.
func (e *Enrolment) DeviceClaims(h Hash) ([]Claim, error) {
	if len(e.DeviceSignatures) != len(e.Quorum.Signers) {
		return nil, refuse(CodeBelowThreshold, "enrolment.device_signatures")
	}
	claims := make([]Claim, 0, len(e.DeviceSignatures))
	for i, s := range e.DeviceSignatures {
		if int(s.Index) != i {
			return nil, refuse(CodeWrongReference, "enrolment.device_signatures")
		}
		claims = append(claims, Claim{e.Quorum.Signers[i].Key, h, s.Signature})
	}
	return claims, nil
}

// Issued is a document signed by an anchor's issuing key.
type Issued interface {
	Document
	issued() (anchor AccountID, at uint64, seal *IssuerSignature)
}

func (d *Card) issued() (AccountID, uint64, *IssuerSignature) {
	return d.Anchor, d.NotBefore, &d.Signature
}
func (s *Sheet) issued() (AccountID, uint64, *IssuerSignature) {
	return s.Anchor, s.IssuedAt, &s.Signature
}
func (d *Delivery) issued() (AccountID, uint64, *IssuerSignature) {
	return d.Anchor, d.At, &d.Signature
}
func (r *Receipt) issued() (AccountID, uint64, *IssuerSignature) { return r.Anchor, r.At, &r.Signature }
func (p *Payout) issued() (AccountID, uint64, *IssuerSignature)  { return p.Anchor, p.At, &p.Signature }
func (n *Notice) issued() (AccountID, uint64, *IssuerSignature) {
	return n.Anchor, n.Time, &n.Signature
}

// Seal sets the anchor's signature on a document it issues, and returns the document's hash, which the signature is no part of.
func Seal(n Network, d Issued, keyID uint32, sign func(Hash) Signature) Hash {
	_, _, seal := d.issued()
	h := n.Hash(d)
	*seal = IssuerSignature{Key: keyID, Signature: sign(h)}
	return h
}

// Claim is the anchor's signature on a document it issued, after finding the key in the charter and
// valid at the time the document gives.
func (d *Charter) Claim(h Hash, doc Issued) (Claim, error) {
	where := doc.Type().String()
	anchor, at, seal := doc.issued()
	if anchor != d.Anchor {
		return Claim{}, refuse(CodeWrongAnchor, where)
	}
	for _, k := range d.Keys {
		if k.ID != seal.Key {
			continue
		}
		if at < k.NotBefore || at > k.NotAfter || k.RevokedAt != 0 && at >= k.RevokedAt {
			return Claim{}, refuse(CodeUnknownKey, where)
		}
		return Claim{k.Key, h, seal.Signature}, nil
	}
	return Claim{}, refuse(CodeUnknownKey, where)
}

// VerifyIssued is Claim, judged: the document is this anchor's word.
func (d *Charter) VerifyIssued(n Network, doc Issued) error {
	claim, err := d.Claim(n.Hash(doc), doc)
	if err != nil {
		return err
	}
	if !claim.Verify() {
		return refuse(CodeBadSignature, doc.Type().String())
	}
	return nil
}

// VerifyCharter judges a charter by the anchor's root key, which is its account id. Whether to trust
// that anchor is for its holder to say.
func VerifyCharter(n Network, d *Charter) error {
	if d.Network != n.ID {
		return refuse(CodeWrongNetwork, "charter.network")
	}
	if err := d.Check(); err != nil {
		return err
	}
	if err := judge([]Claim{{Key(d.Anchor), n.Hash(d), d.Signature}}, "charter"); err != nil {
		return err
	}
	keys := append([]Key{}, d.Witnesses...)
	if d.LogKey != (Key{}) {
		keys = append(keys, d.LogKey)
	}
	for _, k := range d.Keys {
		keys = append(keys, k.Key)
	}
	for _, k := range keys {
		if CheckKey(k) != nil {
			return refuse(CodeBadKey, "charter.keys")
		}
	}
	return nil
}

// judge refuses with CodeBadKey if any key may not sign, else with CodeBadSignature if any signature is
// false. It does not look for which: a forgery costs no more than what is genuine.
func judge(claims []Claim, where string) error {
	left, bad := sift(claims)
	if len(bad) > 0 {
		return refuse(CodeBadKey, where)
	}
	if !allGenuine(claims, left) {
		return refuse(CodeBadSignature, where)
	}
	memory.Load().learnAll(claims, left, nil)
	return nil
}
