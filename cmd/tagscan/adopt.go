package main

// adopt takes from the policy file what no flag said. It has no key for what a file that comes with a site's sources must not decide for
// whoever runs tagscan: programs and sandbox, certificates of anybody, variables of the environment, keys that sign, what is shown in clear.
func (f *scanFlags) adopt(j *judgement) {
	cfg := j.options.Config
	if cfg == nil {
		return
	}
	given := f.changed
	if given == nil {
		given = func(string) bool { return false }
	}
	adopted := map[string]bool{}
	set := func(name string, ok bool, do func()) {
		if ok && !given(name) {
			do()
			adopted[name] = true
		}
	}
	file := func(name string) string { return beside(j.policy, name) }
	p, v, n := &cfg.Pages, &cfg.Visits, &cfg.Network
	set("max-pages", p.Max > 0, func() { f.maxPages = p.Max })
	set("per-route", p.PerRoute > 0, func() { f.perRoute = p.PerRoute })
	set("depth", p.Depth > 0, func() { f.depth = p.Depth })
	set("include", len(p.Include) > 0, func() { f.include = p.Include })
	set("exclude", len(p.Exclude) > 0, func() { f.exclude = p.Exclude })
	set("ignore-robots", p.Robots != nil, func() { f.noRobots = !*p.Robots })
	set("no-sitemap", p.Sitemap != nil, func() { f.noSitemap = !*p.Sitemap })

	set("workers", v.Workers > 0, func() { f.workers = v.Workers })
	set("timeout", v.Timeout.Duration > 0, func() { f.timeout = v.Timeout.Duration })
	set("budget", v.Budget.Duration > 0, func() { f.budget = v.Budget.Duration })
	set("dwell", v.Dwell.Duration > 0, func() { f.dwell = v.Dwell.Duration })
	set("real-time", v.RealTime, func() { f.realTime = true })
	set("polite", v.Polite != "", func() { f.preset = v.Polite })
	set("delay", v.Delay.Duration > 0, func() { f.delay = v.Delay.Duration })
	set("per-host", v.PerHost > 0, func() { f.perHost = v.PerHost })
	set("confirm", v.Confirm != nil, func() { f.confirm = *v.Confirm })
	set("interact", v.Interact, func() { f.interact = true })
	set("read-only", v.ReadOnly, func() { f.readOnly = true })
	set("screenshots", v.Screenshots, func() { f.screenshot = true })
	set("signed-in", v.SignedIn != "", func() { f.signedIn = v.SignedIn })
	set("third-party-cookies", v.ThirdPartyCookies != "", func() { f.cookies = v.ThirdPartyCookies })
	set("locale", len(v.Locale) > 0, func() { f.locales = v.Locale })
	set("device", len(v.Device) > 0, func() { f.devices = v.Device })
	set("timezone", v.TimeZone != "", func() { f.timezone = v.TimeZone })
	set("consent", len(cfg.Consent) > 0, func() { f.consent = cfg.Consent })

	set("map", len(n.Map) > 0, func() { f.hostMap = n.Map })
	set("allow-private", len(n.AllowPrivate) > 0, func() { f.allowPrivate = n.AllowPrivate })
	set("proxy", n.Proxy != "", func() { f.proxy = n.Proxy })
	set("ca", n.CA != "", func() { f.authorities = file(n.CA) })
	set("client-cert", n.ClientCert != "", func() { f.clientCert = file(n.ClientCert) })
	set("timestamp", cfg.Timestamp != "", func() { f.timestamp = cfg.Timestamp })
	f.changed = func(name string) bool { return adopted[name] || given(name) }
}
