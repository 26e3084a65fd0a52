// Package har reads and writes HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/): a file of a browser, proxy or
// test tool becomes the same stream of events that a capture is, and a capture becomes a file that those tools open. What a
// file does not hold is said as a gap. It needs no browser.
package har
