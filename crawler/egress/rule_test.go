package egress

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseRule(t *testing.T) {
	for in, want := range map[string]string{
		"shop.example=127.0.0.1:8443":     "MAP shop.example 127.0.0.1:8443",
		"Shop.example:443=127.0.0.1:8443": "MAP shop.example:443 127.0.0.1:8443",
		"*=127.0.0.1":                     "MAP * 127.0.0.1",
		"*.shop.example:80=[::1]:8080":    "MAP *.shop.example:80 [::1]:8080",
		"shop.example=::1":                "MAP shop.example [::1]",
		"*:443=localhost:8443":            "MAP *:443 localhost:8443",
	} {
		r, err := ParseRule(in)
		require.NoError(t, err, in)
		assert.Equal(t, want, r.String())
	}
	for _, in := range []string{"", "a", "=b", "a=", "a=*", "a:99999=b", "a=b:0", "a b=c", "a*=b", "a.*.b=c", "a=b,MAP * c"} {
		_, err := ParseRule(in)
		assert.ErrorContains(t, err, "HOST[:PORT]=ADDR[:PORT]", in)
	}
}

func TestTheClientKeepsNames(t *testing.T) {
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Host, " ", r.TLS.ServerName) }))
	defer srv.Close()
	addr := srv.Listener.Addr().String()
	get := func(insecure bool, url string) (string, error) {
		g, err := New(t.Context(), Options{Map: []string{"*.shop.test:443=" + addr, "plain.test=127.0.0.1:1"}})
		require.NoError(t, err)
		client := &http.Client{Transport: g.Client(insecure)}
		defer client.CloseIdleConnections()
		resp, err := client.Get(url)
		if err != nil {
			return "", err
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		return string(b), err
	}
	got, err := get(true, "https://www.shop.test/")
	require.NoError(t, err)
	assert.Equal(t, "www.shop.test www.shop.test", got)
	_, err = get(false, "https://www.shop.test/")
	require.ErrorContains(t, err, "certificate")
	_, err = get(true, "https://plain.test/")
	require.ErrorContains(t, err, "refused")
}
