package chrome

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/cdp/jsonv2"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"github.com/tagscan/tagscan/crawler"
)

// callTimeout bounds a command whose context has no deadline: a page in an endless loop, or a crashed one, never answers.
const callTimeout = 30 * time.Second

// Event is one protocol event as it came. Params must not be changed.
type Event struct {
	Session target.SessionID // empty: the browser's own session
	Method  string
	Params  jsonv2.Value
	Cut     int // bytes that were cut out of long strings of the message
	// Body is the whole body of the request that the event tells of, if Options.Spill took it: the bytes of its postDataEntries
	// are then empty strings. Zero: there is none, or the message has it.
	Body crawler.Body
	// BodyErr is why a body could not be spilled. It is lost then: the strings are empty, and Cut counts them.
	BodyErr error
}

// ErrDetached is the error of a command to a target that went away before it answered.
var ErrDetached = errors.New("the target is gone")

// ErrCrashed is the error of a command to a page whose renderer crashed.
var ErrCrashed = errors.New("the page's renderer crashed")

// conn speaks the protocol over the pipe. One goroutine reads, one writes. The reader hands every event to all listeners
// in the order of arrival; a listener must return at once and may send commands, but never wait for an answer.
type conn struct {
	in  *reader
	out io.WriteCloser

	mu      sync.Mutex
	next    int64
	calls   map[int64]*call
	gone    map[target.SessionID]error
	err     error // why the connection ended
	queue   []*cdproto.Message
	wake    chan struct{}
	done    chan struct{} // closed when the reader has ended
	written chan struct{} // closed when the writer has ended

	lmu       sync.Mutex
	listeners []*listener
}

type call struct {
	session target.SessionID
	then    func(reply) // called once, with the connection's lock not held
}

type reply struct {
	msg *cdproto.Message
	err error
}

type listener struct{ fn func(Event) }

func newConn(in *reader, out io.WriteCloser) *conn {
	c := &conn{
		in: in, out: out,
		calls: map[int64]*call{}, gone: map[target.SessionID]error{},
		wake: make(chan struct{}, 1), done: make(chan struct{}), written: make(chan struct{}),
	}
	go c.read()
	go c.write()
	return c
}

// read is the reader's goroutine. It ends with the pipe.
func (c *conn) read() {
	for {
		m, err := c.in.next()
		if err != nil {
			c.fail(err)
			return
		}
		var msg cdproto.Message
		if err := jsonv2.Unmarshal(m.json, &msg, chromedp.DefaultUnmarshalOptions); err != nil {
			c.fail(fmt.Errorf("reading a protocol message: %w", err))
			return
		}
		if msg.ID != 0 {
			c.answer(&msg)
			continue
		}
		c.dispatch(Event{Session: msg.SessionID, Method: string(msg.Method), Params: msg.Params, Cut: m.cut, Body: m.body, BodyErr: m.bodyErr})
	}
}

// fail ends the connection: calls that wait return err.
func (c *conn) fail(err error) {
	c.mu.Lock()
	if c.err != nil {
		c.mu.Unlock()
		return
	}
	if errors.Is(err, io.EOF) {
		err = errors.New("the browser closed its pipe")
	}
	c.err = fmt.Errorf("connection to the browser lost: %w", err)
	waiting := c.calls
	c.calls = map[int64]*call{}
	close(c.done)
	c.mu.Unlock()
	for _, w := range waiting {
		w.then(reply{err: c.err})
	}
}

func (c *conn) answer(msg *cdproto.Message) {
	c.mu.Lock()
	w := c.calls[msg.ID]
	delete(c.calls, msg.ID)
	c.mu.Unlock()
	if w != nil {
		w.then(reply{msg: msg})
	}
}

func (c *conn) dispatch(ev Event) {
	switch ev.Method {
	case "Target.detachedFromTarget":
		var p struct {
			SessionID target.SessionID `json:"sessionId"`
		}
		if jsonv2.Unmarshal(ev.Params, &p, chromedp.DefaultUnmarshalOptions) == nil {
			defer c.end(p.SessionID, ErrDetached)
		}
	case "Inspector.targetCrashed":
		defer c.interrupt(ev.Session, ErrCrashed)
	}
	c.lmu.Lock()
	ls := c.listeners
	c.lmu.Unlock()
	for _, l := range ls {
		l.fn(ev)
	}
}

// end fails the calls of a session that is gone, now and later.
func (c *conn) end(id target.SessionID, err error) {
	c.mu.Lock()
	c.gone[id] = err
	c.mu.Unlock()
	c.interrupt(id, err)
}

// interrupt fails the calls of a session that wait now.
func (c *conn) interrupt(id target.SessionID, err error) {
	c.mu.Lock()
	var waiting []*call
	for n, w := range c.calls {
		if w.session == id {
			waiting = append(waiting, w)
			delete(c.calls, n)
		}
	}
	c.mu.Unlock()
	for _, w := range waiting {
		w.then(reply{err: err})
	}
}

// listen adds a listener; the returned func takes it away.
func (c *conn) listen(fn func(Event)) func() {
	l := &listener{fn}
	c.lmu.Lock()
	defer c.lmu.Unlock()
	c.listeners = append(append([]*listener{}, c.listeners...), l)
	return func() {
		c.lmu.Lock()
		defer c.lmu.Unlock()
		var left []*listener
		for _, o := range c.listeners {
			if o != l {
				left = append(left, o)
			}
		}
		c.listeners = left
	}
}

// send queues a command. wait is nil for a command whose answer nobody wants.
func (c *conn) send(id target.SessionID, method string, params any, wait *call) (int64, error) {
	if c == nil {
		return 0, ErrDetached
	}
	msg := &cdproto.Message{SessionID: id, Method: cdproto.MethodType(method)}
	if params != nil {
		b, err := jsonv2.Marshal(params, chromedp.DefaultMarshalOptions)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", method, err)
		}
		msg.Params = b
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return 0, c.err
	}
	if err := c.gone[id]; err != nil {
		return 0, err
	}
	c.next++
	msg.ID = c.next
	if wait != nil {
		c.calls[msg.ID] = wait
	}
	c.queue = append(c.queue, msg)
	select {
	case c.wake <- struct{}{}:
	default:
	}
	return msg.ID, nil
}

// call sends a command and waits for its answer.
func (c *conn) call(ctx context.Context, id target.SessionID, method string, params, result any) error {
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, callTimeout)
		defer cancel()
	}
	answer := make(chan reply, 1)
	n, err := c.send(id, method, params, &call{session: id, then: func(r reply) { answer <- r }})
	if err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		c.mu.Lock()
		delete(c.calls, n)
		c.mu.Unlock()
		return fmt.Errorf("%s: %w", method, context.Cause(ctx))
	case r := <-answer:
		return r.decode(method, result)
	}
}

func (r reply) decode(method string, result any) error {
	switch {
	case r.err != nil:
		return fmt.Errorf("%s: %w", method, r.err)
	case r.msg.Error != nil:
		return fmt.Errorf("%s: %w", method, r.msg.Error)
	case result != nil && len(r.msg.Result) > 0:
		if err := jsonv2.Unmarshal(r.msg.Result, result, chromedp.DefaultUnmarshalOptions); err != nil {
			return fmt.Errorf("%s: decoding the answer: %w", method, err)
		}
	}
	return nil
}

// write is the writer's goroutine. It ends with the connection.
func (c *conn) write() {
	defer close(c.written)
	for {
		select {
		case <-c.done:
			return
		case <-c.wake:
		}
		c.mu.Lock()
		queue := c.queue
		c.queue = nil
		c.mu.Unlock()
		var buf []byte
		for _, m := range queue {
			b, err := jsonv2.Marshal(m, chromedp.DefaultMarshalOptions)
			if err != nil {
				c.fail(fmt.Errorf("writing a protocol message: %w", err))
				return
			}
			buf = append(append(buf, b...), 0)
		}
		if _, err := c.out.Write(buf); err != nil {
			c.fail(err)
			return
		}
	}
}
