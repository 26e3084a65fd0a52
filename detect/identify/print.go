// Package identify says which of what scripts do and send tells devices apart without any id. Uses of interfaces come from the
// capture, values from decoded requests; who sent what to whom, and what is told of it, is left to detection.
package identify

import (
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
)

// Method is a way to tell devices apart.
type Method string

const (
	Canvas   Method = "canvas"
	Graphics Method = "WebGL"
	Sound    Method = "audio"
	Fonts    Method = "fonts"
	Traits   Method = "navigator and screen"
)

// The criteria are those of the web measurements that found fingerprinting scripts with few false alarms: Englehardt and Narayanan,
// "Online Tracking: A 1-million-site Measurement and Analysis", 2016, sections 6.1 to 6.4 (https://doi.org/10.1145/2976749.2978313),
// with limits of our own where theirs also fit what people see.
const (
	minSide       = 16      // pixels: a smaller canvas asks what the browser can
	minCharacters = 10      // different ones, written before reading back
	maxArea       = 500_000 // pixels: a larger canvas is a picture for people; ClientJS reads 2000 by 200
	minFonts      = 50      // tried
	maxSamples    = 200_000 // of sound: more is some seconds of it, and somebody listens
	minParameters = 8       // of WebGL, beside the name of the graphics card
	minTraits     = 10      // of navigator and screen; what sites adapt to and analytics asks for are up to eight
	unmaskedFrom  = 0x9245  // UNMASKED_VENDOR_WEBGL, https://registry.khronos.org/webgl/extensions/WEBGL_debug_renderer_info/
	unmaskedTo    = 0x9246  // UNMASKED_RENDERER_WEBGL
	soundRendered = "OfflineAudioContext.startRendering"
)

// All are the ways in their fixed order.
var All = []Method{Canvas, Graphics, Sound, Fonts, Traits}

var criteria = map[Method]func(*crawler.Use) bool{
	Canvas: readsCanvas, Graphics: readsGraphics, Sound: readsSound, Fonts: triesFonts, Traits: sweeps,
}

// Methods are the ways in which a script told devices apart, in a fixed order; none: it used the interfaces for something else.
func Methods(u *crawler.Use) []Method {
	var out []Method
	for _, m := range All {
		if criteria[m](u) {
			out = append(out, m)
		}
	}
	return out
}

func readsCanvas(u *crawler.Use) bool {
	return slices.ContainsFunc(u.APIs, func(a crawler.APIUse) bool { return slices.ContainsFunc(a.Reads, telling) })
}

// telling reports whether the pixels of a canvas differ between devices, and are not there for people.
func telling(r crawler.CanvasRead) bool {
	large := r.Width >= minSide && r.Height >= minSide && r.Width*r.Height <= maxArea
	return large && r.Characters >= minCharacters && !r.Lossy && !r.Saved
}

func readsGraphics(u *crawler.Use) bool {
	card, others := false, 0
	for _, a := range u.APIs {
		for _, p := range a.Parameters {
			if p == unmaskedFrom || p == unmaskedTo {
				card = true
			} else {
				others++
			}
		}
	}
	return card && others >= minParameters
}

func readsSound(u *crawler.Use) bool {
	rendered, read := false, false
	for _, a := range u.APIs {
		rendered = rendered || a.Name == soundRendered
		read = read || strings.HasPrefix(string(a.Name), "AudioBuffer.") && a.Amount > 0 && a.Amount <= maxSamples
	}
	return rendered && read
}

func triesFonts(u *crawler.Use) bool {
	return slices.ContainsFunc(u.APIs, func(a crawler.APIUse) bool { return a.Group == "fonts" && a.Amount >= minFonts })
}

func sweeps(u *crawler.Use) bool {
	n := 0
	for _, a := range u.APIs {
		if a.Group == "navigator" || a.Group == "screen" {
			n++
		}
	}
	return n >= minTraits
}

// Sent reports whether a script that used interfaces is among the causes of a request: itself, or one that had it do so and that
// everybodys does not except, as it does those that load everybody's scripts. nil excepts none.
func Sent(u *crawler.Use, chain []crawler.Cause, everybodys func(crawler.Cause) bool) bool {
	if inChain(u.Script, chain) {
		return true
	}
	return slices.ContainsFunc(u.Callers, func(c crawler.Cause) bool {
		return (everybodys == nil || !everybodys(c)) && inChain(c, chain)
	})
}

func inChain(script crawler.Cause, chain []crawler.Cause) bool {
	if script.Kind == "document" || script.URL == "" && script.Script == "" {
		return false
	}
	return slices.ContainsFunc(chain, func(c crawler.Cause) bool { return c.URL == script.URL && c.Script == script.Script })
}
