package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tagscan/tagscan/cmd/internal/conclude"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/visit"
	"github.com/tagscan/tagscan/report"
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
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return m, nil
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
