package wallet

import (
	"slices"

	"kula/protocol"
)

// known is somebody as one bank knows them. What one bank calls an account says nothing about it at another.
type known struct {
	anchor  protocol.AccountID
	account protocol.AccountID
}

// learn remembers a card that was found genuine, as the newest of whom it is for.
func (s *State) learn(c *protocol.Card, anchor, account protocol.AccountID) {
	if c == nil || c.Anchor != anchor || c.Account != account {
		return
	}
	k := known{anchor, account}
	if held := s.cards[k]; held == nil || c.NotBefore >= held.NotBefore {
		s.cards[k] = c
	}
}

// payer says who made a payment: by the card that came along, else by one learnt at another time.
func (s *State) payer(in *Income) (account protocol.AccountID, name string) {
	if in.Sheet == nil {
		return account, ""
	}
	account = in.Sheet.Account
	c := in.Card
	if c == nil {
		c = s.cards[known{in.Sheet.Anchor, account}]
	}
	if c == nil {
		return account, ""
	}
	return account, c.Name
}

// cardFor finds a card learnt before for a bill that came without one; nil when none lists the bill's key.
func (s *State) cardFor(b *protocol.Bill) *protocol.Card {
	c := s.cards[known{b.Anchor, b.Payee}]
	if c == nil || !slices.Contains(c.Keys, b.PayeeKey) {
		return nil
	}
	return c
}

func addCard(b *protocol.Bundle, c *protocol.Card) {
	if c != nil {
		b.Add(c)
	}
}
