package kit

//go:generate go run ./write ../../testdata/vectors

import (
	"slices"

	"kula/protocol"
)

// Files is the whole kit: file names and what stands in them. Every call makes the same bytes.
func Files() map[string][]byte {
	w := New()
	files := map[string][]byte{
		"signature.json": marshal(Signatures()),
		"bundle.json":    marshal(Bundles()),
		"payment.json":   marshal(Payments()),
		"request.json":   marshal(Requests()),
	}
	for _, f := range []DocumentFile{charterFile(w), enrolmentFile(w), memoFile(w), cardFile(w), sheetFile(w), billFile(w),
		entryFile(w), ackFile(w), deliveryFile(w), receiptFile(w), payoutFile(w), noticeFile(w), fraudFile(w)} {
		files[f.Document+".json"] = marshal(f)
	}
	return files
}

// Verifier is that of whoever looks at the scene.
func (s *Scene) Verifier() *protocol.Verifier {
	v := s.World.Verifier()
	v.Now, v.Margin = s.Now, s.Margin
	v.Entries = func(of *protocol.Sheet) (all []*protocol.Entry) {
		for _, k := range s.Known {
			if k.Purse == of.Purse {
				all = append(all, k.Entry)
			}
		}
		return all
	}
	v.Condemned = func(of *protocol.Sheet) bool { return slices.Contains(s.Condemned, of.Purse) }
	if s.Strangers {
		v.Charter = func(protocol.AccountID) (*protocol.Charter, bool) { return nil, false }
	}
	return v
}

// Bundle is what travels in the scene.
func (s *Scene) Bundle() *protocol.Bundle {
	b := s.Payment()
	for _, d := range s.Extra {
		b.Add(d)
	}
	return b
}

func (s *Scene) trusted() (charters, notices []Data) {
	charters, notices = []Data{}, []Data{}
	if !s.Strangers {
		charters = append(charters, protocol.Encode(s.Charter))
		notices = append(notices, protocol.Encode(s.Notice))
	}
	return charters, notices
}

func expect(c protocol.Code) string {
	if c == "" {
		return "ok"
	}
	return string(c)
}

// Payments is the file payment.json.
func Payments() Cases[PaymentCase] {
	var all []PaymentCase
	for _, story := range PaymentStories() {
		s := NewScene()
		story.Set(s)
		c := PaymentCase{Name: story.Name, Expect: expect(story.Code), Network: Passphrase, Now: s.Now, Margin: s.Margin,
			Bundle: s.Bundle().Encode(), Entry: s.Net.Hash(s.Entry).String()}
		c.Charters, c.Notices = s.trusted()
		for _, k := range s.Known {
			c.Known = append(c.Known, KnownEntry{k.Purse.String(), protocol.Encode(k.Entry)})
		}
		for _, p := range s.Condemned {
			c.Condemned = append(c.Condemned, p.String())
		}
		if story.Code == "" {
			c.Verdict = &VerdictCase{s.Depth, s.Notice.Moment(s.Entry.Spend.Deadline), int64(min(s.Entry.Spend.Amount, s.Sheet.Limits.Guaranteed)), s.Payer}
		}
		all = append(all, c)
	}
	return Cases[PaymentCase]{all}
}

// Requests is the file request.json.
func Requests() Cases[RequestCase] {
	var all []RequestCase
	for _, story := range RequestStories {
		s := NewScene()
		story.Set(s)
		c := RequestCase{Name: story.Name, Expect: expect(story.Code), Network: Passphrase, Now: s.Now,
			Bill: protocol.Encode(s.Bill), Card: protocol.Encode(s.Card)}
		c.Charters, c.Notices = s.trusted()
		all = append(all, c)
	}
	return Cases[RequestCase]{all}
}
