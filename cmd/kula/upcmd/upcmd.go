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

// firstOfficer works at the console of a bank to play with: teller and operate.
const firstOfficer = "mere"

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
		LogLevel: c.LogLevel, FirstOfficer: firstOfficer}
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
	bank := r.Bank
	v.Line("")
	v.Line("Running, all of it on this machine only:")
	v.Line("  %-28s %s", bank.Name, bank.URL)
	v.Line("  %-28s %s", "its staff's address", bank.Operator)
	v.Line("  %-28s %s", "a ledger like Stellar's", r.Ledger)
	v.Line("phone wallet  %s", cmp.Or(bank.App, "not built into this kula: make build"))
	v.Line("console       %s", cmp.Or(bank.Link, bank.Console))
	v.Line("")
	home := relative(c.Home)
	v.Line("The console's link signs in once, within 15 minutes (%s: teller and operate). Another one, and a second person, who approves:", firstOfficer)
	v.Line("  bin/kula anchor officer link %s --home %s/anchor --console-url %s", firstOfficer, home, bank.Console)
	v.Line("  bin/kula anchor officer add tomasi --role approve --home %s/anchor --console-url %s", home, bank.Console)
	v.Line("")
	v.Line("Open the phone wallet in two browsers, or two profiles of one: these are two phones. The console's Counter takes cash for them.")
	v.Line("")
	v.Line("Or type this, in another terminal (or let bin/kula tour tell the whole story by itself).")
	v.Line("Each wallet asks you to choose a passphrase. Ana makes a wallet, opens a purse, and loads it:")
	v.Line("")
	for _, line := range []string{
		"bin/kula wallet --home HOME/ana new --words-out HOME/ana.words",
		"bin/kula wallet --home HOME/ana enrol URL --name Ana --words-file HOME/ana.words",
		"bin/kula anchor give 5000 --home HOME/anchor --passphrase-file HOME/passphrase --words-file HOME/ana.words",
		"bin/kula wallet --home HOME/ana load --amount 3000 --words-file HOME/ana.words --horizon LEDGER --wait",
		"bin/kula wallet --home HOME/ana refresh",
	} {
		v.Line("  %s", strings.NewReplacer("HOME", home, "URL", bank.URL, "LEDGER", r.Ledger).Replace(line))
	}
	v.Line("")
	v.Line("README.md goes on from there: Ben, and a payment with the bank switched off.")
	v.Line("Ctrl-C stops it; started again, it goes on where it stopped.")
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
