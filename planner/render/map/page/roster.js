/* The roster of the internal map: who lives in a building and who serves them. */
Object.assign(TEXTS.zh, {
  roster: '花名册', wishesMet: '意愿满足', rosterHome: '户编号', rosterName: '户主', rosterRoom: '房号或住址', rosterCare: '关爱标记', rosterMember: '联系党员', membersHere: '住在此处的党员', notPlaced: '未定位的居民户（{n} 户）', internalEdition: '内部版：含居民户与党员信息，仅限本单位使用，请勿外传'
});
Object.assign(TEXTS.en, {
  roster: 'Roster', wishesMet: 'Wishes met', rosterHome: 'Household', rosterName: 'Name', rosterRoom: 'Room or address', rosterCare: 'Care', rosterMember: 'Member', membersHere: 'Members who live here', notPlaced: 'Homes without a place ({n})', internalEdition: 'Internal edition: holds residents and members; for this office only'
});

function rosterOf(roster) {
  const byUnit = new Map();
  roster.unit.forEach((unit, i) => {
    if (!byUnit.has(unit)) byUnit.set(unit, []);
    byUnit.get(unit).push(i);
  });
  const members = new Map();
  roster.members.unit.forEach((unit, i) => {
    if (!members.has(unit)) members.set(unit, []);
    members.get(unit).push(i);
  });
  return { roster, byUnit, members };
}

/* How many wishes are met as the zones stand now, and how many there are. */
function wishesMet(model) {
  const wishes = model.roster.roster.wishes;
  const met = wishes.unit.filter((u, i) => u >= 0 && wishes.zones[i].includes(model.units[u].zone)).length;
  return { met, all: wishes.unit.length };
}

function memberText(roster, index) {
  return index < 0 ? '–' : [roster.members.name[index], roster.members.id[index]].filter(Boolean).join(' ');
}

function rosterTable(model, rows, building) {
  const roster = model.roster.roster;
  const stairwell = (i) => stairwellLabel(building, model.units[roster.unit[i]]);
  const columns = [
    ...(building && new Set(rows.map((i) => roster.unit[i])).size > 1 ? [['unit', stairwell]] : []),
    ['rosterHome', (i) => roster.id[i]], ['rosterName', (i) => roster.name[i]], ['rosterRoom', (i) => roster.room[i]],
    ['rosterCare', (i) => roster.care[i]], ['rosterMember', (i) => memberText(roster, roster.member[i])]
  ].filter((column) => column[0] === 'rosterHome' || rows.some((i) => column[1](i) && column[1](i) !== '–'));
  return make('table', { class: 'roster' }, [
    make('thead', {}, [make('tr', {}, columns.map((column) => make('th', { text: say(column[0]), set: { scope: 'col' } })))]),
    make('tbody', {}, rows.map((i) => make('tr', {}, columns.map((column) => make('td', { text: column[1](i) })))))
  ]);
}

/* What the card of a building says of its people. */
function rosterBlock(model, building, units) {
  const homes = [].concat(...units.map((unit) => model.roster.byUnit.get(unit.index) || []));
  const members = [].concat(...units.map((unit) => model.roster.members.get(unit.index) || []));
  return make('div', { class: 'roster-box' }, [
    make('h3', { text: say('roster') }), homes.length ? rosterTable(model, homes, building) : make('p', { class: 'aside', text: say('noGaps') }),
    members.length ? make('h3', { text: say('membersHere') }) : null,
    members.length ? make('ul', {}, members.map((i) => make('li', { text: memberText(model.roster.roster, i) }))) : null
  ]);
}

/* Homes that no map can show, so that none is forgotten. */
function notPlacedBlock(model) {
  const rows = model.roster.byUnit.get(-1) || [];
  if (!rows.length) return null;
  return make('section', { class: 'block' }, [make('details', { class: 'not-placed' }, [make('summary', { text: say('notPlaced', { n: grouped(rows.length) }) }), rosterTable(model, rows)])]);
}
