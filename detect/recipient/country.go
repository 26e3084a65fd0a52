package recipient

import "strings"

// worldwide is the host under the domain that stands for it in all countries: of www.google.co.jp it is www.google.com. A vendor
// file names such domains once (countries), and what it says of their hosts and paths holds for each country's. A host of
// nobody's such name is left as it is. Google's are listed at https://www.google.com/supported_domains: each is the label
// google, then a country's code of two letters, or com or co before one.
func (c *Catalog) worldwide(host string) string {
	i := strings.LastIndexByte(host, '.')
	if i < 0 || len(host)-i != len(".de") {
		return host
	}
	rest := host[:i]
	if second := rest[strings.LastIndexByte(rest, '.')+1:]; second == "com" || second == "co" {
		rest = strings.TrimSuffix(strings.TrimSuffix(rest, second), ".")
	}
	start := strings.LastIndexByte(rest, '.') + 1
	domain, ok := c.countries[rest[start:]]
	if !ok {
		return host
	}
	return rest[:start] + domain
}
