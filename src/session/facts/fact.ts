import type { PixelWindow, Point } from '../../geo/types.ts';
import type { ValueLimit, ValueStatistics } from '../../imagery/statistics.ts';

/** What an answer that was computed from the file's own values found, as data. */
export type FactData = StatisticsData | ValueData;

export interface StatisticsData {
  kind: 'statistics';
  /** "NDVI", "red". */
  name: string;
  /** Over the file's bands, as in `render/expression.ts`. */
  expression: string;
  unit: string | null;
  /** In full-resolution pixels. */
  window: PixelWindow;
  limits: readonly ValueLimit[];
  statistics: ValueStatistics;
}

export interface ValueData {
  kind: 'value';
  /** 0-based full-resolution pixel. */
  col: number;
  row: number;
  /** WGS 84 degrees, of the place; null if it has none. */
  lonLat: Point | null;
  /** As the file stores them; null where there is no value. */
  bands: { name: string; value: number | null; unit: string | null }[];
  /** Of an index, or of the values as the file scales them; absent if neither was asked for. */
  computed?: { name: string; value: number | null; unit: string | null };
}

/** A question that answers this one once its place is clear. */
export interface Choice {
  text: string;
  question: string;
}
