package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/tagscan/tagscan/cmd/internal/exit"
	"github.com/tagscan/tagscan/crawler/capture"
	"github.com/tagscan/tagscan/report"
	"github.com/tagscan/tagscan/report/conclude"
)

// A run remembers what it was judged with: which values were known (as tokens, in the capture), by which policy and baseline
// (as names and hashes, in report.json). Commands that look at it again tell the same, or say why they cannot.

// told reports whether what was concluded about a run when it was scanned is there, and as it was written.
func told(run *capture.Capture) bool {
	return !run.IsHAR() && run.Intact(conclude.ReportFile) == nil && run.Intact(conclude.FindingsFile) == nil
}

// detected detects and judges, if what was known when the captures were made is known now. If no known values are given, what
// was found with them is told, where it was kept; else less would be found, and that is refused.
func (a *app) detected(ctx context.Context, f judgeFlags, j *judgement, captures ...conclude.Profile) (
	m *report.Model, stream string, done func(), err error,
) {
	run := captures[0].Capture
	keys := strings.Join(j.options.Forgotten(captures...), ", ")
	switch {
	case keys == "":
		return a.conclude(ctx, j, captures...)
	case len(j.options.Persona) > 0:
		fmt.Fprintf(a.stderr, "%s was scanned with known values that are not given now (%s): less may be found\n", run.Path, keys)
		return a.conclude(ctx, j, captures...)
	case len(captures) == 1 && f.detectionFlag() == "" && told(run):
		fmt.Fprintf(a.stderr, "%s was scanned with known values that are not given (%s): what was found with them is told; "+
			"with --persona FILE it is detected again\n", run.Path, keys)
		return a.concluded(ctx, f, j, run, true)
	}
	return nil, "", nil, exit.Usagef("give them with --persona FILE", "%s was scanned with known values that are not given (%s): without them less would be found", run.Path, keys)
}

// fileLabel names a file and its contents: "tagscan.yaml 1f2e3d4c5b6a". It tells no path of this machine.
func fileLabel(name string) string {
	data, err := os.ReadFile(name)
	if err != nil {
		return filepath.Base(name) // who reads it says what is wrong with it
	}
	sum := sha256.Sum256(data)
	return filepath.Base(name) + " " + hex.EncodeToString(sum[:6])
}

// fileOf is the name in a label.
func fileOf(label string) string {
	name, _, _ := strings.Cut(label, " ")
	return name
}

// sayPolicy says that a run is judged by another policy than when it was scanned.
func (a *app) sayPolicy(m *report.Model, j *judgement) {
	was, is := m.Made.Policy, j.options.PolicyFile
	switch {
	case was == "" || was == is:
	case is == "":
		fmt.Fprintf(a.stderr, "the run was judged by the policy %s; --config judges it by that one again\n", fileOf(was))
	case fileOf(was) == fileOf(is):
		fmt.Fprintf(a.stderr, "the policy %s has changed since the run was judged\n", fileOf(is))
	default:
		fmt.Fprintf(a.stderr, "the run was judged by the policy %s, and now by %s\n", fileOf(was), fileOf(is))
	}
}

// sameJudges refuses to accept flows without the policy or baseline that decided on them: what is taken would be something else
// than what the scan told.
func (f *judgeFlags) sameJudges(run string, m *report.Model, j *judgement) error {
	if m.Made.Policy != "" && j.options.PolicyFile == "" {
		name := fileOf(m.Made.Policy)
		return exit.Usagef("say --config "+name, "%s was judged by the policy %s, which is not given", run, name)
	}
	if m.Made.Baseline != "" && j.options.Baseline == nil && f.baseline == "" {
		name := fileOf(m.Made.Baseline)
		return exit.Usagef("say --baseline "+name+", or name a new file", "%s was judged with the baseline %s, which is not given", run, name)
	}
	return nil
}
