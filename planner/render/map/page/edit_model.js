/* The plan as numbers that can be changed: what a move costs, and what it does to rules and connection.
   Lengths are whole centimetres inside, so that sums are exact; rules and connection are the audit's. */
const ROUNDING = 1e-6;

function starts(counts) {
  const start = new Int32Array(counts.length + 1);
  counts.forEach((count, i) => { start[i + 1] = start[i] + count; });
  return start;
}

/* Neighbours of each block, from two delta-coded columns. */
function neighboursOf(edges, n) {
  const from = new Int32Array(edges[0].length);
  const to = new Int32Array(edges[0].length);
  const counts = new Array(n).fill(0);
  let at = 0;
  edges[0].forEach((step, i) => {
    at += step;
    from[i] = at;
    to[i] = at + edges[1][i];
    counts[from[i]] += 1;
    counts[to[i]] += 1;
  });
  const start = starts(counts);
  const next = start.slice();
  const list = new Int32Array(from.length * 2);
  from.forEach((u, i) => {
    list[next[u]] = to[i];
    next[u] += 1;
    list[next[to[i]]] = u;
    next[to[i]] += 1;
  });
  return { start, list };
}

function unitsOfBlocks(block, n) {
  const units = Array.from({ length: n }, () => []);
  block.forEach((b, u) => units[b].push(u));
  return units;
}

/* By how much a zone breaks a rule: [over, short], with the audit's rounding. */
function ruleExcess(rule, amount, per, zone) {
  const counted = rule.per === null ? 1 : per;
  const outside = (limit, sign) => {
    if (limit === null) return 0;
    const allowed = limit * counted + ((rule.own && rule.own[sign > 0 ? 1 : 0][zone]) || 0);
    const excess = sign * (amount - allowed);
    return excess > ROUNDING * Math.max(1, Math.abs(allowed)) ? excess : 0;
  };
  return [outside(rule.high, 1), outside(rule.low, -1)];
}

function makeEditModel(data, zoneCount) {
  const n = data.zone.length;
  const pairs = data.pairs;
  const pairStart = starts(pairs.count);
  const near = neighboursOf(data.edges, n);
  const zoneOf = Int32Array.from(data.zone);
  const column = () => new Float64Array(zoneCount + SPARE_ZONES);
  const sums = {
    blocks: column(), homes: column(), paced: column(),
    amount: data.rules.map(column), per: data.rules.map((rule) => (rule.per === null ? null : column()))
  };
  const total = { cost: 0, penalty: 0, change: 0, left: 0, beyond: 0, slack: 0, apart: 0 };
  const slack = column();
  const apart = new Uint8Array(zoneCount + SPARE_ZONES);
  /* Where each centre is: its block and unit, and pairs of its own where it is not where it was. */
  const noSeat = { home: -1, unit: -1, own: new Int32Array(n).fill(-1) };
  const opened = data.home.map((home) => ({ home, unit: -1, own: null }));
  const seats = opened.slice();
  const free = data.fixed.map((fixed) => (fixed === 1 ? 0 : fixed));
  const stamp = new Int32Array(n);
  const stack = new Int32Array(n);
  let walkNumber = 0;
  let elsewhere = []; // zones with pairs of their own
  const kin = data.home.map((home, z) => z);

  function pairOf(block, centre) {
    const own = seats[centre].own;
    if (own) return own[block];
    for (let p = pairStart[block]; p < pairStart[block + 1]; p += 1) if (pairs.centre[p] === centre) return p;
    return -1;
  }

  /* Put a block into its zone (sign 1), or take it out (sign -1). */
  function count(block, sign) {
    const zone = zoneOf[block];
    if (zone < 0) {
      total.left += sign * data.left[block];
      return;
    }
    const p = pairOf(block, zone);
    total.cost += sign * pairs.cost[p];
    total.penalty += sign * pairs.penalty[p];
    total.change += sign * pairs.change[p];
    total.beyond += sign * pairs.beyond[p];
    sums.blocks[zone] += sign;
    sums.homes[zone] += sign * data.homes[block];
    sums.paced[zone] += sign * (pairs.paced || pairs.cost)[p];
    data.rules.forEach((rule, r) => {
      sums.amount[r][zone] += sign * rule.amount[block];
      if (rule.per !== null) sums.per[r][zone] += sign * rule.per[block];
    });
  }

  /* Rules of single communities are for the zones of these alone. */
  data.rules.forEach((rule) => { rule.mine = rule.zones ? new Set(rule.zones) : null; });

  const bound = (rule, zone) => seats[zone].home >= 0 && (!rule.mine || rule.mine.has(kin[zone]));

  function excessOf(rule, r, zone) {
    if (!bound(rule, zone)) return [0, 0];
    return ruleExcess(rule, sums.amount[r][zone], rule.per === null ? 1 : sums.per[r][zone], zone);
  }

  /* What a rule allows a zone, the least and the most; any where it is not for it. */
  function limitsOf(rule, zone) {
    const own = (side) => (rule.own && rule.own[side][zone]) || 0;
    if (!bound(rule, zone)) return [-Infinity, Infinity];
    return [rule.low === null ? -Infinity : rule.low + own(0), rule.high === null ? Infinity : rule.high + own(1)];
  }

  /* Walk a zone from its home: it hangs together when every block of it is reached. */
  function hangsTogether(zone) {
    const home = seats[zone].home;
    if (home < 0) return sums.blocks[zone] === 0;
    if (zoneOf[home] !== zone) return false;
    walkNumber += 1;
    let size = 1;
    let reached = 0;
    stack[0] = home;
    stamp[home] = walkNumber;
    while (size > 0) {
      size -= 1;
      const u = stack[size];
      reached += 1;
      for (let i = near.start[u]; i < near.start[u + 1]; i += 1) {
        const v = near.list[i];
        if (stamp[v] !== walkNumber && zoneOf[v] === zone) {
          stamp[v] = walkNumber;
          stack[size] = v;
          size += 1;
        }
      }
    }
    return reached === sums.blocks[zone];
  }

  function settle(zone) {
    if (zone < 0) return;
    const now = data.rules.reduce((sum, rule, r) => {
      const [over, short] = excessOf(rule, r, zone);
      return sum + rule.price * (over + short);
    }, 0);
    total.slack += now - slack[zone];
    slack[zone] = now;
    const broken = hangsTogether(zone) ? 0 : 1;
    total.apart += broken - apart[zone];
    apart[zone] = broken;
  }

  /* Give blocks to centres (-1 is none); tell which zones changed. */
  function assign(blocks, centres) {
    const touched = new Set();
    blocks.forEach((b, i) => {
      const to = typeof centres === 'number' ? centres : centres[i];
      if (zoneOf[b] === to) return;
      touched.add(zoneOf[b]).add(to);
      count(b, -1);
      zoneOf[b] = to;
      count(b, 1);
    });
    touched.forEach(settle);
    touched.delete(-1);
    return touched;
  }

  /* Blocks go to centres while some of these go elsewhere, or come and go; tell which zones changed. */
  function rearrange(blocks, centres, moved) {
    const touched = new Set(moved.map(([z]) => z));
    const to = new Map(blocks.map((b, i) => [b, centres[i]]));
    zoneOf.forEach((z, b) => { if (touched.has(z) && !to.has(b)) to.set(b, z); });
    to.forEach((z, b) => {
      touched.add(zoneOf[b]).add(z);
      count(b, -1);
    });
    moved.forEach(([z]) => { if (seats[z].home >= 0) data.fixed[seats[z].home] = free[seats[z].home]; });
    moved.forEach(([z, seat]) => { seats[z] = seat; });
    moved.forEach(([, seat]) => { if (seat.home >= 0) data.fixed[seat.home] = 1; });
    elsewhere = seats.map((seat, z) => z).filter((z) => seats[z].own && seats[z].home >= 0);
    to.forEach((z, b) => {
      zoneOf[b] = z;
      count(b, 1);
    });
    touched.forEach(settle);
    touched.delete(-1);
    return { zones: touched, blocks: Array.from(to.keys()) };
  }

  /* A zone more, given up until a centre is put into it; rules of communities are for it as for the one that it is cut from. */
  function addZone(source) {
    seats.push(noSeat);
    kin.push(kin[source]);
  }

  function brokenRules(zone) {
    return data.rules.filter((rule, r) => excessOf(rule, r, zone).some((x) => x > 0));
  }

  /* Metres: walking, prices of broken rules, prices of homes that change hands, and all three. */
  function figures() {
    const walk = total.cost / 100;
    const penalty = total.penalty / 100 + total.slack + data.unserved * total.left;
    const change = total.change / 100;
    return { walk, penalty, change, value: walk + penalty + change, beyond: total.beyond, apart: total.apart };
  }

  /* Each rule over all zones, as the audit reads it. */
  function ruleOutcomes() {
    return data.rules.map((rule, r) => {
      let [low, high, broken] = [Infinity, -Infinity, 0];
      for (let z = 0; z < seats.length; z += 1) {
        if (!bound(rule, z)) continue;
        const seen = rule.per === null ? sums.amount[r][z] : sums.amount[r][z] / sums.per[r][z];
        if (!Number.isNaN(seen)) {
          low = Math.min(low, seen);
          high = Math.max(high, seen);
        }
        if (excessOf(rule, r, z).some((x) => x > 0)) broken += 1;
      }
      if (low > high) [low, high] = [0, 0];
      const worst = rule.high === null ? low : rule.low === null ? high : rule.low - low > high - rule.high ? low : high;
      return { name: rule.name, low, high, worst, broken };
    });
  }

  function zoneFigures(zone) {
    let [far, left] = [0, 0];
    zoneOf.forEach((z, b) => {
      if (z === zone && data.homes[b] > 0) far = Math.max(far, pairs.far[pairOf(b, zone)]);
      if (z < 0) left += data.homes[b];
    });
    const homes = sums.homes[zone];
    const amount = (name) => {
      const r = data.rules.findIndex((rule) => rule.name.split('@')[0] === name);
      return r < 0 ? null : sums.amount[r][zone];
    };
    return { homes, members: amount('members_per_zone'), mean: homes ? sums.paced[zone] / 100 / homes : 0, max: far, left, broken: brokenRules(zone), apart: apart[zone] === 1 };
  }

  /* Metres that a pair of block and centre costs, rules on zones aside; and the least of a block's. */
  function price(p) {
    return (pairs.cost[p] + pairs.penalty[p] + pairs.change[p]) / 100;
  }

  /* Rows of the pairs of a block with their centres, as these are now. */
  function eachPair(block, visit) {
    for (let p = pairStart[block]; p < pairStart[block + 1]; p += 1) if (!seats[pairs.centre[p]].own) visit(pairs.centre[p], p);
    elsewhere.forEach((z) => { if (seats[z].own[block] >= 0) visit(z, seats[z].own[block]); });
  }

  function cheapest(block) {
    let least = Infinity;
    eachPair(block, (z, p) => { least = Math.min(least, price(p)); });
    return least;
  }

  /* Mean walk of all homes that have a zone, metres. */
  function mean() {
    let [paced, homes] = [0, 0];
    for (let z = 0; z < seats.length; z += 1) {
      paced += sums.paced[z];
      homes += sums.homes[z];
    }
    return homes ? paced / 100 / homes : 0;
  }

  /* The parts of a zone that do not hang together with its home, each as its blocks. */
  function looseParts(zone) {
    hangsTogether(zone);
    const seen = new Set();
    const parts = [];
    zoneOf.forEach((z, b) => {
      if (z !== zone || stamp[b] === walkNumber || seen.has(b)) return;
      const part = [b];
      seen.add(b);
      for (let k = 0; k < part.length; k += 1) {
        for (let i = near.start[part[k]]; i < near.start[part[k] + 1]; i += 1) {
          const v = near.list[i];
          if (zoneOf[v] === zone && !seen.has(v)) {
            seen.add(v);
            part.push(v);
          }
        }
      }
      parts.push(part);
    });
    return parts;
  }

  /* The fewest free blocks that, given to the zone as well, join a part of it to its home; null where none do. */
  function joiners(zone, part, free) {
    const before = new Map(part.map((b) => [b, -1]));
    const queue = part.slice();
    const own = new Set(part);
    for (let k = 0; k < queue.length; k += 1) {
      const u = queue[k];
      for (let i = near.start[u]; i < near.start[u + 1]; i += 1) {
        const v = near.list[i];
        if (before.has(v)) continue;
        if (zoneOf[v] === zone && !own.has(v)) {
          const way = [];
          for (let b = u; b >= 0 && !own.has(b); b = before.get(b)) way.push(b);
          return way;
        }
        if (zoneOf[v] === zone || !free(v) || pairOf(v, zone) < 0) continue;
        before.set(v, u);
        queue.push(v);
      }
    }
    return null;
  }

  /* What a move would do, without doing it. */
  function weigh(blocks, centre) {
    const moving = blocks.filter((b) => zoneOf[b] !== centre);
    const before = figures();
    const from = moving.map((b) => zoneOf[b]);
    const zones = Array.from(new Set(from.concat([centre]))).filter((z) => z >= 0);
    const was = new Set([].concat(...zones.map((z) => brokenRules(z).map((rule) => z + rule.name))));
    const wasApart = zones.filter((z) => apart[z]);
    assign(moving, centre);
    const after = figures();
    const result = {
      centre, walk: after.walk - before.walk, value: after.value - before.value, homes: centre < 0 ? 0 : sums.homes[centre],
      fresh: [].concat(...zones.map((z) => brokenRules(z).filter((rule) => !was.has(z + rule.name)).map((rule) => ({ zone: z, rule })))),
      apart: zones.filter((z) => apart[z] && !wasApart.includes(z))
    };
    assign(moving, from);
    return result;
  }

  /* Centres that may serve all of some blocks. */
  function candidates(blocks) {
    const tally = new Map();
    blocks.forEach((b) => eachPair(b, (z) => tally.set(z, (tally.get(z) || 0) + 1)));
    return Array.from(tally.keys()).filter((c) => tally.get(c) === blocks.length).filter((c) => blocks.some((b) => zoneOf[b] !== c)).sort((a, b) => a - b);
  }

  zoneOf.forEach((z, b) => count(b, 1));
  for (let z = 0; z < zoneCount; z += 1) settle(z);
  const unitsOf = unitsOfBlocks(data.block, n);
  return {
    seats, opened, noSeat, limitsOf, rearrange, addZone, makeSeat: makeSeats(data, unitsOf, pairOf),
    data, n, zoneOf, pairOf, assign, weigh, candidates, figures, mean, looseParts, joiners, ruleOutcomes, zoneFigures, brokenRules,
    unitsOf, neighbours: (b) => Array.from(near.list.subarray(near.start[b], near.start[b + 1])), slackOf: (z) => slack[z],
    costOf: (b, z) => price(pairOf(b, z)), cheapest, isApart: (z) => apart[z] === 1,
    walkOf: (b) => (zoneOf[b] < 0 ? null : data.homes[b] ? (pairs.paced || pairs.cost)[pairOf(b, zoneOf[b])] / 100 / data.homes[b] : pairs.far[pairOf(b, zoneOf[b])]),
    farOf: (b) => (zoneOf[b] < 0 ? null : pairs.far[pairOf(b, zoneOf[b])]), hasPair: (b, c) => pairOf(b, c) >= 0
  };
}
