/* Colour by what a zone or a building has of it: homes against the rule, walks against the limit, members against the rule.  What each colour
   means stands in the legend, in numbers; beyond a rule it is red. */
const THEMES = ['zone', 'load', 'walk', 'members'];
const RAMP = [['#e3edf4', '#8fb0c6'], ['#c3d9e8', '#6293b3'], ['#9cc0d8', '#3f779e'], ['#6f9fc0', '#235680']];
const BELOW = ['#e3d3ec', '#7b4b94'];
const ABOVE = ['#e3a79e', '#8c2f2b'];

/* Steps over what is found inside the rule, and classes below and above it. */
function stepsOf(least, most, unit, rule) {
  const classes = [];
  const [floor, ceiling] = [rule && rule.low !== null ? rule.low : -Infinity, rule && rule.high !== null ? rule.high : Infinity];
  const low = Math.min(Math.max(floor, Math.floor(least)), ceiling);
  const high = Math.max(Math.min(ceiling, Math.ceil(most)), Math.min(ceiling, low + RAMP.length));
  const text = (key, values) => () => say(key, Object.assign({ u: say(unit) }, values));
  if (floor > 0) classes.push({ to: floor, open: true, look: BELOW, words: text('themeBelow', { n: grouped(floor) }) });
  let from = low;
  RAMP.forEach((look, i) => {
    const to = i === RAMP.length - 1 ? high : Math.round(low + ((high - low) * (i + 1)) / RAMP.length);
    const begin = i ? from + (Number.isInteger(from) ? 1 : 0) : from;
    if (to >= begin) classes.push({ to, from: grouped(begin), look, words: text('themeFrom', { a: grouped(begin), b: grouped(to) }) });
    from = to;
  });
  if (ceiling < Infinity) {
    classes[classes.length - 1].to = ceiling; // an edit may fill it up
    classes[classes.length - 1].words = text('themeFrom', { a: classes[classes.length - 1].from, b: grouped(ceiling) });
    classes.push({ to: Infinity, look: ABOVE, words: text('themeAbove', { n: grouped(ceiling) }) });
  }
  return classes;
}

/* The longest walk from a building, by its stairwells; -1 where none is known. */
function longestWalk(one) {
  return Math.max(-1, ...one.units.map((u) => (u.walk === null || u.walk === undefined ? -1 : u.walk)));
}

/* A theme of the plan, or null for the colours of the zones. */
function makeTheme(model, name) {
  if (name === 'zone') return null;
  const find = (key) => model.data.rules.find((one) => one.name === key);
  const rule = find({ load: 'households_per_zone', walk: 'walk_m', members: 'members_per_zone' }[name]);
  const ofZone = { load: (z) => z.homes, walk: (z) => z.mean, members: (z) => z.members }[name];
  const inside = (v) => v !== null && v !== undefined && v >= 0 && !(rule && ((rule.low !== null && v < rule.low) || (rule.high !== null && v > rule.high)));
  const values = (name === 'walk' ? model.buildings.map((one) => longestWalk(one)) : openZones(model).map(ofZone)).filter(inside);
  const spread = values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, 0]);
  const classes = stepsOf(spread[0] === Infinity || name === 'walk' ? 0 : spread[0], spread[1], { load: 'themeHomes', walk: 'themeMetres', members: 'themeMembers' }[name], rule);
  const look = (value) => {
    if (value === null || value === undefined || value < 0) return null;
    const rounded = Math.round(value);
    return (classes.find((one) => (one.open ? rounded < one.to : rounded <= one.to)) || classes[classes.length - 1]).look;
  };
  return {
    name, classes,
    fill: (zone) => (look(ofZone(zone)) || ['#ffffff'])[0],
    ink: (one, zone) => (look(name === 'walk' ? longestWalk(one) : ofZone(zone)) || [null, COLOURS.quiet])[1]
  };
}

/* What can be told of this plan: members only where the page knows them. */
function presentThemes(model) {
  return THEMES.filter((name) => name !== 'members' || model.data.zones.every((zone) => zone.members >= 0));
}

function themeRows(theme) {
  if (!theme) return [];
  const block = (look) => (c, x, y) => {
    c.fillStyle = look[0];
    c.fillRect(x - 14, y - 7, 28, 14);
    drawHome(c, x, y, 4.4, look[1]);
  };
  return theme.classes.map((one) => legendRow(swatch(block(one.look), 30, 18), one.words()));
}

function themeChooser(model, state, changed) {
  const select = make('select', { set: { 'data-theme': '' }, on: { change: () => { state.theme = makeTheme(model, select.value); changed(); } } }, presentThemes(model).map((name) => {
    const option = make('option', { text: say({ zone: 'zone', load: 'load', walk: 'meanWalk', members: 'members' }[name]), set: { value: name } });
    option.selected = name === (state.theme ? state.theme.name : 'zone');
    return option;
  }));
  return make('label', { class: 'theme' }, [make('span', { text: say('colourBy') }), select]);
}
