package policy

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

const baselineHead = `# What goes out and was accepted as it is. Written by "tagscan accept"; reviewed and edited by people.
# One line a flow, by recipient and consent state, without personal values. Take a line out and its flow is new again.
# reason and since are those of the groups without a reason of their own.
# contradictions: about consent, by what was pressed, recorded, claimed and sent; "tagscan explain contradiction:ID" explains one.
# on: kinds of pages on which it was seen; url: those on which it stood in an address. unseen: gone since that day, and can go here.
# standing: what news are told by (security headers, vendors, consent states); nothing is agreed to by it.
`

// Write writes the baseline as YAML: the same entries give the same bytes.
func (b *Baseline) Write(w io.Writer) error {
	var s strings.Builder
	s.WriteString(baselineHead)
	fmt.Fprintf(&s, "version: %d\n", baselineVersion)
	if b.Site != "" {
		s.WriteString("site: " + yamlWord(b.Site) + "\n")
	}
	if len(b.Pages) > 0 {
		s.WriteString("pages:\n")
		for _, p := range b.Pages {
			s.WriteString("- " + yamlWord(p) + "\n")
		}
	}
	if b.Reason != "" {
		s.WriteString("reason: " + yamlWord(b.Reason) + "\n")
		b.Since.write(&s, "since")
	}
	if len(b.Accepted) > 0 {
		s.WriteString("accepted:\n")
	}
	for i := range b.Accepted {
		b.Accepted[i].write(&s, b.ofFile(&b.Accepted[i]))
	}
	b.writeContradictions(&s)
	b.Standing.Write(&s)
	if len(b.Scripts) > 0 {
		s.WriteString("scripts:\n")
	}
	for _, x := range b.Scripts {
		fmt.Fprintf(&s, "- url: %s\n  sha256: %s\n  reason: %s\n", yamlWord(x.URL), yamlWord(x.SHA256), yamlWord(x.Reason))
		x.Accepted.write(&s, "  accepted")
	}
	if _, err := io.WriteString(w, s.String()); err != nil {
		return fmt.Errorf("baseline: %w", err)
	}
	return nil
}

// write writes a group; ofFile says that its reason and day are those of the file.
func (g *Group) write(s *strings.Builder, ofFile bool) {
	s.WriteString("- recipient: " + yamlWord(g.Recipient) + "\n")
	if g.Consent != "" {
		s.WriteString("  consent: " + yamlWord(string(g.Consent)) + "\n")
	}
	if !ofFile {
		s.WriteString("  reason: " + yamlWord(g.Reason) + "\n")
		g.Accepted.write(s, "  accepted")
	}
	g.Until.write(s, "  until")
	if g.Was != "" {
		s.WriteString("  was: " + yamlWord(string(g.Was)) + "\n")
	}
	s.WriteString("  flows:\n")
	for _, e := range g.Flows {
		parts := []string{"class: " + yamlWord(string(e.Class))}
		if e.Form != "" {
			parts = append(parts, "form: "+string(e.Form))
		}
		parts = append(parts, yamlList("on", e.On)...)
		parts = append(parts, yamlList("url", e.URL)...)
		if !e.Unseen.IsZero() {
			parts = append(parts, "unseen: "+e.Unseen.Format(time.DateOnly))
		}
		if e.Print != "" {
			parts = append(parts, "print: "+yamlWord(e.Print))
		}
		s.WriteString("  - {" + strings.Join(parts, ", ") + "}\n")
	}
}

func (d Date) write(s *strings.Builder, key string) {
	if !d.IsZero() {
		s.WriteString(key + ": " + d.Format(time.DateOnly) + "\n")
	}
}

func yamlList(key string, list Strings) []string {
	if len(list) == 0 {
		return nil
	}
	words := make([]string, len(list))
	for i, w := range list {
		words[i] = yamlWord(w)
	}
	return []string{key + ": [" + strings.Join(words, ", ") + "]"}
}

// plainYAML are the characters of a scalar that needs no quotes wherever it stands.
const plainYAML = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-"

// yamlWord is a scalar, quoted unless it can be nothing but text.
func yamlWord(s string) string {
	first := strings.IndexAny(s, "abcdefghijklmnopqrstuvwxyz/") == 0
	if first && strings.Trim(s, plainYAML) == "" && s != "true" && s != "false" && s != "null" && s != "yes" && s != "no" && s != "on" && s != "off" {
		return s
	}
	return strconv.Quote(s)
}
