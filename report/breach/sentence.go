package breach

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/report/history"
)

func day(t time.Time) string { return t.UTC().Format("2 January 2006") }

// and lists words as a sentence does.
func and(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
}

// names are the recipients as the sentence calls them: those that were seen, else what was asked for.
func (r *Report) names() string {
	var out []string
	for _, w := range r.Who {
		if w.Seen && !slices.Contains(out, w.Name) {
			out = append(out, w.Name)
		}
	}
	if len(out) == 0 {
		return r.Asked
	}
	slices.Sort(out)
	return and(out)
}

// what is a class with its form where that is not the ordinary one, within a sentence.
func (f *Flow) what() string {
	title := f.Title
	if title == "" {
		title = string(f.Class)
	}
	if second := title[min(1, len(title)):min(2, len(title))]; strings.ToUpper(second) != second || second == "-" {
		title = strings.ToLower(title[:1]) + title[1:]
	}
	if f.Form != detect.Clear && f.Form != "" {
		title += " (" + string(f.Form) + ")"
	}
	return title
}

// sentence is what the press office can say.
func (r *Report) sentence() string {
	scans, could := 0, 0
	for _, s := range r.Sites {
		scans, could = scans+s.Scans, could+s.Whole
	}
	sure := slices.DeleteFunc(slices.Clone(r.Flows), func(f Flow) bool { return f.Doubtful })
	switch {
	case scans == 0:
		return fmt.Sprintf("Nothing can be said about %s: there is no scan in that time.", r.names())
	case len(sure) > 0:
		return r.sentSentence(sure)
	case len(r.Contacts) > 0:
		return fmt.Sprintf("No data that identifies a person was seen to be sent to %s; %s of %d contacted it, which told it the address and browser of visitors.",
			r.names(), several(r.count(func(s Site) bool { return s.Met }), "site"), len(r.Sites))
	case len(r.Flows) > 0:
		return fmt.Sprintf("It is not certain that anything was sent to %s: what was seen only looks like it.", r.names())
	case r.Blind:
		return fmt.Sprintf("%s was not seen, and it cannot be said that nothing was sent to it: %d of %s saw enough.", r.names(), could, several(scans, "scan"))
	}
	return fmt.Sprintf("%s was not seen in any of %s of %s, of which %d saw all they looked for.", r.names(), several(scans, "scan"), several(len(r.Sites), "site"), could)
}

func (r *Report) count(which func(Site) bool) (n int) {
	for _, s := range r.Sites {
		if which(s) {
			n++
		}
	}
	return n
}

// sentSentence says what was sent by whom, from when to when.
func (r *Report) sentSentence(flows []Flow) string {
	slices.SortStableFunc(flows, func(a, b Flow) int { return cmp.Compare(b.Severity, a.Severity) })
	var what, sites, early []string
	var first, last history.Span
	for i := range flows {
		f := &flows[i]
		add(&what, f.what())
		add(&sites, f.Site)
		if f.Consent == crawler.Unasked || f.Consent == crawler.Rejected || f.Consent == crawler.GPC || f.Consent == crawler.Withdrawn {
			add(&early, f.Site)
		}
		for _, s := range f.Interval.Spans {
			if !s.May(r.Since, r.Until) {
				continue
			}
			if first.First.IsZero() || s.First.Before(first.First) {
				first = s
			}
			if last.Last.IsZero() || s.Open() && !last.Open() || s.Open() == last.Open() && s.Last.After(last.Last) {
				last = s
			}
		}
	}
	slices.Sort(sites)
	slices.Sort(early)
	s := fmt.Sprintf("%s of %d (%s) sent %s to %s.", several(len(sites), "site"), len(r.Sites), and(sites), and(what), r.names())
	s += " It was first seen on " + day(first.First)
	if first.After.IsZero() {
		s += "; whether it was sent before that is not known"
	} else {
		s += " and had not begun on " + day(first.After)
	}
	s += "; it was last seen on " + day(last.Last)
	if last.Open() {
		s += ", and nothing says that it has ended."
	} else {
		s += " and had ended on " + day(last.Before) + "."
	}
	if len(early) > 0 {
		s += " On " + and(early) + " also without the visitor's consent."
	}
	return s
}

func add(list *[]string, s string) {
	if !slices.Contains(*list, s) {
		*list = append(*list, s)
	}
}

func several(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// longPause is from how many days between two scans on it is worth a word: a week is what a release takes.
const longPause = 7

// cannot says what the answer cannot say, and why.
func (r *Report) cannot() []string {
	out := []string{}
	for _, s := range r.Sites {
		switch {
		case s.Scans == 0:
			out = append(out, s.Name+": there is no scan in the time asked about.")
			continue
		case r.Since.IsZero() || s.First.After(r.Since):
			out = append(out, fmt.Sprintf("%s: nothing is known of the time before its first scan, of %s.", s.Name, day(s.First)))
		}
		if n := s.Scans - s.Whole; n > 0 {
			out = append(out, fmt.Sprintf("%s: %d of %s did not see all; each interval says how many could not tell, and why.", s.Name, n, several(s.Scans, "scan")))
		}
		if s.HARs > 0 {
			out = append(out, fmt.Sprintf("%s: %s made from HAR files, which do not prove that they hold everything that was sent.", s.Name, wereScans(s.HARs)))
		}
		if s.Pause >= longPause {
			out = append(out, fmt.Sprintf("%s: there are up to %.0f days between two scans, in which something may have come and gone.", s.Name, s.Pause))
		}
	}
	for i := range r.Flows {
		f := &r.Flows[i]
		if f.First.Scan == "" {
			out = append(out, fmt.Sprintf("%s: no scan of that time saw %s sent to %s (%s); it may have been, for all that the scans before and after say.", f.Site, f.what(), f.Name, f.State()))
		}
		if f.Doubtful {
			out = append(out, fmt.Sprintf("%s: that %s was sent to %s is only possible: the recipient is guessed, or no known value was seen.", f.Site, f.what(), f.Name))
		}
	}
	return append(out,
		"How many visitors it concerns: the numbers of requests are those of the scans' own visits.",
		"Pages that no scan visited, and visitors who are treated otherwise than the scans' own, are not covered.",
		"What the sites' own servers pass on, and what the recipient does with the data, does not pass the browser.",
	)
}

func wereScans(n int) string {
	if n == 1 {
		return "1 scan was"
	}
	return fmt.Sprintf("%d scans were", n)
}
