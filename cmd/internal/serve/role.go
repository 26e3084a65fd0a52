package serve

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// Role is what somebody may do.
type Role string

// The roles.
const (
	Viewer   Role = "viewer"   // look
	Auditor  Role = "auditor"  // look, and see who did what
	Operator Role = "operator" // all
)

// may reports whether a role includes another.
func (r Role) may(want Role) bool {
	return r == want || r == Operator || r == Auditor && want == Viewer
}

func (t Token) check() string {
	raw, err := hex.DecodeString(t.Hash)
	switch {
	case t.Name == "":
		return "a token needs a name, for the audit log"
	case t.Role != Viewer && t.Role != Auditor && t.Role != Operator:
		return fmt.Sprintf("role: %q is none of viewer, auditor, operator", t.Role)
	case err != nil || len(raw) != sha256.Size:
		return "hash: 64 hexadecimal digits are wanted: `tagscan serve --new-token` writes a token and its hash"
	}
	return ""
}

// NewToken draws a token of 130 random bits and its hash. Since nobody can guess such a token, a plain hash is enough.
func NewToken() (token, hash string) {
	token = rand.Text()
	return token, hashOf(token)
}

func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// ErrOpen says that the server would have to listen where others are, and nothing keeps them out.
var ErrOpen = errors.New("refused to listen")

// tokenFile holds the token of this machine's own user.
const tokenFile = "token"

// localName is the name of this machine's own user in the audit log.
const localName = "local"

// access is who may look at the page, and by which names browsers may ask for it.
type access struct {
	tokens []Token
	hosts  map[string]bool // as in the Host header
	secure bool            // browsers speak TLS with it, or with the proxy in front
}

// accessOf decides who may look. On loopback it is whoever has the token that is printed; elsewhere those of serve.yaml, by TLS only.
func accessOf(data, listen string, s *Settings) (a access, token string, err error) {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return a, "", fmt.Errorf("%w: %q is no address: as in 127.0.0.1:7343", ErrOpen, listen)
	}
	a = access{tokens: s.Tokens, hosts: map[string]bool{}, secure: s.TLS.Cert != "" || s.BehindProxy}
	if u, err := url.Parse(s.URL); err == nil && u.Host != "" {
		a.hosts[strings.ToLower(u.Host)] = true
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		for _, name := range []string{"localhost", "127.0.0.1", "[::1]", host} {
			a.hosts[name+":"+port] = true
		}
		if s.BehindProxy { // who asks is elsewhere
			return a, "", a.open(s, listen)
		}
		token, err = localToken(data)
		a.tokens = append(a.tokens, Token{Name: localName, Role: Operator, Hash: hashOf(token)})
		return a, token, err
	}
	return a, "", a.open(s, listen)
}

// open refuses to listen to others without what keeps them out.
func (a *access) open(s *Settings, listen string) error {
	switch {
	case len(s.Tokens) == 0:
		return fmt.Errorf("%w on %s: others can reach it, and %s has no tokens: `tagscan serve --new-token` writes one",
			ErrOpen, listen, SettingsFile)
	case !a.secure:
		return fmt.Errorf("%w on %s: others can reach it, and tokens would travel in clear: %s needs tls: {cert, key}, or behind_proxy: true "+
			"if a proxy in front speaks TLS", ErrOpen, listen, SettingsFile)
	case s.URL == "":
		return fmt.Errorf("%w on %s: %s needs url: the address by which browsers find the page", ErrOpen, listen, SettingsFile)
	}
	return nil
}

// localToken is the token of this machine's own user: the same after a restart.
func localToken(data string) (string, error) {
	file := filepath.Join(data, tokenFile)
	old, err := os.ReadFile(file)
	if token := strings.TrimSpace(string(old)); err == nil && len(token) >= 26 {
		return token, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("token: %w", err)
	}
	token, _ := NewToken()
	return token, os.WriteFile(file, []byte(token+"\n"), 0o600)
}

// who is the owner of a token; nil: nobody.
func (a *access) who(token string) *Token {
	hash := hashOf(token)
	var found *Token
	for i := range a.tokens { // all of them, so that the time tells nothing
		if subtle.ConstantTimeCompare([]byte(strings.ToLower(a.tokens[i].Hash)), []byte(hash)) == 1 {
			found = &a.tokens[i]
		}
	}
	return found
}
