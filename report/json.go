package report

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/policy"
)

// JSON is report.json: the whole Model, from which every other format can be written later.
var JSON = Format{Name: "json", Ext: ".json", Doc: "everything, for programs; its schema is report.schema.json", Write: writeJSON}

func writeJSON(_ context.Context, w io.Writer, m *Model, o WriteOptions) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(revealed(m, o.Reveal)); err != nil {
		return fmt.Errorf("report.json: %w", err)
	}
	return nil
}

// Read reads a report.json. Values that were masked stay masked.
func Read(r io.Reader) (*Model, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("report.json: %w", err)
	}
	var m Model
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, fmt.Errorf("report.json: %w", err)
	}
	if m.Schema > Schema || m.Schema < 1 {
		return nil, fmt.Errorf("report.json has schema %d and this tagscan reads up to %d: use the tagscan that made it, or a newer one", m.Schema, Schema)
	}
	if m.Schema == 1 {
		if err := m.migrate(data); err != nil {
			return nil, fmt.Errorf("report.json: %w", err)
		}
	}
	neutralise(&m)
	return &m, nil
}

// migrate takes over what schema 1 said in other words: what was not seen was a list of sentences.
func (m *Model) migrate(data []byte) error {
	var old struct {
		Verdict struct {
			Missing []string `json:"missing"`
		} `json:"verdict"`
	}
	if err := json.Unmarshal(data, &old); err != nil {
		return err
	}
	info, _ := crawler.InfoOfGap(crawler.GapPagePartial)
	for _, text := range old.Verdict.Missing {
		m.Verdict.Gaps = append(m.Verdict.Gaps, policy.Gap{Kind: info.Kind, Text: text, Count: 1, Incomplete: true, Remedy: info.Remedy})
	}
	m.Schema = Schema
	return nil
}

// revealed is m with values as they are where they are still known; m itself if that is not asked for.
func revealed(m *Model, reveal bool) *Model {
	if !reveal {
		return m
	}
	c := *m
	c.Flows = make([]Flow, len(m.Flows))
	for i, f := range m.Flows {
		f.Evidence = append([]Evidence(nil), f.Evidence...)
		for j := range f.Evidence {
			if f.Evidence[j].clear != "" {
				f.Evidence[j].Clear = f.Evidence[j].clear
			}
		}
		c.Flows[i] = f
	}
	return &c
}

// shown is the value of an evidence as a format may print it.
func (e Evidence) shown(reveal bool) string {
	if reveal {
		if e.Clear != "" {
			return e.Clear
		}
		if e.clear != "" {
			return e.clear
		}
	}
	return e.Value
}
