package egress

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/proxy"
)

// public is a resolver for which every name is on the public network.
func public(context.Context, string) ([]netip.Addr, error) {
	return []netip.Addr{netip.MustParseAddr("203.0.113.1")}, nil
}

// proxyOf is a proxy that knows one server, and keeps what it was asked.
type proxyOf struct {
	server string
	mu     sync.Mutex
	asked  []string
	signed []string // Proxy-Authorization
}

func (p *proxyOf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.asked = append(p.asked, r.Method+" "+r.RequestURI)
	p.signed = append(p.signed, r.Header.Get("Proxy-Authorization"))
	p.mu.Unlock()
	if r.Method != http.MethodConnect {
		fmt.Fprintf(w, "plain %s %s", r.Host, r.Header.Get("X-Forwarded-For"))
		return
	}
	out, err := net.Dial("tcp", p.server)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	w.WriteHeader(http.StatusOK)
	in, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		out.Close()
		return
	}
	_ = splice(r.Context(), in, out)
	in.Close()
}

func TestProxiesOfTheEnvironmentAreForAll(t *testing.T) {
	site := httptest.NewTLSServer(hello("secure"))
	t.Cleanup(site.Close)
	p := &proxyOf{server: site.Listener.Addr().String()}
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	address, _ := listener(t, hello("direct"))
	t.Setenv("HTTP_PROXY", "http://ann:secret@"+server.Listener.Addr().String())
	t.Setenv("HTTPS_PROXY", "http://ann:secret@"+server.Listener.Addr().String())
	t.Setenv("NO_PROXY", "direct.example")
	chosen, err := NewProxy("")
	require.NoError(t, err)
	g, err := New(t.Context(), Options{Proxy: chosen, Lookup: public, Map: []string{"mapped.example=" + address}})
	require.NoError(t, err)
	assert.False(t, g.Idle())

	own := &http.Client{Transport: g.Client(true)}
	get := func(raw string) string {
		resp, err := own.Get(raw)
		require.NoError(t, err, raw)
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		return string(b)
	}
	assert.Equal(t, "secure", get("https://site.example/"))
	assert.Equal(t, "plain site.example ", get("http://site.example/"))
	assert.Equal(t, "direct", get("http://mapped.example/"), "what the user mapped goes there")

	got, err := throughDoor(t, g, "http://site.example/")
	require.NoError(t, err)
	assert.Equal(t, "plain site.example ", got)
	got, err = throughDoorTLS(t, g, "https://site.example/", &tls.Config{InsecureSkipVerify: true})
	require.NoError(t, err)
	assert.Equal(t, "secure", got)
	direct, err := g.o.Proxy.of("https", "direct.example", "443")
	require.NoError(t, err)
	assert.Nil(t, direct)

	assert.Equal(t, []string{"CONNECT site.example:443", "GET http://site.example/", "GET http://site.example/", "CONNECT site.example:443"}, p.asked)
	for _, s := range p.signed {
		assert.Equal(t, "Basic YW5uOnNlY3JldA==", s)
	}
}

func TestAProxyLeadsNowhereThatNobodyNamed(t *testing.T) {
	p := &proxyOf{}
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	chosen, err := NewProxy(server.URL)
	require.NoError(t, err)
	g, err := New(t.Context(), Options{Proxy: chosen, Lookup: names(map[string][]string{"inside.example": {"10.1.2.3"}})})
	require.NoError(t, err)
	for _, raw := range []string{"http://inside.example/", "http://169.254.169.254/latest"} {
		_, err = throughDoor(t, g, raw)
		require.Error(t, err)
		_, err = (&http.Client{Transport: g.Client(false)}).Get(raw)
		require.Error(t, err)
	}
	assert.Empty(t, p.asked)
}

func TestProxiesThatAreNone(t *testing.T) {
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"} {
		t.Setenv(name, "")
	}
	for _, raw := range []string{"nonsense", "ftp://proxy.example", "http://ann:secret@proxy.example"} {
		_, err := NewProxy(raw)
		require.Error(t, err, raw)
		assert.NotContains(t, err.Error(), "secret")
	}
	none, err := NewProxy("")
	require.NoError(t, err)
	assert.True(t, none.None())
	t.Setenv("HTTPS_PROXY", "http://proxy.example:3128")
	none, err = NewProxy(direct)
	require.NoError(t, err)
	assert.True(t, none.None())
}

func TestAProxyThatIsNotThereIsTold(t *testing.T) {
	chosen, err := NewProxy("http://127.0.0.1:1")
	require.NoError(t, err)
	g, err := New(t.Context(), Options{Proxy: chosen, Lookup: public})
	require.NoError(t, err)
	_, err = g.Dial(t.Context(), "https", "site.example:443")
	require.Error(t, err)
	assert.Equal(t, "net::ERR_PROXY_CONNECTION_FAILED", g.Explain("https://site.example/", "net::"+socksFailure))
}

// throughDoorTLS asks for a URL as the browser does, with HTTP/2.
func throughDoorTLS(t *testing.T, g *Guard, raw string, config *tls.Config) (string, error) {
	t.Helper()
	door, err := g.Open()
	require.NoError(t, err)
	defer func() { require.NoError(t, door.Close()) }()
	d, err := proxy.SOCKS5("tcp", door.listeners["https"].Addr().String(), nil, proxy.Direct)
	require.NoError(t, err)
	transport := &http.Transport{DialContext: d.(proxy.ContextDialer).DialContext, TLSClientConfig: config, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport}).Get(raw)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return string(b), err
}

// authority is one that no machine knows.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) authority {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "an authority"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return authority{cert, key}
}

// issue makes a certificate, and a PEM file of it with its key.
func (a authority) issue(t *testing.T, name string) (tls.Certificate, string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		NotBefore:   time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	require.NoError(t, err)
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	var text bytes.Buffer
	require.NoError(t, pem.Encode(&text, &pem.Block{Type: "CERTIFICATE", Bytes: der}))
	require.NoError(t, pem.Encode(&text, &pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}))
	file := filepath.Join(t.TempDir(), "cert.pem")
	require.NoError(t, os.WriteFile(file, text.Bytes(), 0o600))
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}

func (a authority) file(t *testing.T) string {
	file := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw}), 0o600))
	return file
}

// TestASiteGetsTheCertificateThatItAsksFor: and only the site that the user named; all others are spoken to by the browser itself.
func TestASiteGetsTheCertificateThatItAsksFor(t *testing.T) {
	ca := newAuthority(t)
	_, visitorFile := ca.issue(t, "visitor.example")
	pool := x509.NewCertPool()
	pool.AddCert(ca.cert)
	serve := func(name string) string {
		cert, _ := ca.issue(t, name)
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			who := "nobody"
			if len(r.TLS.PeerCertificates) > 0 {
				who = r.TLS.PeerCertificates[0].Subject.CommonName
			}
			fmt.Fprintf(w, "%s %s", r.Proto, who)
		}))
		s.TLS = &tls.Config{Certificates: []tls.Certificate{cert}, ClientAuth: tls.VerifyClientCertIfGiven, ClientCAs: pool}
		s.EnableHTTP2 = true
		s.StartTLS()
		t.Cleanup(s.Close)
		return s.Listener.Addr().String()
	}
	setUp, err := NewTLS(visitorFile, ca.file(t))
	require.NoError(t, err)
	g, err := New(t.Context(), Options{
		Named: []string{"https://shop.test/"}, TLS: setUp, Lookup: public,
		Map: []string{"shop.test=" + serve("shop.test"), "vendor.test=" + serve("vendor.test")},
	})
	require.NoError(t, err)

	pinned := &tls.Config{InsecureSkipVerify: true, VerifyPeerCertificate: func(raw [][]byte, _ [][]*x509.Certificate) error {
		c, err := x509.ParseCertificate(raw[0])
		if err != nil {
			return err
		}
		if !g.o.TLS.key.PublicKey.Equal(c.PublicKey) {
			return fmt.Errorf("not the guard's key, of %s", c.Subject)
		}
		return nil
	}}
	got, err := throughDoorTLS(t, g, "https://shop.test/", pinned)
	require.NoError(t, err)
	assert.Equal(t, "HTTP/2.0 visitor.example", got)
	got, err = throughDoorTLS(t, g, "https://vendor.test/", pinned)
	require.NoError(t, err)
	assert.Equal(t, "HTTP/2.0 nobody", got, "a vendor is not shown who visits")

	own := &http.Client{Transport: g.Client(false)}
	for raw, want := range map[string]string{"https://shop.test/": "visitor.example", "https://vendor.test/": "nobody"} {
		resp, err := own.Get(raw)
		require.NoError(t, err)
		b, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		resp.Body.Close()
		assert.Contains(t, string(b), want)
	}
}

// TestAnOrdinarySiteIsNotMeddledWith: the browser sees its own certificate, and says what is wrong with it.
func TestAnOrdinarySiteIsNotMeddledWith(t *testing.T) {
	site := httptest.NewTLSServer(hello("as ever"))
	t.Cleanup(site.Close)
	setUp, err := NewTLS("", newAuthority(t).file(t))
	require.NoError(t, err)
	g, err := New(t.Context(), Options{TLS: setUp, Map: []string{"*=" + site.Listener.Addr().String()}})
	require.NoError(t, err)
	assert.False(t, g.Idle())
	pool := x509.NewCertPool()
	pool.AddCert(site.Certificate())
	for range 2 { // the second time it is known to be one
		got, err := throughDoorTLS(t, g, "https://example.com/", &tls.Config{RootCAs: pool})
		require.NoError(t, err)
		assert.Equal(t, "as ever", got)
		_, err = throughDoorTLS(t, g, "https://example.com/", &tls.Config{})
		require.ErrorContains(t, err, "certificate")
	}
}
