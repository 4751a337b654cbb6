package phone

import (
	"kula/nearby/qr/fountain"
	"kula/nearby/text"
)

// maxFilms is how many moving codes are kept to be shown: a page shows one, and may go back to another.
const maxFilms = 4

// films are the moving codes being shown, and what is caught of those that a camera sees.
type films struct {
	shown  map[int64]*fountain.Encoder
	last   int64
	caught fountain.Decoder
}

// frames says how to show a bundle: as one code when it fits, else as a moving one.
func (p *Phone) frames(a *args) (any, error) {
	encoded, symbol := a.bytes(), a.number("symbol")
	if a.err != nil {
		return nil, a.err
	}
	out := Object{"fits": len(encoded) <= text.MaxQR, "text": "", "id": 0.0, "count": 1.0, "needed": 1.0, "size": float64(len(encoded))}
	if out["fits"] == true {
		out["text"] = text.Encode(encoded)
		return out, nil
	}
	e, err := fountain.NewEncoder(encoded, int(min(symbol, fountain.MaxSymbol)))
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.films.shown == nil {
		p.films.shown = map[int64]*fountain.Encoder{}
	}
	p.films.last++
	p.films.shown[p.films.last] = e
	delete(p.films.shown, p.films.last-maxFilms)
	out["id"], out["count"], out["needed"] = float64(p.films.last), float64(e.Count()), float64(e.Needed())
	return out, nil
}

// frame is the n-th code of a moving one.
func (p *Phone) frame(a *args) (any, error) {
	id, n := a.number("id"), a.number("n")
	p.mu.Lock()
	e := p.films.shown[id]
	p.mu.Unlock()
	if e == nil {
		a.bad("id")
	}
	if a.err != nil {
		return nil, a.err
	}
	return Object{"text": e.Frame(int(n & 0xffff))}, nil
}

// catchFrame takes what a camera saw of a moving code.
func (p *Phone) catchFrame(a *args) (any, error) {
	seen := a.text("text")
	if a.err != nil {
		return nil, a.err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	progress, whole, err := p.films.caught.Catch(seen)
	if err != nil {
		return nil, err
	}
	out := Object{"progress": progress}
	if whole != nil {
		out["bytes"] = whole
	}
	return out, nil
}
