package rule

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/decode"
)

// TestIDsAreNoAccountNumbers: what a site draws anew is never a bank account or a card, whatever its alphabet; where it has
// check digits by chance, its field says that it is an id.
func TestIDsAreNoAccountNumbers(t *testing.T) {
	rnd := rand.New(rand.NewPCG(14, 8))
	draw := func(alphabet string, n int) string {
		var b strings.Builder
		for range n {
			b.WriteByte(alphabet[rnd.IntN(len(alphabet))])
		}
		return b.String()
	}
	const digits, hex, base36, base62 = "0123456789", "0123456789abcdef", "0123456789abcdefghijklmnopqrstuvwxyz", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	var countries []string
	for c := range ibanForms {
		countries = append(countries, c)
	}
	for i := range 30_000 {
		country := countries[rnd.IntN(len(countries))]
		form := ibans[country]
		body := fmt.Sprintf(`{"$insert_id":%q,"event_id":%q,"x":%q,"id":%q,"ttfb":%q,"order":%q,"device_id":%q}`,
			draw(base36, 16), strings.ToLower(country)+draw(base36, form.length-2), draw(base62, 16+i%12), draw(hex, 32), draw(digits, 13+i%7),
			strings.ToLower(country)+draw(digits, form.length-2), country+draw(digits, form.length-2))
		tree := decode.Request(&crawler.Request{Method: "POST", URL: "https://a.example/", Body: crawler.NewBody([]byte(body))}, nil, decode.DefaultBudget)
		for _, m := range FindWith([]*Rule{&IBANNumber, &CardNumber}, &Context{Tree: tree}, nil) {
			assert.Fail(t, "an id passes for an account", "%s in %s", m.Text, body)
		}
	}
}
