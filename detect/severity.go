package detect

import (
	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/rule"
)

// Reasons why a finding is graded differently from its class.
const (
	inURL         = "in a URL"
	beforeConsent = "before consent"
	afterRefusal  = "after refusal"
	whileTyping   = "while typing, before submit"
	isMasked      = "masked"
	isKeyed       = "hashed with a secret key"
)

// Weighs tells what a reason of a finding did to its severity: 1 raised it by a step, -1 lowered it, and 0 is a reason that only says
// what else is known of the value.
func Weighs(reason string) int {
	switch reason {
	case inURL, beforeConsent, afterRefusal, whileTyping:
		return 1
	case isMasked, isKeyed:
		return -1
	}
	return 0
}

// circumstance is what grading needs to know beside the class.
type circumstance struct {
	where      decode.Where
	referer    bool // in the Referer header: lands in logs as a URL does
	consent    crawler.Consent
	unanswered bool // a consent dialog was there, and not answered when the request was sent
	phase      crawler.Phase
	form       Form
	keyed      bool // hashed with a secret that the recipient does not have
}

// grade is the severity of a datum in its circumstances: that of its class; one up in a URL, before consent or after
// refusal, and while typing; one down if masked or hashed with a key. What is only information stays information.
func grade(base rule.Severity, c circumstance) (rule.Severity, []string) {
	if base == rule.Info {
		return base, nil
	}
	var reasons []string
	s := base
	up := func(why string) { s++; reasons = append(reasons, why) }
	if c.where == decode.Query || c.where == decode.Path || c.referer {
		up(inURL)
	}
	switch {
	case c.unanswered:
		up(beforeConsent)
	case c.consent == crawler.Rejected, c.consent == crawler.GPC, c.consent == crawler.Withdrawn:
		up(afterRefusal)
	}
	if c.phase == crawler.Typing {
		up(whileTyping)
	}
	down := func(why string) { s--; reasons = append(reasons, why) }
	if c.form == Masked {
		down(isMasked)
	}
	if c.keyed {
		down(isKeyed)
	}
	return min(max(s, rule.Low), rule.Critical), reasons
}

// oneReason are the classes of which a name alone is a weak proof: many things have an id, a number or an amount. What is not
// certain of them stays at its class's own severity at most, however many circumstances speak for more.
var oneReason = map[rule.Class]bool{
	rule.ClientID: true, rule.SyncedID: true, rule.UserID: true, rule.Username: true, rule.OrgID: true, rule.ClickID: true,
	rule.Search: true, rule.Purchase: true, rule.IP: true,
}

// restrained keeps a severity that only the circumstances make high from what one reason alone speaks for: the name of a field, or
// a value that some storage holds.
func restrained(s rule.Severity, class rule.Class, known Known, sure Confidence) rule.Severity {
	if sure == Certain || known == ByPersona || known == ByObserved || !oneReason[class] {
		return s
	}
	return min(s, classSeverity(class))
}

// classSeverity is the severity of the plain datum in a body, with consent.
func classSeverity(c rule.Class) rule.Severity {
	info, _ := rule.InfoOf(c)
	return info.Severity
}
