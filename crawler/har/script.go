package har

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/tagscan/tagscan/crawler"
)

// scriptList tells the scripts of a HAR: what was loaded to run, once a page and content.
type scriptList struct {
	told map[[3]string]bool // page, URL, hash
	n    int
}

// maxScripts bounds how many scripts of a HAR are told.
const maxScripts = 50_000

// of returns the script that an entry loaded; nil if it loaded none that is new. Its hash is that of the content, if the
// HAR has it whole; then Size is the content's, else what the entry says.
func (l *scriptList) of(e *harEntry, r *crawler.Request) *crawler.Script {
	if !isScript(e, r) || l.n >= maxScripts {
		return nil
	}
	s := &crawler.Script{
		Page: r.Page, URL: r.URL, Size: int64(max(0, e.Response.Content.Size)), Kind: "external", Frame: r.Frame.URL, Target: "page",
		LoadedBy: r.Initiator.Chain, Request: r.ID,
	}
	if text, ok := e.Response.Content.bytes(); ok && len(text) > 0 {
		sum := sha256.Sum256(text)
		s.SHA256, s.Size = hex.EncodeToString(sum[:]), int64(len(text))
	}
	switch dest := crawler.HeaderValue(r.Headers, "Sec-Fetch-Dest"); dest {
	case "worker", "audioworklet", "paintworklet":
		s.Kind, s.Target = "worker", "worker"
	case "sharedworker":
		s.Kind, s.Target = "worker", "shared_worker"
	case "serviceworker":
		s.Kind, s.Target = "worker", "service_worker"
	default:
		if r.Frame.Parent != "" {
			s.Target = "iframe"
		}
	}
	key := [3]string{s.Page, s.URL, s.SHA256}
	if l.told[key] {
		return nil
	}
	if l.told == nil {
		l.told = map[[3]string]bool{}
	}
	l.told[key] = true
	l.n++
	s.ID = fmt.Sprintf("s%d", l.n)
	return s
}

// isScript reports whether the entry loaded a script that ran: by the type of the request, or, where no tool says it, by
// that of the answer.
func isScript(e *harEntry, r *crawler.Request) bool {
	if r.Response == nil || r.Response.Status/100 != 2 && r.Response.Status != 304 || r.Response.Status == 204 {
		return false
	}
	if r.Type != "" {
		return r.Type == "script"
	}
	m := strings.ToLower(r.Response.MIME)
	return (strings.Contains(m, "javascript") || strings.Contains(m, "ecmascript")) && e.Request.header("X-Requested-With") == ""
}
