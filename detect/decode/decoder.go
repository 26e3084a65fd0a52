package decode

//go:generate go run github.com/tagscan/tagscan/cmd/internal/listvars -type Decoder -var Decoders -pointers

// Decoder is one wrapping: how to recognise it, how to undo it, and the proof.
type Decoder struct {
	Name     string // stable word in Field.Chain
	Doc      string // what it is and who sends it, for a reader
	Kind     Wrapping
	Rank     int  // of two decoders that could open a value, the one with the lower rank is tried first
	Gate     Gate // cheap test that most values fail
	Decode   func(o *Out, s string) bool
	Examples []Example
}

// Wrapping is the kind of a decoder.
type Wrapping string

const (
	Structure   Wrapping = "structure"   // several named values in one text: json, form
	Encoding    Wrapping = "encoding"    // other letters for the same bytes: base64, percent
	Compression Wrapping = "compression" // fewer bytes: gzip
	Cipher      Wrapping = "cipher"      // disguise: rot13, reverse
)

// Gate says which values a decoder looks at. The zero value lets everything pass.
type Gate struct {
	Min   int    // least length in bytes
	First string // the first byte is one of these; "": any
	Chars Class  // no byte is outside of these; 0: any
	Needs Class  // each of these classes occurs
	Some  Class  // at least one of these classes occurs; 0: any
	Test  func(s string) bool
	Bytes bool // values that are no text are looked at, too
}

// Example is a proof of a decoder: opening In gives at least the fields of Want, whose chains start with the decoder's name.
type Example struct {
	In    string
	Path  string // of the wanted field below the root "body", "" for the root itself: ".user.id", "[0]"
	Want  string // the value there
	Known string // what Options.Interesting looks for, if the decoder needs to be told
	Noise bool   // the decoder must leave In alone; Want is not used
}
