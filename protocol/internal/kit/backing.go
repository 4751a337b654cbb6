package kit

import (
	"strconv"

	"kula/protocol"
)

// Stories of money that is handed on: rules 5 to 7, and the rules before them for the payments behind.

// handOn: Ana, who has 100, pays it to Ben, who has nothing and pays it to Cai.
func handOn(s *Scene, income, payment func(*Hop)) (in, out *Hop) {
	ana, ben := s.Person("Ana", 100), s.Person("Ben", 0)
	return s.handOnFrom(ana, ben, income, payment)
}

func (s *Scene) handOnFrom(ana, ben *Person, income, payment func(*Hop)) (in, out *Hop) {
	s.Depth = 1
	in = s.Pay(ana, ben, 100, income)
	return in, s.Pay(ben, s.Person("Cai", 0), 100, payment)
}

func asUsual(*Hop) {}

// income is a story in which the payment behind the one that is judged is changed before it is signed.
func income(name string, change func(*Hop), c code) Story {
	return Story{name, func(s *Scene) { handOn(s, change, asUsual) }, c}
}

// payersSheet is one in which Ana's sheet, on which the income is written, is changed.
func payersSheet(name string, change func(*protocol.Sheet), c code) Story {
	return Story{name, func(s *Scene) {
		ana := s.Person("Ana", 100)
		s.GiveSheet(ana, 100, change)
		s.handOnFrom(ana, s.Person("Ben", 0), asUsual, asUsual)
	}, c}
}

// ownSheet is one in which Ben's is.
func ownSheet(name string, change func(*protocol.Sheet), c code) Story {
	return Story{name, func(s *Scene) {
		ben := s.Person("Ben", 0)
		s.GiveSheet(ben, 0, change)
		s.handOnFrom(s.Person("Ana", 100), ben, asUsual, asUsual)
	}, c}
}

// spoiled is one in which a document of the income is spoiled after it was signed.
func spoiled(name string, spoil func(*Scene, *Hop), c code) Story {
	return Story{name, func(s *Scene) { in, _ := handOn(s, asUsual, asUsual); spoil(s, in) }, c}
}

// receipted is one in which the income comes with the anchor's receipt, and its payer's sheet with nothing on it.
func receipted(name string, change func(*Scene, *protocol.Receipt), c code) Story {
	return Story{name, func(s *Scene) {
		in, _ := s.handOnFrom(s.Person("Ana", 0), s.Person("Ben", 0), asUsual, asUsual)
		s.Honour(in, func(r *protocol.Receipt) { change(s, r) })
	}, c}
}

// chain is one of so many payments behind the one that is judged, on sheets that allow this or that depth.
func chain(name string, behind int, deepest func(person int) uint32, c code) Story {
	return Story{name, func(s *Scene) {
		payer := s.Person("person 0", 100)
		for i := range behind + 1 {
			s.GiveSheet(payer, map[bool]int64{true: 100}[i == 0], func(x *protocol.Sheet) { x.Limits.MaxDepth = deepest(i) })
			payee := s.Person("person "+strconv.Itoa(i+1), 0)
			s.Pay(payer, payee, 100)
			payer = payee
		}
		s.Depth = behind
	}, c}
}

func allAllow(depth uint32) func(int) uint32 { return func(int) uint32 { return depth } }

func oneAllows(person int, depth uint32) func(int) uint32 {
	return func(i int) uint32 {
		if i == person {
			return depth
		}
		return protocol.MaxDepth
	}
}

// fork is another entry under the number of one, genuine like it.
func (s *Scene) fork(h *Hop) *protocol.Entry {
	other := *h
	other.Entry = edit(h.Entry, func(e *protocol.Entry) { e.Spend.Deadline-- })
	s.SignHop(&other)
	return other.Entry
}

// memos are documents of no use.
func (s *Scene) memos(count int) {
	for i := range count {
		s.Extra = append(s.Extra, &protocol.Memo{Salt: [16]byte{byte(i), byte(i >> 8)}})
	}
}

var backedPayments = []Story{
	{"5 money that was received is handed on", func(s *Scene) { handOn(s, asUsual, asUsual) }, ""},
	chain("5 through ten hands", 10, allAllow(10), ""),
	chain("5 through twelve hands", 12, allAllow(12), ""),
	chain("5 attack: through thirteen hands", 13, allAllow(12), protocol.CodeTooDeep),
	chain("5 as deep as its own sheet allows", 3, oneAllows(3, 3), ""),
	chain("5 deeper than its own sheet allows", 3, oneAllows(3, 2), protocol.CodeTooDeep),
	chain("5 as deep as a sheet in the middle allows", 3, oneAllows(1, 3), ""),
	chain("5 deeper than a sheet in the middle allows", 3, oneAllows(1, 2), protocol.CodeTooDeep),
	chain("5 as deep as the first sheet allows", 3, oneAllows(0, 3), ""),
	chain("5 deeper than the first sheet allows", 3, oneAllows(0, 2), protocol.CodeTooDeep),
	chain("5 a sheet on which nothing received may be spent", 1, oneAllows(1, 0), protocol.CodeTooDeep),
	chain("5 on such a sheet what it bears itself may be spent", 0, oneAllows(0, 0), ""),
	{"5 the largest income is too deep, others will do", func(s *Scene) {
		ana, ben, cai := s.Person("Ana", 200), s.Person("Ben", 0), s.Person("Cai", 0)
		s.GiveSheet(cai, 0, func(x *protocol.Sheet) { x.Limits.MaxDepth = 1 })
		s.Pay(ana, ben, 100)
		s.Pay(ben, cai, 100)
		s.Pay(ana, cai, 50)
		s.Pay(ana, cai, 50)
		s.Pay(cai, s.Person("Dan", 0), 100)
		s.Depth = 1
	}, ""},
	{"5 a loop: Ana to Ben, Ben to Ana, Ana to Cai", func(s *Scene) {
		ana, ben, cai := s.Person("Ana", 100), s.Person("Ben", 0), s.Person("Cai", 0)
		s.Pay(ana, ben, 100)
		s.Pay(ben, ana, 100)
		s.Pay(ana, cai, 100)
		s.Depth = 2
	}, ""},
	{"5 thirty-two small incomes", func(s *Scene) { s.FanIn(protocol.MaxFanIn, 1); s.Depth = 1 }, ""},
	{"5 thirty-three small incomes", func(s *Scene) { s.FanIn(protocol.MaxFanIn+1, 1) }, protocol.CodeTooManyIncomes},
	{"5 thirty-three incomes, of which one is not needed", func(s *Scene) {
		collector := s.Person("collector", 0)
		for i := range protocol.MaxFanIn + 1 {
			s.Pay(s.Person("giver "+strconv.Itoa(i), 2), collector, 1)
		}
		s.Pay(collector, s.Person("last", 0), protocol.MaxFanIn)
		s.Depth = 1
	}, ""},
	{"5 two incomes make just enough", func(s *Scene) {
		ben := s.Person("Ben", 40)
		s.Pay(s.Person("Ana", 100), ben, 35)
		s.Pay(s.Person("Eva", 100), ben, 25)
		s.Pay(ben, s.Person("Cai", 0), 100)
		s.Depth = 1
	}, ""},
	{"5 one coin more than sheet and incomes cover", func(s *Scene) {
		ben := s.Person("Ben", 40)
		s.Pay(s.Person("Ana", 100), ben, 59)
		s.Pay(ben, s.Person("Cai", 0), 100)
	}, protocol.CodeNotEnough},
	{"5 attack: one income for two payments", func(s *Scene) {
		_, first := handOn(s, asUsual, asUsual)
		s.Pay(first.Payer, s.Person("Dan", 0), 100)
	}, protocol.CodeNotEnough},
	{"5 one bill paid twice is two incomes", func(s *Scene) {
		ana, ben := s.Person("Ana", 200), s.Person("Ben", 0)
		first := s.Pay(ana, ben, 100)
		s.Pay(ana, ben, 100, func(h *Hop) { h.Bill = first.Bill })
		s.Pay(ben, s.Person("Cai", 0), 200)
		s.Depth = 1
	}, ""},
	{"5 two live sheets: the older one still bears its income", func(s *Scene) {
		ben, cai := s.Person("Ben", 0), s.Person("Cai", 0)
		older := ben.Sheet
		s.Pay(s.Person("Ana", 100), ben, 100)
		s.Pay(ben, cai, 40)
		s.GiveSheet(ben, 60, func(x *protocol.Sheet) { x.AsOf, x.IssuedAt = Epoch-Day, Epoch-Day })
		s.Pay(ben, cai, 20)
		ben.Sheet = older
		s.Pay(ben, cai, 30)
		s.Depth = 1
	}, ""},
	{"5 two live sheets: the newer one counts the income, which is not needed", func(s *Scene) {
		ben, cai := s.Person("Ben", 0), s.Person("Cai", 0)
		s.Pay(s.Person("Ana", 100), ben, 100)
		s.Pay(ben, cai, 40)
		s.GiveSheet(ben, 60, func(x *protocol.Sheet) { x.AsOf, x.IssuedAt = Epoch-Day, Epoch-Day })
		s.Pay(ben, cai, 60)
	}, ""},
	{"5 attack: two live sheets: the newer one with the income it counts", func(s *Scene) {
		ben, cai := s.Person("Ben", 0), s.Person("Cai", 0)
		s.Pay(s.Person("Ana", 100), ben, 100)
		s.Pay(ben, cai, 40)
		s.GiveSheet(ben, 60, func(x *protocol.Sheet) { x.AsOf, x.IssuedAt = Epoch-Day, Epoch-Day })
		s.Pay(ben, cai, 61)
	}, protocol.CodeNotEnough},
	{"5 a sheet changed in mid-chain", func(s *Scene) {
		hops := s.Chain(2, 100)
		cai := hops[2].Payee
		s.GiveSheet(cai, 0, func(x *protocol.Sheet) { x.IssuedAt = Epoch - Day })
		s.Pay(cai, s.Person("Dan", 0), 100)
		s.Depth = 3
	}, ""},
	{"5 an income that breaks a rule, and is not needed", func(s *Scene) {
		ben := s.Person("Ben", 0)
		s.Pay(s.Person("poor", 0), ben, 200)
		forged := s.Pay(s.Person("Eva", 10), ben, 10)
		forged.Bill.Signature[0] ^= 1
		s.handOnFrom(s.Person("Ana", 100), ben, asUsual, asUsual)
	}, ""},
	{"1 as many documents as allowed", func(s *Scene) { handOn(s, asUsual, asUsual); s.memos(250) }, ""},
	{"1 attack: one document more", func(s *Scene) { handOn(s, asUsual, asUsual); s.memos(251) }, protocol.CodeTooMany},
}
