package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/tagscan/tagscan/cmd/internal/exit"
	"github.com/tagscan/tagscan/fixtures"
)

// demoDir is where the demonstration leaves its run. It is replaced each time.
const demoDir = "tagscan-demo"

func (a *app) demoCommand() *cobra.Command {
	var f scanFlags
	var watch bool
	var listen string
	c := &cobra.Command{
		Use:   "demo",
		Short: "Serve the fixture site of the breach on loopback and scan it",
		Long: `Serve a small fake web on loopback and scan it: a developer console whose user is signed
in, and whose tags tell an analytics vendor who that is. It is modelled on the breach of an
analytics vendor in November 2025. Nothing leaves this machine.

The report judges the site by the default policy, and it fails. The demonstration itself
succeeded then, so its exit code is 0; with --fail-on it is that of the verdict.`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			if watch {
				return a.demoWatch(c.Context(), listen)
			}
			return a.demo(c.Context(), f)
		},
	}
	f.register(c)
	c.Flags().BoolVar(&watch, "watch", false, "show tagscan serve instead: the fixture site is watched, with an invented month behind it")
	c.Flags().StringVar(&listen, "listen", "", "with --watch: address of the page (127.0.0.1:7343)")
	return c
}

func (a *app) demo(ctx context.Context, f scanFlags) error {
	site, err := fixtures.Breach()
	if err != nil {
		return err
	}
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	server, err := fixtures.Serve(serving, site)
	if err != nil {
		return exit.Failedf("", "serve the fixture: %w", err)
	}
	if f.out == "" {
		f.out, f.overwrite = demoDir, true
	}
	f.hostMap = append(f.hostMap, server.MapRules()...)
	f.insecure, f.noDNS = true, true
	began := time.Now()
	err = a.scan(ctx, f, []string{server.URL()}, fixtures.Persona())
	stop()
	server.Wait()
	if exit.CodeOf(err) == exit.Violation && f.failOn == "" {
		err = nil
	}
	if err == nil {
		fmt.Fprintf(a.stderr, "The whole took %.0f s. The report for people is %s/report.html\n", time.Since(began).Seconds(), f.out)
	}
	return err
}
