package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/tagscan/tagscan/cmd/internal/console"
	"github.com/tagscan/tagscan/crawler/secret"
	"github.com/tagscan/tagscan/crawler/visit"
	"github.com/tagscan/tagscan/crawler/web"
	"github.com/tagscan/tagscan/detect/rule"
)

// What a user gives for a scan to be let in must not be written: it is gathered here and replaced by tokens wherever it turns up.

// The persona keys of secrets.
const (
	keyPassword = "password"
	keyToken    = "auth_token"
)

// ownVariables are variables of tagscan's that are for nothing but what they are for, and never typed into a page.
var ownVariables = []string{"TAGSCAN_KEY", "TAGSCAN_CHROME", signPassphrase}

// environment gives a recording the variables that are named for it: those whose names begin with TAGSCAN_, and those that --env names.
// A recording that comes from elsewhere cannot ask for others.
func environment(named []string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		mine := strings.HasPrefix(name, "TAGSCAN_") && !slices.Contains(ownVariables, name)
		if !mine && !slices.Contains(named, name) {
			return "", false
		}
		return os.LookupEnv(name)
	}
}

// gathered are the secrets of the flags of a scan.
type gathered struct{ values []secret.Value }

func (g *gathered) add(name, key, text string) {
	if text = strings.TrimSpace(text); text != "" {
		g.values = append(g.values, secret.Value{Name: name, Key: key, Text: text})
	}
}

// header takes the value of a header of the user's. What browsers send of themselves, and what is written on the command line and
// reads like anything else, is no secret.
func (g *gathered) header(name, value string, fromEnv bool) {
	low := strings.ToLower(name)
	switch {
	case low == "cookie":
		for pair := range strings.SplitSeq(value, ";") {
			k, v, _ := strings.Cut(strings.TrimSpace(pair), "=")
			if fromEnv && len(v) >= minOpaque || sessionValue(k, v, true) {
				g.add("cookie "+k, keyToken, v)
			}
		}
		return
	case !fromEnv && (web.OrdinaryHeader(low) || !opaque(value)):
		return
	}
	g.add("header "+name, keyToken, value)
	if _, rest, ok := strings.Cut(value, " "); ok && low == "authorization" {
		g.add("header "+name, keyToken, rest)
	}
}

// basicAuth takes a password, and user and password as they are sent.
func (g *gathered) basicAuth(user, password string) {
	g.add("password of --basic-auth", keyPassword, password)
	g.add("user and password of --basic-auth", keyPassword, user+":"+password)
}

// recording takes what a recording types that is no name of its user's.
func (g *gathered) recording(rec *visit.Recording) {
	typed := rec.FromEnv()
	for _, name := range slices.Sorted(maps.Keys(typed)) {
		if !namesPerson.MatchString(name) {
			g.add("variable "+name, keyPassword, typed[name])
		}
	}
	for _, p := range rec.Passwords() {
		g.add("password of --flow", keyPassword, p)
	}
}

// namesPerson matches names of variables whose values say who somebody is: these are personal data to be found, and no secrets.
var namesPerson = regexp.MustCompile(`(?i)e?mail|user|login|account|name|phone|street|city|address|postcode|zip`)

// session takes the values of a session's cookies and storage of the scanned sites that let somebody in.
func (g *gathered) session(o *visit.Options, sites []string) {
	own := web.SitesOf(sites...)
	for _, c := range o.Cookies {
		if own.Own("https://"+strings.TrimPrefix(c.Domain, ".")+"/") && sessionValue(c.Name, c.Value, c.HTTPOnly) {
			g.add("cookie "+c.Name, keyToken, c.Value)
		}
	}
	for _, e := range o.Storage {
		if own.Own(e.Origin+"/") && sessionValue(e.Key, e.Value, false) {
			g.add("storage "+e.Key, keyToken, e.Value)
		}
	}
}

// persona takes the passwords and tokens of a persona.
func (g *gathered) persona(p rule.Persona) {
	for _, key := range []string{keyPassword, keyToken} {
		for _, v := range p[key] {
			g.add(strings.ReplaceAll(key, "_", " ")+" of --persona", key, v)
		}
	}
}

// minOpaque is the length from which a text that mixes letters and digits is more than a setting ("v2", "de-DE", "light1").
const minOpaque = 8

// opaque reports whether a text reads like a token or password, and not like words, numbers or an address.
func opaque(s string) bool {
	letter, digit := false, false
	for _, r := range s {
		letter, digit = letter || unicode.IsLetter(r), digit || unicode.IsDigit(r)
	}
	return len(s) >= minOpaque && letter && digit && !strings.Contains(s, "://") && !strings.ContainsAny(s, "{[")
}

var (
	letsIn     = regexp.MustCompile(`(?i)sess|sid|token|auth|jwt|log[-_]?in|logged|remember|[cx]srf|secret|credential|passw|bearer|ticket|identity`)
	knowsAgain = regexp.MustCompile(`(?i)visitor|client|device|browser|anon|^fp|^_ga|^_gcl|^_fb|^ajs|uuid|guid|consent|optanon|cookie|gdpr|locale|lang|currency|theme|variant|^ab[-_]|exp(eriment)?[-_]`)
)

// sessionValue reports whether an entry of a browser's lets its visitor in: by its name, or because scripts may not read it. What
// knows a browser again and what remembers settings is left as it is, for that is what is looked for.
func sessionValue(name, value string, httpOnly bool) bool {
	if !opaque(value) {
		return false
	}
	return letsIn.MatchString(name) && !strings.Contains(strings.ToLower(name), "consent") || httpOnly && !knowsAgain.MatchString(name)
}

// guard makes the vault of what was gathered, and says which values cannot be kept out of what is written.
func (g *gathered) guard(key []byte, say func(string, ...any)) *secret.Vault {
	v, ordinary := secret.New(key, g.values...)
	for _, name := range ordinary {
		say("the %s is short or an ordinary word, and is not replaced in what is written: choose another for tests", name)
	}
	return v
}

// discreet is a voice that tells no secret. What it is to keep is known only after the flags were read.
type discreet struct {
	w     io.Writer
	vault *secret.Vault
}

func (d *discreet) Write(p []byte) (int, error) { return d.vault.Lines(d.w).Write(p) }

// keep makes the vault of what was gathered. From then on nothing that is said on stderr holds any of it.
func (a *app) keep(g gathered, key []byte) *secret.Vault {
	v := g.guard(key, func(format string, args ...any) { fmt.Fprintf(a.stderr, format+"\n", args...) })
	if a.voice != nil {
		a.voice.vault = v
	}
	return v
}

// command are the arguments of this command, for the record, and whether something in them was masked.
func (a *app) command() (args []string, masked bool) {
	for _, arg := range os.Args[1:] {
		kept := console.Mask(console.Clean(arg))
		args, masked = append(args, kept), masked || kept != arg
	}
	return args, masked
}

// errEnv says that a variable is not there, or not for this.
func errEnv(missing []string) error {
	return fmt.Errorf("the environment has no %s", strings.Join(missing, ", "))
}
