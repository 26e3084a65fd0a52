package signal

import "fmt"

// State is what a record says about one purpose, one vendor, or as a whole.
type State uint8

// The states. NotOptedOut is what the opt-out laws of the United States and Google's npa know: nobody objected, which is not
// consent. Mixed is only said of several purposes together.
const (
	Unknown State = iota
	Denied
	Granted
	NotOptedOut
	Mixed
)

var stateNames = [...]string{"unknown", "denied", "granted", "not opted out", "mixed"}

func (s State) String() string { return nameOf(stateNames[:], int(s)) }

// MarshalText implements encoding.TextMarshaler with the words of String.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *State) UnmarshalText(b []byte) error {
	i, err := indexOf(stateNames[:], b)
	*s = State(i)
	return err
}

// Answer is yes, no, or not said.
type Answer uint8

// The answers.
const (
	NotSaid Answer = iota
	No
	Yes
)

var answerNames = [...]string{"not said", "no", "yes"}

func (a Answer) String() string { return nameOf(answerNames[:], int(a)) }

// MarshalText implements encoding.TextMarshaler with the words of String.
func (a Answer) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (a *Answer) UnmarshalText(b []byte) error {
	i, err := indexOf(answerNames[:], b)
	*a = Answer(i)
	return err
}

func nameOf(names []string, i int) string {
	if i < len(names) {
		return names[i]
	}
	return fmt.Sprintf("%d", i)
}

func indexOf(names []string, b []byte) (int, error) {
	for i, n := range names {
		if n == string(b) {
			return i, nil
		}
	}
	return 0, fmt.Errorf("consent: %q is none of %q", b, names)
}

func answer(yes bool) Answer {
	if yes {
		return Yes
	}
	return No
}

func granted(yes bool) State {
	if yes {
		return Granted
	}
	return Denied
}

// together is what several states say as one.
func together(ps []Purpose) State {
	out := Unknown
	for _, p := range ps {
		if !p.chosen() || p.State == Unknown {
			continue
		}
		switch {
		case out == Unknown:
			out = p.State
		case out != p.State:
			return Mixed
		}
	}
	return out
}
