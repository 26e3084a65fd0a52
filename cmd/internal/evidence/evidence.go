// Package evidence says whether a run is as it was recorded, and lets somebody vouch for it: it holds a run against its manifest,
// and signatures and time stamps against their keys. What a run means is not its business.
package evidence

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/tagscan/tagscan/crawler/capture"
	"github.com/tagscan/tagscan/crawler/capture/attest"
)

// Fault is something that does not fit.
type Fault struct {
	Where string // file in the run directory or bundle
	Text  string // what is wrong with it, without a full stop
}

func (f Fault) String() string { return f.Where + ": " + f.Text }

// Trust is whom the user trusts. The zero value trusts nobody.
type Trust struct {
	Signers     []attest.Signer // nil: nobody says whose signature it should be
	Authorities *x509.CertPool  // nil: nobody says whose time stamps count
}

// Finding is what was found about a run or a bundle.
type Finding struct {
	Run      string // Manifest.Run
	Manifest string // SHA-256 of the manifest in hex: to be noted elsewhere
	Faults   []Fault
	Ended    bool // the run came to its end: else its manifest vouches for nothing
	Stopped  bool
	Foreign  []string
	Files    int // that the manifest lists
	Events   int64
	Chained  bool          // the events name one another
	Signed   *Signed       // nil: there is no signature
	Stamped  *Stamped      // nil: there is no time stamp
	ClockSet time.Duration // by how much the clock of the machine was set while the scan ran, as far as that shows
}

// Signed is a signature that fits.
type Signed struct {
	Key   string // fingerprint
	Who   string // as Trust names the key; "" if nobody is trusted
	Known bool   // Trust has the key
}

// Stamped is a time stamp that fits.
type Stamped struct {
	Time    time.Time
	By      string
	Trusted bool // Trust has the authority
}

// Fits reports whether nothing was found that does not fit.
func (f *Finding) Fits() bool { return len(f.Faults) == 0 }

func (f *Finding) fault(where, text string) { f.Faults = append(f.Faults, Fault{where, text}) }

const (
	maxAttestation = 1 << 20  // bytes of a signature or time stamp: they have some kilobytes
	maxManifest    = 64 << 20 // as package capture reads
)

// Run looks at a run directory. An error means that it could not be looked at.
func Run(ctx context.Context, dir string, trust Trust) (*Finding, error) {
	run, err := capture.Open(dir)
	if err != nil {
		return nil, err
	}
	found, err := run.Examine(ctx)
	if err != nil {
		return nil, err
	}
	m := run.Manifest
	f := &Finding{
		Run: m.Run, Ended: found.Ended, Stopped: found.Stopped, Foreign: found.Foreign, Files: len(m.Files),
		Events: m.Events, Chained: m.Chain != "",
		ClockSet: clockSet(m),
	}
	for _, g := range found.Faults {
		f.fault(g.Where, g.Text)
	}
	message, err := capture.ReadFile(dir, capture.ManifestFile, maxManifest)
	if err != nil {
		return f, nil // which is among the faults
	}
	sum := sha256.Sum256(message)
	f.Manifest = hex.EncodeToString(sum[:])
	f.attested(dir, message, trust)
	return f, nil
}

// clockNoise is how far two clocks of a machine may be apart at the end of a scan: what is more was somebody's, or NTP's, doing.
const clockNoise = 2 * time.Second

func clockSet(m capture.Manifest) time.Duration {
	elapsed, err := time.ParseDuration(m.Elapsed)
	if err != nil || m.Ended.IsZero() {
		return 0
	}
	if d := m.Ended.Sub(m.Started) - elapsed; d.Abs() > clockNoise {
		return d
	}
	return 0
}

// attested looks at what vouches for a manifest, which is a file of the directory.
func (f *Finding) attested(dir string, message []byte, trust Trust) {
	sig, err := capture.ReadFile(dir, capture.SignatureFile, maxAttestation)
	f.signature(capture.SignatureFile, sig, err, message, trust.Signers)
	stamp, err := capture.ReadFile(dir, capture.StampFile, maxAttestation)
	f.stamp(capture.StampFile, stamp, err, message, trust.Authorities)
}

// isThere reports whether a file that vouches for the run could be read, err being how that went, and finds fault if not: one may be
// missing unless it was asked for.
func (f *Finding) isThere(name string, err error, what string, asked bool) bool {
	switch {
	case err == nil:
		return true
	case !errors.Is(err, fs.ErrNotExist):
		f.fault(name, "it cannot be read")
	case asked:
		f.fault(name, "there is no "+what+", and one was asked for")
	}
	return false
}

func (f *Finding) signature(name string, sig []byte, err error, message []byte, signers []attest.Signer) {
	if !f.isThere(name, err, "signature", len(signers) > 0) {
		return
	}
	s, err := attest.ParseSignature(sig)
	if err == nil {
		err = s.Verify(message)
	}
	if err != nil {
		f.fault(name, err.Error())
		return
	}
	f.Signed = &Signed{Key: s.Fingerprint()}
	if len(signers) == 0 {
		return
	}
	who, ok := s.By(signers)
	if !ok {
		f.fault(name, "it is signed by "+s.Fingerprint()+", which is none of the signers that are trusted")
		return
	}
	f.Signed.Who, f.Signed.Known = who.Name, true
}

func (f *Finding) stamp(name string, file []byte, err error, message []byte, authorities *x509.CertPool) {
	if !f.isThere(name, err, "time stamp", authorities != nil) {
		return
	}
	t, err := attest.ParseToken(file)
	if err == nil {
		err = t.Verify(message)
	}
	if err == nil && authorities != nil {
		err = t.VerifyAuthority(authorities)
	}
	if err != nil {
		f.fault(name, err.Error())
		return
	}
	f.Stamped = &Stamped{Time: t.Time().UTC(), By: t.Authority(), Trusted: authorities != nil}
}

// Vouch is how a manifest is vouched for. The zero value does nothing.
type Vouch struct {
	Key       ssh.Signer // nil: it is not signed
	Authority string     // address of a time-stamping authority; "": it is not stamped
	Client    *http.Client
}

// Wanted reports whether anything is to be done.
func (v Vouch) Wanted() bool { return v.Key != nil || v.Authority != "" }

// For signs and stamps the manifest in the directory. What was asked for and could not be had is an error; the rest is there.
func (v Vouch) For(ctx context.Context, dir string) error {
	message, err := capture.ReadFile(dir, capture.ManifestFile, maxManifest)
	if err != nil {
		return err
	}
	var failed error
	if v.Key != nil {
		sig, err := attest.Sign(v.Key, message)
		if err == nil {
			err = capture.WriteFile(dir, capture.SignatureFile, sig)
		}
		failed = err
	}
	if v.Authority != "" {
		stamp, err := attest.Stamp(ctx, v.Client, v.Authority, message)
		if err == nil {
			err = capture.WriteFile(dir, capture.StampFile, stamp)
		}
		failed = errors.Join(failed, err)
	}
	return failed
}

// ReadKey reads a private key. passphrase is asked for only if the key has one.
func ReadKey(name string, passphrase func() string) (ssh.Signer, error) {
	file, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	key, err := attest.ParseKey(file, "")
	if errors.Is(err, attest.ErrPassphrase) {
		key, err = attest.ParseKey(file, passphrase())
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return key, nil
}

// ReadTrust reads whom the user trusts: a file with signers, and one with the certificates of authorities; "" for none.
func ReadTrust(signers, authorities string) (t Trust, err error) {
	if signers != "" {
		file, err := os.ReadFile(signers)
		if err != nil {
			return t, err
		}
		if t.Signers, err = attest.ParseSigners(file); err != nil {
			return t, fmt.Errorf("%s: %w", filepath.Base(signers), err)
		}
	}
	if authorities != "" {
		pem, err := os.ReadFile(authorities)
		if err != nil {
			return t, err
		}
		t.Authorities = x509.NewCertPool()
		if !t.Authorities.AppendCertsFromPEM(pem) {
			return t, fmt.Errorf("%s: there is no certificate in it", filepath.Base(authorities))
		}
	}
	return t, nil
}
