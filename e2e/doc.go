// Package e2e holds tests only: what may go wrong between real wallets, a real bank and a ledger that
// speaks as Stellar does. docs/faults.md lists every such fault and the test that shows it to be harmless.
package e2e
