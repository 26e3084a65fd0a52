package recipient

import (
	"cmp"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/tagscan/tagscan/crawler/web"
)

// Catalog is all vendors that are known, made ready for matching. It is safe for use by several goroutines.
type Catalog struct {
	vendors []*vendor // by id
	byID    map[string]*vendor
	names   map[string]*vendor // lower-case aliases and names
	hosts   map[string][]claim // label suffix → who claims it, the longest path first
	cnames  map[string]*vendor // label suffix of an alias
	shapes  int
	keys    map[string][]*shape
	paths   map[string][]*shape // literal path segment → shapes that are known by their path
	always  []*shape            // shapes that no key and no segment announces
	scripts []scriptGlob
	cookies []nameGlob
	storage []nameGlob
	lists   []*list // the user's lists first, the public one last

	countries map[string]string // label → the domain that stands for it under every country

	domains sync.Map // host → registrable domain; a run sees some thousand hosts
}

// claim is a vendor's claim to a host suffix, for all paths or for those under a prefix.
type claim struct {
	vendor   *vendor
	endpoint *endpoint // nil: the domain as a whole
	prefix   string    // path prefix of a domain claim
}

type scriptGlob struct {
	glob
	vendor *vendor
}

type nameGlob struct {
	glob
	vendor *vendor
	word   string
}

// Default is the catalog that comes with tagscan, with the public list behind it.
func Default() (*Catalog, error) { return Load() }

// Load is the catalog that comes with tagscan, and the vendor files (*.yaml at the top) of the file systems given, which
// may be the user's. A vendor of a later file system replaces one of the same id, and its hosts are its own whoever else claims them.
// Lists of owners and trackers in the file systems (see LoadPaths) stand behind the vendors, and before the public list.
func Load(fsys ...fs.FS) (*Catalog, error) {
	vendors, err := readCompact(compactCatalog)
	if err != nil {
		return nil, err
	}
	var errs []error
	var lists []*list
	for _, f := range fsys {
		vs, err := Read(f)
		errs = append(errs, err)
		l, err := readLists(f)
		errs = append(errs, err)
		lists = append(lists, l)
		for _, v := range vs {
			v.own = true
			vendors = slices.DeleteFunc(vendors, func(x Vendor) bool { return x.ID == v.ID })
			vendors = append(vendors, v)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	c := newCatalog(vendors)
	c.lists = append(lists, c.lists...)
	return c, nil
}

// newCatalog makes a catalog of vendors that were read and validated.
func newCatalog(vendors []Vendor) *Catalog {
	c := &Catalog{
		byID: map[string]*vendor{}, names: map[string]*vendor{}, hosts: map[string][]claim{}, cnames: map[string]*vendor{},
		countries: map[string]string{}, keys: map[string][]*shape{}, paths: map[string][]*shape{},
	}
	slices.SortFunc(vendors, func(a, b Vendor) int { return strings.Compare(a.ID, b.ID) })
	for i := range vendors {
		c.add(compileVendor(&vendors[i]))
	}
	for host := range c.hosts {
		slices.SortStableFunc(c.hosts[host], func(a, b claim) int {
			return cmp.Or(rank(b.vendor.own)-rank(a.vendor.own), len(b.prefix)-len(a.prefix))
		})
	}
	bySpecific := func(a, b nameGlob) int { return b.literal - a.literal }
	slices.SortStableFunc(c.cookies, bySpecific)
	slices.SortStableFunc(c.storage, bySpecific)
	slices.SortStableFunc(c.scripts, func(a, b scriptGlob) int { return b.literal - a.literal })
	c.lists = []*list{publicList()}
	return c
}

// rank is 1 for what the user says.
func rank(own bool) int {
	if own {
		return 1
	}
	return 0
}

func (c *Catalog) add(v *vendor) {
	c.vendors = append(c.vendors, v)
	c.byID[v.ID] = v
	for _, n := range append([]string{v.ID, v.Name}, v.Aliases...) {
		if n = strings.ToLower(n); c.names[n] == nil {
			c.names[n] = v
		}
	}
	for _, d := range v.Domains {
		host, prefix, ok := strings.Cut(d, "/")
		if ok {
			prefix = "/" + prefix
		}
		c.hosts[host] = append(c.hosts[host], claim{vendor: v, prefix: prefix})
		if !ok && c.cnames[host] == nil && !v.Hosting && v.Category != "cdn" && v.Category != "hosting" {
			c.cnames[host] = v
		}
	}
	for _, d := range v.Countries {
		label, _, _ := strings.Cut(d, ".")
		c.countries[label] = d
	}
	for _, d := range v.CNAMEs {
		c.cnames[d] = v
	}
	for _, e := range v.endpoints {
		hosts := e.Hosts
		if len(hosts) == 0 {
			hosts = v.Domains
		}
		for _, h := range hosts {
			h, _, _ = strings.Cut(h, "/")
			c.hosts[h] = append(c.hosts[h], claim{vendor: v, endpoint: e})
		}
		for _, s := range e.shapes {
			s.number = c.shapes
			c.shapes++
			c.announce(s)
		}
	}
	for _, s := range v.Scripts {
		for _, b := range braces(s) {
			c.scripts = append(c.scripts, scriptGlob{newGlob(b), v})
		}
	}
	for name, word := range v.Cookies {
		c.cookies = append(c.cookies, nameGlob{newGlob(name), v, word})
	}
	for name, word := range v.Storage {
		c.storage = append(c.storage, nameGlob{newGlob(name), v, word})
	}
}

// announce files a shape under what makes it worth a look: its longest literal field name, else a segment of its path.
func (c *Catalog) announce(s *shape) {
	if len(s.all) > 0 && s.all[0].key != "" {
		c.keys[s.all[0].key] = append(c.keys[s.all[0].key], s)
		return
	}
	for _, g := range s.paths {
		seg := g.segment()
		if seg == "" {
			c.always = append(c.always, s)
			return
		}
		if !slices.Contains(c.paths[seg], s) {
			c.paths[seg] = append(c.paths[seg], s)
		}
	}
	if len(s.paths) == 0 {
		c.always = append(c.always, s)
	}
}

// segment is the longest whole segment of a path glob without a star, or "".
func (g glob) segment() string {
	best := ""
	for i, p := range g.parts {
		segs := strings.Split(p, "/")
		if i > 0 && len(segs) > 0 {
			segs = segs[1:] // what follows a star directly may be the end of a segment
		}
		if i < len(g.parts)-1 && len(segs) > 0 {
			segs = segs[:len(segs)-1]
		}
		for _, s := range segs {
			if len(s) > len(best) {
				best = s
			}
		}
	}
	return best
}

// claims finds who claims a host: an endpoint that fits, and the vendor of the longest suffix.
func (c *Catalog) claims(host, path string, fits func(*endpoint) bool) (best *endpoint, own claim) {
	score := -1
	host = c.worldwide(host)
	for suffix := host; suffix != ""; {
		for _, cl := range c.hosts[suffix] {
			switch {
			case cl.vendor.excludes(host):
			case cl.endpoint == nil:
				if own.vendor == nil && strings.HasPrefix(path, cl.prefix) {
					own = cl
				}
			default:
				if n := cl.endpoint.score(path, suffix); n > score && fits(cl.endpoint) {
					best, score = cl.endpoint, n
				}
			}
		}
		_, rest, ok := strings.Cut(suffix, ".")
		if !ok {
			break
		}
		suffix = rest
	}
	return best, own
}

// score tells how closely an endpoint describes a request: its own hosts first, then the length of its path.
func (e *endpoint) score(path, suffix string) int {
	n := 0
	for _, g := range e.paths {
		if g.literal > n && g.match(path) {
			n = g.literal
		}
	}
	if n == 0 && len(e.paths) > 0 {
		n = 1
	}
	if len(e.Hosts) > 0 {
		n += 1000
	}
	if e.vendor.own {
		n += 1_000_000
	}
	return n + 10_000*min(strings.Count(suffix, "."), 9)
}

func (v *vendor) excludes(host string) bool {
	return slices.ContainsFunc(v.Excludes, func(x string) bool { return underDomain(host, x) })
}

// underDomain reports whether host is domain or a subdomain of it.
func underDomain(host, domain string) bool {
	return strings.HasSuffix(host, domain) && (len(host) == len(domain) || host[len(host)-len(domain)-1] == '.')
}

// suffixes calls try with host and every shorter label suffix until it returns true.
func suffixes(host string, try func(string) bool) {
	for host != "" && !try(host) {
		_, rest, ok := strings.Cut(host, ".")
		if !ok {
			return
		}
		host = rest
	}
}

// isFirst reports whether a host is the site's own.
func (c *Catalog) isFirst(host string, site Site) bool {
	if host == "" {
		return false
	}
	d := c.domain(host)
	return slices.Contains(site.FirstParty, d) || site.Page != "" && c.domain(newAddress(site.Page).host) == d
}

// domain is the registrable domain of a host, or the host itself if it has none (an address, localhost).
func (c *Catalog) domain(host string) string {
	if d, ok := c.domains.Load(host); ok {
		return d.(string)
	}
	d := web.Domain(host)
	c.domains.Store(strings.Clone(host), strings.Clone(d))
	return d
}

// aliasOwner finds the vendor that one of the names of a DNS chain belongs to.
func (c *Catalog) aliasOwner(chain []string) *vendor {
	var v *vendor
	for _, name := range chain {
		suffixes(cleanHost(name), func(s string) bool {
			v = c.cnames[s]
			return v != nil
		})
		if v != nil && !v.excludes(name) {
			return v
		}
	}
	return nil
}
