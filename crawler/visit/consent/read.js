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
    // Only what was updated is a choice; defaults are there before one.
    const kinds = ['ad_storage', 'analytics_storage', 'ad_user_data', 'ad_personalization'];
    const ics = window.google_tag_data && window.google_tag_data.ics;
    const defaults = {}, updates = {};
    for (const [k, e] of Object.entries((ics && ics.entries) || {})) {
      if (e.default !== undefined) defaults[k] = e.default ? 'granted' : 'denied';
      if (e.update !== undefined) updates[k] = e.update ? 'granted' : 'denied';
    }
    for (const a of Array.isArray(window.dataLayer) ? window.dataLayer : []) {
      if (a && a[0] === 'consent' && a[2] && typeof a[2] === 'object') Object.assign(a[1] === 'update' ? updates : defaults, a[2]);
    }
    const tell = (o) => kinds.filter((k) => o[k] === 'granted' || o[k] === 'denied').map((k) => k + '=' + o[k]).join(' ');
    if (tell(defaults)) out.gcm_default = tell(defaults);
    if (tell(updates)) out.gcm = tell(updates);
  } catch { /* as above */ }
  try { if (navigator.globalPrivacyControl) out.gpc = '1'; } catch { /* as above */ }
  return out;
})()
