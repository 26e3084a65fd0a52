package alert

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/smtp"
	"strings"
	"time"
)

// mail sends messages by SMTP.
type mail struct {
	c        Channel
	password string
}

func (m *mail) Send(ctx context.Context, msg *Message) error {
	if err := m.send(ctx, msg); err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	return nil
}

func (m *mail) send(ctx context.Context, msg *Message) error {
	host, _, err := net.SplitHostPort(m.c.SMTP)
	if err != nil {
		return err
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", m.c.SMTP)
	if err != nil {
		return err
	}
	defer conn.Close()
	if until, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(until); err != nil {
			return err
		}
	}
	secure := &tls.Config{ServerName: host}
	if m.c.TLS == "tls" {
		conn = tls.Client(conn, secure)
	}
	client, err := smtp.NewClient(conn, host)
	if err != nil {
		return err
	}
	defer client.Close()
	if m.c.TLS == "" || m.c.TLS == "starttls" {
		if ok, _ := client.Extension("STARTTLS"); !ok {
			return errors.New("the server offers no STARTTLS; tls: none goes without")
		}
		if err := client.StartTLS(secure); err != nil {
			return err
		}
	}
	if m.c.User != "" {
		if err := client.Auth(smtp.PlainAuth("", m.c.User, m.password, host)); err != nil {
			return err
		}
	}
	return m.hand(client, msg)
}

// hand gives the message to the server.
func (m *mail) hand(client *smtp.Client, msg *Message) error {
	if err := client.Mail(m.c.From); err != nil {
		return err
	}
	for _, to := range m.c.To {
		if err := client.Rcpt(to); err != nil {
			return err
		}
	}
	w, err := client.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(m.letter(msg)); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	_ = client.Quit() // the server has taken it
	return nil
}

// letter is the message as mail. Its Message-ID is that of the message, so that a copy is known as one.
func (m *mail) letter(msg *Message) []byte {
	_, domain, _ := strings.Cut(m.c.From, "@")
	line := strings.NewReplacer("\r", " ", "\n", " ")
	var b strings.Builder
	for _, h := range [][2]string{
		{"From", m.c.From}, {"To", strings.Join(m.c.To, ", ")}, {"Subject", mime.QEncoding.Encode("utf-8", line.Replace(msg.Title))},
		{"Date", msg.At.Format(time.RFC1123Z)}, {"Message-ID", "<" + msg.ID + "@" + domain + ">"}, {"MIME-Version", "1.0"},
		{"Content-Type", "text/plain; charset=utf-8"}, {"Content-Transfer-Encoding", "quoted-printable"}, {"Auto-Submitted", "auto-generated"},
	} {
		b.WriteString(h[0] + ": " + line.Replace(h[1]) + "\r\n")
	}
	b.WriteString("\r\n")
	q := quotedprintable.NewWriter(&b)
	_, _ = q.Write([]byte(strings.ReplaceAll(msg.Text(), "\n", "\r\n"))) // a builder does not fail
	_ = q.Close()
	return []byte(b.String())
}
