package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tagscan/tagscan/cmd/internal/exit"
	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/report"
	"github.com/tagscan/tagscan/report/conclude"
	"github.com/tagscan/tagscan/report/history"
)

func (a *app) diffCommand() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "diff OLD… NEW | DIRECTORY",
		Short: "What appeared, went, changed since the runs before",
		Long: `Tell what differs between runs: recipients, flows, consent, contradictions, security headers.
Changes of the site are kept apart from those that tagscan's own catalog and rules may have made, and
from details that are no news: on which pages a known flow was seen, scripts, cookies, what comes and goes.

Of several runs, the oldest first, the last is held against those before it; a directory that holds
runs stands for them in the order of their time. Each kind of page is held against the last run
that saw it in the same consent state: after a blocked night nothing is new, and what went in that
night is told after it. What one of the runs could not see is told as such, by recipient.

The exit code is 0 where nothing changed on the site, 1 where something did, and 3 where nothing
did but not enough was seen, now or before, to say so.`,
		Example: `  tagscan diff monday tuesday
  tagscan diff nightly            # the last run in ./nightly, against those before it`,
		Args: usageArgs(cobra.MinimumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			runs, damage, err := a.readRuns(c.Context(), args)
			if err != nil {
				const hint = "give directories that `tagscan scan -o` made, the oldest first, or report.json files; or one directory that holds such"
				return exit.Usagef(hint, "%w", err)
			}
			cur := runs[len(runs)-1]
			changes := history.Since(runs[:len(runs)-1], cur)
			if err := history.Write(a.stdout, changes, format); err != nil {
				return exit.Usagef("", "%w", err)
			}
			if len(changes.Site) > 0 {
				return exit.Silent(exit.Violation)
			}
			return incomparable(changes, runs, damage, args[len(args)-1])
		},
	}
	c.Flags().StringVar(&format, "format", "text", strings.Join(history.Formats, ", "))
	return c
}

// incomparable is the error that not enough was seen to say that nothing changed; nil if enough was.
func incomparable(changes *report.Changes, runs []*report.Model, damage []crawler.Gap, last string) error {
	blind := func(v policy.Verdict) bool {
		return slices.ContainsFunc(v.Gaps, func(g policy.Gap) bool { return g.Incomplete })
	}
	cur, before := runs[len(runs)-1], runs[:len(runs)-1]
	switch {
	case blind(cur.Verdict.With(damage, nil)):
		return &exit.Error{
			Code: exit.Incomplete, Err: errors.New("the new run has not seen enough to say that nothing changed"),
			Hint: "`tagscan report " + last + "` says what is missing",
		}
	case len(changes.Unsure) > 0 && slices.ContainsFunc(before, func(m *report.Model) bool { return blind(m.Verdict) }):
		return &exit.Error{
			Code: exit.Incomplete, Err: errors.New("the runs before have not seen enough to say that nothing changed"),
			Hint: "name an older run that has seen all, before these",
		}
	}
	return nil
}

// readRuns reads runs, of which there must be two. damage is what does not fit in the files of the last. A directory that holds runs
// stands for them, in the order of their time.
func (a *app) readRuns(ctx context.Context, names []string) (runs []*report.Model, damage []crawler.Gap, err error) {
	for _, name := range names {
		var some []*report.Model
		gaps := map[*report.Model][]crawler.Gap{}
		for _, path := range runsIn(name) {
			m, g, err := a.readRun(ctx, path)
			if err != nil {
				return nil, nil, err
			}
			some, gaps[m] = append(some, m), g
		}
		slices.SortStableFunc(some, func(x, y *report.Model) int {
			return cmp.Or(x.Run.Started.Compare(y.Run.Started), strings.Compare(x.Run.ID, y.Run.ID))
		})
		runs, damage = append(runs, some...), gaps[some[len(some)-1]]
	}
	if len(runs) < 2 {
		return nil, nil, fmt.Errorf("%s: two runs are needed to tell what differs", strings.Join(names, " "))
	}
	return runs, damage, nil
}

// runsIn are the runs that a directory holds; the name itself if it is no such directory.
func runsIn(name string) []string {
	if _, err := os.Stat(filepath.Join(name, conclude.ReportFile)); err == nil {
		return []string{name}
	}
	entries, err := os.ReadDir(name)
	if err != nil {
		return []string{name}
	}
	var out []string
	for _, e := range entries {
		path := filepath.Join(name, e.Name())
		if _, err := os.Stat(filepath.Join(path, conclude.ReportFile)); err == nil {
			out = append(out, path)
		}
	}
	if out == nil {
		return []string{name}
	}
	return out
}
