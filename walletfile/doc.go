// Package walletfile keeps a wallet on a disk: its journal, its sealed keys, its backups, and the
// account's words on paper.
//
// A wallet is a directory that only its owner can enter (0700), with files that only its owner can
// read (0600):
//
//	journal    what happened, append-only: a header, then records of length ‖ CRC-32C ‖ event
//	keys.age   the device's secret, sealed by a passphrase (age, scrypt)
//	lock       held (flock) while a process has the wallet open
//
// The journal is not encrypted: it holds no secret, but it tells what its owner paid. The device's
// secret is one random seed from which each purse's key is derived; it is in no backup, because a copy
// of a device that goes on signing looks like a cheat (docs/protocol.md, "A restored phone").
//
// Append returns after fsync. A record that a crash left half written was never acted upon, so Open
// cuts it off, keeps the bytes beside the journal, and says so (Wallet.Torn). A damaged record with
// good ones after it cannot come from a crash: Open refuses, changes nothing, and says where.
package walletfile
