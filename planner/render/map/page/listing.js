/* The list of the zones on paper: beside the map of the whole or below it where it fits, else on pages of its own. */
Object.assign(TEXTS.zh, {
  printListed: '附责任区一览', listPart: '{a}–{b} 号'
});
Object.assign(TEXTS.en, {
  printListed: 'With the list of zones', listPart: 'zones {a}–{b}'
});
const LIST_HEAD = 8;
const LIST_FOOT = 17;
const LIST_GAP = 5;
const LIST_COLUMN = 58;
const LIST_LINES = [0, 5.4, 9, 12.2];
const LIST_MOST = 0.42;

/* Lines of an entry: its name, and one or two for what lies in it, in a column so wide. */
function listLines(entries, column) {
  const wide = (text) => Array.from(text).reduce((sum, c) => sum + (c.charCodeAt(0) > 255 ? 2.7 : 1.5), 0);
  return entries.reduce((most, one) => Math.max(most, 1 + Math.min(2, Math.ceil(wide(one.note || '') / (column - 24)))), 1);
}

/* The fewest columns in which so many entries fill a box of a paper, in millimetres of a sheet of A4; all that fit
   where not all do. */
function listGrid(layout, entries, width, height) {
  const [wide, high] = [width / layout.grow, height / layout.grow - LIST_HEAD];
  const most = Math.max(1, Math.floor((wide + LIST_GAP) / (LIST_COLUMN + LIST_GAP)));
  const of = (columns) => {
    const line = LIST_LINES[listLines(entries, (wide + LIST_GAP) / columns - LIST_GAP)];
    return { columns, line, rows: Math.max(1, Math.floor(high / line)) };
  };
  for (let columns = 1; columns <= most; columns += 1) {
    const grid = of(columns);
    if (grid.columns * grid.rows >= entries.length) return grid;
  }
  return of(most);
}

/* A place of the list on a paper: its rows as many as are needed, and a little higher where there is room. */
function listArea(layout, box, grid, count) {
  const rows = Math.ceil(count / grid.columns);
  const line = Math.max(grid.line, Math.min(1.35 * grid.line, (box.height / layout.grow - LIST_HEAD) / rows));
  return Object.assign({}, box, { columns: grid.columns, rows, line });
}

/* The map and the list on one paper, or null where the list would take too much of it. */
function listBeside(layout, entries) {
  const { map, grow } = layout;
  const gap = 4 * grow;
  const shared = (box, grid, left) => ({ area: listArea(layout, box, grid, entries.length), layout: Object.assign({}, layout, { map: Object.assign({}, map, left) }) });
  if (!layout.landscape) {
    const columns = Math.max(1, Math.floor((map.width / grow + LIST_GAP) / (LIST_COLUMN + LIST_GAP)));
    const line = LIST_LINES[listLines(entries, (map.width / grow + LIST_GAP) / columns - LIST_GAP)];
    const height = (LIST_HEAD + Math.ceil(entries.length / columns) * line) * grow;
    if (height > LIST_MOST * map.height) return null;
    return shared({ x: map.x, y: map.y + map.height - height, width: map.width, height }, { columns, line }, { height: map.height - height - gap });
  }
  for (let columns = 1; columns * (LIST_COLUMN + LIST_GAP) * grow <= LIST_MOST * map.width; columns += 1) {
    const width = (columns * (LIST_COLUMN + LIST_GAP) - LIST_GAP) * grow;
    const grid = listGrid(layout, entries, width, map.height);
    if (grid.columns * grid.rows >= entries.length) return shared({ x: map.x + map.width - width, y: map.y, width, height: map.height }, grid, { width: map.width - width - gap });
  }
  return null;
}

/* The pages of the whole with its list: one, or the map and then as many as the list needs. */
function listedWishes(layout, entries) {
  const beside = entries.length ? listBeside(layout, entries) : null;
  if (beside || !entries.length) return [Object.assign({ zone: null, entries }, beside)];
  const box = Object.assign({}, layout.map, { height: layout.map.height + layout.foot - LIST_FOOT * layout.grow });
  const grid = listGrid(layout, entries, box.width, box.height);
  const pages = Math.ceil(entries.length / (grid.columns * grid.rows));
  const each = Math.ceil(entries.length / pages);
  const area = listArea(layout, box, grid, each);
  const wishes = [{ zone: null }];
  for (let at = 0; at < entries.length; at += each) wishes.push({ zone: null, entries: entries.slice(at, at + each), area, alone: true });
  return wishes;
}

/* The list itself, its entries going down and then to the next column; `heads` name what an entry says. */
function makeListing(entries, area, layout, heads) {
  const mm = (value) => value + 'mm';
  const rows = entries.map((one) => make('li', {}, [
    make('b', { class: 'badge', text: String(one.n), style: { background: one.ink } }),
    make('div', {}, [
      make('p', { class: 'list-who' }, [make('span', { text: one.name }), one.phone ? make('span', { class: 'list-phone', text: one.phone }) : null]),
      one.note ? make('p', { class: 'list-note', text: one.note }) : null
    ]),
    make('span', { class: 'list-count', text: one.count })
  ]));
  return make('section', { class: 'sheet-list', style: { left: mm(area.x), top: mm(area.y), width: mm(area.width / layout.grow), transform: 'scale(' + layout.grow + ')', 'transform-origin': '0 0' } }, [
    make('h2', {}, [make('span', { text: say('zoneList') }), make('small', { text: heads.join(' · ') })]),
    make('ol', { style: { 'grid-template-rows': 'repeat(' + area.rows + ', ' + mm(area.line) + ')', 'grid-template-columns': 'repeat(' + area.columns + ', minmax(0, 1fr))' } }, rows)
  ]);
}
