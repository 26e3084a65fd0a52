package attest

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
)

// key is a new private key as ssh-keygen keeps it, and its public key.
func key(t *testing.T, passphrase string) (file []byte, public string) {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	block, err := ssh.MarshalPrivateKey(private, "jo")
	if passphrase != "" {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(private, "jo", []byte(passphrase))
	}
	require.NoError(t, err)
	signer, err := ssh.NewSignerFromKey(private)
	require.NoError(t, err)
	return pem.EncodeToMemory(block), string(ssh.MarshalAuthorizedKey(signer.PublicKey()))
}

func TestASignatureIsOneOfItsMessageAlone(t *testing.T) {
	file, public := key(t, "")
	signer, err := ParseKey(file, "")
	require.NoError(t, err)
	sig, err := Sign(signer, []byte("message"))
	require.NoError(t, err)
	s, err := ParseSignature(sig)
	require.NoError(t, err)
	require.NoError(t, s.Verify([]byte("message")))
	require.ErrorContains(t, s.Verify([]byte("massage")), "not one of these bytes")

	signers, err := ParseSigners([]byte("# who may\njo@example.org namespaces=\"tagscan\" " + public))
	require.NoError(t, err)
	who, ok := s.By(signers)
	assert.True(t, ok)
	assert.Equal(t, "jo@example.org", who.Name)
	_, other := key(t, "")
	signers, err = ParseSigners([]byte(other))
	require.NoError(t, err)
	_, ok = s.By(signers)
	assert.False(t, ok)
}

func TestEveryBitOfASignatureCounts(t *testing.T) {
	file, _ := key(t, "")
	signer, err := ParseKey(file, "")
	require.NoError(t, err)
	sig, err := Sign(signer, []byte("message"))
	require.NoError(t, err)
	for bit := range 8 * len(sig) {
		changed := bytes.Clone(sig)
		changed[bit/8] ^= 1 << (bit % 8)
		s, err := ParseSignature(changed)
		if err == nil {
			err = s.Verify([]byte("message"))
		}
		require.Error(t, err, "bit %d", bit)
	}
}

func TestKeysThatAreNotTaken(t *testing.T) {
	locked, _ := key(t, "open sesame")
	_, err := ParseKey(locked, "")
	require.ErrorIs(t, err, ErrPassphrase)
	_, err = ParseKey(locked, "wrong")
	require.Error(t, err)
	_, err = ParseKey(locked, "open sesame")
	require.NoError(t, err)
	_, err = ParseKey([]byte("no key"), "")
	require.ErrorContains(t, err, "ssh-keygen")
	_, public := key(t, "")
	for _, line := range []string{"", "jo", "cert-authority,namespaces=\"x\" " + public, "jo valid-before=\"20200101\" " + public, "jo a b " + public} {
		_, err := ParseSigners([]byte(line))
		require.Error(t, err, line)
	}
}

// TestOpenSSHReadsAndWritesTheSame: what one signs, the other verifies.
func TestOpenSSHReadsAndWritesTheSame(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	file, public := key(t, "")
	require.NoError(t, os.WriteFile(at("key"), file, 0o600))
	require.NoError(t, os.WriteFile(at("signers"), []byte("jo "+public), 0o600))
	require.NoError(t, os.WriteFile(at("manifest.json"), []byte("message"), 0o600))
	signer, err := ParseKey(file, "")
	require.NoError(t, err)
	sig, err := Sign(signer, []byte("message"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(at("ours.sig"), sig, 0o600))

	verify := exec.Command("ssh-keygen", "-Y", "verify", "-n", Namespace, "-I", "jo", "-f", at("signers"), "-s", at("ours.sig"))
	verify.Stdin = bytes.NewReader([]byte("message"))
	out, err := verify.CombinedOutput()
	require.NoError(t, err, "%s", out)

	out, err = exec.Command("ssh-keygen", "-Y", "sign", "-n", Namespace, "-f", at("key"), at("manifest.json")).CombinedOutput()
	require.NoError(t, err, "%s", out)
	theirs, err := os.ReadFile(at("manifest.json.sig"))
	require.NoError(t, err)
	s, err := ParseSignature(theirs)
	require.NoError(t, err)
	require.NoError(t, s.Verify([]byte("message")))
	assert.Equal(t, string(sig), string(theirs), "Ed25519 is deterministic")
}
