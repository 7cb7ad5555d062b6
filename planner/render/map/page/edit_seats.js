/* Centres that move, zones that are split and merged: walks from a new place are added up here as `planner apply` adds them up,
   in whole eighths of a metre on the streets that the plan keeps, so that no figure differs. */
const SPARE_ZONES = 40; // most zones that a meeting may add

function roundEven(value) {
  const down = Math.floor(value);
  const rest = value - down;
  return rest > 0.5 || (rest === 0.5 && down % 2) ? down + 1 : down;
}

/* Walks from a unit to all, eighths of a metre; Infinity where no street leads. */
function makeDoors(doors) {
  const n = doors.join.length;
  const spotOf = (u) => [doors.spot[2 * u], doors.spot[2 * u + 1]];
  let graph = null;

  function build() {
    const ends = [0, 1].map(() => new Int32Array(doors.length.length));
    let [at, crossings] = [0, 0];
    doors.length.forEach((length, e) => {
      at += doors.start[e];
      ends[0][e] = at;
      ends[1][e] = at + doors.end[e];
      crossings = Math.max(crossings, ends[0][e] + 1, ends[1][e] + 1);
    });
    const counts = new Array(crossings).fill(0);
    ends.forEach((side) => side.forEach((node) => { counts[node] += 1; }));
    const start = starts(counts);
    const next = start.slice();
    const [to, by] = [new Int32Array(start[crossings]), new Int32Array(start[crossings])];
    ends[0].forEach((a, e) => [[a, ends[1][e]], [ends[1][e], a]].forEach(([u, v]) => {
      to[next[u]] = v;
      by[next[u]] = doors.length[e];
      next[u] += 1;
    }));
    return { ends, start, to, by, crossings };
  }

  function straight(unit) {
    const [x, y] = spotOf(unit);
    return Float64Array.from({ length: n }, (_, u) => {
      const [dx, dy] = [doors.spot[2 * u] - x, doors.spot[2 * u + 1] - y];
      return Math.floor(Math.sqrt(dx * dx + dy * dy) * doors.detour + 0.5);
    });
  }

  const off = (u) => [doors.along[u] + doors.access[u], Math.max(doors.length[doors.join[u]] - doors.along[u], 0) + doors.access[u]];

  function alongOnePiece(a, b) {
    const level = Math.abs(doors.along[a] - doors.along[b]);
    const [p, q] = [spotOf(a), spotOf(b)];
    return level === 0 && p[0] === q[0] && p[1] === q[1] ? 0 : level + doors.access[a] + doors.access[b]; // homes above one another
  }

  function byStreets(unit) {
    const walks = new Float64Array(n).fill(Infinity);
    if (doors.join[unit] < 0) return walks;
    graph = graph || build();
    const far = new Float64Array(graph.crossings).fill(Infinity);
    const heap = makeHeap();
    const reach = (node, eighths) => {
      if (eighths >= far[node]) return;
      far[node] = eighths;
      heap.push(eighths, node);
    };
    off(unit).forEach((eighths, side) => reach(graph.ends[side][doors.join[unit]], eighths));
    while (heap.size()) {
      const [eighths, node] = heap.pop();
      if (eighths === far[node]) for (let i = graph.start[node]; i < graph.start[node + 1]; i += 1) reach(graph.to[i], eighths + graph.by[i]);
    }
    for (let u = 0; u < n; u += 1) {
      const way = doors.join[u];
      if (way < 0) continue;
      const [a, b] = off(u);
      const found = Math.min(far[graph.ends[0][way]] + a, far[graph.ends[1][way]] + b);
      walks[u] = way === doors.join[unit] ? Math.min(found, alongOnePiece(u, unit)) : found;
    }
    return walks;
  }

  return (unit) => {
    const walks = doors.length.length ? byStreets(unit) : straight(unit);
    walks[unit] = 0;
    return walks;
  };
}

/* What a centre in a unit costs each block, as new rows of the table of pairs; `served` blocks count however far they are. */
function makeSeats(data, unitsOf, pairOf) {
  const { pairs, walk } = data;
  const walksFrom = makeDoors(data.doors);
  const most = walk.hard ? walk.limit : walk.reach;

  function row(block, eighths, far, before) {
    const homes = data.homes[block];
    const load = walk.blocks ? homes : homes ? data.left[block] : 0;
    const metres = walk.blocks ? roundEven(eighths / 8) : eighths / 8;
    const over = walk.price * Math.max(metres - walk.limit, 0);
    pairs.cost.push(roundEven(load * metres * 100));
    pairs.far.push(roundEven(far / 8));
    pairs.penalty.push(roundEven(load * (walk.blocks ? roundEven(over) : over) * 100));
    pairs.change.push(before >= 0 ? pairs.change[before] : data.away[block]);
    pairs.beyond.push(metres > walk.limit ? homes : 0);
    if (pairs.paced) pairs.paced.push(roundEven(homes * metres * 100));
    return pairs.cost.length - 1;
  }

  return (zone, unit, served) => {
    const home = data.block[unit];
    const walks = walksFrom(unit);
    const kept = new Set(walk.hard ? [] : served);
    const own = new Int32Array(data.homes.length).fill(-1);
    own.forEach((_, b) => {
      if (data.fence[b] !== data.fence[home]) return;
      const found = unitsOf[b].map((u) => walks[u]);
      const far = Math.max(...found);
      const near = far <= most * 8 || (kept.has(b) && far < Infinity);
      if (near || b === home) own[b] = row(b, found.reduce((sum, w) => sum + w, 0) / found.length, far, pairOf(b, zone));
    });
    return { home, unit, own };
  };
}

/* Steps of the desk: a centre goes elsewhere, a zone is split in two, two become one. */
function addSeats(desk, model, ids, perform) {
  const { numbers } = desk;
  const { data } = numbers;
  const seat = (z) => numbers.seats[z];
  const blocksOf = (z) => Array.from(numbers.zoneOf.keys()).filter((b) => numbers.zoneOf[b] === z);
  const first = model.centres.map((centre) => Object.assign({}, centre));
  let last = data.last;

  /* What the page shows of a centre and its zone, by where it is now. */
  desk.place = (z) => {
    const { home, unit } = seat(z);
    const zone = model.zones[z];
    if (zone.closed !== home < 0) desk.elsewhere = desk.elsewhere || zone.closed !== undefined;
    zone.closed = home < 0;
    if (zone.closed) return;
    const there = model.units[unit];
    const spot = first[z] && seat(z) === numbers.opened[z] ? first[z] : { x: there.x, y: there.y, sx: there.sx, sy: there.sy, label: there.label };
    if (model.centres[z].sx !== spot.sx || model.centres[z].sy !== spot.sy) desk.elsewhere = true;
    Object.assign(model.centres[z], spot);
    zone.centre = { id: ids[z], label: spot.label, x: spot.sx, y: spot.sy, p90: null };
  };

  /* A zone that the page did not come with: its number is one that no zone ever had. */
  function fresh(source) {
    const spare = model.zones.find((zone) => zone.fresh && zone.closed);
    const from = model.zones[source];
    const used = model.zones.filter((zone) => !zone.closed && zone.fence === from.fence).map((zone) => zone.fill);
    const colours = model.data.colours;
    const times = colours.map((pair) => used.filter((fill) => fill === pair[0]).length + (pair[0] === from.fill ? 99 : 0));
    const [fill, ink] = colours[times.indexOf(Math.min(...times))];
    if (spare) return Object.assign(spare, { fence: from.fence, fill, ink }).index;
    const z = model.zones.length;
    last += 1;
    let id = 'C' + last;
    while (ids.includes(id)) id += '-' + last;
    ids.push(id);
    model.centres.push({ id, label: '', p90: null, index: z, x: 0, y: 0, sx: 0, sy: 0 });
    model.zones.push({
      index: z, n: last, colour: 0, fence: from.fence, homes: 0, members: -2, gaps: 0, mean: 0, max: 0, broken: [], moved: 0, at: null, rings: [], path: new Path2D(),
      box: [Infinity, Infinity, -Infinity, -Infinity], fill, ink, labelAt: null, centre: { id, label: '', x: 0, y: 0, p90: null }, fresh: true, closed: true
    });
    numbers.addZone(source);
    return z;
  }

  /* Of some blocks the best place for a centre of others: a stairwell of the building that was chosen, if it has one there. */
  function bestSeat(z, blocks, served, building) {
    const unitOf = (b) => numbers.unitsOf[b].find((u) => building && building.units.some((one) => one.index === u)) || numbers.unitsOf[b][0];
    const some = blocks.length > 30 ? blocks.filter((b, i) => i % Math.ceil(blocks.length / 30) === 0) : blocks; // a walk over all streets each
    const cost = (made) => served.reduce((sum, b) => sum + (made.own[b] < 0 ? 1e9 : data.pairs.cost[made.own[b]] + data.pairs.penalty[made.own[b]]), 0);
    const made = some.map((b) => numbers.makeSeat(z, unitOf(b), served));
    return made.reduce((best, one) => (cost(one) < cost(best) ? one : best));
  }

  function oneZone(blocks) {
    const zones = Array.from(new Set(blocks.map((b) => numbers.zoneOf[b])));
    return zones.length === 1 && zones[0] >= 0 ? zones[0] : -1;
  }

  const homeOf = (blocks) => blocks.some((b) => data.fixed[b] === 1);

  /* Why what is chosen cannot be done with; empty when it can. */
  desk.why = (what, blocks) => {
    const z = oneZone(blocks);
    if (!blocks.length) return say('chooseFirst');
    if (what === 'merge') return desk.swappable() ? '' : say('mergeTwo');
    if (z < 0) return say('ofOneZone');
    if (blocks.some((b) => data.fixed[b] === 2)) return say('fewStay');
    if (what === 'moveCentre') return homeOf(blocks) ? say('centreThere') : '';
    if (homeOf(blocks)) return say('splitLeaves');
    if (blocks.some((b) => desk.locked.has(b))) return desk.refusal(blocks);
    return model.zones.length - first.length < SPARE_ZONES || model.zones.some((zone) => zone.fresh && zone.closed) ? '' : say('splitMost');
  };

  function refused(what, blocks) {
    const why = desk.why(what, blocks);
    if (why) desk.tell(why);
    return Boolean(why);
  }

  desk.moveCentre = (building) => {
    const blocks = Array.from(desk.selection);
    if (refused('moveCentre', blocks)) return false;
    const z = oneZone(blocks);
    perform({ kind: 'seat', seats: [[z, seat(z), bestSeat(z, blocks, blocksOf(z), building)]], blocks: [], from: [], to: [] });
    desk.choose([]);
    desk.tell(say('didMoveCentre', { z: model.zones[z].n, label: model.centres[z].label }));
    return true;
  };

  desk.split = (building) => {
    const blocks = Array.from(desk.selection);
    if (refused('split', blocks)) return false;
    const source = oneZone(blocks);
    const z = fresh(source);
    perform({ kind: 'seat', seats: [[z, seat(z), bestSeat(z, blocks, blocks, building)]], blocks, from: blocks.map(() => source), to: blocks.map(() => z) });
    desk.choose([]);
    desk.tell(say('didSplit', { z: model.zones[z].n, label: model.centres[z].label, n: desk.unitCount(blocks) }));
    return true;
  };

  /* The smaller of two zones goes into the larger one; its number is not used again. */
  desk.merge = () => {
    if (refused('merge', Array.from(desk.selection))) return false;
    const [goes, stays] = desk.swappable().sort((a, b) => model.zones[a].homes - model.zones[b].homes || b - a);
    const blocks = blocksOf(goes);
    const locked = blocks.filter((b) => desk.locked.has(b)).length;
    const far = blocks.filter((b) => !numbers.hasPair(b, stays)).length;
    if (locked || far) {
      desk.tell(locked ? say('lockedStay', { n: locked }) : say('tooFar', { n: far }));
      return false;
    }
    perform({ kind: 'seat', seats: [[goes, seat(goes), numbers.noSeat]], blocks, from: blocks.map(() => goes), to: blocks.map(() => stays) });
    desk.choose([]);
    desk.tell(say('didMerge', { a: model.zones[goes].n, b: model.zones[stays].n }));
    return true;
  };

  /* Zones whose centre is elsewhere than in the plan that was opened. */
  desk.reseated = () => model.zones.map((zone, z) => z).filter((z) => seat(z) !== (numbers.opened[z] || numbers.noSeat));

  desk.seatChanges = () => desk.reseated().map((z) => Object.assign(
    { centre: ids[z], unit: seat(z).home < 0 ? '' : data.units[seat(z).unit] }, model.zones[z].fresh ? { number: model.zones[z].n } : {}
  ));

  /* Centres as they were saved: those that moved or are new, before the moves; those that are given up, behind them. */
  desk.reseat = (saved, behind) => saved.forEach(({ centre, unit, number }) => {
    const u = data.units.indexOf(unit);
    let z = ids.indexOf(centre);
    if (behind ? unit || z < 0 || blocksOf(z).length > 0 : u < 0) return;
    if (behind) return perform({ kind: 'seat', seats: [[z, seat(z), numbers.noSeat]], blocks: [], from: [], to: [] });
    const b = data.block[u];
    if (z < 0) {
      z = fresh(numbers.zoneOf[b]);
      ids[z] = centre;
      model.centres[z].id = centre;
      model.zones[z].n = number || model.zones[z].n; // the meeting knows it by that
      last = Math.max(last, model.zones[z].n);
    }
    return perform({ kind: 'seat', seats: [[z, seat(z), numbers.makeSeat(z, u, [b, ...blocksOf(z)])]], blocks: [b], from: [numbers.zoneOf[b]], to: [z] });
  });
}
