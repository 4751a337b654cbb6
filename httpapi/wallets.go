package httpapi

import (
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"kula/anchor"
	"kula/httpapi/api"
	"kula/internal/callers"
	"kula/protocol"
)

// walletFace is the generated interface over a Server: the routes that wallets use.
type walletFace struct{ *Server }

var _ api.ServerInterface = walletFace{}

// GetStellarToml is SEP-1.
func (s walletFace) GetStellarToml(w http.ResponseWriter, _ *http.Request) {
	s.write(w, "text/plain; charset=utf-8", http.StatusOK, s.cfg.StellarTOML)
}

// GetAuthChallenge is the first half of SEP-10.
func (s walletFace) GetAuthChallenge(w http.ResponseWriter, r *http.Request, params api.GetAuthChallengeParams) {
	domain := ""
	if params.HomeDomain != nil {
		domain = *params.HomeDomain
	}
	transaction, passphrase, err := s.cfg.Auth.Challenge(r.Context(), params.Account, domain)
	if err != nil {
		s.fail(w, r, signIn(err, codeBadRequest))
		return
	}
	s.writeJSON(w, r, api.JSONType, http.StatusOK, api.AuthChallenge{Transaction: transaction, NetworkPassphrase: passphrase})
}

// PostAuth is the second half of SEP-10, which lets the answer come as JSON or as a form.
func (s walletFace) PostAuth(w http.ResponseWriter, r *http.Request) {
	answer, err := s.readAuthAnswer(w, r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	token, err := s.cfg.Auth.Token(r.Context(), answer.Transaction)
	if err != nil {
		s.fail(w, r, signIn(err, codeUnauthenticated))
		return
	}
	s.writeJSON(w, r, api.JSONType, http.StatusOK, api.AuthToken{Token: token})
}

func (s walletFace) readAuthAnswer(w http.ResponseWriter, r *http.Request) (answer api.AuthAnswer, err error) {
	const form = "application/x-www-form-urlencoded"
	if got, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || got != form {
		return answer, s.readJSON(w, r, &answer)
	}
	body, err := s.readBody(w, r, form, api.MaxJSON)
	if err != nil {
		return answer, err
	}
	fields, err := url.ParseQuery(string(body))
	if err != nil || !fields.Has("transaction") {
		return answer, refuse(codeBadRequest, "the form must have the field “transaction”")
	}
	return api.AuthAnswer{Transaction: fields.Get("transaction")}, nil
}

// GetCharter hands out the anchor's constitution and its newest word.
func (s walletFace) GetCharter(w http.ResponseWriter, r *http.Request) {
	charter, notice, err := s.cfg.Bank.Charter(r.Context())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	b := protocol.NewBundle(s.cfg.Network)
	b.AddRoot(charter)
	if notice != nil {
		b.AddRoot(notice)
	}
	s.writeBundle(w, b)
}

// GetNews hands out what everybody may know.
func (s walletFace) GetNews(w http.ResponseWriter, r *http.Request) {
	news, err := s.cfg.Bank.News(r.Context())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.writeBundle(w, news)
}

// GetAccountPurses shows an account its purses.
func (s walletFace) GetAccountPurses(w http.ResponseWriter, r *http.Request) {
	auth, err := s.account(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	all, err := s.cfg.Bank.PursesOf(r.Context(), auth.Account)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.writeJSON(w, r, api.JSONType, http.StatusOK, list("purses", all))
}

// PostOwnRevoke ends the purse of a phone that its owner has lost.
func (s walletFace) PostOwnRevoke(w http.ResponseWriter, r *http.Request) {
	auth, err := s.account(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	var ask api.OwnRevokeRequest
	if err := s.readJSON(w, r, &ask); err != nil {
		s.fail(w, r, err)
		return
	}
	if err := s.cfg.Bank.RevokeOwn(r.Context(), auth, ask.Purse, valueOr(ask.Successor, protocol.PurseID{})); err != nil {
		s.fail(w, r, err)
		return
	}
	s.GetCharter(w, r)
}

// PostEnrol opens a purse for an account that has signed in.
func (s walletFace) PostEnrol(w http.ResponseWriter, r *http.Request, params api.PostEnrolParams) {
	auth, err := s.account(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	b, _, err := s.readBundle(w, r, s.cfg.Bank.Lookup(r.Context()))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	enrolment, ok := rootOf[*protocol.Enrolment](b)
	if !ok {
		s.fail(w, r, refuse(codeBadRequest, "the bundle must have one root, an Enrolment"))
		return
	}
	answer, err := s.cfg.Bank.Enrol(r.Context(), auth, enrolment, params.Name)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.writeBundle(w, answer)
}

// rootOf is the document of a bundle with one root of that type.
func rootOf[D protocol.Document](b *protocol.Bundle) (d D, ok bool) {
	if len(b.Roots) != 1 {
		return d, false
	}
	return protocol.Find[D](b, b.Roots[0])
}

// PostChallenge gives a nonce. Anybody may ask for any purse, so here it is the caller who is limited:
// were it the purse, a stranger could keep its owner out.
func (s walletFace) PostChallenge(w http.ResponseWriter, r *http.Request) {
	var ask api.ChallengeRequest
	if err := s.readJSON(w, r, &ask); err != nil {
		s.fail(w, r, err)
		return
	}
	if d := s.purses.Wait(ask.Purse.String() + callers.Key(callers.Of(r, s.cfg.TrustedProxies))); d > 0 {
		s.fail(w, r, tooMany("for this purse", d))
		return
	}
	c, err := s.cfg.Bank.Challenge(r.Context(), ask.Purse)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.writeJSON(w, r, api.JSONType, http.StatusOK, api.Challenge{Nonce: c.Nonce, Expires: c.Expires, Time: c.Time})
}

// PostSync takes what a wallet presents and answers with what it should have.
func (s walletFace) PostSync(w http.ResponseWriter, r *http.Request, params api.PostSyncParams) {
	ask, err := s.readSync(w, r, params)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	reply, err := s.cfg.Bank.Sync(r.Context(), ask)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.countSync(ask.Bundle, reply)
	problems, err := api.EncodeProblems(problemsOf(reply.Problems))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	h := w.Header()
	h.Set(api.CursorHeader, strconv.FormatInt(reply.Cursor, 10))
	if problems != "" {
		h.Set(api.ProblemsHeader, problems)
	}
	if reply.More {
		h.Set(api.MoreHeader, "true")
	}
	s.writeBundle(w, reply.Bundle)
}

// readSync looks at the device's proof after the body was read: its nonce is then used up only by a
// request that arrived whole.
func (s walletFace) readSync(w http.ResponseWriter, r *http.Request, params api.PostSyncParams) (ask anchor.SyncRequest, err error) {
	if params.After != nil {
		ask.After = *params.After
	}
	if ask.After < 0 {
		return ask, refuse(codeBadRequest, "“after” must be a cursor that this bank gave")
	}
	if ask.Bundle, ask.Digest, err = s.readBundle(w, r, s.cfg.Bank.Lookup(r.Context())); err != nil {
		return ask, err
	}
	if r.Header.Get("Authorization") != "" {
		purse, err := s.device(r)
		if err != nil {
			return ask, err
		}
		ask.Purse = &purse
	}
	return ask, nil
}

func (s walletFace) countSync(presented *protocol.Bundle, reply *anchor.SyncReply) {
	var entries []protocol.Hash
	presented.Each(func(h protocol.Hash, d protocol.Document) {
		if e, ok := d.(*protocol.Entry); ok && e.Kind == protocol.SpendKind {
			entries = append(entries, h)
		}
	})
	codes := make([]string, 0, len(reply.Problems))
	for _, p := range reply.Problems {
		codes = append(codes, p.Code)
	}
	s.metrics.redeemed(entries, reply.Bundle, codes)
}

func problemsOf(all []anchor.Problem) (out []api.DocumentProblem) {
	for _, p := range all {
		out = append(out, api.DocumentProblem{Document: p.Document, Code: p.Code, Detail: p.Detail})
	}
	return out
}

// GetPurse shows a purse to its own device.
func (s walletFace) GetPurse(w http.ResponseWriter, r *http.Request, purse protocol.PurseID) {
	speaker, err := s.device(r)
	if err == nil && speaker != purse {
		err = refuse(codeForbidden, "this is another phone's purse")
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	view, err := s.cfg.Bank.Purse(r.Context(), purse)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.writeJSON(w, r, api.JSONType, http.StatusOK, view)
}

// PostUnload makes the bank's own bill for money that is to leave the purse.
func (s walletFace) PostUnload(w http.ResponseWriter, r *http.Request) {
	var ask api.UnloadRequest
	if err := s.readJSON(w, r, &ask); err != nil {
		s.fail(w, r, err)
		return
	}
	purse, err := s.device(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	request := anchor.UnloadRequest{Purse: purse, Amount: ask.Amount, Destination: ask.Destination}
	if ask.Memo != nil {
		request.Memo = *ask.Memo
	}
	offer, err := s.cfg.Bank.Unload(r.Context(), request)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	b := protocol.NewBundle(s.cfg.Network, offer.Memo)
	b.AddRoot(offer.Bill)
	w.Header().Set(api.FeeHeader, offer.Fee.String())
	s.writeBundle(w, b)
}

// GetReceipt says what became of an entry.
func (s walletFace) GetReceipt(w http.ResponseWriter, r *http.Request, entry protocol.Hash) {
	receipt, payout, err := s.cfg.Bank.Receipt(r.Context(), entry)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	b := protocol.NewBundle(s.cfg.Network)
	b.AddRoot(receipt)
	if payout != nil {
		b.Add(payout)
	}
	s.writeBundle(w, b)
}

// GetMetrics is for whoever watches over the bank from the same machine: not through a proxy.
func (s walletFace) GetMetrics(w http.ResponseWriter, r *http.Request) {
	forwarded := slices.ContainsFunc([]string{"X-Forwarded-For", "Forwarded", "Via"}, func(h string) bool { return r.Header.Get(h) != "" })
	if forwarded || !callers.Of(r, nil).IsLoopback() {
		s.fail(w, r, refuse(codeForbidden, "figures are for the bank's own machine"))
		return
	}
	s.metrics.page.ServeHTTP(w, r)
}

// bearer is the token of an Authorization header.
func bearer(r *http.Request) (string, bool) {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	return token, ok && strings.EqualFold(scheme, "Bearer") && token != ""
}
