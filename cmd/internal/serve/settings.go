package serve

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tagscan/tagscan/cmd/internal/alert"
	"github.com/tagscan/tagscan/cmd/internal/schedule"
	"github.com/tagscan/tagscan/detect/policy"
)

// SettingsFile is what belongs to the whole, beside the files of the sites.
const SettingsFile = "serve.yaml"

// Settings is serve.yaml. What is not there has a default; no secret is in it.
type Settings struct {
	Listen       string                   `yaml:"listen" doc:"address to listen on"`
	Data         string                   `yaml:"data" doc:"folder of store and runs"`
	URL          string                   `yaml:"url" doc:"where browsers find the page, for links"`
	Parallel     int                      `yaml:"parallel" doc:"scans at a time; 1 unless said otherwise"`
	Keep         policy.Duration          `yaml:"keep" doc:"how long runs are kept; 720h unless said otherwise"`
	Late         policy.Duration          `yaml:"late" doc:"a scan that has not begun for so long is news; 1h unless said otherwise"`
	AllowPrivate policy.Strings           `yaml:"allow_private" doc:"networks of this machine that pages may reach"`
	Ping         string                   `yaml:"ping" doc:"URL that is asked for every minute while all is well"`
	Digest       policy.Schedule          `yaml:"digest" doc:"when news that are not told at once are told; daily at 8 unless said otherwise"`
	Channels     map[string]alert.Channel `yaml:"channels" doc:"where news are told, by name"`
	Tokens       []Token                  `yaml:"tokens" doc:"who may look, beside this machine's own user"`
	TLS          TLS                      `yaml:"tls" doc:"certificate of the page"`
	BehindProxy  bool                     `yaml:"behind_proxy" doc:"a proxy in front of the page speaks TLS"`

	digest schedule.Spec
}

// TLS names the files of a certificate.
type TLS struct {
	Cert string `yaml:"cert"`
	Key  string `yaml:"key"`
}

// Token is one who may look, or do.
type Token struct {
	Name string `yaml:"name" doc:"who it is, for the audit log"`
	Role Role   `yaml:"role" doc:"viewer, auditor or operator"`
	Hash string `yaml:"hash" doc:"SHA-256 of the token, as tagscan serve --new-token writes it"`
}

// defaults of what is not set.
const (
	defaultListen   = "127.0.0.1:7343"
	defaultData     = "tagscan-data"
	defaultParallel = 1
	defaultKeep     = 30 * 24 * time.Hour
	defaultLate     = time.Hour
	defaultDigest   = "0 8 * * *"
)

// ReadSettings reads serve.yaml in a folder; a folder without one has the defaults.
func ReadSettings(dir string) (*Settings, error) {
	file := filepath.Join(dir, SettingsFile)
	src, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("settings: %w", err)
	}
	s := &Settings{}
	if err := policy.DecodeStrict(file, src, s); err != nil {
		return nil, err
	}
	if err := s.fill(dir); err != nil {
		m, ok := errors.AsType[*misplaced](err)
		if !ok {
			return nil, err
		}
		return nil, policy.MistakeAt(file, src, m.text, m.keys...)
	}
	return s, nil
}

// misplaced is a mistake at a key.
type misplaced struct {
	text string
	keys []string
}

func (m *misplaced) Error() string { return m.text }

func at(text string, keys ...string) error { return &misplaced{text, keys} }

// fill sets what is not set, and says what is wrong with what is.
func (s *Settings) fill(dir string) error {
	orElse(&s.Listen, defaultListen)
	orElse(&s.Data, defaultData)
	orElse(&s.Parallel, defaultParallel)
	orElse(&s.Keep.Duration, defaultKeep)
	orElse(&s.Late.Duration, defaultLate)
	if s.Digest.Cron == "" && s.Digest.Every.Duration == 0 {
		s.Digest.Cron = defaultDigest
	}
	var err error
	if s.digest, err = specOf(s.Digest, "digest"); err != nil {
		return err
	}
	for _, p := range []struct{ key, url string }{{"url", s.URL}, {"ping", s.Ping}} {
		if u, err := url.Parse(p.url); p.url != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
			return at(fmt.Sprintf("%s: %q is no URL", p.key, p.url), p.key)
		}
	}
	if _, _, err := net.SplitHostPort(s.Listen); err != nil {
		return at(fmt.Sprintf("listen: %q is no address: as in 127.0.0.1:7343", s.Listen), "listen")
	}
	for _, name := range slices.Sorted(maps.Keys(s.Channels)) {
		if c := s.Channels[name]; c.Check() != "" {
			return at(fmt.Sprintf("channel %s: %s", name, c.Check()), "channels", name)
		}
	}
	for i, t := range s.Tokens {
		if text := t.check(); text != "" {
			return at(fmt.Sprintf("token %d: %s", i+1, text), "tokens")
		}
	}
	for _, file := range []*string{&s.TLS.Cert, &s.TLS.Key} {
		if *file != "" && !filepath.IsAbs(*file) {
			*file = filepath.Join(dir, *file)
		}
	}
	if (s.TLS.Cert == "") != (s.TLS.Key == "") {
		return at("tls: cert and key belong together", "tls")
	}
	return nil
}

func orElse[T comparable](v *T, or T) {
	var zero T
	if *v == zero {
		*v = or
	}
}

// never is the schedule of a site that is scanned by hand only.
const never = "never"

// specOf reads a schedule; key is where it stands.
func specOf(s policy.Schedule, key string) (schedule.Spec, error) {
	spec := schedule.Spec{Cron: strings.TrimSpace(s.Cron), Every: s.Every.Duration, Jitter: s.Jitter.Duration}
	if spec.Cron == never {
		return schedule.Spec{}, nil
	}
	if s.Zone != "" {
		zone, err := time.LoadLocation(s.Zone)
		if err != nil {
			return spec, at(fmt.Sprintf("zone: %q is no time zone: as in Europe/Berlin", s.Zone), key, "zone")
		}
		spec.Zone = zone
	}
	if err := spec.Check(); err != nil {
		part, _, _ := strings.Cut(err.Error(), ":")
		return spec, at(err.Error(), key, part)
	}
	return spec, nil
}
