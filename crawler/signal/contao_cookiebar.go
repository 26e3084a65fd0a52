package signal

import "strings"

// ContaoCookiebar is what the Contao Cookiebar stores: the numbers of what was allowed beside the necessary, which is not listed.
var ContaoCookiebar = Format{
	Kind:  "contao-cookiebar",
	Title: "Contao Cookiebar record (ccb_contao_token_…)",
	Doc:   "https://github.com/oveleon/contao-cookiebar",
	Names: []string{"ccb_contao_token_*"},
	Read:  readContaoCookiebar,
	Examples: []Example{
		{"ccb_contao_token_1", `{"configId":1,"pageId":7,"version":3,"saved":1795860000,"cookies":[]}`, Denied, ""},
		{"ccb_contao_token_1", `{"configId":1,"pageId":7,"version":3,"saved":1795860000,"cookies":[4,5]}`, Granted, ""},
		{"ccb_contao_token_1", `{"configId":1,"pageId":7,"version":-1,"saved":-1,"cookies":[]}`, Unknown, ""},
	},
}

func readContaoCookiebar(r *Record, value string) {
	o, ok := r.record("Contao Cookiebar", value)
	if !ok {
		return
	}
	list, ok := o.get("cookies").([]any)
	if !ok {
		r.fault(FaultSyntax, "the Contao Cookiebar record has no list")
		return
	}
	var ids []string
	for _, v := range list {
		ids = append(ids, textOf(v))
		r.vendor(textOf(v), Granted)
	}
	r.at(o.get("saved"))
	r.Chosen = answer(o.text("version") != "-1")
	r.part("allowed", strings.Join(ids, ", "))
	if r.Chosen == Yes {
		r.Says = granted(len(ids) > 0)
	}
}
