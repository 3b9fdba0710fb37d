import { expect, test } from 'vitest';
import { classColour, withAlpha } from './class-colour.ts';

const classes = ['airplane', 'storage tank', 'tennis court', 'baseball diamond', 'building', 'car', 'tree'];

function luminance(hex: string): number {
  const channel = (shift: number) => {
    const c = ((Number.parseInt(hex.slice(1), 16) >> shift) & 255) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0);
}

test('each of seven classes has a colour of its own, and keeps it', () => {
  const colours = classes.map((name) => classColour(name, classes).hex);
  expect(new Set(colours).size).toBe(7);
  expect(classColour('storage tank', classes)).toEqual(classColour('storage tank', classes));
});

test('a label outside the classes has a stable colour', () => {
  expect(classColour('pier', classes)).toEqual(classColour('pier', []));
});

test('text on every colour reaches 4.5:1', () => {
  for (const name of classes) {
    const { hex, ink } = classColour(name, classes);
    const [low, high] = [luminance(hex), luminance(ink)].sort((a, b) => a - b) as [number, number];
    expect((high + 0.05) / (low + 0.05), `${name} ${hex}`).toBeGreaterThanOrEqual(4.5);
  }
});

test('alpha is written into the colour', () => {
  expect(withAlpha('#E69F00', 0.3)).toBe('rgba(230, 159, 0, 0.3)');
});
