/** Formats numbers and places for the screen. Every number has its unit; thin spaces group digits. */

import type { BandInfo } from '../../imagery/image.ts';

const thinSpace = '\u202f';

/** 371623.4 → "371 623"; `digits` is the number of decimals. */
export function formatGrouped(value: number, digits = 0): string {
  if (!Number.isFinite(value)) return String(value);
  const [whole = '', fraction] = Math.abs(value).toFixed(digits).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, thinSpace);
  const sign = value < 0 && Number(Math.abs(value).toFixed(digits)) !== 0 ? '−' : '';
  return `${sign}${grouped}${fraction ? `.${fraction}` : ''}`;
}

/** SI bytes: 20_400_000 → "20.4 MB". */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 1 : value < 100 ? 1 : 0)} ${units[unit]}`;
}

const NBSP = '\u00a0';

/** 420 → "420 ms"; 3400 → "3.4 s"; 125_000 → "2 min 5 s". Numbers are joined to their units by non-breaking spaces. */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)}${NBSP}ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(ms < 9950 ? 1 : 0)}${NBSP}s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}${NBSP}min ${seconds % 60}${NBSP}s`;
  return `${Math.floor(minutes / 60)}${NBSP}h ${minutes % 60}${NBSP}min`;
}

/** [-118.4412, 34.2101] → "34.210100° N 118.441200° W". */
export function formatLonLat([lonDeg, latDeg]: readonly [number, number]): string {
  const lat = `${Math.abs(latDeg).toFixed(6)}° ${latDeg < 0 ? 'S' : 'N'}`;
  const lon = `${Math.abs(lonDeg).toFixed(6)}° ${lonDeg < 0 ? 'W' : 'E'}`;
  return `${lat} ${lon}`;
}

/** Ground sample distance: "0.60 m/px", or both axes if they differ by more than 1 %. */
export function formatGsd(gsdMetres: { x: number; y: number }): string {
  const one = (metres: number) =>
    metres >= 100 ? metres.toFixed(0) : metres >= 10 ? metres.toFixed(1) : metres.toFixed(2);
  const { x, y } = gsdMetres;
  if (Math.abs(x - y) <= 0.01 * Math.max(x, y)) return `${one(x)} m/px`;
  return `${one(x)} × ${one(y)} m/px`;
}

/** Larger magnitudes are no sensor's samples, but nodata in float files or damaged values. */
const largestPlain = 1e12;
const smallestPlain = 1e-4;

/** A sample value: integers unchanged, fractions with four significant digits, extremes as "1.00e+20". */
export function formatSample(value: number): string {
  const size = Math.abs(value);
  if (size >= largestPlain || (size > 0 && size < smallestPlain)) return value.toExponential(2);
  if (Number.isInteger(value)) return formatGrouped(value);
  return Math.abs(value) >= 1000 ? formatGrouped(value, 1) : String(Number(value.toPrecision(4)));
}

/** A sample of a band; nodata is marked: "−9999 (nodata)". */
export function formatBandSample(value: number, nodata: BandInfo['nodata']): string {
  if (Number.isNaN(value)) return 'nodata';
  const isNodata = nodata !== undefined && value >= nodata.low && value <= nodata.high;
  return isNodata ? `${formatSample(value)} (nodata)` : formatSample(value);
}

/** Distance on the ground for the scale bar: "50 m", "1.2 km". */
export function formatMetres(metres: number): string {
  if (metres >= 1000) return `${Number((metres / 1000).toPrecision(3))} km`;
  if (metres >= 1) return `${Number(metres.toPrecision(3))} m`;
  return `${Number((metres * 100).toPrecision(3))} cm`;
}

/** Source pixels per screen pixel → "50 %" (2) or "400 %" (0.25). */
export function formatZoom(resolution: number): string {
  const percent = 100 / resolution;
  return `${percent >= 10 ? Math.round(percent) : Number(percent.toPrecision(2))} %`;
}

/** Probability or score: 0.8231 → "0.82". */
export function formatScore(score: number): string {
  return score.toFixed(2);
}

/** How long ago: "just now", "5 min ago", "3 h ago", "2 days ago". */
export function formatAge(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes}${NBSP}min ago`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}${NBSP}h ago`;
  const days = Math.floor(hours / 24);
  return days === 1 ? '1 day ago' : `${days} days ago`;
}

/** A probability in percent; never certain, since none that was estimated is: "97 %", "> 99 %", "< 1 %". */
export function formatProbability(probability: number): string {
  if (probability > 0.99) return '> 99 %';
  if (probability < 0.01) return '< 1 %';
  return `${Math.round(probability * 100)} %`;
}
