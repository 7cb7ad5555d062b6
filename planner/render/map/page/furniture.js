/* What stands on the map: the layer switch, the legend, the north arrow, the zoom buttons. */
/* On a phone the list lies below the map: what is chosen in it is shown above. */
function backToMap() {
  if (window.matchMedia('(max-width: 700px)').matches) window.scrollTo(0, 0);
}

const LAYERS = ['zones', 'homes', 'centres', 'gaps', 'moved', 'fences', 'labels', 'base'];

function presentLayers(model) {
  return LAYERS.filter((name) => {
    if (name === 'moved') return model.data.figures.homes_moved !== null;
    return name !== 'fences' || model.base.fences.length > 0;
  });
}

function layerWords(name) {
  return say({ homes: 'homes', centres: 'centre', moved: 'movedHomes' }[name] || name);
}

function layerSwitch(model, state, changed) {
  const rows = presentLayers(model).map((name) => {
    const box = make('input', { set: { type: 'checkbox', 'data-layer': name } });
    box.checked = state.layers[name];
    box.addEventListener('change', () => {
      state.layers[name] = box.checked;
      changed();
    });
    return make('label', {}, [box, make('span', { text: layerWords(name) })]);
  });
  if (state.theme !== undefined) rows.push(themeChooser(model, state, changed));
  const details = make('details', { class: 'card layers' }, [make('summary', { text: say('layers') }), make('div', { class: 'rows' }, rows)]);
  details.open = state.layersOpen;
  details.addEventListener('toggle', () => { state.layersOpen = details.open; });
  return details;
}

function legendRow(picture, text, note) {
  return make('li', {}, [picture, make('span', {}, [make('span', { text }), note ? make('small', { text: note }) : null])]);
}

function legend(model, theme) {
  const sample = model.zones[0] || { fill: model.data.colours[0][0], ink: model.data.colours[0][1] };
  const rows = [
    legendRow(swatch((c, x, y) => drawHouse(c, x, y + 2, 15, sample.ink, ''), 30, 24), say('centre')),
    legendRow(swatch((c, x, y) => {
      c.fillStyle = sample.fill;
      c.globalAlpha = 0.4;
      c.fillRect(x - 12, y - 7, 24, 14);
      c.globalAlpha = 1;
      c.lineWidth = 2;
      c.strokeStyle = sample.ink;
      c.strokeRect(x - 12, y - 7, 24, 14);
    }, 30, 20), say('zone')),
    legendRow(swatch((c, x, y) => {
      drawHome(c, x - 8, y, 2.6, sample.ink);
      drawHome(c, x + 4, y, 5, sample.ink);
    }, 30, 18), say('home'), say('homeSizes'))
  ];
  if (model.buildings.some((one) => one.units.length > 1)) {
    const parts = [0, 1].map((k) => ({ share: 0.5, ink: (model.zones[k] || sample).ink }));
    rows.push(legendRow(swatch((c, x, y) => drawSplit(c, x, y, 4.4, parts), 30, 18), say('splitBuilding')));
  }
  if (model.units.some((u) => u.zone < 0 && u.homes !== 0)) rows.push(legendRow(swatch((c, x, y) => drawHome(c, x, y, 4, ''), 30, 16), say('unserved')));
  if (model.data.figures.homes_moved !== null) rows.push(legendRow(swatch((c, x, y) => { drawHome(c, x, y, 3.6, sample.ink); drawMoved(c, x, y, 3.6); }, 30, 20), say('movedHomes')));
  model.causes.forEach((cause) => {
    const onMap = model.units.some((u) => u.gaps.some((g) => g.cause === cause));
    if (onMap) rows.push(legendRow(swatch((c, x, y) => drawGap(c, cause, x, y, 13), 30, 20), pick(model.data.causes[cause])));
  });
  if (model.base.fences.length) {
    rows.push(legendRow(swatch((c, x, y) => {
      c.setLineDash([7, 4, 2, 4]);
      c.lineWidth = 2;
      c.strokeStyle = COLOURS.ink;
      c.beginPath();
      c.moveTo(x - 14, y);
      c.lineTo(x + 14, y);
      c.stroke();
    }, 30, 14), say('fences')));
  }
  return make('ul', { class: 'legend', set: { 'aria-label': say('legend') } }, themeRows(theme || null).concat(rows));
}

function northArrow() {
  const picture = swatch((c, x, y) => {
    c.beginPath();
    c.moveTo(x, y - 15);
    c.lineTo(x + 8, y + 12);
    c.lineTo(x, y + 7);
    c.closePath();
    c.fillStyle = COLOURS.ink;
    c.fill();
    c.beginPath();
    c.moveTo(x, y - 15);
    c.lineTo(x - 8, y + 12);
    c.lineTo(x, y + 7);
    c.closePath();
    c.fillStyle = '#ffffff';
    c.fill();
    c.lineWidth = 1;
    c.strokeStyle = COLOURS.ink;
    c.stroke();
  }, 22, 34);
  return make('div', { class: 'north' }, [make('span', { text: say('north') }), picture]);
}

/* Four corners: the whole plan in the window. */
function drawFrame(c, x, y) {
  c.lineWidth = 1.8;
  c.strokeStyle = COLOURS.ink;
  [[-1, -1], [1, -1], [1, 1], [-1, 1]].forEach((corner) => {
    c.beginPath();
    c.moveTo(x + corner[0] * 2.5, y + corner[1] * 7);
    c.lineTo(x + corner[0] * 7, y + corner[1] * 7);
    c.lineTo(x + corner[0] * 7, y + corner[1] * 2.5);
    c.stroke();
  });
}

function zoomButtons(map, whole) {
  const button = (text, title, action) => make('button', { text, set: { type: 'button', title, 'aria-label': title }, on: { click: action } });
  return make('div', { class: 'card zoom' }, [
    button('+', say('zoomIn'), () => map.zoomIn(1)),
    button('−', say('zoomOut'), () => map.zoomOut(1)),
    make('button', { set: { type: 'button', title: say('whole'), 'aria-label': say('whole') }, on: { click: whole } }, [swatch(drawFrame, 18, 18)])
  ]);
}

/* Tiles from elsewhere, only where the plan was drawn with them; the page's own base map gives way. */
function addBasemap(map, model, state) {
  const tiles = model.data.basemap;
  if (!tiles) return;
  state.layers.base = false;
  tiles.layers.forEach((address) => L.tileLayer(address, { subdomains: tiles.subdomains, maxNativeZoom: tiles.deepest, maxZoom: 20, opacity: 0.85 }).addTo(map));
}

function onlineBanner(model) {
  const tiles = model.data.basemap;
  return tiles ? make('div', { class: 'banner network', text: say('online', { host: tiles.host }) }) : null;
}

function creditsOf(model) {
  return [model.data.meta.attribution, model.data.basemap && model.data.basemap.credit].filter(Boolean).join(' · ');
}
