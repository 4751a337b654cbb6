package httpapi

import (
	"context"
	"errors"
	"net/http"

	"kula/httpapi/api"
	"kula/protocol"
)

// Complaint is what a holder complains of. The file is a well-formed bundle of which nothing else was judged.
type Complaint struct {
	Purse   protocol.PurseID
	Account protocol.AccountID
	Name    string // the holder's
	About   string // refused, undelivered, mistake or cheated
	Subject protocol.Hash
	File    []byte
}

// Complaints opens complaints at the bank.
type Complaints interface {
	// Complain gives the number of a complaint: the same for the same purse and subject.
	Complain(ctx context.Context, c Complaint) (number int64, err error)
}

// ErrTooManyComplaints is what Complain's errors wrap when the bank has enough of one account's to answer.
var ErrTooManyComplaints = errors.New("too many complaints of this account are open")

// PostComplaint opens a complaint by the holder of a purse.
func (s walletFace) PostComplaint(w http.ResponseWriter, r *http.Request, params api.PostComplaintParams) {
	c, err := s.readComplaint(w, r, string(params.About))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	number, err := s.cfg.Complaints.Complain(r.Context(), *c)
	if errors.Is(err, ErrTooManyComplaints) {
		err = refuse(codeComplaints, "too many complaints of yours are open: the bank answers them first")
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.writeJSON(w, r, api.JSONType, http.StatusOK, api.Complaint{Number: number})
}

// subjects are the kinds of document that each complaint is about.
var subjects = map[string]protocol.DocumentType{
	"refused": protocol.TypeEntry, "undelivered": protocol.TypeEntry, "mistake": protocol.TypeEntry, "cheated": protocol.TypeFraudProof,
}

// readComplaint takes the body whole before the device's proof is used up, as readSync does.
func (s walletFace) readComplaint(w http.ResponseWriter, r *http.Request, about string) (*Complaint, error) {
	kind, known := subjects[about]
	if s.cfg.Complaints == nil {
		return nil, refuse(codeNotFound, "this bank takes no complaints here: speak with its officers")
	}
	if !known {
		return nil, refuse(codeBadRequest, "“about” is not one of those that openapi.yaml gives")
	}
	file, err := s.readBody(w, r, api.BundleType, int64(protocol.PaymentBounds.Bytes))
	if err != nil {
		return nil, err
	}
	b, err := protocol.DecodeBundle(s.cfg.Network, file, protocol.NoContext, protocol.PaymentBounds)
	if err != nil {
		return nil, err
	}
	if len(b.Roots) != 1 {
		return nil, refuse(codeBadRequest, "the bundle must have one root, what the complaint is about")
	}
	if d, _ := b.Get(b.Roots[0]); d.Type() != kind {
		return nil, refuse(codeBadRequest, "the complaint is not about such a document")
	}
	purse, err := s.device(r)
	if err != nil {
		return nil, err
	}
	view, err := s.cfg.Bank.Purse(r.Context(), purse)
	if err != nil {
		return nil, err
	}
	return &Complaint{Purse: purse, Account: view.Account, Name: view.Name, About: about, Subject: b.Roots[0], File: file}, nil
}
