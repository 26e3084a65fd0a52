package serve

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/riverqueue/river"

	"github.com/tagscan/tagscan/cmd/internal/alert"
	"github.com/tagscan/tagscan/cmd/internal/store"
	"github.com/tagscan/tagscan/detect/rule"
	"github.com/tagscan/tagscan/report/history"
)

// tellArgs name a channel that has messages.
type tellArgs struct {
	Channel string `json:"channel"`
}

func (tellArgs) Kind() string { return "tell" }

// tellQueue is one of its own, so that a receiver that does not answer keeps nothing else waiting.
const tellQueue = "tell"

func (tellArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: tellQueue, MaxAttempts: 1} // a channel counts its failures itself
}

type tellWorker struct {
	river.WorkerDefaults[tellArgs]
	s *Server
}

func (w *tellWorker) Work(ctx context.Context, job *river.Job[tellArgs]) error {
	return w.s.tellAll(ctx, job.Args.Channel)
}

const (
	// longestSend is how long a receiver may take.
	longestSend = 20 * time.Second
	// brokenAfter is how many failures in a row show a channel as broken.
	brokenAfter = 3
	firstAgain  = 30 * time.Second
	longestWait = time.Hour
	// mostInDigest bounds one message.
	mostInDigest = 200
)

// backoff is how long a channel is left alone after so many failures in a row.
func backoff(failures int) time.Duration {
	return min(firstAgain<<(2*min(failures-1, 8)), longestWait)
}

// channelsFor are the channels on which a piece of news is told: none if it is muted.
func (s *Server) channelsFor(tx *store.Tx, site *Site, n history.News, now time.Time) ([]string, error) {
	mutes, err := tx.Mutes(now)
	if err != nil {
		return nil, err
	}
	for _, m := range mutes {
		if m.Site == site.Name && (m.Topic == "" || m.Topic == n.Key) {
			return []string{}, nil
		}
	}
	settings, _ := s.folder.Settings()
	return slices.DeleteFunc(slices.Clone(site.Channels), func(c string) bool { _, ok := settings.Channels[c]; return !ok }), nil
}

// atOnce reports whether news are told at once: one that is grave, or that the policy fails, is enough.
func atOnce(news []history.News, from rule.Severity) bool {
	return slices.ContainsFunc(news, func(n history.News) bool { return n.Severity >= from || n.Fails })
}

// titleOf is the news of a scan in one line.
func titleOf(site string, news []history.News) string {
	worst := news[0] // the gravest is the first
	title := fmt.Sprintf("%s: %s %s", site, worst.State, worst.Text)
	if n := len(news) - 1; n > 0 {
		title += fmt.Sprintf(" (and %d more)", n)
	}
	return title
}

// link is where the page shows something.
func (s *Server) link(path string) string {
	settings, _ := s.folder.Settings()
	base := settings.URL
	if base == "" {
		base = "http://" + settings.Listen
	}
	return strings.TrimSuffix(base, "/") + strings.ReplaceAll(path, " ", "%20")
}

// post notes a message on channels: in the digest, or due now.
func (s *Server) post(tx *store.Tx, channels []string, m *alert.Message, now time.Time, digest bool) error {
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	due := now
	if digest {
		settings, _ := s.folder.Settings()
		due = settings.digest.Next(now)
	}
	for _, c := range channels {
		if _, err := tx.Post(store.Message{Channel: c, Site: m.Site, DueAt: due, Digest: digest, MadeAt: now, Body: string(body)}); err != nil {
			return err
		}
	}
	return nil
}

// tellAll sends what is due on a channel, one message after the other, until one fails. What was sent is noted before the next one
// is: only a process that ends between the two sends a message again, with the same id.
func (s *Server) tellAll(ctx context.Context, channel string) error {
	s.telling.Lock()
	defer s.telling.Unlock()
	for {
		m, ids, state, err := s.nextMessage(ctx, channel)
		if err != nil || m == nil {
			return err
		}
		failure := s.send(ctx, channel, m)
		if failure != nil && ctx.Err() != nil {
			return fmt.Errorf("stopped: %w", context.Cause(ctx)) // which is no fault of the channel's
		}
		if err := s.fared(context.WithoutCancel(ctx), state, failure, ids); err != nil || failure != nil {
			return err
		}
	}
}

// fared notes how sending went.
func (s *Server) fared(ctx context.Context, c store.ChannelState, failure error, ids []int64) error {
	now := s.now()
	if failure == nil {
		c.Failures, c.AgainAt, c.Note = 0, time.Time{}, ""
	} else {
		c.Failures++
		c.AgainAt, c.Note = now.Add(backoff(c.Failures)), failure.Error()
		s.log.Error("a message could not be told; it is kept", "channel", c.Name, "failures", c.Failures, "again", c.AgainAt, "error", failure)
	}
	return s.store.Do(ctx, func(tx *store.Tx) error {
		if failure == nil {
			if err := tx.Told(now, ids...); err != nil {
				return err
			}
		}
		return tx.Fared(c)
	})
}

// nextMessage is what is to be told next on a channel: a message, or all that are due of the digest in one. nil: nothing is.
func (s *Server) nextMessage(ctx context.Context, channel string) (m *alert.Message, ids []int64, c store.ChannelState, err error) {
	var due []store.Message
	err = s.store.Do(ctx, func(tx *store.Tx) error {
		if c, err = tx.Channel(channel, s.now()); err != nil || c.AgainAt.After(s.now()) {
			return err
		}
		due, err = tx.Messages(store.MessageFilter{Channel: channel, Due: s.now()})
		return err
	})
	if err != nil || len(due) == 0 {
		return nil, nil, c, err
	}
	if i := slices.IndexFunc(due, func(m store.Message) bool { return !m.Digest }); i >= 0 {
		m := &alert.Message{}
		err := json.Unmarshal([]byte(due[i].Body), m)
		m.ID = fmt.Sprintf("m%d", due[i].ID)
		return m, []int64{due[i].ID}, c, err
	}
	m, ids, err = digestOf(due[:min(len(due), mostInDigest)], s.link("/alerts"))
	return m, ids, c, err
}

// digestOf makes one message of several.
func digestOf(list []store.Message, link string) (*alert.Message, []int64, error) {
	d := &alert.Message{Kind: alert.Digest, Link: link, ID: fmt.Sprintf("d%d-%d", list[0].ID, list[len(list)-1].ID),
		At: list[len(list)-1].DueAt}
	var ids []int64
	sites := map[string]bool{}
	for _, x := range list {
		var m alert.Message
		if err := json.Unmarshal([]byte(x.Body), &m); err != nil {
			return nil, nil, err
		}
		d.News, ids = append(d.News, m.News...), append(ids, x.ID)
		sites[m.Site] = true
	}
	slices.SortStableFunc(d.News, func(a, b history.News) int { return strings.Compare(a.Site, b.Site) })
	d.Title = fmt.Sprintf("tagscan: %d news of %d sites", len(d.News), len(sites))
	return d, ids, nil
}

// send sends one message.
func (s *Server) send(ctx context.Context, channel string, m *alert.Message) error {
	return s.folder.send(ctx, channel, m, s.o.Getenv)
}

func (f *Folder) send(ctx context.Context, channel string, m *alert.Message, getenv func(string) string) error {
	settings, _ := f.Settings()
	c, ok := settings.Channels[channel]
	if !ok {
		return fmt.Errorf("%s has no channel %q", SettingsFile, channel)
	}
	sender, err := c.Sender(getenv)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, longestSend)
	defer cancel()
	return sender.Send(ctx, m)
}

// Test sends a message that says nothing on a channel, now.
func (f *Folder) Test(ctx context.Context, channel string, now time.Time) error {
	return f.send(ctx, channel, testMessage(channel, now), os.Getenv)
}

// Test sends a message that says nothing on a channel, now.
func (s *Server) Test(ctx context.Context, channel string) error {
	return s.send(ctx, channel, testMessage(channel, s.now()))
}

func testMessage(channel string, now time.Time) *alert.Message {
	return &alert.Message{ID: fmt.Sprintf("t%d", now.UnixNano()), Kind: alert.Test, At: now,
		Title: "tagscan: a test of the channel " + channel}
}

// ping asks for the URL that raises the alarm when nobody asks for it any more.
func (s *Server) ping(ctx context.Context, settings *Settings, now time.Time) {
	s.mu.Lock()
	due := settings.Ping != "" && len(s.late) == 0 && now.Sub(s.pinged) >= time.Minute
	if due {
		s.pinged = now
	}
	s.mu.Unlock()
	if !due {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, longestSend)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, settings.Ping, nil)
	if err != nil {
		return
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.log.Warn("the ping was not heard")
		return
	}
	_ = res.Body.Close()
}
