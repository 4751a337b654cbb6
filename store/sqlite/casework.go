package sqlite

import (
	"errors"
	"math"

	"kula/anchor"
	"kula/store/sqlite/internal/queries"
	"kula/web/console/office"
)

// before is a place in a list that goes down from the newest; zero is its beginning.
func before(place int64) int64 {
	if place <= 0 {
		return math.MaxInt64
	}
	return place
}

func identityOf(row *queries.Identity) *office.Identity {
	return &office.Identity{
		Number: row.Number, Key: row.Key, Account: hash(row.Account), Name: row.Name, Evidence: row.Evidence, Tier: row.Tier,
		Screening: row.Screening, Answer: row.Answer, Officer: row.Officer, At: unsigned(row.At),
	}
}

func (r *reader) Identity(account [32]byte) (*office.Identity, error) {
	row, err := r.q.Identity(r.ctx, account[:])
	return convert(row, err, identityOf)
}

func (r *reader) Identities(place int64, limit int) ([]*office.Identity, error) {
	rows, err := r.q.Identities(r.ctx, queries.IdentitiesParams{Before: before(place), Most: int64(limit)})
	return convertAll(rows, err, identityOf)
}

func (t *tx) InsertIdentity(id *office.Identity) (bool, error) {
	n, err := t.q.InsertIdentity(t.ctx, queries.InsertIdentityParams{
		Key: id.Key, Account: id.Account[:], Name: id.Name, Evidence: id.Evidence, Tier: id.Tier, Screening: id.Screening, Answer: id.Answer,
		Officer: id.Officer, At: signed(id.At),
	})
	return n == 1, wrap(err)
}

func (r *reader) PursesBefore(place int64, limit int) ([]*anchor.Purse, error) {
	rows, err := r.q.PursesBefore(r.ctx, queries.PursesBeforeParams{Before: before(place), Most: int64(limit)})
	return all(rows, err, purseOf)
}

func complaintOf(row *queries.Complaint) *office.Complaint {
	return &office.Complaint{
		Number: row.Number, Key: row.Key, Purse: row.Purse, Who: row.Who, About: row.About, OpenedBy: row.OpenedBy, OpenedAt: unsigned(row.OpenedAt),
		ClosedBy: row.ClosedBy, ClosedAt: unsigned(row.ClosedAt), Outcome: row.Outcome,
	}
}

func (r *reader) Complaint(number int64) (*office.Complaint, error) {
	row, err := r.q.Complaint(r.ctx, number)
	return convert(row, err, complaintOf)
}

func (r *reader) ComplaintByKey(key string) (*office.Complaint, error) {
	row, err := r.q.ComplaintByKey(r.ctx, key)
	return convert(row, err, complaintOf)
}

func (r *reader) OpenComplaints(after int64, limit int) ([]*office.Complaint, error) {
	rows, err := r.q.OpenComplaints(r.ctx, queries.OpenComplaintsParams{After: after, Most: int64(limit)})
	return convertAll(rows, err, complaintOf)
}

func (r *reader) Complaints(place int64, limit int) ([]*office.Complaint, error) {
	rows, err := r.q.Complaints(r.ctx, queries.ComplaintsParams{Before: before(place), Most: int64(limit)})
	return convertAll(rows, err, complaintOf)
}

func (r *reader) ComplaintsOf(purse string, limit int) ([]*office.Complaint, error) {
	rows, err := r.q.ComplaintsOf(r.ctx, queries.ComplaintsOfParams{Purse: purse, Most: int64(limit)})
	return convertAll(rows, err, complaintOf)
}

func (r *reader) ComplaintNotes(complaint, after int64, limit int) ([]*office.ComplaintNote, error) {
	rows, err := r.q.ComplaintNotes(r.ctx, queries.ComplaintNotesParams{Complaint: complaint, After: after, Most: int64(limit)})
	return convertAll(rows, err, func(row *queries.ComplaintNote) *office.ComplaintNote {
		return &office.ComplaintNote{Number: row.Number, Key: row.Key, Complaint: row.Complaint, Officer: row.Officer, At: unsigned(row.At), Text: row.Text}
	})
}

func (t *tx) InsertComplaint(c *office.Complaint) (err error) {
	c.Number, err = t.q.InsertComplaint(t.ctx, queries.InsertComplaintParams{
		Key: c.Key, Purse: c.Purse, Who: c.Who, About: c.About, OpenedBy: c.OpenedBy, OpenedAt: signed(c.OpenedAt),
	})
	return wrap(err)
}

func (r *reader) ComplaintFile(complaint int64) ([]byte, error) {
	file, err := r.q.ComplaintFile(r.ctx, complaint)
	return file, forOffice(err)
}

func (r *reader) OpenFromPhones(account [32]byte) (int64, error) {
	n, err := r.q.OpenFromPhones(r.ctx, account[:])
	return n, wrap(err)
}

func (t *tx) InsertComplaintFile(complaint int64, account [32]byte, file []byte) error {
	return wrap(t.q.InsertComplaintFile(t.ctx, queries.InsertComplaintFileParams{Complaint: complaint, Account: account[:], Bundle: file}))
}

func (t *tx) CloseComplaint(c *office.Complaint) error {
	n, err := t.q.CloseComplaint(t.ctx, queries.CloseComplaintParams{
		ClosedBy: c.ClosedBy, ClosedAt: signed(c.ClosedAt), Outcome: c.Outcome, Number: c.Number,
	})
	if err = changed(n, err); errors.Is(err, office.ErrNoRecord) {
		return office.ErrDecided
	}
	return err
}

func (t *tx) InsertComplaintNote(note *office.ComplaintNote) (bool, error) {
	n, err := t.q.InsertComplaintNote(t.ctx, queries.InsertComplaintNoteParams{
		Key: note.Key, Complaint: note.Complaint, Officer: note.Officer, At: signed(note.At), Text: note.Text,
	})
	return n == 1, wrap(err)
}
