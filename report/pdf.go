package report

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// PDF is the HTML report as it prints. The browser that prints it comes in by WriteOptions.Print.
var PDF = Format{Name: "pdf", Ext: ".pdf", Doc: "the HTML report, printed by the browser", Write: writePDF}

func writePDF(ctx context.Context, w io.Writer, m *Model, o WriteOptions) error {
	if o.Print == nil {
		return errors.New("pdf report: no browser to print with: write the HTML report and print that")
	}
	page, err := renderHTML(ctx, m, o)
	if err != nil {
		return err
	}
	pdf, err := o.Print(ctx, page)
	if err != nil {
		return fmt.Errorf("pdf report: %w", err)
	}
	if _, err := w.Write(pdf); err != nil {
		return fmt.Errorf("pdf report: %w", err)
	}
	return nil
}
