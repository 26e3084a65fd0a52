package crawler

import "time"

// Use is what one script asked the browser for on one page that tells devices apart. That it asked says nothing of why: a chart
// draws on a canvas, too.
//
// It is seen by the browser's debugger and not by changing the page, in documents, frames and workers. A script that does the same
// very often is counted up to a limit. Not seen are: reading a canvas through WebGPU or a video, fonts by getBoundingClientRect,
// anything measured by CSS alone; of navigator and screen what is read before hardwareConcurrency, and of fonts that are
// measured by offsetWidth, media, speech, permissions and the rest what is read before the first of hardwareConcurrency, a sound that
// is rendered offline, and a canvas with ten characters on it that is read.
type Use struct {
	Page    string    `json:"page"`              // Page.ID
	Profile string    `json:"profile,omitempty"` // as in Request
	Consent Consent   `json:"consent,omitempty"` // of the first use
	Script  Cause     `json:"script"`            // the script whose call it was
	Callers []Cause   `json:"callers,omitempty"` // further scripts that had it do so: of the stacks, nearest first, without what scheduled it
	Frame   string    `json:"frame,omitempty"`   // URL of the document that the script ran in, or of the worker
	Target  string    `json:"target,omitempty"`  // as in Script
	Time    time.Time `json:"time"`              // of the first use
	APIs    []APIUse  `json:"apis"`
}

// APIGroup is what interfaces have in common: canvas, webgl, audio, fonts, navigator, screen, media, speech, webrtc, permissions, sensors,
// battery, other.
type APIGroup string

// APIName is an interface and its member as the standards name them: "HTMLCanvasElement.toDataURL".
type APIName string

// APIUse is what a script did with one interface.
type APIUse struct {
	Group      APIGroup     `json:"group"`
	Name       APIName      `json:"name"`
	Count      int          `json:"count"`
	Reads      []CanvasRead `json:"reads,omitempty"`      // of a canvas, by what was on it
	Parameters []int        `json:"parameters,omitempty"` // WebGL: numbers of what was asked for
	Amount     int          `json:"amount,omitempty"`     // fonts: how many were tried, 20, 50 or 100 at least; audio: samples in the buffer
}

// CanvasRead is a canvas whose pixels a script read back.
type CanvasRead struct {
	Width      int  `json:"width"` // pixels, of what was read
	Height     int  `json:"height"`
	Characters int  `json:"characters,omitempty"` // different printable characters that were written on it before, emoji aside; 40 at most
	Saved      bool `json:"saved,omitempty"`      // its drawing state was saved in between
	WebGL      bool `json:"webgl,omitempty"`
	Lossy      bool `json:"lossy,omitempty"` // read as JPEG or WebP
}
