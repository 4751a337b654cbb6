package stellar

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/BurntSushi/toml"
)

// maxInfo is SEP-1's bound on a stellar.toml.
const maxInfo = 100 << 10

// ErrInfo says that a stellar.toml is not one, or not one of an anchor for offline payments.
var ErrInfo = errors.New("stellar: the stellar.toml is not that of an anchor for offline payments")

// Info is an anchor's stellar.toml (SEP-1): what of it is needed here.
type Info struct {
	Version              string     `toml:"VERSION,omitempty"`
	NetworkPassphrase    string     `toml:"NETWORK_PASSPHRASE"`
	Accounts             []string   `toml:"ACCOUNTS"`
	SigningKey           string     `toml:"SIGNING_KEY"`
	WebAuthEndpoint      string     `toml:"WEB_AUTH_ENDPOINT"`
	OfflinePaymentServer string     `toml:"OFFLINE_PAYMENT_SERVER"` // base URL of the anchor's API
	Documentation        OrgInfo    `toml:"DOCUMENTATION"`
	Currencies           []Currency `toml:"CURRENCIES"`
}

// OrgInfo is who runs it.
type OrgInfo struct {
	Name        string `toml:"ORG_NAME,omitempty"`
	URL         string `toml:"ORG_URL,omitempty"`
	Description string `toml:"ORG_DESCRIPTION,omitempty"`
}

// Currency is one asset that the anchor holds in trust.
type Currency struct {
	Code            string `toml:"code"`
	Issuer          string `toml:"issuer,omitempty"`
	Name            string `toml:"name,omitempty"`
	DisplayDecimals int    `toml:"display_decimals"`
}

// Encode writes the file.
func (i *Info) Encode() ([]byte, error) {
	var out bytes.Buffer
	encoder := toml.NewEncoder(&out)
	encoder.Indent = ""
	if err := encoder.Encode(i); err != nil {
		return nil, fmt.Errorf("stellar: write stellar.toml: %w", err)
	}
	return out.Bytes(), nil
}

// ParseInfo reads a file. What it does not know it leaves alone: other SEPs put their own things there.
func ParseInfo(file []byte) (*Info, error) {
	if len(file) > maxInfo {
		return nil, fmt.Errorf("%w: it is longer than %d bytes", ErrInfo, maxInfo)
	}
	info := &Info{}
	if err := toml.Unmarshal(file, info); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInfo, err)
	}
	if _, err := parseSigner(info.SigningKey); err != nil {
		return nil, fmt.Errorf("%w: SIGNING_KEY: %w", ErrInfo, err)
	}
	for name, value := range map[string]string{"NETWORK_PASSPHRASE": info.NetworkPassphrase, "WEB_AUTH_ENDPOINT": info.WebAuthEndpoint, "OFFLINE_PAYMENT_SERVER": info.OfflinePaymentServer} {
		if value == "" {
			return nil, fmt.Errorf("%w: it has no %s", ErrInfo, name)
		}
	}
	return info, nil
}

// FetchInfo reads the stellar.toml of a site: a domain, or a URL where it is not served by https.
func FetchInfo(ctx context.Context, hc *http.Client, site string) (*Info, error) {
	if !strings.Contains(site, "://") {
		site = "https://" + site
	}
	address := strings.TrimRight(site, "/") + "/.well-known/stellar.toml"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("stellar: %s: %w", address, err)
	}
	file, status, err := fetch(hc, req, maxInfo)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("the server answered with status %d", status)
	}
	if err != nil {
		return nil, fmt.Errorf("stellar: %s: %w", address, err)
	}
	return ParseInfo(file)
}

// Service is where to sign in, for a wallet on that network.
func (i *Info) Service(homeDomain, passphrase string, hc *http.Client) (*Service, error) {
	if i.NetworkPassphrase != passphrase {
		return nil, fmt.Errorf("%w: it is for the network %q", ErrInfo, i.NetworkPassphrase)
	}
	return &Service{HomeDomain: homeDomain, Endpoint: i.WebAuthEndpoint, SigningKey: i.SigningKey, Passphrase: passphrase, HTTP: hc}, nil
}
