package localnet_test

import (
	"fmt"
	"testing"

	"github.com/stellar/go-stellar-sdk/keypair"
	"github.com/stellar/go-stellar-sdk/txnbuild"
	"github.com/stellar/go-stellar-sdk/xdr"
)

// scene is a network with an issuer and accounts around it, for operations that fail.
type scene struct {
	*bench
	issuer, alice, bob *keypair.Full
	vatu               txnbuild.CreditAsset
}

// trust makes a trustline.
func (s *scene) trust(who *keypair.Full, limit string) {
	s.Helper()
	s.must(who, &txnbuild.ChangeTrust{Line: s.vatu.MustToChangeTrustAsset(), Limit: limit})
}

func (s *scene) issue(to *keypair.Full, amount string) {
	s.Helper()
	s.must(s.issuer, &txnbuild.Payment{Destination: to.Address(), Amount: amount, Asset: s.vatu})
}

func (s *scene) vatuTo(to keypair.KP, amount string) *txnbuild.Payment {
	return &txnbuild.Payment{Destination: to.Address(), Amount: amount, Asset: s.vatu}
}

// poor makes an account that has its base reserve and fees, and nothing else.
func (s *scene) poor() *keypair.Full {
	s.Helper()
	key := keypair.MustRandom()
	s.must(s.bob, &txnbuild.CreateAccount{Destination: key.Address(), Amount: "1.01"})
	return key
}

// flags sets flags on the issuer.
func (s *scene) flags(list ...txnbuild.AccountFlag) {
	s.Helper()
	s.must(s.issuer, &txnbuild.SetOptions{SetFlags: list})
}

func (s *scene) lineFlags(who *keypair.Full, set, clear []txnbuild.TrustLineFlag) *txnbuild.SetTrustLineFlags {
	return &txnbuild.SetTrustLineFlags{Trustor: who.Address(), Asset: s.vatu, SetFlags: set, ClearFlags: clear}
}

// failing is an operation of alice (or of another) and the code it fails with.
type failing struct {
	name string
	want string
	make func(s *scene) (*keypair.Full, txnbuild.Operation)
}

func byAlice(make func(s *scene) txnbuild.Operation) func(s *scene) (*keypair.Full, txnbuild.Operation) {
	return func(s *scene) (*keypair.Full, txnbuild.Operation) { op := make(s); return s.alice, op }
}

func byIssuer(make func(s *scene) txnbuild.Operation) func(s *scene) (*keypair.Full, txnbuild.Operation) {
	return func(s *scene) (*keypair.Full, txnbuild.Operation) { op := make(s); return s.issuer, op }
}

func byPoor(make func(s *scene) txnbuild.Operation) func(s *scene) (*keypair.Full, txnbuild.Operation) {
	return func(s *scene) (*keypair.Full, txnbuild.Operation) { op := make(s); return s.poor(), op }
}

func checkFailing(t *testing.T, cases []failing) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := start(t)
			s := &scene{bench: b, issuer: b.funded(), alice: b.funded(), bob: b.funded()}
			s.vatu = txnbuild.CreditAsset{Code: "VUV", Issuer: s.issuer.Address()}
			source, op := c.make(s)
			_, err := b.submit(b.build(spec{source: source, ops: ops(op)}))
			if err == nil {
				t.Fatal("it succeeded")
			}
			if got, want := fmt.Sprint(codesOf(t, err)), fmt.Sprintf("[tx_failed %s]", c.want); got != want {
				t.Errorf("codes %v, want %v", got, want)
			}
		})
	}
}

func TestConformancePaymentCodes(t *testing.T) {
	checkFailing(t, []failing{
		{"more than there is", "op_underfunded", byAlice(func(s *scene) txnbuild.Operation { return pay(s.bob, "9999.5") })},
		{"to nobody", "op_no_destination", byAlice(func(*scene) txnbuild.Operation { return pay(keypair.MustRandom(), "1") })},
		{"payer without trustline", "op_src_no_trust", byAlice(func(s *scene) txnbuild.Operation {
			s.trust(s.bob, "10")
			return s.vatuTo(s.bob, "1")
		})},
		{"payee without trustline", "op_no_trust", byAlice(func(s *scene) txnbuild.Operation {
			s.trust(s.alice, "10")
			s.issue(s.alice, "5")
			return s.vatuTo(s.bob, "1")
		})},
		{"payee's limit", "op_line_full", byAlice(func(s *scene) txnbuild.Operation {
			s.trust(s.alice, "10")
			s.issue(s.alice, "10")
			s.trust(s.bob, "1")
			return s.vatuTo(s.bob, "1.0000001")
		})},
		{"payee not authorized", "op_not_authorized", byIssuer(func(s *scene) txnbuild.Operation {
			s.flags(txnbuild.AuthRequired)
			s.trust(s.bob, "10")
			return s.vatuTo(s.bob, "1")
		})},
		{"payer not authorized", "op_src_not_authorized", byAlice(func(s *scene) txnbuild.Operation {
			s.flags(txnbuild.AuthRevocable)
			s.trust(s.alice, "10")
			s.issue(s.alice, "10")
			s.must(s.issuer, s.lineFlags(s.alice, nil, []txnbuild.TrustLineFlag{txnbuild.TrustLineAuthorized}))
			return s.vatuTo(s.issuer, "1")
		})},
		{"strict receive above its maximum", "op_over_source_max", byAlice(func(s *scene) txnbuild.Operation {
			return &txnbuild.PathPaymentStrictReceive{
				SendAsset: txnbuild.NativeAsset{}, SendMax: "1", DestAsset: txnbuild.NativeAsset{}, DestAmount: "2", Destination: s.bob.Address(),
			}
		})},
		{"strict receive without offers", "op_too_few_offers", byAlice(func(s *scene) txnbuild.Operation {
			s.trust(s.bob, "10")
			return &txnbuild.PathPaymentStrictReceive{
				SendAsset: txnbuild.NativeAsset{}, SendMax: "1", DestAsset: s.vatu, DestAmount: "1", Destination: s.bob.Address(),
			}
		})},
		{"strict receive to nobody", "op_no_destination", byAlice(func(s *scene) txnbuild.Operation {
			return &txnbuild.PathPaymentStrictReceive{
				SendAsset: txnbuild.NativeAsset{}, SendMax: "1", DestAsset: txnbuild.NativeAsset{}, DestAmount: "1",
				Destination: keypair.MustRandom().Address(),
			}
		})},
		{"strict send below its minimum", "op_under_dest_min", byAlice(func(s *scene) txnbuild.Operation {
			return &txnbuild.PathPaymentStrictSend{
				SendAsset: txnbuild.NativeAsset{}, SendAmount: "1", DestAsset: txnbuild.NativeAsset{}, DestMin: "2", Destination: s.bob.Address(),
			}
		})},
		{"strict send without offers", "op_too_few_offers", byAlice(func(s *scene) txnbuild.Operation {
			return &txnbuild.PathPaymentStrictSend{
				SendAsset: txnbuild.NativeAsset{}, SendAmount: "1", DestAsset: s.vatu, DestMin: "1", Destination: s.bob.Address(),
			}
		})},
		{"strict send of more than there is", "op_underfunded", byAlice(func(s *scene) txnbuild.Operation {
			return &txnbuild.PathPaymentStrictSend{
				SendAsset: txnbuild.NativeAsset{}, SendAmount: "99999", DestAsset: txnbuild.NativeAsset{}, DestMin: "2", Destination: s.bob.Address(),
			}
		})},
	})
}

func TestConformanceAccountCodes(t *testing.T) {
	checkFailing(t, []failing{
		{"created twice", "op_already_exists", byAlice(func(s *scene) txnbuild.Operation {
			return &txnbuild.CreateAccount{Destination: s.bob.Address(), Amount: "5"}
		})},
		{"created below the reserve", "op_low_reserve", byAlice(func(*scene) txnbuild.Operation {
			return &txnbuild.CreateAccount{Destination: keypair.MustRandom().Address(), Amount: "0.9999999"}
		})},
		{"created with more than there is", "op_underfunded", byAlice(func(*scene) txnbuild.Operation {
			return &txnbuild.CreateAccount{Destination: keypair.MustRandom().Address(), Amount: "99999"}
		})},
		{"created by itself", "op_malformed", byAlice(func(s *scene) txnbuild.Operation {
			return &txnbuild.CreateAccount{Destination: s.alice.Address(), Amount: "5"}
		})},
		{"merged into nobody", "op_no_account", byAlice(func(*scene) txnbuild.Operation {
			return &txnbuild.AccountMerge{Destination: keypair.MustRandom().Address()}
		})},
		{"merged into itself", "op_malformed", byAlice(func(s *scene) txnbuild.Operation {
			return &txnbuild.AccountMerge{Destination: s.alice.Address()}
		})},
		{"merged with a trustline", "op_has_sub_entries", byAlice(func(s *scene) txnbuild.Operation {
			s.trust(s.alice, "10")
			return &txnbuild.AccountMerge{Destination: s.bob.Address()}
		})},
		{"merged while immutable", "op_immutable_set", byIssuer(func(s *scene) txnbuild.Operation {
			s.flags(txnbuild.AuthImmutable)
			return &txnbuild.AccountMerge{Destination: s.bob.Address()}
		})},
		{"merged with its number ahead", "op_seq_num_too_far", byAlice(func(s *scene) txnbuild.Operation {
			s.must(s.alice, &txnbuild.BumpSequence{BumpTo: 1 << 60})
			return &txnbuild.AccountMerge{Destination: s.bob.Address()}
		})},
		{"merged while it pays for others", "op_is_sponsor", byAlice(func(s *scene) txnbuild.Operation {
			s.must(s.alice, &txnbuild.CreateClaimableBalance{
				Amount: "1", Asset: txnbuild.NativeAsset{}, Destinations: []txnbuild.Claimant{txnbuild.NewClaimant(s.bob.Address(), nil)},
			})
			return &txnbuild.AccountMerge{Destination: s.bob.Address()}
		})},
		{"data that is not there", "op_data_name_not_found", byAlice(func(*scene) txnbuild.Operation {
			return &txnbuild.ManageData{Name: "nothing"}
		})},
		{"data with a bad name", "op_data_invalid_name", byAlice(func(*scene) txnbuild.Operation {
			return &txnbuild.ManageData{Name: "a\x01", Value: []byte("x")}
		})},
		{"data below the reserve", "op_low_reserve", byPoor(func(*scene) txnbuild.Operation {
			return &txnbuild.ManageData{Name: "a", Value: []byte("x")}
		})},
	})
}

func TestConformanceOptionsCodes(t *testing.T) {
	flag := func(f ...txnbuild.AccountFlag) []txnbuild.AccountFlag { return f }
	signer := func(address string) *txnbuild.SetOptions {
		return &txnbuild.SetOptions{Signer: &txnbuild.Signer{Address: address, Weight: 1}}
	}
	checkFailing(t, []failing{
		{"flag set and cleared", "op_bad_flags", byAlice(func(*scene) txnbuild.Operation {
			return &txnbuild.SetOptions{SetFlags: flag(txnbuild.AuthRequired), ClearFlags: flag(txnbuild.AuthRequired)}
		})},
		{"unknown flag", "op_unknown_flag", byAlice(func(*scene) txnbuild.Operation {
			return &txnbuild.SetOptions{SetFlags: flag(16)}
		})},
		{"immutable", "op_cant_change", byIssuer(func(s *scene) txnbuild.Operation {
			s.flags(txnbuild.AuthImmutable)
			return &txnbuild.SetOptions{SetFlags: flag(txnbuild.AuthRequired)}
		})},
		{"clawback without revocable", "op_auth_revocable_required", byIssuer(func(*scene) txnbuild.Operation {
			return &txnbuild.SetOptions{SetFlags: flag(txnbuild.AuthClawbackEnabled)}
		})},
		{"inflation to nobody", "op_invalid_inflation", byAlice(func(*scene) txnbuild.Operation {
			nobody := keypair.MustRandom().Address()
			return &txnbuild.SetOptions{InflationDestination: &nobody}
		})},
		{"itself as signer", "op_bad_signer", byAlice(func(s *scene) txnbuild.Operation { return signer(s.alice.Address()) })},
		{"signer below the reserve", "op_low_reserve", byPoor(func(s *scene) txnbuild.Operation { return signer(s.bob.Address()) })},
		{"twenty-first signer", "op_too_many_signers", byAlice(func(s *scene) txnbuild.Operation {
			var all []txnbuild.Operation
			for range 20 {
				all = append(all, signer(keypair.MustRandom().Address()))
			}
			s.must(s.alice, all...)
			return signer(keypair.MustRandom().Address())
		})},
		{"home domain with a control character", "op_invalid_home_domain", byAlice(func(*scene) txnbuild.Operation {
			return &txnbuild.SetOptions{HomeDomain: txnbuild.NewHomeDomain("a\x07")}
		})},
	})
}

func TestConformanceTrustCodes(t *testing.T) {
	line := func(s *scene, limit string) *txnbuild.ChangeTrust {
		return &txnbuild.ChangeTrust{Line: s.vatu.MustToChangeTrustAsset(), Limit: limit}
	}
	authorized := []txnbuild.TrustLineFlag{txnbuild.TrustLineAuthorized}
	maintains := []txnbuild.TrustLineFlag{txnbuild.TrustLineAuthorizedToMaintainLiabilities}
	allowTrust := func(s *scene, who keypair.KP, a bool, m bool) txnbuild.Operation {
		return &txnbuild.AllowTrust{Trustor: who.Address(), Type: s.vatu, Authorize: a, AuthorizeToMaintainLiabilities: m} //nolint:staticcheck // deprecated, and still on the network
	}
	checkFailing(t, []failing{
		{"issuer that does not exist", "op_no_issuer", byAlice(func(*scene) txnbuild.Operation {
			asset := txnbuild.CreditAsset{Code: "VUV", Issuer: keypair.MustRandom().Address()}
			return &txnbuild.ChangeTrust{Line: asset.MustToChangeTrustAsset(), Limit: "1"}
		})},
		{"trust in oneself", "op_malformed", byIssuer(func(s *scene) txnbuild.Operation { return line(s, "1") })},
		{"nothing to remove", "op_invalid_limit", byAlice(func(s *scene) txnbuild.Operation { return line(s, "0") })},
		{"limit below the balance", "op_invalid_limit", byAlice(func(s *scene) txnbuild.Operation {
			s.trust(s.alice, "10")
			s.issue(s.alice, "5")
			return line(s, "4.9999999")
		})},
		{"below the reserve", "op_low_reserve", byPoor(func(s *scene) txnbuild.Operation { return line(s, "1") })},
		{"allow without trustline", "op_no_trust", byIssuer(func(s *scene) txnbuild.Operation { return allowTrust(s, s.alice, true, false) })},
		{"revoke without the flag", "op_cant_revoke", byIssuer(func(s *scene) txnbuild.Operation {
			s.trust(s.alice, "1")
			return allowTrust(s, s.alice, false, false)
		})},
		{"weaken without the flag", "op_cant_revoke", byIssuer(func(s *scene) txnbuild.Operation {
			s.trust(s.alice, "1")
			return allowTrust(s, s.alice, false, true)
		})},
		{"allow oneself", "op_malformed", byIssuer(func(s *scene) txnbuild.Operation { return allowTrust(s, s.issuer, true, false) })},
		{"flags without trustline", "op_no_trust", byIssuer(func(s *scene) txnbuild.Operation { return s.lineFlags(s.alice, authorized, nil) })},
		{"clear without the flag", "op_cant_revoke", byIssuer(func(s *scene) txnbuild.Operation {
			s.trust(s.alice, "1")
			return s.lineFlags(s.alice, nil, authorized)
		})},
		{"both authorizations", "op_invalid_state", byIssuer(func(s *scene) txnbuild.Operation {
			s.trust(s.alice, "1")
			return s.lineFlags(s.alice, maintains, nil)
		})},
		{"flags of another's asset", "op_malformed", byAlice(func(s *scene) txnbuild.Operation {
			s.trust(s.bob, "1")
			return s.lineFlags(s.bob, authorized, nil)
		})},
		{"clawback without the flag", "op_not_clawback_enabled", byIssuer(func(s *scene) txnbuild.Operation {
			s.trust(s.alice, "10")
			s.issue(s.alice, "5")
			return &txnbuild.Clawback{From: s.alice.Address(), Amount: "1", Asset: s.vatu}
		})},
		{"clawback of more than there is", "op_underfunded", byIssuer(func(s *scene) txnbuild.Operation {
			s.flags(txnbuild.AuthRevocable, txnbuild.AuthClawbackEnabled)
			s.trust(s.alice, "10")
			s.issue(s.alice, "5")
			return &txnbuild.Clawback{From: s.alice.Address(), Amount: "6", Asset: s.vatu}
		})},
		{"clawback without trustline", "op_no_trust", byIssuer(func(s *scene) txnbuild.Operation {
			return &txnbuild.Clawback{From: s.alice.Address(), Amount: "6", Asset: s.vatu}
		})},
	})
}

func TestConformanceClaimableCodes(t *testing.T) {
	give := func(asset txnbuild.Asset, amount string, to ...txnbuild.Claimant) *txnbuild.CreateClaimableBalance {
		return &txnbuild.CreateClaimableBalance{Amount: amount, Asset: asset, Destinations: to}
	}
	to := func(who keypair.KP, p *xdr.ClaimPredicate) txnbuild.Claimant {
		return txnbuild.NewClaimant(who.Address(), p)
	}
	claim := func(s *scene, from *keypair.Full, op *txnbuild.CreateClaimableBalance) *txnbuild.ClaimClaimableBalance {
		tx := s.build(spec{source: from, ops: ops(op)})
		id, err := tx.ClaimableBalanceID(0)
		if err != nil {
			s.Fatal(err)
		}
		if _, err := s.submit(tx); err != nil {
			s.Fatal(codesOf(s, err))
		}
		return &txnbuild.ClaimClaimableBalance{BalanceID: id}
	}
	past := txnbuild.BeforeAbsoluteTimePredicate(1)
	never := txnbuild.NotPredicate(txnbuild.UnconditionalPredicate)
	checkFailing(t, []failing{
		{"without trustline", "op_no_trust", byAlice(func(s *scene) txnbuild.Operation { return give(s.vatu, "1", to(s.bob, nil)) })},
		{"more than there is", "op_underfunded", byAlice(func(s *scene) txnbuild.Operation {
			return give(txnbuild.NativeAsset{}, "99999", to(s.bob, nil))
		})},
		{"not authorized", "op_not_authorized", byAlice(func(s *scene) txnbuild.Operation {
			s.flags(txnbuild.AuthRequired)
			s.trust(s.alice, "10")
			return give(s.vatu, "1", to(s.bob, nil))
		})},
		{"claimant named twice", "op_malformed", byAlice(func(s *scene) txnbuild.Operation {
			return give(txnbuild.NativeAsset{}, "1", to(s.bob, nil), to(s.bob, nil))
		})},
		{"below the reserve", "op_low_reserve", byPoor(func(s *scene) txnbuild.Operation {
			return give(txnbuild.NativeAsset{}, "0.001", to(s.bob, nil))
		})},
		{"none there", "op_does_not_exist", byAlice(func(*scene) txnbuild.Operation {
			return &txnbuild.ClaimClaimableBalance{BalanceID: "00000000929b20b72e5890ab51c24f1cc46fa01c4f318d8d33367d24dd614cfdf5491072"}
		})},
		{"somebody else's", "op_cannot_claim", byAlice(func(s *scene) txnbuild.Operation {
			return claim(s, s.bob, give(txnbuild.NativeAsset{}, "1", to(s.issuer, nil)))
		})},
		{"too late", "op_cannot_claim", byAlice(func(s *scene) txnbuild.Operation {
			return claim(s, s.bob, give(txnbuild.NativeAsset{}, "1", to(s.alice, &past)))
		})},
		{"never", "op_cannot_claim", byAlice(func(s *scene) txnbuild.Operation {
			return claim(s, s.bob, give(txnbuild.NativeAsset{}, "1", to(s.alice, &never)))
		})},
		{"claimed without trustline", "op_no_trust", byAlice(func(s *scene) txnbuild.Operation {
			return claim(s, s.issuer, give(s.vatu, "1", to(s.alice, nil)))
		})},
		{"claimed beyond the limit", "op_line_full", byAlice(func(s *scene) txnbuild.Operation {
			s.trust(s.alice, "1")
			return claim(s, s.issuer, give(s.vatu, "2", to(s.alice, nil)))
		})},
		{"claimed without authorization", "op_not_authorized", byAlice(func(s *scene) txnbuild.Operation {
			s.flags(txnbuild.AuthRequired)
			s.trust(s.alice, "10")
			return claim(s, s.issuer, give(s.vatu, "2", to(s.alice, nil)))
		})},
	})
}

// TestClaimableBalanceLife: the id is the one its creator computed; the creator's reserve is held and freed.
func TestClaimableBalanceLife(t *testing.T) {
	b := start(t)
	from, to := b.funded(), b.funded()
	soon := txnbuild.AndPredicate(txnbuild.BeforeRelativeTimePredicate(3600), txnbuild.NotPredicate(txnbuild.BeforeAbsoluteTimePredicate(1)))
	tx := b.build(spec{source: from, ops: ops(&txnbuild.CreateClaimableBalance{
		Amount: "10", Asset: txnbuild.NativeAsset{}, Destinations: []txnbuild.Claimant{txnbuild.NewClaimant(to.Address(), &soon)},
	})})
	if _, err := b.submit(tx); err != nil {
		t.Fatal(codesOf(t, err))
	}
	id, _ := tx.ClaimableBalanceID(0)
	got, err := b.client.ClaimableBalance(id)
	if err != nil {
		t.Fatal(err)
	}
	if got.Amount != "10.0000000" || got.Asset != "native" || got.Sponsor != from.Address() {
		t.Errorf("the balance is %+v", got)
	}
	if p := got.Claimants[0].Predicate; p.Type != xdr.ClaimPredicateTypeClaimPredicateAnd ||
		(*p.AndPredicates)[0].Type != xdr.ClaimPredicateTypeClaimPredicateBeforeAbsoluteTime {
		t.Errorf("a relative time was kept: %+v", p)
	}
	if n := b.account(from).NumSponsoring; n != 1 {
		t.Errorf("the creator pays for %d reserves, want 1", n)
	}
	b.must(to, &txnbuild.ClaimClaimableBalance{BalanceID: id})
	if a := b.account(to); a.Balances[0].Balance != "10009.9999900" {
		t.Errorf("the claimant has %s", a.Balances[0].Balance)
	}
	if n := b.account(from).NumSponsoring; n != 0 {
		t.Errorf("the creator still pays for %d reserves", n)
	}
	if _, err := b.client.ClaimableBalance(id); err == nil {
		t.Error("the balance is still there")
	}
}
