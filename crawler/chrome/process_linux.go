package chrome

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// nobody is the user and group that Chrome runs as when tagscan runs as root: Chrome's sandbox does not work for root,
// and a page that breaks out of it must not find itself root.
const nobody = 65534

// User is the user that Chrome runs as.
func User() int {
	if uid := os.Getuid(); uid != 0 {
		return uid
	}
	return nobody
}

// unprivileged makes cmd run as nobody if tagscan is root.
func unprivileged(cmd *exec.Cmd) {
	if os.Getuid() != 0 {
		return
	}
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
}

// contain puts cmd into a process group of its own that dies with tagscan, as an unprivileged user.
func contain(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	unprivileged(cmd)
}

// reachable reports whether the user that Chrome runs as can get to files in dir.
func reachable(dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if os.Getuid() != 0 {
		_, err := os.Stat(dir)
		return err
	}
	for d := dir; ; d = filepath.Dir(d) {
		st, err := os.Stat(d)
		if err != nil {
			return err
		}
		if st.Mode()&0o001 == 0 {
			return fmt.Errorf("%s may not be entered by the unprivileged user that Chrome runs as: choose another with TMPDIR", d)
		}
		if d == "/" {
			return nil
		}
	}
}

// netLogPipe is the name of the pipe in the profile that Chrome writes its network log to.
const netLogPipe = "netlog"

// makeNetLog makes the pipe and opens it for reading. It is opened for writing too, so that it never ends by itself.
func makeNetLog(profile string) (*os.File, error) {
	path := filepath.Join(profile, netLogPipe)
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		return nil, fmt.Errorf("making a pipe for the network log: %w", err)
	}
	if err := giveAway(path); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("opening the pipe for the network log: %w", err)
	}
	return f, nil
}

// giveAway gives a file to the user that Chrome runs as.
func giveAway(path string) error {
	if os.Getuid() != 0 {
		return nil
	}
	return os.Lchown(path, nobody, nobody)
}

// ours reports whether a file belongs to us, or to the user that our Chrome runs as.
func ours(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && (int(st.Uid) == os.Getuid() || os.Getuid() == 0 && st.Uid == nobody)
}

// ownerName names a live process so that no other one ever has the same name: boot id, pid, start time.
func ownerName(pid int) (string, error) {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return "", err
	}
	st, err := readStat(pid)
	if err != nil {
		return "", err
	}
	if st.state == "Z" || st.state == "X" {
		return "", os.ErrProcessDone
	}
	return fmt.Sprintf("%.8s-%d-%s", boot, pid, st.start), nil
}

// stat is what /proc/PID/stat says of a process.
type stat struct {
	state  string // "R", "S", … "Z" is dead and not waited for
	parent int
	group  int
	start  string // clock ticks since boot
}

// readStat reads /proc/PID/stat; see proc_pid_stat(5). The command name may hold spaces and brackets.
func readStat(pid int) (stat, error) {
	b, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return stat{}, err
	}
	i := bytes.LastIndexByte(b, ')')
	f := strings.Fields(string(b[i+1:]))
	if i < 0 || len(f) < 20 {
		return stat{}, fmt.Errorf("/proc/%d/stat: not understood", pid)
	}
	parent, _ := strconv.Atoi(f[1])
	group, _ := strconv.Atoi(f[2])
	return stat{state: f[0], parent: parent, group: group, start: f[19]}, nil
}

// processes lists the live processes that belong to a browser: those of its process group, and those that use its
// profile directory, for a helper may leave the group.
func processes(group int, profile string) []int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	want := []byte(profile)
	var out []int
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		st, err := readStat(pid)
		if err != nil || st.state == "Z" || st.state == "X" {
			continue
		}
		if group > 0 && st.group == group {
			out = append(out, pid)
			continue
		}
		if cmd, err := os.ReadFile(filepath.Join("/proc", e.Name(), "cmdline")); err == nil && profile != "" && bytes.Contains(cmd, want) {
			out = append(out, pid)
		}
	}
	return out
}

// killGroup ends a process group at once.
func killGroup(group int) {
	if group > 1 {
		_ = syscall.Kill(-group, syscall.SIGKILL)
	}
}

// killUsers ends the processes that use a profile directory.
func killUsers(profile string) {
	for _, pid := range processes(0, profile) {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

// pss returns the proportional memory of a browser's processes in bytes.
func pss(group int, profile string) int64 {
	var sum int64
	for _, pid := range processes(group, profile) {
		b, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "smaps_rollup"))
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(b)) {
			if rest, ok := strings.CutPrefix(line, "Pss:"); ok {
				kb, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
				sum += kb << 10
				break
			}
		}
	}
	return sum
}

// provenSandbox looks at a renderer and says which walls stand around it: "userns+pidns+netns+seccomp". No error means
// that all of those are there.
func provenSandbox(group int, profile string) (string, error) {
	seen := false
	for _, pid := range processes(group, profile) {
		dir := filepath.Join("/proc", strconv.Itoa(pid))
		cmd, err := os.ReadFile(filepath.Join(dir, "cmdline"))
		if err != nil || !bytes.Contains(cmd, []byte("--type=renderer")) {
			continue
		}
		status, err := os.ReadFile(filepath.Join(dir, "status"))
		if err != nil {
			continue
		}
		seen = true
		if err := walls(dir, string(status)); err != nil {
			return "", fmt.Errorf("renderer %d: %w", pid, err)
		}
	}
	if !seen {
		return "", errors.New("no renderer to look at")
	}
	return "userns+pidns+netns+seccomp", nil
}

// walls checks one renderer: filtered system calls (Seccomp: 2) and own namespaces. Where the links in ns may not be
// read, for a sandboxed process is not ours to trace, the nested process ids in status prove them.
func walls(dir, status string) error {
	if statusField(status, "Seccomp") != "2" {
		return errors.New("no seccomp filter")
	}
	if len(strings.Fields(statusField(status, "NSpid"))) < 2 {
		return errors.New("no pid namespace of its own")
	}
	for _, ns := range []string{"user", "pid", "net"} {
		theirs, err := os.Readlink(filepath.Join(dir, "ns", ns))
		if errors.Is(err, fs.ErrPermission) {
			continue
		}
		if err != nil {
			return err
		}
		if own, err := os.Readlink("/proc/self/ns/" + ns); err != nil || own == theirs {
			return fmt.Errorf("no %s namespace of its own", ns)
		}
	}
	return nil
}

func statusField(status, name string) string {
	for line := range strings.Lines(status) {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			return strings.TrimSpace(rest)
		}
	}
	return ""
}

// cpu returns the processor time that the live processes of a browser have used.
func cpu(group int, profile string) time.Duration {
	const ticks = 100 // per second, on every Linux: USER_HZ
	var sum int64
	for _, pid := range processes(group, profile) {
		b, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
		if err != nil {
			continue
		}
		f := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
		if len(f) > 14 {
			for _, s := range f[11:15] { // utime, stime and those of children waited for
				n, _ := strconv.ParseInt(s, 10, 64)
				sum += n
			}
		}
	}
	return time.Duration(sum) * time.Second / ticks
}

// mainThreads returns the turns of the main threads of a browser's process group; see "schedstat" in
// https://docs.kernel.org/scheduler/sched-stats.html. Of a kernel that does not keep them there are none.
func mainThreads(group int) map[int]turns {
	if group <= 0 {
		return nil
	}
	out := map[int]turns{}
	for _, pid := range family(group) {
		b, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "schedstat"))
		if err != nil {
			continue
		}
		if f := strings.Fields(string(b)); len(f) >= 2 {
			ran, _ := strconv.ParseInt(f[0], 10, 64)
			waited, _ := strconv.ParseInt(f[1], 10, 64)
			out[pid] = turns{time.Duration(ran), time.Duration(waited)}
		}
	}
	return out
}

// family lists a browser's main process and what its main thread has started, directly or not, which all renderers are. Where the
// kernel does not list a thread's children, it looks through all processes for those of the group, which takes longer.
func family(group int) []int {
	out := []int{group}
	for i := 0; i < len(out); i++ {
		p := strconv.Itoa(out[i])
		b, err := os.ReadFile(filepath.Join("/proc", p, "task", p, "children"))
		if err != nil && i == 0 {
			return processes(group, "")
		}
		for _, c := range strings.Fields(string(b)) {
			if n, err := strconv.Atoi(c); err == nil {
				out = append(out, n)
			}
		}
	}
	return out
}
