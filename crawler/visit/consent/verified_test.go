package consent

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tagscan/tagscan/crawler"
)

// A visit is verified only in its own state: by the choice that its task wants, and if nobody asks about it again.
func TestOnlyTheTasksOwnChoiceIsVerified(t *testing.T) {
	for name, c := range map[string]struct {
		want, chose crawler.Consent
		dialog      crawler.Dialog
		record      string
		verified    bool
		state       string
	}{
		"pressed and recorded":         {crawler.Rejected, crawler.Rejected, crawler.Dialog{Seen: true, Action: crawler.Rejected}, oneTrustNo, true, "rejected"},
		"a further page, not asked":    {crawler.Rejected, crawler.Rejected, crawler.Dialog{}, oneTrustNo, true, "rejected"},
		"pressed once more":            {crawler.Rejected, crawler.Rejected, crawler.Dialog{Seen: true, Action: crawler.Rejected, Again: true}, oneTrustNo, false, "unknown"},
		"asked again, nothing pressed": {crawler.Rejected, crawler.Rejected, crawler.Dialog{Seen: true}, oneTrustNo, false, "unknown"},
		"recorded the opposite":        {crawler.Rejected, crawler.Rejected, crawler.Dialog{Seen: true, Action: crawler.Rejected}, oneTrustYes, false, "unknown"},
		"accepted in order to withdraw": {
			crawler.Withdrawn, crawler.Accepted, crawler.Dialog{Seen: true, Action: crawler.Accepted}, oneTrustYes, false, "accepted",
		},
		"no way to withdraw":  {crawler.Withdrawn, crawler.Accepted, crawler.Dialog{}, oneTrustYes, false, "accepted"},
		"withdrawn":           {crawler.Withdrawn, crawler.Withdrawn, crawler.Dialog{Seen: true, Action: crawler.Withdrawn}, oneTrustNo, true, "withdrawn"},
		"withdrawn and asked": {crawler.Withdrawn, crawler.Withdrawn, crawler.Dialog{Seen: true}, oneTrustNo, true, "withdrawn"},
	} {
		a := &answer{want: c.want, visitor: visitor{chose: c.chose}, page: &crawler.Page{
			Task: crawler.Task{Consent: c.want}, Dialog: &c.dialog, Records: cookies(crawler.AtLeaving, map[string]string{"OptanonConsent": c.record}),
		}}
		a.judge()
		assert.Equal(t, c.verified, c.dialog.Verified, name)
		assert.Equal(t, c.state, a.state(), name)
	}
}
