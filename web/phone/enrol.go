package phone

import (
	"crypto/ed25519"
	"strings"

	"kula/httpapi/wire"
	"kula/internal/sep5"
	"kula/money"
	"kula/protocol"
	"kula/wallet"
	"kula/web/signin"
)

// account is the key to a Stellar account, while a command needs it.
type account struct {
	key ed25519.PrivateKey
	id  protocol.AccountID
}

// owner makes the account's key of the seed that the command brought, and wipes the seed.
func (a *args) owner() *account {
	seed := optional[[]byte](a, "seed")
	defer clear(seed)
	if len(seed) != sep5.SeedSize {
		a.bad("seed")
		return &account{}
	}
	key := sep5.Key(seed, 0)
	return &account{key, protocol.AccountID(protocol.PublicKey(key))}
}

// forget wipes the key.
func (o *account) forget() { clear(o.key) }

// accountOf is the address that a seed stands for.
func (p *Phone) accountOf(a *args) (any, error) {
	o := a.owner()
	defer o.forget()
	return Object{"account": accountText(o.id)}, a.err
}

// token signs in at the bank, by SEP-10: it shows that whoever holds the words asks.
func (o *account) token(d *desk) (string, error) {
	answer, err := d.ask(Request{Method: "GET", URL: "/.well-known/stellar.toml"}, "")
	if err != nil {
		return "", err
	}
	info, err := signin.ReadInfo(answer.Body)
	if err != nil {
		return "", err
	}
	service, err := info.Service(d.host(), d.network)
	if err != nil {
		return "", err
	}
	// The endpoint may stand on another host than the bank's API; Sign holds it against the challenge.
	auth := &desk{p: d.p, network: d.network}
	got, err := auth.getJSON(service.ChallengeURL(o.id), "", "")
	if err != nil {
		return "", err
	}
	signed, err := service.Sign(got.text("transaction"), o.key, d.p.now())
	if err != nil {
		return "", err
	}
	if got, err = auth.getJSON(service.Endpoint, "", `{"transaction":`+quoted(signed)+`}`); err != nil {
		return "", err
	}
	token := got.text("token")
	if token == "" || strings.ContainsAny(token, " \r\n") {
		return "", notTheBank("no token")
	}
	return token, nil
}

// host is the bank's host, with its port if it has one.
func (d *desk) host() string {
	_, rest, _ := strings.Cut(d.base, "://")
	host, _, _ := strings.Cut(rest, "/")
	return host
}

// enrol opens a purse at a bank that is trusted, and brings its first sheet if the bank can be reached long enough.
func enrol(a *ask) (any, error) {
	o := a.owner()
	defer o.forget()
	anchor, name, code, kindName := a.account("anchor"), strings.TrimSpace(a.text("name")), a.text("asset"), a.text("kind")
	kind, known := map[string]protocol.Kind{"circulating": protocol.Circulating, "payout": protocol.PayoutKind}[kindName]
	if !known {
		a.bad("kind")
	}
	if name == "" {
		a.bad("name")
	}
	if a.err != nil {
		return nil, a.err
	}
	charter := viewOf(a.w, a.now).charter(anchor)
	if charter == nil {
		return nil, &wallet.Error{Code: wallet.CodeNotTrusted, Where: "anchor"}
	}
	asset, err := assetOf(charter, code)
	if err != nil {
		return nil, err
	}
	if a.hasPurse(anchor, o.id, asset, kind) {
		return nil, fail(CodeHasPurse, "purse", "this wallet has such a purse at this bank already: use that one")
	}
	id, err := a.open(charter, o, name, asset, kind)
	if err != nil {
		return nil, err
	}
	held, err := a.w.Purse(id)
	if err == nil {
		a.p.bank.Lock()
		_ = a.p.visit(a.w, held, false, newSynced()) // the purse is open; a sheet comes with any later sync
		a.p.bank.Unlock()
	}
	return a.p.home()
}

// hasPurse keeps a command that is given twice from opening two purses: money in them does not add up in one payment.
func (a *ask) hasPurse(anchor, account protocol.AccountID, asset money.Asset, kind protocol.Kind) bool {
	for _, b := range a.w.Balances(a.now) {
		if b.Phase == wallet.PurseOpen && !b.Revoked && b.Anchor == anchor && b.Account == account && b.Asset == asset && b.Kind == kind {
			return true
		}
	}
	return false
}

func assetOf(c *protocol.Charter, code string) (money.Asset, error) {
	for _, a := range c.Assets {
		if a.Asset.CodeString() == code || code == "" && len(c.Assets) == 1 {
			return a.Asset, nil
		}
	}
	return money.Asset{}, &protocol.Error{Code: protocol.CodeWrongAsset, Where: "asset"}
}

// open signs in, signs the Enrolment and takes in the bank's answer. One that was begun and not confirmed goes on.
func (a *ask) open(charter *protocol.Charter, o *account, name string, asset money.Asset, kind protocol.Kind) (id protocol.PurseID, err error) {
	d, err := a.p.deskOf(a.w, charter)
	if err != nil {
		return id, err
	}
	token, err := o.token(d)
	if err != nil {
		return id, err
	}
	e, err := a.w.Enrol(a.now, wallet.EnrolParams{Anchor: charter.Anchor, Account: o.id, Asset: asset, Kind: kind, Signers: []wallet.AccountSigner{{
		Key: protocol.Key(o.id), Sign: func(h protocol.Hash) protocol.Signature { return protocol.Sign(o.key, h) },
	}}})
	if err != nil {
		return id, err
	}
	id = protocol.PurseID(a.w.Network().Hash(e))
	b := protocol.NewBundle(a.w.Network())
	b.AddRoot(e)
	answer, err := d.ask(Request{Method: "POST", URL: "/v1/enrol?" + query("name", name), Body: b.Encode(),
		Headers: map[string]string{"Content-Type": wire.BundleType, "Authorization": "Bearer " + token}}, wire.BundleType)
	if err != nil {
		return id, err
	}
	reply, err := d.bundle(answer)
	if err != nil {
		return id, err
	}
	_, err = a.w.Absorb(a.now, id, reply, 0)
	return id, err
}

// signedIn is the bank that a command names, or the only one, and the token of whoever has the words.
func (a *ask) signedIn(o *account) (*desk, string, error) {
	anchor := a.account("anchor")
	anchors := a.w.Anchors()
	if a.err == nil && anchor == (protocol.AccountID{}) && len(anchors) == 1 {
		anchor = anchors[0].Charter.Anchor
	}
	if a.err != nil {
		return nil, "", a.err
	}
	charter := viewOf(a.w, a.now).charter(anchor)
	if charter == nil {
		return nil, "", &wallet.Error{Code: wallet.CodeNotTrusted, Where: "anchor"}
	}
	d, err := a.p.deskOf(a.w, charter)
	if err != nil {
		return nil, "", err
	}
	token, err := o.token(d)
	return d, token, err
}

// purses lists the purses of an account at its bank: to find the one of a phone that is lost.
func purses(a *ask) (any, error) {
	o := a.owner()
	defer o.forget()
	d, token, err := a.signedIn(o)
	if err != nil {
		return nil, err
	}
	got, err := d.getJSON("/v1/account/purses", "Bearer "+token, "")
	if err != nil {
		return nil, err
	}
	list, ok := got["purses"].([]any)
	if !ok {
		return nil, notTheBank("no purses")
	}
	out := []Object{}
	for _, one := range list {
		view, err := a.accountPurse(one)
		if err != nil {
			return nil, err
		}
		out = append(out, view)
	}
	return out, nil
}

func (a *ask) accountPurse(one any) (Object, error) {
	o, _ := one.(Object)
	var id protocol.PurseID
	if id.UnmarshalText([]byte(o.text("purse"))) != nil {
		return nil, notTheBank("no purse")
	}
	atBank, err := amountIn(o, "at_bank")
	if err != nil {
		return nil, err
	}
	code, _, _ := strings.Cut(o.text("asset"), ":")
	held, err := a.w.Purse(id)
	return Object{"purse": id.String(), "name": printable(o.text("name")), "asset": code, "atBank": atBank.String(), "state": o.text("state"),
		"here": err == nil && held.Phase == wallet.PurseOpen}, nil
}

// revoke ends the purse of a phone that is lost. What is left of it goes to the successor, when its last sheet can no
// longer be redeemed.
func revoke(a *ask) (any, error) {
	o := a.owner()
	defer o.forget()
	purse, successor := a.entry("purse"), a.purse("successor")
	if a.err != nil {
		return nil, a.err
	}
	d, token, err := a.signedIn(o)
	if err != nil {
		return nil, err
	}
	body := `{"purse":"` + purse.String() + `"`
	if successor != (protocol.PurseID{}) {
		body += `,"successor":"` + successor.String() + `"`
	}
	answer, err := d.ask(Request{Method: "POST", URL: "/v1/revoke", Body: []byte(body + "}"),
		Headers: map[string]string{"Content-Type": wire.JSONType, "Authorization": "Bearer " + token}}, wire.BundleType)
	if err != nil {
		return nil, err
	}
	b, err := d.bundle(answer)
	if err != nil {
		return nil, err
	}
	_, err = a.w.Absorb(a.now, protocol.PurseID{}, b, 0)
	return a.home(err)
}
