/* The panel of a notebook: what is set here is asked of the kernel, and what the kernel made is shown. */
const make = (tag, given = {}, ...inside) => {
  const node = Object.assign(document.createElement(tag), given);
  node.append(...inside);
  return node;
};

const field = (label, value, disabled = false) => make('input', {
  type: 'number', min: '0', step: 'any', value: value === null ? '' : String(value), ariaLabel: label, disabled,
});

const STATES = {
  ready: '可以试算 ready', busy: '正在计算 at work', found: '已得出方案，尚未采用 found, not accepted yet', failed: '未能得出方案 no plan',
};

function ruleRow(rule) {
  const name = `${rule.zh} · ${rule.en}`;
  const low = field(`${name} 下限 least`, rule.low, rule.name === 'walk_m');
  const high = field(`${name} 上限 most`, rule.high);
  const range = make('input', { type: 'range', min: '1', max: String(Math.max(2, 2 * (rule.high || 50))), value: String(rule.high || 50), ariaLabel: `${name} 上限滑块 most, slider` });
  range.addEventListener('input', () => { high.value = range.value; });
  high.addEventListener('input', () => { range.value = high.value; });
  const kind = rule.hard ? '硬性 hard' : '弹性 elastic';
  const row = make('tr', {}, make('th', { scope: 'row', textContent: name }), make('td', {}, low), make('td', {}, high), make('td', {}, range), make('td', { textContent: kind }));
  return { name: rule.name, low, high, row };
}

function form(model, ask) {
  const told = model.get('form');
  const rules = told.rules.map(ruleRow);
  const head = make('tr', {}, ...['规则 rule', '下限 least', '上限 most', '', ''].map((textContent) => make('th', { scope: 'col', textContent })));
  const price = field('每户换手代价（米） metres that one home changing hands must be worth', told.price_m);
  const boxes = told.zones.map((zone) => ({ number: zone.number, box: make('input', { type: 'checkbox', checked: zone.stays }) }));
  const zones = make('div', { className: 'zones' }, ...boxes.map(({ number, box }) => make('label', {}, box, ` ${number}`)));
  const limits = () => Object.fromEntries(rules.map((rule) => [rule.name, [rule.low.value, rule.high.value]]));
  const stay = () => boxes.filter(({ box }) => box.checked).map(({ number }) => number);
  const solve = make('button', { type: 'button', className: 'solve', textContent: '试算 solve' });
  const accept = make('button', { type: 'button', className: 'accept', textContent: '采用 accept' });
  solve.addEventListener('click', () => ask({ do: 'solve', limits: limits(), stay: stay(), price_m: price.value }));
  accept.addEventListener('click', () => ask({ do: 'accept' }));
  const again = boxes.length ? [
    make('label', { className: 'price' }, '每户换手代价（米） metres a home changing hands must be worth ', price),
    make('fieldset', {}, make('legend', { textContent: '不变动的责任区 zones that stay' }), zones),
  ] : [];
  const box = make('div', { className: 'form' }, make('table', {}, make('thead', {}, head), make('tbody', {}, ...rules.map(({ row }) => row))), ...again, make('p', {}, solve, ' ', accept));
  return { box, solve, accept };
}

function render({ model, el }) {
  const root = make('div', { className: 'zone-planner-panel' });
  const said = make('p', { className: 'said', role: 'status' });
  const bar = make('progress', { max: 1, ariaLabel: '进度 progress' });
  const card = make('div', { className: 'card' });
  const code = make('pre', {}, make('code'));
  let parts = null;

  const ask = (what) => model.send(what);
  const show = () => {
    const told = model.get('shown');
    const busy = told.state === 'busy';
    root.dataset.state = told.state;
    said.textContent = [STATES[told.state], told.said_zh, told.said === told.said_zh ? '' : told.said].filter(Boolean).join('\n');
    bar.hidden = !busy;
    bar.value = told.done;
    /* The kernel made it and escaped every text in it; no resident is in it. */
    if (card.dataset.told !== told.card) card.innerHTML = told.card;
    card.dataset.told = told.card;
    code.firstChild.textContent = told.code;
    parts.solve.disabled = busy;
    parts.accept.disabled = told.state !== 'found';
  };
  const lay = () => {
    parts = form(model, ask);
    const python = make('details', { open: true }, make('summary', { textContent: '等效的 Python the same in Python' }), code);
    root.replaceChildren(parts.box, make('div', { className: 'found' }, said, bar, card, python));
    show();
  };
  model.on('change:form', lay);
  model.on('change:shown', show);
  lay();
  el.append(root);
  return () => {
    model.off('change:form', lay);
    model.off('change:shown', show);
  };
}

export default { render };
