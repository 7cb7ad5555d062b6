/* Signs drawn alike on the map and in the legend. */
const COLOURS = {
  paper: '#f5f3ee', ink: '#1f2933', quiet: '#5b6770', accent: '#8c2f2b', water: '#c9dde8', green: '#dce7d0',
  building: '#cdc6ba', buildingEdge: '#b3aba0', street: '#ffffff', streetEdge: '#d8d2c7', path: '#cfc8bb', rail: '#a9a39a', moved: '#b5179e'
};
const FONT = '"Noto Sans CJK SC","Noto Sans SC","Source Han Sans SC","Microsoft YaHei","PingFang SC","SimHei",system-ui,sans-serif';

/* A house with the zone's number: the home of its centre. */
function drawHouse(ctx, x, y, size, fill, number, strong) {
  const w = size * 0.5;
  const roof = size * 0.42;
  ctx.beginPath();
  ctx.moveTo(x, y - size * 0.78);
  ctx.lineTo(x + w * 1.28, y - size * 0.78 + roof + size * 0.1);
  ctx.lineTo(x + w, y - size * 0.78 + roof + size * 0.1);
  ctx.lineTo(x + w, y + size * 0.52);
  ctx.lineTo(x - w, y + size * 0.52);
  ctx.lineTo(x - w, y - size * 0.78 + roof + size * 0.1);
  ctx.lineTo(x - w * 1.28, y - size * 0.78 + roof + size * 0.1);
  ctx.closePath();
  ctx.lineJoin = 'round';
  ctx.lineWidth = strong ? size * 0.3 : size * 0.2;
  ctx.strokeStyle = strong ? COLOURS.ink : '#ffffff';
  ctx.stroke();
  if (strong) {
    ctx.lineWidth = size * 0.16;
    ctx.strokeStyle = '#ffffff';
    ctx.stroke();
  }
  ctx.fillStyle = fill;
  ctx.fill();
  if (number === '') return;
  ctx.fillStyle = '#ffffff';
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  ctx.font = '700 ' + size * (String(number).length > 2 ? 0.46 : 0.62) + 'px ' + FONT;
  ctx.fillText(String(number), x, y + size * 0.1);
}

/* One sign a cause of gaps: told apart by shape, not by colour alone. */
function drawGap(ctx, cause, x, y, size) {
  const r = size * 0.5;
  ctx.beginPath();
  if (cause === 'beyond_walk_limit') {
    ctx.moveTo(x, y - r);
    ctx.lineTo(x + r, y + r * 0.8);
    ctx.lineTo(x - r, y + r * 0.8);
    ctx.closePath();
  } else if (cause === 'zone_over_limit') {
    ctx.rect(x - r * 0.8, y - r * 0.8, r * 1.6, r * 1.6);
  } else if (cause === 'address_not_found') {
    ctx.arc(x, y, r * 0.85, 0, 2 * Math.PI);
  } else {
    ctx.moveTo(x, y - r * 1.1);
    ctx.lineTo(x + r * 1.1, y);
    ctx.lineTo(x, y + r * 1.1);
    ctx.lineTo(x - r * 1.1, y);
    ctx.closePath();
  }
  ctx.lineJoin = 'round';
  ctx.lineWidth = size * 0.34;
  ctx.strokeStyle = '#ffffff';
  ctx.stroke();
  ctx.fillStyle = COLOURS.accent;
  ctx.fill();
  ctx.fillStyle = '#ffffff';
  ctx.strokeStyle = '#ffffff';
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  ctx.font = '800 ' + size * 0.62 + 'px ' + FONT;
  if (cause === 'address_not_found') ctx.fillText('?', x, y + size * 0.04);
  if (cause === 'zone_over_limit') ctx.fillText('+', x, y + size * 0.02);
  if (cause === 'no_walking_path') {
    ctx.lineWidth = size * 0.13;
    ctx.beginPath();
    ctx.moveTo(x - r * 0.38, y - r * 0.38);
    ctx.lineTo(x + r * 0.38, y + r * 0.38);
    ctx.moveTo(x + r * 0.38, y - r * 0.38);
    ctx.lineTo(x - r * 0.38, y + r * 0.38);
    ctx.stroke();
  }
}

function drawHomes(ctx, dots, r, ink) {
  ctx.beginPath();
  dots.forEach((dot) => {
    ctx.moveTo(dot[0] + r, dot[1]);
    ctx.arc(dot[0], dot[1], r, 0, 2 * Math.PI);
  });
  ctx.fillStyle = ink || '#ffffff';
  ctx.fill();
  ctx.lineWidth = Math.max(0.8, r * 0.22);
  ctx.strokeStyle = ink ? '#ffffff' : COLOURS.quiet;
  ctx.stroke();
}

function drawHome(ctx, x, y, r, ink) {
  drawHomes(ctx, [[x, y]], r, ink);
}

function drawMoved(ctx, x, y, r) {
  ctx.beginPath();
  ctx.arc(x, y, r * 1.7, 0, 2 * Math.PI);
  ctx.lineWidth = Math.max(3.2, r * 0.8);
  ctx.strokeStyle = '#ffffff';
  ctx.stroke();
  ctx.lineWidth = Math.max(1.6, r * 0.42);
  ctx.strokeStyle = COLOURS.moved;
  ctx.stroke();
}

/* A small picture of a sign, for the legend. */
function swatch(draw, width, height) {
  const canvas = make('canvas', { class: 'swatch', set: { 'aria-hidden': 'true' } });
  const ratio = 2 * Math.max(1, window.devicePixelRatio || 1);
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  canvas.style.width = width / 16 + 'rem';
  canvas.style.height = height / 16 + 'rem';
  const ctx = canvas.getContext('2d');
  ctx.scale(ratio, ratio);
  draw(ctx, width / 2, height / 2);
  return canvas;
}
