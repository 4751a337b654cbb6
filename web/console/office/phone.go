package office

import (
	"context"
	"errors"
)

// ThePhone is who opens a complaint that its holder made on a phone.
const ThePhone = "the holder's phone"

// phoneKey begins what phones' complaints are known by. No officer's does, or they could take a complaint's place before
// its holder makes it.
const phoneKey = "phone "

// MaxOpenFromPhones is how many complaints of one account, made on phones, may be open.
const MaxOpenFromPhones = 16

// ErrTooManyComplaints says that so many are open already.
var ErrTooManyComplaints = errors.New("too many complaints of this account are open: they are answered first")

// FromPhone is a complaint that a phone brings to the bank, with what proves it. Nobody has looked at the file yet.
type FromPhone struct {
	Purse   string   // in hex
	Account [32]byte // that it counts for
	Who     string
	About   string // refused, undelivered, mistake or cheated
	Subject string // the payment or proof, in hex: brought again by the purse, it is the same complaint
	File    []byte
}

var fromPhones = map[string]string{
	"refused":     "The bank refused what I received: payment ",
	"undelivered": "I paid, and they do not have it: payment ",
	"mistake":     "I paid too much, or the wrong person: payment ",
	"cheated":     "Somebody paid twice with the same money: proof ",
}

// ComplainFromPhone opens a complaint, or finds the one that the phone has opened before.
func (o *Office) ComplainFromPhone(ctx context.Context, c FromPhone) (*Complaint, error) {
	words, known := fromPhones[c.About]
	if !known {
		return nil, Refuse("nobody complains of %q", c.About)
	}
	opened := &Complaint{Key: phoneKey + c.Purse + " " + c.Subject, Purse: c.Purse, Who: c.Who, About: words + c.Subject, OpenedBy: ThePhone, OpenedAt: o.now()}
	return opened, o.store.UpdateOffice(ctx, func(tx Tx) error {
		before, err := tx.ComplaintByKey(opened.Key)
		if err == nil {
			*opened = *before
			return nil
		}
		if !errors.Is(err, ErrNoRecord) {
			return err
		}
		open, err := tx.OpenFromPhones(c.Account)
		if err != nil {
			return err
		}
		if open >= MaxOpenFromPhones {
			return ErrTooManyComplaints
		}
		if err := tx.InsertComplaint(opened); err != nil {
			return err
		}
		if err := tx.InsertComplaintFile(opened.Number, c.Account, c.File); err != nil {
			return err
		}
		who := Actor{&Officer{Name: ThePhone}, "the wallets' address"}
		return Write(tx, o.record(who, "complaint.open", complaintName(opened.Number), opened.Who+": "+opened.About, "", Done))
	})
}

// ComplaintFile is what a phone brought along; ErrNoRecord when an officer wrote the complaint down.
func (o *Office) ComplaintFile(ctx context.Context, number int64) (file []byte, err error) {
	err = o.store.ViewOffice(ctx, func(r Reader) error {
		file, err = r.ComplaintFile(number)
		return err
	})
	return file, err
}
