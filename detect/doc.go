// Package detect draws conclusions from the facts of a crawl: it runs decode, rule and recipient over every request,
// compares profiles, follows stored values, merges what explains the same bytes and yields findings and flows. It reads
// facts and never makes them; whether a flow is allowed is for package policy, how it is told is for package report.
//
// An Analyzer is made once. Its Analyze judges a stream of events as it comes; its Open makes a Run of captures that can
// be read twice, and finds more: what a later page teaches (a stored identifier, the name of the signed-in user) is then
// looked for in earlier pages too, and profiles are compared.
//
// # Words
//
//	conclusion   one line of the stream that detection makes of a capture: a judged request, a finding, or a gap
//	judged       a request with its recipient, its page, its visitor and its consent state; the only answer to who received it
//	recipient    who receives a request: vendor, company, category, and how it was recognised
//	own          of the site that is scanned (first party); every other host is a third party
//	class        the kind of identifying data ("contact.email"); one row in rule/classes.go
//	form         how a value was sent: clear, hashed, masked
//	known value  a value that is looked for as it is, in all its encodings and hashes: of the persona, of storage, or learned
//	crib         a guess at how a value was disguised, tried where nothing else explains a payload (term of cryptanalysis)
//	drawn        made by a random generator, as ids are, and not a word, a time or a version
//	differential what is constant within a visitor and differs between visitors is an identifier
//	finding      one identifying datum at one place of one request, with the chain of decoders that led to it
//	sight        one finding as evidence of a place
//	place        where a flow was seen: route, field, sender
//	flow         recipient, class, consent state and form: what people agree to
//	fingerprint  keyed hash of a flow's four parts (not to be confused with device.fingerprint, a class)
//	opaque       a payload that could not be read; unopened: one that decoding gave up on
//	turned away  sent by a page and refused by the receiving host before its content went out (CORS, handshake)
//	contradiction what was pressed, recorded, claimed and sent do not agree
package detect
