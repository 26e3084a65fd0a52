// Package report tells what was found: one model, and one file per format. It judges nothing and finds nothing; what a
// report says is in its Model, and every format says the same. It opens no files and starts no browser: writers, blobs
// and the printing of PDF come in from outside.
//
// # Words
//
//	model        all that a report says, once; every format writes the same model
//	exposure     what a breach of one recipient would lay open: what it was sent, what its script could reach, whom it brought
//	told         said in a report; "untold" is what a limit of length left out, with its count
//	remark       something worth knowing that no verdict depends on
//	baseline     the flows that someone agreed to, with a reason
//	reach        what a script could read on the pages it ran in
package report
