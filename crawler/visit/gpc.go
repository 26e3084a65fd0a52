package visit

import (
	"context"
	"errors"
)

// gpcFeatures switch Global Privacy Control on in Chrome for all that it does: the request header Sec-GPC, and
// navigator.globalPrivacyControl in documents and workers (https://w3c.github.io/gpc/).
const gpcFeatures = "--enable-features=GlobalPrivacyControl,GlobalPrivacyControlForce"

// checkGPC reports a browser that is too old to know Global Privacy Control.
func checkGPC(ctx context.Context, t *Tab) error {
	var on bool
	if err := t.Evaluate(ctx, `navigator.globalPrivacyControl === true`, &on); err != nil {
		return err
	}
	if !on {
		return errors.New("the browser does not say Global Privacy Control; take a newer one")
	}
	return nil
}
