package console

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"kula/anchor"
	"kula/protocol"
	"kula/web/console/office"
)

// acts is the one list of what officers do to the bank.
func (s *Server) acts() []*Act {
	return slices.Concat(counterActs(), s.purseActs(), moneyActs(), wideActs(), s.termActs())
}

// purseHint says what names a purse in a form.
const purseHint = "a name, the reference for paying in, an account (G…) or the purse"

var purseField = Field{Name: "purse", Label: "Purse", Hint: purseHint, Purse: true}

func tierNames(ctx context.Context, bank Bank) ([]string, error) {
	charter, _, err := bank.Charter(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, asset := range charter.Assets {
		for _, tier := range asset.Tiers {
			if !slices.Contains(names, tier.Name) {
				names = append(names, tier.Name)
			}
		}
	}
	return names, nil
}

// ofPurse says what is done to whom.
func ofPurse(format string) func(context.Context, Bank, *Values) (string, error) {
	return func(ctx context.Context, bank Bank, in *Values) (string, error) {
		p, err := in.found(ctx, bank, "purse")
		if err != nil {
			return "", err
		}
		return fmt.Sprintf(format, p.Name, in.text("amount"), in.text("tier"), code(p)), nil
	}
}

func code(p *anchor.PurseView) string {
	for i, r := range p.Asset {
		if r == ':' {
			return p.Asset[:i]
		}
	}
	return p.Asset
}

// counterActs move cash. The slip's number is the form's: sent twice, the cash moves once.
func counterActs() []*Act {
	cash := []Field{purseField, {Name: "amount", Label: "Amount", Hint: "in units of the purse's currency"}}
	return []*Act{
		{
			Kind: "teller-in", Title: "Cash in", Tells: "Books the cash in your drawer, and loads the purse as soon as the ledger has it.",
			Roles: office.Teller, Apart: true, Slip: true, Fields: cash, Object: "purse", Told: ofPurse("cash in for %[1]s: %[2]s %[4]s"),
			Do: func(ctx context.Context, bank Bank, in *Values) (string, error) {
				return slip(bank.TellerIn(ctx, anchor.TellerRequest{Purse: in.purse("purse"), Amount: in.amount("amount"), Officer: in.Officer, Key: in.Key}))
			},
		},
		{
			Kind: "teller-out", Title: "Cash out", Tells: "Books cash that you give, out of what the customer unloaded to the counter. Count it out after this says that it is booked.",
			Roles: office.Teller, Apart: true, Slip: true, Fields: cash, Object: "purse", Told: ofPurse("cash out for %[1]s: %[2]s %[4]s"),
			Do: func(ctx context.Context, bank Bank, in *Values) (string, error) {
				return slip(bank.TellerOut(ctx, anchor.TellerRequest{Purse: in.purse("purse"), Amount: in.amount("amount"), Officer: in.Officer, Key: in.Key}))
			},
		},
	}
}

func slip(s *anchor.TellerSlip, err error) (string, error) {
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("Booked: slip %d, %s of cash %s.", s.Number, s.Amount, s.Direction), nil
}

// purseActs are about one purse.
func (s *Server) purseActs() []*Act {
	return []*Act{
		{
			Kind: "freeze", Title: "Freeze a purse", Roles: office.Teller | office.Operate, Fields: []Field{purseField}, Object: "purse",
			Tells: "At the holder's word, at once: no new sheets, unloads or payouts. What the phone paid already is redeemed while funds last.",
			Told:  ofPurse("freeze the purse of %[1]s"),
			Do: func(ctx context.Context, bank Bank, in *Values) (string, error) {
				return "Frozen.", bank.Freeze(ctx, in.purse("purse"))
			},
		},
		{
			Kind: "unfreeze", Title: "Unfreeze a purse", Roles: office.Operate, Second: true, Fields: []Field{purseField}, Object: "purse",
			Tells: "Sheets, unloads and payouts go on.", Told: ofPurse("unfreeze the purse of %[1]s"),
			Do: func(ctx context.Context, bank Bank, in *Values) (string, error) {
				return "Not frozen any more.", bank.Unfreeze(ctx, in.purse("purse"))
			},
		},
		{
			Kind: "tier", Title: "Change limits", Roles: office.Operate, Second: true, Object: "purse",
			Fields: []Field{purseField, {Name: "tier", Label: "Limits", Hint: "a tier of the charter", Options: tierNames}},
			Tells:  "Gives the purse the limits of another tier, from its next sheet on.", Told: s.tierTold,
			Do: func(ctx context.Context, bank Bank, in *Values) (string, error) {
				return "Its next sheet has the new limits.", bank.SetTier(ctx, in.purse("purse"), in.text("tier"))
			},
		},
		{
			Kind: "revoke", Title: "A lost or stolen phone", Roles: office.Operate, Object: "purse",
			Fields: []Field{purseField, {Name: "successor", Label: "Purse of the new phone", Hint: "of the same account; empty: named later", Optional: true, Purse: true}},
			Tells:  "Ends the purse for good. What was not spent comes to the new purse when the last sheet of the old one can no longer be redeemed.",
			Told:   ofPurse("end the purse of %[1]s"), Check: sameAccount,
			Do: func(ctx context.Context, bank Bank, in *Values) (string, error) {
				return "Ended, and named in the next notice.", bank.Revoke(ctx, in.purse("purse"), in.purse("successor"))
			},
		},
		{
			Kind: "recover", Title: "Recover into a new account", Roles: office.Operate, Second: true, Document: true, Object: "purse",
			Fields: []Field{purseField, {Name: "successor", Label: "Purse of the new account", Hint: purseHint, Purse: true}},
			Tells: "For somebody who lost the words of their account too, once you know that it is the right person: ends the purse, and what is left comes " +
				"to the purse of the new account when the last sheet can no longer be redeemed.",
			Told: recoverTold,
			Do: func(ctx context.Context, bank Bank, in *Values) (string, error) {
				return "Ended; what is left goes to the new account.", bank.Revoke(ctx, in.purse("purse"), in.purse("successor"))
			},
		},
		{
			Kind: "close", Title: "Close a purse", Roles: office.Operate, Second: true, Document: true, Object: "purse",
			Fields: []Field{
				purseField,
				{Name: "destination", Label: "Who gets what is left", Hint: "a Stellar address, or “teller” for cash at the counter; empty: not known yet, the bank goes on owing it", Optional: true},
				{Name: "memo", Label: "Memo of that payment", Hint: "if an exchange demands one", Optional: true},
			},
			Tells: "For next of kin or a court: ends the purse for good. What its phone paid is redeemed; what is left goes out when its last sheet can no longer " +
				"be redeemed. Done again, it names another destination for what is not on its way yet.",
			Told: closeTold,
			Do: func(ctx context.Context, bank Bank, in *Values) (string, error) {
				return "Closed, and named in the next notice.", bank.Close(ctx, anchor.CloseRequest{
					Purse: in.purse("purse"), Destination: in.text("destination"), Memo: in.text("memo"), Document: in.Document,
				})
			},
		},
		writeOff(),
	}
}

func writeOff() *Act {
	return &Act{
		Kind: "write-off", Title: "Write off", Roles: office.Operate, Second: true, Document: true, Fields: []Field{purseField}, Object: "purse",
		Tells: "Gives up what the bank paid for an overdrawn purse and will not get back, at the purse's end. What was lent is made good out of the fees " +
			"that were earned, then out of the guarantee. The account's limits go on counting it.",
		Told: writeOffTold,
		Do: func(ctx context.Context, bank Bank, in *Values) (string, error) {
			return "Written off.", bank.WriteOff(ctx, in.purse("purse"))
		},
	}
}

// tierTold says what papers the limits stand on: whoever approves has not seen the person.
func (s *Server) tierTold(ctx context.Context, bank Bank, in *Values) (string, error) {
	p, err := in.found(ctx, bank, "purse")
	if err != nil {
		return "", err
	}
	known, err := s.office.IdentityOf(ctx, p.Account)
	if err != nil {
		return "", err
	}
	papers := "no papers were written down"
	if known != nil {
		papers = fmt.Sprintf("papers: %s, in the name of %s, good for “%s”, seen by %s; lists: %s", known.Evidence, known.Name, known.Tier, known.Officer, known.Screening)
		if known.Answer != "" {
			papers += " (" + known.Answer + ")"
		}
	}
	return fmt.Sprintf("give the purse of %s, which has the limits “%s”, the limits “%s”; %s", p.Name, p.Tier, in.text("tier"), papers), nil
}

// sameAccount keeps one officer alone from giving a purse's money to somebody else.
func sameAccount(ctx context.Context, bank Bank, in *Values) error {
	if in.text("successor") == "" {
		return nil
	}
	from, err := in.found(ctx, bank, "purse")
	if err != nil {
		return err
	}
	to, err := in.found(ctx, bank, "successor")
	if err != nil {
		return err
	}
	if from.Account != to.Account {
		return office.Refuse("the new purse is of another account: that is a recovery, which a second officer approves")
	}
	if from.Successor == nil || *from.Successor == to.Purse {
		return nil
	}
	before, err := bank.Purse(ctx, *from.Successor)
	if err == nil && before.Account != from.Account {
		err = office.Refuse("two officers gave what is left to another account: only a recovery, which a second officer approves, turns it elsewhere")
	}
	return err
}

func recoverTold(ctx context.Context, bank Bank, in *Values) (string, error) {
	from, err := in.found(ctx, bank, "purse")
	if err != nil {
		return "", err
	}
	to, err := in.found(ctx, bank, "successor")
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("end the purse of %s (%s at the bank) for the purse of %s, account %s", from.Name, from.AtBank, to.Name, to.Account), nil
}

func writeOffTold(ctx context.Context, bank Bank, in *Values) (string, error) {
	p, err := in.found(ctx, bank, "purse")
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("write off what the bank paid for %[1]s: %[2]s %[3]s lent, and %[4]s %[3]s of the guarantee", p.Name, p.CreditUsed, code(p), p.GuaranteePaid), nil
}

func closeTold(ctx context.Context, bank Bank, in *Values) (string, error) {
	p, err := in.found(ctx, bank, "purse")
	if err != nil {
		return "", err
	}
	to := in.text("destination")
	if to == "" {
		to = "nobody yet"
	} else if _, err := protocol.ParseAddress(to); err != nil && to != anchor.ToTeller {
		return "", anchor.CodeBadDestination
	}
	return fmt.Sprintf("close the purse of %s (%s %s at the bank now); what is left goes to %s", p.Name, p.AtBank, code(p), to), nil
}

// moneyActs place and send money that waits for a person.
func moneyActs() []*Act {
	operation := Field{Name: "operation", Label: "Item in suspense", Hint: "its number"}
	payout := Field{Name: "payout", Label: "Payout", Hint: "its number"}
	return []*Act{
		{
			Kind: "suspense-place", Title: "Place money in suspense", Roles: office.Operate, Second: true, Fields: []Field{operation, purseField}, Object: "operation",
			Tells: "Credits it to a purse, less the load fee, once you know whose it is.", Told: placeTold,
			Do: func(ctx context.Context, bank Bank, in *Values) (string, error) {
				return "Placed.", bank.PlaceSuspense(ctx, in.number("operation"), in.purse("purse"))
			},
		},
		{
			Kind: "suspense-return", Title: "Return money in suspense", Roles: office.Operate, Fields: []Field{operation}, Object: "operation",
			Tells: "Sends it back to where it came from.", Told: returnTold,
			Do: func(ctx context.Context, bank Bank, in *Values) (string, error) {
				return "It goes back with the next payouts.", bank.ReturnSuspense(ctx, in.number("operation"))
			},
		},
		{
			Kind: "payout-retry", Title: "Try a payout again", Roles: office.Operate, Fields: []Field{payout}, Object: "payout",
			Tells: "Hands a parked payout to the network once more.", Told: payoutTold("try again"),
			Do: func(ctx context.Context, bank Bank, in *Values) (string, error) {
				return "It is tried again.", bank.RetryPayout(ctx, in.number("payout"))
			},
		},
		{
			Kind: "payout-return", Title: "Give a payout back", Roles: office.Operate, Fields: []Field{payout}, Object: "payout",
			Tells: "Puts a parked payout and its fee back where they came from.", Told: payoutTold("give back"),
			Do: func(ctx context.Context, bank Bank, in *Values) (string, error) {
				return "Given back.", bank.ReturnPayout(ctx, in.number("payout"))
			},
		},
	}
}

// placeTold names the money, its sender, and who gets it: whoever approves knows nothing else of it.
func placeTold(ctx context.Context, bank Bank, in *Values) (string, error) {
	money, err := inSuspense(ctx, bank, in)
	if err != nil {
		return "", err
	}
	to, err := in.found(ctx, bank, "purse")
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("place %s in the purse of %s, account %s", money, to.Name, to.Account), nil
}

func returnTold(ctx context.Context, bank Bank, in *Values) (string, error) {
	money, err := inSuspense(ctx, bank, in)
	return "send back " + money, err
}

func inSuspense(ctx context.Context, bank Bank, in *Values) (string, error) {
	number := in.number("operation")
	if in.err != nil {
		return "", in.err
	}
	x, err := bank.SuspenseItem(ctx, number)
	if err != nil {
		return "", err
	}
	if x.State != "suspended" {
		return "", office.Refuse("that money is not in suspense any more: it is %s", inWords(x.State))
	}
	return fmt.Sprintf("%s %s from %s", x.Amount, currency(x.Asset), x.From), nil
}

// payoutTold names the payout: its number alone says nothing to a person.
func payoutTold(what string) func(context.Context, Bank, *Values) (string, error) {
	return func(ctx context.Context, bank Bank, in *Values) (string, error) {
		number := in.number("payout")
		if in.err != nil {
			return "", in.err
		}
		p, err := bank.PayoutLine(ctx, number)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("%s %s %s to %s", what, p.Amount, currency(p.Asset), p.Destination), nil
	}
}

func lowerTold(ctx context.Context, bank Bank, in *Values) (string, error) {
	whose := "of every purse"
	if in.text("purse") != "" {
		p, err := in.found(ctx, bank, "purse")
		if err != nil {
			return "", err
		}
		whose = "of the purse of " + p.Name
	}
	return fmt.Sprintf("guarantee no more than %s for a bill %s", in.amount("guaranteed"), whose), in.err
}

// wideActs touch everybody.
func wideActs() []*Act {
	asset := Field{Name: "asset", Label: "Currency", Hint: "may be empty when the bank has one", Optional: true}
	return []*Act{
		{
			Kind: "extend", Title: "Move dates", Roles: office.Operate, Second: true, Document: true, Object: "from",
			Fields: []Field{{Name: "from", Label: "From (UTC)", Type: "datetime-local"}, {Name: "to", Label: "To (UTC)", Type: "datetime-local"}},
			Tells:  "After a cyclone: every expiry, deadline and lapse between the two is read as the second. It cannot be taken back.",
			Told: func(_ context.Context, _ Bank, in *Values) (string, error) {
				return fmt.Sprintf("read every date from %s on as %s", when(in.moment("from")), when(in.moment("to"))), in.err
			},
			Do: func(ctx context.Context, bank Bank, in *Values) (string, error) {
				return "Moved, from the next notice on.", bank.Extend(ctx, in.moment("from"), in.moment("to"))
			},
		},
		{
			Kind: "guarantee-lower", Title: "Lower the guarantee", Roles: office.Operate, Second: true, Object: "purse",
			Fields: []Field{{Name: "purse", Label: "Purse", Hint: "empty: all purses", Optional: true, Purse: true}, {Name: "guaranteed", Label: "Guaranteed per bill"}},
			Tells:  "Promises less to payees than sheets say, from the next notice on. As much as the charter says, or more, lowers nothing any more.",
			Told:   lowerTold,
			Do: func(ctx context.Context, bank Bank, in *Values) (string, error) {
				return "Lowered, from the next notice on.", bank.LowerGuarantee(ctx, in.purse("purse"), in.amount("guaranteed"))
			},
		},
		{
			Kind: "guarantee-fund", Title: "Fill the guarantee", Roles: office.Operate, Second: true, Object: "asset",
			Fields: []Field{asset, {Name: "amount", Label: "Amount"}},
			Tells:  "Moves the bank's own money from the treasury into the guarantee.",
			Told: func(_ context.Context, _ Bank, in *Values) (string, error) {
				return fmt.Sprintf("move %s %s from the treasury into the guarantee", in.amount("amount"), cmp.Or(currency(in.text("asset")), "of the bank's currency")), in.err
			},
			Do: func(ctx context.Context, bank Bank, in *Values) (string, error) {
				_, err := bank.FundGuarantee(ctx, anchor.FundingRequest{Asset: in.text("asset"), Amount: in.amount("amount"), Officer: in.Officer, Key: in.Key})
				return "On its way: it counts when the ledger has it.", err
			},
		},
	}
}
