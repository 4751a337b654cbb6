package appcmd

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"kula/cmd/kula/daemon"
	"kula/cmd/kula/say"
)

// certificate makes one for a bank's name, as the bank's own authority would.
func certificate(t *testing.T, name string) (cert, key string, trust *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, kind string, der []byte) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	trust = x509.NewCertPool()
	trust.AddCert(parsed)
	return write("cert.pem", "CERTIFICATE", der), write("key.pem", "PRIVATE KEY", secret), trust
}

// A phone that knows the app as wallet.bank.example finds it at a shop's computer that has that name's certificate.
func TestShopServesUnderTheBanksName(t *testing.T) {
	cert, key, trust := certificate(t, "wallet.bank.example")
	c := &Serve{Listen: "127.0.0.1:0", Cert: cert, Key: key, Endpoint: "https://bank.example",
		files: fstest.MapFS{"index.html": {Data: []byte("<!doctype html>")}, "assets/kula-1.wasm": {Data: []byte("wasm")}}}
	if err := c.check(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	group, ctx := daemon.NewGroup(ctx)
	url, err := c.start(ctx, group)
	if err != nil {
		t.Fatal(err)
	}
	phone := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trust, ServerName: "wallet.bank.example", MinVersion: tls.VersionTLS12}}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/assets/kula-1.wasm", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := phone.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		t.Fatal(err)
	}
	policy := answer.Header.Get("Content-Security-Policy")
	if string(body) != "wasm" || answer.Header.Get("Content-Type") != "application/wasm" || !strings.Contains(policy, "connect-src 'self' https://bank.example;") {
		t.Errorf("%q %v", body, answer.Header)
	}
	phone.CloseIdleConnections()
	stop()
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
}

func TestWhatBrowsersWouldRefuse(t *testing.T) {
	for _, c := range []Serve{{Listen: "0.0.0.0:80"}, {Listen: "192.0.2.1:8425"}, {Listen: "127.0.0.1:0", Cert: "only"}, {Listen: "nowhere"}} {
		var problem *say.Problem
		if err := c.check(); !errors.As(err, &problem) || problem.Exit != say.Misused {
			t.Errorf("%+v: %v", c, err)
		}
	}
	for _, listen := range []string{"127.0.0.1:8425", "localhost:8425", "[::1]:8425"} {
		if err := (&Serve{Listen: listen}).check(); err != nil {
			t.Errorf("%s: %v", listen, err)
		}
	}
	_, err := (&Serve{files: fstest.MapFS{".keep": {}}}).site()
	var problem *say.Problem
	if !errors.As(err, &problem) || problem.Code != "not_built" {
		t.Errorf("without an app: %v", err)
	}
}
