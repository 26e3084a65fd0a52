package secret

import (
	"reflect"
	"slices"

	"github.com/tagscan/tagscan/crawler"
)

// names are the fields of events that hold words and numbers of tagscan's or of the browser's, and nothing that anybody sent: a
// value that happens to be such a word must not change what an event means.
var names = []string{
	"ID", "Page", "Profile", "Type", "Method", "Source", "Proto", "MIME", "Kind", "Parent", "Redirect", "Request", "Area", "Level",
	"Mode", "Via", "SameSite", "FromCache", "SHA256", "Prev", "Tool", "Unseen", "Async", "Stage", "Secrets", "Known", "Platform",
}

// Event returns the event with every value replaced. What it points to is not changed.
func (v *Vault) Event(ev crawler.Event) crawler.Event {
	if v.Empty() {
		return ev
	}
	if out, changed := v.copied(reflect.ValueOf(ev)); changed {
		return out.Interface().(crawler.Event)
	}
	return ev
}

// Texts returns the texts with every value replaced.
func (v *Vault) Texts(list []string) []string {
	out := slices.Clone(list)
	for i := range out {
		out[i] = v.String(out[i])
	}
	return out
}

// copied returns a value with its texts replaced, false if there was nothing to replace: then it is the same.
func (v *Vault) copied(x reflect.Value) (reflect.Value, bool) {
	switch x.Kind() {
	case reflect.String:
		return v.text(x)
	case reflect.Pointer:
		if x.IsNil() {
			return x, false
		}
		elem, changed := v.copied(x.Elem())
		if !changed {
			return x, false
		}
		p := reflect.New(x.Type().Elem())
		p.Elem().Set(elem)
		return p, true
	case reflect.Struct:
		return v.structure(x)
	case reflect.Slice:
		return v.list(x)
	case reflect.Map:
		return v.table(x)
	}
	return x, false
}

// text replaces in what is a plain string: a type of its own is one of a few words.
func (v *Vault) text(x reflect.Value) (reflect.Value, bool) {
	if x.Type() != reflect.TypeFor[string]() {
		return x, false
	}
	was := x.String()
	is := v.String(was)
	return reflect.ValueOf(is), is != was
}

func (v *Vault) structure(x reflect.Value) (reflect.Value, bool) {
	if b, ok := x.Interface().(crawler.Body); ok {
		return v.body(x, b)
	}
	var out reflect.Value
	for i := range x.NumField() {
		f := x.Type().Field(i)
		if !f.IsExported() || f.Type.Kind() == reflect.String && slices.Contains(names, f.Name) || f.Name == "Secrets" || f.Name == "Known" {
			continue
		}
		field, changed := v.copied(x.Field(i))
		if !changed {
			continue
		}
		if !out.IsValid() {
			out = reflect.New(x.Type()).Elem()
			out.Set(x)
		}
		out.Field(i).Set(field)
	}
	if out.IsValid() {
		return out, true
	}
	return x, false
}

// body replaces in the bytes that are held here; those of a blob are replaced where blobs are kept.
func (v *Vault) body(x reflect.Value, b crawler.Body) (reflect.Value, bool) {
	is := v.Body(b.Inline)
	if len(is) == len(b.Inline) && (len(is) == 0 || &is[0] == &b.Inline[0]) {
		return x, false
	}
	if !b.Cut {
		b.Size = int64(len(is))
	}
	b.Inline = is
	return reflect.ValueOf(b), true
}

func (v *Vault) list(x reflect.Value) (reflect.Value, bool) {
	var out reflect.Value
	for i := range x.Len() {
		item, changed := v.copied(x.Index(i))
		if !changed {
			continue
		}
		if !out.IsValid() {
			out = reflect.MakeSlice(x.Type(), x.Len(), x.Len())
			reflect.Copy(out, x)
		}
		out.Index(i).Set(item)
	}
	if out.IsValid() {
		return out, true
	}
	return x, false
}

func (v *Vault) table(x reflect.Value) (reflect.Value, bool) {
	out, any := reflect.MakeMapWithSize(x.Type(), x.Len()), false
	for it := x.MapRange(); it.Next(); {
		key, a := v.copied(it.Key())
		item, b := v.copied(it.Value())
		out.SetMapIndex(key, item)
		any = any || a || b
	}
	if any {
		return out, true
	}
	return x, false
}
