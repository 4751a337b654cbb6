package httpapi

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"

	"kula/anchor"
	"kula/httpapi/api"
	"kula/httpapi/operatorapi"
	"kula/money"
	"kula/protocol"
)

// Operator is what the bank's own staff and systems ask of the anchor. *anchor.Bank is one.
type Operator interface {
	TellerIn(ctx context.Context, request anchor.TellerRequest) (*anchor.TellerSlip, error)
	TellerOut(ctx context.Context, request anchor.TellerRequest) (*anchor.TellerSlip, error)
	Drawer(ctx context.Context, officer string) (*anchor.DrawerReport, error)
	Books(ctx context.Context) (*anchor.BooksView, error)
	Accounts(ctx context.Context) ([]anchor.AccountView, error)
	Purses(ctx context.Context, after int64, limit int) ([]anchor.PurseView, int64, error)
	Purse(ctx context.Context, id protocol.PurseID) (*anchor.PurseView, error)
	Freeze(ctx context.Context, purse protocol.PurseID) error
	Unfreeze(ctx context.Context, purse protocol.PurseID) error
	Revoke(ctx context.Context, purse, successor protocol.PurseID) error
	Cases(ctx context.Context) ([]anchor.CaseView, error)
	SetTier(ctx context.Context, purse protocol.PurseID, tier string) error
	Extend(ctx context.Context, from, to uint64) error
	Guarantee(ctx context.Context) ([]anchor.GuaranteeView, error)
	FundGuarantee(ctx context.Context, request anchor.FundingRequest) (*anchor.Funding, error)
	LowerGuarantee(ctx context.Context, purse protocol.PurseID, guaranteed money.Amount) error
	Suspense(ctx context.Context) ([]anchor.SuspenseView, error)
	PlaceSuspense(ctx context.Context, operation int64, purse protocol.PurseID) error
	ReturnSuspense(ctx context.Context, operation int64) error
	Payouts(ctx context.Context, state anchor.PayoutState) ([]anchor.PayoutView, error)
	RetryPayout(ctx context.Context, id int64) error
	ReturnPayout(ctx context.Context, id int64) error
}

func (s *Server) operatorFace() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", s.unmatched(mux))
	operatorapi.HandlerWithOptions(operatorFace{s, s.cfg.Operator}, operatorapi.StdHTTPServerOptions{
		BaseRouter: mux, Middlewares: []operatorapi.MiddlewareFunc{s.bound}, ErrorHandlerFunc: s.badParameter,
	})
	return s.observe("operator", harden(s.staffOnly(mux)))
}

// staffOnly lets the bearer of the operator's token in. Both sides are hashed first, so that the time
// of the comparison tells neither the token nor its length.
func (s *Server) staffOnly(next http.Handler) http.Handler {
	want := sha256.Sum256([]byte(s.cfg.OperatorToken))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/healthz", "/readyz", "/metrics":
			next.ServeHTTP(w, r)
			return
		}
		token, ok := bearer(r)
		got := sha256.Sum256([]byte(token))
		if !ok || s.cfg.OperatorToken == "" || subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
			s.fail(w, r, refuse(codeUnauthenticated, "the operator's token is missing or wrong"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// operatorFace is the generated interface over a Server: the routes of the bank's own staff. The bank's
// views marshal to what openapi.yaml says of them.
type operatorFace struct {
	*Server
	bank Operator
}

var _ operatorapi.ServerInterface = operatorFace{}

// show answers with what the bank said, or with its refusal.
func show[V any](s operatorFace, w http.ResponseWriter, r *http.Request, view V, err error) {
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.writeJSON(w, r, api.JSONType, http.StatusOK, view)
}

// list puts a list under its name; no members are [], not null.
func list[V any](name string, all []V) map[string]any {
	if all == nil {
		all = []V{}
	}
	return map[string]any{name: all}
}

func (s operatorFace) done(w http.ResponseWriter, r *http.Request, err error) {
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// PostTellerIn books cash that came in.
func (s operatorFace) PostTellerIn(w http.ResponseWriter, r *http.Request) {
	s.teller(w, r, s.bank.TellerIn)
}

// PostTellerOut books cash that went out.
func (s operatorFace) PostTellerOut(w http.ResponseWriter, r *http.Request) {
	s.teller(w, r, s.bank.TellerOut)
}

// minKey keeps one-letter idempotency keys, which will be used again by mistake, out of the books.
const minKey, maxKey = 8, 64

func checkKey(key string) error {
	if len(key) < minKey || len(key) > maxKey {
		return refuse(codeBadRequest, "“idempotency_key” must have 8 to 64 characters")
	}
	return nil
}

func (s operatorFace) teller(w http.ResponseWriter, r *http.Request, act func(context.Context, anchor.TellerRequest) (*anchor.TellerSlip, error)) {
	var ask operatorapi.TellerRequest
	err := s.readJSON(w, r, &ask)
	if err == nil {
		err = checkKey(ask.IdempotencyKey)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	slip, err := act(r.Context(), anchor.TellerRequest{Purse: ask.Purse, Amount: ask.Amount, Officer: ask.Officer, Key: ask.IdempotencyKey})
	show(s, w, r, slip, err)
}

// GetDrawer shows an officer's drawer.
func (s operatorFace) GetDrawer(w http.ResponseWriter, r *http.Request, params operatorapi.GetDrawerParams) {
	report, err := s.bank.Drawer(r.Context(), params.Officer)
	if err == nil {
		report.Cash, report.Slips = orEmpty(report.Cash), orEmpty(report.Slips)
	}
	show(s, w, r, report, err)
}

// GetBooks shows the books.
func (s operatorFace) GetBooks(w http.ResponseWriter, r *http.Request) {
	books, err := s.bank.Books(r.Context())
	if err != nil && anchor.CodeOf(err) == "" {
		err = &refusal{code: codeUnavailable, detail: "the books cannot be held against the ledger now, because one of the two does not answer", retry: ledgerRetry, cause: err}
	}
	if err == nil {
		books.Lines, books.Reserve = orEmpty(books.Lines), orEmpty(books.Reserve)
	}
	show(s, w, r, books, err)
}

func orEmpty[V any](all []V) []V {
	if all == nil {
		return []V{}
	}
	return all
}

// GetAccounts lists the accounts.
func (s operatorFace) GetAccounts(w http.ResponseWriter, r *http.Request) {
	all, err := s.bank.Accounts(r.Context())
	show(s, w, r, list("accounts", all), err)
}

// pageOfPurses is how many purses a page has, and maxPage the most it may have.
const pageOfPurses, maxPage = 100, 500

// GetPurses lists purses.
func (s operatorFace) GetPurses(w http.ResponseWriter, r *http.Request, params operatorapi.GetPursesParams) {
	after, limit := valueOr(params.After, 0), valueOr(params.Limit, pageOfPurses)
	if after < 0 || limit < 1 || limit > maxPage {
		s.fail(w, r, refuse(codeBadRequest, "“limit” must be 1 to 500, and “after” a page's “next”"))
		return
	}
	all, next, err := s.bank.Purses(r.Context(), after, limit)
	page := list("purses", all)
	page["next"] = next
	show(s, w, r, page, err)
}

func valueOr[V any](v *V, otherwise V) V {
	if v == nil {
		return otherwise
	}
	return *v
}

// GetOnePurse shows a purse.
func (s operatorFace) GetOnePurse(w http.ResponseWriter, r *http.Request, purse protocol.PurseID) {
	view, err := s.bank.Purse(r.Context(), purse)
	show(s, w, r, view, err)
}

// PostFreeze stops a purse's sheets and payouts.
func (s operatorFace) PostFreeze(w http.ResponseWriter, r *http.Request, purse protocol.PurseID) {
	s.done(w, r, s.bank.Freeze(r.Context(), purse))
}

// PostUnfreeze lets them go on.
func (s operatorFace) PostUnfreeze(w http.ResponseWriter, r *http.Request, purse protocol.PurseID) {
	s.done(w, r, s.bank.Unfreeze(r.Context(), purse))
}

// PostRevoke ends a purse for another.
func (s operatorFace) PostRevoke(w http.ResponseWriter, r *http.Request, purse protocol.PurseID) {
	var ask operatorapi.RevokeRequest
	if err := s.readJSON(w, r, &ask); err != nil {
		s.fail(w, r, err)
		return
	}
	s.done(w, r, s.bank.Revoke(r.Context(), purse, valueOr(ask.Successor, protocol.PurseID{})))
}

// GetCases lists the purses that were caught.
func (s operatorFace) GetCases(w http.ResponseWriter, r *http.Request) {
	all, err := s.bank.Cases(r.Context())
	show(s, w, r, list("cases", all), err)
}

// PostTier gives a purse other limits.
func (s operatorFace) PostTier(w http.ResponseWriter, r *http.Request, purse protocol.PurseID) {
	var ask operatorapi.TierRequest
	if err := s.readJSON(w, r, &ask); err != nil {
		s.fail(w, r, err)
		return
	}
	s.done(w, r, s.bank.SetTier(r.Context(), purse, ask.Tier))
}

// PostExtension moves dates.
func (s operatorFace) PostExtension(w http.ResponseWriter, r *http.Request) {
	var ask operatorapi.Extension
	if err := s.readJSON(w, r, &ask); err != nil {
		s.fail(w, r, err)
		return
	}
	s.done(w, r, s.bank.Extend(r.Context(), ask.From, ask.To))
}

// GetGuarantee shows the guarantee of every asset.
func (s operatorFace) GetGuarantee(w http.ResponseWriter, r *http.Request) {
	all, err := s.bank.Guarantee(r.Context())
	show(s, w, r, list("guarantee", all), err)
}

// PostGuaranteeFund moves the bank's own money into it.
func (s operatorFace) PostGuaranteeFund(w http.ResponseWriter, r *http.Request) {
	var ask operatorapi.FundingRequest
	err := s.readJSON(w, r, &ask)
	if err == nil {
		err = checkKey(ask.IdempotencyKey)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	order, err := s.bank.FundGuarantee(r.Context(), anchor.FundingRequest{
		Asset: valueOr(ask.Asset, ""), Amount: ask.Amount, Officer: ask.Officer, Key: ask.IdempotencyKey,
	})
	show(s, w, r, order, err)
}

// PostGuaranteeLower makes it smaller.
func (s operatorFace) PostGuaranteeLower(w http.ResponseWriter, r *http.Request) {
	var ask operatorapi.LowerRequest
	if err := s.readJSON(w, r, &ask); err != nil {
		s.fail(w, r, err)
		return
	}
	s.done(w, r, s.bank.LowerGuarantee(r.Context(), valueOr(ask.Purse, protocol.PurseID{}), ask.Guaranteed))
}

// GetSuspense lists money that could not be placed.
func (s operatorFace) GetSuspense(w http.ResponseWriter, r *http.Request) {
	all, err := s.bank.Suspense(r.Context())
	show(s, w, r, list("suspense", all), err)
}

// PostSuspensePlace credits it.
func (s operatorFace) PostSuspensePlace(w http.ResponseWriter, r *http.Request, operation int64) {
	var ask operatorapi.PlaceRequest
	if err := s.readJSON(w, r, &ask); err != nil {
		s.fail(w, r, err)
		return
	}
	s.done(w, r, s.bank.PlaceSuspense(r.Context(), operation, ask.Purse))
}

// PostSuspenseReturn sends it back.
func (s operatorFace) PostSuspenseReturn(w http.ResponseWriter, r *http.Request, operation int64) {
	s.done(w, r, s.bank.ReturnSuspense(r.Context(), operation))
}

// payoutStates are the words of openapi.yaml.
var payoutStates = map[operatorapi.GetPayoutsParamsState]anchor.PayoutState{
	"queued": anchor.PayoutQueued, "sent": anchor.PayoutSent, "settled": anchor.PayoutSettled, "parked": anchor.PayoutParked, "returned": anchor.PayoutReturned,
}

// GetPayouts lists payouts; without a state those that need somebody to look at them.
func (s operatorFace) GetPayouts(w http.ResponseWriter, r *http.Request, params operatorapi.GetPayoutsParams) {
	state, ok := payoutStates[valueOr(params.State, "parked")]
	if !ok {
		s.fail(w, r, refuse(codeBadRequest, "“state” must be queued, sent, settled, parked or returned"))
		return
	}
	all, err := s.bank.Payouts(r.Context(), state)
	show(s, w, r, list("payouts", all), err)
}

// PostPayoutRetry tries a parked payout again.
func (s operatorFace) PostPayoutRetry(w http.ResponseWriter, r *http.Request, id int64) {
	s.done(w, r, s.bank.RetryPayout(r.Context(), id))
}

// PostPayoutReturn gives a parked payout back.
func (s operatorFace) PostPayoutReturn(w http.ResponseWriter, r *http.Request, id int64) {
	s.done(w, r, s.bank.ReturnPayout(r.Context(), id))
}

// GetMetrics is for whoever reaches this listener: the bank.
func (s operatorFace) GetMetrics(w http.ResponseWriter, r *http.Request) {
	s.metrics.page.ServeHTTP(w, r)
}
