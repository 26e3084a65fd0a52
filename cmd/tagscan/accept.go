package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/tagscan/tagscan/cmd/internal/exit"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/report"
	"github.com/tagscan/tagscan/report/conclude"
)

func (a *app) acceptCommand() *cobra.Command {
	var f judgeFlags
	var reason, until string
	var scripts bool
	c := &cobra.Command{
		Use:   "accept RUN --reason WHY [FINGERPRINT…]",
		Short: "Take what is there into the baseline",
		Long: `Take the flows of a run that nobody agreed to yet, or those named by fingerprint, into the
baseline (` + baselineFile + `; --baseline names another, which is made if it is not there), so that
they do not fail the next scan. The file has a line for each flow, by recipient and consent state, and
what news are told by (explain news:list); it holds no personal value, and is meant to be reviewed and
committed.`,
		Args: usageArgs(cobra.MinimumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			take := policy.Acceptance{Reason: reason, Now: time.Now(), Fingerprints: args[1:], Scripts: scripts}
			if reason == "" {
				return exit.Usagef("as in --reason \"DPA of 2025-11, annex 2\"", "--reason is missing: the next reader wants to know why")
			}
			if until != "" {
				day, err := time.Parse(time.DateOnly, until)
				if err != nil {
					return exit.Usagef("as in --until 2027-01-31", "--until %q is not a date", until)
				}
				take.Until = day
			}
			return a.accept(c, f, args[0], take)
		},
	}
	f.register(c)
	c.Flags().StringVar(&reason, "reason", "", "why it is accepted (required)")
	c.Flags().StringVar(&until, "until", "", "last day on which it is, as 2027-01-31")
	c.Flags().BoolVar(&scripts, "scripts", false, "take the scripts of inventoried routes as reviewed, too")
	return c
}

func (a *app) accept(c *cobra.Command, f judgeFlags, path string, take policy.Acceptance) error {
	run, err := a.openRun(path)
	if err != nil {
		return err
	}
	f.newBaseline = true
	j, err := f.load(nil)
	if err != nil {
		return err
	}
	concluded := func() (*report.Model, string, func(), error) { return a.concluded(c.Context(), f, j, run, false) }
	if f.detectionFlag() != "" {
		concluded = func() (*report.Model, string, func(), error) {
			return a.detected(c.Context(), f, j, conclude.Profile{Capture: run})
		}
	}
	m, _, done, err := concluded()
	if err != nil {
		return err
	}
	defer done()
	if err := f.sameJudges(path, m, j); err != nil {
		return err
	}
	a.sayPolicy(m, j)
	take.Config = j.options.Config
	verdict := j.options.Judge(m)
	base, n, err := j.options.Baseline.Accept(m.Input(), verdict, take)
	if err != nil {
		return exit.Usagef("`tagscan report "+path+"` shows the fingerprints", "%w", err)
	}
	name := f.baselineName(j)
	if err := conclude.WriteFile(name, base.Write); err != nil {
		return exit.Failedf("", "baseline: %w", err)
	}
	if err := os.Chmod(name, 0o644); err != nil { // it holds nothing personal and belongs into the repository
		return exit.Failedf("", "baseline: %w", err)
	}
	if s := j.options.Baseline.Migrated(); s != "" {
		fmt.Fprintln(a.stderr, s)
	}
	what := "1 entry is"
	if n != 1 {
		what = fmt.Sprintf("%d entries are", n)
	}
	if len(take.Fingerprints) == 0 && len(verdict.News) > 0 {
		what = "how the site stands is written down, and " + what
	}
	fmt.Fprintf(a.stdout, "%s new in %s; review it and commit it\n", what, name)
	return nil
}

func (a *app) initCommand() *cobra.Command {
	var out string
	var force bool
	c := &cobra.Command{
		Use:   "init [RUN]",
		Short: "Write a commented tagscan.yaml, from a first scan if there is one",
		Long: `Write a commented tagscan.yaml. With a run it holds what goes out today, as rules that allow
it: delete what you do not agree to. Without one it is a template.`,
		Args: usageArgs(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			m := &report.Model{}
			if len(args) == 1 {
				var err error
				if m, _, err = a.readRun(c.Context(), args[0]); err != nil {
					return exit.Usagef("give the directory that `tagscan scan -o` made", "%w", err)
				}
			}
			if out == "-" {
				return report.WriteConfig(a.stdout, m)
			}
			if _, err := os.Stat(out); !force && !errors.Is(err, os.ErrNotExist) {
				return exit.Usagef("say --force to replace it", "%s is there already", out)
			}
			if err := conclude.WriteFile(out, func(w io.Writer) error { return report.WriteConfig(w, m) }); err != nil {
				return exit.Failedf("", "%w", err)
			}
			if err := os.Chmod(out, 0o644); err != nil {
				return exit.Failedf("", "%w", err)
			}
			fmt.Fprintf(a.stdout, "%s is written: read it, and delete what you do not agree to\n", out)
			return nil
		},
	}
	c.Flags().StringVarP(&out, "out", "o", configFile, "file to write; - is standard output")
	c.Flags().BoolVar(&force, "force", false, "replace the file")
	return c
}
