package apis

import (
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
)

// Add adds a call to what is known of its interface.
func Add(all []crawler.APIUse, c Call) []crawler.APIUse {
	i := slices.IndexFunc(all, func(u crawler.APIUse) bool { return u.Name == c.Name })
	if i < 0 {
		all = append(all, crawler.APIUse{Name: c.Name, Group: group(c.Name)})
		i = len(all) - 1
	}
	u := &all[i]
	u.Count++
	switch {
	case strings.HasSuffix(string(c.Name), ".getParameter") && len(c.Numbers) == 1:
		if !slices.Contains(u.Parameters, c.Numbers[0]) {
			u.Parameters = append(u.Parameters, c.Numbers[0])
			slices.Sort(u.Parameters)
		}
	case len(c.Numbers) == 1:
		u.Amount = max(u.Amount, c.Numbers[0])
	case len(c.Numbers) == 6:
		r := crawler.CanvasRead{
			Width: c.Numbers[0], Height: c.Numbers[1], Characters: c.Numbers[2],
			Saved: c.Numbers[3] > 0, WebGL: c.Numbers[4] > 0, Lossy: c.Numbers[5] > 0,
		}
		if !slices.Contains(u.Reads, r) && len(u.Reads) < maxReads {
			u.Reads = append(u.Reads, r)
		}
	}
	return all
}

// maxReads is how many unlike canvases are told apart per script: one that asks for more draws for people.
const maxReads = 20

// groups are what the interfaces belong to that are called by other names.
var groups = map[crawler.APIName]crawler.APIGroup{
	"CanvasRenderingContext2D.font": "fonts", "OffscreenCanvasRenderingContext2D.font": "fonts",
	"HTMLElement.offsetWidth": "fonts", "FontFaceSet.check": "fonts",
}

// families are the groups of interfaces, by the beginning of their names.
var families = []struct {
	prefix string
	group  crawler.APIGroup
}{
	{"HTMLCanvasElement.", "canvas"}, {"OffscreenCanvas", "canvas"}, {"CanvasRendering", "canvas"},
	{"WebGL", "webgl"}, {"OfflineAudio", "audio"}, {"AudioBuffer.", "audio"}, {"AnalyserNode.", "audio"},
	{"Screen.", "screen"}, {"MediaDevices.", "media"}, {"HTMLMediaElement.", "media"}, {"SpeechSynthesis.", "speech"},
	{"RTCPeerConnection.", "webrtc"}, {"Permissions.", "permissions"}, {"Sensor.", "sensors"}, {"Navigator.getBattery", "battery"},
	{"Navigator", "navigator"}, {"WorkerNavigator.", "navigator"},
}

func group(name crawler.APIName) crawler.APIGroup {
	if g := groups[name]; g != "" {
		return g
	}
	for _, f := range families {
		if strings.HasPrefix(string(name), f.prefix) {
			return f.group
		}
	}
	return "other"
}
