package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tagscan/tagscan/cmd/internal/exit"
	"github.com/tagscan/tagscan/cmd/internal/scan"
	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/capture"
)

// ofPresentation are the flags that say how a scan tells what it does, and not what it does.
var ofPresentation = []string{"resume", "quiet", "verbose", "ci"}

// ofPace are options of a run that may be others when it is gone on with: what is seen does not depend on them.
var ofPace = []string{"workers", "timeout"}

// again is a scan that is gone on with: its flags and arguments are those of the command that began it, unless that is given again.
func (f *scanFlags) again(c *cobra.Command, args []string) ([]string, error) {
	run, m, err := capture.Recorded(f.resume)
	if err != nil {
		return nil, scanError(err)
	}
	given := len(args) > 0
	c.Flags().Visit(func(flag *pflag.Flag) { given = given || !slices.Contains(ofPresentation, flag.Name) })
	if !given {
		if args, err = f.repeat(m.Made); err != nil {
			return nil, err
		}
	}
	if f.out != "" && f.out != f.resume && given {
		return nil, exit.Usagef("leave -o out", "--resume goes on in %s, and -o names %s", f.resume, f.out)
	}
	f.out, f.overwrite, f.earlier = f.resume, false, &run
	return args, nil
}

// repeat reads the command that began the run.
func (f *scanFlags) repeat(made capture.Made) ([]string, error) {
	const hint = "give the whole command again, with --resume added"
	switch {
	case made.Masked:
		return nil, exit.Usagef(hint, "the command that began the run held something secret or personal, which is not kept")
	case len(made.Command) == 0 || made.Command[0] != "scan":
		return nil, exit.Usagef(hint, "the run does not say by which command it was begun")
	}
	was := scanFlags{}
	c := &cobra.Command{Use: "scan"}
	was.register(c)
	if err := c.ParseFlags(made.Command[1:]); err != nil {
		return nil, exit.Usagef(hint, "the command that began the run: %w", err)
	}
	was.resume, was.quiet, was.verbose, was.ci = f.resume, f.quiet, f.verbose, f.ci
	*f = was
	return c.Flags().Args(), nil
}

// goOn makes the scan one that goes on, if that is wanted, and fails if it would not be the same scan.
func (f *scanFlags) goOn(o *scan.Options) error {
	if f.earlier == nil {
		return nil
	}
	if !slices.Equal(f.earlier.Seeds, o.Seeds) {
		return exit.Usagef("go on with the same addresses, or scan anew", "the run began at %s, and not at %s",
			strings.Join(f.earlier.Seeds, ", "), strings.Join(o.Seeds, ", "))
	}
	if diff := differences(f.earlier, o.Flags); len(diff) > 0 {
		return exit.Usagef("go on with the same options, or scan anew", "the run was made with other options: %s", strings.Join(diff, "; "))
	}
	o.Resume = true
	return nil
}

// differences are the options that change what is seen and are not what they were.
func differences(run *crawler.Run, now map[string]string) (diff []string) {
	names := map[string]bool{}
	for name := range maps.Keys(run.Options) {
		names[name] = true
	}
	for name := range maps.Keys(now) {
		names[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if was, is := run.Options[name], now[name]; was != is && !slices.Contains(ofPace, name) {
			diff = append(diff, fmt.Sprintf("%s was %q and is %q", name, was, is))
		}
	}
	return diff
}
