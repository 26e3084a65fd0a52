package detect

import (
	"net/url"
	"path"
	"regexp"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/web"
)

// senderOf names the hand that sent a finding in words that the next release of the site does not change: the tag manager
// if one is in the chain of causes, else the nearest script without what a build wrote into its name, else "inline" for
// code in a page. "" if it is not known.
func senderOf(f *Finding) string {
	if f.Sender != "" {
		return f.Sender
	}
	return sender(f.TagManager, f.Via, scriptName)
}

// sender is senderOf by its parts; name names a script.
func sender(tagManager string, via []crawler.Cause, name func(url string) string) string {
	if tagManager != "" {
		return tagManager
	}
	for _, c := range via {
		switch c.Kind {
		case "document", "unknown":
			continue
		case "inline", "eval":
			return "inline"
		}
		if c.URL != "" {
			return name(c.URL)
		}
	}
	return ""
}

// scriptName is host and path of a script, with what differs from build to build folded: "cdn.example/app.{build}.js".
func scriptName(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return "inline"
	}
	dir, file := path.Split(u.Path)
	segments := strings.Split(dir, "/")
	for i, s := range segments {
		if segments[i] = web.FoldName(s); segments[i] == s {
			segments[i] = foldBuild(s)
		}
	}
	return u.Hostname() + strings.Join(segments, "/") + foldBuild(file)
}

// aBuild stands for a digest or number that a build wrote into the name of a file.
const aBuild = "{build}"

var (
	nameParts = regexp.MustCompile(`[^._~-]+`)
	// digestPart is a digest in hexadecimal, or in the alphabet of base64 or base 36, as bundlers cut it
	// (https://webpack.js.org/configuration/output/#outputfilename, https://rollupjs.org/configuration-options/#output-entryfilenames).
	digestPart  = regexp.MustCompile(`^(?:[0-9a-f]{6,}|[A-Za-z0-9]{8,})$`)
	versionPart = regexp.MustCompile(`^v?[0-9]+$`)
)

// foldBuild folds the parts of a name that are digests, numbers and versions.
func foldBuild(name string) string {
	ext := path.Ext(name)
	if web.FoldName(strings.TrimSuffix(name, ext)) == "{uuid}" {
		return aBuild + ext
	}
	return nameParts.ReplaceAllStringFunc(name, func(p string) string {
		digits := strings.IndexFunc(p, func(r rune) bool { return r >= '0' && r <= '9' }) >= 0
		switch {
		case versionPart.MatchString(p), digestPart.MatchString(p) && (digits || scrambled(p)):
			return aBuild
		}
		return p
	})
}

// scrambled reports letters that no word has so: capitals inside, and consonants on end.
func scrambled(p string) bool {
	inner := 0
	for i := 1; i < len(p); i++ {
		if isUpper(p[i]) != isUpper(p[i-1]) {
			inner++
		}
	}
	return len(p) == 8 && inner >= 3
}
