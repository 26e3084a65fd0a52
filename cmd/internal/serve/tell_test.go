package serve

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/cmd/internal/alert"
	"github.com/tagscan/tagscan/cmd/internal/store"
	"github.com/tagscan/tagscan/detect/rule"
	"github.com/tagscan/tagscan/report/history"
)

// receiver is what a webhook leads to.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	got    []alert.Message
	status int // what it answers; 0: that all is well
	tries  int
	signed bool
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{signed: true}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.tries++
		if r.status != 0 {
			w.WriteHeader(r.status)
			return
		}
		at, sum, _ := strings.Cut(strings.TrimPrefix(req.Header.Get(alert.SignatureHeader), "t="), ",v1=")
		h := hmac.New(sha256.New, []byte("hunter2"))
		h.Write([]byte(at + "." + string(body)))
		r.signed = r.signed && sum == hex.EncodeToString(h.Sum(nil))
		var m alert.Message
		if json.Unmarshal(body, &m) == nil && m.ID == req.Header.Get(alert.IDHeader) {
			r.got = append(r.got, m)
		}
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) answers(status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status = status
}

func (r *receiver) titles() (list []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range r.got {
		list = append(list, m.Kind+" "+m.Title)
	}
	return list
}

func hooked(r *receiver, more string) map[string]string {
	return map[string]string{"shop.yaml": "site: https://shop.example\nschedule: never\n", // the test itself has it remembered
		"serve.yaml": "channels:\n  ops: {webhook: '" + r.URL + "', secret: env:HOOK}\n" + more}
}

// told has a world remember scans, a day each, and sends what is due.
func (w *world) told(days int, who func(day int) []string) {
	w.t.Helper()
	for day := range days {
		w.clock.pass(24 * time.Hour)
		require.NoError(w.t, w.Remember(w.t.Context(), scanOf("shop", fmt.Sprint("run", w.clock.Now().Unix()), w.clock.Now(), who(day)...)))
		require.NoError(w.t, w.tellAll(w.t.Context(), "ops"))
	}
}

func (w *world) channel(name string) (c store.ChannelState) {
	w.t.Helper()
	require.NoError(w.t, w.store.Do(w.t.Context(), func(tx *store.Tx) (err error) {
		c, err = tx.Channel(name, w.clock.Now())
		return err
	}))
	return c
}

func TestNewsAreToldOnceAndSigned(t *testing.T) {
	r, c := newReceiver(t), &clock{now: start}
	w := newWorld(t, hooked(r, ""), sees(c), c)
	vendors := func(day int) []string {
		if day == 0 {
			return []string{"mixpanel"}
		}
		return []string{"mixpanel", "hotjar"}
	}
	w.told(3, vendors)
	require.Len(t, r.titles(), 1)
	assert.Contains(t, r.titles()[0], "scan shop: new hotjar receives requests")
	want := r.titles()
	assert.True(t, r.signed)
	m := r.got[0]
	assert.Equal(t, "shop", m.Site)
	assert.NotEmpty(t, m.Scan)
	assert.Contains(t, m.Link, "/scans/shop/"+m.Scan)
	assert.Equal(t, "hotjar", m.News[0].Recipient)
	assert.NotEmpty(t, m.News[0].Allow)
	assert.Equal(t, []string{"ops"}, w.alerts()[0].Channels)

	require.NoError(t, w.Close())
	w.open()
	w.told(1, func(int) []string { return []string{"mixpanel", "hotjar"} })
	assert.Equal(t, want, r.titles(), "a restart tells nothing twice")
}

// A receiver that answers 500 for a day loses nothing: it is tried later and later, shown as broken, and gets all of it in the end, once.
func TestAChannelThatFailsKeepsItsMessages(t *testing.T) {
	r, c := newReceiver(t), &clock{now: start}
	w := newWorld(t, hooked(r, ""), sees(c), c)
	r.answers(500)
	w.told(2, func(day int) []string { return [][]string{{}, {"hotjar"}}[day] })
	for range 24 * 12 {
		c.pass(5 * time.Minute)
		require.NoError(t, w.tellAll(t.Context(), "ops"))
	}
	ops := w.channel("ops")
	assert.GreaterOrEqual(t, ops.Failures, brokenAfter)
	assert.Equal(t, 1, ops.Waiting)
	assert.Equal(t, "webhook: it answered 500 Internal Server Error", ops.Note)
	assert.Less(t, r.tries, 40, "a receiver in trouble is not pressed")
	require.NoError(t, w.Close())
	w.open()
	r.answers(0)
	c.pass(longestWait)
	w.working(func() { w.until("it is told, and noted", func() bool { return w.channel("ops").Failures == 0 }) })
	require.Len(t, r.titles(), 1)
}

func TestAReceiverThatDoesNotAnswerIsLeft(t *testing.T) {
	c := &clock{now: start}
	l, err := net.Listen("tcp", "127.0.0.1:0") // it accepts and says nothing
	require.NoError(t, err)
	defer l.Close()
	sender, err := alert.Channel{Webhook: "http://" + l.Addr().String() + "/T0/secret"}.Sender(nil)
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err = sender.Send(ctx, &alert.Message{At: c.Now()})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	assert.NotContains(t, err.Error(), "secret", "the address of a webhook may be one")
}

// What is not grave waits for the digest, in which all sites are one message.
func TestWhatIsNotGraveIsToldInTheDigest(t *testing.T) {
	r, c := newReceiver(t), &clock{now: start}
	w := newWorld(t, hooked(r, "digest: 0 8 * * *\n"), sees(c), c)
	write(t, w.sites, map[string]string{"blog.yaml": "site: https://blog.example\n"})
	require.NoError(t, w.folder.Read())
	for _, site := range []string{"shop", "blog"} {
		for n, who := range [][]string{{}, {"hotjar"}} {
			s := scanOf(site, fmt.Sprint(site, n), c.Now().Add(time.Duration(n)*time.Hour), who...)
			for i := range s.Flows {
				s.Flows[i].Severity = rule.Low
			}
			for i := range s.Parties {
				s.Parties[i].Severity = rule.Low
			}
			require.NoError(t, w.Remember(t.Context(), s))
		}
	}
	require.NoError(t, w.tellAll(t.Context(), "ops"))
	assert.Empty(t, r.titles())
	c.pass(20 * time.Hour) // it is 8 o'clock
	for range 2 {
		require.NoError(t, w.tellAll(t.Context(), "ops"))
	}
	assert.Equal(t, []string{"digest tagscan: 2 news of 2 sites"}, r.titles())
}

func TestWhatIsMutedIsKeptAndNotTold(t *testing.T) {
	r, c := newReceiver(t), &clock{now: start}
	w := newWorld(t, hooked(r, ""), sees(c), c)
	require.NoError(t, w.store.Do(t.Context(), func(tx *store.Tx) error {
		return tx.Mute(store.Mute{Site: "shop", Topic: "hotjar", Reason: "a trial", Owner: "jo", MadeAt: c.Now(), Until: c.Now().AddDate(0, 1, 0)})
	}))
	w.told(3, func(day int) []string { return [][]string{{}, {"hotjar"}, {"hotjar", "mixpanel"}}[day] })
	require.Len(t, r.titles(), 1)
	assert.Contains(t, r.titles()[0], "mixpanel")
	require.Len(t, w.alerts(), 2)
	assert.Equal(t, []string{}, w.alerts()[0].Channels)
}

func TestASecretThatIsMissingIsSaid(t *testing.T) {
	r, c := newReceiver(t), &clock{now: start}
	w := newWorld(t, hooked(r, ""), sees(c), c)
	w.o.Getenv = func(string) string { return "" }
	w.told(2, func(day int) []string { return [][]string{{}, {"hotjar"}}[day] })
	assert.Equal(t, "secret: the environment has no HOOK", w.channel("ops").Note)
	assert.Equal(t, 1, w.channel("ops").Waiting)
	assert.Zero(t, r.tries)
}

// mailbox is a mail server that keeps what it gets.
type mailbox struct {
	mu      sync.Mutex
	letters []string
	refuse  error
}

func (b *mailbox) NewSession(*smtp.Conn) (smtp.Session, error) { return &mailSession{b: b}, nil }

type mailSession struct {
	b  *mailbox
	to []string
}

func (s *mailSession) Mail(string, *smtp.MailOptions) error { return nil }

func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

func (s *mailSession) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	s.b.mu.Lock()
	defer s.b.mu.Unlock()
	if s.b.refuse != nil {
		return s.b.refuse
	}
	s.b.letters = append(s.b.letters, strings.Join(s.to, " ")+"\n"+string(data))
	return err
}

func (s *mailSession) Reset()        { s.to = nil }
func (s *mailSession) Logout() error { return nil }

func TestNewsAreToldByMail(t *testing.T) {
	box := &mailbox{refuse: errors.New("the disk is full")}
	server := smtp.NewServer(box)
	server.Domain = "localhost"
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { server.Close() })
	c := &clock{now: start}
	w := newWorld(t, map[string]string{"shop.yaml": shop, "serve.yaml": "channels:\n  ops:\n    smtp: " + l.Addr().String() +
		"\n    from: tagscan@watch.example\n    to: [jo@example.org, ann@example.org]\n    tls: none\n"}, sees(c), c)
	w.told(2, func(day int) []string { return [][]string{{}, {"hotjar"}}[day] })
	assert.Contains(t, w.channel("ops").Note, "the disk is full")
	box.mu.Lock()
	box.refuse = nil
	box.mu.Unlock()
	c.pass(time.Hour)
	for range 2 {
		require.NoError(t, w.tellAll(t.Context(), "ops"))
	}
	require.Len(t, box.letters, 1)
	assert.Contains(t, box.letters[0], "jo@example.org ann@example.org\n")
	assert.Contains(t, box.letters[0], "Subject: shop: new hotjar receives requests")
	assert.Contains(t, box.letters[0], "Message-ID: <m1@watch.example>")
	assert.Contains(t, box.letters[0], "allow:  - {recipient: hotjar")

	strict := alert.Channel{SMTP: l.Addr().String(), From: "a@b.example", To: []string{"jo@example.org"}}
	sender, err := strict.Sender(nil)
	require.NoError(t, err)
	assert.ErrorContains(t, sender.Send(t.Context(), &alert.Message{At: c.Now()}), "offers no STARTTLS", "never in clear by itself")
}

func TestThePingEndsWhenAScanIsLate(t *testing.T) {
	pings := make(chan struct{}, 100)
	heart := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { pings <- struct{}{} }))
	defer heart.Close()
	c := &clock{now: start}
	w := newWorld(t, map[string]string{"shop.yaml": shop, "serve.yaml": "ping: " + heart.URL + "\n"}, sees(c), c)
	for range 3 { // nobody works the queue
		require.NoError(t, w.tick(t.Context()))
		require.NoError(t, w.tick(t.Context()))
		c.pass(40 * time.Minute)
	}
	assert.Len(t, pings, 2, "once a minute at most, and not any more once the scan is late")
}

func TestBackoff(t *testing.T) {
	for failures, want := range map[int]time.Duration{1: 30 * time.Second, 2: 2 * time.Minute, 3: 8 * time.Minute, 4: 32 * time.Minute, 5: time.Hour, 500: time.Hour} {
		assert.Equal(t, want, backoff(failures))
	}
}

func TestTheMessageForPeopleIsGrouped(t *testing.T) {
	m := alert.Message{Title: "t", News: []history.News{
		{Site: "a", Recipient: "x", State: "new", Text: "one", Allow: "{recipient: x}"}, {Site: "a", Recipient: "x", State: "gone", Text: "two"}, {Site: "b", State: "new", Text: "three"},
	}}
	assert.Equal(t, "t\n\na\n  x\n    new      info     one\n      allow:  - {recipient: x}\n    gone     info     two\n\nb\n    new      info     three\n", m.Text())
}
