//go:build !linux

package chrome

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"time"
)

// On systems without /proc the sandbox cannot be proven from outside and a dead run's profiles cannot be told by their
// owner's start time; tagscan says so instead of guessing.

// User is the user that Chrome runs as.
func User() int { return os.Getuid() }

func unprivileged(*exec.Cmd) {}

func contain(*exec.Cmd) {}

const netLogPipe = "netlog"

func makeNetLog(string) (*os.File, error) {
	return nil, fmt.Errorf("the network log can be read on Linux only")
}

func reachable(dir string) error {
	_, err := os.Stat(dir)
	return err
}

func giveAway(string) error { return nil }

func ours(fs.FileInfo) bool { return false }

func ownerName(pid int) (string, error) { return "0-" + strconv.Itoa(pid) + "-0", nil }

func processes(int, string) []int { return nil }

func killGroup(group int) {
	if p, err := os.FindProcess(group); err == nil {
		_ = p.Kill()
	}
}

func killUsers(string) {}

func pss(int, string) int64 { return 0 }

func provenSandbox(int, string) (string, error) {
	return "", fmt.Errorf("the sandbox can be proven on Linux only")
}

func cpu(int, string) time.Duration { return 0 }

func mainThreads(int) map[int]turns { return nil }
