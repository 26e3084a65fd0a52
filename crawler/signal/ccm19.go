package signal

// CCM19 is what CCM19 stores by the path of the site: the ids of what was allowed, by which alone nobody can tell what is necessary.
// Its field "consent" says that the visitor has answered.
var CCM19 = Format{
	Kind:     "ccm19",
	Title:    "CCM19, dialog answered (ccm_consent)",
	Doc:      "https://docs.ccm19.de/",
	Names:    []string{"ccm_consent"},
	Read:     readCCM19,
	Examples: []Example{{"ccm_consent", `{"/":{"gen":2,"ucid":"b8a1","consent":true,"embeddings":["1e76acf","8ed8d9a"]}}`, Unknown, ""}},
}

func readCCM19(r *Record, value string) {
	o, ok := r.record("CCM19", value)
	if !ok {
		return
	}
	for _, m := range o {
		of, _ := m.value.(object)
		if of == nil {
			continue
		}
		r.Chosen = answerOf(of.get("consent"))
		r.identity("visitor", of.text("ucid"))
		r.part("a choice was made", r.Chosen.String())
	}
	if r.Chosen == NotSaid {
		r.fault(FaultSyntax, "the CCM19 record does not say whether there was an answer")
	}
}
