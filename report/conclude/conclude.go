// Package conclude goes from captures to a report: capture or HAR → conclusions → judgement → model → files. It runs
// detection over them, holds what was found against the policy, and writes findings and reports. It needs no browser and
// changes no capture. The command is made of it, and so can be any other program: see the example.
package conclude

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/capture"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
	"github.com/tagscan/tagscan/report"
)

// FindingsFile and the others are the names that a run directory gives to what is concluded.
const (
	FindingsFile = "findings.jsonl"
	ReportFile   = "report.json"
	HTMLFile     = "report.html"
)

// Profile is a capture that belongs to a visitor: the first of its name, or a repeat.
type Profile struct {
	Capture *capture.Capture
	Name    string // "" where the capture says itself who visited
	Visit   int
}

// Options say what is known beforehand and what is wanted.
type Options struct {
	Tool              string
	Persona           rule.Persona
	Catalog           *recipient.Catalog
	FirstParty        []string
	IncludeFirstParty bool
	Resolver          recipient.Resolver // nil: DNS is not asked
	Workers           int
	Config            *policy.Config   // nil: the default policy
	Baseline          *policy.Baseline // nil: none
	PolicyFile        string           // name and hash of the file that Config is from, for the record
	BaselineFile      string           // the same of Baseline
	Now               time.Time        // day on which expiries are judged
	Key               []byte
	Reveal            bool
}

// analyzer makes the Analyzer of the options, with what the captures say of themselves.
func (o Options) analyzer(run *crawler.Run) (*detect.Analyzer, error) {
	persona, first := o.Persona, o.FirstParty
	if run != nil {
		first = append(append([]string(nil), first...), run.FirstParty...)
		if len(persona) == 0 && len(run.Persona) > 0 {
			persona = rule.PersonaOf(run.Persona)
		}
	}
	return detect.New(detect.Config{
		Persona: persona, Catalog: o.Catalog, FirstParty: first, IncludeFirstParty: o.IncludeFirstParty,
		Resolver: o.Resolver, Workers: o.Workers,
	})
}

// open makes the Run of the profiles: of what the crawl saw or, with all, of those who looked at pages again, too.
func (o Options) open(profiles []Profile, all bool) (*detect.Run, error) {
	a, err := o.analyzer(runOf(profiles))
	if err != nil {
		return nil, err
	}
	captures := make([]detect.Capture, 0, len(profiles))
	for _, p := range profiles {
		events := p.Capture.Events
		if !all {
			events = func() iter.Seq2[crawler.Event, error] { return crawler.Crawled(p.Capture.Events()) }
		}
		captures = append(captures, detect.Capture{Events: events, Blobs: p.Capture.Blobs, Profile: p.Name, Visit: p.Visit})
	}
	return a.Open(captures...), nil
}

// runOf is the first Run event of the captures, or nil. Errors show when the capture is read in earnest.
func runOf(profiles []Profile) *crawler.Run {
	for _, p := range profiles {
		for ev, err := range p.Capture.Events() {
			if err != nil {
				break
			}
			return ev.Run
		}
	}
	return nil
}

// Conclusion is what detection and judgement come to.
type Conclusion struct {
	Model   *report.Model
	Input   policy.Input // what the verdict rests on
	Verdict policy.Verdict

	mask func(string) string // masks a text as those of Model are
}

// Conclude detects, judges and builds the model. Each conclusion is handed to each as it comes, if each is not nil.
func (o Options) Conclude(ctx context.Context, each func(detect.Conclusion) error, profiles ...Profile) (*Conclusion, error) {
	run, err := o.open(profiles, false)
	if err != nil {
		return nil, err
	}
	again, err := o.again(ctx, profiles)
	if err != nil {
		return nil, err
	}
	reporting := o.reporting()
	owners := sync.OnceValue(run.Owners)
	reporting.OwnerOf = func(host string) recipient.Recipient { return owners().Of(host) }
	b := report.NewBuilder(reporting)
	for c, err := range run.Conclude(ctx, b.Event) {
		if err != nil {
			return nil, err
		}
		if c.Finding != nil {
			c.Finding.Stability = again[c.Finding.Fingerprint]
		}
		b.Conclusion(c)
		if each != nil {
			if err := each(c); err != nil {
				return nil, err
			}
		}
	}
	c := &Conclusion{Input: b.Input()}
	c.Input.Again = again
	c.Verdict = policy.Judge(c.Input, o.Config, o.Baseline, o.Now)
	c.Model = b.Build(c.Verdict)
	c.mask = b.Masker()
	return c, nil
}

// Judge holds a report that was made before against the policy and the baseline of the options. Nothing is detected anew.
// more are gaps that were found since: files of the run that do not fit any more.
func (o Options) Judge(m *report.Model, more ...crawler.Gap) policy.Verdict {
	in := m.Input()
	in.Gaps = append(in.Gaps, more...)
	return policy.Judge(in, o.Config, o.Baseline, o.Now)
}

// Keep is Conclude that keeps the stream of conclusions in a file, from which Stream reads it again: a report that lists
// what was found reads that, and nothing is detected twice. The file is masked as the report is, so it is written twice: what must not
// stand in its first line may be found in the last.
func (o Options) Keep(ctx context.Context, file string, profiles ...Profile) (*Conclusion, error) {
	raw := filepath.Join(filepath.Dir(file), ".tagscan-"+strings.ToLower(rand.Text()))
	defer os.Remove(raw)
	c, err := o.keep(ctx, raw, profiles...)
	if err != nil {
		return c, err
	}
	return c, WriteFile(file, func(w io.Writer) error {
		out := detect.NewStreamWriter(w, detect.Output{Reveal: o.Reveal, Text: c.mask}, true)
		for x, err := range Stream(raw) {
			if err == nil {
				err = out.Write(x)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// keep is Keep without what only the end tells.
func (o Options) keep(ctx context.Context, file string, profiles ...Profile) (*Conclusion, error) {
	var c *Conclusion
	var failed error // of what was read, which has nothing to do with the file that is written
	err := WriteFile(file, func(w io.Writer) error {
		out := detect.NewStreamWriter(w, detect.Output{Reveal: o.Reveal, Key: o.Key}, true)
		write := func(x detect.Conclusion) error {
			if err := out.Write(x); err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
			return nil
		}
		c, failed = o.Conclude(ctx, write, profiles...)
		return failed
	})
	if failed != nil {
		return c, failed
	}
	return c, err
}

// Stream reads the conclusions that Keep, or a scan, has kept in a file. It can be ranged over more than once.
func Stream(file string) iter.Seq2[detect.Conclusion, error] {
	return func(yield func(detect.Conclusion, error) bool) {
		f, err := os.Open(file)
		if err != nil {
			yield(detect.Conclusion{}, fmt.Errorf("findings: %w", err))
			return
		}
		defer f.Close()
		detect.ReadStream(f)(yield)
	}
}

// reporting is what a report needs to know beside events and conclusions.
func (o Options) reporting() report.Options {
	return report.Options{
		Advice:  advice(o.Catalog),
		Persona: keysOf(o.Persona),
		Known:   o.Persona,
		Key:     o.Key,
		Made:    report.Made{Tool: o.Tool, Catalog: CatalogVersion(o.Catalog), Rules: RulesVersion(), Policy: o.PolicyFile, Baseline: o.BaselineFile},
	}
}

// Write writes findings.jsonl, report.json and report.html into dir, each whole or not at all, and returns the model.
func (o Options) Write(ctx context.Context, dir string, profiles ...Profile) (*report.Model, error) {
	c, err := o.Keep(ctx, filepath.Join(dir, FindingsFile), profiles...)
	if err != nil {
		return nil, err
	}
	model := c.Model
	for name, format := range map[string]string{ReportFile: "json", HTMLFile: "html"} {
		if err := o.File(ctx, filepath.Join(dir, name), format, model, report.WriteOptions{Reveal: o.Reveal, Blobs: profiles[0].Capture.Blobs}); err != nil {
			return nil, err
		}
	}
	return model, nil
}

// File writes one report; format "" is inferred from the name's ending.
func (o Options) File(ctx context.Context, name, format string, m *report.Model, w report.WriteOptions) error {
	f, err := report.FormatFor(name)
	if format != "" {
		f, err = report.ByName(format)
	}
	if err != nil {
		return err
	}
	return WriteFile(name, func(out io.Writer) error { return f.Write(ctx, out, m, w) })
}

// WriteFile writes a file with mode 0600 that is there in full or not at all.
func WriteFile(name string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".tagscan-*")
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	out := bufio.NewWriterSize(f, 64<<10)
	err = write(out)
	if err == nil {
		err = out.Flush()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		os.Remove(f.Name())
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
