package attest

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// authority is a time-stamping authority of OpenSSL's, and the certificate of who answers for it.
type authority struct {
	dir  string
	root *x509.CertPool
	srv  *httptest.Server
}

const authorityConfig = `
[req]
distinguished_name = dn
prompt = no
[dn]
CN = Clock of the test
[root]
basicConstraints = critical,CA:true
[stamps]
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = one
[one]
serial = serial
signer_cert = tsa.crt
signer_key = tsa.key
signer_digest = sha256
certs = root.crt
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
`

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{dir: t.TempDir()}
	require.NoError(t, os.WriteFile(filepath.Join(a.dir, "tsa.cnf"), []byte(authorityConfig), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(a.dir, "serial"), []byte("01\n"), 0o600))
	ec := []string{"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-config", "tsa.cnf"}
	a.openssl(t, append([]string{"req", "-x509", "-keyout", "root.key", "-out", "root.crt", "-subj", "/CN=Root", "-extensions", "root"}, ec...)...)
	a.openssl(t, append([]string{"req", "-new", "-keyout", "tsa.key", "-out", "tsa.csr"}, ec...)...)
	a.openssl(t, "x509", "-req", "-in", "tsa.csr", "-CA", "root.crt", "-CAkey", "root.key", "-CAcreateserial", "-out", "tsa.crt", "-extfile", "tsa.cnf", "-extensions", "stamps")
	pem, err := os.ReadFile(filepath.Join(a.dir, "root.crt"))
	require.NoError(t, err)
	a.root = x509.NewCertPool()
	require.True(t, a.root.AppendCertsFromPEM(pem))
	a.srv = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "application/timestamp-query", r.Header.Get("Content-Type"))
		query, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		assert.NoError(t, os.WriteFile(filepath.Join(a.dir, "query"), query, 0o600))
		a.openssl(t, "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query", "-out", "answer")
		answer, err := os.ReadFile(filepath.Join(a.dir, "answer"))
		assert.NoError(t, err)
		_, _ = w.Write(answer)
	}))
	t.Cleanup(a.srv.Close)
	return a
}

func (a *authority) openssl(t *testing.T, args ...string) {
	t.Helper()
	cmd := exec.Command("openssl", args...)
	cmd.Dir = a.dir
	out, err := cmd.CombinedOutput()
	assert.NoError(t, err, "openssl %v: %s", args, out)
}

func TestATimeStampIsOneOfItsMessageAlone(t *testing.T) {
	a := newAuthority(t)
	token, err := Stamp(t.Context(), a.srv.Client(), a.srv.URL, []byte("message"))
	require.NoError(t, err)
	s, err := ParseToken(token)
	require.NoError(t, err)
	require.NoError(t, s.Verify([]byte("message")))
	require.NoError(t, s.VerifyAuthority(a.root))
	require.Error(t, s.VerifyAuthority(x509.NewCertPool()))
	require.ErrorContains(t, s.Verify([]byte("massage")), "not one of these bytes")
	assert.WithinDuration(t, time.Now(), s.Time(), time.Hour)
	assert.Equal(t, "CN=Clock of the test", s.Authority())

	require.NoError(t, os.WriteFile(filepath.Join(a.dir, "message"), []byte("message"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(a.dir, "token"), token, 0o600))
	a.openssl(t, "asn1parse", "-in", "token", "-noout", "-out", "token.der")
	a.openssl(t, "ts", "-verify", "-data", "message", "-in", "token.der", "-token_in", "-CAfile", "root.crt")
}

func TestEveryBitOfATimeStampCounts(t *testing.T) {
	a := newAuthority(t)
	token, err := Stamp(t.Context(), a.srv.Client(), a.srv.URL, []byte("message"))
	require.NoError(t, err)
	var unnoticed []int
	for bit := range 8 * len(token) {
		changed := bytes.Clone(token)
		changed[bit/8] ^= 1 << (bit % 8)
		s, err := ParseToken(changed)
		if err == nil {
			err = s.Verify([]byte("message"))
		}
		if err == nil {
			unnoticed = append(unnoticed, bit)
		}
	}
	assert.Empty(t, unnoticed)
}

func TestAnswersThatAreNoTimeStamp(t *testing.T) {
	a := newAuthority(t)
	kept, err := Stamp(t.Context(), a.srv.Client(), a.srv.URL, []byte("message"))
	require.NoError(t, err)
	block, _ := pem.Decode(kept)
	old := block.Bytes
	for name, answer := range map[string][]byte{
		"nothing":                {},
		"a page":                 []byte("<html>please sign in</html>"),
		"a refusal":              {0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x02},
		"no token":               {0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x00},
		"one to another request": append([]byte{0x30, 0x82, byte((len(old) + 5) >> 8), byte(len(old) + 5), 0x30, 0x03, 0x02, 0x01, 0x00}, old...),
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(answer) }))
		_, err := Stamp(t.Context(), srv.Client(), srv.URL, []byte("message"))
		require.Error(t, err, name)
		srv.Close()
	}
}
