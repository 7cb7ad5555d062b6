/* The desk: what is chosen, moved, locked and noted, each step of which can be undone.
   Others listen: desk.on('change' | 'select' | 'say', listener). */
function makeDesk(model, numbers) {
  const data = numbers.data;
  const ids = model.centres.map((centre) => centre.id);
  const listeners = { change: [], select: [], say: [] };
  const desk = {
    model, numbers, plan: data.plan, selection: new Set(), locked: new Set(), done: [], undone: [], notes: [], touched: new Set(), peeked: null, on: null
  };
  const differs = new Set(); // blocks that are elsewhere than in the plan that was opened
  const first = new Set(data.locks.map((u) => data.block[u]));
  first.forEach((b) => desk.locked.add(b));

  desk.on = (name, listener) => listeners[name].push(listener);
  desk.emit = (name, value) => listeners[name].forEach((listener) => listener(value));
  desk.tell = (text) => desk.emit('say', text);

  /* Bring what the page shows of some zones and blocks up to the numbers. */
  function show(zones, blocks) {
    blocks.forEach((b) => numbers.unitsOf[b].forEach((u) => {
      model.units[u].zone = numbers.zoneOf[b];
      model.units[u].walk = numbers.walkOf(b);
    }));
    zones.forEach((z) => desk.place(z));
    blocks.forEach((b) => (numbers.zoneOf[b] === data.zone[b] ? differs.delete(b) : differs.add(b)));
    buildingsOf(blocks).forEach(settleBuilding);
    zones.forEach((z) => {
      const now = numbers.zoneFigures(z);
      const words = now.broken.map((rule) => rule.words);
      Object.assign(model.zones[z], { homes: now.homes, membersKnown: now.members !== null, members: now.members, mean: now.mean, max: now.max, broken: words, apart: now.apart, edited: true });
      model.zones[z].centre = Object.assign({}, model.zones[z].centre, { p90: null });
      desk.touched.add(z);
    });
  }

  function carry(step, back) {
    let zones = new Set();
    if (step.kind === 'move') {
      zones = numbers.assign(step.blocks, back ? step.from : step.to);
      show(zones, step.blocks);
    }
    if (step.kind === 'seat') {
      const found = numbers.rearrange(step.blocks, back ? step.from : step.to, step.seats.map(([z, before, after]) => [z, back ? before : after]));
      zones = found.zones;
      show(zones, found.blocks);
    }
    if (step.kind === 'lock') step.blocks.forEach((b) => (step.lock !== back ? desk.locked.add(b) : desk.locked.delete(b)));
    if (step.kind === 'note') desk.notes = back ? step.before : step.after;
    return zones;
  }

  function perform(step) {
    desk.peek(false);
    desk.done.push(step);
    desk.undone = [];
    desk.emit('change', carry(step, false));
  }

  desk.blockAt = (unit) => data.block[unit];

  function buildingsOf(blocks) {
    const found = new Set();
    blocks.forEach((b) => numbers.unitsOf[b].forEach((u) => found.add(model.buildings[model.units[u].building])));
    return found;
  }
  desk.buildingsOf = buildingsOf;

  /* The blocks of a building that can move: the home of a centre stays, unless there is nothing else. */
  desk.movable = (building) => {
    const free = building.blocks.filter((b) => !data.fixed[b]);
    return free.length ? free : building.blocks;
  };

  /* Those of some blocks that can go to a centre, so that a stroke takes what it can. */
  desk.able = (blocks, centre) => blocks.filter((b) => numbers.zoneOf[b] !== centre && !desk.refusal([b], centre));

  /* Paint buildings into a zone: what cannot go stays, and is counted. */
  desk.paint = (buildings, centre) => {
    const wanted = Array.from(new Set([].concat(...buildings.map(desk.movable)))).filter((b) => numbers.zoneOf[b] !== centre);
    const blocks = desk.able(wanted, centre);
    if (!blocks.length) {
      desk.tell(wanted.length ? desk.refusal(wanted, centre) : say('alreadyThere'));
      return false;
    }
    desk.move(centre, blocks);
    if (blocks.length < wanted.length) desk.tell(say('didPaint', { n: desk.unitCount(blocks), z: model.zones[centre].n, k: desk.unitCount(wanted) - desk.unitCount(blocks) }));
    return true;
  };

  desk.choose = (blocks, how) => {
    if (how !== 'add' && how !== 'toggle') desk.selection.clear();
    blocks.forEach((b) => (how === 'toggle' && desk.selection.has(b) ? desk.selection.delete(b) : desk.selection.add(b)));
    desk.emit('select');
  };

  /* Why blocks cannot go to a centre; empty when they can. */
  desk.refusal = (blocks, centre) => {
    const count = (test) => blocks.filter(test).length;
    if (!blocks.length) return say('chooseFirst');
    const home = count((b) => data.fixed[b] === 1);
    if (home) return say('homeStays', { n: home });
    if (count((b) => data.fixed[b] === 2)) return say('fewStay');
    const locked = count((b) => desk.locked.has(b));
    if (locked) return say('lockedStay', { n: locked });
    const far = centre === undefined ? 0 : count((b) => numbers.zoneOf[b] !== centre && !numbers.hasPair(b, centre));
    return far ? say('tooFar', { n: far }) : '';
  };

  desk.move = (centre, chosen) => {
    const blocks = (chosen || Array.from(desk.selection)).filter((b) => numbers.zoneOf[b] !== centre);
    const why = desk.refusal(chosen || Array.from(desk.selection), centre);
    if (why || !blocks.length) {
      desk.tell(why || say('alreadyThere'));
      return false;
    }
    perform({ kind: 'move', blocks, from: blocks.map((b) => numbers.zoneOf[b]), to: centre });
    desk.tell(say('didMove', { n: desk.unitCount(blocks), z: model.zones[centre].n }));
    return true;
  };

  desk.lock = (chosen) => {
    const blocks = chosen || Array.from(desk.selection);
    if (!blocks.length) return desk.tell(say('chooseFirst'));
    const lock = blocks.some((b) => !desk.locked.has(b));
    perform({ kind: 'lock', lock, blocks: blocks.filter((b) => desk.locked.has(b) !== lock) });
    return desk.tell(say(lock ? 'didLock' : 'didUnlock', { n: desk.unitCount(blocks) }));
  };

  /* Everything that has a zone is locked where it is, or every lock opened: one step. */
  desk.lockAll = (lock) => {
    const blocks = data.zone.map((z, b) => b).filter((b) => desk.locked.has(b) !== lock && (!lock || numbers.zoneOf[b] >= 0));
    if (!blocks.length) return desk.tell(say('alreadyLocked'));
    perform({ kind: 'lock', lock, blocks });
    return desk.tell(say(lock ? 'didLock' : 'didUnlock', { n: desk.unitCount(blocks) }));
  };

  /* The two zones among which what is chosen can be swapped, or null. */
  desk.swappable = () => {
    const zones = Array.from(new Set(Array.from(desk.selection, (b) => numbers.zoneOf[b])));
    return zones.length === 2 && zones.every((z) => z >= 0) ? zones : null;
  };

  /* What is chosen of two zones changes places. */
  desk.swap = () => {
    const zones = desk.swappable();
    if (!zones) return desk.tell(say('swapTwo'));
    const blocks = Array.from(desk.selection);
    const to = blocks.map((b) => (numbers.zoneOf[b] === zones[0] ? zones[1] : zones[0]));
    const why = zones.map((z) => desk.refusal(blocks.filter((b, i) => to[i] === z), z)).find(Boolean);
    if (why) return desk.tell(why);
    perform({ kind: 'move', blocks, from: blocks.map((b) => numbers.zoneOf[b]), to });
    return desk.tell(say('didSwap', { a: model.zones[zones[0]].n, b: model.zones[zones[1]].n }));
  };

  /* Look at the plan that was opened, and back at the edited one; nothing is undone by it. */
  desk.peek = (on) => {
    if (on === Boolean(desk.peeked)) return;
    if (on && desk.saveNow) desk.saveNow();
    const blocks = on ? desk.movedBlocks() : desk.peeked.blocks;
    const to = on ? blocks.map((b) => data.zone[b]) : desk.peeked.zones;
    const now = blocks.map((b) => numbers.zoneOf[b]);
    const seats = on ? desk.reseated().map((z) => [z, numbers.opened[z] || numbers.noSeat]) : desk.peeked.seats;
    desk.peeked = on ? { blocks, zones: now, seats: seats.map(([z]) => [z, numbers.seats[z]]) } : null;
    const found = numbers.rearrange(blocks, to, seats);
    show(found.zones, found.blocks);
    desk.emit('change', found.zones);
    desk.tell(say(on ? 'peeking' : 'peeked'));
  };

  /* Blocks that follow what the meeting moved, each to its own centre: one step. */
  desk.follow = (blocks, to) => perform({ kind: 'move', blocks, from: blocks.map((b) => numbers.zoneOf[b]), to });

  desk.note = (after) => perform({ kind: 'note', before: desk.notes, after });

  desk.undo = () => {
    desk.peek(false);
    const step = desk.done.pop();
    if (!step) return desk.tell(say('nothingToUndo'));
    desk.undone.push(step);
    desk.emit('change', carry(step, true));
    return desk.tell(say('undid'));
  };

  desk.redo = () => {
    desk.peek(false);
    const step = desk.undone.pop();
    if (!step) return desk.tell(say('nothingToRedo'));
    desk.done.push(step);
    desk.emit('change', carry(step, false));
    return desk.tell(say('redid'));
  };

  /* What is broken: each zone in parts, its loose blocks, and what would join them. */
  const found = new Map();
  desk.faults = (zones) => {
    const apart = model.zones.map((zone, z) => z).filter((z) => numbers.isApart(z));
    found.forEach((fault, z) => { if (!numbers.isApart(z) || !zones || zones.has(z)) found.delete(z); });
    const free = (b) => !data.fixed[b] && !desk.locked.has(b);
    apart.filter((z) => !found.has(z)).forEach((zone) => found.set(zone, { zone, parts: numbers.looseParts(zone).map((part) => ({ part, join: numbers.joiners(zone, part, free) })) }));
    return apart.map((z) => found.get(z));
  };

  desk.unitCount = (blocks) => blocks.reduce((sum, b) => sum + numbers.unitsOf[b].length, 0);
  desk.movedBlocks = () => Array.from(differs).sort((a, b) => a - b);
  desk.edited = () => desk.movedBlocks().length > 0 || desk.reseated().length > 0;
  desk.changed = () => desk.peeked !== null || desk.edited() || desk.notes.length > 0 || desk.locked.size !== first.size || Array.from(first).some((b) => !desk.locked.has(b));

  /* What `planner apply` reads. */
  desk.changes = () => {
    const unitsOf = (blocks) => [].concat(...blocks.map((b) => numbers.unitsOf[b])).sort((a, b) => a - b);
    const name = (z) => (z < 0 ? '' : ids[z]);
    return {
      format: 'planner-changes-1', plan: data.plan, created: new Date().toISOString().slice(0, 19) + 'Z',
      moves: unitsOf(desk.movedBlocks()).map((u) => ({ unit: data.units[u], from: name(data.zone[data.block[u]]), to: name(numbers.zoneOf[data.block[u]]) })),
      locks: unitsOf(Array.from(desk.locked)).map((u) => data.units[u]),
      unlocked: unitsOf(Array.from(first).filter((b) => opened.has(b) || !desk.locked.has(b))).map((u) => data.units[u]),
      notes: desk.notes, ...(desk.reseated().length ? { centres: desk.seatChanges() } : {})
    };
  };

  addSeats(desk, model, ids, perform);

  /* Take up changes that this page wrote earlier; what does not fit is left out. */
  desk.restore = (saved) => {
    const unit = new Map(data.units.map((id, u) => [id, u]));
    const groups = new Map();
    const given = new Set((saved.centres || []).filter((one) => !one.unit).map((one) => ids.indexOf(one.centre)));
    desk.reseat(saved.centres || [], false);
    (saved.moves || []).forEach((move) => {
      const b = data.block[unit.get(move.unit)];
      const to = ids.indexOf(move.to);
      if (b === undefined || to < 0 || !numbers.hasPair(b, to) || (data.fixed[b] && !given.has(numbers.zoneOf[b])) || numbers.zoneOf[b] === to) return;
      if (!groups.has(to)) groups.set(to, new Set());
      groups.get(to).add(b);
    });
    const wanted = new Set((saved.locks || []).map((id) => data.block[unit.get(id)]).filter((b) => b !== undefined));
    const open = Array.from(first).filter((b) => !wanted.has(b) || (saved.unlocked || []).some((id) => data.block[unit.get(id)] === b));
    if (open.length) perform({ kind: 'lock', lock: false, blocks: open });
    groups.forEach((blocks, to) => perform({ kind: 'move', blocks: Array.from(blocks), from: Array.from(blocks).map((b) => numbers.zoneOf[b]), to }));
    desk.reseat(saved.centres || [], true);
    const lock = Array.from(wanted).filter((b) => !desk.locked.has(b));
    if (lock.length) perform({ kind: 'lock', lock: true, blocks: lock });
    if (Array.isArray(saved.notes) && saved.notes.length) desk.note(saved.notes);
  };

  /* Blocks whose lock of the plan was opened, even if they are locked again. */
  const opened = new Set();
  desk.on('change', () => {
    opened.clear();
    desk.done.forEach((step) => step.kind === 'lock' && !step.lock && step.blocks.forEach((b) => first.has(b) && opened.add(b)));
  });
  return desk;
}
