package serve

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/tagscan/tagscan/cmd/internal/store"
	"github.com/tagscan/tagscan/detect/policy"
)

// apiAlerts is tagscan alerts --format jsonl.
func (p *site) apiAlerts(w http.ResponseWriter, r *http.Request, _ *Token) error {
	f := store.AlertFilter{Site: r.URL.Query().Get("site")}
	if since := r.URL.Query().Get("since"); since != "" {
		t, err := time.Parse(time.DateOnly, since)
		if err != nil {
			t, err = time.Parse(time.RFC3339, since)
		}
		if err != nil {
			return &badRequest{fmt.Sprintf("since: %q is no day: as in 2026-01-31, or 2026-01-31T08:00:00Z", since)}
		}
		f.Since = t
	}
	list, err := p.s.store.Alerts(r.Context(), f)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/jsonl; charset=utf-8")
	enc := json.NewEncoder(w)
	for _, a := range list {
		if err := enc.Encode(a); err != nil {
			return err
		}
	}
	return nil
}

func writeJSON(w http.ResponseWriter, v any) error {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	return json.NewEncoder(w).Encode(v)
}

func (p *site) apiSites(w http.ResponseWriter, r *http.Request, _ *Token) error {
	rows, err := p.s.siteRows(r.Context())
	if err != nil {
		return err
	}
	return writeJSON(w, rows)
}

// scanJSON is a scan in the API.
type scanJSON struct {
	Site   string        `json:"site"`
	Scan   string        `json:"scan"`
	At     time.Time     `json:"at"`
	Result policy.Result `json:"result"`
}

func (p *site) apiScans(w http.ResponseWriter, r *http.Request, _ *Token) error {
	list := []scanJSON{}
	err := p.s.store.Do(r.Context(), func(tx *store.Tx) error {
		heads, err := tx.Heads(r.URL.Query().Get("site"), time.Unix(0, 0))
		for _, h := range heads {
			list = append(list, scanJSON{h.Site, h.Run, h.At, h.Result})
		}
		return err
	})
	if err != nil {
		return err
	}
	return writeJSON(w, list)
}

func (p *site) apiExposure(w http.ResponseWriter, r *http.Request, _ *Token) error {
	b, err := p.s.breachOf(r.Context(), r.URL.Query().Get("recipient"))
	if err != nil {
		return err
	}
	return writeJSON(w, b)
}

// metrics is for Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/).
func (p *site) metrics(w http.ResponseWriter, r *http.Request, _ *Token) error {
	rows, err := p.s.siteRows(r.Context())
	if err != nil {
		return err
	}
	var channels []channelRow
	if err := p.s.store.Do(r.Context(), func(tx *store.Tx) error {
		channels, err = p.s.channelRows(tx)
		return err
	}); err != nil {
		return err
	}
	results, open := map[string]int{"pass": 0, "fail": 0, "incomplete": 0}, map[string]int{"queued": 0, "running": 0}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	fmt.Fprintln(w, "# HELP tagscan_last_scan_timestamp_seconds When a site was scanned last.\n"+
		"# TYPE tagscan_last_scan_timestamp_seconds gauge")
	for _, x := range rows {
		if !x.Last.IsZero() {
			fmt.Fprintf(w, "tagscan_last_scan_timestamp_seconds{site=%q} %d\n", x.Name, x.Last.Unix())
			results[x.Result]++
		}
		if x.State != "" {
			open[x.State]++
		}
	}
	fmt.Fprintln(w, "# HELP tagscan_sites Sites by the result of their last scan.\n# TYPE tagscan_sites gauge")
	for _, k := range slices.Sorted(maps.Keys(results)) {
		fmt.Fprintf(w, "tagscan_sites{result=%q} %d\n", k, results[k])
	}
	fmt.Fprintln(w, "# HELP tagscan_runs Runs that are not at their end.\n# TYPE tagscan_runs gauge")
	for _, k := range slices.Sorted(maps.Keys(open)) {
		fmt.Fprintf(w, "tagscan_runs{state=%q} %d\n", k, open[k])
	}
	p.s.mu.Lock()
	late := len(p.s.late)
	p.s.mu.Unlock()
	fmt.Fprintf(w, "# HELP tagscan_late Sites whose scan did not begin in time.\n# TYPE tagscan_late gauge\ntagscan_late %d\n", late)
	fmt.Fprintln(w, "# HELP tagscan_channel_waiting Messages that are due and not told.\n# TYPE tagscan_channel_waiting gauge")
	for _, c := range channels {
		fmt.Fprintf(w, "tagscan_channel_waiting{channel=%q} %d\n", c.Name, c.Waiting)
	}
	fmt.Fprintln(w, "# HELP tagscan_channel_failures Failures of a channel in a row.\n# TYPE tagscan_channel_failures gauge")
	for _, c := range channels {
		fmt.Fprintf(w, "tagscan_channel_failures{channel=%q} %d\n", c.Name, c.Failures)
	}
	return nil
}
