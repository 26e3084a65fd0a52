// Package webrtc follows the connections of WebRTC (https://www.w3.org/TR/webrtc/) that a browser's pages make, from what Chrome
// tells its own page chrome://webrtc-internals. No domain of the protocol tells of them, what they send is no request, and asking
// the page would show. It knows no browser and no tab: whose a connection is, and what is told of it, is left to package record.
package webrtc

import (
	"encoding/json"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Internals is the page that Chrome tells its connections to
// (https://source.chromium.org/chromium/chromium/src/+/main:content/browser/webrtc/webrtc_internals.cc).
const Internals = "chrome://webrtc-internals/"

// Binding is the name of the function by which Listen hands events out; see Runtime.addBinding.
const Binding = "tagscanConnections"

// Listen is the script that has that page hand on what it is told instead of showing it, from its load event on: what web pages have
// put into it is never shown there.
const Listen = `addEventListener('load', () => {
	window.cr = {webUIListenerCallback: (event, data) => ` + Binding + `(JSON.stringify([event, data]))};
	chrome.send('getAllUpdates');
	` + Binding + `('["` + ready + `", null]');
})`

const ready = "ready"

// Delay is how long Chrome gathers what it tells before it tells it, half a second, and a little more.
const Delay = 700 * time.Millisecond

// Connection is one RTCPeerConnection.
type Connection struct {
	Document string    // address of the document that made it
	At       time.Time // when it was told
	Servers  []string  // STUN and TURN servers that it was given, such as "stun:stun.example:3478", each once
	Channel  bool      // a data channel was made on it
	Offered  bool      // its own end was described, so that it asks its servers where it can be reached
	Answered bool      // the other end was

	local, remote string // fingerprints of the certificates of both ends, see fingerprint
}

// Host is the host of a server's address; "" if it has none (https://www.rfc-editor.org/rfc/rfc7064#section-3.1).
func Host(server string) string {
	_, rest, _ := strings.Cut(server, ":")
	rest, _, _ = strings.Cut(strings.TrimPrefix(rest, "//"), "?")
	if host, _, err := net.SplitHostPort(rest); err == nil {
		return strings.ToLower(host)
	}
	return strings.ToLower(strings.Trim(rest, "[]"))
}

// Book holds the connections of a browser until they are taken out. It is for one goroutine at a time; its zero value is empty.
type Book struct {
	connections []*Connection
	by          map[id]*Connection
	ends        map[string]bool // fingerprints of the browser's own ends
	dropped     int
	ready       bool
}

// id names a connection in what Chrome tells: the renderer's number, and one that it gives.
type id struct {
	Renderer int `json:"rid"`
	Local    int `json:"lid"`
}

// Bounds of what is kept: a page may make connections as long as it likes.
const (
	maxConnections = 2000
	maxServers     = 20 // of a connection; pages are warned from five on
	maxEnds        = 20_000
)

// Ready reports whether events have begun to come.
func (b *Book) Ready() bool { return b.ready }

// said is what Chrome tells of a connection.
type said struct {
	id
	URL           string   `json:"url"`
	Configuration string   `json:"rtcConfiguration"`
	Type          string   `json:"type"`
	Value         string   `json:"value"`
	Log           []update `json:"log"`
}

type update struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

// Take takes in what Listen has handed out.
func (b *Book) Take(payload string, now time.Time) error {
	var parts [2]json.RawMessage
	var event string
	if err := json.Unmarshal([]byte(payload), &parts); err != nil {
		return fmt.Errorf("reading what is told of WebRTC: %w", err)
	}
	if err := json.Unmarshal(parts[0], &event); err != nil {
		return fmt.Errorf("reading what is told of WebRTC: %w", err)
	}
	var list []said
	switch event {
	case ready:
		b.ready = true
		return nil
	case "add-peer-connection", "update-peer-connection":
		list = make([]said, 1)
		if err := json.Unmarshal(parts[1], &list[0]); err != nil {
			return fmt.Errorf("reading a connection of WebRTC: %w", err)
		}
	case "update-all-peer-connections":
		if err := json.Unmarshal(parts[1], &list); err != nil {
			return fmt.Errorf("reading the connections of WebRTC: %w", err)
		}
	}
	for _, s := range list {
		b.said(s, now)
	}
	return nil
}

func (b *Book) said(s said, now time.Time) {
	c := b.by[s.id]
	if c == nil && s.Type == "" { // else it is more of what was taken out, or was too much
		c = b.add(&Connection{Document: s.URL, At: now}, s.id)
	}
	if c == nil {
		return
	}
	c.serve(s.Configuration)
	for _, u := range append(s.Log, update{s.Type, s.Value}) {
		b.update(c, u)
	}
}

// add keeps a connection; nil if there are too many.
func (b *Book) add(c *Connection, name id) *Connection {
	if len(b.connections) >= maxConnections {
		b.dropped++
		return nil
	}
	b.connections = append(b.connections, c)
	if b.by == nil {
		b.by = map[id]*Connection{}
	}
	b.by[name] = c
	return c
}

// update takes in one call that a page made. The description of the own end is in the call, or in what came of it if the browser made it
// up itself.
func (b *Book) update(c *Connection, u update) {
	switch u.Type {
	case "createDataChannel", "datachannel", "ondatachannel":
		c.Channel = true
	case "setConfiguration":
		c.serve(u.Value)
	case "setLocalDescription", "setLocalDescriptionOnSuccess":
		c.Offered = true
		if f := fingerprint(u.Value); f != "" {
			c.local = f
			if b.ends == nil || len(b.ends) >= maxEnds {
				b.ends = map[string]bool{}
			}
			b.ends[f] = true
		}
	case "setRemoteDescription":
		c.Answered, c.remote = true, fingerprint(u.Value)
	}
}

// servers are the addresses of servers in a configuration, however that is written (https://www.rfc-editor.org/rfc/rfc7064,
// https://www.rfc-editor.org/rfc/rfc7065).
var servers = regexp.MustCompile(`\b(?i:stuns?|turns?):[^\s"'\\,\]}]+`)

func (c *Connection) serve(configuration string) {
	for _, s := range servers.FindAllString(configuration, -1) {
		if !slices.Contains(c.Servers, s) && len(c.Servers) < maxServers {
			c.Servers = append(c.Servers, s)
		}
	}
}

var certificate = regexp.MustCompile(`a=fingerprint:(\S+ [0-9A-Fa-f:]+)`)

// fingerprint is that of the certificate in a description (https://www.rfc-editor.org/rfc/rfc8122): only who holds its key can be
// the end that it describes. "" if there is none.
func fingerprint(description string) string {
	if m := certificate.FindStringSubmatch(description); m != nil {
		return m[1]
	}
	return ""
}

// Inside reports whether the connection's other end is in this browser too, as where a page tries out what the browser can do: then
// nothing leaves by it but what its servers are asked.
func (b *Book) Inside(c *Connection) bool { return c.Answered && b.ends[c.remote] }

// Described is a connection as it was found in a page's memory.
type Described struct {
	Servers string `json:"servers"` // JSON
	Channel bool   `json:"channel"`
	Own     string `json:"own"`   // description of its own end; empty: there is none
	Other   string `json:"other"` // likewise of the other
}

// Found takes in a connection that was found in a document's memory.
func (b *Book) Found(d Described, document string, now time.Time) {
	c := b.add(&Connection{Document: document, At: now, Channel: d.Channel}, id{-1, -1 - len(b.by)})
	if c == nil {
		return
	}
	c.serve(d.Servers)
	if d.Own != "" {
		b.update(c, update{"setLocalDescription", d.Own})
	}
	if d.Other != "" {
		b.update(c, update{"setRemoteDescription", d.Other})
	}
}

// Out takes the connections out that want says yes to.
func (b *Book) Out(want func(*Connection) bool) (out []*Connection) {
	b.connections = slices.DeleteFunc(b.connections, func(c *Connection) bool {
		wanted := want(c)
		if wanted {
			out = append(out, c)
		}
		return wanted
	})
	if len(out) > 0 {
		for name, c := range b.by {
			if slices.Contains(out, c) {
				delete(b.by, name)
			}
		}
	}
	return out
}

// Dropped is how many connections were too many to be kept since it was last asked.
func (b *Book) Dropped() int {
	n := b.dropped
	b.dropped = 0
	return n
}
