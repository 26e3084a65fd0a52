// Package attest makes and reads what vouches for a file: a signature with an SSH key, in the format of `ssh-keygen -Y sign`, and
// a time-stamp token of RFC 3161. It knows nothing of runs, trusts no key by itself, and asks nobody but the time-stamping
// authority that it is told.
package attest
