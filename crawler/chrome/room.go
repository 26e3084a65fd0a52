package chrome

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

const (
	// maxSocketPath is how long the path of a socket may be: sockaddr_un has room for 108 bytes, one of them for the end (unix(7)).
	maxSocketPath = 107
	// socketName is the longest name of the socket that Chrome makes in its temporary directory, which is the profile, to be there once
	// (https://source.chromium.org/chromium/chromium/src/+/main:chrome/browser/process_singleton_posix.cc).
	socketName = "/org.chromium.Chromium.XXXXXX/SingletonSocket"
	// randomName is the longest that os.MkdirTemp appends.
	randomName = "-4294967295"
)

// fits says why a profile directory in dir would be too deep for Chrome, nil if it is not.
func fits(dir string) error {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	me, err := ownerName(os.Getpid())
	if err != nil {
		return err
	}
	room := maxSocketPath - len("/"+profilePrefix+me+randomName+socketName)
	if len(abs) > room {
		return fmt.Errorf("the path %s is too long for Chrome, whose sockets lie in it: it may have %d characters; choose another with TMPDIR", abs, room)
	}
	return nil
}

// TempDir is the directory in which profiles are made: that of the system, or /tmp and /var/tmp, whichever can be used first. The
// error says why the first cannot.
func TempDir() (dir string, why error) {
	for _, dir := range []string{os.TempDir(), "/tmp", "/var/tmp"} {
		err := reachable(dir)
		if err == nil {
			err = fits(dir)
		}
		if err == nil {
			return dir, why
		}
		if why == nil {
			why = err
		}
	}
	return "", why
}

// MinFiles is how many files a browser with a page must be able to have open; with less it ends while it starts, or later without a word.
const MinFiles = 256

// enoughFiles raises the limit of open files as far as that is allowed, and fails if that is not enough for a browser.
func enoughFiles() error {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		return nil // it cannot be known
	}
	if l.Max < MinFiles {
		return fmt.Errorf("a process may have %d files open, and a browser needs %d: %w", l.Max, MinFiles, syscall.EMFILE)
	}
	// What Go raised for itself it gives back to the processes that it starts, unless the limit was set since.
	_ = syscall.Setrlimit(syscall.RLIMIT_NOFILE, &l)
	return nil
}
