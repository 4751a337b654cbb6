package protocol

import "crypto/sha256"

// Role is a wallet's part in a meeting of two.
type Role string

// Roles. They are equally long, so that a role and what follows it cannot be read in two ways.
const (
	RolePayer Role = "payer"
	RolePayee Role = "payee"
)

// MeetingHash is what a device key signs to show that it is itself at this end of a secure channel,
// and nobody in between: SHA-256(network id ‖ "kula/1" ‖ "nearby" ‖ role ‖ binding). The binding is a
// value that both ends of one channel share and no other channel has.
func (n Network) MeetingHash(role Role, binding Hash) Hash {
	h := sha256.New()
	h.Write(n.ID[:])
	h.Write([]byte(domain))
	h.Write([]byte("nearby"))
	h.Write([]byte(role))
	h.Write(binding[:])
	return Hash(h.Sum(nil))
}
