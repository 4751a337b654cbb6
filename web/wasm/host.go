//go:build js && wasm

package main

import (
	"errors"
	"syscall/js"

	"kula/web/phone"
)

// host is globalThis.kulaHost.
type host struct{ js.Value }

// ask calls one of the host's functions and waits for its promise. Whatever it throws is an error.
func (h host) ask(name string, in ...any) (answer js.Value, err error) {
	defer func() {
		if thrown := recover(); thrown != nil {
			err = errors.New(name + " of the host failed")
			if e, ok := thrown.(error); ok {
				err = e
			}
		}
	}()
	return await(h.Call(name, in...))
}

// await waits for a promise; what is none is there already.
func await(v js.Value) (answer js.Value, err error) {
	if v.Type() != js.TypeObject || v.Get("then").Type() != js.TypeFunction {
		return v, nil
	}
	settled := make(chan struct{})
	good := js.FuncOf(func(_ js.Value, in []js.Value) any {
		if len(in) > 0 {
			answer = in[0]
		}
		close(settled)
		return nil
	})
	bad := js.FuncOf(func(_ js.Value, in []js.Value) any {
		err = thrown(in)
		close(settled)
		return nil
	})
	defer good.Release()
	defer bad.Release()
	v.Call("then", good, bad)
	<-settled
	return answer, err
}

// thrown is what a promise was refused with; a failure of the host's own keeps its code.
func thrown(in []js.Value) error {
	if len(in) == 0 || in[0].Type() != js.TypeObject {
		return errors.New("the device refused it")
	}
	text := func(name string) string {
		if v := in[0].Get(name); v.Type() == js.TypeString {
			return v.String()
		}
		return ""
	}
	if code, detail := text("code"), text("detail"); code != "" && detail != "" {
		return &phone.Failure{Code: code, Where: text("where"), Detail: detail}
	}
	return errors.New(text("message"))
}

func (h host) Records() ([][]byte, error) {
	list, err := h.ask("records")
	if err != nil {
		return nil, err
	}
	records := make([][]byte, list.Length())
	for i := range records {
		var ok bool
		if records[i], ok = bytesOf(list.Index(i)); !ok {
			return nil, errors.New("a record that is not bytes")
		}
	}
	return records, nil
}

func (h host) Append(records ...[]byte) (err error) {
	if len(records) == 1 {
		_, err = h.ask("append", toJS(records[0]))
		return err
	}
	list := classArray.New()
	for _, r := range records {
		list.Call("push", toJS(r))
	}
	_, err = h.ask("appendAll", list)
	return err
}

func (h host) PublicKey(n uint32) ([]byte, error) { return h.bytes("publicKey", float64(n)) }

func (h host) Sign(public, hash []byte) ([]byte, error) {
	return h.bytes("sign", toJS(public), toJS(hash))
}

func (h host) bytes(name string, in ...any) ([]byte, error) {
	v, err := h.ask(name, in...)
	if err != nil {
		return nil, err
	}
	b, ok := bytesOf(v)
	if !ok {
		return nil, errors.New(name + " of the host gave no bytes")
	}
	return b, nil
}

func (h host) Fetch(r phone.Request) (*phone.Response, error) {
	headers := phone.Object{}
	for name, value := range r.Headers {
		headers[name] = value
	}
	ask := phone.Object{"method": r.Method, "url": r.URL, "headers": headers}
	if r.Body != nil {
		ask["body"] = r.Body
	}
	v, err := h.ask("fetch", toJS(ask))
	if err != nil {
		return nil, err
	}
	body, ok := bytesOf(v.Get("body"))
	if status := v.Get("status"); !ok || status.Type() != js.TypeNumber {
		return nil, errors.New("the host's fetch gave no answer")
	}
	answer := &phone.Response{Status: v.Get("status").Int(), Headers: map[string]string{}, Body: body}
	for name, value := range object(v.Get("headers")) {
		if text, ok := value.(string); ok {
			answer.Headers[name] = text
		}
	}
	return answer, nil
}

func (h host) Wait(seconds int) { _, _ = h.ask("wait", seconds) } // not to wait is no harm

func (h host) Random(b []byte) error {
	got, err := h.bytes("random", len(b))
	if err == nil && len(got) != len(b) {
		err = errors.New("the host has not enough randomness")
	}
	copy(b, got)
	return err
}

func (h host) Now() uint64 {
	v, err := h.ask("now")
	if err != nil || v.Type() != js.TypeNumber || !(v.Float() > 0) {
		return 0
	}
	return uint64(v.Float())
}

func (h host) Emit(event phone.Object) { _, _ = h.ask("emit", toJS(event)) } // the page may be gone
