package alert

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// The headers of a posted message.
const (
	IDHeader        = "Tagscan-Message"
	SignatureHeader = "Tagscan-Signature"
)

// webhook posts messages as JSON.
type webhook struct{ url, secret string }

func (w *webhook) Send(ctx context.Context, m *Message) error {
	body, err := m.JSON()
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url, bytes.NewReader(body))
	if err != nil {
		return errors.New("webhook: the URL is none")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "tagscan")
	req.Header.Set(IDHeader, m.ID)
	if w.secret != "" {
		req.Header.Set(SignatureHeader, Sign(w.secret, time.Now(), body))
	}
	// What answers is not followed elsewhere: the signature is meant for one receiver.
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err // without the address, which may hold a secret
		}
		return fmt.Errorf("webhook: %w", err)
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)) // so that the connection can be used again
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("webhook: it answered %s", res.Status)
	}
	return nil
}

// Sign is the signature of a body: "t=1767225600,v1=HEX", where HEX is HMAC-SHA-256 with the secret of "1767225600." and the body.
// A receiver checks it and refuses times that are long past.
func Sign(secret string, at time.Time, body []byte) string {
	t := strconv.FormatInt(at.Unix(), 10)
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(t + "."))
	h.Write(body)
	return "t=" + t + ",v1=" + hex.EncodeToString(h.Sum(nil))
}
