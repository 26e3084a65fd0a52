package scan

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/discover"
)

// register is a frontier that writes down who came in, over a list that is decided.
type register struct {
	list  []string
	got   []string
	begun []string
}

func (r *register) Enter(v discover.Visitor) {
	s := v.Name
	if v.First != "" {
		s += " from " + v.First
	}
	if v.Limit > 0 {
		s += fmt.Sprintf(" for %d", v.Limit)
	}
	r.got = append(r.got, s)
}

func (r *register) BeginAgain(name, address string) { r.begun = append(r.begun, name+" from "+address) }

func (r *register) Order() (keys []string) {
	for _, u := range r.list {
		keys = append(keys, discover.Key(u))
	}
	return keys
}

const origin = "https://a.test"

func registered(states []crawler.Consent, looks ...string) (*register, *schedule) {
	r := &register{list: []string{origin + "/", origin + "/a", origin + "/b", origin + "/c", origin + "/d"}}
	s := newSchedule(r, states, looks...)
	s.start()
	return r, s
}

var allStates = []crawler.Consent{crawler.Unasked, crawler.Rejected, crawler.Accepted}

var (
	noDialog = &crawler.Dialog{}
	dialog   = &crawler.Dialog{Seen: true}
)

func done(profile, path string, d *crawler.Dialog) *crawler.Page {
	return &crawler.Page{Task: crawler.Task{URL: origin + path, Profile: profile}, Outcome: crawler.Complete, Dialog: d}
}

func TestWithoutDialogASecondVisitorComparesAFewPages(t *testing.T) {
	r, s := registered(allStates)
	require.Equal(t, []string{"unasked"}, r.got)
	s.page(done("unasked", "/", noDialog))
	assert.Equal(t, []string{"unasked", "unasked-2 for 3"}, r.got)
}

func TestWithDialogEveryStateHasItsVisitorWhoBeginsOnThePageThatShowedIt(t *testing.T) {
	r, s := registered(allStates)
	s.page(done("unasked", "/", dialog))
	assert.Equal(t, []string{"unasked", "rejected from https://a.test/", "accepted from https://a.test/"}, r.got)
	s.page(done("unasked", "/a", dialog))
	assert.Len(t, r.got, 3, "once")
}

// Whichever page ends first, the states are opened by the first in the list that shows a dialog.
func TestADialogOnAnyPageOpensTheStates(t *testing.T) {
	shows := map[string]*crawler.Dialog{"/": noDialog, "/a": noDialog, "/b": dialog, "/c": dialog, "/d": noDialog}
	for _, order := range [][]string{{"/", "/a", "/b", "/c", "/d"}, {"/d", "/c", "/b", "/a", "/"}, {"/c", "/", "/d", "/b", "/a"}} {
		r, s := registered(allStates)
		for _, path := range order {
			s.page(done("unasked", path, shows[path]))
		}
		for _, path := range []string{"/b", "/", "/a"} {
			s.page(done("unasked-2", path, noDialog))
		}
		assert.Equal(t, []string{"unasked", "unasked-2 for 3", "rejected from https://a.test/b", "accepted from https://a.test/b"}, r.got, "%v", order)
	}
}

// A start page that takes its time decides all the same: light pages without a dialog do not.
func TestASlowStartPageWithADialogIsWaitedFor(t *testing.T) {
	r, s := registered(allStates)
	s.page(done("unasked", "/a", noDialog))
	s.page(done("unasked", "/b", noDialog))
	assert.Equal(t, []string{"unasked"}, r.got)
	s.page(done("unasked", "/", dialog))
	assert.Equal(t, []string{"unasked", "rejected from https://a.test/", "accepted from https://a.test/"}, r.got)
}

func TestADialogThatOnlyAnotherVisitorIsShownOpensTheStates(t *testing.T) {
	r, s := registered(append(slices.Clone(allStates), crawler.GPC), "phone")
	s.page(done("unasked", "/", noDialog))
	s.page(done("unasked-phone", "/", dialog))
	assert.Equal(t, []string{"unasked", "unasked-phone", "gpc", "gpc-phone", "unasked-2 for 3", "rejected from https://a.test/",
		"rejected-phone from https://a.test/", "accepted from https://a.test/", "accepted-phone from https://a.test/"}, r.got)
}

func TestAVisitorWhoIsNotShownTheDialogBeginsOnAnotherPage(t *testing.T) {
	r, s := registered(allStates)
	for _, path := range []string{"/", "/a", "/b", "/c", "/d"} {
		s.page(done("unasked", path, dialog))
	}
	s.page(done("accepted", "/", noDialog))
	s.page(done("rejected", "/", dialog))
	s.page(done("accepted", "/a", noDialog))
	s.page(done("accepted", "/b", noDialog))
	assert.Equal(t, []string{"accepted from https://a.test/a", "accepted from https://a.test/b"}, r.begun, "three pages, and no more")
}

func TestOneStateAsksNothing(t *testing.T) {
	r, s := registered([]crawler.Consent{crawler.Accepted})
	s.page(done("accepted", "/", dialog))
	assert.Equal(t, []string{"accepted"}, r.got)
}

func TestAPageThatIsNotThereDecidesNothing(t *testing.T) {
	r, s := registered(allStates)
	p := done("unasked", "/", nil)
	p.Outcome = crawler.Failed
	s.page(p)
	assert.Equal(t, []string{"unasked"}, r.got)
	s.page(done("unasked", "/a", dialog))
	assert.Equal(t, []string{"unasked", "rejected from https://a.test/a", "accepted from https://a.test/a"}, r.got)
}

func TestStatesAreNamed(t *testing.T) {
	got, err := ParseStates([]string{"unasked", "gpc"})
	require.NoError(t, err)
	assert.Equal(t, []crawler.Consent{crawler.Unasked, crawler.GPC}, got)
	_, err = ParseStates([]string{"yes"})
	assert.ErrorContains(t, err, "unasked, rejected, accepted, gpc")
}
