package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/invopop/jsonschema"
	validate "github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/rule"
)

var update = flag.Bool("update", false, "rewrite golden files and schemas")

// golden holds got against a committed file, or rewrites it.
func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(path, got, 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "run go test ./report -update")
	assert.Equal(t, string(want), string(got), "%s differs: if that is meant, run go test ./report -update", path)
}

func TestSchemasAreThoseOfTheTypes(t *testing.T) {
	s, err := reportSchema()
	require.NoError(t, err)
	golden(t, "report.schema.json", s)
	c, err := configSchema()
	require.NoError(t, err)
	golden(t, "tagscan.schema.json", c)
	if !*update {
		assert.Equal(t, string(s), ReportSchema)
		assert.Equal(t, string(c), ConfigSchema)
	}
}

func compile(t *testing.T, raw []byte) *validate.Schema {
	t.Helper()
	doc, err := validate.UnmarshalJSON(bytes.NewReader(raw))
	require.NoError(t, err)
	c := validate.NewCompiler()
	require.NoError(t, c.AddResource("schema.json", doc))
	s, err := c.Compile("schema.json")
	require.NoError(t, err)
	return s
}

func TestReportFitsItsSchema(t *testing.T) {
	raw, err := reportSchema()
	require.NoError(t, err)
	s := compile(t, raw)
	m := sampleModel()
	for name, m := range map[string]*Model{"full": m, "empty": NewBuilder(Options{}).Build(policy.Judge(policy.Input{}, nil, nil, start))} {
		var b bytes.Buffer
		require.NoError(t, JSON.Write(t.Context(), &b, m, WriteOptions{}))
		doc, err := validate.UnmarshalJSON(&b)
		require.NoError(t, err)
		assert.NoError(t, s.Validate(doc), name)
	}
}

func TestConfigSchemaTakesWhatTheParserTakes(t *testing.T) {
	raw, err := configSchema()
	require.NoError(t, err)
	s := compile(t, raw)
	for src, ok := range map[string]bool{
		"policy: {default: review, allow: [{recipient: mixpanel, class: [online.*]}]}\n": true,
		"policy: {defualt: review}\n": false,
		"policy: {default: maybe}\n":  false,
		"visits: {timeout: 45s}\n":    true,
		"visits: {timeout: 45}\n":     false,
		"scripts: [{route: /checkout*, integrity: required, scripts: [{url: a, owner: b, why: c}]}]\n": true,
		"policy: {ignore: [{recipient: a, reason: b}]}\n":                                              false,
	} {
		var doc any
		require.NoError(t, yaml.Unmarshal([]byte(src), &doc))
		_, err := policy.Parse("f.yaml", []byte(src))
		assert.Equal(t, ok, err == nil, "parser on %q: %v", src, err)
		assert.Equal(t, ok, s.Validate(doc) == nil, "schema on %q: %v", src, s.Validate(doc))
	}
}

func TestWrittenConfigAgreesToWhatItSays(t *testing.T) {
	m := sampleModel()
	var b bytes.Buffer
	require.NoError(t, WriteConfig(&b, m))
	golden(t, "testdata/init.yaml", b.Bytes())
	cfg, err := policy.Parse("tagscan.yaml", b.Bytes())
	require.NoError(t, err)
	v := policy.Judge(sampleBuilder().Input(), cfg, nil, start)
	decisions := map[policy.Decision]int{}
	for _, f := range v.Flows {
		decisions[f.Decision]++
	}
	assert.Positive(t, decisions[policy.Allowed])
	assert.Zero(t, decisions[policy.New], "what goes out today is agreed to")
	assert.Positive(t, decisions[policy.Forbidden], "the password is forbidden")
	assert.Equal(t, policy.Fail, v.Result)
}

// reportSchema is the JSON Schema (2020-12) of report.json, made from the types; it is kept as report.schema.json.
func reportSchema() ([]byte, error) {
	r := reflector()
	s := r.Reflect(&Model{})
	s.ID, s.Title = "https://github.com/tagscan/tagscan/report/report.schema.json", "report.json of tagscan"
	return schemaBytes(s)
}

// configSchema is the JSON Schema of tagscan.yaml, for editors; it is kept as tagscan.schema.json.
func configSchema() ([]byte, error) {
	r := reflector()
	r.ExpandedStruct = true
	s := r.Reflect(&policy.Config{})
	s.ID, s.Title = "https://github.com/tagscan/tagscan/report/tagscan.schema.json", "tagscan.yaml"
	plain := map[string]*jsonschema.Schema{"schedule": {Type: "string"}, "alerts": reflector().Mapper(reflect.TypeFor[policy.Strings]())}
	for key, short := range plain {
		if p, ok := s.Properties.Get(key); ok {
			s.Properties.Set(key, &jsonschema.Schema{AnyOf: []*jsonschema.Schema{short, {Ref: p.Ref}}, Description: p.Description})
		}
	}
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
