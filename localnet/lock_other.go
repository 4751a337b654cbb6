//go:build !unix

package localnet

import "os"

// lock does nothing where there is no flock: there, starting two networks on one log is the user's error.
func lock(*os.File) error { return nil }
