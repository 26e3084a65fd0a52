package egress

import (
	"io"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestWhoseConnectionItIs: the owner of the very connection, and not of another between the same addresses.
func TestWhoseConnectionItIs(t *testing.T) {
	const list = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 11 1 0
   1: 0100007F:1F90 0100007F:C001 01 00000000:00000000 00:00000000 00000000     0        0 12 1 0
   2: 0100007F:C001 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1001        0 13 1 0
`
	addr := func(port int) net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port} }
	uid, err := ownerOf(strings.NewReader(list), addr(0xC001), addr(0x1F90))
	require.NoError(t, err)
	assert.Equal(t, 1001, uid)
	_, err = ownerOf(strings.NewReader(list), addr(0xC002), addr(0x1F90))
	assert.Error(t, err)
}

// TestTheDoorIsForOneUser: a program of the user that tagscan runs as is let in, and no other.
func TestTheDoorIsForOneUser(t *testing.T) {
	g, err := New(t.Context(), Options{})
	require.NoError(t, err)
	door, err := g.Open()
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, door.Close()) })
	greet := func() error {
		c, err := net.Dial("tcp", door.listeners["http"].Addr().String())
		require.NoError(t, err)
		defer c.Close()
		_, err = c.Write([]byte{5, 1, 0})
		require.NoError(t, err)
		_, err = io.ReadFull(c, make([]byte, 2))
		return err
	}
	assert.NoError(t, greet())
	g.owner = func(net.Conn) (int, error) { return os.Getuid() + 1, nil }
	assert.Error(t, greet())
	g.o.Users = []int{os.Getuid() + 1}
	assert.NoError(t, greet(), "a user that the browser runs as")
}
