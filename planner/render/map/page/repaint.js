/* Drawing again after an edit: only the part of the picture that looks other than before, and what does not change
   with zones from pictures of it. */
Scene.include({
  /* After an edit: what does not change with zones is taken from pictures of it. */
  repaint: function (box) {
    if (!this._pictures || !this._state.editing) {
      this.redraw();
      return;
    }
    const ctx = this._canvas.getContext('2d');
    const part = box && this._partOf(box);
    if (part && (part[0] >= part[2] || part[1] >= part[3])) return;
    ctx.save();
    if (part) {
      this._toScreen(ctx);
      ctx.beginPath();
      ctx.rect(part[0], part[1], part[2] - part[0], part[3] - part[1]);
      ctx.clip();
      this._part = part;
    }
    this._paint(ctx, true);
    this._part = null;
    ctx.restore();
  },

  /* The part of the picture in which a box of the plane lies, to whole dots. */
  _partOf: function (box) {
    const p = this._place;
    const margin = 26 * this._unit;
    const [x0, y0] = this._at({ x: box[0], y: box[1] });
    const [x1, y1] = this._at({ x: box[2], y: box[3] });
    const dot = (value, round) => round(value * p.ratio) / p.ratio;
    return [
      Math.max(0, dot(x0 - margin, Math.floor)), Math.max(0, dot(y0 - margin, Math.floor)),
      Math.min(p.width, dot(x1 + margin, Math.ceil)), Math.min(p.height, dot(y1 + margin, Math.ceil))
    ];
  },

  /* Paint through a picture that can be used again; without editing, paint straight. */
  _through: function (ctx, name, again, paint) {
    if (!this._state.editing) {
      paint(ctx);
      return;
    }
    let picture = this._pictures[name];
    if (!again || !picture) {
      picture = this._pictures[name] || document.createElement('canvas');
      picture.width = this._canvas.width;
      picture.height = this._canvas.height;
      const inner = picture.getContext('2d');
      inner.lineCap = 'round';
      inner.lineJoin = 'round';
      paint(inner);
      this._pictures[name] = picture;
    }
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    if (this._part && again) {
      const [x, y, w, h] = [this._part[0], this._part[1], this._part[2] - this._part[0], this._part[3] - this._part[1]].map((v) => Math.round(v * this._place.ratio));
      if (w > 0 && h > 0) ctx.drawImage(picture, x, y, w, h, x, y, w, h);
    } else ctx.drawImage(picture, 0, 0);
    this._toPlane(ctx);
  },

  /* Zones that an edit changed are drawn anew on the ground that they covered together; all else stays. */
  _onOldGround: function (ctx, paint) {
    this._clipped(ctx, this._model.recut && this._model.recut.clip((box) => this._boxSeen(box), true), paint);
  },

  _onNewGround: function (ctx, paint) {
    if (this._model.recut) this._clipped(ctx, this._model.recut.clip((box) => this._boxSeen(box)), paint);
  },

  _clipped: function (ctx, path, paint) {
    ctx.save();
    this._toPlane(ctx);
    if (path) ctx.clip(path, 'evenodd');
    paint();
    ctx.restore();
    this._toPlane(ctx);
  },

  _paintRecut: function (ctx) {
    this._recutShapes().forEach((shape) => {
      ctx.globalAlpha = this._faded(shape.zone) ? 0.14 : this._state.zone === shape.zone ? 0.52 : this._state.theme ? 0.75 : 0.36;
      ctx.fillStyle = this._fill(this._model.zones[shape.zone]);
      ctx.fill(shape.ground);
    });
    ctx.globalAlpha = 1;
  },

  _recutShapes: function () {
    return this._model.recut.shapes().filter((shape) => this._boxSeen(shape.box));
  },

  _outlineRecut: function (ctx) {
    const recut = this._model.recut;
    const shapes = this._recutShapes();
    shapes.forEach((shape) => {
      const ink = this._edge(this._model.zones[shape.zone]);
      const wide = this._state.zone === shape.zone ? 9 : 4.4;
      ctx.save();
      ctx.clip(shape.ground);
      ctx.globalAlpha = this._faded(shape.zone) ? 0.45 : 0.95;
      this._stroke(ctx, shape.border, ink, wide);
      this._stroke(ctx, recut.outer(shape), ink, wide);
      ctx.restore();
    });
    shapes.forEach((shape) => this._stroke(ctx, shape.border, 'rgba(255,255,255,0.9)', 1.1));
  },

  _borderRecut: function (ctx) {
    this._recutShapes().forEach((shape) => this._stroke(ctx, this._model.recut.outer(shape), 'rgba(255,255,255,0.9)', 1.1));
  }
});
