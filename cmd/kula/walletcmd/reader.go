package walletcmd

import (
	"kula/cmd/kula/say"
	"kula/protocol"
	"kula/walletfile"
)

// Reader is a wallet that is only read: nothing in it is signed or changed.
type Reader struct{ *walletfile.Wallet }

// OpenReader opens the wallet in a directory, for what it trusts and holds.
func OpenReader(home string, voice *say.Voice) (*Reader, error) {
	s, err := (&Command{Home: home}).open(voice)
	if err != nil {
		return nil, err
	}
	return &Reader{s.Wallet}, nil
}

// NetworkOf is the network with that name or passphrase.
func NetworkOf(name string) (protocol.Network, error) {
	passphrase, err := networkPassphraseOf(name)
	return protocol.NewNetwork(passphrase), err
}
