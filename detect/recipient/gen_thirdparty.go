//go:build ignore

// Writes thirdparty.tsv from the npm package third-party-web (MIT) of the pinned version, which npm fetches into a
// temporary directory and checks against its registry's hash. The first line of the table records the source.
package main

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

const version = "0.30.0"

// categories are third-party-web's in tagscan's words.
var categories = map[string]string{
	"ad": "ads", "analytics": "analytics", "social": "social", "video": "video", "utility": "other", "hosting": "hosting",
	"marketing": "marketing-automation", "customer-success": "chat", "content": "other", "cdn": "cdn", "tag-manager": "tag-manager",
	"consent-provider": "consent", "other": "other",
}

type entity struct {
	Name, Company, Homepage, Category string
	Domains                           []string
}

func main() {
	log.SetFlags(0)
	dir, err := os.MkdirTemp("", "third-party-web-")
	check(err)
	defer os.RemoveAll(dir)
	cmd := exec.Command("npm", "pack", "--silent", "third-party-web@"+version)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	check(cmd.Run())
	files := unpack(filepath.Join(dir, "third-party-web-"+version+".tgz"))
	data := files["package/dist/entities-nostats.json"]
	var entities []entity
	check(json.Unmarshal(data, &entities))
	sum := sha256.Sum256(data)
	check(os.WriteFile("thirdparty.tsv", []byte(table(entities, hex.EncodeToString(sum[:]))), 0o644))
	check(os.WriteFile("thirdparty.LICENSE", files["package/LICENSE"], 0o644))
}

func table(entities []entity, sum string) string {
	var lines []string
	for _, e := range entities {
		if e.Company == "" {
			e.Company = e.Name
		}
		cat, ok := categories[e.Category]
		if !ok {
			log.Fatalf("category %q of %s has no word here: add one", e.Category, e.Name)
		}
		for i := range e.Domains {
			e.Domains[i] = strings.ToLower(strings.TrimPrefix(e.Domains[i], "*."))
		}
		slices.Sort(e.Domains)
		lines = append(lines, strings.Join([]string{e.Name, e.Company, cat, e.Homepage, strings.Join(slices.Compact(e.Domains), " ")}, "\t"))
	}
	slices.Sort(lines)
	body := strings.Join(lines, "\n") + "\n"
	own := sha256.Sum256([]byte(body))
	return fmt.Sprintf("# third-party-web %s (MIT, see thirdparty.LICENSE) entities-nostats.json sha256:%s table sha256:%x\n%s", version, sum, own, body)
}

func unpack(name string) map[string][]byte {
	f, err := os.Open(name)
	check(err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	check(err)
	files := map[string][]byte{}
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		check(err)
		data, err := io.ReadAll(t)
		check(err)
		files[h.Name] = data
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
