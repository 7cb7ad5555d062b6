/* Buildings: one symbol each, whatever stairwells they have; whose a building is follows from its stairwells. */
const SPLIT = -2; // no zone of its own: zones cut it between stairwells

/* Homes of a block that is told of only together with others count like this for the size of a symbol. */
const UNTOLD_SIZE = 3;

const TAIL = new RegExp('(?:[\\s,]*第?(?:\\d[\\d/-]*[A-Za-z]?|[A-Za-z](?![A-Za-z])|[甲乙丙丁](?=号|栋|幢|座)|[一二三四五六七八九十]+(?=号|栋|幢|座|单元|楼))(?:号院|号楼|号|栋|幢|座|单元|楼|室|#楼?|排|门|梯|弄)*)+$');

/* The estate or road of an address: what stands before its numbers, or after a number that leads. */
function estateOf(label) {
  const text = label.normalize('NFKC');
  const behind = text.replace(/^\d[\d-]*[A-Za-z]?\s+(?=\S*[A-Za-z]{2})/, '');
  if (behind !== text) return behind.replace(/,.*$/, '').trim();
  const stem = text.replace(/\s*\([^)]*\)$/, '').replace(TAIL, '').trim();
  return stem.length > 1 && stem !== text ? stem : '';
}

function readBuildings(units, names, told) {
  const buildings = [];
  const size = [];
  units.forEach((unit) => {
    size[unit.block] = (size[unit.block] || 0) + 1;
    if (!buildings[unit.building]) buildings[unit.building] = { index: unit.building, units: [], label: '', here: [] };
    buildings[unit.building].units.push(unit);
  });
  const spots = new Map();
  buildings.forEach((one) => {
    one.label = names[one.index] || one.units[0].label;
    placeBuilding(one);
    tellBuilding(one, size, told);
    settleBuilding(one);
    one.cut = one.zone === SPLIT;
    const name = one.sx + ' ' + one.sy;
    if (!spots.has(name)) spots.set(name, []);
    spots.get(name).push(one);
  });
  spots.forEach((ones) => { if (ones.length > 1) ones.forEach((one) => { one.here = ones; }); });
  return buildings;
}

/* In the middle of the spots of its stairwells. */
function placeBuilding(one) {
  const spots = Array.from(new Map(one.units.map((u) => [u.sx + ' ' + u.sy, u])).values());
  ['x', 'y', 'sx', 'sy'].forEach((axis) => {
    const middle = spots.reduce((sum, u) => sum + u[axis], 0) / spots.length;
    one[axis] = axis[0] === 's' ? Math.round(middle) : middle;
  });
}

/* Homes of a building: the sum of its blocks; where a block reaches into other buildings, with them. */
function tellBuilding(one, size, told) {
  const inside = new Map();
  one.units.forEach((u) => inside.set(u.block, (inside.get(u.block) || 0) + 1));
  one.blocks = Array.from(inside.keys());
  one.beside = one.blocks.reduce((sum, b) => sum + size[b] - inside.get(b), 0);
  const counts = one.blocks.map((b) => told[b]);
  one.together = counts.length === 1 ? counts[0] : counts.some((n) => n < 0) ? -2 : counts.reduce((sum, n) => sum + n, 0);
  one.homes = one.beside ? UNTOLD : one.together;
  one.size = one.blocks.reduce((sum, b) => sum + (size[b] === inside.get(b) && told[b] >= 0 ? told[b] : UNTOLD_SIZE * inside.get(b)), 0);
}

/* After its stairwells: whose it is, in what shares, and what is marked on it. */
function settleBuilding(one) {
  const lived = one.units.filter((u) => u.homes !== 0);
  const counted = lived.length ? lived : one.units;
  const known = counted.every((u) => u.homes > 0);
  const sums = new Map();
  counted.forEach((u) => sums.set(u.zone, (sums.get(u.zone) || 0) + (known ? u.homes : 1)));
  const all = Array.from(sums.values()).reduce((sum, n) => sum + n, 0);
  one.empty = !lived.length;
  one.parts = Array.from(sums, ([zone, n]) => ({ zone, share: n / all })).sort((a, b) => b.share - a.share || a.zone - b.zone);
  one.zone = one.parts.length === 1 ? one.parts[0].zone : SPLIT;
  one.moved = one.units.some((u) => u.moved !== 0) ? 1 : 0;
  one.gaps = Array.from(new Set([].concat(...one.units.map((u) => u.gaps.map((gap) => gap.cause)))), (cause) => ({ cause }));
}

/* What a stairwell is called beside its building's name. */
function stairwellLabel(building, unit) {
  const short = unit.label.startsWith(building.label) ? unit.label.slice(building.label.length).replace(/^[\s,·-]+/, '') : unit.label;
  return short || unit.label;
}

/* Homes of a stairwell or a building, or of it and its neighbours where its own are not told. */
function homesOf(thing) {
  return thing.beside ? say('together', { t: homesText(thing.together), n: thing.beside }) : homesText(thing.homes);
}

function zoneMark(model, zone) {
  const of = model.zones[zone];
  return make('span', { class: 'badge' + (of ? '' : ' none'), text: of ? String(of.n) : say('unserved'), style: of ? { background: of.ink } : {} });
}

/* The stairwells of a building, each with its zone: in a card to look at, in editing to choose from. */
function stairwellList(model, building, chosen, choose) {
  return make('ul', { class: 'stairwells', set: { 'aria-label': say('stairwells') } }, building.units.map((unit) => make('li', {}, [make('button', {
    set: { type: 'button', 'aria-pressed': String(chosen(unit)), 'data-unit': String(unit.index) }, on: { click: (event) => choose(unit, event) }
  }, [make('span', { text: stairwellLabel(building, unit) }), make('small', { text: homesOf(unit) }), zoneMark(model, unit.zone)])])));
}

/* A walk, or from the shortest to the longest of several. */
function walksText(units) {
  const walks = units.map((u) => u.walk).filter((walk) => walk !== null && walk !== undefined).map(Math.round);
  if (!walks.length) return '–';
  const [least, most] = [Math.min(...walks), Math.max(...walks)];
  return least === most ? metres(most) : say('metres', { n: grouped(least) + '–' + grouped(most) });
}

/* What the card of a building says of all of it. */
function buildingFacts(model, building, changes) {
  const zone = model.zones[building.zone];
  const parts = building.parts.map((part) => {
    const n = building.units.filter((u) => u.zone === part.zone).length;
    return say('partOf', { z: model.zones[part.zone] ? model.zones[part.zone].n : say('unserved'), n });
  });
  const moved = building.units.filter((u) => u.moved !== 0);
  const gaps = [].concat(...building.units.map((u) => u.gaps.map((gap) => [pick(model.data.causes[gap.cause]), stairwellLabel(building, u) + ' ' + homesText(gap.count), 'bad'])));
  return facts([
    [say('zone'), building.zone === SPLIT ? parts.join(language === 'zh' ? '，' : ', ') : zone ? String(zone.n) : say('unserved'), zone ? '' : 'bad'],
    zone && [say('centre'), zone.centre.label], [say('homes'), homesOf(building)], [say('distance'), walksText(building.units)],
    !changes && moved.length > 0 && [say('movedHomes'), moved.length === 1 ? homesText(moved[0].moved) : moved.map((u) => stairwellLabel(building, u)).join(language === 'zh' ? '、' : ', ')]
  ].concat(changes || [], gaps));
}

/* Others on the same point, of which the map can show one only. */
function hereList(model, building, choose) {
  return building.here.length < 2 ? null : make('div', { class: 'here' }, [
    make('small', { text: say('alsoHere', { n: building.here.length - 1 }) }),
    make('ul', {}, building.here.filter((one) => one !== building).map((one) => make('li', {}, [make('button', { text: one.label, set: { type: 'button', 'data-building': String(one.index) }, on: { click: () => choose(one) } })])))
  ]);
}

/* A dot in as many colours as zones share the building, with a rim, so that it is told by its shape, too. */
function drawSplit(ctx, x, y, r, parts) {
  let from = -Math.PI / 2;
  ctx.beginPath();
  ctx.arc(x, y, r + Math.max(1.6, r * 0.3), 0, 2 * Math.PI);
  ctx.fillStyle = COLOURS.ink;
  ctx.fill();
  ctx.beginPath();
  ctx.arc(x, y, r + Math.max(0.8, r * 0.16), 0, 2 * Math.PI);
  ctx.fillStyle = '#ffffff';
  ctx.fill();
  parts.forEach((part) => {
    const to = from + 2 * Math.PI * part.share;
    ctx.beginPath();
    ctx.moveTo(x, y);
    ctx.arc(x, y, r, from, to);
    ctx.closePath();
    ctx.fillStyle = part.ink || '#ffffff';
    ctx.fill();
    ctx.lineWidth = Math.max(0.8, r * 0.2);
    ctx.strokeStyle = '#ffffff';
    ctx.stroke();
    from = to;
  });
}

/* A building's label without its estate: 5号楼 of 甲苑5号楼. */
function shortLabel(one) {
  const estate = estateOf(one.label);
  return estate && one.label.startsWith(estate) ? one.label.slice(estate.length).trim() : estate && one.label.endsWith(estate) ? one.label.slice(0, -estate.length).trim() : '';
}

/* What several buildings share by name, in their middle; `reach` is how far it goes. */
function placesNamed(model, nameOf) {
  const known = new Map();
  model.buildings.forEach((one) => {
    const name = one.empty ? '' : nameOf(one);
    if (!name) return;
    if (!known.has(name)) known.set(name, []);
    known.get(name).push(one);
  });
  return Array.from(known, ([text, ones]) => {
    const middle = (axis) => ones.map((one) => one[axis]).sort((a, b) => a - b)[ones.length >> 1];
    const place = { text, n: ones.length, x: middle('x'), y: middle('y') };
    return Object.assign(place, { reach: ones.reduce((most, one) => Math.max(most, Math.hypot(one.x - place.x, one.y - place.y)), 0) });
  }).filter((place) => place.n > 1).sort((a, b) => b.n - a.n);
}

function readCommunities(model) {
  return placesNamed(model, (one) => (model.zones[one.parts[0].zone] ? model.zones[one.parts[0].zone].fence : ''));
}

function readEstates(model) {
  return placesNamed(model, (one) => estateOf(one.label));
}
