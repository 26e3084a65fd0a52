package visit_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/egress"
)

// BenchmarkGuard compares visits whose connections go through the guard of the network with visits whose browser makes them
// itself. Its metrics: ratio, of the wall times, cpu-ratio, of the processor times of browsers and this process together, and
// lost, what should have been sent or recorded and was not. Run it with -benchtime 5x; the figures are medians.
func BenchmarkGuard(b *testing.B) {
	bin, err := chrome.Find(chrome.FindOptions{Kind: chrome.KindChrome})
	require.NoError(b, err)
	const tabs = 4
	var walls, cpus []float64
	lost := 0
	for n := 0; b.Loop(); n++ {
		site := newBenchSite(b, false)
		o := chrome.Options{Binary: bin, Map: []string{"*=" + site.Listener.Addr().String()}}
		run := func(o chrome.Options) (wall, cpu float64) {
			took, used, share, recorded := benchVisits(b, o, tabs)
			lost += site.lost(b, recorded)
			site.got = map[string]int{}
			return took.Seconds(), used.Seconds() * (1 + share/100)
		}
		guarded := func() (wall, cpu float64) {
			g, err := egress.New(b.Context(), egress.Options{Map: o.Map, Users: []int{chrome.User()}})
			require.NoError(b, err)
			door, err := g.Open()
			require.NoError(b, err)
			o := o
			o.Proxy = door.ProxyServer()
			wall, cpu = run(o)
			require.NoError(b, door.Close())
			return wall, cpu
		}
		var wall, cpu, bareWall, bareCPU float64
		if n%2 == 0 { // who goes first changes, for the machine does, too
			bareWall, bareCPU = run(o)
			wall, cpu = guarded()
		} else {
			wall, cpu = guarded()
			bareWall, bareCPU = run(o)
		}
		b.Logf("direct %.1f s, %.1f s CPU; guarded %.1f s, %.1f s CPU", bareWall, bareCPU, wall, cpu)
		walls, cpus = append(walls, wall/bareWall), append(cpus, cpu/bareCPU)
		site.Close()
	}
	b.ReportMetric(median(walls), "ratio")
	b.ReportMetric(median(cpus), "cpu-ratio")
	b.ReportMetric(float64(lost), "lost")
}
