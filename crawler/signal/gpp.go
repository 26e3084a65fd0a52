package signal

import (
	"slices"
	"strconv"
	"strings"
)

// GPPString is the string of the IAB's Global Privacy Platform: a header, and a section for each law.
var GPPString = Format{
	Kind:    "gpp",
	Title:   "IAB GPP string",
	Doc:     "https://github.com/InteractiveAdvertisingBureau/Global-Privacy-Platform/blob/main/Core/Consent%20String%20Specification.md",
	Names:   []string{"gpp", "gppstring", "gpp_string", "gpp_consent", "__gpp", "iabgpp_hdr_gppstring", "gppconsent", "fc_gppstring"},
	Bare:    func(v string) bool { return strings.HasPrefix(v, "DB") && strings.Contains(v, "~") || v == noSections },
	AnyName: true,
	Claim:   true,
	Read:    readGPP,
	Examples: []Example{
		{"gpp", "DBABLA~CFQVAAAAAABA.YA", Denied, "SaleOptOut, SharingOptOut, TargetedAdvertisingOptOut denied"},
		{"gpp", "DBABLA~CFQqAAAAAABA.QA", NotOptedOut, "SaleOptOut, SharingOptOut, TargetedAdvertisingOptOut not opted out"},
		{"gpp", "DBABLA~BVQqAAAAAgA.QA", NotOptedOut, ""},
		{"", "DBABBg~BUUAAABA.QA", Denied, "SaleOptOut, SharingOptOut denied"},
		{"__gpp", "DBABEw~BEQAAAQA.QA", Denied, ""},
		{"", noSections, Unknown, ""},
		{"", "DBACNYA~CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA~1YNN", Mixed, ""},
	},
}

// noSections is the string of a visitor to whom no section applies.
const noSections = "DBAA"

// GPPSections is the list of sections of a GPP string that apply.
var GPPSections = Format{
	Kind:  "gpp_sid",
	Title: "IAB GPP sections that apply",
	Doc:   "https://github.com/InteractiveAdvertisingBureau/Global-Privacy-Platform/blob/main/Core/CMP%20API%20Specification.md",
	Names: []string{"gpp_sid", "gppsid", "__gpp_sid", "gpp_sections", "iabgpp_gppsid"},
	Claim: true,
	Read:  readGPPSections,
	Examples: []Example{
		{"gpp_sid", "7", Unknown, ""},
		{"gpp_sid", "7_8", Unknown, ""},
		{"gpp_sid", "-1", Unknown, ""},
	},
}

// Section is one of a GPP string.
type Section struct {
	ID      int
	Name    string // the prefix of its API: "usnat"; empty for a section that does not exist
	Version int
	Fields  []Field // of the sections for the United States, in the order of the specification
	TCF     *TCF    // of sections 2 and 5
	GPC     Answer
}

// Field is one of a section for the United States, by the name it has in the specification. Values are 0 not applicable, 1
// opted out, no consent, or yes, and 2 not opted out, consent, or no.
type Field struct {
	Name   string
	Values []int // one, or as many as there are categories of data
}

// Value is the first value of a field by its name, -1 if the section has no such field.
func (s Section) Value(name string) int {
	for _, f := range s.Fields {
		if f.Name == name && len(f.Values) > 0 {
			return f.Values[0]
		}
	}
	return -1
}

// Section returns a section by its id.
func (r *Record) Section(id int) (Section, bool) {
	i := slices.IndexFunc(r.Sections, func(s Section) bool { return s.ID == id })
	if i < 0 {
		return Section{}, false
	}
	return r.Sections[i], true
}

// SectionName is the prefix that a section of GPP strings has in the API, "" if there is no such section.
func SectionName(id int) string {
	switch id {
	case 1:
		return "tcfeuv1"
	case 2:
		return "tcfeuv2"
	case 5:
		return "tcfcav1"
	case 6:
		return "uspv1"
	}
	if l, ok := usLayouts[id]; ok {
		return l.name
	}
	return ""
}

func readGPP(r *Record, value string) {
	header, rest, more := strings.Cut(plain(value), "~")
	ids, ok := r.header(header)
	if !ok {
		return
	}
	var texts []string
	if more {
		texts = strings.Split(rest, "~")
	}
	r.part("sections", idsOf(ids...).String())
	if len(texts) != len(ids) {
		r.fault(FaultSections, "the header of the GPP string announces %d sections, and there are %d", len(ids), len(texts))
	}
	for i, text := range texts[:min(len(texts), len(ids))] {
		r.section(ids[i], text)
	}
}

// header reads which sections there are.
func (r *Record) header(text string) ([]int, bool) {
	b := newBits(text)
	b.fib = true
	kind, version := b.int(6, "type"), b.int(6, "version")
	switch {
	case b.fault != nil:
	case kind != 3:
		b.fail(FaultSyntax, "has the type %d, and that of a header is 3", kind)
	case version != 1:
		b.fail(FaultVersion, "is of version %d, and there is only 1", version)
	}
	ids := b.ids("section ids")
	f := b.end()
	if f != nil {
		r.fault(f.Code, "the header of the GPP string %s", f.Text)
	}
	if !f.readable() {
		return nil, false
	}
	if n := ids.Len(); n > maxSections {
		r.fault(FaultSections, "the header of the GPP string announces %d sections", n)
		return nil, false
	}
	return ids.Slice(), true
}

// maxSections is more than there are: 27 in December 2025.
const maxSections = 256

func (r *Record) section(id int, text string) {
	s := Section{ID: id, Name: SectionName(id)}
	sub := Record{}
	switch {
	case id == 2 || id == 5:
		s.TCF = tcfOf(&sub, text, id == 5)
		if s.TCF != nil {
			s.Version = s.TCF.Version
			sub.tell(s.TCF)
		}
	case id == 6:
		s.Version = 1
		readUSPrivacy(&sub, text)
	case s.Name != "" && id != 1:
		sub.readUS(&s, text)
	default:
		sub.fault(FaultSections, "is of a kind that is not decoded")
	}
	if !s.hasContent(sub) && len(sub.Faults) == 0 {
		sub.fault(FaultEmpty, "is empty")
	}
	r.take(s, sub)
}

func (s Section) hasContent(sub Record) bool {
	return s.TCF != nil || len(s.Fields) > 0 || len(sub.Parts) > 0
}

// take adds a section with what it says to the record.
func (r *Record) take(s Section, sub Record) {
	name := s.Name
	if name == "" {
		name = "section " + strconv.Itoa(s.ID)
	}
	r.Sections = append(r.Sections, s)
	r.Purposes = append(r.Purposes, sub.Purposes...)
	for _, p := range sub.Parts {
		r.part(name+": "+p.Name, p.Value)
	}
	for _, f := range sub.Faults {
		r.Faults = append(r.Faults, Fault{f.Code, name + ": " + f.Text})
	}
	if s.GPC != NotSaid {
		r.GPC = max(r.GPC, s.GPC)
	}
	if r.TCF == nil && s.TCF != nil {
		r.TCF = s.TCF
		r.Created, r.Updated, r.Language, r.Country, r.CMP = sub.Created, sub.Updated, sub.Language, sub.Country, sub.CMP
	}
}

func readGPPSections(r *Record, value string) {
	for text := range strings.FieldsFuncSeq(plain(value), func(c rune) bool { return c == '_' || c == ',' }) {
		id, err := strconv.Atoi(strings.TrimSpace(text))
		switch {
		case err != nil || id < -1 || id > maxSections:
			r.fault(FaultValue, "%q is no id of a section", text)
		case id <= 0:
			r.part("section", "none applies")
			r.Applies = No
		default:
			name := SectionName(id)
			if name == "" {
				name = "no such section"
			}
			r.partf("section", "%d (%s)", id, name)
			r.Applies = Yes
		}
	}
	if len(r.Parts) == 0 && len(r.Faults) == 0 {
		r.fault(FaultEmpty, "the list of sections is empty")
	}
}
