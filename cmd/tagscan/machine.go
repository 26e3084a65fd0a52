package main

import (
	"errors"
	"syscall"
)

// machineHints are what to do about what a machine ran out of, by the error that its system has for it.
var machineHints = []struct {
	err  error
	hint string
}{
	{syscall.ENOSPC, "the disk is full: free some space, or choose another disk with -o and TMPDIR"},
	{syscall.EDQUOT, "the disk quota is used up: free some space, or choose another disk with -o and TMPDIR"},
	{syscall.EROFS, "the disk is read-only: choose another one with -o and TMPDIR"},
	{syscall.EMFILE, "too many files are open: raise the limit with `ulimit -n 1024`, or scan with fewer --workers"},
	{syscall.ENFILE, "too many files are open on this machine: close some programs"},
	{syscall.EIO, "the disk failed: choose another one with -o and TMPDIR"},
	{syscall.ENOMEM, "there is no memory left: close some programs, or scan with fewer --workers"},
}

// machineHint says what to do about an error of the machine's, "" if it is none.
func machineHint(err error) string {
	for _, h := range machineHints {
		if errors.Is(err, h.err) {
			return h.hint
		}
	}
	return ""
}
