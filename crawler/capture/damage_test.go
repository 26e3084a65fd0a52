package capture

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
)

// body is a long one that depends on the letter.
func body(letter string, size int) []byte { return bytes.Repeat([]byte(letter), size) }

// record makes a run with every kind of event and two long bodies, and its reports.
func record(t testing.TB, more ...crawler.Event) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	w, err := Create(dir, CreateOptions{Tool: "tagscan test"})
	require.NoError(t, err)
	second := crawler.Request{ID: "r2", Page: "p1", Profile: "rejected", Consent: crawler.Rejected, URL: "https://v.test/two",
		Body: crawler.NewBody(body("b", crawler.MaxInline+1))}
	for _, ev := range append(append([]crawler.Event{
		{Run: &crawler.Run{Schema: crawler.Schema, ID: "0123456789abcdef"}},
		request("r1", []byte("email=jo@example.org")),
		{Request: &second}}, more...), []crawler.Event{
		{Script: &crawler.Script{ID: "s1"}}, {Cookie: &crawler.Cookie{Name: "c"}}, {Storage: &crawler.Storage{Key: "k"}},
		{Gap: &crawler.Gap{Kind: crawler.GapLinksLeftOut, Text: "1 link was left alone"}},
		{Page: &crawler.Page{ID: "p1", HTML: crawler.NewBody(body("e", 17_000))}},
		{Note: &crawler.Note{Level: "info", Kind: "end", Text: "1 visit, 2 requests"}},
	}...) {
		_, err := w.Write(ev)
		require.NoError(t, err)
		if ev.Request != nil {
			require.NoError(t, w.Flush())
		}
	}
	require.NoError(t, w.Close(Ending{}))
	for name, data := range map[string]string{
		"findings.jsonl": `{"class":"contact.email"}`, "report.json": `{"verdict":"fail"}`, "report.html": "<p>fail",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(data), fileMode))
	}
	require.NoError(t, Seal(dir))
	return dir
}

// filesOf lists the files of a run, relative to its directory.
func filesOf(t testing.TB, dir string) []string {
	t.Helper()
	var names []string
	require.NoError(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			name, _ := filepath.Rel(dir, path)
			names = append(names, filepath.ToSlash(name))
		}
		return err
	}))
	return names
}

// outcome is what a reader of the run gets: the gaps of the directory as "kind where", or the one error.
func outcome(dir string) (gaps []string, err error) {
	c, err := Open(dir)
	if err != nil {
		return nil, err
	}
	for ev, err := range c.Events() {
		if err != nil {
			return nil, err
		}
		if ev.Gap == nil {
			continue
		}
		if info, _ := crawler.InfoOfGap(ev.Gap.Kind); info.From == crawler.FromCapture && info.Hides {
			gaps = append(gaps, string(ev.Gap.Kind)+" "+ev.Gap.Where)
		}
	}
	return gaps, nil
}

// noticed says what is wrong with an outcome if the damage of the file went unnoticed or without the file's name.
func noticed(dir, file string) error {
	gaps, err := outcome(dir)
	switch {
	case err != nil && !strings.Contains(err.Error(), file):
		return fmt.Errorf("the error does not name the file: %w", err)
	case err == nil && !slices.ContainsFunc(gaps, func(g string) bool { return strings.HasSuffix(g, " "+file) }):
		return fmt.Errorf("the gaps do not name the file: %q", gaps)
	}
	return nil
}

// put replaces a file of the run.
func put(t testing.TB, dir, name string, data []byte) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, fileMode))
}

func get(t testing.TB, dir, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	require.NoError(t, err)
	return data
}

// places are so many indexes below n, evenly, the last among them.
func places(n, many int) []int {
	var at []int
	for i := 0; i < n; i += max(1, n/many) {
		at = append(at, i)
	}
	return append(at, n-1)
}

// variants are data cut at a byte, without it, and with others in its place that keep JSON valid if it was: a letter in the
// other case, another digit.
func variants(data []byte, at int) map[string][]byte {
	low, other := slices.Clone(data), slices.Clone(data)
	low[at] ^= 0x01
	other[at] ^= 0x20
	return map[string][]byte{
		"cut": data[:at], "taken out": slices.Delete(slices.Clone(data), at, at+1), "changed": low, "in the other case": other,
	}
}

func TestWholeRunHasNoGaps(t *testing.T) {
	dir := record(t)
	c, err := Open(dir)
	require.NoError(t, err)
	gaps, err := c.Gaps(t.Context())
	require.NoError(t, err)
	assert.Empty(t, gaps)
	require.NoError(t, Verify(dir))
	for _, name := range []string{CaptureFile, "findings.jsonl", "report.json", "report.html"} {
		require.NoError(t, c.Intact(name))
	}
	put(t, dir, "report.pdf", []byte("later, by hand"))
	put(t, dir, "notes.txt", []byte("mine"))
	require.NoError(t, Verify(dir), "files that the manifest does not speak of")
	assert.ErrorContains(t, c.Intact("report.pdf"), "does not list")
}

func TestEveryFileThatIsGoneIsNoticed(t *testing.T) {
	dir := record(t,
		crawler.Event{Request: &crawler.Request{ID: "r3", Response: &crawler.Response{Status: 200, Body: crawler.NewBody(body("c", 20_000))}}},
		crawler.Event{Request: &crawler.Request{ID: "r4", URL: "wss://v.test", Messages: []crawler.Message{
			{Sent: true, Data: crawler.NewBody([]byte("short"))}, {Sent: true, Data: crawler.NewBody(body("d", 40_000))}}}},
		crawler.Event{Page: &crawler.Page{ID: "p2", Screenshot: crawler.NewBody(body("f", 17_000))}})
	files := filesOf(t, dir)
	require.Len(t, files, 5+5, "five bodies and five files")
	for _, name := range files {
		data := get(t, dir, name)
		require.NoError(t, os.Remove(filepath.Join(dir, name)))
		require.NoError(t, noticed(dir, name), name)
		require.Error(t, Verify(dir))
		put(t, dir, name, data)
	}
	require.NoError(t, Verify(dir))
}

// TestEveryByteIsNoticed cuts files of a run at every byte, takes every byte out, and changes it; of bodies at a few.
func TestEveryByteIsNoticed(t *testing.T) {
	dir := record(t)
	whole, err := ReadManifest(dir)
	require.NoError(t, err)
	for _, name := range filesOf(t, dir) {
		data := get(t, dir, name)
		many := len(data)
		if strings.HasPrefix(name, BlobsDir) {
			many = 50
		}
		for _, at := range places(len(data), many) {
			for what, changed := range variants(data, at) {
				put(t, dir, name, changed)
				if name != ManifestFile {
					require.NoError(t, noticed(dir, name), "%s: byte %d %s", name, at, what)
				} else if !sameClaims(dir, whole) { // which file is right, it or the one that it lists, nobody knows
					gaps, err := outcome(dir)
					require.True(t, err != nil || len(gaps) > 0, "%s: byte %d %s", name, at, what)
				}
			}
		}
		put(t, dir, name, data)
	}
	require.NoError(t, Verify(dir))
}

// sameClaims reports whether a manifest differs from the right one in nothing but what Manifest's comment excepts.
func sameClaims(dir string, whole Manifest) bool {
	m, err := readManifest(dir)
	if err != nil || !m.closed() {
		return false
	}
	m.Tool, m.Started, m.Ended = whole.Tool, whole.Started, whole.Ended
	return assert.ObjectsAreEqual(whole, m)
}

// eventsOf decodes a capture, and encoded encodes one.
func eventsOf(t testing.TB, data []byte) []string {
	t.Helper()
	dec, err := zstd.NewReader(bytes.NewReader(data))
	require.NoError(t, err)
	defer dec.Close()
	plain, err := io.ReadAll(dec)
	require.NoError(t, err)
	return strings.SplitAfter(strings.TrimSuffix(string(plain), "\n"), "\n")
}

func encoded(t testing.TB, lines []string) []byte {
	t.Helper()
	enc, err := zstd.NewWriter(nil)
	require.NoError(t, err)
	return enc.EncodeAll([]byte(strings.TrimSuffix(strings.Join(lines, ""), "\n")+"\n"), nil)
}

// TestEveryEventIsNoticed drops, doubles, swaps and empties events. The manifest notices, and the stream does without one.
func TestEveryEventIsNoticed(t *testing.T) {
	dir := record(t)
	whole := get(t, dir, CaptureFile)
	lines := eventsOf(t, whole)
	lines[len(lines)-1] += "\n"
	require.Len(t, lines, 9)
	require.Empty(t, gapsOfStream(t, encoded(t, lines)), "encoding it anew is no fault of the stream")
	check := func(what string, i int, changed []string) {
		data := encoded(t, changed)
		put(t, dir, CaptureFile, data)
		require.NoError(t, noticed(dir, CaptureFile), "event %d %s", i+1, what)
		require.NotEmpty(t, gapsOfStream(t, data), "event %d %s: by the stream alone", i+1, what)
	}
	for i := range lines {
		check("dropped", i, slices.Delete(slices.Clone(lines), i, i+1))
		check("doubled", i, slices.Insert(slices.Clone(lines), i, lines[i]))
		check("doubled at the end", i, append(slices.Clone(lines), lines[i]))
		empty := slices.Clone(lines)
		empty[i] = fmt.Sprintf("{\"seq\":%d}\n", i+1)
		check("emptied", i, empty)
		for j := range i {
			swapped := slices.Clone(lines)
			swapped[i], swapped[j] = swapped[j], swapped[i]
			check("swapped", i, swapped)
		}
	}
}

// gapsOfStream are the gaps that a stream says of itself and that make a run incomplete.
func gapsOfStream(t testing.TB, data []byte) []crawler.Gap {
	t.Helper()
	var gaps []crawler.Gap
	for ev, err := range ReadEvents(bytes.NewReader(data)) {
		require.NoError(t, err)
		if ev.Gap == nil {
			continue
		}
		if info, _ := crawler.InfoOfGap(ev.Gap.Kind); info.Hides {
			gaps = append(gaps, *ev.Gap)
		}
	}
	return gaps
}

// damages are ways to lose something of a run that a manifest is not needed to notice, by what says so.
var damages = []struct {
	name string
	do   func(t testing.TB, dir string)
	gap  string
}{
	{"cut in the middle", func(t testing.TB, dir string) {
		data := get(t, dir, CaptureFile)
		put(t, dir, CaptureFile, data[:len(data)/2])
	}, "capture-truncated capture.jsonl.zst"},
	{"cut between frames", func(t testing.TB, dir string) {
		put(t, dir, CaptureFile, encoded(t, eventsOf(t, get(t, dir, CaptureFile))[:7]))
	}, "capture-truncated capture.jsonl.zst"},
	{"a byte of it changed", func(t testing.TB, dir string) {
		data := get(t, dir, CaptureFile)
		data[len(data)/2] ^= 0x10
		put(t, dir, CaptureFile, data)
	}, "capture-damaged capture.jsonl.zst"},
	{"an event dropped", func(t testing.TB, dir string) {
		put(t, dir, CaptureFile, encoded(t, slices.Delete(eventsOf(t, get(t, dir, CaptureFile)), 1, 2)))
	}, "capture-truncated capture.jsonl.zst"},
	{"emptied", func(t testing.TB, dir string) {
		put(t, dir, CaptureFile, nil)
	}, "capture-truncated capture.jsonl.zst"},
	{"not a capture", func(t testing.TB, dir string) {
		put(t, dir, CaptureFile, []byte("this is no capture"))
	}, "capture-damaged capture.jsonl.zst"},
	{"a body dropped", func(t testing.TB, dir string) {
		require.NoError(t, os.Remove(filepath.Join(dir, blobOf("b"))))
	}, "blob-missing " + blobOf("b")},
	{"all bodies dropped", func(t testing.TB, dir string) {
		require.NoError(t, os.RemoveAll(filepath.Join(dir, BlobsDir)))
	}, "blob-missing " + blobOf("b")},
	{"a body cut", func(t testing.TB, dir string) {
		put(t, dir, blobOf("b"), body("b", crawler.MaxInline))
	}, "blob-changed " + blobOf("b")},
	{"a body of the same size", func(t testing.TB, dir string) {
		put(t, dir, blobOf("b"), body("x", crawler.MaxInline+1))
	}, "blob-changed " + blobOf("b")},
	{"a body that is a link", func(t testing.TB, dir string) {
		name := filepath.Join(dir, blobOf("b"))
		require.NoError(t, os.Rename(name, name+".real"))
		require.NoError(t, os.Symlink(name+".real", name))
	}, "blob-missing " + blobOf("b")},
}

// blobOf is the file of the body of the second request of record, "b".
func blobOf(letter string) string {
	data := body(letter, crawler.MaxInline+1)
	sum := sha256.Sum256(data)
	return BlobsDir + "/" + hex.EncodeToString(sum[:])
}

func TestDamageIsNamed(t *testing.T) {
	for _, d := range damages {
		t.Run(d.name, func(t *testing.T) {
			dir := record(t)
			d.do(t, dir)
			gaps, err := outcome(dir)
			require.NoError(t, err)
			assert.Contains(t, gaps, d.gap)
			assert.NotContains(t, gaps, "run-killed capture.jsonl.zst", "its scan came to its end")
			assert.Len(t, slices.Compact(slices.Sorted(slices.Values(gaps))), len(gaps), "nothing is told twice")

			require.NoError(t, os.Remove(filepath.Join(dir, ManifestFile)))
			gaps, err = outcome(dir)
			require.NoError(t, err)
			assert.Contains(t, gaps, "manifest-missing manifest.json")
			assert.Greater(t, len(gaps), 1, "the capture says it without a manifest")
		})
	}
}

// An edit of the manifest that leaves it well-formed is told as its own fault: the files that it does not fit any more are as they were.
func TestEditedManifestIsToldAsItsOwnFault(t *testing.T) {
	hash := regexp.MustCompile(`[0-9a-f]{64}`)
	flip := func(b []byte) []byte {
		return append(bytes.ReplaceAll([]byte{b[0] ^ 1}, []byte("`"), []byte("b")), b[1:]...)
	}
	for name, edit := range map[string]func([]byte) []byte{
		"hashes": func(m []byte) []byte { return hash.ReplaceAllFunc(m, flip) },
		"sizes":  func(m []byte) []byte { return regexp.MustCompile(`"size": \d+`).ReplaceAll(m, []byte(`"size": 7`)) },
		"a name": func(m []byte) []byte { return bytes.Replace(m, []byte(CaptureFile), []byte("capture.jsonl.zsu"), 1) },
		"whole":  func(m []byte) []byte { return bytes.Replace(m, []byte(`"whole": true`), []byte(`"whole": false`), 1) },
		"a day": func(m []byte) []byte {
			return regexp.MustCompile(`"ended": "\d{4}`).ReplaceAll(m, []byte(`"ended": "2031`))
		},
	} {
		dir := record(t)
		whole := get(t, dir, ManifestFile)
		changed := edit(bytes.Clone(whole))
		require.NotEqual(t, string(whole), string(changed), name)
		put(t, dir, ManifestFile, changed)
		gaps, err := outcome(dir)
		require.NoError(t, err, name)
		require.NotEmpty(t, gaps, name)
		for _, g := range gaps {
			assert.Equal(t, string(crawler.GapManifest)+" "+ManifestFile, g, name)
		}
	}
}

// TestNoManifestHidesDamage changes the manifest of runs that lack something: every byte for the first, a few for others.
func TestNoManifestHidesDamage(t *testing.T) {
	for i, d := range damages {
		t.Run(d.name, func(t *testing.T) {
			dir := record(t)
			d.do(t, dir)
			data := get(t, dir, ManifestFile)
			many := 60
			if i == 0 {
				many = len(data)
			}
			for _, at := range places(len(data), many) {
				for what, changed := range variants(data, at) {
					put(t, dir, ManifestFile, changed)
					gaps, err := outcome(dir)
					require.True(t, err != nil || len(gaps) > 0, "byte %d %s", at, what)
					if err != nil {
						require.ErrorContains(t, err, ManifestFile)
					}
				}
			}
		})
	}
}

// TestForgedManifestHidesNoDamage makes a manifest that fits what is left.
func TestForgedManifestHidesNoDamage(t *testing.T) {
	for _, d := range damages {
		t.Run(d.name, func(t *testing.T) {
			dir := record(t)
			d.do(t, dir)
			forge(t, dir)
			gaps, err := outcome(dir)
			require.NoError(t, err)
			require.NotEmpty(t, gaps)
			require.Error(t, Verify(dir))
		})
	}
}

// forge writes a manifest that claims that everything is as it should be.
func forge(t testing.TB, dir string) {
	t.Helper()
	m := Manifest{Tool: "tagscan test", Run: "0123456789abcdef", Started: time.Now().UTC(), Ended: time.Now().UTC(), Whole: true}
	for ev, err := range ReadEvents(bytes.NewReader(get(t, dir, CaptureFile))) {
		require.NoError(t, err)
		if info, _ := crawler.InfoOfGap(kindOf(ev)); info.From != crawler.FromCapture {
			m.Events = ev.Seq
		}
	}
	for _, name := range filesOf(t, dir) {
		if fact, err := factOf(dir, name); err == nil && name != ManifestFile {
			m.Files = append(m.Files, fact)
		}
	}
	require.NoError(t, m.write(dir))
}

func kindOf(ev crawler.Event) crawler.GapKind {
	if ev.Gap == nil {
		return ""
	}
	return ev.Gap.Kind
}

// killed makes a run whose process was killed: nothing was closed.
func killed(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	w, err := Create(dir, CreateOptions{Tool: "tagscan test"})
	require.NoError(t, err)
	for _, ev := range []crawler.Event{
		{Run: &crawler.Run{Schema: crawler.Schema, ID: "0123456789abcdef"}}, request("r1", body("b", crawler.MaxInline+1)),
	} {
		_, err := w.Write(ev)
		require.NoError(t, err)
	}
	require.NoError(t, w.Flush())
	return dir
}

func TestKilledRunSaysSo(t *testing.T) {
	want := []string{"run-killed capture.jsonl.zst"}
	dir := killed(t)
	gaps, err := outcome(dir)
	require.NoError(t, err)
	assert.Equal(t, want, gaps, "and a manifest that claims nothing yet is no other fault")

	forge(t, dir)
	gaps, err = outcome(dir)
	require.NoError(t, err)
	assert.Equal(t, want, gaps, "the capture's own end decides, whatever the manifest says")

	dir = killed(t)
	require.NoError(t, os.Remove(filepath.Join(dir, blobOf("b"))))
	gaps, err = outcome(dir)
	require.NoError(t, err)
	assert.Equal(t, append(want, "blob-missing "+blobOf("b")), gaps, "its bodies are looked after, too")
}

func TestRunKilledBeforeItsReportsAreListed(t *testing.T) {
	dir := record(t)
	m, err := readManifest(dir)
	require.NoError(t, err)
	m.Files = slices.DeleteFunc(m.Files, func(f ManifestFact) bool { return concluded(f.Name) })
	require.NoError(t, m.write(dir))
	require.NoError(t, Verify(dir), "the evidence is whole")
	c, err := Open(dir)
	require.NoError(t, err)
	require.ErrorContains(t, c.Intact("report.json"), "does not list", "and nothing vouches for the report")

	require.NoError(t, Seal(dir, "report.json"))
	gaps, err := outcome(dir)
	require.NoError(t, err)
	assert.Equal(t, []string{"manifest-mismatch findings.jsonl"}, gaps, "a scan lists both or none")
}

func TestEndOfCapture(t *testing.T) {
	end := func(kind, text string) crawler.Event {
		return crawler.Event{Note: &crawler.Note{Kind: kind, Text: text}}
	}
	started := crawler.Event{Run: &crawler.Run{Schema: crawler.Schema}}
	for _, c := range []struct {
		name   string
		events []crawler.Event
		ending Ending
		last   string // kind of the last event
		gap    crawler.Gap
	}{
		{"said by the scan", []crawler.Event{started, end("end", "")}, Ending{}, "end", crawler.Gap{}},
		{"said by Close", []crawler.Event{started}, Ending{}, "end", crawler.Gap{}},
		{"interrupted, said by the scan", []crawler.Event{started, end("interrupted", "the budget was used up after 3 visits")},
			Ending{Interrupted: true, Reason: "budget"}, "interrupted",
			crawler.Gap{Kind: crawler.GapInterrupted, Text: "the scan was stopped: the budget was used up after 3 visits"}},
		{"interrupted, said by Close", []crawler.Event{started}, Ending{Interrupted: true}, "interrupted",
			crawler.Gap{Kind: crawler.GapInterrupted, Text: "the scan was stopped: interrupted"}},
		{"a reason is an interruption", []crawler.Event{started}, Ending{Reason: "the scan could not start"}, "interrupted",
			crawler.Gap{Kind: crawler.GapInterrupted, Text: "the scan was stopped: the scan could not start"}},
		{"Close knows better", []crawler.Event{started, end("end", "")}, Ending{Interrupted: true, Reason: "ctrl-c"}, "interrupted",
			crawler.Gap{Kind: crawler.GapInterrupted, Text: "the scan was stopped: ctrl-c"}},
		{"something came after the end", []crawler.Event{started, end("end", ""), request("r1", nil)}, Ending{}, "end", crawler.Gap{}},
		{"another note is no end", []crawler.Event{started, end("retry", "")}, Ending{}, "end", crawler.Gap{}},
		{"addresses are not repeated", []crawler.Event{started}, Ending{Reason: "write https://a.test/?q=jo@example.org: failed"}, "interrupted",
			crawler.Gap{Kind: crawler.GapInterrupted, Text: "the scan was stopped before its end"}},
		{"nothing was recorded", nil, Ending{}, "end", crawler.Gap{Kind: crawler.GapDamaged, Text: "the capture holds nothing but its end"}},
		{"nothing could be recorded", nil, Ending{Reason: "the scan could not start"}, "interrupted",
			crawler.Gap{Kind: crawler.GapInterrupted, Text: "the scan was stopped: the scan could not start"}},
		{"no Run", []crawler.Event{request("r1", nil)}, Ending{}, "end",
			crawler.Gap{Kind: crawler.GapDamaged, Text: "the capture does not begin with how it was made"}},
		{"a note before Run", []crawler.Event{end("robots", ""), started}, Ending{}, "end", crawler.Gap{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			w, err := Create(dir, CreateOptions{})
			require.NoError(t, err)
			for _, ev := range c.events {
				_, err := w.Write(ev)
				require.NoError(t, err)
			}
			require.NoError(t, w.Close(c.ending))
			run, err := Open(dir)
			require.NoError(t, err)
			gaps, err := run.Gaps(t.Context())
			require.NoError(t, err)
			events := readAll(t, run.Events())
			last := events[len(events)-1-len(gaps)]
			require.NotNil(t, last.Note)
			assert.Equal(t, c.last, last.Note.Kind)
			if c.gap.Kind == "" {
				assert.Empty(t, gaps)
				return
			}
			c.gap.Where = CaptureFile
			assert.Equal(t, []crawler.Gap{c.gap}, gaps)
		})
	}
}

func TestGapTellsWhoseBodyIsGone(t *testing.T) {
	dir := record(t)
	require.NoError(t, os.Remove(filepath.Join(dir, blobOf("b"))))
	c, err := Open(dir)
	require.NoError(t, err)
	gaps, err := c.Gaps(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []crawler.Gap{{
		Kind: crawler.GapBlobMissing, Where: blobOf("b"), Page: "p1", Request: "r2", Profile: "rejected", Consent: crawler.Rejected,
		Text: "a body is not there any more",
	}}, gaps)
}

func TestGapsAreTheSameEachTime(t *testing.T) {
	dir := record(t)
	put(t, dir, blobOf("b"), []byte("other"))
	c, err := Open(dir)
	require.NoError(t, err)
	first := readAll(t, c.Events())
	assert.Equal(t, []string{"links-left-out ", "blob-changed " + blobOf("b")}, gapsOf(first))
	put(t, dir, blobOf("b"), body("b", crawler.MaxInline+1))
	assert.Equal(t, first, readAll(t, c.Events()), "a Capture hashes a file once")
	for i, ev := range first {
		assert.EqualValues(t, i+1, ev.Seq)
	}
	for range c.Events() { // who wants no more gets no more
		break
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = c.Gaps(ctx)
	require.ErrorIs(t, err, context.Canceled)
}

func TestManyFaultsAreCounted(t *testing.T) {
	dir := killed(t)
	require.NoError(t, os.Remove(filepath.Join(dir, CaptureFile)))
	lines := []string{`{"seq":1,"run":{"schema":1}}` + "\n"}
	for i := range toldFiles + 7 {
		lines = append(lines, fmt.Sprintf(`{"seq":%d,"request":{"id":"r","body":{"size":20000,"sha256":"%064x"}}}`+"\n", i+2, i))
	}
	put(t, dir, CaptureFile, encoded(t, append(lines, fmt.Sprintf(`{"seq":%d,"note":{"kind":"end"}}`, len(lines)+1))))
	c, err := Open(dir)
	require.NoError(t, err)
	gaps, err := c.Gaps(t.Context())
	require.NoError(t, err)
	require.Len(t, gaps, 1+toldFiles+1)
	more := crawler.Gap{Kind: crawler.GapBlobMissing, Where: BlobsDir, Count: 7, Text: "a further file is like those that are named"}
	assert.Equal(t, more, gaps[len(gaps)-1])
}

func TestChangedBodyIsAnErrorAtItsEnd(t *testing.T) {
	dir := record(t)
	c, err := Open(dir)
	require.NoError(t, err)
	named := crawler.Body{Size: crawler.MaxInline + 1, SHA256: strings.TrimPrefix(blobOf("b"), "blobs/")}
	data, err := named.Bytes(c.Blobs)
	require.NoError(t, err)
	assert.Equal(t, body("b", crawler.MaxInline+1), data)

	put(t, dir, blobOf("b"), []byte("email=jo@example.org"))
	data, err = named.Bytes(c.Blobs)
	require.ErrorContains(t, err, blobOf("b"))
	assert.Equal(t, "email=jo@example.org", string(data), "what is there can be looked at")
}

func TestSealKeepsWhatWasRecorded(t *testing.T) {
	for _, d := range damages {
		t.Run(d.name, func(t *testing.T) {
			dir := record(t)
			d.do(t, dir)
			require.NoError(t, Seal(dir))
			require.NoError(t, Seal(dir, "report.html"))
			gaps, err := outcome(dir)
			require.NoError(t, err)
			assert.Contains(t, gaps, d.gap)
		})
	}
}

func TestSealOfOneReport(t *testing.T) {
	dir := record(t)
	put(t, dir, "report.html", []byte("<p>another"))
	require.ErrorContains(t, Verify(dir), "report.html")
	put(t, dir, "report.pdf", []byte("pdf"))
	put(t, dir, "findings.jsonl", nil)
	require.NoError(t, Seal(dir, "report.html", "report.pdf"))
	require.EqualError(t, Verify(dir), "findings.jsonl: a file of the run was changed since the manifest was written")
	c, err := Open(dir)
	require.NoError(t, err)
	require.NoError(t, c.Intact("report.pdf"))
	require.ErrorContains(t, c.Intact("findings.jsonl"), "was changed")

	for _, name := range []string{CaptureFile, "../report.html", "report./../x", "notes.txt", "report.none"} {
		require.Error(t, Seal(dir, name), name)
	}
	put(t, dir, ManifestFile, append(get(t, dir, ManifestFile), ' '))
	require.ErrorIs(t, Seal(dir), errEdited, "nothing is built on a manifest that somebody edited")
}

// TestOddRunDirectories puts other things in the place of files.
func TestOddRunDirectories(t *testing.T) {
	for _, name := range []string{CaptureFile, ManifestFile, "report.json", blobOf("b")} {
		for what, do := range map[string]func(t *testing.T, file string){
			"a directory": func(t *testing.T, file string) { require.NoError(t, os.Mkdir(file, dirMode)) },
			"a link that leads nowhere": func(t *testing.T, file string) {
				require.NoError(t, os.Symlink("nowhere", file))
			},
			"a pipe that nobody writes to": func(t *testing.T, file string) { require.NoError(t, syscall.Mkfifo(file, fileMode)) },
			"nothing in it":                func(t *testing.T, file string) { require.NoError(t, os.WriteFile(file, nil, fileMode)) },
		} {
			t.Run(name+" is "+what, func(t *testing.T) {
				dir := record(t)
				file := filepath.Join(dir, name)
				require.NoError(t, os.Remove(file))
				do(t, file)
				require.NoError(t, noticed(dir, name))
				require.Error(t, Verify(dir))
			})
		}
	}
	t.Run("the bodies' folder is a file", func(t *testing.T) {
		dir := record(t)
		require.NoError(t, os.RemoveAll(filepath.Join(dir, BlobsDir)))
		put(t, dir, BlobsDir, nil)
		require.NoError(t, noticed(dir, blobOf("b")))
	})
}

func TestOddManifests(t *testing.T) {
	fact := func(name string) string {
		return fmt.Sprintf(`{"schema":1,"ended":"2026-01-01T00:00:00Z","whole":true,"files":[{"name":"%s","size":1,"sha256":"%064d"}]}`, name, 0)
	}
	for name, c := range map[string]struct{ text, gap string }{
		"no JSON":            {"{", "manifest-missing manifest.json"},
		"another value":      {"[]", "manifest-missing manifest.json"},
		"null":               {"null", "manifest-missing manifest.json"},
		"no schema":          {"{}", "manifest-missing manifest.json"},
		"files is no list":   {`{"schema":1,"files":{}}`, "manifest-missing manifest.json"},
		"an empty file":      {`{"schema":1,"files":[{}]}`, "manifest-missing manifest.json"},
		"a file of no name":  {fact(""), "manifest-missing manifest.json"},
		"many empty files":   {`{"schema":1,"files":[` + strings.Repeat("{},", 1<<20) + `{}]}`, "manifest-missing manifest.json"},
		"not canonical":      {`{"schema":1}`, "manifest-mismatch manifest.json"},
		"no files":           {`{"schema":1,"ended":"2026-01-01T00:00:00Z"}`, "manifest-mismatch capture.jsonl.zst"},
		"out of it":          {fact("../../etc/passwd"), "manifest-mismatch manifest.json"},
		"out of it, by root": {fact("/etc/passwd"), "manifest-mismatch manifest.json"},
		"out of the bodies":  {fact("blobs/../report.json"), "manifest-mismatch manifest.json"},
		"a name of nothing":  {fact(`\u0000`), "manifest-mismatch \x00"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := record(t)
			put(t, dir, ManifestFile, []byte(c.text))
			gaps, err := outcome(dir)
			require.NoError(t, err)
			assert.Contains(t, gaps, c.gap)
			require.Error(t, Verify(dir))
		})
	}
	t.Run("a hundred megabytes", func(t *testing.T) {
		dir := record(t)
		require.NoError(t, os.Truncate(filepath.Join(dir, ManifestFile), 100<<20))
		gaps, err := outcome(dir)
		require.NoError(t, err)
		assert.Equal(t, []string{"manifest-missing manifest.json"}, gaps)
	})
	t.Run("newer", func(t *testing.T) {
		dir := record(t)
		put(t, dir, ManifestFile, []byte(`{"schema":3,"files":{"another":"shape"}}`))
		_, err := Open(dir)
		require.ErrorContains(t, err, "newer")
		require.ErrorContains(t, err, filepath.Join(dir, ManifestFile))
	})
	for name, change := range map[string]func(*Manifest){
		"of another run":       func(m *Manifest) { m.Run = "fedcba9876543210" },
		"counts fewer events":  func(m *Manifest) { m.Events-- },
		"claims to be stopped": func(m *Manifest) { m.Interrupted = true },
		"not whole":            func(m *Manifest) { m.Whole, m.Reason = false, "" },
	} {
		t.Run(name, func(t *testing.T) {
			dir := record(t)
			m, err := ReadManifest(dir)
			require.NoError(t, err)
			change(&m)
			require.NoError(t, m.write(dir))
			gaps, err := outcome(dir)
			require.NoError(t, err)
			assert.Len(t, gaps, 1)
		})
	}
	t.Run("read by itself", func(t *testing.T) {
		dir := record(t)
		put(t, dir, ManifestFile, append(get(t, dir, ManifestFile), '\n'))
		m, err := ReadManifest(dir)
		require.NoError(t, err, "one that was edited says what it says")
		assert.Equal(t, "0123456789abcdef", m.Run)
		put(t, dir, ManifestFile, []byte("{"))
		_, err = ReadManifest(dir)
		require.ErrorContains(t, err, filepath.Join(dir, ManifestFile))
	})
	t.Run("a reason that is not UTF-8", func(t *testing.T) {
		dir := t.TempDir()
		w, err := Create(dir, CreateOptions{Tool: "\xff"})
		require.NoError(t, err)
		require.NoError(t, w.Close(Ending{Reason: "\xfe"}))
		_, err = readManifest(dir)
		require.NoError(t, err)
	})
}

// TestOddStreams are streams that only an enemy makes.
func TestOddStreams(t *testing.T) {
	for name, lines := range map[string][]string{
		"numbers beyond all":  {`{"seq":9223372036854775807,"run":{"schema":1}}`, `{"seq":2,"note":{"kind":"end"}}`},
		"numbers below all":   {`{"seq":-9223372036854775808,"run":{"schema":1}}`, `{"seq":1,"note":{"kind":"end"}}`},
		"holes beyond all":    {`{"seq":1099511627776,"run":{"schema":1}}`, `{"seq":2199023255552,"note":{"kind":"end"}}`},
		"deep":                {strings.Repeat("[", 1<<20), `{"seq":2,"note":{"kind":"end"}}`},
		"two events in one":   {`{"seq":1,"run":{"schema":1},"note":{"kind":"end"}}`, `{"seq":2,"note":{"kind":"end"}}`},
		"an event of nothing": {`{"seq":1,"run":{"schema":1}}`, `{"seq":2,"requ3st":{}}`, `{"seq":3,"note":{"kind":"end"}}`},
		"an empty line":       {`{"seq":1,"run":{"schema":1}}`, ``, `{"seq":2,"note":{"kind":"end"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			assert.NotEmpty(t, gapsOfStream(t, encoded(t, []string{strings.Join(lines, "\n")})))
		})
	}
	t.Run("newer", func(t *testing.T) {
		dir := record(t)
		put(t, dir, CaptureFile, encoded(t, []string{`{"seq":1,"run":{"schema":99}}`}))
		_, err := outcome(dir)
		require.ErrorContains(t, err, "newer")
		require.ErrorContains(t, err, CaptureFile)
	})
}

func TestLinesAreBounded(t *testing.T) {
	for text, want := range map[string][]string{
		"":                           {""},
		"a\nbb\n":                    {"a", "bb", ""},
		"a\n\nrest":                  {"a", "", "rest"},
		"12345678\n123456789\nx\n":   {"12345678", "12345678", "x", ""},
		strings.Repeat("y", 100_000): {"yyyyyyyy"},
		"z" + strings.Repeat("y", 100_000) + "\nx\n": {"zyyyyyyy", "x", ""},
	} {
		in := lineReader{r: bufio.NewReader(strings.NewReader(text)), limit: 8}
		var got []string
		for {
			line, err := in.next()
			got = append(got, string(line))
			if err != nil {
				require.ErrorIs(t, err, io.EOF)
				break
			}
		}
		assert.Equal(t, want, got)
	}
}

func TestFullDiskForASpilledBodyIsNeverWhole(t *testing.T) {
	dir := t.TempDir()
	w, err := Create(dir, CreateOptions{})
	require.NoError(t, err)
	_, err = w.Write(crawler.Event{Run: &crawler.Run{Schema: crawler.Schema}})
	require.NoError(t, err)
	b, err := w.Blobs().Create()
	require.NoError(t, err)
	b.file = &fullBlob{b.file}
	_, err = b.Write([]byte("too much"))
	require.ErrorIs(t, err, syscall.ENOSPC)
	require.NoError(t, b.Abort())
	_, err = w.Write(request("r1", nil))
	require.NoError(t, err, "what fits is still recorded")
	require.NoError(t, w.Close(Ending{}))

	c, err := Open(dir)
	require.NoError(t, err)
	assert.False(t, c.Manifest.Whole)
	assert.Contains(t, c.Manifest.Reason, syscall.ENOSPC.Error())
	gaps, err := c.Gaps(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []crawler.Gap{{Kind: crawler.GapTruncated, Where: CaptureFile, Text: "the disk was full when the run was written"}}, gaps)
}

// fullBlob is the file of a body on a disk without room.
type fullBlob struct{ blobFile }

func (*fullBlob) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

func TestManifestOfARunUnderWayClaimsNothing(t *testing.T) {
	dir := killed(t)
	var m map[string]any
	require.NoError(t, json.Unmarshal(get(t, dir, ManifestFile), &m))
	assert.Equal(t, []any{}, m["files"])
	assert.NotContains(t, m, "ended")
}
