package report

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/invopop/jsonschema"

	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/rule"
)

// JSONSchema is the JSON Schema (2020-12) of report.json, made from the types; it is kept as report.schema.json.
func JSONSchema() ([]byte, error) {
	r := reflector()
	s := r.Reflect(&Model{})
	s.ID, s.Title = "https://github.com/tagscan/tagscan/report/report.schema.json", "report.json of tagscan"
	return schemaBytes(s)
}

// ConfigSchema is the JSON Schema of tagscan.yaml, for editors; it is kept as tagscan.schema.json.
func ConfigSchema() ([]byte, error) {
	r := reflector()
	r.ExpandedStruct = true
	s := r.Reflect(&policy.Config{})
	s.ID, s.Title = "https://github.com/tagscan/tagscan/report/tagscan.schema.json", "tagscan.yaml"
	return schemaBytes(s)
}

func reflector() *jsonschema.Reflector {
	return &jsonschema.Reflector{
		Mapper: func(t reflect.Type) *jsonschema.Schema {
			switch t {
			case reflect.TypeFor[rule.Severity]():
				return &jsonschema.Schema{Type: "string", Enum: []any{"info", "low", "medium", "high", "critical"}}
			case reflect.TypeFor[policy.Strings]():
				return &jsonschema.Schema{OneOf: []*jsonschema.Schema{{Type: "string"}, {Type: "array", Items: &jsonschema.Schema{Type: "string"}}}}
			case reflect.TypeFor[policy.Duration]():
				return &jsonschema.Schema{Type: "string", Pattern: `^([0-9.]+(h|m|s|ms))+$`}
			case reflect.TypeFor[policy.Date]():
				return &jsonschema.Schema{Type: "string", Format: "date"}
			}
			return nil
		},
		LookupComment: func(t reflect.Type, field string) string {
			if t.Kind() != reflect.Struct || field == "" {
				return ""
			}
			f, _ := t.FieldByName(field)
			return f.Tag.Get("doc")
		},
		RequiredFromJSONSchemaTags: false,
	}
}

func schemaBytes(s *jsonschema.Schema) ([]byte, error) {
	raw, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	return []byte(strings.TrimRight(string(raw), "\n") + "\n"), nil
}
