// Says what a document shows, so that it can be told whether it is the page that was asked for. See Document in crawler/shown
// for what it returns. It changes nothing.
(selector) => {
  const all = (root, sel) => { try { return Array.from(root.querySelectorAll(sel)); } catch (e) { return []; } };
  const plain = (s) => String(s == null ? '' : s).replace(/\s+/g, ' ').replace(/[’‘ʼ]/g, "'").trim();
  const text = (s, n) => plain(s).slice(0, n);
  const roots = [document];
  for (let i = 0; i < roots.length && roots.length < 300; i++) for (const e of all(roots[i], '*')) if (e.shadowRoot) roots.push(e.shadowRoot);
  const every = (sel) => roots.flatMap((r) => all(r, sel));
  const visible = (e) => {
    const r = e.getBoundingClientRect();
    return r.width > 1 && r.height > 1 && (!e.checkVisibility || e.checkVisibility({ opacityProperty: true, visibilityProperty: true }));
  };
  const out = { URL: location.href, Title: text(document.title, 300), Match: false, Bad: '', Heads: [], Text: '', TextLength: 0, OwnLinks: 0, Over: '', Beneath: 0, LinksUnder: 0, Fields: [], Password: false, Buttons: [], Controls: [], Drawn: 0, Frames: [], Scripts: [], Inline: 0, Mounts: 0, App: false, Noscript: '', Markup: '' };
  if (selector) try { out.Match = roots.some((r) => r.querySelector(selector)); } catch (e) { out.Bad = e.message; }

  // What asks for consent is no content: it lies over whatever page there is.
  const marks = '[id*=cookie i], [class*=cookie i], [id*=consent i], [class*=consent i], [id*=onetrust i], [id*=didomi i], [id*=usercentrics i], [id*=cmp i], [class*=cmp i], [id*=gdpr i], [class*=gdpr i]';
  const apart = (e) => /fixed|sticky/.test(getComputedStyle(e).position) || e.matches('dialog, [role=dialog], [role=alertdialog], [aria-modal=true]');
  const asking = every(marks).filter((e) => e !== document.body && e !== document.documentElement && (apart(e) || all(e, '*').slice(0, 50).some(apart)) && !e.querySelector('main, article'));
  const asks = (e) => {
    for (let p = e; p; p = p.parentElement || (p.getRootNode() instanceof ShadowRoot ? p.getRootNode().host : null)) if (asking.includes(p)) return true;
    return false;
  };
  const outer = asking.filter((e) => !e.parentElement || !asks(e.parentElement));

  // A shadow root's text is not part of its document's.
  let said = document.body ? document.body.innerText || '' : '';
  for (const e of outer) { const t = e.innerText; if (t) said = said.replace(t, ' '); }
  // What lies over the page in a layer of its own, and what is there beneath it but for headers and footers.
  const covers = (e) => { const r = e.getBoundingClientRect(); return r.width >= innerWidth * 0.6 && r.height >= innerHeight * 0.6; };
  const lies = (e) => {
    if (e === document.body || e.matches('header, nav') || !visible(e)) return false;
    if (e.matches('dialog, [role=dialog], [role=alertdialog], [aria-modal=true]')) return true;
    const s = getComputedStyle(e);
    return s.position === 'fixed' || (s.position === 'absolute' && parseInt(s.zIndex, 10) > 0 && covers(e));
  };
  const layers = all(document, 'body *').slice(0, 5000).filter((e) => lies(e) && !asks(e));
  const layered = (e) => layers.some((l) => l.contains(e));
  const outermost = layers.filter((e) => !layered(e.parentElement));
  const footing = 'footer, [role=contentinfo], [class*=footer i], [id*=footer i]';
  if (outermost.length) {
    out.Over = text(outermost.map((e) => e.innerText).join(' '), 1000);
    let under = said;
    for (const e of [...outermost, ...all(document, 'header, nav, ' + footing)]) { const t = e.innerText; if (t && e !== document.body) under = under.replace(t, ' '); }
    out.Beneath = plain(under).length;
  }
  for (const r of roots.slice(1)) if (!asks(r.host) && visible(r.host)) for (const e of r.children) if (!/^(STYLE|SCRIPT|LINK|SLOT)$/.test(e.tagName)) said += ' ' + (e.innerText || '');
  said = plain(said);
  out.Text = said.slice(0, 3000);
  out.TextLength = said.length;
  out.Heads = every('h1, h2').filter((e) => visible(e) && !asks(e)).slice(0, 4).map((e) => text(e.innerText, 150)).filter(Boolean);

  const host = location.hostname.replace(/^www\./, '');
  const here = location.href.split('#')[0];
  const led = new Set(), under = new Set();
  for (const a of every('a[href], area[href]').slice(0, 5000)) {
    try {
      const u = new URL(typeof a.href === 'string' ? a.href : a.href.baseVal, location.href);
      const own = u.hostname === host || u.hostname.endsWith('.' + host) || host.endsWith('.' + u.hostname.replace(/^www\./, ''));
      if (/^https?:$/.test(u.protocol) && own && u.href.split('#')[0] !== here && !asks(a)) {
        led.add(u.href.split('#')[0]);
        if (out.Over && !layered(a) && !a.closest(footing)) under.add(u.href.split('#')[0]);
      }
    } catch (e) {}
  }
  out.OwnLinks = led.size;
  out.LinksUnder = under.size;

  const puzzle = '.g-recaptcha, .h-captcha, .cf-turnstile, .frc-captcha, #px-captcha, [class*=captcha i], [id*=captcha i]';
  const inputs = every('input, textarea, select, [contenteditable=true]').filter((e) => visible(e) && !asks(e));
  const labelOf = (e) => text([Array.from(e.labels || []).map((l) => l.innerText).join(' '), e.getAttribute('placeholder'), e.getAttribute('aria-label'), e.title].filter(Boolean).join(' '), 120);
  const sends = (e) => {
    for (let p = e.form || e.parentElement, i = 0; p && p !== document.body && i < 4; p = p.parentElement, i++) {
      const b = all(p, 'button, input[type=submit], [role=button]').filter(visible);
      if (b.length) return text(b.map((x) => x.innerText || x.value || x.getAttribute('aria-label') || '').join(' | '), 200);
      if (e.form) break;
    }
    return '';
  };
  for (const e of inputs) {
    const type = e.tagName === 'INPUT' ? e.type : e.tagName.toLowerCase();
    if (/^(hidden|submit|button|reset|image|checkbox|radio|range|color)$/.test(type) || out.Fields.length >= 30) continue;
    if (e.closest(puzzle) && !e.form) continue;
    if (/captcha|turnstile/i.test(e.name + ' ' + e.id)) continue;
    out.Fields.push({ Type: type, Auto: text(e.getAttribute('autocomplete'), 60), Name: text(e.name + ' ' + e.id, 100), Label: labelOf(e), Sends: sends(e) });
  }
  // Forms that set a new password have two fields for it, or say so.
  const secret = inputs.filter((e) => e.matches('input[type=password]'));
  out.Password = secret.length === 1 && secret[0].autocomplete !== 'new-password';

  for (const e of every('a, button, [role=button], [role=menuitem], input[type=submit], input[type=button]').slice(0, 1500)) {
    const t = text(e.innerText || e.textContent || e.value || e.getAttribute('aria-label') || e.title, 61);
    if (!t || t.length > 60 || asks(e)) continue;
    if (out.Controls.length < 300) out.Controls.push(t);
    if (out.Buttons.length < 100 && visible(e)) out.Buttons.push(t);
  }

  const size = (e) => { const r = e.getBoundingClientRect(); return { Width: Math.round(r.width), Height: Math.round(r.height) }; };
  const big = (e) => { const s = size(e); return s.Width >= 16 && s.Height >= 16 && visible(e) && !asks(e); };
  out.Drawn = every('img, svg, canvas, video, object, embed').slice(0, 500).filter((e) => big(e) && !(e.tagName === 'IMG' && e.complete && !e.naturalWidth)).length;
  out.Drawn += every('[style*="background" i]').slice(0, 200).filter((e) => big(e) && /url\(/.test(getComputedStyle(e).backgroundImage)).length;
  // A custom element that takes room has something in it that nobody can look into.
  out.Drawn += every('*').slice(0, 3000).filter((e) => e.tagName.includes('-') && !e.shadowRoot && !e.innerText && big(e) && size(e).Height >= 30).length;
  out.Frames = every('iframe, frame').slice(0, 50).map((e) => ({ Src: String(e.src || '').slice(0, 500), Srcdoc: e.hasAttribute('srcdoc'), Seen: big(e), ...size(e) }));
  for (const s of every('script').slice(0, 500)) {
    if (s.type && !/javascript|ecmascript|^module$/i.test(s.type)) continue;
    if (s.src) out.Scripts.push(s.src.slice(0, 500)); else if (s.textContent.trim()) out.Inline++;
  }

  // Where applications put themselves: their usual elements, and what stands empty in the body without being an overlay's place.
  const usual = '#root, #app, #__next, #__nuxt, #___gatsby, #svelte, #application, #app-root, #react-root, #vue-app, #q-app, #main-app, #single-spa-application, app-root, [ng-app], [ng-version], [data-reactroot], [data-v-app]';
  const empty = (e) => !text(e.innerText, 1) && !e.shadowRoot && !all(e, 'img, svg, canvas, video, iframe, object, input, button').some(visible);
  const known = every(usual);
  out.App = known.length > 0 || !!document.querySelector('script[type=module][src], #__NEXT_DATA__, #__NUXT_DATA__');
  const place = /modal|portal|overlay|toast|dialog|popup|tooltip|drawer|fb-root|gtm|captcha|announce|notif|(^|[-_])ads?([-_]|$)|cookie|consent|widget|chat|snack|live/i;
  const bare = all(document, 'body > div[id], body > main, body > section[id], body > *').filter((e) => (e.tagName.includes('-') || e.id || e.tagName === 'MAIN') && !/^(SCRIPT|STYLE|NOSCRIPT|TEMPLATE|IFRAME|IMG|LINK|FORM|FOOTER|HEADER|NAV|SVG)$/i.test(e.tagName) && !place.test(e.id + ' ' + e.tagName));
  out.Mounts = new Set([...known, ...bare].filter(empty)).size;
  out.Noscript = text(all(document, 'noscript').map((e) => e.textContent).filter((t) => !/<(img|iframe|style|link)/i.test(t)).join(' '), 300);
  if (out.TextLength <= 2500 && document.documentElement) out.Markup = document.documentElement.outerHTML.slice(0, 100000);
  return out;
}
