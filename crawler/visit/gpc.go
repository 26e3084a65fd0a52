package visit

import (
	"context"
	"errors"

	"github.com/tagscan/tagscan/crawler"
)

// gpcFeatures switch Global Privacy Control on in Chrome for all that it does: the request header Sec-GPC, and
// navigator.globalPrivacyControl in documents and workers (https://w3c.github.io/gpc/).
const gpcFeatures = "--enable-features=GlobalPrivacyControl,GlobalPrivacyControlForce"

// of returns the visitor for a task: v itself, or for the state gpc one with a browser of its own, for Global Privacy
// Control holds for a whole browser.
func (v *Visitor) of(t crawler.Task) *Visitor {
	if t.Consent != crawler.GPC || v.parent != nil {
		return v
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.gpc == nil {
		o := v.o
		o.Chrome.Args = append(o.Chrome.Args[:len(o.Chrome.Args):len(o.Chrome.Args)], gpcFeatures)
		o.AfterLoad = checkGPC(o.AfterLoad)
		v.gpc = &Visitor{o: o, info: v.info, parent: v, tabs: v.tabs, ready: v.ready, closed: v.closed}
	}
	return v.gpc
}

// checkGPC makes visits partial in a browser that is too old to know Global Privacy Control, and then does next.
func checkGPC(next func(context.Context, *Tab) error) func(context.Context, *Tab) error {
	return func(ctx context.Context, t *Tab) error {
		var on bool
		err := t.Evaluate(ctx, `navigator.globalPrivacyControl === true`, &on)
		if err == nil && !on {
			err = errors.New("the browser does not say Global Privacy Control; take a newer one")
		}
		if next == nil {
			return err
		}
		return errors.Join(err, next(ctx, t))
	}
}
