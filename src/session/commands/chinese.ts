import { type Order, parseOrder } from '../../plan/terms/order.ts';
import { type AreaUnit, isAreaUnit, type LengthUnit } from '../../plan/terms/units.ts';
import type { Command, Decision, Extreme, Limit, Look, One, ZoomTarget } from './command.ts';

/** Commands in Chinese. `words` are in lower case and without a full stop. */
export function chineseCommand(words: string): Command | null {
  const all = words.replaceAll(/[\s!！。]/g, '').replace(/^(好的?|嗯)?[,，]/, '');
  const asked = all.replace(POLITE, '');
  const isPolite = asked !== all;
  const text = asked
    .replace(/([,，]?(多谢|拜托|谢谢你?|謝謝)|吧|[,，]?(好吗|好嗎|可以吗|可以嗎)|一下)+[?？]?$/, '')
    // "能撤销吗？" is no question about undoing.
    .replace(isPolite ? /[吗嗎]?[?？]?$/ : /$^/, '');
  if (text === '' || /[?？吗嗎呢]$/.test(text)) return null;
  for (const read of readers) {
    const command = read(text);
    if (command) return command;
  }
  return null;
}

const POLITE = /^(请|請|麻烦|麻煩|帮忙|幫忙|帮我|幫我|给我|給我|能不能|能否|能|可以|可否|你|您|现在|現在|我想|我要)+/;

const readers: readonly ((text: string) => Command | null)[] = [
  history,
  clear,
  review,
  show,
  look,
  zoom,
  select,
  exporting,
  classes,
];

function history(text: string): Command | null {
  if (/^((撤销|撤消|撤銷|撤回|取消)(上一步|刚才的|剛才的)?(操作|更改|修改|动作)?|回退|退回上一步)$/.test(text))
    return text === '取消' ? null : { kind: 'undo' };
  return /^(重做|恢复|恢復|还原|還原)(上一步|撤销的)?(操作)?$/.test(text) &&
    !/^(恢复|恢復|还原|還原)(操作)?$/.test(text)
    ? { kind: 'redo' }
    : null;
}

function clear(text: string): Command | null {
  const talk = '(对话|對話|聊天|会话|會話|回答|问答|問答|答案|记录|記錄)(记录|記錄|内容|历史|歷史)?';
  return new RegExp(`^(清空|清除|清掉|清理|删除|刪除)(所有|全部|整个|整個)?的?${talk}$`).test(text) ||
    new RegExp(`^把?${talk}(全部|都)?(清空|清除|清掉)$`).test(text)
    ? { kind: 'clear' }
    : null;
}

const ALL = '(?:所有的?|全部的?|全体)';
const REJECT = '删除|刪除|删掉|刪掉|去掉|移除|拒绝|拒絕|剔除|去除|排除';
const ACCEPT = '接受|采纳|採納|通过|認可|认可';
const SCORE = '(?:置信度|可信度|分数|分數|得分|评分|評分|概率)';
const LIMITS: readonly [RegExp, Limit['is']][] = [
  [/^(不低于|不低於|不小于|至少|大于等于)$/, '>='],
  [/^(不高于|不高於|不大于|不超过|不超過|至多|小于等于)$/, '<='],
  [/^(低于|低於|小于|小於|不到|不足|<)$/, '<'],
  [/^(高于|高於|大于|大於|超过|超過|>)$/, '>'],
];
const LIMIT =
  '(不低于|不低於|不小于|至少|大于等于|不高于|不高於|不大于|不超过|不超過|至多|小于等于|低于|低於|小于|小於|不到|不足|高于|高於|大于|大於|超过|超過|<|>)';
const NUMBER = '(?:百分之(\\d+(?:\\.\\d+)?)|(\\d*\\.?\\d+)(%)?)';

function review(text: string): Command | null {
  const [, verb, behind] = new RegExp(`^(${REJECT}|${ACCEPT})(?:掉)?(.+)$`).exec(text) ?? [];
  const [, before, last] = new RegExp(`^把?(.+?)(?:都|全部|全)?(${REJECT}|${ACCEPT})(?:掉)?$`).exec(text) ?? [];
  const about = behind ?? before;
  if (about === undefined) return null;
  const decision: Decision = new RegExp(`^(${ACCEPT})$`).test(verb ?? last!) ? 'accepted' : 'rejected';
  const scored = scoredIn(about);
  if (scored) return { kind: 'review', decision, ...scored };
  const sized = sizedIn(about);
  if (sized) return { kind: 'review', decision, ...sized };
  const one = oneOf(about);
  if (one) return { kind: 'decide', decision, thing: one };
  if (!new RegExp(`^${ALL}`).test(about)) return null;
  const noun = nounOf(about);
  return noun && { kind: 'review', decision, noun: noun.noun, limit: null };
}

type Limited = Pick<Extract<Command, { kind: 'review' }>, 'noun' | 'limit'>;

function scoredIn(words: string): Limited | null {
  // "置信度低于0.5的汽车", "0.5以下的汽车", "汽车中置信度低于0.5的".
  const first = new RegExp(`^${ALL}?${SCORE}?${LIMIT}${NUMBER}(?:的|之)?(.*)$`).exec(words);
  if (first) return scored(limitNamed(first[1]!), first.slice(2, 5), first[5]!);
  const above = new RegExp(`^${ALL}?${SCORE}?(?:在)?${NUMBER}(以下|以上)(?:的|之)?(.*)$`).exec(words);
  if (above) return scored(above[4] === '以下' ? '<' : '>', above.slice(1, 4), above[5]!);
  const behind = new RegExp(`^(.+?)(?:中|里|里面)?的?${SCORE}${LIMIT}${NUMBER}的?$`).exec(words);
  return behind ? scored(limitNamed(behind[2]!), behind.slice(3, 6), behind[1]!) : null;
}

function scored(
  is: Limit['is'],
  [hundredths, digits, percent]: readonly (string | undefined)[],
  words: string,
): Limited | null {
  const noun = words === '' ? { noun: null } : nounOf(words);
  if (!noun) return null;
  const value = hundredths !== undefined ? Number(hundredths) / 100 : Number(digits) / (percent ? 100 : 1);
  return { noun: noun.noun, limit: { kind: 'score', is, value } };
}

const UNITS: Record<string, AreaUnit | LengthUnit> = {
  平方米: 'm2',
  平方公里: 'km2',
  平方千米: 'km2',
  公顷: 'ha',
  平方像素: 'px2',
  米: 'm',
  公里: 'km',
  千米: 'km',
  像素: 'px',
  m2: 'm2',
  km2: 'km2',
  ha: 'ha',
  m: 'm',
  km: 'km',
};
const SIZE = `(面积|面積|长度|長度|长|大小)?${LIMIT}(\\d[\\d,]*(?:\\.\\d+)?)(${Object.keys(UNITS).join('|')})`;

/** "面积小于20平方米的建筑", "建筑中面积小于20平方米的". */
function sizedIn(words: string): Limited | null {
  const first = new RegExp(`^${ALL}?${SIZE}(?:的|之)?(.*)$`).exec(words);
  const behind = new RegExp(`^(.+?)(?:中|里|里面)?的?${SIZE}的?$`).exec(words);
  const [named, limit, digits, unitText, thing] = first
    ? [first[1], first[2], first[3], first[4], first[5]!]
    : behind
      ? [behind[2], behind[3], behind[4], behind[5], behind[1]!]
      : [];
  if (limit === undefined) return null;
  const noun = thing === '' ? { noun: null } : nounOf(thing!);
  if (!noun) return null;
  const about = { is: limitNamed(limit), value: Number(digits!.replaceAll(',', '')) };
  const unit = UNITS[unitText!]!;
  if (isAreaUnit(unit)) return { noun: noun.noun, limit: { kind: 'area', ...about, unit } };
  const isLength = named !== undefined && /^[长長]/.test(named);
  return unit === 'px' && !isLength
    ? { noun: noun.noun, limit: { kind: 'area', ...about, unit: 'px2' } }
    : { noun: noun.noun, limit: { kind: 'length', ...about, unit } };
}

const limitNamed = (words: string) => LIMITS.find(([pattern]) => pattern.test(words))![1];

const ANY =
  /^(框|方框|边框|邊框|边界框|检测框|檢測框|对象|對象|目标|目標|物体|物體|东西|東西|结果|結果|检测结果|檢測結果|掩膜|它们|它們)$/;
/** Words that a plain noun has none of: other things of the document, places and questions. */
const NO_THINGS =
  /图像|影像|图片|图层|文件|区域|范围|回答|对话|波段|模型|坐标|边|附近|里|中|上|下|左|右|东|西|南|北|的|有|是|多少|几|哪|什么/;

/** The noun of "所有的汽车"; its noun is null for "所有的框". Null if it names no things by a plain noun. */
function nounOf(words: string): { noun: string | null } | null {
  const noun = words.replace(new RegExp(`^(?:${ALL}|那些|这些|這些)`), '').replace(/(?<=.)(的?(框|方框|检测框))$/, '');
  if (ANY.test(noun)) return { noun: null };
  return /^[\p{Script=Han}]{1,6}$/u.test(noun) && !NO_THINGS.test(noun) ? { noun } : null;
}

const MEASURE = '[架辆輛个個艘栋棟座条條片棵块塊台号號]';

/** "汽车3", "3号汽车", "第3辆汽车", "选中的框". */
function oneOf(words: string): One | null {
  if (/^(它|这个|這個|那个|那個|(所选|选中|選中|选定)的?(框|对象|對象|目标|目標|物体|物體)|这个框|那个框)$/.test(words))
    return { by: 'selection' };
  const [, before, number] = /^([^\d]+?)(?:第|编号)?(\d{1,6})号?$/.exec(words) ?? [];
  const [, ordinal, behind] = new RegExp(`^第?(\\d{1,6})${MEASURE}(.*)$`).exec(words) ?? [];
  const digits = number ?? ordinal;
  if (digits === undefined) return null;
  const word = before ?? behind!;
  const noun = word === '' ? { noun: null } : nounOf(word);
  return noun && { by: 'number', noun: noun.noun, number: Number(digits) };
}

const SIDES: Record<string, string> = {
  东北: 'northeasternmost',
  东南: 'southeasternmost',
  西北: 'northwesternmost',
  西南: 'southwesternmost',
  北: 'northernmost',
  南: 'southernmost',
  东: 'easternmost',
  西: 'westernmost',
  左: 'leftmost',
  右: 'rightmost',
  上: 'topmost',
  下: 'bottommost',
};
const SIZES: readonly [RegExp, string][] = [
  [/^最大$/, 'largest'],
  [/^最小$/, 'smallest'],
  [/^最长$/, 'longest'],
  [/^最短$/, 'shortest'],
  [/^(置信度|分数|得分|可信度)最高$|^最(确定|可信)$/, 'most certain'],
  [/^(置信度|分数|得分|可信度)最低$|^最不(确定|可信)$/, 'least certain'],
];

/** "最大的汽车", "最靠北的那辆汽车", "最北边". */
function extremeOf(words: string): Extreme | null {
  const plain = words.replaceAll('東', '东').replaceAll('長', '长').replaceAll('邊', '边').replaceAll('確', '确');
  const [, way = '', side, rest = ''] =
    new RegExp(
      `^((?:置信度|分数|得分|可信度)?最(?:大|小|长|短|高|低|不?确定|不?可信|靠?(东北|东南|西北|西南|[东西南北左右上下])(?:边|侧|端|面|部|方)?))(?:的|那${MEASURE})*(.*)$`,
    ).exec(plain) ?? [];
  const name = side === undefined ? SIZES.find(([pattern]) => pattern.test(way))?.[1] : SIDES[side];
  if (name === undefined) return null;
  const order: Order = parseOrder(name);
  if (rest === '' || rest === '一个') return { by: 'order', noun: null, order };
  const noun = nounOf(rest);
  return noun && { by: 'order', noun: noun.noun, order };
}

/** "隐藏汽车", "显示汽车", "只显示飞机", "显示所有类别". */
function classes(text: string): Command | null {
  if (new RegExp(`^(显示|顯示)${ALL}(类别|類別|隐藏的(框|对象|类别)?)$`).test(text))
    return { kind: 'class', way: 'show', noun: null };
  const [, only, verb, words] = /^(只|仅|僅)?(隐藏|隱藏|不显示|不顯示|显示|顯示)(.+?)$/.exec(text) ?? [];
  const noun = words === undefined ? null : nounOf(words);
  if (!noun || noun.noun === null) return null;
  const hides = !/^(显示|顯示)$/.test(verb!);
  if (only !== undefined && hides) return null;
  return { kind: 'class', way: only !== undefined ? 'only' : hides ? 'hide' : 'show', noun: noun.noun };
}

function show(text: string): Command | null {
  const boxes = '(?:检测|檢測|边界|外)?(?:框|方框|边框|邊框)';
  const masks = '掩膜|掩码|掩碼|遮罩|蒙版';
  const [, verb, what] =
    new RegExp(`^(隐藏|隱藏|关闭|關閉|不显示|不顯示|显示|顯示|打开|打開)${ALL}?(${boxes}|${masks})$`).exec(text) ?? [];
  if (verb === undefined) return null;
  return {
    kind: 'show',
    what: new RegExp(`^(${masks})$`).test(what!) ? 'masks' : 'boxes',
    visible: /^(显示|顯示|打开|打開)$/.test(verb),
  };
}

const LOOKS: readonly [RegExp, Look][] = [
  [/^(自然|真彩?|天然|正常)(色|彩色|色彩|颜色)?$|^真彩$|^rgb$/, 'Natural'],
  [/^(彩色?|彩红外|近)?红外(彩色)?$|^假彩色?$|^彩红外$|^nir$|^cir$/, 'Colour-infrared'],
  [/^短波红外$|^swir$/, 'Short-wave infrared'],
  [/^灰度$|^黑白$/, 'Grey'],
  [/^ndvi$|^(归一化)?植被指数$/, 'NDVI'],
  [/^ndwi$|^(归一化)?水体指数$/, 'NDWI'],
];

function look(text: string): Command | null {
  const plain = text.replaceAll('紅', '红').replaceAll('顯', '显').replaceAll('換', '换').replaceAll('圖', '图');
  const [, name] =
    /^(?:把)?(?:图像|影像|画面|地图)?(?:用|以|按|切换(?:到|为|成)|换(?:成|到|为)|改(?:成|为)|显示(?:为|成)?|看)(.+?)(?:波段|合成|影像|图像|图|模式|颜色)?(?:来)?(?:显示|查看|看|展示)?(?:图像|影像)?$/.exec(
      plain,
    ) ?? [];
  const found = LOOKS.find(([pattern]) => name !== undefined && pattern.test(name));
  return found ? { kind: 'look', look: found[1] } : null;
}

const IMAGE = '((整个|整個|整幅|整张|全部)(图像|影像|图|圖|图片|画面|场景|範圍|范围)|全[图圖])';

function zoom(text: string): Command | null {
  if (new RegExp(`^(显示|顯示|查看|回到)${IMAGE}$`).test(text)) return { kind: 'zoom', to: { by: 'image' } };
  if (/^(放大|缩小|縮小)(一点|一些)?$/.test(text))
    return { kind: 'zoom', to: { by: 'factor', factor: text.startsWith('放大') ? 2 : 0.5 } };
  const [, verb, target] =
    /^(缩放|縮放|放大|缩小|縮小|定位|聚焦|跳转|跳轉|跳|转|移动|移動)(?:到|至)(.+)$/.exec(text) ?? [];
  if (target === undefined) return null;
  const to = targetOf(target, !/^[跳转移]/.test(verb!));
  return to && { kind: 'zoom', to };
}

/** `isZoom`: the verb can only mean the map, so that any noun is meant as one. */
function targetOf(words: string, isZoom: boolean): ZoomTarget | null {
  if (new RegExp(`^${IMAGE}$`).test(words)) return { by: 'image' };
  if (/^(标出|標出|画出|所画|框选|选定|选中|所选)?的?(区域|區域|范围|範圍)$/.test(words)) return { by: 'region' };
  if (/^(这些|這些|那些|它们|它們|结果|結果)$/.test(words)) return { by: 'last' };
  const one = oneOf(words) ?? extremeOf(words);
  if (one || !isZoom) return one;
  const noun = nounOf(words);
  if (!noun) return null;
  return noun.noun === null ? { by: 'last' } : { by: 'noun', noun: noun.noun };
}

function select(text: string): Command | null {
  const [, target] = /^(?:选中|選中|选择|選擇|选取)(.+)$/.exec(text) ?? [];
  const one = target === undefined ? null : (oneOf(target) ?? extremeOf(target));
  return one && { kind: 'select', thing: one };
}

function exporting(text: string): Command | null {
  const format = '\\.?([a-z][a-z0-9]*|表格|图片|文档|文件)(?:格式|文件)?';
  const way = '(?:(?:存|保存)?(?:为|為|成|至|到))?';
  const [whole, object = '', what = '', to] =
    new RegExp(
      `^(?:只|仅|僅)?(?:把(.+?))?(?:只|仅|僅)?(?:导出|匯出|下载|下載|保存|输出)(.*?)??(?:${way}${format})?$`,
    ).exec(text) ??
    swapped(new RegExp(`^(?:以|用)${format}(?:导出|匯出|下载|下載|保存|输出)(.*)$`).exec(text)) ??
    [];
  if (whole === undefined) return null;
  const thing = what === '' ? object : what;
  const isLast = /^(这些|這些|它们|它們|这个|它|結果|结果|这些结果|这些框)$/.test(thing);
  const isAll = new RegExp(`^(${ALL})?(结果|結果|框|对象|對象|目标|回答|答案|检测结果)?$|^全部$|^所有$`).test(thing);
  const noun = isLast || isAll ? null : nounOf(thing);
  if (!isLast && !isAll && (!noun || noun.noun === null)) return null;
  return {
    kind: 'export',
    format: to === '文件' ? null : (to ?? null),
    answers: isLast ? 'last' : 'all',
    noun: noun?.noun ?? null,
  };
}

/** [all, object, what, format] of a match whose format comes first. */
function swapped(found: RegExpExecArray | null): (string | undefined)[] | null {
  return found && [found[0], '', found[2], found[1]];
}
