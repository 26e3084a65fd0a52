package rule

import (
	"bufio"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// lines reads a corpus: a request a line, comments with #.
func lines(t *testing.T, name string) []string {
	f, err := os.Open("testdata/" + name)
	require.NoError(t, err)
	defer f.Close()
	var out []string
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		if l := strings.TrimSpace(sc.Text()); l != "" && l[0] != '#' {
			out = append(out, l)
		}
	}
	require.NoError(t, sc.Err())
	return out
}

// sampleOf tells a URL, a header and a body apart.
func sampleOf(line string) Sample {
	switch name, _, ok := strings.Cut(line, ": "); {
	case strings.HasPrefix(line, "https://"):
		return Sample{URL: line}
	case ok && !strings.ContainsAny(name, "{}[]\"&= "):
		return Sample{Header: line}
	}
	return Sample{Body: line}
}

func TestHarmlessRequestsStayHarmless(t *testing.T) {
	leaves, requests, wrong := 0, 0, 0
	for _, line := range lines(t, "harmless.txt") {
		line, allowed, _ := strings.Cut(line, " ## ")
		tr := sampleOf(strings.TrimSpace(line)).open()
		leaves += len(tr.Leaves())
		requests++
		bad := false
		for _, m := range Find(&Context{Tree: tr}, nil) {
			if m.Info == "" && !slices.Contains(strings.Fields(allowed), string(m.Class)) {
				assert.Fail(t, "false finding", "%s %s %q in %s\n%s", m.Rule, m.Class, m.Text, tr.Fields[m.Field].Path, line)
				bad = true
			}
		}
		if bad {
			wrong++
		}
	}
	t.Logf("%d requests, %d leaves, %d with a false finding", requests, leaves, wrong)
	assert.GreaterOrEqual(t, leaves, 300)
}

func TestLeakyRequestsAreFound(t *testing.T) {
	leaves, want, found, extra := 0, 0, 0, map[string]int{}
	for _, line := range lines(t, "leaky.txt") {
		parts := strings.Split(line, " ## ")
		tr := sampleOf(parts[0]).open()
		leaves += len(tr.Leaves())
		got := map[string]bool{}
		for _, m := range Find(&Context{Tree: tr}, nil) {
			if m.Info == "" {
				got[string(m.Class)+"="+m.Text] = true
			}
		}
		for _, w := range parts[1:] {
			want++
			if assert.True(t, got[w], "missed %s in %s", w, parts[0]) {
				found++
			}
			delete(got, w)
		}
		for g := range got {
			extra[g]++
			t.Logf("extra: %s", g)
		}
	}
	t.Logf("%d leaves, %d of %d found, %d not expected", leaves, found, want, len(extra))
	assert.GreaterOrEqual(t, leaves, 300)
}

// wordy is a person whose values are words, towns and small numbers: the hardest to tell from everything else.
var wordy = PersonaOf(map[string][]string{
	"first_name": {"Will"}, "last_name": {"Frank"}, "city": {"Vienna"}, "country": {"AT"}, "region": {"Wien"}, "zip": {"1010"}, "gender": {"female"},
	"username": {"hero"}, "user_id": {"48213"}, "org_name": {"Acme"}, "street": {"Hauptplatz 1"}, "search_term": {"shoes"}, "dob": {"2001-02-03"},
	"email": {"will.frank@example.org"}, "phone": {"+43 1 2345678"}, "plan": {"gold"}, "lat": {"48.2082"}, "lon": {"16.3738"}, "password": {"secret"}, "ip": {"203.0.113.9"},
})

func TestWordsThatAreValuesToo(t *testing.T) {
	p := NewPool(wordy)
	requests, wrong := 0, 0
	for _, line := range lines(t, "harmless.txt") {
		line, _, _ = strings.Cut(line, " ## ")
		tr := sampleOf(strings.TrimSpace(line)).open()
		requests++
		got := p.Find(tr, nil)
		got = append(got, cribsOf(tr, p, nil)...)
		if len(got) > 0 {
			wrong++
		}
		for _, m := range got {
			t.Logf("%s %s %q in %s: %s", m.Key, m.Hash, m.Text, tr.Fields[m.Field].Path, line)
		}
	}
	t.Logf("%d of %d harmless requests with a false value", wrong, requests)
	assert.LessOrEqual(t, wrong*50, requests, "at most 2 %%")
}
