// Command tagscan loads a site's pages in headless Chrome, records every third-party script and every request that leaves
// the browser, opens the payloads, and tells who receives which data that identifies a person.
//
// stdout is the report, stderr is progress. The exit codes are those of cmd/internal/exit.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/tagscan/tagscan/cmd/internal/console"
	"github.com/tagscan/tagscan/cmd/internal/exit"
)

// version is set by the linker.
var version = "dev"

func main() { os.Exit(run()) }

func run() int {
	voice := &discreet{w: os.Stderr}
	a := &app{stdout: os.Stdout, stderr: voice, voice: voice}
	ctx, stop := a.interruptible(context.Background())
	defer stop()
	err := a.rootCommand().ExecuteContext(ctx)
	complain(a.stderr, err)
	return exit.CodeOf(err)
}

// complain tells what went wrong and what to do about it, in one sentence each.
func complain(w io.Writer, err error) {
	if err == nil {
		return
	}
	var e *exit.Error
	if errors.As(err, &e) && e.Err == nil {
		return
	}
	// A message has lines of its own where it shows a line of a file and a caret under it.
	for i, line := range strings.Split(err.Error(), "\n") {
		if i == 0 {
			line = "tagscan: " + line
		}
		fmt.Fprintln(w, console.Mask(console.Clean(line)))
	}
	if e != nil && e.Hint != "" {
		fmt.Fprintf(w, "  %s\n", console.Clean(e.Hint))
	}
}

// errInterrupted is the cause of a context that ended by a signal.
var errInterrupted = errors.New("interrupted")

// interruptible returns a context that the first SIGINT or SIGTERM cancels; commands then tell what they have seen. A second
// signal ends the process at once, after the browser was killed and its profile directory removed.
func (a *app) interruptible(parent context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	done := make(chan struct{})
	go func() {
		select {
		case <-signals:
			cancel(errInterrupted)
		case <-done:
			return
		}
		select {
		case <-signals:
			a.lastWords()
			os.Exit(exit.Interrupted)
		case <-done:
		}
	}()
	return ctx, func() { signal.Stop(signals); close(done); cancel(nil) }
}
