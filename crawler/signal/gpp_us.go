package signal

import (
	"fmt"
	"strconv"
	"strings"
)

// usLayout is how the fields of a section for the United States lie: names with the number of their values after a colon, two
// bits each; the version stands before them in six bits.
type usLayout struct {
	name    string
	version string // the name that the version has
	core    map[int]string
	second  usSecond // the segment that may follow
}

type usSecond int

const (
	noSegment usSecond = iota
	gpcSegment
	sensitiveSegment // eight categories of sensitive data
)

// The end that most sections share: whether the agreement of the IAB (MSPA) covers the transaction, and in which mode.
const mspa = " MspaCoveredTransaction MspaOptOutOptionMode MspaServiceProviderMode"

// The beginning of the first states', and of the later ones'.
const (
	sharing    = "SharingNotice SaleOptOutNotice TargetedAdvertisingOptOutNotice "
	processing = "ProcessingNotice SaleOptOutNotice TargetedAdvertisingOptOutNotice "
	optOuts    = "SaleOptOut TargetedAdvertisingOptOut "
	additional = " AdditionalDataProcessingConsent"
)

// The states that joined last say the agreement first.
const mspaFirst = "MspaCoveredTransaction MspaMode ProcessingNotice SaleOptOutNotice TargetedAdvertisingOptOutNotice SaleOptOut " +
	"TargetedAdvertisingOptOut"

// usLayouts has the sections by their ids, from the specifications of the sections as of December 2025:
// https://github.com/InteractiveAdvertisingBureau/Global-Privacy-Platform/tree/main/Sections
var usLayouts = map[int]usLayout{
	7: {"usnat", "Version", map[int]string{
		1: national + "SensitiveDataProcessing:12 KnownChildSensitiveDataConsents:2 PersonalDataConsents" + mspa,
		2: national + "SensitiveDataProcessing:16 KnownChildSensitiveDataConsents:3 PersonalDataConsents" + mspa,
	}, gpcSegment},
	8: {"usca", "Version", map[int]string{1: "SaleOptOutNotice SharingOptOutNotice SensitiveDataLimitUseNotice SaleOptOut SharingOptOut " +
		"SensitiveDataProcessing:9 KnownChildSensitiveDataConsents:2 PersonalDataConsents" + mspa}, gpcSegment},
	9:  state("usva", sharing+optOuts+data(8, 1)+mspa, noSegment),
	10: state("usco", sharing+optOuts+data(7, 1)+mspa, gpcSegment),
	11: state("usut", sharing+"SensitiveDataProcessingOptOutNotice "+optOuts+data(8, 1)+mspa, noSegment),
	12: state("usct", sharing+optOuts+data(8, 3)+mspa, gpcSegment),
	13: state("usfl", processing+optOuts+data(8, 3)+additional+mspa, noSegment),
	14: state("usmt", sharing+optOuts+data(8, 3)+additional+mspa, gpcSegment),
	15: state("usor", processing+optOuts+data(11, 3)+additional+mspa, gpcSegment),
	16: state("ustx", processing+optOuts+data(8, 1)+additional+mspa, gpcSegment),
	17: state("usde", processing+optOuts+data(9, 5)+additional+mspa, gpcSegment),
	18: state("usia", processing+"SensitiveDataOptOutNotice "+optOuts+data(8, 1)+mspa, gpcSegment),
	19: state("usne", processing+optOuts+data(8, 1)+additional+mspa, gpcSegment),
	20: state("usnh", processing+optOuts+data(8, 3)+additional+mspa, gpcSegment),
	21: state("usnj", processing+optOuts+data(10, 5)+additional+mspa, gpcSegment),
	22: state("ustn", processing+optOuts+data(8, 1)+additional+mspa, gpcSegment),
	23: state("usmn", processing+optOuts+data(8, 1)+additional+mspa, gpcSegment),
	24: {"usmd", "MspaVersion", map[int]string{1: mspaFirst + additional}, gpcSegment},
	25: {"usin", "MspaVersion", map[int]string{1: mspaFirst + " KnownChildSensitiveDataConsents" + additional}, sensitiveSegment},
	26: {"usky", "MspaVersion", map[int]string{1: mspaFirst + " KnownChildSensitiveDataConsents" + additional}, sensitiveSegment},
	27: {"usri", "MspaVersion", map[int]string{1: mspaFirst + " KnownChildSensitiveDataConsents" + additional}, sensitiveSegment},
}

const national = "SharingNotice SaleOptOutNotice SharingOptOutNotice TargetedAdvertisingOptOutNotice SensitiveDataProcessingOptOutNotice " +
	"SensitiveDataLimitUseNotice SaleOptOut SharingOptOut TargetedAdvertisingOptOut "

func state(name, core string, second usSecond) usLayout {
	return usLayout{name, "Version", map[int]string{1: core}, second}
}

// data are the fields about sensitive data of so many categories, and about children of so many kinds.
func data(sensitive, children int) string {
	return fmt.Sprintf("SensitiveDataProcessing:%d KnownChildSensitiveDataConsents:%d", sensitive, children)
}

// readUS reads a section for the United States.
func (r *Record) readUS(s *Section, text string) {
	layout := usLayouts[s.ID]
	segments := strings.Split(text, ".")
	b := newBits(segments[0])
	s.Version = b.int(6, "version")
	core, known := layout.core[s.Version]
	if b.fault == nil && !known {
		b.fail(FaultVersion, "is of version %d, which does not exist", s.Version)
	}
	fields := r.usFields(b, core)
	f := b.end()
	r.add(f, "the core ")
	if !f.readable() {
		return
	}
	r.partf(layout.version, "%d", s.Version)
	s.Fields = fields
	r.usPurposes(*s)
	for i, segment := range segments[1:] {
		if i > 0 || layout.second == noSegment {
			r.fault(FaultSegment, "has more segments than such a section has")
			return
		}
		r.usSegment(s, layout.second, segment)
	}
	for _, f := range s.Fields {
		r.part(f.Name, usWords(f))
	}
	if s.GPC != NotSaid {
		r.part("Gpc", s.GPC.String())
	}
}

func (r *Record) add(f *Fault, what string) {
	if f != nil {
		r.fault(f.Code, "%s%s", what, f.Text)
	}
}

func (r *Record) usFields(b *bits, layout string) []Field {
	var out []Field
	for item := range strings.FieldsSeq(layout) {
		name, count, _ := strings.Cut(item, ":")
		n, err := strconv.Atoi(count)
		if err != nil {
			n = 1
		}
		f := Field{Name: name}
		for range n {
			v := b.int(2, name)
			if v == 3 {
				b.fail(FaultValue, "has the value 3 in its %s, which does not exist", name)
			}
			f.Values = append(f.Values, v)
		}
		out = append(out, f)
	}
	return out
}

func (r *Record) usSegment(s *Section, kind usSecond, text string) {
	b := newBits(text)
	if kind == sensitiveSegment {
		fields := r.usFields(b, "SensitiveDataProcessing:8")
		f := b.end()
		r.add(f, "the segment of sensitive data ")
		if f.readable() {
			s.Fields = append(s.Fields, fields...)
		}
		return
	}
	if t := b.int(2, "type"); b.fault == nil && t != 1 {
		b.fail(FaultSegment, "is of type %d, and that of the GPC segment is 1", t)
	}
	gpc := b.bool("GPC bit")
	f := b.end()
	r.add(f, "the GPC segment ")
	if f.readable() {
		s.GPC = answer(gpc)
	}
}

// usPurposes are what somebody can opt out of.
func (r *Record) usPurposes(s Section) {
	for _, p := range []struct {
		field    string
		category Category
	}{{"SaleOptOut", Sale}, {"SharingOptOut", Sharing}, {"TargetedAdvertisingOptOut", Advertising}} {
		v := s.Value(p.field)
		if v < 0 {
			continue
		}
		state := []State{Unknown, Denied, NotOptedOut, Unknown}[v]
		r.Purposes = append(r.Purposes, Purpose{ID: p.field, Category: p.category, Basis: OptOut, State: state, InEffect: state})
	}
}

// usWords writes the values of a field for a person.
func usWords(f Field) string {
	words := []string{"not applicable", "yes", "no"}
	switch {
	case strings.HasSuffix(f.Name, "OptOut"):
		words = []string{"not applicable", "opted out", "did not opt out"}
	case strings.HasSuffix(f.Name, "Consent"), strings.HasSuffix(f.Name, "Consents"), f.Name == "SensitiveDataProcessing":
		words = []string{"not applicable", "no consent, or opted out", "consent, or did not opt out"}
	case f.Name == "MspaMode":
		words = []string{"not applicable", "opt-out option", "service provider"}
	}
	if len(f.Values) == 1 {
		return nameOf(words, f.Values[0])
	}
	var b strings.Builder
	for value, word := range words {
		var ids []int
		for i, v := range f.Values {
			if v == value {
				ids = append(ids, i+1)
			}
		}
		if len(ids) == 0 {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("; ")
		}
		b.WriteString(idsOf(ids...).String() + " " + word)
	}
	return b.String()
}
