// Package chrome owns Chrome processes: it finds a browser, launches it with the sandbox on and proven, hands out its
// connection, and makes sure that nothing of it is left. It loads no page and records nothing.
package chrome
