package signal

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// TCString is the string of the IAB's Transparency and Consent Framework, version 2 as of TCF 2.3.
var TCString = Format{
	Kind:  "tcf",
	Title: "IAB TCF string",
	Doc:   "https://github.com/InteractiveAdvertisingBureau/GDPR-Transparency-and-Consent-Framework/tree/master/TCFv2",
	Names: []string{
		"gdpr_consent", "gdprconsent", "gdpr_consent_string", "gdprstring", "tcstring", "tc_string", "tcfstring", "euconsent", "euconsent-v2",
		"eupubconsent", "eupubconsent-v2", "iabtcf_tcstring", "consent_string", "consentstring", "gdpr_pd_consent", "fc_tcstring",
	},
	Weak:    []string{"tcs", "tcf", "tc", "consent", "gdpr_cs", "cmp_string", "cstr", "gdprc", "__cmpconsent*"},
	Bare:    func(v string) bool { return len(v) >= 39 && v[0] == 'C' && sane(v) },
	AnyName: true,
	Claim:   true,
	Read:    readTCF,
	Examples: []Example{
		{"gdpr_consent", "CQuZP8AQuZP8AAKABBENBkFgAAAAAAAAAAYgAAAAAAAA.IGSQAwAMgLzAZIAA.YAAAAAAAAAAA", Denied, ""},
		{"", "CQuZP8AQuZP8AAKABBENBkFgAP_gAEPgAAYgGSQAwAMgLzAZIBecAIADIC8wAAAA.IGSQAwAMgLzAZIAA.YAAAAAAAAAAA", Granted, ""},
		{"euconsent-v2", "CQuZP8AQuZP8AAKABBENBkFgAIAAAAAAAAYgF5wAQF5gAAAA.IGSQAwAMgLzAZIAA.YAAAAAAAAAAA", Mixed, ""},
		{"", "CQuZP8AQuZP8AAKABBENBkFgAAAAAEPAAAYgAAALzgBAAZAXmAAA.IGSQAwAMgLzAZIAA.YAAAAAAAAAAA", Denied, ""},
		{"", "CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACPAAAAA.IDKQA4AAgAKAGQAygAAA", Denied, ""},
	},
}

// sane reports whether a TC string has the version 2 and was made in the time of TCF 2. With what reading it to the end asks
// for besides, no other text passes by chance.
func sane(v string) bool {
	core, _, _ := strings.Cut(v, ".")
	b := newBits(core)
	version, created, updated := b.int(6, ""), b.time(""), b.time("")
	return b.fault == nil && version == 2 && created.Year() >= 2019 && created.Year() < 2100 && !updated.Before(created.AddDate(0, 0, -1))
}

// TCF is what a TC string of Europe or, in section 5 of a GPP string, of Canada holds. In Canada's, consent is express
// consent, and what stands for legitimate interest is implied consent.
type TCF struct {
	Canada bool

	Version              int
	Created, LastUpdated time.Time
	CMP, CMPVersion      int
	Screen               int
	Language             string // two letters
	VendorList           int    // version of the IAB's vendor list
	Policy               int    // 4 came with TCF 2.2; 5 is older than TCF 2.3, which has no version of its own
	ServiceSpecific      bool   // false in Canada's, which has no such field
	NonStandardTexts     bool
	SpecialFeatures      IDs
	PurposeConsents      IDs
	PurposeInterests     IDs // transparency was given and nobody objected
	PurposeOneTreatment  bool
	PublisherCountry     string // two letters
	VendorConsents       IDs
	VendorInterests      IDs
	Restrictions         []Restriction

	Disclosed *IDs // nil: the segment is not there
	Allowed   *IDs // out-of-band vendors, a segment that TCF 2.2 gave up; nil: not there
	Publisher *PublisherTC
}

// PublisherTC is the segment of a TC string about the publisher's own purposes.
type PublisherTC struct {
	Consents, Interests             IDs
	CustomPurposes                  int // how many
	CustomConsents, CustomInterests IDs
}

// Restriction is what a publisher forbids vendors.
type Restriction struct {
	Purpose int
	Type    RestrictionType
	Vendors IDs
}

// RestrictionType says what a restriction does.
type RestrictionType int

// The types by their numbers in the string.
const (
	NotAllowed           RestrictionType = 0
	RequireConsent       RestrictionType = 1
	RequireInterest      RestrictionType = 2
	undefinedRestriction RestrictionType = 3
)

func (t RestrictionType) String() string {
	return nameOf([]string{"not allowed", "only with consent", "only on legitimate interest"}, int(t))
}

func readTCF(r *Record, value string) {
	t := tcfOf(r, plain(value), false)
	if t == nil {
		return
	}
	r.tell(t)
}

// tcfOf reads a TC string with its segments; nil if its core cannot be read.
func tcfOf(r *Record, text string, canada bool) *TCF {
	core, rest, more := strings.Cut(text, ".")
	t := &TCF{Canada: canada}
	f := t.core(core)
	if f != nil {
		r.fault(f.Code, "the core of the TC string %s", f.Text)
	}
	if !f.readable() {
		return nil
	}
	if !more {
		return t
	}
	for segment := range strings.SplitSeq(rest, ".") {
		if f := t.segment(segment); f != nil {
			r.fault(f.Code, "a segment of the TC string %s", f.Text)
		}
	}
	return t
}

// core reads the first segment.
func (t *TCF) core(text string) *Fault {
	return t.either(text, func(b *bits) *Fault { return t.fields(b) })
}

// either reads a segment of Europe's string, or of Canada's: in that, sets of vendors are Fibonacci-coded, and older encoders
// wrote them as in Europe's. The reading that leaves nothing over is the right one.
func (t *TCF) either(text string, read func(b *bits) *Fault) *Fault {
	if !t.Canada {
		return read(newBits(text))
	}
	before := *t
	var f *Fault
	for _, try := range []struct{ fib, exact bool }{{true, true}, {false, true}, {true, false}} {
		*t = before
		b := newBits(text)
		b.fib, b.exact = try.fib, try.exact
		if f = read(b); f == nil {
			return nil
		}
	}
	return f
}

func (t *TCF) fields(b *bits) *Fault {
	t.Version = b.int(6, "version")
	if want := t.wantVersion(); b.fault == nil && t.Version != want {
		return &Fault{Code: FaultVersion, Text: "is of version " + strconv.Itoa(t.Version) + ", and only " + strconv.Itoa(want) + " is valid"}
	}
	t.Created, t.LastUpdated = b.time("creation time"), b.time("time of the last update")
	t.CMP, t.CMPVersion, t.Screen = b.int(12, "CMP id"), b.int(12, "CMP version"), b.int(6, "screen")
	t.Language = b.letters("language")
	t.VendorList, t.Policy = b.int(12, "vendor list version"), b.int(6, "policy version")
	if !t.Canada {
		t.ServiceSpecific = b.bool("service-specific bit")
	}
	t.NonStandardTexts = b.bool("non-standard texts bit")
	t.SpecialFeatures = b.flags(12, "special features")
	t.PurposeConsents, t.PurposeInterests = b.flags(24, "purpose consents"), b.flags(24, "purpose legitimate interests")
	if !t.Canada {
		t.PurposeOneTreatment = b.bool("purpose one treatment")
		t.PublisherCountry = b.letters("publisher's country")
	}
	t.VendorConsents, t.VendorInterests = b.optimized("vendor consents"), b.optimized("vendor legitimate interests")
	t.Restrictions = t.restrictions(b)
	return b.end()
}

func (t *TCF) wantVersion() int {
	if t.Canada {
		return 1
	}
	return 2
}

// restrictions reads those of the publisher. Strings of some platforms end before their number, which is then none.
func (t *TCF) restrictions(b *bits) []Restriction {
	const what = "publisher restrictions"
	if b.fault == nil && b.left() < 12 {
		return nil
	}
	var out []Restriction
	for n := b.int(12, what); n > 0 && b.fault == nil; n-- {
		r := Restriction{Purpose: b.int(6, what), Type: RestrictionType(b.int(2, what))}
		if r.Type == undefinedRestriction {
			b.fail(FaultValue, "has a publisher restriction of type 3, which does not exist")
		}
		if b.fib {
			r.Vendors = b.optimized(what)
		} else {
			r.Vendors = b.ids(what)
		}
		out = append(out, r)
	}
	return out
}

// The types of the segments after the core.
const (
	vendorsDisclosed  = 1
	vendorsAllowed    = 2
	publisherPurposes = 3
)

// segment reads one after the core.
func (t *TCF) segment(text string) *Fault {
	b := newBits(text)
	switch kind := b.int(3, "type"); {
	case b.fault != nil:
	case kind == vendorsDisclosed:
		return t.vendors(text, &t.Disclosed, "disclosed vendors")
	case kind == vendorsAllowed && !t.Canada:
		return t.vendors(text, &t.Allowed, "allowed vendors")
	case kind == publisherPurposes:
		return t.publisher(b)
	default:
		b.fail(FaultSegment, "is of type %d, which does not exist", kind)
	}
	return b.fault
}

func (t *TCF) vendors(text string, into **IDs, what string) *Fault {
	if *into != nil {
		return &Fault{Code: FaultSegment, Text: "with " + what + " is there twice"}
	}
	var s IDs
	f := t.either(text, func(b *bits) *Fault {
		b.int(3, "type")
		s = b.optimized(what)
		return b.end()
	})
	if f.readable() {
		*into = &s
	}
	return f
}

func (t *TCF) publisher(b *bits) *Fault {
	if t.Publisher != nil {
		return &Fault{Code: FaultSegment, Text: "with publisher purposes is there twice"}
	}
	p := &PublisherTC{Consents: b.flags(24, "publisher consents"), Interests: b.flags(24, "publisher legitimate interests")}
	p.CustomPurposes = b.int(6, "number of custom purposes")
	p.CustomConsents = b.flags(p.CustomPurposes, "custom consents")
	p.CustomInterests = b.flags(p.CustomPurposes, "custom legitimate interests")
	f := b.end()
	if f.readable() {
		t.Publisher = p
	}
	return f
}

// tcfPurposes are the purposes of TCF 2.2 and later: https://iabeurope.eu/iab-europe-transparency-consent-framework-policies/
var tcfPurposes = []struct {
	name     string
	category Category
}{
	{"store and access information on a device", Storage},
	{"basic ads", Advertising},
	{"profile for personalised ads", Advertising},
	{"personalised ads", Advertising},
	{"profile for personalised content", Functional},
	{"personalised content", Functional},
	{"measure ads", Advertising},
	{"measure content", Statistics},
	{"understand audiences", Statistics},
	{"improve services", Statistics},
	{"basic content", Functional},
}

// purposesOf is how many purposes a policy version has: purpose 11 came with TCF 2.2, whose policy is version 4.
func purposesOf(policy int) int {
	if policy >= 4 {
		return 11
	}
	return 10
}

// tell puts a TC string into the record.
func (r *Record) tell(t *TCF) {
	r.TCF = t
	r.Created, r.Updated, r.Language, r.Country, r.CMP = t.Created, t.LastUpdated, t.Language, t.PublisherCountry, t.CMP
	for id := 1; id <= 24; id++ {
		known := id <= purposesOf(t.Policy)
		if !known && !t.PurposeConsents.Has(id) {
			continue
		}
		var c Category
		if id <= len(tcfPurposes) {
			c = tcfPurposes[id-1].category
		}
		r.purpose(strconv.Itoa(id), c, granted(t.PurposeConsents.Has(id)))
	}
	for id := range t.PurposeInterests.All() {
		var c Category
		if id <= len(tcfPurposes) {
			c = tcfPurposes[id-1].category
		}
		r.Purposes = append(r.Purposes, Purpose{ID: strconv.Itoa(id), Category: c, Basis: LegitimateInterest, State: Granted, InEffect: Granted})
	}
	r.tcfParts(t)
	r.Faults = append(r.Faults, t.breaks()...)
}

func (r *Record) tcfParts(t *TCF) {
	consent, interest := "consent", "legitimate interest"
	if t.Canada {
		consent, interest = "express consent", "implied consent"
	}
	r.partf("version", "%d", t.Version)
	r.part("created", day(t.Created))
	r.part("updated", day(t.LastUpdated))
	r.partf("platform (CMP)", "%d, version %d, screen %d", t.CMP, t.CMPVersion, t.Screen)
	r.part("language", t.Language)
	r.partf("vendor list", "%d", t.VendorList)
	r.partf("policy", "%d", t.Policy)
	if !t.Canada {
		r.part("for this service only", yes(t.ServiceSpecific))
		r.part("publisher's country", t.PublisherCountry)
		r.part("purpose 1 not asked for", yes(t.PurposeOneTreatment))
	}
	r.part("texts of its own", yes(t.NonStandardTexts))
	r.part("special features", t.SpecialFeatures.String())
	r.part("purposes with "+consent, t.PurposeConsents.String())
	r.part("purposes on "+interest, t.PurposeInterests.String())
	for id, p := range tcfPurposes {
		if id++; t.PurposeConsents.Has(id) || t.PurposeInterests.Has(id) {
			r.part("purpose "+strconv.Itoa(id), p.name)
		}
	}
	r.part("vendors with "+consent, t.VendorConsents.String())
	r.part("vendors on "+interest, t.VendorInterests.String())
	for _, x := range t.Restrictions {
		r.partf("publisher restriction", "purpose %d %s: vendors %s", x.Purpose, x.Type, x.Vendors)
	}
	switch {
	case t.Disclosed != nil:
		r.part("vendors disclosed", t.Disclosed.String())
	default:
		r.part("vendors disclosed", "no such segment")
	}
	if t.Allowed != nil {
		r.part("out-of-band vendors allowed", t.Allowed.String())
	}
	if p := t.Publisher; p != nil {
		r.part("publisher's purposes with "+consent, p.Consents.String())
		r.part("publisher's purposes on "+interest, p.Interests.String())
		if p.CustomPurposes > 0 {
			r.partf("publisher's custom purposes", "%d", p.CustomPurposes)
			r.part("custom purposes with "+consent, p.CustomConsents.String())
			r.part("custom purposes on "+interest, p.CustomInterests.String())
		}
	}
}

// noMoreWithout is when TCF 2.3 became mandatory: https://iabeurope.eu/transparency-consent-framework/
var noMoreWithout = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// breaks are the rules of the framework that a well-formed string of Europe breaks.
func (t *TCF) breaks() []Fault {
	if t.Canada {
		return nil
	}
	var out []Fault
	if !t.ServiceSpecific {
		out = append(out, Fault{FaultNotServiceSpecific, "the TC string is not for this service only, which it must be"})
	}
	if t.Disclosed == nil && !t.LastUpdated.Before(noMoreWithout) {
		out = append(out, Fault{FaultNoDisclosedVendors, "the TC string has no segment with the disclosed vendors, which TCF 2.3 wants"})
	}
	forbidden := []int{1}
	if t.Policy >= 4 {
		forbidden = []int{1, 3, 4, 5, 6}
	}
	has := slices.DeleteFunc(forbidden, func(id int) bool { return !t.PurposeInterests.Has(id) })
	if len(has) > 0 {
		text := "the TC string rests purposes on legitimate interest that may not: " + idsOf(has...).String()
		out = append(out, Fault{FaultInterestNotAllowed, text})
	}
	return out
}

// restriction reports whether the publisher set one of a type for a vendor's purpose.
func (t *TCF) restriction(vendor, purpose int, kind RestrictionType) bool {
	return slices.ContainsFunc(t.Restrictions, func(r Restriction) bool {
		return r.Purpose == purpose && r.Type == kind && r.Vendors.Has(vendor)
	})
}

// Consented tells whether a vendor of the IAB's list has consent for a purpose: both bits set, and no restriction of the
// publisher against it. Unknown if the record has no TC string or the purpose does not exist.
func (r *Record) Consented(vendor, purpose int) State {
	return r.ground(purpose, func(t *TCF) bool {
		return t.PurposeConsents.Has(purpose) && t.VendorConsents.Has(vendor) && !t.barred(vendor, purpose, RequireInterest)
	})
}

// ground tells whether something holds of the TC string; Unknown if there is none or the purpose does not exist.
func (r *Record) ground(purpose int, holds func(*TCF) bool) State {
	if r.TCF == nil || purpose < 1 || purpose > 24 {
		return Unknown
	}
	return granted(holds(r.TCF))
}

// barred tells whether the publisher forbids a vendor a purpose, or allows it on another ground alone.
func (t *TCF) barred(vendor, purpose int, other RestrictionType) bool {
	return t.restriction(vendor, purpose, NotAllowed) || t.restriction(vendor, purpose, other)
}

// Interest tells whether a vendor may do something on legitimate interest: it was told, and nobody objected. Whether the
// vendor has declared the purpose on that ground is in the IAB's list, not in the string.
func (r *Record) Interest(vendor, purpose int) State {
	return r.ground(purpose, func(t *TCF) bool {
		return t.PurposeInterests.Has(purpose) && t.VendorInterests.Has(vendor) && !t.barred(vendor, purpose, RequireConsent)
	})
}

// Allows tells whether a vendor may do something on either ground.
func (r *Record) Allows(vendor, purpose int) State {
	return max(r.Consented(vendor, purpose), r.Interest(vendor, purpose))
}

// AllowsAny tells whether a vendor has consent for any purpose. A vendor's bit alone, with no purpose, allows nothing.
func (r *Record) AllowsAny(vendor int) State {
	s := Unknown
	for purpose := 1; purpose <= 24; purpose++ {
		s = max(s, r.Consented(vendor, purpose))
	}
	return s
}

// Disclosed tells whether the dialog named a vendor. NotSaid if the string does not tell: before TCF 2.3 it need not.
func (r *Record) Disclosed(vendor int) Answer {
	if r.TCF == nil || r.TCF.Disclosed == nil {
		return NotSaid
	}
	return answer(r.TCF.Disclosed.Has(vendor))
}

// InterestsLeft are the purposes and vendors whose legitimate interest nobody objected to. While a dialog is up they are all
// there; after a refusal of everything they are what the refusal left on. In Canada's string they are implied consent.
func (r *Record) InterestsLeft() (purposes, vendors IDs) {
	if r.TCF == nil {
		return IDs{}, IDs{}
	}
	return r.TCF.PurposeInterests, r.TCF.VendorInterests
}

func yes(b bool) string { return answer(b).String() }

// day writes the day of a time, and the time of day if there is one: TC strings made since TCF 2.2 have none.
func day(t time.Time) string {
	switch {
	case t.IsZero():
		return "not told"
	case t.Equal(t.Truncate(24 * time.Hour)):
		return t.Format(time.DateOnly)
	}
	return t.UTC().Format(time.DateTime)
}
