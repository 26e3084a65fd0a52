package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tagscan/tagscan/cmd/internal/exit"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/report/history"
)

func (a *app) diffCommand() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "What appeared, went, changed between two runs",
		Long: `Tell what differs between two runs: recipients, flows, scripts, cookies, consent. Changes of
the site are kept apart from those that tagscan's own catalog and rules may have made.

The exit code is 0 where nothing changed on the site, 1 where something did, and 3 where nothing
did but the new run has not seen enough to say so.`,
		Args: usageArgs(cobra.ExactArgs(2)),
		RunE: func(c *cobra.Command, args []string) error {
			const hint = "give two directories that `tagscan scan -o` made, or two report.json files"
			old, _, err := a.readRun(c.Context(), args[0])
			if err != nil {
				return exit.Usagef(hint, "%w", err)
			}
			cur, damage, err := a.readRun(c.Context(), args[1])
			if err != nil {
				return exit.Usagef(hint, "%w", err)
			}
			changes := history.Diff(old, cur)
			if err := history.Write(a.stdout, changes, format); err != nil {
				return exit.Usagef("", "%w", err)
			}
			if len(changes.Site) > 0 {
				return exit.Silent(exit.Violation)
			}
			if v := cur.Verdict.With(damage, nil); slices.ContainsFunc(v.Gaps, func(g policy.Gap) bool { return g.Incomplete }) {
				return &exit.Error{
					Code: exit.Incomplete, Err: fmt.Errorf("the new run has not seen enough to say that nothing changed"),
					Hint: "`tagscan report " + args[1] + "` says what is missing",
				}
			}
			return nil
		},
	}
	c.Flags().StringVar(&format, "format", "text", strings.Join(history.Formats, ", "))
	return c
}
