/* Walks along the streets: found here on the pieces of street that the plan keeps, so that they follow edits. */
COLOURS.walk = '#c2410c';

function makeWalks(model, ways) {
  if (!ways) return null;
  const [mx, my] = ways.metres;
  const lines = [];
  let [x, y, k] = [0, 0, 0];
  ways.n.forEach((n) => {
    const line = [];
    for (let i = 0; i < n; i += 1, k += 2) {
      x += ways.xy[k];
      y += ways.xy[k + 1];
      line.push([x, y]);
    }
    lines.push(line);
  });
  const metre = (a, b) => Math.hypot((a[0] - b[0]) * mx, (a[1] - b[1]) * my);
  const lengths = lines.map((line) => line.reduce((sum, p, i) => (i ? sum + metre(line[i - 1], p) : 0), 0));
  const crossing = new Map();
  const doors = [];
  const number = (p) => {
    const name = p[0] + ' ' + p[1];
    if (!crossing.has(name)) {
      crossing.set(name, doors.length);
      doors.push([]);
    }
    return crossing.get(name);
  };
  const ends = lines.map((line, e) => {
    const [a, b] = [number(line[0]), number(line[line.length - 1])];
    doors[a].push([b, e, true]);
    doors[b].push([a, e, false]);
    return [a, b];
  });
  const odd = new Map();
  for (let i = 0; i < ways.joins.length; i += 2) {
    const unit = model.units[ways.joins[i]];
    if (unit) odd.set(unit.sx + ' ' + unit.sy, ways.joins[i + 1]);
  }

  /* The spot of a piece of street nearest to a point: how far off, how far along, and where. */
  function nearestOn(e, p) {
    const line = lines[e];
    let best = null;
    let along = 0;
    for (let i = 1; i < line.length; i += 1) {
      const [a, b] = [line[i - 1], line[i]];
      const long = metre(a, b);
      const dot = (p[0] - a[0]) * (b[0] - a[0]) * mx * mx + (p[1] - a[1]) * (b[1] - a[1]) * my * my;
      const t = long ? Math.max(0, Math.min(1, dot / (long * long))) : 0;
      const at = [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];
      const off = metre(p, at);
      if (!best || off < best.off) best = { edge: e, off, along: along + t * long, at, after: i };
      along += long;
    }
    return best;
  }

  function join(p) {
    const known = odd.get(p[0] + ' ' + p[1]);
    if (known !== undefined) return nearestOn(known, p);
    let best = null;
    lines.forEach((line, e) => {
      const found = line.length > 1 ? nearestOn(e, p) : null;
      if (found && (!best || found.off < best.off)) best = found;
    });
    return best;
  }

  /* Crossings in the order of their distance (Dijkstra), from one spot until the other one is reached. */
  function settle(from, to) {
    const far = new Map();
    const before = new Map();
    const heap = makeHeap();
    const reach = (node, metres, back, e, ahead) => {
      if (far.has(node) && far.get(node) <= metres) return;
      far.set(node, metres);
      before.set(node, [back, e, ahead]);
      heap.push(metres, node);
    };
    const [a, b] = ends[from.edge];
    reach(a, from.along, -1, from.edge, false);
    reach(b, lengths[from.edge] - from.along, -1, from.edge, true);
    const [c, d] = ends[to.edge];
    const goal = () => Math.min(far.has(c) ? far.get(c) + to.along : Infinity, far.has(d) ? far.get(d) + lengths[to.edge] - to.along : Infinity);
    while (heap.size()) {
      const [metres, node] = heap.pop();
      if (metres >= goal()) break;
      if (metres === far.get(node)) doors[node].forEach(([next, e, ahead]) => reach(next, metres + lengths[e], node, e, ahead));
    }
    return { far, before };
  }

  /* The bends of a piece of street between two places along it, its ends included where they are reached. */
  function stretch(e, from, to) {
    const part = [];
    let along = 0;
    lines[e].forEach((p, i) => {
      if (i) along += metre(lines[e][i - 1], p);
      if (along >= Math.min(from, to) && along <= Math.max(from, to)) part.push(p);
    });
    return from <= to ? part : part.reverse();
  }

  /* From one home to another: points in steps of the data, and metres; null where there is no way. */
  function path(home, goal) {
    if (home[0] === goal[0] && home[1] === goal[1]) return { points: [home], metres: 0 };
    const [from, to] = [join(home), join(goal)];
    if (!from || !to) return null;
    const { far, before } = settle(from, to);
    const [c, d] = ends[to.edge];
    const by = (node, rest) => (far.has(node) ? far.get(node) + rest : Infinity);
    const [viaC, viaD] = [by(c, to.along), by(d, lengths[to.edge] - to.along)];
    const straight = from.edge === to.edge ? Math.abs(from.along - to.along) : Infinity;
    const least = Math.min(straight, viaC, viaD);
    if (least === Infinity) return null;
    const metres = from.off + least + to.off;
    if (straight === least) return { points: [home, from.at, ...stretch(from.edge, from.along, to.along), to.at, goal], metres };
    let node = viaC <= viaD ? c : d;
    let points = [...stretch(to.edge, viaC <= viaD ? 0 : lengths[to.edge], to.along), to.at, goal];
    while (node >= 0) {
      const [back, e, ahead] = before.get(node);
      const begun = back < 0 ? from.along : ahead ? 0 : lengths[e];
      points = [...stretch(e, begun, ahead ? lengths[e] : 0), ...points];
      node = back;
    }
    return { points: [home, from.at, ...points], metres };
  }
  return { path };
}

/* A binary heap of numbers, the least on top. */
function makeHeap() {
  const items = [];
  const swap = (i, j) => { [items[i], items[j]] = [items[j], items[i]]; };
  return {
    size: () => items.length,
    push: (key, value) => {
      let i = items.push([key, value]) - 1;
      while (i && items[(i - 1) >> 1][0] > items[i][0]) {
        swap(i, (i - 1) >> 1);
        i = (i - 1) >> 1;
      }
    },
    pop: () => {
      const top = items[0];
      const last = items.pop();
      if (!items.length) return top;
      items[0] = last;
      for (let i = 0; ;) {
        let least = i;
        [2 * i + 1, 2 * i + 2].forEach((j) => { if (j < items.length && items[j][0] < items[least][0]) least = j; });
        if (least === i) return top;
        swap(i, least);
        i = least;
      }
    }
  };
}

/* The line of a walk on the map; straight and dashed where the plan keeps no streets. */
function makeWalkLine(map, model) {
  const paper = L.canvas({ padding: 0.4 });
  const group = L.layerGroup();
  const at = (p) => model.plane.latLng(p[0], p[1]);
  const shown = { points: [], spots: [] };
  const look = (more) => Object.assign({ renderer: paper, interactive: false, lineJoin: 'round' }, more);

  function end(zone) {
    const sign = make('span', { class: 'walk-end', text: String(zone.n), style: { background: zone.ink } });
    return L.marker(at([zone.centre.x, zone.centre.y]), { interactive: false, keyboard: false, icon: L.divIcon({ className: 'walk-end-spot', iconSize: [0, 0], html: sign }) });
  }

  /* `found` is a path or null, `spots` are dots, `zone` is whose centre the walk ends at. */
  function draw(found, spots, zone) {
    group.clearLayers();
    shown.points = found ? found.points : [];
    shown.spots = spots;
    if (found && found.points.length > 1) {
      const line = found.points.map(at);
      group.addLayer(L.polyline(line, look({ color: '#ffffff', weight: 9, opacity: 0.95 })));
      group.addLayer(L.polyline(line, look({ color: COLOURS.walk, weight: 5, opacity: 1, dashArray: found.straight ? '7 9' : null })));
    }
    spots.forEach((p) => group.addLayer(L.circleMarker(at(p), p.hollow ? look({ radius: 15, color: COLOURS.walk, weight: 3, fill: false }) : look({ radius: 7, color: '#ffffff', weight: 2.5, fillColor: COLOURS.walk, fillOpacity: 1 }))));
    if (found && zone) group.addLayer(end(zone));
    if (found || spots.length) {
      if (!map.hasLayer(group)) map.addLayer(group);
    } else if (map.hasLayer(group)) map.removeLayer(group);
  }
  return { draw, shown };
}
