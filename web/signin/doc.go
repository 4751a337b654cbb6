// Package signin proves to a bank's server that whoever holds this phone can sign for an account on
// Stellar: the client's side of SEP-10, as much of SEP-1 as it needs, and nothing of a Stellar SDK. It is
// compiled into the phone's WebAssembly, where the SDK would weigh several times what the wallet does.
//
// The server hands out a transaction, a challenge, and wants it signed. A signature on a transaction can
// move money, so [Service.Sign] takes the challenge to pieces and signs only what SEP-10 describes: it can
// never be put on the ledger (sequence number 0), it is in time, it does nothing but name the account, the
// bank's home domain and a nonce, and the bank's own key signed it, and nobody else. All else is refused with
// a code; there is no way to sign something else with this package.
//
// What the phone asks for is narrower than what SEP-10 permits: an account of its own ("G…"), without memo,
// without a client domain.
package signin
