package main

import (
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/tagscan/tagscan/cmd/internal/exit"
	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/capture"
	"github.com/tagscan/tagscan/crawler/har"
)

func (a *app) exportCommand() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:   "export RUN --har FILE",
		Short: "Write a kept run as HAR 1.2, request bodies included",
		Long: `Write a kept run as HAR 1.2 as Chrome's DevTools do, complete with request bodies, socket
messages and initiators. The file holds what the site sent, unmasked: it is written with
mode 0600. FILE "-" is standard output.`,
		Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			if file == "" {
				return exit.Usagef("say where to: tagscan export RUN --har FILE", "--har is missing")
			}
			run, err := a.openRun(args[0])
			if err != nil {
				return err
			}
			if _, err := a.sayGaps(c.Context(), run); err != nil {
				return err
			}
			if file == "-" {
				return har.Write(a.stdout, crawler.Crawled(run.Events()), run.Blobs)
			}
			return writeWhole(file, func(f *os.File) error { return har.Write(f, crawler.Crawled(run.Events()), run.Blobs) })
		},
	}
	c.Flags().StringVar(&file, "har", "", "file to write")
	return c
}

// openRun opens a run directory or a HAR file; what is neither is a usage error.
func (a *app) openRun(path string) (*capture.Capture, error) {
	run, err := capture.Open(path)
	if err != nil {
		return nil, exit.Usagef("give a directory that `tagscan scan -o` made, or a HAR 1.2 file", "%w", err)
	}
	return run, nil
}

// writeWhole writes a file that is there in full or not at all.
func writeWhole(name string, write func(*os.File) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".tagscan-*")
	if err != nil {
		return exit.Usagef("name a file in a directory that can be written to", "%s: %w", name, err)
	}
	err = write(f)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		os.Remove(f.Name())
		return exit.Failedf("", "%s: %w", name, err)
	}
	return nil
}
