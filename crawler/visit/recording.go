package visit

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Recording is a user's way through a site, as Chrome DevTools' Recorder exports it in JSON: the format of
// @puppeteer/replay (https://github.com/puppeteer/replay/blob/main/docs/api/README.md).
type Recording struct {
	Title   string `json:"title"`
	Timeout int    `json:"timeout"` // ms for each step; 0 is 5 s
	Steps   []Step `json:"steps"`

	typed map[string]string // what came from the environment, by the names of its variables
}

// FromEnv are the values that the recording has from the environment, by the names of its variables.
func (r *Recording) FromEnv() map[string]string { return r.typed }

// Passwords are the texts that the recording types into fields for passwords.
func (r *Recording) Passwords() (list []string) {
	for _, s := range r.Steps {
		said := ""
		for _, chain := range s.Selectors {
			said += strings.ToLower(strings.Join(chain, " ")) + " "
		}
		if s.Type == "change" && strings.Contains(said, "passw") {
			list = append(list, s.Value)
		}
	}
	return list
}

// Step is one step of a recording. Which members count depends on its Type.
type Step struct {
	Type       string          `json:"type"`
	Timeout    int             `json:"timeout"` // ms; 0: the recording's
	Target     string          `json:"target"`  // "main", or the URL of another page
	Frame      []int           `json:"frame"`   // way to the frame: its index among its parent's, from the top
	Asserted   []Asserted      `json:"assertedEvents"`
	Selectors  selectors       `json:"selectors"`
	URL        string          `json:"url"`
	Value      string          `json:"value"` // ${NAME} stands for the environment's
	Key        string          `json:"key"`
	Button     string          `json:"button"`
	OffsetX    *float64        `json:"offsetX"`
	OffsetY    *float64        `json:"offsetY"`
	Duration   float64         `json:"duration"` // ms that a click is held
	X          float64         `json:"x"`
	Y          float64         `json:"y"`
	Width      int             `json:"width"`
	Height     int             `json:"height"`
	Scale      float64         `json:"deviceScaleFactor"`
	Mobile     bool            `json:"isMobile"`
	Touch      bool            `json:"hasTouch"`
	Operator   string          `json:"operator"` // ==, >=, <=
	Count      *int            `json:"count"`
	Visible    *bool           `json:"visible"`
	Expression string          `json:"expression"`
	Download   float64         `json:"download"` // bytes a second
	Upload     float64         `json:"upload"`
	Latency    float64         `json:"latency"` // ms
	Name       string          `json:"name"`    // of a customStep
	Parameters json.RawMessage `json:"parameters"`

	secret bool // Value has something from the environment
}

// Asserted is what a step is known to cause.
type Asserted struct {
	Type  string `json:"type"` // navigation
	URL   string `json:"url"`
	Title string `json:"title"`
}

// selectors are alternatives; each is a chain that goes into a shadow root with every part. Older recordings have plain
// strings.
type selectors [][]string

// UnmarshalJSON implements json.Unmarshaler.
func (s *selectors) UnmarshalJSON(b []byte) error {
	var raw []json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		return errors.New("selectors is not a list")
	}
	for _, r := range raw {
		var one string
		var chain []string
		if json.Unmarshal(r, &one) == nil {
			chain = []string{one}
		} else if err := json.Unmarshal(r, &chain); err != nil {
			return fmt.Errorf("selector %s is neither a text nor a list of texts", r)
		}
		if len(chain) > 0 {
			*s = append(*s, chain)
		}
	}
	return nil
}

// stepTypes are the steps that can be replayed, with what each must have.
var stepTypes = map[string]string{
	"setViewport": "", "navigate": "url", "click": "selectors", "doubleClick": "selectors", "hover": "selectors", "change": "selectors",
	"keyDown": "key", "keyUp": "key", "scroll": "", "waitForElement": "selectors", "waitForExpression": "expression",
	"emulateNetworkConditions": "", "customStep": "", "close": "",
}

// ReadRecording reads a recording. lookup gives the environment's variables for ${NAME} in values and URLs; one that is
// missing is an error, and so is a step that cannot be replayed. Errors name the step, counted from 1.
func ReadRecording(r io.Reader, lookup func(string) (string, bool)) (*Recording, error) {
	rec := new(Recording)
	if err := json.NewDecoder(r).Decode(rec); err != nil {
		return nil, fmt.Errorf("recording: %w", err)
	}
	if len(rec.Steps) == 0 {
		return nil, errors.New("recording: it has no steps")
	}
	rec.typed = map[string]string{}
	known := lookup
	lookup = func(name string) (string, bool) {
		v, ok := known(name)
		if ok {
			rec.typed[name] = v
		}
		return v, ok
	}
	navigates := false
	for i := range rec.Steps {
		if err := rec.Steps[i].check(lookup); err != nil {
			return nil, fmt.Errorf("recording: step %d (%s): %w", i+1, rec.Steps[i].Type, err)
		}
		navigates = navigates || rec.Steps[i].Type == "navigate"
	}
	if !navigates {
		return nil, errors.New("recording: it has no step of type navigate, so it is not known where it begins")
	}
	return rec, nil
}

func (s *Step) check(lookup func(string) (string, bool)) error {
	needs, ok := stepTypes[s.Type]
	if !ok {
		known := make([]string, 0, len(stepTypes))
		for t := range stepTypes {
			known = append(known, t)
		}
		slices.Sort(known)
		return fmt.Errorf("the type is none of %s", strings.Join(known, ", "))
	}
	if needs == "url" && s.URL == "" || needs == "selectors" && len(s.Selectors) == 0 || needs == "key" && s.Key == "" || needs == "expression" && s.Expression == "" {
		return fmt.Errorf("it has no %s", needs)
	}
	var err error
	var a, b bool
	if s.Value, a, err = expand(s.Value, lookup); err != nil {
		return err
	}
	if s.URL, b, err = expand(s.URL, lookup); err != nil {
		return err
	}
	s.secret = a || b
	if s.Type == "navigate" {
		return allowed(s.URL)
	}
	return nil
}

// expand replaces ${NAME}. A $ without brace is a $.
func expand(s string, lookup func(string) (string, bool)) (out string, any bool, err error) {
	for {
		before, rest, found := strings.Cut(s, "${")
		name, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			return out + s, any, nil
		}
		v, ok := lookup(name)
		if !ok {
			return "", false, fmt.Errorf("the environment has no %s, or not for recordings", name)
		}
		out, s, any = out+before+v, after, true
	}
}

// timeout is how long a step may take.
func (r *Recording) timeout(s Step) time.Duration {
	for _, ms := range []int{s.Timeout, r.Timeout} {
		if ms > 0 {
			return time.Duration(ms) * time.Millisecond
		}
	}
	return 5 * time.Second
}

// start is the first URL of the recording.
func (r *Recording) start() string {
	for _, s := range r.Steps {
		if s.Type == "navigate" {
			return s.URL
		}
	}
	return ""
}

// about names a step for errors, without values.
func (s Step) about() string {
	switch {
	case len(s.Selectors) > 0:
		return s.Type + " " + strings.Join(s.Selectors[0], " ")
	case s.Key != "":
		return s.Type + " " + s.Key
	case s.Type == "navigate" && !s.secret:
		return s.Type + " " + s.URL
	}
	return s.Type
}
