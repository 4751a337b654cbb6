// Package stellar is the rail: everything that Kula does on the Stellar network or by its proposals (SEPs).
//
//	Rail     anchor.Rail over Horizon: loads in by cursor, payouts out through channel accounts
//	Setup    makes the anchor's accounts, trustlines and channels on the ledger
//	Load     a person's payment to the deposit account, from their own account
//	WebAuth  SEP-10, the server: proves that whoever asks can sign for an account, and gives a token (JWT)
//	Service  SEP-10, the client: signs a challenge after checking all that a client must
//	Info     SEP-1: stellar.toml, written and read
//	PayLink  SEP-7: a link that opens a person's own Stellar wallet
//
// # How a payment is made
//
//	Prepare ─▶ envelope (signed, bounded in time) ─▶ the caller stores it ─▶ Submit ─▶ verdict
//	                                                        ▲                    │
//	                                                        └── Unknown, TryLater ┘   the same envelope again
//
// Only two verdicts conclude anything. Applied means that the ledger's history shows the transaction
// as successful. Rejected means that history shows it as failed, or that it can never be applied any
// more: the ledger's own time is past the envelope's bounds, history does not know its hash, and its
// sequence number is either unused or was used by another transaction. Everything else, however much
// it looks like a refusal, is asked again: an answer may be lost, late, or about another submission
// of the same envelope.
package stellar
