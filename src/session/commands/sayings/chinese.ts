import { hasOutline } from '../../../plan/ground/shape.ts';
import { wordsFor } from '../../../plan/subjects.ts';
import type { Order } from '../../../plan/terms/order.ts';
import { linked, list, type Phrase, say } from '../../../plan/write/phrase.ts';
import { orderText } from '../../../plan/write/zh/terms.ts';
import type { SceneObject } from '../../document.ts';
import { stepName } from '../../history/steps.ts';
import type { Decision, Limit, Look } from '../command.ts';
import type { Sayings } from './sayings.ts';
import { unitText } from './units.ts';

const idsOf = (objects: readonly SceneObject[]) => objects.map(({ id }) => id);
const noun = (label: string | null) => (label === null ? '对象' : wordsFor(label).zh);
const numbered = (label: string | null, count: number) =>
  ` ${count.toLocaleString('en')} ${label === null ? '个' : wordsFor(label).measure}${noun(label)}`;
const name = (object: SceneObject): Phrase => linked(`${noun(object.label)} ${object.number}`, [object.id]);
const names = (objects: readonly SceneObject[]) => list(objects.map(name), '、', '和');

const limits: Record<Limit['is'], string> = { '<': '低于', '<=': '不高于', '>': '高于', '>=': '不低于', '=': '等于' };
const sizes: Record<Limit['is'], string> = { '<': '小于', '<=': '不大于', '>': '大于', '>=': '不小于', '=': '等于' };
const measured = { area: '面积', length: '长度' } as const;
/** Before a noun: "得分低于 0.5 的", "面积小于 20 m² 的". */
const within = (limit: Limit | null) => {
  if (!limit) return '';
  if (limit.kind === 'score') return `得分${limits[limit.is]} ${limit.value} 的`;
  return `${measured[limit.kind]}${sizes[limit.is]} ${limit.value} ${unitText(limit.unit)} 的`;
};
const byBoxes = (objects: readonly SceneObject[], limit: Limit | null) =>
  limit && limit.kind !== 'score' && objects.some((object) => !hasOutline(object)) ? '没有掩膜的按框计算大小。' : '';
const classList = (labels: readonly string[]) => labels.map(noun).join('、');
const did: Record<Decision, string> = { accepted: '接受', rejected: '拒绝' };
const left = (settled: number) => (settled === 0 ? '' : `之前已决定的${numbered(null, settled)}保持不变。`);

function first(objects: readonly SceneObject[], order: Order, label: string | null, of: number): Phrase {
  if (of === 1) return say`${names(objects)}，目前只框出这一个${noun(label)}。`;
  return say`${names(objects)}，即目前框出的${numbered(label, of)}中${orderText(order)}${objects.length > 1 ? '几个（并列）' : '一个'}。`;
}

const lookNames: Record<Look, string> = {
  Natural: '自然色',
  'Colour-infrared': '彩红外',
  'Short-wave infrared': '短波红外',
  Grey: '灰度',
  NDVI: 'NDVI',
  NDWI: 'NDWI',
};

export const chinese: Sayings = {
  decided: (decision, objects, label, limit, settled) =>
    say`已${did[decision]}${within(limit)}${linked(numbered(label, objects.length), idsOf(objects))}。${byBoxes(objects, limit)}${left(settled)}`,
  noneToDecide: (label, limit, settled) => say`没有${within(limit)}未决定的${noun(label)}，未作更改。${left(settled)}`,
  decidedOne: (decision, object) => say`已${did[decision]}${name(object)}。`,
  decidedBefore: (decision, object) => say`${name(object)}之前已被${did[decision]}。`,
  notAScore: (value) => say`得分在 0 到 1 之间，${String(value)} 不是得分。请说 0.5 或 50%。`,
  noScale: (limit) =>
    say`这幅图像没有比例尺，无法按 ${limit.kind === 'score' ? '' : unitText(limit.unit)} 计算大小。请用像素表示。`,
  undone: (step) => say`已撤销：${stepName(step, 'zh')}。`,
  redone: (step) => say`已重做：${stepName(step, 'zh')}。`,
  nothingToUndo: say`没有可撤销的操作。`,
  nothingToRedo: say`没有可重做的操作。`,
  shown: (what, visible) => say`${what === 'boxes' ? '框' : '掩膜'}已${visible ? '显示' : '隐藏'}。`,
  noMasks: say`目前没有掩膜，请先分割目标。`,
  classesHidden: (labels) => say`已隐藏${classList(labels)}。`,
  classesShown: (labels) => say`已重新显示${classList(labels)}。`,
  onlyShown: (label, hidden) => say`只显示${noun(label)}，已隐藏${classList(hidden)}。`,
  isOnly: (label) => say`目前只框出了${noun(label)}，没有其他类别可隐藏。`,
  nothingHidden: say`没有隐藏的类别。`,
  zoomedToImage: say`已缩放到整幅图像。`,
  zoomedToRegion: say`已缩放到标出的区域。`,
  zoomedBy: (factor) => say`已${factor > 1 ? '放大' : '缩小'}。`,
  zoomedTo: (objects) => {
    const [only] = objects;
    const label = objects.every((each) => each.label === only!.label) ? only!.label : null;
    if (objects.length === 1) return say`已缩放到${name(only!)}。`;
    return say`已缩放到${linked(numbered(label, objects.length), idsOf(objects))}。`;
  },
  zoomedToFirst: (...about) => say`已缩放到${first(...about)}`,
  selected: (object) => say`已选中${name(object)}。`,
  selectedFirst: (object, ...about) => say`已选中${first([object], ...about)}`,
  noRegion: say`没有标出区域。请先在地图上画出区域（R）。`,
  nothingSelected: say`没有选中任何对象。请先点击一个框，或说出它的编号。`,
  noNumber: (label, number, count) =>
    count === 0
      ? say`没有编号为 ${String(number)} 的${noun(label)}：还没有框出${noun(label)}。`
      : say`目前框出的${numbered(label, count)}中没有编号 ${String(number)}。`,
  severalOfNumber: (objects) => say`有几个对象的编号相同：${names(objects)}。请说明类别。`,
  noOrder: (label) => say`这些${noun(label)}没有得分，无法这样排序。`,
  noBoxesNamed: (word, labels) =>
    say`没有名为“${word}”的框。${labels.length === 0 ? '目前还没有框' : `目前框出的有：${labels.map(noun).join('、')}`}。`,
  noneYet: (label) => say`还没有框出${noun(label)}，请先查找。`,
  exported: (fileName, count, label) => say`已保存 ${fileName}，含${numbered(label, count)}。`,
  noneLeft: (label) => say`${noun(label)}都已被拒绝，没有可导出的内容。`,
  nothingToExport: say`目前没有可导出的内容，请先提问。`,
  noFormat: (format, known) => say`不能导出为“${format}”。可导出为：${known.join('、')}。`,
  looks: (look) =>
    look === 'NDVI' || look === 'NDWI'
      ? say`地图显示 ${lookNames[look]}，模型仍使用原来的波段。`
      : say`地图以${lookNames[look]}显示，模型使用相同的波段。`,
  noBandFor: (look) => {
    if (look === 'Natural') return say`这幅图像没有可用于自然色的三个波段，保持不变。`;
    if (look === 'Grey') return say`这幅图像有多个波段，可在“波段”中选择单波段显示。`;
    const band = look === 'Short-wave infrared' ? '短波红外和近红外波段' : '近红外波段';
    return say`${lookNames[look]}需要${band}，这幅图像没有注明。可在“波段”中选择。`;
  },
  cleared: (answers, objects, reviewed) => {
    const kept = reviewed > 0 ? `（其中 ${reviewed} 个已接受或拒绝）` : '';
    return say`已删除 ${String(answers)} 条回答${objects > 0 ? `和${numbered(null, objects)}${kept}` : ''}。`;
  },
  nothingToClear: say`对话已经是空的。`,
};
