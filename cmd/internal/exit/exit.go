// Package exit holds the exit codes of the command line as error values. Commands return them; only main turns one into
// an exit. The codes are a contract that scripts rely on.
package exit

import (
	"errors"
	"fmt"
)

// The exit codes. They are the same for every report format.
const (
	OK          = 0   // looked at everything asked, nothing against the policy
	Violation   = 1   // something against the policy
	Usage       = 2   // usage or configuration
	Incomplete  = 3   // nothing found against the policy, but not enough seen to say so
	Failed      = 4   // could not run and tells no verdict: no browser, disk, bug
	Interrupted = 130 // interrupted; what was seen is reported
)

// Error is an error that knows its exit code and what the user can do next.
type Error struct {
	Code int
	Err  error  // nil: the report has said all there is to say, main prints nothing
	Hint string // one sentence: what to do; may be empty
}

func (e *Error) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("exit %d", e.Code)
	}
	return e.Err.Error()
}

func (e *Error) Unwrap() error { return e.Err }

// Silent is an exit with the code, after a report that has said why.
func Silent(code int) error {
	if code == OK {
		return nil
	}
	return &Error{Code: code}
}

// Usagef is a mistake in flags, arguments or configuration.
func Usagef(hint, format string, args ...any) error {
	return &Error{Code: Usage, Err: fmt.Errorf(format, args...), Hint: hint}
}

// Failedf is a reason why the command could not run.
func Failedf(hint, format string, args ...any) error {
	return &Error{Code: Failed, Err: fmt.Errorf(format, args...), Hint: hint}
}

// CodeOf returns the exit code of err: its own, or Failed for an error that has none.
func CodeOf(err error) int {
	var e *Error
	switch {
	case err == nil:
		return OK
	case errors.As(err, &e):
		return e.Code
	}
	return Failed
}
