package visit

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/record"
)

// Timers of shared and service workers, and of workers of cross-site frames, run in real time, and nobody waits longer for
// them than workerWait. One that goes off later, though within the time that a page is given, was not seen to the end. That is
// told without touching the worker, which could notice: its source says what it waits for, and V8's own count of which functions
// ran says whether it does.

// lateTimers tells the workers that were left before a timer of theirs went off.
func (p *visit) lateTimers(ctx context.Context) error {
	if !p.tab.clock.virtual {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, evalTimeout)
	defer cancel()
	for _, w := range p.tab.rec.RealWorkers() {
		switch {
		case w.Busy:
			p.gap(crawler.Gap{Kind: crawler.GapLateTimer, Where: w.URL, Text: "a service worker was left before it was installed and activated"})
		case p.waits(ctx, w):
			p.gap(crawler.Gap{Kind: crawler.GapLateTimer, Where: w.URL, Text: "a worker was left before a timer of its own went off"})
		}
	}
	return nil
}

// waits reports whether a worker runs a function that sets a late timer which has not gone off. What cannot be read says nothing.
func (p *visit) waits(ctx context.Context, w record.WorkerInfo) bool {
	upTo := p.v.o.Dwell
	var ran *coverage
	for _, s := range w.Scripts {
		found, known := p.v.timers.Load(s.Hash)
		if !known {
			var source struct {
				Text string `json:"scriptSource"`
			}
			if w.Session.Call(ctx, "Debugger.getScriptSource", map[string]any{"scriptId": s.ID}, &source) != nil {
				continue
			}
			found = lateIn(source.Text, workerWait, upTo)
			p.v.timers.Store(s.Hash, found)
		}
		late, _ := found.([]lateTimer)
		if len(late) == 0 {
			continue
		}
		if ran == nil {
			ran = new(coverage)
			_ = w.Session.Call(ctx, "Profiler.getBestEffortCoverage", nil, ran) // without it, all of the script counts as run
		}
		age, spoke := time.Since(w.Since), w.Last.Sub(w.Since)
		if slices.ContainsFunc(late, func(t lateTimer) bool { return ran.ran(s.ID, t.at) && !t.fired(ran, s.ID, age, spoke) }) {
			return true
		}
	}
	return false
}

// lateTimer is a place of a script that sets a timer.
type lateTimer struct {
	at       int // offset of the call
	from, to int // of the function that it is given, if that is written there
	delay    time.Duration
}

// fired reports whether a timer is known to have gone off in a worker of that age: its function ran, or the worker sent something so
// long after it began.
func (t lateTimer) fired(ran *coverage, script string, age, spoke time.Duration) bool {
	if age < t.delay {
		return false
	}
	return spoke >= t.delay || ran.began(script, t.from, t.to)
}

// coverage is what Profiler.getBestEffortCoverage answers
// (https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#method-getBestEffortCoverage).
type coverage struct {
	Result []scriptCoverage `json:"result"`
}

type scriptCoverage struct {
	Script    string             `json:"scriptId"`
	Functions []functionCoverage `json:"functions"`
}

type functionCoverage struct {
	Ranges []rangeCoverage `json:"ranges"`
}

type rangeCoverage struct {
	Start int `json:"startOffset"`
	End   int `json:"endOffset"`
	Count int `json:"count"`
}

// ran reports whether the innermost function around a place of a script was called, or is not known not to have been.
func (c *coverage) ran(script string, at int) bool {
	count, size := 1, -1
	for _, s := range c.Result {
		if s.Script != script {
			continue
		}
		for _, f := range s.Functions {
			for _, r := range f.Ranges {
				if r.Start <= at && at < r.End && (size < 0 || r.End-r.Start < size) {
					count, size = r.Count, r.End-r.Start
				}
			}
		}
	}
	return count > 0
}

// began reports whether a function that is written between two places of a script was called.
func (c *coverage) began(script string, from, to int) bool {
	for _, s := range c.Result {
		for _, f := range s.Functions {
			if s.Script == script && len(f.Ranges) > 0 && f.Ranges[0].Start >= from && f.Ranges[0].End <= to && f.Ranges[0].Count > 0 {
				return true
			}
		}
	}
	return false
}

var (
	timerCall = regexp.MustCompile(`\b(setTimeout|setInterval)\s*\(`)
	// sleepCall is a helper that waits for so many milliseconds, by the names that such helpers have.
	sleepCall = regexp.MustCompile(`\b(?:sleep|wait|delay|pause|timeout|after|later)\w*\s*\(\s*([\d._eE*+\s]+)\)`)
	numeral   = regexp.MustCompile(`^\d[\d_]*(?:\.\d+)?(?:[eE]\d+)?$`)
	plainName = regexp.MustCompile(`^[A-Za-z_$][\w$]*$`)
)

// lateIn finds the places of a script that set a timer of more than from and at most upTo. A delay that is a name counts by the
// number that the name was given in the same script; one that cannot be told counts as none.
func lateIn(source string, from, upTo time.Duration) []lateTimer {
	var out []lateTimer
	add := func(t lateTimer, ms float64, ok bool) {
		if t.delay = time.Duration(ms * float64(time.Millisecond)); ok && t.delay > from && t.delay <= upTo {
			out = append(out, t)
		}
	}
	for _, m := range timerCall.FindAllStringIndex(source, -1) {
		args := arguments(source[m[1]:])
		if len(args) > 1 {
			ms, ok := milliseconds(args[1], source)
			add(lateTimer{at: m[0], from: m[1], to: m[1] + len(args[0])}, ms, ok)
		}
	}
	for _, m := range sleepCall.FindAllStringSubmatchIndex(source, -1) {
		ms, ok := milliseconds(source[m[2]:m[3]], "")
		add(lateTimer{at: m[0]}, ms, ok)
	}
	return out
}

// milliseconds computes a sum of products of numbers, such as 2*60*1000 or 15e3, and looks a name up in the source.
func milliseconds(expression, source string) (ms float64, ok bool) {
	expression = strings.TrimSpace(expression)
	if plainName.MatchString(expression) && source != "" {
		set := regexp.MustCompile(`(?:^|[^\w$.])` + regexp.QuoteMeta(expression) + `\s*=\s*([\d._eE*+ ]+?)\s*(?:[,;)\n]|$)`)
		given := set.FindStringSubmatch(source)
		if given == nil {
			return 0, false
		}
		return milliseconds(given[1], "")
	}
	for term := range strings.SplitSeq(expression, "+") {
		product := 1.0
		for factor := range strings.SplitSeq(term, "*") {
			factor = strings.Trim(factor, " ()\t\n")
			if !numeral.MatchString(factor) {
				return 0, false
			}
			n, err := strconv.ParseFloat(strings.ReplaceAll(factor, "_", ""), 64)
			if err != nil {
				return 0, false
			}
			product *= n
		}
		ms += product
	}
	return ms, true
}

// maxArguments bounds how far a call is read.
const maxArguments = 20000

// arguments splits what follows an opening bracket into arguments, up to the closing one. It knows brackets and quotes, not
// regular expressions: one with an odd quote in it makes it find fewer.
func arguments(s string) []string {
	var out []string
	depth, begun, quote := 0, 0, byte(0)
	for i := 0; i < len(s) && i < maxArguments; i++ {
		c := s[i]
		if quote != 0 {
			switch c {
			case '\\':
				i++
			case quote:
				quote = 0
			}
			continue
		}
		switch c {
		case '"', '\'', '`':
			quote = c
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth == 0 {
				return append(out, s[begun:i])
			}
			depth--
		case ',':
			if depth == 0 {
				out, begun = append(out, s[begun:i]), i+1
			}
		}
	}
	return out
}
