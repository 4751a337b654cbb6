// Package walletcmd is `kula wallet …`: what a person types, or a program with --json. It wires the wallet
// to disk, network and screen and holds no rules of its own.
package walletcmd

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"kula/cmd/kula/say"
	"kula/httpapi/client"
	"kula/localnet"
	"kula/nearby"
	"kula/protocol"
	"kula/stellar"
	"kula/wallet"
	"kula/walletfile"
)

// Command is `kula wallet`.
type Command struct {
	Home           string `help:"The wallet's directory." type:"path" default:"${wallet_home}"`
	PassphraseFile string `help:"File with the passphrase that seals this device's key; asked for without it." type:"existingfile"`

	asked string // the passphrase that was typed in: a command that opens the wallet again does not ask again

	New       New       `cmd:"" help:"Make a wallet on this device."`
	Enrol     Enrol     `cmd:"" help:"Open a purse at a bank."`
	Load      Load      `cmd:"" help:"Put money from Stellar into a purse."`
	Refresh   Refresh   `cmd:"" help:"Get a new balance sheet from the bank, to spend from off-line."`
	Sync      Sync      `cmd:"" help:"Bring the bank what is due and get what is new."`
	Balance   Balance   `cmd:"" help:"What you have, and where it is."`
	Request   Request   `cmd:"" help:"Ask to be paid: make a bill."`
	Pay       Pay       `cmd:"" help:"Pay a bill, by the local network, a file or a picture. Needs no bank."`
	Accept    Accept    `cmd:"" help:"Take a payment from a file or a picture. Needs no bank."`
	Serve     Serve     `cmd:"" help:"Wait to be paid over the local network."`
	Peers     Peers     `cmd:"" help:"Who waits to be paid on this local network."`
	History   History   `cmd:"" help:"What was asked for, paid and received."`
	Redeliver Redeliver `cmd:"" help:"Hand over once more a payment that was not received: the same one, not a second."`
	Cases     Cases     `cmd:"" help:"Purses that are proven to have spent money twice."`
	Complain  Complain  `cmd:"" help:"Say that something is wrong: the bank gets it at the next sync."`
	Evidence  Evidence  `cmd:"" help:"Write those proofs to a file that anybody can check."`
	News      News      `cmd:"" help:"Tell another wallet what this one has seen, or take in what it tells."`
	Revoke    Revoke    `cmd:"" help:"End the purse of a phone that was lost or stolen, from another device."`
	Show      Show      `cmd:"" help:"One bill or payment in full, with its documents."`
	Settle    Settle    `cmd:"" help:"Redeem what is unsettled."`
	Unload    Unload    `cmd:"" help:"Take money out of the purse: to Stellar, or as cash at the counter."`
	Cosign    Cosign    `cmd:"" help:"Sign a payment of a purse that needs several devices."`
	Date      Date      `cmd:"" help:"Tell the wallet today's date, when this device's clock is wrong."`
	Export    Export    `cmd:"" help:"Write a sealed backup."`
	Restore   Restore   `cmd:"" help:"Make a wallet from a backup, on a new device."`
}

// Vars are the defaults that depend on the machine.
func Vars() map[string]string {
	dir, err := os.UserConfigDir()
	if err != nil {
		dir = "."
	}
	return map[string]string{"wallet_home": filepath.Join(dir, "kula")}
}

// session is an open wallet and whoever it talks to.
type session struct {
	*walletfile.Wallet
	voice *say.Voice
	home  string
}

// now is this device's clock; the wallet corrects it.
func now() uint64 { return uint64(time.Now().Unix()) } //nolint:gosec // after 1970

func (c *Command) open(voice *say.Voice) (*session, error) {
	network, err := c.network()
	if err != nil {
		return nil, err
	}
	w, err := walletfile.Open(c.Home, c.options(voice, network))
	if err != nil {
		return nil, explain(err)
	}
	if w.Torn != nil {
		voice.Note("Note: %s", w.Torn)
	}
	s := &session{w, voice, c.Home}
	for _, purse := range w.Alarms() { // at each command until the purse is ended: it was heard once, perhaps long ago
		s.tellOwnPurse(purse)
	}
	return s, nil
}

// with opens the wallet, does something with it, and closes it.
func (c *Command) with(voice *say.Voice, do func(*session) error) error {
	s, err := c.open(voice)
	if err != nil {
		return err
	}
	return explain(errors.Join(do(s), s.Close()))
}

func (c *Command) options(voice *say.Voice, network protocol.Network) walletfile.Options {
	return walletfile.Options{Network: network, Passphrase: func() (string, error) {
		if c.PassphraseFile != "" {
			return say.SecretFile(c.PassphraseFile)
		}
		if c.asked == "" {
			var err error
			if c.asked, err = voice.Ask("Passphrase of this wallet:", true); err != nil {
				return "", err
			}
		}
		return c.asked, nil
	}}
}

// The network that a wallet is on stands in this file of its home.
const networkFile = "network"

// networkPassphraseOf is the passphrase of a network. Every one has a space in it, so a name that was mistyped is not
// taken for one: the wallet would be on a network of its own, for ever.
func networkPassphraseOf(name string) (string, error) {
	if known, ok := stellar.NetworkPassphrases()[name]; ok {
		return known, nil
	}
	if name == "localnet" {
		return localnet.Passphrase, nil
	}
	if !strings.Contains(name, " ") {
		return "", say.Misuse("there is no network called %q: say localnet, testnet, public, or a network's passphrase", name)
	}
	return name, nil
}

// prepare makes the home of a new wallet and says there which network it is on, before there is a wallet
// that needs to know. The passphrase of the options is asked for here, once, before anything is made.
func (c *Command) prepare(voice *say.Voice, networkName string) (walletfile.Options, error) {
	if walletfile.Exists(c.Home) {
		return walletfile.Options{}, explain(fmt.Errorf("%s: %w", c.Home, walletfile.ErrExists))
	}
	network, err := networkPassphraseOf(networkName)
	if err != nil {
		return walletfile.Options{}, err
	}
	passphrase, err := c.newPassphrase(voice)
	if err != nil {
		return walletfile.Options{}, err
	}
	options := walletfile.Options{Network: protocol.NewNetwork(network), Passphrase: func() (string, error) { return passphrase, nil }}
	if err := os.MkdirAll(c.Home, 0o700); err != nil {
		return options, err
	}
	return options, keep(filepath.Join(c.Home, networkFile), []byte(network+"\n"))
}

func (c *Command) newPassphrase(voice *say.Voice) (string, error) {
	if c.PassphraseFile != "" {
		return say.Sealing(say.SecretFile(c.PassphraseFile))
	}
	return say.Sealing(voice.NewSecret("Choose a passphrase for this wallet:"))
}

// keep writes a private file so that after a crash there is either all of it or what was there before.
func keep(path string, data []byte) error {
	f, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600) //nolint:gosec // in the wallet's own home
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func (c *Command) network() (protocol.Network, error) {
	name, err := os.ReadFile(filepath.Join(c.Home, networkFile))
	if errors.Is(err, os.ErrNotExist) {
		return protocol.Network{}, explain(walletfile.ErrNone)
	}
	return protocol.NewNetwork(strings.TrimSpace(string(name))), err
}

func (c *Command) networkPassphrase() (string, error) {
	name, err := os.ReadFile(filepath.Join(c.Home, networkFile))
	return strings.TrimSpace(string(name)), err
}

// advice is what to do about errors that a person can do something about.
var advice = []struct {
	err  error
	exit int
	code string
	next string
}{
	{client.ErrOffline, say.NoRoute, "no_route", "nothing is lost: try again when there is a connection"},
	{client.ErrUnknown, say.NotYet, "unknown", "nothing is lost: run the same command again"},
	{walletfile.ErrNone, say.Failed, "no_wallet", "make one: kula wallet --home DIR new"},
	{stellar.ErrRejected, say.Failed, "rejected", "nothing was sent; op_underfunded means that the Stellar account has not enough of it"},
	{stellar.ErrNoAccount, say.Failed, "no_account", ""},
	{protocol.CodeUnreachable, say.NoRoute, string(protocol.CodeUnreachable), "nothing new was paid; a QR code or a file needs no network: kula wallet pay --bill"},
	{walletfile.ErrExists, say.Failed, "wallet_exists", "choose another --home, or use the one that is there"},
	{walletfile.ErrInUse, say.Failed, "wallet_in_use", "close the other program that has this wallet open (perhaps kula wallet serve)"},
	{walletfile.ErrPassphrase, say.Failed, "wrong_passphrase", "look at the passphrase"},
	{walletfile.ErrWords, say.Failed, "wrong_words", "compare them with what was written on paper"},
	{protocol.CodeIncompatible, say.Failed, string(protocol.CodeIncompatible), "the evidence is kept, and goes to the bank at the next sync:  kula wallet cases"},
	{protocol.CodeCondemned, say.Failed, string(protocol.CodeCondemned), "the proof:  kula wallet cases"},
	{wallet.CodeClock, say.Failed, "clock_contradicted", "give today's date: kula wallet date 2026-12-31"},
	{wallet.CodeNoSheet, say.Failed, "no_sheet", "when there is a connection: kula wallet refresh"},
	{protocol.CodeNotEnough, say.Failed, "not_enough", "look at what is spendable: kula wallet balance"},
	{wallet.CodeOverHolding, say.Failed, "over_holding", "add --over-holding to go on"},
}

// explain puts an exit code, a stable code and advice to an error.
func explain(err error) error {
	var done *say.Problem
	if err == nil || errors.As(err, &done) {
		return err
	}
	for _, a := range advice {
		if errors.Is(err, a.err) {
			return &say.Problem{Exit: a.exit, Code: a.code, What: plain(err), Next: a.next, Err: err}
		}
	}
	code := client.CodeOf(err)
	if code == "" {
		code = string(protocol.CodeOf(err))
	}
	if code == "" {
		code = "failed"
	}
	return &say.Problem{Exit: say.Failed, Code: code, What: plain(err), Err: err}
}

// withoutField cuts "unload.amount: " off what the bank says.
func withoutField(detail string) string {
	if field, rest, ok := strings.Cut(detail, ": "); ok && !strings.Contains(field, " ") {
		return rest
	}
	return detail
}

// plain leaves out of a refusal the name of the field, which says nothing to a person.
func plain(err error) string {
	var met *nearby.Error
	if errors.As(err, &met) && met.Remote {
		return "the other wallet says: " + met.Code.Error()
	}
	for _, plainly := range []error{walletfile.ErrPassphrase, walletfile.ErrInUse} {
		if errors.Is(err, plainly) {
			return plainly.Error()
		}
	}
	var refused *client.Refused
	if errors.As(err, &refused) {
		return withoutField(refused.Detail)
	}
	code := protocol.CodeOf(err)
	if sentence := wallet.Codes()[code]; sentence != "" {
		return sentence
	}
	if code != "" {
		return code.Error()
	}
	return err.Error()
}
