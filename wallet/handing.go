package wallet

import "kula/protocol"

// Encode writes a payment for its co-signers, or, when it is complete, for its payee, which has the Bill, Card and
// Memo itself. A bill that also stands behind the payment, because somebody else paid it too, comes along all the
// same. The payer's Card comes along too, unless that alone would make two codes of one: a moving code takes longer
// than a name is worth.
func (s *Signed) Encode() []byte {
	b, known := s.shortest()
	return b.Encode(known...)
}

// Size is the length of what Encode writes.
func (s *Signed) Size() int {
	b, known := s.shortest()
	return b.Size(known...)
}

// shortest is what Encode writes, and what the payee is known to hold.
func (s *Signed) shortest() (b *protocol.Bundle, known []protocol.Document) {
	if !s.Complete {
		return s.Bundle, nil // the co-signers hold none of it
	}
	bare := s.bare()
	if bill := s.bill(bare); bill != nil {
		known = append(known, bill)
	}
	named := s.named(bare)
	if named != bare && named.Size(known...) > protocol.OneCode && bare.Size(known...) <= protocol.OneCode {
		return bare, known
	}
	return named, known
}

// Handed is what a payee is handed where size matters little: the payment with its Bill, what it stands on,
// and the payer's Card, without what the payee has itself.
func (s *Signed) Handed() *protocol.Bundle { return s.named(s.bare()) }

// bare leaves out the payee's own card and memo.
func (s *Signed) bare() *protocol.Bundle {
	b := protocol.NewBundle(s.Bundle.Network)
	s.Bundle.Each(func(h protocol.Hash, d protocol.Document) {
		switch d.(type) {
		case *protocol.Card, *protocol.Memo:
			return
		}
		b.Put(h, d)
		if h == s.Entry {
			b.PutRoot(h, d)
		}
	})
	return b
}

// named adds the payer's card, if there is room for it.
func (s *Signed) named(bare *protocol.Bundle) *protocol.Bundle {
	if s.Payer == nil || bare.Len() >= protocol.PaymentBounds.Documents {
		return bare
	}
	b := protocol.NewBundle(bare.Network)
	b.AddAll(bare)
	b.Roots = append(b.Roots, bare.Roots...)
	b.Add(s.Payer)
	if b.Size() > protocol.PaymentBounds.Bytes {
		return bare
	}
	return b
}

// bill is the one that is paid, when it need not travel: nobody else among these documents has paid it.
func (s *Signed) bill(b *protocol.Bundle) *protocol.Bill {
	entry, ok := protocol.Find[*protocol.Entry](b, s.Entry)
	if !ok {
		return nil
	}
	for _, e := range protocol.All[*protocol.Entry](b) {
		if e != entry && e.Spend.Bill == entry.Spend.Bill {
			return nil
		}
	}
	bill, _ := protocol.Find[*protocol.Bill](b, entry.Spend.Bill)
	return bill
}
