/* Pointer and keys.  The lasso works with mouse, pen and finger alike. */
function inside(polygon, point) {
  let within = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i, i += 1) {
    const [a, b] = [polygon[i], polygon[j]];
    if ((a.y > point.y) !== (b.y > point.y) && point.x < ((b.x - a.x) * (point.y - a.y)) / (b.y - a.y) + a.x) within = !within;
  }
  return within;
}

function addLasso(map, marks, desk, edit) {
  const surface = map.getContainer();
  let pointer = null;
  const here = (event) => {
    const box = surface.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const stop = (event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  surface.addEventListener('pointerdown', (event) => {
    if (!edit.active || edit.tool !== 'lasso' || !event.isPrimary || event.target.closest('.spot, .card')) return;
    stop(event);
    pointer = event.pointerId;
    surface.setPointerCapture(pointer);
    marks.lasso = [here(event)];
  }, true);
  surface.addEventListener('pointermove', (event) => {
    if (event.pointerId !== pointer) return;
    stop(event);
    marks.lasso.push(here(event));
    marks.draw();
  }, true);
  const finish = (event) => {
    if (event.pointerId !== pointer) return;
    stop(event);
    pointer = null;
    const shape = marks.lasso.map(marks.toPlane);
    marks.lasso = [];
    if (shape.length > 2) {
      const found = new Set(desk.model.units.filter((u) => inside(shape, u)).map((u) => desk.blockAt(u.index)));
      desk.choose(Array.from(found).filter((b) => desk.numbers.data.fixed[b] !== 1), event.shiftKey ? 'add' : 'only');
      desk.tell(say('didChoose', { n: desk.unitCount(Array.from(desk.selection)) }));
    }
    marks.draw();
  };
  surface.addEventListener('pointerup', finish, true);
  surface.addEventListener('pointercancel', finish, true);
}

/* Keys of editing; none of them works while something is being written. */
function addEditKeys(desk, edit) {
  document.addEventListener('keydown', (event) => {
    if (!edit.active || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    const key = event.key.toLowerCase();
    const mark = event.ctrlKey || event.metaKey;
    const actions = mark
      ? { z: event.shiftKey ? desk.redo : desk.undo, y: desk.redo }
      : { m: edit.offer, l: () => desk.lock(), s: () => edit.take('pick'), o: () => edit.take('lasso'), n: () => edit.take('note'), escape: () => desk.choose([]) };
    if (event.altKey || !Object.prototype.hasOwnProperty.call(actions, key)) return;
    event.preventDefault();
    actions[key]();
  });
}
