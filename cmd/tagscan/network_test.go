package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTimeStampsTakeTheWayOfTheScan: who stamps is asked by the proxy that the flags name, and leads nobody to where no flag does.
func TestTimeStampsTakeTheWayOfTheScan(t *testing.T) {
	get := func(f networkFlags, url string) (string, error) {
		way, err := f.outside(t.Context(), url)
		require.NoError(t, err)
		resp, err := (&http.Client{Transport: way}).Get(url)
		if err != nil {
			return "", err
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		return string(b), err
	}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "asked for "+r.RequestURI) }))
	t.Cleanup(proxy.Close)
	said, err := get(networkFlags{proxy: proxy.URL}, "http://tsa.test/tsr")
	require.NoError(t, err)
	assert.Equal(t, "asked for http://tsa.test/tsr", said)

	inside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "stamp") }))
	t.Cleanup(inside.Close)
	said, err = get(networkFlags{proxy: "direct"}, inside.URL)
	require.NoError(t, err)
	assert.Equal(t, "stamp", said, "what was named is reached")
	outside := httptest.NewServer(http.RedirectHandler("http://169.254.169.254/latest", http.StatusFound))
	t.Cleanup(outside.Close)
	_, err = get(networkFlags{proxy: "direct"}, outside.URL)
	assert.ErrorContains(t, err, "which nobody named")
}
