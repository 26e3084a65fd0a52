package main

import (
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tagscan/tagscan/cmd/internal/exit"
	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/visit"
)

// signInFlags are the flags that make a visitor somebody. No flag takes a secret: they are named by environment variable
// or by file.
type signInFlags struct {
	session   string
	headers   []string
	basicAuth string
	signedIn  string
	flow      string
	env       []string
	submit    bool

	secrets gathered

	given func(string) bool // whether a flag was given
}

func (f *signInFlags) register(c *cobra.Command) {
	fl := c.Flags()
	fl.StringVar(&f.session, "session", "", "session file of tagscan login, or Playwright's storageState")
	fl.StringVar(&f.signedIn, "signed-in", "", "what only signed-in users have: a CSS selector, or a part of the page's URL that begins with /; a page without it is blocked, and the run incomplete. With --session, a page that asks for a password is blocked in any case")
	fl.StringVar(&f.flow, "flow", "", "recording of Chrome DevTools' Recorder (JSON) to replay in every profile before its first page, with secrets from the environment: ${TAGSCAN_PASSWORD}")
	fl.StringSliceVar(&f.env, "env", nil, "name of an environment variable that the recording of --flow may use; those that begin with TAGSCAN_ it may use in any case (repeatable)")
	fl.BoolVar(&f.submit, "submit", true, "let the recording of --flow submit forms; nothing else ever does")
	f.given = func(name string) bool { return fl.Changed(name) }
	fl.StringArrayVar(&f.headers, "header", nil, "header for the start page's origin and nobody else, with secrets from the environment: 'X-Staging: ${TOKEN}' (repeatable)")
	fl.StringVar(&f.basicAuth, "basic-auth", "", "HTTP authentication for the start page's origin, with the password from the environment: 'user:${PASSWORD}'")
}

// apply puts what the flags name into the visitor's options. It returns what to record of it.
func (f *signInFlags) apply(o *visit.Options, seeds []string, now time.Time, say func(string, ...any)) (deviations []string, err error) {
	if f.session != "" {
		file, err := os.Open(f.session)
		if err != nil {
			return nil, exit.Usagef("`tagscan login URL` writes one", "--session: %w", err)
		}
		defer file.Close()
		s, err := visit.ReadSession(file)
		if err != nil {
			return nil, exit.Usagef("give a file that `tagscan login` or Playwright's storageState wrote", "--session %s: %w", f.session, err)
		}
		if expired := s.Restore(o, now); len(expired) > 0 {
			say("cookies of the session have expired: %s", strings.Join(expired, ", "))
		}
		f.secrets.session(o, seeds)
		deviations = append(deviations, "session")
		o.SignIn = &visit.SignIn{}
	}
	if f.flow == "" && f.given != nil && f.given("submit") {
		return nil, exit.Usagef("record the way with Chrome DevTools' Recorder, export it as JSON and give it with --flow", "--submit needs a recording: forms are submitted only as somebody did it before")
	}
	if f.flow != "" {
		if o.Recording, err = readRecording(f.flow, environment(f.env)); err != nil {
			return nil, err
		}
		f.secrets.recording(o.Recording)
		o.NoSubmit = !f.submit
		if o.SignIn == nil {
			o.SignIn = &visit.SignIn{}
		}
		deviations = append(deviations, "flow")
	}
	if f.signedIn != "" {
		o.SignIn = new(visit.ParseSignIn(f.signedIn))
	}
	var origin visit.Origin
	for _, h := range f.headers {
		name, given, ok := strings.Cut(h, ":")
		value := ""
		if value, err = fromEnv(given); err != nil || !ok || strings.TrimSpace(name) == "" {
			if err == nil {
				err = fmt.Errorf("it is not NAME: VALUE")
			}
			return nil, exit.Usagef("as in --header 'X-Staging: ${TOKEN}'", "--header: %w", err)
		}
		f.secrets.header(strings.TrimSpace(name), value, given != value)
		origin.Headers = append(origin.Headers, crawler.Header{Name: strings.TrimSpace(name), Value: strings.TrimSpace(value)})
	}
	if f.basicAuth != "" {
		user, password, ok := strings.Cut(f.basicAuth, ":")
		if password, err = fromEnv(password); err != nil || !ok {
			if err == nil {
				err = fmt.Errorf("there is no colon")
			}
			return nil, exit.Usagef("as in --basic-auth 'user:${PASSWORD}'", "--basic-auth: %w", err)
		}
		f.secrets.basicAuth(user, password)
		origin.User, origin.Password = user, password
	}
	if len(origin.Headers) == 0 && origin.User == "" {
		return deviations, nil
	}
	for _, s := range seeds {
		u, err := url.Parse(s)
		if err != nil {
			return nil, exit.Usagef("", "%w", err)
		}
		bound := origin
		bound.Origin = u.Scheme + "://" + u.Host
		o.Origins = append(o.Origins, bound)
	}
	return append(deviations, "header"), nil
}

// fromEnv replaces ${NAME} by the environment. A variable that is not set is an error: an empty secret signs nobody in.
func fromEnv(s string) (string, error) {
	var missing []string
	out := os.Expand(s, func(name string) string {
		v, ok := os.LookupEnv(name)
		if !ok {
			missing = append(missing, name)
		}
		return v
	})
	if len(missing) > 0 {
		return "", errEnv(missing)
	}
	return out, nil
}

func readRecording(name string, lookup func(string) (string, bool)) (*visit.Recording, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, exit.Usagef("give the JSON that Chrome DevTools' Recorder exports", "--flow: %w", err)
	}
	defer file.Close()
	rec, err := visit.ReadRecording(file, lookup)
	if err != nil {
		return nil, exit.Usagef("export the recording again as JSON; secrets are named as in \"value\": \"${TAGSCAN_PASSWORD}\"; a variable that does not begin with TAGSCAN_ is named with --env, too", "--flow %s: %w", name, err)
	}
	return rec, nil
}
