package scan

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
)

// list is a frontier that takes everything once.
type list struct{ got []string }

func (l *list) Add(tasks ...crawler.Task) int {
	n := 0
	for _, t := range tasks {
		id := t.Profile + " " + t.URL
		new := true
		for _, g := range l.got {
			new = new && g != id
		}
		if new {
			l.got = append(l.got, id)
			n++
		}
	}
	return n
}

var allStates = []crawler.Consent{crawler.Unasked, crawler.Rejected, crawler.Accepted}

func done(profile, url string, d *crawler.Dialog) *crawler.Page {
	return &crawler.Page{Task: crawler.Task{URL: url, Profile: profile}, Outcome: crawler.Complete, Dialog: d}
}

func TestWithoutDialogASecondVisitorComparesAFewPages(t *testing.T) {
	var l list
	s := newSchedule(&l, allStates)
	s.start(crawler.Task{URL: "/"})
	require.Equal(t, []string{"unasked /"}, l.got)
	s.page(done("unasked", "/", &crawler.Dialog{}), []string{"/a", "/b", "/c", "/d"})
	assert.Equal(t, []string{"unasked /", "unasked /a", "unasked /b", "unasked /c", "unasked /d",
		"unasked-2 /", "unasked-2 /a", "unasked-2 /b"}, l.got)
}

func TestTheSecondVisitorIsOverWhenItHasComparedEnough(t *testing.T) {
	var l list
	s := newSchedule(&l, allStates)
	s.start(crawler.Task{URL: "/"})
	s.page(done("unasked", "/", &crawler.Dialog{}), []string{"/a", "/b", "/c"})
	for _, url := range []string{"/", "/a", "/b"} {
		assert.False(t, s.over("unasked-2"), url)
		s.page(done("unasked-2", url, &crawler.Dialog{}), nil)
	}
	assert.True(t, s.over("unasked-2"))
	assert.False(t, s.over("unasked"), "there may be more")
}

func TestWithDialogEveryStateHasItsVisitorAndChoosesOnItsFirstPage(t *testing.T) {
	var l list
	s := newSchedule(&l, allStates)
	s.start(crawler.Task{URL: "/"})
	s.page(done("unasked", "/", &crawler.Dialog{Seen: true}), []string{"/a"})
	assert.Equal(t, []string{"unasked /", "unasked /a", "rejected /", "accepted /"}, l.got, "no second page before the choice")
	s.page(done("accepted", "/", &crawler.Dialog{Seen: true, Action: crawler.Accepted}), []string{"/b"})
	assert.Equal(t, []string{"unasked /b", "accepted /a", "accepted /b"}, l.got[4:])
	s.page(done("rejected", "/", nil), nil)
	assert.Equal(t, []string{"rejected /a", "rejected /b"}, l.got[7:])
}

func TestEveryStateIsVisitedInEveryLook(t *testing.T) {
	var l list
	s := newSchedule(&l, allStates, "phone", "de-DE")
	s.start(crawler.Task{URL: "/"})
	assert.Equal(t, []string{"unasked /", "unasked-phone /", "unasked-de-DE /"}, l.got)
	s.page(done("unasked-phone", "/", &crawler.Dialog{Seen: true}), nil)
	assert.Equal(t, []string{"rejected /", "rejected-phone /", "rejected-de-DE /", "accepted /", "accepted-phone /", "accepted-de-DE /"}, l.got[3:])
	s.page(done("accepted-phone", "/", nil), []string{"/a"})
	assert.Contains(t, l.got, "accepted-phone /a")
	assert.NotContains(t, l.got, "accepted /a", "it has not chosen yet")
}

func TestOneStateAsksNothing(t *testing.T) {
	var l list
	s := newSchedule(&l, []crawler.Consent{crawler.Accepted})
	s.start(crawler.Task{URL: "/"}, crawler.Task{URL: "/x"})
	assert.Equal(t, []string{"accepted /"}, l.got)
	s.page(done("accepted", "/", &crawler.Dialog{Seen: true}), []string{"/a"})
	assert.Equal(t, []string{"accepted /", "accepted /x", "accepted /a"}, l.got)
}

func TestAFailedFirstPageDecidesNothing(t *testing.T) {
	var l list
	s := newSchedule(&l, allStates)
	s.start(crawler.Task{URL: "/"}, crawler.Task{URL: "/x"})
	p := done("unasked", "/", nil)
	p.Outcome = crawler.Failed
	s.page(p, nil)
	assert.Equal(t, []string{"unasked /", "unasked /x"}, l.got)
	s.page(done("unasked", "/x", &crawler.Dialog{Seen: true}), nil)
	assert.Equal(t, []string{"rejected /", "accepted /"}, l.got[2:])
}

func TestStatesAreNamed(t *testing.T) {
	got, err := ParseStates([]string{"unasked", "gpc"})
	require.NoError(t, err)
	assert.Equal(t, []crawler.Consent{crawler.Unasked, crawler.GPC}, got)
	_, err = ParseStates([]string{"yes"})
	assert.ErrorContains(t, err, "unasked, rejected, accepted, gpc")
}
