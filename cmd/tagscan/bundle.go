package main

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/cmd/internal/evidence"
	"github.com/tagscan/tagscan/cmd/internal/exit"
	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/capture"
	"github.com/tagscan/tagscan/crawler/har"
	"github.com/tagscan/tagscan/crawler/redact"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/rule"
	"github.com/tagscan/tagscan/report"
	"github.com/tagscan/tagscan/report/conclude"
)

//go:embed verify.md
var verifyText []byte

// bundle writes a run as one file to hand over.
func (a *app) bundle(ctx context.Context, path, file string, f judgeFlags, v evidence.Vouch) error {
	run, err := a.openRun(path)
	if err != nil {
		return err
	}
	if run.IsHAR() {
		return exit.Usagef("export --bundle takes a run directory", "%s is a HAR file, and has no manifest", path)
	}
	found, err := evidence.Run(ctx, path, evidence.Trust{})
	if err != nil {
		return inputError(err)
	}
	if !found.Fits() || !found.Ended {
		_ = a.tellVerified(path, found, false)
		return exit.Failedf("a bundle is made of a run in which everything fits: `tagscan verify "+path+"`", "%s is not in order", path)
	}
	if !told(run) {
		return exit.Usagef("`tagscan detect "+path+"` concludes from it", "%s has no report that could be handed over", path)
	}
	b := evidence.Bundle{Tool: "tagscan " + toolVersion(), Run: found.Run, Redacted: !f.reveal, Parent: found.Manifest}
	dir, err := os.MkdirTemp("", "tagscan-export-")
	if err != nil {
		return exit.Failedf("set TMPDIR to a directory that can be written to", "bundle: %w", err)
	}
	undo := a.atExit(func() { _ = os.RemoveAll(dir) })
	defer func() { undo(); _ = os.RemoveAll(dir) }()
	contents, rendered, err := a.contents(ctx, run, f, dir)
	if err != nil {
		return err
	}
	b.Rendered = rendered
	return writeWhole(file, func(out *os.File) error { return evidence.WriteBundle(ctx, out, b, contents, v) })
}

// contents are the files of a bundle, and which of them are no copies of the run's. The HAR is written into a directory that is there
// until the bundle is made.
func (a *app) contents(
	ctx context.Context, run *capture.Capture, f judgeFlags, dir string,
) (list []evidence.Content, rendered []string, err error) {
	list = []evidence.Content{{Name: evidence.ReadmeFile, Data: verifyText}, copied(run, capture.ManifestFile)}
	for _, name := range []string{capture.SignatureFile, capture.StampFile} {
		if _, err := os.Lstat(filepath.Join(run.Path, name)); err == nil {
			list = append(list, copied(run, name))
		}
	}
	traffic := evidence.Content{Name: evidence.HARFile, File: filepath.Join(dir, evidence.HARFile)}
	list = append(list, traffic)
	write := func(events iter.Seq2[crawler.Event, error], blobs crawler.Blobs) error {
		return writeWhole(traffic.File, func(out *os.File) error { return har.Write(out, events, blobs) })
	}
	if f.reveal {
		for _, fact := range run.Manifest.Files {
			list = append(list, copied(run, fact.Name))
		}
		return list, nil, write(crawler.Crawled(run.Events()), run.Blobs)
	}
	events, err := redacted(run, f)
	if err != nil {
		return nil, nil, err
	}
	if err := write(events, nil); err != nil {
		return nil, nil, err
	}
	reports, rendered, err := masked(ctx, run)
	return append(list, reports...), rendered, err
}

func copied(run *capture.Capture, name string) evidence.Content {
	return evidence.Content{Name: name, File: filepath.Join(run.Path, filepath.FromSlash(name))}
}

// masked are the reports of a run as they may be handed over. Those that hold neither a value in clear nor a picture of a page are
// the run's own, byte for byte.
func masked(ctx context.Context, run *capture.Capture) (list []evidence.Content, rendered []string, err error) {
	names := []string{conclude.ReportFile, conclude.HTMLFile, conclude.FindingsFile}
	clear, err := showsMore(run)
	if err != nil {
		return nil, nil, err
	}
	if !clear {
		for _, name := range names {
			list = append(list, copied(run, name))
		}
		return list, nil, nil
	}
	m, err := readModel(run.Path)
	if err != nil {
		return nil, nil, err
	}
	m.Mask()
	for _, name := range names[:2] {
		var out bytes.Buffer
		format, err := report.FormatFor(name)
		if err == nil {
			err = format.Write(ctx, &out, m, report.WriteOptions{})
		}
		if err != nil {
			return nil, nil, err
		}
		list = append(list, evidence.Content{Name: name, Data: out.Bytes()})
	}
	var out bytes.Buffer
	w := detect.NewStreamWriter(&out, detect.Output{}, true)
	for c, err := range conclude.Stream(filepath.Join(run.Path, conclude.FindingsFile)) {
		if err == nil {
			err = w.Write(c)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	return append(list, evidence.Content{Name: conclude.FindingsFile, Data: out.Bytes()}), names, nil
}

// showsMore reports whether the reports of a run hold values in clear, or pictures of pages.
func showsMore(run *capture.Capture) (bool, error) {
	for c, err := range conclude.Stream(filepath.Join(run.Path, conclude.FindingsFile)) {
		if err != nil {
			return false, err
		}
		if c.Finding != nil && c.Finding.Value.Revealable() {
			return true, nil
		}
	}
	for ev, err := range run.Events() {
		if err != nil {
			return false, err
		}
		if ev.Page != nil && !ev.Page.Screenshot.IsZero() {
			return true, nil
		}
	}
	return false, nil
}

// redacted are the events of a run as they may be handed over. What is known of its user must be known now as well, for it is looked
// for in paths, where nothing else tells it from the name of a page.
func redacted(run *capture.Capture, f judgeFlags) (iter.Seq2[crawler.Event, error], error) {
	j, err := f.load(nil)
	if err != nil {
		return nil, err
	}
	if keys := j.options.Forgotten(conclude.Profile{Capture: run}); len(keys) > 0 {
		return nil, exit.Usagef("give them with --persona FILE; --reveal hands over the whole",
			"%s was scanned with known values that are not given (%s): they could not be masked everywhere",
			run.Path, strings.Join(keys, ", "))
	}
	known, err := knownIn(run, j.options.Persona)
	if err != nil {
		return nil, err
	}
	token := func(v string) string { return "tok" + detect.Token(j.options.Key, detect.NewValue(v)) }
	return redact.Events(crawler.Crawled(run.Events()), redact.Options{Token: token, Known: known, Blobs: run.Blobs}), nil
}

// knownIn are the values of a run's user that are known: those given, those made up, those typed and those that pages showed.
func knownIn(run *capture.Capture, persona rule.Persona) ([]string, error) {
	var known []string
	take := func(values map[string][]string) {
		for _, list := range values {
			known = append(known, list...)
		}
	}
	take(persona)
	for ev, err := range run.Events() {
		switch {
		case err != nil:
			return nil, fmt.Errorf("bundle: %w", err)
		case ev.Run != nil:
			take(ev.Run.Persona)
		case ev.Page != nil:
			take(ev.Page.Typed)
			take(ev.Page.Observed)
		}
	}
	slices.Sort(known)
	return slices.Compact(known), nil
}
