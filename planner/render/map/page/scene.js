/* The map itself: one canvas, drawn anew whenever the view comes to rest. */
const PADDING = 0.25;

/* How far each of some things is from the nearest other, in the plane. */
function apartOf(things) {
  return things.map((a) => things.reduce((least, b) => (a === b ? least : Math.min(least, Math.hypot(a.x - b.x, a.y - b.y))), Infinity));
}

const Scene = L.Layer.extend({
  initialize: function (model, state) {
    this._model = model;
    this._state = state;
    this._probe = document.createElement('canvas').getContext('2d');
  },

  onAdd: function (map) {
    this._map = map;
    this._canvas = L.DomUtil.create('canvas', 'scene leaflet-zoom-animated');
    this._canvas.setAttribute('aria-hidden', 'true');
    map.getPane(this._state.pane || 'overlayPane').appendChild(this._canvas);
    this.redraw();
  },

  onRemove: function () {
    L.DomUtil.remove(this._canvas);
  },

  getEvents: function () {
    return { move: this._cover, moveend: this.redraw, resize: this.redraw, viewreset: this.redraw, zoom: this._follow, zoomanim: this._follow };
  },

  /* On a long drag, draw anew before the window leaves the picture. */
  _cover: function () {
    if (this._map.getZoom() !== this._zoom) return;
    const size = this._map.getSize();
    const away = this._map.containerPointToLayerPoint(size.multiplyBy(-PADDING)).subtract(this._place.corner);
    if (Math.abs(away.x) > size.x * PADDING * 0.8 || Math.abs(away.y) > size.y * PADDING * 0.8) this.redraw();
  },

  /* Stretch the picture while a zoom is under way. */
  _follow: function (event) {
    const zoom = event.zoom === undefined ? this._map.getZoom() : event.zoom;
    const centre = event.center || this._map.getCenter();
    const scale = this._map.getZoomScale(zoom, this._zoom);
    const corner = this._map._latLngToNewLayerPoint(this._corner, zoom, centre);
    L.DomUtil.setTransform(this._canvas, corner, scale);
  },

  redraw: function () {
    const map = this._map;
    if (!map) return;
    const size = map.getSize();
    const corner = map.containerPointToLayerPoint(size.multiplyBy(-PADDING)).round();
    const whole = size.multiplyBy(1 + 2 * PADDING).round();
    const ratio = this._state.ratio || Math.min(3, window.devicePixelRatio || 1);
    const canvas = this._canvas;
    L.DomUtil.setTransform(canvas, corner, 1);
    canvas.width = Math.round(whole.x * ratio);
    canvas.height = Math.round(whole.y * ratio);
    canvas.style.width = whole.x + 'px';
    canvas.style.height = whole.y + 'px';
    this._corner = map.layerPointToLatLng(corner);
    this._zoom = map.getZoom();
    const s = Math.pow(2, this._zoom - PLANE_ZOOM);
    const origin = map.getPixelOrigin().add(corner);
    const plane = this._model.plane;
    this._place = { s, sy: s, tx: plane.x0 * s - origin.x, ty: plane.y0 * s - origin.y, ratio, width: whole.x, height: whole.y, window: [0, 0, whole.x, whole.y], corner };
    this._unit = parseFloat(window.getComputedStyle(document.documentElement).fontSize) / 16;
    this._paint(canvas.getContext('2d'));
  },

  _toPlane: function (ctx) {
    const p = this._place;
    ctx.setTransform(p.ratio * p.s, 0, 0, p.ratio * p.sy, p.ratio * p.tx, p.ratio * p.ty);
  },

  _toScreen: function (ctx) {
    const p = this._place;
    ctx.setTransform(p.ratio, 0, 0, p.ratio, 0, 0);
  },

  _at: function (point) {
    return [point.x * this._place.s + this._place.tx, point.y * this._place.sy + this._place.ty];
  },

  _seen: function (x, y, margin) {
    const part = this._part || this._place.window;
    return x > part[0] - margin && y > part[1] - margin && x < part[2] + margin && y < part[3] + margin;
  },

  _paint: function (ctx, again) {
    const on = this._state.layers;
    if (!this._state.editing) this._pictures = null;
    else if (!this._pictures) this._pictures = {};
    if (again) {
      ctx.setTransform(1, 0, 0, 1, 0, 0);
      ctx.clearRect(0, 0, this._canvas.width, this._canvas.height);
    }
    this._boxes = [];
    ctx.lineCap = 'round';
    ctx.lineJoin = 'round';
    this._toPlane(ctx);
    this._onOldGround(ctx, () => this._through(ctx, 'ground', again, (c) => {
      this._toPlane(c);
      if (on.base) this._paintGround(c);
      if (on.zones) this._paintZones(c);
    }));
    this._onNewGround(ctx, () => {
      if (on.base) this._through(ctx, 'bare', again, (c) => { this._toPlane(c); this._paintGround(c); });
      if (on.zones) this._paintRecut(ctx);
    });
    if (on.base) this._through(ctx, 'streets', again, (c) => { this._toPlane(c); this._paintStreets(c); });
    if (on.zones) {
      this._onOldGround(ctx, () => this._through(ctx, 'outlines', again, (c) => { this._toPlane(c); this._paintOutlines(c); }));
      this._onNewGround(ctx, () => this._outlineRecut(ctx));
      if (this._model.recut) this._borderRecut(ctx);
    }
    const live = this._state.editing ? this._live() : null;
    this._through(ctx, 'homes', again, (c) => {
      this._toPlane(c);
      if (on.fences) this._paintFences(c);
      this._toScreen(c);
      this._reserve();
      if (on.labels) this._paintNames(c);
      if (on.homes) this._paintHomes(c, live ? this._model.buildings.filter((one) => !live.has(one)) : this._model.buildings);
    });
    this._toScreen(ctx);
    if (on.homes && live) this._paintHomes(ctx, live);
    if (on.moved) this._paintMoved(ctx);
    if (on.gaps) this._paintGaps(ctx);
    if (on.zones) this._paintNumbers(ctx);
    if (on.centres) this._paintCentres(ctx);
  },

  /* Buildings that may look other after the next edit: a picture that is used again must not hold them. */
  _live: function () {
    if (!this._cut) this._cut = this._model.buildings.filter((one) => one.cut);
    const live = new Set(this._cut);
    if (this._model.recut) this._model.recut.buildings().forEach((one) => live.add(one));
    return live;
  },

  _stroke: function (ctx, path, colour, width, dash) {
    const s = this._place.s;
    ctx.strokeStyle = colour;
    ctx.lineWidth = (width * this._unit) / s;
    ctx.setLineDash((dash || []).map((d) => (d * this._unit) / s));
    ctx.stroke(path);
    ctx.setLineDash([]);
  },

  _paintGround: function (ctx) {
    const base = this._model.base;
    ctx.fillStyle = COLOURS.green;
    ctx.fill(base.green, 'evenodd');
    ctx.fillStyle = COLOURS.water;
    ctx.fill(base.water, 'evenodd');
  },

  _paintStreets: function (ctx) {
    const base = this._model.base;
    const zoom = this._zoom;
    if (zoom >= 13.5) {
      ctx.globalAlpha = 0.72;
      ctx.fillStyle = COLOURS.building;
      const tiles = base.buildings.filter((tile) => this._boxSeen(tile.box));
      tiles.forEach((tile) => ctx.fill(tile.path, 'evenodd'));
      if (zoom >= 15.5) tiles.forEach((tile) => this._stroke(ctx, tile.path, COLOURS.buildingEdge, 0.7));
      ctx.globalAlpha = 1;
    }
    const wide = Math.pow(2, Math.max(0, zoom - 14) * 0.72);
    if (zoom >= 15) this._stroke(ctx, base.streets[0], 'rgba(255,255,255,0.75)', Math.min(3, 0.55 * wide), zoom >= 16.5 ? [4, 4] : []);
    this._stroke(ctx, base.streets[1], 'rgba(160,150,135,0.45)', 1.0 * wide + 1);
    this._stroke(ctx, base.streets[2], 'rgba(150,138,120,0.55)', 1.8 * wide + 1.2);
    this._stroke(ctx, base.streets[1], COLOURS.street, 1.0 * wide);
    this._stroke(ctx, base.streets[2], '#fffaf0', 1.8 * wide);
    this._stroke(ctx, base.rails, COLOURS.rail, zoom >= 16 ? 1.6 : 0.7);
    if (zoom >= 16) this._stroke(ctx, base.rails, '#ffffff', 0.9, [6, 6]);
  },

  _faded: function (index) {
    return this._state.zone >= 0 && this._state.zone !== index;
  },

  /* Colours of a zone's ground and rim and of a building, by zone or by what the theme tells. */
  _fill: function (zone) {
    return this._state.theme ? this._state.theme.fill(zone) : zone.fill;
  },

  _edge: function (zone) {
    return this._state.theme ? COLOURS.quiet : zone.ink;
  },

  _ink: function (one, zone) {
    return !zone ? '' : this._state.theme ? this._state.theme.ink(one, zone) : zone.ink;
  },

  /* Whether a zone keeps the shape it came with and lies in the window. */
  _asDrawn: function (zone) {
    const recut = this._model.recut;
    if (recut && recut.zones.has(zone.index)) return false;
    return this._boxSeen(zone.box);
  },

  _boxSeen: function (box) {
    const [x0, y0] = this._at({ x: box[0], y: box[1] });
    const [x1, y1] = this._at({ x: box[2], y: box[3] });
    const part = this._part || this._place.window;
    return x1 > part[0] - 20 && y1 > part[1] - 20 && x0 < part[2] + 20 && y0 < part[3] + 20;
  },

  _paintZones: function (ctx) {
    this._model.zones.forEach((zone, i) => {
      if (!this._asDrawn(zone)) return;
      ctx.globalAlpha = this._faded(i) ? 0.14 : this._state.zone === i ? 0.52 : this._state.theme ? 0.75 : 0.36;
      ctx.fillStyle = this._fill(zone);
      ctx.fill(zone.path, 'evenodd');
    });
    ctx.globalAlpha = 1;
  },

  /* Each outline is clipped to its zone, so that neighbours show side by side, not one over the other. */
  _paintOutlines: function (ctx) {
    this._model.zones.forEach((zone, i) => {
      if (!this._asDrawn(zone)) return;
      const chosen = this._state.zone === i;
      ctx.save();
      ctx.clip(zone.path, 'evenodd');
      ctx.globalAlpha = this._faded(i) ? 0.45 : 0.95;
      this._stroke(ctx, zone.path, this._edge(zone), chosen ? 9 : 4.4);
      ctx.restore();
    });
    this._model.zones.forEach((zone) => { if (this._asDrawn(zone)) this._stroke(ctx, zone.path, 'rgba(255,255,255,0.9)', 1.1); });
    const chosen = this._model.zones[this._state.zone];
    if (chosen && this._asDrawn(chosen)) this._stroke(ctx, chosen.path, COLOURS.ink, 1.6);
  },

  _paintFences: function (ctx) {
    this._model.base.fences.forEach((fence) => {
      this._stroke(ctx, fence, 'rgba(255,255,255,0.85)', 4);
      this._stroke(ctx, fence, COLOURS.ink, 2, [9, 5, 2, 5]);
    });
  },

  homeSize: function (homes) {
    const count = homes < 0 ? 3 : homes;
    const growth = Math.pow(2, (this._zoom - 15.5) * 0.45);
    return this._unit * Math.min(16, Math.max(1.2, (1.1 + 0.55 * Math.sqrt(count)) * growth));
  },

  houseSize: function () {
    return this._unit * Math.min(30, Math.max(11, 19 * Math.pow(2, (this._zoom - 15) * 0.3)));
  },

  /* Whether a centre has a zone: an edit may have given it up. */
  _open: function (centre) {
    const zone = this._model.zones[centre.index];
    return !zone || !zone.closed;
  },

  centresMoved: function () {
    this._apart = null;
  },

  /* Smaller where two houses would hide each other. */
  _houseOf: function (centre) {
    const size = this.houseSize();
    if (!this._apart) this._apart = apartOf(this._model.centres);
    const apart = this._apart[centre.index] * this._place.s;
    return Math.min(size, Math.max(size * 0.62, apart / 1.3));
  },

  gapSize: function () {
    return this._unit * Math.min(17, Math.max(7, 11 * Math.pow(2, (this._zoom - 15) * 0.3)));
  },

  _gapAt: function (one, k) {
    const [x, y] = this._at(one);
    return [x + (k + 0.75) * this.gapSize() * 1.05 - this.gapSize() * 0.2, y - this.gapSize() * 0.75];
  },

  /* Dots of one look go in few paths: thousands of single ones take long, and so does one path of all. */
  _paintHomes: function (ctx, buildings) {
    const looks = new Map();
    const split = [];
    const { s, sy, tx, ty } = this._place;
    buildings.forEach((one) => {
      const x = one.x * s + tx; // no pair made for each of thousands
      const y = one.y * sy + ty;
      if (one.empty || !this._seen(x, y, 20)) return;
      const r = this.homeSize(one.size);
      if (one.zone === SPLIT) {
        split.push([one, x, y, r]);
        return;
      }
      const faded = this._faded(one.zone);
      const zone = this._model.zones[one.zone];
      const ink = this._ink(one, zone);
      const name = ink + (faded ? ' faded ' : ' ') + r;
      if (!looks.has(name)) looks.set(name, { ink, faded, r, dots: [] });
      looks.get(name).dots.push([x, y]);
    });
    looks.forEach((look) => {
      ctx.globalAlpha = look.faded ? 0.35 : 1;
      for (let k = 0; k < look.dots.length; k += 200) drawHomes(ctx, look.dots.slice(k, k + 200), look.r, look.ink);
    });
    split.forEach(([one, x, y, r]) => {
      ctx.globalAlpha = one.parts.every((part) => this._faded(part.zone)) ? 0.35 : 1;
      drawSplit(ctx, x, y, Math.max(r, 3.2 * this._unit), one.parts.map((part) => ({ share: part.share, ink: this._ink(one, this._model.zones[part.zone]) })));
    });
    ctx.globalAlpha = 1;
  },

  _paintMoved: function (ctx) {
    this._model.buildings.forEach((one) => {
      if (!one.moved) return;
      const [x, y] = this._at(one);
      if (this._seen(x, y, 20)) drawMoved(ctx, x, y, this.homeSize(one.size));
    });
  },

  _paintGaps: function (ctx) {
    this._model.buildings.forEach((one) => one.gaps.forEach((gap, k) => {
      const [x, y] = this._gapAt(one, k);
      if (this._seen(x, y, 20)) drawGap(ctx, gap.cause, x, y, this.gapSize());
    }));
  },

  _paintCentres: function (ctx) {
    const last = (centre) => centre.index === this._state.zone;
    const near = this._model.centres.filter((centre) => this._open(centre) && this._seen(...this._at(centre), 40));
    near.sort((a, b) => last(a) - last(b) || a.y - b.y); // numbers of crowded houses stay in sight
    near.forEach((centre) => {
      const [x, y] = this._at(centre);
      const zone = this._model.zones[centre.index];
      ctx.globalAlpha = this._faded(centre.index) ? 0.55 : 1;
      drawHouse(ctx, x, y, this._houseOf(centre), this._state.theme ? COLOURS.ink : zone.ink, zone.n, centre.index === this._state.zone);
    });
    ctx.globalAlpha = 1;
  },

  /* What lies under a point of the window: a centre, a gap, a building or a zone. */
  find: function (containerPoint) {
    const on = this._state.layers;
    const point = this._map.containerPointToLayerPoint(containerPoint).subtract(this._place.corner);
    if (on.centres) {
      const centre = this._nearest(this._model.centres.filter((one) => this._open(one)), point, this.houseSize() * 0.75);
      if (centre) return { kind: 'centre', zone: centre.index };
    }
    const gap = on.gaps && this._gapUnder(point);
    if (gap) return gap;
    if (on.homes) {
      const one = this._nearest(this._model.buildings.filter((b) => !b.empty), point, Math.max(8 * this._unit, this.homeSize(20)));
      if (one) return { kind: 'building', building: one.index };
    }
    const x = (point.x - this._place.tx) / this._place.s;
    const y = (point.y - this._place.ty) / this._place.sy;
    const zone = on.zones && this._model.zones.find((z) => x >= z.box[0] && x <= z.box[2] && y >= z.box[1] && y <= z.box[3] && this._probe.isPointInPath(z.path, x, y, 'evenodd'));
    return zone ? { kind: 'zone', zone: zone.index } : null;
  },

  /* The building under a point of the window, or null. */
  findBuilding: function (containerPoint) {
    const point = this._map.containerPointToLayerPoint(containerPoint).subtract(this._place.corner);
    return this._nearest(this._model.buildings, point, Math.max(16 * this._unit, this.homeSize(20)));
  },

  _nearest: function (things, point, reach) {
    let best = null;
    let least = reach;
    things.forEach((thing) => {
      const [x, y] = this._at(thing);
      const away = Math.hypot(x - point.x, y - point.y);
      if (away < least) {
        least = away;
        best = thing;
      }
    });
    return best;
  },

  _gapUnder: function (point) {
    let found = null;
    this._model.buildings.forEach((one) => one.gaps.forEach((gap, k) => {
      const [x, y] = this._gapAt(one, k);
      if (Math.hypot(x - point.x, y - point.y) < this.gapSize() * 0.65) found = { kind: 'gap', building: one.index, cause: gap.cause };
    }));
    return found;
  }
});
