package report

import (
	"context"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
)

//go:generate go run github.com/tagscan/tagscan/cmd/internal/listvars -type Format -var All -o formats_gen.go

// Format is one way to write a Model. Formats are values; the list All is generated from them.
type Format struct {
	Name  string // "sarif"
	Ext   string // ending of a file's name that means this format, with the dot
	Stem  string // end of a file's name before Ext that means this format among those that share Ext; "": all others
	Doc   string // one line, for help
	Write func(ctx context.Context, w io.Writer, m *Model, o WriteOptions) error
}

// WriteOptions is how a Model is written. The zero value is good: masked, no colour, 80 columns.
type WriteOptions struct {
	Reveal bool // write values as they are; only where the model was built in this process, a kept report.json has none
	Color  bool // terminal colours in text
	Width  int  // columns of text; 0: 80
	All    bool // text: all flows, not the worst six

	HTML   string // path or URL of the HTML report, to name it in text and Markdown; "" if there is none
	Policy string // path of the policy file as SARIF and annotations should name it; "": tagscan.yaml

	Blobs crawler.Blobs // screenshots for HTML; nil: none are shown
	// Conclusions are all conclusions, for jsonl; nil: the evidence and the gaps kept in the model.
	Conclusions iter.Seq2[detect.Conclusion, error]
	Key         []byte // of the tokens in jsonl that correlate values
	// Print turns the HTML report into PDF; pdf cannot be written without it.
	Print func(ctx context.Context, html []byte) ([]byte, error)
}

// ByName returns the format with the name.
func ByName(name string) (Format, error) {
	for _, f := range All {
		if f.Name == name {
			return f, nil
		}
	}
	return Format{}, fmt.Errorf("no report format %q: choose one of %s", name, strings.Join(Names(), ", "))
}

// Names lists the formats.
func Names() []string {
	var names []string
	for _, f := range All {
		names = append(names, f.Name)
	}
	slices.Sort(names)
	return names
}

// FormatFor infers the format from a file's name: from its ending, and where several formats share one from what stands
// before it. "out.csv" is csv, "cookies.csv" and "shop-cookies.csv" are csv-cookies.
func FormatFor(path string) (Format, error) {
	base := strings.ToLower(filepath.Base(path))
	ext := filepath.Ext(base)
	stem := strings.TrimSuffix(base, ext)
	var found *Format
	for i, f := range All {
		fits := f.Stem == "" || stem == f.Stem || strings.HasSuffix(stem, "-"+f.Stem) || strings.HasSuffix(stem, "."+f.Stem)
		if f.Ext == ext && fits && (found == nil || f.Stem != "") {
			found = &All[i]
		}
	}
	if found == nil {
		return Format{}, fmt.Errorf("%s: its ending names no report format: use one of %s", path, strings.Join(endings(), " "))
	}
	return *found, nil
}

func endings() []string {
	var es []string
	for _, f := range All {
		if f.Ext != "" && !slices.Contains(es, f.Ext) {
			es = append(es, f.Ext)
		}
	}
	slices.Sort(es)
	return es
}
