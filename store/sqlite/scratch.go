package sqlite

import (
	"context"
	"errors"
)

// OpenScratch opens a store that need not survive its process, for simulations: no disk is waited for, one
// connection reads and writes, since nobody else looks at the file, and it commits now and then only. A View
// inside an Update, which other stores allow, would wait for ever here.
func OpenScratch(ctx context.Context, path string) (*Store, error) {
	return open(ctx, path, []string{"journal_mode(MEMORY)", "synchronous(OFF)", "locking_mode(EXCLUSIVE)", "cache_size(-65536)"}, nil)
}

// commitEvery is how many updates of a scratch store are committed together.
const commitEvery = 100

// scratched runs f on the one connection. An update is a savepoint in a transaction that stays open.
func (s *session) scratched(ctx context.Context, writes bool, f func() error) error {
	if !writes {
		return f()
	}
	steps := []string{"SAVEPOINT scratch"}
	if s.held == 0 {
		steps = []string{writing, "SAVEPOINT scratch"}
	}
	if err := s.run(ctx, steps...); err != nil {
		return err
	}
	s.held++
	if err := f(); err != nil {
		return errors.Join(err, s.run(ctx, "ROLLBACK TO scratch", "RELEASE scratch"))
	}
	if s.held < commitEvery {
		return s.run(ctx, "RELEASE scratch")
	}
	s.held = 0
	return s.run(ctx, "RELEASE scratch", "COMMIT")
}

func (s *session) run(ctx context.Context, statements ...string) error {
	for _, statement := range statements {
		if _, err := s.conn.ExecContext(ctx, statement); err != nil {
			return wrap(err)
		}
	}
	return nil
}
