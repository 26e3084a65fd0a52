package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tagscan/tagscan/cmd/internal/exit"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/discover"
	"github.com/tagscan/tagscan/crawler/visit"
)

// needsDisplay: on Linux and the BSDs a window needs a display server, which these variables name.
const needsDisplay = runtime.GOOS != "darwin" && runtime.GOOS != "windows"

// loginFlags are the flags of a login.
type loginFlags struct {
	out           string
	untilSelector string
	untilURL      string
	headless      bool
	timeout       time.Duration
	networkFlags
	chrome    string
	noSandbox bool
}

func (a *app) loginCommand() *cobra.Command {
	var f loginFlags
	c := &cobra.Command{
		Use:   "login URL -o FILE",
		Short: "Open a window; you log in; the session is kept for --session",
		Long: `Open a browser window at URL. Log in there as you always do, one-time codes included, and
press Enter here or close the window. The cookies of all domains and the web storage of all
sites that were visited meanwhile are written to FILE, which only you can read: whoever has it
is you. ` + "`tagscan scan --session FILE`" + ` scans as the user who logged in. The file is Playwright's
storageState.`,
		Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error { return a.login(c.Context(), f, args[0]) },
	}
	fl := c.Flags()
	fl.StringVarP(&f.out, "out", "o", "", "file to write the session to")
	fl.StringVar(&f.untilSelector, "until-selector", "", "finish when a page has this CSS selector")
	fl.StringVar(&f.untilURL, "until-url", "", "finish when a page's URL contains this")
	fl.BoolVar(&f.headless, "headless", false, "without a window, for sites that log in by themselves; needs --until-selector or --until-url")
	fl.DurationVar(&f.timeout, "timeout", 15*time.Minute, "longest time to wait for the login")
	f.networkFlags.register(fl)
	fl.StringVar(&f.chrome, "chrome", "", "path of the browser")
	fl.BoolVar(&f.noSandbox, "dangerously-no-sandbox", false, "let the browser run without its sandbox")
	return c
}

func (a *app) login(ctx context.Context, f loginFlags, arg string) error {
	url, err := loginURL(arg)
	if err != nil {
		return err
	}
	var until *visit.SignIn
	if f.untilSelector != "" || f.untilURL != "" {
		until = &visit.SignIn{Selector: f.untilSelector, URL: f.untilURL}
	}
	switch {
	case f.out == "":
		return exit.Usagef("as in tagscan login "+arg+" -o session.json", "say where the session is to be kept")
	case f.headless && until == nil:
		return exit.Usagef("nobody can tell otherwise when the login is over", "--headless needs --until-selector or --until-url")
	}
	binary, err := chrome.Find(chrome.FindOptions{Path: f.chrome, Kind: map[bool]string{true: chrome.KindAuto, false: chrome.KindChrome}[f.headless]})
	if err != nil {
		return exit.Failedf("`tagscan doctor` says what is missing; a login needs a browser with a window", "%w", err)
	}
	if !f.headless && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" && needsDisplay {
		return exit.Failedf("run it on a machine with a screen and copy the file, or take --headless with --until-url where the site logs in by itself", "there is no screen for a window")
	}
	ctx, cancel := context.WithTimeoutCause(ctx, f.timeout, errors.New("nobody has logged in in time"))
	defer cancel()
	done := make(chan struct{})
	if until == nil {
		fmt.Fprintln(a.stderr, "Log in there, then press Enter here or close the window.")
		go func() { // ends with the process, or with the line
			if _, err := bufio.NewReader(os.Stdin).ReadString('\n'); err == nil {
				close(done)
			}
		}()
	}
	o := chrome.Options{Binary: binary, Map: f.hostMap, Insecure: f.insecure, Headful: !f.headless, DangerouslyNoSandbox: f.noSandbox}
	shut, err := f.lead(ctx, &o, url)
	if err != nil {
		return err
	}
	s, err := visit.Login(ctx, url, visit.LoginOptions{Done: done, Until: until, Chrome: o})
	err = errors.Join(err, shut())
	if err != nil {
		return exit.Failedf("", "%w", err)
	}
	if err := writeSession(f.out, s); err != nil {
		return exit.Usagef("choose a file that can be written with -o", "%w", err)
	}
	fmt.Fprintf(a.stderr, "The session is in %s (cookies: %d, sites with storage: %d). Whoever has that file is you.\n", f.out, len(s.Cookies), len(s.Origins))
	return nil
}

func loginURL(arg string) (string, error) {
	if !strings.Contains(arg, "://") {
		arg = "https://" + arg
	}
	u, err := discover.Normalize(arg)
	if err != nil {
		return "", exit.Usagef("give an absolute http or https URL", "%s: %w", arg, err)
	}
	return u, nil
}

// writeSession writes the session to a file that is its owner's alone, whatever was there before.
func writeSession(name string, s visit.Session) error {
	var b bytes.Buffer
	if err := s.Write(&b); err != nil {
		return err
	}
	tmp := name + ".part"
	if err := os.Remove(tmp); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	file, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(b.Bytes())
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, os.Remove(tmp))
	}
	return os.Rename(tmp, name)
}
