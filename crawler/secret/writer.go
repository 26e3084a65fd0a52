package secret

import (
	"bytes"
	"io"
)

// Writer replaces values in what is written to it, also where a value comes in several pieces. What begins as something compressed waits
// for its end, up to maxPacked. Flush must be called at the end.
type Writer struct {
	v     *Vault
	w     io.Writer
	held  []byte // looked at up to its last part, which may be the beginning of a value
	begun bool   // something was passed on
}

// Writer returns a Writer to w.
func (v *Vault) Writer(w io.Writer) *Writer { return &Writer{v: v, w: w} }

// Write implements io.Writer.
func (w *Writer) Write(p []byte) (int, error) {
	if w.v.Empty() {
		return w.w.Write(p)
	}
	w.held = append(w.held, p...)
	if len(w.held) < 2*w.hold() || w.waits() {
		return len(p), nil
	}
	w.begun = true
	out, rest := w.v.patterns.settled(w.held, w.hold())
	if _, err := w.w.Write(out); err != nil {
		return 0, err
	}
	w.held = append(w.held[:0], rest...)
	return len(p), nil
}

// minHold keeps writes from being small.
const minHold = 16 << 10

// hold is how many bytes at the end wait for what follows: a spelling, and the letters beside it.
func (w *Writer) hold() int { return max(minHold, w.v.patterns.longest+2) }

// waits reports whether there is something compressed in what is held, which is looked into when it is whole.
func (w *Writer) waits() bool {
	if len(w.held) > maxPacked {
		return false
	}
	return !w.begun && compressed(w.held) || bytes.Contains(w.held, gzipHead)
}

// Flush writes what waits for more.
func (w *Writer) Flush() error {
	if len(w.held) == 0 {
		return nil
	}
	replace := w.v.Bytes
	if !w.begun {
		replace = w.v.Body
	}
	_, err := w.w.Write(replace(w.held))
	w.held = nil
	return err
}

// Lines replaces values in lines: each Write is one, or several whole ones.
func (v *Vault) Lines(w io.Writer) io.Writer { return lines{v, w} }

type lines struct {
	v *Vault
	w io.Writer
}

func (l lines) Write(p []byte) (int, error) {
	if _, err := l.w.Write(l.v.Bytes(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}
