package attest

import (
	"bytes"
	"crypto"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"time"
)

// The parts of RFC 5652 (signed data) and RFC 3161 that a token is made of.
type (
	contentInfo struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue `asn1:"explicit,tag:0"`
	}
	signedData struct {
		Version    int
		Algorithms []algorithm `asn1:"set"`
		Content    struct {
			Type asn1.ObjectIdentifier
			Data []byte `asn1:"explicit,tag:0"`
		}
		Certificates asn1.RawValue `asn1:"optional,tag:0"`
		Signers      []signerInfo  `asn1:"set"`
	}
	signerInfo struct {
		Version    int
		ID         issuerAndSerial
		Digest     algorithm
		Attributes asn1.RawValue `asn1:"tag:0"`
		Algorithm  algorithm
		Signature  []byte
	}
	issuerAndSerial struct {
		Issuer asn1.RawValue
		Serial *big.Int
	}
	attribute struct {
		Type   asn1.ObjectIdentifier
		Values asn1.RawValue `asn1:"set"`
	}
	accuracy struct {
		Seconds int `asn1:"optional"`
		Millis  int `asn1:"optional,tag:0"`
		Micros  int `asn1:"optional,tag:1"`
	}
	stampInfo struct {
		Version    int
		Policy     asn1.ObjectIdentifier
		Imprint    imprint
		Serial     *big.Int
		Time       time.Time     `asn1:"generalized"`
		Accuracy   accuracy      `asn1:"optional"`
		Ordering   bool          `asn1:"optional"`
		Nonce      *big.Int      `asn1:"optional"`
		TSA        asn1.RawValue `asn1:"optional,explicit,tag:0"`
		Extensions asn1.RawValue `asn1:"optional,tag:1"`
	}
)

var (
	oidSignedData  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidStampInfo   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	oidContentType = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidDigest      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidCertV1      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 12} // RFC 2634, 5.4
	oidCertV2      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47} // RFC 5035
)

// digests are the hash functions that tokens are made with.
var digests = []struct {
	id  asn1.ObjectIdentifier
	fn  crypto.Hash
	sum func([]byte) []byte
}{
	{oidSHA256, crypto.SHA256, func(b []byte) []byte { s := sha256.Sum256(b); return s[:] }},
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}, crypto.SHA384, func(b []byte) []byte { s := sha512.Sum384(b); return s[:] }},
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}, crypto.SHA512, func(b []byte) []byte { s := sha512.Sum512(b); return s[:] }},
}

func sumBy(id asn1.ObjectIdentifier, data []byte) (crypto.Hash, []byte, error) {
	for _, d := range digests {
		if d.id.Equal(id) {
			return d.fn, d.sum(data), nil
		}
	}
	return 0, nil, fmt.Errorf("the token is by a hash that is not taken (%v)", id)
}

// signatures are the ways of signing by the object identifier that a signer names, and by hash where that names only the key's kind.
var signatures = []struct {
	id   asn1.ObjectIdentifier
	by   crypto.Hash // 0: any
	algo x509.SignatureAlgorithm
}{
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}, crypto.SHA256, x509.SHA256WithRSA},
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}, crypto.SHA384, x509.SHA384WithRSA},
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}, crypto.SHA512, x509.SHA512WithRSA},
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}, crypto.SHA256, x509.SHA256WithRSA},
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 12}, crypto.SHA384, x509.SHA384WithRSA},
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 13}, crypto.SHA512, x509.SHA512WithRSA},
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}, crypto.SHA256, x509.ECDSAWithSHA256},
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 3}, crypto.SHA384, x509.ECDSAWithSHA384},
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 4}, crypto.SHA512, x509.ECDSAWithSHA512},
	{asn1.ObjectIdentifier{1, 3, 101, 112}, 0, x509.PureEd25519},
}

// Token is a time-stamp token.
type Token struct {
	info   stampInfo
	data   []byte // info as it was signed
	signer signerInfo
	cert   *x509.Certificate   // of the signer
	certs  []*x509.Certificate // all that came along
	algs   []algorithm
}

// parseToken reads a time-stamp token, DER as in an answer of an authority.
func parseToken(der []byte) (*Token, error) {
	var info contentInfo
	if rest, err := asn1.Unmarshal(der, &info); err != nil || len(rest) > 0 || !info.Type.Equal(oidSignedData) {
		return nil, errors.New("it is no time-stamp token")
	}
	var sd signedData
	if rest, err := asn1.Unmarshal(info.Content.Bytes, &sd); err != nil || len(rest) > 0 || len(sd.Signers) != 1 {
		return nil, errors.New("it is no time-stamp token")
	}
	if sd.Version != 3 || !sd.Content.Type.Equal(oidStampInfo) {
		return nil, errors.New("it is no time-stamp token")
	}
	t := &Token{data: sd.Content.Data, signer: sd.Signers[0], algs: sd.Algorithms}
	if rest, err := asn1.Unmarshal(t.data, &t.info); err != nil || len(rest) > 0 || t.info.Version != 1 || t.signer.Version != 1 {
		return nil, errors.New("the time-stamp token cannot be read")
	}
	var err error
	if t.certs, err = x509.ParseCertificates(sd.Certificates.Bytes); err != nil || len(t.certs) == 0 {
		return nil, errors.New("the time-stamp token holds no certificate of its signer")
	}
	for _, c := range t.certs {
		if bytes.Equal(c.RawIssuer, t.signer.ID.Issuer.FullBytes) && c.SerialNumber.Cmp(t.signer.ID.Serial) == 0 {
			t.cert = c
		}
	}
	if t.cert == nil {
		return nil, errors.New("the time-stamp token holds no certificate of its signer")
	}
	return t, nil
}

// Authority names who stamped, as its certificate does.
func (t *Token) Authority() string { return t.cert.Subject.String() }

// Verify returns nil if the token is one of the message, by the key of its certificate. Whose certificate that is, is for
// VerifyAuthority.
func (t *Token) Verify(message []byte) error {
	_, sum, err := sumBy(t.info.Imprint.Algorithm.ID, message)
	if err != nil {
		return err
	}
	if !bytes.Equal(sum, t.info.Imprint.Sum) {
		return errors.New("the time stamp is not one of these bytes")
	}
	if err := t.attributes(); err != nil {
		return err
	}
	return t.signed()
}

// attributes checks that what is signed is what was stamped, and by whose certificate.
func (t *Token) attributes() error {
	raw := t.signer.Attributes.Bytes
	_, want, err := sumBy(t.signer.Digest.ID, t.data)
	if err != nil {
		return err
	}
	var typed, digest, cert bool
	for len(raw) > 0 {
		var a attribute
		if raw, err = asn1.Unmarshal(raw, &a); err != nil {
			return errors.New("the time-stamp token cannot be read")
		}
		switch {
		case a.Type.Equal(oidContentType):
			var id asn1.ObjectIdentifier
			_, err = asn1.Unmarshal(a.Values.Bytes, &id)
			typed = err == nil && id.Equal(oidStampInfo)
		case a.Type.Equal(oidDigest):
			var sum []byte
			_, err = asn1.Unmarshal(a.Values.Bytes, &sum)
			digest = err == nil && bytes.Equal(sum, want)
		case a.Type.Equal(oidCertV1), a.Type.Equal(oidCertV2):
			cert = t.namesCertificate(a)
		}
	}
	if !typed || !digest || !cert {
		return errors.New("the time-stamp token is not as its authority signed it")
	}
	return nil
}

// namesCertificate reports whether an attribute names the signer's certificate by its hash. It is the first of a list in a list;
// its hash is the first OCTET STRING there.
func (t *Token) namesCertificate(a attribute) bool {
	var signing struct {
		Certs []struct {
			Algorithm algorithm `asn1:"optional"`
			Hash      []byte
			Issuer    asn1.RawValue `asn1:"optional"`
		}
		Policies asn1.RawValue `asn1:"optional"`
	}
	if _, err := asn1.Unmarshal(a.Values.Bytes, &signing); err != nil || len(signing.Certs) == 0 {
		return false
	}
	first := signing.Certs[0]
	if a.Type.Equal(oidCertV1) {
		sum := sha1.Sum(t.cert.Raw)
		return bytes.Equal(sum[:], first.Hash)
	}
	id := first.Algorithm.ID
	if len(id) == 0 {
		id = oidSHA256 // its default
	}
	_, sum, err := sumBy(id, t.cert.Raw)
	return err == nil && bytes.Equal(sum, first.Hash)
}

// signed checks the signature over the attributes, which are a SET there (RFC 5652, 5.4).
func (t *Token) signed() error {
	by, _, err := sumBy(t.signer.Digest.ID, nil)
	if err != nil {
		return err
	}
	if len(t.algs) != 1 || !t.algs[0].ID.Equal(t.signer.Digest.ID) {
		return errors.New("the time-stamp token names other hashes than that of its signer")
	}
	message := bytes.Clone(t.signer.Attributes.FullBytes)
	message[0] = asn1.TagSet | 0x20
	for _, s := range signatures {
		if !s.id.Equal(t.signer.Algorithm.ID) || s.by != 0 && s.by != by {
			continue
		}
		if t.cert.CheckSignature(s.algo, message, t.signer.Signature) != nil {
			return errors.New("the signature of the time-stamp token is wrong")
		}
		return nil
	}
	return errors.New("the time-stamp token is signed in a way that is not known")
}

// VerifyAuthority returns nil if the token's certificate is one for time stamps, and was good by the roots when it stamped.
func (t *Token) VerifyAuthority(roots *x509.CertPool) error {
	between := x509.NewCertPool()
	for _, c := range t.certs {
		between.AddCert(c)
	}
	_, err := t.cert.Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: between, CurrentTime: t.info.Time, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping},
	})
	if err != nil {
		return fmt.Errorf("the authority %s is not one of those that are trusted: %w", pkix.Name(t.cert.Subject).String(), err)
	}
	return nil
}
