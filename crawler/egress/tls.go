package egress

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// TLS holds what a site asks for beside an ordinary visitor: a certificate of the visitor's, and authorities that this machine
// does not know. Chrome takes neither from a file, so the guard speaks TLS with these sites itself, in the protocol that the
// browser asked for, and again with the browser, by a key that exists as long as the run. Requests are passed on as they are.
type TLS struct {
	certificate *tls.Certificate
	authorities []*x509.Certificate
	key         *ecdsa.PrivateKey // what the browser is shown
	roots       *x509.CertPool    // the machine's and the authorities

	plain *sync.Map // by host and port: these need nothing of it
}

// NewTLS reads a certificate with its key, and authorities, from PEM files; empty: none.
func NewTLS(certificateFile, authorityFile string) (TLS, error) {
	var t TLS
	if certificateFile == "" && authorityFile == "" {
		return t, nil
	}
	if certificateFile != "" {
		cert, err := tls.LoadX509KeyPair(certificateFile, certificateFile)
		if err != nil {
			return t, fmt.Errorf("client certificate: one PEM file with certificate and key is wanted: %w", err)
		}
		t.certificate = &cert
	}
	var err error
	if t.roots, err = x509.SystemCertPool(); err != nil {
		t.roots = x509.NewCertPool()
	}
	if authorityFile != "" {
		text, err := os.ReadFile(authorityFile)
		if err != nil {
			return t, fmt.Errorf("certificate authority: %w", err)
		}
		if t.authorities, err = readCertificates(text); err != nil {
			return t, fmt.Errorf("certificate authority %s: %w", authorityFile, err)
		}
		for _, a := range t.authorities {
			t.roots.AddCert(a)
		}
	}
	if t.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return t, err
	}
	t.plain = &sync.Map{}
	return t, nil
}

func (t TLS) none() bool { return t.key == nil }

// config is that of tagscan's own client.
func (t TLS) config(certificate bool) *tls.Config {
	c := &tls.Config{RootCAs: t.roots}
	if certificate && t.certificate != nil {
		c.Certificates = []tls.Certificate{*t.certificate}
	}
	return c
}

// Pin is the hash by which the browser knows the guard's key (--ignore-certificate-errors-spki-list); "" if it has none.
func (g *Guard) Pin() string {
	if g.o.TLS.none() {
		return ""
	}
	der, err := x509.MarshalPKIXPublicKey(g.o.TLS.key.Public())
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(der)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// knows reports whether the user named the host.
func (g *Guard) knows(host string) bool {
	return slices.ContainsFunc(g.o.Named, func(raw string) bool {
		u, err := url.Parse(raw)
		return err == nil && strings.EqualFold(u.Hostname(), host)
	})
}

// errPlain says that a site needs nothing of the user's.
var errPlain = errors.New("an ordinary site")

// speakTLS stands between the browser and a site that needs the user's certificate or an authority of the user's; what another
// site says is passed on as it is.
func (g *Guard) speakTLS(ctx context.Context, client, out net.Conn, host, port string) error {
	key := net.JoinHostPort(strings.ToLower(host), port)
	if _, plain := g.o.TLS.plain.Load(key); plain {
		return splice(ctx, client, out)
	}
	first := &firstFlight{Conn: client}
	var site *tls.Conn
	browser := tls.Server(first, &tls.Config{GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		s, err := g.handshake(ctx, out, host, hello)
		if err != nil {
			return nil, err
		}
		site = s
		first.open()
		return g.shown(host, site.ConnectionState().NegotiatedProtocol)
	}})
	err := browser.HandshakeContext(ctx)
	if err == nil {
		return splice(ctx, browser, site)
	}
	if site != nil || !errors.Is(err, errPlain) {
		return err
	}
	g.o.TLS.plain.Store(key, true)
	again, err := g.Dial(ctx, "https", net.JoinHostPort(host, port))
	if err != nil {
		return err
	}
	defer again.Close()
	if _, err := again.Write(first.said()); err != nil {
		return err
	}
	return splice(ctx, client, again)
}

// handshake begins TLS with a site; the error is errPlain if that needs nothing of the user's.
func (g *Guard) handshake(ctx context.Context, out net.Conn, host string, hello *tls.ClientHelloInfo) (*tls.Conn, error) {
	asked := false
	config := &tls.Config{ServerName: host, RootCAs: g.o.TLS.roots, NextProtos: hello.SupportedProtos}
	if t := g.o.TLS; t.certificate != nil && g.knows(host) {
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			asked = true
			return t.certificate, nil
		}
	}
	site := tls.Client(out, config)
	if err := site.HandshakeContext(ctx); err != nil {
		return nil, errors.Join(errPlain, err) // the browser says what is wrong with it
	}
	if asked || g.o.TLS.vouches(site.ConnectionState().VerifiedChains) {
		return site, nil
	}
	return nil, errPlain
}

// vouches reports whether an authority of the user's ends one of the chains.
func (t TLS) vouches(chains [][]*x509.Certificate) bool {
	return slices.ContainsFunc(chains, func(chain []*x509.Certificate) bool {
		return slices.ContainsFunc(t.authorities, chain[len(chain)-1].Equal)
	})
}

// shown is what the browser is shown for a host.
func (g *Guard) shown(host, protocol string) (*tls.Config, error) {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: host},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(30 * 24 * time.Hour), // Chrome refuses what is valid for years
	}
	if ip := net.ParseIP(host); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{host}
	}
	key := g.o.TLS.key
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	c := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	if protocol != "" {
		c.NextProtos = []string{protocol}
	}
	return c, nil
}

// firstFlight is a connection that keeps what is read from it, and says nothing, until it is opened.
type firstFlight struct {
	net.Conn
	mu     sync.Mutex
	opened bool
	read   bytes.Buffer
}

func (f *firstFlight) open() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.opened = true
	f.read = bytes.Buffer{}
}

func (f *firstFlight) said() []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.read.Bytes()
}

func (f *firstFlight) Read(b []byte) (int, error) {
	n, err := f.Conn.Read(b)
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.opened {
		f.read.Write(b[:n])
	}
	return n, err
}

func (f *firstFlight) Write(b []byte) (int, error) {
	f.mu.Lock()
	opened := f.opened
	f.mu.Unlock()
	if !opened {
		return len(b), nil // an alert that is not ours to give
	}
	return f.Conn.Write(b)
}

// readCertificates reads all certificates of a PEM text.
func readCertificates(text []byte) ([]*x509.Certificate, error) {
	var list []*x509.Certificate
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	if len(list) == 0 {
		return nil, errors.New("there is no certificate in it")
	}
	return list, nil
}
