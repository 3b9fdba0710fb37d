import { describe, expect, it } from 'vitest';
import type { Stretch } from '../imagery/stretch.ts';
import type { RawTile } from '../imagery/tiles.ts';
import type { Appearance } from './appearance.ts';
import type { Display } from './display.ts';
import { paint } from './paint.ts';
import { type ShaderExpression, shaderStyle, styleKey } from './shader-style.ts';

const stretch: Stretch = {
  method: 'manual',
  low: 0,
  high: 0,
  ranges: [
    [10, 210],
    [0, 100],
    [50, 60],
    [0, 4000],
  ],
  gamma: 1.8,
  sampledPixels: 0,
  sampledLevel: 1,
};
const bands = { red: 2, green: 1, blue: 0, nir: 3 };
const appearance = (display: Display): Appearance => ({ bands, stretch, display });
const index = (expression: string): Display => ({
  kind: 'index',
  name: 'x',
  expression,
  ramp: 'magma',
  range: [-1, 1],
});

type Value = number | number[] | boolean;

/** Evaluates the map library's expressions that are used here, for one pixel. */
function run(node: ShaderExpression, texture: readonly number[], variables: Record<string, number>): Value {
  if (typeof node === 'number') return node;
  if (typeof node === 'string') throw new Error(`a bare ${node}`);
  const [operator, ...rest] = node as [string, ...ShaderExpression[]];
  const number = (i: number) => run(rest[i]!, texture, variables) as number;
  switch (operator) {
    case 'band':
      return texture[number(0) - 1]!;
    case 'var':
      return variables[rest[0] as string]!;
    case '+':
      return number(0) + number(1);
    case '-':
      return number(0) - number(1);
    case '*':
      return number(0) * number(1);
    case '/':
      return number(0) / number(1);
    case '^':
      return number(0) < 0 ? Number.NaN : number(0) ** number(1);
    case 'abs':
      return Math.abs(number(0));
    case 'sqrt':
      return Math.sqrt(number(0));
    case 'clamp':
      return Math.min(Math.max(number(0), number(1)), number(2));
    case '<':
      return number(0) < number(1);
    case '==':
      return number(0) === number(1);
    case 'array':
      return rest.map((_, i) => number(i));
    case 'color':
      return [number(0) / 255, number(1) / 255, number(2) / 255, rest.length > 3 ? number(3) : 1];
    case 'case': {
      for (let i = 0; i + 1 < rest.length; i += 2) {
        if (run(rest[i]!, texture, variables) === true) return run(rest[i + 1]!, texture, variables);
      }
      return run(rest.at(-1)!, texture, variables);
    }
    case 'interpolate': {
      const t = number(1);
      for (let i = 2; i + 3 < rest.length; i += 2) {
        const [from, to] = [number(i), number(i + 2)];
        if (t > to) continue;
        const a = run(rest[i + 1]!, texture, variables) as number[];
        const b = run(rest[i + 3]!, texture, variables) as number[];
        return a.map((value, channel) => value + (b[channel]! - value) * ((t - from) / (to - from)));
      }
      return run(rest.at(-1)!, texture, variables);
    }
    default:
      throw new Error(`unknown ${operator}`);
  }
}

function tileOf(pixels: number[][], isByte: boolean): RawTile {
  const samples = pixels.flatMap((pixel) => [...pixel, isByte ? 255 : 1]);
  const data = isByte ? Uint8Array.from(samples) : Float32Array.from(samples);
  return { width: pixels.length, height: 1, bands: [0, 1, 2, 3], data };
}

const bytes = [
  [10, 0, 50, 7],
  [110, 50, 55, 200],
  [255, 255, 255, 255],
  [1, 0, 0, 0],
  [60, 20, 52, 61],
];

describe.each([true, false])('shaderStyle and paint, samples as bytes: %s', (isByte) => {
  const layout = { bands: [0, 1, 2, 3], isByte };
  it.each([
    ['red, green, blue', { kind: 'rgb' }],
    ['a ramp', { kind: 'ramp', band: 1, ramp: 'viridis' }],
    ['NDVI', index('(b4-b1)/(b4+b1)')],
    ['a division by 0', index('b1/b2')],
    ['odd and even powers', index('((b1-b4)/100)^3 + ((b2-b3)/100)^2 - b1^0')],
    ['a root', index('sqrt(b1-b2)/10')],
    ['a fractional power', index('((b1-60)/100)^0.5')],
    ['very small and large numbers', index('b1*1e-9*2e8 - 3e22*b2/1e24')],
    ['min and max', index('min(b1/100, max(b2, b3)/200)')],
  ] as [string, Display][])('agree on %s', (_name, display) => {
    const tile = tileOf(bytes, isByte);
    const painted = paint(tile, appearance(display), 4);
    const { color, variables } = shaderStyle(appearance(display), layout, 4);
    const expected = bytes.flatMap((pixel) => {
      const texture = [...pixel.map((value) => (isByte ? value / 255 : value)), 1];
      const [red = 0, green = 0, blue = 0, alpha = 0] = run(color, texture, variables) as number[];
      return alpha === 0 ? [0, 0, 0, 0] : [red * 255, green * 255, blue * 255, alpha * 255];
    });
    expect(painted).toHaveLength(expected.length);
    painted.forEach((value, i) => {
      expect(Math.abs(value - expected[i]!), `value ${i}`).toBeLessThanOrEqual(1.01);
    });
    // Not all alike, or the comparison would prove nothing.
    expect(new Set(painted).size).toBeGreaterThan(2);
  });
});

describe('paint', () => {
  it('leaves invalid pixels and holes transparent, and shows a hole in one of three colours as black', () => {
    const tile: RawTile = {
      width: 3,
      height: 1,
      bands: [0, 1, 2, 3],
      data: Float32Array.from([0, 0, 0, 0, 0, 110, 50, -1e20, 9, 1, 110, 50, 55, -1e20, 1]),
    };
    const rgb = paint(tile, appearance({ kind: 'rgb' }), 4);
    expect([...rgb.subarray(0, 4)]).toEqual([0, 0, 0, 0]);
    expect(rgb[4]).toBe(0);
    expect(rgb[5]).toBeGreaterThan(0);
    expect(rgb[7]).toBe(255);
    const ndvi = paint(tile, appearance(index('(b4-b1)/(b4+b1)')), 4);
    expect(ndvi[7]).toBe(255);
    expect(ndvi[11]).toBe(0);
  });
});

describe('styleKey', () => {
  const layout = { bands: [0, 1, 2, 3], isByte: true };
  it('is the same for another stretch, gamma or range, so that no shader is compiled', () => {
    const other = {
      ...appearance({ kind: 'rgb' }),
      stretch: { ...stretch, gamma: 1, ranges: [[0, 1]] as [number, number][] },
    };
    expect(styleKey(other, layout)).toBe(styleKey(appearance({ kind: 'rgb' }), layout));
    const wide = { ...index('b1'), range: [0, 9] } as Display;
    expect(styleKey(appearance(wide), layout)).toBe(styleKey(appearance(index('b1')), layout));
  });
  it('changes with bands, ramp and expression', () => {
    const keys = [
      appearance({ kind: 'rgb' }),
      { ...appearance({ kind: 'rgb' }), bands: { ...bands, red: 0 } },
      appearance({ kind: 'ramp', band: 0, ramp: 'grey' }),
      appearance({ kind: 'ramp', band: 0, ramp: 'magma' }),
      appearance(index('b1')),
      appearance(index('b2')),
    ].map((each) => styleKey(each, layout));
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('numbers in the shader', () => {
  it('have no exponent, which the map library would break', () => {
    const numbers = (node: ShaderExpression): number[] =>
      typeof node === 'number' ? [node] : typeof node === 'string' ? [] : node.flatMap(numbers);
    for (const display of [
      index('min(b1*1e-9, 3e22) + max(b2, b3)'),
      { kind: 'ramp', band: 0, ramp: 'grey' } as const,
    ]) {
      const { color } = shaderStyle(appearance(display), { bands: [0, 1, 2, 3], isByte: false }, 4);
      expect(numbers(color).length).toBeGreaterThan(2);
      expect(numbers(color).filter((value) => String(value).includes('e'))).toEqual([]);
    }
  });
});

describe('a hostile expression', () => {
  it('is refused before it fills the memory', () => {
    const nested = `${'('.repeat(20)}b1${')^3'.repeat(20)}`;
    expect(() => shaderStyle(appearance(index(nested)), { bands: [0], isByte: true }, 1)).toThrow(/too complex/);
  });
});
