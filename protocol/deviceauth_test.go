package protocol_test

import (
	"crypto/sha256"
	"slices"
	"testing"

	"kula/protocol"
)

func TestDeviceAuthHashIsWhatTheSpecificationSays(t *testing.T) {
	n := protocol.NewNetwork("a network")
	nonce, purse := protocol.Hash{1}, protocol.PurseID{2}
	want := sha256.Sum256(slices.Concat(n.ID[:], []byte("kula/1device-auth"), nonce[:], purse[:]))
	if got := n.DeviceAuthHash(nonce, purse); got != want {
		t.Errorf("got %s, want %s", got, protocol.Hash(want))
	}
	others := []protocol.Hash{n.DeviceAuthHash(protocol.Hash(purse), protocol.PurseID(nonce)), protocol.NewNetwork("another").DeviceAuthHash(nonce, purse)}
	if slices.Contains(others, want) {
		t.Error("another nonce, purse or network has the same hash")
	}
}
