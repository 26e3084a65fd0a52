package visit

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
)

// blurJS blurs, or with false no more, what holds what somebody typed or chose, in open shadow roots too. A constructed
// style sheet needs no leave of the page's Content-Security-Policy and leaves the document as it is.
const blurJS = `(on) => {
  const css = 'input:not([type=submit]):not([type=button]):not([type=reset]):not([type=image]):not([type=checkbox]):not([type=radio]):not([type=range]), textarea, select, [contenteditable]:not([contenteditable=false]) { filter: blur(9px) !important; }';
  const roots = [document];
  for (let i = 0; i < roots.length && roots.length < 500; i++) for (const e of roots[i].querySelectorAll('*')) if (e.shadowRoot) roots.push(e.shadowRoot);
  globalThis.tagscanBlur ??= new Map();
  for (const r of roots) {
    const old = globalThis.tagscanBlur.get(r);
    if (on && !old) {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      r.adoptedStyleSheets = [...r.adoptedStyleSheets, sheet];
      globalThis.tagscanBlur.set(r, sheet);
    } else if (!on && old) {
      r.adoptedStyleSheets = r.adoptedStyleSheets.filter((s) => s !== old);
      globalThis.tagscanBlur.delete(r);
    }
  }
  return true;
}`

// Screenshot returns a PNG of what the tab shows, form fields blurred. Where a frame cannot be blurred there is none.
func (t *Tab) Screenshot(ctx context.Context) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, t.browser.Patient(evalTimeout))
	defer cancel()
	blurred := 0
	frames := t.Frames()
	t.EvaluateAll(ctx, "("+blurJS+")(true)", func(Frame, json.RawMessage) { blurred++ })
	defer t.EvaluateAll(context.WithoutCancel(ctx), "("+blurJS+")(false)", func(Frame, json.RawMessage) {})
	if blurred < len(frames) {
		return nil, fmt.Errorf("screenshot: the form fields of %d frames could not be blurred", len(frames)-blurred)
	}
	res, err := cdp.Call(ctx, t.rec.Main(), page.CaptureScreenshot, page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatPng})
	if err != nil {
		return nil, fmt.Errorf("screenshot: %w", err)
	}
	return []byte(res.Data), nil
}
