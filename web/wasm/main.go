//go:build js && wasm

// Command wasm is package phone for a browser's worker: it turns JavaScript's values into Go's and back, and waits on
// goroutines for the promises of the host. web/app/src/api.ts describes both sides: globalThis.kulaHost, which must
// be there before the program starts, and globalThis.kula, which is there when it has started.
package main

import (
	"syscall/js"

	"kula/web/phone"
)

func main() {
	p := phone.New(host{js.Global().Get("kulaHost")})
	call := js.FuncOf(func(_ js.Value, in []js.Value) any {
		if len(in) != 2 {
			return reject(&phone.Failure{Code: phone.CodeBadArgument, Where: "call", Detail: "call takes a command and its arguments"})
		}
		name, given := in[0], object(in[1])
		return promise(func() (any, error) {
			if name.Type() != js.TypeString {
				return p.Call("", nil)
			}
			return p.Call(name.String(), given)
		})
	})
	js.Global().Set("kula", js.ValueOf(map[string]any{"call": call}))
	select {} // the calls are goroutines of their own
}

// promise settles with what do gives, on a goroutine of its own: it may wait for promises itself.
func promise(do func() (any, error)) js.Value {
	start := js.FuncOf(func(_ js.Value, settle []js.Value) any {
		resolve, refuse := settle[0], settle[1]
		go func() {
			value, err := do()
			if err != nil {
				refuse.Invoke(failure(err))
				return
			}
			resolve.Invoke(toJS(value))
		}()
		return nil
	})
	defer start.Release()
	return js.Global().Get("Promise").New(start)
}

func reject(err error) js.Value { return promise(func() (any, error) { return nil, err }) }

func failure(err error) js.Value {
	f := phone.FailureOf(err)
	return toJS(phone.Object{"code": f.Code, "where": f.Where, "detail": f.Detail})
}
