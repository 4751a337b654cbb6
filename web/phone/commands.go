package phone

import "kula/wallet"

// commands are all that a phone can be asked. It is filled at start: some of them call others.
var commands map[string]command

func init() {
	commands = map[string]command{
		"open":         {run: (*Phone).open},
		"home":         {run: func(p *Phone, _ *args) (any, error) { return p.home() }},
		"look":         {run: (*Phone).look},
		"trust":        {run: with(trust), changes: true},
		"request":      {run: with(request), changes: true},
		"quote":        {run: with(quote)},
		"pay":          {run: with(pay), changes: true},
		"again":        {run: with(again)},
		"handed":       {run: with(handed), changes: true},
		"theyHaveIt":   {run: with(theyHaveIt), changes: true},
		"accept":       {run: with(accept), changes: true},
		"acknowledged": {run: with(acknowledged), changes: true},
		"read":         {run: with(read)},
		"history":      {run: with(history)},
		"row":          {run: with(row)},
		"people":       {run: with(people)},
		"sync":         {run: (*Phone).sync}, // tells of changes itself
		"deposit":      {run: with(deposit)},
		"unload":       {run: with(unload)},
		"outbox":       {run: with(outbox)},
		"takeReply":    {run: with(takeReply), changes: true},
		"news":         {run: with(news)},
		"complain":     {run: with(complain), changes: true},
		"complaints":   {run: with(complaints)},
		"evidence":     {run: with(evidence)},
		"setClock":     {run: with(setClock), changes: true},
		"frames":       {run: (*Phone).frames},
		"frame":        {run: (*Phone).frame},
		"catchFrame":   {run: (*Phone).catchFrame},
		"account":      {run: (*Phone).accountOf},
		"enrol":        {run: with(enrol), changes: true},
		"purses":       {run: with(purses)},
		"revoke":       {run: with(revoke), changes: true},
		"exportBackup": {run: (*Phone).exportBackup},
		"importBackup": {run: (*Phone).importBackup, changes: true},
		"retire":       {run: (*Phone).retire, changes: true},
	}
}

// ask is a command at work on an open wallet.
type ask struct {
	*args
	p   *Phone
	w   *wallet.Wallet
	now uint64
}

// with opens the way to the wallet for a command.
func with(do func(*ask) (any, error)) func(*Phone, *args) (any, error) {
	return func(p *Phone, a *args) (any, error) {
		w, err := p.use()
		if err != nil {
			return nil, err
		}
		return do(&ask{args: a, p: p, w: w, now: p.now()})
	}
}

// home is the answer of commands that change what the home screen shows.
func (a *ask) home(err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return a.p.home()
}
