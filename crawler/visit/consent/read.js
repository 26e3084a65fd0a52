// Runs in the page's own world: asks what the page's consent APIs answer, word for word. Each call returns what has answered so
// far, {done, found: {name: JSON}}: most platforms answer at once, others when page time has passed. Nothing of the page is changed.
(() => {
  const key = Symbol.for('tagscan consent records');
  const longest = 60000;
  const keep = (into, name, value) => {
    try {
      const s = typeof value === 'string' ? value : JSON.stringify(value);
      if (s && s.length <= longest) into[name] = s;
    } catch { /* it cannot be written down */ }
  };
  const few = (o, n) => o && typeof o === 'object' ? Object.fromEntries(Object.entries(o).slice(0, n)) : undefined;

  const tcData = (d) => {
    const {tcString, eventStatus, cmpStatus, gdprApplies, tcfPolicyVersion, cmpId, cmpVersion, isServiceSpecific} = d;
    const out = {tcString, eventStatus, cmpStatus, gdprApplies, tcfPolicyVersion, cmpId, cmpVersion, isServiceSpecific};
    if (d.purpose) out.purpose = {consents: few(d.purpose.consents, 24), legitimateInterests: few(d.purpose.legitimateInterests, 24)};
    // The string has all vendors.
    if (!tcString && d.vendor) out.vendor = {consents: few(d.vendor.consents, 200)};
    return out;
  };
  const ping = (d) => {
    const {gppVersion, cmpStatus, cmpDisplayStatus, signalStatus, cmpId, gppString, applicableSections} = d;
    return {gppVersion, cmpStatus, cmpDisplayStatus, signalStatus, cmpId, gppString, applicableSections};
  };
  const signals = new Set(['ad_storage', 'analytics_storage', 'ad_user_data', 'ad_personalization', 'functionality_storage',
    'personalization_storage', 'security_storage']);
  // Google's own table, in what of it says something.
  const table = (entries) => {
    const out = {};
    for (const [name, e] of Object.entries(entries || {}).slice(0, 30)) {
      const kept = {};
      for (const k of ['implicit', 'declare', 'default', 'update']) if (typeof e?.[k] === 'boolean') kept[k] = e[k];
      if (Object.keys(kept).length) out[name] = kept;
    }
    return out;
  };
  // The same table from what was put into the data layer, which is all there is where no tag of Google's has run. A default for
  // some regions may not be this visitor's.
  const layer = (list) => {
    const out = {};
    for (const a of Array.isArray(list) ? list.slice(-2000) : []) {
      if (!a || a[0] !== 'consent' || !a[2] || typeof a[2] !== 'object' || a[1] !== 'default' && a[1] !== 'update') continue;
      if (a[1] === 'default' && a[2].region) continue;
      for (const [name, v] of Object.entries(a[2])) {
        if (signals.has(name) && (v === 'granted' || v === 'denied')) (out[name] ||= {})[a[1]] = v === 'granted';
      }
    }
    return out;
  };
  const some = (o) => Object.keys(o).length > 0;

  const begin = () => {
    const s = {waits: 0, found: {}};
    const ask = (call) => {
      s.waits++;
      let open = true;
      const once = (f) => (...args) => { if (!open) return; open = false; s.waits--; try { f(...args); } catch { /* no answer */ } };
      try { call(once); } catch { if (open) { open = false; s.waits--; } }
    };
    if (typeof window.__tcfapi === 'function') ask((once) => window.__tcfapi('getTCData', 2, once((d, ok) => { if (ok && d) keep(s.found, '__tcfapi', tcData(d)); })));
    if (typeof window.__gpp === 'function') {
      ask((once) => {
        const got = once((d) => { if (d) keep(s.found, '__gpp', ping(d)); });
        const now = window.__gpp('ping', got); // the first version of the API returned it
        if (now && typeof now === 'object' && 'gppString' in now) got(now);
      });
    }
    if (typeof window.__uspapi === 'function') ask((once) => window.__uspapi('getUSPData', 1, once((d, ok) => { if (ok && d?.uspString) keep(s.found, 'us_privacy', d.uspString); })));
    return s;
  };
  const later = () => {
    const found = {};
    try { const t = table(window.google_tag_data?.ics?.entries); if (some(t)) keep(found, 'google_tag_data.ics', t); } catch { /* the page's own code failed */ }
    try { const t = layer(window.dataLayer); if (some(t)) keep(found, 'dataLayer', t); } catch { /* as above */ }
    return found;
  };

  const state = window[key] || begin();
  const out = {done: state.waits === 0, found: {...state.found, ...later()}};
  if (out.done) delete window[key];
  else Object.defineProperty(window, key, {value: state, configurable: true});
  return out;
})()
