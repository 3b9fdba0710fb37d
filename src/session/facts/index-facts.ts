import type { PixelWindow } from '../../geo/types.ts';
import { intersect } from '../../geo/windows.ts';
import { bandsOf, evaluate, parseExpression } from '../../render/expression.ts';
import { presetsOf } from '../../render/presets.ts';
import { sensorOf } from '../../render/sensors.ts';
import type { Language } from '../../tasks/task.ts';
import type { OpenScene } from '../document.ts';
import type { SceneKeeper } from '../opening/scene.ts';

/** Samples of a region along its longer side, at most. */
const MOST_SAMPLES = 512;

export interface IndexStatistics {
  mean: number;
  min: number;
  max: number;
  /** Sampled pixels with a value. */
  count: number;
}

/** The expression of an index on this layer's bands; null if it lacks one of them. */
export function expressionOf(index: 'NDVI' | 'NDWI', { info, bands, sensor }: OpenScene): string | null {
  const preset = presetsOf(sensorOf(sensor, info).roles, bands, info.bands).find(({ name }) => name === index);
  return preset?.display.kind === 'index' ? preset.display.expression : null;
}

/** The index over a region, from at most 512 × 512 samples of the file's own values. Null if no pixel has a value. */
export async function indexOver(
  expressionText: string,
  layer: OpenScene,
  region: PixelWindow,
  scenes: SceneKeeper,
  signal: AbortSignal,
): Promise<IndexStatistics | null> {
  const expression = parseExpression(expressionText, layer.info.bands.length);
  const bands = [...new Set(bandsOf(expression))];
  const whole = { x: 0, y: 0, width: layer.info.width, height: layer.info.height };
  const window = intersect(region, whole) ?? whole;
  const scale = Math.min(1, MOST_SAMPLES / Math.max(window.width, window.height));
  const [outWidth, outHeight] = [window.width, window.height].map((side) => Math.max(1, Math.round(side * scale)));
  const tile = await scenes.readRaw(
    layer.layerId,
    { window, outWidth: outWidth!, outHeight: outHeight!, bands, resampling: 'nearest' },
    signal,
  );
  const stride = bands.length + 1;
  const found: IndexStatistics = { mean: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY, count: 0 };
  for (let at = 0; at < tile.data.length; at += stride) {
    if (!tile.data[at + bands.length]) continue;
    const value = evaluate(expression, (band) => tile.data[at + bands.indexOf(band)]!);
    if (!Number.isFinite(value)) continue;
    found.count += 1;
    found.mean += value;
    found.min = Math.min(found.min, value);
    found.max = Math.max(found.max, value);
  }
  return found.count === 0 ? null : { ...found, mean: found.mean / found.count };
}

export function tellIndex(index: 'NDVI' | 'NDWI', found: IndexStatistics | null, language: Language): string {
  const zh = language === 'zh';
  if (!found) return zh ? `这里没有可用于 ${index} 的数据。` : `No pixel here has a value for ${index}.`;
  const [mean, min, max] = [found.mean, found.min, found.max].map((value) => value.toFixed(2));
  return zh
    ? `${index} 平均为 ${mean}，范围 ${min} 至 ${max}（取样 ${found.count} 个像素，按文件中的数值计算）。`
    : `${index} averages ${mean}, from ${min} to ${max} (${found.count.toLocaleString('en')} pixels sampled, from the file's own values).`;
}

export function tellNoIndex(index: 'NDVI' | 'NDWI', language: Language): string {
  return language === 'zh'
    ? `${index} 需要近红外波段，这幅图像没有注明。可在“波段”中选择近红外。`
    : `${index} needs a near infrared band, and none is known in this image. Choose it under “Bands”, NIR.`;
}
