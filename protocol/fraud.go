package protocol

import "slices"

// NewFraudProof names two entries of a purse that contradict each other.
func NewFraudProof(n Network, purse PurseID, a, b *Entry) *FraudProof {
	pair := []Hash{n.Hash(a), n.Hash(b)}
	slices.SortFunc(pair, compare32[Hash])
	return &FraudProof{Purse: purse, First: pair[0], Second: pair[1]}
}

// VerifyFraud judges a FraudProof by the documents beside it in the bundle: two genuine entries of one
// purse that contradict each other, the sheets they are written on, and the Enrolment, whose hash is the
// purse's id. Without the Enrolment it is not complete: then the anchor's word on its sheets says whose
// the keys are, which is enough to refuse the purse's money and not enough for a court that doubts the
// anchor. The charter must have been verified.
func VerifyFraud(b *Bundle, charter *Charter, f *FraudProof) (complete bool, err error) {
	enrolment, complete := Find[*Enrolment](b, Hash(f.Purse))
	if complete {
		if err := checkAccused(enrolment, charter, f.Purse); err != nil {
			return false, err
		}
	}
	first, err := b.attributed(f.First, charter, f.Purse, enrolment)
	if err != nil {
		return false, err
	}
	second, err := b.attributed(f.Second, charter, f.Purse, enrolment)
	if err != nil {
		return false, err
	}
	return complete, firstBroken(condition{Compatible(first, second, f.First, f.Second), CodeWrongReference, "fraudproof"})
}

// checkAccused holds an Enrolment to the signatures of its devices: nobody's key can be put into a purse by another.
func checkAccused(e *Enrolment, charter *Charter, purse PurseID) error {
	if e.Anchor != charter.Anchor {
		return refuse(CodeWrongAnchor, "fraudproof.enrolment")
	}
	claims, err := e.DeviceClaims(Hash(purse))
	if err != nil {
		return err
	}
	return judge(claims, "fraudproof.enrolment")
}

// attributed finds an entry whose signatures reach the threshold of the purse.
func (b *Bundle) attributed(h Hash, charter *Charter, purse PurseID, enrolment *Enrolment) (*Entry, error) {
	e, ok := Find[*Entry](b, h)
	if !ok {
		return nil, refuse(CodeMissingDocument, "fraudproof.entry")
	}
	quorum, err := b.quorumOf(e, charter, purse, enrolment)
	if err != nil {
		return nil, err
	}
	claims, err := e.Claims(h, quorum)
	if err != nil {
		return nil, err
	}
	return e, judge(claims, "fraudproof.entry")
}

// quorumOf finds who may sign an entry: the sheet it is written on says so, issued by the anchor for this
// very purse with the signers it was enrolled with; before the first sheet, the Enrolment.
func (b *Bundle) quorumOf(e *Entry, charter *Charter, purse PurseID, enrolment *Enrolment) (*Quorum, error) {
	if e.Sheet == Hash(purse) {
		if enrolment == nil {
			return nil, refuse(CodeMissingDocument, "fraudproof.enrolment")
		}
		return &enrolment.Quorum, nil
	}
	sheet, ok := Find[*Sheet](b, e.Sheet)
	if !ok {
		return nil, refuse(CodeMissingDocument, "fraudproof.sheet")
	}
	if sheet.Purse != purse || enrolment != nil && (sheet.Account != enrolment.Account || !sheet.Quorum.equal(&enrolment.Quorum)) {
		return nil, refuse(CodeWrongReference, "fraudproof.sheet")
	}
	return &sheet.Quorum, charter.VerifyIssued(b.Network, sheet)
}
