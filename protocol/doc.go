// Package protocol holds Kula's documents: what they say, how they are written, hashed and signed, and
// the rules by which a payee with no network, a bank, or a court judges them. It does no I/O and reads
// neither clock nor randomness; the same code runs in the phone, the server and the browser.
// docs/protocol.md is its specification, kula.x the schema.
//
// A payment takes three documents. The payee signs a Bill; the payer answers with an Entry in its purse's
// chain, written on a Sheet on which the bank says what the purse may spend:
//
//	payee                         payer                          anchor
//	  │                             │ ──── Statement ──────────▶ │
//	  │                             │ ◀─────────────── Sheet ─── │
//	  │ ─── Bill, Card, Memo ─────▶ │                            │
//	  │ ◀────── Sheet, Entry ────── │      (no network here)     │
//	  │ ─── Ack ──────────────────▶ │                            │
//	  │ ──── Sheet, Bill, Entry ───────────────────────────────▶ │
//	  │ ◀─────────────────────────────── Receipt, Delivery ───── │
//
// Documents are plain structs. To make one: fill it in, Check it, sign Network.Hash of it. To send some:
// put them into a Bundle and Encode that, naming what the receiver holds already. To take some:
// DecodeBundle, then PaymentOf and Verifier.Verify, or the matching check of the document at hand. What
// was decoded is well-formed; whether it is genuine is for Verify to say, and nothing else looks at
// signatures behind the caller's back.
//
//	bundle, err := protocol.DecodeBundle(network, data, wallet.Lookup, protocol.PaymentBounds)
//	...
//	payment, err := bundle.PaymentOf(bundle.Roots[0], wallet.Lookup)
//	...
//	verdict, err := verifier.Verify(bundle, payment)
//	if code := protocol.CodeOf(err); code != "" {
//		// tell the person code.Error(), a sentence; keep the code
//	}
//
// Money that was received may be spent before a bank has seen it: the payment then travels with those it
// stands on, and Verify judges them all (backing.go).
//
// Every refusal has a Code. One rule judges signatures everywhere: Claim.Verify alone, VerifyAll in
// batches, with the same verdict on each.
package protocol
