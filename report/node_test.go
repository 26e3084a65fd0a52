package report

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/detect/policy"
)

// nodeModules installs what testdata/node pins, if it is missing or out of date.
var nodeModules = sync.OnceValues(func() (string, error) {
	dir := filepath.Join("testdata", "node")
	lock, err := os.ReadFile(filepath.Join(dir, "package-lock.json"))
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(lock)
	want, stamp := hex.EncodeToString(sum[:]), filepath.Join(dir, "node_modules", ".installed")
	if have, err := os.ReadFile(stamp); err == nil && string(have) == want {
		return filepath.Join(dir, "node_modules"), nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("npm ci in %s: %w (npm is needed)\n%s", dir, err, out)
	}
	return filepath.Join(dir, "node_modules"), os.WriteFile(stamp, []byte(want), 0o644)
})

func nodeFile(t *testing.T, name string) []byte {
	t.Helper()
	dir, err := nodeModules()
	require.NoError(t, err)
	b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	require.NoError(t, err)
	return b
}

func TestSARIFFitsTheOfficialSchema(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(nodeFile(t, "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json")))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource("sarif.json", doc))
	c.AssertFormat()
	schema, err := c.Compile("sarif.json")
	require.NoError(t, err)
	cfg, err := policy.Parse("tagscan.yaml", []byte(sarifPolicy))
	require.NoError(t, err)
	b := sampleBuilder()
	judged := b.Build(policy.Judge(b.Input(), cfg, nil, start))
	for name, m := range map[string]*Model{
		"sample": sampleModel(), "hostile": hostileModel(), "judged": judged,
		"empty": NewBuilder(Options{}).Build(policy.Judge(policy.Input{}, nil, nil, start)),
	} {
		raw := render(t, SARIF, m, WriteOptions{Policy: "ci/my policy.yaml"})
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
		require.NoError(t, err)
		assert.NoError(t, schema.Validate(doc), name)
	}
	broken, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(`{"version":"2.1.0","runs":[{"results":[]}]}`)))
	require.NoError(t, err)
	assert.Error(t, schema.Validate(broken), "the schema finds what is missing")
}

const sarifPolicy = `policy:
  allow:
  - {recipient: google-analytics}
  forbid:
  - {id: no passwords, class: account.password}
  ignore:
  - {recipient: sentry, reason: ticket 9, until: 2027-01-01}
scripts:
- route: /checkout*
  allow: [self]
`

func TestSARIFPointsAtThePolicyAndKeepsItsFingerprints(t *testing.T) {
	cfg, err := policy.Parse("tagscan.yaml", []byte(sarifPolicy))
	require.NoError(t, err)
	b := sampleBuilder()
	m := b.Build(policy.Judge(b.Input(), cfg, nil, start))
	var log sarifLog
	require.NoError(t, json.Unmarshal(render(t, SARIF, m, WriteOptions{}), &log))
	run := log.Runs[0]
	var password, ignored, script *sarifResult
	for i, r := range run.Results {
		assert.Equal(t, r.RuleID, run.Tool.Driver.Rules[r.RuleIndex].ID)
		assert.NotEqual(t, "google-analytics", r.Properties["recipient"], "what is allowed is no result")
		switch {
		case r.RuleID == "account.password":
			password = &run.Results[i]
		case len(r.Suppressions) > 0:
			ignored = &run.Results[i]
		case r.RuleID == "script.unlisted":
			script = &run.Results[i]
		}
	}
	require.NotNil(t, password)
	assert.Equal(t, 5, password.Locations[0].Physical.Region.StartLine, "the line of the rule that forbids it")
	assert.Equal(t, "tagscan.yaml", password.Locations[0].Physical.Artifact.URI)
	assert.Equal(t, "https://shop.example/login", password.Locations[0].Logical[0].FullName)
	assert.Len(t, password.Prints["tagscanFlow/v2"], 32)
	require.NotNil(t, ignored)
	assert.Equal(t, "ticket 9", ignored.Suppressions[0].Justification)
	require.NotNil(t, script)
}
