/* What editing draws above the map: the choice, locks, notes, moved homes, and the line of a lasso. */
function makeMarks(map, scene, desk) {
  const canvas = make('canvas', { class: 'edit-marks', set: { 'aria-hidden': 'true' } });
  const alarm = make('canvas', { class: 'edit-marks alarm', set: { 'aria-hidden': 'true' } });
  [alarm, canvas].forEach((one) => map.getContainer().appendChild(one));
  let flashing = false;
  const marks = { faults: [], canvas, lasso: [], stroke: [], ink: COLOURS.ink, target: -1 };

  function place() {
    const size = map.getSize();
    const ratio = Math.min(3, window.devicePixelRatio || 1);
    [canvas, alarm].forEach((one) => {
      if (one.width === Math.round(size.x * ratio) && one.height === Math.round(size.y * ratio)) return;
      one.width = Math.round(size.x * ratio);
      one.height = Math.round(size.y * ratio);
      one.style.width = size.x + 'px';
      one.style.height = size.y + 'px';
    });
    const s = Math.pow(2, map.getZoom() - PLANE_ZOOM);
    const origin = map.getPixelOrigin().subtract(map.containerPointToLayerPoint([0, 0]).multiplyBy(-1));
    const plane = desk.model.plane;
    return { s, x: plane.x0 * s - origin.x, y: plane.y0 * s - origin.y, width: size.x, height: size.y, ratio };
  }

  marks.toPlane = (point) => {
    const p = place();
    return { x: (point.x - p.x) / p.s, y: (point.y - p.y) / p.s };
  };

  function pin(ctx, x, y, number) {
    ctx.beginPath();
    ctx.moveTo(x, y);
    ctx.lineTo(x - 8, y - 14);
    ctx.arc(x, y - 18, 9, Math.PI * 0.82, Math.PI * 2.18);
    ctx.closePath();
    ctx.fillStyle = '#1d4e79';
    ctx.fill();
    ctx.lineWidth = 1.5;
    ctx.strokeStyle = '#ffffff';
    ctx.stroke();
    ctx.fillStyle = '#ffffff';
    ctx.font = '700 11px ' + FONT;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    ctx.fillText(String(number), x, y - 18);
  }

  function lock(ctx, x, y) {
    ctx.fillStyle = '#ffffff';
    ctx.fillRect(x - 6, y - 5, 12, 10);
    ctx.lineWidth = 1.6;
    ctx.strokeStyle = COLOURS.ink;
    ctx.beginPath();
    ctx.arc(x, y - 3, 3, Math.PI, 0);
    ctx.stroke();
    ctx.fillStyle = COLOURS.ink;
    ctx.fillRect(x - 4.5, y - 3, 9, 7);
  }

  /* Loose parts in a thick broken rim, and with a plus what would join them to the home of their centre. */
  function drawFaults(p) {
    const ctx = alarm.getContext('2d');
    ctx.setTransform(p.ratio, 0, 0, p.ratio, 0, 0);
    ctx.clearRect(0, 0, p.width, p.height);
    const at = (thing) => [thing.x * p.s + p.x, thing.y * p.s + p.y];
    const seen = (one) => {
      const [x, y] = at(one);
      return x > -40 && y > -40 && x < p.width + 40 && y < p.height + 40;
    };
    const rim = (one, ink, dash, more) => {
      const [x, y] = at(one);
      const r = scene.homeSize(one.size) + more;
      [['#ffffff', 8, []], [ink, 4.5, dash]].forEach(([colour, width, gaps]) => {
        ctx.beginPath();
        ctx.arc(x, y, r, 0, 2 * Math.PI);
        ctx.setLineDash(gaps);
        ctx.lineWidth = width;
        ctx.strokeStyle = colour;
        ctx.stroke();
      });
      ctx.setLineDash([]);
      return [x, y, r];
    };
    marks.faults.forEach((fault) => fault.parts.forEach(({ part, join }) => {
      desk.buildingsOf(part).forEach((one) => seen(one) && rim(one, COLOURS.accent, [7, 5], 8));
      desk.buildingsOf(join || []).forEach((one) => {
        if (!seen(one)) return;
        const ink = desk.model.zones[fault.zone].ink;
        const [x, y, r] = rim(one, ink, [], 8);
        ctx.beginPath();
        ctx.arc(x + r, y - r, 8, 0, 2 * Math.PI);
        ctx.fillStyle = ink;
        ctx.fill();
        ctx.fillStyle = '#ffffff';
        ctx.fillRect(x + r - 5, y - r - 1.2, 10, 2.4);
        ctx.fillRect(x + r - 1.2, y - r - 5, 2.4, 10);
      });
    }));
  }

  /* After an edit: what is broken flashes, and stays marked until it is mended. */
  marks.warn = (faults) => {
    const known = new Set(marks.faults.map((fault) => fault.zone));
    const fresh = faults.some((fault) => !known.has(fault.zone));
    marks.faults = faults;
    alarm.classList.toggle('flash', faults.length > 0);
    if (!fresh || flashing || window.matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    flashing = true; // by the animation itself: a class that goes and comes would lay the page out anew
    alarm.animate([{ opacity: 1 }, { opacity: 0.1 }, { opacity: 1 }], { duration: 500, iterations: 5 }).onfinish = () => { flashing = false; };
  };

  marks.draw = () => {
    const p = place();
    drawFaults(p);
    const ctx = canvas.getContext('2d');
    ctx.setTransform(p.ratio, 0, 0, p.ratio, 0, 0);
    ctx.clearRect(0, 0, p.width, p.height);
    const at = (thing) => [thing.x * p.s + p.x, thing.y * p.s + p.y];
    /* Each building once; `part` where only some of its stairwells are meant. */
    const each = (blocks, draw) => desk.buildingsOf(blocks).forEach((one) => {
      const [x, y] = at(one);
      if (x > -20 && y > -20 && x < p.width + 20 && y < p.height + 20) draw(x, y, scene.homeSize(one.size), !one.blocks.every((b) => blocks.has(b)));
    });
    const ring = (colour, width, more) => (x, y, r, part) => {
      ctx.beginPath();
      ctx.arc(x, y, r + more, part ? Math.PI : 0, 2 * Math.PI);
      ctx.lineWidth = width;
      ctx.strokeStyle = colour;
      ctx.stroke();
    };
    const target = desk.model.centres[marks.target];
    if (target) {
      const [cx, cy] = at(target);
      ctx.setLineDash([6, 4]);
      each(desk.selection, (x, y) => {
        ctx.beginPath();
        ctx.moveTo(x, y);
        ctx.lineTo(cx, cy);
        ctx.lineWidth = 1.4;
        ctx.strokeStyle = 'rgba(31,41,51,0.65)';
        ctx.stroke();
      });
      ctx.setLineDash([]);
      ring('#ffffff', 7, 0)(cx, cy, 20);
      ring(desk.model.zones[target.index].ink, 3.5, 0)(cx, cy, 20);
    }
    const moved = new Set(desk.movedBlocks());
    const stroke = new Set([].concat(...marks.stroke.map(desk.movable)));
    [['#ffffff', 4], ['#1d4e79', 2]].forEach(([ink, width]) => each(moved, ring(ink, width, 2.5)));
    [['#ffffff', 6], [COLOURS.ink, 3]].forEach(([ink, width]) => each(desk.selection, ring(ink, width, 5)));
    if (marks.stroke.length) [['#ffffff', 6], [marks.ink, 4]].forEach(([ink, width]) => each(stroke, ring(ink, width, 5)));
    each(desk.locked, (x, y, r) => lock(ctx, x + r + 4, y - r - 2));
    desk.allNotes().forEach((note, i) => {
      const point = map.latLngToContainerPoint([note.lat, note.lon]);
      pin(ctx, point.x, point.y, i + 1);
    });
    if (marks.lasso.length > 1) {
      ctx.beginPath();
      marks.lasso.forEach((q, i) => (i ? ctx.lineTo(q.x, q.y) : ctx.moveTo(q.x, q.y)));
      ctx.closePath();
      ctx.fillStyle = 'rgba(29,78,121,0.14)';
      ctx.fill();
      ctx.setLineDash([7, 5]);
      ctx.lineWidth = 2;
      ctx.strokeStyle = '#1d4e79';
      ctx.stroke();
      ctx.setLineDash([]);
    }
  };

  map.on('move zoomend viewreset resize', marks.draw);
  [['zoomstart', 'hidden'], ['zoomend', '']].forEach(([when, how]) => map.on(when, () => [canvas, alarm].forEach((one) => { one.style.visibility = how; })));
  return marks;
}
