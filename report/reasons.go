package report

import (
	"strings"

	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/report/harmless"
)

// weighed are the reasons that changed the severity, in one direction: up or down.
func weighed(reasons []string, way int) (out []string) {
	for _, r := range reasons {
		if detect.Weighs(r) == way {
			out = append(out, r)
		}
	}
	return out
}

// gradedText says what made the severity differ from that of the class: "Graver because it was sent in a URL and before consent".
func gradedText(f *Flow) string {
	var parts []string
	if up := weighed(f.Reasons(), 1); len(up) > 0 {
		parts = append(parts, "graver because it was sent "+list(up))
	}
	if down := weighed(f.Reasons(), -1); len(down) > 0 {
		parts = append(parts, "milder because it is "+list(down))
	}
	return harmless.Line(upper(strings.Join(parts, ", ")))
}

// notedText says what else the run tells of the value: "The same hash was sent to Meta Pixel as that of an e-mail address".
func notedText(f *Flow) string {
	return harmless.Line(upper(strings.Join(weighed(f.Reasons(), 0), "; ")))
}
