package attest

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"time"
)

// RFC 3161: the request, the answer and what is stamped.
type (
	stampRequest struct {
		Version int
		Imprint imprint
		Nonce   *big.Int
		CertReq bool
	}
	imprint struct {
		Algorithm algorithm
		Sum       []byte
	}
	algorithm struct {
		ID         asn1.ObjectIdentifier
		Parameters asn1.RawValue `asn1:"optional"`
	}
	stampResponse struct {
		Status statusInfo
		Token  asn1.RawValue `asn1:"optional"`
	}
	statusInfo struct {
		Status  int
		Text    []asn1.RawValue `asn1:"optional"`
		Failure asn1.BitString  `asn1:"optional"`
	}
)

var (
	oidSHA256 = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	asnNull   = asn1.RawValue{Tag: asn1.TagNull}
)

// maxAnswer bounds the answer of a time-stamping authority: tokens with their certificates have some kilobytes.
const maxAnswer = 1 << 20

// Stamp asks the time-stamping authority at the address for a token of the message (RFC 3161 over HTTP), and checks that it is
// one. The authority learns the hash of the message, and nothing else. What comes back is for ParseToken.
func Stamp(ctx context.Context, client *http.Client, url string, message []byte) ([]byte, error) {
	sum := sha256.Sum256(message)
	nonce, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 63))
	if err != nil {
		return nil, fmt.Errorf("time stamp: %w", err)
	}
	query, err := asn1.Marshal(stampRequest{
		Version: 1, Imprint: imprint{algorithm{oidSHA256, asnNull}, sum[:]}, Nonce: nonce, CertReq: true,
	})
	if err != nil {
		return nil, fmt.Errorf("time stamp: %w", err)
	}
	answer, err := post(ctx, client, url, query)
	if err != nil {
		return nil, fmt.Errorf("time stamp: %w", err)
	}
	token, err := tokenIn(answer)
	if err != nil {
		return nil, fmt.Errorf("time stamp: %w", err)
	}
	t, err := parseToken(token)
	if err == nil {
		err = t.Verify(message)
	}
	if err == nil && (t.info.Nonce == nil || t.info.Nonce.Cmp(nonce) != 0) {
		err = errors.New("the answer is one to another question")
	}
	if err != nil {
		return nil, fmt.Errorf("time stamp: %w", err)
	}
	return armour(token), nil
}

// A token is kept as PEM (RFC 7468) with a line before it that names its hash: authorities send certificates along that nothing in
// the token vouches for, and a byte of them that changed would go unnoticed.
const (
	pemType = "CMS"
	pemLine = "SHA-256 of the time-stamp token: "
)

func armour(token []byte) []byte {
	sum := sha256.Sum256(token)
	return append([]byte(pemLine+hex.EncodeToString(sum[:])+"\n"), pem.EncodeToMemory(&pem.Block{Type: pemType, Bytes: token})...)
}

// ParseToken reads a time-stamp token as Stamp returns it. It must be written like that to the byte.
func ParseToken(file []byte) (*Token, error) {
	block, _ := pem.Decode(file)
	if block == nil || block.Type != pemType {
		return nil, errors.New("it is no time-stamp token")
	}
	if !bytes.Equal(armour(block.Bytes), file) {
		return nil, errors.New("the time-stamp token is not as it was written")
	}
	return parseToken(block.Bytes)
}

func post(ctx context.Context, client *http.Client, url string, query []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(query))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/timestamp-query")
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the authority answered %s", resp.Status)
	}
	return io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
}

// tokenIn takes the token from an answer.
func tokenIn(answer []byte) ([]byte, error) {
	var r stampResponse
	if rest, err := asn1.Unmarshal(answer, &r); err != nil || len(rest) > 0 {
		return nil, errors.New("the answer is none of a time-stamping authority")
	}
	if r.Status.Status > 1 { // 0 is granted, 1 granted with modifications
		return nil, fmt.Errorf("the authority refused (status %d)", r.Status.Status)
	}
	if len(r.Token.FullBytes) == 0 {
		return nil, errors.New("the answer holds no token")
	}
	return r.Token.FullBytes, nil
}

// Time is when the authority says that the message was there.
func (t *Token) Time() time.Time { return t.info.Time }
