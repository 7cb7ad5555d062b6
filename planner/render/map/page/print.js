/* Printing: what is asked for, the sheets, and the browser's own print dialog. */
Object.assign(TEXTS.zh, {
  printPaper: '纸张', printWay: '方向', portrait: '纵向', landscape: '横向', printWhat: '打印内容', printWhole: '全图（一页）', printEach: '每个责任区一页', printBoth: '全图，再每个责任区一页', printSome: '指定责任区',
  printList: '责任区编号，如 1,4,7-12', printScale: '比例尺', scaleAuto: '自动（能放下的最大标准比例）', printHatched: '加斜线，黑白打印也可分辨', printGo: '打印', printCount: '共 {n} 页', printMost: '一次最多 {n} 页，请按编号分次打印', printNone: '没有可打印的责任区，请检查编号',
  printBusy: '正在绘制 {i} / {n}', printHint: '在打印窗口中选“实际大小（100%）”，比例尺才准确。', printTooLarge: '{n} 页在此比例下超出纸面'
});
Object.assign(TEXTS.en, {
  printPaper: 'Paper', printWay: 'Orientation', portrait: 'Portrait', landscape: 'Landscape', printWhat: 'Pages', printWhole: 'The whole plan, one page', printEach: 'One page for each zone', printBoth: 'The whole plan, then each zone', printSome: 'Some zones',
  printList: 'Zone numbers, such as 1,4,7-12', printScale: 'Scale', scaleAuto: 'Automatic (the largest usual one that fits)', printHatched: 'Hatched, to be told apart without colours', printGo: 'Print', printCount: '{n} {n|page|pages}', printMost: 'At most {n} pages at a time: print them in parts, by number', printNone: 'No zone to print: look at the numbers',
  printBusy: 'Drawing {i} of {n}', printHint: 'Choose “actual size (100 %)” in the print window: only then is the scale true.', printTooLarge: '{n} {n|page is|pages are} larger than the paper at this scale'
});
const MOST_SHEETS = 80;

/* Numbers and ranges in words, such as 1,4,7-12: the zones that they name. */
function zonesNamed(model, text) {
  const wanted = new Set();
  text.split(/[,，、;；\s]+/).filter(Boolean).forEach((part) => {
    const ends = part.match(/^(\d+)(?:[-–—~～至](\d+))?$/);
    if (!ends) return;
    const to = Math.min(Number(ends[2] || ends[1]), Number(ends[1]) + 5000);
    for (let n = Number(ends[1]); n <= to; n += 1) wanted.add(n);
  });
  return openZones(model).filter((zone) => wanted.has(zone.n));
}

/* The pages that a choice asks for, each with its paper and what is drawn on it. */
function sheetWishes(model, choice, told) {
  const layout = sheetLayout(choice.paper, choice.landscape);
  const zones = choice.what === 'printSome' ? zonesNamed(model, choice.list) : choice.what === 'printWhole' ? [] : openZones(model);
  const wishes = zones.map((zone) => ({ zone }));
  if (choice.what === 'printWhole' || choice.what === 'printBoth') wishes.unshift(...listedWishes(layout, choice.listed ? told.entries() : []));
  return wishes.map((wish, i) => Object.assign({ layout }, wish, { i: i + 1, n: wishes.length, scale: wish.zone || choice.what === 'printWhole' ? choice.scale : 0, hatched: choice.hatched, layers: choice.layers }));
}

/* Draw the pages one after the other, so that the window stays alive; then they lie ready for the printer. */
function drawSheets(model, choice, told, said) {
  const layout = sheetLayout(choice.paper, choice.landscape);
  const wishes = sheetWishes(model, choice, told).slice(0, MOST_SHEETS);
  clearSheets();
  const box = make('div', { class: 'sheets', set: { lang: document.documentElement.lang } });
  const size = make('style', { class: 'sheet-size', text: '@page { size: ' + layout.width + 'mm ' + layout.height + 'mm; margin: 0; }' });
  const made = [];
  const next = (k) => {
    if (k === wishes.length) return Promise.resolve(made);
    said(k + 1, wishes.length);
    return new Promise((done) => { window.setTimeout(done, 0); }).then(() => {
      const sheet = makeSheet(model, wishes[k], told);
      made.push(sheet);
      box.appendChild(sheet.page);
      return sheet.picture && sheet.picture.decode ? sheet.picture.decode().catch(() => null) : null;
    }).then(() => next(k + 1));
  };
  document.head.appendChild(size);
  document.body.appendChild(box);
  document.documentElement.classList.add('sheeted');
  return next(0);
}

function clearSheets() {
  document.documentElement.classList.remove('sheeted');
  document.querySelectorAll('.sheets, .sheet-size').forEach((node) => node.remove());
}

function choiceBox(label, control) {
  return make('label', { class: 'print-row' }, [make('span', { text: label }), control]);
}

function chooser(name, options, chosen) {
  const select = make('select', { set: { name } }, options.map(([value, text]) => make('option', { text, set: { value } })));
  select.value = chosen;
  return select;
}

/* Ask what to print.  `told` says what a page tells of a zone or of the whole. */
function makePrinter(model, state, told, map) {
  const box = sheetBox(model, null);
  const choice = { paper: 'A4', landscape: box[2] - box[0] > (box[3] - box[1]) * 1.15, what: 'printWhole', list: '', scale: 0, hatched: true, listed: Boolean(told.listed), layers: state.layers };
  let dialog = null;
  let from = null;

  function read(form) {
    const of = (name) => form.querySelector('[name=' + name + ']');
    Object.assign(choice, { paper: of('paper').value, landscape: of('way').value === 'landscape', what: of('what').value, list: of('list').value, scale: Number(of('scale').value), hatched: of('hatched').checked, listed: of('listed').checked });
    of('list').parentNode.style.display = choice.what === 'printSome' ? '' : 'none';
    of('listed').parentNode.style.display = choice.what === 'printWhole' || choice.what === 'printBoth' ? '' : 'none';
    const wishes = sheetWishes(model, choice, told);
    const large = wishes.filter((wish) => wish.scale && !wish.alone && scaleNeeded(model, wish.layout, sheetBox(model, wish.zone)) * 0.94 > wish.scale).length;
    const one = wishes.length === 1 ? ' · 1:' + grouped(wishes[0].scale || scaleFitting(model, wishes[0].layout, sheetBox(model, wishes[0].zone), told.scales)) : '';
    const text = !wishes.length ? say('printNone') : wishes.length > MOST_SHEETS ? say('printMost', { n: MOST_SHEETS }) : say('printCount', { n: wishes.length }) + one + (large ? say('and') + say('printTooLarge', { n: large }) : '');
    form.querySelector('.print-said').textContent = text;
    form.querySelector('.print-go').disabled = !wishes.length || wishes.length > MOST_SHEETS;
  }

  function go(form) {
    const said = form.querySelector('.print-said');
    form.querySelector('.print-go').disabled = true;
    drawSheets(model, choice, told, (i, n) => { said.textContent = say('printBusy', { i, n }); }).then(() => {
      close();
      window.addEventListener('afterprint', clearSheets, { once: true });
      window.requestAnimationFrame(() => window.print());
    });
  }

  function close() {
    const old = dialog;
    dialog = null;
    if (!old) return;
    if (old.open) old.close();
    old.remove();
    if (from && from.isConnected) from.focus(); // browsers of 2021 lose it with the dialog
  }

  function open() {
    close();
    if (state.zone >= 0) Object.assign(choice, { what: 'printSome', list: String(model.zones[state.zone].n) });
    const scales = (told.scales || SCALES).map((s) => [String(s), '1:' + grouped(s)]);
    const ticked = (name) => {
      const box = make('input', { set: { type: 'checkbox', name } });
      box.checked = choice[name];
      return box;
    };
    const list = make('input', { set: { type: 'text', name: 'list', placeholder: say('printList'), 'aria-label': say('printList') } });
    list.value = choice.list;
    const form = make('form', { class: 'print-form', set: { method: 'dialog' } }, [
      make('h2', { text: say('print') }),
      choiceBox(say('printWhat'), chooser('what', ['printWhole', 'printEach', 'printBoth', 'printSome'].map((w) => [w, say(w)]), choice.what)),
      choiceBox('', list),
      choiceBox(say('printPaper'), chooser('paper', Object.keys(PAPERS).map((name) => [name, name]), choice.paper)),
      choiceBox(say('printWay'), chooser('way', [['portrait', say('portrait')], ['landscape', say('landscape')]], choice.landscape ? 'landscape' : 'portrait')),
      choiceBox(say('printScale'), chooser('scale', [['0', say('scaleAuto')]].concat(scales), String(choice.scale))),
      make('label', { class: 'print-row' }, [ticked('listed'), make('span', { text: say('printListed') })]),
      make('label', { class: 'print-row' }, [ticked('hatched'), make('span', { text: say('printHatched') })]),
      make('p', { class: 'print-said', set: { role: 'status' } }),
      make('p', { class: 'aside', text: say('printHint') }),
      make('div', { class: 'print-buttons' }, [
        make('button', { text: say('cancel'), set: { type: 'button' }, on: { click: close } }),
        map ? make('button', { class: 'print-picture', text: say('savePicture'), set: { type: 'button' }, on: { click: () => savePicture(model, state, map, told).then(close) } }) : null,
        make('button', { class: 'print-go', text: say('printGo'), set: { type: 'submit' } })
      ])
    ]);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      go(form);
    });
    form.addEventListener('input', () => read(form));
    from = document.activeElement;
    dialog = make('dialog', { class: 'print-dialog', set: { 'aria-label': say('print') }, on: { close } }, [form]);
    document.body.appendChild(dialog);
    read(form);
    dialog.showModal();
  }

  return { open, close, draw: (asked) => drawSheets(model, Object.assign({}, choice, asked), told, () => null), picture: () => viewPicture(model, state, map, told), choice };
}

/* Paper has its own size and needs more dots: draw the window for it, and go back afterwards. */
function prepareForPrint(map, scene, state, bounds) {
  let before = null;
  window.addEventListener('beforeprint', () => {
    if (document.documentElement.classList.contains('sheeted')) return;
    map.stop();
    if (map._animatingZoom) map._onZoomTransitionEnd(); // Leaflet takes no other view while it zooms
    before = { centre: map.getCenter(), zoom: map.getZoom() };
    document.documentElement.classList.add('printing');
    state.ratio = 2.5;
    map.invalidateSize({ animate: false, pan: false });
    map.fitBounds(bounds, { padding: [8, 8], animate: false });
    scene.redraw();
  });
  window.addEventListener('afterprint', () => {
    if (!before) return;
    document.documentElement.classList.remove('printing');
    state.ratio = 0;
    map.invalidateSize({ animate: false, pan: false });
    map.setView(before.centre, before.zoom, { animate: false });
    before = null;
    scene.redraw();
  });
}
