/* The island of data: whole numbers become paths in a local plane of Mercator pixels at zoom 18. */
const PLANE_ZOOM = 18;
const PLANE_SIZE = 256 * Math.pow(2, PLANE_ZOOM);

function worldX(lon) {
  return ((lon + 180) / 360) * PLANE_SIZE;
}

function worldY(lat) {
  const sine = Math.sin((lat * Math.PI) / 180);
  return (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * PLANE_SIZE;
}

/* The plane: its origin in world pixels, and how steps of the island become its units. */
function makePlane(data) {
  const x0 = worldX(data.origin[0] / data.scale);
  const y0 = worldY(data.origin[1] / data.scale);
  return {
    x0, y0,
    x: (step) => worldX((data.origin[0] + step) / data.scale) - x0,
    y: (step) => worldY((data.origin[1] + step) / data.scale) - y0,
    latLng: (sx, sy) => L.latLng((data.origin[1] + sy) / data.scale, (data.origin[0] + sx) / data.scale)
  };
}

/* Walk a delta-coded line: x, y, dx, dy, dx, dy, ... */
function trace(path, line, plane, closed) {
  let x = line[0];
  let y = line[1];
  path.moveTo(plane.x(x), plane.y(y));
  for (let i = 2; i < line.length; i += 2) {
    x += line[i];
    y += line[i + 1];
    path.lineTo(plane.x(x), plane.y(y));
  }
  if (closed) path.lineTo(plane.x(line[0]), plane.y(line[1])); // closePath takes the longer, the more there is
}

function pathOf(lines, plane, closed) {
  const path = new Path2D();
  lines.forEach((line) => trace(path, line, plane, closed));
  return Object.assign(path, { lines, plane, closed }); // for paper: a path cannot be read
}

/* Many shapes as a few paths, each of one square of the plane: one path of all takes long to make and to draw. */
const TILE = 1024;

function tilesOf(shapes, plane) {
  const tiles = new Map();
  shapes.forEach((rings) => {
    const name = Math.floor(plane.x(rings[0][0]) / TILE) + ' ' + Math.floor(plane.y(rings[0][1]) / TILE);
    if (!tiles.has(name)) tiles.set(name, []);
    tiles.get(name).push(rings);
  });
  return Array.from(tiles.values()).map((group) => {
    const lines = [].concat(...group);
    let path = null;
    return { get path() { return path || (path = pathOf(lines, plane, true)); }, box: boundsOf(lines, plane) }; // made when it is first seen
  });
}

function boundsOf(lines, plane) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  lines.forEach((line) => {
    let x = 0;
    let y = 0;
    for (let i = 0; i < line.length; i += 2) {
      x += line[i];
      y += line[i + 1];
      const px = plane.x(x);
      const py = plane.y(y);
      box[0] = Math.min(box[0], px);
      box[1] = Math.min(box[1], py);
      box[2] = Math.max(box[2], px);
      box[3] = Math.max(box[3], py);
    }
  });
  return box;
}

/* The longest straight run of a line, where its name can stand. */
function longestRun(line, plane) {
  let x = plane.x(line[0]);
  let y = plane.y(line[1]);
  let sx = line[0];
  let sy = line[1];
  let best = { length: 0, x: 0, y: 0, angle: 0 };
  for (let i = 2; i < line.length; i += 2) {
    sx += line[i];
    sy += line[i + 1];
    const nx = plane.x(sx);
    const ny = plane.y(sy);
    const length = Math.hypot(nx - x, ny - y);
    if (length > best.length) {
      let angle = Math.atan2(ny - y, nx - x);
      if (angle > Math.PI / 2) angle -= Math.PI;
      if (angle <= -Math.PI / 2) angle += Math.PI;
      best = { length, x: (x + nx) / 2, y: (y + ny) / 2, angle };
    }
    x = nx;
    y = ny;
  }
  return best;
}

/* Zones that no edit has given up. */
function openZones(model) {
  return model.zones.filter((zone) => !zone.closed);
}

/* Text of base64, packed by gzip, becomes its JSON value. */
function unpack(text) {
  const raw = window.atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i += 1) bytes[i] = raw.charCodeAt(i);
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  const decoder = new TextDecoder();
  const step = (text) => reader.read().then((part) => (part.done ? text + decoder.decode() : step(text + decoder.decode(part.value, { stream: true }))));
  return step('').then((json) => JSON.parse(json));
}

/* Homes of a unit that is told of only together with its neighbours. */
const UNTOLD = -3;

/* Shapes and the names of units and buildings come packed; all else is plain. */
function readModel(shapes, names, given) {
  const data = given || JSON.parse(document.getElementById('plan-data').textContent);
  const base = Object.assign({}, data.base, shapes, { streets: { names: data.base.streets.names, classes: shapes.streets }, buildings: { labels: names.base.buildings, rings: shapes.buildings } });
  const plane = makePlane(data);
  const size = [];
  data.units.block.forEach((b) => { size[b] = (size[b] || 0) + 1; });
  let building = 0;
  const units = data.units.x.map((sx, i) => {
    building += names.units.building[i];
    const b = data.units.block[i];
    return {
      index: i, x: plane.x(sx), y: plane.y(data.units.y[i]), sx, sy: data.units.y[i], zone: data.units.zone[i], block: b, building, beside: size[b] - 1,
      homes: size[b] > 1 ? UNTOLD : data.blocks.homes[b], together: data.blocks.homes[b], walk: data.blocks.walk[b], moved: data.units.moved[i], label: names.units.label[i], gaps: []
    };
  });
  smallest = data.meta.smallest;
  const causes = Object.keys(data.causes);
  data.gaps.forEach((gap) => units[gap[0]].gaps.push({ cause: causes[gap[1]], count: gap[2] }));
  const zones = data.zones.map((zone, i) => Object.assign({}, zone, {
    index: i, centre: data.centres[i], rings: shapes.zones[i], path: pathOf(shapes.zones[i], plane, true),
    box: boundsOf(shapes.zones[i], plane), fill: data.colours[zone.colour][0], ink: data.colours[zone.colour][1],
    labelAt: zone.at && { x: plane.x(zone.at[0]), y: plane.y(zone.at[1]), r: Math.abs(plane.x(zone.at[0] + zone.at[2]) - plane.x(zone.at[0])) }
  }));
  const centres = data.centres.map((centre, i) => Object.assign({}, centre, { index: i, x: plane.x(centre.x), y: plane.y(centre.y), sx: centre.x, sy: centre.y }));
  return { data, plane, units, buildings: readBuildings(units, names.units.name, data.blocks.homes), zones, centres, causes, base: readBase(base, plane) };
}

function readBase(base, plane) {
  const names = [];
  base.streets.classes.forEach((streets, rank) => {
    const best = new Map();
    streets.forEach((street) => {
      if (street[0] < 0) return;
      const run = longestRun(street[1], plane);
      const kept = best.get(street[0]) || [];
      kept.push(run);
      best.set(street[0], kept);
    });
    best.forEach((runs, name) => {
      runs.sort((a, b) => b.length - a.length);
      runs.slice(0, 4).forEach((run) => names.push(Object.assign({ text: base.streets.names[name], rank }, run)));
    });
  });
  names.sort((a, b) => b.rank - a.rank || b.length - a.length);
  const numbers = [];
  base.buildings.rings.forEach((rings, i) => {
    if (!base.buildings.labels[i]) return;
    const box = boundsOf(rings, plane);
    numbers.push({ text: base.buildings.labels[i], x: (box[0] + box[2]) / 2, y: (box[1] + box[3]) / 2, width: box[2] - box[0] });
  });
  return {
    water: pathOf(base.water, plane, true), green: pathOf(base.green, plane, true), rails: pathOf(base.rails, plane, false),
    fences: base.fences.map((fence) => pathOf(fence.rings, plane, true)),
    streets: base.streets.classes.map((streets) => pathOf(streets.map((street) => street[1]), plane, false)),
    buildings: tilesOf(base.buildings.rings, plane), names, numbers
  };
}
