// Package record turns what the browser's protocol says into crawler events: it attaches to every target before it runs
// and joins the evidence of several protocol domains and of Chrome's network log into one request. It does not steer the
// page (package visit does), does not keep what it recorded (package capture does) and does not judge it.
package record
