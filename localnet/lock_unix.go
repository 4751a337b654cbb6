//go:build unix

package localnet

import (
	"os"
	"syscall"
)

// lock keeps a second process from writing to the same log; it ends with the file or the process.
func lock(f *os.File) error {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}
