package report

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/detect/policy"
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
	s, err := JSONSchema()
	require.NoError(t, err)
	golden(t, "report.schema.json", s)
	c, err := ConfigSchema()
	require.NoError(t, err)
	golden(t, "tagscan.schema.json", c)
}

func compile(t *testing.T, raw []byte) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource("schema.json", doc))
	s, err := c.Compile("schema.json")
	require.NoError(t, err)
	return s
}

func TestReportFitsItsSchema(t *testing.T) {
	raw, err := JSONSchema()
	require.NoError(t, err)
	s := compile(t, raw)
	m := sampleModel()
	for name, m := range map[string]*Model{"full": m, "empty": NewBuilder(Options{}).Build(policy.Judge(policy.Input{}, nil, nil, start))} {
		var b bytes.Buffer
		require.NoError(t, JSON.Write(t.Context(), &b, m, WriteOptions{}))
		doc, err := jsonschema.UnmarshalJSON(&b)
		require.NoError(t, err)
		assert.NoError(t, s.Validate(doc), name)
	}
}

func TestConfigSchemaTakesWhatTheParserTakes(t *testing.T) {
	raw, err := ConfigSchema()
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
