// Command licences lists the licences of what tagscan is built of, from a CycloneDX bill of materials, and fails if one is missing or
// none of those that a permissively licensed program may be built with.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
)

// allowed are SPDX ids of licences that ask for no more than that they are told (https://spdx.org/licenses/), and MPL-2.0, whose
// files may be linked unchanged.
var allowed = []string{"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "MPL-2.0", "Unlicense", "Zlib"}

// corrected are licences that the tool does not recognise, or takes for another, by the beginning of a module's name. Each was read
// in the module's LICENSE file.
var corrected = map[string]string{
	"golang.org/x/":           "BSD-3-Clause", // taken for BSD-Source-Code
	"github.com/twmb/murmur3": "BSD-3-Clause",
}

// component is what is read of a component; cyclonedx-gomod tells licences that it recognised as evidence.
type component struct {
	Name     string    `json:"name"`
	Version  string    `json:"version"`
	Licenses []license `json:"licenses"`
	Evidence struct {
		Licenses []license `json:"licenses"`
	} `json:"evidence"`
}

type license struct {
	License struct {
		ID string `json:"id"`
	} `json:"license"`
}

func main() {
	if len(os.Args) != 2 {
		fail("usage: licences sbom.json")
	}
	data, err := os.ReadFile(os.Args[1])
	if err != nil {
		fail(err.Error())
	}
	var bom struct {
		Components []component `json:"components"`
	}
	if err := json.Unmarshal(data, &bom); err != nil || len(bom.Components) == 0 {
		fail(os.Args[1] + " lists no components")
	}
	bad := 0
	for _, c := range bom.Components {
		var ids []string
		for _, l := range append(c.Licenses, c.Evidence.Licenses...) {
			ids = append(ids, l.License.ID)
		}
		for prefix, id := range corrected {
			if strings.HasPrefix(c.Name, prefix) {
				ids = []string{id}
			}
		}
		verdict := ""
		if !slices.ContainsFunc(ids, func(id string) bool { return slices.Contains(allowed, id) }) {
			verdict, bad = "  ← not known, or not allowed", bad+1
		}
		fmt.Printf("%-55s %-45s %s%s\n", c.Name, c.Version, strings.Join(ids, ", "), verdict)
	}
	if bad > 0 {
		fail(fmt.Sprintf("%d components have no licence that is allowed", bad))
	}
}

func fail(text string) {
	fmt.Fprintln(os.Stderr, text)
	os.Exit(1)
}
