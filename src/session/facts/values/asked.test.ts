import { describe, expect, it } from 'vitest';
import { type Quantity, valuesAsked } from './asked.ts';

const index = (name: string) => ({ kind: 'index', name });
const statistics = (of: object, change: object = {}) => ({
  kind: 'statistics',
  of,
  where: 'asked',
  limits: [],
  leftOut: '',
  ...change,
});
const above = (value: number) => [{ is: '>', value }];
const red = { kind: 'role', role: 'red' };

describe('a question about values of a region', () => {
  it.each<[string, object]>([
    ['what is the NDVI here?', statistics(index('NDVI'))],
    ['What is the mean NDVI here?', statistics(index('NDVI'))],
    ['NDVI histogram of the region', statistics(index('NDVI'), { where: 'marked' })],
    ['mean NDWI of the marked area', statistics(index('NDWI'), { where: 'marked' })],
    ['how much of it has NDVI over 0.4', statistics(index('NDVI'), { limits: above(0.4) })],
    ['What share of the pixels has an NDVI above 0.4?', statistics(index('NDVI'), { limits: above(0.4) })],
    [
      'how much of the whole image has an NDVI of at least -0.1?',
      statistics(index('NDVI'), { where: 'scene', limits: [{ is: '>=', value: -0.1 }] }),
    ],
    [
      'what percentage has NDVI between 0.2 and 0.5',
      statistics(index('NDVI'), {
        limits: [
          { is: '>=', value: 0.2 },
          { is: '<=', value: 0.5 },
        ],
      }),
    ],
    ['green vegetation index of the view', statistics(index('GNDVI'), { where: 'view' })],
    ['NDMI', statistics(index('NDMI'))],
    ['average burn ratio', statistics(index('NBR'))],
    ['histogram of the red band', statistics(red)],
    ['Show me the histogram of the near-infrared band please', statistics({ kind: 'role', role: 'nir' })],
    ['mean of band 3', statistics({ kind: 'number', number: 3 })],
    ['average value of the second band', statistics({ kind: 'number', number: 2 })],
    ['mean of (b4 - b1) / (b4 + b1)', statistics({ kind: 'expression', text: '(b4 - b1) / (b4 + b1)' })],
    ['histogram', statistics({ kind: 'shown' })],
    ['what is the elevation?', statistics({ kind: 'elevation' })],
    ['highest elevation in the view', statistics({ kind: 'elevation' }, { where: 'view' })],
    ['height here', statistics({ kind: 'elevation' })],
    ['这里的NDVI是多少？', statistics(index('NDVI'))],
    ['标出区域的平均NDWI', statistics(index('NDWI'), { where: 'marked' })],
    ['NDVI直方图', statistics(index('NDVI'))],
    ['NDVI大于0.4的面积占多少？', statistics(index('NDVI'), { limits: above(0.4) })],
    [
      '植被指数在0.2到0.5之间的占多少',
      statistics(index('NDVI'), {
        limits: [
          { is: '>=', value: 0.2 },
          { is: '<=', value: 0.5 },
        ],
      }),
    ],
    ['红波段的直方图', statistics(red)],
    ['第3波段的平均值', statistics({ kind: 'number', number: 3 })],
    ['近红外波段的统计', statistics({ kind: 'role', role: 'nir' })],
    ['这里的海拔', statistics({ kind: 'elevation' })],
    ['直方图', statistics({ kind: 'shown' })],
    // What can't be told of them stays in sight.
    ['NDVI of the largest field', statistics(index('NDVI'), { leftOut: 'largest field' })],
    ['What is the median NDVI?', statistics(index('NDVI'), { leftOut: 'median' })],
    ['最大的农田的NDVI', statistics(index('NDVI'), { leftOut: '农田' })],
  ])('is read: %s', (text, expected) => {
    expect(valuesAsked(text)).toEqual(expected);
  });
});

describe('a question about values at a place', () => {
  it.each<[string, Quantity['kind'], string]>([
    ['what is the value at 34.2, -117.5', 'bands', '34.2, -117.5'],
    ['elevation at 500,300', 'elevation', '500,300'],
    ['what are the band values at easting 371623, northing 4136146', 'bands', 'easting 371623, northing 4136146'],
    ['height at 34.2N 117.5W', 'elevation', '34.2n 117.5w'],
    ['NDVI at 500, 300', 'index', '500, 300'],
    ['value of the red band at column 500, row 300', 'role', 'column 500, row 300'],
    ['34.2, -117.5处的高程是多少？', 'elevation', '34.2, -117.5'],
    ['第500列第300行的像素值', 'bands', '第500列第300行'],
  ])('is read: %s', (text, of, place) => {
    expect(valuesAsked(text)).toMatchObject({ kind: 'value', of: { kind: of }, at: { text: place }, leftOut: '' });
  });

  it.each<[string, Quantity['kind'], string | null]>([
    ['what is the pixel value here?', 'bands', 'here'],
    ['elevation at the marked point', 'elevation', 'marked'],
    ['band values of this pixel', 'bands', 'marked'],
    ['某处的高程是多少？', 'elevation', null],
    ['What are the band values?', 'bands', null],
    ['这里的像素值是多少', 'bands', 'here'],
    ['标记点的高程', 'elevation', 'marked'],
  ])('may name it otherwise: %s', (text, of, at) => {
    expect(valuesAsked(text)).toMatchObject({ kind: 'value', of: { kind: of }, at });
  });

  it('is asked back where the numbers are no place', () => {
    expect(valuesAsked('elevation at 95° N 10° E')).toMatchObject({ kind: 'value', at: { meanings: [] } });
  });
});

describe('a question about something else', () => {
  it.each([
    'How many cars are there?',
    'How many bands does it have?',
    'which band is red?',
    'Are there more than 3 cars?',
    'buildings larger than 200 m2',
    'What is the height of the building?',
    'How high is the tower?',
    'average area of the buildings',
    'how much of it is water?',
    'Is there a red car at 500, 300?',
    'What is the largest value building?',
    'show boxes over 0.5',
    '有多少辆汽车？',
    '最大的建筑有多大？',
    '水体面积大于500平方米的有几个？',
    '红色的汽车有几辆？',
    'Which country is this?',
    '',
  ])('is none: %s', (text) => {
    expect(valuesAsked(text)).toBeNull();
  });
});
