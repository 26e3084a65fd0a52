// Package crawler holds the facts of a crawl: what was asked for (Task), and what the browser was seen to do (Event: a
// page visited, a request that left, a script that ran, a cookie or storage entry that was set). Its subpackages make
// these facts; this package only names them and imports nothing of ours. It draws no conclusion: who receives a request
// and what its payload means is said in package detect.
//
// # Words
//
// The words below mean the same in every package of this folder; where the field has a term, it is that term.
//
//	run          one scan, and the directory it leaves
//	task         one URL to be visited in one consent state
//	profile      one visitor: a browser of its own with its cookies and storage; one for each consent state, and a second
//	             one without a choice for the comparison of visitors
//	visit        one page opened, settled, used and left by one profile
//	route        the folded URL: what differs from page to page of one kind is replaced ("/product/{n}")
//	target       what the browser runs apart: a page, a frame of another site, a worker (Chrome DevTools Protocol)
//	event        one fact on the stream of a capture
//	capture      the stream of events on disk, with long bodies beside it as blobs by their SHA-256
//	evidence     what one source says of a request: protocol, interception, network log, answer
//	witness      such a source, where it is about whose request it is
//	initiator    what caused a request: a stack, a parser, another request
//	unload       what runs while a page goes; "leaving" and "leaver" in names are about requests sent then
//	pending      expected and not here yet; "owed" in names
//	settle       to wait until a page does nothing more of interest
//	gap          something that was not seen, read or proven, as a value
//	wall         a page that stands in for the one asked for: bot protection, a queue, a log-in
package crawler
