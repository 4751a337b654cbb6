package anchorcmd

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"time"

	"kula/cmd/kula/say"
	"kula/store/sqlite"
	"kula/web/console/office"
)

// Staff is how commands reach the officers: in the bank's own file, whether the bank is open or not. Whoever may
// write that file may do anything; the trail says that it was done on this machine.
type Staff struct {
	Home Home `help:"The anchor's directory." default:"./var/anchor" type:"path"`
}

func (c *Staff) with(ctx context.Context, f func(*office.Office) error) error {
	if _, err := os.Stat(c.Home.Database()); errors.Is(err, fs.ErrNotExist) {
		if _, err = readOwn(c.Home.SignedCharter()); err != nil {
			return err
		}
	}
	store, err := sqlite.Open(ctx, c.Home.Database())
	if err != nil {
		return err
	}
	return errors.Join(officeProblem(f(office.New(store, time.Now))), store.Close())
}

// officeProblem says what to do next.
func officeProblem(err error) error {
	for of, p := range map[error]say.Problem{
		office.ErrNoRecord:   {Code: "no_such_officer", What: "there is no officer of that name", Next: "see who there is: kula anchor officer list"},
		office.ErrTaken:      {Code: "officer_exists", What: "there is, or was, an officer of that name", Next: "names are never used twice: choose another"},
		office.ErrBadRequest: {Code: "usage"},
		office.ErrBroken:     {Code: "audit_broken", Next: "stop the bank, keep a copy of its directory, and call whoever supervises it"},
	} {
		if errors.Is(err, of) {
			p.Exit, p.Err = say.Failed, err
			if p.What == "" {
				p.What = err.Error()
			}
			return &p
		}
	}
	return err
}

// OfficerCommand is `kula anchor officer`.
type OfficerCommand struct {
	List   OfficerList   `cmd:"" default:"withargs" help:"Who works at the console."`
	Add    OfficerAdd    `cmd:"" help:"Take somebody on, and make a link that signs them in once."`
	Link   OfficerLink   `cmd:"" help:"Make another link, for who has no passkey, or lost it."`
	Roles  OfficerRoles  `cmd:"" help:"Change what somebody may do."`
	Remove OfficerRemove `cmd:"" help:"End somebody's work: sessions, links and passkeys."`
}

// OfficerList is `kula anchor officer list`.
type OfficerList struct{ Staff }

// Help shows examples.
func (OfficerList) Help() string { return "Examples:\n  kula anchor officer list" }

// officerLine is an officer in JSON.
type officerLine struct {
	Name     string `json:"name"`
	Roles    string `json:"roles"`
	Passkeys int    `json:"passkeys"`
	Added    uint64 `json:"added"`
	Removed  uint64 `json:"removed,omitempty"`
}

// Run lists.
func (c *OfficerList) Run(ctx context.Context, voice *say.Voice) error {
	return c.with(ctx, func(o *office.Office) error {
		staff, err := o.Staff(ctx)
		if err != nil {
			return err
		}
		lines := make([]officerLine, len(staff))
		for i, m := range staff {
			lines[i] = officerLine{m.Name, m.Roles.String(), m.Keys, m.Added, m.Removed}
		}
		return voice.Result(map[string]any{"officers": lines}, func() {
			for _, l := range lines {
				state := ""
				if l.Removed != 0 {
					state = "removed"
				}
				voice.Line("%-24s %-30s %d passkeys %s", l.Name, l.Roles, l.Passkeys, state)
			}
			voice.Line("%d officers.", len(lines))
		})
	})
}

// Door is where the console is.
type Door struct {
	ConsoleURL string `help:"Where officers open the console." default:"http://localhost:8424"`
}

// madeLink is a link in JSON.
type madeLink struct {
	Officer string `json:"officer"`
	Link    string `json:"link"`
	Expires uint64 `json:"expires"`
}

func (d *Door) tell(ctx context.Context, voice *say.Voice, o *office.Office, name string, reset bool) error {
	token, err := o.NewLink(ctx, office.Console(), name, reset)
	if err != nil {
		return err
	}
	link := madeLink{name, linkAt(d.ConsoleURL, token), o.Now() + office.LinkLife}
	return voice.Result(link, func() {
		voice.Line("%s", link.Link)
		voice.Line("It signs %s in once, within 15 minutes. Hand it over yourself: whoever has it is %s.", name, name)
	})
}

func linkAt(url, token string) string { return strings.TrimRight(url, "/") + "/enter/" + token }

// OfficerAdd is `kula anchor officer add`.
type OfficerAdd struct {
	Staff
	Door
	Name string   `arg:"" help:"A name without spaces; the drawer has it, too."`
	Role []string `required:"" help:"view, teller, operate, approve or supervisor; several are divided by commas."`
}

// Help shows examples.
func (OfficerAdd) Help() string {
	return `Who asks for something and who approves it must be two people. A supervisor sees everything and does nothing.

Examples:
  kula anchor officer add mere --role teller
  kula anchor officer add tomasi --role operate,approve`
}

// Run adds.
func (c *OfficerAdd) Run(ctx context.Context, voice *say.Voice) error {
	return c.with(ctx, func(o *office.Office) error {
		roles, err := office.ParseRoles(c.Role...)
		if err != nil {
			return err
		}
		if _, err := o.Add(ctx, office.Console(), c.Name, roles); err != nil {
			return err
		}
		return c.tell(ctx, voice, o, c.Name, false)
	})
}

// OfficerLink is `kula anchor officer link`.
type OfficerLink struct {
	Staff
	Door
	Name  string `arg:""`
	Reset bool   `help:"End all passkeys and sessions of theirs first: for a passkey that was lost or stolen."`
}

// Help shows examples.
func (OfficerLink) Help() string {
	return "Examples:\n  kula anchor officer link mere\n  kula anchor officer link mere --reset"
}

// Run makes a link.
func (c *OfficerLink) Run(ctx context.Context, voice *say.Voice) error {
	return c.with(ctx, func(o *office.Office) error { return c.tell(ctx, voice, o, c.Name, c.Reset) })
}

// OfficerRoles is `kula anchor officer roles`.
type OfficerRoles struct {
	Staff
	Name string   `arg:""`
	Role []string `required:"" help:"What they may do from now on."`
}

// Help shows examples.
func (OfficerRoles) Help() string {
	return "Examples:\n  kula anchor officer roles mere --role teller,operate"
}

// Run changes.
func (c *OfficerRoles) Run(ctx context.Context, voice *say.Voice) error {
	return c.with(ctx, func(o *office.Office) error {
		roles, err := office.ParseRoles(c.Role...)
		if err != nil {
			return err
		}
		if err := o.SetRoles(ctx, office.Console(), c.Name, roles); err != nil {
			return err
		}
		return voice.Result(map[string]bool{"done": true}, func() { voice.Line("%s is now %s.", c.Name, roles) })
	})
}

// OfficerRemove is `kula anchor officer remove`.
type OfficerRemove struct {
	Staff
	Name string `arg:""`
}

// Help shows examples.
func (OfficerRemove) Help() string { return "Examples:\n  kula anchor officer remove mere" }

// Run removes.
func (c *OfficerRemove) Run(ctx context.Context, voice *say.Voice) error {
	return c.with(ctx, func(o *office.Office) error {
		if err := o.Remove(ctx, office.Console(), c.Name); err != nil {
			return err
		}
		return voice.Result(map[string]bool{"done": true}, func() { voice.Line("%s does not work at the console any more.", c.Name) })
	})
}

// Audit is `kula anchor audit`.
type Audit struct {
	Verify AuditVerify `cmd:"" help:"Look whether the audit trail holds together."`
}

// AuditVerify is `kula anchor audit verify`.
type AuditVerify struct {
	Staff
	Noted string `help:"A hash that was noted down before, or stands on a slip, in an export or in a log: it must still be in the trail."`
}

// Help shows examples.
func (AuditVerify) Help() string {
	return `Exit code 0 only if no line was changed, taken out or put in. What was cut off at the end is missed only by a
hash that left the machine before: the mark on a cash slip, in a file for the regulator, in a log that is kept elsewhere.

Examples:
  kula anchor audit verify
  kula anchor audit verify --noted "57: 5b1c 77e0 91aa 4f02"`
}

// Run verifies.
func (c *AuditVerify) Run(ctx context.Context, voice *say.Voice) error {
	return c.with(ctx, func(o *office.Office) error {
		v, err := o.Verify(ctx, c.Noted)
		if err != nil {
			return err
		}
		return voice.Result(v, func() {
			voice.Line("%d lines, none changed, none missing.", v.Records)
			if v.Noted != 0 {
				voice.Line("What was noted down is line %d.", v.Noted)
			}
			voice.Line("Note down: %s", v.Head)
		})
	})
}
