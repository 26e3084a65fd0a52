package shown

import (
	"cmp"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
)

// authSessions are the services of Auth.js that answer with nothing if nobody is signed in
// (https://next-auth.js.org/getting-started/rest-api).
var authSessions = regexp.MustCompile(`/auth/session$`)

// saysNobody reports whether an answer that is no error by its status says in its body that nobody is signed in.
func saysNobody(address string, r *crawler.Response) bool {
	if r.Status >= http.StatusBadRequest || r.Status == 0 || len(r.Body.Inline) == 0 || r.Body.Cut {
		return false
	}
	var top any
	if json.Unmarshal(r.Body.Inline, &top) != nil {
		return false
	}
	said, _ := top.(map[string]any)
	if authSessions.MatchString(pathOf(address)) && len(said) == 0 && (top == nil || said != nil) {
		return true
	}
	return refusesWho(said, whoami.MatchString(pathOf(address)), 0)
}

// refusesWho looks through the outer objects of such an answer. who: it is the answer to who is signed in.
func refusesWho(said map[string]any, who bool, depth int) bool {
	for name, value := range said {
		switch plain := strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name)); plain {
		case "authenticated", "isauthenticated", "loggedin", "isloggedin", "signedin", "issignedin":
			if value == false {
				return true
			}
		case "isguest", "isanonymous", "guest", "anonymous":
			if who && value == true {
				return true
			}
		case "code", "status", "statuscode", "error", "errorcode", "type", "reason":
			if isRefusal(value) || depth < 2 && refusesIn(value, who, depth) {
				return true
			}
		case "errors", "extensions", "data", "result", "meta":
			_, list := value.([]any)
			entries := list && plain != "errors" // those of a catalogue have codes of their own
			if !entries && depth < 2 && refusesIn(value, who, depth) {
				return true
			}
		}
	}
	user, has := said["user"]
	return who && has && user == nil && len(said) == 1
}

// refusesIn looks into an object, or the first objects of a list.
func refusesIn(value any, who bool, depth int) bool {
	switch v := value.(type) {
	case map[string]any:
		return refusesWho(v, who, depth+1)
	case []any:
		return slices.ContainsFunc(v[:min(len(v), 5)], func(e any) bool {
			m, _ := e.(map[string]any)
			return m != nil && refusesWho(m, who, depth)
		})
	}
	return false
}

// refusals are the codes by which services say it.
var refusals = regexp.MustCompile(`(?i)^(401|unauthenticated|unauthori[sz]ed|not[-_ ]?(authenticated|logged[-_ ]?in|signed[-_ ]?in)|` +
	`(login|auth(entication)?|sign[-_ ]?in)[-_ ]?required|(session|token|jwt)[-_ ]?(has[-_ ])?(expired|invalid)|(invalid|expired)[-_ ]?(session|token))$`)

func isRefusal(value any) bool {
	switch v := value.(type) {
	case string:
		return refusals.MatchString(cmp.Or(strings.TrimSpace(v), "-"))
	case float64:
		return v == http.StatusUnauthorized
	}
	return false
}
