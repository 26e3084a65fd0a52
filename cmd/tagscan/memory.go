package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tagscan/tagscan/cmd/internal/exit"
	"github.com/tagscan/tagscan/cmd/internal/store"
	"github.com/tagscan/tagscan/crawler/capture"
	"github.com/tagscan/tagscan/report"
	"github.com/tagscan/tagscan/report/conclude"
	"github.com/tagscan/tagscan/report/history"
)

// remembered concludes about a run or HAR as the command line does, and makes of it what is remembered. site "" is the host of the
// run's first address.
func (a *app) remembered(ctx context.Context, f judgeFlags, j *judgement, path, site string) (*history.Scan, *report.Model, error) {
	run, err := a.openRun(path)
	if err != nil {
		return nil, nil, err
	}
	var m *report.Model
	var done func()
	if f.detectionFlag() != "" {
		m, _, done, err = a.detected(ctx, f, j, conclude.Profile{Capture: run})
	} else {
		m, _, done, err = a.concluded(ctx, f, j, run, f.judgedAnew())
	}
	if err != nil {
		return nil, nil, err
	}
	defer done()
	if m.Run.Started.IsZero() {
		return nil, nil, exit.Usagef("what has no time has no place in a history", "%s does not say when it was recorded", path)
	}
	headers, err := history.HeadersOf(run.Events())
	if err != nil {
		return nil, nil, inputError(err)
	}
	kept, err := keptAt(run)
	if err != nil {
		return nil, nil, inputError(err)
	}
	id := m.Run.ID
	if kept.HAR || id == "" {
		id = "har-" + kept.Capture[:16] // no HAR has a name of its own
	}
	if site == "" {
		site = m.Run.Site
	}
	s := history.Remember(site, id, m, kept, headers)
	return &s, m, nil
}

// keptAt is where a run is, and the hash that proves its evidence.
func keptAt(run *capture.Capture) (history.Kept, error) {
	path, err := filepath.Abs(run.Path)
	if err != nil {
		return history.Kept{}, err
	}
	name := path
	if !run.IsHAR() {
		name = filepath.Join(path, capture.CaptureFile)
	}
	f, err := os.Open(name)
	if err != nil {
		return history.Kept{}, err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return history.Kept{}, err
	}
	return history.Kept{Path: path, Capture: hex.EncodeToString(h.Sum(nil)), HAR: run.IsHAR()}, nil
}

// openStore opens a store to read; what is not there is a mistake of the user's.
func openStore(ctx context.Context, file string) (*store.Store, error) {
	s, err := store.OpenExisting(ctx, file)
	if errors.Is(err, store.ErrAbsent) {
		return nil, exit.Usagef("`tagscan import RUN --site NAME` makes one", "%w", err)
	}
	if err != nil {
		return nil, exit.Failedf("", "%w", err)
	}
	return s, nil
}

// parseDay reads a day or a time. The end of a day is meant where a day ends something.
func parseDay(flag, s string, end bool) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		if end {
			t = t.Add(24*time.Hour - time.Microsecond)
		}
		return t, nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return t, exit.Usagef("as in --"+flag+" 2026-01-31, or 2026-01-31T08:00:00Z", "--%s %q is no day", flag, s)
	}
	return t, nil
}

// newsLine is a piece of news in one line.
func newsLine(n history.News) string {
	s := fmt.Sprintf("%-7s  %s: %s", n.State, n.Kind, n.Text)
	if n.Severity > 0 {
		s += " [" + n.Severity.String() + "]"
	}
	return s
}

// sayNews prints the news of one scan as one message.
func sayNews(w io.Writer, news []history.News) {
	for _, n := range news {
		fmt.Fprintln(w, "  "+newsLine(n))
		if n.Allow != "" && n.State != history.Gone {
			fmt.Fprintln(w, "           allow:  - "+n.Allow)
		}
	}
}

// siteName refuses names that are none.
func siteName(name string) error {
	if name == "" || strings.TrimSpace(name) != name || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' }) {
		return exit.Usagef("as in --site shop: the name by which the site is remembered", "--site %q is no name", name)
	}
	return nil
}
