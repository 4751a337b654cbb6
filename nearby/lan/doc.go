// Package lan lets two wallets meet over a local network: TCP, a Noise handshake, and mDNS to find
// each other. No server and no internet is needed: a hotspot of one of the phones will do.
//
//	payee: Announce, Listen, Serve ──┐        ┌── Discover (or a host:port told by the payee), Dial :payer
//	                                 └─ Conn ─┘
//	                       nearby.Session over Conn
//
// # The channel
//
// The handshake is Noise_XX_25519_ChaChaPoly_BLAKE2s with the prologue "kula/1 lan", its three messages
// without payload, each after its length in two bytes. The static keys are made for one connection and
// forgotten: they name nobody, so somebody who listens cannot tell who meets whom. After it come
// records, each a ciphertext of at most 16 KiB and 16 bytes after its length in two bytes; package
// nearby's frames are cut into records without regard to their edges.
//
// Who is at the other end is settled in the session, not here: both wallets sign the handshake's hash
// (the Conn's Binding) with the device keys that their cards and sheets name. Somebody in the middle
// has made two handshakes with two hashes.
//
// # Strangers
//
// Anybody on the network may connect. A listener serves only so many at once, and so many from one
// address; a handshake that is slow or false is dropped, and every step of a session has its deadline
// (nearby.Session). Names found by mDNS are a stranger's text: they are cleaned, bounded, and believed
// by nobody. Only the card, under the anchor's signature, says who is paid.
package lan
