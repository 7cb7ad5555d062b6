/* What is written on the map: streets, buildings and zones, each where nothing else stands. */
Scene.include({
  _free: function (box) {
    const hit = this._boxes.some((b) => box[0] < b[2] && box[2] > b[0] && box[1] < b[3] && box[3] > b[1]);
    if (!hit) this._boxes.push(box);
    return !hit;
  },

  /* Keep names off the houses of the centres and the numbers of the zones. */
  _reserve: function () {
    const r = this.houseSize() * 0.7;
    this._model.centres.forEach((centre) => {
      const [x, y] = this._at(centre);
      this._boxes.push([x - r, y - r, x + r, y + r]);
    });
    if (this._state.layers.zones) this._numberPlaces().forEach((n) => this._boxes.push([n.x - n.size * 0.6, n.y - n.size * 0.5, n.x + n.size * 0.6, n.y + n.size * 0.5]));
  },

  _written: function (ctx, text, x, y, angle, colour) {
    ctx.save();
    ctx.translate(x, y);
    ctx.rotate(angle);
    ctx.lineWidth = 3 * this._unit;
    ctx.strokeStyle = 'rgba(255,255,255,0.85)';
    ctx.strokeText(text, 0, 0);
    ctx.fillStyle = colour;
    ctx.fillText(text, 0, 0);
    ctx.restore();
  },

  _paintNames: function (ctx) {
    const s = this._place.s;
    if (this._zoom < 15) return;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    ctx.font = 11.5 * this._unit + 'px ' + FONT;
    this._model.base.names.forEach((name) => {
      if (this._zoom < 16 && name.rank < 1) return;
      const [x, y] = this._at(name);
      if (!this._seen(x, y, 0)) return;
      const width = ctx.measureText(name.text).width;
      if (width > name.length * s * 1.15) return;
      const w = (Math.abs(Math.cos(name.angle)) * width) / 2 + 8 * this._unit;
      const h = (Math.abs(Math.sin(name.angle)) * width) / 2 + 8 * this._unit;
      if (this._free([x - w, y - h, x + w, y + h])) this._written(ctx, name.text, x, y, name.angle, '#5f584c');
    });
    if (this._zoom >= 17) this._paintHouseNumbers(ctx);
  },

  /* What a building is called: in its middle, or below, above or beside the dots of its homes. */
  _paintHouseNumbers: function (ctx) {
    const s = this._place.s;
    const half = 6.5 * this._unit;
    const dots = this._state.layers.homes ? this._dots() : [];
    ctx.font = 10.5 * this._unit + 'px ' + FONT;
    this._model.base.numbers.forEach((number) => {
      const [x, y] = this._at(number);
      if (!this._seen(x, y, 0)) return;
      const w = ctx.measureText(number.text).width / 2 + 2 * this._unit;
      if (w * 2 > Math.max(number.width * s * 1.3, number.text.length > 4 ? 0 : 22 * this._unit)) return;
      const near = dots.filter((d) => Math.abs(d[0] - x) < w + d[2] + 40 && Math.abs(d[1] - y) < half + d[2] + 40);
      const hits = (cx, cy) => near.filter((d) => Math.abs(d[0] - cx) < w + d[2] && Math.abs(d[1] - cy) < half + d[2]);
      const under = hits(x, y);
      const places = [[x, y]];
      if (under.length) {
        places.push([x, Math.max(...under.map((d) => d[1] + d[2])) + half + 1], [x, Math.min(...under.map((d) => d[1] - d[2])) - half - 1]);
        places.push([Math.max(...under.map((d) => d[0] + d[2])) + w + 1, y], [Math.min(...under.map((d) => d[0] - d[2])) - w - 1, y]);
      }
      const place = places.find(([cx, cy]) => !hits(cx, cy).length && this._free([cx - w, cy - half, cx + w, cy + half]));
      if (place) this._written(ctx, number.text, place[0], place[1], 0, '#5b5347');
    });
  },

  /* The dots of homes in the window: middle and reach. */
  _dots: function () {
    const dots = [];
    this._model.buildings.forEach((one) => {
      const [x, y] = this._at(one);
      if (!one.empty && this._seen(x, y, 20)) dots.push([x, y, this.homeSize(one.size)]);
    });
    return dots;
  },

  /* A zone's number in its middle, where the house of its centre does not say it already. */
  _numberPlaces: function () {
    const most = this._unit * Math.min(34, Math.max(13, 17 * Math.pow(2, (this._zoom - 15) * 0.4)));
    const places = [];
    this._model.zones.forEach((zone, i) => {
      if (!zone.labelAt) return;
      const room = zone.labelAt.r * this._place.s;
      if (room < most * 0.8 && !this._state.everyNumber) return;
      const size = this._state.everyNumber ? Math.max(10 * this._unit, Math.min(most, room * 1.1)) : most;
      const [x, y] = this._at(zone.labelAt);
      const home = this._model.centres[i];
      const [cx, cy] = home ? this._at(home) : [0, 0];
      if (home && this._state.layers.centres && Math.hypot(x - cx, y - cy) < most * 2.2) return;
      places.push({ zone, i, x, y, size });
    });
    return places;
  },

  _paintNumbers: function (ctx) {
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    this._numberPlaces().forEach(({ zone, i, x, y, size }) => {
      ctx.font = '700 ' + size + 'px ' + FONT;
      ctx.globalAlpha = this._faded(i) ? 0.4 : 0.82;
      ctx.lineWidth = size * 0.2;
      ctx.strokeStyle = 'rgba(255,255,255,0.9)';
      ctx.strokeText(String(zone.n), x, y);
      ctx.fillStyle = zone.ink;
      ctx.fillText(String(zone.n), x, y);
    });
    ctx.globalAlpha = 1;
  }
});
