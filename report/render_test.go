package report

import (
	"bytes"
	"net/url"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func parseURL(u string) (string, error) {
	p, err := url.Parse(u)
	if err != nil {
		return "", err
	}
	return p.Hostname(), nil
}

func TestRenderAll(t *testing.T) {
	m := sampleModel()
	for _, f := range All {
		var b bytes.Buffer
		require.NoError(t, f.Write(t.Context(), &b, m, WriteOptions{Color: false, Width: 100}), f.Name)
		if dir := os.Getenv("REPORT_OUT"); dir != "" {
			require.NoError(t, os.WriteFile(dir+"/sample-"+f.Name+f.Ext, b.Bytes(), 0o644))
		}
	}
}
