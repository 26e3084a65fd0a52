package capture

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sync"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/secret"
)

// BlobsDir is the folder of a run directory that holds the bodies too long to be kept in the capture itself.
const BlobsDir = "blobs"

var (
	blobName = regexp.MustCompile(`^[0-9a-f]{64}$`)
	// tempName is the name of a file that is being written: createTemp's, or that of a report (.tagscan- with the end that os.CreateTemp
	// or crypto/rand.Text gives it). Where a run was killed it may be left.
	tempName = regexp.MustCompile(`^\.([0-9a-z]+\.tmp|tagscan-([0-9]{1,10}|[a-z2-7]{26}))$`)
)

// Blobs is a folder of bodies, each in a file named by the hex SHA-256 of its bytes, kept once however often it was
// sent. Files are made under another name and renamed when they are whole, so a name never stands for less than all its
// bytes. It is safe for use by several goroutines.
type Blobs struct {
	dir   string
	vault *secret.Vault // what must not be written

	mu   sync.Mutex
	lost error // the first body that could not be kept, guarded by mu
}

var _ crawler.Blobs = (*Blobs)(nil)

// NewBlobs returns the folder of bodies at dir, which is made when the first body comes.
func NewBlobs(dir string) *Blobs { return &Blobs{dir: dir} }

// noBlobs is where the bodies of a HAR file are that it does not hold: nowhere.
func noBlobs() *Blobs { return NewBlobs("") }

// Open opens the body with the hash. A name that is no hash, and so could lead out of the folder, does not exist. Where bytes
// end that are not those that were kept, cut or changed, the reader gives an error instead of io.EOF.
func (b *Blobs) Open(sum string) (io.ReadCloser, error) {
	if b.dir == "" || !blobName.MatchString(sum) {
		return nil, &fs.PathError{Op: "open", Path: sum, Err: fs.ErrNotExist}
	}
	f, err := openToRead(filepath.Join(b.dir, sum))
	if err != nil {
		return nil, err
	}
	return &provenReader{file: f, hash: sha256.New(), sum: sum}, nil
}

// provenReader hashes what is read of a blob and compares at the end.
type provenReader struct {
	file *os.File
	hash hash.Hash
	sum  string
}

func (r *provenReader) Read(p []byte) (int, error) {
	n, err := r.file.Read(p)
	r.hash.Write(p[:n])
	if err == io.EOF && hex.EncodeToString(r.hash.Sum(nil)) != r.sum {
		err = fmt.Errorf("%s/%s: the bytes are not those that were recorded", BlobsDir, r.sum)
	}
	return n, err
}

func (r *provenReader) Close() error { return r.file.Close() }

// lose remembers that a body could not be kept, so that a run whose disk was full never counts as whole.
func (b *Blobs) lose(err error) error {
	err = fmt.Errorf("blob: %w", err)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.lost == nil {
		b.lost = err
	}
	return err
}

// failure is the first error of keeping a body, or nil.
func (b *Blobs) failure() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.lost
}

// Put keeps the bytes and returns the body that names them.
func (b *Blobs) Put(data []byte) (crawler.Body, error) {
	data = b.vault.Body(data)
	sum := sha256.Sum256(data)
	name := hex.EncodeToString(sum[:])
	body := crawler.Body{Size: int64(len(data)), SHA256: name}
	if info, err := os.Lstat(filepath.Join(b.dir, name)); err == nil && info.Mode().IsRegular() && info.Size() == body.Size {
		return body, nil
	}
	return crawler.Pour(b.Sink, data)
}

// Create starts a body whose end is not known yet: it is hashed while it is written and never held in memory. The caller
// must end it with Close or Abort.
func (b *Blobs) Create() (*BlobWriter, error) {
	if err := os.MkdirAll(b.dir, dirMode); err != nil {
		return nil, b.lose(err)
	}
	f, err := createTemp(b.dir)
	if err != nil {
		return nil, b.lose(err)
	}
	w := &BlobWriter{blobs: b, file: f, hash: sha256.New()}
	w.in = b.vault.Writer((*blobBytes)(w))
	return w, nil
}

// Sink is Create as chrome.Options, record.LiveOptions and visit.Options want it.
func (b *Blobs) Sink() (crawler.Sink, error) {
	w, err := b.Create()
	if err != nil {
		return nil, err // and not w: an interface that holds a nil pointer is not nil
	}
	return w, nil
}

// BlobWriter writes one body into the folder of blobs. It is for one goroutine.
type BlobWriter struct {
	blobs *Blobs
	in    *secret.Writer // to file, by way of blobBytes
	file  blobFile
	hash  hash.Hash
	size  int64
	head  []byte // the first bytes, while the body may still turn out to be small
	err   error
}

// blobFile is what a BlobWriter needs of its file; tests give one whose disk is full.
type blobFile interface {
	io.WriteCloser
	Name() string
}

// Write implements io.Writer. After an error nothing more is written, and Close fails with the same error.
func (w *BlobWriter) Write(p []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	return w.in.Write(p)
}

// blobBytes takes the bytes of a BlobWriter as they are kept.
type blobBytes BlobWriter

func (w *blobBytes) Write(p []byte) (int, error) {
	n, err := w.file.Write(p)
	w.hash.Write(p[:n])
	w.size += int64(n)
	if room := crawler.MaxInline + 1 - len(w.head); room > 0 {
		w.head = append(w.head, p[:min(n, room)]...)
	}
	if err != nil {
		w.err = w.blobs.lose(err)
	}
	return n, w.err
}

// Size returns the number of bytes written so far; with values to replace it lags behind.
func (w *BlobWriter) Size() int64 { return w.size }

// Close ends the body and returns it: inline if it turned out to be at most crawler.MaxInline bytes long (then no file is
// left), else named by its hash.
func (w *BlobWriter) Close() (crawler.Body, error) {
	if w.err == nil {
		if err := w.in.Flush(); err != nil && w.err == nil {
			w.err = err
		}
	}
	if w.err != nil {
		return crawler.Body{}, errors.Join(w.err, w.Abort())
	}
	if w.size <= crawler.MaxInline {
		return crawler.NewBody(w.head), w.Abort()
	}
	name := hex.EncodeToString(w.hash.Sum(nil))
	temp := w.file.Name()
	err := w.file.Close()
	if err == nil {
		err = os.Rename(temp, filepath.Join(w.blobs.dir, name))
	}
	if err != nil {
		return crawler.Body{}, w.blobs.lose(errors.Join(err, os.Remove(temp)))
	}
	return crawler.Body{Size: w.size, SHA256: name}, nil
}

// Abort gives the body up and removes what was written of it.
func (w *BlobWriter) Abort() error {
	return errors.Join(w.file.Close(), os.Remove(w.file.Name()))
}

// facts lists the bodies for a manifest. Their names are their hashes, so nothing is read.
func (b *Blobs) facts() ([]ManifestFact, error) {
	entries, err := os.ReadDir(b.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	list := make([]ManifestFact, 0, len(entries)+1)
	for _, e := range entries {
		if !e.Type().IsRegular() || !blobName.MatchString(e.Name()) {
			continue
		}
		info, err := e.Info()
		if err != nil {
			return nil, err
		}
		list = append(list, ManifestFact{Name: BlobsDir + "/" + e.Name(), Size: info.Size(), SHA256: e.Name()})
	}
	return list, nil
}

// clean removes blobs and half-written ones, and nothing else, from the folder.
func (b *Blobs) clean() error {
	entries, err := os.ReadDir(b.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if blobName.MatchString(e.Name()) || tempName.MatchString(e.Name()) {
			err = errors.Join(err, os.Remove(filepath.Join(b.dir, e.Name())))
		}
	}
	return err
}
