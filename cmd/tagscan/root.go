package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"sync"

	"github.com/spf13/cobra"

	"github.com/tagscan/tagscan/cmd/internal/exit"
)

// app is what every command shares: where to print, and what must be undone however the process ends.
type app struct {
	stdout, stderr io.Writer
	voice          *discreet // what stderr is, if it is to tell no secret

	mu       sync.Mutex
	farewell []func()
}

// atExit registers f to be run if the process is ended by a second signal. The returned function takes it back.
func (a *app) atExit(f func()) (undo func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	i := len(a.farewell)
	a.farewell = append(a.farewell, f)
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.farewell[i] = nil
	}
}

// lastWords runs what was registered: browsers are killed and their profile directories removed.
func (a *app) lastWords() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, f := range a.farewell {
		if f != nil {
			f()
		}
	}
}

func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "tagscan",
		Short: "Who is sent what about your users",
		Long: `tagscan loads a site's pages in headless Chrome, records every third-party script and
every request that leaves the browser, opens the payloads, and tells who receives which
data that identifies a person.

Exit codes, the same for every report format:
  0    looked at everything asked, nothing against the policy
  1    something against the policy
  2    usage or configuration
  3    incomplete: nothing against the policy, but not enough seen to say so
  4    could not run and tells no verdict: no browser, disk, bug
  130  interrupted; what was seen is reported`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          usageArgs(cobra.NoArgs),
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return exit.Usagef(fmt.Sprintf("see `%s --help`", c.CommandPath()), "%w", err)
	})
	root.AddCommand(a.scanCommand(), a.loginCommand(), a.demoCommand(), a.detectCommand(), a.reportCommand(), a.exportCommand(),
		a.verifyCommand(), a.diffCommand(), a.acceptCommand(), a.importCommand(), a.alertsCommand(), a.exposureCommand(), a.serveCommand(), a.sitesCommand(),
		a.initCommand(), a.explainCommand(),
		a.doctorCommand(), a.versionCommand())
	return root
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(a.stdout, "tagscan %s %s %s/%s\n", toolVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}

// toolVersion is the linker's version, or what the Go toolchain knows of an installed module.
func toolVersion() string {
	if version != "dev" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return version
}

// usageArgs turns cobra's complaints about arguments into usage errors.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if err := check(c, args); err != nil {
			return exit.Usagef(fmt.Sprintf("usage: %s; see `%s --help`", c.UseLine(), c.CommandPath()), "%w", err)
		}
		return nil
	}
}
