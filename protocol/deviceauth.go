package protocol

import "crypto/sha256"

// DeviceAuthHash is what a purse's first signer signs to show the anchor that it speaks: SHA-256(network
// id ‖ "kula/1" ‖ "device-auth" ‖ nonce ‖ purse). After the domain, documents go on with a type below 256
// in four bytes, so this is never one of them.
func (n Network) DeviceAuthHash(nonce Hash, purse PurseID) Hash {
	b := append(make([]byte, 0, 128), n.ID[:]...)
	b = append(b, domain+"device-auth"...)
	b = append(b, nonce[:]...)
	return sha256.Sum256(append(b, purse[:]...))
}
