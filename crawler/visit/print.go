package visit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"

	"github.com/tagscan/tagscan/crawler/chrome"
)

// printTimeout bounds the printing of a document: 2,000 flows take a few seconds.
const printTimeout = 90 * time.Second

// Print returns an HTML document as PDF, A4, as the document's own print style wants it. The document is put into an empty
// page without scripts, so nothing is loaded for it.
func Print(ctx context.Context, o chrome.Options, html []byte) (pdf []byte, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, printTimeout, fmt.Errorf("printing took %v", printTimeout))
	defer cancel()
	b, err := chrome.Launch(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("print: %w", err)
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	tab, err := cdp.Call(ctx, b.Session(), target.CreateTarget, target.CreateTargetParams{URL: "about:blank"})
	if err != nil {
		return nil, fmt.Errorf("print: %w", err)
	}
	at, err := cdp.Call(ctx, b.Session(), target.AttachToTarget, target.AttachToTargetParams{TargetID: tab.TargetID, Flatten: new(true)})
	if err != nil {
		return nil, fmt.Errorf("print: %w", err)
	}
	s := b.Target(at.SessionID)
	if _, err := cdp.Call(ctx, s, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		return nil, fmt.Errorf("print: %w", err)
	}
	tree, err := cdp.Call(ctx, s, page.GetFrameTree, cdp.Empty{})
	if err != nil {
		return nil, fmt.Errorf("print: %w", err)
	}
	if _, err := cdp.Call(ctx, s, page.SetDocumentContent, page.SetDocumentContentParams{FrameID: tree.FrameTree.Frame.ID, HTML: string(html)}); err != nil {
		return nil, fmt.Errorf("print: %w", err)
	}
	res, err := cdp.Call(ctx, s, page.PrintToPDF, page.PrintToPDFParams{PrintBackground: new(true), PreferCSSPageSize: new(true)})
	if err != nil {
		return nil, fmt.Errorf("print: %w", err)
	}
	return res.Data, nil
}
