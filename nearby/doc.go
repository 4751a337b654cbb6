// Package nearby is how two wallets meet: the payment session, over anything that carries frames.
//
//	payee                                        payer
//	  │ Hello: version, accepted, cards, proofs     │
//	  ├────────────────────────────────────────────►│
//	  │                    News                     │
//	  │◄────────────────────────────────────────────┤
//	  │                    Held: an entry written   │ ┐ as often as there is
//	  │                    at an earlier meeting    │ │ something that this payee
//	  │◄────────────────────────────────────────────┤ │ did not acknowledge yet
//	  │ Ack, or Problem                             │ │
//	  ├────────────────────────────────────────────►│ ┘
//	  │                    Sheets: sheets, proofs   │
//	  │◄────────────────────────────────────────────┤
//	  │ News                                        │
//	  ├────────────────────────────────────────────►│
//	  │ Bill: bill, memo, card                      │
//	  ├────────────────────────────────────────────►│ asks its person,
//	  │                                             │ writes the entry durably
//	  │                    Payment: sheet, entry    │
//	  │◄────────────────────────────────────────────┤
//	  │ writes it durably                           │
//	  │ Ack                                         │
//	  ├────────────────────────────────────────────►│
//
// Either side may send Problem with a protocol.Code in place of its next frame, and Bye when it has
// nothing more to do; both end the session, but for a Problem in answer to Held, which is about that
// one entry.
//
// # News
//
// Each side tells the other once what it knows of third parties' wallets: proofs of fraud, entries it has
// seen, the bank's newest notice. The payee hears before it judges anything, earlier payments included. It
// tells only a payer whose sheets it has found good, and a payer only a payee that has proved its keys:
// nobody learns who pays whom in a village by knocking at its phones. News never keeps a payment from being
// made: it is one frame of bounded size, and what is false or too much in it is passed over.
//
// # What a cut means
//
// The session keeps nothing of its own. Everything that must last is written by the two wallets
// before the frame that tells of it is sent, so a connection may be cut at any byte:
//
//   - before the payer wrote its entry, nothing was paid;
//   - after that, the payer's outcome is Written ("not yet received") until it holds the Ack. At the
//     next meeting it hands the same entry over as Held, before anything new is agreed;
//   - after the payee wrote it, the payee's outcome is Received, whether or not its Ack arrives. The
//     same entry, shown again, gets the same Ack and is no second payment.
//
// So [Payer].Pay must be idempotent by bill, and [Payee].Accept by entry.
//
// # Who is at the other end
//
// A secure channel (package lan) gives both ends one binding, and whoever names a key in the session
// signs that binding with it: the payee with a key of each Card that it shows, the payer with a
// signer of each Sheet. The Bill must name a key that was proved. Somebody in the middle would have two channels with
// two bindings, and no key to sign either. Over a channel that has no binding (a cable between two
// sockets) there are no proofs, and only the documents speak.
package nearby
