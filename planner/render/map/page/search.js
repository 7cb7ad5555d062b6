/* "Whose zone is this?": the search box of the panel, and the walk of whatever is chosen. */
Object.assign(TEXTS.zh, {
  find: '查找小区、道路、楼栋或中心户', findHint: '如：幸福路、3栋、xfl；按 / 键输入', findNothing: '没有找到“{q}”', findMore: '另有 {n} 项，请多输几个字',
  findEstates: '小区与道路', findBuildings: '楼栋', minutes: '步行约 {n} 分钟（每分钟 {m} 米）', walkTime: '约需', lessMinute: '不到 1 分钟',
  ofSeveral: '与相邻 {n} 处的平均', ways: '路线', noWays: '本方案未保存路网，图上为直线', inZones: '分属 {n} 个责任区', inZone: '属于', placesHere: '楼栋单元', found: '找到 {n} 项', outside: '不在任何责任区内'
});
Object.assign(TEXTS.en, {
  find: 'Find an estate, road, building or centre', findHint: 'such as a street, a number; press / to type', findNothing: 'Nothing found for “{q}”', findMore: '{n} more: type a little more',
  findEstates: 'Estates and roads', findBuildings: 'Buildings', minutes: 'about {n} min on foot ({m} m a minute)', walkTime: 'Time', lessMinute: 'less than a minute',
  ofSeveral: 'mean with {n} {n|place|places} beside it', ways: 'Way', noWays: 'This plan keeps no streets: the line is straight', inZones: 'In {n} zones', inZone: 'In', placesHere: 'Buildings', found: '{n} found', outside: 'In no zone'
});

/* What the card of a building says of the walk; page.find fills it in. */
function walkFacts(model, unit) {
  return model.walkFacts ? model.walkFacts(unit) : [];
}

function zoneTag(model, zone) {
  if (!model.zones[zone]) return make('span', { class: 'find-zone none', text: say('outside') });
  return make('span', { class: 'find-zone' }, [make('b', { class: 'badge', text: String(model.zones[zone].n), style: { background: model.zones[zone].ink } }), make('span', { text: model.zones[zone].centre.label })]);
}

/* The card of an estate, a road or a named place: its zones. */
function areaCard(model, found, close, choose) {
  const zones = found.zones;
  const rows = zones.map((z) => make('li', {}, [model.zones[z] ? make('button', { set: { type: 'button', 'data-zone': String(z) }, on: { click: () => choose(z) } }, [zoneTag(model, z)]) : zoneTag(model, z), make('small', { text: found.counts ? say('placesHere') + ' ' + grouped(found.counts.get(z)) : '' })]));
  return make('div', { class: 'card detail', set: { role: 'dialog', 'aria-label': found.label, 'data-kind': 'estate' } }, [
    make('header', { style: { 'border-color': zones.length === 1 && model.zones[zones[0]] ? model.zones[zones[0]].ink : COLOURS.quiet } }, [
      make('h2', { text: found.label }), make('button', { class: 'close', text: '×', set: { type: 'button', 'aria-label': say('close') }, on: { click: close } })
    ]),
    make('p', { class: 'find-in', text: zones.length > 1 ? say('inZones', { n: zones.length }) : say('inZone') }), make('ul', { class: 'find-zones' }, rows)
  ]);
}

function startFinding(map, scene, state, model, parts, page, find) {
  if (!find) return;
  const line = makeWalkLine(map, model);
  const finder = { line, names: null, walks: undefined, ms: 0, results: [], at: -1 };
  const names = () => finder.names || (finder.names = makeNames(model, find));
  const walks = () => (finder.walks === undefined ? (finder.walks = makeWalks(model, find.ways)) : finder.walks);
  const spot = (thing) => [thing.sx, thing.sy];

  /* The walk of a unit to its centre; without streets the straight line. */
  finder.walkOf = (unit) => {
    const centre = model.centres[unit.zone];
    if (!centre) return null;
    if (walks()) return walks().path(spot(unit), spot(centre));
    return { points: [spot(unit), spot(centre)], metres: null, straight: true };
  };

  /* Whose walk is drawn: the chosen stairwell's, else that of the one nearest to the symbol; none where zones cut the building. */
  function walker(found) {
    if (found.unit !== undefined) return model.units[found.unit];
    const one = model.buildings[found.building];
    const away = (u) => Math.hypot(u.x - one.x, u.y - one.y);
    return one.zone === SPLIT ? null : one.units.reduce((best, u) => (away(u) < away(best) ? u : best));
  }

  function timeText(metresWalked) {
    if (metresWalked === null || metresWalked === undefined) return '–';
    return metresWalked < find.pace ? say('lessMinute') : say('minutes', { n: Math.round(metresWalked / find.pace), m: find.pace });
  }

  model.walkFacts = (unit) => {
    if (!model.zones[unit.zone]) return [];
    const beside = page.edit && window.plannerPage ? window.plannerPage.numbers.unitsOf[window.plannerPage.numbers.data.block[unit.index]].length - 1 : 0;
    const rows = [[say('walkTime'), timeText(unit.walk)]];
    if (beside > 0) rows.push(['', say('ofSeveral', { n: beside })]);
    if (!walks()) rows.push([say('ways'), say('noWays')]);
    return rows;
  };

  /* Draw what is chosen: the walk of a building, the buildings of an estate. */
  finder.show = (found) => {
    if (!found || (found.building === undefined && !found.spots)) return line.draw(null, []);
    if (found.spots) return line.draw(null, found.spots);
    const unit = walker(found);
    if (!unit) return line.draw(null, [Object.assign(spot(model.buildings[found.building]), { hollow: true })]); // its colours stay in sight
    return line.draw(finder.walkOf(unit), [spot(unit)], model.zones[unit.zone]);
  };

  function zoneAt(x, y) {
    const zone = model.zones.find((z) => x >= z.box[0] && x <= z.box[2] && y >= z.box[1] && y <= z.box[3] && scene._probe.isPointInPath(z.path, x, y, 'evenodd'));
    return zone ? zone.index : -1;
  }

  function fly(points) {
    const bounds = L.latLngBounds(points.map((p) => model.plane.latLng(p[0], p[1])));
    const size = map.getSize();
    const corner = size.x > 900 ? [390, 60] : [50, Math.min(260, size.y * 0.4)]; // the card lies there
    map.fitBounds(bounds, { paddingTopLeft: corner, paddingBottomRight: [60, 60], maxZoom: 18 });
  }

  function chooseArea(entry) {
    const units = (entry.units || []).map((u) => model.units[u]);
    const counts = new Map();
    units.forEach((unit) => counts.set(unit.zone, (counts.get(unit.zone) || 0) + 1));
    let zones = entry.zones || Array.from(counts.keys()).sort((a, b) => counts.get(b) - counts.get(a) || a - b);
    if (entry.place) zones = [zoneAt(entry.place[0], entry.place[1])];
    const steps = (x, y) => {
      const there = map.unproject([model.plane.x0 + x, model.plane.y0 + y], PLANE_ZOOM);
      return [there.lng * model.data.scale - model.data.origin[0], there.lat * model.data.scale - model.data.origin[1]];
    };
    const spots = entry.place ? [steps(entry.place[0], entry.place[1])] : entry.spot ? [entry.spot] : units.map(spot);
    state.found = { kind: 'area', label: entry.label, zones, counts: units.length ? counts : null, spots };
    state.zone = zones.length === 1 ? zones[0] : -1;
    fly(spots);
    page.refresh();
  }

  finder.choose = (entry) => {
    close();
    if (entry.kind === 'centre') return page.choose(entry.zone);
    if (entry.building === undefined) return chooseArea(entry);
    state.found = { kind: 'building', building: entry.building, unit: entry.unit };
    state.zone = zoneOfFound(model, state.found);
    const unit = walker(state.found);
    const walk = unit && finder.walkOf(unit);
    fly(walk ? walk.points.concat([spot(model.centres[unit.zone])]) : [spot(unit || model.buildings[entry.building])]);
    return page.refresh();
  };

  const input = make('input', { set: { type: 'search', id: 'find', role: 'combobox', autocomplete: 'off', spellcheck: 'false', 'aria-expanded': 'false', 'aria-controls': 'find-list', 'aria-autocomplete': 'list', maxlength: '80' } });
  const list = make('div', { class: 'find-list', set: { id: 'find-list', role: 'listbox' } });
  const count = make('span', { class: 'find-count', set: { role: 'status', 'aria-live': 'polite' } });
  const box = make('div', { class: 'find', set: { role: 'search' } }, [input, list, count]);
  parts.panel.insertBefore(box, parts.panelBody);

  function close() {
    list.replaceChildren();
    finder.results = [];
    finder.at = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  }

  function mark(at) {
    finder.at = at;
    list.querySelectorAll('[role=option]').forEach((row, i) => {
      row.setAttribute('aria-selected', String(i === at));
      if (i === at) row.scrollIntoView({ block: 'nearest' });
    });
    if (at >= 0) input.setAttribute('aria-activedescendant', 'find-' + at);
    else input.removeAttribute('aria-activedescendant');
  }

  function option(entry, i) {
    const zones = entry.zones || (entry.units ? names().zones(entry.units) : entry.place ? [zoneAt(entry.place[0], entry.place[1])] : [entry.zone]);
    const where = zones.length === 1 ? zoneTag(model, zones[0]) : make('span', { class: 'find-zone', text: say('inZones', { n: zones.length }) });
    return make('div', { class: 'find-option', set: { role: 'option', id: 'find-' + i, 'aria-selected': 'false' }, on: { mousedown: (event) => event.preventDefault(), click: () => finder.choose(entry) } }, [make('span', { class: 'find-label', text: entry.kind === 'centre' ? say('zone') + ' ' + model.zones[entry.zone].n + ' · ' + entry.label : entry.label }), entry.kind === 'centre' ? null : where]);
  }

  finder.ask = () => {
    const began = performance.now();
    const query = input.value.trim();
    close();
    count.textContent = '';
    if (!query) return;
    const groups = names().find(query);
    finder.results = [].concat(...groups.map((group) => group.entries));
    let i = 0;
    groups.forEach((group) => {
      const head = make('div', { class: 'find-head', text: say({ estate: 'findEstates', building: 'findBuildings', centre: 'centre' }[group.kind]), set: { id: 'find-in-' + group.kind } });
      const rows = group.entries.map((entry) => option(entry, i++));
      const rest = group.all - group.entries.length;
      if (rest) rows.push(make('div', { class: 'find-rest', text: say('findMore', { n: grouped(rest) }) }));
      list.appendChild(make('div', { set: { role: 'group', 'aria-labelledby': 'find-in-' + group.kind } }, [head].concat(rows)));
    });
    if (!groups.length) list.appendChild(make('div', { class: 'find-rest', text: say('findNothing', { q: query }) }));
    count.textContent = say('found', { n: groups.reduce((sum, group) => sum + group.all, 0) });
    input.setAttribute('aria-expanded', 'true');
    if (finder.results.length) mark(0);
    finder.ms = performance.now() - began;
  };

  input.addEventListener('focus', () => { names(); if (input.value.trim()) finder.ask(); });
  input.addEventListener('input', finder.ask);
  input.addEventListener('blur', close);
  input.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Escape') {
      event.stopPropagation();
      if (list.firstChild) close();
      else if (input.value) input.value = '';
      else input.blur();
    } else if (step) {
      if (!finder.results.length) finder.ask();
      else mark((finder.at + step + finder.results.length) % finder.results.length);
    } else if (event.key === 'Enter' && !event.isComposing && finder.results[finder.at]) finder.choose(finder.results[finder.at]);
    else return;
    event.preventDefault();
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    event.preventDefault();
    parts.panel.scrollTop = 0;
    input.focus();
    input.select();
  });

  finder.speak = () => {
    input.placeholder = say('find');
    input.title = say('findHint');
    input.setAttribute('aria-label', say('find'));
    list.setAttribute('aria-label', say('find'));
    close();
  };
  finder.input = input;
  finder.speak();
  page.find = finder;
  (window.requestIdleCallback || window.setTimeout)(() => names()); // so that the first question need not wait
  window.plannerPage = Object.assign(window.plannerPage || {}, { find: finder });
}
