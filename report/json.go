package report

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
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
	if m.Schema < Schema {
		if err := m.migrate(data); err != nil {
			return nil, fmt.Errorf("report.json: %w", err)
		}
	}
	neutralise(&m)
	return &m, nil
}

// Mask takes the values in clear out of a model that was read.
func (m *Model) Mask() {
	for i := range m.Flows {
		for k := range m.Flows[i].Places {
			sights := m.Flows[i].Places[k].Evidence
			for n := range sights {
				sights[n].Clear, sights[n].clear = "", ""
			}
		}
	}
}

// revealed is m with values as they are where they are still known; m itself if that is not asked for.
func revealed(m *Model, reveal bool) *Model {
	if !reveal {
		return m
	}
	c := *m
	c.Flows = slices.Clone(m.Flows)
	for i := range c.Flows {
		places := slices.Clone(c.Flows[i].Places)
		for k := range places {
			sights := slices.Clone(places[k].Evidence)
			for n := range sights {
				if sights[n].clear != "" {
					sights[n].Clear = sights[n].clear
				}
			}
			places[k].Evidence = sights
		}
		c.Flows[i].Places = places
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
