package main

import (
	"bufio"
	"crypto/rand"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tagscan/tagscan/cmd/internal/exit"
	"github.com/tagscan/tagscan/cmd/internal/persona"
	"github.com/tagscan/tagscan/cmd/internal/scan"
	"github.com/tagscan/tagscan/crawler/discover"
	"github.com/tagscan/tagscan/crawler/visit"
	"github.com/tagscan/tagscan/crawler/web"
)

// personFlags say how the visitor behaves.
type personFlags struct {
	interact bool
	readOnly bool
	yes      bool
	made     map[string][]string // what the visitor of a run that is gone on with was made up of; nil: it is made up
}

func (f *personFlags) register(c *cobra.Command) {
	fl := c.Flags()
	fl.BoolVar(&f.interact, "interact", false, "fill forms with the persona, key by key, and try buttons, tabs, boxes and sliders, without submitting anything; only for sites that are yours or that you may test")
	fl.BoolVar(&f.readOnly, "read-only", false, "hold back every request to the site itself that is not GET, HEAD or OPTIONS")
	fl.BoolVarP(&f.yes, "yes", "y", false, "do not ask whether the site may be tested")
}

// apply makes the visitor of o the person that is wanted: known are the values of --persona, none of them if none was given.
func (f *personFlags) apply(a *app, o *scan.Options, known map[string][]string, ci bool) error {
	who := maps.Clone(known)
	if who == nil {
		who = map[string][]string{}
	}
	if f.interact {
		made, err := f.makeUp(a, o, ci)
		if err != nil {
			return err
		}
		o.Persona = map[string][]string{}
		for key, v := range made {
			_, whole := known["full_name"]
			if place := slices.Contains([]string{"lat", "lon", "geo", "city", "postcode", "street", "country"}, key); len(who[key]) > 0 || len(known) > 0 && place || whole && strings.HasSuffix(key, "_name") {
				continue
			}
			who[key], o.Persona[key] = v, v
		}
		o.Visit.Interact = &visit.Interact{Persona: who, Avoid: discover.Harmful}
		o.Flags["interact"] = "true"
		o.Deviations = append(o.Deviations, "interact")
	}
	if f.readOnly {
		o.Visit.Refuse = refuseWrites(append(slices.Clone(o.Seeds), o.FirstParty...))
		o.Flags["read-only"] = "true"
		o.Deviations = append(o.Deviations, "read-only")
	}
	settle(&o.Visit, who)
	return nil
}

// makeUp makes up a person, or is the one of before.
func (f *personFlags) makeUp(a *app, o *scan.Options, ci bool) (map[string][]string, error) {
	if f.made != nil {
		return f.made, nil
	}
	if err := f.ask(a, o.Seeds, ci); err != nil {
		return nil, err
	}
	made, err := persona.New(rand.Reader, persona.CountryOf(o.Seeds[0], o.Visit.Locale))
	return made.Values, err
}

// settle puts the visitor where its person lives: language and time zone, unless the user said them, and what the
// geolocation API says.
func settle(o *visit.Options, who map[string][]string) {
	one := func(key string) string {
		if v := who[key]; len(v) > 0 {
			return v[0]
		}
		return ""
	}
	if locale, zone, ok := persona.Place(one("country")); ok {
		if o.Locale == "" {
			o.Locale = locale
		}
		if o.Timezone == "" {
			o.Timezone = zone
		}
	}
	lat, lon := one("lat"), one("lon")
	if a, b, ok := strings.Cut(one("geo"), ","); ok && (lat == "" || lon == "") {
		lat, lon = strings.TrimSpace(a), strings.TrimSpace(b)
	}
	y, errY := strconv.ParseFloat(lat, 64)
	x, errX := strconv.ParseFloat(lon, 64)
	if errY == nil && errX == nil && y >= -90 && y <= 90 && x >= -180 && x <= 180 {
		o.Location = &visit.Location{Latitude: y, Longitude: x, Accuracy: 20}
	}
}

// ask lets the user of a terminal confirm that the site may be tested.
func (f *personFlags) ask(a *app, seeds []string, ci bool) error {
	if f.yes || ci || !isTerminal(a.stderr) || !terminalInput() {
		return nil
	}
	return confirm(a.stderr, os.Stdin, seeds)
}

func terminalInput() bool { return isTerminal(os.Stdin) }

func confirm(w io.Writer, r io.Reader, seeds []string) error {
	fmt.Fprintf(w, "--interact types into the forms of %s and uses its buttons and boxes, without submitting anything.\nIs the site yours, or may you test it? [y/N] ", strings.Join(seeds, ", "))
	line, _ := bufio.NewReader(r).ReadString('\n')
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes":
		return nil
	}
	return exit.Usagef("without --interact a scan only reads; --yes answers in advance", "--interact was not confirmed")
}

// refuseWrites returns what holds back requests to the site that could change something there. site are its URLs and
// domains.
func refuseWrites(site []string) func(method, url string) bool {
	own := web.SitesOf(site...)
	return func(method, u string) bool {
		switch method {
		case http.MethodGet, http.MethodHead, http.MethodOptions:
			return false
		}
		return own.Own(u)
	}
}
