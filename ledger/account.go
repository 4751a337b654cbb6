package ledger

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"strings"

	"kula/money"
)

// Class says what an account is for.
type Class uint8

// The classes of accounts, in the order in which books list them.
const (
	_              Class = iota
	ClassReserve         // funds held in trust, on the deposit account on Stellar
	ClassPurse           // what is owed to one purse
	ClassPayout          // what is on its way to Stellar
	ClassSuspense        // received by one Stellar operation, owner unknown: nothing is guessed
	ClassFees            // earned, not yet taken out of the reserve
	ClassGuarantee       // the fund that covers what failing purses owe
	ClassCredit          // what was lent to one purse
	ClassClaim           // noted: what the guarantee paid for one purse and did not get back
	ClassClaims          // noted: the claims on all purses together
	ClassClearing        // what is open with one correspondent, either way
	ClassTreasury        // the anchor's own funds, as movements from nought
	ClassDrawer          // cash in the hands of one officer
)

var classNames = [...]string{"", "reserve", "purse", "payout", "suspense", "fees", "guarantee", "credit", "claim", "claims", "clearing", "treasury", "drawer"}

// maxReference is the longest reference in an account's name or a transaction.
const maxReference = 128

// Account names one account of the books. The zero Account is none. Accounts compare with ==.
type Account struct {
	class Class
	ref   string // of purses, credit lines and claims the purse's id in hex; empty where there is one account in all
}

// The accounts of which there is one in all.
var (
	Reserve   = Account{class: ClassReserve}
	Treasury  = Account{class: ClassTreasury}
	Fees      = Account{class: ClassFees}
	Guarantee = Account{class: ClassGuarantee}
	Claims    = Account{class: ClassClaims}
)

// Purse is what the anchor owes to the purse with this id.
func Purse(id [32]byte) Account { return Account{ClassPurse, hex.EncodeToString(id[:])} }

// Credit is what the anchor lent to the purse with this id.
func Credit(id [32]byte) Account { return Account{ClassCredit, hex.EncodeToString(id[:])} }

// Claim notes what the guarantee paid for the purse with this id and did not get back.
func Claim(id [32]byte) Account { return Account{ClassClaim, hex.EncodeToString(id[:])} }

// Payout is money on its way to Stellar, under the anchor's name for that payout.
func Payout(ref string) Account { return Account{ClassPayout, ref} }

// Suspense is money that came by a Stellar operation and whose owner is not known. Each operation has
// an account of its own, so that no money can be assigned or returned twice.
func Suspense(operation string) Account { return Account{ClassSuspense, operation} }

// Clearing is what is open with a correspondent.
func Clearing(anchor string) Account { return Account{ClassClearing, anchor} }

// Drawer is the cash that an officer holds.
func Drawer(officer string) Account { return Account{ClassDrawer, officer} }

// Class says what the account is for.
func (a Account) Class() Class { return a.class }

// PurseID is the id of the purse that a purse's, credit line's or claim's account belongs to.
func (a Account) PurseID() (id [32]byte, ok bool) {
	if !a.class.perPurse() || a.Check() != nil {
		return id, false
	}
	_, err := hex.Decode(id[:], []byte(a.ref))
	return id, err == nil
}

// Check reports ErrAccount unless the account is well formed.
func (a Account) Check() error {
	good := false
	switch {
	case a.class == 0 || int(a.class) >= len(classNames):
	case a.class.perPurse():
		good = len(a.ref) == 64 && strings.Trim(a.ref, "0123456789abcdef") == ""
	case a.class.single():
		good = a.ref == ""
	default:
		good = plain(a.ref) && !strings.Contains(a.ref, ":")
	}
	if !good {
		return fmt.Errorf("%w: %q", ErrAccount, a.String())
	}
	return nil
}

// CheckBalance reports ErrOverdrawn when the account cannot have this balance: the anchor holds no
// less than nothing, and nobody to whom it owes money can owe it money by the same account. A loan
// has an account of its own.
func (a Account) CheckBalance(balance money.Amount) error {
	wrong := false
	switch a.class {
	case ClassReserve, ClassCredit, ClassClaim:
		wrong = balance < 0
	case ClassPurse, ClassPayout, ClassSuspense, ClassFees, ClassGuarantee, ClassClaims:
		wrong = balance > 0
	}
	if wrong {
		return fmt.Errorf("%w: %s would stand at %s", ErrOverdrawn, a, balance)
	}
	return nil
}

// Own reports whether the account is in the anchor's own half of the books, and not held in trust.
func (a Account) Own() bool { return a.class == ClassTreasury || a.class == ClassDrawer }

// Noted reports whether the account is a note beside the books: it holds no money.
func (a Account) Noted() bool { return a.class == ClassClaim || a.class == ClassClaims }

// Compare orders accounts by class and name.
func (a Account) Compare(b Account) int {
	return cmp.Or(cmp.Compare(a.class, b.class), cmp.Compare(a.ref, b.ref))
}

// String writes the account as "reserve" or "purse:0123…".
func (a Account) String() string {
	if a.ref == "" {
		return a.class.String()
	}
	return a.class.String() + ":" + a.ref
}

// ParseAccount reads what String writes, and nothing else.
func ParseAccount(text string) (Account, error) {
	name, ref, _ := strings.Cut(text, ":")
	for class := ClassReserve; int(class) < len(classNames); class++ {
		if a := (Account{class, ref}); classNames[class] == name && a.String() == text {
			return a, a.Check()
		}
	}
	return Account{}, fmt.Errorf("%w: %q", ErrAccount, text)
}

// MarshalText writes the account as String does.
func (a Account) MarshalText() ([]byte, error) { return []byte(a.String()), a.Check() }

// UnmarshalText reads what MarshalText writes.
func (a *Account) UnmarshalText(text []byte) error {
	v, err := ParseAccount(string(text))
	if err == nil {
		*a = v
	}
	return err
}

// String is the class's name, with which its accounts begin.
func (c Class) String() string {
	if int(c) >= len(classNames) {
		return ""
	}
	return classNames[c]
}

func (c Class) perPurse() bool { return c == ClassPurse || c == ClassCredit || c == ClassClaim }

func (c Class) single() bool {
	switch c {
	case ClassReserve, ClassTreasury, ClassFees, ClassGuarantee, ClassClaims:
		return true
	}
	return false
}

// plain reports whether a reference is 1 to maxReference printable ASCII signs without a space.
func plain(ref string) bool {
	for i := range len(ref) {
		if ref[i] <= ' ' || ref[i] > '~' {
			return false
		}
	}
	return len(ref) > 0 && len(ref) <= maxReference
}
