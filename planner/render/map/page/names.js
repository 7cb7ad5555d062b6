/* Names of the plan, and how they are found: by any part, by digits, by first letters of the Chinese reading. */
const NUMERALS = { 〇: 0, 零: 0, 一: 1, 二: 2, 两: 2, 三: 3, 四: 4, 五: 5, 六: 6, 七: 7, 八: 8, 九: 9 };
const UNIT_WORDS = '号院|号楼|号|栋|幢|座|单元|楼|室|弄|排|门|梯|区|期|组';
const IN_WORDS = new RegExp('[〇零一二两三四五六七八九十百]+(?=' + UNIT_WORDS + ')', 'g');
const MOST_SHOWN = 8;

/* 十二 is 12, 三 is 3, 一百零五 is 105; a row of digits is read one by one. */
function fromWords(text) {
  if (!/[十百]/.test(text)) return Array.from(text).map((c) => NUMERALS[c]).join('');
  let [sum, digit] = [0, 0];
  Array.from(text).forEach((c) => {
    if (c === '百' || c === '十') {
      sum += (digit || 1) * (c === '百' ? 100 : 10);
      digit = 0;
    } else digit = NUMERALS[c];
  });
  return String(sum + digit);
}

/* One spelling for what is one: full width, capitals, accents, numerals in words, the words for a building. */
function plainText(text) {
  return text.normalize('NFKC').toLowerCase().normalize('NFD').replace(/[\u0300-\u036f]/g, '').normalize('NFC')
    .replace(IN_WORDS, fromWords).replace(/(\d)(?:号楼|幢|座|#楼?)/g, '$1栋').replace(/[\s,，·、。;；]+/g, ' ').trim();
}

/* First letters of a name in all its readings (four at most); digits and western letters stand as they are. */
function makeInitials(find) {
  const first = new Map();
  Array.from(find.letters[0]).forEach((c, i) => first.set(c, find.letters[1][i]));
  return (text) => {
    let made = [''];
    Array.from(text).forEach((c) => {
      const letter = first.get(c) || (/[a-z0-9]/.test(c) ? c : '');
      const other = find.also[c];
      made = other && made.length < 4 ? made.map((m) => m + letter).concat(made.map((m) => m + other)) : made.map((m) => m + letter);
    });
    return made;
  };
}

/* How well a word fits a name: 0 is the same, less well is more, -1 not at all. */
function fit(entry, word) {
  const at = entry.text.indexOf(word);
  if (at === 0) return entry.text === word ? 0 : 1;
  if (at > 0) return /\d/.test(word[0]) && /\d/.test(entry.text[at - 1]) ? 3.5 : entry.text[at - 1] === ' ' ? 2 : 3;
  if (!/^[a-z0-9]*[a-z][a-z0-9]*$/.test(word) || !entry.han) return -1;
  const found = entry.initials.map((letters) => letters.indexOf(word)).filter((i) => i >= 0);
  return found.length ? (found.includes(0) ? 4 : 5) : -1;
}

function searched(entries, query) {
  const text = plainText(query);
  const words = text.split(' ').filter(Boolean);
  if (!words.length) return [];
  const hits = [];
  entries.forEach((entry) => {
    if (entry.zoneNumber === text) {
      hits.push({ entry, rank: -1 });
      return;
    }
    let worst = 0;
    for (let k = 0; k < words.length; k += 1) {
      const rank = fit(entry, words[k]);
      if (rank < 0) return;
      worst = Math.max(worst, rank);
    }
    hits.push({ entry, rank: worst });
  });
  if (!hits.length && text.length > 3) {
    const whole = text.replace(/ /g, '');
    entries.forEach((entry) => { if (entry.text.length > 3 && whole.includes(entry.text.replace(/ /g, ''))) hits.push({ entry, rank: 100 - entry.text.length }); });
    const best = Math.min(...hits.map((hit) => hit.rank));
    return hits.filter((hit) => hit.rank === best);
  }
  return hits;
}

/* Everything that can be found.  Texts of the plan stay as they are in `label`. */
function makeNames(model, find) {
  const initials = makeInitials(find);
  const order = new Intl.Collator('zh', { numeric: true });
  const zones = (units) => Array.from(new Set(units.map((u) => model.units[u].zone)));

  function entry(kind, label, more) {
    const text = plainText(label + (more.also ? ' ' + more.also : ''));
    const han = /[\u3400-\u9fff]/.test(text);
    return Object.assign({ kind, label, text, han, initials: han ? initials(text) : [] }, more);
  }

  function gathered(nameOf) {
    const known = new Map();
    model.units.forEach((unit) => {
      const name = unit.label ? nameOf(unit.label) : '';
      if (!name) return;
      if (!known.has(name)) known.set(name, []);
      known.get(name).push(unit.index);
    });
    return known;
  }

  /* Buildings, and the stairwells of those that have several; runs of floors of one stairwell are one entry. */
  function buildings() {
    const made = model.buildings.filter((one) => one.label).map((one) => entry('building', one.label, { building: one.index, units: one.units.map((u) => u.index) }));
    gathered((label) => label).forEach((units, label) => {
      const spots = new Map(units.map((u) => [model.units[u].building + ' ' + model.units[u].sx + ' ' + model.units[u].sy, u]));
      spots.forEach((u) => {
        const one = model.buildings[model.units[u].building];
        if (one.units.length > 1 && label !== one.label) made.push(entry('building', label, { building: one.index, unit: u, units: [u] }));
      });
    });
    return made;
  }

  function estates() {
    return Array.from(gathered(estateOf), ([name, units]) => entry('estate', name, { units }));
  }

  function told() {
    return (find.estates || []).map((one) => entry('estate', one.name, { spot: one.at, zones: one.zones }));
  }

  function named(taken) {
    const base = model.base.numbers.filter((one) => /[^\d\s\-/;,.]{2}/.test(one.text));
    return base.filter((one) => !taken.has(one.text) && taken.add(one.text)).map((one) => entry(/\d/.test(one.text) ? 'building' : 'estate', one.text, { place: [one.x, one.y] }));
  }

  function streets(taken) {
    const longest = new Map();
    model.base.names.forEach((run) => {
      if (!taken.has(run.text) && (!longest.has(run.text) || longest.get(run.text).length < run.length)) longest.set(run.text, run);
    });
    return Array.from(longest, ([name, run]) => entry('estate', name, { place: [run.x, run.y], street: true }));
  }

  function centres() {
    return model.zones.map((zone) => entry('centre', zone.centre.label || zone.centre.id, { also: [zone.centre.id, zone.fence].filter(Boolean).join(' '), zone: zone.index, zoneNumber: String(zone.n) }));
  }

  const areas = [...told(), ...estates(), ...buildings()];
  const taken = new Set(areas.map((one) => one.label));
  const entries = [...areas, ...named(taken), ...streets(taken), ...centres()];
  entries.sort((a, b) => order.compare(a.text, b.text));
  return {
    entries, zones,
    /* Groups of what fits, the best first; each with how many there are in all. */
    find: (query) => {
      const hits = searched(entries, query);
      return ['estate', 'building', 'centre'].map((kind) => {
        const some = hits.filter((hit) => hit.entry.kind === kind);
        some.sort((a, b) => a.rank - b.rank || (a.rank === 3 ? 0 : a.entry.text.length - b.entry.text.length));
        return { kind, all: some.length, best: some.length ? some[0].rank : Infinity, entries: some.slice(0, MOST_SHOWN).map((hit) => hit.entry) };
      }).filter((group) => group.all).sort((a, b) => Math.floor(a.best) - Math.floor(b.best));
    }
  };
}
