/* The page for anyone: zones, whom to call, rounded counts.  There is no building and no home in it. */
Object.assign(TEXTS.zh, {
  estates: '小区', findZone: '按编号、中心户、电话、小区或社区查找', findNone: '没有这样的责任区', about: '约 {n} 户', fewerThan: '不足 {n} 户', fewShort: '<{n}', officePhone: '办公电话', whoServes: '中心户', publicEdition: '公开版：只显示责任区大致范围、中心户和取整户数；不含楼栋、住户与住址', roundedTo: '户数取整，不足 {n} 户不予显示', publicMap: '责任区示意图', shares: '步行可达', sharesOf: '到{what}（{who}）', shareAll: '全部居民户', shareCare: '关爱户', shareMinutes: '{m} 分钟', own_centre: '中心户', own_member: '联系党员', sharesNote: '占登记的约 {n} 户的比例，取整；户数过少的不予显示'
});
Object.assign(TEXTS.en, {
  estates: 'Estates', findZone: 'Find by number, centre, phone, estate or community', findNone: 'No such zone', about: 'about {n} homes', fewerThan: 'fewer than {n} homes', fewShort: '<{n}', officePhone: 'Office phone', whoServes: 'Centre', publicEdition: 'Public edition: rough outlines, centres and rounded counts; no buildings, residents or addresses', roundedTo: 'Counts are rounded; fewer than {n} are not shown', publicMap: 'Outline map of the zones', shares: 'Within a walk', sharesOf: 'To the {what} ({who})', shareAll: 'all homes', shareCare: 'care households', shareMinutes: '{m} min', own_centre: 'centre', own_member: 'serving member', sharesNote: 'Of about {n} registered homes, rounded; where few would be told, nothing is'
});

const FIRST_ROWS = 40;
const MORE_ROWS = 20;

function drawPublic(map) {
  unpack(JSON.parse(document.getElementById('plan-packed').textContent)).then((packed) => drawPublicPage(map, packed.shapes));
}

/* The scene draws any model: here it has zones and a base map, and nothing else. */
function readPublic(shapes) {
  const data = JSON.parse(document.getElementById('plan-data').textContent);
  const base = data.base;
  const centres = data.zones.map((zone) => ({ x: 0, y: 0, id: '', label: zone.name }));
  const whole = Object.assign({}, data, { base, centres, units: { x: [], block: [] }, blocks: { homes: [], walk: [] }, gaps: [], causes: {} });
  const model = readModel(Object.assign({ buildings: [] }, shapes), { base: { buildings: [] }, units: { label: [], name: [], building: [] } }, whole);
  model.centres = [];
  return model;
}

function publicCount(model, count) {
  if (count === -1) return say('fewerThan', { n: model.data.meta.smallest });
  return count === -2 ? say('hidden') : say('about', { n: grouped(count) });
}

function publicFacts(model, zone) {
  return facts([
    zone.name && [say('whoServes'), zone.name], zone.phone && [say('officePhone'), zone.phone],
    zone.fence && [say('fence'), zone.fence], zone.estates.length > 0 && [say('estates'), estatesText(zone)], [say('homes'), publicCount(model, zone.homes)]
  ]);
}

/* The estates of which a zone has many homes, those with most first. */
function estatesText(zone) {
  return zone.estates.join(language === 'zh' ? '、' : ', ');
}

/* A count of homes in a table or a list, where words would take too much room. */
function publicShort(model, zone) {
  return zone.homes === -1 ? say('fewShort', { n: model.data.meta.smallest }) : shortCount(zone.homes);
}

function publicRow(model, state, zone, choose) {
  const title = say('zone') + ' ' + zone.n + (zone.name ? ', ' + zone.name : '');
  const badge = make('button', { class: 'badge', text: String(zone.n), style: { background: zone.ink }, on: { click: () => choose(zone.index) }, set: { type: 'button', 'aria-label': title } });
  const row = make('tr', { class: state.zone === zone.index ? 'chosen' : '', set: { 'data-zone': String(zone.index) } }, [
    make('td', {}, [badge]),
    make('td', { class: 'wide' }, [make('span', { class: 'place', text: [zone.name, zone.phone].filter(Boolean).join(' · ') || zone.fence || title }), zone.estates.length > 0 && make('small', { class: 'estates', text: estatesText(zone) })].filter(Boolean)),
    make('td', { class: 'right', text: publicShort(model, zone) })
  ]);
  row.addEventListener('click', (event) => { if (event.target !== badge) choose(zone.index); });
  return row;
}

/* Words that are typed leave the rows in which each of them stands; digits alone are a zone's number or a phone's. */
function publicFind(model, table, said, finish) {
  const plain = (text) => text.normalize('NFKC').toLowerCase();
  const input = make('input', { set: { type: 'search', placeholder: say('findZone'), 'aria-label': say('findZone'), autocomplete: 'off' } });
  const texts = model.zones.map((zone) => plain([zone.n, zone.name, zone.phone, zone.fence, ...zone.estates].filter(Boolean).join(' ')));
  input.addEventListener('input', () => {
    finish();
    const words = plain(input.value).split(/\s+/).filter(Boolean);
    const own = (word, z) => (/^\d{1,3}$/.test(word) ? String(model.zones[z].n) === word : texts[z].includes(word));
    let left = 0;
    table.querySelectorAll('tr[data-zone]').forEach((row) => {
      const fits = words.every((word) => own(word, Number(row.dataset.zone)));
      row.style.display = fits ? '' : 'none';
      left += fits ? 1 : 0;
    });
    said.textContent = left ? '' : say('findNone');
  });
  return make('div', { class: 'find' }, [input]);
}

/* The rest of a long list is put below its beginning in slices, so that the page answers meanwhile. */
function publicRest(model, body, row) {
  let next = Math.min(FIRST_ROWS, model.zones.length);
  body.append(...model.zones.slice(0, next).map(row));
  const more = (count) => {
    body.append(...model.zones.slice(next, next + count).map(row));
    next += count;
  };
  const slice = () => {
    if (next >= model.zones.length || !body.isConnected) return;
    more(MORE_ROWS);
    window.setTimeout(slice, 0);
  };
  window.setTimeout(slice, 0);
  return () => more(model.zones.length);
}

function publicZones(model, state, choose) {
  const heads = [say('number'), say('whoServes'), say('homes')].map((text, i) => make('th', { text, class: i === 2 ? 'right' : '', set: { scope: 'col' } }));
  const body = make('tbody', {});
  const table = make('table', { class: 'zones' }, [make('thead', {}, [make('tr', {}, heads)]), body]);
  const finish = publicRest(model, body, (zone) => publicRow(model, state, zone, choose));
  const said = make('p', { class: 'aside', set: { role: 'status' } });
  return make('section', { class: 'block zones' }, [make('h2', { text: say('zoneList') }), publicFind(model, table, said, finish), table, said]);
}

/* The same for a sheet of paper, a line a walk and group. */
function sharesFacts(model) {
  const told = model.data.shares.rows.filter((row) => row[3] >= 0);
  return Array.from(new Set(told.map((row) => row[0] + ' ' + row[1]))).map((key) => {
    const [source, group] = key.split(' ');
    const own = told.filter((row) => row[0] === source && row[1] === group);
    return [say('sharesOf', { what: say(source === 'own_centre' ? 'own_centre' : 'own_member'), who: say(group === 'care' ? 'shareCare' : 'shareAll') }), own.map((row) => say('shareMinutes', { m: row[2] }) + ' ' + row[3] + ' %').join(' · ')];
  });
}

/* Shares of homes within so many minutes, a row a walk and group; what is hidden has a dash. */
function publicShares(model) {
  const told = model.data.shares.rows;
  if (!told.length) return null;
  const minutes = Array.from(new Set(told.map((row) => row[2])));
  const keys = Array.from(new Set(told.map((row) => row[0] + ' ' + row[1])));
  const head = make('tr', {}, [make('td')].concat(minutes.map((m) => make('th', { text: say('shareMinutes', { m }), class: 'right', set: { scope: 'col' } }))));
  const rows = keys.map((key) => {
    const [source, group] = key.split(' ');
    const own = told.filter((row) => row[0] === source && row[1] === group);
    const name = say('sharesOf', { what: say(source === 'own_centre' ? 'own_centre' : 'own_member'), who: say(group === 'care' ? 'shareCare' : 'shareAll') });
    return make('tr', {}, [make('th', { text: name, set: { scope: 'row' } })].concat(own.map((row) => make('td', { class: 'right', text: row[3] < 0 ? '–' : row[3] + ' %' }))));
  });
  return make('section', { class: 'block shares' }, [make('h2', { text: say('shares') }), make('table', {}, [make('thead', {}, [head]), make('tbody', {}, rows)]), make('p', { class: 'aside', text: say('sharesNote', { n: grouped(model.data.shares.homes) }) })]);
}

function publicHeader(parts, model, switched, print) {
  const meta = model.data.meta;
  const dates = [meta.created && say('made') + ' ' + meta.created, meta.data_date && say('mapData') + ' ' + meta.data_date];
  fill(parts.bar, [
    make('div', {}, [make('h1', { text: meta.title || say('untitled') }), make('p', { text: dates.filter(Boolean).join('  ·  ') })]),
    make('div', { class: 'tools' }, [
      make('button', { text: say('print'), set: { type: 'button' }, on: { click: print } }),
      make('button', { text: say('other'), set: { type: 'button', id: 'language', title: say('otherHint'), lang: language === 'zh' ? 'en' : 'zh-CN' }, on: { click: switched } })
    ])
  ]);
  fill(parts.banners, [meta.synthetic && make('div', { class: 'banner synthetic', text: say('synthetic') }), onlineBanner(model)].filter(Boolean));
}

function publicLegend(model) {
  const sample = model.zones[0] || { fill: model.data.colours[0][0], ink: model.data.colours[0][1] };
  const square = (c, x, y) => {
    c.globalAlpha = 0.4;
    c.fillStyle = sample.fill;
    c.fillRect(x - 12, y - 7, 24, 14);
    c.globalAlpha = 1;
    c.lineWidth = 2;
    c.strokeStyle = sample.ink;
    c.strokeRect(x - 12, y - 7, 24, 14);
  };
  return make('ul', { class: 'legend', set: { 'aria-label': say('legend') } }, [legendRow(swatch(square, 30, 20), say('zone'), say('roundedTo', { n: model.data.meta.smallest }))]);
}

function drawPublicPage(map, shapes) {
  const model = readPublic(shapes);
  const state = { layers: { zones: true, homes: false, centres: false, gaps: false, moved: false, fences: true, labels: true, base: true }, zone: -1, found: null, ratio: 0, everyNumber: true };
  const view = model.data.view;
  const bounds = L.latLngBounds([view[1], view[0]], [view[3], view[2]]);
  const whole = () => map.fitBounds(bounds, { padding: [18, 18], animate: true });
  const scene = new Scene(model, state);
  const parts = skeleton(map);
  const printer = makePrinter(model, state, Object.assign({}, sheetWords(model), {
    scales: SCALES.filter((scale) => scale >= 2500), legend: () => publicLegend(model), edition: '',
    title: (zone) => (zone ? say('zone') + ' ' + zone.n + (zone.name ? ' · ' + zone.name : '') : say('sheetWhole')),
    listed: true,
    entries: () => model.zones.map((zone) => ({ n: zone.n, ink: zone.ink, name: zone.name || zone.fence || say('zone') + ' ' + zone.n, phone: zone.phone, note: estatesText(zone), count: publicShort(model, zone) })),
    heads: () => ['number', 'whoServes', model.zones.some((zone) => zone.phone) && 'officePhone', 'estates', 'homes'].filter(Boolean).map((key) => say(key)),
    facts: (zone) => (zone ? publicFacts(model, zone) : facts([[say('zones'), grouped(model.zones.length)], [say('homes'), grouped(model.data.figures.households)]].concat(sharesFacts(model))))
  }), map);
  window.plannerPrint = printer;

  function refresh() {
    const zone = model.zones[state.zone];
    fill(parts.card, zone ? [make('div', { class: 'card detail', set: { role: 'dialog', 'aria-label': say('zone') + ' ' + zone.n, 'data-kind': 'zone' } }, [
      make('header', { style: { 'border-color': zone.ink } }, [make('h2', { text: say('zone') + ' ' + zone.n }), make('button', { class: 'close', text: '×', set: { type: 'button', 'aria-label': say('close') }, on: { click: () => pickZone(-1) } })]),
      publicFacts(model, zone)
    ])] : []);
    parts.panelBody.querySelectorAll('tr[data-zone]').forEach((row) => row.classList.toggle('chosen', Number(row.dataset.zone) === state.zone));
    scene.redraw();
  }

  function pickZone(index) {
    state.zone = index;
    refresh();
  }

  function choose(index) {
    const box = model.zones[index].box;
    const corner = (x, y) => map.unproject([model.plane.x0 + x, model.plane.y0 + y], PLANE_ZOOM);
    if (Number.isFinite(box[0])) map.fitBounds(L.latLngBounds(corner(box[0], box[3]), corner(box[2], box[1])), { padding: [70, 70], maxZoom: 17 });
    pickZone(index);
    backToMap();
  }

  function furnish() {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
    publicHeader(parts, model, () => {
      language = language === 'zh' ? 'en' : 'zh';
      furnish();
    }, printer.open);
    fill(parts.left, [zoomButtons(map, whole)]);
    fill(parts.low, [publicLegend(model), parts.attribution]);
    fill(parts.corner, [northArrow(), parts.scale]);
    parts.attribution.textContent = creditsOf(model);
    nameParts(map, parts, 'publicMap');
    const f = model.data.figures;
    fill(parts.panelBody, [
      make('section', { class: 'block' }, [make('div', { class: 'figures' }, [figure(grouped(f.zones), say('zones')), figure(grouped(f.households), say('homes'))])]),
      publicShares(model), publicZones(model, state, choose),
      make('footer', { class: 'block' }, [make('p', { class: 'aside', text: say('publicEdition') })])
    ]);
    refresh();
  }

  addBasemap(map, model, state);
  addScale(map, parts);
  map.setMaxZoom(17);
  furnish();
  map.invalidateSize({ animate: false });
  map.fitBounds(bounds, { padding: [18, 18], animate: false });
  map.addLayer(scene);
  map.on('click', (event) => {
    const found = scene.find(event.containerPoint);
    pickZone(found && found.zone !== undefined ? found.zone : -1);
  });
  prepareForPrint(map, scene, state, bounds);
  document.documentElement.setAttribute('data-ready', String(model.zones.length));
}
