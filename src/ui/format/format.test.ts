import { expect, test } from 'vitest';
import { parseCoordinates } from '../../geo/ground/coordinates.ts';
import {
  formatAge,
  formatBytes,
  formatDuration,
  formatGrouped,
  formatGsd,
  formatLonLat,
  formatMetres,
  formatProbability,
  formatSample,
  formatZoom,
} from './format.ts';

test('groups digits by threes and keeps the sign', () => {
  expect(formatGrouped(4136146)).toBe('4\u202f136\u202f146');
  expect(formatGrouped(-1234.56, 1)).toBe('−1\u202f234.6');
  expect(formatGrouped(-0.2)).toBe('0');
  expect(formatGrouped(999)).toBe('999');
});

test('bytes carry one decimal below 100 of a unit', () => {
  expect(formatBytes(0)).toBe('0 B');
  expect(formatBytes(999)).toBe('999 B');
  expect(formatBytes(20_400_000)).toBe('20.4 MB');
  expect(formatBytes(999_999)).toBe('1.0 MB');
});

test('durations change unit without writing 60 s', () => {
  expect(formatDuration(420)).toBe('420\u00a0ms');
  expect(formatDuration(3400)).toBe('3.4\u00a0s');
  expect(formatDuration(59_960)).toBe('1\u00a0min 0\u00a0s');
  expect(formatDuration(3_725_000)).toBe('1\u00a0h 2\u00a0min');
});

test('longitude and latitude name their hemispheres', () => {
  expect(formatLonLat([-118.4412, 34.2101])).toBe('34.210100° N 118.441200° W');
  expect(formatLonLat([37.5, -1.25])).toBe('1.250000° S 37.500000° E');
});

test('GSD shows both axes only if they differ', () => {
  expect(formatGsd({ x: 0.6, y: 0.6 })).toBe('0.60 m/px');
  expect(formatGsd({ x: 0.3, y: 0.37 })).toBe('0.30 × 0.37 m/px');
});

test('samples, distances and zoom', () => {
  expect(formatSample(1023)).toBe('1\u202f023');
  expect(formatSample(0.123456)).toBe('0.1235');
  expect(formatSample(-1.628e35)).toBe('-1.63e+35');
  expect(formatSample(0.0000123)).toBe('1.23e-5');
  expect(formatSample(0)).toBe('0');
  expect(formatMetres(0.5)).toBe('50 cm');
  expect(formatMetres(1500)).toBe('1.5 km');
  expect(formatZoom(0.25)).toBe('400 %');
  expect(formatZoom(64)).toBe('1.6 %');
});

test('an age is stated in its largest unit', () => {
  const ages = [20_000, 5 * 60_000, 59.9 * 60_000, 3.5 * 3600_000, 25 * 3600_000, 50 * 3600_000].map(formatAge);
  expect(ages).toEqual(['just now', '5\u00a0min ago', '59\u00a0min ago', '3\u00a0h ago', '1 day ago', '2 days ago']);
});

test('a probability is never shown as certain', () => {
  expect([0.001, 0.0099, 0.014, 0.5, 0.97, 0.9901, 0.9999].map(formatProbability)).toEqual([
    '< 1 %',
    '< 1 %',
    '1 %',
    '50 %',
    '97 %',
    '> 99 %',
    '> 99 %',
  ]);
});

test('writes coordinates so that they can be typed', () => {
  const point = parseCoordinates(formatLonLat([-118.4412, -34.2101]), 'latlon');
  expect(point[0]).toBeCloseTo(-118.4412, 6);
  expect(point[1]).toBeCloseTo(-34.2101, 6);
  expect(parseCoordinates('E 371\u202f623.4 N 4\u202f136\u202f146.0', 'crs')).toEqual([371623.4, 4136146]);
});
