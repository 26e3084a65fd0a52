package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/capture"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/visit"
	"github.com/tagscan/tagscan/report"
	"github.com/tagscan/tagscan/report/conclude"
)

// readModel reads the report.json of a run directory, or a report.json itself.
func readModel(path string) (*report.Model, error) {
	name := path
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		name = filepath.Join(path, conclude.ReportFile)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	m, err := report.Read(f)
	switch {
	case err != nil && isHAR(name):
		return nil, fmt.Errorf("%s is a HAR, and this command needs a report: make one with "+
			"`tagscan detect %s --report report.json`, and give report.json", name, name)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return m, nil
}

// isHAR reports a file that reads as a HAR.
func isHAR(name string) bool {
	run, err := capture.Open(name)
	return err == nil && run.IsHAR()
}

// readRun is readModel for commands that tell no verdict: what does not fit in the run's files is said on stderr.
func (a *app) readRun(ctx context.Context, path string) (*report.Model, []crawler.Gap, error) {
	m, err := readModel(path)
	if err != nil {
		return nil, nil, err
	}
	run, err := capture.Open(path)
	if err != nil {
		return m, nil, nil // a report alone, whose run is elsewhere
	}
	gaps, err := a.sayGaps(ctx, run)
	return m, gaps, err
}

// sayGaps tells on stderr what does not fit in the files of a run, and returns it.
func (a *app) sayGaps(ctx context.Context, run *capture.Capture) ([]crawler.Gap, error) {
	if run.IsHAR() {
		return nil, nil
	}
	gaps, err := run.Gaps(ctx)
	if err != nil {
		return nil, inputError(err)
	}
	for _, g := range gaps {
		if g.Kind == crawler.GapInterrupted {
			continue // the report says it
		}
		fmt.Fprintf(a.stderr, "%s: %s: %s\n", run.Path, g.Where, g.Text)
	}
	return gaps, nil
}

// printer prints HTML as PDF with the browser of this machine.
func (a *app) printer() func(context.Context, []byte) ([]byte, error) {
	return func(ctx context.Context, html []byte) ([]byte, error) {
		binary, err := chrome.Find(chrome.FindOptions{})
		if err != nil {
			return nil, err
		}
		return visit.Print(ctx, chrome.Options{Binary: binary}, html)
	}
}
