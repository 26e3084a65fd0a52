// Runs in a world of its own in every frame. Defines `tagscanConsent`, which finds dialogs and their buttons. It changes
// nothing in the page but unchecking boxes when it is told to.
(() => {
  if (globalThis.tagscanConsent) return;

  // Closed shadow roots by their hosts. Scripts cannot reach them: they are handed in (adopt).
  const closed = new WeakMap();
  const rootOf = (e) => e.shadowRoot || closed.get(e) || null;

  // Every element root: the document and all shadow roots, outermost first.
  const roots = () => {
    const out = [document];
    for (let i = 0; i < out.length; i++) {
      for (const e of out[i].querySelectorAll('*')) if (rootOf(e)) out.push(rootOf(e));
    }
    return out;
  };
  const all = (sel, within = roots()) => {
    const out = [];
    for (const r of within) {
      try { out.push(...r.querySelectorAll(sel)); } catch { return out; }
    }
    return out;
  };
  // The tree as it is drawn: a slot holds what was assigned to it, a host what is in its root.
  const parentOf = (e) => e.assignedSlot || e.parentElement || (e.getRootNode() instanceof ShadowRoot ? e.getRootNode().host : null);
  const childrenOf = (e) => {
    if (rootOf(e)) return [...rootOf(e).childNodes];
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
    let muted = false;
    for (let n = e; n; n = parentOf(n)) {
      const s = getComputedStyle(n);
      if (s.display === 'none' || (n === e && s.visibility !== 'visible') || parseFloat(s.opacity) < 0.05) return false;
      if (n.inert) return false;
      muted ||= n.getAttribute('aria-hidden') === 'true';
    }
    // What is hidden from screen readers may be there for the eye, or be kept beside the page until it is wanted.
    return !muted || onTop(e, b);
  };
  const onTop = (e, b) => {
    const x = b.left + b.width / 2, y = b.top + b.height / 2;
    if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) return false;
    for (let n = e.getRootNode().elementFromPoint(x, y); n; n = parentOf(n)) if (n === e) return true;
    return false;
  };
  // A container of no size of its own is there if something in it is.
  const present = (e) => {
    if (shown(e)) return true;
    let budget = 200;
    const inside = (n) => childrenOf(n).some((c) => c.nodeType === 1 && !mute.has(c.tagName) && budget-- > 0 && (shown(c) || inside(c)));
    return inside(e);
  };
  const fold = (s) => (s || '').normalize('NFKC').toLowerCase().replace(/[\s\u00a0]+/g, ' ').trim();
  // As wording.Fold does it, so that texts can be held against the words of all languages.
  const marks = /[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0640\u0670\u00ad]/g;
  const plain = {'ı': 'i', 'ł': 'l', 'đ': 'd', 'ς': 'σ', 'ґ': 'г', 'ё': 'е', 'أ': 'ا', 'إ': 'ا', 'آ': 'ا', 'ى': 'ی', 'ي': 'ی', 'ك': 'ک', 'ة': 'ه'};
  const bare = (s) => s.normalize('NFKC').toLowerCase().normalize('NFKD').replace(marks, '').replace(/[ıłđςґёأإآىيكة]/g, (c) => plain[c])
    .replace(/[^\p{L}\p{Nd}\p{M}]+/gu, ' ').trim().normalize('NFC');
  // What can be clicked stands apart for the eye, though nothing may stand between it and the next in the markup.
  const pressable = 'a, button, label, option, [role=button], [role=link], [role=switch], [role=checkbox], [onclick], [tabindex="0"]';
  const seam = '\u0001';
  const wordsOf = (e, limit) => {
    const parts = [];
    let n = 0;
    const walk = (x) => {
      if (n > limit) return;
      if (x.nodeType === 3) { parts.push(x.data); n += x.data.length; return; }
      if (x.nodeType !== 1 || mute.has(x.tagName)) return;
      const s = getComputedStyle(x);
      if (s.display === 'none' || s.visibility === 'hidden' && x.tagName !== 'SLOT') return;
      const edge = x.tagName === 'BR' || !/^(inline|contents)/.test(s.display) ? ' ' : x.matches(pressable) ? seam : '';
      parts.push(edge);
      for (const c of childrenOf(x)) walk(c);
      parts.push(edge);
    };
    walk(e);
    return parts.join('').replace(/(?<=[\p{L}\p{N}])\u0001+(?=[\p{L}\p{N}])/gu, ' ').replaceAll(seam, '');
  };
  const textOf = (e, limit = 9000) => fold(wordsOf(e, limit));
  // What names an element, best first.
  const labels = (e) => {
    const by = (e.getAttribute('aria-labelledby') || '').split(/\s+/).filter(Boolean).map((id) => e.getRootNode().getElementById?.(id)?.textContent || '');
    const value = e.matches('input[type=button], input[type=submit], input[type=reset]') ? e.value : '';
    const all = [textOf(e, 400), value, e.getAttribute('aria-label'), ...by, e.title, e.querySelector('img')?.alt, e.alt];
    return [...new Set(all.map(fold).filter(Boolean))];
  };
  const label = (e) => labels(e)[0] || '';

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
  // Not everything that is clicked is a button by its element: it may have the hand as its pointer, or be called one.
  const button = (e) => {
    if (e.matches(clickable)) return true;
    if (e.matches('label, option, select, input, textarea') || e.closest('label')) return false;
    const t = e.textContent.length;
    if (t === 0 || t > 80) return false;
    if (/\b(btn|button|submit)\b/i.test(e.id + ' ' + (typeof e.className === 'string' ? e.className.replace(/[_-]+/g, ' ') : ''))) return !e.querySelector(clickable);
    const up = parentOf(e);
    return getComputedStyle(e).cursor === 'pointer' && !(up && getComputedStyle(up).cursor === 'pointer');
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
        if (!button(e) || e.matches('[role=tab], [role=checkbox], [role=switch], [role=radio]') || !shown(e) || submits(e) || e.disabled) continue;
        const t = label(e);
        if (!t || t.length > 90) continue;
        // of nested ones the inner counts, once
        if (out.some((o) => o.text === t && inTree(e, o.e))) continue;
        const href = leads(e) ? e.closest('a[href]').href : '';
        out.push({e, text: t, labels: labels(e).slice(0, 5), href, own: href === '' || new URL(href).origin === location.origin});
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

  // Boxes, switches and radio buttons, seen or not: styled ones are drawn by something else.
  const control = 'input[type=checkbox], input[type=radio], [role=switch], [role=checkbox], [role=radio]';
  const controlsIn = (box) => {
    const out = [];
    const walk = (x) => {
      for (const e of childrenOf(x)) {
        if (e.nodeType !== 1) continue;
        if (e.matches(control) && !e.parentElement?.closest('[role=switch], [role=checkbox], [role=radio]')) out.push(e);
        walk(e);
      }
    };
    walk(box);
    return out.slice(0, 400);
  };
  const kindOf = (e) => e.type === 'radio' || e.getAttribute('role') === 'radio' ? 'radio' : 'box';
  const isOn = (e) => e.matches('input') ? e.checked : e.getAttribute('aria-checked') === 'true';
  const groups = new Map();
  const groupOf = (e) => {
    if (e.name) return 'name ' + e.name;
    const g = e.closest('[role=radiogroup], fieldset') || e.parentElement;
    if (!groups.has(g)) groups.set(g, 'group ' + groups.size);
    return groups.get(g);
  };
  // Words that say how a switch stands, and not what it is for.
  const states = new Set(('on off an aus ein eingeschaltet ausgeschaltet aktiv inaktiv aktiviert deaktiviert active inactive activé désactivé activado desactivado ' +
    'activated deactivated attivo disattivo attivato disattivato ativo inativo ativado desativado actif inactif aan uit ingeschakeld uitgeschakeld wł wył ' +
    'włączone wyłączone på av af til fra päällä pois zapnuto vypnuto zapnuté vypnuté zap vyp be ki bekapcsolva kikapcsolva activ inactiv pornit oprit вкл выкл ' +
    'включено выключено увімкнено вимкнено ενεργό ανενεργό açık kapalı オン オフ 켜짐 꺼짐 开 关 開 關 yes no ja nein nee nej nei oui non sí si sì sim não tak nie ano áno ' +
    'да нет так ні kyllä ei enabled disabled allow allowed true false i o 0 1 x ✓ ✔ ✗ ✕').split(' '));
  const isState = (t) => states.has(t.replace(/[.:!()]/g, '').trim());
  // What stands around a control and no other one: its heading, else all of it but its own text.
  const around = (e) => {
    const own = textOf(e, 300);
    for (let up = parentOf(e), n = 0; up && n < 5 && controlsIn(up).length === 1; up = parentOf(up), n++) {
      const heading = [...up.querySelectorAll('h1, h2, h3, h4, h5, h6, legend, dt, strong, b')].map((h) => textOf(h, 200)).find((t) => t && !isState(t));
      if (heading) return heading;
      const t = textOf(up, 300).replace(own, ' ').replace(/ +/g, ' ').trim();
      if (t && !isState(t)) return t;
    }
    return '';
  };
  // What names a control: its label, else its own names, else what stands around it and nothing else. A box is named by how it stands
  // only if nothing else names it.
  const nameOf = (e) => {
    const l = e.labels?.[0] || e.closest('label');
    const names = [l && textOf(l, 300), ...labels(e)].filter(Boolean);
    const own = names.find((t) => kindOf(e) === 'radio' || !isState(t));
    return (own || around(e) || names[0] || '').slice(0, 200);
  };
  // The smallest elements that have words of the topic and something to click, for banners that stand in the page's text.
  const spoken = (speaks) => {
    const out = [];
    let budget = 40;
    for (const r of roots()) {
      const walker = document.createTreeWalker(r, NodeFilter.SHOW_TEXT);
      while (budget > 0 && walker.nextNode()) {
        const t = walker.currentNode;
        if (t.data.trim().length < 4 || mute.has(t.parentElement?.tagName) || !speaks(t.data)) continue;
        budget--;
        for (let e = t.parentElement, up = 0; e && up < 8 && !['BODY', 'HTML', 'FOOTER', 'NAV', 'ARTICLE'].includes(e.tagName); e = parentOf(e), up++) {
          if (!e.querySelector('button, [role=button], input, a, [onclick]')) continue;
          if (!shown(e)) continue;
          const n = buttonsIn(e).length;
          if (n > 1 || n === 1 && controlsIn(e).length > 1) { out.push(e); break; }
        }
      }
    }
    return out;
  };

  let kept = [];
  const keep = (e) => kept.push(e) - 1;

  globalThis.tagscanConsent = {
    // Which of the platforms shows its dialog in this frame: [{id}], by their order.
    platforms(table) {
      const out = [];
      const within = roots(); // to find them takes as long as to look in all of them
      for (const p of table) {
        if (p.frame && !new RegExp(p.frame, 'i').test(location.href)) continue;
        if (p.popup.some((sel) => all(sel, within).some(present))) out.push(p.id);
      }
      return out;
    },
    seen(sels) { return sels.some((sel) => all(sel).some(present)); },
    // What a dialog says, as it is read, and what is on in it that can be changed, by its label: of the first visible element of the
    // selectors, or of a box. Null if there is none.
    says(what) {
      const e = typeof what === 'number' ? kept[what] : what.flatMap((sel) => all(sel)).find(present);
      if (!e?.isConnected) return null;
      const ticked = controlsIn(e).filter((c) => isOn(c) && kindOf(c) === 'box' && !c.disabled && c.getAttribute('aria-disabled') !== 'true');
      return {text: wordsOf(e, 2000).replace(/[\s\u00a0]+/g, ' ').trim().slice(0, 2000), ticked: ticked.map(nameOf).filter(Boolean)};
    },

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

    // Boxes that have one of the stems and buttons: [{n, where, text, links, fields, controls, buttons: [{n, text, labels, href, own}]}],
    // first those that stand apart from the page, innermost. where is how they stand: apart; edge, a bar at the top or the end
    // of the page; frame, all of a frame; plain, in the page's own text.
    boxes(stems) {
      const speaks = (t) => { const b = bare(t); return stems.some((s) => b.includes(s)); };
      const found = [];
      const take = (e, where, longest, most) => {
        if (found.some((f) => f.e === e)) return false;
        const t = textOf(e);
        if (t.length < 15 || t.length > longest || !speaks(t)) return false;
        const bs = buttonsIn(e);
        if (bs.length === 0 || bs.length > most) return false;
        found.push({e, t, bs, where});
        return true;
      };
      for (const r of roots()) {
        for (const e of r.querySelectorAll('*')) {
          if (['SCRIPT', 'STYLE', 'BODY', 'HTML', 'HEAD', 'MAIN', 'NAV', 'HEADER'].includes(e.tagName)) continue;
          if (apart(e) && shown(e)) take(e, 'apart', 8000, 60);
        }
      }
      const inner = found.filter((f) => !found.some((g) => g !== f && inTree(f.e, g.e) && g.bs.length >= f.bs.length)).slice(0, 12);
      found.length = 0;
      found.push(...inner);
      if (document.body) {
        const kids = [...document.body.children].filter((e) => shown(e) && !['SCRIPT', 'STYLE', 'MAIN', 'NAV', 'FOOTER'].includes(e.tagName));
        for (const e of [...kids.slice(0, 3), ...kids.slice(-3)]) if (!inner.some((f) => inTree(e, f.e))) take(e, 'edge', 1500, 8);
        if (found.length === 0 && window !== window.top) take(document.body, 'frame', 8000, 60);
      }
      if (!stems.includes('')) for (const e of spoken(speaks)) if (!found.some((f) => inTree(f.e, e) || inTree(e, f.e))) take(e, 'plain', 2000, 12);
      return found.slice(0, 16).map((f) => ({
        n: keep(f.e), where: f.where, text: f.t.slice(0, 4000), links: linksIn(f.e), fields: fieldsIn(f.e), controls: controlsIn(f.e).length,
        buttons: f.bs.map((b) => ({n: keep(b.e), text: b.text, labels: b.labels, href: b.href, own: b.own})),
      }));
    },
    // Everything with a short name that can be clicked, links to other documents last: [{n, text, labels, href, own}].
    openers() {
      const out = buttonsIn(document.body || document.documentElement).map((b) => ({n: keep(b.e), text: b.text, labels: b.labels, href: b.href, own: b.own}));
      return [...out.filter((b) => !b.href), ...out.filter((b) => b.href && b.own)].slice(0, 800);
    },
    // A text as it is held against stems.
    bare(s) { return bare(s); },
    ready() { return true; },
    // Lets the closed shadow root that a node is in be seen from now on.
    adopt(node) {
      const root = node.getRootNode();
      if (root instanceof ShadowRoot && root.mode === 'closed') closed.set(root.host, root);
    },
    at(n) { return kept[n] && kept[n].isConnected ? {n, text: label(kept[n]), ...spot(kept[n])} : null; },
    // What can be set in a box: [{n, type, on, fixed, group, label, value}].
    controls(n) {
      return kept[n] ? controlsIn(kept[n]).map((e) => ({
        n: keep(e), type: kindOf(e), on: isOn(e), fixed: !!e.disabled || e.getAttribute('aria-disabled') === 'true',
        group: kindOf(e) === 'radio' ? groupOf(e) : '', label: nameOf(e), value: e.value || e.id || '',
      })) : [];
    },
    // Clicks a control and reports whether it is on then.
    set(n) { const e = kept[n]; if (!e?.isConnected) return false; e.click(); return isOn(e); },
  };
})();
