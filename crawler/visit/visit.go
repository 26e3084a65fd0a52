// Package visit loads one page in one state: open, settle, behave, leave. What the browser sends meanwhile is recorded by
// package record; which pages are visited is decided by package discover.
package visit
