package kit

import "kula/protocol"

// payersCard is the one by which the world's bank names the payer.
func (s *Scene) payersCard(change func(*protocol.Card)) *protocol.Card {
	c := &protocol.Card{Anchor: s.Charter.Anchor, Account: s.Sheet.Account, Name: "Tom Iati, Whitesands",
		Keys: []protocol.Key{s.Sheet.Quorum.Signers[0].Key}, NotBefore: Epoch - 30*Day, NotAfter: Epoch + 335*Day}
	change(c)
	s.Issue(c)
	return c
}

// comes is a story in which the payer's card comes along, changed before it is signed; it is shown when it has a name.
func comes(name, shown string, change func(*Scene, *protocol.Card)) Story {
	return Story{name, func(s *Scene) {
		s.Payer = shown
		s.Extra = append(s.Extra, s.payersCard(func(c *protocol.Card) { change(s, c) }))
	}, ""}
}

// namedPayers are payments that are good whatever the card beside them is worth.
var namedPayers = []Story{
	comes("the payer's card comes along", "Tom Iati, Whitesands", func(*Scene, *protocol.Card) {}),
	comes("the card's first second", "Tom Iati, Whitesands", func(s *Scene, c *protocol.Card) { c.NotBefore = s.Now }),
	comes("the card's last second", "Tom Iati, Whitesands", func(s *Scene, c *protocol.Card) { c.NotAfter = s.Now }),
	comes("the card is not valid yet", "", func(s *Scene, c *protocol.Card) { c.NotBefore = s.Now + 1 }),
	comes("the card has expired", "", func(s *Scene, c *protocol.Card) { c.NotAfter = s.Now - 1 }),
	comes("attack: the card of another account", "", func(_ *Scene, c *protocol.Card) { c.Account = Account("Mary") }),
	comes("attack: a card of another bank", "", func(_ *Scene, c *protocol.Card) { c.Anchor = Account("other root") }),
	comes("attack: a card without the payer's key", "", func(_ *Scene, c *protocol.Card) { c.Keys = []protocol.Key{Public("x")} }),
	{"attack: another name written on the card", func(s *Scene) {
		c := s.payersCard(func(*protocol.Card) {})
		c.Name = "Mary Kalo, Lenakel"
		s.Extra = append(s.Extra, c)
	}, ""},
	{"attack: the card signed by the payer", func(s *Scene) {
		c := s.payersCard(func(*protocol.Card) {})
		protocol.Seal(s.Net, c, IssuingKey, func(h protocol.Hash) protocol.Signature { return protocol.Sign(Key("till"), h) })
		s.Extra = append(s.Extra, c)
	}, ""},
	{"attack: the card signed with a stolen key", func(s *Scene) {
		c := s.payersCard(func(*protocol.Card) {})
		c.Name = "Mary Kalo, Lenakel"
		c.NotBefore = Epoch - 5*Day
		protocol.Seal(s.Net, c, 2, func(h protocol.Hash) protocol.Signature { return protocol.Sign(Key("stolen"), h) })
		s.Extra = append(s.Extra, c)
	}, ""},
	{"the card was revoked", func(s *Scene) {
		c := s.payersCard(func(*protocol.Card) {})
		s.Notice.RevokedCards = []protocol.Hash{s.Net.Hash(c)}
		s.Extra = append(s.Extra, c)
	}, ""},
	{"of two cards the newer is shown", func(s *Scene) {
		s.Payer = "Tom Iati, Port Vila"
		older := s.payersCard(func(*protocol.Card) {})
		newer := s.payersCard(func(c *protocol.Card) { c.Name, c.NotBefore = s.Payer, c.NotBefore+Day })
		s.Extra = append(s.Extra, older, newer)
	}, ""},
	{"attack: a newer card that is forged hides the older one", func(s *Scene) {
		older := s.payersCard(func(*protocol.Card) {})
		forged := s.payersCard(func(c *protocol.Card) { c.Name, c.NotBefore = "Mary Kalo, Lenakel", c.NotBefore+Day })
		forged.Signature.Signature[5] ^= 1
		s.Extra = append(s.Extra, older, forged)
	}, ""},
	{"the card of somebody behind the payment names nobody", func(s *Scene) {
		in, _ := handOn(s, asUsual, asUsual)
		c := &protocol.Card{Anchor: s.Charter.Anchor, Account: in.Sheet.Account, Name: "Ana", Keys: []protocol.Key{in.Sheet.Quorum.Signers[0].Key},
			NotBefore: Epoch - 30*Day, NotAfter: Epoch + 335*Day}
		s.Issue(c)
		s.Extra = append(s.Extra, c)
	}, ""},
}
