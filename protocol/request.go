package protocol

// VerifyRequest is what a payer checks before it signs: the bill is genuine, in date and within the
// anchor's terms, and the card says who is paid. Whether the payer may pay it is its own sheet's to say.
func (v *Verifier) VerifyRequest(bill *Bill, card *Card) error {
	if err := checkEach(bill, card); err != nil {
		return err
	}
	charter, ok := v.Charter(bill.Anchor)
	if !ok {
		return refuse(CodeUnknownAnchor, "bill.anchor")
	}
	notice := v.Notice(bill.Anchor)
	terms, known := charter.Terms(bill.Asset)
	if !known {
		return refuse(CodeWrongAsset, "bill.asset")
	}
	cardHash := v.Network.Hash(card)
	err := firstBroken(
		condition{card.Anchor != bill.Anchor || card.Account != bill.Payee || !hasKey(card.Keys, bill.PayeeKey), CodeWrongPayee, "card"},
		condition{!bill.Amount.MultipleOf(terms.Step), CodeBelowStep, "bill.amount"},
		condition{bill.life() > charter.longest(bill), CodeBadTime, "bill.validity"},
		condition{v.Now > notice.Moment(bill.ExpiresAt), CodeExpired, "bill"},
	)
	if err == nil {
		err = v.cardStands(card, cardHash, bill.PayeeKey)
	}
	if err != nil {
		return err
	}
	issued, err := charter.Claim(cardHash, card)
	if err != nil {
		return err
	}
	return judge([]Claim{issued, {bill.PayeeKey, v.Network.Hash(bill), bill.Signature}}, "request")
}

// cardStands looks whether a card is in date, and neither it nor the key it is shown for revoked.
func (v *Verifier) cardStands(card *Card, h Hash, key Key) error {
	notice := v.Notice(card.Anchor)
	return firstBroken(
		condition{v.Now < card.NotBefore, CodeNotYetValid, "card"},
		condition{v.Now > notice.Moment(card.NotAfter), CodeExpired, "card"},
		condition{notice.revoked(h, key), CodeRevoked, "card"},
	)
}

// PayerCard finds, in what came with a payment that was found good, the card by which its anchor names the payer;
// nil when there is none. It must be of the very account and first device that the sheet names, and stand now. Of
// several the newest is looked at, so that one signature is judged, however many came; if that is false there is
// none. A card that is no good does no harm to the payment: it is as if it had not come.
func (v *Verifier) PayerCard(b *Bundle, sheet *Sheet) *Card {
	charter, ok := v.Charter(sheet.Anchor)
	if !ok || len(sheet.Quorum.Signers) == 0 {
		return nil
	}
	var newest *Card
	key := sheet.Quorum.Signers[0].Key
	b.Each(func(h Hash, d Document) {
		c, ok := d.(*Card)
		if ok && c.Anchor == sheet.Anchor && c.Account == sheet.Account && hasKey(c.Keys, key) && c.Check() == nil &&
			v.cardStands(c, h, key) == nil && (newest == nil || c.NotBefore > newest.NotBefore) {
			newest = c
		}
	})
	if newest == nil || charter.VerifyIssued(v.Network, newest) != nil {
		return nil
	}
	return newest
}

// VerifySheet is what a payee checks of a sheet that a payer shows before there is a bill.
func (v *Verifier) VerifySheet(s *Sheet) error {
	if err := s.Check(); err != nil {
		return err
	}
	charter, err := v.checkSheet(s, v.Now)
	if err != nil {
		return err
	}
	return charter.VerifyIssued(v.Network, s)
}

func (b *Bill) life() uint64 { return b.ExpiresAt - b.IssuedAt }

// longest is how long a bill may live under the charter. Only the payer asks: a bill made before the
// charter changed is still good money.
func (d *Charter) longest(b *Bill) uint64 {
	if b.Standing {
		return MaxStanding
	}
	return d.Lifetimes.Bill
}
