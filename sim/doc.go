// Package sim is a whole island in one process: thousands of people with the real wallet, the real protocol
// and the real anchor on SQLite, among whom some cheat. It says what cheats cost, and who finds them first;
// docs/risk.md has the formula beside its numbers.
//
// One queue holds everything that is planned, and one goroutine takes from it, so the same Config gives the
// same run, byte for byte. Time is the event's; keys, nonces and choices come from the seed.
//
//	                ┌──────────── queue: (moment, order) ◀───────────┐ each event plans what follows it
//	                ▼                                                │
//	 pay ─▶ news both ways ─▶ Request ─▶ Pay ─▶ Accept ─▶ Acknowledged          (two phones, no bank)
//	ferry, trip to town ─▶ Outbox, Statement ─▶ Bank.Sync ─▶ Absorb             (a phone and the bank)
//	ferry ─▶ courier takes neighbours' Outboxes ─▶ Bank.Sync ─▶ … days … ─▶ Absorb
//	remittance ─▶ a payment on the ledger ─▶ (daily) Bank.Ingest ─▶ a fresh sheet
//	phone dies ─▶ … ─▶ restored from its backup: new key, new purse; the old one revoked
//	cheat turns ─▶ tells a story to each payee it meets, signing with its keys past its wallet
//	each day: Ingest, Settle, Tend, audit of the books
//	                │
//	                ▼
//	 after every event: the checker  ─▶ a violation stops the run, with the command that replays it
//	                │
//	                ▼
//	 epilogue: everybody connects, deadlines pass, everybody connects again ─▶ Result ─▶ JSON, report
//
// # What the checker holds
//
//   - The books balance, and the reserve is what the ledger has; what was loaded is at the bank or was paid out.
//   - A payment takes from the payer's chain what it gives to the payee, and no more.
//   - Whatever is dishonoured, and was brought in time, has a cheat's purse behind it: nobody loses by honest money.
//   - What honest people lose together is what cheats took, less what the bank covered; and each cheat stays
//     within its bound.
//   - Each purse that settled as overspent is one of which the bank holds a proof; no honest purse is one.
//   - Every wallet replays from its journal to what it was: some each day, all at the end.
package sim
