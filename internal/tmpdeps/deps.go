// Package tmpdeps pins the dependency set while rooms are being built; it is deleted once they all import their own.
package tmpdeps

import (
	_ "filippo.io/age"
	_ "github.com/alecthomas/kong"
	_ "github.com/anishathalye/porcupine"
	_ "github.com/flynn/noise"
	_ "github.com/hashicorp/mdns"
	_ "github.com/hdevalence/ed25519consensus"
	_ "github.com/makiuchi-d/gozxing"
	_ "github.com/oasisprotocol/curve25519-voi/primitives/ed25519"
	_ "github.com/pressly/goose/v3"
	_ "github.com/prometheus/client_golang/prometheus"
	_ "github.com/rogpeppe/go-internal/testscript"
	_ "github.com/stellar/go-stellar-sdk/clients/horizonclient"
	_ "github.com/stellar/go-stellar-sdk/txnbuild"
	_ "github.com/tyler-smith/go-bip39"
	_ "go.uber.org/goleak"
	_ "golang.org/x/term"
	_ "golang.org/x/time/rate"
	_ "modernc.org/sqlite"
	_ "pgregory.net/rapid"
	_ "rsc.io/qr"
)
