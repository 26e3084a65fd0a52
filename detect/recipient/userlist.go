package recipient

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// LoadPaths is Load for names of files and directories: a directory of vendor files, or a list of owners or trackers whose
// licence keeps it out of tagscan: DuckDuckGo's Tracker Radar (*.json), Disconnect's services.json, a filter list in EasyList syntax or
// a hosts file (*.txt).
func LoadPaths(names ...string) (*Catalog, error) {
	var fsys []fs.FS
	for _, name := range names {
		info, err := os.Stat(name)
		switch {
		case err != nil:
			return nil, fmt.Errorf("vendor files: %w", err)
		case info.IsDir():
			fsys = append(fsys, os.DirFS(name))
		default:
			one, err := fs.Sub(os.DirFS(filepath.Dir(name)), ".")
			if err != nil {
				return nil, fmt.Errorf("vendor files: %w", err)
			}
			fsys = append(fsys, oneFile{one, filepath.Base(name)})
		}
	}
	return Load(fsys...)
}

// oneFile is a file system with a single file of another.
type oneFile struct {
	fs.FS
	name string
}

// ReadDir implements fs.ReadDirFS for the top.
func (o oneFile) ReadDir(dir string) ([]fs.DirEntry, error) {
	all, err := fs.ReadDir(o.FS, dir)
	return slices.DeleteFunc(all, func(e fs.DirEntry) bool { return e.Name() != o.name }), err
}

// readLists reads every list in fsys, at any depth. A file that is none of the known formats is an error.
func readLists(fsys fs.FS) (*list, error) {
	l := &list{how: ByUser, owners: map[string]*Recipient{}}
	var errs []error
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if err := l.readFile(fsys, name); err != nil {
			errs = append(errs, fmt.Errorf("list %s: %w", name, err))
		}
		return nil
	})
	return l, errors.Join(append(errs, err)...)
}

func (l *list) readFile(fsys fs.FS, name string) error {
	ext := path.Ext(name)
	if ext != ".json" && ext != ".txt" {
		return nil
	}
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	if ext == ".txt" {
		return l.readFilters(string(data))
	}
	return l.readJSON(data)
}

// ads is the category of advertising.
const ads = "ads"

// add names the owner of a host suffix. What was said first stays.
func (l *list) add(host, owner, category, privacy string) {
	host = strings.ToLower(strings.Trim(host, ". "))
	if !strings.Contains(host, ".") || strings.ContainsAny(host, "/ *") {
		return
	}
	if old := l.owners[host]; old != nil {
		if old.Category == "" {
			old.Category = category
		}
		return
	}
	id := kebab(owner)
	if owner == "" {
		id, owner = host, host
	}
	l.owners[host] = &Recipient{ID: id, Name: owner, Owner: owner, Category: category, Privacy: privacy, How: ByUser}
}

// radarOwner is how Tracker Radar writes a company.
type radarOwner struct {
	Name          string   `json:"name"`
	DisplayName   string   `json:"displayName"`
	EntityName    string   `json:"entityName"`
	PrivacyPolicy string   `json:"privacyPolicy"`
	Properties    []string `json:"properties"`
}

func (o radarOwner) name() string {
	for _, n := range []string{o.DisplayName, o.EntityName, o.Name} {
		if n != "" {
			return n
		}
	}
	return ""
}

// radarDomain is a file of Tracker Radar's domains folder, and an entry of its block list.
type radarDomain struct {
	Domain     string     `json:"domain"`
	Owner      radarOwner `json:"owner"`
	Categories []string   `json:"categories"`
}

// readJSON reads a file of Tracker Radar (domains, entities, domain_map, entity_map, block list) or of Disconnect
// (services.json, entities.json), by what is in it.
func (l *list) readJSON(data []byte) error {
	var top map[string]json.RawMessage
	if err := json.Unmarshal(data, &top); err != nil {
		return fmt.Errorf("no JSON object: %w", err)
	}
	n := len(l.owners)
	if err := l.readTop(top, data); err != nil {
		return err
	}
	if len(l.owners) == n {
		return errors.New("neither Tracker Radar's nor Disconnect's format: no owner of a host found in it")
	}
	return nil
}

func (l *list) readTop(top map[string]json.RawMessage, data []byte) error {
	switch {
	case top["domain"] != nil && top["owner"] != nil:
		var d radarDomain
		if err := json.Unmarshal(data, &d); err != nil {
			return fmt.Errorf("domain of Tracker Radar: %w", err)
		}
		l.radar(d.Domain, d)
		return nil
	case top["trackers"] != nil:
		var trackers map[string]radarDomain
		if err := json.Unmarshal(top["trackers"], &trackers); err != nil {
			return fmt.Errorf("block list of Tracker Radar: %w", err)
		}
		for _, host := range slices.Sorted(maps.Keys(trackers)) {
			l.radar(host, trackers[host])
		}
		return nil
	case top["properties"] != nil:
		l.radarEntity("", data)
		return nil
	case top["categories"] != nil:
		return l.disconnect(top["categories"])
	case top["entities"] != nil:
		entities := map[string]json.RawMessage{}
		if err := json.Unmarshal(top["entities"], &entities); err != nil {
			return fmt.Errorf("entities of Disconnect: %w", err)
		}
		top = entities
	}
	for _, name := range slices.Sorted(maps.Keys(top)) {
		l.radarEntity(name, top[name])
	}
	return nil
}

func (l *list) radar(host string, d radarDomain) {
	category := ""
	for _, c := range d.Categories {
		if category = listCategories[c]; category != "" {
			break
		}
	}
	l.add(host, d.Owner.name(), category, d.Owner.PrivacyPolicy)
}

// radarEntity reads a company with its hosts, or a host with its company (domain_map.json). A part of the file that is
// neither names nobody.
func (l *list) radarEntity(key string, data []byte) {
	var o radarOwner
	if json.Unmarshal(data, &o) != nil {
		return
	}
	if len(o.Properties) == 0 && o.name() != "" && strings.Contains(key, ".") {
		l.add(key, o.name(), "", "")
		return
	}
	name := o.name()
	if name == "" {
		name = key
	}
	for _, host := range o.Properties {
		l.add(host, name, "", "")
	}
}

// disconnect reads the categories of Disconnect's services.json: category → [{company: {homepage: [hosts]}}].
func (l *list) disconnect(data []byte) error {
	var categories map[string][]map[string]map[string]json.RawMessage
	if err := json.Unmarshal(data, &categories); err != nil {
		return fmt.Errorf("services of Disconnect: %w", err)
	}
	for _, category := range slices.Sorted(maps.Keys(categories)) {
		for _, companies := range categories[category] {
			for company, sites := range companies {
				for _, raw := range sites {
					var hosts []string
					if json.Unmarshal(raw, &hosts) != nil {
						continue // a remark such as "performance": "true"
					}
					for _, host := range hosts {
						l.add(host, company, listCategories[category], "")
					}
				}
			}
		}
	}
	return nil
}

// listCategories are Tracker Radar's and Disconnect's categories in tagscan's words.
var listCategories = map[string]string{
	"Advertising": "ads", "Ad Motivated Tracking": "ads", "Action Pixels": "ads", "Ad Fraud": "security", "Analytics": "analytics",
	"Audience Measurement": "analytics", "Third-Party Analytics Marketing": "analytics", "Session Replay": "session-replay",
	"Social Network": "social", "Social - Comment": "social", "Social - Share": "social", "Social": "social", "CDN": "cdn",
	"Embedded Content": "other", "Federated Login": "security", "SSO": "security", "Tag Manager": "tag-manager",
	"Online Payment": "payments", "Consent Management Platform": "consent", "ConsentManagers": "consent",
	"Fraud Prevention": "security", "Anti-fraud": "security", "FingerprintingInvasive": "security", "FingerprintingGeneral": "security",
	"Email": "marketing-automation", "EmailAggressive": "marketing-automation", "Content": "other", "Cryptomining": "other",
	"Support Chat Widget": "chat", "Malware": "other", "Unknown High Risk Behavior": "other", "Obscure Ownership": "other",
}

// readFilters reads the host rules of a filter list in EasyList syntax, "||tracker.example^", and the lines of a hosts file. Rules for
// parts of a host say nothing of its owner and are passed over, as are cosmetic ones.
func (l *list) readFilters(text string) error {
	category, n := ads, len(l.owners)
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if title, ok := strings.CutPrefix(line, "! Title:"); ok {
			category = filterCategory(title)
		}
		host, ok := filterHost(line)
		if !ok {
			continue
		}
		l.add(host, "", category, "")
		if r := l.owners[host]; r != nil && r.ID == host && category == ads && strings.HasPrefix(line, "||") {
			r.ID, r.Name, r.Owner = UnknownAds, "Advertising, unknown owner", "" // a hosts file does not say what its hosts are for
		}
	}
	if len(l.owners) == n {
		return errors.New("no rule for a whole host (||tracker.example^) in it")
	}
	return nil
}

func filterCategory(title string) string {
	title = strings.ToLower(title)
	for _, c := range []struct{ word, category string }{
		{"privacy", "analytics"}, {"track", "analytics"}, {"social", "social"}, {"cookie", "consent"},
	} {
		if strings.Contains(title, c.word) {
			return c.category
		}
	}
	return ads
}

// filterHost returns the host that a line is about as a whole.
func filterHost(line string) (string, bool) {
	if rule, ok := strings.CutPrefix(line, "||"); ok {
		rule, _, _ = strings.Cut(rule, "$")
		host, ok := strings.CutSuffix(rule, "^")
		u, err := url.Parse("//" + host)
		return host, ok && err == nil && u.Host == host && strings.Contains(host, ".")
	}
	f := strings.Fields(line)
	if len(f) >= 2 && (f[0] == "0.0.0.0" || f[0] == "127.0.0.1") && strings.Contains(f[1], ".") && !strings.HasPrefix(f[1], "0.") {
		return f[1], true
	}
	return "", false
}
