// Package localnet is a development ledger: one process that stands in for the Stellar network and
// for the Horizon server in front of it, on machines that have no network.
//
// It speaks Horizon's HTTP API with real XDR, so that an unmodified horizonclient, or any other
// Stellar wallet, can fund accounts, set trustlines, pay, and follow payments. It checks what is
// submitted as the network does and answers with the network's own result codes.
//
//	submit ─▶ check against the last ledger ─▶ queue ─┐
//	                                                  ▼  CloseLedger
//	          answers, streams ◀─ history ◀─ apply ◀─ log (fsync)
//
// A ledger close writes what it is about to apply (close time, base fee, envelopes) to an
// append-only log, and only then applies it. Applying is deterministic, so the log is the whole
// state: a restart replays it, and a torn last record is a ledger that nobody was told about.
//
// It is not a network: there is one node, no consensus, no order book, no sponsorship and no smart
// contracts. docs/localnet.md lists what is missing. Faults of a real network (an answer that is
// lost, a history that lags, a fee surge) are produced on command, see Faults.
package localnet
