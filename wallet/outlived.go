package wallet

import "slices"

// A sighting protects whoever is offered money of the same purse that contradicts it. That is over when no
// such money can be redeemed any more:
//
//   - on this sheet, or an older one, when it can no longer be redeemed itself;
//   - on a later sheet, got by a Statement that left the entry out: the bank issues none once it has the
//     entry. It has it when it has answered it, or else when the sheet's last day for redeeming is over:
//     whoever comes later has nothing to redeem. A sheet issued until then lives as long as any did, by the charters
//     of that time.

const (
	sweepEvery = 14 * 24 * 3600
	// lateNews is how much longer a sighting is kept: banks clear with each other what came in time, and
	// may move dates that have just passed.
	lateNews = 30 * 24 * 3600
)

// sweep forgets the sightings that have outlived their use, now and then: nobody notices the difference.
func (s *State) sweep(now uint64) {
	round := now / sweepEvery
	if round == s.watch.swept {
		return
	}
	s.watch.swept = round
	s.watch.all = slices.DeleteFunc(s.watch.all, func(g *sighting) bool {
		over := s.outlived(g, now)
		if over {
			s.watch.unlink(g)
		}
		return over
	})
}

// outlived reports whether a sighting can protect nobody any more. This phone's clock may be wrong, and so
// may what a stolen key has signed: both must say that the time is over.
func (s *State) outlived(g *sighting, now uint64) bool {
	a := s.anchors[g.sheet.Anchor]
	if a == nil || g.sheet.RedeemBy > latestDate {
		return false
	}
	t := min(now, a.Newest)
	life := max(g.sheet.RedeemBy-g.sheet.IssuedAt, a.life)
	if t < lateNews || t-lateNews <= g.sheet.IssuedAt+life {
		return false // the bank cannot have had it before
	}
	known := a.Notice.Moment(g.sheet.RedeemBy) // when the bank had it, at the latest
	if at, ok := s.answered(g); ok {
		known = min(at, known)
	}
	return t-lateNews > a.Notice.Moment(known+life)
}
