// Package anchor is the bank: its use-cases over the books, and the small interfaces it needs of the
// store and of the Stellar network.
package anchor
