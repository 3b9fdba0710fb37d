import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { classColour, withAlpha } from './class-colour.ts';

const manifest = JSON.parse(
  readFileSync(new URL('../../../public/models/nadir-s/nadir.json', import.meta.url), 'utf8'),
) as { detector: { classes: { name: string }[] } };
/** Those of edition 1.0, whichever ship. */
const later = ['truck', 'ship', 'dock', 'tree crown', 'swimming pool', 'solar panel'];
const classes = [...new Set([...manifest.detector.classes.map(({ name }) => name), ...later, 'change'])];

function luminance(hex: string): number {
  const channel = (shift: number) => {
    const c = ((Number.parseInt(hex.slice(1), 16) >> shift) & 255) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0);
}

test('every class of the embedded model, and change, has a colour of its own', () => {
  expect(classes.length).toBeGreaterThanOrEqual(13);
  expect(new Set(classes.map((name) => classColour(name).hex)).size).toBe(classes.length);
});

test('a colour depends on the name alone', () => {
  // FNV-1a of the names, computed with Python: names of the embedded model, of none, and beyond ASCII.
  const expected = {
    car: '#D55E00',
    airplane: '#E69F00',
    'storage tank': '#56B4E9',
    truck: '#B28DFF',
    pier: '#F0E442',
    helipad: '#B3B3B3',
    船: '#A6D854',
  };
  const names = Object.keys(expected);
  const colours = (order: string[]) => Object.fromEntries(order.map((name) => [name, classColour(name).hex]));
  expect(colours(names)).toEqual(expected);
  expect(colours(names.toReversed())).toEqual(expected);
});

test('text on every colour reaches 4.5:1', () => {
  for (const name of classes) {
    const { hex, ink } = classColour(name);
    const [low, high] = [luminance(hex), luminance(ink)].sort((a, b) => a - b) as [number, number];
    expect((high + 0.05) / (low + 0.05), `${name} ${hex}`).toBeGreaterThanOrEqual(4.5);
  }
});

test('alpha is written into the colour', () => {
  expect(withAlpha('#E69F00', 0.3)).toBe('rgba(230, 159, 0, 0.3)');
});
