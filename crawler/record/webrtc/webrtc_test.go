package webrtc

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// told has the book take in events as Chromium 156 tells them, each "event {…}".
func told(t *testing.T, events ...[2]string) *Book {
	b := &Book{}
	for _, e := range events {
		require.NoError(t, b.Take(fmt.Sprintf("[%q,%s]", e[0], e[1]), time.Unix(1, 0)))
	}
	return b
}

func added(local int, configuration string) [2]string {
	return [2]string{"add-peer-connection", fmt.Sprintf(`{"rid":7,"lid":%d,"pid":1,"url":"http://shop.test/","rtcConfiguration":%q}`, local, configuration)}
}

func called(local int, what, value string) [2]string {
	return [2]string{"update-peer-connection", fmt.Sprintf(`{"rid":7,"lid":%d,"type":%q,"value":%q}`, local, what, value)}
}

func description(key string) string {
	return `{"type":"offer","sdp":"v=0\r\na=fingerprint:sha-256 ` + key + `\r\n"}`
}

func all(*Connection) bool { return true }

func TestConnectionsAreReadAsChromeTellsThem(t *testing.T) {
	b := told(t,
		added(1, `{"iceServers":[{"urls":["stun:a.test:3478"]},{"urls":["turn:b.test?transport=tcp","stun:a.test:3478"]}]}`),
		called(1, "createDataChannel", `{"label":"d"}`),
		called(1, "setConfiguration", `{"iceServers":[{"urls":"turns:c.test"}]}`),
		called(1, "setLocalDescription", ""),
		called(1, "setLocalDescriptionOnSuccess", description("AA:01")),
		[2]string{"remove-peer-connection", `{"rid":7,"lid":1}`},
		[2]string{"add-standard-stats", `{"reports":[1]}`},
		[2]string{"ready", "null"},
	)
	assert.True(t, b.Ready())
	got := b.Out(all)
	require.Len(t, got, 1)
	assert.Equal(t, []string{"stun:a.test:3478", "turn:b.test?transport=tcp", "turns:c.test"}, got[0].Servers)
	assert.True(t, got[0].Channel && got[0].Offered && !got[0].Answered)
	assert.Empty(t, b.Out(all))

	require.NoError(t, b.Take(`["update-all-peer-connections",[{"rid":7,"lid":2,"url":"http://shop.test/b","rtcConfiguration":"{}",
		"log":[{"type":"createDataChannel","value":"{}"}]}]]`, time.Unix(2, 0)))
	require.NoError(t, b.Take(`["update-peer-connection",{"rid":7,"lid":1,"type":"close","value":""}]`, time.Unix(2, 0)), "of one that is told")
	got = b.Out(all)
	require.Len(t, got, 1)
	assert.Equal(t, "http://shop.test/b", got[0].Document)
	assert.True(t, got[0].Channel)
	assert.Error(t, b.Take("no JSON", time.Unix(2, 0)))
}

// A page that connects two ends of its own keeps what it says to itself; one that has described another end does not.
func TestBothEndsInOneBrowser(t *testing.T) {
	b := told(t, added(1, "{}"), added(2, "{}"), added(3, "{}"),
		called(1, "setLocalDescription", description("AA:01")), called(2, "setRemoteDescription", description("AA:01")),
		called(2, "setLocalDescription", description("AA:02")), called(1, "setRemoteDescription", description("AA:02")),
		called(3, "setLocalDescription", description("AA:03")), called(3, "setRemoteDescription", description("BB:01")),
	)
	var inside []bool
	for _, c := range b.Out(all) {
		inside = append(inside, b.Inside(c))
	}
	assert.Equal(t, []bool{true, true, false}, inside)
}

// What is kept has bounds, and what was too much is counted.
func TestConnectionsAreBounded(t *testing.T) {
	b := &Book{}
	for i := range maxConnections + 3 {
		b.Found(Described{Servers: fmt.Sprintf(`[{"urls":"stun:s%d.test"}]`, i)}, "http://shop.test/", time.Unix(1, 0))
	}
	assert.Len(t, b.Out(all), maxConnections)
	assert.Equal(t, 3, b.Dropped())
	assert.Zero(t, b.Dropped())
}

func TestHostOfAServer(t *testing.T) {
	for server, want := range map[string]string{
		"stun:stun.example": "stun.example", "stun:Stun.example:3478": "stun.example", "turn:t.example:443?transport=tcp": "t.example",
		"turns:192.0.2.1:5349": "192.0.2.1", "stun:[2001:db8::1]:3478": "2001:db8::1", "stun:[2001:db8::1]": "2001:db8::1", "stun:": "",
	} {
		assert.Equal(t, want, Host(server), server)
	}
}
