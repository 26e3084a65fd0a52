package consent

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tagscan/tagscan/crawler"
)

func TestControlsAreSetAsTheChoiceWants(t *testing.T) {
	list := []control{
		{N: 0, Type: "box", On: true, Label: "Strictly necessary"},
		{N: 1, Type: "box", On: true, Label: "Statistics"},
		{N: 2, Type: "box", Label: "Marketing"},
		{N: 3, Type: "box", On: true, Fixed: true, Label: "Security"},
		{N: 4, Type: "radio", On: true, Label: "Alle Cookies zulassen"},
		{N: 5, Type: "radio", Label: "Nur notwendige"},
		{N: 6, Type: "radio", On: true, Label: "Tracking", Value: "on"},
		{N: 7, Type: "radio", Label: "Tracking", Value: "off"},
		{N: 8, Type: "radio", Label: "Blue", Value: "blue"},
	}
	_, open := unanswered(list, crawler.Rejected)
	assert.False(t, open)
	_, open = unanswered(append(list, control{Type: "radio", On: true, Group: "x", Label: "Ünknøwn"}), crawler.Rejected)
	assert.True(t, open, "to save a question that was not understood is no refusal")
	numbers := func(cs []control) (out []int) {
		for _, c := range cs {
			out = append(out, c.N)
		}
		return out
	}
	assert.Equal(t, []int{1, 5, 7}, numbers(toClick(list, crawler.Rejected)))
	assert.Equal(t, []int{2}, numbers(toClick(list, crawler.Accepted)))
}
