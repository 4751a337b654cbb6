package fountain

import "kula/protocol"

// Encoder makes the frames of one bundle.
type Encoder struct {
	kind
	filled []byte // the bundle, and zeros
}

// NewEncoder makes frames with symbols of that many bytes; 0 means DefaultSymbol. A bundle beyond MaxSize is
// refused with CodeTooLargeQR.
func NewEncoder(bundle []byte, symbol int) (*Encoder, error) {
	if symbol == 0 {
		symbol = DefaultSymbol
	}
	if len(bundle) == 0 || len(bundle) > MaxSize {
		return nil, refuse(protocol.CodeTooLargeQR)
	}
	e := &Encoder{kind: kind{id: idOf(bundle), size: len(bundle), symbol: min(max(symbol, MinSymbol), MaxSymbol)}}
	e.filled = make([]byte, e.symbols()*e.symbol)
	copy(e.filled, bundle)
	return e, nil
}

// Frame is the n-th code's text, from 0. There are 65 536; whoever shows them goes on with the next one for as
// long as it takes, since each new one helps whatever the other side has missed.
func (e *Encoder) Frame(n int) string {
	f := frame{kind: e.kind, number: uint16(n)}
	if at := int(f.number); at < e.symbols() {
		f.data = e.filled[at*e.symbol : (at+1)*e.symbol]
		return f.text()
	}
	f.data = make([]byte, e.symbol)
	for j, factor := range factors(f.number, e.symbols()) {
		addTimes(f.data, e.filled[j*e.symbol:(j+1)*e.symbol], factor)
	}
	return f.text()
}

// Count is how many frames a film should have that is shown over and over: any half of them will do.
func (e *Encoder) Count() int { return 2*e.symbols() + 8 }

// Needed is how many frames the other side must catch, or one or two more.
func (e *Encoder) Needed() int { return e.symbols() }
