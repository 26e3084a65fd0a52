package chrome_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler/chrome"
)

func TestLaunchProvesItsSandboxAndLeavesNothing(t *testing.T) {
	for _, kind := range []string{chrome.KindChrome, chrome.KindHeadlessShell} {
		t.Run(kind, func(t *testing.T) {
			bin, err := chrome.Find(chrome.FindOptions{Kind: kind})
			require.NoError(t, err)
			start := time.Now()
			b, err := chrome.Launch(t.Context(), chrome.Options{Binary: bin})
			require.NoError(t, err)
			t.Log(time.Since(start), b.Info(), b.Memory()>>20)
			assert.Equal(t, "userns+pidns+netns+seccomp", b.Info().Sandbox)
			v, err := cdp.Call(context.Background(), b.Session(), browser.GetVersion, cdp.Empty{})
			require.NoError(t, err)
			t.Log(v)
			start = time.Now()
			require.NoError(t, b.Close())
			t.Log(time.Since(start))
			_, err = os.Stat(b.Profile())
			assert.ErrorIs(t, err, os.ErrNotExist)
		})
	}
}
