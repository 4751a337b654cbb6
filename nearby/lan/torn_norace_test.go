//go:build !race

package lan

// meetAgain: after each cut the two meet again.
const meetAgain = 1
