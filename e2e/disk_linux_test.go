package e2e

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// disk is a disk that the test can fill. It is a tmpfs wherever this process may mount one, for itself
// alone: as root, or as a user that may have namespaces. Elsewhere the system refuses this process to
// write files beyond a size. The test never skips.
type disk struct {
	t       *testing.T
	dir     string
	mounted bool
}

const (
	diskEnv  = "KULA_TEST_DISK" // set in the process that has the disk
	diskSize = 8 << 20
)

// onSmallDisk runs the test in a process of its own, which has such a disk.
func onSmallDisk(t *testing.T, test func(*disk)) {
	if os.Getenv(diskEnv) != "" {
		test(mount(t))
		return
	}
	for _, flags := range []uintptr{syscall.CLONE_NEWNS, syscall.CLONE_NEWNS | syscall.CLONE_NEWUSER, 0} {
		cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v") //nolint:gosec // this very binary
		cmd.Env = append(os.Environ(), diskEnv+"=1")
		cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: flags}
		if flags&syscall.CLONE_NEWUSER != 0 {
			me := []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
			cmd.SysProcAttr.UidMappings, cmd.SysProcAttr.GidMappings = me, []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
		}
		output, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) && flags != 0 {
			continue // not allowed
		}
		if err != nil || !strings.Contains(string(output), "--- PASS: "+t.Name()) {
			t.Fatalf("%v\n%s", err, output)
		}
		t.Logf("%s", output)
		return
	}
}

func mount(t *testing.T) *disk {
	d := &disk{t: t, dir: t.TempDir()}
	err := syscall.Mount("tmpfs", d.dir, "tmpfs", 0, "size=8m")
	d.mounted = err == nil
	t.Logf("a tmpfs: %v (%v)", d.mounted, err)
	if d.mounted {
		t.Cleanup(func() { d.check(syscall.Unmount(d.dir, syscall.MNT_DETACH)) })
	}
	return d
}

func (d *disk) check(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// fill leaves so many bytes free.
func (d *disk) fill(left int64) {
	d.t.Helper()
	if !d.mounted {
		signal.Ignore(syscall.SIGXFSZ)
		d.limit(uint64(d.largest() + left))
		return
	}
	var stat syscall.Statfs_t
	d.check(syscall.Statfs(d.dir, &stat))
	d.check(os.WriteFile(d.ballast(), make([]byte, int64(stat.Bavail)*stat.Bsize-left), 0o600))
}

// free makes room again.
func (d *disk) free() {
	d.t.Helper()
	if !d.mounted {
		d.limit(diskSize)
		return
	}
	d.check(os.Remove(d.ballast()))
}

func (d *disk) ballast() string { return filepath.Join(d.dir, "somebody else's pictures") }

func (d *disk) limit(size uint64) {
	d.t.Helper()
	d.check(syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size, Max: diskSize}))
}

func (d *disk) largest() (size int64) {
	d.t.Helper()
	d.check(filepath.WalkDir(d.dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			size = max(size, info.Size())
		}
		return err
	}))
	return size
}
