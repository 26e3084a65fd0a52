package recipient

import (
	"strings"
)

// glob is a compiled pattern in which * stands for any run of characters, the empty one included.
type glob struct {
	parts   []string // literal text between the stars
	literal int      // characters that are no star: the more, the better the pattern fits
}

func newGlob(pattern string) glob {
	g := glob{parts: strings.Split(strings.ReplaceAll(pattern, "**", "*"), "*")}
	for _, p := range g.parts {
		g.literal += len(p)
	}
	return g
}

// exact reports whether the pattern has no star.
func (g glob) exact() bool { return len(g.parts) == 1 }

func (g glob) match(s string) bool {
	first, last := g.parts[0], g.parts[len(g.parts)-1]
	if len(g.parts) == 1 {
		return s == first
	}
	if len(s) < len(first)+len(last) || s[:len(first)] != first || s[len(s)-len(last):] != last {
		return false
	}
	s = s[len(first) : len(s)-len(last)]
	for _, p := range g.parts[1 : len(g.parts)-1] {
		i := strings.Index(s, p)
		if i < 0 {
			return false
		}
		s = s[i+len(p):]
	}
	return true
}

// braces expands {a,b} to one pattern each; braces do not nest.
func braces(pattern string) []string {
	open := strings.IndexByte(pattern, '{')
	if open < 0 {
		return []string{pattern}
	}
	end := strings.IndexByte(pattern[open:], '}')
	if end < 0 {
		return []string{pattern}
	}
	var out []string
	for alt := range strings.SplitSeq(pattern[open+1:open+end], ",") {
		out = append(out, braces(pattern[:open]+alt+pattern[open+end+1:])...)
	}
	return out
}

// fold appends path to buf with every array index made [*]: "data[12].x" gives "data[*].x". Brackets around anything
// but digits stay: "ud[em]".
func fold(buf []byte, path string) []byte {
	for i := 0; i < len(path); {
		if j := indexEnd(path, i); j > 0 {
			buf, i = append(buf, "[*]"...), j
		} else {
			buf, i = append(buf, path[i]), i+1
		}
	}
	return buf
}

// unfolded is the length of the part of path that folds to n bytes.
func unfolded(path string, n int) int {
	i := 0
	for folded := 0; i < len(path) && folded < n; {
		if j := indexEnd(path, i); j > 0 {
			i, folded = j, folded+len("[*]")
		} else {
			i, folded = i+1, folded+1
		}
	}
	return i
}

// indexEnd returns where the index that starts at path[i] ends, or 0 if none starts there.
func indexEnd(path string, i int) int {
	if path[i] != '[' {
		return 0
	}
	j := i + 1
	for j < len(path) && '0' <= path[j] && path[j] <= '9' {
		j++
	}
	if j == i+1 || j == len(path) || path[j] != ']' {
		return 0
	}
	return j + 1
}

// lastKey is the last name of a path, indexes cut off: "data[3].properties.token" gives "token", "e[0]" gives "e".
func lastKey(path string) string {
	for strings.HasSuffix(path, "]") {
		i := strings.LastIndexByte(path, '[')
		if i < 0 || !digitsOrStar(path[i+1:len(path)-1]) {
			break
		}
		path = path[:i]
	}
	return path[strings.LastIndexByte(path, '.')+1:]
}

func digitsOrStar(s string) bool {
	if s == "*" {
		return true
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
