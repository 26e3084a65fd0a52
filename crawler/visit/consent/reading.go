package consent

import (
	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/signal"
)

// reading is what a record says about the visitor's choice.
func reading(r crawler.ConsentRecord) saying {
	rec, ok := signal.Recognise(r.Name, r.Value)
	switch {
	case r.Source == fromAPI && (!ok || rec.Kind == signal.YesOrNo.Kind):
		return saying{}
	case !ok, rec.Kind == signal.YesOrNo.Kind, r.Source != fromAPI && saysNothing(&rec):
		return said(r.Name, r.Value)
	}
	s := saying{what: rec.Title()}
	if rec.Err() != nil || rec.Chosen == signal.No {
		return s
	}
	s.choice = chosen(&rec)
	s.plain = s.choice != ""
	s.either = s.choice == "" && rec.Says == signal.Mixed
	return s
}

// saysNothing reports whether a record is well-formed and nothing can be told from it. One that says that a choice was made, and not
// which, says something: its name must not be taken for the answer.
func saysNothing(r *signal.Record) bool {
	return r.Err() == nil && len(r.Purposes) == 0 && r.Says == signal.Unknown && r.Chosen == signal.NotSaid
}

// chosen is which choice a record fits. Of one that says yes to some and no to others, consent that matters makes it an acceptance,
// for a platform asks for fewer purposes than a format has. A site may hold a service to be necessary that it calls by a name of
// its own: then the record fits either.
func chosen(r *signal.Record) crawler.Consent {
	switch r.Says {
	case signal.Denied:
		return crawler.Rejected
	case signal.Granted:
		return crawler.Accepted
	case signal.Mixed:
	default:
		return ""
	}
	unnamed := false
	for _, p := range r.Purposes {
		if p.Basis != signal.Consent || p.State != signal.Granted {
			continue
		}
		switch p.Category {
		case signal.Necessary, signal.Functional:
		case "":
			unnamed = true
		default:
			return crawler.Accepted
		}
	}
	if unnamed {
		return ""
	}
	return crawler.Rejected
}
