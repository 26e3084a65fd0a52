package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tagscan/tagscan/cmd/internal/exit"
	"github.com/tagscan/tagscan/crawler/capture"
	"github.com/tagscan/tagscan/report"
	"github.com/tagscan/tagscan/report/conclude"
)

func (a *app) reportCommand() *cobra.Command {
	var f judgeFlags
	var format string
	c := &cobra.Command{
		Use:   "report RUN",
		Short: "Another report of a kept run",
		Long: `Print or write another report of a kept run, of what was found when it was scanned: nothing
is detected anew. With --config, --baseline, --fail-on or --severity it is judged anew. What
needs other knowledge or the values in clear is for tagscan detect.

The exit code is that of the verdict, as after a scan.`,
		Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			print, err := report.ByName(format)
			if err != nil {
				return exit.Usagef("", "--format: %w", err)
			}
			if err := f.needsDetection(args[0]); err != nil {
				return err
			}
			run, err := a.openRun(args[0])
			if err != nil {
				return err
			}
			j, err := f.load(nil)
			if err != nil {
				return err
			}
			ctx := c.Context()
			m, stream, done, err := a.concluded(ctx, f, j, run, f.judgedAnew())
			if err != nil {
				return err
			}
			defer done()
			if err := f.reports(ctx, a, j, m, stream, run.Blobs); err != nil {
				return err
			}
			if err := f.seal(run); err != nil { // the report says what is wrong with the run
				fmt.Fprintf(a.stderr, "the manifest does not list the new report: %v\n", err)
			}
			if len(f.reportTo) == 0 || c.Flags().Changed("format") {
				err = print.Write(ctx, a.stdout, m, report.WriteOptions{
					Key: j.options.Key, Conclusions: streamOf(stream), Policy: j.policy, Blobs: run.Blobs, Color: colour(a.stdout),
					Width: width(a.stdout), HTML: filepath.Join(args[0], conclude.HTMLFile), Print: a.printer(),
				})
			}
			if err != nil {
				return err
			}
			return exitOf(m)
		},
	}
	f.register(c)
	c.Flags().StringVar(&format, "format", "text", "what to print: "+strings.Join(report.Names(), ", "))
	return c
}

// concluded is what was concluded about a run when it was scanned, judged by what the flags ask for and with what does not
// fit any more in its files. A HAR is concluded now, and so is a run that nothing was concluded about yet, or whose conclusions
// are not as the manifest has them: what somebody edited is nobody's word.
func (a *app) concluded(ctx context.Context, f judgeFlags, j *judgement, run *capture.Capture, anew bool) (
	m *report.Model, stream string, done func(), err error,
) {
	if !told(run) {
		return a.detected(ctx, f, j, conclude.Profile{Capture: run})
	}
	m, err = readModel(run.Path)
	if err != nil {
		return nil, "", nil, exit.Usagef("`tagscan detect "+run.Path+"` concludes from the capture again", "%w", err)
	}
	gaps, err := run.Gaps(ctx)
	if err != nil {
		return nil, "", nil, inputError(err)
	}
	switch {
	case anew:
		a.sayPolicy(m, j)
		m = m.Judged(j.options.Judge(m, gaps...))
		m.Made.Policy, m.Made.Baseline = j.options.PolicyFile, j.options.BaselineFile
	case len(gaps) > 0:
		m = m.Judged(m.Verdict.With(gaps, j.options.Config))
	}
	return m, filepath.Join(run.Path, conclude.FindingsFile), func() {}, nil
}

// seal takes the reports that were written into the run's own directory into its manifest.
func (f *judgeFlags) seal(run *capture.Capture) error {
	names := f.reportsIn(run.Path)
	if len(names) == 0 {
		return nil
	}
	unlock, err := capture.Lock(run.Path)
	if err != nil {
		return err
	}
	defer unlock()
	return capture.Seal(run.Path, names...)
}

// reportsIn are the names of the reports that are written into a run directory.
func (f *judgeFlags) reportsIn(dir string) (names []string) {
	for _, name := range f.reportTo {
		if filepath.Clean(filepath.Dir(name)) == filepath.Clean(dir) {
			names = append(names, filepath.Base(name))
		}
	}
	return names
}

// judgedAnew reports whether a flag asks for another judgement than that of the scan.
func (f *judgeFlags) judgedAnew() bool {
	return f.anyChanged("config", "baseline", "fail-on", "severity") != ""
}

// needsDetection refuses flags that only detection can honour.
func (f *judgeFlags) needsDetection(run string) error {
	name := f.detectionFlag()
	if name == "" {
		return nil
	}
	return exit.Usagef("`tagscan detect "+run+" --"+name+"` does that, with the same --report and --format", "--%s needs the capture to be detected again; a report tells what was found", name)
}

// detectionFlag is the first given flag that only detection can honour, "" if there is none.
func (f *judgeFlags) detectionFlag() string {
	return f.anyChanged("reveal", "persona", "vendors", "first-party", "include-first-party")
}

// anyChanged is the first of the flags that was given, "" if none was.
func (f *judgeFlags) anyChanged(names ...string) string {
	for _, name := range names {
		if f.changed(name) {
			return name
		}
	}
	return ""
}
