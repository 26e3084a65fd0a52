package detect

import "github.com/tagscan/tagscan/detect/decode"

// opaqueStructures are structures whose text a reader of the raw request does not see, or not without a tool.
var opaqueStructures = map[string]bool{"msgpack": true, "cbor": true, "protobuf": true, "grpc": true, "jwt": true, "credentials": true}

// wrappings says what each decoder makes of a datum's form. Percent-encoding and other ways to write the same letters in
// a URL are the grammar of requests, not a wrapping.
var wrappings = func() map[string]Form {
	forms := map[string]Form{}
	for _, d := range decode.Decoders {
		switch {
		case d.Kind == decode.Compression:
			forms[d.Name] = Compressed
		case d.Kind == decode.Structure && !opaqueStructures[d.Name], d.Name == "percent":
		default:
			forms[d.Name] = Encoded
		}
	}
	return forms
}()

// formOf says how a datum was dressed, from the decoders that led to it: compressed if any of them is a compression,
// encoded if any is more than the grammar of requests, plain otherwise. That it was hashed or split is the rule's to say.
func formOf(chain []string) Form {
	form := Plain
	for _, d := range chain {
		switch wrappings[d] {
		case Compressed:
			return Compressed
		case Encoded:
			form = Encoded
		}
	}
	return form
}
