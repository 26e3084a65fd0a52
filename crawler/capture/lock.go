package capture

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// ErrLocked says that somebody else is writing to a run directory.
var ErrLocked = errors.New("another tagscan is writing to it: wait for that, or choose another directory")

// Lock makes the run directory, if it is not there, and keeps others out of it who ask for it too, until the returned function is
// called or the process ends. Whoever makes a run holds it from before Create until its reports are sealed; whoever adds a report,
// meanwhile. Reading needs no lock: a run that is being made says so itself. Where the file system has no locks there is none.
func Lock(dir string) (unlock func(), err error) {
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return nil, fmt.Errorf("run directory: %w", err)
	}
	f, err := os.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("run directory: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK):
		_ = f.Close()
		return nil, fmt.Errorf("%s: %w", dir, ErrLocked)
	case err != nil && !errors.Is(err, syscall.ENOLCK) && !errors.Is(err, syscall.ENOSYS) && !errors.Is(err, syscall.EOPNOTSUPP):
		_ = f.Close()
		return nil, fmt.Errorf("run directory: lock: %w", err)
	}
	return func() { _ = f.Close() }, nil // which gives the lock back
}
