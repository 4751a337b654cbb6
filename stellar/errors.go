package stellar

import "errors"

// What the callers of this package branch on.
var (
	// ErrAddress says that a text is not an account's address.
	ErrAddress = errors.New("stellar: not the address of an account: it begins with G or M")
	// ErrTooMany says that a batch does not fit one transaction.
	ErrTooMany = errors.New("stellar: a transaction carries 1 to 100 transfers")
	// ErrBusy says that every channel account has an envelope under way.
	ErrBusy = errors.New("stellar: every channel account has an envelope under way: settle one of them first, or set up more channels")
	// ErrTransfer says that a transfer cannot be built.
	ErrTransfer = errors.New("stellar: the transfer cannot be built")
	// ErrMemo says that a text does not fit a transaction's memo.
	ErrMemo = errors.New("stellar: a memo has at most 28 bytes")
	// ErrEnvelope says that an envelope is not the one it says it is.
	ErrEnvelope = errors.New("stellar: the envelope is damaged")
	// ErrHistory says that a transaction's sequence number is used, but not by what.
	ErrHistory = errors.New("stellar: Horizon does not say what became of the transaction: its history is late, or does not reach back so far")
	// ErrRejected says that the network refused a transaction for good.
	ErrRejected = errors.New("stellar: the network rejected the transaction")
	// ErrNoAccount says that an account is not on the ledger.
	ErrNoAccount = errors.New("stellar: the account is not on the ledger yet: somebody must send it a few XLM first")
	// ErrConfig says that the rail was set up wrongly.
	ErrConfig = errors.New("stellar: configuration")
)
