/* A search of the page's own for the zones of one community, on plain arrays: annealing over moves, swaps and chains of blocks in which
   nothing falls apart, then a descent; and a lower bound by prices of blocks.  The same numbers give the same plan on every machine
   that is quick enough: steps are counted, the clock only ends what takes too long. */
const APART_M = 1e6; // metres that a block is charged which does not hang together with its centre

function makeRandom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/* `task`: n, k, cost (n x k, Infinity where a centre may not serve), free, home, start and list of neighbours, zone, and
   rules with amount, per, low, high and price by zone. */
function makeSearch(task) {
  const { n, k, cost, free, home, near, rules } = task;
  const zone = Int32Array.from(task.zone);
  const size = new Int32Array(k);
  const amount = rules.map(() => new Float64Array(k));
  const per = rules.map((rule) => (rule.per ? new Float64Array(k) : null));
  const slack = new Float64Array(k);
  const loose = new Int32Array(k);
  const stamp = new Int32Array(n);
  const stack = new Int32Array(n);
  let walk = 0;
  const now = { cost: 0, slack: 0, loose: 0 };

  function count(b, z, sign) {
    size[z] += sign;
    now.cost += sign * cost[b * k + z];
    for (let r = 0; r < rules.length; r += 1) {
      amount[r][z] += sign * rules[r].amount[b];
      if (per[r]) per[r][z] += sign * rules[r].per[b];
    }
  }

  function slackOf(z) {
    let sum = 0;
    for (let r = 0; r < rules.length; r += 1) {
      const { low, high, price } = rules[r];
      const counted = per[r] ? per[r][z] : 1;
      const over = amount[r][z] - (high[z] < Infinity ? high[z] * counted : Infinity);
      const short = (low[z] > -Infinity ? low[z] * counted : -Infinity) - amount[r][z];
      if (over > 1e-6) sum += over * price;
      if (short > 1e-6) sum += short * price;
    }
    return sum;
  }

  function looseOf(z) {
    walk += 1;
    if (zone[home[z]] !== z) return size[z];
    let [top, reached] = [1, 0];
    stack[0] = home[z];
    stamp[home[z]] = walk;
    while (top > 0) {
      top -= 1;
      const u = stack[top];
      reached += 1;
      for (let i = near.start[u]; i < near.start[u + 1]; i += 1) {
        const v = near.list[i];
        if (stamp[v] !== walk && zone[v] === z) {
          stamp[v] = walk;
          stack[top] = v;
          top += 1;
        }
      }
    }
    return size[z] - reached;
  }

  function settle(z) {
    const [s, l] = [slackOf(z), looseOf(z)];
    now.slack += s - slack[z];
    now.loose += l - loose[z];
    slack[z] = s;
    loose[z] = l;
  }

  /* Put blocks into zones; gives how to take that back. */
  function put(blocks, to) {
    const from = blocks.map((b) => zone[b]);
    const touched = [];
    for (let i = 0; i < blocks.length; i += 1) {
      count(blocks[i], from[i], -1);
      zone[blocks[i]] = to[i];
      count(blocks[i], to[i], 1);
      if (!touched.includes(from[i])) touched.push(from[i]);
      if (!touched.includes(to[i])) touched.push(to[i]);
    }
    touched.forEach(settle);
    return from;
  }

  const value = (weight) => now.cost + weight * now.slack + APART_M * now.loose;
  const may = (b, z) => free[b] && cost[b * k + z] < Infinity;

  for (let b = 0; b < n; b += 1) count(b, zone[b], 1);
  for (let z = 0; z < k; z += 1) settle(z);
  return { task, zone, loose, now, put, settle, value, may, looseOf, stamp, walkNumber: () => walk, load: (wanted) => {
    const blocks = [];
    for (let b = 0; b < n; b += 1) if (zone[b] !== wanted[b]) blocks.push(b);
    put(blocks, blocks.map((b) => wanted[b]));
  } };
}

/* Parts of a zone that do not hang together with its home. */
function partsOf(search, z) {
  const { task, zone, stamp } = search;
  search.looseOf(z);
  const reached = search.walkNumber();
  const seen = new Set();
  const parts = [];
  for (let b = 0; b < task.n; b += 1) {
    if (zone[b] !== z || stamp[b] === reached || seen.has(b)) continue;
    const part = [b];
    seen.add(b);
    for (let i = 0; i < part.length; i += 1) {
      for (let j = task.near.start[part[i]]; j < task.near.start[part[i] + 1]; j += 1) {
        const v = task.near.list[j];
        if (zone[v] === z && !seen.has(v)) {
          seen.add(v);
          part.push(v);
        }
      }
    }
    parts.push(part);
  }
  return parts;
}

/* The cheapest free blocks that join a part of a zone to the rest of it; null where none do.  `noise` tries other ways. */
function cheapestJoin(search, z, part, noise) {
  const { task, zone, may } = search;
  const own = new Set(part);
  const far = new Map();
  const back = new Map();
  const heap = makeHeap();
  part.forEach((b) => { far.set(b, 0); heap.push(0, b); });
  while (heap.size()) {
    const [so, u] = heap.pop();
    if (so > far.get(u)) continue;
    if (zone[u] === z && !own.has(u)) {
      const way = [];
      for (let b = back.get(u); b !== undefined && !own.has(b); b = back.get(b)) way.push(b);
      return way;
    }
    for (let i = task.near.start[u]; i < task.near.start[u + 1]; i += 1) {
      const v = task.near.list[i];
      const mine = zone[v] === z;
      if (!mine && !may(v, z)) continue;
      const step = mine ? 0 : Math.max(1, task.cost[v * task.k + z] - task.cost[v * task.k + zone[v]] + task.weigh * task.rules.reduce((sum, rule) => sum + rule.amount[v], 0)) * noise();
      if (!(so + step >= (far.has(v) ? far.get(v) : Infinity))) {
        far.set(v, so + step);
        back.set(v, u);
        heap.push(so + step, v);
      }
    }
  }
  return null;
}

/* Mend zones in parts: a part is joined, or given to the neighbours that it costs least with. */
function mend(search, weight, noise) {
  const { task, zone, put, value, may } = search;
  for (let round = 0; round < 8 && search.now.loose > 0; round += 1) {
    const z = search.loose.findIndex((l, i) => l > 0 && i >= 0);
    const before = value(weight);
    let [best, least] = [null, Infinity];
    search.loose.forEach((l, zone2) => {
      if (l === 0) return;
      partsOf(search, zone2).forEach((part) => {
        const ways = [];
        const join = cheapestJoin(search, zone2, part, noise);
        if (join) ways.push([join, join.map(() => zone2)]);
        if (part.every((b) => task.free[b])) {
          const beside = new Set();
          part.forEach((b) => { for (let i = task.near.start[b]; i < task.near.start[b + 1]; i += 1) beside.add(zone[task.near.list[i]]); });
          beside.forEach((w) => { if (w !== zone2 && part.every((b) => may(b, w))) ways.push([part, part.map(() => w)]); });
        }
        ways.forEach((way) => {
          const from = put(way[0], way[1]);
          const so = value(weight);
          put(way[0], from);
          if (so < least) [best, least] = [way, so];
        });
      });
    });
    if (!best || z < 0 || least >= before - 1e-9) return;
    put(best[0], best[1]);
  }
}

/* Every move, swap and chain of two that is worth it, until there is none. */
function descend(search, until) {
  const { task, zone, put, value, may } = search;
  const { n, near } = task;
  const gain = (blocks, to) => {
    const before = value(1);
    const from = put(blocks, to);
    if (value(1) < before - 0.005) return true;
    put(blocks, from);
    return false;
  };
  const zonesBeside = (b) => {
    const found = [];
    for (let i = near.start[b]; i < near.start[b + 1]; i += 1) {
      const z = zone[near.list[i]];
      if (z !== zone[b] && may(b, z) && !found.includes(z)) found.push(z);
    }
    return found;
  };
  let again = true;
  while (again && performance.now() < until) {
    again = false;
    for (let b = 0; b < n; b += 1) if (task.free[b]) zonesBeside(b).forEach((z) => { if (zone[b] !== z && gain([b], [z])) again = true; });
    if (again) continue;
    for (let b = 0; b < n && performance.now() < until; b += 1) {
      if (!task.free[b]) continue;
      for (const z of zonesBeside(b)) {
        for (let v = 0; v < n && zone[b] !== z; v += 1) {
          if (v === b || zone[v] !== z || !task.free[v]) continue;
          const to = zonesBeside(v).concat(may(v, zone[b]) ? [zone[b]] : []);
          for (const w of to) {
            if (zone[v] === z && zone[b] !== z && gain([b, v], [z, w])) again = true;
          }
        }
      }
    }
  }
}

/* One stretch of annealing: prices of broken rules grow from a part to the whole while it cools; gives the best plan seen. */
function anneal(search, steps, seed, until) {
  const { task, zone, put, value, may } = search;
  const { n, k, near } = task;
  const random = makeRandom(seed);
  const pickOne = (m) => Math.floor(random() * m);
  const noise = () => 0.5 + random();
  const movable = [];
  for (let b = 0; b < n; b += 1) if (task.free[b]) movable.push(b);
  let best = zone.slice();
  let least = value(1);
  if (!movable.length) return { best, least };
  const [hot, cold] = [task.scale, task.scale * 0.004];

  /* A zone beside a block that may take it, drawn at random, or -1. */
  function beside(b) {
    const z = zone[near.list[near.start[b] + pickOne(near.start[b + 1] - near.start[b])]];
    return z !== undefined && z !== zone[b] && may(b, z) ? z : -1;
  }

  function drawn() {
    const b = movable[pickOne(movable.length)];
    const z = near.start[b + 1] > near.start[b] ? beside(b) : -1;
    if (z < 0) return null;
    if (random() < 0.4) return [[b], [z]];
    // a block of the zone that it goes to goes back, or on
    for (let tries = 0; tries < 12; tries += 1) {
      const v = movable[pickOne(movable.length)];
      if (v === b || zone[v] !== z) continue;
      if (random() < 0.5 && may(v, zone[b])) return [[b, v], [z, zone[b]]];
      const w = near.start[v + 1] > near.start[v] ? beside(v) : -1;
      if (w < 0) continue;
      if (w === zone[b] || random() < 0.5) return [[b, v], [z, w]];
      for (let more = 0; more < 6; more += 1) {
        const x = movable[pickOne(movable.length)];
        if (x !== b && x !== v && zone[x] === w && may(x, zone[b])) return [[b, v, x], [z, w, zone[b]]];
      }
    }
    return [[b], [z]];
  }

  for (let step = 0; step < steps; step += 1) {
    if (step % 256 === 0 && performance.now() >= until) break;
    const done = step / steps;
    const heat = hot * Math.pow(cold / hot, done);
    const weight = Math.min(1, 0.03 * Math.pow(1 / 0.03, done / 0.6));
    const move = drawn();
    if (!move) continue;
    const loose = search.now.loose;
    const before = value(weight);
    const from = put(move[0], move[1]);
    let kept = null;
    if (search.now.loose > loose && random() < 0.04) {
      kept = zone.slice(); // others follow, so that what the move tore hangs together again
      mend(search, weight, noise);
    }
    const rise = value(weight) - before;
    if (rise > 0 && random() >= Math.exp(-rise / heat)) {
      if (kept) search.load(kept);
      put(move[0], from);
    } else if (rise !== 0) {
      const so = value(1);
      if (so < least - 0.005) [best, least] = [zone.slice(), so];
    }
  }
  return { best, least };
}
