import type { PixelWindow } from '../../geo/types.ts';
import type { GsdRange } from '../../imagery/gsd-range.ts';
import { sharpSide } from '../asking/slices/slices.ts';
import { isOutside, scalesOf } from '../model/scales.ts';

/** Why a picture is too coarse to show that something is absent. */
export type TooCoarse =
  /** The region was shrunk `times` more than the model allows. */
  | { by: 'shrinking'; times: number }
  /** The imagery itself is coarser than what was learned, or lies between that. */
  | { by: 'imagery'; gsdMetres: number; known: readonly GsdRange[] };

/** Tolerance for sides that differ by rounding. */
const ROUNDING = 1.01;

/** Null if the model is made for the scale of any of the windows. `known`: the scales of what is asked about. */
export function tooCoarse(
  windows: readonly PixelWindow[],
  scene: Parameters<typeof sharpSide>[0] & { model: Parameters<typeof scalesOf>[1] },
  known: readonly GsdRange[] = scalesOf('things', scene.model),
): TooCoarse | null {
  const { gsdMetres } = scene;
  if (gsdMetres !== null && isOutside(known, gsdMetres)) return { by: 'imagery', gsdMetres, known };
  if (windows.length === 0) return null;
  const finest = Math.min(...windows.map(({ width, height }) => Math.max(width, height)));
  const sharp = sharpSide(scene);
  return finest > sharp * ROUNDING ? { by: 'shrinking', times: finest / sharp } : null;
}

/** Replaces "there are none". `plural`: what was asked for, null if unknown; `isMass`: it isn't counted, like water. */
export function cannotBeJudged(
  coarse: TooCoarse,
  {
    name,
    plural,
    isMass = false,
    chinese,
  }: { name: string; plural: string | null; isMass?: boolean; chinese: boolean },
): string {
  if (chinese)
    return `在此尺度下无法判断${plural === null ? '' : `有没有${plural}`}：${reasonZh(coarse, name)}。${remedyZh(coarse)}`;
  const what = plural === null ? 'That' : `Whether there ${isMass ? 'is' : 'are'} ${plural}`;
  return `${what} can't be judged at this scale: ${reason(coarse, name)}.${remedy(coarse)}`;
}

/** Added to what was found. */
export function mayBeMissing(coarse: TooCoarse, { name, chinese }: { name: string; chinese: boolean }): string {
  if (chinese) return `${reasonZh(coarse, name)}：小目标可能遗漏，结果不可靠。`;
  const what = coarse.by === 'imagery' ? 'this is uncertain' : 'small objects may be missing';
  const because = reason(coarse, name);
  return `${because.charAt(0).toUpperCase()}${because.slice(1)}: ${what}.`;
}

function reason(coarse: TooCoarse, name: string): string {
  if (coarse.by === 'shrinking')
    return `the picture was shrunk ${rounded(coarse.times)} times more than ${name} is made for`;
  const known = coarse.known.map(({ min, max }) => `${min} to ${max} m`).join(' and ');
  return `a pixel covers ${rounded(coarse.gsdMetres)} m, and ${name} is made for ${known}`;
}

function reasonZh(coarse: TooCoarse, name: string): string {
  if (coarse.by === 'shrinking') return `图像比 ${name} 所知的尺度多缩小了 ${rounded(coarse.times)} 倍`;
  const known = coarse.known.map(({ min, max }) => `${min} 到 ${max} 米`).join('和 ');
  return `一个像素为 ${rounded(coarse.gsdMetres)} 米，而 ${name} 只了解 ${known}的影像`;
}

function remedy(coarse: TooCoarse): string {
  return coarse.by === 'shrinking' ? ' Ask tile by tile, or about a smaller region.' : '';
}

function remedyZh(coarse: TooCoarse): string {
  return coarse.by === 'shrinking' ? '请按图块提问，或缩小区域。' : '';
}

const rounded = (value: number) => String(Number(value.toPrecision(2)));
