/* Coverage and care, on the internal map alone: bands of walking time, care households, who has one helper, last visits. */
Object.assign(TEXTS.zh, {
  careLayers: '关爱图层', careBandsCentre: '到中心户步行时段', careBandsMember: '到联系党员步行时段', careHomes: '关爱户', careAlone: '{m} 米内至多一名联系党员', careUnseen: '久未走访', careBand: '{a}–{b} 分钟'
});
Object.assign(TEXTS.en, {
  careLayers: 'Care layers', careBandsCentre: 'Minutes to a centre', careBandsMember: 'Minutes to a serving member', careHomes: 'Care households', careAlone: 'One serving member or none within {m} m', careUnseen: 'Not visited for long', careBand: '{a}–{b} min'
});
/* Dark is near: told apart in print without colour as well. */
const BAND_COLOURS = ['#225ea8', '#7fcdbb', '#edf8b1', '#fed976', '#fd8d3c'];
const CARE_INK = '#6a3d9a', ALONE_INK = '#c51b1b', UNSEEN_INK = '#b15928';

function bandColour(at) {
  return BAND_COLOURS[Math.min(at, BAND_COLOURS.length - 1)];
}

function careRings(care, wanted, radius, look) {
  const marks = care.homes.filter(wanted).map((home) => L.circleMarker([home[0], home[1]], Object.assign({ radius: radius, fill: false, weight: 2.5, interactive: false }, look)));
  return L.layerGroup(marks);
}

function bandGroup(bands) {
  return L.layerGroup(bands.map((band, at) => L.polygon(band[2], { stroke: true, weight: 0.6, color: '#444444', fillColor: bandColour(at), fillOpacity: 0.35, interactive: false })));
}

/* Name -> how its layer is made; only what the page has. */
function careGroups(care) {
  const groups = {};
  if (care.bands.centre) groups['careBandsCentre'] = () => bandGroup(care.bands.centre);
  if (care.bands.member) groups['careBandsMember'] = () => bandGroup(care.bands.member);
  if (care.homes.length) groups['careHomes'] = () => careRings(care, () => true, 7, { color: CARE_INK });
  if (care.homes.some((home) => home[3] <= 1)) groups['careAlone'] = () => careRings(care, (home) => home[3] <= 1, 11, { color: ALONE_INK, dashArray: '4 3' });
  if (care.homes.some((home) => home[4] !== null)) groups['careUnseen'] = () => careRings(care, (home) => home[4] !== null, 15, { color: UNSEEN_INK, dashArray: '1 4' });
  return groups;
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
  return name === 'careUnseen' ? careRing(UNSEEN_INK, 9, [1, 4]) : null;
}

function bandLegend(bands) {
  return make('ul', { class: 'legend' }, bands.map((band, at) => legendRow(swatch((c, x, y) => {
    c.globalAlpha = 0.6;
    c.fillStyle = bandColour(at);
    c.fillRect(x - 12, y - 6, 24, 12);
    c.globalAlpha = 1;
    c.lineWidth = 0.6;
    c.strokeRect(x - 12, y - 6, 24, 12);
  }, 30, 16), say('careBand', { a: band[0], b: band[1] }))));
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
  const details = make('details', { class: 'card layers care' }, [make('summary', { text: say('careLayers') }), make('div', { class: 'rows' }, rows), first ? bandLegend(first) : null]);
  details.open = Boolean(care.open);
  details.addEventListener('toggle', () => { care.open = details.open; });
  return details;
}
