package visit

import (
	"context"
	"time"
)

// againJS gives a page's speculation rules once more: what Chrome did not begin with the first time, because the page lay
// behind others, it begins now.
const againJS = `for (const s of document.querySelectorAll('script[type=speculationrules]')) { const n = document.createElement('script'); n.type = s.type; n.nonce = s.nonce; n.textContent = s.textContent; s.replaceWith(n) } void 0`

// speculateWait is the real time that a page stays in front for what its rules fetch ahead to begin.
const speculateWait = 300 * time.Millisecond

// speculate lets the rules by which a page has others prefetched and prerendered take effect. Chrome follows them only for
// the page in front of a window, so pages with rules are put there, one after the other.
func (p *visit) speculate(ctx context.Context) error {
	rules := p.tab.rec.State().RuleSets
	if rules <= p.speculated {
		return nil
	}
	p.e.front.Lock()
	defer p.e.front.Unlock()
	ctx, cancel := context.WithTimeout(ctx, p.e.browser.Patient(evalTimeout))
	defer cancel()
	p.tab.front = true
	if err := p.tab.rec.Main().Call(ctx, "Page.bringToFront", nil, nil); err != nil {
		return err
	}
	if err := p.tab.Evaluate(ctx, againJS, nil); err != nil {
		return err
	}
	for deadline := time.Now().Add(p.e.browser.Patient(speculateWait)); time.Now().Before(deadline); {
		if err := p.tab.clock.grant(ctx, 20*time.Millisecond); err != nil {
			return err
		}
		if err := p.tab.clock.pause(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
	// The rules that were given again count as given.
	p.speculated = p.tab.rec.State().RuleSets
	return nil
}
