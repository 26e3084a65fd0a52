// Package detect draws conclusions from the facts of a crawl: it runs decode, rule and recipient over every request,
// compares profiles, follows stored values, merges what explains the same bytes and yields findings and flows. It reads
// facts and never makes them; whether a flow is allowed is for package policy, how it is told is for package report.
package detect
