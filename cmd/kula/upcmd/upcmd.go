// Package upcmd is `kula up`: a local ledger and a bank in one process, to play with.
package upcmd

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"kula/cmd/kula/anchorcmd"
	"kula/cmd/kula/daemon"
	"kula/cmd/kula/localnetcmd"
	"kula/cmd/kula/say"
)

// Command is `kula up`.
type Command struct {
	Home           string `help:"Where everything is kept." default:"./var" type:"path"`
	Listen         string `help:"The bank's address for wallets." default:"127.0.0.1:8420"`
	OperatorListen string `help:"The bank's address for its staff." default:"127.0.0.1:8422"`
	ConsoleListen  string `help:"The address of the bank's console." default:"127.0.0.1:8424"`
	LedgerListen   string `help:"The ledger's address." default:"127.0.0.1:8421"`
	SealWork       int    `default:"18" hidden:""`
	LogLevel       string `help:"How much is logged: debug, info, warn, error." enum:"debug,info,warn,error" default:"warn"`
}

// Help shows examples.
func (Command) Help() string {
	return `Starts a local ledger that behaves like the Stellar network, and one bank on it. Its money is worth nothing.
Started again, it goes on where it stopped. Ctrl-C stops it.

Examples:
  kula up
  kula up --home /tmp/island`
}

// Run starts both and waits.
func (c *Command) Run(ctx context.Context, voice *say.Voice) error {
	group, ctx := daemon.NewGroup(ctx)
	running, err := c.Start(ctx, voice, group)
	if err != nil {
		return err
	}
	if err := voice.Result(running, func() { c.tell(voice, running) }); err != nil {
		return err
	}
	err = group.Wait()
	voice.Note("Stopped. Everything is kept in %s.", c.Home)
	return err
}

// Who works at the console of a bank to play with.
const (
	firstOfficer = "mere"
	approver     = "vaea"
)

// Running is what up says in JSON once everything is there.
type Running struct {
	Ready  bool             `json:"ready"`
	Ledger string           `json:"ledger"`
	Bank   *anchorcmd.Ready `json:"bank"`
}

// Start runs the ledger and the bank in a group.
func (c *Command) Start(ctx context.Context, voice *say.Voice, group *daemon.Group) (*Running, error) {
	passphrase, err := c.passphrase()
	if err != nil {
		return nil, err
	}
	voice.Note("Starting a local ledger …")
	ledger := localnetcmd.NewServe(filepath.Join(c.Home, "localnet"), c.LedgerListen)
	ledgerURL, err := localnetcmd.Start(ctx, group, ledger)
	if err != nil {
		return nil, err
	}
	bank, err := c.startBank(ctx, voice, group, passphrase, ledgerURL)
	return &Running{true, ledgerURL, bank}, err
}

func (c *Command) startBank(ctx context.Context, voice *say.Voice, group *daemon.Group, passphrase, ledgerURL string) (*anchorcmd.Ready, error) {
	place := anchorcmd.Place{Home: anchorcmd.Home(filepath.Join(c.Home, "anchor")), PassphraseFile: c.passphraseFile()}
	if _, err := os.Stat(place.Home.SignedCharter()); errors.Is(err, fs.ErrNotExist) {
		voice.Note("Making a bank to play with …")
		made := anchorcmd.Init{Place: place, Dev: true, Horizon: ledgerURL, Endpoint: "http://" + c.Listen, Channels: 4, SealWork: c.SealWork}
		if err := made.Run(ctx, &say.Voice{Out: io.Discard, Err: voice.Err}); err != nil {
			return nil, err
		}
	}
	voice.Note("Opening the bank …")
	bank := anchorcmd.Serve{Place: place, Listen: c.Listen, OperatorListen: c.OperatorListen, ConsoleListen: c.ConsoleListen,
		LogLevel: c.LogLevel, FirstOfficer: firstOfficer, Approver: approver}
	return bank.Start(ctx, group, passphrase)
}

func (c *Command) passphraseFile() string { return filepath.Join(c.Home, "passphrase") }

// passphrase reads the one that seals the keys of this bank to play with, or makes it.
func (c *Command) passphrase() (string, error) {
	if err := os.MkdirAll(c.Home, 0o700); err != nil {
		return "", err
	}
	if _, err := os.Stat(c.passphraseFile()); errors.Is(err, fs.ErrNotExist) {
		if err := os.WriteFile(c.passphraseFile(), []byte(rand.Text()+"\n"), 0o600); err != nil {
			return "", err
		}
	}
	return say.SecretFile(c.passphraseFile())
}

func (c *Command) tell(v *say.Voice, r *Running) {
	bank, home := r.Bank, relative(c.Home)
	v.Line("")
	v.Line("phone wallet  %s", cmp.Or(bank.App, "not built into this kula: make build"))
	v.Line("console       %s", cmp.Or(bank.Link, bank.Console))
	v.Line("")
	v.Line("All of it is on this machine only, and its money is worth nothing. To see it without a terminal:")
	v.Line("  1. Open the phone wallet in two browsers, or two profiles of one: these are two phones. In each: I am new here.")
	v.Line("     Each shows the letters of %s. They are these:", bank.Name)
	for line := range strings.SplitSeq(inLines(bank.Anchor.String()), "\n") {
		v.Line("       %s", line)
	}
	v.Line("  2. Open the console: you are %s, who takes cash and does the daily work. Counter: find one of the two, Cash in.", firstOfficer)
	v.Line("     On that phone: Connect to the bank. The money is there.")
	v.Line("  3. Switch the network off: Ctrl-C here, or \"offline\" in the browsers. Let one phone pay the other.")
	v.Line("  4. Switch it on again (make run), connect both phones to the bank, and see the payment settled in the console: Bills, by either name.")
	v.Line("")
	if bank.Second != "" {
		v.Line("What %s asks for, %s approves, in another browser:", firstOfficer, approver)
		v.Line("              %s", bank.Second)
	}
	v.Line("Each link signs in once, within 15 minutes: make a passkey then. Another link, or somebody else:")
	v.Line("  bin/kula anchor officer link %s --home %s/anchor --console-url %s", firstOfficer, home, bank.Console)
	v.Line("  bin/kula anchor officer add tomasi --role supervisor --home %s/anchor --console-url %s", home, bank.Console)
	v.Line("")
	v.Line("For programs: the bank for wallets is at %s, for its staff at %s, the ledger at %s.", bank.URL, bank.Operator, r.Ledger)
	v.Line("README.md has the same walk at a terminal. Ctrl-C stops it; started again, it goes on where it stopped.")
}

// inLines sets the letters of an account apart as phones show them: seven groups of four on a line.
func inLines(text string) string {
	var out strings.Builder
	for i, r := range text {
		switch {
		case i > 0 && i%28 == 0:
			out.WriteByte('\n')
		case i > 0 && i%4 == 0:
			out.WriteByte(' ')
		}
		out.WriteRune(r)
	}
	return out.String()
}

// relative is the path as a person in this directory would type it.
func relative(path string) string {
	here, err := os.Getwd()
	if err != nil {
		return path
	}
	short, err := filepath.Rel(here, path)
	if err != nil || strings.HasPrefix(short, "..") {
		return path
	}
	return short
}
