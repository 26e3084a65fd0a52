// Package report tells what was found: one model, and one file per format. It judges nothing and finds nothing; what a
// report says is in its Model, and every format says the same.
package report
