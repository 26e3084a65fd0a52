package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tagscan/tagscan/cmd/internal/exit"
	"github.com/tagscan/tagscan/cmd/internal/store"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/report"
	"github.com/tagscan/tagscan/report/history"
)

// onTerminal is the channel of what a command prints.
const onTerminal = "terminal"

func (a *app) importCommand() *cobra.Command {
	var f judgeFlags
	var site, file, format string
	c := &cobra.Command{
		Use:   "import RUN|FILE.har… --site NAME",
		Short: "Remember runs, wherever they were made, and tell what is new with them",
		Long: `Judge runs and HAR files as tagscan report and tagscan detect do, and remember in a store which
flows, recipients, scripts, headers and gaps they have. What is remembered holds no value of a
person, and stays when the runs are gone.

The first scan of a site is the base line: nothing is news against it but what a policy or
baseline fails. After that everything is told once: new, changed, gone, back. What a scan could
not see is not told to be gone. Scans count by the time at which they were made, not imported; a
run that is imported twice is one scan.

The exit code is that of the worst verdict.`,
		Args: usageArgs(cobra.MinimumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			if err := siteName(site); err != nil {
				return err
			}
			if format != "text" && format != "jsonl" {
				return exit.Usagef("", "--format %q is none of text, jsonl", format)
			}
			j, err := f.load(nil)
			if err != nil {
				return err
			}
			return a.importRuns(c.Context(), f, j, imports{site: site, file: file, format: format, paths: args})
		},
	}
	f.registerJudge(c)
	c.Flags().StringVar(&site, "site", "", "name by which the site is remembered (required)")
	c.Flags().StringVar(&file, "store", store.DefaultFile, "file in which it is remembered; made if it is not there")
	c.Flags().StringVar(&format, "format", "text", "what to print: text, or jsonl (one alert a line)")
	return c
}

type imports struct {
	site, file, format string
	paths              []string
}

// judgedScan is a scan with what was judged about it.
type judgedScan struct {
	*history.Scan
	path string
	m    *report.Model
}

func (a *app) importRuns(ctx context.Context, f judgeFlags, j *judgement, in imports) error {
	var scans []judgedScan
	for _, path := range in.paths {
		s, m, err := a.remembered(ctx, f, j, path, in.site)
		if err != nil {
			return err
		}
		scans = append(scans, judgedScan{s, path, m})
	}
	slices.SortStableFunc(scans, func(x, y judgedScan) int { return x.At.Compare(y.At) })
	memory, err := store.Open(ctx, in.file)
	if err != nil {
		return exit.Failedf("", "%w", err)
	}
	defer memory.Close()
	worst := exit.OK
	for _, s := range scans {
		if err := a.importScan(ctx, memory, in.format, s); err != nil {
			return err
		}
		worst = worse(worst, s.Result)
	}
	return exit.Silent(worst)
}

// worse is the exit code of the worst verdict so far: what fails outranks what is incomplete.
func worse(code int, r policy.Result) int {
	switch {
	case r == policy.Fail:
		return exit.Violation
	case r == policy.Incomplete && code == exit.OK:
		return exit.Incomplete
	}
	return code
}

// importScan remembers one scan and tells what is news with it.
func (a *app) importScan(ctx context.Context, memory *store.Store, format string, s judgedScan) error {
	now := time.Now().UTC()
	news, fresh, err := memory.Import(ctx, s.Scan, now, onTerminal)
	if err != nil {
		return exit.Failedf("nothing of this scan was remembered", "%w", err)
	}
	if format == "jsonl" {
		enc := json.NewEncoder(a.stdout)
		for _, n := range news {
			if err := enc.Encode(store.Alert{News: n, ToldAt: now, Channels: []string{onTerminal}}); err != nil {
				return err
			}
		}
		return nil
	}
	head := fmt.Sprintf("%s: scan of %s, run %s: %s", s.Site, s.At.Format("2006-01-02 15:04"), s.ID, strings.ToUpper(string(s.Result)))
	switch {
	case !fresh:
		fmt.Fprintln(a.stdout, head+"; it is remembered already")
	case len(news) == 0:
		fmt.Fprintln(a.stdout, head+"; nothing is news")
	default:
		fmt.Fprintf(a.stdout, "%s; %d news\n", head, len(news))
		sayNews(a.stdout, news)
	}
	if fresh && s.Result == policy.Incomplete {
		fmt.Fprintln(a.stdout, "  "+s.m.Verdict.Sentence)
	}
	return nil
}
