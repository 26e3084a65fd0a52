package visit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
)

// What a page sends of what is typed depends on the form and on the scripts that can read it: the same form with another script
// beside it is another thing to try. Scripts are told apart by their source. Those that hold data and do nothing, as every page of
// some sites has its own, are left out.

// readers names the scripts that can read a frame's fields: all that run in documents of its origin.
func (a *acting) readers(ctx context.Context, f Frame) string {
	from := f.URL
	if !strings.HasPrefix(from, "http") {
		from = a.tab.URL() // a document without an address has the rights of the one that made it
	}
	var hashes []string
	for _, s := range a.tab.rec.Readers(from) {
		does, known := a.in.code.Load(s.Hash)
		if !known {
			var source struct {
				Text string `json:"scriptSource"`
			}
			err := s.Session.Call(ctx, "Debugger.getScriptSource", map[string]any{"scriptId": s.ID}, &source)
			if err != nil && strings.Contains(err.Error(), "No script") {
				continue // nothing of it is left in memory, so nothing of it can still listen
			}
			does = err != nil || doesSomething(source.Text)
			if err == nil {
				a.in.code.Store(s.Hash, does)
			}
		}
		if does == true {
			hashes = append(hashes, s.Hash)
		}
	}
	slices.Sort(hashes)
	sum := sha256.Sum256([]byte(strings.Join(slices.Compact(hashes), " ")))
	return hex.EncodeToString(sum[:8])
}

var (
	literals = regexp.MustCompile(`"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|` + "`(?:[^`\\\\]|\\\\.)*`")
	// acting code defines, makes or waits for something.
	codeWords = regexp.MustCompile(`\bfunction\b|=>|\bnew\b|\beval\b|\bimport\b|\bclass\b|\bawait\b|\bon\w+\s*=|addEventListener`)
)

// doesSomething reports whether a script is more than assignments and calls with values, as those are that hand over a page's
// data.
func doesSomething(source string) bool {
	return codeWords.MatchString(literals.ReplaceAllString(source, `""`))
}
