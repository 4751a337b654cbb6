package anchor

import (
	"context"

	"kula/ledger"
	"kula/money"
	"kula/protocol"
)

// WriteOff gives up what the anchor advanced for a purse and will not get back. Only at the purse's end: it gets no
// more sheets, nobody can present anything on its last, and what was left in it has paid back what it could. What the
// guarantee paid is gone already, so that only the claim ends. What was lent was customers' money: the fees that the
// anchor earned make it good, and after them the guarantee.
//
// What was written off still counts against the account's caps, and excuses nobody a second time: whoever cost the bank
// money once does not get a fresh line for it.
func (b *Bank) WriteOff(ctx context.Context, purse protocol.PurseID) error {
	return b.update(ctx, "write-off", 1, func(s *session) error {
		p, err := s.purseByID(purse)
		if err != nil {
			return err
		}
		if err := s.settleUp(p); err != nil {
			return err
		}
		credit, guarantee := p.CreditUsed-p.CreditLost, p.GuaranteePaid-p.GuaranteeLost
		switch {
		case credit+guarantee == 0:
			return refuse(CodeBadRequest, "write_off")
		case p.Open > 0 || !p.Contradicted && !p.Revoked || !s.over(p.RedeemBy):
			return refuse(CodeNotItsEnd, "write_off")
		}
		fees, err := s.held(ledger.Fees, p.Enrolment.Asset)
		if err != nil {
			return err
		}
		fund, err := s.fund(p.Enrolment.Asset)
		if err != nil {
			return err
		}
		fromFees := min(credit, fees)
		if credit-fromFees > fund {
			return refuse(CodeNotCovered, "write_off")
		}
		reference := p.ID.String() + "/" + (p.CreditLost + p.GuaranteeLost).String()
		p.CreditLost, p.GuaranteeLost = p.CreditUsed, p.GuaranteePaid
		s.touch(p)
		return s.post(ledger.WrittenOff(s.header(p, reference), p.ID, ledger.Loss{Fees: fromFees, Guarantee: credit - fromFees, Claim: guarantee}))
	})
}

// held is what an account owes or keeps, what this job has booked by now included.
func (s *session) held(account ledger.Account, asset money.Asset) (money.Amount, error) {
	balance, err := s.tx.Balance(account, asset)
	for _, t := range s.postings {
		for _, p := range t.Postings {
			if p.Account == account && t.Asset == asset {
				balance += p.Amount
			}
		}
	}
	return -balance, err
}
