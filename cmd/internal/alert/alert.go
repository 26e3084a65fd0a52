// Package alert carries messages to where people read them: a webhook that is signed, or mail. It sends one message once and says
// whether that worked. What is told, when, and what happens if it cannot be, is for package serve.
package alert

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/report/history"
)

// schema is the version of a message's form. It grows by one with every change that an older reader would misread.
const schema = 1

// Kinds of messages.
const (
	OfScan = "scan"   // the news of one scan
	Digest = "digest" // news that were not told at once
	Watch  = "watch"  // a scan that could not be made, or can again
	Test   = "test"
)

// Message is what is told. No value of a person is in it. A message that is sent again, since nobody knows whether it arrived, has
// the same ID.
type Message struct {
	Schema int            `json:"schema"`
	ID     string         `json:"id"`
	Kind   string         `json:"kind"`
	Site   string         `json:"site,omitempty"`   // "" in a digest: each piece of news has its own
	Scan   string         `json:"scan,omitempty"`   // id of the run
	Result string         `json:"result,omitempty"` // pass, fail, incomplete
	At     time.Time      `json:"at"`
	Title  string         `json:"title"`
	Link   string         `json:"link,omitempty"`
	News   []history.News `json:"news"`
}

// JSON is the message as a webhook gets it.
func (m *Message) JSON() ([]byte, error) {
	c := *m
	c.Schema = schema
	if c.News == nil {
		c.News = []history.News{}
	}
	return json.Marshal(c)
}

// Text is the message for people, grouped by site and recipient.
func (m *Message) Text() string {
	var b strings.Builder
	b.WriteString(m.Title + "\n")
	site, party := "", ""
	for _, n := range m.News {
		if n.Site != site {
			fmt.Fprintf(&b, "\n%s\n", n.Site)
			site, party = n.Site, ""
		}
		if n.Recipient != party && n.Recipient != "" {
			fmt.Fprintf(&b, "  %s\n", n.Recipient)
		}
		party = n.Recipient
		fmt.Fprintf(&b, "    %-8s %-8s %s\n", n.State, n.Severity, n.Text)
		if n.Allow != "" {
			fmt.Fprintf(&b, "      allow:  - %s\n", n.Allow)
		}
	}
	if m.Link != "" {
		b.WriteString("\n" + m.Link + "\n")
	}
	return b.String()
}

// Sender sends a message.
type Sender interface {
	Send(context.Context, *Message) error
}

// Channel is where messages go, as serve.yaml names it: a webhook, or mail. Secrets are named and never written: env:NAME is an
// environment variable, file:PATH a file.
type Channel struct {
	Webhook  string         `yaml:"webhook" doc:"URL to which messages are posted"`
	Secret   string         `yaml:"secret" doc:"key that signs what is posted: env:NAME or file:PATH"`
	SMTP     string         `yaml:"smtp" doc:"host:port of a mail server"`
	From     string         `yaml:"from" doc:"address of the sender"`
	To       policy.Strings `yaml:"to" doc:"addresses of the receivers"`
	User     string         `yaml:"user" doc:"name at the mail server"`
	Password string         `yaml:"password" doc:"env:NAME or file:PATH"`
	TLS      string         `yaml:"tls" doc:"starttls (unless said otherwise), tls or none"`
}

// Check says what is wrong with a channel; "" if nothing is.
func (c Channel) Check() string {
	switch {
	case (c.Webhook == "") == (c.SMTP == ""):
		return "it needs a webhook or smtp, one of them"
	case c.Webhook != "" && !strings.HasPrefix(c.Webhook, "http://") && !strings.HasPrefix(c.Webhook, "https://"):
		return fmt.Sprintf("webhook: %q is no URL", c.Webhook)
	case c.SMTP != "" && (c.From == "" || len(c.To) == 0):
		return "mail needs from and to"
	case c.TLS != "" && c.TLS != "starttls" && c.TLS != "tls" && c.TLS != "none":
		return fmt.Sprintf("tls: %q is none of starttls, tls, none", c.TLS)
	case c.User != "" && c.Password == "":
		return "a user needs a password: password: env:SMTP_PASSWORD"
	}
	for _, s := range []string{c.Secret, c.Password} {
		if s != "" && !strings.HasPrefix(s, "env:") && !strings.HasPrefix(s, "file:") {
			return "a secret is named, not written: env:NAME or file:PATH"
		}
	}
	return ""
}

// String is where the channel leads, without a secret: the URL of a webhook may be one.
func (c Channel) String() string {
	if c.SMTP != "" {
		return "mail by " + c.SMTP
	}
	scheme, rest, _ := strings.Cut(c.Webhook, "://")
	host, _, _ := strings.Cut(rest, "/")
	if _, after, ok := strings.Cut(host, "@"); ok {
		host = after
	}
	return "webhook at " + scheme + "://" + host
}

// Sender opens the channel. A secret that is missing is an error.
func (c Channel) Sender(getenv func(string) string) (Sender, error) {
	secret, err := secretOf(c.Secret, getenv)
	if err != nil {
		return nil, fmt.Errorf("secret: %w", err)
	}
	password, err := secretOf(c.Password, getenv)
	if err != nil {
		return nil, fmt.Errorf("password: %w", err)
	}
	if c.SMTP != "" {
		return &mail{c: c, password: password}, nil
	}
	return &webhook{url: c.Webhook, secret: secret}, nil
}

// secretOf reads what a reference names.
func secretOf(ref string, getenv func(string) string) (string, error) {
	kind, name, _ := strings.Cut(ref, ":")
	switch kind {
	case "env":
		if v := getenv(name); v != "" {
			return v, nil
		}
		return "", fmt.Errorf("the environment has no %s", name)
	case "file":
		data, err := os.ReadFile(name)
		if err == nil && strings.TrimSpace(string(data)) == "" {
			err = fmt.Errorf("%s is empty", name)
		}
		return strings.TrimSpace(string(data)), err
	}
	return "", nil
}
