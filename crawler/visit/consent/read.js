// Runs in the page's own world: reads what the page believes was chosen. Asks the standard APIs only, with a deadline.
(async () => {
  const out = {};
  const within = (f) => Promise.race([new Promise(f), new Promise((r) => setTimeout(r, 800))]);
  try {
    if (typeof window.__tcfapi === 'function') {
      await within((done) => window.__tcfapi('getTCData', 2, (d, ok) => {
        if (ok && d) {
          const on = (o) => Object.values(o || {}).filter(Boolean).length;
          out.tcf = [d.eventStatus || '', 'gdprApplies=' + d.gdprApplies, 'purposes=' + on(d.purpose && d.purpose.consents),
            'vendors=' + on(d.vendor && d.vendor.consents)].join(' ');
        }
        done();
      }));
    }
  } catch { /* the page's own code failed */ }
  try {
    if (typeof window.__gpp === 'function') {
      await within((done) => window.__gpp('ping', (d) => { if (d) out.gpp = (d.cmpDisplayStatus || '') + ' ' + (d.gppString || '').slice(0, 80); done(); }));
    }
  } catch { /* as above */ }
  try {
    const ics = window.google_tag_data && window.google_tag_data.ics;
    const entries = ics && ics.entries;
    if (entries) {
      const of = (k) => { const e = entries[k]; if (!e) return null; const v = e.update !== undefined ? e.update : e.default; return v === undefined ? null : v; };
      const parts = ['ad_storage', 'analytics_storage', 'ad_user_data', 'ad_personalization'].map((k) => [k, of(k)]).filter((p) => p[1] !== null);
      if (parts.length) out.gcm = parts.map((p) => p[0] + '=' + (p[1] ? 'granted' : 'denied')).join(' ');
    } else if (Array.isArray(window.dataLayer)) {
      const state = {};
      for (const a of window.dataLayer) {
        if (a && a[0] === 'consent' && a[2] && typeof a[2] === 'object') Object.assign(state, a[2]);
      }
      const parts = Object.entries(state).filter((p) => p[1] === 'granted' || p[1] === 'denied');
      if (parts.length) out.gcm = parts.map((p) => p[0] + '=' + p[1]).join(' ');
    }
  } catch { /* as above */ }
  try { if (navigator.globalPrivacyControl) out.gpc = '1'; } catch { /* as above */ }
  return out;
})()
