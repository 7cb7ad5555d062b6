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
      if (!this._open(centre)) return;
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
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    this._paintPlaces(ctx);
    if (this._zoom < 15) return;
    if (this._zoom >= 17) this._paintOwnNumbers(ctx);
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

  /* Names of communities while whole ones are seen, of estates while their buildings are too small for numbers of their own. */
  _paintPlaces: function (ctx) {
    const zoom = this._zoom;
    const dots = this._state.layers.homes ? this._dots() : [];
    const write = (places, size, colour, anyway) => {
      ctx.font = '700 ' + size * this._unit + 'px ' + FONT;
      places.forEach((one) => {
        const [x, y] = this._at(one);
        const w = ctx.measureText(one.text).width / 2 + 4 * this._unit;
        const h = size * 0.7 * this._unit;
        if (!this._seen(x, y, 0) || (one.reach && one.reach * this._place.s < w * 0.8)) return;
        const near = dots.filter((d) => Math.abs(d[0] - x) < w + d[2] && Math.abs(d[1] - y) < 7 * h + d[2]);
        const hidden = (ty) => near.some((d) => Math.abs(d[1] - ty) < h + d[2]);
        const places = [0, -1.5, 1.5, -3, 3, -4.5, 4.5].map((d) => y + d * h);
        const free = (ty) => this._free([x - w, ty - h, x + w, ty + h]);
        let at = places.find((ty) => !hidden(ty) && free(ty));
        if (at === undefined && anyway) at = places.find(free);
        if (at !== undefined) this._written(ctx, one.text, x, at, 0, colour);
      });
    };
    if (zoom < 16.5) write(this._fences || (this._fences = readCommunities(this._model)), 15, COLOURS.ink, true);
    if (zoom >= 15 && zoom < 18.5) write(this._estates || (this._estates = readEstates(this._model)), 12.5, '#4a3b2a', false);
  },

  /* Numbers of the office's own buildings, below their symbols. */
  _paintOwnNumbers: function (ctx) {
    ctx.font = 10.5 * this._unit + 'px ' + FONT;
    this._model.buildings.forEach((one) => {
      const [x, y] = this._at(one);
      if (one.empty || !one.label || !this._seen(x, y, 0)) return;
      if (one.short === undefined) one.short = shortLabel(one);
      if (!one.short) return;
      const w = ctx.measureText(one.short).width / 2 + 2 * this._unit;
      const half = 6.5 * this._unit;
      const r = this.homeSize(one.size);
      const at = [y + r + half + 1, y - r - half - 1].find((ty) => this._free([x - w, ty - half, x + w, ty + half]));
      if (at !== undefined) this._written(ctx, one.short, x, at, 0, '#2f2a22');
    });
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
      if (dots.some((d) => d[3] && Math.abs(d[0] - x) < (number.width * s) / 2 && Math.abs(d[1] - y) < (number.width * s) / 2)) return; // told by the office's own
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
      if (!one.empty && this._seen(x, y, 20)) dots.push([x, y, this.homeSize(one.size), one.short]);
    });
    return dots;
  },

  /* A zone's number in its middle, where the house of its centre does not say it already. */
  _numberPlaces: function () {
    const most = this._unit * Math.min(34, Math.max(13, 17 * Math.pow(2, (this._zoom - 15) * 0.4)));
    const places = [];
    this._model.zones.forEach((zone, i) => {
      if (!zone.labelAt || zone.closed) return;
      const room = zone.labelAt.r * this._place.s;
      if (room < most * 0.8 && !this._state.everyNumber) return;
      const size = this._state.everyNumber ? Math.round(Math.max(10 * this._unit, Math.min(most, room * 1.1))) : most; // few sizes: each is a font of its own
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
      if (!this._seen(x, y, 3 * size)) return;
      ctx.font = '700 ' + size + 'px ' + FONT;
      ctx.globalAlpha = this._faded(i) ? 0.4 : 0.82;
      ctx.lineWidth = size * 0.2;
      ctx.strokeStyle = 'rgba(255,255,255,0.9)';
      ctx.strokeText(String(zone.n), x, y);
      ctx.fillStyle = this._edge(zone);
      ctx.fillText(String(zone.n), x, y);
    });
    ctx.globalAlpha = 1;
  }
});
