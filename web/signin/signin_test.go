package signin_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stellar/go-stellar-sdk/keypair"
	"github.com/stellar/go-stellar-sdk/network"
	"github.com/stellar/go-stellar-sdk/txnbuild"
	"github.com/stellar/go-stellar-sdk/xdr"

	"kula/localnet/localnettest"
	"kula/protocol"
	"kula/stellar"
	"kula/web/signin"
)

const (
	home     = "bank.example"
	endpoint = "https://auth.bank.example:8443/auth?lang=en"
	host     = "auth.bank.example:8443"
)

// desk is a bank's sign-in, and somebody who stands before it.
type desk struct {
	testing.TB
	server, client *keypair.Full
	service        *signin.Service
}

func newDesk(t testing.TB) *desk {
	d := &desk{TB: t, server: keypair.MustRandom(), client: keypair.MustRandom()}
	d.service = &signin.Service{
		HomeDomain: home, Endpoint: endpoint, Key: keyOf(t, d.server), Network: protocol.NewNetwork(network.TestNetworkPassphrase),
	}
	return d
}

func keyOf(t testing.TB, k *keypair.Full) (key protocol.Key) {
	t.Helper()
	if err := key.UnmarshalText([]byte(k.Address())); err != nil {
		t.Fatal(err)
	}
	return key
}

func secret(t testing.TB, k *keypair.Full) ed25519.PrivateKey {
	t.Helper()
	seed, err := protocol.ParseSeed(k.Seed())
	if err != nil {
		t.Fatal(err)
	}
	return ed25519.NewKeyFromSeed(seed[:])
}

func now() uint64 { return uint64(time.Now().Unix()) }

func (d *desk) sign(challenge string) (string, error) {
	return d.service.Sign(challenge, secret(d, d.client), now())
}

// params are those of a good challenge.
func (d *desk) params() txnbuild.TransactionParams {
	nonce := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 48))
	return txnbuild.TransactionParams{
		SourceAccount: &txnbuild.SimpleAccount{AccountID: d.server.Address()},
		Operations: []txnbuild.Operation{
			&txnbuild.ManageData{SourceAccount: d.client.Address(), Name: home + " auth", Value: []byte(nonce)},
			&txnbuild.ManageData{SourceAccount: d.server.Address(), Name: "web_auth_domain", Value: []byte(host)},
		},
		BaseFee:       txnbuild.MinBaseFee,
		Preconditions: txnbuild.Preconditions{TimeBounds: txnbuild.NewTimebounds(int64(now()), int64(now())+300)},
	}
}

func (d *desk) build(p txnbuild.TransactionParams, keys ...*keypair.Full) string {
	d.Helper()
	tx, err := txnbuild.NewTransaction(p)
	if err == nil {
		tx, err = tx.Sign(network.TestNetworkPassphrase, keys...)
	}
	if err != nil {
		d.Fatal(err)
	}
	text, err := tx.Base64()
	if err != nil {
		d.Fatal(err)
	}
	return text
}

func (d *desk) refused(name, challenge string, want protocol.Code) {
	d.Helper()
	answer, err := d.sign(challenge)
	if answer != "" || !errors.Is(err, want) {
		d.Errorf("%s: want %s, got %v", name, want, err)
	}
	if err != nil && strings.HasSuffix(err.Error(), string(want)) {
		d.Errorf("%s has no sentence", want)
	}
}

// TestSDKTakesWhatIsSigned: challenges as Stellar's own code makes them, judged by it once they are signed.
func TestSDKTakesWhatIsSigned(t *testing.T) {
	for range 300 {
		d := newDesk(t)
		tx, err := txnbuild.BuildChallengeTx(d.server.Seed(), d.client.Address(), host, home, network.TestNetworkPassphrase, 5*time.Minute, nil)
		if err != nil {
			t.Fatal(err)
		}
		challenge, err := tx.Base64()
		if err != nil {
			t.Fatal(err)
		}
		signed, err := d.sign(challenge)
		if err != nil {
			t.Fatal(err)
		}
		signers, err := txnbuild.VerifyChallengeTxThreshold(signed, d.server.Address(), network.TestNetworkPassphrase, host,
			[]string{home}, 1, txnbuild.SignerSummary{d.client.Address(): 1})
		if err != nil || len(signers) != 1 {
			t.Fatalf("%v, %v", signers, err)
		}
		theirs, err := tx.Sign(network.TestNetworkPassphrase, d.client)
		if err != nil {
			t.Fatal(err)
		}
		if want, err := theirs.Base64(); err != nil || signed != want {
			t.Fatalf("the SDK signs %s, we %s", want, signed)
		}
	}
}

// TestBankTakesWhatIsSigned: the whole of it, with the server that banks run.
func TestBankTakesWhatIsSigned(t *testing.T) {
	d := newDesk(t)
	ledger, net := localnettest.Start(t)
	web, err := stellar.NewWebAuth(stellar.WebAuthConfig{
		Horizon: &stellar.Horizon{URL: ledger, Passphrase: net.Passphrase()}, Key: d.server, HomeDomain: home, Endpoint: endpoint,
		Secret: bytes.Repeat([]byte{1}, 32),
	})
	if err != nil {
		t.Fatal(err)
	}
	file, err := (&stellar.Info{NetworkPassphrase: net.Passphrase(), SigningKey: d.server.Address(), WebAuthEndpoint: endpoint, OfflinePaymentServer: "https://bank.example"}).Encode()
	if err != nil {
		t.Fatal(err)
	}
	info, err := signin.ReadInfo(file)
	if err != nil {
		t.Fatal(err)
	}
	if d.service, err = info.Service(home, protocol.NewNetwork(net.Passphrase())); err != nil {
		t.Fatal(err)
	}
	asked, err := url.Parse(d.service.ChallengeURL(protocol.AccountID(keyOf(t, d.client))))
	if err != nil || asked.Host != host || asked.Query().Get("lang") != "en" {
		t.Fatal(asked, err)
	}
	challenge, _, err := web.Challenge(t.Context(), asked.Query().Get("account"), asked.Query().Get("home_domain"))
	if err != nil {
		t.Fatal(err)
	}
	signed, err := d.sign(challenge)
	if err != nil {
		t.Fatal(err)
	}
	token, err := web.Token(t.Context(), signed)
	if err != nil {
		t.Fatal(err)
	}
	auth, err := web.Account(t.Context(), token)
	if err != nil || auth.Account.String() != d.client.Address() {
		t.Fatal(auth, err)
	}
}

// TestAttackChallenge: everything that is not quite a challenge, signed by the bank's own key all the same.
func TestAttackChallenge(t *testing.T) {
	d := newDesk(t)
	eve := keypair.MustRandom()
	if _, err := d.sign(d.build(d.params(), d.server)); err != nil {
		t.Fatal("the good one is refused: ", err)
	}
	first := func(p *txnbuild.TransactionParams) *txnbuild.ManageData {
		return p.Operations[0].(*txnbuild.ManageData)
	}
	second := func(p *txnbuild.TransactionParams) *txnbuild.ManageData {
		return p.Operations[1].(*txnbuild.ManageData)
	}
	more := func(p *txnbuild.TransactionParams, o txnbuild.Operation) { p.Operations = append(p.Operations, o) }
	muxed := func(k *keypair.Full) string {
		m, err := xdr.MuxedAccountFromAccountId(k.Address(), 7)
		if err != nil {
			t.Fatal(err)
		}
		return m.Address()
	}
	at := int64(now())
	for name, c := range map[string]struct {
		change func(*txnbuild.TransactionParams)
		want   protocol.Code
	}{
		"another source": {func(p *txnbuild.TransactionParams) {
			p.SourceAccount = &txnbuild.SimpleAccount{AccountID: eve.Address()}
		}, signin.CodeNotServer},
		"my own source": {func(p *txnbuild.TransactionParams) {
			p.SourceAccount = &txnbuild.SimpleAccount{AccountID: d.client.Address()}
		}, signin.CodeNotServer},
		"a muxed source": {func(p *txnbuild.TransactionParams) {
			p.SourceAccount = &txnbuild.SimpleAccount{AccountID: muxed(d.server)}
		}, signin.CodeNotServer},
		"a real sequence": {func(p *txnbuild.TransactionParams) {
			p.SourceAccount = &txnbuild.SimpleAccount{AccountID: d.server.Address(), Sequence: 1}
		}, signin.CodeCouldSpend},
		"over": {func(p *txnbuild.TransactionParams) {
			p.Preconditions.TimeBounds = txnbuild.NewTimebounds(at-600, at-10)
		}, signin.CodeOutOfTime},
		"far ahead": {func(p *txnbuild.TransactionParams) {
			p.Preconditions.TimeBounds = txnbuild.NewTimebounds(at+400, at+900)
		}, signin.CodeOutOfTime},
		"without end":     {func(p *txnbuild.TransactionParams) { p.Preconditions.TimeBounds = txnbuild.NewInfiniteTimeout() }, signin.CodeOutOfTime},
		"more conditions": {func(p *txnbuild.TransactionParams) { p.Preconditions.MinSequenceNumberAge = 1 }, signin.CodeOutOfTime},
		"a text memo":     {func(p *txnbuild.TransactionParams) { p.Memo = txnbuild.MemoText("hello") }, signin.CodeOtherOne},
		"an id memo":      {func(p *txnbuild.TransactionParams) { p.Memo = txnbuild.MemoID(7) }, signin.CodeOtherOne},
		"a hash memo":     {func(p *txnbuild.TransactionParams) { p.Memo = txnbuild.MemoHash{7} }, signin.CodeOtherOne},
		"another account": {func(p *txnbuild.TransactionParams) { first(p).SourceAccount = eve.Address() }, signin.CodeOtherOne},
		"a muxed account": {func(p *txnbuild.TransactionParams) { first(p).SourceAccount = muxed(d.client) }, signin.CodeOtherOne},
		"nobody":          {func(p *txnbuild.TransactionParams) { first(p).SourceAccount = "" }, signin.CodeChallenge},
		"another home":    {func(p *txnbuild.TransactionParams) { first(p).Name = "evil.example auth" }, signin.CodeOtherDomain},
		"a longer home":   {func(p *txnbuild.TransactionParams) { first(p).Name = home + " auth " }, signin.CodeOtherDomain},
		"a short nonce":   {func(p *txnbuild.TransactionParams) { first(p).Value = first(p).Value[:60] }, signin.CodeChallenge},
		"a filled nonce":  {func(p *txnbuild.TransactionParams) { copy(first(p).Value[60:], "AA==") }, signin.CodeChallenge},
		"a broken line":   {func(p *txnbuild.TransactionParams) { first(p).Value[9] = '\n' }, signin.CodeChallenge},
		"no base64":       {func(p *txnbuild.TransactionParams) { first(p).Value[9] = '!' }, signin.CodeChallenge},
		"no nonce":        {func(p *txnbuild.TransactionParams) { first(p).Value = nil }, signin.CodeChallenge},
		"another server":  {func(p *txnbuild.TransactionParams) { second(p).Value = []byte("evil.example") }, signin.CodeOtherDomain},
		"no port":         {func(p *txnbuild.TransactionParams) { second(p).Value = []byte("auth.bank.example") }, signin.CodeOtherDomain},
		"no domain":       {func(p *txnbuild.TransactionParams) { second(p).Value = nil }, signin.CodeOtherDomain},
		"my second data":  {func(p *txnbuild.TransactionParams) { second(p).SourceAccount = d.client.Address() }, signin.CodeChallenge},
		"no second data":  {func(p *txnbuild.TransactionParams) { second(p).SourceAccount = "" }, signin.CodeChallenge},
		"a client domain": {func(p *txnbuild.TransactionParams) {
			more(p, &txnbuild.ManageData{SourceAccount: eve.Address(), Name: "client_domain", Value: []byte("evil.example")})
		}, signin.CodeChallenge},
		"a payment": {func(p *txnbuild.TransactionParams) {
			more(p, &txnbuild.Payment{SourceAccount: d.client.Address(), Destination: eve.Address(), Amount: "1", Asset: txnbuild.NativeAsset{}})
		}, signin.CodeCouldSpend},
		"a payment first": {func(p *txnbuild.TransactionParams) {
			p.Operations[0] = &txnbuild.Payment{SourceAccount: d.client.Address(), Destination: eve.Address(), Amount: "1", Asset: txnbuild.NativeAsset{}}
		}, signin.CodeCouldSpend},
	} {
		p := d.params()
		c.change(&p)
		d.refused(name, d.build(p, d.server), c.want)
	}
	d.refused("by eve", d.build(d.params(), eve), signin.CodeNotServer)
	d.refused("by both", d.build(d.params(), d.server, eve), signin.CodeNotServer)
	d.refused("by me already", d.build(d.params(), d.client), signin.CodeNotServer)
	d.refused("by nobody", d.build(d.params()), signin.CodeNotServer)
	d.refused("too long", strings.Repeat("A", 13<<10), signin.CodeChallenge)
	d.refused("no text", "", signin.CodeChallenge)
	d.refused("no base64", "???", signin.CodeChallenge)

	good := d.build(d.params(), d.server)
	d.service.Network = protocol.NewNetwork(network.PublicNetworkPassphrase)
	d.refused("another network", good, signin.CodeNotServer)
}

func TestAttackEnvelopeOfAnotherKind(t *testing.T) {
	d := newDesk(t)
	parsed, err := txnbuild.TransactionFromXDR(d.build(d.params(), d.server))
	if err != nil {
		t.Fatal(err)
	}
	tx, _ := parsed.Transaction()
	bump, err := txnbuild.NewFeeBumpTransaction(txnbuild.FeeBumpTransactionParams{Inner: tx, FeeAccount: d.server.Address(), BaseFee: 200})
	if err == nil {
		bump, err = bump.Sign(network.TestNetworkPassphrase, d.server)
	}
	if err != nil {
		t.Fatal(err)
	}
	text, err := bump.Base64()
	if err != nil {
		t.Fatal(err)
	}
	d.refused("a fee bump", text, signin.CodeChallenge)

	// A challenge without the web auth domain is as SEP-10 had it before, and is taken.
	p := d.params()
	p.Operations = p.Operations[:1]
	if _, err := d.sign(d.build(p, d.server)); err != nil {
		t.Error(err)
	}
}

// TestAttackGenuineAndMalformed: what the bank's key has signed and its library would not write.
func TestAttackGenuineAndMalformed(t *testing.T) {
	d := newDesk(t)
	sign := func(change func(*xdr.TransactionEnvelope), spoil func([]byte)) string {
		var e xdr.TransactionEnvelope
		if err := xdr.SafeUnmarshalBase64(d.build(d.params(), d.server), &e); err != nil {
			t.Fatal(err)
		}
		change(&e)
		e.V1.Signatures = nil
		bare, err := e.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		spoil(bare)
		network := protocol.NewNetwork(network.TestNetworkPassphrase)
		hash := sha256.Sum256(append(network.ID[:], bare[:len(bare)-4]...))
		s, err := d.server.SignDecorated(hash[:])
		if err != nil {
			t.Fatal(err)
		}
		tail, err := s.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		bare[len(bare)-1] = 1
		return base64.StdEncoding.EncodeToString(append(bare, tail...))
	}
	nothing := func([]byte) {}
	if _, err := d.sign(sign(func(*xdr.TransactionEnvelope) {}, nothing)); err != nil {
		t.Fatal("the good one is refused: ", err)
	}
	d.refused("no operations", sign(func(e *xdr.TransactionEnvelope) { e.V1.Tx.Operations = nil }, nothing), signin.CodeChallenge)
	d.refused("filling", sign(func(*xdr.TransactionEnvelope) {}, func(b []byte) {
		b[bytes.Index(b, []byte(host))+len(host)] = 1
	}), signin.CodeChallenge)
	d.refused("a contract", sign(func(e *xdr.TransactionEnvelope) {
		e.V1.Tx.Ext = xdr.TransactionExt{V: 1, SorobanData: &xdr.SorobanTransactionData{}}
	}, nothing), signin.CodeCouldSpend)
}

// TestAttackEveryByte: a challenge in which one bit is changed, that is cut, or goes on, is never signed.
func TestAttackEveryByte(t *testing.T) {
	d := newDesk(t)
	good, err := base64.StdEncoding.DecodeString(d.build(d.params(), d.server))
	if err != nil {
		t.Fatal(err)
	}
	never := func(envelope []byte) {
		t.Helper()
		if answer, err := d.sign(base64.StdEncoding.EncodeToString(envelope)); answer != "" || protocol.CodeOf(err) == "" {
			t.Fatalf("%x: %q, %v", envelope, answer, err)
		}
	}
	for i := range good {
		for bit := range 8 {
			bad := bytes.Clone(good)
			bad[i] ^= 1 << bit
			never(bad)
		}
		never(good[:i])
	}
	never(append(bytes.Clone(good), 0, 0, 0, 0))
}

func FuzzSign(f *testing.F) {
	d := newDesk(f)
	f.Add([]byte(d.build(d.params(), d.server)), uint64(0))
	d.client = keypair.MustParseFull("SBGWSG6BTNCKCOB3DIFBGCVMUPQFYPA2G4O34RMTB343OYPXU5DJDVMN")
	key := secret(f, d.client)
	f.Fuzz(func(t *testing.T, challenge []byte, late uint64) {
		signed, err := d.service.Sign(base64.StdEncoding.EncodeToString(challenge), key, now()+late)
		if err == nil {
			t.Fatalf("signed %s", signed) // nothing here was signed by the bank for this account
		}
	})
}
