package walletcmd

import (
	"context"
	"os"
	"strings"

	"kula/cmd/kula/say"
	"kula/nearby/qr"
	"kula/nearby/text"
	"kula/protocol"
	"kula/wallet"
)

// Cases is `kula wallet cases`.
type Cases struct{}

// Help shows examples.
func (Cases) Help() string {
	return `Purses of which this wallet holds the proof that they have spent money twice. It refuses their money, tells other wallets
at every meeting, and brings the proof to the bank at the next sync.

Examples:
  kula wallet cases
  kula wallet cases --json`
}

// proven is a wallet.Case in the words of JSON.
type proven struct {
	Purse    protocol.PurseID   `json:"purse"`
	Account  protocol.AccountID `json:"account"`
	Anchor   protocol.AccountID `json:"anchor"`
	Bank     string             `json:"bank"`
	Proof    protocol.Hash      `json:"proof"`
	At       uint64             `json:"at"`
	Own      bool               `json:"own"`      // found by this wallet, or against somebody who paid it
	Complete bool               `json:"complete"` // it holds against the bank, too
	AtBank   bool               `json:"at_bank"`
	Received []protocol.Hash    `json:"received"` // payments that came from that purse
}

// Run lists.
func (c *Cases) Run(parent *Command, voice *say.Voice) error {
	return parent.with(voice, func(s *session) error {
		list := []proven{}
		for _, k := range s.Wallet.Wallet.Cases() {
			p := proven{Purse: k.Purse, Account: k.Account, Anchor: k.Anchor, Proof: k.Proof, At: k.At, Own: k.Own,
				Complete: k.Complete, AtBank: k.AtBank, Received: append([]protocol.Hash{}, k.Received...)}
			if charter := s.anchor(k.Anchor); charter != nil {
				p.Bank = charter.Name
			}
			list = append(list, p)
		}
		return voice.Result(list, func() { s.tellCases(list) })
	})
}

func (s *session) tellCases(list []proven) {
	v := s.voice
	if len(list) == 0 {
		v.Line("Nobody is known here to have spent money twice.")
		return
	}
	for _, k := range list {
		v.Line("Purse %s of account %s at %s has spent money twice: it is proven, since %s.", k.Purse.String()[:12], k.Account, k.Bank, day(k.At))
		if k.AtBank {
			v.Line("  The bank knows.")
		} else {
			v.Line("  The bank does not know yet:  kula wallet sync")
		}
		for _, h := range k.Received {
			v.Line("  You have from it the payment %s", h)
		}
	}
	v.Line("The evidence for anybody, a court included:  kula wallet evidence FILE")
}

// Evidence is `kula wallet evidence`.
type Evidence struct {
	File  string `arg:"" help:"The file to write." type:"path"`
	Purse string `help:"Only against this purse, by the start of its id."`
}

// Help shows examples.
func (Evidence) Help() string {
	return `Writes the proofs that this wallet holds, each with everything it rests on, and what was received from those purses.
Anybody can check the file, with no network:  kula verify FILE

Examples:
  kula wallet evidence proof.kula
  kula wallet evidence proof.kula --purse 3f2a`
}

// Run writes.
func (c *Evidence) Run(parent *Command, voice *say.Voice) error {
	return parent.with(voice, func(s *session) error {
		all := protocol.NewBundle(s.Network())
		purses := []protocol.PurseID{}
		for _, k := range s.Wallet.Wallet.Cases() {
			if !strings.HasPrefix(k.Purse.String(), c.Purse) {
				continue
			}
			b, err := s.Case(k.Proof)
			if err != nil {
				return err
			}
			all.AddAll(b)
			all.Roots = append(all.Roots, b.Roots...)
			purses = append(purses, k.Purse)
		}
		if len(purses) == 0 {
			return &say.Problem{Exit: say.Failed, Code: string(wallet.CodeNotKnown), What: "this wallet holds no such proof", Next: "what it holds:  kula wallet cases"}
		}
		if err := os.WriteFile(c.File, all.Encode(), 0o600); err != nil {
			return err
		}
		return voice.Result(map[string]any{"file": c.File, "purses": purses}, func() {
			voice.Line("%s in %s. Anybody can check it, with no network:  kula verify %s", say.Count(len(purses), "proof is", "proofs are"), c.File, c.File)
		})
	})
}

// News is `kula wallet news`.
type News struct {
	In    string `help:"Take in the news of another wallet, from a file, a QR picture, or - for standard input."`
	Bytes int    `help:"How many bytes to tell at most." default:"4096"`
	Output
}

// Help shows examples.
func (News) Help() string {
	return `Wallets tell each other what they have seen whenever they meet: who has spent money twice, and the bank's newest notice. This is
the same by file or picture, for a noticeboard or a friend. Nothing is believed that does not prove itself.

Examples:
  kula wallet news --out news.kula
  kula wallet news --qr news.png        the newest of it, as much as a QR code holds
  kula wallet news --qr news.gif        all of it, as a moving code
  kula wallet news --in news.kula`
}

// heard is a wallet.Heard in the words of JSON.
type heard struct {
	Charters  int                `json:"charters"`
	Notices   int                `json:"notices"`
	Condemned []protocol.PurseID `json:"condemned"`
	Sightings int                `json:"sightings"`
	Dropped   int                `json:"dropped"`
	OwnPurse  []protocol.PurseID `json:"own_purse"` // somebody else has signed in the name of this purse of ours
	Forged    bool               `json:"forged"`
}

// Run tells, or listens.
func (c *News) Run(ctx context.Context, parent *Command, voice *say.Voice) error {
	if c.In != "" && (c.Out != "" || c.QR != "") {
		return say.Misuse("news is either told (--out, --qr) or taken in (--in)")
	}
	return parent.with(voice, func(s *session) error {
		if c.In != "" {
			return c.listen(s)
		}
		budget := c.Bytes
		if c.draws(voice) && (c.QR == "" || !c.moves(voice)) {
			budget = min(budget, qr.MaxBytes)
		}
		b, err := s.Wallet.Wallet.News(now(), budget)
		if err != nil {
			return err
		}
		encoded := b.Encode()
		if err := c.put(ctx, voice, encoded); err != nil {
			return err
		}
		return voice.Result(map[string]any{"documents": b.Len(), "bytes": len(encoded), "bundle": text.Encode(encoded)}, func() {
			voice.Note("%s, %d bytes. For the other wallet:  kula wallet news --in FILE", say.Count(b.Len(), "document", "documents"), len(encoded))
		})
	})
}

func (c *News) listen(s *session) error {
	b, err := s.takeWithin(wallet.NewsBounds, c.In)
	if err != nil {
		return err
	}
	h, err := s.Hear(now(), b)
	if err != nil {
		return err
	}
	if err := s.voice.Result(heardOf(h), func() { s.tellHeard(h) }); err != nil {
		return err
	}
	if h.Forged != nil {
		return &say.Problem{Exit: say.Failed, Code: "forged_news", What: "somebody has put into this news what was not signed by whom it says: nothing after it was listened to",
			Next: "take no news from there", Err: h.Forged}
	}
	return nil
}

func heardOf(h *wallet.Heard) *heard {
	return &heard{Charters: len(h.Charters), Notices: len(h.Notices), Condemned: append([]protocol.PurseID{}, h.Condemned...), Sightings: h.Sightings,
		Dropped: h.Dropped, OwnPurse: append([]protocol.PurseID{}, h.OwnPurse...), Forged: h.Forged != nil}
}

func (s *session) tellHeard(h *wallet.Heard) {
	v := s.voice
	v.Line("New: %s seen, %s of banks, %s spent money twice.", say.Count(h.Sightings, "payment", "payments"),
		say.Count(len(h.Notices), "notice", "notices"), say.Count(len(h.Condemned), "purse that has", "purses that have"))
	s.tellAlarms(h)
}

// tellAlarms says what a person must know of the news, wherever it came from. It goes to standard error: it is
// beside what was asked for.
func (s *session) tellAlarms(h *wallet.Heard) {
	for _, p := range h.Condemned {
		s.voice.Note("  Take no money from purse %s: it is proven that it has spent money twice.", p.String()[:12])
	}
	for _, p := range h.OwnPurse {
		s.tellOwnPurse(p)
	}
}

func (s *session) tellOwnPurse(p protocol.PurseID) {
	s.voice.Note("  SOMEBODY ELSE SIGNS IN THE NAME OF YOUR PURSE %s: this phone, or a copy of what is on it, is in other hands.", p.String()[:12])
	s.voice.Note("  Stop paying with it, and end it now:  kula wallet revoke %s   (or go to the bank)", p.String()[:12])
}
