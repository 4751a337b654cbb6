package anchorcmd

// Command is `kula anchor`.
type Command struct {
	Init      Init           `cmd:"" help:"Make a bank: keys, charter, accounts on the ledger."`
	Example   Example        `cmd:"" help:"Print a charter file to start from."`
	Charter   Charter        `cmd:"" help:"Sign a changed charter, or show the one in force."`
	Serve     Serve          `cmd:"" help:"Run the bank until Ctrl-C."`
	Accounts  Accounts       `cmd:"" help:"Who has an account."`
	Purses    Purses         `cmd:"" help:"All purses and what is in them."`
	Books     Books          `cmd:"" help:"The trial balance, held against the ledger."`
	Guarantee Guarantee      `cmd:"" help:"What covers the payees of overdrawn purses."`
	Suspense  Suspense       `cmd:"" help:"Money that came without a usable reference."`
	Freeze    Freeze         `cmd:"" help:"Stop a purse's sheets and payouts, or let them go on."`
	Tier      Tier           `cmd:"" help:"Give a purse the limits of another tier."`
	Payouts   Payouts        `cmd:"" help:"What is to be paid on Stellar, and what could not be."`
	Cases     Cases          `cmd:"" help:"Purses that were caught contradicting themselves."`
	Revoke    Revoke         `cmd:"" help:"End the purse of a lost or stolen phone."`
	Extend    Extend         `cmd:"" help:"Move every expiry and deadline, for instance after a cyclone."`
	Teller    Teller         `cmd:"" help:"Cash at the counter."`
	Officer   OfficerCommand `cmd:"" help:"Who works at the bank's console, and how they sign in."`
	Audit     Audit          `cmd:"" help:"What officers did at the console."`
	Give      Give           `cmd:"" help:"On a bank to play with: put its currency on somebody's Stellar account."`
}
