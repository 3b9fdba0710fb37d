import { describe, expect, it } from 'vitest';
import { englishFilter } from './filters.ts';
import { chineseFilter, chineseNumber } from './filters-zh.ts';

describe('englishFilter', () => {
  it.each([
    ['buildings larger than 200 m2', 'area>200 m2'],
    ['roofs of at least 1,500 square metres', 'area>=1500 m2'],
    ['ponds under 0.5 ha', 'area<0.5 ha'],
    ['fields bigger than two hectares', 'area>2 ha'],
    ['tanks from 300 m2 upwards', 'area>=300 m2'],
    ['houses of 120 sqm or more', 'area>=120 m2'],
    ['sheds no larger than 40 square meters', 'area<=40 m2'],
    ['ships longer than 50 m', 'length>50 m'],
    ['ships over 30 metres long', 'length>30 m'],
    ['roads exceeding 1.5 km in length', 'length>1.5 km'],
    ['boats shorter than 12 feet', 'length<12 ft'],
    ['roofs larger than 300 square pixels', 'area>300 px2'],
    ['cars longer than 20 pixels', 'length>20 px'],
    ['cars with a score above 0.8', 'score>0.8'],
    ['cars scoring at least 75 %', 'score>=0.75'],
    ['planes with a confidence of 0.6 or more', 'score>=0.6'],
    ['trucks whose certainty is below 50 percent', 'score<0.5'],
    ['are there more than ten cars?', 'count>10'],
    ['are there at least 5 ships here?', 'count>=5'],
    ['fewer than a dozen boats?', 'count<12'],
    ['the three largest buildings', 'top 3'],
    ['top 5 storage tanks by area', 'top 5'],
    ['the 10 most certain cars', 'top 10'],
    ['the two biggest roofs over 400 m2', 'area>400 m2, top 2'],
  ])('reads "%s"', (question, filter) => expect(englishFilter(question, false)).toBe(filter));

  it('reads a length as a distance if there is something to measure from', () => {
    expect(englishFilter('trees within 20 m of the road', true)).toBe('distance<20 m');
    expect(englishFilter('houses less than 100 metres from the river', true)).toBe('distance<100 m');
    expect(englishFilter('ships longer than 40 m near the pier', true)).toBe('length>40 m');
  });

  it.each([
    'how many cars are there?',
    'how many square metres of roof are there?',
    'are there more cars than trees?',
    'is this a 3 or a 4?',
    'show the largest building',
    'compare with the image from 2019',
    'what is within the box?',
    'one of the two tanks',
  ])('finds none in "%s"', (question) => expect(englishFilter(question, false)).toBeNull());
});

describe('chineseFilter', () => {
  it.each([
    ['面积大于200平方米的建筑', 'area>200 m2'],
    ['超过两公顷的湖', 'area>2 ha'],
    ['500平米以上的房子', 'area>=500 m2'],
    ['不到三百平方米的屋顶', 'area<300 m2'],
    ['长度超过50米的船', 'length>50 m'],
    ['长于1.5公里的路', 'length>1.5 km'],
    ['置信度高于0.8的汽车', 'score>0.8'],
    ['置信度百分之九十以上的飞机', 'score>=0.9'],
    ['得分不低于75%的树', 'score>=0.75'],
    ['有没有超过十辆车', 'count>10'],
    ['至少有5艘船吗', 'count>=5'],
    ['有至少5艘船吗', 'count>=5'],
    ['最大的三栋建筑', 'top 3'],
    ['面积前五的建筑', 'top 5'],
  ])('reads "%s"', (question, filter) => expect(chineseFilter(question, false)).toBe(filter));

  it('reads a length as a distance if there is something to measure from', () => {
    expect(chineseFilter('离路50米以内的树', true)).toBe('distance<50 m');
    expect(chineseFilter('码头附近长度小于20米的船', true)).toBe('length<20 m');
  });

  it.each(['有多少辆车', '平均面积是多少', '这三栋房子', '两个油罐相距多少米'])('finds none in "%s"', (question) =>
    expect(chineseFilter(question, false)).toBeNull(),
  );

  it('reads numbers', () => {
    expect(['二十五', '十', '两百', '一千零五', '1.5万', '半', '三万二千'].map(chineseNumber)).toEqual([
      25, 10, 200, 1005, 15000, 0.5, 32000,
    ]);
  });
});
