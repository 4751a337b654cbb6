package kit

import (
	"math"
	"slices"

	"kula/protocol"
)

func ackFile(w *World) DocumentFile {
	none := protocol.Ack{}
	none.Signature = protocol.Sign(Key("stall"), w.Net.Hash(&none))
	return documentFile([]protocol.Document{w.Ack, &none})
}

func deliveryFile(w *World) DocumentFile {
	d := w.Delivery
	is := func(name string, c code, change func(*protocol.Delivery)) hostile { return wrong(d, name, c, change) }
	none := *d
	none.Documents = nil
	w.Issue(&none)
	return documentFile([]protocol.Document{d, &none}, []hostile{
		is("documents unsorted", protocol.CodeUnsorted, func(x *protocol.Delivery) { x.Documents = reversed(x.Documents) }),
		is("a document twice", protocol.CodeDuplicate, func(x *protocol.Delivery) { x.Documents = slices.Repeat(x.Documents[:1], 2) }),
		is("1001 documents", protocol.CodeTooMany, func(x *protocol.Delivery) { x.Documents = make([]protocol.Hash, 1001) }),
	}, lengths(d, "documents", d.Documents[0][:], protocol.CodeTooMany))
}

func receiptFile(w *World) DocumentFile {
	d := w.Receipt
	is := func(name string, c code, change func(*protocol.Receipt)) hostile { return wrong(d, name, c, change) }
	out, refused, part := *d, *d, *d
	out.Credited = protocol.Credit{Kind: protocol.CreditPayout, To: protocol.Hash(w.Bill.Payee)}
	refused.Outcome, refused.Reason, refused.Credited = protocol.Dishonoured, protocol.ReasonUncovered, protocol.Credit{Kind: protocol.CreditNone}
	part.Outcome, part.Reason, part.Covered = protocol.Dishonoured, protocol.ReasonIncompatible, d.Amount/2
	w.Issue(&out)
	w.Issue(&refused)
	w.Issue(&part)
	return documentFile([]protocol.Document{d, &out, &refused, &part}, []hostile{
		is("no outcome", protocol.CodeUnknownValue, func(x *protocol.Receipt) { x.Outcome = 0 }),
		is("a third outcome", protocol.CodeUnknownValue, func(x *protocol.Receipt) { x.Outcome = 3 }),
		is("a fifth reason", protocol.CodeUnknownValue, func(x *protocol.Receipt) { x.Reason = 5 }),
		is("honoured, with a reason against", protocol.CodeUnknownValue, func(x *protocol.Receipt) { x.Reason = protocol.ReasonLate }),
		is("dishonoured without a reason", protocol.CodeUnknownValue, func(x *protocol.Receipt) { *x = refused; x.Reason = protocol.ReasonNone }),
		is("honoured to nowhere", protocol.CodeUnknownValue, func(x *protocol.Receipt) { x.Credited.Kind = protocol.CreditNone }),
		is("dishonoured, and credited", protocol.CodeUnknownValue, func(x *protocol.Receipt) { *x = refused; x.Credited = d.Credited }),
		is("dishonoured, with a destination", protocol.CodeUnknownValue, func(x *protocol.Receipt) { *x = refused; x.Credited.To = d.Credited.To }),
		is("a fourth destination", protocol.CodeUnknownValue, func(x *protocol.Receipt) { x.Credited.Kind = 4 }),
		is("an amount of nothing", protocol.CodeBadAmount, func(x *protocol.Receipt) { x.Amount = 0 }),
		is("an amount below zero", protocol.CodeBadAmount, func(x *protocol.Receipt) { x.Amount = math.MinInt64 }),
		is("honoured, and something covered besides", protocol.CodeBadAmount, func(x *protocol.Receipt) { x.Covered = 1 }),
		is("dishonoured, with all of it covered", protocol.CodeBadAmount, func(x *protocol.Receipt) { *x = part; x.Covered = x.Amount }),
		is("dishonoured, with less than nothing covered", protocol.CodeBadAmount, func(x *protocol.Receipt) { *x = part; x.Covered = -1 }),
		is("dishonoured, with a part covered and credited to nobody", protocol.CodeUnknownValue, func(x *protocol.Receipt) {
			*x = part
			x.Credited = protocol.Credit{Kind: protocol.CreditNone}
		}),
	})
}

func payoutFile(w *World) DocumentFile {
	d := w.Payout
	is := func(name string, c code, change func(*protocol.Payout)) hostile { return wrong(d, name, c, change) }
	return documentFile([]protocol.Document{d}, []hostile{
		is("no receipt", protocol.CodeMissingDocument, func(x *protocol.Payout) { x.Receipts = nil }),
		is("no operation", protocol.CodeMissingDocument, func(x *protocol.Payout) { x.Operations = nil }),
		is("receipts unsorted", protocol.CodeUnsorted, func(x *protocol.Payout) { x.Receipts = reversed(x.Receipts) }),
		is("a receipt twice", protocol.CodeDuplicate, func(x *protocol.Payout) { x.Receipts = slices.Repeat(x.Receipts[:1], 2) }),
		is("operations unsorted", protocol.CodeUnsorted, func(x *protocol.Payout) { x.Operations = []uint32{2, 0} }),
		is("an operation twice", protocol.CodeDuplicate, func(x *protocol.Payout) { x.Operations = []uint32{2, 2} }),
		is("operation 100", protocol.CodeTooLarge, func(x *protocol.Payout) { x.Operations = []uint32{100} }),
		is("101 operations", protocol.CodeTooMany, func(x *protocol.Payout) { x.Operations = make([]uint32, 101) }),
		is("1001 receipts", protocol.CodeTooMany, func(x *protocol.Payout) { x.Receipts = make([]protocol.Hash, 1001) }),
	}, lengths(d, "receipts", d.Receipts[0][:], protocol.CodeTooMany))
}

func noticeFile(w *World) DocumentFile {
	d := w.Notice
	is := func(name string, c code, change func(*protocol.Notice)) hostile { return wrong(d, name, c, change) }
	quiet := protocol.Notice{Anchor: d.Anchor, Epoch: 1, Time: Epoch}
	w.Issue(&quiet)
	two := []protocol.Hash{{1}, {2}}
	many := make([]protocol.Hash, 401)
	for i := range many {
		many[i] = protocol.Hash{byte(i >> 8), byte(i)}
	}
	return documentFile([]protocol.Document{d, &quiet}, []hostile{
		is("purses unsorted", protocol.CodeUnsorted, func(x *protocol.Notice) { x.RevokedPurses = reversed(two) }),
		is("keys unsorted", protocol.CodeUnsorted, func(x *protocol.Notice) { x.RevokedKeys = reversed(two) }),
		is("a card twice", protocol.CodeDuplicate, func(x *protocol.Notice) { x.RevokedCards = slices.Repeat(two[:1], 2) }),
		is("501 purses", protocol.CodeTooMany, func(x *protocol.Notice) { x.RevokedPurses = make([]protocol.Hash, 501) }),
		is("802 names in all", protocol.CodeTooMany, func(x *protocol.Notice) { x.RevokedPurses, x.RevokedKeys = many, many }),
		is("lowered unsorted", protocol.CodeUnsorted, func(x *protocol.Notice) {
			x.Lowered = []protocol.Lowered{{Purse: protocol.PurseID{1}}, {}}
		}),
		is("lowered below zero", protocol.CodeBadAmount, func(x *protocol.Notice) { x.Lowered = []protocol.Lowered{{Guaranteed: -1}} }),
		is("an extension back in time", protocol.CodeBadTime, func(x *protocol.Notice) { x.Extensions = []protocol.Extension{{From: 2, To: 1}} }),
		is("an extension of nothing", protocol.CodeBadTime, func(x *protocol.Notice) { x.Extensions = []protocol.Extension{{From: 2, To: 2}} }),
		is("extensions that overlap", protocol.CodeBadTime, func(x *protocol.Notice) {
			x.Extensions = []protocol.Extension{{From: 1, To: 5}, {From: 4, To: 9}}
		}),
		is("17 extensions", protocol.CodeTooMany, func(x *protocol.Notice) { x.Extensions = make([]protocol.Extension, 17) }),
	}, lengths(d, "purses", d.RevokedPurses[0][:], protocol.CodeTooMany))
}

func fraudFile(w *World) DocumentFile {
	d := w.Fraud
	is := func(name string, c code, change func(*protocol.FraudProof)) hostile { return wrong(d, name, c, change) }
	return documentFile([]protocol.Document{d}, []hostile{
		is("entries the wrong way round", protocol.CodeUnsorted, func(x *protocol.FraudProof) { x.First, x.Second = x.Second, x.First }),
		is("one entry against itself", protocol.CodeDuplicate, func(x *protocol.FraudProof) { x.Second = x.First }),
	})
}
