//go:build ignore

// Writes catalog.jsonl, one vendor a line, from catalog/*.yaml: reading four hundred YAML files would take longer than a
// run may take to set up.
package main

import (
	"log"
	"os"

	"github.com/tagscan/tagscan/detect/recipient"
)

func main() {
	log.SetFlags(0)
	vendors, err := recipient.Read(os.DirFS("catalog"))
	if err != nil {
		log.Fatal(err)
	}
	data, err := recipient.Compact(vendors)
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile("catalog.jsonl", data, 0o644); err != nil {
		log.Fatal(err)
	}
}
