import { describe, expect, it } from 'vitest';
import { NadirError } from '../lib/errors.ts';
import { bandsOf, evaluate, parseExpression } from './expression.ts';

const valueAt = (text: string, samples: number[]) =>
  evaluate(parseExpression(text, samples.length), (band) => samples[band] ?? Number.NaN);

function failure(text: string, bands = 4): NadirError {
  try {
    parseExpression(text, bands);
  } catch (thrown) {
    if (thrown instanceof NadirError) return thrown;
    throw thrown;
  }
  throw new Error(`"${text}" was accepted`);
}

describe('parseExpression', () => {
  it.each([
    ['(b4-b1)/(b4+b1)', [2, 0, 0, 6], 0.5],
    ['b1 + b2 * b3', [1, 2, 3], 7],
    ['b1 - b2 - b3', [10, 3, 2], 5],
    ['b1 / b2 / b3', [12, 3, 2], 2],
    ['-b1 ^ 2', [3], -9],
    ['(-b1) ^ 2', [3], 9],
    ['b1^-1', [4], 0.25],
    ['2.5e-1*b1 + .5', [2], 1],
    ['max(b1, min(b2, b3))', [1, 9, 5], 5],
    ['sqrt(abs(b1))', [-16], 4],
    ['B2 − B1', [1, 5], 4],
    ['+b1', [7], 7],
  ] as const)('%s', (text, samples, expected) => {
    expect(valueAt(text, [...samples])).toBeCloseTo(expected, 12);
  });

  it('has no value for a division by 0, a root of a negative number, or an invalid sample', () => {
    expect(valueAt('b1/b2', [1, 0])).toBeNaN();
    expect(valueAt('sqrt(b1)', [-1])).toBeNaN();
    expect(valueAt('b1^0.5', [-1])).toBeNaN();
    expect(valueAt('max(b1, b2)', [1, Number.NaN])).toBeNaN();
  });

  it('names the bands that are used', () => {
    expect(bandsOf(parseExpression('(b4-b1)/(b4+b1)', 4))).toEqual([0, 3]);
  });

  it.each([
    ['', 0],
    ['b5', 0],
    ['b0', 0],
    ['b1 +', 4],
    ['(b1', 3],
    ['b1)', 2],
    ['b1 b2', 3],
    ['b1 ** b2', 4],
    ['nir', 0],
    ['constructor(b1)', 0],
    ['b1; alert(1)', 2],
    ['sqrt b1', 5],
    ['min(b1)', 0],
    ['b1 ^ b2', 5],
    ['1 + 2', 0],
    ['1e999*b1', 0],
    [`${'('.repeat(60)}b1${')'.repeat(60)}`, undefined],
    [`b1${'+b1'.repeat(100)}`, 200],
  ])('refuses %s, with its place', (text, at) => {
    const error = failure(text);
    expect(error.code).toBe('EXPRESSION_INVALID');
    if (at !== undefined) expect(error.details.at).toBe(at);
    expect(error.message.length).toBeGreaterThan(15);
  });
});
