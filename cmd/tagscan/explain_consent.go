package main

import (
	"fmt"
	"strings"

	"github.com/tagscan/tagscan/cmd/internal/exit"
	"github.com/tagscan/tagscan/crawler/signal"
	"github.com/tagscan/tagscan/report/harmless"
)

// consentWord makes `explain` read a consent string instead of an id.
const consentWord = "consent"

// consent explains a consent string, or lists what can be read.
func (e explainer) consent(text string) error {
	if text == "" || text == "list" {
		e.consentFormats()
		return nil
	}
	r, ok := signal.RecogniseText(text)
	if !ok {
		r, ok = brokenString(text)
	}
	if !ok {
		return exit.Usagef("give the parameter or cookie with it, as name=value; `tagscan explain consent list` names what is read",
			"this is no consent string that tagscan knows")
	}
	head := fmt.Sprintf("%s: %s", r.Kind, r.Title())
	if r.Name != "" && !strings.EqualFold(r.Name, string(r.Kind)) {
		head += ", in " + r.Name
	}
	e.tell(harmless.Line(head),
		[2]string{"What it says", consentWhole(&r)},
		[2]string{"What is wrong with it", consentFaults(&r)},
		[2]string{"What is in it", consentParts(&r)},
		[2]string{"Specification", specification(r.Kind)})
	return nil
}

// brokenString reads a string that is malformed, by its first letter: C begins a TC string, B one of version 1, D a GPP string.
func brokenString(text string) (signal.Record, bool) {
	text = strings.TrimSpace(text)
	const shortest = 10
	if len(text) < shortest || strings.ContainsAny(text, " =/:") {
		return signal.Record{}, false
	}
	kind := map[byte]signal.Kind{'C': signal.TCString.Kind, 'B': signal.TCString.Kind, 'D': signal.GPPString.Kind}[text[0]]
	if kind == "" {
		return signal.Record{}, false
	}
	r, _ := signal.Decode(kind, text) // what is wrong is in its faults
	return r, true
}

func consentWhole(r *signal.Record) string {
	lines := []string{r.Says.String()}
	if s := r.Summary(); s != "" {
		lines = append(lines, s)
	}
	if unasked := r.GrantedUnasked(); len(unasked) > 0 {
		var ids []string
		for _, p := range unasked {
			ids = append(ids, p.ID)
		}
		lines = append(lines, "granted before anybody was asked: "+strings.Join(ids, ", "))
	}
	if r.TCF != nil {
		if purposes, vendors := r.InterestsLeft(); purposes.Len() > 0 && vendors.Len() > 0 {
			lines = append(lines, fmt.Sprintf("on legitimate interest, as nobody objected: purposes %s of vendors %s", purposes, vendors))
		}
	}
	for _, a := range []struct {
		what   string
		answer signal.Answer
	}{{"a choice was made", r.Chosen}, {"Global Privacy Control was on", r.GPC}, {"the law applies", r.Applies}} {
		if a.answer != signal.NotSaid {
			lines = append(lines, a.what+": "+a.answer.String())
		}
	}
	return harmlessLines(lines)
}

// harmlessLines joins lines whose words may be a stranger's.
func harmlessLines(lines []string) string {
	for i := range lines {
		lines[i] = harmless.Line(lines[i])
	}
	return strings.Join(lines, "\n")
}

func consentFaults(r *signal.Record) string {
	var lines []string
	for _, f := range r.Faults {
		lines = append(lines, f.Text)
	}
	return harmlessLines(lines)
}

func consentParts(r *signal.Record) string {
	var lines []string
	for _, p := range r.Parts {
		lines = append(lines, p.Name+": "+p.Value)
	}
	return harmlessLines(lines)
}

func specification(kind signal.Kind) string {
	for _, f := range signal.Formats {
		if f.Kind == kind {
			return f.Doc
		}
	}
	return ""
}

func (e explainer) consentFormats() {
	fmt.Fprintln(e.w, "consent strings and records (a * stands for any characters):")
	for _, f := range signal.Formats {
		names := append(f.Names[:len(f.Names):len(f.Names)], f.Weak...)
		fmt.Fprintf(e.w, "  %-24s %s: %s\n", f.Kind, f.Title, strings.Join(names, " "))
	}
}
