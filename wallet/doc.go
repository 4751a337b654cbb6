// Package wallet is one person's wallet: what it holds, what it has promised, and what it may do next.
//
// It is a state machine. Everything that ever happened to a wallet is a row of events, each appended
// to a journal before anybody outside hears of it; the State is nothing but those events, applied in
// order, and applying them again gives the same State. A Wallet joins a State with the journal and
// the device's keys, and offers the acts of docs/protocol.md:
//
//	payee                                     payer
//	Request   → bill, card, memo      ──────▶ Offer, Pay  (written durably, then sent)
//	Accept    (written durably) → ack ◀────── entry, sheet
//	                            ack   ──────▶ Acknowledged
//
//	Outbox, Statement ──▶ anchor ──▶ Absorb   (sync: whenever there is a route, or by courier)
//
// What a payment made goes through:
//
//	Proposed ─▶ Written ─▶ HandedOver ─▶ Acknowledged ─▶ Honoured
//	(co-signers   │ not yet received │      │         └▶ Dishonoured
//	 are awaited) └──────────────────┴──────┴─ any may be skipped; never back
//
// and a payment received: Received ─▶ Presented ─▶ Honoured ─▶ PaidOut, or Dishonoured.
//
// # What callers may rely on
//
//   - A number of a purse's chain is signed for one body only. The signed entry is in the journal
//     before Pay returns; if writing fails, Pay fails, and nothing that was signed leaves the wallet.
//   - Paying the same bill again gives the same entry again. Accepting the same entry again gives the
//     same Ack again. So a message may be lost, repeated or late, and a session cut anywhere.
//   - What an anchor says is taken only under its charter, and never replaced by something older.
//   - Time is an argument everywhere: the device's clock in Unix seconds, which the wallet corrects
//     (see Time). Randomness comes from Config.Rand, signatures from Config.Keys.
//
// Signatures are judged before an event is written; Apply holds events against the rules of the state
// machine and looks at no signature again, so a journal of ten thousand events opens at once.
package wallet
