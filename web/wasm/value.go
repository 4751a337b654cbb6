//go:build js && wasm

package main

import (
	"syscall/js"

	"kula/web/phone"
)

var (
	classObject = js.Global().Get("Object")
	classArray  = js.Global().Get("Array")
	classBytes  = js.Global().Get("Uint8Array")
)

// toJS makes JavaScript's of one of the values that phone.Object may hold.
func toJS(value any) js.Value {
	switch v := value.(type) {
	case []byte:
		out := classBytes.New(len(v))
		js.CopyBytesToJS(out, v)
		return out
	case phone.Object:
		out := classObject.New()
		for name, part := range v {
			out.Set(name, toJS(part))
		}
		return out
	case []phone.Object:
		return toArray(v)
	case []string:
		return toArray(v)
	}
	return js.ValueOf(value)
}

func toArray[T any](list []T) js.Value {
	out := classArray.New(len(list))
	for i, v := range list {
		out.SetIndex(i, toJS(v))
	}
	return out
}

// fromJS reads a string, number, boolean or bytes; anything else is as if it were not there.
func fromJS(v js.Value) any {
	switch v.Type() {
	case js.TypeString:
		return v.String()
	case js.TypeNumber:
		return v.Float()
	case js.TypeBoolean:
		return v.Bool()
	case js.TypeObject:
		if b, ok := bytesOf(v); ok {
			return b
		}
	}
	return nil
}

func bytesOf(v js.Value) ([]byte, bool) {
	if v.Type() != js.TypeObject || !v.InstanceOf(classBytes) {
		return nil, false
	}
	b := make([]byte, v.Length())
	js.CopyBytesToGo(b, v)
	return b, true
}

// object reads the named parts of one.
func object(v js.Value) phone.Object {
	out := phone.Object{}
	if v.Type() != js.TypeObject {
		return out
	}
	names := classObject.Call("keys", v)
	for i := range names.Length() {
		name := names.Index(i).String()
		out[name] = fromJS(v.Get(name))
	}
	return out
}
