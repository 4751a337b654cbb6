package wallet

import (
	"slices"

	"kula/money"
	"kula/protocol"
)

// change is what an event does to a state, once it has been found good. It cannot fail.
type change func()

// Apply holds an event against the rules of the state machine and, if it keeps them, makes it part of
// the state. On an error the state is as it was.
func (s *State) Apply(e *Event) error {
	do, err := s.judge(e)
	if err != nil {
		return err
	}
	s.commit(e, do)
	return nil
}

// commit makes a judged event part of the state.
func (s *State) commit(e *Event, do change) {
	do()
	if e.Kind != NewsHeard { // of news only some is kept, and not for ever: see takeHeard
		e.Docs.Each(func(h protocol.Hash, d protocol.Document) {
			if !s.recorded(e.Kind, h, d) {
				s.docs[h] = d
			}
		})
	}
	t := s.corrected(e.At)
	s.sweep(t)
	s.shelve(t)
}

// judge finds out whether an event is good, and what it would do.
func (s *State) judge(e *Event) (change, error) {
	switch e.Kind {
	case Trusted:
		return s.judgeTrusted(e)
	case KeyMade:
		return s.judgeKey(e)
	case Enrolling:
		return s.judgeEnrolling(e)
	case Requested:
		return s.judgeRequested(e)
	case Written:
		return s.judgeWritten(e)
	case Cosigned:
		return s.judgeCosigned(e)
	case Handed:
		return s.judgeHanded(e)
	case PictureSeen:
		return s.judgePictureSeen(e)
	case Acknowledged:
		return s.judgeAcknowledged(e)
	case Accepted:
		return s.judgeAccepted(e)
	case Absorbed:
		return s.judgeAbsorbed(e)
	case BankBalance:
		return s.judgeBankBalance(e)
	case ClockSet:
		return func() { s.offset = e.Number }, nil
	case Restored:
		return s.retireAll, nil
	case NewsHeard:
		return s.judgeHeard(e)
	case Complained:
		return s.judgeComplained(e)
	case CaseNumbered:
		return s.judgeNumbered(e)
	}
	return nil, refuse(CodeBadEvent, "event.kind")
}

func (s *State) judgeTrusted(e *Event) (change, error) {
	charter, _, err := root[*protocol.Charter](e)
	if err != nil {
		return nil, err
	}
	if held, ok := s.anchors[charter.Anchor]; ok && held.Charter.Serial >= charter.Serial {
		return nil, refuse(CodeOlder, "charter")
	}
	return func() {
		s.hold(charter)
		e.Docs.Each(func(h protocol.Hash, d protocol.Document) {
			if n, ok := d.(*protocol.Notice); ok {
				s.anchors[charter.Anchor].take(h, n)
			}
		})
	}, nil
}

// hold keeps a charter, and drops a notice whose key the charter has revoked: so a root-signed charter
// sets right what a stolen key has said about the time.
func (s *State) hold(c *protocol.Charter) {
	a, ok := s.anchors[c.Anchor]
	if !ok {
		a = &Anchor{}
		s.anchors[c.Anchor] = a
	}
	a.Charter = c
	a.life = max(a.life, c.Lifetimes.Sheet+c.Lifetimes.Redeem)
	if a.Notice == nil {
		return
	}
	if _, err := c.Claim(a.notice.hash, a.Notice); err != nil {
		a.Notice, a.Newest, a.notice = nil, 0, piece{}
	}
}

// take keeps a notice unless a newer one is held.
func (a *Anchor) take(h protocol.Hash, n *protocol.Notice) {
	if a.Notice == nil || n.Epoch > a.Notice.Epoch {
		a.Notice, a.notice = n, pieceOf(h, n)
	}
	a.Newest = max(a.Newest, n.Time)
}

func (s *State) judgeKey(e *Event) (change, error) {
	key := protocol.Key(e.Subject)
	return func() { s.keys = append(s.keys, key) }, firstBroken(
		rule{e.Number != int64(len(s.keys)), CodeOutOfOrder, "key"},
		rule{slices.Contains(s.keys, key), CodeKeyUsed, "key"},
	)
}

func (s *State) judgeEnrolling(e *Event) (change, error) {
	enrolment, h, err := root[*protocol.Enrolment](e)
	if err != nil {
		return nil, err
	}
	if held, ok := s.purses[protocol.PurseID(h)]; ok {
		return func() { held.Enrolment = enrolment }, nil // more signatures on the same body
	}
	signers := enrolment.Quorum.Signers
	if e.Number < 0 || e.Number >= int64(len(signers)) {
		return nil, refuse(CodeNotSigner, "enrolment")
	}
	key := signers[e.Number].Key
	err = firstBroken(
		rule{protocol.PurseID(h) != e.Purse, CodeBadEvent, "enrolment"},
		rule{!slices.Contains(s.keys, key), CodeNotSigner, "enrolment.signers"},
		rule{s.purseOf(key) != nil, CodeKeyUsed, "enrolment.signers"},
	)
	return func() {
		s.purses[e.Purse] = &Purse{
			ID: e.Purse, Phase: PurseEnrolling, Enrolment: enrolment,
			Index: uint32(e.Number), Spent: enrolment.Start, //nolint:gosec // an index of at most MaxSigners
		}
		s.purseSeq = append(s.purseSeq, e.Purse)
	}, err
}

// purseOf finds the purse in which a key of this device signs.
func (s *State) purseOf(k protocol.Key) *Purse {
	for _, p := range s.purses {
		if p.Key() == k {
			return p
		}
	}
	return nil
}

func (s *State) judgeRequested(e *Event) (change, error) {
	bill, h, err := root[*protocol.Bill](e)
	if err != nil {
		return nil, err
	}
	p, err := s.usable(e.Purse)
	if err != nil {
		return nil, err
	}
	_, known := s.bill(h)
	en := p.Enrolment
	return func() {
			i := &Issued{Hash: h, Bill: bill, Memo: only[*protocol.Memo](e.Docs), Purse: e.Purse, At: s.corrected(e.At), nr: s.next()}
			s.issued[h] = i
			s.order = append(s.order, i)
		}, firstBroken(
			rule{known, CodeOutOfOrder, "bill"},
			rule{bill.PayeeKey != p.Key() || bill.Anchor != en.Anchor || bill.Payee != en.Account || bill.Asset != en.Asset, CodeBadEvent, "bill"},
		)
}

// judgeWritten is where the chain grows: the next number, the running total, nothing else.
func (s *State) judgeWritten(e *Event) (change, error) {
	entry, h, err := root[*protocol.Entry](e)
	if err != nil {
		return nil, err
	}
	p, err := s.usable(e.Purse)
	if err != nil {
		return nil, err
	}
	total, err := p.Spent.Add(entry.Amount())
	if err != nil {
		return nil, err
	}
	err = firstBroken(
		rule{p.Index != 0, CodeNotFirst, "entry"},
		rule{entry.Seq != p.Seq+1, CodeOutOfOrder, "entry.seq"},
		rule{entry.Spent != total, CodeOutOfOrder, "entry.spent"},
	)
	if err != nil {
		return nil, err
	}
	if entry.Kind == protocol.StatementKind {
		return s.judgeStatement(p, entry, h)
	}
	return s.judgeSpend(e, p, entry, h)
}

func (p *Purse) complete(entry *protocol.Entry, h protocol.Hash) bool {
	_, err := entry.Claims(h, &p.Enrolment.Quorum)
	return err == nil
}

func (p *Purse) grow(entry *protocol.Entry) { p.Seq, p.Spent = entry.Seq, entry.Spent }

func (s *State) judgeStatement(p *Purse, entry *protocol.Entry, h protocol.Hash) (change, error) {
	return func() {
		p.grow(entry)
		p.Statements = append(p.Statements, &Stated{Hash: h, Entry: entry, Complete: p.complete(entry, h)})
	}, firstBroken(rule{entry.Statement.Time <= p.lastStatement(), CodeOutOfOrder, "statement.time"})
}

func (s *State) judgeSpend(e *Event, p *Purse, entry *protocol.Entry, h protocol.Hash) (change, error) {
	sheet, ok1 := protocol.Find[*protocol.Sheet](e.Docs, entry.Sheet)
	bill, ok2 := protocol.Find[*protocol.Bill](e.Docs, entry.Spend.Bill)
	if !ok1 || !ok2 {
		return nil, refuse(CodeBadEvent, "entry")
	}
	payment := protocol.Payment{Entry: entry, EntryHash: h, Sheet: sheet, SheetHash: entry.Sheet, Bill: bill, BillHash: entry.Spend.Bill}
	if err := payment.CheckRules(); err != nil {
		return nil, err
	}
	_, again := s.newestOf(payment.BillHash)
	backing, covered := s.backing(e, p, &payment)
	income, err := s.givesBack(e.Subject)
	if err == nil {
		err = firstBroken(
			rule{sheet.Purse != p.ID, CodeBadEvent, "entry.sheet"},
			rule{covered < payment.Need(), protocol.CodeNotEnough, "entry.amount"},
			rule{again && !bill.Standing, protocol.CodeAlreadyPaid, "bill"},
		)
	}
	return func() {
		p.grow(entry)
		s.keepPayment(e, &Payment{Hash: h, Phase: Proposed, Entry: entry, Sheet: sheet, Bill: bill, Purse: p.ID, At: s.corrected(e.At), Backing: backing, GivesBack: e.Subject}, p)
		if income != nil {
			income.GivenBack = h
		}
	}, err
}

// backing finds the incomes whose entries an event names beside its own, and what they cover of it. Whether
// they were good was judged when it was signed, with what was known then: nothing that was learned since
// makes the event a bad one.
func (s *State) backing(e *Event, p *Purse, pay *protocol.Payment) (list []protocol.Hash, covered money.Amount) {
	e.Docs.Each(func(h protocol.Hash, _ protocol.Document) {
		in, ok := s.income(h)
		if !ok || h == pay.EntryHash {
			return
		}
		list = append(list, h)
		if in.Purse == p.ID && in.Bill.IssuedAt > pay.Sheet.AsOf && !in.Bill.Standing && (in.honoured() || pay.Entry.Spend.Deadline <= in.Entry.Spend.Deadline) {
			covered = sum(covered, in.Entry.Spend.Amount)
		}
	})
	return list, covered
}

func (s *State) keepPayment(e *Event, pay *Payment, p *Purse) {
	pay.Memo, pay.Card = only[*protocol.Memo](e.Docs), only[*protocol.Card](e.Docs)
	s.learn(pay.Card, pay.Bill.Anchor, pay.Bill.Payee)
	if p.complete(pay.Entry, pay.Hash) {
		pay.Phase = Ready
	}
	pay.nr = s.next()
	s.payments[pay.Hash] = pay
	s.paid[pay.Entry.Spend.Bill] = pay
	s.order = append(s.order, pay)
}

// givesBack finds the income that a payment refunds; nil for none.
func (s *State) givesBack(h protocol.Hash) (*Income, error) {
	if h.IsZero() {
		return nil, nil
	}
	income, ok := s.income(h)
	if !ok {
		return nil, refuse(CodeNotKnown, "refund")
	}
	return income, firstBroken(rule{!income.GivenBack.IsZero(), CodeAlreadyGiven, "refund"})
}

func (s *State) judgeHanded(e *Event) (change, error) {
	pay, ok := s.payment(e.Subject)
	if !ok || pay.Phase < Ready {
		return nil, refuse(CodeNotKnown, "entry")
	}
	return func() { pay.advance(HandedOver) }, nil
}

// judgePictureSeen keeps what the person says it saw. It moves no phase: to everybody else, and in every sum,
// the payment is as it was.
func (s *State) judgePictureSeen(e *Event) (change, error) {
	pay, ok := s.payment(e.Subject)
	if !ok || pay.Phase < Ready {
		return nil, refuse(CodeNotKnown, "entry")
	}
	return func() { pay.Seen = true }, firstBroken(rule{e.Number != int64(Picture(e.Subject)), CodeWrongPicture, "picture"})
}

func (s *State) judgeAcknowledged(e *Event) (change, error) {
	ack, _, err := root[*protocol.Ack](e)
	if err != nil {
		return nil, err
	}
	pay, ok := s.payment(ack.Entry)
	if !ok || pay.Phase < Ready {
		return nil, refuse(CodeNotKnown, "ack.entry")
	}
	return func() { pay.Ack = ack; pay.advance(Confirmed) }, nil
}

func (s *State) judgeAccepted(e *Event) (change, error) {
	entry, h, err := root[*protocol.Entry](e)
	if err != nil {
		return nil, err
	}
	bill, ours := s.bill(entry.Spend.Bill)
	ack := only[*protocol.Ack](e.Docs)
	if !ours || ack == nil || entry.Kind != protocol.SpendKind {
		return nil, refuse(CodeBadEvent, "entry.bill")
	}
	if held, ok := s.income(h); ok {
		return func() { held.Ack = ack }, firstBroken(rule{held.Ack != nil, protocol.CodeAlreadyPaid, "entry"})
	}
	sheet, ok := protocol.Find[*protocol.Sheet](e.Docs, entry.Sheet)
	card := only[*protocol.Card](e.Docs)
	in := &Income{Hash: h, Phase: Received, Entry: entry, Sheet: sheet, Ack: ack, Card: card, At: s.corrected(e.At), Depth: int(e.Number)}
	e.Docs.Each(func(d protocol.Hash, doc protocol.Document) {
		if d != h && d != entry.Spend.Bill && d != entry.Sheet && doc != protocol.Document(ack) && doc != protocol.Document(card) {
			in.Behind = append(in.Behind, d)
		}
	})
	return func() {
			s.keepIncome(in, bill)
			s.learn(card, sheet.Anchor, sheet.Account)
			for _, r := range protocol.All[*protocol.Receipt](e.Docs) {
				s.absorbReceipt(e, r)
			}
			s.witness(e.Docs, true)
		}, firstBroken(
			rule{!ok, CodeBadEvent, "entry.sheet"},
			rule{e.Number < 0 || e.Number > protocol.MaxDepth, CodeBadEvent, "event.number"},
		)
}

// keepIncome files a payment under the bill it pays; beyond the first, for a bill that is not standing,
// it is to be given back.
func (s *State) keepIncome(in *Income, bill *Issued) {
	in.Bill, in.Purse, in.nr = bill.Bill, bill.Purse, s.next()
	p := s.purses[in.Purse]
	p.billPaid = max(p.billPaid, in.Bill.IssuedAt)
	bill.Entries = append(bill.Entries, in.Hash)
	s.incomes[in.Hash] = in
	s.order = append(s.order, in)
	s.markSurplus(bill)
}

// markSurplus marks what is to be given back: what came after the first that pays the bill. What the bank has
// refused pays nothing, nor does what was given back.
func (s *State) markSurplus(bill *Issued) {
	paid := bill.Bill.Standing
	for _, h := range bill.Entries {
		in, _ := s.income(h)
		if in.Phase == NotHonoured || !in.GivenBack.IsZero() {
			continue
		}
		in.GiveBack = paid && !bill.Bill.Standing
		paid = true
	}
}

func (s *State) judgeBankBalance(e *Event) (change, error) {
	p, err := s.purse(e.Purse)
	if err != nil {
		return nil, err
	}
	return func() { p.AtBank, p.AtBankTime = amount(e.Number), s.corrected(e.At) }, firstBroken(rule{e.Number < 0, protocol.CodeBadAmount, "bank balance"})
}

func (s *State) retireAll() {
	for _, p := range s.purses {
		p.Phase = PurseRetired
	}
}
