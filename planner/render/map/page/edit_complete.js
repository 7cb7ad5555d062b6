/* "Complete this community": what the meeting did not touch may follow.  A search of our own: zones in parts are joined first, then single blocks
   and pairs of them move while that is worth it; nothing falls apart by it.  How near the best it came is told against a lower bound. */
const COMPLETE_MS = 3000;

function completeFence(desk, fence) {
  const { numbers, model } = desk;
  const { data, zoneOf } = numbers;
  const until = performance.now() + COMPLETE_MS;
  const edited = new Set(desk.movedBlocks());
  const inside = data.zone.map((z, b) => b).filter((b) => zoneOf[b] >= 0 && model.zones[zoneOf[b]].fence === fence);
  const free = new Set(inside.filter((b) => !data.fixed[b] && !desk.locked.has(b) && !edited.has(b)));
  const start = new Map(inside.map((b) => [b, zoneOf[b]]));
  let now = numbers.figures();

  /* What blocks going to centres would come to, without doing it. */
  function score(blocks, to) {
    const from = blocks.map((b) => zoneOf[b]);
    numbers.assign(blocks, to);
    const found = numbers.figures();
    numbers.assign(blocks, from);
    return found;
  }

  const better = (a, b) => a.apart < b.apart || (a.apart === b.apart && a.value < b.value - 0.005);

  function take(blocks, to) {
    numbers.assign(blocks, to);
    now = numbers.figures();
  }

  /* Of some ways to go on the best, if it is better than to stay. */
  function best(ways) {
    let [chosen, least] = [null, now];
    ways.forEach(([blocks, to]) => {
      const found = score(blocks, to);
      if (better(found, least)) [chosen, least] = [[blocks, to], found];
    });
    if (chosen) take(chosen[0], chosen[1]);
    return chosen !== null;
  }

  const all = (blocks, zone) => [blocks, blocks.map(() => zone)];

  function joinParts() {
    const zones = model.zones.map((zone, z) => z).filter((z) => model.zones[z].fence === fence && numbers.isApart(z));
    return zones.some((z) => best([].concat(...numbers.looseParts(z).map((part) => {
      const join = numbers.joiners(z, part, (b) => free.has(b));
      const away = part.every((b) => free.has(b)) ? numbers.candidates(part).map((c) => all(part, c)) : [];
      return (join ? [all(join, z)] : []).concat(away);
    }))));
  }

  /* Zones that touch a block and may serve it. */
  const beside = (b) => Array.from(new Set(numbers.neighbours(b).map((v) => zoneOf[v]))).filter((z) => z >= 0 && z !== zoneOf[b] && numbers.hasPair(b, z));

  function moveOne() {
    let moved = false;
    free.forEach((b) => { if (performance.now() < until) moved = best(beside(b).map((z) => [[b], [z]])) || moved; });
    return moved;
  }

  /* A block moves, and one of its new zone moves on or back: zones that are full pass homes along. */
  function moveTwo() {
    let moved = false;
    free.forEach((b) => {
      if (performance.now() >= until) return;
      const ways = [];
      beside(b).forEach((z) => free.forEach((v) => {
        if (zoneOf[v] === z) beside(v).forEach((w) => ways.push([[b, v], [z, w]]));
      }));
      moved = best(ways) || moved;
    });
    return moved;
  }

  for (let k = 0; k < 60 && performance.now() < until && joinParts(); k += 1);
  while (performance.now() < until && (moveOne() || moveTwo()));

  /* No plan of this community is below: every free block with the centre that is cheapest for it, no rule broken. */
  let [cost, bound] = [0, 0];
  inside.forEach((b) => {
    const own = numbers.costOf(b, zoneOf[b]);
    cost += own;
    bound += free.has(b) ? numbers.cheapest(b) : own;
  });
  model.zones.forEach((zone, z) => { if (zone.fence === fence) cost += numbers.slackOf(z); });
  const blocks = inside.filter((b) => zoneOf[b] !== start.get(b));
  const to = blocks.map((b) => zoneOf[b]);
  numbers.assign(blocks, blocks.map((b) => start.get(b)));
  return { blocks, to, gap: cost > 0 ? Math.max(0, (cost - bound) / cost) : 0, stopped: performance.now() >= until };
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
