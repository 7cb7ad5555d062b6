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
      const found = desk.model.buildings.filter((one) => inside(shape, one));
      if (edit.paint >= 0) desk.paint(found, edit.paint);
      else {
        const free = Array.from(new Set([].concat(...found.map(desk.movable)))).filter((b) => desk.numbers.data.fixed[b] !== 1);
        desk.choose(free, event.shiftKey ? 'add' : 'only');
        desk.tell(say('didChoose', { n: desk.unitCount(Array.from(desk.selection)) }));
      }
    }
    marks.draw();
  };
  surface.addEventListener('pointerup', finish, true);
  surface.addEventListener('pointercancel', finish, true);
}

/* The brush: press on a zone, draw over buildings, and they are its own; one stroke is one step back. */
function addBrush(map, scene, marks, desk, edit) {
  const surface = map.getContainer();
  let pointer = null;
  let target = -1;
  const stop = (event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  const here = (event) => {
    const box = surface.getBoundingClientRect();
    return L.point(event.clientX - box.left, event.clientY - box.top);
  };
  const under = (point) => {
    const one = scene.findBuilding(point);
    if (one && !marks.stroke.includes(one)) marks.stroke.push(one);
    return one;
  };
  const zoneUnder = (point) => {
    const found = scene.find(point);
    return found ? zoneOfFound(desk.model, found) : -1;
  };
  surface.addEventListener('pointerdown', (event) => {
    if (!edit.active || edit.tool !== 'brush' || !event.isPrimary || event.target.closest('.spot, .card')) return;
    stop(event);
    const point = here(event);
    target = edit.paint >= 0 ? edit.paint : zoneUnder(point);
    if (target < 0) {
      desk.tell(say('brushNoZone'));
      return;
    }
    pointer = event.pointerId;
    surface.setPointerCapture(pointer);
    desk.choose([]);
    marks.stroke = [];
    marks.ink = desk.model.zones[target].ink;
    under(point);
    marks.draw();
  }, true);
  surface.addEventListener('pointermove', (event) => {
    if (event.pointerId !== pointer) return;
    stop(event);
    const before = marks.stroke.length;
    (event.getCoalescedEvents ? event.getCoalescedEvents() : [event]).concat([event]).forEach((one) => under(here(one)));
    if (marks.stroke.length > before) marks.draw();
  }, true);
  const finish = (event) => {
    if (event.pointerId !== pointer) return;
    stop(event);
    pointer = null;
    const drawn = marks.stroke;
    marks.stroke = [];
    if (drawn.length && event.type === 'pointerup') desk.paint(drawn, target);
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
      : { m: edit.offer, l: () => desk.lock(), x: desk.swap, h: () => desk.moveCentre(edit.building), d: () => desk.split(edit.building), g: desk.merge, c: () => desk.peek(!desk.peeked), s: () => edit.take('pick'), b: () => edit.take('brush'), o: () => edit.take('lasso'), n: () => edit.take('note'), escape: () => desk.choose([]) };
    if (event.altKey || !Object.prototype.hasOwnProperty.call(actions, key)) return;
    event.preventDefault();
    actions[key]();
  });
}
