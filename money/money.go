// Package money holds amounts, assets and the arithmetic that may be done with them.
//
// An Amount counts stroops: 10⁻⁷ of the asset's unit, as on the Stellar network. It is never a
// float, and no sum is taken without looking for overflow: Add, Sub and Sum report it, and there is
// no other way to combine amounts in Kula.
package money

import (
	"errors"
	"strconv"
	"strings"
)

// Stroops in one whole unit of any asset (Stellar: seven decimals).
const Unit = Amount(10_000_000)

// Decimals is the number of decimals an Amount carries.
const Decimals = 7

var (
	// ErrOverflow says that a sum does not fit an int64.
	ErrOverflow = errors.New("money: the sum is too large to count")
	// ErrSyntax says that a text is not an amount.
	ErrSyntax = errors.New("money: not an amount: write digits, at most seven of them after the point, for example 12.50")
)

// Amount is a number of stroops.
type Amount int64

// Add returns a + b.
func (a Amount) Add(b Amount) (Amount, error) {
	s := a + b
	if (b > 0 && s < a) || (b < 0 && s > a) {
		return 0, ErrOverflow
	}
	return s, nil
}

// Sub returns a − b.
func (a Amount) Sub(b Amount) (Amount, error) {
	d := a - b
	if (b > 0 && d > a) || (b < 0 && d < a) {
		return 0, ErrOverflow
	}
	return d, nil
}

// Sum adds all amounts.
func Sum(all ...Amount) (Amount, error) {
	var total Amount
	for _, a := range all {
		var err error
		if total, err = total.Add(a); err != nil {
			return 0, err
		}
	}
	return total, nil
}

// MultipleOf reports whether a is a whole number of steps; a step of zero or one stroop allows every amount.
func (a Amount) MultipleOf(step Amount) bool {
	return step <= 1 || a%step == 0
}

// String writes the amount in units with the point, without needless zeros: "12.5".
func (a Amount) String() string { return a.Format(0) }

// Format writes the amount in units with at least the given number of decimals.
func (a Amount) Format(decimals int) string {
	u := uint64(a)
	sign := ""
	if a < 0 {
		u, sign = -u, "-"
	}
	frac := strconv.FormatUint(u%uint64(Unit), 10)
	frac = strings.Repeat("0", Decimals-len(frac)) + frac
	keep := max(len(strings.TrimRight(frac, "0")), min(decimals, Decimals))
	whole := sign + strconv.FormatUint(u/uint64(Unit), 10)
	if keep == 0 {
		return whole
	}
	return whole + "." + frac[:keep]
}

// ParseAmount reads what Format writes; no sign other than a leading minus, no exponent, no spaces.
func ParseAmount(s string) (Amount, error) {
	digits, negative := strings.CutPrefix(s, "-")
	whole, frac, point := strings.Cut(digits, ".")
	if whole == "" || len(frac) > Decimals || (point && frac == "") || !onlyDigits(whole) || !onlyDigits(frac) {
		return 0, ErrSyntax
	}
	u, err := strconv.ParseInt(whole+frac+strings.Repeat("0", Decimals-len(frac)), 10, 64)
	if err != nil {
		return 0, ErrOverflow
	}
	if negative {
		u = -u
	}
	return Amount(u), nil
}

func onlyDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// MarshalText writes the amount as String does.
func (a Amount) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (a *Amount) UnmarshalText(text []byte) error {
	v, err := ParseAmount(string(text))
	if err == nil {
		*a = v
	}
	return err
}
