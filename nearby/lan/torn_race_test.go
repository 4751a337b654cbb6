//go:build race

package lan

// meetAgain: under the race detector, which makes a signature ten times as dear, the two meet again
// after every eighth cut only. Every byte is still cut, and what both sides are told is compared.
const meetAgain = 8
