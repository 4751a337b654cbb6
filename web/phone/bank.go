package phone

import (
	"kula/protocol"
	"kula/wallet"
)

// look reads a bank's charter: from its address, or from what was scanned. It works before the wallet is open, whose
// network is then the one the charter names.
func (p *Phone) look(a *args) (any, error) {
	encoded, url := optional[[]byte](a, "bytes"), a.text("url")
	if a.err != nil {
		return nil, a.err
	}
	if encoded == nil {
		d, err := p.deskAt(url)
		if err != nil {
			return nil, err
		}
		if encoded, err = d.charter(); err != nil {
			return nil, err
		}
	}
	encoded, err := unwrap(encoded, "") // a printed code is text, and read() has no wallet yet to say so
	if err != nil {
		return nil, err
	}
	network, charter, notice, err := p.charterIn(encoded)
	if err != nil {
		return nil, err
	}
	return bankView(network, charter, notice, p.trusts(charter.Anchor)), nil
}

func (p *Phone) trusts(anchor protocol.AccountID) bool {
	w, err := p.use()
	return err == nil && viewOf(w, 0).charter(anchor) != nil
}

// charterIn finds a charter, and the notice beside it, and looks whether they are genuine.
func (p *Phone) charterIn(encoded []byte) (n protocol.Network, c *protocol.Charter, notice *protocol.Notice, err error) {
	p.mu.Lock()
	n = p.network
	opened := p.opened
	p.mu.Unlock()
	if !opened {
		if n, err = protocol.NetworkNamed(encoded); err != nil {
			return n, nil, nil, err
		}
	}
	b, err := protocol.DecodeBundle(n, encoded, protocol.NoContext, protocol.MailBounds)
	if err != nil {
		return n, nil, nil, err
	}
	charters, notices := protocol.All[*protocol.Charter](b), protocol.All[*protocol.Notice](b)
	if len(charters) != 1 || len(notices) > 1 {
		return n, nil, nil, &protocol.Error{Code: protocol.CodeMissingDocument, Where: "charter"}
	}
	if err := protocol.VerifyCharter(n, charters[0]); err != nil {
		return n, nil, nil, err
	}
	if len(notices) == 0 {
		return n, charters[0], nil, nil
	}
	return n, charters[0], notices[0], charters[0].VerifyIssued(n, notices[0])
}

// trust makes a bank one of this person's own.
func trust(a *ask) (any, error) {
	encoded := a.bytes()
	if a.err != nil {
		return nil, a.err
	}
	n, charter, notice, err := a.p.charterIn(encoded)
	if err != nil {
		return nil, err
	}
	if err := a.w.Trust(a.now, charter, notice); err != nil {
		return nil, err
	}
	return bankView(n, charter, notice, true), nil
}

// outbox is what a purse has to present to its bank, for somebody to carry there.
func outbox(a *ask) (any, error) {
	purse := a.purse("purse")
	if a.err != nil {
		return nil, a.err
	}
	b, err := a.w.Outbox(purse)
	if err != nil {
		return nil, err
	}
	return Object{"bytes": b.Encode()}, nil
}

// takeReply takes in what a bank, or another phone, sent by somebody's hand.
func takeReply(a *ask) (any, error) {
	encoded, purse := a.bytes(), a.purse("purse")
	if a.err != nil {
		return nil, a.err
	}
	b, err := a.w.Decode(encoded, protocol.MailBounds)
	if err != nil {
		return nil, err
	}
	got, err := a.w.Absorb(a.now, purse, b, 0)
	if err != nil {
		return nil, err
	}
	s := newSynced()
	s.news(got)
	if b.Len() <= wallet.NewsBounds.Documents {
		heard, err := a.w.Hear(a.now, b)
		if err != nil {
			return nil, err
		}
		s.heard(heard)
	}
	return s.view(a.p)
}
