package attest

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/ssh"
)

// Namespace is what a signature is for, so that one made for something else does not count:
// `ssh-keygen -Y verify -n tagscan -I WHO -f SIGNERS -s manifest.json.sig < manifest.json`.
const Namespace = "tagscan"

// The format is that of https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.sshsig.
const (
	sshMagic   = "SSHSIG"
	sshVersion = 1
	sshBegin   = "-----BEGIN SSH SIGNATURE-----\n"
	sshEnd     = "-----END SSH SIGNATURE-----\n"
	sshWidth   = 70 // characters of base64 in a line
)

// sshBlob is what stands between the lines of an armoured signature, after the magic.
type sshBlob struct {
	Version   uint32
	Key       []byte
	Namespace string
	Reserved  string
	Hash      string
	Signature []byte
}

// sshSigned is what is signed, after the magic.
type sshSigned struct {
	Namespace string
	Reserved  string
	Hash      string
	Sum       []byte
}

// Signature is a signature by an Ed25519 key.
type Signature struct {
	Key  ssh.PublicKey
	blob sshBlob
}

// Sign signs a message with an Ed25519 key.
func Sign(signer ssh.Signer, message []byte) ([]byte, error) {
	if signer.PublicKey().Type() != ssh.KeyAlgoED25519 {
		return nil, fmt.Errorf("the key is of type %s: only %s is taken", signer.PublicKey().Type(), ssh.KeyAlgoED25519)
	}
	blob := sshBlob{Version: sshVersion, Key: signer.PublicKey().Marshal(), Namespace: Namespace, Hash: "sha512"}
	sum := sha512.Sum512(message)
	sig, err := signer.Sign(rand.Reader, blob.signed(sum[:]))
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	blob.Signature = ssh.Marshal(sig)
	return blob.armour(), nil
}

// signed is what is signed of a message with the hash.
func (b sshBlob) signed(sum []byte) []byte {
	return append([]byte(sshMagic), ssh.Marshal(sshSigned{b.Namespace, b.Reserved, b.Hash, sum})...)
}

func (b sshBlob) armour() []byte {
	text := base64.StdEncoding.EncodeToString(append([]byte(sshMagic), ssh.Marshal(b)...))
	var out bytes.Buffer
	out.WriteString(sshBegin)
	for len(text) > 0 {
		n := min(len(text), sshWidth)
		out.WriteString(text[:n] + "\n")
		text = text[n:]
	}
	out.WriteString(sshEnd)
	return out.Bytes()
}

// ParseSignature reads an armoured signature. It must be written as ssh-keygen writes it, to the byte: what was changed in it
// does not count, even where it would mean the same.
func ParseSignature(armoured []byte) (*Signature, error) {
	text, begun := strings.CutPrefix(string(armoured), sshBegin)
	text, ended := strings.CutSuffix(text, sshEnd)
	if !begun || !ended {
		return nil, errors.New("it is no SSH signature")
	}
	raw, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(text, "\n", ""))
	if err != nil || !bytes.HasPrefix(raw, []byte(sshMagic)) {
		return nil, errors.New("it is no SSH signature")
	}
	s := new(Signature)
	if err := ssh.Unmarshal(raw[len(sshMagic):], &s.blob); err != nil {
		return nil, fmt.Errorf("SSH signature: %w", err)
	}
	switch {
	case !bytes.Equal(s.blob.armour(), armoured):
		return nil, errors.New("the SSH signature is not as it was written")
	case s.blob.Version != sshVersion:
		return nil, fmt.Errorf("the SSH signature has version %d, which is not known", s.blob.Version)
	case s.blob.Namespace != Namespace:
		return nil, fmt.Errorf("the signature was made for %q and not for %q", s.blob.Namespace, Namespace)
	}
	if s.Key, err = ssh.ParsePublicKey(s.blob.Key); err != nil {
		return nil, fmt.Errorf("SSH signature: %w", err)
	}
	if s.Key.Type() != ssh.KeyAlgoED25519 {
		return nil, fmt.Errorf("the signature is by a key of type %s: only %s is taken", s.Key.Type(), ssh.KeyAlgoED25519)
	}
	return s, nil
}

// Verify returns nil if the signature is one of the message.
func (s *Signature) Verify(message []byte) error {
	sum, err := sshSum(s.blob.Hash, message)
	if err != nil {
		return err
	}
	var sig ssh.Signature
	if err := ssh.Unmarshal(s.blob.Signature, &sig); err != nil {
		return fmt.Errorf("SSH signature: %w", err)
	}
	if len(sig.Rest) > 0 || sig.Format != ssh.KeyAlgoED25519 || len(sig.Blob) != ed25519.SignatureSize {
		return errors.New("the SSH signature is not one of an Ed25519 key")
	}
	if err := s.Key.Verify(s.blob.signed(sum), &sig); err != nil {
		return errors.New("the signature is not one of these bytes")
	}
	return nil
}

// sshSum is the hash of a message by the name that the format has for it.
func sshSum(hash string, message []byte) ([]byte, error) {
	switch hash {
	case "sha512":
		sum := sha512.Sum512(message)
		return sum[:], nil
	case "sha256":
		sum := sha256.Sum256(message)
		return sum[:], nil
	}
	return nil, fmt.Errorf("the SSH signature is by the hash %q, which is not known", hash)
}

// Fingerprint names the key as ssh-keygen -l does.
func (s *Signature) Fingerprint() string { return ssh.FingerprintSHA256(s.Key) }

// ErrPassphrase says that a private key cannot be read without its passphrase.
var ErrPassphrase = errors.New("the key has a passphrase")

// ParseKey reads a private key in a format of OpenSSH. passphrase may be empty.
func ParseKey(file []byte, passphrase string) (ssh.Signer, error) {
	signer, err := ssh.ParsePrivateKey(file)
	var locked *ssh.PassphraseMissingError
	if errors.As(err, &locked) {
		if passphrase == "" {
			return nil, ErrPassphrase
		}
		signer, err = ssh.ParsePrivateKeyWithPassphrase(file, []byte(passphrase))
	}
	if err != nil {
		return nil, errors.New("it is no private key that can be read: ssh-keygen -t ed25519 makes one")
	}
	if signer.PublicKey().Type() != ssh.KeyAlgoED25519 {
		return nil, fmt.Errorf("the key is of type %s: only %s is taken", signer.PublicKey().Type(), ssh.KeyAlgoED25519)
	}
	return signer, nil
}

// Signer is a key that somebody's signatures are made with.
type Signer struct {
	Key  ssh.PublicKey
	Name string // the comment of a public key, or the principals of an allowed signer
}

// ParseSigners reads public keys, one a line: as in id_ed25519.pub and authorized_keys, or as in the allowed signers of
// ssh-keygen(1). Lines with options that limit a key are refused, for they are not honoured.
func ParseSigners(file []byte) ([]Signer, error) {
	var all []Signer
	n := 0
	for line := range strings.Lines(string(file)) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		s, err := parseSigner(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		all = append(all, s)
	}
	if len(all) == 0 {
		return nil, errors.New("there is no key in it")
	}
	return all, nil
}

func parseSigner(line string) (Signer, error) {
	fields := strings.Fields(line)
	at := 0
	for at < len(fields) && fields[at] != ssh.KeyAlgoED25519 {
		at++
	}
	switch {
	case at == len(fields):
		return Signer{}, fmt.Errorf("there is no %s key in it", ssh.KeyAlgoED25519)
	case at > 0 && limitsKey(fields[0]), at == 2 && fields[1] != `namespaces="`+Namespace+`"`, at > 2:
		return Signer{}, errors.New("it has options that are not known")
	}
	key, comment, _, _, err := ssh.ParseAuthorizedKey([]byte(strings.Join(fields[at:], " ")))
	if err != nil {
		return Signer{}, errors.New("its key cannot be read")
	}
	if at > 0 {
		comment = fields[0]
	}
	return Signer{Key: key, Name: comment}, nil
}

// limitsKey reports whether what stands before a key are options of authorized_keys, and not the name of a signer.
func limitsKey(s string) bool {
	return strings.Contains(s, `="`) || strings.HasPrefix(s, "cert-authority") || strings.HasPrefix(s, "no-") || s == "restrict"
}

// By returns the signer of the signature, false if it is none of these.
func (s *Signature) By(signers []Signer) (Signer, bool) {
	for _, who := range signers {
		if bytes.Equal(who.Key.Marshal(), s.Key.Marshal()) {
			return who, true
		}
	}
	return Signer{}, false
}
