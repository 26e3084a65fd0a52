// Package record turns what the browser's protocol says into crawler events: it attaches to every target before it runs,
// joins the evidence of several protocol domains into one request, and keeps the capture on disk; it also reads and writes
// HAR. It does not steer the page (package visit does) and does not judge what it records.
package record
