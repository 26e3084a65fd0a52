package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tagscan/tagscan/cmd/internal/exit"
	"github.com/tagscan/tagscan/cmd/internal/store"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/report/breach"
	"github.com/tagscan/tagscan/report/conclude"
	"github.com/tagscan/tagscan/report/history"
)

func (a *app) exposureCommand() *cobra.Command {
	var f judgeFlags
	var x exposed
	c := &cobra.Command{
		Use:   "exposure VENDOR [RUN|FILE.har…]",
		Short: "Breach day: which sites sent a vendor what, since when, and how that is known",
		Long: `Answer, from all scans that are remembered or from the runs given, what a vendor was sent: by which
sites, in which form and consent state, on which pages, from when to when and with which doubt; to
which accounts; what its script could have read; whom it brought along; which run and request prove
it; and what cannot be said. VENDOR is an id, a name, a host, or an owner: Google is several.

The exit code is 0 where the question is answered, seen or not, and 3 where the vendor was not seen
and not enough was looked at to say that nothing was sent.`,
		Args: usageArgs(cobra.MinimumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 1 && c.Flags().Changed("store") {
				return exit.Usagef("", "--store and runs are given: it is either one")
			}
			x.asked, x.runs = args[0], args[1:]
			return a.exposure(c.Context(), f, x)
		},
	}
	f.registerDetect(c)
	fl := c.Flags()
	fl.StringVar(&x.file, "store", store.DefaultFile, "file in which scans are remembered")
	fl.StringVar(&x.since, "since", "", "what may have been sent on this day or later")
	fl.StringVar(&x.until, "until", "", "what may have been sent on this day or before")
	fl.StringVar(&x.format, "format", "text", "what to print: "+strings.Join(breach.Formats, ", "))
	fl.StringArrayVar(&x.reports, "report", nil, "write a report; its ending says the format: .html .md .csv .json .txt (repeatable)")
	return c
}

// exposed is what is asked for.
type exposed struct {
	asked, file, since, until, format string
	runs, reports                     []string
}

func (a *app) exposure(ctx context.Context, f judgeFlags, x exposed) error {
	q := breach.Question{Asked: x.asked}
	var err error
	if q.Since, err = parseDay("since", x.since, false); err != nil {
		return err
	}
	if q.Until, err = parseDay("until", x.until, true); err != nil {
		return err
	}
	if !slices.Contains(breach.Formats, x.format) {
		return exit.Usagef("", "--format %q is none of %s", x.format, strings.Join(breach.Formats, ", "))
	}
	for _, name := range x.reports {
		if _, err := breach.FormatFor(name); err != nil {
			return exit.Usagef("", "--report %w", err)
		}
		if info, err := os.Stat(filepath.Dir(name)); err != nil || !info.IsDir() {
			return exit.Usagef("make it first, or name another", "--report %s: there is no directory %s", name, filepath.Dir(name))
		}
	}
	catalog, err := loadCatalog(f.vendors)
	if err != nil {
		return err
	}
	var scans []*history.Scan
	if len(x.runs) > 0 {
		scans, err = a.fromRuns(ctx, f, x, catalog, &q)
	} else {
		scans, err = a.fromStore(ctx, x, catalog, &q)
	}
	if err != nil {
		return err
	}
	r := breach.Answer(q, scans)
	for _, name := range x.reports {
		format, err := breach.FormatFor(name)
		if err != nil {
			return exit.Usagef("", "--report %w", err)
		}
		if err := conclude.WriteFile(name, func(w io.Writer) error { return r.Write(w, format) }); err != nil {
			return exit.Failedf("", "report %w", err)
		}
	}
	if err := r.Write(a.stdout, x.format); err != nil {
		return err
	}
	if r.Blind {
		return exit.Silent(exit.Incomplete)
	}
	return nil
}

// fromStore reads what is remembered of whom the question means.
func (a *app) fromStore(ctx context.Context, x exposed, catalog *recipient.Catalog, q *breach.Question) ([]*history.Scan, error) {
	memory, err := openStore(ctx, x.file)
	if err != nil {
		return nil, err
	}
	defer memory.Close()
	known, err := memory.Recipients(ctx)
	if err != nil {
		return nil, exit.Failedf("", "%w", err)
	}
	if q.IDs, err = meant(catalog, known, x.asked); err != nil {
		return nil, err
	}
	scans, err := memory.Scans(ctx, store.Filter{Recipients: q.IDs})
	if err != nil {
		return nil, exit.Failedf("", "%w", err)
	}
	return scans, nil
}

// fromRuns reads runs, each of the site that it is of. The same run given twice is one scan.
func (a *app) fromRuns(ctx context.Context, f judgeFlags, x exposed, catalog *recipient.Catalog, q *breach.Question) ([]*history.Scan, error) {
	j, err := f.load(nil)
	if err != nil {
		return nil, err
	}
	var scans []*history.Scan
	var known []store.Recipient
	for _, path := range x.runs {
		s, _, err := a.remembered(ctx, f, j, path, "")
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(scans, func(o *history.Scan) bool { return o.Site == s.Site && o.ID == s.ID }) {
			continue
		}
		scans = append(scans, s)
		for _, p := range s.Parties {
			known = append(known, store.Recipient{ID: p.ID, Name: p.Detail.Name, Owner: p.Detail.Owner, Parent: p.Detail.Parent})
		}
	}
	slices.SortStableFunc(scans, func(x, y *history.Scan) int {
		if c := strings.Compare(x.Site, y.Site); c != 0 {
			return c
		}
		return x.At.Compare(y.At)
	})
	q.IDs, err = meant(catalog, known, x.asked)
	return scans, err
}

// meant are the ids of all recipients that a word means: an id, a name, another name or a host of one, or the owner, or the group
// that owns it, of several. Those that were met and are in no catalog count, too.
func meant(catalog *recipient.Catalog, known []store.Recipient, word string) ([]string, error) {
	ids := map[string]bool{}
	if v, ok := catalog.ByID(word); ok {
		ids[v.ID] = true
	}
	take := func(id, name, owner, parent string) {
		if strings.EqualFold(id, word) || strings.EqualFold(name, word) || company(owner, word) || company(parent, word) {
			ids[id] = true
		}
	}
	for _, v := range catalog.All() {
		take(v.ID, v.Name, v.Owner.Name, v.Owner.Parent)
	}
	for _, r := range known {
		take(r.ID, r.Name, r.Owner, r.Parent)
	}
	if len(ids) == 0 && strings.Contains(word, ".") {
		r := catalog.OwnerOf(strings.ToLower(word))
		if _, ok := catalog.ByID(r.ID); ok || slices.ContainsFunc(known, func(k store.Recipient) bool { return k.ID == r.ID }) {
			ids[r.ID] = true
		}
	}
	if len(ids) == 0 {
		return nil, exit.Usagef("give its id, its name, the company that owns it, or one of its hosts",
			"nobody is known by the name %q, neither to the catalog nor from any scan", word)
	}
	list := make([]string, 0, len(ids))
	for id := range ids {
		list = append(list, id)
	}
	slices.Sort(list)
	return list, nil
}

// legal are the words of a company's name that say only what kind of company it is.
var legal = []string{
	"inc", "llc", "ltd", "limited", "corp", "corporation", "company", "co", "gmbh", "ag", "se", "sas", "sa", "bv", "nv", "plc", "pte", "pty",
	"srl", "spa", "oy", "ab", "as", "aps", "kg", "holding", "holdings", "group", "the",
}

// company reports whether a word is the name of a company, or the beginning of it, whatever the case and the kind of company:
// Meta is "Meta Platforms, Inc.".
func company(name, word string) bool {
	n, w := companyWords(name), companyWords(word)
	return len(w) > 0 && len(n) >= len(w) && slices.Equal(n[:len(w)], w)
}

func companyWords(name string) []string {
	name = strings.NewReplacer(".com", "", ".", "", ",", " ", "(", " ", ")", " ").Replace(strings.ToLower(name))
	return slices.DeleteFunc(strings.Fields(name), func(s string) bool { return slices.Contains(legal, s) })
}
