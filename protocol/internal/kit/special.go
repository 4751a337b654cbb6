package kit

import (
	"math"
	"slices"

	"kula/money"
	"kula/protocol"
)

// What can be wrong with one kind of document only, and its valid variants.

type code = protocol.Code

func charterFile(w *World) DocumentFile {
	d := w.Charter
	is := func(name string, c code, change func(*protocol.Charter)) hostile { return wrong(d, name, c, change) }
	terms := func(name string, c code, change func(*protocol.AssetTerms)) hostile {
		return is(name, c, func(x *protocol.Charter) { x.Assets = slices.Clone(x.Assets); change(&x.Assets[0]) })
	}
	life := func(name string, change func(*protocol.Lifetimes)) hostile {
		return is("lifetimes: "+name, protocol.CodeBadTerms, func(x *protocol.Charter) { change(&x.Lifetimes) })
	}
	small := *d
	small.Correspondents, small.Witnesses, small.LogKey, small.SealingKey, small.Endpoint = nil, nil, protocol.Key{}, [32]byte{}, ""
	small.Assets = []protocol.AssetTerms{{Asset: money.Asset{}, Decimals: 7, Step: 1, Tiers: d.Assets[0].Tiers[:1]}}
	small.Signature = protocol.Sign(Key("root"), w.Net.Hash(&small))
	const year = 366 * Day
	special := []hostile{
		is("no name", protocol.CodeBadText, func(x *protocol.Charter) { x.Name = "" }),
		is("no issuing key", protocol.CodeBadTerms, func(x *protocol.Charter) { x.Keys = nil }),
		is("issuing keys unsorted", protocol.CodeUnsorted, func(x *protocol.Charter) { x.Keys = reversed(x.Keys) }),
		is("an id twice", protocol.CodeDuplicate, func(x *protocol.Charter) { x.Keys = slices.Clone(x.Keys); x.Keys[1].ID = x.Keys[0].ID }),
		is("a key under two ids", protocol.CodeDuplicate, func(x *protocol.Charter) { x.Keys = slices.Clone(x.Keys); x.Keys[1].Key = x.Keys[0].Key }),
		is("a key never valid", protocol.CodeBadTime, func(x *protocol.Charter) { x.Keys = slices.Clone(x.Keys); x.Keys[0].NotAfter = x.Keys[0].NotBefore }),
		is("33 issuing keys", protocol.CodeTooMany, func(x *protocol.Charter) { x.Keys = make([]protocol.IssuingKey, 33) }),
		is("no asset", protocol.CodeBadTerms, func(x *protocol.Charter) { x.Assets = nil }),
		is("an asset twice", protocol.CodeDuplicate, func(x *protocol.Charter) { x.Assets = append(slices.Clone(x.Assets), x.Assets[0]) }),
		is("assets unsorted", protocol.CodeUnsorted, func(x *protocol.Charter) {
			x.Assets = append(slices.Clone(x.Assets), small.Assets[0])
		}),
		is("the deposit account is the root", protocol.CodeBadTerms, func(x *protocol.Charter) { x.Deposit = x.Anchor }),
		is("the deposit account is an issuer", protocol.CodeBadTerms, func(x *protocol.Charter) { x.Deposit = Account("issuer") }),
		is("witnesses unsorted", protocol.CodeUnsorted, func(x *protocol.Charter) { x.Witnesses = []protocol.Key{{2}, {1}} }),
		is("correspondents unsorted", protocol.CodeUnsorted, func(x *protocol.Charter) {
			x.Correspondents = []protocol.Correspondent{{Anchor: protocol.AccountID{2}}, {Anchor: protocol.AccountID{1}}}
		}),
		is("a correspondent twice", protocol.CodeDuplicate, func(x *protocol.Charter) {
			x.Correspondents = []protocol.Correspondent{x.Correspondents[0], x.Correspondents[0]}
		}),
		is("a correspondent's limit below zero", protocol.CodeBadAmount, func(x *protocol.Charter) {
			x.Correspondents = []protocol.Correspondent{{PerBill: -1}}
		}),
		is("a new line in the endpoint", protocol.CodeBadText, func(x *protocol.Charter) { x.Endpoint = "https://bank.example/\n" }),
		terms("no tier", protocol.CodeBadTerms, func(a *protocol.AssetTerms) { a.Tiers = nil }),
		terms("tiers unsorted", protocol.CodeUnsorted, func(a *protocol.AssetTerms) { a.Tiers = reversed(a.Tiers) }),
		terms("a tier twice", protocol.CodeDuplicate, func(a *protocol.AssetTerms) { a.Tiers = []protocol.Tier{a.Tiers[0], a.Tiers[0]} }),
		terms("backing too deep", protocol.CodeTooLarge, func(a *protocol.AssetTerms) {
			a.Tiers = slices.Clone(a.Tiers)
			a.Tiers[0].Limits.MaxDepth = protocol.MaxDepth + 1
		}),
		terms("a tier whose name turns its direction", protocol.CodeBadText, func(a *protocol.AssetTerms) {
			a.Tiers = slices.Clone(a.Tiers)
			a.Tiers[0].Name = "known\u202e"
		}),
		terms("a step of nothing", protocol.CodeBadAmount, func(a *protocol.AssetTerms) { a.Step = 0 }),
		terms("eight decimals", protocol.CodeBadTerms, func(a *protocol.AssetTerms) { a.Decimals = 8 }),
		terms("a fee of more than everything", protocol.CodeBadTerms, func(a *protocol.AssetTerms) { a.Payout.BasisPoints = 10_001 }),
		terms("a fee below zero", protocol.CodeBadAmount, func(a *protocol.AssetTerms) { a.Load.Flat = math.MinInt64 }),
		life("44 days to redeem", func(l *protocol.Lifetimes) { l.Redeem = 44 * Day }),
		life("sheets without life", func(l *protocol.Lifetimes) { l.Sheet = 0 }),
		life("bills that live too long", func(l *protocol.Lifetimes) { l.Bill = year + 1 }),
		life("so long that sums of dates overflow", func(l *protocol.Lifetimes) { l.Sheet = math.MaxUint64 }),
		life("a grace of eleven years", func(l *protocol.Lifetimes) { l.Grace = 11 * year }),
	}
	return documentFile([]protocol.Document{d, &small}, special,
		texts("name", protocol.MaxName, func(s string) protocol.Document { c := *d; c.Name = s; return &c }),
		lengths(d, "assets", []byte("\x00\x00\x00\x03VUV"), protocol.CodeTooMany), assetCases(w))
}

// assetCases are wrong assets, in a bill.
func assetCases(w *World) []hostile {
	with := func(name string, c code, assetCode string, issuer byte) hostile {
		return wrong(w.Charter, "asset: "+name, c, func(x *protocol.Charter) {
			x.Assets = slices.Clone(x.Assets)
			a := &x.Assets[0].Asset
			*a = money.Asset{Issuer: [32]byte{issuer}}
			copy(a.Code[:], assetCode)
		})
	}
	return []hostile{
		with("a code with a space", protocol.CodeBadAsset, "V V", 1),
		with("a code that is not ASCII", protocol.CodeBadAsset, "VÜV", 1),
		with("a code without issuer", protocol.CodeBadAsset, "VUV", 0),
	}
}

func reversed[T any](s []T) []T { s = slices.Clone(s); slices.Reverse(s); return s }

// quorums are the ways in which signers and threshold can be wrong.
func quorums(make func(protocol.Quorum) protocol.Document) []hostile {
	a, b, c := Public("till"), protocol.Key{1}, protocol.Key{2}
	q := func(name string, code code, threshold uint32, signers ...protocol.Signer) hostile {
		return hostile{"signers: " + name, code, protocol.Encode(make(protocol.Quorum{Signers: signers, Threshold: threshold}))}
	}
	nine := slices.Repeat([]protocol.Signer{{Key: a, Weight: 1}}, protocol.MaxSigners+1)
	return []hostile{
		q("none", protocol.CodeBadQuorum, 1),
		q("nine", protocol.CodeTooMany, 5, nine...),
		q("one without weight", protocol.CodeBadQuorum, 1, protocol.Signer{Key: a, Weight: 1}, protocol.Signer{Key: b, Weight: 0}),
		q("a weight over 255", protocol.CodeBadQuorum, 200, protocol.Signer{Key: a, Weight: 256}),
		q("weights whose sum overflows", protocol.CodeBadQuorum, 2, protocol.Signer{Key: a, Weight: 1 << 31}, protocol.Signer{Key: b, Weight: 1 << 31}),
		q("a threshold of nothing", protocol.CodeBadQuorum, 0, protocol.Signer{Key: a, Weight: 1}),
		q("a threshold nobody reaches", protocol.CodeBadQuorum, 2, protocol.Signer{Key: a, Weight: 1}),
		q("a threshold whose double overflows", protocol.CodeBadQuorum, 1<<31+1, protocol.Signer{Key: a, Weight: 1}),
		q("two groups that share nobody", protocol.CodeBadQuorum, 1, protocol.Signer{Key: a, Weight: 1}, protocol.Signer{Key: b, Weight: 1}),
		q("exactly half", protocol.CodeBadQuorum, 2, protocol.Signer{Key: a, Weight: 2}, protocol.Signer{Key: b, Weight: 2}),
		q("a threshold below half, though all need the first", protocol.CodeBadQuorum, 2, protocol.Signer{Key: a, Weight: 5}, protocol.Signer{Key: b, Weight: 1}),
		q("a group without the first", protocol.CodeBadQuorum, 2, protocol.Signer{Key: a, Weight: 1}, protocol.Signer{Key: b, Weight: 1}, protocol.Signer{Key: c, Weight: 1}),
		q("one twice", protocol.CodeDuplicate, 2, protocol.Signer{Key: a, Weight: 2}, protocol.Signer{Key: a, Weight: 1}),
		q("co-signers unsorted", protocol.CodeUnsorted, 3, protocol.Signer{Key: a, Weight: 3}, protocol.Signer{Key: c, Weight: 1}, protocol.Signer{Key: b, Weight: 1}),
	}
}

// TwoTills is a quorum of two devices that must both sign.
func TwoTills() protocol.Quorum {
	return protocol.Quorum{Signers: []protocol.Signer{{Key: Public("till"), Weight: 1}, {Key: Public("till 2"), Weight: 1}}, Threshold: 2}
}

func enrolmentFile(w *World) DocumentFile {
	d := w.Enrolment
	is := func(name string, c code, change func(*protocol.Enrolment)) hostile { return wrong(d, name, c, change) }
	family := *d
	family.Quorum, family.Kind, family.Asset, family.Start = TwoTills(), protocol.PayoutKind, money.Asset{}, 0
	w.SignEnrolment(&family, "payer", "till", "till 2")
	family.AccountSignatures = append(family.AccountSignatures, protocol.AccountSignature{Key: Public("payer 2"), Signature: protocol.Sign(Key("payer 2"), w.Net.Hash(&family))})
	slices.SortFunc(family.AccountSignatures, func(a, b protocol.AccountSignature) int { return slices.Compare(a.Key[:], b.Key[:]) })
	b := protocol.Encode(d)
	special := []hostile{
		is("no kind", protocol.CodeUnknownValue, func(x *protocol.Enrolment) { x.Kind = 0 }),
		is("a third kind", protocol.CodeUnknownValue, func(x *protocol.Enrolment) { x.Kind = 3 }),
		is("a start below zero", protocol.CodeBadAmount, func(x *protocol.Enrolment) { x.Start = -1 }),
		is("a start near overflow", protocol.CodeBadAmount, func(x *protocol.Enrolment) { x.Start = protocol.MaxStart + 1 }),
		is("a device signature twice", protocol.CodeDuplicate, func(x *protocol.Enrolment) {
			x.DeviceSignatures = append(slices.Clone(x.DeviceSignatures), x.DeviceSignatures[0])
		}),
		is("a device signature by nobody", protocol.CodeWrongReference, func(x *protocol.Enrolment) {
			x.DeviceSignatures = []protocol.DeviceSignature{{Index: 1}}
		}),
		is("device signatures unsorted", protocol.CodeUnsorted, func(x *protocol.Enrolment) {
			x.Quorum, x.DeviceSignatures = TwoTills(), reversed(family.DeviceSignatures)
		}),
		is("an account signature twice", protocol.CodeDuplicate, func(x *protocol.Enrolment) {
			x.AccountSignatures = append(slices.Clone(x.AccountSignatures), x.AccountSignatures[0])
		}),
		is("account signatures unsorted", protocol.CodeUnsorted, func(x *protocol.Enrolment) { x.AccountSignatures = reversed(family.AccountSignatures) }),
		is("22 account signatures", protocol.CodeTooMany, func(x *protocol.Enrolment) { x.AccountSignatures = make([]protocol.AccountSignature, 22) }),
		{"signatures: a length of 2^32-1", protocol.CodeTooMany, put(b, len(b)-72, math.MaxUint32)},
		{"asset: padding that is not zero", protocol.CodePadding, paddedAsset(b)},
	}
	return documentFile([]protocol.Document{d, &family}, special,
		quorums(func(q protocol.Quorum) protocol.Document { c := *d; c.Quorum = q; return &c }))
}

// paddedAsset puts a one after the three letters of the world's asset.
func paddedAsset(b []byte) []byte {
	c := slices.Clone(b)
	c[before(c, []byte("VUV"), 0)+3] = 1
	return c
}

func memoFile(w *World) DocumentFile {
	blank := protocol.Memo{Salt: w.Memo.Salt}
	wide := protocol.Memo{Salt: w.Memo.Salt, Text: "Lénakel – 魚 二"}
	return documentFile([]protocol.Document{w.Memo, &blank, &wide},
		texts("text", protocol.MaxMemo, func(s string) protocol.Document { return &protocol.Memo{Salt: w.Memo.Salt, Text: s} }))
}

func cardFile(w *World) DocumentFile {
	d := w.Card
	is := func(name string, c code, change func(*protocol.Card)) hostile { return wrong(d, name, c, change) }
	return documentFile([]protocol.Document{d}, []hostile{
		is("no name", protocol.CodeBadText, func(x *protocol.Card) { x.Name = "" }),
		is("no key", protocol.CodeBadQuorum, func(x *protocol.Card) { x.Keys = nil }),
		is("keys unsorted", protocol.CodeUnsorted, func(x *protocol.Card) { x.Keys = []protocol.Key{{2}, {1}} }),
		is("a key twice", protocol.CodeDuplicate, func(x *protocol.Card) { x.Keys = []protocol.Key{{1}, {1}} }),
		is("nine keys", protocol.CodeTooMany, func(x *protocol.Card) { x.Keys = make([]protocol.Key, 9) }),
		is("never valid", protocol.CodeBadTime, func(x *protocol.Card) { x.NotAfter = x.NotBefore }),
	}, lengths(d, "keys", d.Keys[0][:], protocol.CodeTooMany),
		texts("name", protocol.MaxName, func(s string) protocol.Document { c := *d; c.Name = s; return &c }))
}

func sheetFile(w *World) DocumentFile {
	d := w.Sheet
	is := func(name string, c code, change func(*protocol.Sheet)) hostile { return wrong(d, name, c, change) }
	family := *d
	family.Quorum, family.Kind, family.Available, family.Base, family.Asset = TwoTills(), protocol.PayoutKind, 0, protocol.Base{}, money.Asset{}
	w.Issue(&family)
	return documentFile([]protocol.Document{d, &family}, []hostile{
		is("less than nothing available", protocol.CodeBadAmount, func(x *protocol.Sheet) { x.Available = -1 }),
		is("the least of all numbers available", protocol.CodeBadAmount, func(x *protocol.Sheet) { x.Available = math.MinInt64 }),
		is("a base below zero", protocol.CodeBadAmount, func(x *protocol.Sheet) { x.Base.Spent = -1 }),
		is("a limit below zero", protocol.CodeBadAmount, func(x *protocol.Sheet) { x.Limits.PerBill = -1 }),
		is("backing too deep", protocol.CodeTooLarge, func(x *protocol.Sheet) { x.Limits.MaxDepth = 13 }),
		is("no kind", protocol.CodeUnknownValue, func(x *protocol.Sheet) { x.Kind = 0 }),
		is("a third kind", protocol.CodeUnknownValue, func(x *protocol.Sheet) { x.Kind = 3 }),
		is("never valid", protocol.CodeBadTime, func(x *protocol.Sheet) { x.ExpiresAt = x.IssuedAt }),
		is("not redeemable to its end", protocol.CodeBadTime, func(x *protocol.Sheet) { x.RedeemBy = x.ExpiresAt - 1 }),
		{"asset: padding that is not zero", protocol.CodePadding, paddedAsset(protocol.Encode(d))},
	}, lengths(d, "signers", d.Quorum.Signers[0].Key[:], protocol.CodeTooMany),
		quorums(func(q protocol.Quorum) protocol.Document { c := *d; c.Quorum = q; return &c }))
}

func billFile(w *World) DocumentFile {
	d := w.Bill
	is := func(name string, c code, change func(*protocol.Bill)) hostile { return wrong(d, name, c, change) }
	open, standing := *d, *d
	open.Payer, open.Amount = protocol.AccountID{}, 0
	standing.Payer, standing.Standing, standing.ExpiresAt, standing.Asset = protocol.AccountID{}, true, d.IssuedAt+protocol.MaxStanding, money.Asset{}
	w.SignBill(&open)
	w.SignBill(&standing)
	b := protocol.Encode(d)
	payer, amount := before(b, d.Payer[:], 4), before(b, []byte("VUV"), 0)+4+32
	zeroPayer, zeroAmount := slices.Clone(b), slices.Clone(b)
	copy(zeroPayer[payer+4:], make([]byte, 32))
	copy(zeroAmount[amount+4:], make([]byte, 8))
	end := len(b) - 64 - 4
	return documentFile([]protocol.Document{d, &open, &standing}, []hostile{
		is("an amount below zero", protocol.CodeBadAmount, func(x *protocol.Bill) { x.Amount = -1 }),
		is("the least of all amounts", protocol.CodeBadAmount, func(x *protocol.Bill) { x.Amount = math.MinInt64 }),
		{"an amount that is there and zero", protocol.CodeNotCanonical, zeroAmount},
		{"a payer who is there and nobody", protocol.CodeNotCanonical, zeroPayer},
		{"whether there is a payer: 2", protocol.CodeUnknownValue, put(b, payer, 2)},
		{"whether there is an amount: 2^32-1", protocol.CodeUnknownValue, put(b, amount, math.MaxUint32)},
		{"standing: 2", protocol.CodeUnknownValue, put(b, end, 2)},
		is("standing, for one payer", protocol.CodeWrongPayer, func(x *protocol.Bill) { x.Standing = true }),
		is("expired when made", protocol.CodeBadTime, func(x *protocol.Bill) { x.ExpiresAt = x.IssuedAt }),
		is("dates the wrong way round", protocol.CodeBadTime, func(x *protocol.Bill) { x.IssuedAt, x.ExpiresAt = x.ExpiresAt, x.IssuedAt }),
		is("longer than a year", protocol.CodeBadTime, func(x *protocol.Bill) { x.ExpiresAt = x.IssuedAt + protocol.MaxStanding + 1 }),
		is("for ever", protocol.CodeBadTime, func(x *protocol.Bill) { x.ExpiresAt = math.MaxUint64 }),
		{"asset: padding that is not zero", protocol.CodePadding, paddedAsset(b)},
	}, lengths(d, "asset code", []byte("VUV"), protocol.CodeTooLarge))
}

func entryFile(w *World) DocumentFile {
	d := w.Entry
	is := func(name string, c code, change func(*protocol.Entry)) hostile { return wrong(d, name, c, change) }
	both, first := *d, *w.Statement
	h := w.Net.Hash(&both)
	both.Signatures = append(slices.Clone(d.Signatures), protocol.DeviceSignature{Index: 1, Signature: protocol.Sign(Key("till 2"), h)})
	first.Sheet, first.Seq, first.Spent, first.Statement.Challenge = protocol.Hash(w.Sheet.Purse), 1, w.Enrolment.Start, protocol.Hash{}
	w.SignEntry(&first)
	b := protocol.Encode(d)
	kind := 4 + 32 + 8 + 8
	signatures := len(b) - 64 - 4 - 4
	return documentFile([]protocol.Document{d, w.Statement, &both, &first}, []hostile{
		is("number zero", protocol.CodeBadAmount, func(x *protocol.Entry) { x.Seq = 0 }),
		is("an amount of nothing", protocol.CodeBadAmount, func(x *protocol.Entry) { x.Spend.Amount = 0 }),
		is("an amount below zero", protocol.CodeBadAmount, func(x *protocol.Entry) { x.Spend.Amount = -1 }),
		is("the least of all amounts", protocol.CodeBadAmount, func(x *protocol.Entry) { x.Spend.Amount = math.MinInt64 }),
		is("spent below zero", protocol.CodeBadAmount, func(x *protocol.Entry) { x.Spent = -1 }),
		is("a sum that has overflowed", protocol.CodeBadAmount, func(x *protocol.Entry) { x.Spend.Amount, x.Spent = math.MaxInt64, math.MinInt64+1 }),
		is("less spent in all than by itself", protocol.CodeBadAmount, func(x *protocol.Entry) { x.Spent = x.Spend.Amount - 1 }),
		{"kind 0", protocol.CodeUnknownValue, put(b, kind, 0)},
		{"kind 3", protocol.CodeUnknownValue, put(b, kind, 3)},
		is("a signer twice", protocol.CodeDuplicate, func(x *protocol.Entry) { x.Signatures = append(slices.Clone(x.Signatures), x.Signatures[0]) }),
		is("signatures unsorted", protocol.CodeUnsorted, func(x *protocol.Entry) { x.Signatures = reversed(both.Signatures) }),
		is("a ninth signer", protocol.CodeWrongReference, func(x *protocol.Entry) { x.Signatures = []protocol.DeviceSignature{{Index: 8}} }),
		is("nine signatures", protocol.CodeTooMany, func(x *protocol.Entry) { x.Signatures = make([]protocol.DeviceSignature, 9) }),
		{"signatures: a length of 2^32-1", protocol.CodeTooMany, put(b, signatures, math.MaxUint32)},
	})
}
