// Package console is the voice of the command line on stderr: progress while a scan runs, plain sentences otherwise.
// Reports are not its business: they go to stdout and are made by package report.
//
// The rules: stdout is the report, stderr is progress. A terminal gets a bar, anything else gets one plain line now and
// then. Text from pages is cleaned of control characters before it is printed, and what identifies somebody in an address is hidden,
// for logs are read by many. Every refusal says what to do.
package console

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/schollz/progressbar/v3"
)

// Console prints progress. The zero value prints nothing; use New.
type Console struct {
	mu       sync.Mutex
	w        io.Writer
	terminal bool
	verbose  bool
	bar      *progressbar.ProgressBar
	lastLine time.Time
	now      func() time.Time
}

// Options say how a Console speaks.
type Options struct {
	Terminal bool // the writer is a terminal: draw a bar
	Quiet    bool // print errors only
	Verbose  bool // print every page and note
	Now      func() time.Time
}

// lineEvery is how often progress is told where no bar can be drawn: often enough that a CI log shows life, seldom enough
// that it stays readable.
const lineEvery = 5 * time.Second

// New returns a Console that writes to w.
func New(w io.Writer, o Options) *Console {
	if o.Quiet {
		w = io.Discard
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Console{w: w, terminal: o.Terminal && !o.Quiet, verbose: o.Verbose, now: o.Now}
}

// Progress is how far a scan is.
type Progress struct {
	Done, Known int    // pages
	Recipients  int    // distinct third parties so far
	Requests    int    // requests recorded
	Page        string // the page in hand
}

// Show tells the progress.
func (c *Console) Show(p Progress) {
	c.mu.Lock()
	defer c.mu.Unlock()
	text := fmt.Sprintf("%d recipients · %s", p.Recipients, Clip(Mask(Clean(p.Page)), 60))
	if c.terminal {
		if c.bar == nil {
			c.bar = progressbar.NewOptions(p.Known,
				progressbar.OptionSetWriter(c.w), progressbar.OptionSetWidth(24), progressbar.OptionShowCount(),
				progressbar.OptionSetPredictTime(false), progressbar.OptionClearOnFinish(), progressbar.OptionFullWidth(),
				progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetDescription("pages"))
		}
		c.bar.ChangeMax(max(p.Known, p.Done, 1))
		c.bar.Describe(text)
		_ = c.bar.Set(p.Done)
		return
	}
	if now := c.now(); now.Sub(c.lastLine) >= lineEvery {
		c.lastLine = now
		fmt.Fprintf(c.w, "%d of %d pages, %d requests, %s\n", p.Done, p.Known, p.Requests, text)
	}
}

// Done takes the bar away.
func (c *Console) Done() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.bar != nil {
		_ = c.bar.Finish()
		_ = c.bar.Clear()
		c.bar = nil
	}
}

// Sayf prints a line.
func (c *Console) Sayf(format string, args ...any) { c.line(fmt.Sprintf(format, args...)) }

// Detailf prints a line if the user asked for much.
func (c *Console) Detailf(format string, args ...any) {
	if c.verbose {
		c.line(fmt.Sprintf(format, args...))
	}
}

func (c *Console) line(s string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.bar != nil {
		_ = c.bar.Clear()
	}
	fmt.Fprintln(c.w, Mask(Clean(s)))
}

// Clean removes what a terminal would act on: control characters, escape sequences' introducers and the marks that turn
// the reading direction around. Line breaks become spaces.
func Clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case unicode.IsControl(r), r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0x200E, r == 0x200F, r == 0xFFFD:
			return -1
		}
		return r
	}, s)
}

// Clip shortens s to n characters, keeping its end, which in a URL tells more than its beginning.
func Clip(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return "…" + string(r[len(r)-n+1:])
}
