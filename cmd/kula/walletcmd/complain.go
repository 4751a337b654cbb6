package walletcmd

import (
	"kula/cmd/kula/say"
	"kula/protocol"
	"kula/wallet"
)

// Complain is `kula wallet complain`.
type Complain struct {
	Hash  string `arg:"" optional:"" help:"The payment, as history shows it, or the proof, as cases shows it; its start is enough. Without it: what was complained of."`
	About string `help:"refused: the bank refused what I received; undelivered: they do not have what I paid; mistake: too much, or to somebody else; cheated: a proof." enum:"refused,undelivered,mistake,cheated" default:"mistake"`
}

// Help shows examples.
func (Complain) Help() string {
	return `Says that something is wrong. The bank gets it at the next sync, with what proves it, and gives it a number.

Examples:
  kula wallet complain 3f2a… --about mistake
  kula wallet sync
  kula wallet complain`
}

type complaint struct {
	Subject protocol.Hash `json:"subject"`
	About   string        `json:"about"`
	At      uint64        `json:"at"`
	Number  int64         `json:"number"` // 0: the bank has not given one yet
}

// Run complains, or lists.
func (c *Complain) Run(parent *Command, voice *say.Voice) error {
	return parent.with(voice, func(s *session) error {
		if c.Hash != "" {
			subject, err := s.proofOrPayment(c.Hash)
			if err != nil {
				return err
			}
			about, _ := wallet.ParseAbout(c.About)
			if _, err := s.Complain(now(), subject, about); err != nil {
				return err
			}
		}
		list := []complaint{}
		for _, w := range s.Complaints() {
			list = append(list, complaint{w.Subject, w.About.String(), w.At, w.Number})
		}
		return voice.Result(list, func() { tellComplaints(voice, list) })
	})
}

func tellComplaints(v *say.Voice, list []complaint) {
	if len(list) == 0 {
		v.Line("You have complained of nothing.")
	}
	for _, c := range list {
		if c.Number == 0 {
			v.Line("%s  %-11s %s  the bank gets it at the next sync", day(c.At), c.About, c.Subject.String()[:12])
		} else {
			v.Line("%s  %-11s %s  number %d at the bank", day(c.At), c.About, c.Subject.String()[:12], c.Number)
		}
	}
}

// proofOrPayment finds what the person means by the start of its hash.
func (s *session) proofOrPayment(prefix string) (protocol.Hash, error) {
	for _, k := range s.Cases() {
		if len(prefix) >= 4 && len(prefix) <= len(k.Proof.String()) && k.Proof.String()[:len(prefix)] == prefix {
			return k.Proof, nil
		}
	}
	return s.named(prefix)
}
