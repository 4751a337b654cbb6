package anchor

import (
	"context"
	"errors"

	"kula/protocol"
)

// The benchmark measures the two halves of Redeem alone.

// VerifyOnly is the half that callers do side by side.
func (b *Bank) VerifyOnly(ctx context.Context, batch []*protocol.Payment) error {
	return b.verify(ctx, candidatesOf(batch))
}

// StoreOnly is the half that one writer does: it takes every signature for good.
func (b *Bank) StoreOnly(ctx context.Context, batch []*protocol.Payment) error {
	candidates := candidatesOf(batch)
	err := b.view(ctx, func(r Reader) error {
		for _, c := range candidates {
			if err := b.look(r, c); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return b.update(ctx, "redeem", len(batch), func(s *session) error {
		_, err := s.presentAll(candidates)
		return err
	})
}

// NoticesApart issues a notice in a part of a job that fails, and in one that goes well, and tells what the job itself takes
// for the newest after each.
func (b *Bank) NoticesApart(ctx context.Context) (epochs []uint32, err error) {
	failed := errors.New("on purpose")
	return epochs, b.update(ctx, "test", 1, func(s *session) error {
		for _, end := range []error{failed, nil} {
			err := s.apart("test", func(one *session) error {
				return errors.Join(one.renotice(func(*protocol.Notice) error { return nil }), end)
			})
			if !errors.Is(err, end) {
				return err
			}
			epochs = append(epochs, s.notice.Epoch)
		}
		return nil
	})
}
