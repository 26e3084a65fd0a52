package detect

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
)

// Payloads that unpack to megabytes are let go before more of them are opened, in whatever number they come.
func TestFewLargePayloadsAreHeldAtOnce(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err := z.Write([]byte(`["` + strings.Repeat("some words, ", 500_000) + `"]`))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	a, err := New(Config{Workers: 2})
	require.NoError(t, err)
	r := a.Open(Capture{})
	r.know()
	var jobs []job
	for i := range 24 {
		q := &crawler.Request{ID: fmt.Sprint("r", i), URL: "https://replay.example/", Body: crawler.NewBody(slices.Clone(packed.Bytes()))}
		jobs = append(jobs, job{request: q, seq: int64(i)})
	}
	var order []string
	for rest := jobs; len(rest) > 0; {
		done := r.examineAll(rest, (*worker).examine)
		require.NotEmpty(t, done)
		held := int64(0)
		for _, x := range done {
			held += x.tree.Held()
			order = append(order, x.job.request.ID)
			x.release()
		}
		assert.Less(t, held, int64(heldTrees+2*16<<20), "and one for each worker")
		rest = rest[len(done):]
	}
	require.Len(t, order, len(jobs))
	for i, id := range order {
		require.Equal(t, jobs[i].request.ID, id)
	}
}
