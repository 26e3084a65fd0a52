package main

import (
	"context"
	"fmt"
	"io"
	"os/user"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/tagscan/tagscan/cmd/internal/exit"
	"github.com/tagscan/tagscan/cmd/internal/serve"
	"github.com/tagscan/tagscan/cmd/internal/store"
)

// sitesFlags say where the sites are.
type sitesFlags struct{ sites, data, reason string }

func (a *app) sitesCommand() *cobra.Command {
	var f sitesFlags
	c := &cobra.Command{
		Use:   "sites",
		Short: "The sites that tagscan serve watches: list, check their files, scan one now, pause one",
		Args:  usageArgs(cobra.NoArgs),
		RunE:  func(c *cobra.Command, _ []string) error { return a.listSites(c.Context(), f) },
	}
	c.PersistentFlags().StringVar(&f.sites, "sites", "sites", "folder of the sites' files")
	c.PersistentFlags().StringVar(&f.data, "data", "", "folder of store and runs (that of serve.yaml, or tagscan-data)")
	list := &cobra.Command{Use: "list", Short: "List the sites, their schedules and where they stand", Args: usageArgs(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return a.listSites(c.Context(), f) }}
	check := &cobra.Command{Use: "check", Short: "Say what is wrong with the files; exit 2 if something is", Args: usageArgs(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error { return a.checkSites(f) }}
	run := &cobra.Command{Use: "run NAME", Short: "Have a site scanned now by the server that runs, or the next one",
		Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error { return a.actOnSite(c.Context(), f, args[0], "run") }}
	pause := &cobra.Command{Use: "pause NAME --reason WHY", Short: "Leave a site alone until it is resumed",
		Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error { return a.actOnSite(c.Context(), f, args[0], "pause") }}
	pause.Flags().StringVar(&f.reason, "reason", "", "why (required): whoever wonders why nothing is scanned reads it")
	resume := &cobra.Command{Use: "resume NAME", Short: "End a pause", Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error { return a.actOnSite(c.Context(), f, args[0], "resume") }}
	test := &cobra.Command{Use: "test-channel NAME", Short: "Send a test on a channel of serve.yaml", Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error { return a.testChannel(c.Context(), f, args[0]) }}
	c.AddCommand(list, check, run, pause, resume, test)
	return c
}

// folder reads the sites' files, without anything being kept.
func (f *sitesFlags) folder() (*serve.Folder, string, error) {
	settings, err := serve.ReadSettings(f.sites)
	if err != nil {
		return nil, "", serveError(err)
	}
	data := f.data
	if data == "" {
		data = settings.Data
	}
	folder := serve.OpenFolder(f.sites, "", settings)
	if err := folder.Read(); err != nil {
		return nil, "", serveError(err)
	}
	return folder, data, nil
}

func (a *app) checkSites(f sitesFlags) error {
	folder, _, err := f.folder()
	if err != nil {
		return err
	}
	wrong := 0
	for _, s := range folder.Sites() {
		if s.Mistake != nil {
			wrong++
			fmt.Fprintln(a.stdout, s.Mistake)
		}
	}
	fmt.Fprintf(a.stdout, "%d of %d files are right\n", len(folder.Sites())-wrong, len(folder.Sites()))
	if wrong > 0 {
		return exit.Silent(exit.Usage)
	}
	return nil
}

// withStore does something in the store of the sites.
func (f *sitesFlags) withStore(ctx context.Context, do func(*store.Tx) error) error {
	_, data, err := f.folder()
	if err != nil {
		return err
	}
	memory, err := store.OpenExisting(ctx, filepath.Join(data, serve.StoreFile))
	if err != nil {
		return exit.Usagef("`tagscan serve` makes it", "%w", err)
	}
	defer memory.Close()
	if err := memory.Do(ctx, do); err != nil {
		return exit.Failedf("", "%w", err)
	}
	return nil
}

func (a *app) listSites(ctx context.Context, f sitesFlags) error {
	folder, _, err := f.folder()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(a.stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "SITE\tSCHEDULE\tLAST\tRESULT\tNEXT\tNOW")
	err = f.withStore(ctx, func(tx *store.Tx) error {
		watches, err := tx.Watches()
		if err != nil {
			return err
		}
		for _, s := range folder.Sites() {
			if err := siteLine(w, tx, s, watches[s.Name]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return w.Flush()
}

func siteLine(w io.Writer, tx *store.Tx, s *serve.Site, watch store.Watch) error {
	if s.Config == nil {
		fmt.Fprintf(w, "%s\tits file is not right: tagscan sites check\t\t\t\t\n", s.Name)
		return nil
	}
	last, _, err := tx.LastHead(s.Name)
	if err != nil {
		return err
	}
	open, err := tx.Runs(store.RunFilter{Site: s.Name, Open: true})
	if err != nil {
		return err
	}
	now := ""
	if len(open) > 0 {
		now = string(open[0].State)
	}
	if watch.Paused != "" {
		now = "paused: " + watch.Paused
	}
	_, err = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", s.Name, s.Spec, shortTime(last.At), last.Result, shortTime(watch.Due.At), now)
	return err
}

func shortTime(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Format("2006-01-02 15:04")
}

func (a *app) actOnSite(ctx context.Context, f sitesFlags, name, what string) error {
	folder, _, err := f.folder()
	if err != nil {
		return err
	}
	if folder.Site(name) == nil {
		return exit.Usagef("`tagscan sites list` names them", "there is no site %q in %s", name, f.sites)
	}
	who := "command line"
	if u, err := user.Current(); err == nil {
		who = u.Username
	}
	if what == "pause" && f.reason == "" {
		return exit.Usagef(`as in --reason "release week"`, "a pause needs a --reason")
	}
	if err := f.withStore(ctx, func(tx *store.Tx) error { return serve.Act(tx, name, what, f.reason, who, time.Now().UTC()) }); err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.stdout, map[string]string{"run": name + " will be scanned within seconds, if a server runs",
		"pause":  name + " is paused",
		"resume": name + " is not paused any more"}[what])
	return err
}

func (a *app) testChannel(ctx context.Context, f sitesFlags, name string) error {
	folder, _, err := f.folder()
	if err != nil {
		return err
	}
	if err := folder.Test(ctx, name, time.Now().UTC()); err != nil {
		return exit.Failedf("", "channel %s: %w", name, err)
	}
	_, err = fmt.Fprintln(a.stdout, name+": the test was taken")
	return err
}
