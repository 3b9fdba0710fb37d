import { type TypedPlace, writeTypedPlace } from '../../../geo/ground/typed-place.ts';
import type { Point } from '../../../geo/types.ts';
import type { BandInfo } from '../../../imagery/image.ts';
import { HOLE_BELOW } from '../../../render/appearance.ts';
import { evaluate, parseExpression } from '../../../render/expression.ts';
import type { Language } from '../../../tasks/task.ts';
import { joinRuns, plain } from '../../answer/compose.ts';
import type { OpenScene, TextRun } from '../../document.ts';
import type { SceneKeeper } from '../../opening/scene.ts';
import type { Choice, ValueData } from '../fact.ts';
import type { Told } from '../told.ts';
import type { ValueQuestion } from './asked.ts';
import { grouped, lat, lon, metresText, valueText, withUnit } from './numbers.ts';
import { elevationOf, quantityOf } from './quantity.ts';
import { type Away, isInside, lonLatAt, resolvePlace } from './spots.ts';
import { leftOutText, noElevation, tellLacking } from './words.ts';

/** What a question about a place was put to. */
export interface Around {
  layer: OpenScene;
  /** The words of the question. */
  text: string;
  language: Language;
  /** The place read last on the map; null if there is none. */
  pointed: Point | null;
  /** The middle of the region that was asked about, and what it is of: "the view". */
  middle: { at: Point; of: string };
}

/** Answers a question about values at a place. Errors: EXPRESSION_INVALID, those of reading. */
export async function tellValue(
  question: ValueQuestion,
  around: Around,
  scenes: SceneKeeper,
  signal: AbortSignal,
): Promise<Told> {
  const place = placeOf(question, around);
  if ('told' in place) return place.told;
  const { layer, language } = around;
  const { at, also } = place;
  const [col, row] = [Math.floor(at[0]), Math.floor(at[1])];
  const values = await valuesAt(layer, [col, row], scenes, signal);
  const fact: ValueData = {
    kind: 'value',
    col,
    row,
    lonLat: lonLatAt([col + 0.5, row + 0.5], layer.info),
    bands: layer.info.bands.map(({ name, unit }, i) => ({ name, value: values[i] ?? null, unit: unit ?? null })),
  };
  const zh = language === 'zh';
  const sentence = sentenceOf(question, fact, around);
  if (!('before' in sentence)) return sentence;
  const link: TextRun = { text: whereText(fact, language), objectIds: [], place: { xPx: col + 0.5, yPx: row + 0.5 } };
  const more = [also, leftOutText(question.leftOut, language)].filter((part) => part !== '');
  const end = [sentence.after, ...more].join(zh ? '' : ' ');
  const told = joinRuns([{ text: sentence.before, objectIds: [] }, link, { text: end, objectIds: [] }]);
  return { ...told, fact: sentence.computed ? { ...fact, computed: sentence.computed } : fact };
}

/** Where the question means, or what is said in place of an answer. `also`: which place that is, if it wasn't typed. */
function placeOf(
  { at }: ValueQuestion,
  { layer: { info }, text, language, pointed, middle }: Around,
): { at: Point; also: string } | { told: Told } {
  const zh = language === 'zh';
  if (at === null) return { told: plain(askForPlace(language)) };
  if (at === 'here' || at === 'marked') {
    if (pointed && isInside(pointed, info)) return { at: pointed, also: '' };
    const also = zh
      ? `这是${middle.of}的中心，因为没有标记点。`
      : `That is the middle of ${middle.of}, as no point is marked.`;
    return { at: middle.at, also };
  }
  if (at.meanings.length === 0) {
    const said = zh ? `无法读懂坐标“${at.text}”。` : `“${at.text}” can't be read as coordinates. `;
    return { told: plain(`${said}${askForPlace(language)}`) };
  }
  const found = resolvePlace(at.meanings, info);
  switch (found.kind) {
    case 'inside':
      return { at: found.spot.at, also: '' };
    case 'ambiguous': {
      const said = zh
        ? `“${at.text}”在这幅图像中可以指几个位置：`
        : `“${at.text}” can mean several places in this image:`;
      const choices = found.spots.map(({ place }): Choice => {
        return {
          text: meaningText(place, language),
          question: text
            .toLowerCase()
            .replace(at.text, ` ${writeTypedPlace(place)} `)
            .replaceAll(/\s+/g, ' ')
            .trim(),
        };
      });
      return { told: { ...plain(said), choices } };
    }
    case 'outside':
      return { told: plain(outsideText(found.place, found.away, language)) };
    case 'unplaced':
      return {
        told: plain(
          zh
            ? `这幅图像没有可换算的坐标，只能用列和行指明位置，如“第 ${Math.floor(info.width / 2)} 列第 ${Math.floor(info.height / 2)} 行”。`
            : `This image has no such coordinates. Give the place as “column ${Math.floor(info.width / 2)}, row ${Math.floor(info.height / 2)}”.`,
        ),
      };
  }
}

const askForPlace = (language: Language): string =>
  language === 'zh'
    ? '请说明位置，如“34.2, -117.5”“第 500 列第 300 行”，或用取值工具在地图上点击一点。'
    : 'Say where, such as “34.2, -117.5” or “column 500, row 300”, or click a point with the values tool.';

function meaningText(place: TypedPlace, language: Language): string {
  const zh = language === 'zh';
  switch (place.system) {
    case 'lonlat':
      return `${lat(place.latDeg)} ${lon(place.lonDeg)}`;
    case 'crs':
      return zh ? `东坐标 ${place.x}，北坐标 ${place.y}` : `easting ${place.x}, northing ${place.y}`;
    case 'pixel':
      return zh ? `第 ${place.col} 列第 ${place.row} 行` : `column ${place.col}, row ${place.row}`;
  }
}

const DIRECTIONS: Record<Language, readonly string[]> = {
  en: ['north', 'north-east', 'east', 'south-east', 'south', 'south-west', 'west', 'north-west'],
  zh: ['北', '东北', '东', '东南', '南', '西南', '西', '西北'],
};

function outsideText(place: TypedPlace, { distance, unit, bearingDeg }: Away, language: Language): string {
  const zh = language === 'zh';
  const far =
    unit === 'm'
      ? metresText(distance)
      : zh
        ? `${grouped(Math.ceil(distance))} 像素`
        : `${grouped(Math.ceil(distance))} pixels`;
  const way = bearingDeg === null ? null : DIRECTIONS[language][Math.round(bearingDeg / 45) % 8]!;
  const what = meaningText(place, language);
  if (zh) return `${what} 在图像之外，${way === null ? '距图像' : `在图像以${way}`} ${far}。`;
  return `${what[0]!.toUpperCase()}${what.slice(1)} lies outside the image, ${far} ${way === null ? 'from it' : `to the ${way} of it`}.`;
}

/** "34.2000° N 117.5000° W (column 500, row 300)"; without a place the pixel alone. */
function whereText({ col, row, lonLat }: ValueData, language: Language): string {
  const pixel = language === 'zh' ? `第 ${col} 列第 ${row} 行` : `column ${col}, row ${row}`;
  if (!lonLat) return pixel;
  const place = `${lat(lonLat[1], 5)} ${lon(lonLat[0], 5)}`;
  return language === 'zh' ? `${place}（${pixel}）` : `${place} (${pixel})`;
}

/** Exact samples of each band; null where a band has no value, by nodata or a mask. */
async function valuesAt(
  { layerId, info }: OpenScene,
  [col, row]: Point,
  scenes: SceneKeeper,
  signal: AbortSignal,
): Promise<(number | null)[]> {
  const window = { x: col, y: row, width: 1, height: 1 };
  const bands = info.bands.map(({ index }) => index);
  const [samples, tile] = await Promise.all([
    scenes.readPixel(col, row, layerId),
    scenes.readRaw(layerId, { window, outWidth: 1, outHeight: 1, bands, resampling: 'nearest' }, signal),
  ]);
  const isValid = tile.data[bands.length] !== 0;
  return bands.map((_, i) => {
    const value = samples?.[i];
    return value === undefined || !Number.isFinite(value) || !isValid || tile.data[i]! <= HOLE_BELOW ? null : value;
  });
}

/** What is said before and after the place, and what was computed; or all that can be said. */
function sentenceOf(
  { of }: ValueQuestion,
  fact: ValueData,
  { layer, language }: Around,
): { before: string; after: string; computed?: NonNullable<ValueData['computed']> } | Told {
  const zh = language === 'zh';
  const { info } = layer;
  const textOf = (value: number | null, unit: string | null, isIndex = false) =>
    value === null ? (zh ? '无值' : 'no value') : withUnit(valueText(value, isIndex), unit);
  const each = (bands: ValueData['bands']) =>
    bands.map(({ name, value, unit }) => `${name} ${textOf(value, unit)}`).join(zh ? '，' : ', ');
  const atBands = (before: string) => {
    const scaled = info.bands.some(({ scaling }) => scaling !== undefined);
    const raw = scaled ? (zh ? '（存储值）' : ' as stored') : '';
    return {
      before: zh ? before : `${before}At `,
      after: zh ? `处${raw}：${each(fact.bands)}。` : `${raw}: ${each(fact.bands)}.`,
    };
  };
  if (of.kind === 'bands') return atBands('');
  if (of.kind === 'elevation' && elevationOf(info) === null) {
    return atBands(`${noElevation(info, language)}${zh ? '' : ' '}`);
  }
  const known = quantityOf(of, layer);
  if ('lacks' in known) return tellLacking(known, info, language);
  const sample = (band: number) => fact.bands[band]?.value ?? Number.NaN;
  const result = evaluate(parseExpression(known.expression, info.bands.length), sample);
  const value = Number.isFinite(result) ? result : null;
  const computed = { name: of.kind === 'elevation' ? 'elevation' : known.name, value, unit: known.unit };
  const text = textOf(value, known.unit, of.kind === 'index');
  if (of.kind === 'elevation') {
    const basis = elevationBasis(info.bands[known.bands[0]!]!, elevationOf(info)!, language);
    return zh
      ? { before: '', after: `的高程为 ${text}。${basis}`, computed }
      : { before: 'The elevation at ', after: ` is ${text}. ${basis}`.trimEnd(), computed };
  }
  const used = of.kind === 'index' || of.kind === 'expression' ? known.bands.map((band) => fact.bands[band]!) : [];
  const from = used.length === 0 ? '' : zh ? `（${each(used)}）` : ` (${each(used)})`;
  return zh
    ? { before: '', after: `处的 ${known.name} 为 ${text}${from}。`, computed }
    : { before: `${capital(known.name)} at `, after: ` is ${text}${from}.`, computed };
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** Why the value counts as elevation. */
function elevationBasis({ name, unit }: BandInfo, by: 'name' | 'unit', language: Language): string {
  if (language === 'zh') {
    if (by === 'unit') return `文件未注明这是什么，仅注明单位为 ${unit}。`;
    return unit === undefined ? '文件没有注明单位。' : '';
  }
  if (by === 'unit')
    return `The file doesn't say what its band “${name}” is; its unit is ${unit}, so it was taken for elevation.`;
  return unit === undefined ? 'The file states no unit.' : '';
}
