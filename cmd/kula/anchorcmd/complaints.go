package anchorcmd

import (
	"context"
	"errors"
	"fmt"

	"kula/httpapi"
	"kula/web/console/office"
)

// book takes what holders complain of on their phones into the book of the bank's officers.
type book struct{ office *office.Office }

// Complain opens a complaint. Of one purse and document there is one.
func (b book) Complain(ctx context.Context, c httpapi.Complaint) (int64, error) {
	opened, err := b.office.ComplainFromPhone(ctx, office.FromPhone{Purse: c.Purse.String(), Account: c.Account, Who: c.Name, About: c.About,
		Subject: c.Subject.String(), File: c.File})
	if errors.Is(err, office.ErrTooManyComplaints) {
		return 0, fmt.Errorf("%w: %w", httpapi.ErrTooManyComplaints, err)
	}
	if err != nil {
		return 0, err
	}
	return opened.Number, nil
}
