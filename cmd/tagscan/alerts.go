package main

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/tagscan/tagscan/cmd/internal/exit"
	"github.com/tagscan/tagscan/cmd/internal/store"
)

func (a *app) alertsCommand() *cobra.Command {
	var site, file, since, format string
	c := &cobra.Command{
		Use:   "alerts",
		Short: "What was told about the sites that are remembered",
		Long: `List what was told, in the order in which it was, each thing once: a flow, recipient, script,
header, contradiction about consent or run of scans that did not see enough, and whether it is
new, changed, gone or back. What belongs to one scan is one message. No value of a person is in it.`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			from, err := parseDay("since", since, false)
			if err != nil {
				return err
			}
			if format != "text" && format != "jsonl" {
				return exit.Usagef("", "--format %q is none of text, jsonl", format)
			}
			memory, err := openStore(c.Context(), file)
			if err != nil {
				return err
			}
			defer memory.Close()
			list, err := memory.Alerts(c.Context(), store.AlertFilter{Site: site, Since: from})
			if err != nil {
				return exit.Failedf("", "%w", err)
			}
			if format == "jsonl" {
				return a.alertLines(list)
			}
			a.alertText(list)
			return nil
		},
	}
	c.Flags().StringVar(&file, "store", store.DefaultFile, "file in which it is remembered")
	c.Flags().StringVar(&site, "site", "", "of this site only")
	c.Flags().StringVar(&since, "since", "", "told on this day (2026-01-31) or at this time (2026-01-31T08:00:00Z), or later")
	c.Flags().StringVar(&format, "format", "text", "what to print: text, jsonl")
	return c
}

func (a *app) alertLines(list []store.Alert) error {
	enc := json.NewEncoder(a.stdout)
	for _, x := range list {
		if err := enc.Encode(x); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) alertText(list []store.Alert) {
	message := ""
	for _, x := range list {
		if m := x.Site + " " + x.Scan; m != message {
			message = m
			fmt.Fprintf(a.stdout, "%s: scan of %s, run %s, told %s\n", x.Site, x.At.Format("2006-01-02 15:04"), x.Scan, x.ToldAt.Format(time.RFC3339))
		}
		fmt.Fprintln(a.stdout, "  "+newsLine(x.News))
	}
	if len(list) == 0 {
		fmt.Fprintln(a.stdout, "nothing was told")
	}
}
