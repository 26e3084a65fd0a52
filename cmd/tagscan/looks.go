package main

import (
	"regexp"
	"slices"

	"github.com/tagscan/tagscan/cmd/internal/exit"
	"github.com/tagscan/tagscan/cmd/internal/scan"
	"github.com/tagscan/tagscan/crawler/visit"
)

// localeRE is a language with or without region, as BCP 47 writes them.
var localeRE = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|\d{3}))?$`)

// looks turns --device and --locale into visitors: the first of each is what all have, every further one a profile of its
// own in each consent state.
func (f *scanFlags) looks(o *scan.Options) error {
	o.Visit.Looks = map[string]visit.Look{}
	of := map[string]visit.Look{"desktop": {}, "phone": visit.Phone()}
	for i, d := range f.devices {
		look, ok := of[d]
		switch {
		case !ok:
			return exit.Usagef("as in --device desktop,phone", "--device %q is none of desktop, phone", d)
		case slices.Index(f.devices, d) < i:
			continue
		case i == 0:
			o.Visit.Looks[""] = look
			continue
		}
		o.Visit.Looks[d] = look
		o.Looks = append(o.Looks, d)
	}
	for i, l := range f.locales {
		switch {
		case !localeRE.MatchString(l):
			return exit.Usagef("as in --locale de-DE,fr", "--locale %q is no language", l)
		case slices.Index(f.locales, l) < i:
			continue
		case i == 0:
			o.Visit.Locale = l
			continue
		}
		look := o.Visit.Looks[""]
		look.Locale = l
		o.Visit.Looks[l] = look
		o.Looks = append(o.Looks, l)
	}
	return nil
}
