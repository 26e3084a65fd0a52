package chrome

import (
	"context"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/cdp/jsonv2"
	"github.com/chromedp/cdproto/target"
)

// Session is the connection to one target, or to the browser itself. It implements cdp.Session, so cdproto's typed
// commands work on it: cdp.Call(ctx, session, page.Navigate, page.NavigateParams{URL: u}). The target of one that no Browser made is
// gone.
type Session struct {
	ID   target.SessionID // empty: the browser
	conn *conn
}

var _ cdp.Session = (*Session)(nil)

// Call sends a command and decodes the answer into result, which may be nil. A context without a deadline is given 30 s.
// It fails at once when the target goes, its renderer crashes or the browser dies.
func (s *Session) Call(ctx context.Context, method string, params, result any) error {
	return s.conn.call(ctx, s.ID, method, params, result)
}

// Send queues a command and does not wait for its answer. Commands of one session are carried out in the order sent.
func (s *Session) Send(method string, params any) error {
	_, err := s.conn.send(s.ID, method, params, nil)
	return err
}

// SendThen queues a command and calls then with its error, nil if it was carried out. then runs on the connection's
// reading goroutine and must return at once; it is not called if the command is never answered.
func (s *Session) SendThen(method string, params any, then func(error)) error {
	_, err := s.conn.send(s.ID, method, params, &call{session: s.ID, then: func(r reply) { then(r.decode(method, nil)) }})
	return err
}

// Ask is SendThen for a command with an answer: then is given what decodes it.
func (s *Session) Ask(method string, params any, then func(decode func(result any) error)) error {
	_, err := s.conn.send(s.ID, method, params, &call{session: s.ID, then: func(r reply) {
		then(func(result any) error { return r.decode(method, result) })
	}})
	return err
}

// Subscribe buffers the session's events of one method from now on, without limit, until the returned func is called or
// the connection ends.
func (s *Session) Subscribe(method string) (<-chan jsonv2.Value, func()) {
	in, out, stop := make(chan jsonv2.Value, 64), make(chan jsonv2.Value), make(chan struct{})
	unlisten := s.conn.listen(func(ev Event) {
		if ev.Session == s.ID && ev.Method == method {
			select {
			case in <- ev.Params:
			case <-stop:
			}
		}
	})
	go pump(in, out, stop, s.conn.done)
	var stopped bool
	return out, func() {
		if !stopped {
			stopped = true
			unlisten()
			close(stop)
		}
	}
}

// pump moves events from in to out through a queue without limit, so that the protocol's reader never waits.
func pump(in <-chan jsonv2.Value, out chan<- jsonv2.Value, stop, done <-chan struct{}) {
	defer close(out)
	var queue []jsonv2.Value
	for {
		var send chan<- jsonv2.Value
		var head jsonv2.Value
		if len(queue) > 0 {
			send, head = out, queue[0]
		} else if isClosed(done) && len(in) == 0 {
			return
		}
		select {
		case v := <-in:
			queue = append(queue, v)
		case send <- head:
			queue = queue[1:]
		case <-stop:
			return
		case <-done:
			done = nil
			if len(queue) == 0 && len(in) == 0 {
				return
			}
		}
	}
}

func isClosed(c <-chan struct{}) bool {
	if c == nil {
		return true
	}
	select {
	case <-c:
		return true
	default:
		return false
	}
}
