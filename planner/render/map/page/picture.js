/* A picture of what is seen, to put into a chat or a text: the map with its title, a bar, north, and what edition it is. */
Object.assign(TEXTS.zh, {
  savePicture: '存为图片', pictureBar: '{m} 米'
});
Object.assign(TEXTS.en, {
  savePicture: 'Save a picture', pictureBar: '{m} m'
});
const PICTURE_HEAD = 46;
const PICTURE_FOOT = 26;

const Picture = Sheet.extend({
  _head: PICTURE_HEAD,
  _foot: PICTURE_FOOT,

  /* On a picture no scale is true, for nobody knows how large it is shown: the bar alone tells lengths. */
  _barText: function (metres) {
    return say('pictureBar', { m: grouped(metres) });
  },

  /* Words of an internal page lie over its pictures, too. */
  _paintMark: function (ctx, text) {
    ctx.save();
    ctx.font = '700 20px ' + FONT;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    ctx.fillStyle = 'rgba(140,47,43,0.16)';
    for (let y = 60; y < this._place.height + 80; y += 130) {
      for (let x = 120; x < this._place.width + 160; x += 330) {
        ctx.save();
        ctx.translate(x + (y % 260 ? 0 : 160), y);
        ctx.rotate(-0.35);
        ctx.fillText(text, 0, 0);
        ctx.restore();
      }
    }
    ctx.restore();
  }
});

/* The window as an SVG address with its size; `watermark` is that of the page, "" for none. */
function viewPicture(model, state, map, told) {
  const size = map.getSize();
  const s = Math.pow(2, map.getZoom() - PLANE_ZOOM);
  const plane = (point) => {
    const found = map.project(map.containerPointToLatLng(point), PLANE_ZOOM);
    return [found.x - model.plane.x0, found.y - model.plane.y0];
  };
  const box = [...plane([0, -PICTURE_HEAD]), ...plane([size.x, size.y + PICTURE_FOOT])];
  const scale = (groundOf(model, (box[1] + box[3]) / 2).east * 1000 * PX_PER_MM) / s;
  const shown = Object.assign({}, state, { editing: false, ratio: 0 });
  const picture = new Picture(model, shown);
  const { place, ctx } = picture.paintOn({ width: size.x / PX_PER_MM, height: (size.y + PICTURE_HEAD + PICTURE_FOOT) / PX_PER_MM }, box, scale);
  const mark = document.querySelector('.watermark span');
  if (mark) picture._paintMark(ctx, mark.textContent);
  const meta = model.data.meta;
  const zone = model.zones[state.zone];
  const stamps = [meta.synthetic && say('synthetic'), meta.insisted && pick(meta.insisted), model.edited && say('editedSheet')].filter(Boolean);
  const dates = [meta.created && say('sheetMade', { d: meta.created }), meta.data_date && say('mapData') + ' ' + meta.data_date].filter(Boolean);
  const write = (text, x, y, font, ink) => Object.assign(ctx, { font: font + ' ' + FONT, fillStyle: ink, textAlign: 'left', textBaseline: 'alphabetic' }).fillText(text, x, y);
  const [w, h] = [place.width, place.height];
  Object.assign(ctx, { globalAlpha: 1, fillStyle: '#ffffff' }).fillRect(0, 0, w, PICTURE_HEAD);
  ctx.fillRect(0, h - PICTURE_FOOT, w + 2, PICTURE_FOOT + 2);
  Object.assign(ctx, { fillStyle: COLOURS.accent }).fillRect(0, 0, w, 3);
  write(meta.title || say('untitled'), 12, 24, '700 16px', COLOURS.ink);
  write([zone && told.title(zone), ...stamps].filter(Boolean).join(' · '), 12, 40, '600 11px', COLOURS.quiet);
  write([dates.join(' · '), meta.attribution, told.edition].filter(Boolean).join('　'), 12, h - 9, '400 10px', COLOURS.quiet);
  return { address: ctx.address(), width: w, height: h };
}

/* Draw it with twice the dots of the window, and hand it out. */
function savePicture(model, state, map, told) {
  const { address, width, height } = viewPicture(model, state, map, told);
  const image = new Image();
  image.src = address;
  return image.decode().then(() => {
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(width * 2);
    canvas.height = Math.round(height * 2);
    canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise((done) => { canvas.toBlob(done, 'image/png'); });
  }).then((blob) => {
    const link = make('a', { set: { download: 'map.png' } });
    link.href = URL.createObjectURL(blob);
    document.body.appendChild(link);
    link.click();
    link.remove();
    window.setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  });
}
