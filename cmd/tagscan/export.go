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
	var file, bundle, persona, config string
	var reveal bool
	var sign vouchFlags
	c := &cobra.Command{
		Use:   "export RUN --har FILE | --bundle FILE",
		Short: "Write a kept run as HAR 1.2, or as one file to hand over",
		Long: `With --har: write a kept run as HAR 1.2 as Chrome's DevTools do, complete with request bodies,
socket messages and initiators. The file holds what the site sent, unmasked: it is written with
mode 0600. FILE "-" is standard output.

With --bundle: write one file to hand over, a ZIP archive with the report, the findings, the
traffic as HAR, the manifest, and VERIFY.md, which says how to check it. What identifies somebody
has a token in its place, equal for equal values; secrets are gone. --reveal hands over the whole
run instead. The same run gives the same bytes. tagscan verify checks it, --sign and --timestamp
let you vouch for it.`,
		Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case file == "" && bundle == "":
				return exit.Usagef("say where to: tagscan export RUN --bundle FILE, or --har FILE", "--har or --bundle is missing")
			case file != "" && bundle != "":
				return exit.Usagef("call it twice", "--har and --bundle are two files")
			case bundle != "":
				v, err := sign.load()
				if err != nil {
					return err
				}
				return a.bundle(c.Context(), args[0], bundle, judgeFlags{persona: persona, config: config, reveal: reveal, noDNS: true, changed: c.Flags().Changed}, v)
			}
			for _, name := range []string{"reveal", "persona", "config", "sign", "timestamp"} {
				if c.Flags().Changed(name) {
					return exit.Usagef("a HAR is never masked; a bundle is", "--%s is for --bundle", name)
				}
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
	fl := c.Flags()
	fl.StringVar(&file, "har", "", "HAR file to write")
	fl.StringVar(&bundle, "bundle", "", "bundle to write")
	fl.BoolVar(&reveal, "reveal", false, "hand over the whole run, values in clear")
	fl.StringVar(&persona, "persona", "", "file with the known values of the scan, so that they can be masked everywhere")
	fl.StringVar(&config, "config", "", "policy file of the scan, which may name them ("+configFile+" if it is there)")
	sign.register(c)
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
