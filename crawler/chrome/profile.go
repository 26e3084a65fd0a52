package chrome

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// profilePrefix begins the name of every profile directory: tagscan-BOOT-PID-START-RANDOM, where BOOT, PID and START
// (clock ticks since boot) name the process that owns it. A later run removes what a killed one left, by that name.
const profilePrefix = "tagscan-"

// profileParent chooses the directory that profile directories are made in: the one asked for, else the system's
// temporary one. The user that Chrome runs as must be able to reach it; if it cannot, /tmp and /var/tmp are tried.
func profileParent(asked string) (string, error) {
	if asked != "" {
		if err := reachable(asked); err != nil {
			return "", fmt.Errorf("profile directory: %w", err)
		}
		return filepath.Abs(asked)
	}
	dir, why := TempDir()
	if dir == "" {
		return "", fmt.Errorf("profile directory: %w", why)
	}
	return dir, nil
}

// newProfile makes a profile directory in dir for this process, and writes the preferences of a new profile.
func newProfile(dir string, o Options) (string, error) {
	me, err := ownerName(os.Getpid())
	if err != nil {
		return "", err
	}
	p, err := os.MkdirTemp(dir, profilePrefix+me+"-") // 0700
	if err != nil {
		return "", fmt.Errorf("making a profile directory: %w", err)
	}
	if err := fill(p, o); err != nil {
		os.RemoveAll(p)
		return "", fmt.Errorf("making a profile directory: %w", err)
	}
	return p, nil
}

// fill writes what Chrome must find at its first start, and gives the directory to the user that Chrome runs as.
func fill(p string, o Options) error {
	def := filepath.Join(p, "Default")
	if err := os.Mkdir(def, 0o700); err != nil {
		return err
	}
	prefs, err := json.Marshal(preferences(o.ThirdPartyCookies == "blocked"))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(def, "Preferences"), prefs, 0o600); err != nil {
		return err
	}
	if o.Proxy != "" {
		if err := os.WriteFile(filepath.Join(p, "Local State"), []byte(stateBehindProxy), 0o600); err != nil {
			return err
		}
	}
	return filepath.WalkDir(p, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return giveAway(path)
	})
}

// stateBehindProxy lets Chrome have as many connections to a proxy as it allows at all; its default of 32 is too few for the
// hosts of several pages (kMaxConnectionsPerProxy in
// https://source.chromium.org/chromium/chromium/src/+/main:chrome/common/pref_names.h).
const stateBehindProxy = `{"net":{"max_connections_per_proxy":99}}`

// preferences are those of a new profile. Distributions block third-party cookies where Chrome itself does not; both keys
// are needed to say which. Chrome fetches the dictionary of its language once somebody types, spell checking on or off, unless
// both the old and the new preference of languages are empty.
func preferences(blockCookies bool) map[string]any {
	mode := 0
	if blockCookies {
		mode = 1
	}
	return map[string]any{
		"profile":    map[string]any{"cookie_controls_mode": mode, "block_third_party_cookies": blockCookies},
		"browser":    map[string]any{"enable_spellchecking": false},
		"spellcheck": map[string]any{"dictionary": "", "dictionaries": []string{}, "use_spelling_service": false},
	}
}

// removeProfile removes a profile directory and proves that it is gone. Chrome's last writers may still be at it, so it
// tries for two seconds.
func removeProfile(p string) error {
	var err error
	for range 40 {
		err = os.RemoveAll(p)
		if _, serr := os.Lstat(p); errors.Is(serr, fs.ErrNotExist) {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("profile directory %s could not be removed: %w", p, err)
}

// sweep removes profile directories in dir whose owner is no longer alive. Directories of other users are left alone.
func sweep(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		name, ok := strings.CutPrefix(e.Name(), profilePrefix)
		parts := strings.Split(name, "-")
		if !ok || len(parts) != 4 || !e.IsDir() {
			continue
		}
		pid, err := strconv.Atoi(parts[1])
		if err != nil || pid <= 0 {
			continue
		}
		if now, err := ownerName(pid); err == nil && now == strings.Join(parts[:3], "-") {
			continue
		}
		p := filepath.Join(dir, e.Name())
		if info, err := e.Info(); err == nil && ours(info) {
			killUsers(p)
			os.RemoveAll(p)
		}
	}
}
