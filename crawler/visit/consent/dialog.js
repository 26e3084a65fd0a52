// Runs in a world of its own in every frame. Defines `tagscanConsent`, which finds dialogs and their buttons. It changes
// nothing in the page but unchecking boxes when it is told to.
(() => {
  if (globalThis.tagscanConsent) return;

  // Every element root: the document and all open shadow roots, outermost first.
  const roots = () => {
    const out = [document];
    for (let i = 0; i < out.length; i++) {
      for (const e of out[i].querySelectorAll('*')) if (e.shadowRoot) out.push(e.shadowRoot);
    }
    return out;
  };
  const all = (sel) => {
    const out = [];
    for (const r of roots()) {
      try { out.push(...r.querySelectorAll(sel)); } catch { return out; }
    }
    return out;
  };
  // The tree as it is drawn: a slot holds what was assigned to it, a host what is in its root.
  const parentOf = (e) => e.assignedSlot || e.parentElement || (e.getRootNode() instanceof ShadowRoot ? e.getRootNode().host : null);
  const childrenOf = (e) => {
    if (e.shadowRoot) return [...e.shadowRoot.childNodes];
    if (e.tagName === 'SLOT') {
      const given = e.assignedNodes({flatten: true});
      if (given.length) return given;
    }
    return [...e.childNodes];
  };
  const mute = new Set(['SCRIPT', 'STYLE', 'NOSCRIPT', 'TEMPLATE', 'SVG', 'svg']);
  const shown = (e) => {
    const b = e.getBoundingClientRect();
    if (b.width < 2 || b.height < 2) return false;
    for (let n = e; n; n = parentOf(n)) {
      const s = getComputedStyle(n);
      if (s.display === 'none' || (n === e && s.visibility !== 'visible') || parseFloat(s.opacity) < 0.05) return false;
      if (n.getAttribute('aria-hidden') === 'true' || n.inert) return false;
    }
    return true;
  };
  // A container of no size of its own is there if something in it is.
  const present = (e) => {
    if (shown(e)) return true;
    let budget = 200;
    const inside = (n) => childrenOf(n).some((c) => c.nodeType === 1 && !mute.has(c.tagName) && budget-- > 0 && (shown(c) || inside(c)));
    return inside(e);
  };
  const fold = (s) => (s || '').normalize('NFKC').toLowerCase().replace(/[\s\u00a0]+/g, ' ').trim();
  const textOf = (e, limit = 9000) => {
    const parts = [];
    let n = 0;
    const walk = (x) => {
      if (n > limit) return;
      if (x.nodeType === 3) { parts.push(x.data); n += x.data.length; return; }
      if (x.nodeType !== 1 || mute.has(x.tagName)) return;
      const s = getComputedStyle(x);
      if (s.display === 'none' || s.visibility === 'hidden' && x.tagName !== 'SLOT') return;
      for (const c of childrenOf(x)) walk(c);
      if (!s.display.startsWith('inline')) parts.push(' ');
    };
    walk(e);
    return fold(parts.join(''));
  };
  const label = (e) => textOf(e, 400) || fold(e.value || e.getAttribute('aria-label') || e.title || e.querySelector('img')?.alt || '');

  // Where to click: the middle of what is visible of the element, if the element is what lies there.
  const spot = (e) => {
    e.scrollIntoView({block: 'center', inline: 'center', behavior: 'instant'});
    const b = e.getBoundingClientRect();
    const x = Math.min(Math.max(b.left + b.width / 2, 0), innerWidth - 1);
    const y = Math.min(Math.max(b.top + b.height / 2, 0), innerHeight - 1);
    let hit = e.getRootNode().elementFromPoint ? e.getRootNode().elementFromPoint(x, y) : null;
    let clear = false;
    for (let n = hit; n && !clear; n = parentOf(n)) clear = n === e;
    return {x, y, clear};
  };

  // A page can show several things that look like dialogs. They are told by standing apart from the page: fixed or sticky,
  // a dialog by role or element, or a layer of its own.
  const apart = (e) => {
    if (e.matches('dialog[open], [role=dialog], [role=alertdialog], [aria-modal=true]')) return true;
    const s = getComputedStyle(e);
    if (s.position === 'fixed' || s.position === 'sticky') return true;
    return s.position === 'absolute' && (parseInt(s.zIndex, 10) || 0) >= 10;
  };
  const clickable = 'button, [role=button], input[type=button], input[type=submit], a, [onclick], [tabindex="0"]';
  // A link that leads to another document is never clicked: it is a policy, a login or a shop.
  const leads = (e) => {
    const a = e.closest('a[href]');
    if (!a) return false;
    const href = a.getAttribute('href').trim();
    if (href === '' || href.startsWith('#') || /^javascript:/i.test(href)) return false;
    return a.href.split('#')[0] !== location.href.split('#')[0];
  };
  const submits = (e) => {
    const f = e.form || e.closest('form');
    if (!f || !e.matches('button:not([type=button]), input[type=submit]')) return false;
    const m = f.querySelector('input[type=email], input[type=password], input[type=text], input[type=search], textarea');
    return !!m && shown(m);
  };
  const buttonsIn = (box) => {
    const out = [];
    const seen = new Set();
    const walk = (x) => {
      for (const e of childrenOf(x)) {
        if (e.nodeType !== 1 || mute.has(e.tagName) || seen.has(e)) continue;
        seen.add(e);
        walk(e);
        if (!e.matches(clickable) || !shown(e) || leads(e) || submits(e) || e.disabled) continue;
        const t = label(e);
        if (!t || t.length > 90) continue;
        // of nested ones the inner counts, once
        if (out.some((o) => o.text === t && inTree(e, o.e))) continue;
        out.push({e, text: t});
      }
    };
    walk(box);
    return out;
  };
  // What links say that lead to another document, such as a policy.
  const linksIn = (box) => [...box.querySelectorAll('a[href]')].filter(leads).map((a) => textOf(a, 200)).filter(Boolean).slice(0, 20);
  // Fields to type an address, a name or the like into. One to search in is none.
  const fieldsIn = (box) => [...box.querySelectorAll('input[type=email], input[type=tel], input[type=password], input[type=text], input:not([type]), textarea')]
    .filter((e) => shown(e) && !/search|such|recherch|busc|cerca|filter|vendor|partner/i.test([e.name, e.id, e.placeholder, e.getAttribute('aria-label'), e.className].join(' '))).length;
  const inTree = (outer, inner) => {
    for (let n = inner; n; n = parentOf(n)) if (n === outer) return true;
    return false;
  };

  let kept = [];
  const keep = (e) => kept.push(e) - 1;

  globalThis.tagscanConsent = {
    // Which of the platforms shows its dialog in this frame: [{id}], by their order.
    platforms(table) {
      const out = [];
      for (const p of table) {
        if (p.frame && !new RegExp(p.frame, 'i').test(location.href)) continue;
        if (p.popup.some((sel) => all(sel).some(present))) out.push(p.id);
      }
      return out;
    },
    seen(sels) { return sels.some((sel) => all(sel).some(present)); },

    // Finds the first visible element of a selector: {n, x, y, clear, text}, or null.
    find(sel) {
      const e = all(sel).find(shown) || null;
      return e ? {n: keep(e), text: label(e), ...spot(e)} : null;
    },
    uncheck(sel) {
      let n = 0;
      for (const e of all(sel)) {
        const on = e.matches('input') ? e.checked : e.getAttribute('aria-checked') === 'true';
        if (on && !e.disabled && e.getAttribute('aria-disabled') !== 'true') { e.click(); n++; }
      }
      return n;
    },
    click(n) { if (!kept[n]?.isConnected || !shown(kept[n])) return false; kept[n].click(); return true; },
    gone(n) { return !kept[n] || !kept[n].isConnected || !shown(kept[n]); },

    // Boxes that have the words and buttons: [{n, text, links, fields, buttons: [{n, text, x, y, clear}]}]. The innermost box
    // that has the words and two buttons, or one.
    boxes(topics) {
      const topic = new RegExp(topics, 'i');
      const found = [];
      for (const r of roots()) {
        for (const e of r.querySelectorAll('*')) {
          if (['SCRIPT', 'STYLE', 'BODY', 'HTML', 'HEAD', 'MAIN', 'NAV', 'HEADER'].includes(e.tagName)) continue;
          if (!apart(e) || !shown(e)) continue;
          const t = textOf(e);
          if (t.length < 15 || t.length > 8000 || !topic.test(t)) continue;
          const bs = buttonsIn(e);
          if (bs.length > 0 && bs.length <= 60) found.push({e, t, bs});
        }
      }
      // A bar at the top or the end of the page that is not set apart by its position: direct children of the body.
      if (found.length === 0 && document.body) {
        const kids = [...document.body.children].filter((e) => shown(e) && !['SCRIPT', 'STYLE', 'MAIN', 'NAV', 'FOOTER'].includes(e.tagName));
        for (const e of [...kids.slice(0, 3), ...kids.slice(-3)]) {
          const t = textOf(e);
          if (t.length >= 15 && t.length <= 1500 && topic.test(t)) {
            const bs = buttonsIn(e);
            if (bs.length > 0 && bs.length <= 8) found.push({e, t, bs});
          }
        }
      }
      // In a frame that is nothing but a dialog the whole document is the box.
      if (found.length === 0 && window !== window.top && document.body) {
        const t = textOf(document.body);
        const bs = buttonsIn(document.body);
        if (t.length >= 15 && t.length <= 8000 && topic.test(t) && bs.length > 0 && bs.length <= 60) found.push({e: document.body, t, bs});
      }
      const inner = found.filter((f) => !found.some((g) => g !== f && inTree(f.e, g.e) && g.bs.length >= f.bs.length));
      return inner.slice(0, 12).map((f) => ({
        n: keep(f.e), text: f.t.slice(0, 4000), links: linksIn(f.e), fields: fieldsIn(f.e),
        buttons: f.bs.map((b) => ({n: keep(b.e), text: b.text, ...{x: 0, y: 0, clear: false}})),
      }));
    },
    at(n) { return kept[n] && kept[n].isConnected ? {n, text: label(kept[n]), ...spot(kept[n])} : null; },
    // Boxes that are checked and may be unchecked inside a box.
    uncheckIn(n) {
      let c = 0;
      const box = kept[n];
      if (!box) return 0;
      const walk = (x) => {
        for (const e of childrenOf(x)) {
          if (e.nodeType !== 1) continue;
          walk(e);
          const sw = e.matches('[role=switch], [role=checkbox]');
          if (!sw && !e.matches('input[type=checkbox]')) continue;
          const on = sw && !e.matches('input') ? e.getAttribute('aria-checked') === 'true' : e.checked;
          if (on && !e.disabled && e.getAttribute('aria-disabled') !== 'true') { e.click(); c++; }
        }
      };
      walk(box);
      return c;
    },
  };
})();
