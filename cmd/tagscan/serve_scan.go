package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/tagscan/tagscan/cmd/internal/console"
	"github.com/tagscan/tagscan/cmd/internal/exit"
	"github.com/tagscan/tagscan/cmd/internal/serve"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/report/history"
)

// The flags of a scan that a server starts. They are no part of the command line that people use.
const (
	flagCopy  = "config-copy"
	flagLeash = "until-stdin-ends"
)

// registerServed registers what only a server says to a scan.
func (f *scanFlags) registerServed(c *cobra.Command) {
	fl := c.Flags()
	fl.StringVar(&f.configCopy, flagCopy, "", "file that holds what the policy file held when it was last right")
	fl.BoolVar(&f.leash, flagLeash, false, "stop at once when stdin ends")
	for _, name := range []string{flagCopy, flagLeash} {
		_ = fl.MarkHidden(name) // it is there
	}
}

// leashed stops the process when stdin ends: whoever started it has ended, and nobody wants the result. The browser ends with it.
func (a *app) leashed(stdin io.Reader) {
	go func() {
		_, _ = io.Copy(io.Discard, stdin)
		a.lastWords()
		os.Exit(exit.Interrupted)
	}()
}

// childScanner has each scan made by a process of its own: tagscan scan, as anybody would call it. So a scan is judged as on the
// command line, its memory is given back with its end, a crash ends one scan and not the watch, and the folder in which it
// looks for files is its own.
type childScanner struct {
	a    *app
	self string   // program
	args []string // what is said to every scan
}

// stopping is how long a scan may take to end its browser before it is killed.
const stopping = 15 * time.Second

func (c *childScanner) Scan(ctx context.Context, o serve.Order) (*history.Scan, error) {
	args := append([]string{"scan", "--config", o.File, "--" + flagCopy, o.Copy, "--" + flagLeash, "-o", o.Dir, "--ci=false", "-q"}, c.args...)
	for _, network := range o.AllowPrivate {
		args = append(args, "--allow-private", network)
	}
	cmd := exec.CommandContext(ctx, c.self, args...)
	cmd.Dir = o.Work
	said := &tail{}
	cmd.Stderr = said
	leash, err := cmd.StdinPipe() // which ends with this process, however that ends
	if err != nil {
		return nil, err
	}
	defer leash.Close()
	cmd.Cancel = leash.Close
	cmd.WaitDelay = stopping
	err = cmd.Run()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		return nil, fmt.Errorf("tagscan scan: %w", err)
	}
	switch code := cmd.ProcessState.ExitCode(); code {
	case exit.OK, exit.Violation, exit.Incomplete:
		return c.remembered(ctx, o)
	case exit.Usage:
		return nil, fmt.Errorf("%w: %s", serve.ErrRefused, said.reason())
	case exit.Failed:
		return nil, errors.New(said.reason())
	default:
		return nil, fmt.Errorf("the scan ended early (%s): %s", cmd.ProcessState, said.reason())
	}
}

// remembered reads what a scan concluded, as tagscan import does.
func (c *childScanner) remembered(ctx context.Context, o serve.Order) (*history.Scan, error) {
	src, err := os.ReadFile(o.Copy)
	if err != nil {
		return nil, err
	}
	j := &judgement{policy: o.File}
	if j.options.Config, err = policy.Parse(o.File, src); err != nil {
		return nil, err
	}
	run, err := c.a.openRun(o.Dir)
	if err != nil {
		return nil, err
	}
	if !told(run) {
		return nil, fmt.Errorf("%s: its report is not as the scan wrote it", o.Dir)
	}
	s, _, err := c.a.remembered(ctx, judgeFlags{changed: func(string) bool { return false }}, j, o.Dir, o.Site)
	return s, err
}

// tail keeps the end of what a scan said on stderr. It is masked there already.
type tail struct {
	mu  sync.Mutex
	end []byte
}

const tailBytes = 8 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.end = append(t.end, p...)
	if n := len(t.end) - tailBytes; n > 0 {
		t.end = bytes.Clone(t.end[n:])
	}
	return len(p), nil
}

// reason is the complaint with which a command ends, and its hint.
func (t *tail) reason() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	said := string(t.end)
	if i := strings.LastIndex(said, "tagscan: "); i >= 0 {
		said = said[i+len("tagscan: "):]
	}
	var lines []string
	for line := range strings.Lines(said) {
		if line = strings.Join(strings.Fields(console.Clean(line)), " "); line != "" {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		return "it did not say why"
	}
	return strings.Join(lines, "; ")
}
