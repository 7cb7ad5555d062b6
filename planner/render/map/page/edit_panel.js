/* The panel of editing: tools, what is chosen, where it could go, and what stands now. */
function signed(value, words) {
  const rounded = Math.round(value);
  const text = grouped(Math.abs(rounded));
  const sign = rounded > 0 ? '+' : rounded < 0 ? '−' : '±';
  return words ? say(words, { n: sign + text }) : sign + text;
}

function toolButton(name, key, pressed, action, off) {
  const title = say(name) + (key ? ' (' + key + ')' : '');
  const set = { type: 'button', title, 'data-tool': name };
  if (pressed !== null) set['aria-pressed'] = String(pressed);
  const button = make('button', { text: say(name), class: 'tool' + (pressed ? ' pressed' : ''), set, on: { click: action } });
  button.disabled = Boolean(off);
  return button;
}

function editTools(desk, edit) {
  const tool = (name, key) => toolButton(name, key, edit.tool === name, () => edit.take(name));
  return make('div', { class: 'edit-tools', set: { role: 'toolbar', 'aria-label': say('edit') } }, [
    make('div', { class: 'tool-row' }, [tool('pick', 'S'), tool('brush', 'B'), tool('lasso', 'O'), tool('note', 'N')]),
    make('div', { class: 'tool-row' }, [
      toolButton('lockAll', '', null, () => desk.lockAll(true)), toolButton('unlockAll', '', null, () => desk.lockAll(false), !desk.locked.size),
      toolButton('complete', '', null, () => completeHere(desk, edit), !desk.edited() && !edit.faults.length),
      toolButton('peek', 'C', Boolean(desk.peeked), () => desk.peek(!desk.peeked), !desk.peeked && !desk.edited())
    ]),
    edit.tool === 'brush' || edit.tool === 'lasso' ? paintTarget(desk, edit) : null,
    make('div', { class: 'tool-row' }, [
      toolButton('undo', 'Ctrl+Z', null, desk.undo, !desk.done.length), toolButton('redo', 'Ctrl+Y', null, desk.redo, !desk.undone.length),
      toolButton('exportChanges', '', null, () => askExport(desk, edit), !desk.changed())
    ])
  ]);
}

/* Into which zone brush and lasso paint. */
function paintTarget(desk, edit) {
  const none = say(edit.tool === 'brush' ? 'paintWhereBegun' : 'paintChooseOnly');
  const options = [{ index: -1, text: none }].concat(openZones(desk.model).map((zone) => ({ index: zone.index, text: zone.n + ' · ' + zone.centre.label })));
  const select = make('select', { set: { 'data-paint': '' }, on: { change: () => { edit.paint = Number(select.value); } } }, options.map((one) => {
    const option = make('option', { text: one.text, set: { value: String(one.index) } });
    option.selected = one.index === edit.paint;
    return option;
  }));
  return make('label', { class: 'paint' }, [make('span', { text: say('paintInto') }), select]);
}

/* How the plan stands against the one that was opened. */
function editStanding(desk, start) {
  const now = desk.numbers.figures();
  const outcomes = desk.numbers.ruleOutcomes();
  const broken = (list) => list.reduce((sum, rule) => sum + rule.broken, 0);
  const row = (words, value, kind, id) => [make('dt', { text: say(words) }), make('dd', { text: value, class: kind || '', set: { 'data-figure': id } })];
  const walk = now.walk - start.figures.walk;
  const change = broken(outcomes) - broken(start.outcomes);
  const wishes = desk.model.roster ? wishesMet(desk.model) : { all: 0 };
  return make('dl', { class: 'standing' }, [].concat(
    row('editedUnits', grouped(desk.unitCount(desk.movedBlocks())), '', 'units'),
    row('walkChange', signed(walk, 'metres'), walk > 0.5 ? 'bad' : walk < -0.5 ? 'good' : '', 'walk'),
    row('valueChange', signed(now.value - start.figures.value, 'metres'), '', 'value'),
    row('brokenCount', grouped(broken(outcomes)) + (change ? ' (' + signed(change) + ')' : ''), change > 0 ? 'bad' : change < 0 ? 'good' : '', 'broken'),
    wishes.all ? row('wishesMet', grouped(wishes.met) + ' / ' + grouped(wishes.all), '', 'wishes') : [],
    row('connection', now.apart ? '✗ ' + say('disconnected', { n: now.apart }) : '✓ ' + say('connected'), now.apart ? 'bad' : 'good', 'apart')
  ));
}

/* Each zone in parts, with what would join it. */
function editFaults(desk, edit) {
  if (!edit.faults.length) return null;
  const rows = edit.faults.map((fault) => {
    const zone = desk.model.zones[fault.zone];
    const join = Array.from(new Set([].concat(...fault.parts.map((one) => one.join || []))));
    const whole = fault.parts.length > 0 && fault.parts.every((one) => one.join);
    const loose = desk.buildingsOf([].concat(...fault.parts.map((one) => one.part)));
    const names = (buildings) => Array.from(buildings).slice(0, 3).map((one) => one.label).join(language === 'zh' ? '、' : ', ') + (buildings.size > 3 ? '…' : '');
    return make('li', {}, [
      make('span', { text: say('faultOf', { z: zone.n, what: names(loose) }) + (whole ? say('faultJoin', { what: names(desk.buildingsOf(join)) }) : say('faultNoJoin')) }),
      whole ? make('button', { class: 'tool', text: say('joinIt'), set: { type: 'button', 'data-join': String(zone.index) }, on: { click: () => desk.move(zone.index, join) } }) : null
    ]);
  });
  return make('div', { set: { role: 'alert' } }, [make('ul', { class: 'faults' }, rows)]);
}

/* What `planner apply` will say of the changes as they stand: refused or not, and for what. */
function verdict(desk) {
  const { numbers, model } = desk;
  const apart = model.zones.filter((zone, z) => numbers.isApart(z)).map((zone) => zone.n);
  const outcomes = numbers.ruleOutcomes().filter((one) => one.broken);
  const rule = (one) => numbers.data.rules.find((r) => r.name === one.name);
  const list = (texts) => texts.join(language === 'zh' ? '；' : '; ');
  const broken = outcomes.map((one) => say('verdictRule', { rule: pick(rule(one).words), n: one.broken }));
  return { refused: apart.length > 0 || outcomes.some((one) => rule(one).hard), apart, broken, words: list([].concat(apart.length ? [say('verdictApart', { z: apart.slice(0, 8).join(language === 'zh' ? '、' : ', ') })] : [], broken)) };
}

/* Before anything is written: what stands against it, and what a meeting may do about it. */
function askExport(desk, edit) {
  desk.peek(false);
  const told = verdict(desk);
  if (!told.refused) {
    exportChanges(desk, false, told);
    return;
  }
  edit.check = told;
  edit.fresh();
}

function editCheck(desk, edit) {
  if (!edit.check) return null;
  const { words } = edit.check;
  const close = () => { edit.check = null; edit.fresh(); };
  const button = (key, mark, click) => make('button', { class: 'tool', text: say(key), set: { type: 'button', 'data-export': mark }, on: { click: () => { close(); click(); } } });
  return make('div', { class: 'check', set: { role: 'alertdialog', 'aria-label': say('checkTitle') } }, [
    make('b', { text: say('checkTitle') }), make('p', { text: words }), make('p', { class: 'aside', text: say('checkHelp') }),
    make('div', { class: 'tool-row' }, [button('checkBack', 'back', () => null), button('checkComplete', 'complete', () => exportChanges(desk, false, edit.check || verdict(desk))), button('checkInsist', 'insist', () => exportChanges(desk, true, verdict(desk)))])
  ]);
}

function candidateRow(desk, edit, weighed) {
  const zone = desk.model.zones[weighed.centre];
  const notes = [];
  weighed.fresh.forEach((one) => notes.push(say('breaksIn', { z: desk.model.zones[one.zone].n }) + pick(one.rule.words)));
  weighed.apart.forEach((z) => notes.push(say('splits', { z: desk.model.zones[z].n })));
  const hover = (target) => () => edit.aim(target);
  return make('li', {}, [make('button', {
    class: 'candidate' + (notes.length ? ' warns' : ''), set: { type: 'button', 'data-centre': String(zone.index) },
    on: { click: () => desk.move(zone.index), mouseenter: hover(zone.index), mouseleave: hover(-1), focus: hover(zone.index), blur: hover(-1) }
  }, [
    make('span', { class: 'badge', text: String(zone.n), style: { background: zone.ink } }),
    make('span', { class: 'where' }, [make('b', { text: zone.centre.label }), make('small', { class: notes.length ? 'bad' : '', text: notes.length ? '▲ ' + notes.join(language === 'zh' ? '；' : '; ') : say('thenHomes', { n: grouped(weighed.homes) }) })]),
    make('span', { class: 'price ' + (weighed.walk > 0 ? '' : 'good'), text: signed(weighed.walk, 'metres') })
  ])]);
}

function editCandidates(desk, edit) {
  const blocks = Array.from(desk.selection);
  if (!blocks.length) return make('p', { class: 'aside', text: say('howToEdit') });
  const why = desk.refusal(blocks);
  if (why) return make('p', { class: 'refused', text: why });
  const weighed = desk.numbers.candidates(blocks).map((c) => desk.numbers.weigh(blocks, c));
  if (!weighed.length) return make('p', { class: 'refused', text: say('nobodyNear') });
  weighed.sort((a, b) => a.apart.length - b.apart.length || a.value - b.value || a.centre - b.centre);
  const shown = edit.all ? weighed : weighed.slice(0, 6);
  const rest = weighed.length - shown.length;
  return make('div', {}, [
    make('h3', {}, [make('span', { text: say('couldGo') }), make('small', { text: say('walkChange') })]),
    make('ul', { class: 'candidates' }, shown.map((one) => candidateRow(desk, edit, one))),
    rest ? make('button', { class: 'more', text: say('showMore', { n: rest }), set: { type: 'button' }, on: { click: () => { edit.all = true; edit.fresh(); } } }) : null
  ]);
}

/* The building that is chosen, whole or in part; null where several are. */
function chosenBuilding(desk, edit, blocks) {
  if (!blocks.length) return null;
  if (edit.building && blocks.every((b) => edit.building.blocks.includes(b))) return edit.building;
  const touched = Array.from(desk.buildingsOf(blocks));
  return touched.length === 1 ? touched[0] : null;
}

/* What is chosen, in words: a building, some of its stairwells, or so many buildings. */
function choiceWords(desk, building, blocks) {
  const units = desk.unitCount(blocks);
  if (!building) return say('chosenBuildings', { n: desk.buildingsOf(blocks).size, k: units });
  const own = building.units.filter((u) => blocks.includes(u.block));
  const name = own.length === 1 ? own[0].label : own.length === building.units.length ? building.label : building.label + ' ' + own.map((u) => stairwellLabel(building, u)).join(language === 'zh' ? '、' : ', ');
  return units > own.length ? say('andNeighbours', { label: name, n: units - own.length }) : name;
}

function editChoice(desk, edit) {
  const blocks = Array.from(desk.selection);
  const building = chosenBuilding(desk, edit, blocks);
  const homes = blocks.reduce((sum, b) => sum + desk.numbers.data.homes[b], 0);
  const allLocked = blocks.length > 0 && blocks.every((b) => desk.locked.has(b));
  const zones = Array.from(new Set(blocks.map((b) => desk.numbers.zoneOf[b]))).filter((z) => z >= 0).map((z) => desk.model.zones[z].n).sort((a, b) => a - b);
  const head = blocks.length
    ? make('div', { class: 'choice' }, [
      make('b', { text: choiceWords(desk, building, blocks) }),
      make('small', { text: say('homesOfChoice', { n: grouped(homes) }) + (zones.length ? ' · ' + say('zone') + ' ' + zones.slice(0, 6).join(language === 'zh' ? '、' : ', ') + (zones.length > 6 ? '…' : '') : '') }),
      toolButton(allLocked ? 'unlock' : 'lock', 'L', null, () => desk.lock())
    ]) : null;
  const stairs = building && building.units.length > 1 ? stairwellList(desk.model, building, (unit) => desk.selection.has(unit.block), (unit, event) => edit.pickStairwell(building, unit, event)) : null;
  const able = (what) => blocks.length > 0 && !desk.why(what, blocks);
  const row = [
    desk.swappable() && toolButton('swap', 'X', null, desk.swap), able('moveCentre') && toolButton('moveCentre', 'H', null, () => desk.moveCentre(building)),
    able('split') && toolButton('split', 'D', null, () => desk.split(building)), able('merge') && toolButton('merge', 'G', null, desk.merge)
  ].filter(Boolean);
  return make('div', {}, [head, stairs, row.length ? make('div', { class: 'tool-row' }, row) : null, editCandidates(desk, edit)]);
}

/* Buildings of one zone as a list for keys: arrows go along, the space bar chooses, M goes on to the centres. */
function editList(desk, edit) {
  const details = make('details', { class: 'unit-list' }, [make('summary', { text: say('unitsOfZone') })]);
  details.open = edit.listOpen;
  details.addEventListener('toggle', () => {
    if (edit.listOpen === details.open) return;
    edit.listOpen = details.open;
    if (details.open) fillList(desk, edit, details);
  });
  if (edit.listOpen) fillList(desk, edit, details);
  return details;
}

function fillList(desk, edit, details) {
  const options = openZones(desk.model).map((zone) => {
    const option = make('option', { text: zone.n + ' · ' + zone.centre.label, set: { value: String(zone.index) } });
    option.selected = zone.index === edit.listed;
    return option;
  });
  const select = make('select', { set: { 'aria-label': say('zone') }, on: { change: () => { edit.listed = Number(select.value); edit.fresh(); } } }, options);
  const items = desk.model.buildings.filter((one) => one.blocks.some((b) => desk.numbers.zoneOf[b] === edit.listed && desk.numbers.data.fixed[b] !== 1));
  const of = (one) => desk.movable(one).filter((b) => desk.numbers.zoneOf[b] === edit.listed); // its part of this zone
  const whole = (one, test) => { const blocks = of(one); return blocks.length > 0 && blocks.every(test); };
  if (!items.some((one) => one.index === edit.cursor)) edit.cursor = items.length ? items[0].index : -1;
  const list = make('ul', { class: 'units', set: { role: 'listbox', tabindex: '0', 'aria-multiselectable': 'true', 'aria-label': say('unitsOfZone') } }, items.map((one) => make('li', {
    text: (whole(one, (b) => desk.locked.has(b)) ? '🔒 ' : '') + choiceWords(desk, one, of(one)), class: one.index === edit.cursor ? 'cursor' : '',
    set: { role: 'option', id: 'building-' + one.index, 'aria-selected': String(whole(one, (b) => desk.selection.has(b))), 'data-building': String(one.index) },
    on: { click: (event) => { edit.cursor = one.index; desk.choose(of(one), event.shiftKey || event.ctrlKey ? 'toggle' : 'only'); } }
  })));
  if (edit.cursor >= 0) list.setAttribute('aria-activedescendant', 'building-' + edit.cursor);
  list.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const at = items.findIndex((one) => one.index === edit.cursor);
    if (step && items.length) {
      const next = items[Math.max(0, Math.min(items.length - 1, at + step))];
      edit.cursor = next.index;
      desk.choose(of(next), event.shiftKey ? 'add' : 'only');
    } else if (event.key === ' ' && at >= 0) desk.choose(of(items[at]), 'toggle');
    else return;
    event.preventDefault();
  });
  fill(details, [details.firstChild, select, list]);
}

function editNotes(desk) {
  const rows = desk.notes.map((note, i) => make('li', {}, [
    make('span', { text: desk.oldNotes.length + i + 1 + '. ' + note.text }),
    make('button', { text: '×', set: { type: 'button', 'aria-label': say('removeNote', { n: i + 1 }) }, on: { click: () => desk.note(desk.notes.filter((n) => n !== note)) } })
  ]));
  const old = desk.oldNotes.map((note, i) => make('li', {}, [make('span', { text: i + 1 + '. ' + note.text })]));
  return rows.length + old.length ? make('div', {}, [make('h3', {}, [make('span', { text: say('notes') })]), make('ul', { class: 'notes' }, old.concat(rows))]) : null;
}
