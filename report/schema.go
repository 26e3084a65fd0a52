package report

import _ "embed" // the schemas

// ReportSchema is the JSON Schema (2020-12) of report.json, ConfigSchema that of tagscan.yaml, for editors. Both are made
// from the types by this package's tests (go test ./report -update).
var (
	//go:embed report.schema.json
	ReportSchema string
	//go:embed tagscan.schema.json
	ConfigSchema string
)
