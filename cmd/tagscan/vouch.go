package main

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/tagscan/tagscan/cmd/internal/evidence"
	"github.com/tagscan/tagscan/cmd/internal/exit"
	"github.com/tagscan/tagscan/crawler/capture/attest"
)

// signPassphrase is the variable with the passphrase of the key that signs.
const signPassphrase = "TAGSCAN_SIGN_PASSPHRASE"

// vouchFlags say who vouches for what is written.
type vouchFlags struct {
	sign      string
	timestamp string
}

func (f *vouchFlags) register(c *cobra.Command) {
	fl := c.Flags()
	fl.StringVar(&f.sign, "sign", "", "sign the manifest with this Ed25519 key, as of ssh-keygen -t ed25519; its passphrase is in "+signPassphrase)
	fl.StringVar(&f.timestamp, "timestamp", "", "URL of a time-stamping authority (RFC 3161) that stamps the manifest; it learns a hash and no more")
}

// stampTime is how long a time-stamping authority may take.
const stampTime = 30 * time.Second

// load reads the key, before there is anything to be signed.
func (f *vouchFlags) load() (v evidence.Vouch, err error) {
	v.Authority, v.Client = f.timestamp, &http.Client{Timeout: stampTime}
	if u, err := url.Parse(f.timestamp); f.timestamp != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		return v, exit.Usagef("as in --timestamp https://freetsa.org/tsr", "--timestamp: it is no http or https URL")
	}
	if f.sign == "" {
		return v, nil
	}
	v.Key, err = evidence.ReadKey(f.sign, func() string { return os.Getenv(signPassphrase) })
	switch {
	case errors.Is(err, attest.ErrPassphrase):
		return v, exit.Usagef("put it into "+signPassphrase, "--sign: %w", err)
	case err != nil:
		return v, exit.Usagef("give the private key that `ssh-keygen -t ed25519` made", "--sign: %w", err)
	}
	return v, nil
}

// vouch signs and stamps the manifest in a directory.
func vouch(ctx context.Context, v evidence.Vouch, dir string) error {
	if !v.Wanted() {
		return nil
	}
	if err := v.For(ctx, dir); err != nil {
		return exit.Failedf("what was recorded is kept: `tagscan verify "+dir+" --sign KEY --timestamp URL` tries again", "%s is not vouched for as it was asked for: %w", dir, err)
	}
	return nil
}

// verdictOr is the exit of a verdict, or, if that would be a pass, the error.
func verdictOr(verdict, err error, say func(string, ...any)) error {
	if err == nil || verdict == nil {
		if err == nil {
			return verdict
		}
		return err
	}
	say("%v", err)
	return verdict
}
