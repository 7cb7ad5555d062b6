/* The page: put together, and told apart again at every change of language, layer or choice. */
function drawPlan(map) {
  unpack(JSON.parse(document.getElementById('plan-packed').textContent)).then((packed) => drawPage(map, packed));
}

function drawPage(map, packed) {
  const model = readModel(packed.shapes, packed);
  model.roster = packed.roster ? rosterOf(packed.roster) : null;
  model.care = packed.care ? Object.assign({ shown: {}, ask: {}, asked: { sites: -1, away: -1 }, drawn: {} }, packed.care) : null;
  const state = {
    layers: { zones: true, homes: true, centres: true, gaps: true, moved: true, fences: true, labels: true, base: true },
    sort: { key: 'n', way: 1 }, zone: -1, found: null, ratio: 0, theme: null, layersOpen: window.innerWidth >= 1800
  };
  const view = model.data.view;
  const bounds = L.latLngBounds([view[1], view[0]], [view[3], view[2]]);
  const scene = new Scene(model, state);
  const parts = skeleton(map);
  const printer = makePrinter(model, state, sheetWords(model), map);
  const whole = () => map.fitBounds(bounds, { padding: [18, 18], animate: true });

  function choose(index) {
    state.zone = index;
    state.found = { kind: 'zone', zone: index };
    const zone = model.zones[index];
    const unprojected = (x, y) => map.unproject([model.plane.x0 + x, model.plane.y0 + y], PLANE_ZOOM);
    if (Number.isFinite(zone.box[0])) {
      map.fitBounds(L.latLngBounds(unprojected(zone.box[0], zone.box[3]), unprojected(zone.box[2], zone.box[1])), { padding: [70, 70], maxZoom: 18 });
    } else {
      map.panTo(model.plane.latLng(zone.centre.x, zone.centre.y));
    }
    refresh();
    backToMap();
  }

  function close() {
    state.zone = -1;
    state.found = null;
    refresh();
  }

  function turn(found) {
    state.found = found;
    state.zone = zoneOfFound(model, found);
    refresh();
  }

  function list() {
    parts.panelBody.querySelector('section.zones').replaceWith(zonesBlock(model, state, choose, resort));
    page.came = cameAndWent(model);
  }

  function resort(key) {
    state.sort = { key, way: state.sort.key === key ? -state.sort.way : key === 'n' ? 1 : -1 };
    list();
    const again = parts.panelBody.querySelector('[data-sort="' + key + '"]');
    if (again) again.focus();
  }

  function refresh(still) {
    parts.card.replaceChildren();
    if (state.found) parts.card.appendChild(state.found.kind === 'area' ? areaCard(model, state.found, close, choose) : detailCard(model, state, close, turn));
    if (page.find) page.find.show(state.found);
    parts.panelBody.querySelectorAll('tr[data-zone]').forEach((row) => row.classList.toggle('chosen', Number(row.dataset.zone) === state.zone));
    if (!still) scene.redraw();
  }

  /* Bring rows and figures of zones that changed up to date. */
  function showZones(zones) {
    const blocks = { ledger: ledgerBlock, totals: figuresBlock, proofs: proofBlock, rules: rulesBlock, gaps: gapsBlock };
    const gaps = JSON.stringify(gapsNow(model));
    if (gaps === page.gaps) delete blocks.gaps; // its signs are pictures
    page.gaps = gaps;
    Object.keys(blocks).forEach((name) => parts.panelBody.querySelector('section.' + name).replaceWith(blocks[name](model)));
    const rows = zoneRows(model, state, choose);
    if (cameAndWent(model) !== (page.came || '')) list(); // rows come and go with centres
    else zones.forEach((z) => {
      const row = parts.panelBody.querySelector('tr[data-zone="' + z + '"]');
      if (row) row.replaceWith(rows(model.zones[z]));
    });
    if (state.found) refresh(true);
  }

  function furnish() {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
    header();
    fill(parts.left, [zoomButtons(map, whole)]);
    fill(parts.right, [layerSwitch(model, state, () => { told(); scene.redraw(); }), model.care ? careSwitch(map, model) : null]);
    told();
    fill(parts.corner, [northArrow(), parts.scale]);
    parts.attribution.textContent = creditsOf(model);
    nameParts(map, parts);
    fill(parts.panelBody, [
      ledgerBlock(model), figuresBlock(model), proofBlock(model), rulesBlock(model), gapsBlock(model), needsBlock(model), zonesBlock(model, state, choose, resort), model.roster ? notPlacedBlock(model) : null,
      make('footer', { class: 'block' }, [make('p', { class: 'aside', text: say(model.roster ? 'internalEdition' : 'privacy') }), make('p', { class: 'aside', text: model.data.meta.source ? say('source') + ': ' + model.data.meta.source : '' })])
    ]);
    page.gaps = JSON.stringify(gapsNow(model));
    if (page.edit && page.edit.active) page.edit.turn(true, true);
    if (page.edit) page.edit.speak();
    if (page.find) page.find.speak();
    refresh();
  }

  function told() {
    fill(parts.low, [legend(model, state.theme), parts.attribution]);
  }

  function header() {
    fillHeader(parts, model, () => {
      language = language === 'zh' ? 'en' : 'zh';
      furnish();
    }, page.edit, printer.open);
  }

  const page = { edit: null, find: null, furnish, header, showZones, choose, close, refresh };
  addBasemap(map, model, state);
  addScale(map, parts);
  furnish();
  map.invalidateSize({ animate: false });
  map.fitBounds(bounds, { padding: [18, 18], animate: false });
  limitZoom(map, bounds);
  map.addLayer(scene);
  listen(map, scene, state, model, parts, refresh, close, page);
  prepareForPrint(map, scene, state, bounds);
  window.plannerPrint = printer;
  startEditing(map, scene, state, model, parts, page, packed.edit);
  startFinding(map, scene, state, model, parts, page, packed.find);
  document.documentElement.setAttribute('data-ready', String(model.zones.length));
}

function fill(node, children) {
  node.replaceChildren();
  children.forEach((child) => child && node.appendChild(child));
}

/* Parts of the page by name, for those who hear it. */
function nameParts(map, parts, chart) {
  const named = [[map.getContainer(), chart || 'map'], [parts.banners, 'notices'], [parts.low, 'legend'], [parts.panel, 'panel']];
  named.forEach(([part, key]) => {
    part.setAttribute('role', 'region');
    part.setAttribute('aria-label', say(key));
  });
}

/* Zones that edits brought or gave up, as a text to compare. */
function cameAndWent(model) {
  return model.zones.filter((zone) => zone.closed || zone.fresh).map((zone) => zone.index + (zone.closed ? 'x' : '')).join();
}

function skeleton(map) {
  const spot = (name) => make('div', { class: 'spot ' + name });
  const parts = {
    bar: make('header', { class: 'bar' }), banners: make('div', { class: 'banners' }), stage: make('main', { class: 'stage' }),
    panel: make('aside', { class: 'panel', set: { tabindex: '0' } }), panelBody: make('div', { class: 'panel-body' }),
    left: spot('left'), right: spot('right'), low: make('div', { class: 'key' }), corner: spot('corner'), card: spot('card-spot'),
    tip: make('div', { class: 'tip', set: { role: 'status' } }), attribution: make('div', { class: 'attribution' }), scale: make('div', { class: 'scale' })
  };
  parts.stage.appendChild(map.getContainer());
  [parts.left, parts.right, parts.corner, parts.card, parts.tip].forEach((part) => parts.stage.appendChild(part));
  parts.panel.appendChild(parts.panelBody);
  [parts.bar, parts.banners, parts.stage, parts.low, parts.panel].forEach((part) => document.body.appendChild(part));
  return parts;
}

function fillHeader(parts, model, switched, edit, print) {
  const meta = model.data.meta;
  const dates = [];
  if (meta.organisation) dates.push(pick(meta.organisation));
  if (meta.created) dates.push(say('made') + ' ' + meta.created);
  if (meta.data_date) dates.push(say('mapData') + ' ' + meta.data_date);
  fill(parts.bar, [
    make('div', {}, [make('h1', { text: meta.title || say('untitled') }), make('p', { text: dates.join('  ·  ') })]),
    make('div', { class: 'tools' }, [
      edit ? edit.button() : null,
      make('button', { text: say('print'), set: { type: 'button' }, on: { click: () => (print ? print() : window.print()) } }),
      make('button', { text: say('other'), set: { type: 'button', id: 'language', title: say('otherHint'), lang: language === 'zh' ? 'en' : 'zh-CN' }, on: { click: switched } })
    ])
  ]);
  const banners = [];
  if (meta.synthetic) banners.push(make('div', { class: 'banner synthetic', text: say('synthetic') }));
  if (meta.network) banners.push(make('div', { class: 'banner network', text: pick(meta.network) }));
  if (meta.insisted) banners.push(make('div', { class: 'banner network', text: pick(meta.insisted) }));
  if (model.data.basemap) banners.push(onlineBanner(model));
  fill(parts.banners, banners);
}

/* Farther out than the whole plan, and nearer than single houses, there is nothing to see. */
const NEAREST = 19;

function limitZoom(map, bounds) {
  const limit = () => map.setMinZoom(Math.max(0, Math.min(NEAREST - 3, map.getBoundsZoom(bounds) - 1.5)));
  map.setMaxZoom(NEAREST);
  map.on('resize', limit);
  limit();
}

/* The zone that stands out beside what was found: that of a building only where it has one. */
function zoneOfFound(model, found) {
  const zone = found.unit !== undefined ? model.units[found.unit].zone : found.building !== undefined ? model.buildings[found.building].zone : found.zone;
  return Math.max(-1, zone);
}

function addScale(map, parts) {
  const control = L.control.scale({ imperial: false, maxWidth: 110 });
  control.addTo(map);
  parts.scale.appendChild(control.getContainer());
}

function listen(map, scene, state, model, parts, refresh, close, page) {
  map.on('click', (event) => {
    if (page.edit && page.edit.click(event)) return;
    state.found = scene.find(event.containerPoint);
    state.zone = state.found ? zoneOfFound(model, state.found) : -1;
    refresh();
  });
  map.on('mousemove', (event) => {
    const found = scene.find(event.containerPoint);
    const text = !found ? '' : found.building !== undefined ? model.buildings[found.building].label : say('zone') + ' ' + model.zones[found.zone].n + ' · ' + model.zones[found.zone].centre.label;
    map.getContainer().style.cursor = found ? 'pointer' : '';
    parts.tip.textContent = found && found.kind !== 'zone' ? text : '';
    parts.tip.style.transform = 'translate(' + (event.containerPoint.x + 14) + 'px,' + (event.containerPoint.y + 14) + 'px)';
  });
  map.on('mouseout movestart', () => { parts.tip.textContent = ''; });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && state.found) close();
  });
}
