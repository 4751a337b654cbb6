// Kula: paying each other with no network. See README.md for the tour.
package main

import (
	"context"
	"errors"
	"maps"
	"os"
	"os/signal"
	"os/user"
	"slices"
	"strings"
	"syscall"

	"kula/cmd/kula/anchorcmd"
	"kula/cmd/kula/appcmd"
	"kula/cmd/kula/localnetcmd"
	"kula/cmd/kula/say"
	"kula/cmd/kula/simcmd"
	"kula/cmd/kula/tour"
	"kula/cmd/kula/upcmd"
	"kula/cmd/kula/verifycmd"
	"kula/cmd/kula/walletcmd"

	"github.com/alecthomas/kong"
)

type root struct {
	JSON bool `help:"Answer in JSON on standard output, for machines."`

	Tour     tour.Command        `cmd:"" help:"The whole story in under a minute, on this machine, with real processes."`
	Up       upcmd.Command       `cmd:"" help:"Start a local ledger and a bank to play with."`
	Wallet   walletcmd.Command   `cmd:"" help:"A person's wallet: pay and be paid with no network."`
	Verify   verifycmd.Command   `cmd:"" help:"What does this file prove? Payments, proofs of fraud, receipts; off-line, without a wallet."`
	Anchor   anchorcmd.Command   `cmd:"" help:"A bank: run it, look after it, check it."`
	App      appcmd.Command      `cmd:"" help:"The phone wallet's files, served where there is no bank's server."`
	Localnet localnetcmd.Command `cmd:"" help:"A local ledger to try things on: it speaks the Stellar network's language, with no network."`
	Sim      simcmd.Command      `cmd:"" help:"An island of thousands of people in one process: what cheats cost, and who finds them."`
}

const about = `Kula lets people pay each other with no network, and settles with their bank when there is one.

Try the whole story in under a minute:

    kula tour

Start a bank of your own to play with:

    kula up`

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	voice := &say.Voice{Out: os.Stdout, Err: os.Stderr, Stop: ctx.Done(), JSON: slices.Contains(args, "--json")}
	var cli root
	chosen, err := parser(&cli, kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(voice)).Parse(args)
	if err != nil {
		return misused(voice, err)
	}
	voice.JSON = cli.JSON
	if err := chosen.Run(); err != nil {
		return voice.Fail(err)
	}
	return say.OK
}

func parser(cli *root, more ...kong.Option) *kong.Kong {
	return kong.Must(cli, append(more, kong.Name("kula"), kong.Description(about),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}), vars())...)
}

// vars are the defaults that depend on the machine.
func vars() kong.Vars {
	v := kong.Vars{"horizon": "http://127.0.0.1:8421", "user": "operator"}
	if u, err := user.Current(); err == nil {
		v["user"] = u.Username
	}
	maps.Copy(v, walletcmd.Vars())
	return v
}

func misused(voice *say.Voice, err error) int {
	problem := &say.Problem{Exit: say.Misused, Code: "usage", What: err.Error()}
	var parse *kong.ParseError
	if errors.As(err, &parse) && parse.Context != nil {
		problem.Next = "see: " + strings.Join(strings.Fields("kula "+parse.Context.Command()+" --help"), " ")
	}
	return voice.Fail(problem)
}
