package capture

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
)

// byURL keeps whole pages, and gives the pages of a recording to the next visit.
func byURL(p *crawler.Page) string {
	switch {
	case p.Task.Via == "flow":
		return Before
	case p.Outcome != crawler.Complete:
		return ""
	}
	return p.Task.Profile + " " + p.Task.URL
}

func ended(id, address, via string, outcome crawler.Outcome) crawler.Event {
	return crawler.Event{Page: &crawler.Page{ID: id, Task: crawler.Task{URL: address, Profile: "a", Via: via}, URL: address, Outcome: outcome}}
}

func asked(id, page string) crawler.Event {
	return crawler.Event{Request: &crawler.Request{ID: id, Page: page, URL: "https://v.test/" + id, Method: "GET"}}
}

// leftBehind leaves a run as it is when its process is killed after some events.
func leftBehind(t *testing.T, w *Writer, events ...crawler.Event) {
	t.Helper()
	for _, ev := range events {
		_, err := w.Write(ev)
		require.NoError(t, err)
	}
	require.NoError(t, w.Flush())
	require.NoError(t, w.file.Close())
}

func idsOf(t *testing.T, s *Salvage, key string) (ids []string) {
	t.Helper()
	for ev, err := range s.Visit(key) {
		require.NoError(t, err)
		switch {
		case ev.Page != nil:
			ids = append(ids, ev.Page.ID)
		case ev.Request != nil:
			ids = append(ids, ev.Request.ID)
		case ev.Use != nil:
			ids = append(ids, "use")
		default:
			assert.Fail(t, "unexpected", "%+v", ev)
		}
	}
	return ids
}

func TestWhatIsKeptOfAKilledRun(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	w, err := Create(dir, CreateOptions{Command: []string{"scan", "https://shop.test/"}})
	require.NoError(t, err)
	body := make([]byte, crawler.MaxInline+1)
	lost := asked("r8", "p4")
	lost.Request.Body = crawler.NewBody(body)
	leftBehind(t, w,
		crawler.Event{Run: &crawler.Run{ID: "the-run", Started: time.Unix(1e9, 0)}},
		ended("p1", "https://shop.test/in", "flow", crawler.Complete), asked("r1", "p2"), asked("r2", "p3"), asked("w9", ""),
		crawler.Event{Use: &crawler.Use{Page: "p2"}}, crawler.Event{Use: &crawler.Use{Page: "p3"}},
		ended("p2", "https://shop.test/", "", crawler.Complete),
		crawler.Event{Gap: &crawler.Gap{Kind: crawler.GapLedElsewhere, Page: "p2"}}, crawler.Event{Gap: &crawler.Gap{Kind: crawler.GapState}},
		asked("r3", "p2"), ended("p5", "https://shop.test/partial", "", crawler.Partial), lost,
		ended("p4", "https://shop.test/body", "", crawler.Complete))
	blobs, err := os.ReadDir(filepath.Join(dir, BlobsDir))
	require.NoError(t, err)
	require.Len(t, blobs, 1)
	require.NoError(t, os.Remove(filepath.Join(dir, BlobsDir, blobs[0].Name())))

	w, s, err := Resume(dir, CreateOptions{Command: []string{"scan", "--resume", dir}}, byURL)
	require.NoError(t, err)
	assert.Equal(t, "the-run", s.Run.ID)
	assert.EqualValues(t, 9, s.LastID)
	require.Len(t, s.Kept, 1, "the others have no end, are partial, or miss a body")
	assert.Equal(t, []string{"p1", "r1", "use", "r3", "p2"}, idsOf(t, s, "a https://shop.test/"), "what came late goes before the page that ends it")
	var loose []string
	for ev, err := range s.Loose() {
		require.NoError(t, err)
		loose = append(loose, ev.Request.ID)
	}
	assert.Equal(t, []string{"w9"}, loose)

	// It is killed again before what was kept is written anew: nothing is lost.
	leftBehind(t, w, crawler.Event{Run: &s.Run}, ended("p11", "https://shop.test/new", "", crawler.Complete))
	require.NoError(t, s.Close())
	run, m, err := Recorded(dir)
	require.NoError(t, err)
	assert.Equal(t, "the-run", run.ID)
	assert.Equal(t, []string{"scan", "https://shop.test/"}, m.Made.Command, "how it was begun")
	w, s, err = Resume(dir, CreateOptions{}, byURL)
	require.NoError(t, err)
	require.Len(t, s.Kept, 2)
	assert.True(t, s.Has("a https://shop.test/"))
	assert.True(t, s.Has("a https://shop.test/new"))
	aside := func() []string { left, _ := filepath.Glob(filepath.Join(dir, ".*.tmp")); return left }
	assert.Len(t, aside(), 2)

	_, err = w.Write(crawler.Event{Run: &s.Run})
	require.NoError(t, err)
	for _, k := range s.Kept {
		require.NoError(t, w.Overtaken())
		assert.Len(t, aside(), 2, "not all is written yet")
		for ev, err := range s.Visit(k.Key) {
			require.NoError(t, err)
			_, err = w.Write(ev)
			require.NoError(t, err)
		}
		s.Written(k.Key)
	}
	require.NoError(t, w.Overtaken())
	assert.Empty(t, aside())
	require.NoError(t, w.Close(Ending{}))
	require.NoError(t, s.Close())
	require.NoError(t, Verify(dir))
	m, err = ReadManifest(dir)
	require.NoError(t, err)
	assert.Len(t, m.Resumed, 2)
	_, _, err = Resume(dir, CreateOptions{}, byURL)
	require.ErrorIs(t, err, ErrEnded)
}

func TestWhatCannotBeGoneOnWith(t *testing.T) {
	begun := func(t *testing.T, events ...crawler.Event) string {
		dir := filepath.Join(t.TempDir(), "run")
		w, err := Create(dir, CreateOptions{})
		require.NoError(t, err)
		leftBehind(t, w, events...)
		return dir
	}
	run := crawler.Event{Run: &crawler.Run{ID: "x"}}
	t.Run("nothing was recorded", func(t *testing.T) {
		_, _, err := Resume(begun(t), CreateOptions{}, byURL)
		require.ErrorIs(t, err, ErrNothing)
	})
	t.Run("it is signed", func(t *testing.T) {
		dir := begun(t, run)
		require.NoError(t, os.WriteFile(filepath.Join(dir, SignatureFile), nil, 0o600))
		_, _, err := Resume(dir, CreateOptions{}, byURL)
		require.ErrorIs(t, err, ErrSigned)
	})
	t.Run("an event is gone", func(t *testing.T) {
		dir := begun(t, run, asked("r1", "p1"), asked("r2", "p1"))
		name := filepath.Join(dir, CaptureFile)
		other := begun(t, run, asked("r1", "p1"))
		first, err := os.ReadFile(filepath.Join(other, CaptureFile))
		require.NoError(t, err)
		second, err := os.ReadFile(name)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(name, append(first, second...), 0o600))
		_, _, err = Resume(dir, CreateOptions{}, byURL)
		require.ErrorContains(t, err, "not as they were written")
	})
	t.Run("it is no run", func(t *testing.T) {
		_, _, err := Resume(t.TempDir(), CreateOptions{}, byURL)
		require.Error(t, err)
	})
	t.Run("the end is torn off", func(t *testing.T) {
		dir := begun(t, run, asked("r1", "p1"), ended("p1", "https://shop.test/", "", crawler.Complete))
		f, err := os.OpenFile(filepath.Join(dir, CaptureFile), os.O_APPEND|os.O_WRONLY, 0)
		require.NoError(t, err)
		_, err = f.Write([]byte{0x28, 0xb5, 0x2f, 0xfd, 0x04})
		require.NoError(t, err)
		require.NoError(t, f.Close())
		w, s, err := Resume(dir, CreateOptions{}, byURL)
		require.NoError(t, err)
		assert.Len(t, s.Kept, 1)
		require.NoError(t, w.Close(Ending{}))
		require.NoError(t, s.Close())
	})
}
