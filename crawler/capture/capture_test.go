package capture

import (
	"bytes"
	"errors"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
)

func readAll(t *testing.T, seq iter.Seq2[crawler.Event, error]) []crawler.Event {
	t.Helper()
	var list []crawler.Event
	for ev, err := range seq {
		require.NoError(t, err)
		list = append(list, ev)
	}
	return list
}

// gapsOf lists the gaps among the events, each as "kind where".
func gapsOf(list []crawler.Event) []string {
	var out []string
	for _, ev := range list {
		if ev.Gap != nil {
			out = append(out, string(ev.Gap.Kind)+" "+ev.Gap.Where)
		}
	}
	return out
}

func requestsOf(list []crawler.Event) []*crawler.Request {
	var out []*crawler.Request
	for _, ev := range list {
		if ev.Request != nil {
			out = append(out, ev.Request)
		}
	}
	return out
}

func request(id string, body []byte) crawler.Event {
	return crawler.Event{Request: &crawler.Request{ID: id, URL: "https://a.test/" + id, Method: "POST", Body: crawler.NewBody(body)}}
}

func TestCaptureKeepsEvents(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	w, err := Create(dir, CreateOptions{Tool: "tagscan test"})
	require.NoError(t, err)
	long := bytes.Repeat([]byte{0xff, 'x'}, crawler.MaxInline)
	for _, ev := range []crawler.Event{{Run: &crawler.Run{Schema: crawler.Schema, ID: "0123"}}, request("r1", []byte("a=1")), request("r2", long), request("r3", long)} {
		_, err := w.Write(ev)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close(Ending{}))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "report.json"), []byte("{}"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "mine.txt"), []byte("x"), 0o600))
	require.NoError(t, Seal(dir))
	require.NoError(t, Verify(dir))

	c, err := Open(dir)
	require.NoError(t, err)
	assert.True(t, c.Manifest.Whole)
	assert.Equal(t, "0123", c.Manifest.Run)
	var names []string
	for _, f := range c.Manifest.Files {
		names = append(names, strings.Split(f.Name, "/")[0])
	}
	assert.Equal(t, []string{"blobs", "capture.jsonl.zst", "report.json"}, names, "one blob for two equal bodies, and no file of others")
	events := readAll(t, c.Events())
	require.Len(t, events, 5, "what was written, and the end")
	assert.Equal(t, "end", events[4].Note.Kind)
	for i, ev := range events {
		assert.EqualValues(t, i+1, ev.Seq)
		assert.False(t, ev.Time.IsZero())
	}
	for _, r := range requestsOf(events)[1:] {
		assert.Nil(t, r.Body.Inline)
		got, err := r.Body.Bytes(c.Blobs)
		require.NoError(t, err)
		assert.Equal(t, long, got)
	}
	require.NoError(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		require.NoError(t, err)
		info, err := e.Info()
		require.NoError(t, err)
		want := fs.FileMode(fileMode)
		if e.IsDir() {
			want = dirMode
		}
		assert.Equal(t, want, info.Mode().Perm(), path)
		return nil
	}))
}

func TestVerifyNoticesChange(t *testing.T) {
	dir := t.TempDir()
	w, err := Create(dir, CreateOptions{})
	require.NoError(t, err)
	_, err = w.Write(crawler.Event{Run: &crawler.Run{Schema: crawler.Schema}})
	require.NoError(t, err)
	_, err = w.Write(request("r1", bytes.Repeat([]byte("y"), crawler.MaxInline+1)))
	require.NoError(t, err)
	require.NoError(t, w.Close(Ending{}))
	require.NoError(t, Verify(dir))
	blobs, err := filepath.Glob(filepath.Join(dir, "blobs", "*"))
	require.NoError(t, err)
	require.Len(t, blobs, 1)
	require.NoError(t, os.WriteFile(blobs[0], []byte("z"), 0o600))
	name := "blobs/" + filepath.Base(blobs[0])
	require.EqualError(t, Verify(dir), name+": a body does not have the bytes that were recorded")
	require.NoError(t, os.Remove(filepath.Join(dir, CaptureFile)))
	require.ErrorIs(t, Verify(dir), fs.ErrNotExist)
	require.ErrorContains(t, Verify(dir), CaptureFile+" is gone")
	require.ErrorContains(t, Verify(dir), name+": a body", "what else is wrong is told as well")
}

func TestCreateRefusesAnotherRun(t *testing.T) {
	dir := t.TempDir()
	w, err := Create(dir, CreateOptions{})
	require.NoError(t, err)
	_, err = w.Write(request("r1", bytes.Repeat([]byte("y"), crawler.MaxInline+1)))
	require.NoError(t, err)
	require.NoError(t, w.Close(Ending{}))
	mine := filepath.Join(dir, "notes.txt")
	require.NoError(t, os.WriteFile(mine, nil, 0o644))

	_, err = Create(dir, CreateOptions{})
	require.ErrorIs(t, err, ErrRunExists)
	w, err = Create(dir, CreateOptions{Overwrite: true})
	require.NoError(t, err)
	require.NoError(t, w.Close(Ending{Interrupted: true, Reason: "ctrl-c"}))
	require.FileExists(t, mine)
	c, err := Open(dir)
	require.NoError(t, err)
	events := readAll(t, c.Events())
	assert.Equal(t, []string{"run-interrupted capture.jsonl.zst"}, gapsOf(events))
	assert.Equal(t, &crawler.Note{Level: "warn", Kind: "interrupted", Text: "ctrl-c"}, events[0].Note)
	assert.Len(t, c.Manifest.Files, 1, "the blobs of the earlier run are gone")
	assert.True(t, c.Manifest.Interrupted)
}

func TestCreateFollowsNoLink(t *testing.T) {
	dir, other := t.TempDir(), filepath.Join(t.TempDir(), "passwd")
	require.NoError(t, os.Symlink(other, filepath.Join(dir, CaptureFile)))
	_, err := Create(dir, CreateOptions{})
	require.Error(t, err)
	require.NoFileExists(t, other)
}

func TestKilledRunStaysReadable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		w, err := Create(dir, CreateOptions{})
		require.NoError(t, err)
		_, err = w.Write(request("r1", []byte("first")))
		require.NoError(t, err)
		time.Sleep(frameEvery + time.Millisecond) // the bubble's clock
		synctest.Wait()
		_, err = w.Write(request("r2", []byte("lost")))
		require.NoError(t, err)

		// The process is gone: nothing is flushed, nothing closed.
		c, err := Open(dir)
		require.NoError(t, err)
		assert.False(t, c.Manifest.Whole)
		events := readAll(t, c.Events())
		require.Len(t, requestsOf(events), 1, "what is older than a frame's time is there")
		assert.Equal(t, "r1", events[0].Request.ID)
		assert.Contains(t, gapsOf(events), "run-killed capture.jsonl.zst")
		require.NoError(t, w.Close(Ending{}))
	})
}

func TestCutCaptureSaysSo(t *testing.T) {
	dir := t.TempDir()
	w, err := Create(dir, CreateOptions{})
	require.NoError(t, err)
	for _, id := range []string{"r1", "r2", "r3"} {
		_, err = w.Write(request(id, []byte(strings.Repeat(id, 100))))
		require.NoError(t, err)
		require.NoError(t, w.Flush())
	}
	require.NoError(t, w.Close(Ending{}))
	raw, err := os.ReadFile(filepath.Join(dir, CaptureFile))
	require.NoError(t, err)
	for cut := range len(raw) {
		events := readAll(t, ReadEvents(bytes.NewReader(raw[:cut])))
		whole := len(requestsOf(events))
		for _, ev := range events[whole:] {
			require.NotNil(t, ev.Gap, "gaps come last")
			assert.Contains(t, []crawler.GapKind{crawler.GapTruncated, crawler.GapKilled, crawler.GapDamaged}, ev.Gap.Kind)
		}
		assert.Greater(t, len(events), whole, "cut at %d of %d", cut, len(raw))
		if cut > len(raw)/2 {
			assert.NotZero(t, whole, "cut at %d of %d", cut, len(raw))
		}
	}
}

func TestDamagedCaptureKeepsWhatCanBeRead(t *testing.T) {
	dir := t.TempDir()
	w, err := Create(dir, CreateOptions{})
	require.NoError(t, err)
	for _, id := range []string{"r1", "r2"} {
		_, err = w.Write(request(id, []byte("a")))
		require.NoError(t, err)
		require.NoError(t, w.Flush())
	}
	require.NoError(t, w.Close(Ending{}))
	raw, err := os.ReadFile(filepath.Join(dir, CaptureFile))
	require.NoError(t, err)
	raw[len(raw)/2] ^= 0x55
	events := readAll(t, ReadEvents(bytes.NewReader(raw)))
	assert.Equal(t, "r1", events[0].Request.ID)
	assert.Contains(t, gapsOf(events), "capture-damaged capture.jsonl.zst")
}

// fullDisk takes so many bytes and then has no space left, in the middle of a write as a real disk does.
type fullDisk struct {
	frameFile
	room int
}

func (f *fullDisk) Write(p []byte) (int, error) {
	n := min(len(p), f.room)
	f.room -= n
	f.frameFile.Write(p[:n])
	if n < len(p) {
		return n, syscall.ENOSPC
	}
	return n, nil
}

func TestFullDiskIsNeverWhole(t *testing.T) {
	dir := t.TempDir()
	w, err := Create(dir, CreateOptions{})
	require.NoError(t, err)
	w.file = &fullDisk{frameFile: w.file, room: 300}
	for err == nil {
		if _, err = w.Write(request("r1", []byte("a"))); err == nil {
			err = w.Flush()
		}
	}
	require.ErrorIs(t, err, syscall.ENOSPC)
	_, err = w.Write(request("r1", nil))
	require.ErrorIs(t, err, syscall.ENOSPC, "it stays broken")
	require.ErrorIs(t, w.Close(Ending{}), syscall.ENOSPC)
	c, err := Open(dir)
	require.NoError(t, err)
	assert.False(t, c.Manifest.Whole)
	assert.Contains(t, c.Manifest.Reason, "no space")
	events := readAll(t, c.Events())
	require.NotEmpty(t, requestsOf(events))
	assert.Equal(t, []string{"capture-truncated capture.jsonl.zst", "capture-damaged capture.jsonl.zst"}, gapsOf(events),
		"the half frame was taken back, nobody killed it, and it does not begin with a Run")
	gap := events[len(requestsOf(events))].Gap
	assert.Equal(t, crawler.Gap{Kind: crawler.GapTruncated, Where: CaptureFile, Text: "the disk was full when the run was written"}, *gap)
}

func TestBlobWriterStreams(t *testing.T) {
	dir := t.TempDir()
	w, err := Create(dir, CreateOptions{})
	require.NoError(t, err)
	for name, size := range map[string]int{"small": 10, "limit": crawler.MaxInline, "over": crawler.MaxInline + 1, "big": 3 << 20} {
		data := bytes.Repeat([]byte("abc\n"), size/4+1)[:size]
		b, err := w.Blobs().Create()
		require.NoError(t, err)
		for len(data) > 0 {
			n := min(len(data), 5000)
			_, err := b.Write(data[:n])
			require.NoError(t, err)
			data = data[n:]
		}
		body, err := b.Close()
		require.NoError(t, err)
		assert.EqualValues(t, size, body.Size)
		assert.Equal(t, size <= crawler.MaxInline, body.SHA256 == "", name)
		got, err := body.Bytes(w.Blobs())
		require.NoError(t, err)
		assert.Equal(t, bytes.Repeat([]byte("abc\n"), size/4+1)[:size], got)
	}
	gone, err := w.Blobs().Create()
	require.NoError(t, err)
	require.NoError(t, gone.Abort())
	entries, err := os.ReadDir(filepath.Join(dir, BlobsDir))
	require.NoError(t, err)
	assert.Len(t, entries, 2, "small bodies and given up ones leave no file")
	require.NoError(t, w.Close(Ending{}))
}

func TestFullDiskForABodyIsNeverWhole(t *testing.T) {
	dir := t.TempDir()
	w, err := Create(dir, CreateOptions{})
	require.NoError(t, err)
	require.NoError(t, os.Remove(filepath.Join(dir, BlobsDir)))
	require.NoError(t, os.WriteFile(filepath.Join(dir, BlobsDir), nil, 0o600)) // no blob can be made here
	_, err = w.Write(request("r1", bytes.Repeat([]byte("y"), crawler.MaxInline+1)))
	require.Error(t, err)
	require.Error(t, w.Close(Ending{}))
	m, err := ReadManifest(dir)
	require.NoError(t, err)
	assert.False(t, m.Whole)
}

func TestWriteFromManyGoroutines(t *testing.T) {
	dir := t.TempDir()
	w, err := Create(dir, CreateOptions{})
	require.NoError(t, err)
	body := bytes.Repeat([]byte("same"), crawler.MaxInline)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				_, err := w.Write(request("r", body))
				assert.NoError(t, err)
			}
		})
	}
	wg.Wait()
	require.NoError(t, w.Close(Ending{}))
	c, err := Open(dir)
	require.NoError(t, err)
	for i, ev := range readAll(t, c.Events()) {
		require.EqualValues(t, i+1, ev.Seq, "numbers have no holes")
	}
	assert.EqualValues(t, 401, c.Manifest.Events, "with the end")
	blobs, err := os.ReadDir(filepath.Join(dir, BlobsDir))
	require.NoError(t, err)
	assert.Len(t, blobs, 1)
}

func BenchmarkWrite(b *testing.B) {
	w, err := Create(b.TempDir(), CreateOptions{})
	require.NoError(b, err)
	ev := request("r1", bytes.Repeat([]byte("a=1&"), 500))
	b.SetBytes(2000)
	for b.Loop() {
		if _, err := w.Write(ev); err != nil {
			b.Fatal(err)
		}
	}
	require.NoError(b, w.Close(Ending{}))
}

func TestBlobNamesLeadNowhere(t *testing.T) {
	b := &Blobs{dir: t.TempDir()}
	for _, name := range []string{"", "..", "../x", strings.Repeat("0", 64) + "/..", strings.Repeat("G", 64)} {
		_, err := b.Open(name)
		require.ErrorIs(t, err, fs.ErrNotExist)
	}
}

func TestOpenExplains(t *testing.T) {
	_, err := Open(filepath.Join(t.TempDir(), "none"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = Open(t.TempDir())
	require.ErrorContains(t, err, "tagscan scan -o")
	assert.False(t, errors.Is(err, ErrRunExists))
}

func FuzzReadEvents(f *testing.F) {
	dir := f.TempDir()
	w, err := Create(dir, CreateOptions{})
	require.NoError(f, err)
	_, err = w.Write(request("r1", []byte("a")))
	require.NoError(f, err)
	require.NoError(f, w.Close(Ending{}))
	raw, err := os.ReadFile(filepath.Join(dir, CaptureFile))
	require.NoError(f, err)
	f.Add(raw)
	f.Add(raw[:len(raw)/2])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		done := false
		for _, err := range ReadEvents(bytes.NewReader(data)) {
			require.False(t, done, "nothing comes after an error")
			done = err != nil
			require.True(t, !done || strings.Contains(err.Error(), "newer"), "%v", err)
		}
	})
}
