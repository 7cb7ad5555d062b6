/* Sheets of paper, true to scale: which scale fits, what a page says, and the map drawn at paper resolution.

   The plane is Web Mercator, which stretches by 1 / cos(latitude), and a little less to the north than to the
   east; a sheet is measured in metres on the ground (WGS-84) at its own middle. */
Object.assign(TEXTS.zh, {
  sheetScale: '比例尺', sheetNumber: '第 {i} / {n} 页', sheetCropped: '超出纸面，四周未全部显示', sheetBar: '{m} 米（纸上 {mm} 毫米）', sheetWhole: '全图', sheetMade: '方案 {d}', sheetPrinted: '打印 {d}'
});
Object.assign(TEXTS.en, {
  sheetScale: 'Scale', sheetNumber: 'page {i} of {n}', sheetCropped: 'larger than the paper: not all of it is shown', sheetBar: '{m} m ({mm} mm on paper)', sheetWhole: 'Whole plan', sheetMade: 'plan of {d}', sheetPrinted: 'printed {d}'
});
const PAPERS = { A4: [210, 297], A3: [297, 420], A2: [420, 594], A1: [594, 841], A0: [841, 1189] };
/* On a wall all is read from further away: words, lines and signs grow with the paper. */
const GROWN = { A4: 1, A3: 1, A2: 1.5, A1: 2.1, A0: 3 };
const SCALES = [1000, 1500, 2000, 2500, 3000, 4000, 5000];
const SHEET_MARGIN = 10;
const SHEET_HEAD = 17;
const PX_PER_MM = 96 / 25.4;
const DOTS = 2.5;

/* Metres on the ground of one unit of the plane, east and north, at a place of it. */
function groundOf(model, y) {
  const lat = Math.atan(Math.sinh(Math.PI * (1 - (2 * (model.plane.y0 + y)) / PLANE_SIZE)));
  const unit = (2 * Math.PI * 6378137) / PLANE_SIZE;
  const e2 = 0.00669437999014;
  const w = 1 - e2 * Math.sin(lat) * Math.sin(lat);
  return { east: (unit * Math.cos(lat)) / Math.sqrt(w), north: (unit * Math.cos(lat) * (1 - e2)) / Math.pow(w, 1.5) };
}

/* Where everything stands on a paper, in millimetres. */
function sheetLayout(paper, landscape) {
  const [short, long] = PAPERS[paper];
  const [width, height] = landscape ? [long, short] : [short, long];
  const grow = GROWN[paper];
  const [margin, head, foot] = [SHEET_MARGIN, SHEET_HEAD, landscape ? 36 : 46].map((mm) => mm * grow);
  return { paper, landscape, width, height, foot, grow, map: { x: margin, y: margin + head, width: width - 2 * margin, height: height - 2 * margin - head - foot } };
}

/* What a page shows, in the plane: a zone with its homes and its centre, or everything. */
function sheetBox(model, zone) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  const add = (x, y) => {
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  };
  (zone ? [zone] : model.zones).forEach((z) => {
    if (!Number.isFinite(z.box[0])) return;
    add(z.box[0], z.box[1]);
    add(z.box[2], z.box[3]);
  });
  model.units.forEach((u) => { if (u.homes !== 0 && (zone ? u.zone === zone.index : u.zone >= 0)) add(u.x, u.y); });
  const centre = zone && model.centres[zone.index];
  if (centre) add(centre.x, centre.y);
  return Number.isFinite(box[0]) ? box : [0, 0, 1, 1];
}

/* The smallest scale number at which a box fits a paper, with a margin about it. */
function scaleNeeded(model, layout, box) {
  const ground = groundOf(model, (box[1] + box[3]) / 2);
  const wide = (box[2] - box[0]) * ground.east * 1000;
  const high = (box[3] - box[1]) * ground.north * 1000;
  return Math.max(wide / (layout.map.width * 0.94), high / (layout.map.height * 0.94), 1);
}

/* The largest usual scale that fits; past the last of them, the next number of two digits. */
function scaleFitting(model, layout, box, scales) {
  const needed = scaleNeeded(model, layout, box);
  const usual = (scales || SCALES).find((scale) => scale >= needed);
  if (usual) return usual;
  const step = Math.pow(10, Math.floor(Math.log10(needed)) - 1);
  return Math.ceil(needed / step - 1e-9) * step;
}

/* A line of hatching for each colour, so that zones are told apart without colours. */
const HATCHES = [[0, 3.2], [45, 3.6], [90, 3.2], [135, 3.6], [20, 5.4], [70, 5.4], [110, 5.4], [160, 5.4]];

const Sheet = Scene.extend({
  _head: 0,
  _foot: 0,

  /* Draw a box of the plane on a paper of so many millimetres, at a scale. */
  drawOn: function (frame, box, scale) {
    const { place, ctx } = this.paintOn(frame, box, scale);
    return { place, address: ctx.address() };
  },

  paintOn: function (frame, box, scale) {
    const [cx, cy] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
    const ground = groundOf(this._model, cy);
    const px = (1000 / scale) * PX_PER_MM;
    const [width, height] = [frame.width * PX_PER_MM, frame.height * PX_PER_MM];
    const [s, sy] = [ground.east * px, ground.north * px];
    this._place = { s, sy, tx: width / 2 - cx * s, ty: height / 2 - cy * sy, ratio: DOTS, width, height, window: [0, 0, width, height], corner: L.point(0, 0) };
    this._zoom = PLANE_ZOOM + Math.log2(s);
    this._unit = 0.8 * (frame.grow || 1);
    const ctx = new VectorContext(Math.round(width * DOTS), Math.round(height * DOTS));
    ctx.fillStyle = '#ffffff';
    ctx.fillRect(0, 0, ctx.width, ctx.height);
    this._paint(ctx);
    if (this._model.care) paintCare(this, ctx, this._model);
    this._toScreen(ctx);
    this._paintBar(ctx, scale);
    this._paintNorth(ctx);
    return { place: this._place, ctx };
  },

  _paintZones: function (ctx) {
    if (this._model.care && careBandsShown(this._model.care)) return; // two fills on each other cannot be told apart
    Scene.prototype._paintZones.call(this, ctx);
    if (!this._state.hatched) return;
    this._model.zones.forEach((zone, i) => {
      if (!this._asDrawn(zone) || this._faded(i)) return;
      ctx.save();
      ctx.clip(zone.path, 'evenodd');
      this._toScreen(ctx);
      this._hatch(ctx, zone);
      ctx.restore();
    });
  },

  _hatch: function (ctx, zone) {
    const [angle, gap] = HATCHES[zone.colour % HATCHES.length];
    const [x0, y0] = this._at({ x: zone.box[0], y: zone.box[1] });
    const [x1, y1] = this._at({ x: zone.box[2], y: zone.box[3] });
    const reach = Math.hypot(x1 - x0, y1 - y0) / 2;
    const step = gap * PX_PER_MM * 0.6;
    ctx.translate((x0 + x1) / 2, (y0 + y1) / 2);
    ctx.rotate((angle * Math.PI) / 180);
    ctx.beginPath();
    for (let at = -reach; at <= reach; at += step) {
      ctx.moveTo(-reach, at);
      ctx.lineTo(reach, at);
    }
    ctx.globalAlpha = 0.4;
    ctx.lineWidth = 0.7;
    ctx.strokeStyle = zone.ink;
    ctx.stroke();
  },

  _barText: function (metres, mm, scale) {
    return say('sheetScale') + ' 1:' + grouped(scale) + '   ' + say('sheetBar', { m: grouped(metres), mm: grouped(Number(mm.toFixed(1))) });
  },

  /* A bar of a round length: what is measured on the paper is known on the ground. */
  _paintBar: function (ctx, scale) {
    const mmPx = PX_PER_MM * (this._unit / 0.8);
    const metres = [2000, 1000, 500, 200, 100, 50, 20].find((m) => (m * 1000) / scale <= (75 * this._unit) / 0.8) || 10;
    const mm = (metres * 1000) / scale;
    const [x, y, w] = [6 * mmPx, this._place.height - this._foot - 7 * mmPx, mm * PX_PER_MM];
    const text = this._barText(metres, mm, scale);
    ctx.font = '600 ' + 13.1 * this._unit + 'px ' + FONT;
    const wide = Math.max(w, ctx.measureText(text).width) + 4 * mmPx;
    ctx.fillStyle = 'rgba(255,255,255,0.92)';
    ctx.fillRect(x - 2 * mmPx, y - 7 * mmPx, wide, 11 * mmPx);
    ctx.fillStyle = COLOURS.ink;
    ctx.textAlign = 'left';
    ctx.textBaseline = 'alphabetic';
    ctx.fillText(text, x, y - 2 * mmPx);
    for (let k = 0; k < 4; k += 1) {
      ctx.fillStyle = k % 2 ? '#ffffff' : COLOURS.ink;
      ctx.fillRect(x + (w * k) / 4, y, w / 4, 1.8 * mmPx);
    }
    ctx.lineWidth = 0.8;
    ctx.strokeStyle = COLOURS.ink;
    ctx.strokeRect(x, y, w, 1.8 * mmPx);
  },

  _paintNorth: function (ctx) {
    const mmPx = PX_PER_MM * (this._unit / 0.8);
    const [x, y] = [this._place.width - 9 * mmPx, this._head + 13 * mmPx];
    ctx.beginPath();
    ctx.arc(x, y, 8 * mmPx, 0, 2 * Math.PI);
    ctx.fillStyle = 'rgba(255,255,255,0.9)';
    ctx.fill();
    [[1, COLOURS.ink], [-1, '#ffffff']].forEach(([side, fill]) => {
      ctx.beginPath();
      ctx.moveTo(x, y - 3.6 * mmPx);
      ctx.lineTo(x + side * 2.6 * mmPx, y + 5.4 * mmPx);
      ctx.lineTo(x, y + 3.8 * mmPx);
      ctx.closePath();
      ctx.fillStyle = fill;
      ctx.fill();
      ctx.lineWidth = 0.8;
      ctx.strokeStyle = COLOURS.ink;
      ctx.stroke();
    });
    ctx.fillStyle = COLOURS.ink;
    ctx.font = '700 ' + 13.75 * this._unit + 'px ' + FONT;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'alphabetic';
    ctx.fillText(say('north'), x, y - 4.2 * mmPx);
  }
});

/* Each word with its value in a box of their own, which no column parts; a value of parts is broken between them. */
function inPairs(list) {
  const value = (node) => make('dd', { class: node.className }, node.textContent.split(' · ').map((part, i, all) => make('span', { text: part + (i < all.length - 1 ? ' · ' : ''), class: 'sheet-part' })));
  return make('dl', {}, Array.from(list.querySelectorAll('dt')).map((name) => make('div', {}, [name.cloneNode(true), value(name.nextElementSibling)])));
}

/* The map of a page as a picture on it, at its scale. */
function sheetPicture(model, wish, told) {
  const mm = (value) => value + 'mm';
  const { layout, zone } = wish;
  const box = sheetBox(model, zone);
  const scale = wish.scale || scaleFitting(model, layout, box, told.scales);
  const state = {
    layers: wish.layers, zone: zone ? zone.index : -1, found: null, ratio: 0,
    everyNumber: true, hatched: wish.hatched
  };
  const { place, address } = new Sheet(model, state).drawOn(Object.assign({ grow: layout.grow }, layout.map), box, scale);
  const picture = make('img', { class: 'sheet-map', set: { alt: told.title(zone), src: address }, style: { width: mm(layout.map.width), height: mm(layout.map.height), left: mm(layout.map.x), top: mm(layout.map.y) } });
  return { picture, scale, place, box, cropped: scaleNeeded(model, layout, box) * 0.94 > scale * 1.0001 };
}

/* One page: its head, the picture of its map or its part of the list or both, its foot.  `told` says what stands in it. */
function makeSheet(model, wish, told) {
  const mm = (value) => value + 'mm';
  const { layout, zone } = wish;
  const inner = mm(layout.width / layout.grow - 2 * SHEET_MARGIN);
  const drawn = wish.alone ? { picture: null, scale: 0, place: null, box: null, cropped: false } : sheetPicture(model, wish, told);
  const meta = model.data.meta;
  const heading = meta.title || say('untitled');
  const part = wish.alone && say('zoneList') + ' · ' + say('listPart', { a: wish.entries[0].n, b: wish.entries[wish.entries.length - 1].n });
  const stamps = [meta.synthetic && say('synthetic'), meta.network && pick(meta.network), meta.insisted && pick(meta.insisted), model.edited && say('editedSheet'), drawn.cropped && say('sheetCropped')].filter(Boolean);
  const dates = [meta.created && say('sheetMade', { d: meta.created }), meta.data_date && say('mapData') + ' ' + meta.data_date, say('sheetPrinted', { d: told.today })].filter(Boolean);
  const page = make('section', { class: 'sheet' + (layout.landscape ? ' wide-sheet' : ''), set: { 'data-scale': String(drawn.scale), 'data-zone-number': zone ? String(zone.n) : '' }, style: { width: mm(layout.width), height: mm(layout.height - 0.3), padding: mm(SHEET_MARGIN * layout.grow) } }, [
    make('header', { class: 'sheet-head', style: { transform: 'scale(' + layout.grow + ')', 'transform-origin': '0 0', width: inner } }, [
      make('div', {}, zone ? [make('h1', { text: told.title(zone) }), make('p', { text: heading })] : [make('h1', { text: heading }), make('p', { text: part || told.title(null) })]),
      make('div', { class: 'sheet-side' }, [drawn.scale ? make('b', { text: say('sheetScale') + ' 1:' + grouped(drawn.scale) }) : null, make('span', { text: say('sheetNumber', wish) })])
    ]),
    drawn.picture,
    wish.area ? makeListing(wish.entries, wish.area, layout, told.heads()) : null,
    make('footer', { class: 'sheet-foot', style: { height: mm((wish.alone ? LIST_FOOT : layout.foot / layout.grow) - 3), left: mm(SHEET_MARGIN * layout.grow), bottom: mm(8 * layout.grow), right: 'auto', width: inner, transform: 'scale(' + layout.grow + ')', 'transform-origin': '0 100%' } }, [
      stamps.length ? make('p', { class: 'sheet-stamp', text: stamps.join(' · ') }) : null,
      make('div', { class: 'sheet-told' + (model.care && careAsked(model.care) ? ' full-told' : '') }, wish.alone ? [] : [inPairs(told.facts(zone)), told.legend()]),
      make('p', { class: 'sheet-small', text: [dates.join(' · '), meta.attribution, told.edition].filter(Boolean).join('　') })
    ])
  ]);
  return Object.assign({ page }, drawn);
}

/* What the pages of a plan say: of one zone, or of the whole. */
function sheetWords(model) {
  const rule = model.data.rules && model.data.rules.find((one) => one.name === 'households_per_zone');
  const wholeFacts = () => {
    const f = model.data.figures;
    const walk = walksNow(model);
    return facts([
      [say('homes'), shortCount(f.households)], [say('zones'), grouped(f.zones)], rule && [pick(rule.words), limitText(rule.limit)], [say('meanWalk'), metres(walk.mean)],
      [say('p90'), metres(walk.p90)], [say('max'), metres(walk.max)], [say('gaps'), shortCount(totalGaps(model))], [say('proof'), proofNow(model)]
    ]);
  };
  const day = new Date();
  return {
    today: [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((n) => String(n).padStart(2, '0')).join('-'),
    title: (zone) => (zone ? say('zone') + ' ' + zone.n + ' · ' + zone.centre.label : say('sheetWhole')),
    facts: (zone) => (zone ? zoneFacts(model, zone) : wholeFacts()),
    entries: () => openZones(model).map((zone) => ({ n: zone.n, ink: zone.ink, name: zone.centre.label, note: zone.fence, count: shortCount(zone.homes) })),
    heads: () => ['number', 'centre', 'fence', 'homes'].map((key) => say(key)),
    legend: () => (model.care ? careLegend(legend(model), model.care) : legend(model)),
    get edition() { return say(model.roster ? 'internalEdition' : 'privacy'); }
  };
}
