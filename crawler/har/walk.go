package har

import (
	"compress/flate"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
)

// eachKey reads an object: member is called at each value and consumes it.
func eachKey(dec *json.Decoder, member func(key string) error) error {
	if t, err := dec.Token(); err != nil {
		return err
	} else if t != json.Delim('{') {
		return errNotHAR
	}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return err
		}
		key, _ := t.(string)
		if err := member(key); err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return err
}

// eachIn reads an array: item is called at each value and consumes it. A null counts as an empty array.
func eachIn(dec *json.Decoder, item func() error) error {
	if t, err := dec.Token(); err != nil {
		return err
	} else if t == nil {
		return nil
	} else if t != json.Delim('[') {
		return errNotHAR
	}
	for dec.More() {
		if err := item(); err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return err
}

// skip passes over one value, held whole for a moment.
func skip(dec *json.Decoder) error {
	var raw json.RawMessage
	return dec.Decode(&raw)
}

// decodeLoose decodes one value and keeps what could be read of it if a part has a type that no schema has.
func decodeLoose(dec *json.Decoder, v any) error {
	err := dec.Decode(v)
	var mistyped *json.UnmarshalTypeError
	if errors.As(err, &mistyped) {
		return nil
	}
	return err
}

// isCutOff reports whether the file ends in the middle.
func isCutOff(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// isBroken reports whether the file is no JSON, or its end is missing.
func isBroken(err error) bool {
	var syntax *json.SyntaxError
	var corrupt flate.CorruptInputError
	return isCutOff(err) || errors.As(err, &syntax) || errors.As(err, &corrupt) ||
		errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader)
}

// atEnd returns nil if the file has ended well.
func atEnd(dec *json.Decoder) error {
	_, err := dec.Token()
	var syntax *json.SyntaxError
	switch {
	case err == io.EOF: // not wrapped: one that is cut says so otherwise
		return nil
	case err == nil, errors.As(err, &syntax):
		return errAfter
	}
	return err
}
