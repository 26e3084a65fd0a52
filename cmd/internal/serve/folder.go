package serve

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tagscan/tagscan/cmd/internal/schedule"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/rule"
)

// daily is the schedule of a site that has none.
var daily = schedule.Spec{Every: 24 * time.Hour}

// Site is one file of the folder: a tagscan.yaml with a schedule.
type Site struct {
	Name     string
	File     string
	Copy     string         // what File held when it was last right
	Config   *policy.Config // as it was last right; nil: it never was
	Spec     schedule.Spec
	Channels []string
	AtOnce   rule.Severity // from which news are told at once
	Mistake  error         // what is wrong with the file as it is
	source   []byte        // the file as it is
}

// Folder reads the files of sites and what belongs to the whole, again and again.
type Folder struct {
	dir  string
	kept string // where copies of right files are; "": none are kept

	mu       sync.Mutex
	settings *Settings
	mistake  error // what is wrong with serve.yaml as it is
	sites    map[string]*Site
}

// OpenFolder reads a folder of sites for the first time. Later mistakes leave the settings as they were; the first is an error.
func OpenFolder(dir, kept string, settings *Settings) *Folder {
	f := &Folder{dir: dir, kept: kept, settings: settings, sites: map[string]*Site{}}
	return f
}

// Settings are those that were right last.
func (f *Folder) Settings() (*Settings, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.settings, f.mistake
}

// Sites are all sites, by name; those whose file is wrong as they were when it was right.
func (f *Folder) Sites() []*Site {
	f.mu.Lock()
	defer f.mu.Unlock()
	list := slices.Collect(maps.Values(f.sites))
	slices.SortFunc(list, func(a, b *Site) int { return strings.Compare(a.Name+"\x00"+a.File, b.Name+"\x00"+b.File) })
	return list
}

// Site is the one of a name that was right once.
func (f *Folder) Site(name string) *Site {
	for _, s := range f.Sites() {
		if s.Name == name && s.Config != nil {
			return s
		}
	}
	return nil
}

// Read reads what changed. Its error is that the folder cannot be read at all; what was read before stays.
func (f *Folder) Read() error {
	files, err := siteFiles(f.dir)
	if err != nil {
		return err
	}
	settings, wrong := ReadSettings(f.dir)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.mistake = wrong
	if wrong == nil {
		f.settings = settings
	}
	sites, taken := map[string]*Site{}, map[string]string{}
	for _, file := range files {
		s := f.read(file, f.sites[file])
		if other := taken[s.Name]; other != "" && s.Config != nil {
			s = &Site{Name: s.Name, File: file, source: s.source,
				Mistake: policy.MistakeAt(file, s.source, fmt.Sprintf("name: %q is the name of %s already", s.Name, filepath.Base(other)), "name")}
		} else if s.Config != nil {
			taken[s.Name] = file
		}
		sites[file] = s
	}
	f.sites = sites
	return nil
}

// siteFiles are NAME.yaml and NAME/tagscan.yaml in a folder.
func siteFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("sites: %w", err)
	}
	var files []string
	for _, e := range entries {
		name := e.Name()
		switch {
		case strings.HasPrefix(name, "."), name == SettingsFile:
		case e.IsDir():
			if file := filepath.Join(dir, name, policy.ConfigFile); isFile(file) {
				files = append(files, file)
			}
		case isSite(name):
			files = append(files, filepath.Join(dir, name))
		}
	}
	return files, nil
}

// isSite reports whether a file beside others is that of a site: persona and baselines are not.
func isSite(name string) bool {
	ext := filepath.Ext(name)
	base := strings.TrimSuffix(name, ext)
	return (ext == ".yaml" || ext == ".yml") && !strings.HasSuffix(base, "baseline") && !strings.HasSuffix(base, "persona")
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// read reads one file. was is what it held before; nil: nothing is known of it in this process.
func (f *Folder) read(file string, was *Site) *Site {
	src, err := os.ReadFile(file)
	if err != nil {
		return lastGood(was, &Site{Name: nameOf(file), File: file, Mistake: err})
	}
	// What a file names besides, a channel say, may be right now and was not before.
	if was != nil && was.Mistake == nil && bytes.Equal(was.source, src) {
		if _, err := f.parse(file, src); err == nil {
			return was
		}
	}
	s, err := f.parse(file, src)
	if err == nil {
		s.Copy, err = f.keep(file, src)
	}
	if err == nil {
		return s
	}
	if was == nil || was.Config == nil {
		was = f.fromCopy(file)
	}
	return lastGood(was, &Site{Name: nameOf(file), File: file, Mistake: err, source: src})
}

// lastGood is a site as it was, with what is wrong with its file now.
func lastGood(was, now *Site) *Site {
	if was == nil || was.Config == nil {
		return now
	}
	s := *was
	s.Mistake, s.source = now.Mistake, now.source
	return &s
}

// copyOf is where the copy of a site's file is.
func (f *Folder) copyOf(file string) string {
	rel, err := filepath.Rel(f.dir, file)
	if err != nil {
		rel = filepath.Base(file)
	}
	return filepath.Join(f.kept, strings.ReplaceAll(rel, string(filepath.Separator), "+"))
}

// keep writes the copy of a file that is right.
func (f *Folder) keep(file string, src []byte) (string, error) {
	if f.kept == "" {
		return "", nil
	}
	name := f.copyOf(file)
	if old, err := os.ReadFile(name); err == nil && bytes.Equal(old, src) {
		return name, nil
	}
	if err := os.WriteFile(name+".new", src, 0o600); err != nil {
		return "", fmt.Errorf("copy of the site's file: %w", err)
	}
	return name, os.Rename(name+".new", name)
}

// fromCopy is a site as it was right last in an earlier process; nil if it never was.
func (f *Folder) fromCopy(file string) *Site {
	if f.kept == "" {
		return nil
	}
	name := f.copyOf(file)
	src, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	s, err := f.parse(file, src)
	if err != nil {
		return nil
	}
	s.Copy = name
	return s
}

// nameOf is what a site is called that does not say it.
func nameOf(file string) string {
	base := filepath.Base(file)
	if base == policy.ConfigFile {
		return filepath.Base(filepath.Dir(file))
	}
	return strings.TrimSuffix(base, filepath.Ext(base))
}

// names are what a site may be called: it is part of addresses and of the names of folders.
var names = regexp.MustCompile(`^[\pL\pN][\pL\pN ._-]{0,63}$`)

// parse reads a site's file. The lock is held.
func (f *Folder) parse(file string, src []byte) (*Site, error) {
	cfg, err := policy.Parse(file, src)
	if err != nil {
		return nil, err
	}
	s := &Site{Name: cfg.Name, File: file, Config: cfg, source: src, AtOnce: rule.High, Spec: daily}
	orElse(&s.Name, nameOf(file))
	if err := f.fill(s); err != nil {
		m, ok := errors.AsType[*misplaced](err)
		if !ok {
			return nil, err
		}
		return nil, policy.MistakeAt(file, src, m.text, m.keys...)
	}
	return s, nil
}

func (f *Folder) fill(s *Site) (err error) {
	cfg := s.Config
	if !names.MatchString(s.Name) {
		return at(fmt.Sprintf("name: %q is no name of a site: letters, digits, and between them spaces, dots and dashes", s.Name), "name")
	}
	if len(cfg.Site) == 0 {
		return at("site: say where the scan starts: site: https://shop.example", "site")
	}
	if cfg.Schedule != (policy.Schedule{}) {
		if s.Spec, err = specOf(cfg.Schedule, "schedule"); err != nil {
			return err
		}
	}
	known := slices.Sorted(maps.Keys(f.settings.Channels))
	s.Channels = known
	if len(cfg.Alerts.Channels) > 0 {
		s.Channels = cfg.Alerts.Channels
	}
	for _, c := range s.Channels {
		if !slices.Contains(known, c) {
			text := fmt.Sprintf("alerts: %s has no channel %q", SettingsFile, c)
			if len(known) > 0 {
				text += policy.Nearest(c, known)
			}
			return at(text, "alerts")
		}
	}
	if cfg.Alerts.AtOnce != nil {
		s.AtOnce = *cfg.Alerts.AtOnce
	}
	return nil
}
