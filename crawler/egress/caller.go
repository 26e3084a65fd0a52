package egress

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
)

// sockets lists the machine's connections by TCP over IPv4, with the user that each belongs to
// (https://docs.kernel.org/networking/proc_net_tcp.html). Where there is no such list nobody can be told from others.
const sockets = "/proc/net/tcp"

// welcome reports whether a connection to the door comes from a program of the user that tagscan runs as, or of one that the guard was
// told. SOCKS has a password, and Chrome none for it: any user of the machine could come to the door, and through it to what only
// tagscan's user may reach, such as a staging host that was named or a proxy that asks for a password.
func (g *Guard) welcome(c net.Conn) bool {
	uid, err := g.owner(c)
	if errors.Is(err, fs.ErrNotExist) {
		return true // no list
	}
	return err == nil && (uid == os.Getuid() || slices.Contains(g.o.Users, uid))
}

// callerOf is the user whose program is at the other end of a connection within the machine.
func callerOf(c net.Conn) (uid int, err error) {
	list, err := os.Open(sockets)
	if err != nil {
		return 0, err
	}
	defer list.Close()
	return ownerOf(list, c.RemoteAddr(), c.LocalAddr())
}

// ownerOf is the user whose connection, in a list of /proc/net/tcp, leads from one address to another.
func ownerOf(list io.Reader, from, to net.Addr) (uid int, err error) {
	at, remote := hexAddr(from), hexAddr(to)
	lines := bufio.NewScanner(list)
	for lines.Scan() {
		// sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid …
		f := strings.Fields(lines.Text())
		if len(f) > 7 && f[1] == at && f[2] == remote {
			return strconv.Atoi(f[7])
		}
	}
	if err := lines.Err(); err != nil {
		return 0, err
	}
	return 0, fmt.Errorf("%s: no connection from %s", sockets, from)
}

// hexAddr is an address as the list writes it: in the byte order of the machine.
func hexAddr(a net.Addr) string {
	addr, err := netip.ParseAddrPort(a.String())
	if err != nil || !addr.Addr().Unmap().Is4() {
		return ""
	}
	b := addr.Addr().Unmap().As4()
	return fmt.Sprintf("%08X:%04X", binary.NativeEndian.Uint32(b[:]), addr.Port())
}
