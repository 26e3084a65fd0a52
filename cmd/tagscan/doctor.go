package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tagscan/tagscan/cmd/internal/doctor"
	"github.com/tagscan/tagscan/cmd/internal/exit"
	"github.com/tagscan/tagscan/crawler/chrome"
)

func (a *app) doctorCommand() *cobra.Command {
	var path, kind string
	var asJSON bool
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Say what is missing on this machine and how to mend it",
		Args:  usageArgs(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			checks := doctor.Run(c.Context(), doctor.Options{Find: chrome.FindOptions{Path: path, Kind: kind}})
			if asJSON {
				enc := json.NewEncoder(a.stdout)
				enc.SetIndent("", "  ")
				if err := enc.Encode(checks); err != nil {
					return err
				}
			}
			bad := false
			for _, k := range checks {
				bad = bad || k.State == doctor.Bad
				if asJSON {
					continue
				}
				fmt.Fprintf(a.stdout, "%-8s %-16s %s\n", k.State, k.Name, k.Found)
				if k.Fix != "" {
					fmt.Fprintf(a.stdout, "%-8s %-16s → %s\n", "", "", k.Fix)
				}
			}
			if bad {
				return exit.Silent(exit.Failed)
			}
			return nil
		},
	}
	c.Flags().StringVar(&path, "chrome", "", "path of the browser")
	c.Flags().StringVar(&kind, "browser", chrome.KindAuto, "auto, chrome or headless-shell")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}
