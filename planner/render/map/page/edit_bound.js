/* A lower bound of what a community can cost: each block has a price, and each zone is the best that its centre can do at these prices, a
   knapsack over homes that pays for what it is short or over.  That it hangs together is asked of what is held: the way there must be in it.
   Prices follow the subgradient. */
function zoneAtPrices(items, rule, z, forced) {
  const low = rule ? rule.low[z] : -Infinity;
  const most = !rule ? 0 : rule.high[z] < Infinity ? rule.high[z] : Math.max(0, low);
  const limited = rule && rule.high[z] < Infinity;
  const price = rule ? rule.price : 0;
  const cap = Math.min(most, forced.amount + items.reduce((sum, item) => sum + item.amount, 0));
  let value = new Float64Array(cap + 1).fill(Infinity);
  const at = Math.min(cap, forced.amount);
  value[at] = forced.value + (limited ? price * Math.max(0, forced.amount - cap) : 0);
  const taken = items.map((item) => {
    const chosen = new Uint8Array(cap + 1);
    const next = value.slice();
    const came = new Int16Array(cap + 1);
    for (let s = 0; s <= cap; s += 1) {
      if (value[s] === Infinity) continue;
      const sum = s + item.amount;
      const to = Math.min(cap, sum);
      const so = value[s] + item.value + (limited && sum > cap ? price * (sum - cap) : 0);
      if (so < next[to] - 1e-9) {
        next[to] = so;
        chosen[to] = 1;
        came[to] = s;
      }
    }
    value = next;
    return { chosen, came };
  });
  let [best, where] = [Infinity, 0];
  value.forEach((so, s) => {
    const whole = so + price * Math.max(0, (low > -Infinity ? low : 0) - s);
    if (whole < best) [best, where] = [whole, s];
  });
  const used = [];
  for (let i = items.length - 1; i >= 0; i -= 1) {
    if (!taken[i].chosen[where]) continue;
    used.push(items[i].block);
    where = taken[i].came[where];
  }
  return { value: best, used };
}

/* The cheapest way to the dearest of some held blocks from the home of a zone, by what blocks cost above their price: in any zone that has them. */
function heldWay(task, z, price, held) {
  const { cost, k, near } = task;
  const over = (b) => Math.max(0, cost[b * k + z] - price[b]);
  const far = new Map([[task.home[z], 0]]);
  const back = new Map();
  const heap = makeHeap();
  heap.push(0, task.home[z]);
  while (heap.size()) {
    const [so, u] = heap.pop();
    if (so > far.get(u)) continue;
    for (let i = near.start[u]; i < near.start[u + 1]; i += 1) {
      const v = near.list[i];
      const sum = so + over(v);
      if (sum < (far.has(v) ? far.get(v) : Infinity)) {
        far.set(v, sum);
        back.set(v, u);
        heap.push(sum, v);
      }
    }
  }
  const reached = held.filter((b) => far.has(b));
  if (!reached.length) return { long: 0, way: [] };
  const dearest = reached.reduce((a, b) => (far.get(b) > far.get(a) ? b : a));
  const way = [];
  for (let b = dearest; b !== undefined && b !== task.home[z]; b = back.get(b)) if (over(b) > 0) way.push(b);
  return { long: far.get(dearest), way };
}

function boundOf(task, upper, rounds, until) {
  const { n, k, cost, home } = task;
  const rule = task.rules.find((one) => !one.per && one.amount.every((a) => a >= 0 && Number.isInteger(a)) && one.low.concat(one.high).every((x) => !Number.isFinite(x) || Number.isInteger(x))) || null;
  const amountOf = (b) => (rule ? rule.amount[b] : 0);
  const lives = new Int32Array(n).fill(-1);
  home.forEach((b, z) => { lives[b] = z; });
  const price = Float64Array.from({ length: n }, (_, b) => {
    let least = Infinity;
    for (let z = 0; z < k; z += 1) least = Math.min(least, cost[b * k + z]);
    return least;
  });
  /* Held blocks of zones that did not hang together at first. */
  const held = home.map((b, z) => (task.torn.includes(z) ? Array.from({ length: n }, (_, v) => v).filter((v) => task.zone[v] === z && !task.free[v] && v !== b) : []));
  const inReach = home.map((_, z) => Array.from({ length: n }, (_2, b) => b).filter((b) => lives[b] < 0 && cost[b * k + z] < Infinity));
  let [best, step, still] = [-Infinity, 1.5, 0];
  for (let round = 0; round < rounds && performance.now() < until; round += 1) {
    const times = new Float64Array(n);
    let total = price.reduce((sum, p) => sum + p, 0);
    home.forEach((b, z) => {
      const forced = { amount: amountOf(b), value: cost[b * k + z] - price[b] };
      const items = inReach[z].map((v) => ({ block: v, amount: amountOf(v), value: cost[v * k + z] - price[v] }));
      const road = held[z].length ? heldWay(task, z, price, held[z]) : { long: 0, way: [] };
      /* Of what is dear a share is paid on the way, the rest by the knapsack: each share gives a bound. */
      let most = null;
      (road.long > 0 ? [0, 0.5, 1] : [0]).forEach((share) => {
        const eased = share ? items.map((item) => Object.assign({}, item, { value: item.value > 0 ? item.value * (1 - share) : item.value })) : items;
        const found = zoneAtPrices(eased, rule, z, forced);
        const value = found.value + share * road.long;
        if (!most || value > most.value) most = { value, share, used: found.used };
      });
      total += most.value;
      times[b] += 1;
      most.used.forEach((v) => { times[v] += cost[v * k + z] > price[v] ? 1 - most.share : 1; });
      road.way.forEach((v) => { times[v] += most.share; });
    });
    if (total > best + 1e-6) [best, still] = [total, 0];
    else still += 1;
    if (still > 7) [step, still] = [step * 0.6, 0];
    let norm = 0;
    times.forEach((t) => { norm += (1 - t) * (1 - t); });
    if (!norm || upper - best < 0.5 || step < 1e-4) break;
    const way = (step * Math.max(upper - total, 1)) / norm;
    times.forEach((t, b) => { price[b] += way * (1 - t); });
  }
  return best;
}
