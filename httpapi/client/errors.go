package client

import (
	"errors"
	"time"
)

// What became of a request that got no good answer. A caller branches with errors.Is and errors.As:
//
//	ErrOffline   nothing was sent: there is no route to the anchor now
//	*Refused     the anchor answered no, for good reason, and did nothing
//	ErrUnknown   it was sent, or part of it, and no answer came that can be relied on: send the same again
var (
	ErrOffline = errors.New("the bank cannot be reached from here just now")
	ErrUnknown = errors.New("the bank's answer did not come through: it may or may not have happened, so the same will be sent again")
)

// Refused is the anchor's no.
type Refused struct {
	Status     int
	Code       string        // stable
	Detail     string        // for a person
	RetryAfter time.Duration // when the anchor said so
}

func (r *Refused) Error() string { return r.Detail }

// CodeOf is the code of a refusal; empty when the error is none.
func CodeOf(err error) string {
	var r *Refused
	if errors.As(err, &r) {
		return r.Code
	}
	return ""
}
