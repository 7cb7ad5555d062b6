/* Every word of the page, in both languages.  Words that the plan brings come as [zh, en]. */
const TEXTS = {
  zh: {
    other: 'English', otherHint: 'Switch to English', print: '打印',
    untitled: '责任区方案', made: '方案日期', mapData: '地图数据', synthetic: '合成示例数据，非真实居民',
    homes: '居民户', zones: '责任区', zone: '责任区', centre: '中心户', members: '党员', meanWalk: '平均步行',
    gaps: '覆盖空白', moved: '变更户', noGaps: '无', unassigned: '未分配 {n} 户', and: '，',
    rules: '规则与最差情况', limit: '限值', worst: '最差', result: '结果', holds: '符合',
    brokenZones: '{n} 个责任区不符', brokenHomes: '{n} 户超出', connected: '所有责任区连通',
    disconnected: '{n} 个责任区不连通', proof: '方案证明', zoneList: '责任区一览',
    sortBy: '按{what}排序', number: '编号', load: '户数', mean: '平均', max: '最远', p90: '九成以内',
    legend: '图例', layers: '图层', base: '底图', labels: '地名', fences: '社区边界', home: '居民户（按楼栋单元）',
    homeSizes: '圆点越大户数越多', unserved: '未分配单元', movedHomes: '本次变更', 
    few: '少于3户', hidden: '不予显示', homesOf: '{n} 户', metres: '{n} 米',
    close: '关闭', unit: '单元', fence: '社区', distance: '到中心户步行', breaks: '不符规则',
    allowed: '限值 {limit}', whole: '全图', zoomIn: '放大', zoomOut: '缩小', north: '北', panel: '方案信息',
    map: '责任区地图', notOnMap: '其中地址未找到的不在图上', nineTenths: '九成居民户在 {n} 米以内，最远 {m} 米',
    ofRule: '户数 / 规则', gapsShort: '空白', centreId: '中心户编号', movedIn: '转入户数', located: '已定位 {n} 户', rule: '规则', source: '规则来源',
    privacy: '会议版：按楼栋显示，不含姓名、门牌室号与户编号'
  },
  en: {
    other: '中文', otherHint: '切换到中文', print: 'Print',
    untitled: 'Zone plan', made: 'Plan of', mapData: 'Map data of', synthetic: 'SYNTHETIC DATA, not real residents',
    homes: 'Homes', zones: 'Zones', zone: 'Zone', centre: 'Centre', members: 'Members', meanWalk: 'Mean walk',
    gaps: 'Coverage gaps', moved: 'Change hands', noGaps: 'none', unassigned: '{n} without a zone', and: '; ',
    rules: 'Rules and their worst case', limit: 'Limit', worst: 'Worst', result: 'Result', holds: 'holds',
    brokenZones: 'broken in {n} zones', brokenHomes: '{n} homes beyond', connected: 'Every zone is connected',
    disconnected: '{n} zones are not connected', proof: 'What is proven', zoneList: 'All zones',
    sortBy: 'Sort by {what}', number: 'No.', load: 'Homes', mean: 'Mean', max: 'Max', p90: 'Nine in ten within',
    legend: 'Legend', layers: 'Layers', base: 'Base map', labels: 'Place names', fences: 'Fences', home: 'Homes, by stairwell or building',
    homeSizes: 'larger dot, more homes', unserved: 'Unassigned', movedHomes: 'Homes that change hands', 
    few: 'fewer than 3', hidden: 'not shown', homesOf: '{n}', metres: '{n} m',
    close: 'Close', unit: 'Unit', fence: 'Fence', distance: 'Walk to the centre', breaks: 'Breaks',
    allowed: 'limit {limit}', whole: 'Whole plan', zoomIn: 'Zoom in', zoomOut: 'Zoom out', north: 'N', panel: 'About the plan',
    map: 'Map of the zones', notOnMap: 'addresses not found are not on the map', nineTenths: 'nine homes in ten within {n} m, farthest {m} m',
    ofRule: 'Homes, against the rule', gapsShort: 'Gaps', centreId: 'Centre id', movedIn: 'Homes that come in', located: '{n} located', rule: 'Rule', source: 'Published in',
    privacy: 'Meeting edition: by building; no names, rooms or household numbers'
  }
};

let language = /[?&]lang=en\b/.test(window.location.search) ? 'en' : 'zh';

/* Say a text of the page, with its numbers put in. */
function say(key, values) {
  const text = TEXTS[language][key];
  return values ? text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole)) : text;
}

/* Say a text that came with the plan as [zh, en]. */
function pick(pair) {
  return language === 'zh' ? pair[0] : pair[1];
}

function grouped(value) {
  return value === null || value === undefined ? '–' : Number(value).toLocaleString('en-US');
}

function metres(value) {
  return value === null || value === undefined ? '–' : say('metres', { n: grouped(Math.round(value)) });
}

/* A count of homes as a meeting may see it: small ones are hidden. */
function homesText(count) {
  if (count === -1) return say('few');
  if (count === -2) return say('hidden');
  return say('homesOf', { n: grouped(count) });
}

function shortCount(count) {
  return count === -1 ? '<3' : count === -2 ? '–' : grouped(count);
}

function limitText(limit) {
  return limit.replace('<= ', '≤ ').replace('>= ', '≥ ').replace('-', '–');
}

/* Make an element.  Text always goes in as text, never as markup. */
function make(tag, options, children) {
  const node = document.createElement(tag);
  const given = options || {};
  if (given.class) node.className = given.class;
  if (given.text !== undefined) node.textContent = given.text;
  if (given.on) Object.keys(given.on).forEach((name) => node.addEventListener(name, given.on[name]));
  if (given.style) Object.keys(given.style).forEach((name) => node.style.setProperty(name, given.style[name]));
  if (given.set) Object.keys(given.set).forEach((name) => node.setAttribute(name, given.set[name]));
  (children || []).forEach((child) => child && node.appendChild(child));
  return node;
}
