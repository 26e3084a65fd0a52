package egress

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// Door is where the browser comes to the guard: two SOCKS servers (RFC 1928) on loopback, one for each scheme, so that the guard
// knows it. SOCKS and not HTTP: bytes are passed on as they are, TLS and HTTP/2 are the site's own, and what fails is an error
// of the network and no page.
type Door struct {
	guard     *Guard
	listeners map[string]net.Listener // by scheme
	cancel    context.CancelFunc
	wg        sync.WaitGroup
}

// Open opens the door.
func (g *Guard) Open() (*Door, error) {
	ctx, cancel := context.WithCancel(context.Background())
	d := &Door{guard: g, listeners: map[string]net.Listener{}, cancel: cancel}
	for _, scheme := range []string{"http", "https"} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, errors.Join(err, d.Close())
		}
		d.listeners[scheme] = l
		d.wg.Go(func() { d.accept(ctx, l, scheme) })
	}
	return d, nil
}

// ProxyServer is what Chrome's --proxy-server is told.
func (d *Door) ProxyServer() string {
	return "http=socks5://" + d.listeners["http"].Addr().String() + ";https=socks5://" + d.listeners["https"].Addr().String()
}

// Close ends all connections.
func (d *Door) Close() error {
	d.cancel()
	var errs []error
	for _, l := range d.listeners {
		errs = append(errs, l.Close())
	}
	d.wg.Wait()
	return errors.Join(errs...)
}

func (d *Door) accept(ctx context.Context, l net.Listener, scheme string) {
	for {
		c, err := l.Accept()
		if err != nil {
			if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
				return
			}
			time.Sleep(10 * time.Millisecond) // too many open files: others end
			continue
		}
		d.wg.Go(func() {
			defer c.Close()
			stop := context.AfterFunc(ctx, func() { c.Close() })
			defer stop()
			if !d.guard.welcome(c) {
				return
			}
			_ = d.serve(ctx, c, scheme) // the browser is told by what happens to the connection
		})
	}
}

// Replies of RFC 1928, 6.
const (
	socksDone   = 0
	socksFailed = 1
)

// handshakeTimeout bounds what comes before a connection is made: the browser is on this machine.
const handshakeTimeout = 10 * time.Second

func (d *Door) serve(ctx context.Context, c net.Conn, scheme string) error {
	_ = c.SetDeadline(time.Now().Add(handshakeTimeout))
	host, port, err := readSocks(c)
	if err != nil {
		return err
	}
	_ = c.SetDeadline(time.Time{})
	address := net.JoinHostPort(host, port)
	out, err := d.guard.Dial(ctx, scheme, address)
	if err != nil {
		return errors.Join(err, reply(c, socksFailed))
	}
	defer func() { out.Close() }()
	if err := reply(c, socksDone); err != nil {
		return err
	}
	if scheme == "https" && !d.guard.o.TLS.none() {
		return d.guard.speakTLS(ctx, c, out, host, port)
	}
	return splice(ctx, c, out)
}

// readSocks reads a greeting and a request, and answers the greeting.
func readSocks(c net.Conn) (host, port string, err error) {
	head := make([]byte, 2)
	if _, err := io.ReadFull(c, head); err != nil {
		return "", "", err
	}
	if head[0] != 5 {
		return "", "", errors.New("socks: not version 5")
	}
	if _, err := io.ReadFull(c, make([]byte, head[1])); err != nil {
		return "", "", err
	}
	if _, err := c.Write([]byte{5, 0}); err != nil { // no authentication
		return "", "", err
	}
	request := make([]byte, 4)
	if _, err := io.ReadFull(c, request); err != nil {
		return "", "", err
	}
	if request[0] != 5 || request[1] != 1 {
		return "", "", errors.Join(errors.New("socks: only CONNECT"), reply(c, socksFailed))
	}
	if host, err = readHost(c, request[3]); err != nil {
		return "", "", err
	}
	number := make([]byte, 2)
	if _, err := io.ReadFull(c, number); err != nil {
		return "", "", err
	}
	return host, strconv.Itoa(int(binary.BigEndian.Uint16(number))), nil
}

func readHost(c net.Conn, kind byte) (string, error) {
	length := map[byte]int{1: net.IPv4len, 4: net.IPv6len}[kind]
	if kind == 3 {
		n := make([]byte, 1)
		if _, err := io.ReadFull(c, n); err != nil {
			return "", err
		}
		length = int(n[0])
	}
	if length == 0 {
		return "", errors.New("socks: no address")
	}
	b := make([]byte, length)
	if _, err := io.ReadFull(c, b); err != nil {
		return "", err
	}
	if kind == 3 {
		return string(b), nil
	}
	a, _ := netip.AddrFromSlice(b)
	return a.String(), nil
}

func reply(c net.Conn, code byte) error {
	_, err := c.Write([]byte{5, code, 0, 1, 0, 0, 0, 0, 0, 0})
	return err
}

// splice passes on what the browser and a server say until both have ended. Between sockets the kernel does it by itself.
func splice(ctx context.Context, browser, server net.Conn) error {
	stop := context.AfterFunc(ctx, func() { browser.Close(); server.Close() })
	defer stop()
	var wg sync.WaitGroup
	wg.Go(func() {
		_, _ = io.Copy(server, browser)
		server.Close() // the browser ends both directions at once
	})
	_, err := io.Copy(browser, server)
	end(browser, err)
	wg.Wait()
	return err
}

// end ends a connection to the browser as the server ended its own: a reset is passed on as one.
func end(browser net.Conn, err error) {
	half, ok := browser.(interface{ CloseWrite() error })
	if err == nil && ok && half.CloseWrite() == nil {
		return
	}
	if t, ok := browser.(*net.TCPConn); ok && errors.Is(err, syscall.ECONNRESET) {
		_ = t.SetLinger(0)
	}
	browser.Close()
}
