package report

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/recipient"
)

type scriptKey struct{ url, sha, kind string }

// script gathers one script by content over all pages.
type script struct {
	s      Script
	route  set
	inside bool // it ran with the rights of a page
}

// ran is a script that ran on a page that is still being visited.
type ran struct {
	key    scriptKey
	owner  recipient.Recipient
	frame  string
	target string
	pinned bool
}

func (b *Builder) script(s *crawler.Script) {
	if u, err := url.Parse(s.URL); err == nil && u.Host != "" && !onTheWeb(u) {
		return // of an extension or of the browser itself
	}
	v := b.visit(s.Page)
	at := plainURL(s.URL)
	if s.URL == "" {
		at = ""
	}
	k := scriptKey{at, s.SHA256, s.Kind}
	owner := b.scriptOwner(s)
	v.scripts = append(v.scripts, ran{k, owner, s.Frame, s.Target, s.Integrity != ""})
	sc := b.scripts[k]
	if sc == nil {
		sc = &script{route: set{}, s: Script{
			URL: at, Owner: owner.ID, OwnerName: owner.Name, SHA256: s.SHA256, Size: s.Size, Kind: s.Kind,
			Integrity: s.Integrity, Target: s.Target, Claim: plainURL(s.Claim),
		}}
		for i, c := range s.LoadedBy {
			if by := causeURL(c); by != "" && !slices.Contains(sc.s.Via, by) && i < 8 {
				sc.s.Via = append(sc.s.Via, by)
			}
		}
		if len(sc.s.Via) > 0 {
			sc.s.LoadedBy = sc.s.Via[0]
		}
		b.scripts[k] = sc
	}
	sc.s.Pages++
	if s.Integrity == "" {
		sc.s.Integrity = "" // pinned on every page, or it does not count
	}
}

// scriptOwner is who wrote a script: the owner of its host. Inline and eval code belongs to the nearest script with a
// URL that made it, else to the document it stands in.
func (b *Builder) scriptOwner(s *crawler.Script) recipient.Recipient {
	if r := b.owner(s.URL); r.ID != "" {
		return r
	}
	for _, c := range s.LoadedBy {
		if r := b.owner(c.URL); r.ID != "" {
			return r
		}
	}
	return b.owner(s.Frame)
}

func (b *Builder) sortedScripts() []Script {
	out := make([]Script, 0, len(b.scripts))
	for _, sc := range b.scripts {
		s := sc.s
		s.Routes = sc.route.list()
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b Script) int {
		return cmp.Or(strings.Compare(a.OwnerName, b.OwnerName), strings.Compare(a.Owner, b.Owner),
			strings.Compare(a.URL, b.URL), strings.Compare(a.SHA256, b.SHA256), strings.Compare(a.Kind, b.Kind))
	})
	return out
}
