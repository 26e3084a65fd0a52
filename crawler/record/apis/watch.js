// Tells which script asks the browser for what tells devices apart. It runs first in every document and worker, with the
// debugger's console functions at hand (debug, undebug), and sets conditional breakpoints on the browser's own functions: their
// conditions call this, and never stop the page. What was seen is thrown out of the condition, which only a debugger hears of.
//
// A page must not find it. So nothing of the page's is changed; the one name is secret and in no list that a script can read; only
// what was taken before the page ran is called, for a page may replace everything; objects have no prototype, for a page may
// add to it; and whatever goes wrong is silent.
//
// A breakpoint takes about a millisecond to set, for V8 goes through its heap for each, and to have a function made that nobody has
// asked for yet costs a tenth of that. So only gates are set at first, which ways to a fingerprint lead through; who comes by one has
// the rest of its group set. What a page could hide before that is taken at the start, the rest when it is wanted.
const KEY = (() => {
  "use strict";
  const G = globalThis, set = debug, clear = undebug;
  const describe = Object.getOwnPropertyDescriptor, apply = Reflect.apply, call = Function.prototype.call;
  const method = f => call.bind(f);
  const find = (owner, member, part) => {
    const I = G[owner], d = I && describe(I.prototype, member);
    return d && d[part];
  };
  const lookup = method(WeakMap.prototype.get), store = method(WeakMap.prototype.set), canvases = new WeakMap();

  const hooks = [];
  const add = (group, names, part, run, cap, later) => {
    for (const name of names.split(" ")) {
      const [owner, member] = name.split("."), f = later ? undefined : find(owner, member, part);
      if (f || later && owner in G) hooks[hooks.length] = {
        __proto__: null, id: hooks.length, name, owner, member, part, group, f, run, cap, calls: 0, told: 0, on: false, seen: { __proto__: null }, distinct: 0,
      };
    }
  };
  const on = h => {
    h.on = true;
    h.f = h.f || find(h.owner, h.member, h.part);
    if (typeof h.f !== "function") return;
    clear(h.f);
    set(h.f, "KEY(" + h.id + ",arguments,this)\n//# sourceURL=OWNuse");
  };
  const off = h => clear(h.f);
  const arm = group => {
    for (let i = 0; i < hooks.length; i++) if (hooks[i].group === group && !hooks[i].on) on(hooks[i]);
  };

  // What a canvas holds: how many characters were written on it, whether its state was saved, whether it is a WebGL one.
  const holds = canvas => {
    let s = lookup(canvases, canvas);
    if (!s) store(canvases, canvas, s = { __proto__: null, chars: 0, seen: { __proto__: null }, saved: 0, gl: 0 });
    return s;
  };
  const canvasOf = [find("CanvasRenderingContext2D", "canvas", "get"), find("OffscreenCanvasRenderingContext2D", "canvas", "get")];
  const widths = [find("HTMLCanvasElement", "width", "get"), find("OffscreenCanvas", "width", "get")];
  const heights = [find("HTMLCanvasElement", "height", "get"), find("OffscreenCanvas", "height", "get")];
  const styleOf = find("HTMLElement", "style", "get");
  const first = (getters, self) => {
    for (let i = 0; i < 2; i++) {
      if (getters[i]) try { return apply(getters[i], self, []) } catch { }
    }
  };
  const text = (a, i) => i < a.length && typeof a[i] === "string" ? a[i] : "";
  const number = (a, i) => i < a.length && typeof a[i] === "number" ? a[i] : 0;
  // another counts what was not there before.
  const another = (h, what) => {
    if (what in h.seen) return false;
    h.seen[what] = true;
    h.distinct++;
    return true;
  };

  const plain = () => "";
  const gate = (...groups) => () => {
    for (let i = 0; i < groups.length; i++) arm(groups[i]);
    return "";
  };
  const suspect = gate("traits", "others", "layout");
  const context = (h, a, self) => {
    const kind = text(a, 0);
    const drawn = h.owner === "OffscreenCanvas" ? "offscreen" : "canvas";
    if (kind === "2d") arm(drawn);
    if (kind === "webgl" || kind === "webgl2" || kind === "experimental-webgl") {
      holds(self).gl = 1;
      arm(drawn);
      arm(kind === "webgl2" ? "webgl2" : "webgl");
    }
    if (h.calls > 300) off(h);
  };
  const write = (h, a, self) => {
    const s = holds(first(canvasOf, self)), t = text(a, 0);
    for (let i = 0; i < t.length && i < 200 && s.chars < 40; i++) {
      const c = t[i]; // emoji tell what the system can show, which sites ask for: they do not count
      if (c > " " && c < "\u2000" && !(c in s.seen)) {
        s.seen[c] = true;
        s.chars++;
      }
    }
    if (h.calls > 300) off(h);
  };
  const save = (h, a, self) => {
    holds(first(canvasOf, self)).saved = 1;
    if (h.calls > 50) off(h);
  };
  const lossy = t => t === "image/jpeg" || t === "image/webp" ? 1 : 0;
  const read = (canvas, type) => {
    const s = holds(canvas);
    if (s.chars >= 10) suspect();
    return first(widths, canvas) + " " + first(heights, canvas) + " " + s.chars + " " + s.saved + " " + s.gl + " " + lossy(type);
  };
  const pixels = (h, a, self) => {
    const s = holds(first(canvasOf, self));
    if (s.chars >= 10) suspect();
    return number(a, 2) + " " + number(a, 3) + " " + s.chars + " " + s.saved + " " + s.gl + " 0";
  };
  const parameter = (h, a) => {
    const p = number(a, 0);
    h.seen[p] = (h.seen[p] || 0) + 1;
    if (p === 0x9245 || p === 0x9246) arm("card");
    if (h.calls > 2000) off(h);
    if (h.seen[p] <= 3) return "" + p;
  };
  const family = t => {
    let out = "", from = 0;
    for (let i = 1; i < t.length && i < 200; i++) if (t[i] === "x" && t[i - 1] === "p" && !from) from = i + 1;
    for (let i = from; i < t.length && i < from + 200; i++) out += t[i];
    return out;
  };
  const fonts = (h, what) => {
    const fresh = another(h, what);
    if (h.calls > 300 && h.distinct < 10 || h.calls > 3000) off(h);
    if (fresh && (h.distinct === 20 || h.distinct === 50 || h.distinct === 100)) return "" + h.distinct;
  };
  const setFont = (h, a) => fonts(h, family(text(a, 0)));
  const measure = (h, a, self) => fonts(h, apply(styleOf, self, []).fontFamily);
  const samples = (h, a, self) => "" + apply(find("AudioBuffer", "length", "get"), self, []);

  const READ = 60, ALL = 1e9;
  add("gate", "HTMLCanvasElement.getContext OffscreenCanvas.getContext", "value", context, ALL);
  add("gate", "OfflineAudioContext.startRendering", "value", gate("audio", "traits", "others", "layout"), 20);
  add("gate", "Navigator.hardwareConcurrency WorkerNavigator.hardwareConcurrency", "get", gate("traits", "layout"), 20);
  add("canvas", "HTMLCanvasElement.toDataURL", "value", (h, a, self) => read(self, text(a, 0)), READ);
  add("canvas", "HTMLCanvasElement.toBlob", "value", (h, a, self) => read(self, text(a, 1)), READ, true);
  add("canvas", "CanvasRenderingContext2D.getImageData", "value", pixels, READ);
  add("canvas", "CanvasRenderingContext2D.fillText", "value", write, ALL);
  add("canvas", "CanvasRenderingContext2D.strokeText", "value", write, ALL, true);
  add("canvas", "CanvasRenderingContext2D.save", "value", save, ALL, true);
  add("canvas", "CanvasRenderingContext2D.font", "set", setFont, 20, true);
  add("offscreen", "OffscreenCanvas.convertToBlob", "value", (h, a, self) => read(self, ""), READ, true);
  add("offscreen", "OffscreenCanvasRenderingContext2D.getImageData", "value", pixels, READ, true);
  add("offscreen", "OffscreenCanvasRenderingContext2D.fillText", "value", write, ALL, true);
  add("offscreen", "OffscreenCanvasRenderingContext2D.font", "set", setFont, 20, true);
  add("webgl", "WebGLRenderingContext.getParameter", "value", parameter, ALL, true);
  add("webgl2", "WebGL2RenderingContext.getParameter", "value", parameter, ALL, true);
  add("card", "WebGLRenderingContext.getSupportedExtensions WebGLRenderingContext.getShaderPrecisionFormat WebGLRenderingContext.readPixels " +
    "WebGL2RenderingContext.getSupportedExtensions WebGL2RenderingContext.readPixels", "value", plain, 10, true);
  add("audio", "AudioBuffer.getChannelData AudioBuffer.copyFromChannel", "value", samples, 20, true);
  add("audio", "AnalyserNode.getFloatFrequencyData", "value", plain, 10, true);
  add("layout", "HTMLElement.offsetWidth", "get", measure, 20, true);
  add("traits", "Navigator.platform Navigator.language Navigator.languages Navigator.deviceMemory Navigator.plugins Navigator.mimeTypes Navigator.vendor " +
    "Navigator.maxTouchPoints Navigator.doNotTrack Navigator.cookieEnabled Navigator.webdriver " +
    "WorkerNavigator.platform WorkerNavigator.language WorkerNavigator.languages WorkerNavigator.deviceMemory " +
    "Screen.width Screen.height Screen.availWidth Screen.availHeight Screen.colorDepth Screen.pixelDepth", "get", plain, 6, true);
  add("others", "Navigator.getBattery MediaDevices.enumerateDevices Permissions.query SpeechSynthesis.getVoices RTCPeerConnection.createOffer " +
    "NavigatorUAData.getHighEntropyValues HTMLMediaElement.canPlayType Sensor.start", "value", plain, 6, true);
  add("others", "FontFaceSet.check", "value", setFont, 20, true);

  // A frame of its parent's own origin shares its breakpoints. Setting one of them anew lets V8 find the functions of the frame.
  let shared = false;
  try { shared = G.window !== undefined && G.window.parent !== G.window && !!G.window.parent.document } catch { }
  if (shared) on(hooks[0]);
  else arm("gate");

  return (id, a, self) => {
    const h = hooks[id];
    let said;
    try {
      h.calls++;
      said = h.run(h, a, self);
      if (said === undefined) return false;
      if (++h.told >= h.cap) off(h);
    } catch { return false }
    try { null.x } catch (e) {
      const line = h.name + " " + said;
      new class extends function () { return e } { stack = "KEY: " + line; name = "KEY"; message = line };
      throw e;
    }
  };
})();
//# sourceURL=OWNwatch
