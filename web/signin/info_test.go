package signin

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"kula/protocol"
)

const (
	bankKey = "GDRXE2BQUC3AZNPVFSCEZ76NJ3WWL25FYFK6RGZGIEKWE4SOOHSUJUJ6"
	full    = `# the bank
VERSION = "2.0.0"
NETWORK_PASSPHRASE = "Standalone Network ; February 2017" # ours
ACCOUNTS = [
	"GDRXE2BQUC3AZNPVFSCEZ76NJ3WWL25FYFK6RGZGIEKWE4SOOHSUJUJ6", # SIGNING_KEY = "x"
	'''
SIGNING_KEY = "GBAD"
''',
]
NOTE = """
SIGNING_KEY = "GBAD" \""" ""\"
""""
"SIGNING_KEY"= 'GDRXE2BQUC3AZNPVFSCEZ76NJ3WWL25FYFK6RGZGIEKWE4SOOHSUJUJ6'
WEB_AUTH_ENDPOINT="https://bank.example/auth"
more.SIGNING_KEY = { a = "}", b = [1, 2] }
year = 2026-11-21
OFFLINE_PAYMENT_SERVER = "http://localhost:8420/api"
[DOCUMENTATION]
SIGNING_KEY = "not this one"
`
)

func TestInfo(t *testing.T) {
	if err := toml.Unmarshal([]byte(full), &map[string]any{}); err != nil {
		t.Fatal("the example is wrong: ", err)
	}
	for _, file := range []string{full, strings.ReplaceAll(full, "\n", "\r\n"), "\ufeff" + full} {
		i, err := ReadInfo([]byte(file))
		if err != nil {
			t.Fatal(err)
		}
		if i.SigningKey.String() != bankKey || i.WebAuthEndpoint != "https://bank.example/auth" ||
			i.OfflinePaymentServer != "http://localhost:8420/api" || i.Network != protocol.NewNetwork("Standalone Network ; February 2017") {
			t.Errorf("%+v", i)
		}
		if _, err := i.Service("bank.example", protocol.NewNetwork("another")); !errors.Is(err, protocol.CodeWrongNetwork) {
			t.Error(err)
		}
		for _, home := range []string{"", "bank.example&account=x", "bank example", strings.Repeat("a", 60)} {
			if _, err := i.Service(home, i.Network); !errors.Is(err, CodeOtherDomain) {
				t.Errorf("%q: %v", home, err)
			}
		}
		s, err := i.Service("bank.example:80", i.Network)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.ChallengeURL(protocol.AccountID(i.SigningKey)); got != "https://bank.example/auth?account="+bankKey+"&home_domain=bank.example:80" {
			t.Error(got)
		}
	}
}

func TestAttackInfo(t *testing.T) {
	for name, c := range map[string][2]string{
		"no passphrase":     {`NETWORK_PASSPHRASE`, `NETWORK`},
		"empty passphrase":  {`"Standalone Network ; February 2017"`, `""`},
		"no key":            {`"SIGNING_KEY"=`, `SIGNING=`},
		"no endpoint":       {`WEB_AUTH_ENDPOINT`, `WEB`},
		"no server":         {`OFFLINE_PAYMENT_SERVER`, `SERVER`},
		"two keys":          {`year = 2026-11-21`, `SIGNING_KEY = "` + bankKey + `"`},
		"a key that lies":   {`'` + bankKey, `'G` + strings.Repeat("A", 55)},
		"a small key":       {`'` + bankKey, `'` + protocol.Key{1}.String()},
		"an escaped value":  {`"https://bank.example/auth"`, `"https:\/\/bank.example/auth"`},
		"a long string":     {`"https://bank.example/auth"`, `"""https://bank.example/auth"""`},
		"plain http":        {`https://bank.example`, `http://bank.example`},
		"like this machine": {`localhost:8420`, `localhost.evil.example`},
		"another scheme":    {`https://bank.example`, `ftp://bank.example`},
		"a user":            {`https://bank.example`, `https://bank.example@evil.example`},
		"a fragment":        {`https://bank.example/auth`, `https://bank.example/auth#x`},
		"no host":           {`https://bank.example`, `https://`},
		"no value":          {`year = 2026-11-21`, `year =`},
		"no equals":         {`year = 2026-11-21`, `year`},
		"no end":            {`year = 2026-11-21`, `year = "`},
		"no end of list":    {`year = 2026-11-21`, `year = [`},
		"two on a line":     {`year = 2026-11-21`, `a = "b" SIGNING = "c"`},
	} {
		file := strings.Replace(full, c[0], c[1], 1)
		if file == full {
			t.Fatal(name, ": nothing was changed")
		}
		if i, err := ReadInfo([]byte(file)); !errors.Is(err, CodeBadInfo) {
			t.Errorf("%s: %+v, %v", name, i, err)
		}
	}
	if _, err := ReadInfo([]byte(full + strings.Repeat("#", maxInfo))); !errors.Is(err, CodeBadInfo) {
		t.Error(err)
	}
}

// FuzzInfo: what is read is what a whole TOML parser reads.
func FuzzInfo(f *testing.F) {
	f.Add(full)
	f.Add(`a = """x""""` + "\n" + `SIGNING_KEY = 'x'`)
	f.Add(`a.'b = "c' = {x = ["}", ']']} # y` + "\nSIGNING_KEY='x'")
	f.Fuzz(func(t *testing.T, file string) {
		var all map[string]any
		if _, err := toml.Decode(file, &all); err != nil {
			return
		}
		var key string
		if err := topLevel(file, map[string]*string{"SIGNING_KEY": &key}); err != nil {
			return
		}
		if want, _ := all["SIGNING_KEY"].(string); want != key {
			t.Fatalf("%q: read as %q, it is %q", file, key, want)
		}
	})
}

// FuzzHost: the host of an address that is taken is the one that everybody else finds in it.
func FuzzHost(f *testing.F) {
	f.Add("https://bank.example:8443/auth?x=y")
	f.Add("http://localhost:8420")
	f.Add("http://[::1]:1/")
	f.Fuzz(func(t *testing.T, address string) {
		host, err := hostOf(address)
		if err != nil {
			return
		}
		if u, err := url.Parse(address); err == nil && (u.Host != host || u.User != nil) {
			t.Fatalf("%q: %q, not %q", address, host, u.Host)
		}
	})
}
