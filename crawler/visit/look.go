package visit

import (
	"maps"
	"strings"

	"github.com/tagscan/tagscan/crawler"
)

// Look is how the visitor of a profile appears, where it is not as Options say: another device, another language.
type Look struct {
	Viewport Viewport // zero: that of Options
	Phone    bool     // an Android telephone: user agent, client hints, touch
	Locale   string   // "de-DE"; empty: that of Options
}

// Phone is the telephone of --device phone: the size of common Android devices in CSS pixels.
func Phone() Look {
	return Look{Viewport: Viewport{Width: 412, Height: 915, Mobile: true}, Phone: true}
}

// look is how the visitor of a profile appears: by the longest name of Options.Looks that the profile's name ends in, after
// a hyphen, as "accepted-phone" does.
func (o Options) look(profile string) Look {
	best, found := o.Looks[""], -1
	for name, l := range o.Looks {
		if name != "" && strings.HasSuffix(profile, "-"+name) && len(name) > found {
			best, found = l, len(name)
		}
	}
	if best.Viewport == (Viewport{}) {
		best.Viewport = o.Viewport
	}
	if best.Locale == "" {
		best.Locale = o.Locale
	}
	return best
}

// agent is the override of user agent and languages for a look; nil: none. base is what every visitor of the browser has.
func (l Look) agent(b crawler.Browser, base map[string]any, locale string) map[string]any {
	if !l.Phone && l.Locale == locale {
		return base
	}
	// An empty user agent leaves the browser's own.
	a := map[string]any{"userAgent": ""}
	maps.Copy(a, base)
	if l.Locale != "" {
		a["acceptLanguage"] = l.Locale
		if language, _, regional := strings.Cut(l.Locale, "-"); regional {
			a["acceptLanguage"] = l.Locale + "," + language
		}
	}
	if l.Phone {
		full := b.Product[strings.LastIndexByte(b.Product, '/')+1:]
		major, _, _ := strings.Cut(full, ".")
		brands := func(version, grease string) []map[string]string {
			return []map[string]string{{"brand": "Chromium", "version": version}, {"brand": "Not_A Brand", "version": grease}}
		}
		// Chrome on Android says "Android 10; K" whatever the device is
		// (https://www.chromium.org/updates/ua-reduction/).
		a["userAgent"] = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/" + major + ".0.0.0 Mobile Safari/537.36"
		a["platform"] = "Linux armv81"
		a["userAgentMetadata"] = map[string]any{
			"brands": brands(major, "99"), "fullVersionList": brands(full, "99.0.0.0"), "fullVersion": full,
			"platform": "Android", "platformVersion": "15.0.0", "architecture": "", "model": "Pixel 8", "mobile": true, "bitness": "", "wow64": false,
		}
	}
	return a
}
