// Package fountain carries a bundle that is too large for one QR code in a moving one: a row of codes, each
// with a small part of it, shown again and again until the other side has enough of them.
//
// # Frames
//
// The text in each code is
//
//	KULA2:<base45 of: id (4) ‖ size of the bundle (4) ‖ number of the symbol (2) ‖ symbol>
//
// with numbers high byte first. The id is the beginning of the bundle's SHA-256. A frame tells all about
// itself: a reader may begin with any, miss any, see some twice, and see those of several bundles mixed.
//
// # Symbols
//
// The bundle is cut into K symbols of one size; the last is filled with zeros. Symbol n is the n-th of these
// for n < K. Every later one is a sum of all of them, each times its own factor, in the field of 256 elements
// of RFC 6330 (x⁸+x⁴+x³+x²+1). The factor of symbol j in symbol n is byte j mod 32 of
//
//	SHA-256("kula fountain" ‖ n (4 bytes) ‖ j div 32 (4 bytes))
//
// K symbols of any kind make the bundle again, one more in 256 cases: they are K equations with K unknowns.
// Why not RaptorQ, which is made for this and for far more: docs/adr/0081-moving-codes.md.
//
// # Trust
//
// None. A frame is refused before anything is remembered for it when its size or the bundle's is outside the
// bounds; a reader keeps few bundles apart; equations that contradict each other, or a bundle with another
// digest than its id, make it forget the whole of it and say so. What comes out is an encoded bundle, to be
// verified like any other.
package fountain
