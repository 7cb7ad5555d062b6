/* The comparison, put together: two scenes on one map, the slider between them, and what is chosen. */

/* Only the part of a pane left or right of a line is seen; none of it where the other plan is shown alone. */
function clipPane(map, pane, left, right) {
  pane.style.display = right > left ? '' : 'none';
  const size = map.getSize();
  const a = map.containerPointToLayerPoint([left - size.x, -size.y]);
  const b = map.containerPointToLayerPoint([right + size.x, 2 * size.y]);
  const x0 = left <= 0 ? a.x : map.containerPointToLayerPoint([left, 0]).x;
  const x1 = right >= size.x ? b.x : map.containerPointToLayerPoint([right, 0]).x;
  pane.style.clip = 'rect(' + [a.y, x1, b.y, x0].map((v) => v + 'px').join(',') + ')';
}

function makeSwipe(map, state, moved) {
  const name = (kind) => make('span', { class: 'swipe-name ' + kind });
  const names = [name('before'), name('after')];
  const handle = make('div', { class: 'swipe-handle', text: '⇔', set: { role: 'slider', tabindex: '0', 'aria-valuemin': '0', 'aria-valuemax': '100', 'aria-orientation': 'horizontal' } });
  const line = make('div', { class: 'swipe' }, [handle].concat(names));
  const set = (share) => {
    state.share = Math.max(0.02, Math.min(0.98, share));
    moved();
  };
  let held = null;
  handle.addEventListener('pointerdown', (event) => {
    held = event.pointerId;
    handle.setPointerCapture(held);
    event.preventDefault();
    handle.focus();
  });
  handle.addEventListener('pointermove', (event) => {
    const box = map.getContainer().getBoundingClientRect();
    if (event.pointerId === held) set((event.clientX - box.left) / box.width);
  });
  ['pointerup', 'pointercancel'].forEach((kind) => handle.addEventListener(kind, () => { held = null; }));
  handle.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -0.02, ArrowRight: 0.02, PageDown: -0.1, PageUp: 0.1 }[event.key];
    if (step === undefined && event.key !== 'Home' && event.key !== 'End') return;
    event.preventDefault();
    event.stopPropagation();
    set(event.key === 'Home' ? 0 : event.key === 'End' ? 1 : state.share + step);
  });
  return {
    line,
    show: () => {
      line.style.display = state.side === 'planBoth' ? '' : 'none';
      line.style.left = 100 * state.share + '%';
      handle.setAttribute('aria-valuenow', String(Math.round(100 * state.share)));
      handle.setAttribute('aria-label', say('swipeHint'));
      handle.title = say('swipeHint');
      names.forEach((node, i) => { node.textContent = say(i ? 'planAfter' : 'planBefore'); });
    }
  };
}

/* Above the map: the homes of the chosen change, from their old centre (dashed) to the new one. */
function makeHandMarks(map, pair, chosen) {
  const canvas = make('canvas', { class: 'compare-marks', set: { 'aria-hidden': 'true' } });
  map.getContainer().appendChild(canvas);
  const draw = () => {
    const size = map.getSize();
    const ratio = Math.min(3, window.devicePixelRatio || 1);
    canvas.width = Math.round(size.x * ratio);
    canvas.height = Math.round(size.y * ratio);
    canvas.style.width = size.x + 'px';
    canvas.style.height = size.y + 'px';
    const ctx = canvas.getContext('2d');
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, size.x, size.y);
    const at = (thing) => map.latLngToContainerPoint(pair.after.plane.latLng(thing.sx, thing.sy));
    const line = (a, b, colour, dash) => [['#ffffff', 5, []], [colour, 2.4, dash]].forEach(([ink, width, gaps]) => {
      ctx.beginPath();
      ctx.moveTo(a.x, a.y);
      ctx.lineTo(b.x, b.y);
      ctx.setLineDash(gaps);
      ctx.lineWidth = width;
      ctx.strokeStyle = ink;
      ctx.stroke();
      ctx.setLineDash([]);
    });
    const ring = (p, r, colour) => [['#ffffff', 6], [colour, 3]].forEach(([ink, width]) => {
      ctx.beginPath();
      ctx.arc(p.x, p.y, r, 0, 2 * Math.PI);
      ctx.lineWidth = width;
      ctx.strokeStyle = ink;
      ctx.stroke();
    });
    const rows = chosen();
    const seat = (row) => at(buildingOf(pair, row)); // where the symbol is, not the stairwell
    rows.forEach((row) => {
      const home = seat(row);
      const [from, to] = [pair.before.zones[row.from], pair.after.zones[row.to]];
      if (from) line(home, at(from.centre), from.ink, [7, 5]);
      if (to) line(home, at(to.centre), to.ink, []);
    });
    rows.forEach((row) => ring(seat(row), 11, COLOURS.moved));
    const ends = new Map();
    rows.forEach((row) => [pair.before.zones[row.from], pair.after.zones[row.to]].forEach((zone) => { if (zone) ends.set(zone.centre.id, zone); }));
    ends.forEach((zone) => ring(at(zone.centre), 20, zone.ink));
  };
  map.on('move zoomend viewreset resize', draw);
  map.on('zoomstart', () => { canvas.style.visibility = 'hidden'; });
  map.on('zoomend', () => { canvas.style.visibility = ''; });
  return draw;
}

function pairCard(pair, model, found, close, turn) {
  const zone = found.zone !== undefined ? model.zones[found.zone] : null;
  const building = zone ? null : model.buildings[found.building];
  const alone = building && building.units.length === 1 ? building.units[0] : null;
  const unit = !building ? null : found.unit !== undefined ? model.units[found.unit] : alone;
  const of = zone || model.zones[(unit || building).zone];
  const to = (one, stairwell) => turn({ kind: 'building', building: one.index, unit: stairwell ? stairwell.index : undefined });
  const when = say(model === pair.before ? 'planBefore' : 'planAfter');
  const title = when + ' · ' + (zone ? say('zone') + ' ' + zone.n : (unit || building).label);
  const among = new Set((unit ? [unit] : building ? building.units : []).map((u) => u.index));
  const rows = pair.rows.filter((row) => among.has(model === pair.before ? row.before : row.after));
  const changes = rows.map((row) => {
    const text = wayText(pair.before.zones[row.from], pair.after.zones[row.to]) + ' · ' + homesText(row.count);
    return [say('movedHomes'), (unit ? '' : stairwellLabel(building, model.units[model === pair.before ? row.before : row.after]) + ' ') + text];
  });
  const told = zone
    ? facts([[say('centre'), zone.centre.label], zone.fence && [say('fence'), zone.fence], [say('homes'), shortCount(zone.homes)], [say('members'), shortCount(zone.members)], [say('meanWalk'), metres(zone.mean)], [say('max'), metres(zone.max)], zone.broken.length > 0 && [say('breaks'), zone.broken.map(pick).join(language === 'zh' ? '、' : ', '), 'bad']])
    : unit ? facts([[say('zone'), of ? String(of.n) : say('unserved')], of && [say('centre'), of.centre.label], [say('homes'), homesOf(unit)], [say('distance'), metres(unit.walk)]].concat(changes))
      : buildingFacts(model, building, changes);
  return make('div', { class: 'card detail', set: { role: 'dialog', 'aria-label': title, 'data-kind': found.kind } }, [
    make('header', { style: { 'border-color': of ? of.ink : COLOURS.quiet } }, [make('h2', { text: title }), make('button', { class: 'close', text: '×', set: { type: 'button', 'aria-label': say('close') }, on: { click: close } })]),
    told,
    building && !alone ? stairwellList(model, building, (one) => one === unit, (one) => to(building, one === unit ? null : one)) : null,
    building ? hereList(model, building, (one) => to(one)) : null
  ]);
}

function drawComparison(map, pair) {
  const layers = { zones: true, homes: true, centres: true, gaps: false, moved: true, fences: true, labels: true, base: true };
  const state = { layers, side: 'planBoth', share: 0.5, row: null, flow: null, listed: HANDS_LISTED, found: null, model: pair.after, layersOpen: false };
  const view = pair.after.data.view;
  const bounds = L.latLngBounds([view[1], view[0]], [view[3], view[2]]);
  const parts = skeleton(map);
  const whole = () => map.fitBounds(bounds, { padding: [18, 18], animate: true });
  const scenes = [pair.before, pair.after].map((model, i) => {
    const pane = map.createPane(i ? 'planAfter' : 'planBefore');
    pane.style.zIndex = String(401 + i);
    const own = { layers, zone: -1, found: null, ratio: 0, pane: i ? 'planAfter' : 'planBefore' };
    return { model, pane, own, scene: new Scene(model, own) };
  });
  const redraw = () => scenes.forEach((one) => one.scene.redraw());
  const rowsChosen = () => (state.row ? [state.row] : state.flow ? state.flow.rows : []);
  const drawMarks = makeHandMarks(map, pair, rowsChosen);

  function clip() {
    const size = map.getSize();
    const cut = state.side === 'planBefore' ? size.x : state.side === 'planAfter' ? 0 : Math.round(size.x * state.share);
    clipPane(map, scenes[0].pane, 0, cut);
    clipPane(map, scenes[1].pane, cut, size.x);
  }

  const swipe = makeSwipe(map, state, () => {
    clip();
    swipe.show();
  });
  const alone = make('div', { class: 'compare-name' });
  [swipe.line, alone].forEach((node) => parts.stage.appendChild(node));

  function turn(side) {
    state.side = side;
    parts.bar.querySelectorAll('.compare-switch button').forEach((b) => b.setAttribute('aria-pressed', String(b.dataset.side === side)));
    alone.style.display = side === 'planBoth' ? 'none' : '';
    alone.textContent = side === 'planBoth' ? '' : say(side);
    clip();
    swipe.show();
  }

  function flyTo(things) {
    const at = L.latLngBounds(things.map((thing) => pair.after.plane.latLng(thing.sx, thing.sy)));
    map.fitBounds(at, { padding: [90, 90], maxZoom: 18 });
  }

  function chooseRows(row, flow) {
    Object.assign(state, { row, flow, found: null });
    const rows = rowsChosen();
    const ends = rows.map((one) => [pair.before.zones[one.from], pair.after.zones[one.to]]).reduce((all, two) => all.concat(two), []);
    if (rows.length) flyTo(rows.map((one) => buildingOf(pair, one)).concat(ends.filter(Boolean).map((zone) => zone.centre)));
    parts.panelBody.querySelectorAll('.hand').forEach((node) => node.setAttribute('aria-pressed', 'false'));
    refresh();
  }

  function chooseZone(line) {
    Object.assign(state, { row: null, flow: null, model: line.after ? pair.after : pair.before });
    state.found = { kind: 'zone', zone: (line.after || line.before).index };
    const of = (zone, model) => (zone ? model.units.filter((u) => u.zone === zone.index).concat([zone.centre]) : []);
    flyTo(of(line.before, pair.before).concat(of(line.after, pair.after)));
    refresh();
  }

  function turnTo(found) {
    state.found = found;
    refresh();
  }

  function close() {
    Object.assign(state, { found: null, row: null, flow: null });
    refresh();
  }

  function refresh() {
    fill(parts.card, state.found ? [pairCard(pair, state.model, state.found, close, turnTo)] : []);
    const same = (index) => pair.told.centre.indexOf(index);
    const zone = state.found && state.found.zone !== undefined ? state.found.zone : -1;
    const inAfter = state.model === pair.after;
    scenes[0].own.zone = zone < 0 ? -1 : inAfter ? same(zone) : zone;
    scenes[1].own.zone = zone < 0 ? -1 : inAfter ? zone : pair.told.centre[zone];
    const hands = parts.panelBody.querySelector('section.hands');
    const focus = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.row : undefined;
    if (hands) hands.replaceWith(handsBlock(pair, state, (row) => chooseRows(row, null), (flow) => chooseRows(null, flow), more));
    const again = focus !== undefined && parts.panelBody.querySelector('[data-row="' + focus + '"]');
    if (again) again.focus({ preventScroll: true });
    redraw();
    drawMarks();
  }

  function more() {
    state.listed += 200;
    refresh();
  }

  function header() {
    fillHeader(parts, pair.after, () => {
      language = language === 'zh' ? 'en' : 'zh';
      furnish();
    }, null);
    const made = [pair.after, pair.before].map((model) => model.data.meta.created).filter(Boolean);
    if (made.length === 2 && made[0] !== made[1]) parts.bar.querySelector('p').textContent += '  ·  ' + say('madeOf', { a: made[0], b: made[1] });
    const buttons = ['planBefore', 'planBoth', 'planAfter'].map((side) => make('button', { text: say(side), on: { click: () => turn(side) }, set: { type: 'button', 'data-side': side } }));
    parts.bar.insertBefore(make('div', { class: 'compare-switch', set: { role: 'group', 'aria-label': say('compareSwitch') } }, buttons), parts.bar.lastChild);
  }

  function furnish() {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
    header();
    fill(parts.left, [zoomButtons(map, whole)]);
    fill(parts.right, [layerSwitch(pair.after, state, redraw)]);
    fill(parts.low, [legend(pair.after), parts.attribution]);
    fill(parts.corner, [northArrow(), parts.scale]);
    parts.attribution.textContent = pair.after.data.meta.attribution;
    nameParts(map, parts);
    fill(parts.panelBody, [
      sumsBlock(pair), handsBlock(pair, state, (row) => chooseRows(row, null), (flow) => chooseRows(null, flow), more), pairRulesBlock(pair), pairZonesBlock(pair, chooseZone),
      make('footer', { class: 'block' }, [make('p', { class: 'aside', text: say('compareEdition') })])
    ]);
    turn(state.side);
    refresh();
  }

  addScale(map, parts);
  furnish();
  map.invalidateSize({ animate: false });
  map.fitBounds(bounds, { padding: [18, 18], animate: false });
  scenes.forEach((one) => map.addLayer(one.scene));
  clip();
  map.on('move zoomend viewreset resize', clip);
  map.on('click', (event) => {
    const left = event.containerPoint.x < map.getSize().x * state.share;
    const one = scenes[state.side === 'planBefore' || (state.side === 'planBoth' && left) ? 0 : 1];
    Object.assign(state, { found: one.scene.find(event.containerPoint), model: one.model, row: null, flow: null });
    refresh();
  });
  document.addEventListener('keydown', (event) => { if (event.key === 'Escape') close(); });
  prepareForPrint(map, scenes[1].scene, scenes[1].own, bounds);
  window.comparePage = { map, pair, state, turn, scenes };
  document.documentElement.setAttribute('data-ready', String(pair.after.zones.length));
}
