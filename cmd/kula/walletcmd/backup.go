package walletcmd

import (
	"errors"
	"os"
	"time"

	"kula/cmd/kula/say"
	"kula/protocol"
	"kula/walletfile"
)

// Export is `kula wallet export`.
type Export struct {
	File     string `arg:"" help:"The backup to write." type:"path"`
	Secret   string `name:"backup-passphrase-file" help:"File with the passphrase of the backup; asked for without it." type:"existingfile"`
	SealWork int    `default:"18" hidden:""`
}

// Help shows examples.
func (Export) Help() string {
	return `Writes everything that happened, sealed. The device's key is not in it: a backup cannot pay.

Examples:
  kula wallet export wallet.backup`
}

// Run writes the backup.
func (c *Export) Run(parent *Command, voice *say.Voice) error {
	return parent.with(voice, func(s *session) error {
		passphrase, err := say.Sealing(newSecret(voice, c.Secret, "Choose a passphrase for the backup:"))
		if err != nil {
			return err
		}
		f, err := os.OpenFile(c.File, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		if err := errors.Join(s.Export(f, passphrase, c.SealWork), f.Sync(), f.Close()); err != nil {
			return errors.Join(err, os.Remove(c.File))
		}
		return voice.Result(map[string]string{"backup": c.File}, func() {
			voice.Line("The backup is in %s. Keep it apart from this device, and the passphrase apart from it.", c.File)
		})
	})
}

func newSecret(voice *say.Voice, file, question string) (string, error) {
	if file != "" {
		return say.SecretFile(file)
	}
	return voice.NewSecret(question)
}

func secret(voice *say.Voice, file, question string) (string, error) {
	if file != "" {
		return say.SecretFile(file)
	}
	return voice.Ask(question, true)
}

// Restore is `kula wallet restore`.
type Restore struct {
	File     string `arg:"" help:"The backup." type:"existingfile"`
	Secret   string `name:"backup-passphrase-file" help:"File with the passphrase of the backup; asked for without it." type:"existingfile"`
	Network  string `help:"localnet, testnet, public, or a network passphrase." default:"localnet"`
	SealWork int    `default:"18" hidden:""`
}

// Help shows examples.
func (Restore) Help() string {
	return `Makes a wallet from a backup. It gets a key of its own: the old purse must not be continued, because the old device may
have paid after the backup. Enrol again, and end the old purse (kula wallet revoke); what is left in it comes back.

Examples:
  kula wallet --home ./new-phone restore wallet.backup`
}

// Run restores.
func (c *Restore) Run(parent *Command, voice *say.Voice) error {
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // only read
	passphrase, err := secret(voice, c.Secret, "Passphrase of the backup:")
	if err != nil {
		return err
	}
	options, err := parent.prepare(voice, c.Network)
	if err != nil {
		return err
	}
	options.WorkFactor = c.SealWork
	w, err := walletfile.Restore(parent.Home, f, passphrase, now(), options)
	if err != nil {
		return explain(err)
	}
	retired := []protocol.PurseID{}
	for _, p := range w.Purses() {
		retired = append(retired, p.ID)
	}
	if err := w.Close(); err != nil {
		return explain(err)
	}
	return voice.Result(map[string]any{"home": parent.Home, "revoke": retired}, func() {
		voice.Line("Restored to %s. This device cannot continue the old purses.", parent.Home)
		voice.Line("Open a new purse:  kula wallet enrol URL --name YOU")
		voice.Line("Then end the old ones, so that what is left in them comes to the new one:")
		for _, id := range retired {
			voice.Line("  kula wallet revoke %s", id.String()[:12])
		}
	})
}

// Date is `kula wallet date`.
type Date struct {
	Today time.Time `arg:"" format:"2006-01-02" help:"Today's date, e.g. 2026-12-31."`
}

// Help shows examples.
func (Date) Help() string { return "Examples:\n  kula wallet date 2026-12-31" }

// Run keeps what the person says.
func (c *Date) Run(parent *Command, voice *say.Voice) error {
	return parent.with(voice, func(s *session) error {
		noon := c.Today.Add(12 * time.Hour)
		if err := s.SetClock(now(), uint64(noon.Unix())); err != nil { //nolint:gosec // after 1970
			return err
		}
		return voice.Result(map[string]string{"today": c.Today.Format(time.DateOnly)}, func() {
			voice.Line("The wallet takes today for %s.", c.Today.Format("2 January 2006"))
		})
	})
}
