/* A phone's or a citizen's id number, as `planner apply` refuses them. */
const PRIVATE_NUMBER = /(?<!\d)(1[3-9]\d(?:[ -]?\d{4}){2}|\d{6}[ -]?\d{8}[ -]?\d{3}[\dXx])(?![\dA-Za-z])/;

/* Editing, put together: it starts once its numbers are unpacked, and tells window.plannerPage. */
function startEditing(map, scene, state, model, parts, page, data) {
  const numbers = makeEditModel(data, model.zones.length);
  const desk = makeDesk(model, numbers);
  desk.oldNotes = data.notes;
  desk.allNotes = () => desk.oldNotes.concat(desk.notes);
  const bring = makeFigures(model, desk);
  const start = { figures: numbers.figures(), outcomes: numbers.ruleOutcomes() };
  const edit = { active: false, tool: 'pick', all: false, paint: -1, building: null, faults: desk.faults(), check: null, listed: 0, cursor: -1, listOpen: false, speak: () => null };
  const marks = makeMarks(map, scene, desk);
  marks.faults = edit.faults;
  const recut = makeRecut(model, desk);
  const live = make('div', { class: 'live', set: { role: 'status', 'aria-live': 'polite' } });
  const box = make('section', { class: 'block edit', set: { 'aria-label': say('edit') } });
  document.body.appendChild(live);

  edit.fresh = () => {
    if (!edit.active) return;
    const kept = document.activeElement && box.contains(document.activeElement) ? document.activeElement : null;
    const mark = kept && (kept.dataset.tool ? '[data-tool="' + kept.dataset.tool + '"]' : kept.dataset.unit ? '[data-unit="' + kept.dataset.unit + '"]' : kept.getAttribute('role') === 'listbox' ? '[role=listbox]' : kept.dataset.centre ? '.candidate' : null);
    const scroll = box.querySelector('.units') ? box.querySelector('.units').scrollTop : 0;
    fill(box, [
      make('h2', {}, [make('span', { text: say('edit') }), make('button', { class: 'close', text: '×', set: { type: 'button', 'aria-label': say('stopEdit') }, on: { click: () => edit.turn(false) } })]),
      editTools(desk, edit), editCheck(desk, edit), editStanding(desk, start), editFaults(desk, edit), editChoice(desk, edit), editNotes(desk), editList(desk, edit), live
    ].filter(Boolean));
    const list = box.querySelector('.units');
    if (list) {
      list.scrollTop = scroll;
      const cursor = list.querySelector('.cursor');
      if (cursor && edit.listOpen && cursor.scrollIntoView && mark === '[role=listbox]') cursor.scrollIntoView({ block: 'nearest' });
    }
    const again = mark && box.querySelector(mark);
    if (again) again.focus({ preventScroll: true });
  };

  edit.aim = (target) => {
    marks.target = target;
    marks.draw();
  };

  edit.take = (tool) => {
    edit.tool = tool;
    map.dragging[tool === 'lasso' || tool === 'brush' ? 'disable' : 'enable']();
    map.getContainer().classList.toggle('crosshair', tool !== 'pick');
    edit.fresh();
    desk.tell(say({ pick: 'hintPick', brush: 'hintBrush', lasso: 'hintLasso', note: 'hintNote' }[tool]));
  };

  edit.offer = () => {
    const first = box.querySelector('.candidate');
    if (first) first.focus();
    else desk.tell(desk.refusal(Array.from(desk.selection)) || say('chooseFirst'));
  };

  edit.turn = (on, again) => {
    edit.active = on;
    if (on && state.found && !again) page.close(); // what is told of one zone dims all the others
    state.editing = on;
    document.documentElement.classList.toggle('editing', on);
    if (on) parts.panelBody.insertBefore(box, parts.panelBody.firstChild);
    else box.remove();
    if (!on) {
      map.dragging.enable();
      map.getContainer().classList.remove('crosshair');
      desk.choose([]);
    }
    button.setAttribute('aria-pressed', String(on));
    edit.fresh();
    scene.redraw();
    marks.draw();
    if (on) parts.panel.scrollTop = 0;
    map.invalidateSize({ animate: false });
  };

  /* Text is asked for in the page: dialogs of the browser stop everything. */
  edit.askNote = (latlng) => {
    const input = make('textarea', { set: { rows: '3', maxlength: '300', 'aria-label': say('note'), placeholder: say('notePrivacy') } });
    const said = make('p', { class: 'refused', set: { role: 'alert' } });
    const close = () => { fill(parts.card, []); };
    const keep = () => {
      const text = input.value.trim();
      said.textContent = PRIVATE_NUMBER.test(text.normalize('NFKC')) ? say('noteNumber') : '';
      if (said.textContent) return input.focus();
      if (text) desk.note(desk.notes.concat([{ lon: Math.round(latlng.lng * 1e6) / 1e6, lat: Math.round(latlng.lat * 1e6) / 1e6, text }]));
      close();
      return edit.take('pick');
    };
    input.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') close();
      if (event.key === 'Enter' && !event.shiftKey) {
        event.preventDefault();
        keep();
      }
    });
    fill(parts.card, [make('div', { class: 'card note-card' }, [make('h3', {}, [make('span', { text: say('note') })]), input, said, make('div', { class: 'tool-row' }, [
      make('button', { class: 'tool', text: say('keepNote'), set: { type: 'button' }, on: { click: keep } }), make('button', { class: 'tool', text: say('cancel'), set: { type: 'button' }, on: { click: close } })
    ])])]);
    input.focus();
  };

  /* A click while editing: true when it was for us. */
  edit.click = (event) => {
    if (!edit.active) return false;
    if (edit.tool === 'note') {
      edit.askNote(event.latlng);
      return true;
    }
    if (edit.tool !== 'pick') return true;
    const found = scene.findBuilding(event.containerPoint);
    const more = event.originalEvent && (event.originalEvent.shiftKey || event.originalEvent.ctrlKey);
    if (!found && !more) desk.choose([]);
    if (found) edit.pick(found, more);
    return true;
  };

  /* A building is chosen whole; a second time, with more chosen, it is left out again. */
  edit.pick = (building, more) => {
    const blocks = desk.movable(building);
    edit.building = building;
    edit.cursor = building.index;
    if (building.parts[0].zone >= 0) edit.listed = building.parts[0].zone;
    desk.choose(blocks, !more ? 'only' : blocks.every((b) => desk.selection.has(b)) ? 'toggle' : 'add');
    if (blocks.length < building.blocks.length) desk.tell(say('partStays'));
  };

  /* One stairwell of a building; again, and it is the whole building. */
  edit.pickStairwell = (building, unit, event) => {
    const b = unit.block;
    const why = numbers.data.fixed[b] ? desk.refusal([b]) : '';
    if (why) return desk.tell(why);
    const only = desk.selection.size === 1 && desk.selection.has(b);
    edit.building = building;
    if (event.shiftKey || event.ctrlKey) return desk.choose([b], 'toggle');
    return desk.choose(only ? desk.movable(building) : [b], 'only');
  };

  function offerRestore() {
    const saved = storedEdits(desk.plan);
    if (!saved || !(saved.moves.length + saved.locks.length + saved.notes.length + (saved.centres || []).length)) return;
    const bar = make('div', { class: 'banner restore', set: { role: 'status' } });
    const button = (key, mark, click) => make('button', { text: say(key), set: { type: 'button', 'data-restore': mark }, on: { click: () => { bar.remove(); click(); } } });
    edit.speak = () => fill(bar, [
      make('span', { text: say('keptEdits', { n: saved.moves.length }) }),
      button('restore', 'yes', () => { edit.turn(true); desk.restore(saved); }),
      button('discard', 'no', () => storeEdits(desk.plan, desk.changed() ? desk.changes() : null))
    ]);
    edit.speak();
    parts.stage.appendChild(bar);
  }

  desk.on('change', (zones) => {
    if (zones.size) {
      if (desk.elsewhere) scene.centresMoved(); // how near houses are takes long to find
      desk.elsewhere = false;
      recut.update(zones);
      model.recut = recut;
      page.showZones(bring(zones));
      scene.repaint(recut.box);
      edit.faults = desk.faults(zones);
      marks.warn(edit.faults);
    }
    edit.check = null;
    edit.all = false;
    edit.fresh();
    marks.target = -1;
    marks.draw();
  });
  desk.on('select', () => {
    edit.all = false;
    edit.fresh();
    marks.target = -1;
    marks.draw();
  });
  desk.on('say', (text) => { live.textContent = text; });

  const button = make('button', { set: { type: 'button', id: 'edit', 'aria-pressed': 'false' }, on: { click: () => edit.turn(!edit.active) } });
  edit.button = () => {
    button.textContent = say('edit');
    return button;
  };
  addBrush(map, scene, marks, desk, edit);
  addLasso(map, marks, desk, edit);
  addEditKeys(desk, edit);
  autosave(desk);
  offerRestore();
  page.edit = edit;
  page.header();
  window.plannerPage = { desk, edit, numbers, map, model };
  document.documentElement.setAttribute('data-edit', 'ready');
}
