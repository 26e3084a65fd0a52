package web

import "strings"

// nothings are how scripts and their tools write that there is no value: what String() makes of none in JavaScript, what
// JSON and Python say, Google Analytics' "(not set)", a value that was taken out.
var nothings = map[string]bool{
	"": true, "null": true, "undefined": true, "none": true, "nan": true, "n/a": true, "-": true, "empty": true,
	"true": true, "false": true, "(not set)": true, "[object object]": true, "[redacted]": true,
}

// Nothing reports whether a text stands for no value, whoever wrote it. Which further words mean nothing depends on where
// they stand, and is for the reader to say: "guest" is no user id, and "auto" is no address.
func Nothing(v string) bool {
	v = strings.TrimSpace(v)
	return len(v) <= len("[object object]") && nothings[strings.ToLower(v)]
}

func words(list string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		m[w] = true
	}
	return m
}
