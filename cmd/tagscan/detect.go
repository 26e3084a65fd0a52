package main

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tagscan/tagscan/cmd/internal/conclude"
	"github.com/tagscan/tagscan/cmd/internal/exit"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/report"
)

func (a *app) detectCommand() *cobra.Command {
	var f judgeFlags
	var format, out string
	var profiles, repeats []string
	c := &cobra.Command{
		Use:   "detect RUN|FILE.har",
		Short: "Detect again without a browser: in a kept run, or in any HAR 1.2 file",
		Long: `Detect in a kept run or in a HAR 1.2 file (Chrome's, Firefox's, Charles's …).

Several captures of the same pages can be compared: what is stable for one visitor and
differs between visitors identifies them, whatever it is called.
  tagscan detect --profile A=one.har --profile B=two.har --repeat A=three.har

The exit code is that of a verdict if a policy file, a baseline, --fail-on or --severity
asks for one; else 0.`,
		RunE: func(c *cobra.Command, args []string) error {
			captures, err := a.openProfiles(args, profiles, repeats)
			if err != nil {
				return err
			}
			j, err := f.load(nil)
			if err != nil {
				return err
			}
			ctx := c.Context()
			if out != "" {
				return exit.Usagef("", "-o is for scans: use --report")
			}
			if format == "jsonl" && len(f.reportTo) == 0 && !j.judged {
				_, findings, err := j.options.Findings(ctx, captures...)
				if err == nil {
					err = detect.WriteJSONL(a.stdout, findings, detect.Output{Reveal: f.reveal, Key: j.options.Key})
				}
				return inputError(err)
			}
			return a.detectAndJudge(c, f, j, format, captures)
		},
	}
	f.register(c)
	c.Flags().StringVar(&format, "format", "text", "what to print: jsonl (one finding a line) or a report format: "+strings.Join(report.Names(), ", "))
	c.Flags().StringVarP(&out, "out", "o", "", "")
	_ = c.Flags().MarkHidden("out")
	c.Flags().StringArrayVar(&profiles, "profile", nil, "NAME=RUN|FILE.har: the capture of one visitor (repeatable)")
	c.Flags().StringArrayVar(&repeats, "repeat", nil, "NAME=RUN|FILE.har: a further visit of the same visitor (repeatable)")
	return c
}

func (a *app) detectAndJudge(c *cobra.Command, f judgeFlags, j *judgement, format string, captures []conclude.Profile) error {
	print, err := report.ByName(format)
	if err != nil {
		return exit.Usagef("", "--format: %w", err)
	}
	ctx := c.Context()
	m, err := j.options.Model(ctx, captures...)
	if err != nil {
		return inputError(err)
	}
	run := captures[0].Capture
	if err := f.reports(ctx, a, j, m, captures...); err != nil {
		return err
	}
	w := report.WriteOptions{Reveal: f.reveal, Key: j.options.Key, Findings: j.findings(ctx, captures...), Policy: j.policy, Blobs: run.Blobs, Color: colour(a.stdout), Width: width(a.stdout), Print: a.printer()}
	if err := print.Write(ctx, a.stdout, m, w); err != nil {
		return err
	}
	if !j.judged {
		return nil
	}
	return j.exitOf(m)
}

// openProfiles opens the one input, or the captures of several visitors.
func (a *app) openProfiles(args, profiles, repeats []string) ([]conclude.Profile, error) {
	if len(profiles) == 0 {
		if len(repeats) > 0 || len(args) != 1 {
			return nil, exit.Usagef("give one run directory or HAR file, or several with --profile NAME=FILE", "tagscan detect takes one input, got %d", len(args))
		}
		run, err := a.openRun(args[0])
		if err != nil {
			return nil, err
		}
		return []conclude.Profile{{Capture: run}}, nil
	}
	if len(args) > 0 {
		return nil, exit.Usagef("name every capture with --profile or --repeat", "%s is given beside --profile", args[0])
	}
	var all []conclude.Profile
	visits := map[string]int{}
	for i, arg := range slices.Concat(profiles, repeats) {
		name, path, ok := strings.Cut(arg, "=")
		if !ok || name == "" || path == "" {
			return nil, exit.Usagef("as in --profile A=one.har", "%q is not NAME=FILE", arg)
		}
		if i >= len(profiles) && visits[name] == 0 {
			return nil, exit.Usagef("give --profile "+name+"=FILE as well", "--repeat %s has no profile to repeat", name)
		}
		run, err := a.openRun(path)
		if err != nil {
			return nil, err
		}
		all = append(all, conclude.Profile{Capture: run, Name: name, Visit: visits[name]})
		visits[name]++
	}
	return all, nil
}

// inputError is an error of reading what a user gave.
func inputError(err error) error {
	if err == nil {
		return nil
	}
	return exit.Usagef("give a directory that `tagscan scan -o` made, or a HAR 1.2 file", "%w", err)
}

func (a *app) reportCommand() *cobra.Command {
	var f judgeFlags
	var format string
	c := &cobra.Command{
		Use:   "report RUN",
		Short: "Another report of a kept run",
		Long: `Print or write another report of a kept run, from its report.json, without a browser and
without detecting again. With --reveal, --persona, --config or the like the capture is
detected and judged again.`,
		Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			run, err := a.openRun(args[0])
			if err != nil {
				return err
			}
			j, err := f.load(nil)
			if err != nil {
				return err
			}
			m, err := readModel(args[0])
			if err != nil || f.anew() {
				if m, err = j.options.Model(c.Context(), conclude.Profile{Capture: run}); err != nil {
					return inputError(err)
				}
			}
			if err := f.reports(c.Context(), a, j, m, conclude.Profile{Capture: run}); err != nil {
				return err
			}
			if len(f.reportTo) > 0 && !c.Flags().Changed("format") {
				return nil
			}
			print, err := report.ByName(format)
			if err != nil {
				return exit.Usagef("", "--format: %w", err)
			}
			return print.Write(c.Context(), a.stdout, m, report.WriteOptions{
				Reveal: f.reveal, Key: j.options.Key, Findings: j.findings(c.Context(), conclude.Profile{Capture: run}), Policy: j.policy, Blobs: run.Blobs, Color: colour(a.stdout), Width: width(a.stdout),
				HTML: filepath.Join(args[0], conclude.HTMLFile), Print: a.printer(),
			})
		},
	}
	f.register(c)
	c.Flags().StringVar(&format, "format", "text", "what to print: "+strings.Join(report.Names(), ", "))
	return c
}

// anew reports whether a flag asks for more than another wording.
func (f *judgeFlags) anew() bool {
	for _, name := range []string{"reveal", "persona", "config", "baseline", "fail-on", "severity", "vendors", "first-party", "include-first-party"} {
		if f.changed(name) {
			return true
		}
	}
	return false
}
