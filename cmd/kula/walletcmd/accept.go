package walletcmd

import (
	"os"

	"kula/cmd/kula/say"
	"kula/money"
	"kula/nearby/text"
	"kula/protocol"
	"kula/wallet"
)

// Accept is `kula wallet accept`.
type Accept struct {
	Payment []string `arg:"" help:"The payment, from a file, a QR picture, or - for standard input; several pictures when they are of one moving code."`
	AckOut  string   `help:"Write the acknowledgement for the payer to this file." type:"path"`
}

// Help shows examples.
func (Accept) Help() string {
	return `Checks a payment with no network, writes it down, and says whether you have it.

Examples:
  kula wallet accept payment.kula
  kula wallet accept payment.png --ack-out ack.kula
  kula wallet accept payment.gif                            a moving code
  kula wallet accept photo1.jpg photo2.jpg photo3.jpg       pictures of a moving code, in any order`
}

// accepted is what accept says in JSON.
type accepted struct {
	Entry      protocol.Hash      `json:"entry"`
	Bill       protocol.Hash      `json:"bill"`
	Amount     money.Amount       `json:"amount"`
	Payer      protocol.AccountID `json:"payer,omitzero"`
	PayerName  string             `json:"payer_name"` // as the bank knows them
	Digits     string             `json:"digits"`
	Again      bool               `json:"again"`
	GiveBack   bool               `json:"give_back"`
	Refused    bool               `json:"refused"`
	Hops       int                `json:"payments_since_the_bank"`
	Deadline   uint64             `json:"deadline"`
	Guaranteed money.Amount       `json:"guaranteed"`
	Ack        string             `json:"ack"`
}

// Run accepts a payment, or takes in an acknowledgement of one that this wallet made.
func (c *Accept) Run(parent *Command, voice *say.Voice) error {
	return parent.with(voice, func(s *session) error {
		bundle, err := s.take(c.Payment...)
		if err != nil {
			return err
		}
		if len(protocol.All[*protocol.Ack](bundle)) > 0 && len(protocol.All[*protocol.Entry](bundle)) == 0 {
			if err := s.Acknowledged(now(), bundle); err != nil {
				return err
			}
			return voice.Result(map[string]bool{"acknowledged": true}, func() { voice.Line("They have it.") })
		}
		if len(protocol.All[*protocol.Entry](bundle)) == 0 {
			return &say.Problem{Exit: say.Failed, Code: "not_a_payment", What: "there is no payment in this", Next: "if it is a bill that somebody shows you:  kula wallet pay --bill FILE"}
		}
		got, err := s.Wallet.Wallet.Accept(now(), bundle)
		if err != nil {
			return err
		}
		ack := got.Ack.Encode()
		if c.AckOut != "" {
			if err := os.WriteFile(c.AckOut, ack, 0o600); err != nil {
				return err
			}
		}
		out := acceptedOf(got)
		out.Ack = text.Encode(ack)
		return voice.Result(out, func() { tellAccepted(voice, &out) })
	})
}

func acceptedOf(a *wallet.Acceptance) accepted {
	return accepted{Entry: a.Entry, Bill: a.Bill, Amount: a.Amount, Payer: a.Payer, PayerName: a.Name, Digits: wallet.Digits(a.Entry), Again: a.Again, GiveBack: a.GiveBack, Refused: a.Refused,
		Hops: a.Verdict.Depth, Deadline: a.Verdict.Deadline, Guaranteed: a.Verdict.Guaranteed}
}

// from says who paid: without a name, the end of their account.
func (a *accepted) from() string {
	switch {
	case a.PayerName != "":
		return " from " + a.PayerName
	case a.Payer != (protocol.AccountID{}):
		text := a.Payer.String()
		return " from …" + text[len(text)-8:] + ", whose name did not come along"
	}
	return ""
}

func tellAccepted(v *say.Voice, a *accepted) {
	switch {
	case a.Refused:
		v.Line("You have this payment of %s%s already, and the bank has refused it: keep the evidence.", a.Amount, a.from())
		return
	case a.Again:
		v.Line("You have this payment of %s%s already.", a.Amount, a.from())
	case a.GiveBack:
		v.Line("You have received %s%s, for a bill that was paid already. It is money: give it back with a payment the other way.", a.Amount, a.from())
	default:
		v.Line("You have received %s%s.", a.Amount, a.from())
	}
	v.Line("  digits to compare with the payer's: %s", a.Digits)
	v.Line("  this money is %s; bring it there before %s", say.Hops(a.Hops), day(a.Deadline))
	if a.Guaranteed > 0 {
		v.Line("  if something is wrong, the bank covers %s of it while its cover for this payer lasts", a.Guaranteed)
	}
}
