package signin

import "kula/protocol"

// Codes of this package; protocol's own are used where they say the same.
const (
	CodeBadInfo     protocol.Code = "bad_stellar_toml"
	CodeChallenge   protocol.Code = "not_a_challenge"
	CodeNotServer   protocol.Code = "challenge_not_the_banks"
	CodeOtherOne    protocol.Code = "challenge_for_another"
	CodeOtherDomain protocol.Code = "challenge_of_another_domain"
	CodeOutOfTime   protocol.Code = "challenge_out_of_time"
	CodeCouldSpend  protocol.Code = "challenge_could_spend"
)

var sentences = map[protocol.Code]string{
	CodeBadInfo:     "the bank's own description of itself (stellar.toml) lacks what signing in needs: tell the bank",
	CodeChallenge:   "what the server wants signed is not the question that a bank asks at sign-in: nothing was signed; try again, and tell the bank if it stays so",
	CodeNotServer:   "what the server wants signed does not come from the bank: nothing was signed; try again from another place",
	CodeOtherOne:    "what the server wants signed is for another account: nothing was signed; try again",
	CodeOtherDomain: "what the server wants signed belongs to another bank's site: nothing was signed; look at the bank's address",
	CodeOutOfTime:   "the bank's question is too old or not valid yet: look at this phone's date and time, and try again",
	CodeCouldSpend:  "what the server wants signed could move money: nothing was signed; do not use this server, and tell the bank",
}

// Codes lists this package's codes with their sentences.
func Codes() map[protocol.Code]string {
	all := make(map[protocol.Code]string, len(sentences))
	for c, s := range sentences {
		all[c] = s
	}
	return all
}

// Error is a refusal to sign in.
type Error struct {
	Code  protocol.Code
	Where string // what it is about, e.g. "challenge.memo"
}

func (e *Error) Error() string {
	if s, ok := sentences[e.Code]; ok {
		return e.Where + ": " + s
	}
	return e.Where + ": " + e.Code.Error()
}

// Unwrap lets errors.Is and protocol.CodeOf find the code.
func (e *Error) Unwrap() error { return e.Code }

func refuse(code protocol.Code, where string) error { return &Error{Code: code, Where: where} }
