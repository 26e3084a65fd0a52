'use strict';
(function () {
  var box = document.getElementById('filters');
  var rows = Array.prototype.slice.call(document.querySelectorAll('#flows-list > .flow'));
  if (box && rows.length) {
    box.hidden = false;
    var q = document.getElementById('f-q'), n = document.getElementById('f-n');
    var selects = Array.prototype.slice.call(box.querySelectorAll('select'));
    var text = rows.map(function (r) { return r.getAttribute('data-text').toLowerCase(); });
    var apply = function () {
      var words = q.value.toLowerCase().split(/\s+/).filter(Boolean), shown = 0;
      rows.forEach(function (r, i) {
        var ok = words.every(function (w) { return text[i].indexOf(w) >= 0; }) && selects.every(function (s) {
          return s.value === '' || r.getAttribute('data-' + s.name) === s.value;
        });
        r.hidden = !ok;
        if (ok) { shown++; }
      });
      n.textContent = shown + ' of ' + rows.length + ' flows';
    };
    q.addEventListener('input', apply);
    selects.forEach(function (s) { s.addEventListener('change', apply); });
    apply();
  }
  Array.prototype.forEach.call(document.querySelectorAll('table.sort'), function (table) {
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (th, col) {
      var b = document.createElement('button');
      b.type = 'button';
      b.textContent = th.textContent;
      th.textContent = '';
      th.appendChild(b);
      b.addEventListener('click', function () {
        var up = th.getAttribute('aria-sort') !== 'ascending';
        Array.prototype.forEach.call(table.tHead.rows[0].cells, function (o) { o.removeAttribute('aria-sort'); });
        th.setAttribute('aria-sort', up ? 'ascending' : 'descending');
        var key = function (r) { var c = r.cells[col]; return c.getAttribute('data-v') || c.textContent.trim(); };
        var body = table.tBodies[0];
        Array.prototype.slice.call(body.rows).sort(function (a, b) {
          var x = key(a), y = key(b), d = Number(x) - Number(y);
          if (isNaN(d)) { d = x.localeCompare(y); }
          return up ? d : -d;
        }).forEach(function (r) { body.appendChild(r); });
      });
    });
  });
  document.addEventListener('click', function (e) {
    var a = e.target.closest && e.target.closest('a[href^="#"]');
    var t = a && document.getElementById(a.getAttribute('href').slice(1));
    if (t && t.tagName === 'DETAILS') { t.open = true; }
  });
})();
