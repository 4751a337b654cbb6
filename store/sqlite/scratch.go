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
const commitEvery = 1000

const (
	saveUpdate    = "SAVEPOINT scratch"
	backToUpdate  = "ROLLBACK TO scratch"
	releaseUpdate = "RELEASE scratch"
)

// scratched runs f on the one connection. An update is a savepoint in a transaction that stays open.
func (s *session) scratched(ctx context.Context, writes bool, f func() error) (err error) {
	if !writes {
		return f()
	}
	steps := []string{saveUpdate}
	if s.held == 0 {
		steps = []string{writing, saveUpdate}
	}
	if err := s.run(ctx, steps...); err != nil {
		return err
	}
	s.held++
	ended := false
	defer func() {
		if !ended {
			err = errors.Join(err, s.run(ctx, backToUpdate, releaseUpdate))
		}
	}()
	if err := f(); err != nil {
		return err
	}
	ended = true
	if s.held < commitEvery {
		return s.run(ctx, releaseUpdate)
	}
	s.held = 0
	return s.run(ctx, releaseUpdate, commit)
}
