package scan

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
)

func sawPages(s *states, profile string, c crawler.Consent, n int, d *crawler.Dialog) {
	for i := range n {
		u := fmt.Sprintf("https://a.test/%d", i)
		s.page(&crawler.Page{Task: crawler.Task{URL: u, Profile: profile, Consent: c}, URL: u, Dialog: d})
	}
}

func TestAStateThatWasHardlyVisited(t *testing.T) {
	full := []string{"unasked", "accepted", "rejected"}
	dialog := &crawler.Dialog{Seen: true}
	s := newStates(allStates)
	sawPages(s, "unasked", crawler.Unasked, 20, dialog)
	sawPages(s, "accepted", crawler.Accepted, 15, dialog)
	sawPages(s, "unasked-2", crawler.Unasked, 3, dialog)
	s.opened("rejected", crawler.Rejected)
	gaps := s.gaps(full)
	require.Len(t, gaps, 1)
	assert.Equal(t, crawler.Gap{Kind: crawler.GapState, Profile: "rejected", Consent: crawler.Rejected, Count: 20,
		Text: `a page that the first visitor saw was not visited in the state "rejected" (0 of 20 were)`}, gaps[0])
}

func TestAStateThatNobodyVisitedAlthoughThereIsADialog(t *testing.T) {
	s := newStates(allStates)
	sawPages(s, "unasked", crawler.Unasked, 3, nil)
	assert.Empty(t, s.gaps([]string{"unasked"}), "there is nothing to choose")
	sawPages(s, "unasked", crawler.Unasked, 1, &crawler.Dialog{Seen: true})
	gaps := s.gaps([]string{"unasked"})
	require.Len(t, gaps, 2)
	assert.Equal(t, crawler.Rejected, gaps[0].Consent)
	assert.Equal(t, crawler.Accepted, gaps[1].Consent)
}

func TestStatesThatWereVisitedAreNoGap(t *testing.T) {
	s := newStates(allStates)
	for _, c := range allStates {
		sawPages(s, string(c), c, 4, &crawler.Dialog{Seen: true})
	}
	assert.Empty(t, s.gaps([]string{"unasked", "accepted", "rejected"}))
	assert.Empty(t, newStates(allStates).gaps(nil))
}

func TestAStateThatCannotBeChosenIsToldIfItWasNamed(t *testing.T) {
	visited := func(wanted ...crawler.Consent) []crawler.Gap {
		s := newStates(wanted)
		s.page(&crawler.Page{Task: crawler.Task{URL: "https://a.example/", Profile: "x", Consent: wanted[0]}, URL: "https://a.example/"})
		return s.gaps(nil)
	}
	named := visited(crawler.Rejected)
	require.Len(t, named, 1)
	assert.Equal(t, crawler.GapState, named[0].Kind)
	assert.Equal(t, crawler.Rejected, named[0].Consent)
	assert.Empty(t, visited(allStates...), "who asks for all states that there are gets those")
	assert.Empty(t, visited(crawler.GPC), "it needs no dialog")
}

// The only dialog of a site may be one that a recording passes before its visitor's first page.
func TestDialogsOfARecordingCount(t *testing.T) {
	wanted := []crawler.Consent{crawler.Rejected}
	task := crawler.Task{URL: "https://a.example/", Profile: "rejected", Consent: crawler.Rejected, Via: viaFlow}
	s := newStates(wanted)
	s.flow(&crawler.Page{Task: task, URL: task.URL, Dialog: &crawler.Dialog{Seen: true, Action: crawler.Rejected}})
	sawPages(s, "rejected", crawler.Rejected, 3, &crawler.Dialog{})
	assert.Empty(t, s.gaps([]string{"rejected"}))

	s = newStates(wanted)
	s.flow(&crawler.Page{Task: task, URL: task.URL, Dialog: &crawler.Dialog{}})
	sawPages(s, "rejected", crawler.Rejected, 3, &crawler.Dialog{})
	assert.Len(t, s.gaps([]string{"rejected"}), 1, "nobody was asked")
}

func TestStatesThatWereNotTriedBecauseARecordingFailed(t *testing.T) {
	for reason, want := range map[string]int{
		"flow: step 2 (change #user): the field does not hold what was typed into it":               2,
		"timeout: step; flow: step 2 (click #go): nothing that can be seen matched one of [] in 5s": 2,
		"": 0, "timeout: no load event after 30s": 0,
	} {
		s := newStates([]crawler.Consent{crawler.Unasked, crawler.Rejected, crawler.Accepted})
		task := crawler.Task{URL: "https://a.example/", Profile: "unasked", Consent: crawler.Unasked, Via: viaFlow}
		s.flow(&crawler.Page{Task: task, URL: task.URL, Outcome: crawler.Partial, Reason: reason})
		sawPages(s, "unasked", crawler.Unasked, 3, nil)
		gaps := s.gaps([]string{"unasked"})
		require.Len(t, gaps, want, reason)
		for i, state := range []crawler.Consent{crawler.Rejected, crawler.Accepted}[:want] {
			assert.Equal(t, crawler.Gap{Kind: crawler.GapState, Consent: state, Text: fmt.Sprintf(
				"the recording failed before it could be told whether there is a consent dialog, and the state %q was not visited", state)}, gaps[i])
		}
	}
}
