package walletcmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"kula/cmd/kula/say"
	"kula/money"
	"kula/nearby"
	"kula/nearby/lan"
	"kula/nearby/qr"
	"kula/nearby/text"
	"kula/protocol"
	"kula/wallet"

	"golang.org/x/term"
)

// Output says where a bundle goes, for the other wallet to take.
type Output struct {
	Out string `help:"Write it to this file; - for standard output." type:"path"`
	QR  string `help:"Write it as a QR picture to this file: a PNG, or a moving GIF, which also takes what is too large for one code." type:"path"`
}

// draws reports whether put makes a QR code.
func (o *Output) draws(voice *say.Voice) bool { return o.QR != "" || o.Out == "" && !voice.JSON }

// put writes the bundle where the options say; with none, as a QR code in the terminal, which moves when one
// is not enough.
func (o *Output) put(ctx context.Context, voice *say.Voice, encoded []byte) error {
	if o.Out != "" {
		if err := o.file(voice, encoded); err != nil {
			return err
		}
	}
	if !o.draws(voice) {
		return nil
	}
	large := len(encoded) > qr.MaxBytes
	switch {
	case o.moves(voice) && (large || o.QR != ""):
		return o.film(ctx, voice, encoded)
	case large:
		return tooLarge(fmt.Sprintf("these are %d bytes, too much for one QR code", len(encoded)))
	}
	code, err := qr.Draw(encoded)
	if err != nil {
		return err
	}
	if o.QR != "" {
		return writePicture(o.QR, code)
	}
	return code.Terminal(voice.Out, isTerminal(voice.Out))
}

func (o *Output) file(voice *say.Voice, encoded []byte) error {
	if o.Out != "-" {
		return os.WriteFile(o.Out, encoded, 0o600)
	}
	if voice.JSON {
		return nil // the JSON carries it
	}
	_, err := io.WriteString(voice.Out, text.Encode(encoded)+"\n")
	return err
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) //nolint:gosec // a file descriptor
}

func writePicture(path string, code *qr.Code) error {
	f, err := os.Create(path) //nolint:gosec // the person's own argument
	if err != nil {
		return err
	}
	return errors.Join(code.PNG(f), f.Close())
}

// take reads a bundle that the other wallet made: from one file, or from several pictures of a moving code.
func (s *session) take(sources ...string) (*protocol.Bundle, error) {
	return s.takeWithin(protocol.PaymentBounds, sources...)
}

func (s *session) takeWithin(bounds protocol.Bounds, sources ...string) (*protocol.Bundle, error) {
	data, err := qr.OpenAll(sources, os.Stdin)
	if errors.Is(err, qr.ErrOneAtATime) {
		return nil, say.Misuse("%s", err.Error())
	}
	if err != nil {
		return nil, err
	}
	return s.Decode(data, bounds)
}

// Request is `kula wallet request`.
type Request struct {
	Amount      money.Amount       `help:"How much; without it the payer says."`
	Memo        string             `help:"What for. Only you, the payer and the bank can read it."`
	Payer       protocol.AccountID `help:"Only this account (G…) can pay it."`
	Standing    bool               `help:"A bill to print, for anybody to pay, for up to a year: a price tag, a church, a school."`
	Days        uint64             `help:"For how many days; without it as the bank's charter says."`
	Purse       string             `help:"Into which purse, by the start of its id."`
	OverHolding bool               `help:"Ask for it even though you would hold more than the bank advises."`
	Output
}

// Help shows examples.
func (Request) Help() string {
	return `Examples:
  kula wallet request --amount 500 --memo "two fish"           shows a QR code for the payer to scan
  kula wallet request --amount 500 --qr bill.png --out bill.kula
  kula wallet request --standing --amount 100 --memo "school fee" --qr poster.png`
}

// requested is what request says in JSON.
type requested struct {
	Bill   protocol.Hash `json:"bill"`
	Amount money.Amount  `json:"amount"`
	Bundle string        `json:"bundle"`
}

// Run makes the bill.
func (c *Request) Run(ctx context.Context, parent *Command, voice *say.Voice) error {
	return parent.with(voice, func(s *session) error {
		p, err := s.choose(c.Purse)
		if err != nil {
			return err
		}
		bundle, err := s.Wallet.Wallet.Request(now(), wallet.RequestParams{Purse: p.ID, Amount: c.Amount, Payer: c.Payer, Memo: c.Memo,
			Standing: c.Standing, Life: c.Days * uint64(24*time.Hour/time.Second), OverHolding: c.OverHolding})
		if err != nil {
			return err
		}
		encoded := bundle.Encode()
		if err := c.put(ctx, voice, encoded); err != nil {
			return err
		}
		return voice.Result(requested{bundle.Roots[0], c.Amount, text.Encode(encoded)}, func() {
			if c.Out != "-" {
				voice.Line("Bill %s", bundle.Roots[0])
			}
		})
	})
}

// Pay is `kula wallet pay`.
type Pay struct {
	To        string       `arg:"" optional:"" help:"Over the local network: a name that 'kula wallet peers' shows, or host:port."`
	Bill      []string     `help:"Instead: the bill, from a file, a QR picture, or - for standard input; several times for pictures of a moving code." sep:"none"`
	Again     string       `help:"Instead: hand over this payment (its entry, or the start of it) once more."`
	Amount    money.Amount `help:"How much, when the bill leaves it open."`
	Purse     string       `help:"From which purse, by the start of its id."`
	GivesBack string       `help:"The payment received (its entry, or the start of it) that this gives back."`
	Yes       bool         `help:"Do not ask." short:"y"`
	Output
}

// Help shows examples.
func (Pay) Help() string {
	return `Shows who is to be paid, how much and for what, and asks. The payment is written down before it is sent.

Examples:
  kula wallet pay "Ben's shop"                              somebody on this local network
  kula wallet pay 192.168.1.20:7420 --amount 500
  kula wallet pay --bill bill.png                           shows a QR code for the payee to scan
  kula wallet pay --bill bill.kula --out payment.kula
  kula wallet pay --bill bill.kula --qr payment.gif         a moving code, for money with a long history
  kula wallet pay --again 3f2a… --out payment.kula          it did not arrive: the same payment, not a second one`
}

// paid is what pay says in JSON.
type paid struct {
	Entry    protocol.Hash   `json:"entry"`
	Received bool            `json:"received"`
	Digits   string          `json:"digits"`
	Earlier  []protocol.Hash `json:"earlier,omitempty"`
	Bundle   string          `json:"bundle,omitempty"`
	Complete bool            `json:"complete"`
}

// Run pays.
func (c *Pay) Run(ctx context.Context, parent *Command, voice *say.Voice) error {
	ways := 0
	for _, given := range []bool{c.To != "", len(c.Bill) > 0, c.Again != ""} {
		if given {
			ways++
		}
	}
	if ways != 1 {
		return say.Misuse("say whom to pay: a name or host:port, or --bill FILE, or --again ENTRY")
	}
	if c.To != "" && (c.Out != "" || c.QR != "") {
		return say.Misuse("over the local network the payment goes to the payee by itself: leave out --out and --qr")
	}
	return parent.with(voice, func(s *session) error {
		if c.To != "" {
			return c.overLAN(ctx, s)
		}
		signed, err := c.byFile(s)
		if err != nil {
			return err
		}
		return c.show(ctx, s, signed)
	})
}

func (c *Pay) byFile(s *session) (*wallet.Signed, error) {
	if c.Again != "" {
		entry, err := s.named(c.Again)
		if err != nil {
			return nil, err
		}
		return s.Redeliver(entry)
	}
	bundle, err := s.take(c.Bill...)
	if err != nil {
		return nil, err
	}
	if len(protocol.All[*protocol.Bill](bundle)) == 0 || len(protocol.All[*protocol.Entry](bundle)) > 0 {
		return nil, &say.Problem{Exit: say.Failed, Code: "not_a_bill", What: "this is not a bill to pay", Next: "if somebody pays you with it:  kula wallet accept FILE"}
	}
	offer, err := s.VerifyRequest(now(), bundle)
	if err != nil {
		return nil, err
	}
	params, err := c.params(s)
	if err != nil {
		return nil, err
	}
	if params.Amount, err = c.agree(s, offer, params); err != nil {
		return nil, err
	}
	return s.Wallet.Wallet.Pay(now(), bundle, params)
}

// params are how the person wants to pay, the amount aside.
func (c *Pay) params(s *session) (wallet.PayParams, error) {
	purse, err := c.purse(s)
	if err != nil {
		return wallet.PayParams{}, err
	}
	refunded, err := c.refunded(s)
	return wallet.PayParams{Purse: purse, GivesBack: refunded}, err
}

func (c *Pay) refunded(s *session) (protocol.Hash, error) {
	if c.GivesBack == "" {
		return protocol.Hash{}, nil
	}
	return s.named(c.GivesBack)
}

func (c *Pay) purse(s *session) (protocol.PurseID, error) {
	if c.Purse == "" {
		return protocol.PurseID{}, nil // any that fits
	}
	p, err := s.choose(c.Purse)
	return p.ID, err
}

// agree shows the person whom and what they pay, and returns the amount they agree to.
func (c *Pay) agree(s *session, o *wallet.Offer, params wallet.PayParams) (money.Amount, error) {
	amount := o.Bill.Amount
	if amount == 0 {
		amount = c.Amount
	}
	if amount == 0 {
		return 0, say.Misuse("the bill leaves the amount open: say it with --amount")
	}
	if c.Amount != 0 && c.Amount != amount {
		return 0, &say.Problem{Exit: say.Failed, Code: string(protocol.CodeWrongAmount), What: "the bill asks for " + amount.String() + ", not " + c.Amount.String(),
			Next: "ask for a new bill, or leave --amount out", Err: protocol.CodeWrongAmount}
	}
	s.voice.Note("You pay %s (known to %s)", o.Name, s.anchor(o.Bill.Anchor).Name)
	s.voice.Note("  %s %s", amount.Format(int(o.Decimals)), o.Bill.Asset.CodeString())
	if o.Memo != nil && o.Memo.Text != "" {
		s.voice.Note("  for: %s", o.Memo.Text)
	}
	if !o.PaidBy.IsZero() {
		s.voice.Note("  You have paid this bill already. The same payment is handed over again, and nothing more is paid.")
	}
	for _, r := range s.Undelivered() {
		if r.Bill == o.BillHash && o.Bill.Standing {
			s.voice.Note("  You have paid this one before, and nothing says that they have it. To hand that over again:  kula wallet redeliver %s", r.Hash.String()[:12])
		}
	}
	if o.OddDate {
		s.voice.Note("  The bill is dated %s. Is it the one that was just shown to you?", day(o.Bill.IssuedAt))
	}
	params.Amount = amount
	if err := c.tellQuote(s, o, params); err != nil || c.Yes || !o.PaidBy.IsZero() {
		return amount, err
	}
	if yes, err := s.voice.Yes("Pay?"); err != nil || !yes {
		return 0, errors.Join(err, &say.Problem{Exit: say.Failed, Code: string(protocol.CodeDeclined), What: "nothing was paid", Err: protocol.CodeDeclined})
	}
	return amount, nil
}

// tellQuote says, before the person agrees, what the payee will get: how far the money is from a bank, until
// when it must be brought there, and what the bank stands for. It fails as paying would.
func (c *Pay) tellQuote(s *session, o *wallet.Offer, params wallet.PayParams) error {
	request := protocol.NewBundle(s.Network())
	request.AddRoot(o.Bill)
	if o.Card != nil {
		request.Add(o.Card)
	}
	q, err := s.Quote(now(), request, params)
	if err != nil || o.Unload || !q.Paid.IsZero() {
		return err
	}
	if c.To == "" && c.draws(s.voice) && !c.moves(s.voice) && q.Bytes > qr.MaxBytes {
		return tooLarge(fmt.Sprintf("nothing was paid: this money is %s and brings their papers along: %d bytes, too much for a QR code that stands still", say.Hops(q.Depth), q.Bytes))
	}
	s.voice.Note("  this money is %s; they must bring it there before %s", say.Hops(q.Depth), day(q.Deadline))
	s.voice.Note("  if something is wrong with it, the bank covers %s for them", q.Guaranteed.Format(int(o.Decimals)))
	return nil
}

// show hands a payment over by file or picture. What it says is honest: it is written, and not yet received.
func (c *Pay) show(ctx context.Context, s *session, signed *wallet.Signed) error {
	encoded := signed.Encode()
	if err := c.put(ctx, s.voice, encoded); err != nil {
		return err
	}
	if signed.Complete {
		if err := s.HandedOver(now(), signed.Entry); err != nil {
			return err
		}
	}
	out := paid{Entry: signed.Entry, Digits: wallet.Digits(signed.Entry), Bundle: text.Encode(encoded), Complete: signed.Complete}
	return s.voice.Result(out, func() {
		if !signed.Complete {
			s.voice.Note("Another device of this purse must sign it:  kula wallet cosign FILE")
			return
		}
		if !s.undelivered(signed.Entry) {
			s.voice.Note("They have had this payment for some time: it is the same one.")
			return
		}
		s.voice.Note("Written down, not yet received. When the payee's screen shows %s, they have it.", out.Digits)
		s.voice.Note("If it gets lost, hand over the same again:  kula wallet redeliver %s", signed.Entry.String()[:12])
	})
}

// tried reports whether one of the earlier payments is of this amount: then it may be the one that is now
// tried again, and a program that answers by itself must not pay twice.
func (s *session) tried(earlier []protocol.Hash, amount money.Amount) bool {
	return slices.ContainsFunc(s.History(now()), func(r wallet.Row) bool {
		return r.Amount == amount && slices.Contains(earlier, r.Hash)
	})
}

// undelivered reports whether nothing says that the payee has a payment of ours.
func (s *session) undelivered(entry protocol.Hash) bool {
	return slices.ContainsFunc(s.Undelivered(), func(r wallet.Row) bool { return r.Hash == entry })
}

func (c *Pay) overLAN(ctx context.Context, s *session) error {
	address, err := find(ctx, c.To)
	if err != nil {
		return err
	}
	params, err := c.params(s)
	if err != nil {
		return err
	}
	if err := s.unlock(); err != nil {
		return err
	}
	conn, err := lan.Dial(ctx, address, lan.Limits{})
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // everything that counts is written
	payer := &nearby.WalletPayer{Wallet: s.Wallet.Wallet, Now: now, Purse: params.Purse, GivesBack: params.GivesBack, Heard: s.tellAlarms, Confirm: func(_ context.Context, q nearby.Question) (money.Amount, error) {
		if len(q.Earlier) > 0 {
			s.voice.Note("A payment of an earlier meeting was handed over just now.")
			if c.Yes && s.tried(q.Earlier, max(q.Offer.Bill.Amount, c.Amount)) {
				return 0, protocol.CodeDeclined // that was the payment this command was to make
			}
		}
		return c.agree(s, q.Offer, params)
	}}
	outcome, err := nearby.Session{Network: s.Network()}.RunPayer(ctx, conn, payer)
	return c.tellOutcome(s, &outcome, err)
}

func (c *Pay) tellOutcome(s *session, o *nearby.Outcome, err error) error {
	out := paid{Entry: o.Entry, Received: o.Phase == nearby.Received, Earlier: o.Earlier, Complete: true}
	if !o.Entry.IsZero() {
		out.Digits = wallet.Digits(o.Entry)
	}
	switch {
	case o.Phase == nearby.Received:
		return s.voice.Result(out, func() { s.voice.Line("They have it. Their screen shows %s too.", out.Digits) })
	case o.Phase == nearby.Written:
		return &say.Problem{Exit: say.NotYet, Code: "not_yet_received", What: "the payment is written down, and not yet received",
			Next: "run the same command again: it hands over this payment, and pays nothing more", Err: err}
	case len(o.Earlier) > 0 && (err == nil || errors.Is(err, protocol.CodeDeclined)):
		out.Received, out.Entry = true, o.Earlier[0]
		out.Digits = wallet.Digits(out.Entry)
		return s.voice.Result(out, func() { s.voice.Line("They have the payment of the earlier meeting now. Nothing more was paid.") })
	case err == nil:
		return &say.Problem{Exit: say.Failed, Code: "nothing_asked", What: "they asked for nothing, so nothing was paid"}
	}
	return err
}

// Cosign is `kula wallet cosign`.
type Cosign struct {
	File string `arg:"" help:"The payment that needs another signature, from a file, a QR picture, or -."`
	Output
}

// Help shows examples.
func (Cosign) Help() string {
	return `On another device of the purse: signs. On the device that began the payment: takes the signatures in.

Examples:
  kula wallet --home ./till2 cosign payment.kula --out signed.kula
  kula wallet --home ./till1 cosign signed.kula --out payment.kula`
}

// Run signs, or assembles.
func (c *Cosign) Run(ctx context.Context, parent *Command, voice *say.Voice) error {
	return parent.with(voice, func(s *session) error {
		bundle, err := s.take(c.File)
		if err != nil {
			return err
		}
		signed, err := s.Assemble(now(), bundle)
		if err != nil {
			if signed, err = s.Wallet.Wallet.Cosign(now(), bundle); err != nil {
				return err
			}
		}
		encoded := signed.Encode()
		if err := c.put(ctx, voice, encoded); err != nil {
			return err
		}
		out := paid{Entry: signed.Entry, Digits: wallet.Digits(signed.Entry), Bundle: text.Encode(encoded), Complete: signed.Complete}
		return voice.Result(out, func() {
			if signed.Complete {
				voice.Note("It is fully signed: hand it to the payee.")
			} else {
				voice.Note("Signed: bring it back to the device that began it, or to the next signer.")
			}
		})
	})
}

// isAddress tells host:port from a name.
func isAddress(to string) bool {
	i := strings.LastIndexByte(to, ':')
	return i > 0 && i < len(to)-1 && strings.Trim(to[i+1:], "0123456789") == ""
}
