package consent

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tagscan/tagscan/detect/rule"
)

// TestEveryKindIsExplained: a kind of contradiction has a title, a sentence, a doc and a remedy, and a rule that says it.
func TestEveryKindIsExplained(t *testing.T) {
	judged := map[ID]bool{}
	for _, r := range judgeRequest {
		judged[r.id] = true
	}
	for _, r := range judgeRecord {
		judged[r.id] = true
	}
	for _, i := range Infos {
		assert.True(t, judged[i.ID], "no rule says %s", i.ID)
		delete(judged, i.ID)
		assert.NotEmpty(t, i.Title, i.ID)
		assert.True(t, strings.HasSuffix(i.Says, ".") && strings.HasSuffix(i.Doc, ".") && strings.HasSuffix(i.Remedy, "."), "%s: sentences", i.ID)
		assert.Equal(t, i.site, !strings.Contains(i.Says, "%s"), "%s: a sentence names the recipient where there is one", i.ID)
		assert.GreaterOrEqual(t, i.Severity, rule.Low, i.ID)
	}
	assert.Empty(t, judged, "kinds that are not explained")
}
