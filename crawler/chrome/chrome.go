// Package chrome holds browser processes: it finds a Chrome or Chromium, launches it headless in its sandbox over a pipe,
// proves after the launch that the sandbox holds, speaks the DevTools protocol with every target of it, notices when it
// dies or freezes, and ends it so that no process and no profile directory is left. It knows nothing of pages: what is
// visited is package visit's business, what is recorded is package record's.
package chrome

import (
	"github.com/tagscan/tagscan/crawler"

	"log/slog"
	"time"
)

// Options says how a browser is launched. The zero value, with a Binary, is a headless sandboxed browser that behaves
// like a person's: third-party cookies allowed, nothing in its user agent that says headless.
type Options struct {
	Binary            Binary
	Map               []string // --map rules: "HOST[:PORT]=ADDR[:PORT]", "*" allowed as HOST
	Insecure          bool     // accept any certificate
	ThirdPartyCookies string   // "allowed" (Chrome's own default, also where a distribution blocks them) or "blocked"; empty is allowed
	UserAgent         string   // instead of the browser's own without the word Headless
	Language          string   // BCP 47, for Accept-Language and navigator.language; empty is "en-US"
	Width, Height     int      // of the window, in CSS pixels; 0 is 1366 by 768
	HeapMB            int      // cap of a page's JavaScript heap; 0 is 512
	Headful           bool     // with a window, for a person to log in
	Proxy             string   // --proxy-server, on 127.0.0.1: it goes where Map says, too; empty: none
	TrustKey          string   // Base64 of the SHA-256 of a public key: any certificate of it is taken; empty: none
	NetLog            bool     // have Chrome tell everything that it writes to the network; Browser.NetLog reads it
	Args              []string // further flags, without a value check; for tests and doctor
	// DangerouslyNoSandbox lets a page that breaks out of its renderer act as the user. It is never a default.
	DangerouslyNoSandbox bool
	TempDir              string        // where the profile directory is made; empty is the system's
	StartTimeout         time.Duration // 0 is 30 s
	MaxMessage           int           // bytes of one protocol message that are held in memory; longer strings in it are cut; 0 is 32 MB
	Ping                 time.Duration // how often the browser is asked whether it is alive, and how long it may take to say so; 0 is 5 s
	Logger               *slog.Logger  // nil: silent
	// Spill makes the sink of a request's body that comes in a message of more than 256 KB: it goes there as it is read and is
	// never held. It is called on the reading goroutine, which waits for the sink. nil: bodies stay in their messages.
	Spill func() (crawler.Sink, error)
}

func (o Options) withDefaults() Options {
	if o.ThirdPartyCookies == "" {
		o.ThirdPartyCookies = "allowed"
	}
	if o.Language == "" {
		o.Language = "en-US"
	}
	if o.Width == 0 || o.Height == 0 {
		o.Width, o.Height = 1366, 768
	}
	if o.HeapMB == 0 {
		o.HeapMB = 512
	}
	if o.StartTimeout == 0 {
		o.StartTimeout = 30 * time.Second
	}
	if o.MaxMessage == 0 {
		o.MaxMessage = 32 << 20
	}
	if o.Ping == 0 {
		o.Ping = 5 * time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}
