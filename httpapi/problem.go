package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"time"

	"kula/anchor"
	"kula/httpapi/api"
)

// Codes of this face itself; all others are the protocol's and the anchor's.
const (
	codeBadRequest      = "bad_request"
	codeUnauthenticated = "unauthenticated"
	codeForbidden       = "forbidden"
	codeNotFound        = "not_found"
	codeMethod          = "method_not_allowed"
	codeTimeout         = "request_timeout"
	codeTooLarge        = "body_too_large"
	codeMediaType       = "unsupported_media_type"
	codeRateLimited     = "rate_limited"
	codeInternal        = "internal"
	codeUnavailable     = "unavailable"
	codeComplaints      = "too_many_complaints"
)

// statuses is the one table from codes to HTTP. A code that is not in it breaks a rule of payments or
// of the bank, in a request that was well made: 422.
var statuses = map[string]int{
	codeBadRequest:      http.StatusBadRequest,
	codeUnauthenticated: http.StatusUnauthorized,
	codeForbidden:       http.StatusForbidden,
	codeNotFound:        http.StatusNotFound,
	codeMethod:          http.StatusMethodNotAllowed,
	codeTimeout:         http.StatusRequestTimeout,
	codeTooLarge:        http.StatusRequestEntityTooLarge,
	codeMediaType:       http.StatusUnsupportedMediaType,
	codeRateLimited:     http.StatusTooManyRequests,
	codeInternal:        http.StatusInternalServerError,
	codeUnavailable:     http.StatusServiceUnavailable,
	codeComplaints:      http.StatusConflict,

	// What arrived is not a document or a bundle.
	"truncated": 400, "trailing_bytes": 400, "nonzero_padding": 400, "too_many": 400, "unknown_type": 400,
	"unknown_value": 400, "wrong_version": 400, "wrong_network": 400, "not_canonical": 400, "unsorted": 400,
	"duplicate": 400, "bad_text": 400, "bad_amount": 400, "bad_time": 400, "bad_asset": 400, "bad_quorum": 400,
	"bad_terms": 400, "unknown_context": 400, "overflow": 400, "too_large": 413,

	// Who asks may not, or the thing is not there.
	"bad_challenge": 401, "bad_account": 403, "frozen": 403, "purse_revoked": 403, "unknown_purse": 404,

	// It contradicts what is on record.
	"already_paid": 409, "incompatible_entries": 409, "contradicted": 409, "device_key_taken": 409,
	"idempotency_key_reused": 409, "stale_statement": 409, "no_cash": 409,
}

func statusOf(code string) int {
	if s, ok := statuses[code]; ok {
		return s
	}
	return http.StatusUnprocessableEntity
}

// refusal is an error of this face itself.
type refusal struct {
	code   string
	detail string
	retry  time.Duration
	cause  error // for the log only
}

func (r *refusal) Error() string { return r.detail }

func refuse(code, detail string) error { return &refusal{code: code, detail: detail} }

func tooMany(whose string, wait time.Duration) error {
	return &refusal{code: codeRateLimited, detail: "too many requests " + whose + ": wait a little", retry: wait}
}

// problemOf says what a caller may know of an error. What it may not know is logged here, once.
func (s *Server) problemOf(r *http.Request, err error) *refusal {
	var own *refusal
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &own):
		if own.cause != nil {
			s.log.LogAttrs(r.Context(), slog.LevelWarn, "request not served", slog.String("route", r.Pattern), slog.Any("error", own.cause))
		}
		return own
	case errors.As(err, &tooLarge):
		return &refusal{code: codeTooLarge, detail: "the body is larger than " + strconv.FormatInt(tooLarge.Limit, 10) + " bytes: send less at a time"}
	case anchor.CodeOf(err) != "":
		return &refusal{code: anchor.CodeOf(err), detail: err.Error()}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &refusal{code: codeTimeout, detail: "the request came too slowly: try again on a better connection"}
	case r.Context().Err() != nil || errors.Is(err, context.DeadlineExceeded):
		return &refusal{code: codeUnavailable, detail: "the bank was too busy to answer in time: try again", retry: time.Second}
	}
	s.log.LogAttrs(r.Context(), slog.LevelError, "request failed", slog.String("route", r.Pattern), slog.Any("error", err))
	return &refusal{code: codeInternal, detail: "something went wrong at the bank, and it is not known how far it got: try again"}
}

// fail answers with a problem.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	p := s.problemOf(r, err)
	status := statusOf(p.code)
	h := w.Header()
	if p.retry > 0 {
		h.Set("Retry-After", strconv.Itoa(retrySeconds(p.retry)))
	}
	if status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer, Kula`)
	}
	if p.code == codeTimeout || p.code == codeTooLarge {
		h.Set("Connection", "close") // the rest of the body is not worth reading
	}
	noteCode(w, p.code)
	s.writeJSON(w, r, api.ProblemType, status, api.Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: p.detail, Code: p.code})
}

func (s *Server) writeJSON(w http.ResponseWriter, r *http.Request, mediaType string, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil { // our own types always marshal
		s.log.LogAttrs(r.Context(), slog.LevelError, "answer cannot be written as JSON", slog.Any("error", err))
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	s.write(w, mediaType, status, append(text, '\n'))
}

// write sends an answer. A caller that went away meanwhile asks again: nothing is lost, so the error is dropped.
func (s *Server) write(w http.ResponseWriter, mediaType string, status int, body []byte) {
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
