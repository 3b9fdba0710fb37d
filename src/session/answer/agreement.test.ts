import { describe, expect, it } from 'vitest';
import { agree, classesNamed } from './agreement.ts';

const classes = [
  { name: 'airplane', plural: 'airplanes', zh: '飞机', also: ['jet', 'jets'] },
  { name: 'building', plural: 'buildings', zh: '建筑物', also: ['house', 'houses'] },
  { name: 'car', plural: 'cars', zh: '汽车' },
  { name: 'tennis court', plural: 'tennis courts', zh: '网球场', also: ['court', 'courts'] },
];

/** Links are written as [car 1]. */
function read(marked: string) {
  const links: { start: number; end: number; label: string }[] = [];
  let text = '';
  for (const part of marked.split(/(\[[^\]]*\])/)) {
    if (!part.startsWith('[')) {
      text += part;
      continue;
    }
    const phrase = part.slice(1, -1);
    const named = phrase.replace(/\s*\d+$/, '');
    const label = classes.find(({ name, zh }) => name === named || zh === named)?.name ?? named;
    links.push({ start: text.length, end: text.length + phrase.length, label });
    text += phrase;
  }
  return agree(text, links, classes);
}

describe('words and boxes agree', () => {
  it.each([
    'Airplanes: [airplane 1], [airplane 2].',
    '[car 1], [car 2] - 2 cars.',
    'Yes, there are airplanes: [airplane 1].',
    'It shows airplanes: [airplane 1], [airplane 2], cars: [car 1] and buildings: [building 1]. There are cars.',
    'This is a tennis court. It shows tennis courts: [tennis court 1], many cars.',
    'Houses: [building 1].',
    'There are no cars. The image shows buildings.',
    'Something changed: [change 1].',
    '飞机：[飞机 1]、[飞机 2]。',
    '[汽车 1]、[汽车 2] - 2辆汽车。',
    '图中有飞机：[飞机 1]，汽车：[汽车 1]。',
    'I see pavement and cars.',
  ])('%s', (text) => expect(read(text)).toBe(true));
});

describe('they do not', () => {
  it.each([
    ['a heading of another class', 'Buildings: [car 1], [car 2].'],
    ['a word that is no class above boxes', 'Pavements: [airplane 1], [airplane 2].'],
    ['one box of another class among them', 'Airplanes: [airplane 1], [building 1].'],
    [
      'a second heading',
      'It shows storage tanks and airplanes: [airplane 1], buildings: [building 1], [car 1], [car 2].',
    ],
    ['another number', '[car 1], [car 2] - 3 cars.'],
    ['a number without boxes', '3 cars.'],
    ['a Chinese heading', '建筑物：[汽车 1]。'],
    ['a Chinese number', '[汽车 1] - 2辆汽车。'],
    ['"yes" of another class', 'Yes, there are cars: [building 1].'],
  ])('%s', (_, text) => expect(read(text)).toBe(false));
});

it('knows classes by all their words, the longer before the shorter', () => {
  expect(classesNamed('Are there jets beside the tennis court?', classes)).toEqual(['airplane', 'tennis court']);
  expect(classesNamed('Is the carpark full?', classes)).toEqual([]);
  expect(classesNamed('有几架飞机？', classes)).toEqual(['airplane']);
});
