/* "Complete this community": what the meeting did not touch may follow where that is worth `data.walk.move` metres a home, as in
   `planner apply --complete`.  How near the best it came is told against a lower bound. */
const COMPLETE_MS = 4500;
const MOST_BLOCKS = 1200; // of one search: where there are no communities, those round what was edited

/* Blocks of a community, or where these are too many, of the zones nearest to what was edited or is broken. */
function meantBlocks(desk, fence) {
  const { numbers, model } = desk;
  const { data, zoneOf } = numbers;
  const inside = data.zone.map((z, b) => b).filter((b) => zoneOf[b] >= 0 && model.zones[zoneOf[b]].fence === fence);
  if (inside.length <= MOST_BLOCKS) return inside;
  const zones = new Set(desk.movedBlocks().map((b) => zoneOf[b]).concat(desk.faults().map((fault) => fault.zone)).filter((z) => model.zones[z].fence === fence));
  let few = inside.filter((b) => zones.has(zoneOf[b]));
  while (zones.size) {
    const ring = new Set([].concat(...few.map((b) => numbers.neighbours(b).map((v) => zoneOf[v]))));
    ring.forEach((z) => { if (z < 0 || model.zones[z].fence !== fence) ring.delete(z); else zones.add(z); });
    const more = inside.filter((b) => zones.has(zoneOf[b]));
    if (more.length > MOST_BLOCKS || more.length === few.length) break;
    few = more;
  }
  return few;
}

/* The community as plain arrays; blocks and zones by their places in `inside` and `zones`. */
function completeTask(desk, inside) {
  const { numbers } = desk;
  const { data, zoneOf } = numbers;
  const edited = new Set(desk.movedBlocks());
  const zones = Array.from(new Set(inside.map((b) => zoneOf[b]))).sort((a, b) => a - b);
  const [n, k] = [inside.length, zones.length];
  const at = new Map(inside.map((b, i) => [b, i]));
  const free = inside.map((b) => !data.fixed[b] && !desk.locked.has(b) && !edited.has(b));
  const cost = new Float64Array(n * k).fill(Infinity);
  inside.forEach((b, i) => zones.forEach((z, j) => {
    const stays = zoneOf[b] === z;
    if (stays || (free[i] && numbers.hasPair(b, z))) cost[i * k + j] = numbers.costOf(b, z) + (stays ? 0 : data.walk.move * data.homes[b]);
  }));
  const lists = inside.map((b) => numbers.neighbours(b).filter((v) => at.has(v)).map((v) => at.get(v)));
  const rules = data.rules.map((rule) => {
    const limits = zones.map((z) => numbers.limitsOf(rule, z));
    return {
      amount: inside.map((b) => rule.amount[b]), per: rule.per && inside.map((b) => rule.per[b]), price: rule.hard ? Math.max(rule.price, 1e5) : rule.price,
      low: limits.map((one) => one[0]), high: limits.map((one) => one[1])
    };
  });
  const homes = inside.reduce((sum, b) => sum + data.homes[b], 0);
  return {
    n, k, cost, free, rules, zones, home: zones.map((z) => at.get(numbers.seats[z].home)), zone: inside.map((b) => zones.indexOf(zoneOf[b])),
    near: { start: starts(lists.map((list) => list.length)), list: Int32Array.from([].concat(...lists)) }, weigh: 20, scale: (400 * homes) / Math.max(1, n)
  };
}

function completeFence(desk, fence) {
  const until = performance.now() + COMPLETE_MS;
  const inside = meantBlocks(desk, fence);
  const task = completeTask(desk, inside);
  const search = makeSearch(task);
  task.torn = Array.from(search.loose.keys()).filter((z) => search.loose[z] > 0);
  const whole = () => 1;
  mend(search, 1, whole);
  descend(search, until);
  let [best, least] = [search.zone.slice(), search.value(1)];
  const movable = task.free.filter(Boolean).length;
  const steps = Math.min(160000, 6000 + 1500 * movable);
  for (let seed = 1; seed <= 3 && movable; seed += 1) {
    search.load(best);
    search.load(anneal(search, steps, seed, until - 1700).best);
    descend(search, until - 1400);
    if (search.value(1) < least - 0.005) [best, least] = [search.zone.slice(), search.value(1)];
  }
  search.load(best);
  const bound = boundOf(task, least, 220, until);
  const moved = Array.from(best.keys()).filter((i) => best[i] !== task.zone[i]);
  const clean = search.now.cost + search.now.slack;
  return { blocks: moved.map((i) => inside[i]), to: moved.map((i) => task.zones[best[i]]), gap: clean > 0 ? Math.max(0, (clean - bound) / clean) : 0, stopped: performance.now() >= until };
}

/* The community that is meant: of what is chosen, else of what is broken, else of the last move. */
function fenceMeant(desk, edit) {
  const { numbers, model } = desk;
  const chosen = Array.from(desk.selection, (b) => numbers.zoneOf[b]).find((z) => z >= 0);
  const last = desk.done.filter((step) => step.kind === 'move' && step.blocks.length).map((step) => numbers.zoneOf[step.blocks[0]]).pop();
  const zone = [chosen, edit.faults.length ? edit.faults[0].zone : undefined, last].find((z) => z !== undefined && z >= 0);
  return zone === undefined ? null : model.zones[zone].fence;
}

function completeHere(desk, edit) {
  const fence = fenceMeant(desk, edit);
  if (fence === null) return desk.tell(say('completeWhich'));
  desk.peek(false);
  const found = completeFence(desk, fence);
  const told = { f: fence || say('completeAll'), n: desk.unitCount(found.blocks), g: (100 * found.gap).toFixed(1) };
  if (found.blocks.length) desk.follow(found.blocks, found.to);
  const parts = desk.faults().filter((fault) => desk.model.zones[fault.zone].fence === fence).length;
  return desk.tell(say('didComplete', told) + (parts ? say('completeApart', { n: parts }) : '') + (found.stopped ? say('completeStopped') : ''));
}
