package visit

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/storage"

	"github.com/tagscan/tagscan/crawler/web"
)

// observe learns what a site shows about its signed-in user: in storage, tokens, the answers of its own API, and on the
// page. It is done only where somebody is signed in; what is learned are known values for detection.
func (p *visit) observe(ctx context.Context) error {
	if p.v.o.SignIn == nil || p.instead != nil {
		return nil
	}
	ctx, cancel := p.e.browser.WithPatience(ctx, observeCap, context.DeadlineExceeded)
	defer cancel()
	ob := observed{}
	site := web.Site(p.tab.URL())
	for _, f := range p.tab.Frames() {
		if web.Site(f.URL) != site {
			continue
		}
		var d struct {
			Stored map[string]string
			Values [][2]string
		}
		if p.tab.EvaluateIn(ctx, f, observeJS, &d) != nil {
			continue
		}
		for k, v := range d.Stored {
			ob.text(k, v)
		}
		for _, kv := range d.Values {
			ob.add(kv[0], kv[1])
		}
	}
	if res, err := cdp.Call(ctx, p.e.browser.Session(), storage.GetCookies, storage.GetCookiesParams{BrowserContextID: p.tab.context}); err == nil {
		for _, c := range res.Cookies {
			if web.Site("http://"+strings.TrimPrefix(c.Domain, ".")) == site {
				ob.text(c.Name, c.Value)
			}
		}
	}
	for _, a := range p.tab.rec.Answers(ctx, func(u string) bool { return web.Site(u) == site }, 30, 256<<10) {
		u, err := url.Parse(a.URL)
		if err == nil {
			ob.text(u.Path, string(a.Body))
		}
	}
	if len(ob) > 0 {
		p.page.Observed = ob
	}
	return nil
}

// observeCap is how long what a page shows of its user may take to read.
const observeCap = 8 * time.Second

// observeJS reads a document's storage and what it shows of its user. Addresses that the site shows to everybody, in links
// and in its footer, are not the user's.
const observeJS = `(() => {
  const out = { Stored: {}, Values: [] };
  for (const area of ['localStorage', 'sessionStorage']) try { const s = window[area]; for (let i = 0; i < s.length && i < 300; i++) { const k = s.key(i), v = s.getItem(k); if (v.length < 100000) out.Stored[area + ' ' + k] = v; } } catch (e) {}
  const roots = [document];
  for (let i = 0; i < roots.length && roots.length < 300; i++) for (const e of roots[i].querySelectorAll('*')) if (e.shadowRoot) roots.push(e.shadowRoot);
  const every = (sel) => roots.flatMap((r) => Array.from(r.querySelectorAll(sel)));
  const auto = { email: 'email', name: 'full_name', 'given-name': 'first_name', 'family-name': 'last_name', tel: 'phone', username: 'username', 'street-address': 'street', 'address-line1': 'street', 'postal-code': 'postcode', bday: 'dob', organization: 'org_name' };
  for (const i of every('input')) {
    const token = (i.getAttribute('autocomplete') || '').toLowerCase().split(/\s+/).pop();
    const key = auto[token] || (i.type === 'email' ? 'email' : i.type === 'tel' ? 'phone' : '');
    const given = i.getAttribute('value') || i.value;
    if (key && given) out.Values.push([key, given]);
  }
  const widget = '[class*=user i], [class*=account i], [class*=profile i], [class*=avatar i], [id*=user i], [id*=account i], [id*=profile i], [data-testid*=user i], [data-testid*=account i], [aria-label*=account i], [aria-label*=profile i], header, nav';
  for (const e of every(widget).slice(0, 300)) {
    if (e === document.body || e.closest('footer, [role=contentinfo], address, article')) continue;
    const text = (e.innerText || e.textContent || '').slice(0, 600);
    for (const m of text.matchAll(/[\w.+-]+@[\w-]+(\.[\w-]+)+/g)) if (!document.querySelector('a[href^="mailto:' + CSS.escape(m[0]) + '" i]')) out.Values.push(['email', m[0]]);
    const mark = (e.id + ' ' + (typeof e.className === 'string' ? e.className : '') + ' ' + (e.dataset.testid || '')).toLowerCase();
    if (/(user|account|profile|display|member|customer)[-_]?(full)?[-_]?name/.test(mark) && !e.children.length) out.Values.push([/\s/.test(text.trim()) ? 'full_name' : 'username', text]);
  }
  for (const m of every('meta[name]')) { const n = m.name.toLowerCase(); if (/^(user|current[-_]user)[-_](login|name)$/.test(n)) out.Values.push(['username', m.content]); if (/^(user|current[-_]user)[-_]id$/.test(n)) out.Values.push(['user_id', m.content]); if (/^(user|current[-_]user)[-_]email$/.test(n)) out.Values.push(['email', m.content]); }
  return out;
})()`

// observed are values by persona key.
type observed map[string][]string

var (
	mailRE  = regexp.MustCompile(`^[\w.+-]+@[\w-]+(\.[\w-]+)+$`)
	rolesRE = regexp.MustCompile(`(?i)^(info|support|help|contact|sales|hello|office|no-?reply|privacy|service|kontakt|team|admin|press|jobs|feedback|security|legal)@`)
	jwtRE   = regexp.MustCompile(`eyJ[\w-]{6,}\.eyJ[\w-]{6,}\.[\w-]*`)
	// ownRE are names of objects and paths that are about whoever is signed in.
	ownRE = regexp.MustCompile(`(?i)(^|[./_\-\s])(me|self|user|userinfo|current_?user|auth_?user|logged_?in_?user|viewer|profile|account|customer|member|identity|person|session|whoami|claims|contact|auth)([./_\-\s:]|$)`)
)

// meansOf is what names of members mean in an object that is about the user.
var meansOf = map[string]string{
	"id": "user_id", "uid": "user_id", "userid": "user_id", "sub": "user_id", "uuid": "user_id", "guid": "user_id", "customerid": "user_id", "accountid": "user_id", "memberid": "user_id", "externalid": "user_id", "oid": "user_id",
	"email": "email", "mail": "email", "emailaddress": "email", "useremail": "email", "primaryemail": "email",
	"name": "full_name", "fullname": "full_name", "displayname": "full_name", "firstname": "first_name", "givenname": "first_name", "lastname": "last_name", "familyname": "last_name", "surname": "last_name",
	"username": "username", "login": "username", "handle": "username", "nickname": "username", "preferredusername": "username",
	"phone": "phone", "phonenumber": "phone", "mobile": "phone", "tel": "phone", "birthdate": "dob", "dateofbirth": "dob", "dob": "dob", "birthday": "dob",
	"orgid": "org_id", "organizationid": "org_id", "tenantid": "org_id", "companyid": "org_id", "workspaceid": "org_id", "orgname": "org_name", "organizationname": "org_name", "companyname": "org_name",
	"street": "street", "address1": "street", "addressline1": "street", "streetaddress": "street", "postcode": "postcode", "postalcode": "postcode", "zip": "postcode",
}

// least is how long a value must be to be known again by chance of nothing else.
var least = map[string]int{"user_id": 5, "org_id": 5, "full_name": 5, "first_name": 3, "last_name": 3, "username": 4, "phone": 7, "postcode": 4}

// maxObservedEach bounds the values of one key of a page.
const maxObservedEach = 10

func (ob observed) add(key, value string) {
	value = strings.Join(strings.Fields(value), " ")
	if len(value) < max(least[key], 3) || len(value) > 120 && key != "auth_token" || slices.Contains(ob[key], value) || len(ob[key]) >= maxObservedEach {
		return
	}
	switch key {
	case "email":
		if !mailRE.MatchString(value) || rolesRE.MatchString(value) {
			return
		}
	case "full_name":
		if n := len(strings.Fields(value)); n < 2 || n > 5 || strings.ContainsAny(value, "@/<>{}0123456789") {
			return
		}
	case "user_id", "org_id":
		if strings.Contains(value, " ") {
			return
		}
	}
	ob[key] = append(ob[key], value)
}

// text takes a value of storage, a cookie or an answer, under its name.
func (ob observed) text(name, v string) {
	if strings.Contains(v, "%7B") || strings.Contains(v, "%22") || strings.Contains(v, "%40") {
		if plain, err := url.QueryUnescape(v); err == nil {
			v = plain
		}
	}
	for _, token := range jwtRE.FindAllString(v, 3) {
		ob.token(token)
	}
	v = strings.TrimSpace(v)
	if strings.HasPrefix(v, "{") || strings.HasPrefix(v, "[") {
		dec := json.NewDecoder(strings.NewReader(v))
		dec.UseNumber()
		var tree any
		if dec.Decode(&tree) == nil {
			ob.walk(tree, ownRE.MatchString(name), 0)
		}
		return
	}
	key := meansOf[squeezed(name[strings.LastIndexByte(name, ' ')+1:])]
	if key != "" && key != "full_name" && name != "id" {
		ob.add(key, v)
	}
}

// token takes the claims of a JWT (https://www.rfc-editor.org/rfc/rfc7519), and the token itself.
func (ob observed) token(token string) {
	parts := strings.Split(token, ".")
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return
	}
	var claims map[string]any
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.UseNumber()
	if dec.Decode(&claims) == nil {
		ob.walk(claims, true, 0)
		ob.add("auth_token", token)
	}
}

// walk goes through an object. own says that it is about the user; lists of several are about others.
func (ob observed) walk(v any, own bool, depth int) {
	if depth > 8 {
		return
	}
	switch x := v.(type) {
	case []any:
		if len(x) == 1 {
			ob.walk(x[0], own, depth+1)
		}
	case map[string]any:
		for k, child := range x {
			switch c := child.(type) {
			case string:
				ob.member(k, c, own)
			case json.Number:
				ob.member(k, c.String(), own)
			default:
				ob.walk(child, own && !ownsOther(k) || ownRE.MatchString(k), depth+1)
			}
		}
	}
}

// ownsOther reports whether a member of the user's object is about something else.
func ownsOther(key string) bool {
	switch squeezed(key) {
	case "organization", "org", "company", "tenant", "workspace", "plan", "product", "cart", "order", "settings", "features", "flags", "config", "team", "role", "roles", "permissions":
		return true
	}
	return false
}

func (ob observed) member(k, v string, own bool) {
	key := meansOf[squeezed(k)]
	if key == "" || !own {
		return
	}
	if n, err := strconv.Atoi(v); err == nil && n < 10000 {
		return // a number that anything could be
	}
	if strings.HasPrefix(v, "{") {
		return
	}
	ob.add(key, v)
}

func squeezed(s string) string {
	return strings.NewReplacer("_", "", "-", "", ".", "").Replace(strings.ToLower(s))
}
