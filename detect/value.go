package detect

import (
	"encoding/json"
	"log/slog"
)

// Value is text that may identify a person. It prints, logs and marshals masked; Reveal is the only way in.
type Value struct {
	text string
	mask string
}

// NewValue wraps text; it is masked with the default mask, see Mask.
func NewValue(text string) Value { return Value{text: text} }

// NewMasked makes a value whose text is not known any more, only its mask: what a kept, masked report holds.
func NewMasked(mask string) Value { return Value{mask: mask} }

// Reveal returns the text as it is, or "" if only the mask was kept.
func (v Value) Reveal() string { return v.text }

// Revealable reports whether the text is still there.
func (v Value) Revealable() bool { return v.text != "" }

// String returns the masked text.
func (v Value) String() string {
	if v.mask != "" {
		return v.mask
	}
	return Mask(v.text)
}

// GoString keeps %#v from printing the text.
func (v Value) GoString() string { return "detect.Value(" + v.String() + ")" }

// LogValue implements slog.LogValuer.
func (v Value) LogValue() slog.Value { return slog.StringValue(v.String()) }

// MarshalJSON implements json.Marshaler with the masked text.
func (v Value) MarshalJSON() ([]byte, error) { return json.Marshal(v.String()) }

// UnmarshalJSON implements json.Unmarshaler: what is read is a mask.
func (v *Value) UnmarshalJSON(b []byte) error {
	v.text = ""
	return json.Unmarshal(b, &v.mask)
}
