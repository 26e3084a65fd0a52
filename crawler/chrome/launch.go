package chrome

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/target"

	"github.com/tagscan/tagscan/crawler"
)

// ErrNoSandbox is wrapped by Launch's error when the sandbox does not hold.
var ErrNoSandbox = errors.New("the sandbox of Chrome is not in force")

// Browser is one running browser. Its methods are safe for concurrent use.
type Browser struct {
	opts    Options
	info    crawler.Browser
	profile string
	group   int
	conn    *conn
	files   []*os.File
	netlog  *os.File
	output  *tail
	log     *slog.Logger
	strain  strain

	exited  chan struct{} // closed when the process has been waited for
	exitErr error         // valid then
	stop    chan struct{} // closed by Close: ends the watch
	watched chan struct{}
	close   sync.Once
	left    error // what Close could not clean up
}

// Launch starts a browser and proves its sandbox. The browser outlives ctx: end it with Close.
func Launch(ctx context.Context, o Options) (*Browser, error) {
	o = o.withDefaults()
	ctx, cancel := context.WithTimeout(ctx, o.StartTimeout)
	defer cancel()
	if err := enoughFiles(); err != nil {
		return nil, err
	}
	version, err := o.Binary.Version(ctx)
	if err != nil {
		return nil, err
	}
	dir, err := profileParent(o.TempDir)
	if err != nil {
		return nil, err
	}
	sweep(dir)
	profile, err := newProfile(dir, o)
	if err != nil {
		return nil, err
	}
	if o.UserAgent == "" && !o.Headful {
		o.UserAgent = plainUserAgent(version)
	}
	argv, err := args(o, profile, o.UserAgent)
	if err != nil {
		removeProfile(profile)
		return nil, err
	}
	b := &Browser{
		opts: o, profile: profile, log: o.Logger, output: &tail{max: 8 << 10},
		exited: make(chan struct{}), stop: make(chan struct{}), watched: make(chan struct{}),
		info:   crawler.Browser{Path: o.Binary.Path, Kind: o.Binary.Kind, Args: argv, ThirdPartyCookies: o.ThirdPartyCookies},
		strain: newStrain(),
	}
	if o.NetLog {
		if b.netlog, err = makeNetLog(profile); err != nil {
			removeProfile(profile)
			return nil, err
		}
	}
	if err := b.start(argv); err != nil {
		removeProfile(profile)
		return nil, fmt.Errorf("starting %s: %w", o.Binary.Path, err)
	}
	go b.watch()
	if err := b.greet(ctx); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

// plainUserAgent is the user agent of a Chrome with a window on Linux; only the major version is told.
func plainUserAgent(version string) string {
	major, _, _ := strings.Cut(version, ".")
	os := "X11; Linux x86_64"
	if runtime.GOOS == "darwin" {
		os = "Macintosh; Intel Mac OS X 10_15_7"
	}
	return "Mozilla/5.0 (" + os + ") AppleWebKit/537.36 (KHTML, like Gecko) Chrome/" + major + ".0.0.0 Safari/537.36"
}

// start runs the process with the two ends of the pipe as its files 3 and 4.
func (b *Browser) start(argv []string) error {
	childIn, toChild, err := os.Pipe()
	if err != nil {
		return err
	}
	fromChild, childOut, err := os.Pipe()
	if err != nil {
		return errors.Join(err, childIn.Close(), toChild.Close())
	}
	defer childIn.Close()
	defer childOut.Close()
	cmd := exec.Command(b.opts.Binary.Path, argv...)
	cmd.Env = environment(b.profile)
	cmd.Dir = b.profile
	cmd.Stdout, cmd.Stderr = b.output, b.output
	cmd.WaitDelay = 2 * time.Second // a straggler may hold the output open
	cmd.ExtraFiles = []*os.File{childIn, childOut}
	contain(cmd)
	started := make(chan error, 1)
	go func() {
		// The kernel sends the death signal when the thread that started the process ends: this one must not.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		if err == nil {
			b.group = cmd.Process.Pid
		}
		started <- err
		if err != nil {
			return
		}
		b.exitErr = cmd.Wait()
		close(b.exited)
	}()
	if err := <-started; err != nil {
		return errors.Join(err, toChild.Close(), fromChild.Close())
	}
	b.files = []*os.File{toChild, fromChild}
	b.conn = newConn(newReader(fromChild, b.opts.MaxMessage, b.opts.Spill), toChild)
	return nil
}

// environment is all that Chrome is told of ours: no secret of the caller's environment reaches it.
func environment(profile string) []string {
	env := []string{"HOME=" + profile, "TMPDIR=" + profile, "XDG_CONFIG_HOME=" + profile, "XDG_CACHE_HOME=" + profile, "PATH=/usr/bin:/bin"}
	for _, k := range []string{"LANG", "LC_ALL", "TZ", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR", "FONTCONFIG_FILE", "FONTCONFIG_PATH"} {
		if v := os.Getenv(k); v != "" {
			env = append(env, k+"="+v)
		}
	}
	return env
}

// greet waits for the browser's first answer and looks at its sandbox.
func (b *Browser) greet(ctx context.Context) error {
	v, err := cdp.Call(ctx, b.Session(), browser.GetVersion, cdp.Empty{})
	if err != nil {
		return fmt.Errorf("starting %s: %w%s", b.opts.Binary.Path, err, b.said())
	}
	b.info.Product, b.info.UserAgent = strings.Replace(v.Product, "HeadlessChrome", "Chrome", 1), v.UserAgent
	if b.opts.UserAgent != "" {
		b.info.UserAgent = b.opts.UserAgent
	}
	if b.opts.DangerouslyNoSandbox {
		b.info.Sandbox = "none"
		return nil
	}
	page, err := cdp.Call(ctx, b.Session(), target.CreateTarget, target.CreateTargetParams{URL: "about:blank", Background: new(true)})
	if err != nil {
		return fmt.Errorf("opening a first page: %w%s", err, b.said())
	}
	defer b.Session().Send("Target.closeTarget", map[string]any{"targetId": page.TargetID})
	for {
		b.info.Sandbox, err = provenSandbox(b.group, b.profile)
		if err == nil {
			return nil
		}
		select { // a renderer that has just been forked has not built its walls yet
		case <-ctx.Done():
			return fmt.Errorf("%w: %w; see 'tagscan doctor', or allow it with --dangerously-no-sandbox", ErrNoSandbox, err)
		case <-b.exited:
			return fmt.Errorf("starting %s: it exited: %v%s", b.opts.Binary.Path, b.exitErr, b.said())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// said is the end of the browser's own output, for errors.
func (b *Browser) said() string {
	select {
	case <-b.exited:
	case <-time.After(time.Second):
	}
	if s := b.output.String(); s != "" {
		return "; it said: " + s
	}
	return ""
}

// Info says which browser runs and how it is held.
func (b *Browser) Info() crawler.Browser { return b.info }

// Session is the connection to the browser itself.
func (b *Browser) Session() *Session { return &Session{conn: b.conn} }

// Target is the connection to an attached target.
func (b *Browser) Target(id target.SessionID) *Session { return &Session{ID: id, conn: b.conn} }

// Listen calls fn with every event of every session, in order, on the connection's only reading goroutine: fn must
// return at once, may use Send, and must not wait for anything. The returned func ends it.
func (b *Browser) Listen(fn func(Event)) func() { return b.conn.listen(fn) }

// Done is closed when the connection to the browser has ended, for whatever reason.
func (b *Browser) Done() <-chan struct{} { return b.conn.done }

// Err says why the connection ended; nil while it stands.
func (b *Browser) Err() error {
	b.conn.mu.Lock()
	defer b.conn.mu.Unlock()
	return b.conn.err
}

// NetLog is Chrome's network log, while it is written; nil if it was not asked for. It must be read, or Chrome's memory
// fills up with it.
func (b *Browser) NetLog() io.Reader {
	if b.netlog == nil {
		return nil
	}
	return b.netlog
}

// Memory is the memory of all processes of the browser in bytes, shared pages counted once (PSS). 0: unknown.
func (b *Browser) Memory() int64 { return pss(b.group, b.profile) }

// CPU is the processor time that the processes of the browser have used so far; what those that ended have used is in it
// as far as their parents waited for them. 0: unknown.
func (b *Browser) CPU() time.Duration { return cpu(b.group, b.profile) }

// Profile is the directory that holds everything the browser writes.
func (b *Browser) Profile() string { return b.profile }

// PID is the id of the browser's main process and of its process group.
func (b *Browser) PID() int { return b.group }

// watch pings the browser: a frozen one answers nothing, and only that tells. It is killed after two missed pings.
func (b *Browser) watch() {
	defer close(b.watched)
	const misses = 2
	missed, told := 0, b.conn.in.read.Load()
	for {
		select {
		case <-b.stop:
			return
		case <-b.conn.done:
			return
		case <-time.After(b.opts.Ping):
		}
		ctx, cancel := context.WithTimeout(context.Background(), b.Patient(b.opts.Ping))
		_, err := cdp.Call(ctx, b.Session(), browser.GetVersion, cdp.Empty{})
		cancel()
		before := told
		if told = b.conn.in.read.Load(); err == nil || b.Err() != nil || told > before {
			missed = 0 // one that is still writing, a long body for example, is alive
			continue
		}
		if missed++; missed >= misses {
			b.log.Warn("browser does not answer; killing it", "pid", b.group)
			killGroup(b.group)
			b.conn.fail(errors.New("the browser does not answer"))
			return
		}
	}
}

// Close ends the browser and everything it started, and removes its profile directory. The error says what could not be
// cleaned up. It is safe to call more than once.
func (b *Browser) Close() error {
	b.close.Do(func() {
		close(b.stop)
		_ = b.Session().Send("Browser.close", nil)
		select {
		case <-b.exited:
		case <-time.After(2 * time.Second):
		}
		killGroup(b.group)
		select {
		case <-b.exited:
		case <-time.After(5 * time.Second):
			b.left = fmt.Errorf("browser process %d does not end", b.group)
		}
		b.left = errors.Join(b.left, b.reap())
		b.conn.fail(errors.New("closed"))
		for _, f := range b.files {
			f.Close()
		}
		if b.netlog != nil {
			b.netlog.Close()
		}
		<-b.conn.written
		<-b.watched
		b.left = errors.Join(b.left, removeProfile(b.profile))
	})
	return b.left
}

// reap waits until no process of the browser is left, and ends those that try to stay.
func (b *Browser) reap() error {
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		left := processes(b.group, b.profile)
		if len(left) == 0 {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("browser processes %v do not end", left)
		}
		killGroup(b.group)
		killUsers(b.profile)
	}
}

// tail keeps the last bytes written to it.
type tail struct {
	mu  sync.Mutex
	max int
	b   []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.b = append(t.b, p...)
	if n := len(t.b) - t.max; n > 0 {
		t.b = t.b[n:]
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(bytes.TrimSpace(t.b))
}
