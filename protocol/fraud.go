package protocol

// VerifyFraud judges a FraudProof by the documents beside it in the bundle: the Enrolment of the purse,
// whose hash is the purse's id, and two genuine entries of its devices that contradict each other.
// The charter must have been verified.
func VerifyFraud(b *Bundle, charter *Charter, f *FraudProof) error {
	enrolment, err := b.accused(charter, f.Purse)
	if err != nil {
		return err
	}
	first, err := b.attributed(f.First, charter, f.Purse, enrolment)
	if err != nil {
		return err
	}
	second, err := b.attributed(f.Second, charter, f.Purse, enrolment)
	if err != nil {
		return err
	}
	return firstBroken(condition{Compatible(first, second, f.First, f.Second), CodeWrongReference, "fraudproof"})
}

// accused finds the Enrolment, signed by every device: nobody's key can be put into a purse by another.
func (b *Bundle) accused(charter *Charter, purse PurseID) (*Enrolment, error) {
	e, ok := Find[*Enrolment](b, Hash(purse))
	if !ok {
		return nil, refuse(CodeMissingDocument, "fraudproof.enrolment")
	}
	if e.Anchor != charter.Anchor {
		return nil, refuse(CodeWrongAnchor, "fraudproof.enrolment")
	}
	claims, err := e.DeviceClaims(Hash(purse))
	if err != nil {
		return nil, err
	}
	return e, judge(claims, "fraudproof.enrolment")
}

// attributed finds an entry whose signatures reach the threshold of the purse.
func (b *Bundle) attributed(h Hash, charter *Charter, purse PurseID, enrolment *Enrolment) (*Entry, error) {
	e, ok := Find[*Entry](b, h)
	if !ok {
		return nil, refuse(CodeMissingDocument, "fraudproof.entry")
	}
	if e.Sheet != Hash(purse) { // a Statement before the first sheet names the purse itself
		if err := b.checkSheetOf(e, charter, purse, enrolment); err != nil {
			return nil, err
		}
	}
	claims, err := e.Claims(h, &enrolment.Quorum)
	if err != nil {
		return nil, err
	}
	return e, judge(claims, "fraudproof.entry")
}

// checkSheetOf looks for the sheet an entry is written on: issued by the anchor for this very purse,
// with the signers it was enrolled with.
func (b *Bundle) checkSheetOf(e *Entry, charter *Charter, purse PurseID, enrolment *Enrolment) error {
	sheet, ok := Find[*Sheet](b, e.Sheet)
	if !ok {
		return refuse(CodeMissingDocument, "fraudproof.sheet")
	}
	if sheet.Purse != purse || sheet.Account != enrolment.Account || !sheet.Quorum.equal(&enrolment.Quorum) {
		return refuse(CodeWrongReference, "fraudproof.sheet")
	}
	return charter.VerifyIssued(b.Network, sheet)
}
