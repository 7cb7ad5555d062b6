/* New borders for zones that changed: inside what they covered before, each home's ground is what lies
   nearest to it.  Borders with zones that did not change stay as they were drawn. */
const CELL_REACH = 700;
const HASH = 128;

function nearer(cell, px, py, qx, qy, label) {
  const dx = qx - px;
  const dy = qy - py;
  const limit = (qx * qx + qy * qy - px * px - py * py) / 2;
  const side = (v) => v.x * dx + v.y * dy - limit;
  if (cell.every((v) => side(v) <= 0)) return cell;
  const cut = [];
  for (let i = 0; i < cell.length; i += 1) {
    const a = cell[i];
    const b = cell[(i + 1) % cell.length];
    const fa = side(a);
    const fb = side(b);
    if (fa <= 0) cut.push(a);
    if ((fa <= 0) !== (fb <= 0)) {
      const t = fa / (fa - fb);
      cut.push({ x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t, edge: fa <= 0 ? label : a.edge });
    }
  }
  return cut;
}

/* Cells of points, to which more points can be added; points on one spot share the first one's. */
function makeCells(changed) {
  const grid = new Map();
  const cells = [];
  const bin = (p) => Math.floor(p.x / HASH) * 100003 + Math.floor(p.y / HASH);

  function around(p, reach, visit) {
    for (let ring = 0; (ring - 1) * HASH < reach(); ring += 1) {
      for (let i = -ring; i <= ring; i += 1) {
        for (let j = -ring; j <= ring; j += Math.abs(i) === ring ? 1 : 2 * ring || 1) {
          const found = grid.get(bin(p) + i * 100003 + j);
          if (found) found.forEach(visit);
        }
      }
    }
  }

  function far(one) {
    let most = 0;
    one.cell.forEach((v) => { most = Math.max(most, Math.hypot(v.x - one.point.x, v.y - one.point.y)); });
    return most;
  }

  function cut(one, other) {
    one.cell = nearer(one.cell, one.point.x, one.point.y, other.point.x, other.point.y, other);
  }

  function add(p) {
    const here = grid.get(bin(p)) || [];
    if (here.some((other) => other.point.x === p.x && other.point.y === p.y)) return;
    const one = { point: p, cell: [[-1, -1], [1, -1], [1, 1], [-1, 1]].map((c) => ({ x: p.x + c[0] * CELL_REACH, y: p.y + c[1] * CELL_REACH, edge: null })) };
    const met = [];
    around(p, () => 2 * far(one), (other) => {
      const before = one.cell;
      cut(one, other);
      if (one.cell !== before) met.push(other);
    });
    met.forEach((other) => {
      if (!one.cell.some((v) => v.edge === other)) return;
      cut(other, one);
      changed(other.point);
    });
    here.push(one);
    grid.set(bin(p), here);
    cells.push(one);
  }
  return { cells, add };
}

/* Edges of rings that belong to one of the zones only: the outside of them all, as x, y, x, y in the plane. */
function makeOutside(plane) {
  const edges = new Map();
  const put = (a, b) => {
    const name = a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]) ? a + ';' + b : b + ';' + a;
    if (edges.has(name)) edges.set(name, null);
    else edges.set(name, [plane.x(a[0]), plane.y(a[1]), plane.x(b[0]), plane.y(b[1])]);
  };
  const add = (zone) => zone.rings.forEach((ring) => {
    const points = [];
    let [x, y] = [0, 0];
    for (let i = 0; i < ring.length; i += 2) {
      x += ring[i];
      y += ring[i + 1];
      points.push([x, y]);
    }
    points.forEach((a, i) => put(a, points[(i + 1) % points.length]));
  });
  return { add, list: () => Array.from(edges.values()).filter(Boolean) };
}

/* Those edges that may lie in a box, as a path. */
function edgesIn(edges, box) {
  const path = new Path2D();
  const far = (e) => Math.max(e[0], e[2]) < box[0] || Math.min(e[0], e[2]) > box[2] || Math.max(e[1], e[3]) < box[1] || Math.min(e[1], e[3]) > box[3];
  path.tell = () => edges.filter((e) => !far(e)); // for paper: a path cannot be read, and to remember each costs time
  edges.forEach((e) => {
    if (far(e)) return;
    path.moveTo(e[0], e[1]);
    path.lineTo(e[2], e[3]);
  });
  return path;
}

/* What of a cell can be seen: it reaches far, but only the ground of zones that changed is drawn anew. */
function cellBox(cell, zones) {
  const whole = [Infinity, Infinity, -Infinity, -Infinity];
  cell.forEach((v) => widen(whole, [v.x, v.y, v.x, v.y]));
  const seen = [Infinity, Infinity, -Infinity, -Infinity];
  zones.forEach((z) => {
    const part = [Math.max(whole[0], z.box[0]), Math.max(whole[1], z.box[1]), Math.min(whole[2], z.box[2]), Math.min(whole[3], z.box[3])];
    if (part[0] < part[2] && part[1] < part[3]) widen(seen, part);
  });
  return seen;
}

function widen(box, other) {
  box[0] = Math.min(box[0], other[0]);
  box[1] = Math.min(box[1], other[1]);
  box[2] = Math.max(box[2], other[2]);
  box[3] = Math.max(box[3], other[3]);
}

/* Redraws zones that changed; scene.recut holds one, or null. */
function makeRecut(model, desk) {
  let known = -1;
  const stale = new Set();
  const ground = makeCells((point) => stale.add(point.zone));
  const shapes = new Map();
  const members = new Set();
  const held = new Set();
  const outside = makeOutside(model.plane);
  const recut = { zones: new Set(), edges: [], box: null, shapes: () => Array.from(shapes.values()), buildings: () => members };

  /* Where zones are drawn anew, or where they are not, of what is seen: a clip costs by the length of all its rims. */
  recut.clip = (seen, without) => {
    const path = new Path2D();
    path.others = [];
    recut.zones.forEach((z) => {
      if (!seen(model.zones[z].box)) return;
      path.addPath(model.zones[z].path);
      path.others.push(model.zones[z].path);
    });
    if (without) path.rect(-1e7, -1e7, 2e7, 2e7);
    if (without) path.tell = () => [Object.assign([-1e7, -1e7, 1e7, -1e7, 1e7, 1e7, -1e7, 1e7], { closed: true })];
    return path;
  };

  recut.outer = (shape) => {
    if (shape.edges !== recut.edges) Object.assign(shape, { edges: recut.edges, outer: edgesIn(recut.edges, shape.box) });
    return shape.outer;
  };

  /* Units that were in a zone when the plan was opened, or are in it now. */
  const { data } = desk.numbers;
  const opened = model.zones.map(() => []);
  model.units.forEach((u) => { if (data.zone[u.block] >= 0) opened[data.zone[u.block]].push(u); });
  function everIn(zones) {
    const units = new Set([].concat(...zones.map((z) => opened[z.index] || [])));
    const here = new Set(zones.map((z) => z.index));
    desk.movedBlocks().forEach((b) => { if (here.has(desk.numbers.zoneOf[b])) desk.numbers.unitsOf[b].forEach((u) => units.add(model.units[u])); });
    return Array.from(units).sort((a, b) => a.index - b.index);
  }

  /* The ground on which zones are drawn anew grows by zones that were not touched before. */
  function grow(box) {
    known = desk.touched.size;
    const fresh = model.zones.filter((z) => desk.touched.has(z.index) && !recut.zones.has(z.index));
    recut.zones = new Set(desk.touched);
    fresh.forEach((z) => {
      outside.add(z);
      widen(box, z.box);
    });
    recut.edges = outside.list();
    everIn(fresh).forEach((u) => {
      if (held.has(u.index)) return;
      held.add(u.index);
      members.add(model.buildings[u.building]);
      ground.add(u);
    });
  }

  function draw(zone, cells) {
    const made = { zone, ground: new Path2D(), border: new Path2D(), box: [Infinity, Infinity, -Infinity, -Infinity] };
    const rim = (one, i) => one.cell[i].edge && one.cell[i].edge.point.zone !== zone;
    made.ground.tell = () => cells.map((one) => Object.assign([].concat(...one.cell.map((v) => [v.x, v.y])), { closed: true }));
    made.border.tell = () => [].concat(...cells.map((one) => one.cell.map((v, i) => {
      const w = one.cell[(i + 1) % one.cell.length];
      return rim(one, i) ? [v.x, v.y, w.x, w.y] : null;
    }).filter(Boolean)));
    cells.forEach((one) => {
      one.cell.forEach((v, i) => {
        widen(made.box, [v.x, v.y, v.x, v.y]);
        if (i) made.ground.lineTo(v.x, v.y);
        else made.ground.moveTo(v.x, v.y);
        if (!v.edge || v.edge.point.zone === zone) return;
        const w = one.cell[(i + 1) % one.cell.length];
        made.border.moveTo(v.x, v.y);
        made.border.lineTo(w.x, w.y);
      });
      made.ground.closePath();
    });
    return made;
  }

  recut.update = (zones) => {
    zones.forEach((z) => stale.add(z));
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    zones.forEach((z) => { if (z >= 0) widen(box, model.zones[z].box); });
    if (desk.touched.size !== known) grow(box);
    const cells = new Map();
    ground.cells.forEach((one) => (cells.has(one.point.zone) ? cells.get(one.point.zone).push(one) : cells.set(one.point.zone, [one])));
    const of = (zone) => cells.get(zone) || [];
    const beside = new Set();
    stale.forEach((zone) => of(zone).forEach((one) => one.cell.forEach((v) => { if (v.edge) beside.add(v.edge.point.zone); })));
    beside.forEach((z) => stale.add(z));
    stale.forEach((zone) => {
      shapes.delete(zone);
      const whole = zone < 0 ? [] : of(zone).filter((one) => one.cell.length > 2);
      if (whole.length) shapes.set(zone, draw(zone, whole));
    });
    /* What looks other than before: the ground of homes of these zones, and that of zones that are new here. */
    const cut = model.zones.filter((z) => recut.zones.has(z.index));
    zones.forEach((zone) => of(zone).forEach((one) => widen(box, cellBox(one.cell, cut))));
    members.forEach((one) => { if (one.units.length > 1 && one.units.some((u) => zones.has(u.zone))) widen(box, [one.x, one.y, one.x, one.y]); });
    recut.box = box;
    stale.clear();
  };
  return recut;
}
