package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tagscan/tagscan/cmd/internal/exit"
	"github.com/tagscan/tagscan/report"
	"github.com/tagscan/tagscan/report/conclude"
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

The exit code is that of the verdict, as after a scan.`,
		RunE: func(c *cobra.Command, args []string) error {
			captures, err := a.openProfiles(args, profiles, repeats)
			if err != nil {
				return err
			}
			j, err := f.load(nil)
			if err != nil {
				return err
			}
			if out != "" {
				return exit.Usagef("", "-o is for scans: use --report")
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
	m, stream, done, err := a.detected(ctx, f, j, captures...)
	if err != nil {
		return err
	}
	defer done()
	blobs := captures[0].Capture.Blobs
	if err := f.reports(ctx, a, j, m, stream, blobs); err != nil {
		return err
	}
	w := report.WriteOptions{Reveal: f.reveal, Key: j.options.Key, Conclusions: streamOf(stream), Policy: j.policy, Blobs: blobs, Color: colour(a.stdout), Width: width(a.stdout), Print: a.printer()}
	if err := print.Write(ctx, a.stdout, m, w); err != nil {
		return err
	}
	return exitOf(m)
}

// conclude detects and judges. The conclusions are kept in a file of their own until done is called.
func (a *app) conclude(ctx context.Context, j *judgement, captures ...conclude.Profile) (m *report.Model, stream string, done func(), err error) {
	dir, err := os.MkdirTemp("", "tagscan-")
	if err != nil {
		return nil, "", nil, exit.Failedf("set TMPDIR to a directory that can be written to", "conclusions: %w", err)
	}
	undo := a.atExit(func() { _ = os.RemoveAll(dir) })
	done = func() { undo(); _ = os.RemoveAll(dir) }
	stream = filepath.Join(dir, conclude.FindingsFile)
	c, err := j.options.Keep(ctx, stream, captures...)
	if err != nil {
		done()
		return nil, "", nil, inputError(err)
	}
	return c.Model, stream, done, nil
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
