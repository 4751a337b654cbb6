package localnet

import (
	"sort"
	"strings"

	"github.com/stellar/go-stellar-sdk/xdr"
)

// key names a ledger entry in memory: one letter for its kind, the owner's 32 bytes where it has an
// owner, and what tells it from the owner's other entries.
type key string

const (
	kindAccount   = "a"
	kindTrustline = "t"
	kindData      = "d"
	kindClaimable = "c"
)

func raw(id xdr.AccountId) string { return string(id.Ed25519[:]) }

func accountKey(id xdr.AccountId) key            { return key(kindAccount + raw(id)) }
func dataKey(id xdr.AccountId, name string) key  { return key(kindData + raw(id) + name) }
func claimableKey(id xdr.ClaimableBalanceId) key { return key(kindClaimable + string(id.V0[:])) }

func trustlineKey(id xdr.AccountId, asset xdr.Asset) key {
	return key(kindTrustline + raw(id) + asset.StringCanonical())
}

// entries is what reads and writes ledger entries. Entries that were stored are never changed in
// place: whoever changes one stores a copy, so layers can share them.
type entries interface {
	get(key) *xdr.LedgerEntry
	set(key, *xdr.LedgerEntry) // nil deletes
}

// world is the state of the last closed ledger, with an index from owner to entries.
type world struct {
	all   map[key]*xdr.LedgerEntry
	owned map[string]map[key]bool
}

func newWorld() *world {
	return &world{all: map[key]*xdr.LedgerEntry{}, owned: map[string]map[key]bool{}}
}

func (w *world) get(k key) *xdr.LedgerEntry { return w.all[k] }

func (w *world) set(k key, e *xdr.LedgerEntry) {
	owner := ownerOf(k)
	if e == nil {
		delete(w.all, k)
		delete(w.owned[owner], k)
		return
	}
	w.all[k] = e
	if w.owned[owner] == nil {
		w.owned[owner] = map[key]bool{}
	}
	w.owned[owner][k] = true
}

// ownerOf is the owning account's raw key; claimable balances belong to nobody yet and share "".
func ownerOf(k key) string {
	if strings.HasPrefix(string(k), kindClaimable) {
		return ""
	}
	return string(k[1:33])
}

// ownedBy lists an account's entries of one kind in a stable order; owner "" lists claimable balances.
func (w *world) ownedBy(owner, kind string) []*xdr.LedgerEntry {
	var keys []string
	for k := range w.owned[owner] {
		if strings.HasPrefix(string(k), kind) {
			keys = append(keys, string(k))
		}
	}
	sort.Strings(keys)
	list := make([]*xdr.LedgerEntry, 0, len(keys))
	for _, k := range keys {
		list = append(list, w.all[key(k)])
	}
	return list
}

// layer holds changes on top of other entries until they are committed or forgotten: one for each
// transaction, and one for each operation in it.
type layer struct {
	below   entries
	changed map[key]*xdr.LedgerEntry
	seq     xdr.Uint32 // the ledger that is being closed
	time    xdr.TimePoint
}

func newLayer(below entries, seq xdr.Uint32, time xdr.TimePoint) *layer {
	return &layer{below: below, changed: map[key]*xdr.LedgerEntry{}, seq: seq, time: time}
}

func (l *layer) nested() *layer { return newLayer(l, l.seq, l.time) }

func (l *layer) get(k key) *xdr.LedgerEntry {
	if e, ok := l.changed[k]; ok {
		return e
	}
	return l.below.get(k)
}

func (l *layer) set(k key, e *xdr.LedgerEntry) { l.changed[k] = e }

func (l *layer) commit() {
	for k, e := range l.changed {
		l.below.set(k, e)
	}
}

// store puts data as an entry that this ledger changed last.
func (l *layer) store(k key, data xdr.LedgerEntryData, sponsor xdr.SponsorshipDescriptor) {
	e := &xdr.LedgerEntry{LastModifiedLedgerSeq: l.seq, Data: data}
	if sponsor != nil {
		e.Ext = xdr.LedgerEntryExt{V: 1, V1: &xdr.LedgerEntryExtensionV1{SponsoringId: sponsor}}
	}
	l.set(k, e)
}

// changes tells what this layer does to what is below it, as transaction meta does: the state
// before, then the state after. Keys are walked in order, so that meta is deterministic.
func (l *layer) changes() xdr.LedgerEntryChanges {
	keys := make([]string, 0, len(l.changed))
	for k := range l.changed {
		keys = append(keys, string(k))
	}
	sort.Strings(keys)
	var list xdr.LedgerEntryChanges
	for _, k := range keys {
		list = append(list, change(l.below.get(key(k)), l.changed[key(k)])...)
	}
	return list
}

func change(before, after *xdr.LedgerEntry) xdr.LedgerEntryChanges {
	switch {
	case before == nil && after == nil:
		return nil
	case before == nil:
		return xdr.LedgerEntryChanges{{Type: xdr.LedgerEntryChangeTypeLedgerEntryCreated, Created: after}}
	}
	list := xdr.LedgerEntryChanges{{Type: xdr.LedgerEntryChangeTypeLedgerEntryState, State: before}}
	if after != nil {
		return append(list, xdr.LedgerEntryChange{Type: xdr.LedgerEntryChangeTypeLedgerEntryUpdated, Updated: after})
	}
	gone, err := before.LedgerKey()
	if err != nil {
		panic(err) // an entry of our own making always has a key
	}
	return append(list, xdr.LedgerEntryChange{Type: xdr.LedgerEntryChangeTypeLedgerEntryRemoved, Removed: &gone})
}
