package main

import (
	"fmt"
	"slices"

	"github.com/tagscan/tagscan/cmd/internal/exit"
	"github.com/tagscan/tagscan/detect/policy"
)

// newsPrefix begins the name of a kind of news.
const newsPrefix = "news:"

// news explains a kind of news, or lists them all.
func (e explainer) news(kind string) error {
	if kind == "" || kind == "list" {
		fmt.Fprintln(e.w, "news: what is not as it was when the standing was written, in the baseline or the policy")
		for _, i := range policy.NewsKinds {
			fmt.Fprintf(e.w, "  %-28s %s\n", newsPrefix+string(i.Kind), i.Doc)
		}
		return nil
	}
	i := slices.IndexFunc(policy.NewsKinds, func(i policy.NewsInfo) bool { return string(i.Kind) == kind })
	if i < 0 {
		return exit.Usagef("`tagscan explain news:list` names them all", "%s is no kind of news", kind)
	}
	effect := "It is told until the run is accepted, and fails a run only if the policy's fail_on_news names it."
	way := fmt.Sprintf("policy:\n  fail_on_news: [%s]", kind)
	if policy.NewsKind(kind) == policy.NewsScript {
		effect = "It fails a run, as new_place says of the kind of page, until the run is accepted."
		way = "policy:\n  new_place: [/checkout*]"
	}
	e.tell(newsPrefix+kind,
		[2]string{"What is told", policy.NewsKinds[i].Doc}, [2]string{"What it means", effect}, [2]string{"In the policy", way})
	return nil
}
