/* After an edit every figure of the page is of the edited plan: worked out anew, or said to be unknown until `planner apply` has audited it. */
function makeFigures(model, desk) {
  const { numbers } = desk;
  const { rules, meta } = model.data;
  const opened = {
    numbers: numbers.figures(), outcomes: numbers.ruleOutcomes(), mean: numbers.mean(), rules: rules.map((rule) => ({ worst: rule.worst, broken: rule.broken })),
    meta: { connected: meta.connected, disconnected: meta.disconnected },
    zones: model.zones.map((zone) => ({ homes: zone.homes, members: zone.members, gaps: zone.gaps, moved: zone.moved, mean: zone.mean, max: zone.max, broken: zone.broken, centre: zone.centre }))
  };
  const sum = (list) => list.reduce((n, one) => n + one.broken, 0);
  const limit = (rules.find((rule) => rule.name === 'walk_m') || { high: null }).high;

  /* Homes beyond the limit, by blocks; not told where a block only reaches beyond it in part. */
  function beyond(now) {
    const some = limit !== null && model.zones.some((zone) => zone.max > limit);
    return now.beyond > 0 ? now.beyond : some ? -2 : 0;
  }

  function asOpened() {
    model.edited = null;
    model.zones.forEach((zone, z) => { if (zone.edited && opened.zones[z]) Object.assign(zone, opened.zones[z], { edited: false, apart: false }); });
    rules.forEach((rule, r) => Object.assign(rule, opened.rules[r], { stale: false }));
    Object.assign(meta, opened.meta);
  }

  /* Bring the model up to the numbers; gives the zones whose rows look other now. */
  return (zones) => {
    const moved = desk.movedBlocks();
    const reseated = desk.reseated();
    const shown = new Set(zones);
    const { data, zoneOf } = numbers;
    const touched = new Set([].concat(reseated, ...moved.map((b) => [data.zone[b], zoneOf[b]])));
    model.data.figures.zones = openZones(model).length;
    if (!moved.length && !reseated.length) {
      asOpened();
      return shown;
    }
    zones.forEach((z) => {
      const zone = model.zones[z];
      const unknown = { gaps: -2, moved: -2, members: zone.membersKnown ? zone.members : -2 };
      Object.assign(zone, touched.has(z) ? unknown : opened.zones[z] || {}, touched.has(z) ? {} : { edited: false });
    });
    const now = numbers.figures();
    const outcomes = numbers.ruleOutcomes();
    const far = Math.max(0, ...model.zones.map((zone) => zone.max || 0));
    model.edited = {
      mean: model.data.figures.walk_m.mean + numbers.mean() - opened.mean, max: far, beyond: beyond(now), limit, broken: Math.max(0, sum(outcomes) - sum(opened.outcomes)),
      fewer: Math.max(0, sum(opened.outcomes) - sum(outcomes)), walk: now.walk - opened.numbers.walk, value: now.value - opened.numbers.value,
      unserved: moved.some((b) => data.zone[b] < 0 || zoneOf[b] < 0), over: outcomes.some((one) => one.name.split('@')[0] === 'households_per_zone' && one.broken > 0)
    };
    rules.forEach((rule) => {
      const found = outcomes.find((one) => one.name === rule.name);
      if (found) Object.assign(rule, { worst: Math.round(found.worst * 10) / 10, broken: found.broken });
      else if (rule.name === 'walk_m') Object.assign(rule, { broken: model.edited.beyond, worst: far });
      else rule.stale = true;
    });
    Object.assign(meta, { connected: now.apart === 0, disconnected: now.apart });
    return shown;
  };
}
