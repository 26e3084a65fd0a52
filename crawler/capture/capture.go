// Package capture keeps the event stream of a run on disk: the stream itself, the bodies that are too long for it, and the
// manifest that says what belongs to the run and whether it is whole. It reads them back, also those that were cut off,
// and says as gaps what is missing or does not fit. It needs no browser; what is in the stream is package record's, what
// it means package detect's business.
package capture
