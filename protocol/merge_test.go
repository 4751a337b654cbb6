package protocol_test

import (
	"testing"

	"kula/protocol"
	"kula/protocol/internal/kit"
)

func TestMergeEntries(t *testing.T) {
	w := kit.New()
	q := kit.TwoTills()
	h := w.Net.Hash(w.Entry)
	first := protocol.DeviceSignature{Index: 0, Signature: protocol.Sign(kit.Key("till"), h)}
	second := protocol.DeviceSignature{Index: 1, Signature: protocol.Sign(kit.Key("till 2"), h)}
	with := func(s ...protocol.DeviceSignature) *protocol.Entry {
		return edit(w.Entry, func(e *protocol.Entry) { e.Signatures = s })
	}
	forged := protocol.DeviceSignature{Index: 1, Signature: first.Signature}
	nobody := protocol.DeviceSignature{Index: 7, Signature: first.Signature}
	for name, c := range map[string]struct{ a, b, want *protocol.Entry }{
		"two halves":          {with(second), with(first), with(first, second)},
		"one twice":           {with(first), with(first), with(first)},
		"a forged one":        {with(first, forged), with(second), with(first, second)},
		"forged ones only":    {with(first, forged), with(forged), with(first)},
		"a signer who is not": {with(first), with(second, nobody), with(first, second)},
	} {
		t.Run(name, func(t *testing.T) {
			for _, pair := range [][2]*protocol.Entry{{c.a, c.b}, {c.b, c.a}} {
				got, err := protocol.Merge(w.Net, pair[0], pair[1], protocol.Signatories{Quorum: &q})
				if err != nil {
					t.Fatal(err)
				}
				if string(protocol.Encode(got)) != string(protocol.Encode(c.want)) {
					t.Errorf("got %v", got.Signatures)
				}
			}
			if _, err := c.want.Claims(h, &q); name == "two halves" && err != nil {
				t.Error(err)
			}
		})
	}
	_, err := protocol.Merge(w.Net, with(forged), with(), protocol.Signatories{Quorum: &q})
	wantCode(t, err, protocol.CodeBadSignature)
	_, err = protocol.Merge(w.Net, w.Entry, w.Rival, protocol.Signatories{Quorum: &q})
	wantCode(t, err, protocol.CodeWrongReference)
}

func TestMergeKeepsTheGenuineEnvelope(t *testing.T) {
	w := kit.New()
	who := protocol.Signatories{Charter: w.Charter, Quorum: &w.Sheet.Quorum, Payee: w.Bill.PayeeKey}
	for _, d := range w.Documents() {
		data := protocol.Encode(d)
		bad := append([]byte{}, data...)
		switch d.(type) {
		case *protocol.Memo, *protocol.FraudProof:
			continue
		}
		bad[len(bad)-1] ^= 1
		forged, err := protocol.Decode(bad)
		if err != nil {
			t.Fatal(err)
		}
		for _, pair := range [][2]protocol.Document{{d, forged}, {forged, d}, {d, d}} {
			got, err := protocol.Merge(w.Net, pair[0], pair[1], who)
			if err != nil {
				t.Fatalf("%s: %v", d.Type(), err)
			}
			if e, ok := got.(*protocol.Enrolment); ok && len(e.DeviceSignatures) != 1 {
				t.Error("the device's signature was lost")
			}
			if string(protocol.Encode(got)) != string(data) {
				t.Errorf("%s: not the genuine one", d.Type())
			}
		}
		if _, ok := d.(*protocol.Enrolment); ok {
			continue // the account's signature is still good
		}
		_, err = protocol.Merge(w.Net, forged, forged, who)
		wantCode(t, err, protocol.CodeBadSignature)
		if issued, ok := d.(protocol.Issued); ok {
			_, err = protocol.Merge[protocol.Document](w.Net, issued, issued, protocol.Signatories{})
			wantCode(t, err, protocol.CodeBadSignature)
		}
	}
}

func TestAttackFraudProofs(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(*kit.World)
		code  protocol.Code
	}{
		{"good", func(*kit.World) {}, ""},
		{"entries that agree", func(w *kit.World) {
			w.Rival.Seq++
			w.Rival.Spent += w.Rival.Spend.Amount
			w.SignEntry(w.Rival)
		}, protocol.CodeWrongReference},
		{"an entry forged", func(w *kit.World) { w.Rival.Signatures[0].Signature[0] ^= 1 }, protocol.CodeBadSignature},
		{"the other entry forged", func(w *kit.World) { w.Entry.Signatures[0].Signature[0] ^= 1 }, protocol.CodeBadSignature},
		{"an entry nobody signed", func(w *kit.World) { w.Rival.Signatures = nil }, protocol.CodeBelowThreshold},
		{"devices never agreed to the purse", func(w *kit.World) { w.Enrolment.DeviceSignatures = nil }, protocol.CodeBelowThreshold},
		{"a device's agreement forged", func(w *kit.World) { w.Enrolment.DeviceSignatures[0].Signature[0] ^= 1 }, protocol.CodeBadSignature},
		{"a sheet the bank never signed", func(w *kit.World) { w.Sheet.Signature.Signature[0] ^= 1 }, protocol.CodeBadSignature},
		{"another anchor's charter", func(w *kit.World) { w.Charter.Anchor = kit.Account("other root") }, protocol.CodeWrongAnchor},
		{"another anchor's charter, and no sheet at all", func(w *kit.World) {
			w.Charter.Anchor = kit.Account("other root")
			for seq, e := range []*protocol.Entry{w.Entry, w.Rival} {
				*e = *w.Statement
				e.Sheet, e.Statement.Time = protocol.Hash(w.Fraud.Purse), uint64(seq)
				w.SignEntry(e)
			}
		}, protocol.CodeWrongAnchor},
		{"a sheet with other signers", func(w *kit.World) {
			w.Sheet.Quorum = kit.TwoTills()
			w.Issue(w.Sheet)
			for _, e := range []*protocol.Entry{w.Entry, w.Rival} {
				e.Sheet = w.Net.Hash(w.Sheet)
				w.SignEntry(e)
			}
		}, protocol.CodeWrongReference},
		{"a sheet of another account", func(w *kit.World) {
			w.Sheet.Account = kit.Account("somebody")
			w.Issue(w.Sheet)
			for _, e := range []*protocol.Entry{w.Entry, w.Rival} {
				e.Sheet = w.Net.Hash(w.Sheet)
				w.SignEntry(e)
			}
		}, protocol.CodeWrongReference},
		{"a sheet of another purse", func(w *kit.World) {
			w.Sheet.Purse[0] ^= 1
			w.Issue(w.Sheet)
			for _, e := range []*protocol.Entry{w.Entry, w.Rival} {
				e.Sheet = w.Net.Hash(w.Sheet)
				w.SignEntry(e)
			}
		}, protocol.CodeWrongReference},
		{"no sheet", func(w *kit.World) {
			w.Rival.Sheet = protocol.Hash{1}
			w.SignEntry(w.Rival)
		}, protocol.CodeMissingDocument},
		{"a Statement before the first sheet", func(w *kit.World) {
			*w.Rival = *w.Statement
			w.Rival.Sheet, w.Rival.Seq = protocol.Hash(w.Fraud.Purse), w.Entry.Seq
			w.SignEntry(w.Rival)
		}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := kit.New()
			c.spoil(w)
			f := protocol.NewFraudProof(w.Net, w.Fraud.Purse, w.Entry, w.Rival)
			b := protocol.NewBundle(w.Net, w.Entry, w.Rival, w.Sheet, w.Enrolment, f)
			complete, err := protocol.VerifyFraud(b, w.Charter, f)
			if c.code == "" && (err != nil || !complete) {
				t.Fatal(complete, err)
			}
			if c.code != "" {
				wantCode(t, err, c.code)
			}
		})
	}
	w := kit.New()
	complete, err := protocol.VerifyFraud(protocol.NewBundle(w.Net, w.Entry, w.Rival, w.Sheet), w.Charter, w.Fraud)
	if complete || err != nil {
		t.Errorf("without the Enrolment the proof holds, and is not complete: %v, %v", complete, err)
	}
	w.Rival.Sheet = protocol.Hash(w.Fraud.Purse)
	w.SignEntry(w.Rival)
	early := protocol.NewFraudProof(w.Net, w.Fraud.Purse, w.Entry, w.Rival)
	_, err = protocol.VerifyFraud(protocol.NewBundle(w.Net, w.Entry, w.Rival, w.Sheet), w.Charter, early)
	wantCode(t, err, protocol.CodeMissingDocument)
	_, err = protocol.VerifyFraud(protocol.NewBundle(w.Net, w.Entry, w.Sheet, w.Enrolment), w.Charter, w.Fraud)
	wantCode(t, err, protocol.CodeMissingDocument)
}
