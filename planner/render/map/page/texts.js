/* Every word of the page, in both languages.  Words that the plan brings come as [zh, en]. */
const TEXTS = {
  zh: {
    other: 'English', otherHint: 'Switch to English', print: '打印',
    untitled: '责任区方案', made: '方案日期', mapData: '地图数据', synthetic: '合成示例数据，非真实居民',
    homes: '居民户', zones: '责任区', zone: '责任区', centre: '中心户', members: '党员', meanWalk: '平均步行',
    gaps: '覆盖空白', moved: '变更户', noGaps: '无', needsTitle: '未满足的居民需求', needsNote: '仅列 {n} 项及以上的类别', unassigned: '其中未划入责任区 {n} 户', unassignedAbout: '其中未划入责任区约 {n} 户', and: '，',
    rules: '规则与最差情况', limit: '限值', worst: '最差', result: '结果', holds: '符合',
    brokenZones: '{n} 个责任区不符', brokenHomes: '{n} 户超出', connected: '所有责任区连通',
    disconnected: '{n} 个责任区不连通', proof: '方案证明', zoneList: '责任区一览',
    sortBy: '按{what}排序', number: '编号', load: '户数', mean: '平均', max: '最远', p90: '九成以内',
    legend: '图例', layers: '图层', base: '底图', labels: '地名', fences: '社区边界', home: '居民户（按楼栋）',
    homeSizes: '圆点越大户数越多', unserved: '未分配单元', movedHomes: '本次变更', 
    ledger: '人数台账', few: '少于{n}户', together: '{t}（与相邻{n}处合计）', hidden: '不予显示', homesOf: '{n} 户', metres: '{n} 米',
    editedProof: '已手工调整：原有证明不适用于调整后的方案。与打开时相比，总步行{n}米，连同不符规则的折算{v}米', editedBeyond: '步行超过{m}米：{n}户（调整后，按片计）', editedZoneless: '已定位而未划入责任区：因调整而变化，导入后核计', editedRules: '其他规则未符合：{n}处（调整后）', editedStale: '，党员规则待核验',
    editedFigures: '调整后：', farthest: '最远 {m} 米', notRechecked: '待核验', editedSheet: '含未核验的手工调整',
    colourBy: '着色', themeHomes: '户', themeMetres: '米', themeMembers: '人', themeBelow: '不足 {n} {u}', themeFrom: '{a}–{b} {u}', themeAbove: '超过 {n} {u}',
    lockAll: '全部锁定', unlockAll: '全部解锁', swap: '两区互换', peek: '看原方案', alreadyLocked: '没有可锁定或解锁的', swapTwo: '请选择恰属两个责任区的楼栋，再互换', didSwap: '{a} 区与 {b} 区所选楼栋已互换', peeking: '正在看打开时的方案；再按一次回到调整后的方案', peeked: '已回到调整后的方案',
    moveCentre: '中心户迁到这里', split: '分出一区', merge: '两区合并', mergeTwo: '请选择恰属两个责任区的楼栋，再合并', ofOneZone: '请选择同一责任区的楼栋', centreThere: '中心户已在所选楼栋中', splitLeaves: '所选含中心户，须留在原区：请选其余楼栋', splitMost: '新分责任区已到上限',
    didMoveCentre: '{z} 区中心户迁到{label}，步行已重新计算', didSplit: '已分出 {z} 区（{n} 个单元），中心户在{label}', didMerge: '{a} 区已并入 {b} 区，{a} 号不再使用',
    complete: '补齐本社区', completeWhich: '请先选择要补齐的社区中的楼栋', completeAll: '全区', didComplete: '{f}已补齐：另有 {n} 个单元随动，与下界（已计规则，未全计连通）相差不超过 {g}%', completeApart: '；仍有 {n} 个责任区不连通', completeStopped: '；已到时限',
    stairwells: '单元列表', splitBuilding: '分属几个责任区的楼栋', partOf: '{z}（{n} 个单元）', alsoHere: '同一点上另有 {n} 栋',
    close: '关闭', unit: '单元', fence: '社区', distance: '到中心户步行', breaks: '不符规则',
    allowed: '限值 {limit}', whole: '全图', zoomIn: '放大', zoomOut: '缩小', north: '北', panel: '方案信息',
    map: '责任区地图', notices: '须知', notOnMap: '其中未能定位的不在图上', nineTenths: '九成居民户在 {n} 米以内，最远 {m} 米',
    ofRule: '户数 / 规则 {limit} · 步行（米）', gapsShort: '空白', centreId: '中心户编号', centreKind: '中心户类型', movedIn: '转入户数', located: '已定位 {n} 户', rule: '规则', source: '规则来源',
    edit: '调整', stopEdit: '结束调整', pick: '点选', brush: '刷选', lasso: '圈选', note: '备注', notes: '备注', undo: '撤销', redo: '重做', lock: '锁定', unlock: '解锁',
    exportChanges: '导出调整', editedUnits: '已调整单元', walkChange: '总步行变化', valueChange: '连同不符规则的折算', brokenCount: '不符规则处',
    connection: '连通', breaksIn: '{z} 区不符：', splits: '{z} 区将断开', thenHomes: '调入后 {n} 户', howToEdit: '点选整栋楼，或圈选一片，再选调入的责任区；刷选则直接划入。按住 Shift 可多选，单元可在列表中单独选取。',
    nobodyNear: '所选单元没有共同可达的其他中心户', couldGo: '可调入', showMore: '再列 {n} 个', andNeighbours: '{label} 及相邻 {n} 处', chosenBuildings: '已选 {n} 栋（{k} 个单元）',
    homesOfChoice: '{n} 户', unitsOfZone: '按责任区列出楼栋', paintInto: '划入', paintWhereBegun: '起笔处的责任区', paintChooseOnly: '只选取，不划入', brushNoZone: '起笔处没有责任区：请从某个责任区开始，或先选“划入”', didPaint: '{n} 个单元划入 {z} 区；另有 {k} 个不能调入，未动', partStays: '其余单元含中心户住所或不能单独调整，仍留原区', removeNote: '删除备注 {n}', chooseFirst: '请先选择单元', homeStays: '{n} 处含中心户住所，不能调出',
    fewStay: '为保护隐私，该单元在会议版中不能单独调整', lockedStay: '{n} 处已锁定，请先解锁', tooFar: '{n} 处到该中心户太远或不可达', alreadyThere: '已在该责任区',
    didMove: '{n} 个单元调入 {z} 区', didLock: '已锁定 {n} 个单元', didUnlock: '已解锁 {n} 个单元', nothingToUndo: '没有可撤销的', nothingToRedo: '没有可重做的',
    undid: '已撤销', redid: '已重做', didChoose: '已选 {n} 个单元', exported: '已导出 changes.json：planner apply 将接受，所有责任区连通', exportedBroken: '；仍有不符：{what}', exportedStale: '；党员规则由 apply 核验', exportedApart: '已导出；核验时须加 --complete，由程序补齐', exportedInsist: '已导出，并记为会议坚持：{what}；planner apply 将照此执行并标明',
    faultOf: '{z} 区不连通：{what} 与中心户断开。', faultJoin: '把 {what} 也划入即可连通', faultNoJoin: '没有可划入的楼栋能把它连起来', joinIt: '划入', verdictRule: '{rule}（{n} 处）', verdictApart: '{z} 区不连通', checkTitle: 'planner apply 将拒绝这些调整', checkHelp: '可返回修改；或照此导出，apply 时加 --complete 由程序补齐其余；或由会议坚持：apply 照此执行，记入历史，方案标明且不再附有证明。', checkBack: '返回修改', checkComplete: '导出，由程序补齐', checkInsist: '会议坚持，导出',
    hintPick: '点选楼栋', hintBrush: '从一个责任区按住，刷过楼栋即划入该区', hintLasso: '按住并圈出一片楼栋', hintNote: '点击地图添加备注', notePrivacy: '请勿填写姓名、电话或门牌室号', noteNumber: '含电话或身份证号，请删去后再保存', keepNote: '保存', cancel: '取消',
    keptEdits: '本机存有未应用的调整（{n} 个单元）', restore: '恢复', discard: '放弃',
    online: '在线底图：打开本图时将向 {host} 请求瓦片',
    privacy: '会议版：居民户按片合计（约数），不含姓名、门牌室号与户编号'
  },
  en: {
    other: '中文', otherHint: '切换到中文', print: 'Print',
    untitled: 'Zone plan', made: 'Plan of', mapData: 'Map data of', synthetic: 'SYNTHETIC DATA, not real residents',
    homes: 'Homes', zones: 'Zones', zone: 'Zone', centre: 'Centre', members: 'Members', meanWalk: 'Mean walk',
    gaps: 'Coverage gaps', moved: 'Change hands', noGaps: 'none', needsTitle: 'Needs that nobody near can meet', needsNote: 'Kinds of {n} or more only', unassigned: '{n} of them in no zone', unassignedAbout: 'about {n} of them in no zone', and: '; ',
    rules: 'Rules and their worst case', limit: 'Limit', worst: 'Worst', result: 'Result', holds: 'holds',
    brokenZones: 'broken in {n} {n|zone|zones}', brokenHomes: '{n} {n|home|homes} beyond', connected: 'Every zone is connected',
    disconnected: '{n} {n|zone is|zones are} not connected', proof: 'What is proven', zoneList: 'All zones',
    sortBy: 'Sort by {what}', number: 'No.', load: 'Homes', mean: 'Mean', max: 'Max', p90: 'Nine in ten within',
    legend: 'Legend', layers: 'Layers', base: 'Base map', labels: 'Place names', fences: 'Fences', home: 'Homes, by building',
    homeSizes: 'larger dot, more homes', unserved: 'Unassigned', movedHomes: 'Homes that change hands', 
    ledger: 'Ledger of people', few: 'fewer than {n}', together: '{t} (with {n} {n|neighbour|neighbours})', hidden: 'not shown', homesOf: '{n} {n|home|homes}', metres: '{n} m',
    editedProof: 'Edited by hand: the proof is not of this plan. Against the plan that was opened {n} m of walking, {v} m with rules priced in', editedBeyond: 'beyond {m} m: {n} {n|home|homes} (edited, by block)', editedZoneless: 'placed but in no zone: changed by the edit, counted when it is taken over', editedRules: 'other rules broken: {n} (edited)', editedStale: '; rules on members not checked yet',
    editedFigures: 'Edited: ', farthest: 'farthest {m} m', notRechecked: 'not checked yet', editedSheet: 'with edits that were not checked',
    colourBy: 'Colour by', themeHomes: 'homes', themeMetres: 'm', themeMembers: 'members', themeBelow: 'below {n} {u}', themeFrom: '{a}–{b} {u}', themeAbove: 'above {n} {u}',
    lockAll: 'Lock all', unlockAll: 'Unlock all', swap: 'Swap between the two zones', peek: 'Plan as opened', alreadyLocked: 'Nothing to lock or unlock', swapTwo: 'Choose buildings of exactly two zones to swap them', didSwap: 'What was chosen of zones {a} and {b} has changed places', peeking: 'This is the plan as it was opened; press again for the edited one', peeked: 'Back at the edited plan',
    moveCentre: 'Move the centre here', split: 'Split off a zone', merge: 'Merge the two zones', mergeTwo: 'Choose buildings of exactly two zones to merge these', ofOneZone: 'Choose buildings of one zone', centreThere: 'The centre is in what is chosen already', splitLeaves: 'What is chosen holds the centre, which stays: choose other buildings', splitMost: 'No more zones can be added here',
    didMoveCentre: 'The centre of zone {z} moved to {label}; walks are measured anew', didSplit: 'Zone {z} is split off ({n} {n|unit|units}), its centre at {label}', didMerge: 'Zone {a} went into zone {b}; number {a} is not used again',
    complete: 'Complete community', completeWhich: 'Choose a building of the community to complete', completeAll: 'The district', didComplete: '{f} is completed: {n} {n|unit|units} followed; within {g} % of a lower bound that counts rules, but not all of connection', completeApart: '; {n} {n|zone is|zones are} still in parts', completeStopped: '; stopped by time',
    stairwells: 'Stairwells', splitBuilding: 'Building that zones share', partOf: '{z} ({n} {n|stairwell|stairwells})', alsoHere: '{n} more on the same point',
    close: 'Close', unit: 'Unit', fence: 'Fence', distance: 'Walk to the centre', breaks: 'Breaks',
    allowed: 'limit {limit}', whole: 'Whole plan', zoomIn: 'Zoom in', zoomOut: 'Zoom out', north: 'N', panel: 'About the plan',
    map: 'Map of the zones', notices: 'Notices', notOnMap: 'homes not located are not on the map', nineTenths: 'nine homes in ten within {n} m, farthest {m} m',
    ofRule: 'Homes, rule {limit} · walks in m', gapsShort: 'Gaps', centreId: 'Centre id', centreKind: 'Kind of centre', movedIn: 'Homes that come in', located: '{n} located', rule: 'Rule', source: 'Published in',
    edit: 'Edit', stopEdit: 'Stop editing', pick: 'Pick', brush: 'Brush', lasso: 'Lasso', note: 'Note', notes: 'Notes', undo: 'Undo', redo: 'Redo', lock: 'Lock', unlock: 'Unlock',
    exportChanges: 'Export changes', editedUnits: 'Units moved', walkChange: 'Walking, in all', valueChange: 'With rules priced in', brokenCount: 'Rules broken',
    connection: 'Connection', breaksIn: 'zone {z} breaks: ', splits: 'zone {z} falls apart', thenHomes: 'then {n} {n|home|homes}', howToEdit: 'Pick a building or draw a lasso, then choose the zone it goes to; the brush paints at once. Shift adds to the choice; stairwells can be chosen singly from the list.',
    nobodyNear: 'No other centre is within reach of all that is chosen', couldGo: 'Could go to', showMore: '{n} more', andNeighbours: '{label} and {n} beside it', chosenBuildings: '{n} {n|building|buildings} chosen ({k} {k|unit|units})',
    homesOfChoice: '{n} {n|home|homes}', unitsOfZone: 'Buildings, zone by zone', paintInto: 'Paint into', paintWhereBegun: 'the zone where the stroke begins', paintChooseOnly: 'no zone: choose only', brushNoZone: 'No zone here: begin on one, or choose what to paint into', didPaint: '{n} {n|unit|units} painted into zone {z}; {k} cannot go there and stayed', partStays: 'The rest holds the home of a centre, or cannot move alone, and stays', removeNote: 'Remove note {n}', chooseFirst: 'Choose units first', homeStays: '{n} {n|holds the home of a centre and stays|hold the home of a centre and stay}',
    fewStay: 'To protect privacy, this unit cannot be moved alone in the meeting edition', lockedStay: '{n} locked: unlock first', tooFar: '{n} too far from that centre, or without a way', alreadyThere: 'They are in that zone already',
    didMove: '{n} {n|unit|units} moved to zone {z}', didLock: '{n} {n|unit|units} locked', didUnlock: '{n} {n|unit|units} unlocked', nothingToUndo: 'Nothing to undo', nothingToRedo: 'Nothing to redo',
    undid: 'Undone', redid: 'Done again', didChoose: '{n} {n|unit|units} chosen', exported: 'Saved changes.json: planner apply will take it, every zone is connected', exportedBroken: '; still broken: {what}', exportedStale: '; rules on members are checked by apply', exportedApart: 'Saved: apply it with --complete, which solves the rest', exportedInsist: 'Saved as what the meeting insists on: {what}; planner apply will do it and mark the plan',
    faultOf: 'Zone {z} is in parts: {what} cannot be reached from its centre. ', faultJoin: 'With {what} it would hang together', faultNoJoin: 'No building that may move would join it', joinIt: 'Add', verdictRule: '{rule} ({n} {n|zone|zones})', verdictApart: 'not connected: zones {z}', checkTitle: 'planner apply would refuse these changes', checkHelp: 'Go back and mend them; or save them and apply with --complete, which solves the rest; or the meeting insists: apply does it, records it, and marks the plan, of which nothing is proven then.', checkBack: 'Go back', checkComplete: 'Save, solve the rest', checkInsist: 'The meeting insists, save',
    hintPick: 'Click a building', hintBrush: 'Press on a zone and brush over buildings: they are painted into it', hintLasso: 'Press and draw round some buildings', hintNote: 'Click the map to add a note', notePrivacy: 'No names, phones or rooms, please', noteNumber: 'This holds a phone or id number: take it out first', keepNote: 'Keep', cancel: 'Cancel',
    keptEdits: 'Edits that were not applied are kept here ({n} {n|unit|units})', restore: 'Restore', discard: 'Discard',
    online: 'Online base map: opening this page asks {host} for tiles',
    privacy: 'Meeting edition: homes by block, rounded; no names, rooms or household numbers'
  }
};

let language = /[?&]lang=en\b/.test(window.location.search) ? 'en' : 'zh';

/* Say a text of the page, with its numbers put in; {n|home|homes} is the word for one, or for more. */
function say(key, values) {
  const text = TEXTS[language][key];
  return values ? text.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (whole, name, one, more) => {
    if (!(name in values)) return whole;
    return one === undefined ? String(values[name]) : String(values[name]) === '1' ? one : more;
  }) : text;
}

/* Say a text that came with the plan as [zh, en]. */
function pick(pair) {
  return language === 'zh' ? pair[0] : pair[1];
}

const GROUPING = new Intl.NumberFormat('en-US');

function grouped(value) {
  return value === null || value === undefined ? '–' : GROUPING.format(Number(value));
}

function metres(value) {
  return value === null || value === undefined ? '–' : say('metres', { n: grouped(Math.round(value)) });
}

/* A count of homes as a meeting may see it: small ones are hidden. */
let smallest = 10;

function homesText(count) {
  if (count === -1) return say('few', { n: smallest });
  if (count === -2) return say('hidden');
  return say('homesOf', { n: grouped(count) });
}

function shortCount(count) {
  return count === -1 ? '<' + smallest : count === -2 ? '–' : grouped(count);
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
