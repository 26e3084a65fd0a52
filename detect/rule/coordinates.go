package rule

import (
	"math"
	"strconv"
	"strings"

	"github.com/tagscan/tagscan/detect/decode"
)

// Coordinates finds where the visitor is: both halves, in range, in fields that are named for them.
var Coordinates = Rule{
	ID:    "coordinates",
	Class: Precise,
	Doc:   "Latitude and longitude of the visitor: both halves, in range, in fields that are named for them. From 3 decimals on (about 100 m) precise, else coarse.",
	Why:   "Three decimals name a building; a few of them over time name a person.",
	Do:    "Round to one decimal, or send the country.",
	Needs: NeedLeaf | NeedDigit | NeedDot,
	Find:  findCoordinates,
	Hits: []Sample{
		{Body: `{"lat":46.6243,"lng":14.3076}`, Text: "46.6243"}, {Body: `{"user":{"geo":{"latitude":"-33.86882","longitude":"151.20929"}}}`, Text: "-33.86882"}, {Body: `{"latlng":"46.6243,14.3076"}`, Text: "46.6243,14.3076"},
		{Body: `{"lat":46.6,"lon":14.3}`, Text: "46.6", Class: Coarse}, {Body: `{"geo":{"type":"Point","coordinates":[14.3076,46.6243]}}`, Text: "14.3076"},
		{Body: `{"user":{"geo":"46.62430,14.30760"}}`, Text: "46.62430,14.30760"},
	},
	Misses: []Sample{
		{Body: `{"lat":12.3456}`}, {Body: `{"map":{"center":{"lat":46.6243,"lng":14.3076}}}`}, {Body: `{"store":{"lat":46.6243,"lng":14.3076}}`}, {Body: `{"lat":146.6243,"lng":14.3076}`},
		{Body: `{"bbox":[14.3076,46.6243,15.1,47.2]}`}, {Body: `{"d":"M14.3076,46.6243 15.1,47.2z"}`}, {Body: `{"coords":"0.5,0.5"}`}, {Body: `{"mouse":{"coords":"412.25,88.125"}}`}, {Body: `{"lat":0.0001,"lng":0.0001}`}, {URL: "https://vendor.example/c?og:latitude=46.6243&og:longitude=14.3076"}, {Body: `{"OpenGraph":{"place:location:latitude":"46.6243","place:location:longitude":"14.3076"}}`},
	},
}

func findCoordinates(c *Context, yield func(Match)) {
	named := c.name.class == Precise || c.name.class == Coarse && c.name.pkey == "geo" && strings.ContainsAny(c.v, ",;")
	if !named || c.f.Where == decode.Header || c.onMap() || c.thing() || c.ofSubject() {
		return
	}
	switch c.name.pkey {
	case "lat":
		c.pairOf(yield)
	case "geo", "":
		c.pairIn(yield)
	}
}

// ofSubject reports a property of Open Graph (https://ogp.me/): it tells of what the page is about, not of who looks at it.
func (c *Context) ofSubject() bool {
	return strings.HasPrefix(c.name.key, "og:") || strings.HasPrefix(c.name.key, "place:")
}

// mapWords are names of things on a map other than the visitor.
var mapWords = wordSet(`center centre marker markers pin venue hotel store stores shop branch office property listing bounds bbox viewport camera northeast southwest ne sw tile tiles map mapcenter polygon path route
	destination restaurant place places poi dealer mouse pointer cursor click touch scroll rect element target vertices chart series points gym station stop airport listings results products product`)

func (c *Context) onMap() bool { return c.name.onMap() }

// pairOf looks for the longitude that belongs to the latitude at hand.
func (c *Context) pairOf(yield func(Match)) {
	lat, d1, ok := decimal(c.v)
	if !ok || math.Abs(lat) > 90 {
		return
	}
	for j, n := range c.siblings {
		if n.class != Precise || n.pkey != "lon" || c.Tree.Fields[j].Inner {
			continue
		}
		lon, d2, ok := decimal(strings.TrimSpace(c.Tree.Fields[j].Value))
		if !ok || math.Abs(lon) > 180 || math.Abs(lat) < 0.01 && math.Abs(lon) < 0.01 || c.siteCoordinates(lat, lon) {
			return
		}
		m := c.whole(ByField, Certain)
		m.More = []int{j}
		if min(d1, d2) < 3 {
			m.Class = Coarse
		}
		yield(m)
		return
	}
}

// pairIn looks for both halves in the field at hand, or in two elements of a GeoJSON list.
func (c *Context) pairIn(yield func(Match)) {
	a, b, ok := splitPair(strings.Trim(c.v, "()[]"))
	if !ok {
		if c.f.Key == "" {
			c.pairInList(yield)
		}
		return
	}
	lat, d1, ok1 := decimal(a)
	lon, d2, ok2 := decimal(b)
	if !ok1 || !ok2 || math.Abs(lat) > 90 && math.Abs(lon) > 90 || math.Abs(lat) > 180 || math.Abs(lon) > 180 || math.Abs(lat) <= 1 && math.Abs(lon) <= 1 || c.siteCoordinates(lat, lon) {
		return
	}
	m := c.whole(ByField, Likely)
	if min(d1, d2) < 3 {
		if min(d1, d2) < 1 {
			return
		}
		m.Class = Coarse
	}
	yield(m)
}

// pairInList takes the first of exactly two numbers in a list.
func (c *Context) pairInList(yield func(Match)) {
	if c.name.pkey != "geo" || !strings.HasSuffix(c.f.Path, "[0]") || strings.HasSuffix(c.f.Path, "][0]") {
		return
	}
	other := -1
	for j := range c.siblings {
		if other >= 0 {
			return
		}
		other = j
	}
	if other < 0 {
		return
	}
	x, d1, ok1 := decimal(c.v)
	y, d2, ok2 := decimal(strings.TrimSpace(c.Tree.Fields[other].Value))
	if !ok1 || !ok2 || min(d1, d2) < 3 || math.Abs(x) > 180 || math.Abs(y) > 180 || math.Abs(x) <= 1 && math.Abs(y) <= 1 || c.siteCoordinates(x, y) || c.siteCoordinates(y, x) {
		return
	}
	m := c.whole(ByField, Likely)
	m.More = []int{other}
	yield(m)
}

// decimal reads a number with its count of decimals.
func decimal(v string) (x float64, decimals int, ok bool) {
	if len(v) > 24 {
		return 0, 0, false
	}
	x, err := strconv.ParseFloat(v, 64)
	if err != nil || strings.ContainsAny(v, "eExXnN") {
		return 0, 0, false
	}
	if dot := strings.IndexByte(v, '.'); dot >= 0 {
		decimals = len(v) - dot - 1
	}
	return x, decimals, true
}

// siteCoordinates reports the place of the site's own office or shop, within about a kilometre.
func (c *Context) siteCoordinates(lat, lon float64) bool {
	for _, s := range c.Facts.Coordinates {
		a, b, ok := splitPair(s)
		if !ok {
			continue
		}
		x, _, ok1 := decimal(a)
		y, _, ok2 := decimal(b)
		if ok1 && ok2 && math.Abs(x-lat) < 0.01 && math.Abs(y-lon) < 0.01 {
			return true
		}
	}
	return false
}
