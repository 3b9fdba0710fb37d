import { describe, expect, it } from 'vitest';
import { NadirError } from '../../lib/errors.ts';
import { formatFilter, holds, parseFilter, sizeOf } from './filter.ts';
import { anchorOf, formatOrder, parseOrder } from './order.ts';
import { corners, directions, sides } from './part.ts';
import { parseQuantity, quantities } from './quantity.ts';
import { unitNamed } from './units.ts';
import { formatWhere, isRelative, parseWhere } from './where.ts';

/** The error's code and the part of the plan that it names. */
function failure(parse: () => unknown): { code: string; part: unknown } | null {
  try {
    parse();
    return null;
  } catch (thrown) {
    const { code, details } = NadirError.from(thrown);
    return { code, part: details.part };
  }
}

describe('where', () => {
  const canonical = [
    ...sides.flatMap((side) => [`${side} half`, `${side} third`]),
    'middle third',
    ...['north', 'east', 'south', 'west'].map((direction) => `${direction} third`),
    ...corners.map((corner) => `${corner} quadrant`),
    ...directions,
    'centre',
    'edges',
    'marked region',
    'near:storage tank',
    'along:road',
    'inside:other:school yard',
    'north, south',
    'left third, middle third, near:dock',
    'near:largest building',
    'near:building (area>200 m2, score>=0.8), south',
    'inside:northernmost storage tank (top 3)',
  ];
  it.each(canonical)('reads "%s" and writes it again', (text) => {
    expect(formatWhere(parseWhere(text))).toBe(text);
  });
  it('tells the screen from the ground', () => {
    expect(parseWhere('left half')).toEqual({ kind: 'half', side: 'left' });
    expect(parseWhere('west')).toEqual({ kind: 'compass', direction: 'west' });
    expect(parseWhere('north half')).toEqual({ kind: 'compass', direction: 'north' });
    expect(parseWhere('northeast quadrant')).toEqual({ kind: 'compass', direction: 'northeast' });
  });
  it('reads other spellings', () => {
    expect(parseWhere(' Center ')).toEqual({ kind: 'centre' });
    expect(parseWhere('near: Dock')).toEqual({ kind: 'near', subject: 'dock' });
  });
  it('names a subject only in relations', () => {
    expect(
      ['near:dock', 'along:road', 'inside:field', 'north', 'centre'].map((text) => isRelative(parseWhere(text))),
    ).toEqual([true, true, true, false, false]);
  });
  it('reads several places, and which things name one', () => {
    expect(parseWhere('north, south')).toEqual({
      kind: 'several',
      places: [
        { kind: 'compass', direction: 'north' },
        { kind: 'compass', direction: 'south' },
      ],
    });
    expect(formatWhere(parseWhere('quadrants'))).toBe(corners.map((corner) => `${corner} quadrant`).join(', '));
    expect(parseWhere('near:largest building (top 2)')).toEqual({
      kind: 'near',
      subject: 'building',
      chosen: { order: { by: 'area', first: 'most' }, filter: [{ kind: 'top', n: 2 }] },
    });
  });
  it.each([
    'north, north',
    'north,',
    'north, up',
    'near:largest',
    'near:building ()',
    'near:building (count>3)',
    'near:building (area>200 m2',
    '',
    'up',
    'left',
    'north quadrant',
    'middle half',
    'near:',
    'near',
  ])('refuses "%s"', (text) => {
    expect(failure(() => parseWhere(text))).toEqual({ code: 'PLAN_INVALID', part: 'where' });
  });
});

describe('order', () => {
  const canonical = [
    'largest smallest longest shortest leftmost rightmost topmost bottommost'.split(' '),
    directions.map((direction) => `${direction}ernmost`),
    ['most certain', 'least certain', 'nearest:runway', 'farthest:swimming pool', 'nearest:centre'],
    ['nearest:largest storage tank', 'farthest:building (length>=20 m)', 'nearest:other:smallest house'],
  ].flat();
  it.each(canonical)('reads "%s" and writes it again', (text) => {
    expect(formatOrder(parseOrder(text))).toBe(text);
  });
  it('measures from a subject, or from a place that needs no evidence', () => {
    expect(anchorOf(parseOrder('nearest:runway'))).toEqual({ subject: 'runway' });
    expect(anchorOf(parseOrder('nearest:northernmost dock'))).toEqual({
      subject: 'dock',
      chosen: { order: { by: 'direction', direction: 'north' }, filter: [] },
    });
    expect(anchorOf(parseOrder('farthest:centre'))).toBeNull();
    expect(anchorOf(parseOrder('nearest:marked region'))).toBeNull();
    expect(anchorOf(parseOrder('largest'))).toBeNull();
  });
  it.each(['', 'biggest', 'nearest', 'nearest:', 'nearest:largest', 'constructor'])('refuses "%s"', (text) => {
    expect(failure(() => parseOrder(text))).toEqual({ code: 'PLAN_INVALID', part: 'order' });
  });
});

describe('quantity', () => {
  it('reads its nine names and nothing else', () => {
    expect(quantities.map(parseQuantity)).toEqual(quantities);
    expect(quantities).toHaveLength(9);
    expect(failure(() => parseQuantity('volume'))).toEqual({ code: 'PLAN_INVALID', part: 'quantity' });
  });
});

describe('filter', () => {
  const canonical = [
    'area>200 m2',
    'area>=0.5 ha',
    'area<2 km2',
    'area<=3000 ft2',
    'area=1 acre',
    'area>40 px2',
    'length>=100 m',
    'length<50 ft',
    'distance<0.3 mi',
    'distance<50 m',
    'score>=0.8',
    'count>10',
    'top 3',
    'area>200 m2, distance<50 m, top 5',
  ];
  it.each(canonical)('reads "%s" and writes it again', (text) => {
    expect(formatFilter(parseFilter(text))).toBe(text);
  });
  it('reads other spellings', () => {
    expect(parseFilter('Area ≥ 200 m²')).toEqual([{ kind: 'area', is: '>=', value: 200, unit: 'm2' }]);
    expect(parseFilter('area > 2 hectares')).toEqual([{ kind: 'area', is: '>', value: 2, unit: 'ha' }]);
    expect(parseFilter('length<30 feet')).toEqual([{ kind: 'length', is: '<', value: 30, unit: 'ft' }]);
    expect(parseFilter('score>=80%')).toEqual([{ kind: 'score', is: '>=', value: 0.8 }]);
  });
  it.each([
    // By definition: foot 0.3048 m, mile 5280 ft, acre 43,560 ft² of US survey or international feet to 7 digits.
    ['area>2 ha', 20_000],
    ['area>1.5 km2', 1_500_000],
    ['area>43560 ft2', 4046.8564224],
    ['area>1 acre', 4046.8564224],
    ['area>1 mi2', 2_589_988.110336],
    ['length>3 km', 3000],
    ['length>10 ft', 3.048],
    ['length>100 yd', 91.44],
    ['length>1 mi', 1609.344],
  ])('converts "%s"', (text, metric) => {
    const [condition] = parseFilter(text);
    const { value, isPixels } = sizeOf(condition as Parameters<typeof sizeOf>[0]);
    expect(value).toBeCloseTo(metric, 6);
    expect(isPixels).toBe(false);
  });
  it('keeps pixels apart from metres', () => {
    const [condition] = parseFilter('length>12 px');
    expect(sizeOf(condition as Parameters<typeof sizeOf>[0])).toEqual({ value: 12, isPixels: true });
  });
  it.each([
    '',
    'area>200',
    'area>200 m',
    'length>3 m2',
    'score>2',
    'count>10 m',
    'top 0',
    'top',
    'size>3 m2',
    'area 200 m2',
    'area>-3 m2',
  ])('refuses "%s"', (text) => {
    expect(failure(() => parseFilter(text))).toEqual({ code: 'PLAN_INVALID', part: 'filter' });
  });
  it('compares without being decided by rounding', () => {
    expect(holds(0.1 + 0.2, '>', 0.3)).toBe(false);
    expect(holds(0.1 + 0.2, '<=', 0.3)).toBe(true);
    expect([5, 6, 7].map((value) => holds(value, '>=', 6))).toEqual([false, true, true]);
    expect([5, 6, 7].map((value) => holds(value, '<', 6))).toEqual([true, false, false]);
    expect([5, 6].map((value) => holds(value, '=', 6))).toEqual([false, true]);
  });
  it('knows no unit that is none', () => {
    expect(unitNamed('toString')).toBeNull();
    expect(unitNamed('SQ  FT')).toBe('ft2');
  });
});
