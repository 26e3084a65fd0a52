// Package apis finds out which script asks the browser for what tells devices apart: the pixels of a canvas, the graphics card,
// the sound of an oscillator, fonts, traits of the machine. It has the script that watches, reads what that tells, and adds it up
// per script. Where the script runs and how its words come is left to the recorder, what they mean to detection.
package apis

import (
	"crypto/rand"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/tagscan/tagscan/crawler"
)

//go:embed watch.js
var source string

// maxHooks is more than the watch has, in any kind of document or worker.
const maxHooks = 100

// Watch is the script that watches in every document and worker. It must run before anything of theirs, with the debugger's
// console functions (includeCommandLineAPI), where the debugger is enabled and skips all pauses.
type Watch struct {
	Source string
	Key    string // the name; all that the watch tells has it, and nothing of the page's
	hashes map[string]bool
}

// New makes a watch whose one name nobody can guess. own begins the source URLs of scripts that are not the page's.
func New(own string) Watch {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	key := "k" + hex.EncodeToString(b[:])
	w := Watch{Source: strings.NewReplacer("KEY", key, "OWN", own).Replace(source), Key: key, hashes: map[string]bool{}}
	w.hashes[hash(w.Source)] = true
	for i := range maxHooks {
		w.hashes[hash(fmt.Sprintf("%s(%d,arguments,this)\n//# sourceURL=%suse", key, i, own))] = true
	}
	return w
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// logger is what Chrome compiles in every realm to which it gives its console functions, for one of them (monitorEvents):
// https://source.chromium.org/chromium/chromium/src/+/main:third_party/blink/renderer/core/inspector/thread_debugger_common_impl.cc
const logger = "(function(e) { console.log(e.type, e); })"

// IsConsole reports whether a script that comes from nowhere, by the hash of its text, is the browser's own for its console. In a
// window that a script opens, that script is told for its maker.
func (w Watch) IsConsole(sum string) bool { return sum == hash(logger) }

// Is reports whether a script is part of the watch, by the SHA-256 of its text in hex: its address a page can use, too.
func (w Watch) Is(hash string) bool { return w.hashes[hash] }

// Call is one use of an interface, as the watch tells it.
type Call struct {
	Name    crawler.APIName
	Numbers []int // what is told of it, see Add
}

// Parse reads the description of an exception; ok false: it is not of the watch.
func (w Watch) Parse(description string) (c Call, ok bool) {
	line, ok := strings.CutPrefix(description, w.Key+": ")
	if !ok {
		return c, false
	}
	words := strings.Fields(line)
	if len(words) == 0 {
		return c, false
	}
	c.Name = crawler.APIName(words[0])
	for _, word := range words[1:] {
		n, err := strconv.ParseFloat(word, 64)
		if err != nil {
			return c, false
		}
		c.Numbers = append(c.Numbers, int(n))
	}
	return c, true
}
