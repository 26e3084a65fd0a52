package evidence

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"io/fs"
	mrand "math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/capture"
	"github.com/tagscan/tagscan/crawler/capture/attest"
)

// recorded makes a small run with requests to the hosts, a body of its own file, and reports.
func recorded(t *testing.T, hosts ...string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	w, err := capture.Create(dir, capture.CreateOptions{Tool: "tagscan test", Command: []string{"scan", "https://a.test/"}})
	require.NoError(t, err)
	events := []crawler.Event{{Run: &crawler.Run{Schema: crawler.Schema, ID: "0123456789abcdef"}}}
	for i, host := range hosts {
		body := crawler.NewBody(bytes.Repeat([]byte{'a' + byte(i)}, crawler.MaxInline+1))
		events = append(events, crawler.Event{Request: &crawler.Request{ID: fmt.Sprint("r", i), URL: "https://" + host + "/", Body: body}})
	}
	for _, ev := range events {
		_, err := w.Write(ev)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close(capture.Ending{}))
	for _, name := range []string{"findings.jsonl", "report.json", "report.html"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(name+strings.Join(hosts, " ")), 0o600))
	}
	require.NoError(t, capture.Seal(dir))
	return dir
}

func newKey(t *testing.T) (ssh.Signer, Trust) {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	signer, err := ssh.NewSignerFromKey(private)
	require.NoError(t, err)
	return signer, Trust{Signers: []attest.Signer{{Key: signer.PublicKey(), Name: "jo"}}}
}

func look(t *testing.T, dir string, trust Trust) *Finding {
	t.Helper()
	f, err := Run(t.Context(), dir, trust)
	require.NoError(t, err)
	return f
}

func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			name, _ := filepath.Rel(dir, path)
			names = append(names, filepath.ToSlash(name))
		}
		return err
	}))
	return names
}

// TestOneBitOfAnyFileIsNamed flips bits in every file of a signed run: those of its first and last bytes, and of others by chance.
func TestOneBitOfAnyFileIsNamed(t *testing.T) {
	dir := recorded(t, "vendor.test", "other.test")
	key, trust := newKey(t)
	require.NoError(t, Vouch{Key: key}.For(t.Context(), dir))
	f := look(t, dir, trust)
	require.Empty(t, f.Faults)
	require.True(t, f.Ended && f.Chained && f.Signed.Known)
	chance := mrand.New(mrand.NewPCG(1, 2))
	names := files(t, dir)
	require.Len(t, names, 8)
	for _, name := range names {
		path := filepath.Join(dir, name)
		good, err := os.ReadFile(path)
		require.NoError(t, err)
		bits := []int{0, 7, 8*len(good) - 1}
		for range 60 {
			bits = append(bits, chance.IntN(8*len(good)))
		}
		for _, bit := range bits {
			bad := bytes.Clone(good)
			bad[bit/8] ^= 1 << (bit % 8)
			require.NoError(t, os.WriteFile(path, bad, 0o600))
			f, err := Run(t.Context(), dir, trust)
			if err != nil { // a capture of another schema
				assert.ErrorContains(t, err, name, "bit %d", bit)
				continue
			}
			assert.True(t, slices.ContainsFunc(f.Faults, func(x Fault) bool { return x.Where == name }), "%s, bit %d: %v", name, bit, f.Faults)
		}
		require.NoError(t, os.WriteFile(path, good, 0o600))
	}
	require.Empty(t, look(t, dir, trust).Faults)
}

// TestARunRebuiltWithoutAVendorIsFound: whoever can write all files makes a run that fits, and no signature for it.
func TestARunRebuiltWithoutAVendorIsFound(t *testing.T) {
	dir, rebuilt := recorded(t, "vendor.test", "other.test"), recorded(t, "other.test")
	key, trust := newKey(t)
	before := look(t, dir, Trust{})
	require.NoError(t, Vouch{Key: key}.For(t.Context(), dir))

	f := look(t, rebuilt, Trust{})
	require.Empty(t, f.Faults, "without a signature it fits")
	assert.Nil(t, f.Signed, "and that is told")
	assert.NotEqual(t, before.Manifest, f.Manifest, "its hash is another, for who noted it")
	require.Equal(t, []Fault{{capture.SignatureFile, "there is no signature, and one was asked for"}}, look(t, rebuilt, trust).Faults)

	sig, err := os.ReadFile(filepath.Join(dir, capture.SignatureFile))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(rebuilt, capture.SignatureFile), sig, 0o600))
	require.Equal(t, []Fault{{capture.SignatureFile, "the signature is not one of these bytes"}}, look(t, rebuilt, trust).Faults)

	mallory, _ := newKey(t)
	require.NoError(t, Vouch{Key: mallory}.For(t.Context(), rebuilt))
	require.Empty(t, look(t, rebuilt, Trust{}).Faults)
	f = look(t, rebuilt, trust)
	require.Len(t, f.Faults, 1)
	assert.Contains(t, f.Faults[0].Text, "none of the signers that are trusted")
}

// TestAnEventThatWasChangedIsNamed rewrites the capture with a valid archive and a manifest that names its hash.
func TestAnEventThatWasChangedIsNamed(t *testing.T) {
	dir, other := recorded(t, "vendor.test", "other.test"), recorded(t, "vendor.test", "third.test")
	data, err := os.ReadFile(filepath.Join(other, capture.CaptureFile))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, capture.CaptureFile), data, 0o600))
	f := look(t, dir, Trust{})
	require.NotEmpty(t, f.Faults)
	assert.Equal(t, Fault{capture.CaptureFile, "event 4 is not the last one that the manifest names"}, f.Faults[0])
}

func TestWhatIsNotListed(t *testing.T) {
	dir := recorded(t, "vendor.test")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "notes.txt"), nil, 0o600))
	f := look(t, dir, Trust{})
	require.Empty(t, f.Faults)
	assert.Equal(t, []string{"notes.txt"}, f.Foreign)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "report.pdf"), nil, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "blobs", strings.Repeat("0", 64)), nil, 0o600))
	assert.Len(t, look(t, dir, Trust{}).Faults, 2)
	key, _ := newKey(t)
	require.NoError(t, Vouch{Key: key}.For(t.Context(), dir))
	require.ErrorIs(t, capture.Seal(dir, "report.pdf"), capture.ErrSigned)
}

func TestARunUnderWayVouchesForNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	w, err := capture.Create(dir, capture.CreateOptions{})
	require.NoError(t, err)
	_, err = w.Write(crawler.Event{Run: &crawler.Run{Schema: crawler.Schema}})
	require.NoError(t, err)
	require.NoError(t, w.Flush())
	f := look(t, dir, Trust{})
	assert.False(t, f.Ended)
	assert.Empty(t, f.Faults)
	require.NoError(t, w.Close(capture.Ending{Interrupted: true, Reason: "interrupted"}))
	f = look(t, dir, Trust{})
	assert.True(t, f.Ended && f.Stopped)
	assert.Empty(t, f.Faults)
}

// bundled makes a bundle of a run: of all of it, or of what is not its capture.
func bundled(t *testing.T, dir string, redacted bool, v Vouch) []byte {
	t.Helper()
	f := look(t, dir, Trust{})
	contents := []Content{{Name: HARFile, Data: []byte("{}")}, {Name: ReadmeFile, Data: []byte("how")}}
	for _, name := range files(t, dir) {
		if !redacted || name != capture.CaptureFile && !strings.HasPrefix(name, "blobs/") {
			contents = append(contents, Content{Name: name, File: filepath.Join(dir, name)})
		}
	}
	var out bytes.Buffer
	require.NoError(t, WriteBundle(t.Context(), &out, Bundle{Tool: "t", Run: f.Run, Redacted: redacted, Parent: f.Manifest}, contents, v))
	return out.Bytes()
}

func lookAt(t *testing.T, data []byte, trust Trust) (*Finding, error) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "run.zip")
	require.NoError(t, os.WriteFile(name, data, 0o600))
	return LookAtBundle(context.Background(), name, trust)
}

func TestABundleIsTheSameEachTimeAndEveryBitOfItCounts(t *testing.T) {
	dir := recorded(t, "vendor.test")
	key, trust := newKey(t)
	for _, redacted := range []bool{true, false} {
		good := bundled(t, dir, redacted, Vouch{Key: key})
		assert.Equal(t, good, bundled(t, dir, redacted, Vouch{Key: key}))
		f, err := lookAt(t, good, trust)
		require.NoError(t, err)
		require.Empty(t, f.Faults)
		assert.True(t, f.Signed.Known)
		chance := mrand.New(mrand.NewPCG(1, 2))
		for range 300 {
			bit := chance.IntN(8 * len(good))
			bad := bytes.Clone(good)
			bad[bit/8] ^= 1 << (bit % 8)
			f, err := lookAt(t, bad, Trust{})
			assert.True(t, err != nil || !f.Fits(), "bit %d", bit)
		}
		f, err = lookAt(t, append(bytes.Clone(good), 0), Trust{})
		assert.True(t, err != nil || !f.Fits(), "a byte more")
		f, err = lookAt(t, good[:len(good)-1], Trust{})
		assert.True(t, err != nil || !f.Fits(), "a byte less")
	}
}

// TestABundleThatWasMadeOfAnotherRun: reports that are not those of the run that somebody signed.
func TestABundleThatWasMadeOfAnotherRun(t *testing.T) {
	dir, rebuilt := recorded(t, "vendor.test", "other.test"), recorded(t, "other.test")
	key, trust := newKey(t)
	require.NoError(t, Vouch{Key: key}.For(t.Context(), dir))
	for _, name := range []string{capture.ManifestFile, capture.SignatureFile} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(rebuilt, name), data, 0o600))
	}
	f, err := lookAt(t, bundled(t, rebuilt, true, Vouch{}), Trust{})
	require.NoError(t, err)
	require.NotEmpty(t, f.Faults)
	assert.Equal(t, "it is not the file of the run", f.Faults[0].Text)
	f, err = lookAt(t, bundled(t, dir, true, Vouch{}), trust)
	require.NoError(t, err)
	assert.NotEmpty(t, f.Faults, "the run is signed, what is beside it is not")
	f, err = lookAt(t, bundled(t, dir, false, Vouch{}), trust)
	require.NoError(t, err)
	assert.Empty(t, f.Faults, "a whole run is enough")
}
