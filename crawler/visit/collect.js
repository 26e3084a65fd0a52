(main) => {
  const list = (s) => Array.from(s);
  const text = (s, n) => String(s == null ? '' : s).replace(/\s+/g, ' ').trim().slice(0, n || 200);
  const all = (sel, root) => { try { return list((root || document).querySelectorAll(sel)); } catch (e) { return []; } };
  const out = { URL: location.href, Title: text(document.title, 500), Links: [], Fields: [], Cookies: [], Local: {}, Session: {}, CSP: '', Sandbox: [], Integrity: {}, Asked: [], Facts: {}, Clock: Date.now(), Uptime: performance.now() };
  // Open shadow roots hold links and forms too.
  const roots = [document];
  for (let i = 0; i < roots.length && roots.length < 500; i++) for (const e of all('*', roots[i])) if (e.shadowRoot) roots.push(e.shadowRoot);
  const every = (sel) => roots.flatMap((r) => all(sel, r));
  const seen = new Set();
  for (const a of every('a[href], area[href], iframe[src], frame[src], link[rel~=canonical], link[rel~=next], link[rel~=prev], link[rel~=alternate][hreflang]')) {
    const raw = a.tagName === 'IFRAME' || a.tagName === 'FRAME' ? a.src : a.href;
    const u = typeof raw === 'string' ? raw : raw && raw.baseVal;
    if (!u || !/^https?:/i.test(u) || seen.has(u) || seen.size > 20000) continue;
    seen.add(u);
    out.Links.push(u);
  }
  for (const f of every('input, select, textarea, [contenteditable=""], [contenteditable=true]').slice(0, 500)) {
    const type = f.tagName === 'INPUT' ? f.type : f.tagName.toLowerCase();
    if (/^(hidden|submit|button|reset|image)$/.test(type)) continue;
    out.Fields.push([type, text(f.getAttribute('autocomplete'), 60), text(f.getAttribute('name') || f.id, 80)].join('/'));
  }
  try { out.Cookies = document.cookie.split(';').map((c) => c.split('=')[0].trim()).filter(Boolean); } catch (e) {}
  const dump = (name, into) => {
    try {
      const s = window[name];
      let size = 0;
      for (let i = 0; i < s.length && i < 1000; i++) { const k = s.key(i), v = s.getItem(k); if ((size += k.length + v.length) > 2e6) break; into[k] = v; }
    } catch (e) {}
  };
  dump('localStorage', out.Local);
  dump('sessionStorage', out.Session);
  out.CSP = all('meta[http-equiv="Content-Security-Policy" i]').map((m) => m.content.trim()).join(', ').slice(0, 4000);
  for (const s of every('script[src][integrity]').slice(0, 2000)) if (s.integrity.trim()) out.Integrity[s.src] = s.integrity.trim().slice(0, 1000);
  for (const f of every('iframe')) if (f.hasAttribute('sandbox')) out.Sandbox.push(f.src, f.getAttribute('sandbox'));
  if (!main) {
    // Where scripts are not run, the browser may ask for them all the same.
    try { if (!matchMedia('(scripting: none)').matches) for (const e of performance.getEntriesByType('resource')) if (e.initiatorType === 'script' && /^https?:/i.test(e.name) && out.Asked.length < 300) out.Asked.push(e.name); } catch (e) {}
    return out;
  }
  out.HTML = '';
  try { out.HTML = (document.doctype ? '<!DOCTYPE ' + document.doctype.name + '>' : '') + document.documentElement.outerHTML; } catch (e) {}
  if (out.HTML.length > 8e6) out.HTML = out.HTML.slice(0, 8e6);
  const facts = { emails: new Set(), phones: new Set(), names: new Set(), coordinates: new Set(), addresses: new Set() };
  for (const a of every('a[href^="mailto:" i]')) for (const m of decodeURIComponent(a.href.slice(7).split('?')[0].replace(/%(?![0-9a-f]{2})/gi, '%25')).split(',')) facts.emails.add(m.trim());
  for (const a of every('a[href^="tel:" i]')) facts.phones.add(decodeURIComponent(a.href.slice(4).replace(/%(?![0-9a-f]{2})/gi, '%25')).trim());
  const walk = (o, depth) => {
    if (!o || typeof o !== 'object' || depth > 8) return;
    if (Array.isArray(o)) { o.slice(0, 200).forEach((x) => walk(x, depth + 1)); return; }
    const str = (v) => (typeof v === 'string' || typeof v === 'number' ? [String(v)] : Array.isArray(v) ? v.filter((x) => typeof x === 'string') : []);
    str(o.email).forEach((x) => facts.emails.add(text(x.replace(/^mailto:/i, ''))));
    str(o.telephone).concat(str(o.faxNumber)).forEach((x) => facts.phones.add(text(x)));
    if (/Organization|Business|Store|Person|Corporation|Restaurant|Hotel|WebSite/i.test(String(o['@type']))) str(o.name).concat(str(o.legalName)).forEach((x) => facts.names.add(text(x)));
    if (o.latitude != null && o.longitude != null) facts.coordinates.add(o.latitude + ',' + o.longitude);
    if (o.streetAddress) facts.addresses.add(text([o.streetAddress, o.postalCode, o.addressLocality].filter(Boolean).join(', ')));
    if (typeof o.address === 'string') facts.addresses.add(text(o.address));
    for (const k of Object.keys(o).slice(0, 200)) walk(o[k], depth + 1);
  };
  for (const s of all('script[type="application/ld+json" i]').slice(0, 50)) try { walk(JSON.parse(s.textContent), 0); } catch (e) {}
  const foot = every('footer, [role=contentinfo], address').map((e) => e.innerText || '').join('\n').slice(0, 20000);
  for (const m of foot.matchAll(/[\w.+-]+@[\w-]+(\.[\w-]+)+/g)) facts.emails.add(m[0]);
  for (const m of foot.matchAll(/\+\d[\d\s()./-]{6,20}\d/g)) facts.phones.add(m[0].trim());
  // What stands in one sentence with an address of the site's own is how to reach the site.
  const own = (m) => { const d = m.split('@')[1]; return d && (location.hostname === d || location.hostname.endsWith('.' + d)); };
  for (const a of every('a[href^="mailto:" i]').filter((x) => own(x.href.slice(7).split('?')[0])).slice(0, 50)) {
    const said = ((a.closest('p, li, td, dd') || a.parentElement || a).innerText || '').slice(0, 600);
    for (const m of said.matchAll(/\+\d[\d\s()./-]{6,20}\d/g)) facts.phones.add(m[0].trim());
  }
  for (const a of every('address')) facts.addresses.add(text(a.innerText));
  for (const k of Object.keys(facts)) { const v = list(facts[k]).filter(Boolean).slice(0, 50); if (v.length) out.Facts[k] = v; }
  return out;
}
