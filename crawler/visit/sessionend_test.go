package visit

import (
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/stretchr/testify/assert"

	"github.com/tagscan/tagscan/crawler"
)

func TestASessionEndsWithItsCookies(t *testing.T) {
	const page = "https://www.app.example/orders"
	put := func(names ...string) (out []*network.CookieParam) {
		for _, n := range names {
			out = append(out, &network.CookieParam{Name: n, Value: "v", Domain: ".app.example"})
		}
		return out
	}
	jar := func(names ...string) []*network.Cookie {
		out := []*network.Cookie{}
		for _, n := range names {
			out = append(out, &network.Cookie{Name: n, Value: "v", Domain: "www.app.example"})
		}
		return out
	}
	stored := []crawler.Storage{{Origin: "https://app.example", Key: "token", Value: "v"}}
	for name, c := range map[string]struct {
		session restored
		page    string
		jar     []*network.Cookie
		ended   bool
	}{
		"it holds":                            {restored{live: put("sid")}, page, jar("sid"), false},
		"all have expired":                    {restored{expired: put("sid")}, page, jar(), true},
		"those of a counter have not":         {restored{live: put("_ga"), expired: put("sid")}, page, jar("_ga"), true},
		"those of a counter have":             {restored{live: put("sid"), expired: put("_ga", "__cf_bm")}, page, jar("sid"), false},
		"nothing but those of a counter have": {restored{expired: put("_ga")}, page, jar(), false},
		"another one is there":                {restored{live: put("refresh"), expired: put("sid")}, page, jar("refresh"), false},
		"what is stored is there":             {restored{expired: put("sid"), storage: stored}, page, jar(), false},
		"another site":                        {restored{expired: put("sid")}, "https://other.example/", jar(), false},
		"the site took it away":               {restored{live: put("sid", "theme")}, page, jar("theme"), true},
		"the site emptied it":                 {restored{live: put("sid")}, page, []*network.Cookie{{Name: "sid"}}, true},
		"another site has one of that name":   {restored{live: put("sid")}, page, []*network.Cookie{{Name: "sid", Value: "v", Domain: "other.example"}}, true},
		"the only one, of any name":           {restored{live: put("x1")}, page, jar(), true},
		"a message was shown":                 {restored{live: put("sid", "flash_token")}, page, jar("sid"), false},
		"a setting went":                      {restored{live: put("sid", "theme")}, page, jar("sid"), false},
		"nobody knows":                        {restored{live: put("sid")}, page, nil, false},
		"nothing was given":                   {restored{}, page, jar(), false},
	} {
		assert.Equal(t, c.ended, c.session.ended(c.page, c.jar) != "", name)
	}
}
