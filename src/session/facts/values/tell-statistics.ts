import type { PixelWindow } from '../../../geo/types.ts';
import { intersect } from '../../../geo/windows.ts';
import type { SceneInfo } from '../../../imagery/image.ts';
import type { ValueLimit, ValueStatistics } from '../../../imagery/statistics.ts';
import { groundOf } from '../../../plan/ground/ground.ts';
import { perHundred, threeDigits } from '../../../plan/write/numbers.ts';
import type { Language } from '../../../tasks/task.ts';
import { plain } from '../../answer/compose.ts';
import type { Answer, OpenScene } from '../../document.ts';
import type { SceneKeeper } from '../../opening/scene.ts';
import type { StatisticsData } from '../fact.ts';
import type { Told } from '../told.ts';
import type { Quantity, StatisticsQuestion } from './asked.ts';
import { areaText, grouped, valueText, withUnit } from './numbers.ts';
import { type Known, quantityOf } from './quantity.ts';
import { leftOutText, tellLacking } from './words.ts';

interface About {
  layer: OpenScene;
  region: Pick<Answer, 'region' | 'regionKind'>;
  language: Language;
}

/** Answers a question about the values of a region. Errors: EXPRESSION_INVALID, those of reading. */
export async function tellStatistics(
  question: StatisticsQuestion,
  { layer, region: { region, regionKind }, language }: About,
  scenes: SceneKeeper,
  signal: AbortSignal,
): Promise<Told> {
  const of = question.of as Exclude<Quantity, { kind: 'bands' }>;
  const found = quantityOf(of, layer);
  if ('lacks' in found) return tellLacking(found, layer.info, language);
  const { info, layerId } = layer;
  const window = intersect(region, { x: 0, y: 0, width: info.width, height: info.height }) ?? region;
  const { limits } = question;
  const statistics = await scenes.statistics(layerId, { expression: found.expression, window, limits }, signal);
  const { name, expression, unit } = found;
  const fact: StatisticsData = { kind: 'statistics', name, expression, unit, window, limits, statistics };
  const isElevation = question.of.kind === 'elevation';
  const parts = [
    ...(limits.length > 0 ? [shareText(fact, info, regionKind, language)] : []),
    meanText(found, statistics, { isElevation, isIndex: of.kind === 'index', regionKind, language }),
    basisText(statistics, info, language),
    leftOutText(question.leftOut, language),
  ];
  return { ...plain(parts.filter((part) => part !== '').join(language === 'zh' ? '' : ' ')), fact };
}

const regionNames: Record<Answer['regionKind'], { en: string; zh: string }> = {
  view: { en: 'the view', zh: '当前视图' },
  drawn: { en: 'the marked region', zh: '标出的区域' },
  scene: { en: 'the whole image', zh: '整幅图像' },
};

interface Wording {
  isElevation: boolean;
  isIndex: boolean;
  regionKind: Answer['regionKind'];
  language: Language;
}

function meanText(
  { name, unit }: Known,
  { count, mean, stdDev, min, max }: ValueStatistics,
  { isElevation, isIndex, regionKind, language }: Wording,
): string {
  const where = regionNames[regionKind][language];
  const zh = language === 'zh';
  const what = isElevation ? (zh ? '高程' : 'The elevation') : isIndex || zh ? name : capital(name);
  if (count === 0)
    return zh ? `${where}中没有一个像素有 ${name} 值。` : `No pixel of ${where} has a value for ${name}.`;
  const text = (value: number) => withUnit(valueText(value, isIndex), unit);
  return zh
    ? `${where}的${what}${isElevation ? '' : ' '}平均为 ${text(mean)}（标准差 ${text(stdDev)}），范围 ${text(min)} 至 ${text(max)}。`
    : `${what} averages ${text(mean)} over ${where} (standard deviation ${text(stdDev)}), from ${text(min)} to ${text(max)}.`;
}

const LIMIT_WORDS: Record<ValueLimit['is'], { en: string; zh: string }> = {
  '<': { en: 'below', zh: '低于' },
  '<=': { en: 'of at most', zh: '不高于' },
  '>': { en: 'above', zh: '高于' },
  '>=': { en: 'of at least', zh: '不低于' },
};

function shareText(
  { name, unit, window, limits, statistics }: StatisticsData,
  info: SceneInfo,
  regionKind: Answer['regionKind'],
  language: Language,
): string {
  const { within, pixels, count } = statistics;
  if (count === 0) return '';
  const share = (within ?? 0) / pixels;
  const where = regionNames[regionKind][language];
  const zh = language === 'zh';
  const kept = limits
    .map(({ is, value }) => `${LIMIT_WORDS[is][language]} ${withUnit(String(value), unit)}`)
    .join(zh ? '且' : ' and ');
  const whole = areaOf(info, window);
  const area = whole === null ? '' : areaText(whole * share);
  const ofValid = count < pixels ? perHundred((within ?? 0) / count) : '';
  if (zh)
    return `${where}的 ${perHundred(share)}%${area && `（${area}）`}的 ${name} ${kept}${ofValid && `，占有值像素的 ${ofValid}%`}。`;
  return `${perHundred(share)} % of ${where}${area && ` (${area})`} has ${/^[aeioun]/i.test(name) && !/^ni/i.test(name) ? 'an' : 'a'} ${name} ${kept}${ofValid && `, ${ofValid} % of the pixels with a value`}.`;
}

/** What the numbers are based on: how many pixels, at which resolution, and how many have no value. */
function basisText(
  { factor, pixels, isWhole, count }: ValueStatistics,
  { gsdMetres }: SceneInfo,
  language: Language,
): string {
  const zh = language === 'zh';
  const size = gsdMetres ? (factor * (gsdMetres.x + gsdMetres.y)) / 2 : null;
  const metres = size === null ? '' : `${threeDigits(size)} m`;
  const missing = pixels - count;
  if (zh) {
    const without = missing > 0 ? `，其中 ${grouped(missing)} 个没有值` : '';
    const spread = isWhole ? '' : '均匀抽取的';
    const how =
      factor === 1
        ? `按全分辨率${metres && `（${metres}）`}`
        : `按 1:${threeDigits(factor)} 的概览${metres && `（${metres}）`}，小的极值可能缺失`;
    return `根据${spread} ${grouped(pixels)} 个像素${without}，${how}。`;
  }
  const without = missing > 0 ? `, ${grouped(missing)} of them without a value` : '';
  const spread = isWhole ? '' : 'evenly spread ';
  const how =
    factor === 1
      ? `at full resolution${metres && ` (${metres})`}`
      : `from an overview of 1:${threeDigits(factor)}${metres && ` (${metres})`}, which can hide small extremes`;
  return `From ${grouped(pixels)} ${spread}pixels${without}, ${how}.`;
}

function areaOf({ georeference, width, height }: SceneInfo, { x, y, width: w, height: h }: PixelWindow): number | null {
  const ground = groundOf(georeference, width, height);
  if (ground.kind === 'pixels') return null;
  return ground.area([
    [x, y],
    [x + w, y],
    [x + w, y + h],
    [x, y + h],
  ]);
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
