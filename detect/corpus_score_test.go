package detect_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/rule"
)

// score counts what was found of what was there.
type score struct{ found, missed, false, requests, accused int }

func (s score) recall() float64    { return ratio(s.found, s.found+s.missed) }
func (s score) precision() float64 { return ratio(s.found, s.found+s.false) }

func ratio(a, b int) float64 {
	if b == 0 {
		return 1
	}
	return float64(a) / float64(b)
}

// judge runs the samples and holds the findings against the truth. Misses and false alarms are logged by kind.
func judge(t *testing.T, persona rule.Persona, samples []sample) (score, map[string]*score) {
	t.Helper()
	a := analyzer(t, detect.Config{Persona: persona})
	found := map[int64][]detect.Finding{}
	for f, err := range a.Analyze(context.Background(), events(samples), nil) {
		require.NoError(t, err)
		found[f.Seq] = append(found[f.Seq], f)
	}
	all, kinds := score{}, map[string]*score{}
	shown := map[string]int{}
	show := func(kind, format string, args ...any) {
		if shown[kind]++; shown[kind] <= 4 {
			t.Logf(format, args...)
		}
	}
	for i, s := range samples {
		kind := kinds[s.name]
		if kind == nil {
			kind = &score{}
			kinds[s.name] = kind
		}
		kind.requests++
		used := map[int]bool{}
		for _, tr := range s.truths {
			at := slices.IndexFunc(found[int64(i+1)], func(f detect.Finding) bool { return fits(f, tr) })
			if at < 0 {
				kind.missed++
				show("miss "+s.name+string(tr.class), "MISSED %-8s %-18s %s\n   %s %s\n   %s\n   have: %s", s.name, tr.class, tr.forms, s.request.Method, cut(s.request.URL), cut(fmt.Sprintf("%q", s.request.Body.Inline)), brief(found[int64(i+1)]))
				continue
			}
			kind.found++
		}
		accused := false
		for j, f := range found[int64(i+1)] {
			if used[j] || f.Severity == rule.Info || slices.Contains(s.also, f.Class) || slices.Contains(told, f.Class) ||
				slices.ContainsFunc(s.truths, func(tr truth) bool { return fits(f, tr) }) {
				continue
			}
			kind.false++
			accused = true
			show("false "+s.name+string(f.Class), "FALSE  %-8s %s\n   %s %s\n   %s", s.name, brief([]detect.Finding{f}), s.request.Method, cut(s.request.URL), cut(fmt.Sprintf("%q", s.request.Body.Inline)))
		}
		if accused {
			kind.accused++
		}
	}
	for _, k := range kinds {
		all.found, all.missed, all.false = all.found+k.found, all.missed+k.missed, all.false+k.false
		all.requests, all.accused = all.requests+k.requests, all.accused+k.accused
	}
	return all, kinds
}

// fits reports whether the finding is the truth: of its class, and its text holds the datum or is held by it.
func fits(f detect.Finding, tr truth) bool {
	alike := tr.class == rule.UserID && f.Class == rule.ClientID // a UUID in a user's id does not tell whether it is one
	if f.Class != tr.class && !alike {
		return false
	}
	have, want := plain(f.Value.Reveal()), plain(tr.text)
	if want == "" {
		return true
	}
	return have != "" && (strings.Contains(have, want) || strings.Contains(want, have))
}

func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" +-()./,", r) {
			return -1
		}
		return r
	}, strings.ToLower(s))
}

func cut(s string) string {
	if len(s) > 700 {
		return s[:700] + "…"
	}
	return s
}

func brief(fs []detect.Finding) string {
	var out []string
	for _, f := range fs {
		out = append(out, fmt.Sprintf("%s %s %s=%q %v by %s/%s/%s", f.Class, f.Form, f.Field, f.Value.Reveal(), f.Chain, f.Rule, f.Known, f.Confidence))
	}
	return strings.Join(out, " | ")
}

func table(t *testing.T, title string, kinds map[string]*score) {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%-14s %8s %6s %6s %6s %7s %7s\n", title, "kind", "requests", "found", "missed", "false", "recall", "precis.")
	for _, k := range slices.Sorted(maps.Keys(kinds)) {
		s := kinds[k]
		fmt.Fprintf(&b, "%-14s %8d %6d %6d %6d %6.1f%% %6.1f%%\n", k, s.requests, s.found, s.missed, s.false, 100*s.recall(), 100*s.precision())
	}
	t.Log(b.String())
}

const corpusSeed = 20261123

// A persona's values are found under up to three wrappings, and nothing else is.
func TestPersonaValuesAreFoundInAnyWrapping(t *testing.T) {
	d := newDraw(corpusSeed)
	p := d.person()
	var samples []sample
	for depth := range 4 {
		for range 90 {
			list := append(p.data(), p.personaOnly()...)
			x := list[d.IntN(len(list))]
			hash := d.IntN(4) == 0 && x.norm != "" && !x.short
			s := d.wrapped(p, x, depth, hash, d.IntN(2) == 0, textWraps, "persona")
			s.name = fmt.Sprintf("depth-%d", depth)
			samples = append(samples, s)
		}
	}
	for range 60 {
		samples = append(samples, d.vendorSample(p, "persona"))
	}
	all, kinds := judge(t, p.persona(), samples)
	table(t, "persona", kinds)
	t.Logf("recall %.1f %%, precision %.1f %%", 100*all.recall(), 100*all.precision())
	assert.GreaterOrEqual(t, all.recall(), 0.97)
	assert.GreaterOrEqual(t, all.precision(), 0.98)
}

// Wrappings that are rarely seen are opened, too.
func TestPersonaValuesAreFoundInRareWrappings(t *testing.T) {
	d := newDraw(corpusSeed + 1)
	p := d.person()
	var samples []sample
	for _, w := range rareWraps {
		for range 12 {
			list := p.data()
			x := list[d.IntN(4)]
			s := d.wrapped(p, x, 1, false, true, []wrapping{w}, "rare")
			s.name = w.name
			samples = append(samples, s)
		}
	}
	for _, w := range documentWraps {
		for range 12 {
			doc := jsonOf(map[string]any{"u": map[string]any{"email": p.email, "n": p.full()}, "x": "page_view"})
			body := w.wrap(d, doc)
			if w.name == "protobuf" {
				body = w.wrap(d, p.email)
			}
			s := sample{name: w.name, request: d.request("POST", "https://"+d.tracker()+"/p", "application/octet-stream", []byte(body)), also: []rule.Class{rule.Name}}
			s.truths = []truth{{rule.Email, p.email, w.name, 1, "rare"}}
			samples = append(samples, s)
		}
	}
	all, kinds := judge(t, p.persona(), samples)
	table(t, "rare wrappings", kinds)
	assert.GreaterOrEqual(t, all.recall(), 0.97)
	assert.GreaterOrEqual(t, all.precision(), 0.98)
}

// What belongs to people nobody told of is found by shape, by name and by the vendor's documentation.
func TestStrangersDataAreFound(t *testing.T) {
	d := newDraw(corpusSeed + 2)
	var samples []sample
	for range 200 {
		q := d.person()
		x := q.data()[d.IntN(len(q.data()))]
		x.short = true // what names it is wrapped with it
		s := d.wrapped(q, x, d.IntN(3), false, true, textWraps, "stranger")
		s.name = string(x.class)
		samples = append(samples, s)
	}
	for range 80 {
		samples = append(samples, d.vendorSample(d.person(), "stranger"))
	}
	all, kinds := judge(t, d.person().persona(), samples)
	table(t, "strangers", kinds)
	t.Logf("recall %.1f %%, precision %.1f %%", 100*all.recall(), 100*all.precision())
	assert.GreaterOrEqual(t, all.recall(), 0.90)
	assert.GreaterOrEqual(t, all.precision(), 0.93)
}

// Requests that tell nothing of their visitor are left alone.
func TestHarmlessRequestsAreLeftAlone(t *testing.T) {
	d := newDraw(corpusSeed + 3)
	p := d.person()
	var samples []sample
	for _, h := range harmless {
		for range 15 {
			samples = append(samples, sample{name: h.name, request: h.make(d)})
		}
	}
	all, kinds := judge(t, p.persona(), samples)
	for k, s := range kinds {
		if s.accused > 0 {
			t.Logf("%s: %d of %d requests with a false finding", k, s.accused, s.requests)
		}
	}
	t.Logf("%d requests, %.1f %% with a false finding", all.requests, 100*ratio(all.accused, all.requests))
	assert.LessOrEqual(t, ratio(all.accused, all.requests), 0.02)
}
