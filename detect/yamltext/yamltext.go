// Package yamltext parses YAML that may have come from anywhere. The parser's memory grows with the square of how deep a text is nested: a
// hundred thousand brackets took twenty gigabytes. So a text is refused that is nested deeper or is longer than any that a person or
// tagscan writes. What the text means is its readers' business.
package yamltext

import (
	"fmt"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

const (
	// maxDepth is how deep lists and keys may be nested; what tagscan reads is nested six deep.
	maxDepth = 100
	// maxSize is the length of a text in bytes; the baseline of a large shop has less than one million.
	maxSize = 16 << 20
)

// Excess says that a text is not read, and where it begins to be too much.
type Excess struct {
	Line, Column int // from 1
	Text         string
}

// Error implements error.
func (e *Excess) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Text) }

// Parse parses a text. The error is an *Excess, or the parser's.
func Parse(src []byte) (*ast.File, error) {
	if len(src) > maxSize {
		return nil, &Excess{1, 1, fmt.Sprintf("the file has %d bytes: at most %d are read", len(src), maxSize)}
	}
	if t := tooDeep(src); t != nil {
		return nil, &Excess{t.Position.Line, t.Position.Column, fmt.Sprintf("lists and keys are nested more than %d deep", maxDepth)}
	}
	return parser.ParseBytes(src, 0)
}

// tooDeep returns the token at which a text is nested too deep, or nil. Brackets nest, and so do the columns at which lines and the
// entries of lists begin.
func tooDeep(src []byte) *token.Token {
	flow, line := 0, 0
	var columns []int
	for _, t := range lexer.Tokenize(string(src)) {
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			flow++
		case token.SequenceEndType, token.MappingEndType:
			flow = max(0, flow-1)
		}
		if first := t.Position.Line != line; flow == 0 && (first || t.Type == token.SequenceEntryType) {
			for len(columns) > 0 && columns[len(columns)-1] >= t.Position.Column {
				columns = columns[:len(columns)-1]
			}
			columns = append(columns, t.Position.Column)
		}
		line = t.Position.Line
		if flow+len(columns) > maxDepth {
			return t
		}
	}
	return nil
}
