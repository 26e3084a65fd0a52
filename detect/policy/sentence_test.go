package policy

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
)

// The sentence says what is known. Where gaps could hide something it never reads like a clean result, whatever the policy lets pass.
func TestTheSentenceSaysWhatIsKnown(t *testing.T) {
	sent := flow(t, "x analytics US | contact.email | accepted | https://a.example/ | plain | body | high")
	chosen := flow(t, "x analytics US | consent.state | accepted | https://a.example/ | plain | query | info")
	for name, tt := range map[string]struct {
		policy string
		flows  []detect.Flow
		gaps   []crawler.Gap
		result Result
		want   string
	}{
		"only what was chosen": {"", []detect.Flow{chosen}, nil, Pass,
			"No third party was sent anything that identifies a person."},
		"clean": {"policy: {fail_on: never}", nil, nil, Pass, "No third party was sent anything that identifies a person."},
		"not judged": {"policy: {fail_on: never}", []detect.Flow{sent}, nil, Pass,
			"1 third party received identifying data, by 1 flow that nobody agreed to; nothing of it is judged (fail_on: never)."},
		"not judged, agreed": {"policy: {fail_on: never, allow: [{recipient: x}]}", []detect.Flow{sent}, nil, Pass,
			"1 third party received identifying data; nothing of it is judged (fail_on: never)."},
		"not judged, blind": {"policy: {fail_on: never}", []detect.Flow{sent}, gaps(crawler.GapWall), Incomplete,
			"1 third party received identifying data, by 1 flow that nobody agreed to, of which nothing is judged (fail_on: never), " +
				"but not enough was seen to call it clean: 1 gap."},
		"blind, nothing seen": {"policy: {fail_on: never}", nil, gaps(crawler.GapWall, crawler.GapBody), Incomplete,
			"Nothing against the policy was seen, but not enough was seen to call it clean: 2 gaps."},
		"forgiven": {"policy: {fail_on: never, incomplete_on: ['!all']}", nil, gaps(crawler.GapWall), Pass,
			"No third party was seen to be sent anything that identifies a person, but not everything was seen. " +
				"1 gap that this policy lets pass could hide more."},
		"forgiven, agreed": {"policy: {incomplete_on: ['!all'], allow: [{recipient: x}]}", []detect.Flow{sent}, gaps(crawler.GapBody, crawler.GapWall), Pass,
			"Everything that was sent is agreed to; 1 third party received identifying data. 2 gaps that this policy lets pass could hide more."},
		"what hides nothing": {"policy: {fail_on: never}", nil, gaps(crawler.GapPageMissing, crawler.GapNotVisited), Pass,
			"No third party was sent anything that identifies a person."},
	} {
		cfg, err := Parse("x.yaml", []byte(tt.policy))
		require.NoError(t, err, name)
		v := Judge(Input{Flows: tt.flows, Gaps: tt.gaps, Pages: complete}, cfg, nil, now)
		assert.Equal(t, tt.result, v.Result, name)
		assert.Equal(t, tt.want, v.Sentence, name)
	}
}

// Who asked for eight addresses is told which of them led elsewhere; of other gaps some places are enough.
func TestWhatWasAskedForIsNamedWhole(t *testing.T) {
	var in []crawler.Gap
	for _, kind := range []crawler.GapKind{crawler.GapLedElsewhere, crawler.GapPageMissing} {
		for i := range 8 {
			in = append(in, crawler.Gap{Kind: kind, Where: string(rune('a' + i)), Text: "for the test"})
		}
	}
	v := Judge(Input{Gaps: in, Pages: complete}, nil, nil, now)
	require.Len(t, v.Gaps, 2)
	assert.Len(t, v.Gaps[0].Where, 8)
	assert.Len(t, v.Gaps[1].Where, maxWhere)
	assert.Equal(t, 3, v.Gaps[1].More)
}
