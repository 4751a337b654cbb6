package signin

import (
	"strings"

	"kula/protocol"
)

// maxInfo is SEP-1's bound on a stellar.toml.
const maxInfo = 100 << 10

// Info is what of a bank's stellar.toml (SEP-1) signing in needs.
type Info struct {
	Network              protocol.Network // of its NETWORK_PASSPHRASE
	SigningKey           protocol.Key
	WebAuthEndpoint      string
	OfflinePaymentServer string
}

// ReadInfo reads a stellar.toml. What stands in it beside the four keys is stepped over.
func ReadInfo(file []byte) (*Info, error) {
	if len(file) > maxInfo {
		return nil, refuse(CodeBadInfo, "stellar.toml")
	}
	var passphrase, key, endpoint, server string
	err := topLevel(string(file), map[string]*string{
		"NETWORK_PASSPHRASE": &passphrase, "SIGNING_KEY": &key, "WEB_AUTH_ENDPOINT": &endpoint, "OFFLINE_PAYMENT_SERVER": &server,
	})
	if err != nil {
		return nil, err
	}
	i := &Info{Network: protocol.NewNetwork(passphrase), WebAuthEndpoint: endpoint, OfflinePaymentServer: server}
	if passphrase == "" {
		return nil, refuse(CodeBadInfo, "NETWORK_PASSPHRASE")
	}
	if i.SigningKey.UnmarshalText([]byte(key)) != nil || protocol.CheckKey(i.SigningKey) != nil {
		return nil, refuse(CodeBadInfo, "SIGNING_KEY")
	}
	if _, err := hostOf(endpoint); err != nil {
		return nil, err
	}
	if _, err := hostOf(server); err != nil {
		return nil, refuse(CodeBadInfo, "OFFLINE_PAYMENT_SERVER")
	}
	return i, nil
}

// Service is where to sign in, for a wallet on that network. The home domain is the one that the
// stellar.toml was fetched from, with its port if it has one.
func (i *Info) Service(homeDomain string, network protocol.Network) (*Service, error) {
	if i.Network != network {
		return nil, refuse(protocol.CodeWrongNetwork, "NETWORK_PASSPHRASE")
	}
	if homeDomain == "" || !only(homeDomain, hostDigits) || len(homeDomain)+len(" auth") > maxName {
		return nil, refuse(CodeOtherDomain, "home domain")
	}
	return &Service{HomeDomain: homeDomain, Endpoint: i.WebAuthEndpoint, Key: i.SigningKey, Network: network}, nil
}

// hostDigits are what the name of a host and its port are written with.
const hostDigits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:[]"

// hostOf is the host of a URL, with the port if it has one. Plain http is for this very computer.
func hostOf(address string) (string, error) {
	rest, secure := strings.CutPrefix(address, "https://")
	if !secure {
		var plain bool
		if rest, plain = strings.CutPrefix(address, "http://"); !plain {
			return "", refuse(CodeBadInfo, "WEB_AUTH_ENDPOINT")
		}
	}
	host := rest
	if end := strings.IndexAny(rest, "/?"); end >= 0 {
		host = rest[:end]
	}
	ok := host != "" && only(host, hostDigits) && !strings.ContainsAny(rest, "#\\ \t\r\n") && (secure || local(host))
	if !ok {
		return "", refuse(CodeBadInfo, "WEB_AUTH_ENDPOINT")
	}
	return host, nil
}

// only reports whether a text is written with these characters alone.
func only(text, digits string) bool {
	for i := range len(text) {
		if strings.IndexByte(digits, text[i]) < 0 {
			return false
		}
	}
	return true
}

// local reports whether a host is this computer itself.
func local(host string) bool {
	for _, name := range []string{"localhost", "127.0.0.1", "[::1]"} {
		if host == name || strings.HasPrefix(host, name+":") {
			return true
		}
	}
	return false
}
