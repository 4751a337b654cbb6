package signin

import (
	"encoding/base64"
	"testing"
	"time"

	"github.com/stellar/go-stellar-sdk/keypair"
	"github.com/stellar/go-stellar-sdk/network"
	"github.com/stellar/go-stellar-sdk/txnbuild"
	"github.com/stellar/go-stellar-sdk/xdr"

	"kula/protocol"
)

// FuzzParse: whatever is taken for a challenge, Stellar's own code reads as the same transaction.
func FuzzParse(f *testing.F) {
	server, client := keypair.MustRandom(), keypair.MustRandom()
	tx, err := txnbuild.BuildChallengeTx(server.Seed(), client.Address(), "a.example", "b.example", network.TestNetworkPassphrase, time.Hour, nil)
	if err != nil {
		f.Fatal(err)
	}
	seed, err := tx.MarshalBinary()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Fuzz(func(t *testing.T, envelope []byte) {
		text := base64.StdEncoding.EncodeToString(envelope)
		c, err := parse(text)
		if err != nil {
			return
		}
		var theirs xdr.TransactionEnvelope
		if err := xdr.SafeUnmarshalBase64(text, &theirs); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		same(t, c, &theirs)
		hash, err := network.HashTransactionInEnvelope(theirs, network.TestNetworkPassphrase)
		if err != nil || hash != [32]byte(c.hash(protocol.NewNetwork(network.TestNetworkPassphrase))) {
			t.Fatalf("%s: another hash (%v)", text, err)
		}
	})
}

func same(t *testing.T, c *challenge, theirs *xdr.TransactionEnvelope) {
	t.Helper()
	if again, err := theirs.MarshalBinary(); err != nil || string(again) != string(c.envelope) {
		t.Fatalf("%x is not the one way of writing it (%v)", c.envelope, err)
	}
	v1 := theirs.V1.Tx
	bounds := v1.TimeBounds()
	if c.source.String() != v1.SourceAccount.ToAccountId().Address() || c.sequence != uint64(v1.SeqNum) || v1.Memo.Type != xdr.MemoTypeMemoNone ||
		c.from != uint64(bounds.MinTime) || c.to != uint64(bounds.MaxTime) || len(c.operations) != len(v1.Operations) || len(c.signatures) != len(theirs.V1.Signatures) {
		t.Fatalf("%+v is read as %+v", v1, c)
	}
	for i, o := range c.operations {
		their := v1.Operations[i]
		data, ok := their.Body.GetManageDataOp()
		if !ok || o.source.String() != their.SourceAccount.ToAccountId().Address() || o.name != string(data.DataName) ||
			(data.DataValue == nil) != (o.value == nil) || data.DataValue != nil && string(*data.DataValue) != string(o.value) {
			t.Fatalf("%+v is read as %+v", their, o)
		}
	}
	for i, s := range c.signatures {
		if their := theirs.V1.Signatures[i]; s.hint != [4]byte(their.Hint) || string(s.bytes) != string(their.Signature) {
			t.Fatalf("%+v is read as %+v", their, s)
		}
	}
}
