package kit

import (
	"kula/money"
	"kula/protocol"
)

// What can be wrong with money that is handed on, and what is just within the rules.

var brokenBacking = []Story{
	ownSheet("5 its purse pays out what comes in", func(x *protocol.Sheet) { x.Kind = protocol.PayoutKind }, protocol.CodeNotEnough),
	ownSheet("5 attack: the sheet counts the income already", func(x *protocol.Sheet) { x.AsOf = Epoch - 4*Day + 600 }, protocol.CodeNotEnough),
	ownSheet("5 the sheet counts all but the income", func(x *protocol.Sheet) { x.AsOf = Epoch - 4*Day + 599 }, ""),
	income("5 attack: the income was asked for before the sheet", func(h *Hop) { h.Bill.IssuedAt = h.Payee.Sheet.AsOf - 1 }, protocol.CodeNotEnough),
	income("5 attack: the income is by a standing bill", func(h *Hop) { h.Bill.Standing, h.Bill.Payer = true, protocol.AccountID{} }, protocol.CodeNotEnough),
	income("5 the income is by a bill for whoever pays, of any amount", func(h *Hop) { h.Bill.Payer, h.Bill.Amount = protocol.AccountID{}, 0 }, ""),
	income("5 attack: the income is at another anchor", func(h *Hop) { h.Bill.Anchor = Account("other root") }, protocol.CodeNotEnough),
	income("5 attack: the income is another account's", func(h *Hop) { h.Bill.Payee = Account("Dan") }, protocol.CodeNotEnough),
	{"5 attack: the income is another device's", func(s *Scene) {
		in, _ := handOn(s, func(h *Hop) { h.Bill.PayeeKey = Public("Ben's old phone") }, asUsual)
		in.Bill.Signature = protocol.Sign(Key("Ben's old phone"), s.Net.Hash(in.Bill))
	}, protocol.CodeNotEnough},
	{"5 the income came to the purse's second device", func(s *Scene) {
		ben := s.Person("Ben", 0)
		ben.Enrolment.Quorum.Signers = []protocol.Signer{{Key: Public("Ben's phone"), Weight: 2}, {Key: Public("Ben's tablet"), Weight: 1}}
		ben.Enrolment.Quorum.Threshold = 2
		s.SignEnrolment(ben.Enrolment, "Ben", "Ben's phone", "Ben's tablet")
		s.GiveSheet(ben, 0, func(*protocol.Sheet) {})
		in, _ := s.handOnFrom(s.Person("Ana", 100), ben, func(h *Hop) { h.Bill.PayeeKey = Public("Ben's tablet") }, asUsual)
		in.Bill.Signature = protocol.Sign(Key("Ben's tablet"), s.Net.Hash(in.Bill))
	}, ""},
	{"5 attack: the income is in another currency", func(s *Scene) {
		native := s.Charter.Assets[0]
		native.Asset = money.Asset{}
		s.Charter.Assets = []protocol.AssetTerms{native, s.Charter.Assets[0]}
		s.Resign()
		ana := s.Person("Ana", 0)
		s.GiveSheet(ana, 100, func(x *protocol.Sheet) { x.Asset = money.Asset{} })
		s.handOnFrom(ana, s.Person("Ben", 0), func(h *Hop) { h.Bill.Asset = money.Asset{} }, asUsual)
	}, protocol.CodeNotEnough},
	{"5 attack: two purses that stand on each other", func(s *Scene) {
		ana, ben := s.Person("Ana", 0), s.Person("Ben", 0)
		s.Pay(s.Person("Eva", 100), ben, 50)
		s.Pay(ana, ben, 100)
		s.Pay(ben, ana, 100)
		s.Pay(ben, s.Person("Cai", 0), 50)
	}, protocol.CodeNotEnough},
	{"5 attack: a payment that stands on itself", func(s *Scene) {
		ana, ben := s.Person("Ana", 0), s.Person("Ben", 0)
		s.Pay(ben, ana, 100)
		s.Pay(ana, ben, 100)
	}, protocol.CodeNotEnough},
	{"5 attack: three purses that stand on each other in a circle", func(s *Scene) {
		ana, ben, eva := s.Person("Ana", 0), s.Person("Ben", 0), s.Person("Eva", 0)
		s.Pay(ana, ben, 200)
		s.Pay(ben, eva, 100)
		s.Pay(eva, ana, 200)
		s.Pay(ben, s.Person("Cai", 0), 100)
	}, protocol.CodeNotEnough},
	{"3 attack: a purse that pays itself", func(s *Scene) { ana := s.Person("Ana", 100); s.Pay(ana, ana, 100) }, protocol.CodeWrongPayee},
	{"3 attack: the income is a payment to itself", func(s *Scene) {
		ben := s.Person("Ben", 100)
		s.handOnFrom(ben, ben, asUsual, asUsual)
	}, protocol.CodeWrongPayee},
	income("6 attack: the income must be redeemed before the payment", func(h *Hop) { h.Entry.Spend.Deadline-- }, protocol.CodeDeadlineTooLate),
	income("6 the income can be redeemed after the payment", func(h *Hop) { h.Entry.Spend.Deadline++ }, ""),
	{"6 one income ends too early, others last", func(s *Scene) {
		ben := s.Person("Ben", 0)
		s.Pay(s.Person("Eva", 100), ben, 90, func(h *Hop) { h.Entry.Spend.Deadline-- })
		s.handOnFrom(s.Person("Ana", 100), ben, asUsual, asUsual)
	}, ""},
	{"6 attack: the second income behind ends too early", func(s *Scene) {
		s.Chain(2, 100, func(h *Hop) {
			if h.Payer.Name == "person 0" {
				h.Entry.Spend.Deadline--
			}
		})
	}, protocol.CodeDeadlineTooLate},
	spoiled("5 the income's sheet is not there", func(s *Scene, in *Hop) { s.Leave(in.Sheet) }, protocol.CodeNotEnough),
	spoiled("5 the income's bill is not there", func(s *Scene, in *Hop) { s.Leave(in.Bill) }, protocol.CodeNotEnough),
	spoiled("5 the income's entry is not there", func(s *Scene, in *Hop) { s.Leave(in.Entry) }, protocol.CodeNotEnough),
}

// The income is a payment like any other: each rule for it, at its own bill's time.
var brokenIncomes = []Story{
	payersSheet("2 the income's sheet expired when its bill was made", func(x *protocol.Sheet) { x.ExpiresAt = Epoch - 4*Day + 600 }, ""),
	payersSheet("2 attack: the income's sheet had expired when its bill was made", func(x *protocol.Sheet) { x.ExpiresAt = Epoch - 4*Day + 599 }, protocol.CodeExpired),
	payersSheet("2 the income's sheet was issued after its bill", func(x *protocol.Sheet) { x.IssuedAt = Epoch }, ""),
	payersSheet("2 the income's sheet is not valid yet", func(x *protocol.Sheet) { x.IssuedAt = Epoch + 1 }, protocol.CodeNotYetValid),
	spoiled("2 the income's payer is revoked", func(s *Scene, in *Hop) {
		s.Notice.RevokedPurses = []protocol.Hash{protocol.Hash(in.Sheet.Purse)}
	}, protocol.CodeRevoked),
	spoiled("2 the income's payer has a device that is revoked", func(s *Scene, in *Hop) {
		s.Notice.RevokedKeys = []protocol.Hash{protocol.Hash(Public("Ana's phone"))}
	}, protocol.CodeRevoked),
	payersSheet("2 the income's sheet is of another anchor than its bill", func(x *protocol.Sheet) { x.Anchor = Account("other root") }, protocol.CodeUnknownAnchor),
	spoiled("2 attack: the income's sheet is forged", func(_ *Scene, in *Hop) { in.Sheet.Signature.Signature[7] ^= 1 }, protocol.CodeBadSignature),
	spoiled("2 the income's sheet is by an unknown issuing key", func(_ *Scene, in *Hop) { in.Sheet.Signature.Key = 9 }, protocol.CodeUnknownKey),
	spoiled("3 attack: the income's bill is forged", func(_ *Scene, in *Hop) { in.Bill.Signature[7] ^= 1 }, protocol.CodeBadSignature),
	income("3 the income's bill is for another payer", func(h *Hop) { h.Bill.Payer = Account("Dan") }, protocol.CodeWrongPayer),
	income("3 the income is of another amount than its bill", func(h *Hop) { h.Bill.Amount-- }, protocol.CodeWrongAmount),
	income("3 the income is no multiple of the step", func(h *Hop) {
		h.Bill.Amount, h.Entry.Spend.Amount, h.Entry.Spent = 0, h.Entry.Spend.Amount+1, h.Entry.Spent+1
	}, protocol.CodeBelowStep),
	payersSheet("3 the income is over the limit of one payment", func(x *protocol.Sheet) { x.Limits.PerBill = 100*Coin - 1 }, protocol.CodeOverBillLimit),
	payersSheet("3 the income is over the limit of its sheet", func(x *protocol.Sheet) { x.Limits.MaxSpend = 100*Coin - 1 }, protocol.CodeOverSpendLimit),
	payersSheet("3 the income is on a sheet of another currency", func(x *protocol.Sheet) { x.Asset = money.Asset{} }, protocol.CodeWrongAsset),
	{"3 attack: an income that is backed itself is for another payer", func(s *Scene) {
		s.Chain(2, 100, func(h *Hop) {
			if h.Payer.Name == "person 1" {
				h.Bill.Payer = Account("Dan")
			}
		})
	}, protocol.CodeWrongPayer},
	spoiled("4 attack: the income's entry is forged", func(_ *Scene, in *Hop) { in.Entry.Signatures[0].Signature[7] ^= 1 }, protocol.CodeBadSignature),
	spoiled("4 attack: the income's entry is not signed", func(_ *Scene, in *Hop) { in.Entry.Signatures = nil }, protocol.CodeBelowThreshold),
	income("4 the income's entry is not after its base", func(h *Hop) { h.Entry.Seq = h.Sheet.Base.Seq }, protocol.CodeBehindBase),
	income("4 attack: the income spends what was spent before its base", func(h *Hop) { h.Entry.Spent-- }, protocol.CodeBehindBase),
	payersSheet("5 attack: nothing is behind the income", func(x *protocol.Sheet) { x.Available-- }, protocol.CodeNotEnough),
	payersSheet("6 the income's deadline is after its sheet's last moment", func(x *protocol.Sheet) { x.RedeemBy, x.ExpiresAt = Epoch+50*Day-1, Epoch }, protocol.CodeDeadlineTooLate),
	income("6 the income's deadline is after its bill's last moment", func(h *Hop) { h.Bill.ExpiresAt = h.Entry.Spend.Deadline - 1 }, protocol.CodeDeadlineTooLate),
}

var brokenReceipts = []Story{
	receipted("5 the anchor has honoured the income", func(*Scene, *protocol.Receipt) {}, ""),
	{"5 the anchor has honoured an income whose deadline is past", func(s *Scene) {
		in, _ := handOn(s, func(h *Hop) { h.Entry.Spend.Deadline = Epoch - Day }, asUsual)
		s.Honour(in, func(*protocol.Receipt) {})
	}, ""},
	{"5 attack: the anchor has honoured an income that the sheet counts", func(s *Scene) {
		ben := s.Person("Ben", 0)
		s.GiveSheet(ben, 0, func(x *protocol.Sheet) { x.AsOf = Epoch - 4*Day + 600 })
		in, _ := s.handOnFrom(s.Person("Ana", 0), ben, asUsual, asUsual)
		s.Honour(in, func(*protocol.Receipt) {})
	}, protocol.CodeNotEnough},
	receipted("5 attack: honoured into another purse of the account", func(_ *Scene, r *protocol.Receipt) { r.Credited.To = Bytes("another purse") }, protocol.CodeNotEnough),
	receipted("5 attack: honoured, and paid out", func(_ *Scene, r *protocol.Receipt) { r.Credited.Kind = protocol.CreditPayout }, protocol.CodeNotEnough),
	receipted("5 the anchor has dishonoured the income", func(_ *Scene, r *protocol.Receipt) { dishonour(r) }, protocol.CodeNotEnough),
	{"5 the anchor has dishonoured the income, though its sheet bears it", func(s *Scene) {
		in, _ := handOn(s, asUsual, asUsual)
		s.Honour(in, dishonour)
		s.Extra = append(s.Extra, in.Sheet)
	}, protocol.CodeNotEnough},
	receipted("5 attack: the receipt is for another bill", func(_ *Scene, r *protocol.Receipt) { r.Bill = Bytes("bill") }, protocol.CodeNotEnough),
	receipted("5 attack: the receipt is for another entry", func(_ *Scene, r *protocol.Receipt) { r.Entry = Bytes("entry") }, protocol.CodeNotEnough),
	receipted("5 attack: the receipt is for another amount", func(_ *Scene, r *protocol.Receipt) { r.Amount += Coin }, protocol.CodeNotEnough),
	receipted("5 attack: the receipt is of another anchor", func(_ *Scene, r *protocol.Receipt) { r.Anchor = Account("other root") }, protocol.CodeNotEnough),
	{"5 attack: the receipt is forged", func(s *Scene) {
		in, _ := handOn(s, asUsual, asUsual)
		s.Honour(in, func(*protocol.Receipt) {}).Signature.Signature[7] ^= 1
	}, protocol.CodeBadSignature},
	{"5 the receipt is by an issuing key that was stolen by then", func(s *Scene) {
		in, _ := handOn(s, asUsual, asUsual)
		s.Honour(in, func(*protocol.Receipt) {}).Signature.Key = 2
	}, protocol.CodeUnknownKey},
	{"2 the payer of an honoured income was revoked since", func(s *Scene) {
		in, _ := handOn(s, asUsual, asUsual)
		s.Honour(in, func(*protocol.Receipt) {})
		s.Notice.RevokedPurses = []protocol.Hash{protocol.Hash(in.Sheet.Purse)}
	}, ""},
	{"7 the payer of an honoured income contradicts itself", func(s *Scene) {
		in, _ := handOn(s, asUsual, asUsual)
		s.Honour(in, func(*protocol.Receipt) {})
		s.Known = append(s.Known, Known{in.Sheet.Purse, s.fork(in)})
		s.Extra = append(s.Extra, in.Sheet, s.fork(in))
	}, ""},
}

func dishonour(r *protocol.Receipt) {
	r.Outcome, r.Reason, r.Credited = protocol.Dishonoured, protocol.ReasonUncovered, protocol.Credit{Kind: protocol.CreditNone}
}

var heardOf = []Story{
	{"7 a proof of fraud against the payer is known here", func(s *Scene) { s.Condemned = []protocol.PurseID{s.Sheet.Purse} }, protocol.CodeCondemned},
	spoiled("7 a proof of fraud against the income's payer is known here", func(s *Scene, in *Hop) {
		s.Condemned = []protocol.PurseID{in.Sheet.Purse}
	}, protocol.CodeCondemned),
	spoiled("7 a proof of fraud against the payee is none of its payer's business", func(s *Scene, _ *Hop) {
		s.Condemned = []protocol.PurseID{protocol.PurseID(Bytes("somebody else"))}
	}, ""),
	spoiled("7 attack: the income contradicts an entry known here", func(s *Scene, in *Hop) {
		s.Known = []Known{{in.Sheet.Purse, s.fork(in)}}
	}, protocol.CodeIncompatible),
	spoiled("7 attack: the income contradicts an entry beside it", func(s *Scene, in *Hop) {
		s.Extra = append(s.Extra, s.fork(in))
	}, protocol.CodeIncompatible),
	spoiled("7 the income does not contradict what another purse has signed", func(s *Scene, in *Hop) {
		s.Known = []Known{{protocol.PurseID(Bytes("somebody else")), s.fork(in)}}
	}, ""),
	{"7 attack: ten hands back, a purse contradicts itself", func(s *Scene) {
		hops := s.Chain(10, 100)
		s.Known = []Known{{hops[0].Sheet.Purse, s.fork(hops[0])}}
	}, protocol.CodeIncompatible},
	spoiled("7 a forged accusation against the income's payer", func(s *Scene, in *Hop) {
		e := s.fork(in)
		e.Signatures[0].Signature[9] ^= 1
		s.Extra = append(s.Extra, e)
	}, ""),
}
