// Finds elements by the selectors of a recording and acts on the one that was found last. It runs in a world of its own.
globalThis.tagscanReplay = globalThis.tagscanReplay || (() => {
  let found = null;
  const clean = (s) => String(s == null ? '' : s).replace(/\s+/g, ' ').trim();
  const roots = (from) => {
    const out = [from];
    for (let i = 0; i < out.length && out.length < 500; i++) for (const e of out[i].querySelectorAll('*')) if (e.shadowRoot) out.push(e.shadowRoot);
    return out;
  };
  const deep = (sel, from) => roots(from).flatMap((r) => Array.from(r.querySelectorAll(sel)));
  const roleOf = (e) => e.getAttribute('role') || ({ A: e.hasAttribute('href') ? 'link' : '', BUTTON: 'button', SELECT: 'combobox', TEXTAREA: 'textbox', IMG: 'image', H1: 'heading', H2: 'heading', H3: 'heading', H4: 'heading', OPTION: 'option' }[e.tagName] || (e.tagName === 'INPUT' ? ({ submit: 'button', button: 'button', reset: 'button', image: 'button', checkbox: 'checkbox', radio: 'radio', search: 'searchbox', range: 'slider', number: 'spinbutton' }[e.type] || 'textbox') : ''));
  const nameOf = (e) => {
    const by = (e.getAttribute('aria-labelledby') || '').split(/\s+/).filter(Boolean).map((id) => e.getRootNode().getElementById && e.getRootNode().getElementById(id)).filter(Boolean);
    if (by.length) return clean(by.map((x) => x.textContent).join(' '));
    if (e.getAttribute('aria-label')) return clean(e.getAttribute('aria-label'));
    if (e.labels && e.labels.length) return clean(Array.from(e.labels).map((l) => l.textContent).join(' '));
    if (e.tagName === 'INPUT') return clean(/^(submit|button|reset)$/.test(e.type) ? e.value || { submit: 'Submit', reset: 'Reset' }[e.type] : e.alt || e.title || e.placeholder);
    if (e.alt) return clean(e.alt);
    if (/^(TEXTAREA|SELECT)$/.test(e.tagName)) return clean(e.title || e.placeholder);
    return clean(e.textContent) || clean(e.title);
  };
  const aria = (q, from) => {
    let role = '', name = q.replace(/\[\s*(name|role)\s*=\s*(["'])(.*?)\2\s*\]/g, (_, k, __, v) => { if (k === 'role') { role = v; return ''; } return v; });
    name = clean(name);
    const all = deep('*', from).filter((e) => (!role || roleOf(e) === role) && (!name || nameOf(e) === name));
    // The element itself, not what is around it or within it.
    return all.filter((e) => roleOf(e) || e.hasAttribute('aria-label')).concat(all.filter((e) => !all.some((o) => o !== e && e.contains(o))));
  };
  const text = (q, from) => {
    const want = clean(q).toLowerCase();
    const all = deep('*', from).filter((e) => !/^(SCRIPT|STYLE|HEAD|TITLE|NOSCRIPT)$/.test(e.tagName) && clean(e.tagName === 'INPUT' && /^(submit|button|reset)$/.test(e.type) ? e.value : e.textContent).toLowerCase().includes(want));
    return all.filter((e) => !all.some((o) => o !== e && e.contains(o)));
  };
  const xpath = (q, from) => {
    const r = (from.ownerDocument || from).evaluate(q, from, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE, null), out = [];
    for (let i = 0; i < r.snapshotLength; i++) if (r.snapshotItem(i).nodeType === 1) out.push(r.snapshotItem(i));
    return out;
  };
  const one = (q, from) => {
    const m = q.match(/^(aria|text|xpath|pierce|css)\/([\s\S]*)$/);
    if (!m) return Array.from(from.querySelectorAll(q));
    return { aria, text, xpath, pierce: deep, css: (s, f) => Array.from(f.querySelectorAll(s)) }[m[1]](m[2], from);
  };
  const chain = (parts) => parts.reduce((froms, q) => froms.flatMap((f) => one(q, f.shadowRoot || f)), [document]);
  const visible = (e) => { const r = e.getBoundingClientRect(); return r.width > 0 && r.height > 0 && getComputedStyle(e).visibility === 'visible'; };
  const submits = (e) => { const b = e.closest('button, input[type=submit], input[type=image]'); return !!b && (b.tagName === 'INPUT' || b.type === 'submit') && !!b.form; };
  return {
    find(selectors, wantVisible) {
      found = null;
      let count = 0, error = '';
      for (const parts of selectors) {
        let es = [];
        try { es = chain(parts); } catch (e) { error = e.message; continue; }
        if (wantVisible) es = es.filter(visible);
        if (es.length) { found = es[0]; count = es.length; break; }
      }
      if (!found) return { count: 0, error };
      return { count, tag: found.tagName, type: found.type || '', submits: submits(found), visible: visible(found), editable: found.isContentEditable };
    },
    place(dx, dy) {
      found.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
      const r = found.getBoundingClientRect();
      return { x: r.left + (dx == null ? r.width / 2 : Math.min(dx, r.width)), y: r.top + (dy == null ? r.height / 2 : Math.min(dy, r.height)) };
    },
    focus() { window.focus(); found.focus(); if (found.select && found.tagName !== 'SELECT') try { found.select(); } catch (e) {} return true; },
    set(v) {
      const proto = { SELECT: HTMLSelectElement, TEXTAREA: HTMLTextAreaElement }[found.tagName] || HTMLInputElement;
      found.focus();
      if (found.isContentEditable) found.textContent = v;
      else Object.getOwnPropertyDescriptor(proto.prototype, 'value').set.call(found, v);
      for (const t of ['input', 'change']) found.dispatchEvent(new Event(t, { bubbles: true, composed: true }));
    },
    // What the field holds by now, {there, value}. A page that builds its form anew has another field in its place.
    holds(selectors) {
      if (!found?.isConnected) this.find(selectors, true);
      if (!found?.isConnected) return { there: false, value: '' };
      return { there: true, value: found.isContentEditable ? found.innerText : String(found.value ?? '') };
    },
    blur() { found.blur(); },
    scroll(x, y) { (found || window).scrollTo({ left: x, top: y, behavior: 'instant' }); },
    forget() { found = null; },
  };
})();
