package localnet

import (
	"fmt"
	"math"
	"net/http"
	"slices"

	"github.com/stellar/go-stellar-sdk/protocols/horizon"
	"github.com/stellar/go-stellar-sdk/support/render/hal"
	"github.com/stellar/go-stellar-sdk/support/render/problem"
	"github.com/stellar/go-stellar-sdk/txnbuild"
	"github.com/stellar/go-stellar-sdk/xdr"
)

func getRoot(r *request) (any, error) {
	r.n.mu.RLock()
	defer r.n.mu.RUnlock()
	seen := r.n.state.history.ledger(r.n.visible())
	res := horizon.Root{
		HorizonVersion: "localnet", StellarCoreVersion: "localnet", NetworkPassphrase: r.n.cfg.Passphrase,
		IngestSequence: seen.seq(), HorizonSequence: int32(seen.seq()), HorizonLatestClosedAt: seen.closedAt(),
		HistoryElderSequence: genesisLedger, CoreSequence: int32(r.n.state.sequence()),
		CurrentProtocolVersion: protocolVersion, SupportedProtocolVersion: protocolVersion, CoreSupportedProtocolVersion: protocolVersion,
	}
	r.rootLinks(&res)
	return res, nil
}

// rootLinks names what is served; links that a client insists on but that lead nowhere here are left empty.
func (r *request) rootLinks(res *horizon.Root) {
	link := func(to string) *hal.Link {
		l := r.link.Link(to)
		l.PopulateTemplated()
		return &l
	}
	res.Links.Self = *link("/")
	res.Links.Account = *link("/accounts/{account_id}")
	res.Links.Accounts = link("/accounts{?signer,asset,cursor,limit,order}")
	res.Links.AccountTransactions = *link("/accounts/{account_id}/transactions{?cursor,limit,order}")
	res.Links.ClaimableBalances = link("/claimable_balances{?asset,sponsor,claimant,cursor,limit,order}")
	res.Links.FeeStats = *link("/fee_stats")
	res.Links.Friendbot = link("/friendbot{?addr}")
	res.Links.Ledger = *link("/ledgers/{sequence}")
	res.Links.Ledgers = *link("/ledgers{?cursor,limit,order}")
	res.Links.Operation = *link("/operations/{id}")
	res.Links.Operations = *link("/operations{?cursor,limit,order,include_failed}")
	res.Links.Payments = *link("/payments{?cursor,limit,order,include_failed}")
	res.Links.Transaction = *link("/transactions/{hash}")
	res.Links.Transactions = *link("/transactions{?cursor,limit,order}")
}

const feeWindow = 5 // ledgers that fee statistics look back on

func getFeeStats(r *request) (any, error) {
	r.n.mu.RLock()
	defer r.n.mu.RUnlock()
	ledgers := r.n.state.history.ledgers[:r.n.visible()]
	last := ledgers[len(ledgers)-1]
	var charged, offered []int64
	for _, l := range ledgers[max(0, len(ledgers)-feeWindow):] {
		for _, tx := range l.txs {
			charged = append(charged, int64(tx.fee/tx.tx.weight()))
			offered = append(offered, int64(tx.tx.fee()/tx.tx.weight()))
		}
	}
	now := r.n.faults.baseFee()
	return horizon.FeeStats{
		LastLedger: last.seq(), LastLedgerBaseFee: minBaseFee,
		LedgerCapacityUsage: math.Round(float64(last.operationCount())/maxTxSetSize*100) / 100,
		FeeCharged:          distribution(charged, now), MaxFee: distribution(offered, now),
	}, nil
}

// distribution describes fees by their percentiles. Nothing counts below the present base fee, so
// that a surge shows before anybody has paid it.
func distribution(fees []int64, least int64) horizon.FeeDistribution {
	if len(fees) == 0 {
		fees = []int64{least}
	}
	for i := range fees {
		fees[i] = max(fees[i], least)
	}
	slices.Sort(fees)
	at := func(percent int) int64 { return fees[(len(fees)*percent+99)/100-1] }
	return horizon.FeeDistribution{
		Min: fees[0], Max: fees[len(fees)-1], Mode: mode(fees),
		P10: at(10), P20: at(20), P30: at(30), P40: at(40), P50: at(50), P60: at(60),
		P70: at(70), P80: at(80), P90: at(90), P95: at(95), P99: at(99),
	}
}

// mode is the most frequent of sorted numbers, the smallest of several.
func mode(sorted []int64) (most int64) {
	best, run := 0, 0
	for i, f := range sorted {
		if i == 0 || f != sorted[i-1] {
			run = 0
		}
		if run++; run > best {
			best, most = run, f
		}
	}
	return most
}

const friendbotGift = "10000" // lumens

// getFriendbot creates an account with a gift from the root account.
func getFriendbot(r *request) (any, error) {
	address := r.FormValue("addr")
	id, err := xdr.AddressToAccountId(address)
	if err != nil {
		return nil, badRequest("addr", "addr must be an account id: G and 55 more letters and digits")
	}
	p, err := r.n.gift(id)
	if err != nil {
		return nil, err
	}
	rec := r.n.await(r.Context(), p)
	if rec == nil {
		return nil, submissionTimeout("", p.tx)
	}
	return r.answer(encode(p.tx.envelope), rec)
}

// gift queues the creation of an account. Several gifts may wait for one ledger: their sequence
// numbers follow each other, so they are not checked one by one as other submissions are.
func (n *Network) gift(to xdr.AccountId) (*pending, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.state.world.get(accountKey(to)) != nil {
		return nil, &problem.P{
			Type: "bad_request", Title: "Bad Request", Status: http.StatusBadRequest,
			Detail: "account already funded to starting balance",
		}
	}
	t, err := n.giftTransaction(to)
	if err != nil {
		return nil, fmt.Errorf("localnet: friendbot: %w", err)
	}
	p := n.push(t)
	if n.cfg.CloseEvery > 0 {
		return p, nil
	}
	return p, n.closeLedger()
}

func (n *Network) giftTransaction(to xdr.AccountId) (*transaction, error) {
	root := xdr.MustAddress(n.root.Address())
	next := int64(accountIn(n.state.world, root).SeqNum)
	for _, p := range n.queue {
		if from := p.tx.source(); from.Equals(root) {
			next++
		}
	}
	built, err := txnbuild.NewTransaction(txnbuild.TransactionParams{
		SourceAccount:        &txnbuild.SimpleAccount{AccountID: n.root.Address(), Sequence: next},
		IncrementSequenceNum: true,
		BaseFee:              n.faults.baseFee(),
		Preconditions:        txnbuild.Preconditions{TimeBounds: txnbuild.NewInfiniteTimeout()},
		Operations:           []txnbuild.Operation{&txnbuild.CreateAccount{Destination: to.Address(), Amount: friendbotGift}},
	})
	if err != nil {
		return nil, err
	}
	if built, err = built.Sign(n.cfg.Passphrase, n.root); err != nil {
		return nil, err
	}
	text, err := built.Base64()
	if err != nil {
		return nil, err
	}
	return decodeTransaction(text, n.cfg.Passphrase)
}
