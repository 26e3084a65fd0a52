package main

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/packages"
)

//go:generate go test . -run TestThePublicSurface -update

var update = flag.Bool("update", false, "write testdata/api.txt anew")

const surfaceFile = "testdata/api.txt"

// TestThePublicSurface lists what other programs may build on, a line for each name, and fails when it changed without
// the committed list: whoever reviews a change sees in one place what it adds, renames or takes away.
func TestThePublicSurface(t *testing.T) {
	var b strings.Builder
	for _, p := range library(t) {
		surface(&b, p)
	}
	if *update {
		require.NoError(t, os.WriteFile(surfaceFile, []byte(b.String()), 0o644))
	}
	committed, err := os.ReadFile(surfaceFile)
	require.NoError(t, err)
	gone, added := difference(strings.Split(string(committed), "\n"), strings.Split(b.String(), "\n"))
	assert.Empty(t, gone, "gone from the public surface; if that is meant, run make generate and commit %s", surfaceFile)
	assert.Empty(t, added, "new in the public surface; if that is meant, run make generate and commit %s", surfaceFile)
}

// TestWhatNobodyUsesIsNotExported keeps the surface small: an exported name of the library is used by another package or a
// test outside its own, belongs to the signature or the fields of one that is, or is a row of a registry.
func TestWhatNobodyUsesIsNotExported(t *testing.T) {
	used := selected(t)
	require.NotEmpty(t, used)
	all := library(t)
	reached := map[string]bool{}
	for _, p := range all {
		for _, o := range exported(p) {
			if used[nameOf(o)] || isRow(o) || forOthers[strings.TrimPrefix(nameOf(o), module)] != "" {
				reach(o, reached)
			}
		}
	}
	var idle []string
	for _, p := range all {
		for _, o := range exported(p) {
			if !reached[nameOf(o)] && !ofReached(o, reached) {
				idle = append(idle, strings.TrimPrefix(nameOf(o), module))
			}
		}
	}
	for name := range forOthers {
		assert.False(t, used[module+name], "%s is used here now: it needs no reason of its own", name)
	}
	slices.Sort(idle)
	assert.Empty(t, idle, "exported, and used by no other package")
}

// forOthers are the exported names that nothing here uses and other programs want, with the reason.
var forOthers = map[string]string{
	"crawler/capture.ManifestSchema":  "what a reader of manifest.json compares with",
	"crawler/capture.ReadEvents":      "a capture that is not a file",
	"crawler.FromRecording":           "one of the stages a gap can be from",
	"crawler.FromHAR":                 "one of the stages a gap can be from",
	"crawler/capture.Verify":          "whether a run is as it was written",
	"detect.StreamSchema":             "what a reader of findings.jsonl compares with",
	"detect/policy.BaselineFile":      "the name that the file has unless the user says otherwise",
	"report.ConfigSchema":             "for editors of tagscan.yaml",
	"report.ReportSchema":             "for readers of report.json",
	"report.Schema":                   "what a reader of report.json compares with",
	"report/conclude.CatalogVersion":  "what a report was made with",
	"report/conclude.RulesVersion":    "what a report was made with",
	"report/history.Changed":          "one of the kinds of a change",
	"crawler/visit/consent.Platforms": "the platforms whose dialogs are answered by name",
}

// selected has the names that a file anywhere in the module takes from another of its packages, examples included.
func selected(t *testing.T) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	require.NoError(t, filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "node_modules":
			return fs.SkipDir
		case d.IsDir() || filepath.Ext(path) != ".go":
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		imported := map[string]string{}
		for _, im := range f.Imports {
			from := strings.Trim(im.Path.Value, `"`)
			name := from[strings.LastIndexByte(from, '/')+1:]
			if im.Name != nil {
				name = im.Name.Name
			}
			imported[name] = from
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok && imported[x.Name] != "" {
					out[imported[x.Name]+"."+s.Sel.Name] = true
				}
			}
			return true
		})
		return nil
	}))
	return out
}

// library loads the packages that other programs may import; no package of the tools, and none made for tests.
var library = func() func(*testing.T) []*types.Package {
	var out []*types.Package
	var once sync.Once
	return func(t *testing.T) []*types.Package {
		t.Helper()
		once.Do(func() {
			loaded, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedTypes | packages.NeedImports, Dir: "../.."},
				"./crawler/...", "./detect/...", "./report/...")
			require.NoError(t, err)
			for _, p := range loaded {
				require.Empty(t, p.Errors, p.ID)
				if isLibrary(p.PkgPath) {
					out = append(out, p.Types)
				}
			}
		})
		require.NotEmpty(t, out)
		return out
	}
}()

func isLibrary(path string) bool {
	for _, top := range []string{"crawler", "detect", "report"} {
		if within(strings.TrimPrefix(path, module), top) {
			return !strings.HasSuffix(path, "test")
		}
	}
	return false
}

func nameOf(o types.Object) string { return o.Pkg().Path() + "." + o.Name() }

func exported(p *types.Package) []types.Object {
	var out []types.Object
	for _, n := range p.Scope().Names() {
		if o := p.Scope().Lookup(n); o.Exported() {
			out = append(out, o)
		}
	}
	return out
}

// surface writes a line for each exported name of a package, and one for each exported field and method of its types.
func surface(b *strings.Builder, p *types.Package) {
	short := func(q *types.Package) string {
		if q == p {
			return ""
		}
		return q.Name()
	}
	path := strings.TrimPrefix(p.Path(), module)
	for _, o := range exported(p) {
		if _, isType := o.(*types.TypeName); !isType {
			fmt.Fprintf(b, "%s: %s\n", path, unnamed(types.ObjectString(o, short)))
			continue
		}
		fmt.Fprintf(b, "%s: type %s\n", path, o.Name())
		if s, ok := o.Type().Underlying().(*types.Struct); ok {
			for f := range s.Fields() {
				if f.Exported() {
					fmt.Fprintf(b, "%s: type %s: field %s %s\n", path, o.Name(), f.Name(), types.TypeString(f.Type(), short))
				}
			}
		}
		methods := types.NewMethodSet(types.NewPointer(o.Type()))
		for i := range methods.Len() {
			if m := methods.At(i).Obj(); m.Exported() && m.Pkg() == p {
				fmt.Fprintf(b, "%s: type %s: method %s%s\n", path, o.Name(), m.Name(), strings.TrimPrefix(unnamed(types.TypeString(m.Type(), short)), "func"))
			}
		}
	}
}

// unnamed takes away the names that the compiler's export data gives to results without one.
func unnamed(signature string) string { return resultName.ReplaceAllString(signature, "") }

var resultName = regexp.MustCompile(`#rv\d+ `)

// reach marks what a user of an exported object gets into the hand: the named types of its signature, fields and methods.
func reach(o types.Object, seen map[string]bool) {
	if o == nil || o.Pkg() == nil || !isLibrary(o.Pkg().Path()) || seen[nameOf(o)] {
		return
	}
	seen[nameOf(o)] = true
	reachType(o.Type(), seen, map[types.Type]bool{})
}

func reachType(t types.Type, seen map[string]bool, walked map[types.Type]bool) {
	if t == nil || walked[t] {
		return
	}
	walked[t] = true
	switch t := t.(type) {
	case *types.Named:
		reach(t.Obj(), seen)
		for a := range t.TypeArgs().Types() {
			reachType(a, seen, walked)
		}
		for m := range t.Methods() {
			if m.Exported() {
				reachType(m.Type(), seen, walked)
			}
		}
		reachType(t.Underlying(), seen, walked)
	case *types.Signature:
		reachType(t.Params(), seen, walked)
		reachType(t.Results(), seen, walked)
	case *types.Tuple:
		for v := range t.Variables() {
			reachType(v.Type(), seen, walked)
		}
	case *types.Struct:
		for f := range t.Fields() {
			if f.Exported() {
				reachType(f.Type(), seen, walked)
			}
		}
	case *types.Interface:
		for m := range t.Methods() {
			reachType(m.Type(), seen, walked)
		}
	case *types.Map:
		reachType(t.Key(), seen, walked)
		reachType(t.Elem(), seen, walked)
	case interface{ Elem() types.Type }:
		reachType(t.Elem(), seen, walked)
	}
}

// ofReached reports whether a constant or variable is a value of a type that users get into the hand.
func ofReached(o types.Object, reached map[string]bool) bool {
	n, ok := o.Type().(*types.Named)
	if _, isFunc := o.(*types.Func); isFunc || !ok || n.Obj().Pkg() == nil {
		return false
	}
	return reached[nameOf(n.Obj())]
}

// isRow reports whether an object is a row of a registry, or the type of its rows: a file one adds, listed by go generate.
func isRow(o types.Object) bool {
	t := o.Type()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := t.(*types.Named)
	if !ok || n.Obj().Pkg() != o.Pkg() {
		return false
	}
	return slices.Contains([]string{"Decoder", "Rule", "Format", "Platform"}, n.Obj().Name())
}

func difference(was, is []string) (gone, added []string) {
	had, has := map[string]bool{}, map[string]bool{}
	for _, s := range was {
		had[s] = true
	}
	for _, s := range is {
		has[s] = true
		if !had[s] {
			added = append(added, s)
		}
	}
	for _, s := range was {
		if !has[s] {
			gone = append(gone, s)
		}
	}
	return gone, added
}
