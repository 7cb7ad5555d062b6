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
    make('div', { class: 'tool-row' }, [tool('pick', 'S'), tool('lasso', 'O'), tool('note', 'N')]),
    make('div', { class: 'tool-row' }, [
      toolButton('undo', 'Ctrl+Z', null, desk.undo, !desk.done.length), toolButton('redo', 'Ctrl+Y', null, desk.redo, !desk.undone.length),
      toolButton('exportChanges', '', null, () => exportChanges(desk), !desk.changed())
    ])
  ]);
}

/* How the plan stands against the one that was opened. */
function editStanding(desk, start) {
  const now = desk.numbers.figures();
  const outcomes = desk.numbers.ruleOutcomes();
  const broken = (list) => list.reduce((sum, rule) => sum + rule.broken, 0);
  const row = (words, value, kind, id) => [make('dt', { text: say(words) }), make('dd', { text: value, class: kind || '', set: { 'data-figure': id } })];
  const walk = now.walk - start.figures.walk;
  const change = broken(outcomes) - broken(start.outcomes);
  return make('dl', { class: 'standing' }, [].concat(
    row('editedUnits', grouped(desk.unitCount(desk.movedBlocks())), '', 'units'),
    row('walkChange', signed(walk, 'metres'), walk > 0.5 ? 'bad' : walk < -0.5 ? 'good' : '', 'walk'),
    row('valueChange', signed(now.value - start.figures.value, 'metres'), '', 'value'),
    row('brokenCount', grouped(broken(outcomes)) + (change ? ' (' + signed(change) + ')' : ''), change > 0 ? 'bad' : change < 0 ? 'good' : '', 'broken'),
    row('connection', now.apart ? '✗ ' + say('disconnected', { n: now.apart }) : '✓ ' + say('connected'), now.apart ? 'bad' : 'good', 'apart')
  ));
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

function blockLabel(desk, b) {
  const units = desk.numbers.unitsOf[b];
  const label = desk.model.units[units[0]].label;
  return units.length > 1 ? say('andNeighbours', { label, n: units.length - 1 }) : label;
}

function editChoice(desk, edit) {
  const blocks = Array.from(desk.selection);
  const units = desk.unitCount(blocks);
  const homes = blocks.reduce((sum, b) => sum + desk.numbers.data.homes[b], 0);
  const allLocked = blocks.length > 0 && blocks.every((b) => desk.locked.has(b));
  const head = blocks.length
    ? make('div', { class: 'choice' }, [
      make('b', { text: blocks.length === 1 ? blockLabel(desk, blocks[0]) : say('chosenUnits', { n: units }) }),
      make('small', { text: say('homesOfChoice', { n: grouped(homes) }) + (blocks.length === 1 && desk.numbers.zoneOf[blocks[0]] >= 0 ? ' · ' + say('zone') + ' ' + desk.model.zones[desk.numbers.zoneOf[blocks[0]]].n : '') }),
      toolButton(allLocked ? 'unlock' : 'lock', 'L', null, () => desk.lock())
    ]) : null;
  return make('div', {}, [head, editCandidates(desk, edit)]);
}

/* Blocks of one zone as a list for keys: arrows go along, the space bar chooses, M goes on to the centres. */
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
  const options = desk.model.zones.map((zone) => {
    const option = make('option', { text: zone.n + ' · ' + zone.centre.label, set: { value: String(zone.index) } });
    option.selected = zone.index === edit.listed;
    return option;
  });
  const select = make('select', { set: { 'aria-label': say('zone') }, on: { change: () => { edit.listed = Number(select.value); edit.fresh(); } } }, options);
  const items = desk.numbers.data.zone.map((z, b) => b).filter((b) => desk.numbers.zoneOf[b] === edit.listed && desk.numbers.data.fixed[b] !== 1);
  if (!items.includes(edit.cursor)) edit.cursor = items.length ? items[0] : -1;
  const list = make('ul', { class: 'units', set: { role: 'listbox', tabindex: '0', 'aria-multiselectable': 'true', 'aria-label': say('unitsOfZone') } }, items.map((b) => make('li', {
    text: (desk.locked.has(b) ? '🔒 ' : '') + blockLabel(desk, b), class: b === edit.cursor ? 'cursor' : '',
    set: { role: 'option', id: 'block-' + b, 'aria-selected': String(desk.selection.has(b)), 'data-block': String(b) },
    on: { click: (event) => { edit.cursor = b; desk.choose([b], event.shiftKey || event.ctrlKey ? 'toggle' : 'only'); } }
  })));
  if (edit.cursor >= 0) list.setAttribute('aria-activedescendant', 'block-' + edit.cursor);
  list.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      const next = items[Math.max(0, Math.min(items.length - 1, items.indexOf(edit.cursor) + step))];
      edit.cursor = next;
      desk.choose([next], event.shiftKey ? 'add' : 'only');
    } else if (event.key === ' ' && edit.cursor >= 0) desk.choose([edit.cursor], 'toggle');
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
