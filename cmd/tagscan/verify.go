package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tagscan/tagscan/cmd/internal/console"
	"github.com/tagscan/tagscan/cmd/internal/evidence"
	"github.com/tagscan/tagscan/cmd/internal/exit"
	"github.com/tagscan/tagscan/crawler/capture"
)

func (a *app) verifyCommand() *cobra.Command {
	var f vouchFlags
	var signers, authorities string
	var asJSON bool
	c := &cobra.Command{
		Use:   "verify RUN|BUNDLE",
		Short: "Say whether a run is, byte for byte, as it was recorded, and who vouches for it",
		Long: `Hold a run directory, or a bundle of tagscan export, against its manifest: the hash of every
file, the chain in which every event names the one before, the manifest's own hash, and its
signature and time stamp if it has them. What does not fit is named, first things first.

A manifest shows what was changed by accident or by somebody who did not change all of it.
Whoever can write every file can make another run that fits: only a signature (--sign), a time
stamp (--timestamp), or the manifest's hash noted elsewhere shows that. Without them verify says so.

With --sign or --timestamp a run in which everything fits is vouched for now. A signature is
that of ssh-keygen -Y sign -n tagscan, a time stamp a token of RFC 3161.

Exit codes: 0 everything fits · 1 something does not · 2 usage · 3 nothing does not fit, and the
run has not come to an end, so its manifest lists nothing · 4 could not look.`,
		Example: `  tagscan verify RUN
  tagscan verify RUN --signer id_ed25519.pub --tsa-ca authority.pem
  tagscan verify RUN --sign ~/.ssh/id_ed25519 --timestamp https://freetsa.org/tsr`,
		Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			trust, err := evidence.ReadTrust(signers, authorities)
			if err != nil {
				return exit.Usagef("--signer takes public keys or allowed signers of ssh-keygen, --tsa-ca certificates in PEM", "%w", err)
			}
			v, err := f.load()
			if err != nil {
				return err
			}
			return a.verify(c.Context(), args[0], trust, v, asJSON)
		},
	}
	f.register(c)
	fl := c.Flags()
	fl.StringVar(&signers, "signer", "", "file with the public keys whose signature is wanted: without one of theirs nothing fits")
	fl.StringVar(&authorities, "tsa-ca", "", "file with the certificates (PEM) of time-stamping authorities that are trusted: without a stamp of theirs nothing fits")
	fl.BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (a *app) verify(ctx context.Context, path string, trust evidence.Trust, v evidence.Vouch, asJSON bool) error {
	first := trust
	if v.Wanted() {
		first = evidence.Trust{} // what is asked for is to be made yet
	}
	f, bundled, err := lookAt(ctx, path, first)
	if err != nil {
		return err
	}
	if v.Wanted() {
		switch {
		case bundled:
			return exit.Usagef("give --sign and --timestamp to the export that makes the bundle", "a bundle cannot be vouched for afterwards")
		case !f.Fits() || !f.Ended:
			if err := a.tellVerified(path, f, asJSON); err != nil {
				return err
			}
			return exit.Failedf("nothing was signed or stamped", "%s is not in order", path)
		}
		if err := vouch(ctx, v, path); err != nil {
			return err
		}
		if f, _, err = lookAt(ctx, path, trust); err != nil {
			return err
		}
	}
	if err := a.tellVerified(path, f, asJSON); err != nil {
		return err
	}
	switch {
	case !f.Fits():
		return exit.Silent(exit.Violation)
	case !f.Ended:
		return exit.Silent(exit.Incomplete)
	}
	return nil
}

// lookAt looks at a run or a bundle.
func lookAt(ctx context.Context, path string, trust evidence.Trust) (f *evidence.Finding, bundled bool, err error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, false, exit.Usagef("give a directory that `tagscan scan -o` made, or a file of `tagscan export --bundle`", "%w", err)
	case !info.IsDir() && !info.Mode().IsRegular():
		return nil, false, exit.Usagef("give a directory that `tagscan scan -o` made, or a file of `tagscan export --bundle`", "%s is neither a directory nor a file", path)
	case !info.IsDir() && looksLikeHAR(path):
		return nil, false, exit.Usagef("only a run and a bundle have a manifest", "%s is a HAR file, and nothing says what it held", path)
	case !info.IsDir():
		f, err = evidence.LookAtBundle(ctx, path, trust)
		if err != nil {
			err = exit.Failedf("", "%s: %w", path, err)
		}
		return f, true, err
	}
	f, err = evidence.Run(ctx, path, trust)
	switch {
	case errors.Is(err, fs.ErrNotExist) && capture.Exists(path):
		return &evidence.Finding{Faults: []evidence.Fault{{Where: capture.CaptureFile, Text: "it is not there any more"}}}, false, nil
	case err != nil:
		err = inputError(err)
	}
	return f, false, err
}

// looksLikeHAR reports whether a file begins as JSON.
func looksLikeHAR(path string) bool {
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	head := make([]byte, 64)
	n, _ := io.ReadFull(file, head)
	return strings.HasPrefix(strings.TrimLeft(string(head[:n]), "\xef\xbb\xbf \t\r\n"), "{")
}

func (a *app) tellVerified(path string, f *evidence.Finding, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(a.stdout)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(f)
	}
	for _, line := range verified(path, f) {
		if _, err := fmt.Fprintln(a.stdout, console.Clean(line)); err != nil {
			return err
		}
	}
	return nil
}

// verified says what was found, in lines.
func verified(path string, f *evidence.Finding) (lines []string) {
	say := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	switch {
	case !f.Fits():
		say("DOES NOT FIT  %s", path)
		for i, x := range f.Faults {
			if i == maxFaults {
				say("  and %d more", len(f.Faults)-i)
				break
			}
			say("  %s: %s", x.Where, x.Text)
		}
	case !f.Ended:
		say("NOT ENDED  %s: the scan was killed or still runs, and nothing is listed that could be checked; what can be read fits", path)
	case f.Chained:
		say("FITS  %s: %d files and a chain of %d events are as they were written", path, f.Files, f.Events)
	default:
		say("FITS  %s: %d files are as they were written", path, f.Files)
	}
	if f.Stopped {
		say("  the scan was stopped before its end, and what it left is kept as it was")
	}
	if f.ClockSet != 0 {
		say("  the clock of the machine was set by %s while the scan ran: its times of day are not to be relied on", f.ClockSet.Round(time.Second))
	}
	if len(f.Foreign) > 0 {
		say("  not part of it: %s", strings.Join(f.Foreign, ", "))
	}
	lines = append(lines, vouched(f)...)
	if f.Manifest != "" {
		say("  its hash, to be noted elsewhere: sha256:%s", f.Manifest)
	}
	return lines
}

// maxFaults is how many faults are told: the first says most.
const maxFaults = 20

// vouched says who vouches for it, and what is not shown.
func vouched(f *evidence.Finding) (lines []string) {
	say := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	switch s := f.Signed; {
	case s == nil:
		say("  nobody signed it: that it is the run of a scan, and not one that somebody made to fit, is not shown")
	case s.Known:
		say("  signed with the key %s (%s)", s.Key, s.Who)
	default:
		say("  signed with the key %s; whose key that is, is not shown: --signer FILE says whom you trust", s.Key)
	}
	switch s := f.Stamped; {
	case s == nil:
		say("  no time stamp: when it was made is what the machine's clock said")
	case s.Trusted:
		say("  it was there on %s, says %s", s.Time.Format(time.RFC3339), s.By)
	default:
		say("  it was there on %s, says %s; who that is, is not shown: --tsa-ca FILE says whom you trust", s.Time.Format(time.RFC3339), s.By)
	}
	return lines
}
