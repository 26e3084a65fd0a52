// Finds form fields and controls in one document, open shadow roots included, and acts on them one at a time. It runs in
// a world of its own, where globalThis is tagscan's.
globalThis.tagscanForms = globalThis.tagscanForms || (() => {
  const fields = [], controls = [], links = [], choices = [];
  const text = (s, n) => String(s == null ? '' : s).replace(/\s+/g, ' ').trim().slice(0, n || 80);
  const roots = () => {
    const out = [document];
    for (let i = 0; i < out.length && out.length < 300; i++) for (const e of out[i].querySelectorAll('*')) if (e.shadowRoot) out.push(e.shadowRoot);
    return out;
  };
  const every = (sel) => roots().flatMap((r) => Array.from(r.querySelectorAll(sel)));
  const up = (e) => e.parentElement || (e.getRootNode() instanceof ShadowRoot ? e.getRootNode().host : null);
  const seen = (e) => {
    const r = e.getBoundingClientRect(), s = getComputedStyle(e);
    if (r.width < 4 || r.height < 4 || s.visibility !== 'visible' || s.display === 'none') return false;
    if (r.right + scrollX < 0 || r.bottom + scrollY < 0) return false; // off the page: a trap for robots
    return !e.checkVisibility || e.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  };
  // What asks for consent is answered elsewhere, if at all.
  const topic = /cookie|consent|gdpr|dsgvo|rgpd|lgpd|ccpa|datenschutz|einwilligung|privacidad|prywatno|confidentialit|同意|cmp\b/i;
  const asks = (e) => {
    for (let p = e, i = 0; p && p !== document.body && p !== document.documentElement && i < 30; p = up(p), i++) {
      const mark = (p.id || '') + ' ' + (typeof p.className === 'string' ? p.className : '') + ' ' + p.tagName + ' ' + (p.getAttribute('aria-label') || '');
      if (/cookie|consent|\bcmp|gdpr|onetrust|didomi|usercentrics|truste|cybot|qc-cmp|sp_message/i.test(mark)) return true;
      const box = p.getAttribute('role') === 'dialog' || p.getAttribute('aria-modal') === 'true' || p.tagName === 'DIALOG' || /fixed|sticky/.test(getComputedStyle(p).position);
      if (box && topic.test(text(p.innerText, 3000))) return true;
    }
    return false;
  };
  // A field to type into is part of a consent dialog only where the dialog says so by its marks: a newsletter's overlay speaks of
  // consent too, and is a form like any other.
  const belongs = (e) => {
    let marked = false, apart = false;
    for (let p = e, i = 0; p && p !== document.body && p !== document.documentElement && i < 30; p = up(p), i++) {
      marked = marked || /cookie|\bcmp|gdpr|onetrust|didomi|usercentrics|truste|cybot|qc-cmp|sp_message|consent[-_]?(banner|modal|dialog|manager|popup|layer|box)/i.test((p.id || '') + ' ' + (typeof p.className === 'string' ? p.className : ''));
      apart = apart || p.getAttribute('role') === 'dialog' || p.tagName === 'DIALOG' || /fixed|sticky/.test(getComputedStyle(p).position);
    }
    return marked && apart;
  };
  const labelOf = (e) => {
    const out = [];
    const by = (e.getAttribute('aria-labelledby') || '').split(/\s+/).filter(Boolean);
    for (const id of by) { const l = e.getRootNode().getElementById && e.getRootNode().getElementById(id); if (l) out.push(l.innerText); }
    for (const l of e.labels || []) out.push(l.innerText);
    if (!out.join('').trim()) {
      // A label that is only near: the text before the field, in its own box or the one around it.
      for (let p = e, i = 0; p && i < 3; p = up(p), i++) {
        const before = p.previousElementSibling;
        const t = before && !before.querySelector('input,select,textarea') && !before.matches('input,select,textarea,script,style') ? text(before.innerText) : '';
        const own = p.previousSibling && p.previousSibling.nodeType === 3 ? text(p.previousSibling.data) : '';
        if (own || t) { out.push(own || t); break; }
      }
    }
    return text(out.join(' '), 120);
  };
  const nearField = (e) => {
    if (e.closest('form') && e.closest('form').querySelector('input:not([type=hidden]),select,textarea')) return true;
    for (let p = e, i = 0; p && p !== document.body && i < 5; p = up(p), i++) {
      const f = p.querySelector('input:not([type=hidden]):not([type=checkbox]):not([type=radio]),textarea,select');
      if (f && !p.matches('main,body,header,nav,article,[role=main]') && p.querySelectorAll('button,[role=button]').length < 6) return true;
    }
    return false;
  };
  // acts is the code that an element itself says it runs when it is clicked on.
  const acts = (e) => [e.getAttribute('onclick'), /^javascript:/i.test(e.getAttribute('href') || '') && e.getAttribute('href')].filter(Boolean).join(' ');
  const hand = (e) => /^(pointer|zoom-in|zoom-out)$/.test(getComputedStyle(e).cursor);
  // handy is what shows the hand of things to click on, and is nothing else by its tag.
  const handy = (e) => {
    if (!hand(e) || e.querySelector('a, button, input, select, textarea, label, [role=button], [role=tab]') || e.closest('a, button, label, [role=button], [role=tab]')) return false;
    const p = up(e);
    return !p || !hand(p);
  };
  const before = new Map(); // what was chosen of a group
  const deepActive = () => { let a = document.activeElement; while (a && a.shadowRoot && a.shadowRoot.activeElement) a = a.shadowRoot.activeElement; return a; };
  const top = (x, y) => { let e = document.elementFromPoint(x, y); while (e && e.shadowRoot) { const i = e.shadowRoot.elementFromPoint(x, y); if (!i || i === e) break; e = i; } return e; };
  const holds = (a, b) => { for (let p = b; p; p = up(p)) if (p === a) return true; return false; };
  const place = (e) => {
    e.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
    const r = e.getBoundingClientRect(), x = r.left + Math.min(r.width / 2, 120), y = r.top + r.height / 2;
    const hit = top(x, y);
    return { x, y, clear: !!hit && (holds(e, hit) || (e.labels && Array.from(e.labels).some((l) => holds(l, hit)))) };
  };
  // Whatever happens, nothing is submitted: the page does not even learn that somebody tried.
  addEventListener('submit', (ev) => { ev.preventDefault(); ev.stopImmediatePropagation(); }, true);
  return {
    fields() {
      for (const e of every('input, select, textarea, [contenteditable=""], [contenteditable=true]')) {
        if (fields.includes(e) || fields.length >= 200) continue;
        const type = e.tagName === 'INPUT' ? e.type : e.tagName.toLowerCase();
        if (/^(hidden|submit|button|reset|image|file|range|color|checkbox|radio)$/.test(type)) continue;
        if (e.disabled || e.readOnly || !seen(e) || belongs(e)) continue;
        fields.push(e);
      }
      return fields.map((e, n) => ({
        n, type: e.tagName === 'INPUT' ? e.type : e.tagName === 'TEXTAREA' || e.tagName === 'SELECT' ? e.tagName.toLowerCase() : 'editable',
        autocomplete: text(e.getAttribute('autocomplete')), name: text(e.getAttribute('name')), id: text(e.id), label: labelOf(e),
        placeholder: text(e.getAttribute('placeholder') || e.getAttribute('aria-label') || e.getAttribute('title'), 120),
        mode: text(e.getAttribute('inputmode')), max: e.maxLength > 0 ? e.maxLength : 0,
        options: e.tagName === 'SELECT' ? Array.from(e.options).slice(0, 400).map((o) => ({ value: o.value, text: text(o.text), off: o.disabled })) : [],
        filled: e.isConnected ? !!(e.value || '') && e.tagName !== 'SELECT' : true,
      }));
    },
    place: (n) => place(fields[n]),
    focus(n) {
      const e = fields[n];
      if (deepActive() !== e) { window.focus(); e.focus(); }
      if (deepActive() !== e) return false;
      if (e.select && !/^(email|number|date|month|time|week)$/.test(e.type)) e.select();
      return true;
    },
    value: (n) => text(fields[n].value === undefined ? fields[n].innerText : fields[n].value, 300),
    blur(n) { fields[n].blur(); },
    // set is for fields that no key fills: lists and dates.
    set(n, v) {
      const e = fields[n], proto = e.tagName === 'SELECT' ? HTMLSelectElement.prototype : HTMLInputElement.prototype;
      e.focus();
      Object.getOwnPropertyDescriptor(proto, 'value').set.call(e, v);
      for (const t of ['input', 'change']) e.dispatchEvent(new Event(t, { bubbles: true, composed: true }));
      e.blur();
    },
    controls() {
      for (const e of every('summary, [role=tab], [role=button], [aria-expanded], [aria-haspopup], [aria-controls], [data-toggle], [data-bs-toggle], button, a[href^="#"], a[href^="javascript:" i], a:not([href]), [onclick], div, span, li, img, svg, td')) {
        if (controls.includes(e) || controls.length >= 200) continue;
        if (/^(div|span|li|img|svg|td)$/i.test(e.tagName) && !e.matches('[role=tab], [role=button], [aria-expanded], [aria-haspopup], [aria-controls], [data-toggle], [data-bs-toggle], [onclick]') && !handy(e)) continue;
        if (e.matches('input, select, textarea, [contenteditable=true]') || e.disabled || e.getAttribute('aria-disabled') === 'true' || !seen(e) || asks(e)) continue;
        const link = e.closest('a[href]');
        if (link && !/^#(?![!/])|^javascript:/i.test(link.getAttribute('href'))) continue;
        if (e.closest('label') && e.closest('label').control) continue; // of a field or a choice
        if (e.tagName === 'BUTTON' && e.type !== 'button' && e.form) continue; // submits or resets
        controls.push(e);
      }
      return controls.map((e, n) => ({
        n, text: text(e.innerText || e.textContent), label: text([e.getAttribute('aria-label'), e.title, e.alt, e.querySelector('[alt]') && e.querySelector('[alt]').alt].filter(Boolean).join(' ')),
        marks: text([e.id, e.getAttribute('name'), typeof e.className === 'string' ? e.className : '', e.getAttribute('value'), e.getAttribute('data-action'), e.getAttribute('formaction'), e.getAttribute('data-testid'), acts(e)].filter(Boolean).join(' '), 300),
        opens: e.matches('summary, [role=tab], [aria-expanded], [aria-haspopup]:not([aria-haspopup=false]), [aria-controls], [data-toggle], [data-bs-toggle]'),
        near: nearField(e), code: !!acts(e),
      }));
    },
    // choices are boxes to tick and sliders to move.
    choices() {
      for (const e of every('input[type=checkbox], input[type=radio], input[type=range]')) {
        if (choices.includes(e) || choices.length >= 100 || e.disabled || e.readOnly || asks(e)) continue;
        if (!seen(e) && !Array.from(e.labels || []).some(seen)) continue;
        if (e.type === 'radio' && (e.checked || choices.some((o) => o.type === 'radio' && o.name === e.name && o.form === e.form))) continue;
        choices.push(e);
      }
      return choices.map((e, n) => ({
        n, type: e.type, text: labelOf(e), label: text([e.getAttribute('aria-label'), e.title].filter(Boolean).join(' ')),
        marks: text([e.id, e.name, e.value, typeof e.className === 'string' ? e.className : '', acts(e), e.getAttribute('onchange')].filter(Boolean).join(' '), 300),
      }));
    },
    // choice is where to click on one, or on its label where that is what is shown. back: on what was ticked before.
    choice(n, back) {
      let e = choices[n];
      if (e.type === 'radio' && !back) before.set(e, every('input[type=radio]').find((o) => o.checked && o.name === e.name && o.form === e.form));
      if (e.type === 'radio' && back) e = before.get(e);
      if (!e || !e.isConnected) return { clear: false };
      return place(seen(e) ? e : Array.from(e.labels || []).find(seen) || e);
    },
    slide(n) { choices[n].focus(); return deepActive() === choices[n]; },
    at: (n) => (controls[n].isConnected && seen(controls[n]) ? place(controls[n]) : { clear: false }),
    links() {
      for (const e of every('a[href]')) {
        if (links.includes(e) || links.length >= 100) continue;
        if (e.target && e.target !== '_self' || e.hasAttribute('download') || e.origin !== location.origin || !seen(e) || asks(e)) continue;
        if (e.pathname + e.search === location.pathname + location.search && !/^#[!/]/.test(e.hash)) continue;
        links.push(e);
      }
      return links.map((e, n) => ({ n, url: e.href, text: text(e.innerText), label: text([e.getAttribute('aria-label'), e.title].filter(Boolean).join(' ')), marks: text([e.id, typeof e.className === 'string' ? e.className : ''].join(' '), 300), method: text(e.getAttribute('data-method') || e.getAttribute('data-turbo-method')) }));
    },
    link: (n) => (links[n].isConnected ? place(links[n]) : { clear: false }),
  };
})();
