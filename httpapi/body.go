package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"

	"kula/httpapi/api"
	"kula/protocol"
)

// readBody takes a body of one media type, of at most limit bytes, within the time for bodies.
func (s *Server) readBody(w http.ResponseWriter, r *http.Request, mediaType string, limit int64) ([]byte, error) {
	if err := wantType(r, mediaType); err != nil {
		return nil, err
	}
	connection := http.NewResponseController(w)
	// Where there is no connection (a handler called in the process) there is no deadline to set.
	if err := connection.SetReadDeadline(time.Now().Add(s.limits.Body)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return nil, err
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, refuse(codeBadRequest, "the body ended before its announced length: send it again")
	}
	return body, err // net/http takes the deadline away when the body has been read
}

func wantType(r *http.Request, mediaType string) error {
	got, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || got != mediaType {
		return refuse(codeMediaType, "the Content-Type must be "+mediaType)
	}
	if r.Header.Get("Content-Encoding") != "" {
		return refuse(codeMediaType, "the body must not be compressed")
	}
	return nil
}

// readJSON takes exactly one JSON value with no member that the API does not name.
func (s *Server) readJSON(w http.ResponseWriter, r *http.Request, into any) error {
	body, err := s.readBody(w, r, api.JSONType, api.MaxJSON)
	if err != nil {
		return err
	}
	return parseJSON(body, into)
}

func parseJSON(body []byte, into any) error {
	reader := json.NewDecoder(bytes.NewReader(body))
	reader.DisallowUnknownFields()
	if err := reader.Decode(into); err != nil {
		return refuse(codeBadRequest, "the body is not the JSON that this address takes: "+jsonFault(err))
	}
	if _, err := reader.Token(); !errors.Is(err, io.EOF) {
		return refuse(codeBadRequest, "the body goes on after the JSON that this address takes")
	}
	return nil
}

// jsonFault tells what is wrong without quoting what was sent.
func jsonFault(err error) string {
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &kind) && kind.Field != "":
		return "“" + kind.Field + "” must be a " + kind.Type.String()
	case errors.As(err, &syntax):
		return "it breaks off or goes wrong at byte " + strconv.FormatInt(syntax.Offset, 10)
	}
	return "a value is not of the form that openapi.yaml gives"
}

// readBundle takes a bundle; what the anchor holds already may have been left out of it.
func (s *Server) readBundle(w http.ResponseWriter, r *http.Request, held protocol.Lookup) (*protocol.Bundle, protocol.Hash, error) {
	body, err := s.readBody(w, r, api.BundleType, api.MaxBundle)
	if err != nil {
		return nil, protocol.Hash{}, err
	}
	b, err := protocol.DecodeBundle(s.cfg.Network, body, held, protocol.MailBounds)
	return b, protocol.Digest(body), err
}

func (s *Server) writeBundle(w http.ResponseWriter, b *protocol.Bundle) {
	s.write(w, api.BundleType, http.StatusOK, b.Encode())
}
