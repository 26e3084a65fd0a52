package rule

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// missingFacts names what a row must say and does not.
func missingFacts(row ClassInfo) []string {
	var out []string
	v := reflect.ValueOf(row)
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if _, optional := f.Tag.Lookup("optional"); !optional && v.Field(i).IsZero() && f.Name != "Severity" {
			out = append(out, f.Name)
		}
	}
	return out
}

func TestEveryClassHasAllItsFacts(t *testing.T) {
	seen, keys := map[Class]bool{}, map[string]Class{}
	for _, row := range Classes() {
		assert.Empty(t, missingFacts(row), "class %q: its row in classes.go says nothing for these", row.Class)
		assert.Regexp(t, `^[a-z]+\.[a-z_]+$`, string(row.Class))
		assert.False(t, seen[row.Class], "class %q has two rows", row.Class)
		assert.False(t, strings.HasPrefix(string(row.Class), "known."), "known.* are classes of persona keys")
		seen[row.Class] = true
		for key := range strings.FieldsSeq(row.Keys) {
			assert.Empty(t, keys[key], "persona key %q of class %q", key, row.Class)
			keys[key] = row.Class
		}
	}
	assert.True(t, slices.IsSortedFunc(Classes(), func(a, b ClassInfo) int { return int(b.Severity - a.Severity) }), "the most severe first")
}

func TestAMissingFactIsNamed(t *testing.T) {
	row, _ := InfoOf(Email)
	row.Many, row.DPV, row.CWE = "", "", ""
	assert.Equal(t, []string{"Many", "DPV"}, missingFacts(row))
}

// A class that the code names has a row.
func TestEveryNamedClassHasARow(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "class.go", nil, 0)
	require.NoError(t, err)
	named := 0
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		for _, s := range g.Specs {
			v := s.(*ast.ValueSpec)
			id, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
			require.NoError(t, err)
			named++
			assert.True(t, Class(id).Listed(), "%s (%s) has no row in classes.go", v.Names[0].Name, id)
		}
	}
	assert.NotZero(t, named)
	for _, r := range Rules {
		assert.True(t, r.Class.Listed(), "rule %s finds %q, which has no row in classes.go", r.ID, r.Class)
	}
}

func TestTitlesInASentence(t *testing.T) {
	for c, want := range map[Class]string{IP: "IP address", Email: "e-mail address", UserID: "user id", "known.x": "known value: x"} {
		info, _ := InfoOf(c)
		assert.Equal(t, want, info.Noun())
	}
}

func TestClassesWithoutARow(t *testing.T) {
	info, ok := InfoOf("known.loyalty")
	assert.True(t, ok)
	assert.Empty(t, missingFacts(info))
	assert.Equal(t, High, info.Severity, "only its user can say what it is")
	info, ok = InfoOf("nobody.listed_it")
	assert.False(t, ok)
	assert.Equal(t, ClassInfo{Class: "nobody.listed_it", Title: "nobody.listed_it", Many: "nobody.listed_it", Severity: High}, info)
}
