/* Paper in vectors: what is painted on this is written down as SVG, and the printer draws it as sharp as it can.
   It knows of a canvas what the page paints with, and nothing else. */
const FINE = 4; // steps of a dot: a quarter of 1/240 inch

/* A path that remembers what it is made of: a canvas's own can be drawn, never read. */
class Trail extends Path2D {
  constructor() {
    super();
    this.parts = [];
    this.others = [];
  }

  moveTo(x, y) {
    super.moveTo(x, y);
    this.parts.push([x, y]);
  }

  lineTo(x, y) {
    super.lineTo(x, y);
    if (this.parts.length) this.parts[this.parts.length - 1].push(x, y);
    else this.parts.push([x, y]);
  }

  closePath() {
    super.closePath();
    const last = this.parts[this.parts.length - 1];
    if (last) last.closed = true;
  }

  rect(x, y, w, h) {
    super.rect(x, y, w, h);
    this.parts.push(Object.assign([x, y, x + w, y, x + w, y + h, x, y + h], { closed: true }));
  }

  addPath(path) {
    super.addPath(path);
    this.others.push(path);
  }
}

/* Each part of a path as its points, x, y, x, y. */
function eachPart(path, visit) {
  if (path.lines) {
    path.lines.forEach((line) => {
      const points = [];
      let [x, y] = [0, 0];
      for (let i = 0; i < line.length; i += 2) {
        x += line[i];
        y += line[i + 1];
        points.push(path.plane.x(x), path.plane.y(y));
      }
      visit(points, path.closed);
    });
  }
  if (path.tell) path.tell().forEach((part) => visit(part, Boolean(part.closed)));
  (path.parts || []).forEach((part) => visit(part, Boolean(part.closed)));
  (path.others || []).forEach((other) => eachPart(other, visit));
}

class VectorContext {
  constructor(width, height) {
    Object.assign(this, {
      width, height, fillStyle: '#000000', strokeStyle: '#000000', lineWidth: 1, globalAlpha: 1, globalCompositeOperation: 'source-over',
      font: '10px sans-serif', textAlign: 'left', textBaseline: 'alphabetic', lineCap: 'butt', lineJoin: 'miter'
    });
    this._dash = [];
    this._round = false; // a circle keeps its dashes
    this._clip = '';
    this._m = [1, 0, 0, 1, 0, 0];
    this._stack = [];
    this._here = [];
    this._out = [];
    this._defs = [];
    this._open = '';
    this._probe = document.createElement('canvas').getContext('2d');
  }

  save() {
    const kept = {};
    ['fillStyle', 'strokeStyle', 'lineWidth', 'globalAlpha', 'globalCompositeOperation', 'font', 'textAlign', 'textBaseline', 'lineCap', 'lineJoin', '_dash', '_clip', '_m'].forEach((name) => { kept[name] = this[name]; });
    this._stack.push(kept);
  }

  restore() {
    if (this._stack.length) Object.assign(this, this._stack.pop());
  }

  setTransform(...m) { this._m = m; }

  _times(b) {
    const a = this._m;
    this._m = [a[0] * b[0] + a[2] * b[1], a[1] * b[0] + a[3] * b[1], a[0] * b[2] + a[2] * b[3], a[1] * b[2] + a[3] * b[3], a[0] * b[4] + a[2] * b[5] + a[4], a[1] * b[4] + a[3] * b[5] + a[5]];
  }

  translate(x, y) { this._times([1, 0, 0, 1, x, y]); }

  rotate(angle) { this._times([Math.cos(angle), Math.sin(angle), -Math.sin(angle), Math.cos(angle), 0, 0]); }

  scale(x, y) { this._times([x, 0, 0, y, 0, 0]); }

  setLineDash(dash) { this._dash = dash; }

  _x(x, y) { return Math.round((this._m[0] * x + this._m[2] * y + this._m[4]) * FINE); }

  _y(x, y) { return Math.round((this._m[1] * x + this._m[3] * y + this._m[5]) * FINE); }

  get _grow() { return Math.sqrt(Math.abs(this._m[0] * this._m[3] - this._m[1] * this._m[2])) * FINE; }

  beginPath() { this._here = []; }

  moveTo(x, y) { this._here.push([this._x(x, y), this._y(x, y)]); }

  lineTo(x, y) {
    const last = this._here[this._here.length - 1];
    if (last && !last.done) last.push(this._x(x, y), this._y(x, y));
    else this.moveTo(x, y);
  }

  closePath() {
    const last = this._here[this._here.length - 1];
    if (last) last.closed = true;
  }

  rect(x, y, w, h) {
    this.moveTo(x, y);
    this.lineTo(x + w, y);
    this.lineTo(x + w, y + h);
    this.lineTo(x, y + h);
    this.closePath();
  }

  /* A whole circle, or a piece of one that goes on from where the path is. */
  arc(x, y, r, from, to) {
    const size = Math.round(r * this._grow * 10) / 10;
    const at = (angle) => [this._x(x + r * Math.cos(angle), y + r * Math.sin(angle)), this._y(x + r * Math.cos(angle), y + r * Math.sin(angle))];
    const last = this._here[this._here.length - 1];
    if (to - from >= 2 * Math.PI - 1e-9) {
      const [ax, ay] = at(from);
      const [bx, by] = at(from + Math.PI);
      const round = 'A' + size + ' ' + size + ' 0 1 1 ';
      if (last && last.length === 2 && last[0] === ax && last[1] === ay) this._here.pop();
      this._here.push(Object.assign([ax, ay], { done: round + bx + ' ' + by + round + ax + ' ' + ay + 'Z' }));
      return;
    }
    const [ax, ay] = at(from);
    const [bx, by] = at(to);
    const text = 'A' + size + ' ' + size + ' 0 ' + (to - from > Math.PI ? 1 : 0) + ' 1 ' + bx + ' ' + by;
    if (last && !last.done && !last.closed) {
      last.push(ax, ay);
      last.done = text;
    } else this._here.push(Object.assign([ax, ay], { done: text }));
  }

  /* What of a path can be seen, as the text that SVG takes. */
  _d(path, margin) {
    const texts = [];
    const [w, h] = [this.width * FINE, this.height * FINE];
    const write = (points, closed, done) => {
      let text = 'M' + points[0] + ' ' + points[1];
      let [x, y] = points;
      let [left, top, right, bottom] = [x, y, x, y];
      for (let i = 2; i < points.length; i += 2) {
        const [px, py] = [points[i], points[i + 1]];
        if (px === x && py === y) continue;
        text += 'l' + (px - x) + ' ' + (py - y);
        [x, y] = [px, py];
        left = Math.min(left, px);
        right = Math.max(right, px);
        top = Math.min(top, py);
        bottom = Math.max(bottom, py);
      }
      const reach = margin + (done ? 200 : 0);
      if (right < -reach || bottom < -reach || left > w + reach || top > h + reach) return;
      texts.push(text + (done || '') + (closed ? 'Z' : ''));
    };
    if (!path) this._here.forEach((part) => write(part, part.closed, part.done));
    else {
      eachPart(path, (points, closed) => {
        if (points.length < 4) return;
        const there = new Array(points.length);
        for (let i = 0; i < points.length; i += 2) {
          there[i] = this._x(points[i], points[i + 1]);
          there[i + 1] = this._y(points[i], points[i + 1]);
        }
        write(there, closed, '');
      });
    }
    return texts.join('');
  }

  /* The lines of a path that lie on the paper, dashes as lines of their own: what makes a PDF would draw the rim of each dash, at ten times the length. */
  _lines(path, margin) {
    const texts = [];
    const [w, h] = [this.width * FINE, this.height * FINE];
    const dash = this._dash.map((d) => Math.max(1, d * this._grow));
    const around = dash.reduce((sum, d) => sum + d, 0) * (dash.length % 2 ? 2 : 1);
    const line = (points, closed) => {
      let [end, into, long, begun] = ['', 0, 0, 0];
      const last = closed ? points.length : points.length - 2;
      for (let i = 0; i < last; i += 2, into += long) {
        const [ax, ay] = [points[i], points[i + 1]];
        const [bx, by] = [points[(i + 2) % points.length], points[(i + 3) % points.length]];
        long = Math.hypot(bx - ax, by - ay);
        const seen = Math.max(ax, bx) >= -margin && Math.max(ay, by) >= -margin && Math.min(ax, bx) <= w + margin && Math.min(ay, by) <= h + margin;
        if (!seen || !long) continue;
        const put = (from, to) => {
          const at = (t) => Math.round(ax + ((bx - ax) * t) / long) + ' ' + Math.round(ay + ((by - ay) * t) / long);
          const begin = at(from);
          if (begin !== end) {
            texts.push('M' + begin);
            begun += 1;
          }
          end = at(to);
          texts.push('L' + end);
        };
        if (!dash.length) put(0, long);
        else {
          let [t, k, phase] = [0, 0, into % around];
          while (phase >= dash[k % dash.length]) {
            phase -= dash[k % dash.length];
            k += 1;
          }
          while (t < long) {
            const to = Math.min(long, t + dash[k % dash.length] - phase);
            if (k % 2 === 0) put(t, to);
            [t, k, phase] = [to, k + 1, 0];
          }
        }
      }
      // a rim that is whole is closed, so that its corner is a corner
      if (closed && !dash.length && begun === 1 && end === points[0] + ' ' + points[1]) texts.push('Z');
    };
    if (!path) this._here.filter((part) => !part.done).forEach((part) => line(part, part.closed));
    else {
      eachPart(path, (points, closed) => {
        const there = new Array(points.length);
        for (let i = 0; i < points.length; i += 2) {
          there[i] = this._x(points[i], points[i + 1]);
          there[i + 1] = this._y(points[i], points[i + 1]);
        }
        line(there, closed);
      });
    }
    return texts.join('');
  }

  _put(text) {
    if (this._open !== this._clip) {
      if (this._open) this._out.push('</g>');
      if (this._clip) this._out.push('<g clip-path="url(#' + this._clip + ')">');
      this._open = this._clip;
    }
    this._out.push(text);
  }

  get _veil() {
    return (this.globalAlpha < 1 ? ' opacity="' + this.globalAlpha + '"' : '') + (this.globalCompositeOperation === 'multiply' ? ' style="mix-blend-mode:multiply"' : '');
  }

  fill(path, rule) {
    const evenodd = (typeof path === 'string' ? path : rule) === 'evenodd' ? ' fill-rule="evenodd"' : '';
    const d = this._d(typeof path === 'object' ? path : null, 0);
    if (d) this._put('<path d="' + d + '" fill="' + this.fillStyle + '"' + evenodd + this._veil + '/>');
  }

  get _pen() {
    const wide = Math.round(this.lineWidth * this._grow * 10) / 10;
    const dash = this._round ? ' stroke-dasharray="' + this._dash.map((d) => Math.round(d * this._grow * 10) / 10).join(' ') + '"' : '';
    return ' fill="none" stroke="' + this.strokeStyle + '" stroke-width="' + wide + '" stroke-linejoin="' + this.lineJoin + '"' + (this.lineCap === 'butt' ? '' : ' stroke-linecap="' + this.lineCap + '"') + dash;
  }

  stroke(path) {
    const reach = this.lineWidth * this._grow;
    const arcs = !path && this._here.some((part) => part.done);
    this._round = arcs && this._dash.length > 0;
    const d = arcs ? this._d(null, reach) : this._lines(path || null, reach);
    if (d) this._put('<path d="' + d + '"' + this._pen + this._veil + '/>');
  }

  clip(path, rule) {
    const evenodd = (typeof path === 'string' ? path : rule) === 'evenodd' ? ' clip-rule="evenodd"' : '';
    const d = this._d(typeof path === 'object' ? path : null, 0);
    const id = 'c' + (this._defs.length + 1);
    this._defs.push('<clipPath id="' + id + '"' + (this._clip ? ' clip-path="url(#' + this._clip + ')"' : '') + '><path d="' + (d || 'M0 0') + '"' + evenodd + '/></clipPath>');
    this._clip = id;
  }

  fillRect(x, y, w, h) {
    const kept = this._here;
    this.beginPath();
    this.rect(x, y, w, h);
    this.fill();
    this._here = kept;
  }

  strokeRect(x, y, w, h) {
    const kept = this._here;
    this.beginPath();
    this.rect(x, y, w, h);
    this.stroke();
    this._here = kept;
  }

  measureText(text) {
    this._probe.font = this.font;
    return this._probe.measureText(text);
  }

  _text(text, x, y, ink) {
    const found = this.font.match(/^(?:(\d+) )?([\d.]+)px/);
    const size = Number(found[2]) * this._grow;
    const [px, py] = [this._x(x, y), this._y(x, y)];
    const turn = Math.atan2(this._m[1], this._m[0]);
    const shift = this.textBaseline === 'middle' ? size * 0.35 : 0;
    if (px < -size * 20 || py < -size * 20 || px > this.width * FINE + size * 20 || py > this.height * FINE + size * 20) return;
    const anchor = this.textAlign === 'center' ? ' text-anchor="middle"' : '';
    const spin = Math.abs(turn) > 1e-6 ? ' transform="rotate(' + ((turn * 180) / Math.PI).toFixed(2) + ' ' + px + ' ' + py + ')"' : '';
    const safe = String(text).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '').replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
    this._put('<text x="' + px + '" y="' + Math.round(py + shift) + '" font-size="' + Math.round(size) + '"' + (found[1] ? ' font-weight="' + found[1] + '"' : '') + anchor + spin + ink + this._veil + '>' + safe + '</text>');
  }

  fillText(text, x, y) { this._text(text, x, y, ' fill="' + this.fillStyle + '"'); }

  strokeText(text, x, y) { this._text(text, x, y, this._pen); }

  /* The whole picture, as an address that an image takes. */
  address() {
    if (this._open) this._out.push('</g>');
    const language = ['http:', 'www.w3.org', '2000', 'svg'].join('/').replace('/', '//'); // a name, no address: nothing is asked for
    const head = '<svg xmlns="' + language + '" width="' + this.width + '" height="' + this.height + '" viewBox="0 0 ' + this.width * FINE + ' ' + this.height * FINE + '" font-family="' + FONT.replace(/"/g, "'") + '">';
    return 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(head + '<defs>' + this._defs.join('') + '</defs>' + this._out.join('') + '</svg>');
  }
}
