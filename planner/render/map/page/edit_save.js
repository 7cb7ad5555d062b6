/* Keeping edits in the browser, and handing them out as a file.  A browser that keeps nothing is no fault. */
function storedEdits(plan) {
  try {
    const text = window.localStorage.getItem('planner-edits-' + plan);
    const saved = text ? JSON.parse(text) : null;
    return saved && saved.plan === plan ? saved : null;
  } catch (error) {
    return null;
  }
}

function storeEdits(plan, changes) {
  try {
    if (changes) window.localStorage.setItem('planner-edits-' + plan, JSON.stringify(changes));
    else window.localStorage.removeItem('planner-edits-' + plan);
    return true;
  } catch (error) {
    return false;
  }
}

/* Save shortly after the last change: writing must not hold a move up. */
function autosave(desk) {
  let timer = 0;
  const save = () => {
    timer = 0;
    if (desk.peeked) return; // what is looked at is not what was edited
    storeEdits(desk.plan, desk.changed() ? desk.changes() : null);
  };
  desk.on('change', () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(save, 400);
  });
  desk.saveNow = () => { if (timer) save(); };
  window.addEventListener('pagehide', () => { if (timer) save(); });
}

function exportChanges(desk, insist, told) {
  const text = JSON.stringify(insist ? Object.assign(desk.changes(), { insist: true }) : desk.changes(), null, 1) + '\n';
  const link = make('a', { set: { download: 'changes.json' } });
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  document.body.appendChild(link);
  link.click();
  link.remove();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  const unknown = desk.model.data.rules.some((rule) => rule.stale) ? say('exportedStale') : '';
  const broken = told.broken.length ? say('exportedBroken', { what: told.words }) : '';
  desk.tell(insist ? say('exportedInsist', { what: told.words }) : told.refused ? say('exportedApart') : say('exported') + broken + unknown);
}
