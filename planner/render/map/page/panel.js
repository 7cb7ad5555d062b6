/* The side panel: what the plan comes to, the rules, and every zone. */
function figure(value, words, note) {
  return make('div', { class: 'figure' }, [make('b', { text: value }), make('span', { text: words }), note ? make('small', { text: note }) : null]);
}

function whole(value) {
  return grouped(value === null ? null : Math.round(value));
}

function totalGaps(model) {
  const counts = Object.values(gapsNow(model));
  if (model.edited && counts.some((n) => n < 0)) return -2;
  return counts.reduce((sum, n) => sum + Math.max(n, 0), 0) || (counts.some((n) => n) ? -1 : 0);
}

/* Walks, gaps and proof as the plan stands now: after an edit `model.edited` tells them, what is not known is -2. */
function walksNow(model) {
  const told = model.data.figures.walk_m;
  return model.edited ? { mean: model.edited.mean, p90: null, max: model.edited.max } : told;
}

function gapsNow(model) {
  const { gaps } = model.data.figures;
  if (!model.edited) return gaps;
  return Object.assign({}, gaps, { beyond_walk_limit: model.edited.beyond, zone_over_limit: gaps.zone_over_limit || model.edited.over ? -2 : 0 });
}

function proofNow(model) {
  const { edited } = model;
  if (!edited) return pick(model.data.meta.proof);
  const change = (value) => (Math.round(value) > 0 ? '+' : Math.round(value) < 0 ? '−' : '±') + grouped(Math.abs(Math.round(value)));
  return say('editedProof', { n: change(edited.walk), v: change(edited.value) });
}

/* A line of the ledger after an edit; who was read and placed is as before. */
function ledgerNow(model, line) {
  const { edited } = model;
  const at = language === 'zh' ? 1 : 2;
  if (edited && line[0] === 'beyond-limit') return [say('editedBeyond', { m: edited.limit, n: shortCount(edited.beyond) }), edited.beyond !== 0];
  if (edited && edited.unserved && line[0] === 'without-zone') return [say('editedZoneless'), true];
  if (edited && line[0] === 'rules-broken') {
    const n = Math.max(0, line[3] + edited.broken - edited.fewer);
    return [say('editedRules', { n: grouped(n) }) + (model.data.rules.some((rule) => rule.stale) ? say('editedStale') : ''), n > 0];
  }
  return [line[at], Boolean(line[3])];
}

/* Who was read, who has a place and who has none: before all else. */
function ledgerBlock(model) {
  const lines = model.data.meta.ledger.map((line) => ledgerNow(model, line));
  return make('section', { class: 'block ledger', set: { 'aria-label': say('ledger') } }, [make('ul', {}, lines.map(([text, bad]) => make('li', { class: bad ? 'bad' : '', text })))]);
}

function figuresBlock(model) {
  const f = model.data.figures;
  const walk = walksNow(model);
  const { edited } = model;
  const left = edited && edited.unserved ? -2 : f.zoneless;
  const far = edited ? say('farthest', { m: grouped(Math.round(walk.max)) }) : say('nineTenths', { n: grouped(Math.round(walk.p90)), m: grouped(Math.round(walk.max)) });
  const tiles = [
    figure(shortCount(f.households), say('homes')),
    figure(grouped(f.zones), say('zones')),
    figure(metres(walk.mean), say('meanWalk')),
    figure(shortCount(totalGaps(model)), say('gaps'))
  ];
  if (f.homes_moved !== null) tiles.push(figure(shortCount(edited ? -2 : f.homes_moved), say('moved')));
  return make('section', { class: 'block totals' }, [
    make('div', { class: 'figures' }, tiles),
    make('p', { class: 'aside', text: (edited ? say('editedFigures') : '') + say('located', { n: shortCount(f.located) }) + (left ? say('and') + say(left > 0 && model.data.meta.smallest > 1 ? 'unassignedAbout' : 'unassigned', { n: shortCount(left) }) : '') + say('and') + far }),
    model.data.meta.equity && !edited ? make('p', { class: 'aside equity', text: pick(model.data.meta.equity) }) : null
  ]);
}

function proofBlock(model) {
  const meta = model.data.meta;
  const lines = [make('p', { class: model.edited ? 'proof edited' : 'proof', text: proofNow(model) })];
  lines.push(make('p', {
    class: meta.connected ? 'tick' : 'tick bad',
    text: meta.connected ? '✓ ' + say('connected') : '✗ ' + say('disconnected', { n: meta.disconnected })
  }));
  if (meta.moved && !model.edited) lines.push(make('p', { class: 'tick', text: '⇄ ' + pick(meta.moved) }));
  return make('section', { class: 'block proofs' }, [make('h2', { text: say('proof') })].concat(lines));
}

function rulesBlock(model) {
  const head = make('tr', {}, ['rule', 'limit', 'worst', 'result'].map((key, i) => make('th', { text: say(key), class: i === 1 || i === 2 ? 'right' : '', set: { scope: 'col' } })));
  const rows = model.data.rules.map((rule) => make('tr', {}, [
    make('td', { text: pick(rule.words) }),
    make('td', { class: 'right', text: limitText(rule.limit) }),
    make('td', { class: 'right', text: rule.stale ? '–' : grouped(rule.worst) }),
    rule.stale ? make('td', { class: 'stale', text: '? ' + say('notRechecked') }) : make('td', { class: rule.broken ? 'bad' : 'good', text: rule.broken ? '✗ ' + say(rule.of === 'homes' ? 'brokenHomes' : 'brokenZones', { n: shortCount(rule.broken) }) : '✓ ' + say('holds') })
  ]));
  return make('section', { class: 'block rules' }, [
    make('h2', { text: say('rules') }),
    make('p', { class: 'aside', text: pick(model.data.meta.rule_book) }),
    make('table', { class: 'rules' }, [make('thead', {}, [head]), make('tbody', {}, rows)])
  ]);
}

/* Needs that nobody near can meet, by kind; only kinds of which there are many, and only where sheets state needs. */
function needsBlock(model) {
  if (!model.data.needs) return null;
  return make('section', { class: 'block needs' }, [
    make('h2', { text: say('needsTitle') }),
    make('ul', { class: 'causes' }, model.data.needs.map(([zh, en, n]) => make('li', {}, [make('span', { text: pick([zh, en]) }), make('b', { text: grouped(n) })]))),
    make('p', { class: 'aside', text: say('needsNote', { n: model.data.meta.smallest }) })
  ]);
}

function gapsBlock(model) {
  const gaps = gapsNow(model);
  const rows = model.causes.filter((cause) => gaps[cause] !== 0).map((cause) => make('li', {}, [
    swatch((c, x, y) => drawGap(c, cause, x, y, 13), 22, 18),
    make('span', { text: pick(model.data.causes[cause]) }),
    make('b', { text: shortCount(gaps[cause]) })
  ]));
  return make('section', { class: 'block gaps' }, [
    make('h2', { text: say('gaps') }),
    rows.length ? make('ul', { class: 'causes' }, rows) : make('p', { class: 'aside', text: say('noGaps') }),
    model.data.figures.gaps.address_not_found ? make('p', { class: 'aside', text: say('notOnMap') }) : null
  ]);
}

const COLUMNS = [
  { key: 'n', words: 'number', of: (z) => z.n },
  { key: 'homes', words: 'load', of: (z) => z.homes },
  { key: 'members', words: 'members', of: (z) => z.members },
  { key: 'mean', words: 'mean', of: (z) => (z.mean === null ? -1 : z.mean) },
  { key: 'max', words: 'max', of: (z) => (z.max === null ? -1 : z.max) },
  { key: 'gaps', words: 'gapsShort', of: (z) => (z.gaps === -1 ? 1.5 : z.gaps) }
];

/* The rule of a zone: that of its community, where it has one of its own, with the limits of its centre. */
function ruleOf(model, name, zone) {
  const named = (wanted) => model.data.rules.find((r) => r.name === wanted);
  const found = named(name + '@' + zone.fence) || named(name);
  return found && found.own && found.own[zone.index] ? Object.assign({}, found, found.own[zone.index]) : found;
}

/* Homes as a bar; the band behind it is what the rule allows. */
function loadBar(zone, rule, most) {
  const share = (value) => Math.max(0, Math.min(100, (100 * value) / most)) + '%';
  const parts = [];
  if (rule && rule.high !== null) {
    const low = rule.low === null ? 0 : rule.low;
    parts.push(make('i', { class: 'band', style: { left: share(low), width: share(rule.high - low) } }));
  }
  parts.push(make('i', { class: 'load', style: { width: share(zone.homes), background: zone.ink } }));
  return make('span', { class: 'bar', set: { 'aria-hidden': 'true' } }, parts);
}

function outside(zone, rule) {
  return Boolean(rule) && ((rule.high !== null && zone.homes > rule.high) || (rule.low !== null && zone.homes < rule.low));
}

function zoneRow(model, zone, rule, most, state, choose) {
  const badge = make('button', {
    class: 'badge', text: String(zone.n), style: { background: zone.ink }, on: { click: () => choose(zone.index) },
    set: { type: 'button', 'aria-label': say('zone') + ' ' + zone.n + ', ' + zone.centre.label }
  });
  const cell = (text, kind) => make('td', { class: 'right' + (kind || ''), text });
  const row = make('tr', {
    class: (state.zone === zone.index ? 'chosen' : '') + (zone.broken.length ? ' broken' : ''),
    set: { 'data-zone': String(zone.index) }
  }, [
    make('td', {}, [badge]),
    make('td', { class: 'wide' }, [
      make('span', { class: 'place', text: zone.centre.label }),
      make('span', { class: 'weigh' }, [
        loadBar(zone, rule, most),
        make('b', { class: outside(zone, rule) ? 'bad' : '', text: (outside(zone, rule) ? '▲ ' : '') + shortCount(zone.homes) })
      ])
    ]),
    cell(shortCount(zone.members)), cell(whole(zone.mean)), cell(whole(zone.max)),
    cell(zone.gaps === 0 ? '·' : shortCount(zone.gaps), zone.gaps === 0 ? '' : ' bad')
  ]);
  row.addEventListener('click', (event) => {
    if (event.target !== badge) choose(zone.index);
  });
  return row;
}

/* Makes rows of the list of zones, all against one scale. */
function zoneRows(model, state, choose) {
  const rules = model.zones.map((z) => ruleOf(model, 'households_per_zone', z));
  const highs = rules.map((rule) => (rule && rule.high ? rule.high * 1.08 : 0));
  const most = Math.max(1, ...openZones(model).map((z) => z.homes), ...highs);
  return (zone) => zoneRow(model, zone, ruleOf(model, 'households_per_zone', zone), most, state, choose);
}

function zonesBlock(model, state, choose, resort) {
  const rule = model.data.rules.find((r) => r.name === 'households_per_zone');
  const column = COLUMNS.find((c) => c.key === state.sort.key);
  const sorted = openZones(model).sort((a, b) => (column.of(a) - column.of(b)) * state.sort.way || a.n - b.n);
  const heads = COLUMNS.map((c) => {
    const current = c.key === state.sort.key;
    const title = say('sortBy', { what: say(c.words) });
    const button = make('button', {
      text: say(c.words), on: { click: () => resort(c.key) }, class: current ? 'current ' + (state.sort.way > 0 ? 'up' : 'down') : '',
      set: { type: 'button', title, 'aria-label': title, 'data-sort': c.key }
    });
    return make('th', { class: c.key === 'n' || c.key === 'homes' ? '' : 'right', set: { scope: 'col', 'aria-sort': current ? (state.sort.way > 0 ? 'ascending' : 'descending') : 'none' } }, [button]);
  });
  const own = model.data.rules.some((r) => r.name.startsWith('households_per_zone@'));
  const note = rule && !own && rule.high !== null ? say('ofRule', { limit: limitText(rule.limit) }) : '';
  return make('section', { class: 'block zones' }, [
    make('h2', {}, [make('span', { text: say('zoneList') }), make('small', { text: note })]),
    make('table', { class: 'zones' }, [
      make('thead', {}, [make('tr', {}, heads)]),
      make('tbody', {}, sorted.map(zoneRows(model, state, choose)))
    ])
  ]);
}

/* The card that tells about whatever was clicked. */
function facts(pairs) {
  return make('dl', {}, [].concat(...pairs.filter(Boolean).map((pair) => [make('dt', { text: pair[0] }), make('dd', { text: pair[1], class: pair[2] || '' })])));
}

function zoneFacts(model, zone) {
  const rule = (name) => {
    const found = ruleOf(model, name, zone);
    return found ? ' (' + say('allowed', { limit: limitText(found.limit) }) + ')' : '';
  };
  return facts([
    [say('centre'), zone.centre.label], [say('centreId'), zone.centre.id], zone.centre.kind && [say('centreKind'), pick(zone.centre.kind)], zone.fence && [say('fence'), zone.fence],
    [say('homes'), shortCount(zone.homes) + rule('households_per_zone')],
    [say('members'), shortCount(zone.members) + rule('members_per_zone')],
    [say('meanWalk'), metres(zone.mean)], [say('p90'), metres(zone.centre.p90)], [say('max'), metres(zone.max)],
    ...(zone.guides || []).map((guide) => [pick(guide[0]), String(guide[1])]),
    zone.gaps !== 0 && [say('gaps'), homesText(zone.gaps), 'bad'],
    model.data.figures.homes_moved !== null && [say('movedIn'), homesText(zone.moved)],
    zone.broken.length > 0 && [say('breaks'), zone.broken.map(pick).join(language === 'zh' ? '、' : ', '), 'bad']
  ]);
}

function unitFacts(model, unit) {
  const zone = model.zones[unit.zone];
  return facts([
    [say('zone'), zone ? String(zone.n) : say('unserved'), zone ? '' : 'bad'], zone && [say('centre'), zone.centre.label],
    [say('homes'), homesOf(unit)], [say('distance'), metres(unit.walk)],
    unit.moved !== 0 && [say('movedHomes'), homesText(unit.moved)]
  ].concat(walkFacts(model, unit), unit.gaps.map((gap) => [pick(model.data.causes[gap.cause]), homesText(gap.count), 'bad'])));
}

function detailCard(model, state, close, turn) {
  const found = state.found;
  const zone = found.zone !== undefined ? model.zones[found.zone] : null;
  const building = zone ? null : model.buildings[found.building];
  const alone = building && building.units.length === 1 ? building.units[0] : null;
  const unit = !building ? null : found.unit !== undefined ? model.units[found.unit] : alone;
  const of = zone || model.zones[(unit || building).zone];
  const title = zone ? say('zone') + ' ' + zone.n : (unit || building).label;
  const to = (one, stairwell) => turn({ kind: 'building', building: one.index, unit: stairwell ? stairwell.index : undefined });
  return make('div', { class: 'card detail', set: { role: 'dialog', 'aria-label': title, 'data-kind': found.kind } }, [
    make('header', { style: { 'border-color': of ? of.ink : COLOURS.quiet } }, [
      make('h2', { text: title }),
      make('button', { class: 'close', text: '×', set: { type: 'button', 'aria-label': say('close') }, on: { click: close } })
    ]),
    zone ? zoneFacts(model, zone) : unit ? unitFacts(model, unit) : buildingFacts(model, building),
    building && !alone ? stairwellList(model, building, (one) => one === unit, (one) => to(building, one === unit ? null : one)) : null,
    building ? hereList(model, building, (one) => to(one)) : null,
    building && model.roster ? rosterBlock(model, building, unit ? [unit] : building.units) : null
  ]);
}
