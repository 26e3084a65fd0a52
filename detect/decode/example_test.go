package decode_test

import (
	"fmt"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/decode"
)

func ExampleRequest() {
	r := &crawler.Request{
		URL:  "https://collect.example/g?dl=https%3A%2F%2Fshop.example%2F%3Fuser%3D17",
		Body: crawler.NewBody([]byte("data=eyJldmVudHMiOlt7IiRlbWFpbCI6ImphbmVAZXhhbXBsZS5vcmcifV19")),
	}
	t := decode.Request(r, nil, decode.DefaultBudget)
	for _, i := range t.Leaves() {
		f := t.Fields[i]
		fmt.Printf("%s = %s (%s)\n", f.Path, f.Value, strings.Join(f.Chain, ", "))
	}
	// Output:
	// path[0] = g ()
	// query.dl.query.user = 17 (percent, url)
	// body.data.events[0].$email = jane@example.org (form, base64, json)
}
