package anchor

import (
	"context"
	"log/slog"
	"time"
)

// Paces of the loops in Run.
const (
	railPace  = 2 * time.Second
	tendPace  = time.Minute
	maxPause  = time.Minute
	firstWait = 500 * time.Millisecond
)

// Run ingests loads, sends payouts and tends the books until ctx ends; then it returns nil. A rail
// that does not answer is asked again, less and less often.
func (b *Bank) Run(ctx context.Context) error {
	done := make(chan struct{})
	loops := []struct {
		name string
		pace time.Duration
		step func(context.Context) (more bool, err error)
	}{
		{"ingest", railPace, func(ctx context.Context) (bool, error) {
			n, err := b.Ingest(ctx)
			return n == ingestLimit, err
		}},
		{"settle", railPace, b.Settle},
		{"tend", tendPace, func(ctx context.Context) (bool, error) { return false, b.Tend(ctx) }},
	}
	for _, l := range loops {
		go func() {
			b.loop(ctx, l.name, l.pace, l.step)
			done <- struct{}{}
		}()
	}
	for range loops {
		<-done
	}
	return nil
}

func (b *Bank) loop(ctx context.Context, name string, pace time.Duration, step func(context.Context) (bool, error)) {
	wait := firstWait
	for ctx.Err() == nil {
		more, err := step(ctx)
		pause := pace
		switch {
		case err != nil && ctx.Err() == nil:
			pause = wait
			wait = min(2*wait, maxPause)
			b.log.Warn("will try again", slog.String("loop", name), slog.Duration("in", pause), slog.Any("error", err))
		case more:
			pause, wait = 0, firstWait
		default:
			wait = firstWait
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
}
