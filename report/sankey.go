package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/detect/rule"
)

// The map: who gets what, as flows through five columns (class, kind of page, hand, recipient, company and country). The
// layout is that of a Sankey diagram; its numbers are SVG user units, which a browser shows as CSS pixels at full width.
const (
	mapWidth   = 1180.0
	mapColumns = 5
	nodeWidth  = 9.0
	nodeSlot   = 19.0 // least height of a node with its label: a line of 12 px text and air
	labelRoom  = 250.0
	mapTop     = 34.0 // room for the column heads
	maxClasses = 24
	maxRoutes  = 14
	maxHands   = 14
	maxParties = 60 // beyond that names would not be readable; the rest is one node
)

// labelLength is how many characters of a label a column has room for.
var labelLength = [mapColumns]int{30, 26, 26, 28, 38}

// sankey is a laid out map.
type sankey struct {
	Width, Height float64
	Heads         []head
	Nodes         []*node
	Links         []*link
	Flows         int
}

type head struct {
	X    float64
	Text string
}

type node struct {
	col        int
	key        string
	Label      string
	Full       string
	X, Y, H    float64
	LabelX     float64
	Severity   rule.Severity
	weight     float64
	in, out    []*link
	inY, outY  float64
	barycenter float64
}

type link struct {
	from, to *node
	weight   float64
	Severity rule.Severity
	Path     string
	Stroke   float64
	Title    string
}

// layMap lays out the flows to third parties; nil if there are none.
func layMap(m *Model) *sankey {
	s := &sankey{Width: mapWidth}
	b := mapBuilder{nodes: map[string]*node{}, links: map[[2]*node]*link{}, s: s}
	b.company = map[string]string{}
	for _, e := range m.Recipients {
		b.company[e.Recipient.ID] = companyOf(e)
	}
	var flows []strand
	for _, f := range m.third() {
		if f.Class != rule.ConsentStr {
			s.Flows++
			flows = append(flows, strands(f)...)
		}
	}
	if len(flows) == 0 {
		return nil
	}
	limits := [mapColumns]int{maxClasses, maxRoutes, maxHands, maxParties, maxParties}
	var kept [mapColumns]map[string]bool
	for c := range mapColumns {
		kept[c] = most(flows, limits[c], func(f strand) string { k, _ := b.stop(f, c); return k })
	}
	for _, f := range flows {
		var prev *node
		for c := range mapColumns {
			n := b.node(f, c, kept[c])
			n.weight++
			n.Severity = max(n.Severity, f.severity)
			if prev != nil {
				b.link(prev, n, f)
			}
			prev = n
		}
	}
	s.place()
	return s
}

// strand is a flow on one kind of page by one hand: what the map draws as a line.
type strand struct {
	Flow
	route    string
	through  Through
	severity rule.Severity
}

func strands(f Flow) []strand {
	var out []strand
	for _, p := range f.Places {
		i := slices.IndexFunc(out, func(x strand) bool { return x.route == p.Route && x.through == p.Through })
		if i < 0 {
			out = append(out, strand{f, p.Route, p.Through, p.Severity})
		} else {
			out[i].severity = max(out[i].severity, p.Severity)
		}
	}
	return out
}

type mapBuilder struct {
	s       *sankey
	nodes   map[string]*node
	links   map[[2]*node]*link
	company map[string]string
}

// stop is the node that a flow passes in a column: key and label.
func (b *mapBuilder) stop(f strand, col int) (key, label string) {
	switch col {
	case 0:
		return string(f.Class), f.Title
	case 1:
		return f.route, routeLabel(f.route)
	case 2:
		return f.through.Kind + " " + f.through.ID, throughLabel(f.through)
	case 3:
		return f.Recipient, f.Name
	}
	return b.company[f.Recipient], b.company[f.Recipient]
}

func (b *mapBuilder) node(f strand, col int, kept map[string]bool) *node {
	key, label := b.stop(f, col)
	full := label
	if col == 1 {
		full = f.route
	}
	if !kept[key] {
		key, label = "\x00others", "others"
		full = label
	}
	id := fmt.Sprint(col, " ", key)
	n := b.nodes[id]
	if n == nil {
		n = &node{col: col, key: key, Label: shorten(label, labelLength[col]), Full: full}
		b.nodes[id] = n
		b.s.Nodes = append(b.s.Nodes, n)
	}
	return n
}

func (b *mapBuilder) link(from, to *node, f strand) {
	l := b.links[[2]*node{from, to}]
	if l == nil {
		l = &link{from: from, to: to}
		b.links[[2]*node{from, to}] = l
		from.out = append(from.out, l)
		to.in = append(to.in, l)
		b.s.Links = append(b.s.Links, l)
	}
	l.weight++
	l.Severity = max(l.Severity, f.severity)
}

// most returns the n keys that most flows have; ties go to the first in the alphabet.
func most(flows []strand, n int, key func(strand) string) map[string]bool {
	count := map[string]int{}
	for _, f := range flows {
		count[key(f)] += 1 + 100*int(f.severity)
	}
	ks := keysOf(count)
	slices.SortFunc(ks, func(a, b string) int { return cmp.Or(cmp.Compare(count[b], count[a]), strings.Compare(a, b)) })
	out := map[string]bool{}
	for i, k := range ks {
		if i < n {
			out[k] = true
		}
	}
	return out
}

func keysOf(m map[string]int) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	return out
}

func companyOf(e Exposure) string {
	owner := cmp.Or(e.Recipient.Owner, "Company unknown")
	if e.Country == "" {
		return owner
	}
	return strings.TrimSuffix(owner, ",") + " · " + e.Country
}

func throughLabel(t Through) string {
	switch t.Kind {
	case "own":
		return "Own code"
	case "page":
		return "The page itself"
	case "unknown":
		return "Not known"
	}
	return t.Name
}

// routeLabel is the path of a route, or its host if that is all.
func routeLabel(r string) string {
	if r == "" {
		return "(page unknown)"
	}
	_, rest, ok := strings.Cut(r, "://")
	if !ok {
		return r
	}
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		return rest[i:]
	}
	return rest
}

// shorten cuts a label to n characters; of a company with its country it cuts the company.
func shorten(s string, n int) string {
	company, country, ok := strings.Cut(s, " · ")
	if !ok {
		return ellipsis(s, n)
	}
	return ellipsis(company, max(8, n-3-len([]rune(country)))) + " · " + country
}

func ellipsis(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

// place orders the nodes of each column so that few links cross, and gives everything its place.
func (s *sankey) place() {
	var cols [mapColumns][]*node
	for _, n := range s.Nodes {
		cols[n.col] = append(cols[n.col], n)
	}
	most := 0
	for c := range cols {
		slices.SortFunc(cols[c], func(a, b *node) int {
			return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(b.weight, a.weight), strings.Compare(a.key, b.key))
		})
		most = max(most, len(cols[c]))
	}
	s.untangle(&cols)
	inner := math.Max(300, float64(most)*nodeSlot*1.15)
	s.Height = inner + mapTop + 12
	step := (mapWidth - labelRoom - nodeWidth) / (mapColumns - 1)
	for i, t := range []string{"What", "On which pages", "Sent by", "To whom", "Company and country"} {
		s.Heads = append(s.Heads, head{float64(i) * step, t})
	}
	k := math.Inf(1) // height of one flow
	for _, col := range cols {
		k = math.Min(k, thickness(col, inner))
	}
	for c, col := range cols {
		stack(col, k, inner, float64(c)*step)
	}
	s.route(k)
}

// untangle sorts each column by the mean position of what it is linked with, first rightwards, then back, twice: the
// barycentre heuristic of Sugiyama. What belongs to the worst class stays near the top, for the first column is not moved.
func (s *sankey) untangle(cols *[mapColumns][]*node) {
	pos := map[*node]float64{}
	rank := func(col []*node) {
		for i, n := range col {
			pos[n] = (float64(i) + 0.5) / float64(len(col))
		}
	}
	for _, col := range cols {
		rank(col)
	}
	by := func(col []*node, links func(*node) []*link, other func(*link) *node) {
		for _, n := range col {
			sum, w := 0.0, 0.0
			for _, l := range links(n) {
				sum += pos[other(l)] * l.weight
				w += l.weight
			}
			if n.barycenter = pos[n]; w > 0 {
				n.barycenter = sum / w
			}
		}
		slices.SortStableFunc(col, func(a, b *node) int { return cmp.Compare(a.barycenter, b.barycenter) })
		rank(col)
	}
	ins, outs := func(n *node) []*link { return n.in }, func(n *node) []*link { return n.out }
	from, to := func(l *link) *node { return l.from }, func(l *link) *node { return l.to }
	for range 2 {
		for c := 1; c < mapColumns; c++ {
			by(cols[c], ins, from)
		}
		for c := mapColumns - 2; c > 0; c-- {
			by(cols[c], outs, to)
		}
	}
	for c := 1; c < mapColumns; c++ {
		by(cols[c], ins, from)
	}
}

// thickness is the greatest height of one flow with which a column fits, every node having at least its slot.
func thickness(col []*node, height float64) float64 {
	lo, hi := 0.0, height
	for range 40 {
		k := (lo + hi) / 2
		sum := 0.0
		for _, n := range col {
			sum += math.Max(nodeSlot, n.weight*k+7)
		}
		if sum > height {
			hi = k
		} else {
			lo = k
		}
	}
	return lo
}

func stack(col []*node, k, height, x float64) {
	sum := 0.0
	for _, n := range col {
		n.H = math.Max(2, n.weight*k)
		sum += math.Max(nodeSlot, n.H+7)
	}
	gap := (height - sum) / float64(len(col))
	y := mapTop
	for _, n := range col {
		slot := math.Max(nodeSlot, n.H+7) + gap
		n.X, n.Y = round(x), round(y+(slot-n.H)/2)
		n.LabelX = n.X + nodeWidth + 5
		n.H = round(n.H)
		n.inY, n.outY = n.Y, n.Y
		y += slot
	}
}

// route draws the links, at each node in the order of what they lead to.
func (s *sankey) route(k float64) {
	for _, n := range s.Nodes {
		slices.SortStableFunc(n.out, func(a, b *link) int { return cmp.Compare(a.to.Y, b.to.Y) })
		slices.SortStableFunc(n.in, func(a, b *link) int { return cmp.Compare(a.from.Y, b.from.Y) })
	}
	start, end := map[*link]float64{}, map[*link]float64{}
	for _, n := range s.Nodes {
		for _, l := range n.out {
			start[l] = n.outY + l.weight*k/2
			n.outY += l.weight * k
		}
		for _, l := range n.in {
			end[l] = n.inY + l.weight*k/2
			n.inY += l.weight * k
		}
	}
	for _, l := range s.Links {
		x0, x1 := l.from.X+nodeWidth, l.to.X
		mid := (x0 + x1) / 2
		l.Path = fmt.Sprintf("M%.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1f", x0, start[l], mid, start[l], mid, end[l], x1, end[l])
		l.Stroke = math.Max(1, round(l.weight*k))
		l.Title = l.from.Full + " → " + l.to.Full + ": " + plural(int(l.weight), "flow")
	}
	// The grave ones are drawn last, on top.
	slices.SortStableFunc(s.Links, func(a, b *link) int { return cmp.Compare(a.Severity, b.Severity) })
}

func round(f float64) float64 { return math.Round(f*10) / 10 }
