package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tagscan/tagscan/cmd/internal/exit"
	"github.com/tagscan/tagscan/cmd/internal/project"
	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
	"github.com/tagscan/tagscan/report"
	"github.com/tagscan/tagscan/report/conclude"
)

// configFile and baselineFile are looked for in the working directory.
const (
	configFile   = "tagscan.yaml"
	baselineFile = "tagscan-baseline.yaml"
)

// judgeFlags are the flags of every command that detects and judges.
type judgeFlags struct {
	persona    string
	config     string
	configCopy string // file that holds what config held when it was last right; "": it is right
	baseline   string
	failOn     string
	severity   string
	vendors    []string
	firstParty []string
	own        bool
	noDNS      bool
	reveal     bool
	reportTo   []string
	runDir     string // directory that will be made before reports are written

	newBaseline bool // the named baseline need not be there yet

	changed func(string) bool // whether a flag was given
}

func (f *judgeFlags) register(c *cobra.Command) {
	f.registerJudge(c)
	fl := c.Flags()
	fl.BoolVar(&f.own, "include-first-party", false, "report what the site sends to itself, too")
	fl.BoolVar(&f.reveal, "reveal", false, "write values as they are instead of masked")
	fl.StringArrayVar(&f.reportTo, "report", nil, "write a report; its ending says the format: .html .json .jsonl .sarif .xml .csv .md .pdf .txt (repeatable)")
}

// registerJudge registers the flags of commands that detect and judge, and write no report of the run.
func (f *judgeFlags) registerJudge(c *cobra.Command) {
	f.registerDetect(c)
	fl := c.Flags()
	fl.StringVar(&f.config, "config", "", "policy file ("+configFile+" if it is there)")
	fl.StringVar(&f.baseline, "baseline", "", "accepted flows ("+baselineFile+" if it is there)")
	fl.StringVar(&f.failOn, "fail-on", "", "which flows fail the run: new, any, never")
	fl.StringVar(&f.severity, "severity", "", "severity from which flows fail the run: info, low, medium, high, critical")
}

// registerDetect registers the flags of commands that detect.
func (f *judgeFlags) registerDetect(c *cobra.Command) {
	fl := c.Flags()
	f.changed = func(name string) bool { return fl.Changed(name) }
	fl.StringVar(&f.persona, "persona", "", "file with known values (YAML or JSON): email, phone, full_name, user_id …")
	fl.StringSliceVar(&f.vendors, "vendors", nil, "directory with vendor files of your own, or a list: Tracker Radar, Disconnect, EasyList (repeatable)")
	fl.StringSliceVar(&f.firstParty, "first-party", nil, "further domain that belongs to the site's owner (repeatable)")
	fl.BoolVar(&f.noDNS, "no-dns", false, "do not ask DNS whether a host of the site is a vendor's under another name")
}

// judgement is what the flags and the policy file say together.
type judgement struct {
	options conclude.Options
	policy  string // name of the policy file, "" without one
}

// load reads the policy file, the baseline, the persona and the vendors. persona is what is known if no file is named.
func (f *judgeFlags) load(persona []byte) (*judgement, error) {
	j := &judgement{options: conclude.Options{Tool: "tagscan " + toolVersion(), Reveal: f.reveal, IncludeFirstParty: f.own, Now: time.Now()}}
	if err := f.loadPolicy(j); err != nil {
		return nil, err
	}
	o := &j.options
	o.FirstParty = f.firstParty
	if o.Config != nil {
		o.FirstParty = append(o.FirstParty, o.Config.FirstParty...)
		if f.persona == "" && o.Config.Persona != "" {
			f.persona = beside(j.policy, o.Config.Persona)
		}
	}
	name, quoted := "the built-in persona", f.changed == nil || f.changed("persona")
	if f.persona != "" {
		data, err := os.ReadFile(f.persona)
		if err != nil {
			return nil, exit.Usagef("give a YAML or JSON file", "--persona: %w", err)
		}
		persona, name = data, f.persona
	}
	if persona != nil {
		p, err := rule.ParsePersona(persona)
		err = unquoted(err, quoted)
		if err != nil {
			return nil, exit.Usagef("each line is a key and a value, as in `email: jo@example.org`; the keys are in the README", "persona %s: %w", name, err)
		}
		o.Persona = p
	}
	var err error
	if o.Catalog, err = loadCatalog(f.vendors); err != nil {
		return nil, err
	}
	if !f.noDNS {
		if dns, err := recipient.NewDNS("", 2*time.Second); err == nil {
			o.Resolver = dns
		}
	}
	if o.Key, err = project.Key(os.Getenv, os.UserConfigDir); err != nil {
		return nil, exit.Usagef("", "%w", err)
	}
	for _, name := range f.reportTo {
		if _, err := report.FormatFor(name); err != nil {
			return nil, exit.Usagef("", "--report %w", err)
		}
		dir := filepath.Dir(name)
		if info, err := os.Stat(dir); f.runDir != "" && filepath.Clean(f.runDir) == dir {
			continue // it is made by then
		} else if err != nil || !info.IsDir() {
			return nil, exit.Usagef("make it first, or name another", "--report %s: there is no directory %s", name, dir)
		}
	}
	return j, nil
}

func (f *judgeFlags) loadPolicy(j *judgement) error {
	name := f.config
	if name == "" {
		if _, err := os.Stat(configFile); err == nil {
			name = configFile
		}
	}
	cfg := &policy.Config{}
	if name != "" {
		var err error
		if cfg, err = f.readPolicy(name); err != nil {
			return exit.Usagef("", "%w", err)
		}
		j.policy, j.options.PolicyFile = name, filepath.Base(name)+strings.TrimPrefix(fileLabel(f.source(name)), filepath.Base(f.source(name)))
	}
	if f.failOn != "" {
		v, err := parseFailOn(f.failOn)
		if err != nil {
			return exit.Usagef("", "--fail-on: %w", err)
		}
		cfg.Policy.FailOn = v
	}
	if f.severity != "" {
		s, err := rule.ParseSeverity(f.severity)
		if err != nil {
			return exit.Usagef("", "--severity: %w", err)
		}
		cfg.Policy.Severity = &s
	}
	j.options.Config = cfg
	base, err := policy.LoadBaseline(f.baselineName(j))
	err = unquoted(err, f.baseline != "" || cfg.Baseline == "")
	if err == nil && base == nil && f.baseline != "" && !f.newBaseline {
		err = fmt.Errorf("%s: %w", f.baseline, fs.ErrNotExist)
	}
	if err != nil {
		return exit.Usagef("`tagscan accept RUN --reason …` writes one", "baseline: %w", err)
	}
	j.options.Baseline = base
	if base != nil {
		j.options.BaselineFile = fileLabel(f.baselineName(j))
	}
	return nil
}

// source is the file that holds the policy.
func (f *judgeFlags) source(name string) string {
	if f.configCopy != "" {
		return f.configCopy
	}
	return name
}

// readPolicy reads a policy file, or the copy of it that is to be read in its place.
func (f *judgeFlags) readPolicy(name string) (*policy.Config, error) {
	if f.configCopy == "" {
		return policy.Load(name)
	}
	src, err := os.ReadFile(f.configCopy)
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	return policy.Parse(name, src)
}

// baselineName is the flag's, that of the policy file (beside which it lies), or the usual one.
func (f *judgeFlags) baselineName(j *judgement) string {
	switch {
	case f.baseline != "":
		return f.baseline
	case j.options.Config != nil && j.options.Config.Baseline != "":
		return beside(j.policy, j.options.Config.Baseline)
	}
	return baselineFile
}

// beside is a file that a policy file names: beside it, unless its path is absolute.
func beside(policy, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(filepath.Dir(policy), name)
}

// unquoted is an error of reading a file without what it quotes of it, unless the user named the file: a policy file from elsewhere must
// not have lines of any file told.
func unquoted(err error, named bool) error {
	if err == nil || named {
		return err
	}
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return err
	}
	return errors.New("the file that the policy file names is none of this kind")
}

// loadCatalog is the embedded catalog with the user's own files before it.
func loadCatalog(own []string) (*recipient.Catalog, error) {
	if len(own) == 0 {
		c, err := recipient.Default()
		if err != nil {
			return nil, fmt.Errorf("catalog: %w", err)
		}
		return c, nil
	}
	c, err := recipient.LoadPaths(own...)
	if err != nil {
		return nil, exit.Usagef("--vendors takes a directory of vendor files, or a Tracker Radar, Disconnect or EasyList file", "%w", err)
	}
	return c, nil
}

// reports writes what --report asked for. stream is the file that holds the conclusions, "" if there is none.
func (f *judgeFlags) reports(ctx context.Context, a *app, j *judgement, m *report.Model, stream string, blobs crawler.Blobs) error {
	for _, name := range f.reportTo {
		w := report.WriteOptions{Reveal: f.reveal, Policy: j.policy, Blobs: blobs, Print: a.printer(), Key: j.options.Key, Conclusions: streamOf(stream)}
		if err := j.options.File(ctx, name, "", m, w); err != nil {
			return exit.Failedf("", "report %w", err)
		}
	}
	return nil
}

// streamOf reads the conclusions that a file holds; nil where there is no file.
func streamOf(file string) iter.Seq2[detect.Conclusion, error] {
	if file == "" {
		return nil
	}
	return conclude.Stream(file)
}

func parseFailOn(s string) (policy.FailOn, error) {
	switch f := policy.FailOn(s); f {
	case policy.FailNew, policy.FailAny, policy.FailNever:
		return f, nil
	}
	return "", fmt.Errorf("%q is none of new, any, never", s)
}

// exitOf is the exit that a verdict means: one rule for every command that tells a verdict, and for every format.
func exitOf(m *report.Model) error {
	switch m.Verdict.Result {
	case policy.Fail:
		return exit.Silent(exit.Violation)
	case policy.Incomplete:
		return exit.Silent(exit.Incomplete)
	}
	return nil
}
