// Package serve watches sites: it keeps their schedules, has them scanned, remembers what the scans saw and tells what is news, and
// shows all of it on a page. It judges nothing: a scan is made and judged by a Scanner, what is news says package history, and
// package store remembers both. It is one process on one machine; queue and memory are one SQLite file.
//
// A run (store.Run) is the truth about a scan that is due; the job of the queue that works it off holds its number only. So a
// process that ends at any moment loses nothing: the next one adopts what is open, and what a process does with a run that is
// another's by now is refused.
package serve

import (
	"context"
	"errors"

	"github.com/tagscan/tagscan/report/history"
)

// Order is one scan that is to be made.
type Order struct {
	Site string
	File string // the site's file: what it names lies beside it
	Copy string // what that file held when it was last right
	Work string // working directory
	Dir  string // run directory

	AllowPrivate []string // networks of this machine that pages may reach
}

// Scanner makes a scan and judges it. It is to end what it started when the context ends.
type Scanner interface {
	Scan(context.Context, Order) (*history.Scan, error)
}

// ErrRefused says that a scan cannot be made as it is asked for: to try again is of no use.
var ErrRefused = errors.New("refused")
