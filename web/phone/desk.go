package phone

import (
	"encoding/base64"
	"strconv"
	"strings"

	"kula/httpapi/wire"
	"kula/money"
	"kula/protocol"
	"kula/wallet"
	"kula/wallet/atbank"
)

// desk is a bank's HTTP face, as package httpapi/client is for a terminal: every request is sent once, and everything
// the bank does is idempotent, so whatever got no answer is sent again by the next try.
type desk struct {
	p       *Phone
	w       *wallet.Wallet // nil before it is open
	network protocol.Network
	base    string
	purse   protocol.PurseID // whom it speaks for; zero: nobody
	waited  int              // seconds, so far, for a bank that has too many requests
	sent    int              // bytes
	got     int
}

// patience is how many seconds a bank that has too many requests is waited for, in all.
const patience = 30

// deskAt is the bank at an address.
func (p *Phone) deskAt(base string) (*desk, error) {
	host, secure := strings.CutPrefix(base, "https://")
	if !secure {
		var plain bool
		if host, plain = strings.CutPrefix(base, "http://"); !plain || !thisMachine(host) {
			return nil, fail(CodeBadArgument, "url", "the bank's address must begin with https://")
		}
	}
	if host == "" || strings.ContainsAny(host, "?#@ ") {
		return nil, badArgument("url")
	}
	return &desk{p: p, base: strings.TrimRight(base, "/")}, nil
}

// thisMachine reports whether what follows http:// is this machine, where nobody is on the way.
func thisMachine(host string) bool {
	name, _, _ := strings.Cut(host, "/")
	for _, local := range []string{"localhost", "127.0.0.1", "[::1]"} {
		if name == local || strings.HasPrefix(name, local+":") {
			return true
		}
	}
	return false
}

// deskOf is the bank that a charter describes.
func (p *Phone) deskOf(w *wallet.Wallet, c *protocol.Charter) (*desk, error) {
	d, err := p.deskAt(c.Endpoint)
	if err != nil {
		return nil, err
	}
	d.w, d.network = w, w.Network()
	return d, nil
}

// ask is one request, with the media type of a good answer, empty for any; it is sent again when the bank says "wait a little".
func (d *desk) ask(r Request, want string) (*Response, error) {
	if r.Headers == nil {
		r.Headers = map[string]string{}
	}
	if want != "" {
		r.Headers["Accept"] = want + ", " + wire.ProblemType
	}
	r.URL = d.base + r.URL
	for {
		answer, err := d.p.host.Fetch(r)
		if err != nil {
			return nil, hostFailed(err, CodeNoAnswer, "bank", "the bank cannot be reached from here just now")
		}
		d.sent += len(r.Body)
		d.got += len(answer.Body)
		if d.busy(answer) {
			continue
		}
		return judge(answer, want)
	}
}

// busy waits when the bank asks for it, as long as the patience lasts.
func (d *desk) busy(answer *Response) bool {
	seconds, err := strconv.Atoi(answer.Headers["retry-after"])
	if answer.Status != 429 || err != nil || seconds <= 0 || seconds > patience-d.waited {
		return false
	}
	d.waited += seconds
	d.p.host.Wait(seconds)
	return true
}

// wait lets a little time pass for what the bank expects any moment, as long as the patience lasts.
func (d *desk) wait() bool {
	const seconds = 2
	if seconds > patience-d.waited {
		return false
	}
	d.waited += seconds
	d.p.host.Wait(seconds)
	return true
}

// judge sorts answers: a good one, the bank's no, and what does not come from the bank.
func judge(answer *Response, want string) (*Response, error) {
	kind, _, _ := strings.Cut(answer.Headers["content-type"], ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	switch {
	case len(answer.Body) > wire.MaxBundle:
		return nil, notTheBank("an answer that is too large")
	case kind == wire.ProblemType && answer.Status >= 500:
		return nil, fail(CodeNoAnswer, "bank", "the bank is not well just now: nothing is lost, try again later")
	case kind == wire.ProblemType:
		value, _ := parseJSON(answer.Body)
		problem, ok := value.(Object)
		if !ok || problem.text("code") == "" {
			return nil, notTheBank("a refusal that cannot be read")
		}
		return nil, fail(problem.text("code"), "bank", printable(problem.text("detail")))
	case (kind == want || want == "") && answer.Status == 200:
		return answer, nil
	case answer.Status >= 500: // a proxy before it
		return nil, fail(CodeNoAnswer, "bank", "the bank does not answer just now: nothing is lost, try again later")
	}
	return nil, notTheBank("status " + strconv.Itoa(answer.Status))
}

// notTheBank is somebody on the way: a hotel's sign-in page, a proxy.
func notTheBank(what string) error {
	return fail(CodeNotTheBank, "bank", "what answers there is not the bank: "+what)
}

// maxText is the longest text of the bank's that is shown.
const maxText = 500

// printable keeps out of what is shown what makes a text look like another: control characters, and what turns the
// direction of writing, as protocol does with the texts that are signed.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r < 0x20 || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029:
			return ' '
		case r == 0x061c || r >= 0x200b && r <= 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2060 && r <= 0x206f || r == 0xfeff:
			return -1
		}
		return r
	}, s)
	return strings.ToValidUTF8(s[:min(len(s), maxText)], "")
}

func (d *desk) bundle(answer *Response) (*protocol.Bundle, error) {
	b, err := protocol.DecodeBundle(d.network, answer.Body, protocol.NoContext, protocol.MailBounds)
	if err != nil {
		return nil, notTheBank(err.Error())
	}
	return b, nil
}

// getJSON asks for an object; a body makes it a POST.
func (d *desk) getJSON(path, authority, body string) (Object, error) {
	r := Request{Method: "GET", URL: path, Headers: map[string]string{}}
	if body != "" {
		r.Method, r.Body = "POST", []byte(body)
		r.Headers["Content-Type"] = wire.JSONType
	}
	if authority != "" {
		r.Headers["Authorization"] = authority
	}
	answer, err := d.ask(r, wire.JSONType)
	if err != nil {
		return nil, err
	}
	value, _ := parseJSON(answer.Body)
	object, ok := value.(Object)
	if !ok {
		return nil, notTheBank("JSON of another form")
	}
	return object, nil
}

// Challenge is a nonce for the purse.
func (d *desk) Challenge() (nonce protocol.Hash, err error) {
	got, err := d.getJSON("/v1/challenge", "", `{"purse":"`+d.purse.String()+`"}`)
	if err != nil {
		return nonce, err
	}
	if nonce.UnmarshalText([]byte(got.text("nonce"))) != nil {
		return nonce, notTheBank("a challenge without a nonce")
	}
	return nonce, nil
}

// prove spends a fresh nonce on the header that shows who asks.
func (d *desk) prove() (string, error) {
	proof := wire.DeviceAuth{Purse: d.purse}
	var err error
	if proof.Nonce, err = d.Challenge(); err != nil {
		return "", err
	}
	if proof.Signature, err = d.w.DeviceAuth(d.purse, proof.Nonce); err != nil {
		return "", err
	}
	return proof.Header(), nil
}

// Sync presents an encoded bundle.
func (d *desk) Sync(outbox []byte, after int64) (*atbank.Reply, error) {
	r := Request{Method: "POST", URL: "/v1/sync?after=" + strconv.FormatInt(after, 10), Body: outbox, Headers: map[string]string{"Content-Type": wire.BundleType}}
	if d.purse != (protocol.PurseID{}) {
		authority, err := d.prove()
		if err != nil {
			return nil, err
		}
		r.Headers["Authorization"] = authority
	}
	answer, err := d.ask(r, wire.BundleType)
	if err != nil {
		return nil, err
	}
	return d.reply(answer)
}

func (d *desk) reply(answer *Response) (*atbank.Reply, error) {
	b, err := d.bundle(answer)
	if err != nil {
		return nil, err
	}
	reply := &atbank.Reply{Bundle: b, More: answer.Headers[lower(wire.MoreHeader)] != ""}
	if reply.Cursor, err = strconv.ParseInt(answer.Headers[lower(wire.CursorHeader)], 10, 64); err != nil || reply.Cursor < 0 {
		return nil, notTheBank("no cursor")
	}
	text, err := base64.RawURLEncoding.DecodeString(answer.Headers[lower(wire.ProblemsHeader)])
	if err != nil {
		return nil, notTheBank("problems that cannot be read")
	}
	if len(text) == 0 {
		return reply, nil
	}
	value, _ := parseJSON(text)
	list, ok := value.([]any)
	if !ok {
		return nil, notTheBank("problems that cannot be read")
	}
	for _, one := range list {
		o, _ := one.(Object)
		p := atbank.Problem{Code: printable(o.text("code")), Detail: printable(o.text("detail"))}
		if p.Document.UnmarshalText([]byte(o.text("document"))) != nil {
			return nil, notTheBank("problems that cannot be read")
		}
		reply.Problems = append(reply.Problems, p)
	}
	return reply, nil
}

func lower(header string) string { return strings.ToLower(header) }

// view is the purse as the bank sees it.
func (d *desk) view() (Object, error) {
	authority, err := d.prove()
	if err != nil {
		return nil, err
	}
	return d.getJSON("/v1/purses/"+d.purse.String(), authority, "")
}

// AtBank is what the bank holds for the purse, and what is on its way there from the counter; an older bank does not
// say.
func (d *desk) AtBank() (held, coming money.Amount, err error) {
	view, err := d.view()
	if err != nil {
		return 0, 0, err
	}
	if held, err = amountIn(view, "at_bank"); err == nil && view.text("coming") != "" {
		coming, err = amountIn(view, "coming")
	}
	return held, coming, err
}

func amountIn(o Object, name string) (money.Amount, error) {
	amount, err := money.ParseAmount(o.text(name))
	if err != nil {
		return 0, notTheBank("no amount")
	}
	return amount, nil
}

// charter gets a bank's charter, as bytes for charterIn.
func (d *desk) charter() ([]byte, error) {
	answer, err := d.ask(Request{Method: "GET", URL: "/v1/charter"}, wire.BundleType)
	if err != nil {
		return nil, err
	}
	return answer.Body, nil
}

// query writes one parameter of an address: everything but letters and digits as bytes in hex.
func query(name, value string) string {
	const digits = "0123456789ABCDEF"
	out := []byte(name + "=")
	for _, c := range []byte(value) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
			out = append(out, c)
			continue
		}
		out = append(out, '%', digits[c>>4], digits[c&15])
	}
	return string(out)
}

// unload gets the bill by which money leaves the purse, and the fee.
func (d *desk) unload(amount money.Amount, destination, memo string) (*protocol.Bundle, money.Amount, error) {
	body := `{"amount":` + quoted(amount.String()) + `,"destination":` + quoted(destination)
	if memo != "" {
		body += `,"memo":` + quoted(memo)
	}
	authority, err := d.prove()
	if err != nil {
		return nil, 0, err
	}
	answer, err := d.ask(Request{Method: "POST", URL: "/v1/unload", Body: []byte(body + "}"),
		Headers: map[string]string{"Content-Type": wire.JSONType, "Authorization": authority}}, wire.BundleType)
	if err != nil {
		return nil, 0, err
	}
	b, err := d.bundle(answer)
	if err != nil {
		return nil, 0, err
	}
	fee, err := money.ParseAmount(answer.Headers[lower(wire.FeeHeader)])
	if err != nil || len(protocol.All[*protocol.Bill](b)) != 1 {
		return nil, 0, notTheBank("no bill, or no fee")
	}
	return b, fee, nil
}
