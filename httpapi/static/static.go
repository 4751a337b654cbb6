// Package static serves the phone wallet's files: to browsers that trust nothing that came from elsewhere, in as few
// bytes as can be, and to keep what will never change.
package static

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"
)

// types of the files that the build makes. A browser guesses none (nosniff).
var types = map[string]string{
	".css":         "text/css; charset=utf-8",
	".html":        "text/html; charset=utf-8",
	".js":          "text/javascript; charset=utf-8",
	".json":        "application/json",
	".png":         "image/png",
	".svg":         "image/svg+xml",
	".wasm":        "application/wasm",
	".webmanifest": "application/manifest+json",
}

// sending is how long one file may take: kula.wasm over a bad line.
const sending = 15 * time.Minute

// brotliSuffix marks what the build compressed beside the file itself.
const brotliSuffix = ".br"

// Site is a built app in memory.
type Site struct {
	files map[string]file
	csp   string
}

type file struct {
	kind         string
	cache        string
	plain, small []byte // small: brotli, nil when that is no smaller
	tag          string
}

// New reads a built app. The page may speak to its own server and to the origins of the URLs in connect, the bank's
// endpoint where that has another name. An app that was not built is an empty Site.
func New(built fs.FS, connect ...string) (*Site, error) {
	csp, err := policy(connect)
	if err != nil {
		return nil, err
	}
	s := &Site{files: map[string]file{}, csp: csp}
	err = fs.WalkDir(built, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && name != "." && strings.HasPrefix(name, ".") {
			return fs.SkipDir // what the build notes for itself
		}
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") || strings.HasSuffix(name, brotliSuffix) {
			return err
		}
		return s.add(built, name)
	})
	if err != nil {
		return nil, err
	}
	if index, ok := s.files["/index.html"]; ok {
		s.files["/"] = index
	}
	return s, nil
}

func (s *Site) add(built fs.FS, name string) error {
	kind, ok := types[path.Ext(name)]
	if !ok {
		return errors.New("static: no type is known for " + name)
	}
	plain, err := fs.ReadFile(built, name)
	if err != nil {
		return err
	}
	small, err := fs.ReadFile(built, name+brotliSuffix)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	sum := sha256.Sum256(plain)
	f := file{kind: kind, plain: plain, small: small, tag: hex.EncodeToString(sum[:12]), cache: "no-cache"}
	if strings.HasPrefix(name, "assets/") { // their names hold their hash
		f.cache = "public, max-age=31536000, immutable"
	}
	s.files["/"+name] = f
	return nil
}

// policy is the content security policy: nothing from elsewhere, no inline script or style.
func policy(connect []string) (string, error) {
	to := "'self'"
	for _, c := range connect {
		u, err := url.Parse(c)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || strings.ContainsAny(u.Host, " ;,'") {
			return "", errors.New("static: not the URL of a bank: " + c)
		}
		to += " " + u.Scheme + "://" + u.Host
	}
	return "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; connect-src " + to +
		"; worker-src 'self'; manifest-src 'self'; font-src 'self'; media-src 'self' blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'", nil
}

// Built says whether there is an app.
func (s *Site) Built() bool { return len(s.files) > 0 }

// Serves says whether the request is for one of the app's files.
func (s *Site) Serves(r *http.Request) bool {
	if r.URL.Path == sharePath {
		return s.Built() && r.Method == http.MethodPost
	}
	_, ok := s.files[r.URL.Path]
	return ok && (r.Method == http.MethodGet || r.Method == http.MethodHead)
}

// sharePath is where other apps of the phone send files (the manifest's share_target). The app's service worker
// takes them; only a phone without one ever asks the server.
const sharePath = "/share"

// ServeHTTP answers what Serves says yes to.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.Serves(r) {
		http.NotFound(w, r)
		return
	}
	if r.URL.Path == sharePath {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	s.harden(w.Header())
	// A server that knows no deadlines lets everything take as long as it likes.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(sending))
	s.files[r.URL.Path].send(w, r)
}

func (s *Site) harden(h http.Header) {
	h.Set("Content-Security-Policy", s.csp)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Permissions-Policy", "camera=(self), screen-wake-lock=(self), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

func (f file) send(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	body, tag := f.plain, `"`+f.tag+`"`
	if f.small != nil {
		h.Set("Vary", "Accept-Encoding")
		if takesBrotli(r.Header.Get("Accept-Encoding")) {
			body, tag = f.small, `"`+f.tag+`-br"`
			h.Set("Content-Encoding", "br")
		}
	}
	h.Set("Cache-Control", f.cache)
	h.Set("Content-Type", f.kind)
	h.Set("ETag", tag)
	if strings.Contains(r.Header.Get("If-None-Match"), tag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(body) // the phone is gone: nothing to be done
	}
}

func takesBrotli(accepts string) bool {
	for one := range strings.SplitSeq(accepts, ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(one), ";")
		if strings.TrimSpace(name) == "br" {
			q = strings.ReplaceAll(q, " ", "")
			return q != "q=0" && !strings.HasPrefix(q, "q=0.0")
		}
	}
	return false
}
