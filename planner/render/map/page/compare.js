/* Two plans in one page: a switch, a slider across the map, and what changes hands. */
Object.assign(TEXTS.zh, {
  planBefore: '调整前', planAfter: '调整后', planBoth: '左右对比', compareSwitch: '显示哪个方案', swipeHint: '拖动或用左右方向键移动分界线', compareTitle: '前后对照', sumChange: '变化', servedHomes: '已划入责任区', longestWalk: '最远步行', nineWalk: '九成居民户以内', zonesBroken: '不符规则（责任区）', homesBeyond: '超出步行距离（户）', zonesApart: '不连通的责任区', gapProven: '与最优相差不超过',
  handsTitle: '变更清单', handsNone: '两个方案没有住户变更中心户', handsOf: '{n} 户变更中心户，涉及 {k} 处', handsRows: '{n} 处', handsMore: '再列 {n} 处', noZone: '未分配', joinedHomes: '新增 {n}', leftHomes: '减少 {n}', byUnits: '两份名册编号不同，按楼栋和位置对应', walkFromTo: '步行 {a} → {b}', zonesTitle: '各责任区前后', zoneGone: '撤销', zoneNew: '新设', ruleBefore: '前', ruleAfter: '后', perRule: '各项规则', sameCentre: '中心户', compareEdition: '会议版：按楼栋显示，居民户按片合计，小数不予显示', oldNumber: '原{n}', handsPlaces: '变更处数', madeOf: '{a} 与 {b} 对照', showOnMap: '在图上显示'
});
Object.assign(TEXTS.en, {
  planBefore: 'Before', planAfter: 'After', planBoth: 'Side by side', compareSwitch: 'Which plan is shown', swipeHint: 'Drag, or press the left and right arrow keys, to move the divide', compareTitle: 'Before and after', sumChange: 'Change', servedHomes: 'Homes in a zone', longestWalk: 'Longest walk', nineWalk: 'Nine homes in ten within', zonesBroken: 'Rules broken (zones)', homesBeyond: 'Beyond the walk limit (homes)', zonesApart: 'Zones not connected', gapProven: 'Proven within',
  handsTitle: 'What changes hands', handsNone: 'No home has another centre', handsOf: '{n} {n|home changes|homes change} hands, in {k} {k|place|places}', handsRows: '{n} {n|place|places}', handsMore: '{n} more {n|place|places}', noZone: 'none', joinedHomes: '{n} joined', leftHomes: '{n} left', byUnits: 'The registers have other ids: matched by building and place', walkFromTo: 'walk {a} → {b}', zonesTitle: 'Zones, before and after', zoneGone: 'dissolved', zoneNew: 'new', ruleBefore: 'Before', ruleAfter: 'After', perRule: 'Rule by rule', sameCentre: 'Centre', compareEdition: 'Meeting edition: homes by block; small counts are not shown', oldNumber: 'old {n}', handsPlaces: 'Places', madeOf: '{a} against {b}', showOnMap: 'Show on the map'
});
const HANDS_LISTED = 60;

function drawCompare(map) {
  unpack(JSON.parse(document.getElementById('plan-packed').textContent)).then((packed) => drawComparison(map, readPair(packed)));
}

/* Both plans as models of one plane; the base map is that of the plan after. */
function readPair(packed) {
  const after = readModel(packed.shapes, packed);
  const bare = { streets: { names: [] }, fences: [] };
  const given = Object.assign({}, after.data, packed.before, { base: bare });
  const before = readModel({ water: [], green: [], rails: [], streets: [[], [], []], buildings: [], zones: packed.compare.rings }, { base: { buildings: [] }, units: packed.before.units }, given);
  before.base = after.base;
  [before, after].forEach((model) => model.zones.forEach((zone) => { zone.centre = model.centres[zone.index]; }));
  const told = packed.compare;
  const rows = told.counts.map((count, i) => ({
    index: i, count, before: told.rows[0][i], after: told.rows[1][i], from: told.rows[2][i], to: told.rows[3][i]
  }));
  const flows = told.flows.map((f) => ({ from: f[0], to: f[1], count: f[2], rows: rows.filter((r) => r.from === f[0] && r.to === f[1]) }));
  flows.forEach((flow) => flow.rows.sort((a, b) => b.count - a.count || a.index - b.index));
  return { before, after, told, rows, flows };
}

/* The building in which a change takes place, of the plan after where it is in it. */
function buildingOf(pair, row) {
  const [model, unit] = row.after >= 0 ? [pair.after, row.after] : [pair.before, row.before];
  return model.buildings[model.units[unit].building];
}

/* Zones before are numbered as they were: a badge with an outline; zones after have a full one. */
function zoneBadge(zone, before) {
  if (!zone) return make('span', { class: 'badge none', text: say('noZone') });
  const text = before ? say('oldNumber', { n: zone.n }) : String(zone.n);
  const style = before ? { color: zone.ink, 'border-color': zone.ink } : { background: zone.ink };
  return make('span', { class: 'badge' + (before ? ' was' : ''), text, style, set: { title: zone.centre.label } });
}

function wayText(from, to) {
  return (from ? say('oldNumber', { n: from.n }) : say('noZone')) + ' → ' + (to ? to.n : say('noZone'));
}

function signed(value, digits) {
  if (value === null || !Number.isFinite(value)) return '–';
  const shown = Number(Math.abs(value).toFixed(digits));
  return shown === 0 ? '±0' : (value > 0 ? '+' : '−') + grouped(shown);
}

/* What each plan comes to: words, figure, digits, what is written behind it, and whether less is better. */
const SUMS = [
  ['homes', 'households', 0, '', 0], ['servedHomes', 'served', 0, '', -1], ['zones', 'zones', 0, '', 0], ['meanWalk', 'mean_m', 1, 'm', 1],
  ['nineWalk', 'p90_m', 0, 'm', 1], ['longestWalk', 'max_m', 0, 'm', 1], ['zonesBroken', 'broken_zones', 0, '', 1], ['homesBeyond', 'broken_homes', 0, '', 1],
  ['gaps', 'gaps', 0, '', 1], ['zonesApart', 'disconnected', 0, '', 1], ['gapProven', 'optimality_gap', 2, '%', 0]
];

function sumsBlock(pair) {
  const f = pair.told.figures;
  const text = (value, digits, unit) => {
    if (value === null) return '–';
    const shown = grouped(Number(value.toFixed(digits)));
    return unit === 'm' ? say('metres', { n: shown }) : shown + (unit ? ' ' + unit : '');
  };
  const head = ['compareTitle', 'planBefore', 'planAfter', 'sumChange'].map((key, i) => (i ? make('th', { text: say(key), set: { scope: 'col' } }) : make('td')));
  const rows = SUMS.map(([words, key, digits, unit, way]) => {
    const [a, b] = f[key].map((v) => (v !== null && unit === '%' ? v * 100 : v));
    const change = a === null || b === null ? null : b - a;
    const shown = signed(change, digits);
    const kind = !way || change === null || shown === '±0' ? '' : change * way < 0 ? 'better' : 'worse';
    return make('tr', { set: { 'data-sum': key } }, [make('td', { text: say(words) }), make('td', { text: text(a, digits, unit) }), make('td', { text: text(b, digits, unit) }), make('td', { class: kind, text: shown })]);
  });
  const more = [];
  if (pair.told.joined) more.push(say('joinedHomes', { n: homesText(pair.told.joined) }));
  if (pair.told.left) more.push(say('leftHomes', { n: homesText(pair.told.left) }));
  if (pair.told.matched === 'units') more.push(say('byUnits'));
  return make('section', { class: 'block' }, [
    make('div', { class: 'figures' }, [figure(shortCount(pair.told.moved), say('movedHomes')), figure(grouped(pair.rows.length), say('handsPlaces')), figure(metres(f.mean_m[1]), say('meanWalk'), say('planBefore') + ' ' + metres(f.mean_m[0]))]),
    make('table', { class: 'sums' }, [make('thead', {}, [make('tr', {}, head)]), make('tbody', {}, rows)]),
    more.length ? make('p', { class: 'aside', text: more.join(say('and')) }) : null
  ]);
}

function pairRulesBlock(pair) {
  const names = pair.after.data.rules.map((r) => r.name);
  pair.before.data.rules.forEach((r) => { if (!names.includes(r.name)) names.push(r.name); });
  const told = (model, name) => {
    const rule = model.data.rules.find((r) => r.name === name);
    if (!rule) return make('td', { class: 'right', text: '–' });
    const text = rule.broken ? '✗ ' + say(rule.of === 'homes' ? 'brokenHomes' : 'brokenZones', { n: shortCount(rule.broken) }) : '✓ ' + say('holds');
    return make('td', { class: 'right ' + (rule.broken ? 'bad' : 'good'), text });
  };
  const words = (name) => (pair.after.data.rules.concat(pair.before.data.rules)).find((r) => r.name === name);
  const limits = (name) => Array.from(new Set([pair.before, pair.after].map((m) => m.data.rules.find((r) => r.name === name)).filter(Boolean).map((r) => limitText(r.limit)))).join(' → ');
  const head = [say('rule'), say('limit'), say('ruleBefore'), say('ruleAfter')].map((text, i) => make('th', { text, class: i > 1 ? 'right' : '', set: { scope: 'col' } }));
  return make('section', { class: 'block rules' }, [
    make('h2', { text: say('perRule') }),
    make('table', { class: 'rules' }, [make('thead', {}, [make('tr', {}, head)]), make('tbody', {}, names.map((name) => make('tr', {}, [
      make('td', { text: pick(words(name).words) }), make('td', { text: limits(name) }), told(pair.before, name), told(pair.after, name)
    ])))]),
    make('p', { class: 'aside', text: say('planBefore') + ': ' + pick(pair.before.data.meta.proof) }),
    make('p', { class: 'aside', text: say('planAfter') + ': ' + pick(pair.after.data.meta.proof) })
  ]);
}

function handRow(pair, row, state, choose) {
  const was = pair.before.units[row.before];
  const now = pair.after.units[row.after];
  const label = was && now && was.label !== now.label ? was.label + ' → ' + now.label : (now || was || { label: '' }).label;
  const walk = say('walkFromTo', { a: was && row.from >= 0 ? metres(was.walk) : '–', b: now && row.to >= 0 ? metres(now.walk) : '–' });
  return make('li', {}, [make('button', {
    class: 'hand', on: { click: () => choose(row) }, set: { type: 'button', 'aria-pressed': String(state.row === row), 'data-row': String(row.index) }
  }, [
    make('b', { text: label }), make('span', { class: 'count', text: homesText(row.count) }),
    make('span', { class: 'way' }, [zoneBadge(pair.before.zones[row.from], true), make('span', { text: '→' }), zoneBadge(pair.after.zones[row.to])]), make('small', { class: 'count', text: walk })
  ])]);
}

function handsBlock(pair, state, choose, chooseFlow, more) {
  const parts = [make('h2', { text: say('handsTitle') })];
  if (!pair.rows.length) parts.push(make('p', { class: 'aside', text: say('handsNone') }));
  else parts.push(make('p', { class: 'aside', text: say('handsOf', { n: shortCount(pair.told.moved), k: grouped(pair.rows.length) }) }));
  let room = state.listed;
  pair.flows.forEach((flow) => {
    if (room <= 0) return;
    const from = pair.before.zones[flow.from];
    const to = pair.after.zones[flow.to];
    parts.push(make('button', {
      class: 'hand flow', on: { click: () => chooseFlow(flow) }, set: { type: 'button', 'aria-pressed': String(state.flow === flow), title: wayText(from, to) + ', ' + say('showOnMap') }
    }, [
      make('span', { class: 'way' }, [zoneBadge(from, true), make('span', { text: '→' }), zoneBadge(to)]),
      make('span', { class: 'count', text: homesText(flow.count) + ' · ' + say('handsRows', { n: flow.rows.length }) }),
      make('small', { text: [from, to].map((zone) => (zone ? zone.centre.label : say('noZone'))).join(' → ') })
    ]));
    parts.push(make('ul', {}, flow.rows.slice(0, room).map((row) => handRow(pair, row, state, choose))));
    room -= flow.rows.length;
  });
  const rest = pair.rows.length - state.listed;
  if (rest > 0) parts.push(make('button', { class: 'hands-more', text: say('handsMore', { n: rest }), set: { type: 'button' }, on: { click: more } }));
  return make('section', { class: 'block hands' }, parts);
}

function pairZonesBlock(pair, chooseZone) {
  const came = new Map(pair.told.centre.map((to, from) => [to, pair.before.zones[from]]));
  const lines = pair.after.zones.map((zone) => ({ before: came.get(zone.index) || null, after: zone }));
  pair.told.centre.forEach((to, from) => { if (to < 0) lines.push({ before: pair.before.zones[from], after: null }); });
  const shift = (line) => Math.abs((line.after ? line.after.homes : 0) - (line.before ? line.before.homes : 0));
  lines.sort((a, b) => shift(b) - shift(a) || (a.after || a.before).n - (b.after || b.before).n);
  const both = (line, of) => (line.before ? of(line.before) : '–') + ' → ' + (line.after ? of(line.after) : '–');
  const rows = lines.map((line) => {
    const zone = line.after || line.before;
    const renamed = line.before && line.after && line.before.n !== line.after.n ? ' (' + say('oldNumber', { n: line.before.n }) + ')' : '';
    const state = !line.after ? ' · ' + say('zoneGone') : !line.before ? ' · ' + say('zoneNew') : renamed;
    const badge = make('button', { class: 'badge', text: String(zone.n), style: { background: zone.ink }, set: { type: 'button', 'aria-label': say('zone') + ' ' + zone.n + ', ' + zone.centre.label }, on: { click: () => chooseZone(line) } });
    return make('tr', {}, [
      make('td', {}, [badge]), make('td', { class: 'wide' }, [make('span', { class: 'place', text: zone.centre.label + state })]),
      make('td', { class: 'right', text: both(line, (z) => shortCount(z.homes)) }), make('td', { class: 'right', text: both(line, (z) => (z.mean === null ? '–' : grouped(Math.round(z.mean)))) })
    ]);
  });
  const head = ['number', 'sameCentre', 'homes', 'mean'].map((key, i) => make('th', { text: say(key), class: i > 1 ? 'right' : '', set: { scope: 'col' } }));
  return make('section', { class: 'block zones' }, [make('h2', { text: say('zonesTitle') }), make('table', { class: 'zones' }, [make('thead', {}, [make('tr', {}, head)]), make('tbody', {}, rows)])]);
}
