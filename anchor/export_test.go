package anchor

import (
	"context"

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
