/* Coverage and care, on the internal map alone: bands of walking time, care households, who has one helper, last visits, and
   where one centre more would help, with what happens if it opens. */
Object.assign(TEXTS.zh, {
  careLayers: '关爱图层', careBandsCentre: '到中心户步行时段', careBandsMember: '到联系党员步行时段', careHomes: '关爱户', careAlone: '{m} 米内至多一名联系党员', careUnseen: '久未走访', careBand: '{a}–{b} 分钟', careSites: '可增设的中心户', careWhatIf: '如果增设', careNobody: '（不增设）', careSite: '{n}. {name}', careOpened: '新覆盖 {n} 户（{m} 米内），步行共少 {s} 米', careNew: '新进入步行上限的住处', careNearer: '步行更近的住处', careHeat: '走访记录（圆越大次数越多）', careAway: '缺勤影响最大者', careIfAway: '如果缺勤', careNoneAway: '（无人缺勤）', careLeft: '{n} 户无其他联系党员或中心户可及（其中关爱户 {c} 户）', careLeftDoor: '缺勤时无人可及的住处', careNeeds: '未满足的居民需求'
});
Object.assign(TEXTS.en, {
  careLayers: 'Care layers', careBandsCentre: 'Minutes to a centre', careBandsMember: 'Minutes to a serving member', careHomes: 'Care households', careAlone: 'One serving member or none within {m} m', careUnseen: 'Not visited for long', careBand: '{a}–{b} min', careSites: 'Candidates for one centre more', careWhatIf: 'What if this one opens', careNobody: '(none)', careSite: '{n}. {name}', careOpened: '{n} {n|home|homes} more within {m} m, {s} m of walking saved', careNew: 'Brought within the limit', careNearer: 'Brought nearer', careHeat: 'Service log (larger, more was done)', careAway: 'Worst absences', careIfAway: 'What if this one is away', careNoneAway: '(nobody)', careLeft: '{n} {n|home|homes} without another serving member or centre in reach ({c} in need of care)', careLeftDoor: 'Left without anyone', careNeeds: 'Needs that nobody near can meet'
});
/* Dark is near: told apart in print without colour as well. */
const BAND_COLOURS = ['#225ea8', '#7fcdbb', '#edf8b1', '#fed976', '#fd8d3c'];
const CARE_INK = '#6a3d9a', ALONE_INK = '#c51b1b', UNSEEN_INK = '#b15928', SITE_INK = '#00695c', HEAT_INK = '#d7301f', AWAY_INK = '#7a0177', NEED_INK = '#1b7837';
/* The edge of each band has a dash of its own: without colour, too, it is seen which is which. */
const BAND_DASHES = [[], [6, 3], [2, 3], [8, 2, 2, 2], [1, 2]];

function bandColour(at) {
  return BAND_COLOURS[Math.min(at, BAND_COLOURS.length - 1)];
}

function careRings(care, wanted, radius, look) {
  const marks = care.homes.filter(wanted).map((home) => L.circleMarker([home[0], home[1]], Object.assign({ radius: radius, fill: false, weight: 2.5, interactive: false }, look)));
  return L.layerGroup(marks);
}

function bandGroup(bands) {
  return L.layerGroup(bands.map((band, at) => L.polygon(band[2], { stroke: true, weight: 0.6, color: '#444444', dashArray: BAND_DASHES[at % BAND_DASHES.length].join(' '), fillColor: bandColour(at), fillOpacity: 0.35, interactive: false })));
}

/* Name -> how its layer is made; only what the page has. */
function careGroups(care) {
  const groups = {};
  if (care.bands.centre) groups['careBandsCentre'] = () => bandGroup(care.bands.centre);
  if (care.bands.member) groups['careBandsMember'] = () => bandGroup(care.bands.member);
  if (care.homes.length) groups['careHomes'] = () => careRings(care, () => true, 7, { color: CARE_INK });
  if (care.homes.some((home) => home[3] <= 1)) groups['careAlone'] = () => careRings(care, (home) => home[3] <= 1, 11, { color: ALONE_INK, dashArray: '4 3' });
  if (care.homes.some((home) => home[4] !== null)) groups['careUnseen'] = () => careRings(care, (home) => home[4] !== null, 15, { color: UNSEEN_INK, dashArray: '1 4' });
  if (care.needs.length) groups['careNeeds'] = () => L.layerGroup(care.needs.map((door) => L.circleMarker([door[0], door[1]], { radius: 7 + door[2], fill: false, weight: 2.5, color: NEED_INK, dashArray: '7 2', interactive: false })));
  if (care.heat.length) groups['careHeat'] = () => L.layerGroup(care.heat.map((door) => L.circleMarker([door[0], door[1]], { radius: heatRadius(care, door), stroke: false, fillColor: HEAT_INK, fillOpacity: 0.28, interactive: false })));
  if (care.away.length) groups['careAway'] = () => askGroup(care, 'away');
  if (care.sites.length) groups['careSites'] = () => askGroup(care, 'sites');
  return groups;
}

/* The area stands for the services; where doors lie close together their discs add up. */
function heatRadius(care, door) {
  const most = Math.max(...care.heat.map((one) => one[2]));
  return 4 + 20 * Math.sqrt(door[2] / most);
}

/* Candidates and absences by number; a click asks what happens then. */
function askGroup(care, kind) {
  return L.layerGroup(care[kind].map((row, nth) => {
    const icon = L.divIcon({ className: 'care-site care-' + kind, html: String(nth + 1), iconSize: [22, 22] });
    const mark = L.marker([row[0], row[1]], { icon, keyboard: false, title: say('careSite', { n: nth + 1, name: row[2] }) });
    mark.on('click', () => { if (care.ask[kind]) care.ask[kind](nth); });
    return mark;
  }));
}

/* What one candidate would bring: doors within the limit for the first time, and those that it is nearer to. */
function openedGroup(site) {
  const marks = site[5].slice(1).map((door) => L.circleMarker([door[0], door[1]], door[4]
    ? { radius: 8, color: SITE_INK, weight: 3, fillColor: SITE_INK, fillOpacity: 0.5, interactive: false }
    : { radius: 6, color: SITE_INK, weight: 1.5, fill: false, interactive: false }));
  marks.push(L.circleMarker([site[0], site[1]], { radius: 15, color: SITE_INK, weight: 4, fill: false, interactive: false }));
  return L.layerGroup(marks);
}

/* Whom one absence leaves: their doors, and the member's own. */
function awayGroup(away) {
  const marks = away[5].map((door) => L.circleMarker([door[0], door[1]], { radius: 8, color: AWAY_INK, weight: 2.5, dashArray: '2 3', fillColor: AWAY_INK, fillOpacity: 0.35, interactive: false }));
  marks.push(L.circleMarker([away[0], away[1]], { radius: 15, color: AWAY_INK, weight: 4, fill: false, interactive: false }));
  return L.layerGroup(marks);
}

function askedWords(care, kind) {
  const row = care[kind][care.asked[kind]];
  if (!row) return '';
  if (kind === 'away') return say('careLeft', { n: grouped(row[3]), c: grouped(row[4]) });
  return say('careOpened', { n: grouped(row[3]), m: grouped(care.site_m), s: grouped(row[4]) });
}

/* The choice of a candidate or an absence, and its figures. */
function whatIf(map, care, kind) {
  const title = say(kind === 'away' ? 'careIfAway' : 'careWhatIf');
  const told = make('p', { class: 'aside care-opened', text: askedWords(care, kind), set: { role: 'status', 'data-asked': kind } });
  const names = care[kind].map((row, nth) => make('option', { text: say('careSite', { n: nth + 1, name: row[2] }), set: { value: String(nth) } }));
  const none = make('option', { text: say(kind === 'away' ? 'careNoneAway' : 'careNobody'), set: { value: '-1' } });
  const select = make('select', { set: { 'data-care': kind === 'away' ? 'careIfAway' : 'careWhatIf', 'aria-label': title } }, [none].concat(names));
  select.value = String(care.asked[kind]);
  care.ask[kind] = (nth) => {
    if (care.drawn[kind]) map.removeLayer(care.drawn[kind]);
    care.asked[kind] = nth;
    select.value = String(nth);
    care.drawn[kind] = nth < 0 ? null : (kind === 'away' ? awayGroup : openedGroup)(care[kind][nth]).addTo(map);
    told.textContent = askedWords(care, kind);
  };
  select.addEventListener('change', () => care.ask[kind](Number(select.value)));
  return make('div', { class: 'care-what-if' }, [make('label', {}, [make('span', { text: title }), select]), told]);
}

function careRing(ink, radius, dash) {
  return swatch((c, x, y) => {
    c.setLineDash(dash);
    c.lineWidth = 2.5;
    c.strokeStyle = ink;
    c.beginPath();
    c.arc(x, y, radius, 0, 2 * Math.PI);
    c.stroke();
  }, 30, 24);
}

function carePicture(name) {
  if (name === 'careHomes') return careRing(CARE_INK, 6, []);
  if (name === 'careAlone') return careRing(ALONE_INK, 8, [4, 3]);
  if (name === 'careNeeds') return careRing(NEED_INK, 8, [7, 2]);
  if (name === 'careHeat') return swatch((c, x, y) => heatMark(c, x, y, 10), 30, 24);
  if (name === 'careSites') return swatch((c, x, y) => siteMark(c, x, y, '1', SITE_INK), 30, 24);
  if (name === 'careAway') return swatch((c, x, y) => siteMark(c, x, y, '1', AWAY_INK), 30, 24);
  return name === 'careUnseen' ? careRing(UNSEEN_INK, 9, [1, 4]) : null;
}

function siteMark(c, x, y, text, ink) {
  c.setLineDash([]);
  c.beginPath();
  c.arc(x, y, 9, 0, 2 * Math.PI);
  c.fillStyle = '#ffffff';
  c.fill();
  c.lineWidth = 2.5;
  c.strokeStyle = ink;
  c.stroke();
  c.fillStyle = ink;
  c.font = '700 11px sans-serif';
  c.textAlign = 'center';
  c.textBaseline = 'middle';
  c.fillText(text, x, y + 0.5);
}

function leftMark(c, x, y) {
  c.setLineDash([2, 3]);
  c.beginPath();
  c.arc(x, y, 7, 0, 2 * Math.PI);
  c.fillStyle = c.strokeStyle = AWAY_INK;
  c.globalAlpha = 0.35;
  c.fill();
  c.globalAlpha = 1;
  c.lineWidth = 1.8;
  c.stroke();
  c.setLineDash([]);
}

function heatMark(c, x, y, radius) {
  c.beginPath();
  c.arc(x, y, radius, 0, 2 * Math.PI);
  c.globalAlpha = 0.28;
  c.fillStyle = HEAT_INK;
  c.fill();
  c.globalAlpha = 1;
}

function doorMark(c, x, y, fresh) {
  c.setLineDash([]);
  c.beginPath();
  c.arc(x, y, fresh ? 7 : 5.5, 0, 2 * Math.PI);
  c.strokeStyle = c.fillStyle = SITE_INK;
  c.lineWidth = fresh ? 2.5 : 1.4;
  if (fresh) { c.globalAlpha = 0.5; c.fill(); c.globalAlpha = 1; }
  c.stroke();
}

/* Whether anything of care is drawn: a sheet then makes room for more signs. */
function careAsked(care) {
  return Object.keys(care.shown).length > 0 || care.asked.sites >= 0 || care.asked.away >= 0;
}

function careBandsShown(care) {
  return Boolean(care.shown.careBandsCentre || care.shown.careBandsMember);
}

/* On a sheet of paper: what is shown on the screen, in the same signs. */
function paintCare(sheet, ctx, model) {
  const care = model.care;
  const spot = (lat, lng) => {
    const world = L.CRS.EPSG3857.latLngToPoint(L.latLng(lat, lng), PLANE_ZOOM);
    return sheet._at({ x: world.x - model.plane.x0, y: world.y - model.plane.y0 });
  };
  ctx.save();
  sheet._toScreen(ctx);
  [['careBandsCentre', 'centre'], ['careBandsMember', 'member']].forEach(([name, source]) => {
    if (care.shown[name]) care.bands[source].forEach((band, nth) => paintBand(ctx, band, nth, spot));
  });
  if (care.shown.careHeat) care.heat.forEach((door) => heatMark(ctx, ...spot(door[0], door[1]), 0.7 * heatRadius(care, door)));
  [['careNeeds', () => true, 6.5, NEED_INK, [7, 2]], ['careHomes', () => true, 5, CARE_INK, []], ['careAlone', (home) => home[3] <= 1, 8, ALONE_INK, [4, 3]], ['careUnseen', (home) => home[4] !== null, 11, UNSEEN_INK, [1, 4]]].forEach(([name, wanted, radius, ink, dash]) => {
    if (!care.shown[name]) return;
    ctx.setLineDash(dash);
    ctx.lineWidth = 1.8;
    ctx.strokeStyle = ink;
    (name === 'careNeeds' ? care.needs : care.homes).filter(wanted).forEach((home) => {
      const [x, y] = spot(home[0], home[1]);
      ctx.beginPath();
      ctx.arc(x, y, radius, 0, 2 * Math.PI);
      ctx.stroke();
    });
  });
  const [opened, away] = [care.sites[care.asked.sites], care.away[care.asked.away]];
  if (opened) opened[5].slice(1).forEach((door) => doorMark(ctx, ...spot(door[0], door[1]), door[4]));
  if (away) away[5].forEach((door) => leftMark(ctx, ...spot(door[0], door[1])));
  [['sites', 'careSites', SITE_INK], ['away', 'careAway', AWAY_INK]].forEach(([kind, name, ink]) => care[kind].forEach((row, nth) => {
    if (care.shown[name] || nth === care.asked[kind]) siteMark(ctx, ...spot(row[0], row[1]), String(nth + 1), ink);
  }));
  ctx.restore();
}

function paintBand(ctx, band, nth, spot) {
  const path = new Trail();
  band[2].forEach((polygon) => polygon.forEach((ring) => {
    ring.forEach((corner, k) => {
      const [x, y] = spot(corner[0], corner[1]);
      if (k) path.lineTo(x, y);
      else path.moveTo(x, y);
    });
    path.closePath();
  }));
  ctx.setLineDash(BAND_DASHES[nth % BAND_DASHES.length]);
  ctx.globalCompositeOperation = 'multiply'; // what lies beneath stays to be read
  ctx.globalAlpha = 0.4;
  ctx.fillStyle = bandColour(nth);
  ctx.fill(path, 'evenodd');
  ctx.globalAlpha = 1;
  ctx.globalCompositeOperation = 'source-over';
  ctx.lineWidth = 0.9;
  ctx.strokeStyle = '#222222';
  ctx.stroke(path);
}

/* The signs of what is shown, for the legend of a sheet. */
function careLegend(list, care) {
  ['careBandsCentre', 'careBandsMember'].forEach((name) => {
    const bands = care.bands[name === 'careBandsCentre' ? 'centre' : 'member'];
    if (care.shown[name]) bands.forEach((band, nth) => list.appendChild(legendRow(bandSwatch(nth), say(name) + ' ' + say('careBand', { a: band[0], b: band[1] }))));
  });
  ['careHomes', 'careAlone', 'careUnseen', 'careNeeds', 'careHeat', 'careAway', 'careSites'].forEach((name) => {
    if (care.shown[name]) list.appendChild(legendRow(carePicture(name), say(name, { m: care.limit_m })));
  });
  [['sites', SITE_INK], ['away', AWAY_INK]].forEach(([kind, ink]) => {
    const row = care[kind][care.asked[kind]];
    if (row) list.appendChild(legendRow(swatch((c, x, y) => siteMark(c, x, y, String(care.asked[kind] + 1), ink), 30, 24), row[2], askedWords(care, kind)));
  });
  if (care.sites[care.asked.sites]) {
    list.appendChild(legendRow(swatch((c, x, y) => doorMark(c, x, y, true), 30, 24), say('careNew')));
    list.appendChild(legendRow(swatch((c, x, y) => doorMark(c, x, y, false), 30, 24), say('careNearer')));
  }
  if (care.away[care.asked.away]) list.appendChild(legendRow(swatch((c, x, y) => leftMark(c, x, y), 30, 24), say('careLeftDoor')));
  return list;
}

function bandSwatch(at) {
  return swatch((c, x, y) => {
    c.globalAlpha = 0.6;
    c.fillStyle = bandColour(at);
    c.fillRect(x - 12, y - 6, 24, 12);
    c.globalAlpha = 1;
    c.setLineDash(BAND_DASHES[at % BAND_DASHES.length]);
    c.lineWidth = 1;
    c.strokeRect(x - 12, y - 6, 24, 12);
  }, 30, 16);
}

function bandLegend(bands) {
  return make('ul', { class: 'legend' }, bands.map((band, at) => legendRow(bandSwatch(at), say('careBand', { a: band[0], b: band[1] }))));
}

/* The card with which they are shown; what is shown stays so when the language changes. */
function careSwitch(map, model) {
  const care = model.care;
  const groups = careGroups(care);
  const rows = Object.keys(groups).map((name) => {
    const box = make('input', { set: { type: 'checkbox', 'data-care': name } });
    box.checked = Boolean(care.shown[name]);
    box.addEventListener('change', () => {
      if (box.checked) care.shown[name] = groups[name]().addTo(map);
      else if (care.shown[name]) { map.removeLayer(care.shown[name]); delete care.shown[name]; }
    });
    return make('label', {}, [box, carePicture(name), make('span', { text: say(name, { m: care.limit_m }) })]);
  });
  const first = care.bands.centre || care.bands.member;
  const details = make('details', { class: 'card layers care' }, [make('summary', { text: say('careLayers') }), make('div', { class: 'rows' }, rows), care.sites.length ? whatIf(map, care, 'sites') : null, care.away.length ? whatIf(map, care, 'away') : null, first ? bandLegend(first) : null]);
  details.open = Boolean(care.open);
  details.addEventListener('toggle', () => { care.open = details.open; });
  return details;
}
