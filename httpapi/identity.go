package httpapi

import (
	"errors"
	"net/http"
	"time"

	"kula/anchor"
	"kula/httpapi/api"
	"kula/protocol"
)

// account is who signed in with SEP-10.
func (s *Server) account(r *http.Request) (anchor.AccountAuth, error) {
	token, ok := bearer(r)
	if !ok {
		return anchor.AccountAuth{}, refuse(codeUnauthenticated, "sign in first: the Authorization header must carry the token of /auth")
	}
	auth, err := s.cfg.Auth.Account(r.Context(), token)
	if err != nil {
		return anchor.AccountAuth{}, signIn(err, codeUnauthenticated)
	}
	return auth, nil
}

// ledgerRetry is when to ask again after the ledger gave no answer.
const ledgerRetry = 10 * time.Second

// signIn tells a no from no answer. What a sign-in was refused for is public: SEP-10 is.
func signIn(err error, code string) error {
	if errors.Is(err, ErrSignIn) {
		return &refusal{code: code, detail: err.Error()}
	}
	return &refusal{code: codeUnavailable, detail: "the ledger does not say just now who this account's signers are: try again", retry: ledgerRetry, cause: err}
}

// device is the purse whose first signer speaks. Bounds come before cryptography, cryptography before
// the store is written to: the nonce is used up only by who can sign for the purse.
func (s *Server) device(r *http.Request) (protocol.PurseID, error) {
	proof, err := api.ParseDeviceAuth(r.Header.Get("Authorization"))
	if err != nil {
		return protocol.PurseID{}, refuse(codeUnauthenticated, err.Error())
	}
	enrolment, err := s.cfg.Bank.Enrolment(r.Context(), proof.Purse)
	if errors.Is(err, anchor.CodeUnknownPurse) {
		return protocol.PurseID{}, refuse(codeUnauthenticated, err.Error())
	}
	if err != nil {
		return protocol.PurseID{}, err
	}
	claim := protocol.Claim{Key: enrolment.Quorum.Signers[0].Key, Hash: s.cfg.Network.DeviceAuthHash(proof.Nonce, proof.Purse), Signature: proof.Signature}
	if !claim.Verify() {
		return protocol.PurseID{}, refuse(codeUnauthenticated, "the signature in the Authorization header is not this purse's first device's")
	}
	if d := s.purses.Wait(proof.Purse.String()); d > 0 {
		return protocol.PurseID{}, tooMany("for this purse", d)
	}
	if _, err := s.cfg.Bank.UseChallenge(r.Context(), proof.Purse, proof.Nonce); err != nil {
		return protocol.PurseID{}, err
	}
	return proof.Purse, nil
}
